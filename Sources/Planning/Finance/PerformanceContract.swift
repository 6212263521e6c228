// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// A performance-based contract over the years of the programme, and what a dispute about its baseline is about.
public struct PerformanceContract: Sendable {
    public struct Year: Sendable, Hashable {
        public var year: Int
        /// By the plan. [m³/d]
        public var measured: Double
        /// [m³/d]
        public var paidVolume: Double
        /// [currency/year]
        public var payment: Double
        /// With the baseline at the ends of its 95 % interval. [currency/year]
        public var paymentLow: Double
        public var paymentHigh: Double
    }

    public var terms: PerformanceContractTerms
    /// [m³/d]
    public var baseline: Estimate
    public var years: [Year]

    /// Payments of a year that the 95 % interval of the baseline leaves open, of all years together. [currency]
    public var disputed: Double { years.reduce(0) { $0 + $1.paymentHigh - $1.paymentLow } }
    public var total: Double { years.reduce(0) { $0 + $1.payment } }
    /// Share of the payments that does not depend on the result. [–]
    public var fixedShare: Double? { total > 0 ? terms.fixedFee * Double(years.count) / total : nil }
}

/// What a baseline becomes where supply is not what it was when it was measured.
public enum BaselineAdjustment {
    /// To be added to the baseline: losses scale with the hours under pressure and with pressure to the power N1, background and bursts on
    /// connections with their number. [m³/d]
    ///
    /// - baseline: of real losses. [m³/d]
    /// - hours: of supply. [h/d] - pressure: mean. [m] - connections: number; each as it was and as it is.
    /// - exponent: N1 of the leakage. [–]
    /// Source: May 1994 (FAVAD) for pressure; hours and connections by proportion, as IWA indicators have it.
    public static func adjustment(
        baseline: Double, hours: (before: Double, after: Double) = (24, 24), pressure: (before: Double, after: Double) = (1, 1),
        exponent: Double = 1, connections: (before: Double, after: Double) = (1, 1)
    ) -> Double {
        guard hours.before > 0, pressure.before > 0, connections.before > 0 else { return 0 }
        let factor =
            hours.after / hours.before * pow(max(0, pressure.after) / pressure.before, exponent) * connections.after / connections.before
        return baseline * (factor - 1)
    }
}

extension PlanBook {
    /// The contract of the plan's settings with the losses of this programme; nil without a contract, or where the baseline is not known.
    func performanceContract() -> PerformanceContract? {
        guard let terms = inputs.city.plan.financing.contract, let balance = inputs.balance, balance.periodDays > 0 else { return nil }
        let losses = terms.basis == .realLosses ? balance.realLosses : balance.nonRevenueWater
        let baseline = (1 / balance.periodDays) * losses
        let years = (0..<min(inputs.horizon, max(0, terms.years))).map { year -> PerformanceContract.Year in
            let rise = (inputs.simulation.withoutMeasures(today, year: year, central) - today) / 365
            let saved =
                outcome.realSaved[year] + (terms.basis == .realLosses ? 0 : outcome.apparentSaved[year])
            let measured = max(0, baseline.value + rise - saved / 365)
            func payment(_ base: Double) -> (paidVolume: Double, payment: Double) {
                let saving = base - measured
                let fails = terms.guaranteedSaving.map { saving < $0 } ?? false
                return PerformancePayment.payment(
                    fixedFee: terms.fixedFee, baseline: base, adjustment: 0, measured: measured, cap: terms.cap ?? .infinity,
                    fee: terms.fee, penalty: fails ? terms.penalty : 0)
            }
            let central = payment(baseline.value)
            return .init(
                year: inputs.city.plan.startYear + year, measured: measured, paidVolume: central.paidVolume, payment: central.payment,
                paymentLow: payment(baseline.low95).payment, paymentHigh: payment(baseline.high95).payment)
        }
        return PerformanceContract(terms: terms, baseline: baseline, years: years)
    }
}
