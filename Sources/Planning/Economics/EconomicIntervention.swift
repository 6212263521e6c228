// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// How often it pays to search a network for leaks that nobody reports.
///
/// Minimises CI/T + 365·CV·RR·T/2, the cost of surveys and of the water lost between them.
/// Source: Lambert & Lalonde, Using practical predictions of economic intervention frequency to calculate short-run economic leakage
/// level, IWA Leakage 2005, equations 3–6 (with 0.789 ≈ 288/365).
public struct EconomicIntervention: Sendable {
    /// Months between two full surveys; infinite where lost water costs nothing or leakage does not rise. [months]
    public let frequency: Double
    /// Share of the network to survey each year. [–]
    public let yearlyShare: Double
    /// Yearly budget for intervention, in the currency of `surveyCost`. [currency/year]
    public let yearlyBudget: Double
    /// Unreported leakage that it is economic to leave. [m³/year]
    public let economicUnreportedLoss: Double

    /// - surveyCost: CI, of one survey of the network (or of a kilometre of it). [currency]
    /// - waterCost: CV. [currency/m³]
    /// - rateOfRise: RR of unreported leakage, for the same network (or kilometre). [m³/d per year]
    public init(surveyCost: Double, waterCost: Double, rateOfRise: Double) {
        let constant = 0.789
        let rise = waterCost * rateOfRise
        guard rise > 0, surveyCost > 0 else {
            frequency = .infinity
            yearlyShare = 0
            yearlyBudget = 0
            economicUnreportedLoss = 0
            return
        }
        frequency = (constant * surveyCost / rise).squareRoot()
        yearlyShare = 12 / frequency
        yearlyBudget = yearlyShare * surveyCost
        economicUnreportedLoss = yearlyBudget / waterCost
    }
}
