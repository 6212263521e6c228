// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// A slow decline of what a meter registers against its class.
struct Decline {
    /// Of the logarithm. [1/year]
    var slope: Double
    var slope95: (low: Double, high: Double)
    /// Kendall's statistic of the level, and of the share of small flows. [–]
    var z: Double, lowZ: Double?
    /// Share of the variation that a straight line explains. [–]
    var explained: Double
    /// From the first to the last reading.
    var years: Double
    var age: Double?

    static let weeksPerYear = 52.18

    init?(_ m: MeterEvidence, _ series: WeekSeries) {
        func blocks(_ weeks: [Double], _ values: [Double]) -> (times: [Double], values: [Double]) {
            var sums: [Int: (time: Double, value: Double, count: Double)] = [:]
            for (week, value) in zip(weeks, values) {
                let block = Int(week) / WeekRecord.blockWeeks
                let old = sums[block] ?? (0, 0, 0)
                sums[block] = (old.time + week, old.value + value, old.count + 1)
            }
            let ordered = sums.sorted { $0.key < $1.key }.map(\.value)
            return (ordered.map { $0.time / $0.count / Self.weeksPerYear }, ordered.map { $0.value / $0.count })
        }
        let level = blocks(series.weeks, series.logs)
        guard level.times.count >= 8, let trend = MonotoneTrend(times: level.times, values: level.values), trend.slope < 0 else {
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
            let shares = blocks(low.map { Double($0.offset) }, low.map { Double($0.element) })
            lowZ = MonotoneTrend(times: shares.times, values: shares.values)?.z
        }
        let year = Double(Instant(seconds: m.last).calendar.year)
        age = m.meter.installed.flatMap { Double($0.prefix(4)) }.map { year - $0 }
    }
}

/// Chances that what was measured is the fault, and not its like. Logistic in what was measured, with coefficients fitted to synthetic
/// populations by `Tools/Benchmarks/findings.py --fit`, which also tells how well they hold on others: they carry that generator's
/// assumptions on how often meters fail and how customers change.
enum LeakChance {
    static func of(_ e: FlowEpisode, _ name: Meter.CustomerClass) -> Double {
        let days = min(3, log(Double(e.end - e.start) / 72)), floor = min(0.5, e.floorShare)
        // A works or a hospital may run day and night.
        let runsAlways = name == .industrial || name == .institutional
        return e.isCoarse
            ? logistic(-2.9 + 1.24 * days - 4.7 * e.unevenness + 2.5 * floor - (runsAlways ? 3.3 : 0))
            : logistic(-1.7 + 1.5 * days - 4 * e.unevenness + 9 * floor - (runsAlways ? 7 : 0))
    }
}

enum ChangeChance {
    static func unit(_ step: LevelChange, alike: Double?) -> Double {
        // A tenant or a leak makes it three or four times the use; ten times, hardly ever.
        logistic(0.5 * min(step.t, 12) - 6.5 + 4 * (abs(log(step.ratio)) - 2) + 10 * ((alike ?? 0.75) - 0.8))
    }

    static func decline(_ d: Decline) -> Double {
        logistic(-5.3 - 0.78 * max(-6, d.z) - 0.16 * min(6, max(-6, d.lowZ ?? 0)) - 2.7 * max(-1.5, d.slope) + 0.86 * d.explained)
    }

    static func drop(_ step: LevelChange, alike: Double?) -> Double {
        logistic(-11.3 + 0.76 * min(step.t, 12) + 2.9 * (alike ?? 0.7))
    }
}

func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
