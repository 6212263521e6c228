// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// Where the money of each year comes from, what it is used for, and what must be paid back.
public struct Financing: Sendable {
    public struct Source: Sendable {
        public var source: PlanSettings.FundingSource
        /// Over all years; less than is offered where the programme needs less. [currency]
        public var drawn: Double
        /// At the funder's rate; 1 for a grant, nil where the rate or the terms are not known. [–]
        public var grantElement: Double?
    }

    public struct Year: Sendable {
        public var year: Int
        /// Capital with physical contingency, at the prices of the base year. [currency]
        public var works: Double
        /// By which prices have risen since the base year. [currency]
        public var priceContingency: Double
        public var tax: Double
        /// In the order of the sources.
        public var drawn: [Double]
        /// Uses that no source covers.
        public var uncovered: Double
        public var interest: Double
        public var principal: Double
        /// Benefit less operation, before debt service. [currency]
        public var cashAvailable: Double
        /// Of the performance-based contract.
        public var contractPayment: Double

        public var uses: Double { works + priceContingency + tax }
        public var debtService: Double { interest + principal }
        /// Cash available after the contract's payment over debt service; nil where nothing is due. [–]
        public var coverage: Double? { debtService > 0 ? (cashAvailable - contractPayment) / debtService : nil }
    }

    public var sources: [Source]
    public var years: [Year]
    /// Prices of this year; nil: it was not said which.
    public var priceBaseYear: Int?
    /// Prices rise at this rate in every line; nil: constant prices, and interest counts as real. [per year]
    public var escalation: Double?
    /// At the end of the plan, still owed. [currency]
    public var outstanding: Double
    /// Of all sources together; nil where the funder's rate is not known. [–]
    public var grantElement: Double?
    public var contract: PerformanceContract?
    public var consortium: [ConsortiumMember]

    /// Lowest of all years in which debt is served. [–]
    public var lowestCoverage: Double? { years.compactMap(\.coverage).min() }
    public var uncovered: Double { years.reduce(0) { $0 + $1.uncovered } }
}

extension Financing {
    /// What each source gives in each year.
    ///
    /// - uses: of each year. [currency]
    /// - Returns: by source and year, and what is left uncovered in each year.
    public static func draws(
        _ sources: [PlanSettings.FundingSource], uses: [Double], drawing: FinancingSettings.Drawing
    ) -> (drawn: [[Double]], uncovered: [Double]) {
        var left = sources.map { max(0, $0.amount) }
        let total = left.reduce(0, +)
        let shares = left.map { total > 0 ? $0 / total : 0 }
        var drawn = sources.map { _ in Array(repeating: 0.0, count: uses.count) }
        var uncovered = uses
        for year in uses.indices {
            let need = uses[year]
            for source in sources.indices {
                let most = drawing == .proRata ? shares[source] * need : uncovered[year]
                let sum = min(left[source], most, uncovered[year])
                drawn[source][year] = sum
                left[source] -= sum
                uncovered[year] -= sum
            }
            // Rounding of shares leaves less than a millionth of a year's need.
            if uncovered[year] < 1e-9 * need { uncovered[year] = 0 }
        }
        return (drawn, uncovered)
    }
}

extension PlanBook {
    /// Sources and uses of each year, debt service and its coverage.
    func financing() -> Financing? {
        guard outcome.capital.contains(where: { $0 > 0 }) else { return nil }
        let settings = inputs.city.plan
        let money = settings.financing
        let rise = money.priceEscalation.value
        let tax = money.tax.value ?? 0
        func prices(_ year: Int) -> Double {
            let since = settings.startYear + year - (money.priceBaseYear ?? settings.startYear)
            return pow(1 + (rise ?? 0), Double(since))
        }
        let contract = performanceContract()
        var years = (0..<inputs.horizon).map { year -> Financing.Year in
            let works = outcome.capital[year]
            let dearer = works * (prices(year) - 1)
            return Financing.Year(
                year: settings.startYear + year, works: works, priceContingency: dearer, tax: (works + dearer) * tax, drawn: [],
                uncovered: 0, interest: 0, principal: 0,
                cashAvailable: (inputs.worth.benefit(outcome, year: year, central) - outcome.operation[year]) * prices(year),
                contractPayment: contract?.years.indices.contains(year) == true ? contract?.years[year].payment ?? 0 : 0)
        }
        let (drawn, uncovered) = Financing.draws(settings.funding, uses: years.map(\.uses), drawing: money.drawing)
        let donorRate = money.donorDiscountRate.value
        var outstanding = 0.0
        var given = 0.0, known = true
        let sources = settings.funding.enumerated().map { index, source -> Financing.Source in
            let sum = drawn[index].reduce(0, +)
            var element: Double?
            switch source.kind {
            case .grant: element = 1
            case .ownFunds, .contractor: element = 0
            case .loan, .concessionalLoan, .commercialLoan:
                guard let terms = source.terms else { break }
                let schedule = LoanSchedule(draws: drawn[index], terms: terms)
                for year in years.indices where schedule.years.indices.contains(year) {
                    years[year].interest += schedule.years[year].interest
                    years[year].principal += schedule.years[year].principal
                }
                outstanding += schedule.years[min(schedule.years.count, years.count) - 1].outstanding
                element = donorRate.flatMap(schedule.grantElement)
            }
            if let element { given += element * sum } else if sum > 0 { known = false }
            return Financing.Source(source: source, drawn: sum, grantElement: element)
        }
        for year in years.indices {
            years[year].drawn = drawn.map { $0[year] }
            years[year].uncovered = uncovered[year]
        }
        let total = sources.reduce(0) { $0 + $1.drawn }
        return Financing(
            sources: sources, years: years, priceBaseYear: money.priceBaseYear, escalation: rise, outstanding: outstanding,
            grantElement: known && total > 0 ? given / total : nil, contract: contract, consortium: money.consortium)
    }
}
