// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What is taken of a night.
public enum NightMeasure: Hashable, Sendable {
    /// Mean of a window of the local clock, in hours of the day; usually 02–04 h.
    case window(Range<Int>)
    /// Least mean of any 60 minutes within a window of the local clock. The least of several scatters below their mean.
    case movingHour(within: Range<Int>)
    /// A low quantile of the whole local day's readings. [–]
    case dayQuantile(Double)

    public static let usual = NightMeasure.window(2..<4)

    /// Hours of the local day that must be known.
    var hours: Range<Int> {
        switch self {
        case .window(let hours), .movingHour(let hours): hours.clamped(to: 0..<24)
        case .dayQuantile: 0..<24
        }
    }
}

/// The night flow of one local calendar day.
public struct Night: Hashable, Sendable {
    /// Midnight at which the day begins, as the local clock shows it.
    public var day: Instant
    /// nil where too little of the night is known. [m³/s]
    public var flow: Double?
    /// Share of the window that is known. [–]
    public var coverage: Double

    public init(day: Instant, flow: Double?, coverage: Double) {
        self.day = day
        self.flow = flow
        self.coverage = coverage
    }
}

extension FlowReadings {
    /// Longest stretch that a night flow may rest on: an hour, and a little for readings off the hour. [s]
    static let longestSpan = 3_960

    /// One value a night, from the first local day of the record to the last. The window is that of the local clock: where clocks
    /// change in it, the night has an hour less, or more.
    ///
    /// - coverage: share of the window that must be known. Range 0–1. [–]
    public func nights(_ measure: NightMeasure = .usual, clock: PlaceClock = .utc, coverage needed: Double = 0.75) -> [Night] {
        guard let first = start, let last = end, !measure.hours.isEmpty else { return [] }
        let usable = spans.filter { $0.duration > 0 && $0.duration <= Self.longestSpan && $0.flow.isFinite }
        let firstDay = Self.day(clock.local(first).seconds), lastDay = Self.day(clock.local(Instant(seconds: last.seconds - 1)).seconds)
        var nights: [Night] = []
        nights.reserveCapacity(max(0, lastDay - firstDay + 1))
        var from = 0
        for day in firstDay...max(firstDay, lastDay) {
            let midnight = Instant(seconds: day * 86_400)
            let begin = clock.first(local: midnight + measure.hours.lowerBound * 3600).seconds
            let end = clock.first(local: midnight + measure.hours.upperBound * 3600).seconds
            while from < usable.count, usable[from].end <= begin { from += 1 }
            var inside: [Span] = []
            var index = from
            while index < usable.count, usable[index].start < end {
                let span = usable[index]
                inside.append(Span(start: max(span.start, begin), end: min(span.end, end), flow: span.flow))
                index += 1
            }
            let known = inside.reduce(0) { $0 + $1.duration }
            let share = end > begin ? Double(known) / Double(end - begin) : 0
            let flow = share > 0 && share >= needed ? Self.value(measure, inside) : nil
            nights.append(Night(day: midnight, flow: flow, coverage: share))
        }
        return nights
    }

    private static func day(_ seconds: Int) -> Int { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }

    private static func value(_ measure: NightMeasure, _ spans: [Span]) -> Double? {
        switch measure {
        case .window:
            var volume = 0.0, time = 0.0
            for span in spans {
                volume += span.flow * Double(span.duration)
                time += Double(span.duration)
            }
            return time > 0 ? volume / time : nil
        case .movingHour: return leastHour(spans)
        case .dayQuantile(let probability): return OrderStatistics.quantile(spans.map(\.flow), probability)
        }
    }

    /// Least mean of 60 minutes of which all but six are known. The mean of a moving window over steps is least where the window
    /// begins or ends at a step.
    private static func leastHour(_ spans: [Span]) -> Double? {
        guard let first = spans.first?.start, let last = spans.last?.end else { return nil }
        var volumes = [0.0], times = [0]
        for span in spans {
            volumes.append((volumes.last ?? 0) + span.flow * Double(span.duration))
            times.append((times.last ?? 0) + span.duration)
        }
        /// Volume and known time from the beginning up to a moment.
        func sum(to moment: Int) -> (volume: Double, time: Int) {
            var low = 0, high = spans.count
            while low < high {
                let middle = (low + high) / 2
                if spans[middle].end <= moment { low = middle + 1 } else { high = middle }
            }
            guard low < spans.count, spans[low].start < moment else { return (volumes[low], times[low]) }
            let part = moment - spans[low].start
            return (volumes[low] + spans[low].flow * Double(part), times[low] + part)
        }
        let begins = spans.flatMap { [$0.start, $0.end - 3600] }.filter { $0 >= first && $0 + 3600 <= last }
        return begins.compactMap { begin in
            let from = sum(to: begin), to = sum(to: begin + 3600)
            let time = to.time - from.time
            return time >= 3240 ? (to.volume - from.volume) / Double(time) : nil
        }.min()
    }
}

/// How the nights of a record become one figure.
public enum NightAggregate: Hashable, Sendable {
    /// Mean of the running median over five nights: single odd nights do not count.
    case level
    /// Mean of so many lowest nights. Lies below the level, the more so the fewer they are.
    case lowest(Int)
    /// A quantile of the nights. [–]
    case quantile(Double)

    /// nil below three nights, or where fewer nights are known than asked for. [m³/s]
    public func estimate(_ nights: [Double]) -> Estimate? {
        switch self {
        case .level: NightLevel.level(nights)
        case .lowest(let count): Self.lowest(count, of: nights)
        case .quantile(let probability): Self.quantile(probability, of: nights)
        }
    }

    /// Standard error of the mean of the lowest k of n: (s² + (1 − k/n)(q − m)²)/k, with their own mean m and variance s², and q the
    /// greatest of them (influence function of an expected shortfall; Scaillet 2004), widened for nights that follow each other.
    private static func lowest(_ count: Int, of nights: [Double]) -> Estimate? {
        guard count >= 2, nights.count >= max(3, count), let noise = NightNoise(nights) else { return nil }
        let low = Array(nights.sorted().prefix(count))
        guard let mean = Moments.mean(low), let variance = Moments.variance(low), let edge = low.last else { return nil }
        let apart = (1 - Double(count) / Double(nights.count)) * (edge - mean) * (edge - mean)
        return Estimate(mean, standardDeviation: ((variance + apart) / Double(count) * noise.inflation).squareRoot())
    }

    /// Interval between order statistics (binomial, with as many nights as are independent), turned into a standard deviation.
    private static func quantile(_ probability: Double, of nights: [Double]) -> Estimate? {
        guard nights.count >= 3, probability > 0, probability < 1, let noise = NightNoise(nights) else { return nil }
        let spread = (probability * (1 - probability) / (Double(nights.count) / noise.inflation)).squareRoot()
        let ends = [probability, max(0, probability - Estimate.normal95 * spread), min(1, probability + Estimate.normal95 * spread)]
        guard let values = OrderStatistics.quantiles(nights, ends) else { return nil }
        return Estimate(values[0], margin95: (values[2] - values[1]) / 2)
    }
}
