// SPDX-License-Identifier: GPL-3.0-or-later

/// How often to survey for unreported leaks: the interval at which surveys and lost water together cost least
/// (Lambert & Fantozzi 2005; Lambert & Lalonde 2005).
public struct EconomicIntervention: Sendable {
    /// Between surveys. [years]
    public let interval: Double
    /// The same in months by the published rule √(0.789·CI/(CV·RR)), in which 0.789 is 288/365. [months]
    public let frequencyMonths: Double
    /// Part of the system to survey in a year, 1200 over the months. [%]
    public let surveyedPercentPerYear: Double
    /// [currency/year]
    public let annualBudget: Double
    /// Unreported real losses that remain. [m³/year]
    public let unreportedLosses: Double

    /// nil unless all three are above 0.
    /// - surveyCost: of one survey of the whole system. [currency]
    /// - waterValue: [currency/m³]
    /// - riseOfLeakage: of unreported leakage. [m³/day per year]
    public init?(surveyCost: Double, waterValue: Double, riseOfLeakage: Double) {
        guard surveyCost > 0, waterValue > 0, riseOfLeakage > 0 else { return nil }
        interval = (2 * surveyCost / (365 * waterValue * riseOfLeakage)).squareRoot()
        frequencyMonths = (288.0 / 365 * surveyCost / (waterValue * riseOfLeakage)).squareRoot()
        surveyedPercentPerYear = 1200 / frequencyMonths
        annualBudget = surveyedPercentPerYear / 100 * surveyCost
        unreportedLosses = annualBudget / waterValue
    }
}
