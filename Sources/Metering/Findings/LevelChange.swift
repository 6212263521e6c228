// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// The weeks of a meter's use against those of its class: what the season and the weather do to all is out of them.
struct WeekSeries {
    /// Weeks since the report's start that were read and in which the meter was in use.
    var weeks: [Double]
    /// Logarithm of use less that of its class.
    var logs: [Double]

    /// A week with less than this share of the usual use is one of absence. [–]
    static let absence = 0.05

    /// - index: logarithm of the class's use by week, against the mean of each meter.
    init(_ use: [Float], index: [Double]) {
        let known = use.filter { $0 > 0 }.map(Double.init)
        let least = (OrderStatistics.median(known) ?? 0) * Self.absence
        weeks = []
        logs = []
        for (week, value) in use.enumerated() where Double(value) > least && value > 0 {
            weeks.append(Double(week))
            logs.append(log(Double(value)) - (week < index.count ? index[week] : 0))
        }
    }

    /// Mean over the meters of a class of each week's logarithm of use, less each meter's own mean. Some 2,000 meters, evenly chosen.
    static func index(of meters: EvidenceLog) throws -> [Double] {
        guard meters.count >= 30 else { return [] }
        var values = [[Double]](repeating: [], count: meters.weeks)
        try meters.forEach(stride: max(1, meters.count / 2000)) { meter in
            let series = WeekSeries(meter.weeks, index: [])
            guard series.logs.count >= 4, let middle = OrderStatistics.median(series.logs) else { return }
            for (week, value) in zip(series.weeks, series.logs) { values[Int(week)].append(value - middle) }
        }
        return values.map { $0.count >= 20 ? OrderStatistics.median($0) ?? 0 : 0 }
    }
}

/// The one moment at which the level of a meter's use changed most.
struct LevelChange {
    /// First week of the new level.
    var week: Int
    /// New level over old. [–]
    var ratio: Double
    /// Deviation of the logarithm of the ratio. [–]
    var deviation: Double
    /// Size over deviation. [–]
    var t: Double
    /// Share of the variation about a constant level that the step explains, and that a straight line does. [–]
    var explained: Double, explainedByLine: Double
    var weeksBefore: Int, weeksAfter: Int

    static let fewestWeeks = 4
    /// Weeks of a household differ by no less. [–]
    static let smallestSpread = 0.05

    init?(_ series: WeekSeries) {
        let y = series.logs, n = y.count
        guard n >= 2 * Self.fewestWeeks else { return nil }
        let total = y.reduce(0, +), square = y.reduce(0) { $0 + $1 * $1 }
        let whole = square - total * total / Double(n)
        var sum = 0.0, best = 0, bestGain = -1.0
        for k in 1...(n - Self.fewestWeeks) {
            sum += y[k - 1]
            guard k >= Self.fewestWeeks else { continue }
            let before = sum / Double(k), after = (total - sum) / Double(n - k)
            let gain = (before - after) * (before - after) * Double(k) * Double(n - k) / Double(n)
            if gain > bestGain { bestGain = gain; best = k }
        }
        let before = y[..<best].reduce(0, +) / Double(best), after = y[best...].reduce(0, +) / Double(n - best)
        let rest = y.indices.map { y[$0] - ($0 < best ? before : after) }
        var product = 0.0, variance = 0.0
        for i in rest.indices {
            variance += rest[i] * rest[i]
            if i > 0 { product += rest[i] * rest[i - 1] }
        }
        let correlation = variance > 0 ? min(0.8, max(0, product / variance)) : 0
        let spread = max(Self.smallestSpread, (variance / Double(n - 2)).squareRoot())
        let inflation = ((1 + correlation) / (1 - correlation)).squareRoot()
        deviation = spread * inflation * (1 / Double(best) + 1 / Double(n - best)).squareRoot()
        t = abs(after - before) / deviation
        ratio = exp(after - before)
        week = Int(series.weeks[best])
        weeksBefore = best
        weeksAfter = n - best
        explained = whole > 0 ? bestGain / whole : 0
        let middle = series.weeks.reduce(0, +) / Double(n), level = total / Double(n)
        var along = 0.0, across = 0.0
        for i in y.indices {
            along += (series.weeks[i] - middle) * (series.weeks[i] - middle)
            across += (series.weeks[i] - middle) * (y[i] - level)
        }
        explainedByLine = whole > 0 && along > 0 ? across * across / along / whole : 0
    }

    /// The first of some ratios of two units that the change is within a tenth or three deviations of.
    func unitRatio(among ratios: [UnitRatio]) -> Double? {
        let reach = max(0.1, min(0.25, 3 * deviation)), size = log(ratio)
        return ratios.first { abs(size - $0.log) <= reach }?.value
    }
}

/// A ratio of two units, or its inverse, with its logarithm.
struct UnitRatio {
    let value: Double, log: Double

    static func all(_ rules: ChainRules) -> [UnitRatio] {
        rules.unitRatios.flatMap { [$0, 1 / $0] }.map { UnitRatio(value: $0, log: Foundation.log($0)) }
    }
}
