// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A loan that is paid out at once and repaid in equal parts after its grace period, interest on what is outstanding.
public struct Loan: Sendable {
    /// [currency]
    public var face: Double
    /// [per year]
    public var interest: Double
    /// From the first day to the last payment. [years]
    public var maturity: Int
    /// Years of interest only.
    public var grace: Int

    public init(face: Double, interest: Double, maturity: Int, grace: Int) {
        self.face = face
        self.interest = interest
        self.maturity = maturity
        self.grace = min(max(0, grace), max(0, maturity - 1))
    }

    /// Interest and principal at the end of each year 1…maturity. [currency]
    public var debtService: [Double] {
        guard maturity > 0 else { return [] }
        let principal = face / Double(maturity - grace)
        var outstanding = face
        return (1...maturity).map { year in
            let repaid = year > grace ? principal : 0
            defer { outstanding -= repaid }
            return outstanding * interest + repaid
        }
    }

    /// Share of the face that is a gift at the given discount rate: 1 − PV(debt service)/face. [–]
    ///
    /// Source: OECD DAC, definition of the grant element, with yearly payments.
    public func grantElement(discountRate: Double) -> Double {
        guard face > 0 else { return 0 }
        return 1 - DiscountedCashFlow(flows: debtService).netPresentValue(rate: discountRate) / face
    }

    /// Cash available over debt service in each year; nil where nothing is due. [–]
    public static func debtServiceCoverage(cashAvailable: [Double], debtService: [Double]) -> [Double?] {
        zip(cashAvailable, debtService).map { $1 > 0 ? $0 / $1 : nil }
    }
}

/// Payment of one year under a performance-based contract.
public enum PerformancePayment {
    /// Fixed fee + paid volume × 365 × fee − penalty, the paid volume between 0 and the cap.
    ///
    /// - baseline, adjustment, measured, cap: losses. [m³/d]
    /// - fee: [currency/m³]
    /// - Returns: volume paid for [m³/d] and payment [currency].
    public static func payment(
        fixedFee: Double, baseline: Double, adjustment: Double, measured: Double, cap: Double, fee: Double, penalty: Double
    ) -> (paidVolume: Double, payment: Double) {
        let paid = min(max(0, baseline + adjustment - measured), cap)
        return (paid, fixedFee + paid * 365 * fee - penalty)
    }
}
