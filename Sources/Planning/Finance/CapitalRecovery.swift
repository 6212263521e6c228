// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Sums of money made comparable over time. Real prices, one rate, payments at the end of each year.
public enum CapitalRecovery {
    /// Share of a capital that must be set aside each year to serve and repay it: CRF = i(1+i)ⁿ/((1+i)ⁿ−1); 1/n at no interest.
    ///
    /// - rate: per year. [–]
    /// - years: life of the asset, above 0. [years]
    /// - Returns: [per year]
    /// Source: any text of engineering economy, e.g. Blank & Tarquin, Engineering Economy, "A/P factor".
    public static func factor(rate: Double, years: Double) -> Double {
        guard years > 0 else { return .infinity }
        guard abs(rate) > 1e-12 else { return 1 / years }
        return rate / -expm1(-years * log1p(rate))
    }

    /// Present value of one unit a year for `years` years: the inverse of the capital recovery factor. [years]
    public static func annuity(rate: Double, years: Double) -> Double {
        years > 0 ? 1 / factor(rate: rate, years: years) : 0
    }

    /// Capital as a yearly cost, with operation: K·CRF + O. [currency/year]
    public static func annualisedCost(capital: Double, operation: Double, rate: Double, life: Double) -> Double {
        capital * factor(rate: rate, years: life) + operation
    }

    /// Cost of a cubic metre saved: (K·CRF + O)/V; nil where nothing is saved. [currency/m³]
    ///
    /// - volume: saved. [m³/year]
    public static func costPerCubicMetre(capital: Double, operation: Double, rate: Double, life: Double, volume: Double) -> Double? {
        guard volume > 0 else { return nil }
        return annualisedCost(capital: capital, operation: operation, rate: rate, life: life) / volume
    }

    /// What it is worth today to build `capital` later by `years` years: K(1 − (1+r)⁻ⁿ). [currency]
    public static func deferralWorth(capital: Double, years: Double, rate: Double) -> Double {
        capital * (1 - pow(1 + rate, -years))
    }
}
