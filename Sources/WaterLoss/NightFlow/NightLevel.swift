// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Night flows of a series, one value a night.
enum NightLevel {
    /// Mean of the night hours of each calendar day from the first to the last of the series; nil where too few readings came.
    static func nightly(_ series: TimeSeries, hours: Range<Int>, readings: Double) -> [(day: Instant, flow: Double?)] {
        guard series.step > 0, !series.values.isEmpty else { return [] }
        let firstDay = day(series.start.seconds), lastDay = day(series.start.seconds + (series.values.count - 1) * series.step)
        var sums = [Double](repeating: 0, count: lastDay - firstDay + 1)
        var counts = [Int](repeating: 0, count: sums.count)
        for (index, value) in series.values.enumerated() {
            guard let value, value.isFinite else { continue }
            let seconds = series.start.seconds + index * series.step
            let ofDay = day(seconds)
            guard hours.contains((seconds - ofDay * 86_400) / 3600) else { continue }
            sums[ofDay - firstDay] += value
            counts[ofDay - firstDay] += 1
        }
        let expected = Double(hours.count * 3600) / Double(series.step)
        return sums.indices.map { index in
            let enough = counts[index] > 0 && Double(counts[index]) >= readings * expected
            return (Instant(seconds: (firstDay + index) * 86_400), enough ? sums[index] / Double(counts[index]) : nil)
        }
    }

    private static func day(_ seconds: Int) -> Int { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }

    /// Mean of the running median over five nights: a single odd night does not count, a leak that lasts counts for as long as
    /// it lasts. The standard error comes from the differences of successive nights, which a step does not widen.
    static func level(_ nights: [Double]) -> Estimate? {
        guard nights.count >= 3 else { return nil }
        guard let smooth = try? OrderStatistics.runningMedian(nights, halfWidth: 2), let level = Moments.mean(smooth) else { return nil }
        let steps = zip(nights, nights.dropFirst()).map { abs($1 - $0) }
        // Median of |difference| of two normal values is 0.6745·√2 σ.
        guard let typical = OrderStatistics.median(steps) else { return nil }
        let scatter = typical / (0.674489750196082 * 2.0.squareRoot())
        let count = Double(nights.count)
        // 1.2533 = √(π/2): standard error of a median over that of a mean. The last factor allows for a scatter known from few nights.
        let error = 1.2533141373155 * scatter / count.squareRoot() * ((count + 1) / (count - 2)).squareRoot()
        return Estimate(level, standardDeviation: error)
    }
}

/// Mean of each hour of the day.
struct DayShape {
    var hours: [Double?]

    init(_ series: TimeSeries) {
        var sums = [Double](repeating: 0, count: 24), counts = [Int](repeating: 0, count: 24)
        for (index, value) in series.values.enumerated() {
            guard let value, value.isFinite else { continue }
            let seconds = series.start.seconds + index * series.step
            let hour = ((seconds % 86_400) + 86_400) % 86_400 / 3600
            sums[hour] += value
            counts[hour] += 1
        }
        hours = (0..<24).map { counts[$0] > 0 ? sums[$0] / Double(counts[$0]) : nil }
    }

    /// Every hour of the day counts alike, so that gaps at night do not raise the mean; nil without any reading.
    var mean: Double? { Moments.mean(hours.compactMap { $0 }) }

    var complete: [Double]? {
        let known = hours.compactMap { $0 }
        return known.count == 24 ? known : nil
    }
}
