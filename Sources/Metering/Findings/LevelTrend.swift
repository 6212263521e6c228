// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// How what a meter registers goes with the years, against its class, and the share of small flows in it.
struct LevelTrend {
    /// Of the logarithm. [1/year]
    var slope: Double
    var slope95: (low: Double, high: Double)
    /// Kendall's statistic of the level. [–]
    var z: Double
    /// Share of the variation that a straight line explains. [–]
    var explained: Double
    /// Of the logarithm of the share of small flows, and Kendall's statistic; nil without hourly readings. [1/year], [–]
    var lowSlope: Double?, lowZ: Double?
    /// The same of the size of the draws; nil too where the register's steps hide it.
    var drawSlope: Double?, drawZ: Double?
    /// From the first to the last reading.
    var years: Double
    var age: Double?

    static let weeksPerYear = 52.18
    /// Blocks of four weeks that a trend needs.
    static let fewestBlocks = 8
    /// A share of small flows is taken for no less. [–]
    static let smallestShare = 1e-3

    init?(_ m: MeterEvidence, _ series: WeekSeries) {
        let level = Self.blocks(series.weeks, series.logs)
        guard level.times.count >= Self.fewestBlocks, let trend = MonotoneTrend(times: level.times, values: level.values) else {
            return nil
        }
        slope = trend.slope
        slope95 = trend.slope95
        z = trend.z
        years = (level.times.last ?? 0) - (level.times.first ?? 0)
        let n = Double(level.times.count)
        let middle = level.times.reduce(0, +) / n, mean = level.values.reduce(0, +) / n
        var along = 0.0, across = 0.0, whole = 0.0
        for i in level.times.indices {
            along += (level.times[i] - middle) * (level.times[i] - middle)
            across += (level.times[i] - middle) * (level.values[i] - mean)
            whole += (level.values[i] - mean) * (level.values[i] - mean)
        }
        explained = along > 0 && whole > 0 ? across * across / along / whole : 0
        if !m.lowShare.isEmpty {
            let low = m.lowShare.enumerated().filter { $0.element >= 0 }
            let shares = Self.blocks(low.map { Double($0.offset) }, low.map { Double($0.element) })
            if let trend = MonotoneTrend(times: shares.times, values: shares.values.map { log(max(Self.smallestShare, $0)) }) {
                lowSlope = trend.slope
                lowZ = trend.z
            }
        }
        let draws = m.draws.enumerated().filter { $0.element > 0 }
        let times = draws.map { Double($0.offset * WeekRecord.blockWeeks) / Self.weeksPerYear }
        if draws.count >= Self.fewestBlocks, let trend = MonotoneTrend(times: times, values: draws.map { log(Double($0.element)) }) {
            drawSlope = trend.slope
            drawZ = trend.z
        }
        let year = Double(Instant(seconds: m.last).calendar.year)
        age = m.meter.installed.flatMap { Double($0.prefix(4)) }.map { year - $0 }
    }

    /// Means of four weeks. [years], [value]
    private static func blocks(_ weeks: [Double], _ values: [Double]) -> (times: [Double], values: [Double]) {
        var sums: [Int: (time: Double, value: Double, count: Double)] = [:]
        for (week, value) in zip(weeks, values) {
            let block = Int(week) / WeekRecord.blockWeeks
            let old = sums[block] ?? (0, 0, 0)
            sums[block] = (old.time + week, old.value + value, old.count + 1)
        }
        let ordered = sums.sorted { $0.key < $1.key }.map(\.value)
        return (ordered.map { $0.time / $0.count / weeksPerYear }, ordered.map { $0.value / $0.count })
    }
}

/// How the trends of a class's meters scatter where nothing is wrong with most of them: what is unusual in one town is not in another.
struct ClassTrends {
    private var level = (middle: 0.0, spread: 0.25), low = (middle: 0.0, spread: 0.5), draws = (middle: 0.0, spread: 0.2)

    /// Meters from which a spread is told.
    static let fewestMeters = 30
    /// [1/year]
    static let smallestSpread = 0.05

    /// Slopes of the meters that have a trend.
    struct Slopes {
        fileprivate var level: [Double] = [], low: [Double] = [], draws: [Double] = []

        mutating func add(_ trend: LevelTrend) {
            level.append(trend.slope)
            if let slope = trend.lowSlope { low.append(slope) }
            if let slope = trend.drawSlope { draws.append(slope) }
        }
    }

    init(_ slopes: Slopes) {
        func scatter(_ values: [Double], _ usual: (middle: Double, spread: Double)) -> (middle: Double, spread: Double) {
            guard values.count >= Self.fewestMeters, let middle = OrderStatistics.median(values),
                let spread = OrderStatistics.medianAbsoluteDeviation(values)
            else { return usual }
            return (middle, max(Self.smallestSpread, spread))
        }
        level = scatter(slopes.level, level)
        low = scatter(slopes.low, low)
        draws = scatter(slopes.draws, draws)
    }

    /// Slope against those of the class, in deviations. [–]
    func score(_ trend: LevelTrend) -> Double { (trend.slope - level.middle) / level.spread }
    func drawScore(_ trend: LevelTrend) -> Double? { trend.drawSlope.map { ($0 - draws.middle) / draws.spread } }
    func lowScore(_ trend: LevelTrend) -> Double? { trend.lowSlope.map { ($0 - low.middle) / low.spread } }
}
