// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What few events tell of a rate or a duration.
public enum BurstCounts {
    /// Two-sided interval of the mean of a Poisson count (Garwood 1936), exact: it holds the mean in at least `level` of cases.
    public static func poissonInterval(_ count: Int, level: Double = 0.95) -> (low: Double, high: Double) {
        let tail = (1 - level) / 2, events = Double(max(0, count))
        let low = events > 0 ? ChiSquare(degreesOfFreedom: 2 * events).quantile(tail) / 2 : 0
        return (low, ChiSquare(degreesOfFreedom: 2 * events + 2).upperQuantile(tail) / 2)
    }

    /// A mean duration with its interval. [unit of the durations]
    public struct MeanDuration: Hashable, Sendable {
        public var mean: Double
        public var low95: Double
        /// Infinite where nothing has ended yet.
        public var high95: Double
        public var ended: Int
        public var running: Int
    }

    /// Mean of durations of which some have not ended: all time at risk over the number ended, as for an exponential duration (Epstein
    /// & Sobel 1953). The interval is that of χ² with 2r, above with 2r + 2 degrees of freedom, on the careful side.
    /// nil without an ended one.
    public static func meanDuration(_ durations: [(time: Double, hasEnded: Bool)]) -> MeanDuration? {
        let time = durations.reduce(0) { $0 + max(0, $1.time) }
        let ended = durations.count(where: \.hasEnded)
        guard ended > 0 else { return nil }
        let events = Double(ended)
        let low = 2 * time / ChiSquare(degreesOfFreedom: 2 * events + 2).upperQuantile(0.025)
        let high = 2 * time / ChiSquare(degreesOfFreedom: 2 * events).quantile(0.025)
        return MeanDuration(mean: time / events, low95: low, high95: high, ended: ended, running: durations.count - ended)
    }

    /// Unreported bursts run from a moment between two surveys to the next: half the interval on average, and any part of it as likely.
    /// [unit of the interval]
    public static func awareness(surveyInterval: Double) -> Estimate {
        Estimate(surveyInterval / 2, standardDeviation: surveyInterval / 12.0.squareRoot())
    }
}
