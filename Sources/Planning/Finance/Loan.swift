// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// A loan that is paid out at once and repaid after its grace period, in equal parts of principal or in equal payments.
public struct Loan: Sendable {
    /// [currency]
    public var face: Double
    public var terms: LoanTerms

    public init(face: Double, terms: LoanTerms) {
        self.face = face
        self.terms = terms
    }

    /// - interest: per year; - maturity, grace: years.
    public init(face: Double, interest: Double, maturity: Int, grace: Int, repayment: LoanTerms.Repayment = .equalPrincipal) {
        self.init(face: face, terms: LoanTerms(interest: interest, maturity: maturity, grace: grace, repayment: repayment))
    }

    /// Interest and principal at the end of each year 1…maturity. [currency]
    public var debtService: [Double] { LoanSchedule(draws: [face], terms: terms).years.dropFirst().map(\.service) }

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
