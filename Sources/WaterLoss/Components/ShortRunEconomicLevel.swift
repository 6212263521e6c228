// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Economic intervention with the intervals of its inputs (first order: each enters under a square root).
public struct EconomicInterventionEstimate: Sendable {
    /// Between surveys. [years]
    public let interval: Estimate
    /// [months]
    public let frequencyMonths: Estimate
    /// [%]
    public let surveyedPercentPerYear: Estimate
    /// [currency/year]
    public let annualBudget: Estimate
    /// Economic unreported real losses, EURL. [m³/year]
    public let unreportedLosses: Estimate

    /// nil unless all three are above 0.
    /// - surveyCost: CI, of one survey of the whole system. [currency]
    /// - waterValue: CV. [currency/m³]
    /// - riseOfLeakage: RR, of unreported leakage. [m³/day per year]
    public init?(surveyCost: Estimate, waterValue: Estimate, riseOfLeakage: Estimate) {
        guard
            let centre = EconomicIntervention(
                surveyCost: surveyCost.value, waterValue: waterValue.value, riseOfLeakage: riseOfLeakage.value)
        else { return nil }
        let relative = [surveyCost, waterValue, riseOfLeakage].map { $0.standardDeviation / $0.value }
        // Every figure is ± half a power of each of the three.
        let half = 0.5 * relative.reduce(0) { $0 + $1 * $1 }.squareRoot()
        func estimate(_ value: Double) -> Estimate { Estimate(value, standardDeviation: half * value) }
        interval = estimate(centre.interval)
        frequencyMonths = estimate(centre.frequencyMonths)
        surveyedPercentPerYear = estimate(centre.surveyedPercentPerYear)
        annualBudget = estimate(centre.annualBudget)
        unreportedLosses = estimate(centre.unreportedLosses)
    }
}

/// Short-run economic level of real losses, SRELL = ICF·UBL + reported + EURL: what remains where leaks are repaired as they are told of and
/// surveys come as often as they pay (Lambert & Lalonde 2005).
public struct ShortRunEconomicLevel: Sendable {
    /// [m³/day]
    public let level: Estimate
    public let background: Estimate
    public let reported: Estimate
    public let unreported: Estimate

    /// - unavoidableBackground: UBL. [m³/s]
    /// - conditionFactor: ICF. [–]
    /// - reported: losses through reported bursts. [m³/s]
    public init(
        unavoidableBackground: Double, conditionFactor: Estimate, reported: Estimate, intervention: EconomicInterventionEstimate
    ) {
        background = (unavoidableBackground * Units.day) * conditionFactor
        self.reported = Units.day * reported
        unreported = (1 / 365.0) * intervention.unreportedLosses
        level = background + self.reported + unreported
    }

    /// [m³/day]
    public func perConnection(_ connections: Double) -> Estimate? { connections > 0 ? (1 / connections) * level : nil }

    /// - mainsLength: [m]
    /// - Returns: [m³/day per km]
    public func perKilometre(_ mainsLength: Double) -> Estimate? { mainsLength > 0 ? (1000 / mainsLength) * level : nil }
}
