// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// How the flows of successive nights scatter about their level, told from differences: a step widens only one of them.
public struct NightNoise: Hashable, Sendable {
    /// Of one night about the level. [m³/s]
    public var standardDeviation: Double
    /// Correlation of a night with the next. Range 0–0.7. [–]
    public var correlation: Double

    public init(standardDeviation: Double, correlation: Double) {
        self.standardDeviation = standardDeviation
        self.correlation = correlation
    }

    /// Variance of a long mean over that of independent nights, (1 + ρ)/(1 − ρ). [–]
    public var inflation: Double { (1 + correlation) / (1 - correlation) }

    /// What is taken of the correlation before the nights are seen: 0.3 ± 0.2, one standard deviation, between 0 and 0.7; assumed.
    static let usualCorrelation = (mean: 0.3, deviation: 0.2)
    static let correlations = 0.0...0.7

    /// nil below three nights. With a first-order autoregression, nights h apart differ with the variance 2 σ² (1 − ρ^h): the differences
    /// one and two nights apart give ρ and σ, by the robust scale Qn (Rousseeuw & Croux 1993). ρ of few nights leans on the usual one.
    public init?(_ nights: [Double]) {
        guard nights.count >= 3, let one = Self.spread(nights, apart: 1) else { return nil }
        let usual = Self.usualCorrelation
        var correlation = usual.mean
        if nights.count >= 10, one > 0, let two = Self.spread(nights, apart: 2) {
            // Standard error of the ratio of the two, by simulation 2.1/√n.
            let own = Double(nights.count) / (2.1 * 2.1), before = 1 / (usual.deviation * usual.deviation)
            correlation = ((two * two / (one * one) - 1) * own + usual.mean * before) / (own + before)
        }
        correlation = min(Self.correlations.upperBound, max(Self.correlations.lowerBound, correlation))
        self.init(standardDeviation: one / (1 - correlation).squareRoot(), correlation: correlation)
    }

    /// Standard deviation of the difference over √2. Of few nights by the median: Qn needs more.
    private static func spread(_ nights: [Double], apart: Int) -> Double? {
        guard nights.count > apart else { return nil }
        let steps = zip(nights, nights.dropFirst(apart)).map { $1 - $0 }
        if steps.count >= 9 { return OrderStatistics.scaleQn(steps).map { $0 / 2.0.squareRoot() } }
        // Median of |difference| of two normal values is 0.6745·√2 σ.
        return OrderStatistics.median(steps.map { abs($0) }).map { $0 / (0.674489750196082 * 2.0.squareRoot()) }
    }
}

/// Night flows of a series, one value a night, and their level.
enum NightLevel {
    /// Mean of the night hours of each calendar day from the first to the last of the series; nil where too few readings came.
    static func nightly(
        _ series: TimeSeries, hours: Range<Int>, readings: Double, clock: PlaceClock? = nil
    ) -> [(day: Instant, flow: Double?)] {
        guard series.step > 0 else { return [] }
        let offset = clock?.standardOffset(at: series.start) ?? 0
        return FlowReadings(series, offset: offset).nights(.window(hours), clock: clock ?? .utc, coverage: readings)
            .map { ($0.day, $0.flow) }
    }

    /// Mean of the running median over five nights: a single odd night does not count, a leak that lasts counts for as long as
    /// it lasts. The standard error comes from the differences of successive nights, which a step does not widen.
    static func level(_ nights: [Double]) -> Estimate? {
        guard nights.count >= 3, let noise = NightNoise(nights) else { return nil }
        guard let smooth = try? OrderStatistics.runningMedian(nights, halfWidth: 2), let level = Moments.mean(smooth) else { return nil }
        let count = Double(nights.count)
        // The mean of running medians of five scatters 1.11 times as much as a mean (simulated, 1.09 to 1.13 for 5 to 100 nights). The last
        // factor allows for a scatter known from few nights.
        let error =
            1.11 * noise.standardDeviation * (noise.inflation / count).squareRoot()
            * ((count + 1) / (count - 2)).squareRoot()
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

    /// Of readings of any length, by the local clock.
    init(_ readings: FlowReadings, clock: PlaceClock) {
        var sums = [Double](repeating: 0, count: 24), times = [Double](repeating: 0, count: 24)
        for span in readings.spans where span.duration <= FlowReadings.longestSpan {
            let hour = clock.local(Instant(seconds: span.start)).hourOfDay
            sums[hour] += span.flow * Double(span.duration)
            times[hour] += Double(span.duration)
        }
        hours = (0..<24).map { times[$0] > 0 ? sums[$0] / times[$0] : nil }
    }

    /// Every hour of the day counts alike, so that gaps at night do not raise the mean; nil without any reading.
    var mean: Double? { Moments.mean(hours.compactMap { $0 }) }

    var complete: [Double]? {
        let known = hours.compactMap { $0 }
        return known.count == 24 ? known : nil
    }
}
