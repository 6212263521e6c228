// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// A loan that is paid out over several years. Interest is due from the year after a sum is drawn; grace and maturity count from the first.
public struct LoanSchedule: Sendable {
    public struct Year: Sendable, Hashable {
        /// At the end of the year. [currency]
        public var drawn: Double
        public var interest: Double
        public var principal: Double
        public var outstanding: Double
        public var service: Double { interest + principal }
    }

    /// From the first year of `draws` to the last payment, or to the last draw if that is later.
    public let years: [Year]

    /// - draws: by year. [currency]
    public init(draws: [Double], terms: LoanTerms) {
        guard let first = draws.firstIndex(where: { $0 > 0 }) else {
            years = draws.map { _ in Year(drawn: 0, interest: 0, principal: 0, outstanding: 0) }
            return
        }
        let last = first + terms.maturity
        var outstanding = 0.0
        years = (0..<max(draws.count, last + 1)).map { year in
            let drawn = draws.indices.contains(year) ? draws[year] : 0
            let interest = outstanding * terms.interest
            let payments = last - year + 1
            var principal = 0.0
            if year > first + terms.grace, outstanding > 0 {
                switch terms.repayment {
                // What is drawn after the last payment is due is repaid at once.
                case _ where payments <= 1: principal = outstanding
                case .equalPrincipal: principal = outstanding / Double(payments)
                case .annuity:
                    principal = outstanding * CapitalRecovery.factor(rate: terms.interest, years: Double(payments)) - interest
                }
            }
            outstanding += drawn - principal
            return Year(drawn: drawn, interest: interest, principal: principal, outstanding: outstanding)
        }
    }

    /// Share of what is lent that is a gift at the given discount rate: 1 − PV(debt service)/PV(draws); nil where nothing is drawn. [–]
    ///
    /// Source: OECD DAC, definition of the grant element, with yearly payments.
    public func grantElement(discountRate: Double) -> Double? {
        let drawn = DiscountedCashFlow(flows: years.map(\.drawn), firstFlowYear: 0).netPresentValue(rate: discountRate)
        guard drawn > 0 else { return nil }
        return 1 - DiscountedCashFlow(flows: years.map(\.service), firstFlowYear: 0).netPresentValue(rate: discountRate) / drawn
    }
}
