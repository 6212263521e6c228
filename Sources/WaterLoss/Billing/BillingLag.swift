// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Why bills do not carry a monthly revenue-water ratio.
public enum BillingLagError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooFewMonths(found: Int, needed: Int)
    case notInOrder(year: Int, month: Int)
    case badFigure(year: Int, month: Int)
    case badCumulative(from: Int, to: Int)
    case notSolved(String)

    public var description: String {
        switch self {
        case .tooFewMonths(let found, let needed): "\(found) months with bills: the lag of billing needs \(needed) to be taken out"
        case .notInOrder(let year, let month): "\(year)-\(month): months must follow each other without a hole; give an empty month for one"
        case .badFigure(let year, let month): "\(year)-\(month): ratio and supply must be numbers above zero"
        case .badCumulative(let from, let to): "the cumulative ratio of months \(from) to \(to) does not lie in the record"
        case .notSolved(let reason): "the ratios could not be solved for: \(reason)"
        }
    }
}

/// Revenue-water ratio of each month's own use, from bills that come every two months and some time later.
///
/// Bills of a month stand for the use of earlier months, g_t Σ w_k x_{t−k} S_{t−k}, with x the ratio sought, S the supply and g = 1 ± d
/// where one half of the customers, billed in odd months, uses more than the other. Solved by least squares with smoothness as the
/// prior: x and d go as random walks from month to month. How smooth they are comes from the bills themselves: all smoothnesses of a
/// grid are weighed by their likelihood (Bayes' rule; the noise is integrated out), and their spread is part of the interval. Where supplies
/// are not known they go by the days of the months, with a season of unknown size. A month cannot come out below zero.
public struct BillingLag: Sendable {
    public struct Options: Sendable {
        /// Months between use and the bill that has it: 1…2 where a bill of March has the use of January and February. Range 0–6.
        public var lags = 1...2
        /// Bills come every other month to each customer: two halves of customers, which may differ. Default true.
        public var isTwoMonthly = true
        /// Shift the months so that the billed volume of the whole record is kept exactly. Default true.
        public var keepsCumulative = true

        public init() {}
    }

    /// A ratio that is known for several months together, and kept: as a utility publishes it from January on.
    public struct Cumulative: Hashable, Sendable {
        /// Positions in the list of months.
        public var months: Range<Int>
        /// [–]
        public var ratio: Double

        public init(months: Range<Int>, ratio: Double) {
            self.months = months
            self.ratio = ratio
        }
    }

    public struct Month: Hashable, Sendable {
        public var year: Int
        public var month: Int
        /// Billed over supply. [–]
        public var billed: Double?
        /// Of the month's own use. [–]
        public var ratio: Estimate
    }

    public let months: [Month]
    /// Typical change of the ratio from month to month, as the bills show it. [–]
    public let monthlyChange: Double
    /// d: by how much bills of even months stand above the mean, over the mean. [–]
    public let imbalance: Estimate
    /// Scatter of the bills that neither explains. [–]
    public let noise: Double
    /// Months that have been told more than once.
    public let revised: [BillingMonth]

    /// Fewest months with bills.
    public static let fewestMonths = 8

    /// - months: following each other.
    /// - cumulatives: kept exactly; with none, and `keepsCumulative`, the mean of all billed months is kept.
    /// - Throws: `BillingLagError`.
    public init(_ months: [BillingMonth], cumulatives: [Cumulative] = [], options: Options = Options()) throws(BillingLagError) {
        try Self.check(months, cumulatives)
        let supplies = Self.supplies(months)
        let model = DelaggingModel(months: months, supplies: supplies, options: options)
        let solution: DelaggingModel.Solution
        do throws(NumericalError) {
            solution = try model.solve()
        } catch {
            throw .notSolved(error.description)
        }
        var kept = cumulatives
        if kept.isEmpty, options.keepsCumulative {
            let known = months.indices.filter { months[$0].ratio != nil }
            let billed = known.reduce(0) { $0 + (months[$1].ratio ?? 0) * supplies[$1] }
            let supply = known.reduce(0) { $0 + supplies[$1] }
            if known.count == months.count, supply > 0 { kept = [Cumulative(months: months.indices, ratio: billed / supply)] }
        }
        let ratios = Self.keeping(kept, supplies, solution)
        self.months = months.indices.map {
            Month(year: months[$0].year, month: months[$0].month, billed: months[$0].ratio, ratio: ratios[$0])
        }
        monthlyChange = solution.monthlyChange
        imbalance = solution.imbalance
        noise = solution.noise
        revised = months.filter { $0.tellings.count > 1 }
    }

    private static func check(_ months: [BillingMonth], _ cumulatives: [Cumulative]) throws(BillingLagError) {
        let known = months.count { $0.ratio != nil }
        guard known >= fewestMonths else { throw .tooFewMonths(found: known, needed: fewestMonths) }
        for (before, after) in zip(months, months.dropFirst()) where after.index != before.index + 1 {
            throw .notInOrder(year: after.year, month: after.month)
        }
        for month in months {
            if let ratio = month.ratio, !ratio.isFinite || ratio < 0 { throw .badFigure(year: month.year, month: month.month) }
            if let supply = month.supply, !supply.isFinite || supply <= 0 { throw .badFigure(year: month.year, month: month.month) }
        }
        for item in cumulatives
        where item.months.isEmpty || item.months.lowerBound < 0 || item.months.upperBound > months.count || !item.ratio.isFinite {
            throw .badCumulative(from: item.months.lowerBound, to: item.months.upperBound)
        }
    }

    /// Where a supply is not given: days times the mean daily supply of those that are.
    private static func supplies(_ months: [BillingMonth]) -> [Double] {
        let given = months.filter { $0.supply != nil }
        let days = given.reduce(0) { $0 + $1.days }
        let daily = days > 0 ? given.reduce(0) { $0 + ($1.supply ?? 0) } / Double(days) : 1
        return months.map { $0.supply ?? daily * Double($0.days) }
    }

    /// Least change, by the solution's own covariance, that keeps the cumulative ratios and leaves nothing below zero. What the bills
    /// say of the months' level gives way, so the shift counts as a further uncertainty.
    private static func keeping(_ kept: [Cumulative], _ supplies: [Double], _ solution: DelaggingModel.Solution) -> [Estimate] {
        var ratios = solution.ratios
        for item in kept {
            // A few rounds: a month held at zero hands its part to the others.
            for _ in 0..<4 {
                let total = item.months.reduce(0) { $0 + supplies[$1] }
                let sum = item.months.reduce(0) { $0 + supplies[$1] * max(0, ratios[$1].value) }
                let shift = item.ratio - sum / total
                for index in item.months { ratios[index].value = max(0, ratios[index].value) + shift }
            }
        }
        return ratios.indices.map { index in
            let shift = ratios[index].value - solution.ratios[index].value
            let deviation = solution.ratios[index].standardDeviation
            return Estimate(max(0, ratios[index].value), standardDeviation: (deviation * deviation + shift * shift).squareRoot())
        }
    }
}
