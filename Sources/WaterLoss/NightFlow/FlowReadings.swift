// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Flow of one meter or zone as it was read: stretches of UTC, each with its mean flow. Between them are gaps.
/// Rates, volumes of intervals and registers, at equal steps or not, all come down to this.
public struct FlowReadings: Hashable, Sendable {
    public struct Span: Hashable, Sendable {
        /// UTC. [s]
        public var start: Int
        /// Excluded. UTC [s]
        public var end: Int
        /// Mean over the span. [m³/s]
        public var flow: Double

        public init(start: Int, end: Int, flow: Double) {
            self.start = start
            self.end = end
            self.flow = flow
        }

        public var duration: Int { end - start }
    }

    /// Which part of its step a stamp stands for.
    public enum Stamp: String, Sendable, CaseIterable {
        /// Value of the step that begins here, or of this moment.
        case start
        /// Value of the step that ends here.
        case end
    }

    /// Ascending, without overlap.
    public var spans: [Span]
    /// Distance of two readings, the median. [s]
    public var step: Int
    /// What was mended or set aside on the way, in words for the user.
    public var remarks: [String] = []

    public init(spans: [Span], step: Int) {
        self.spans = spans
        self.step = step
    }

    public var start: Instant? { spans.first.map { Instant(seconds: $0.start) } }
    public var end: Instant? { spans.last.map { Instant(seconds: $0.end) } }

    /// Mean of what was read, by time; nil without readings. [m³/s]
    public var mean: Double? {
        var volume = 0.0, time = 0.0
        for span in spans {
            volume += span.flow * Double(span.duration)
            time += Double(span.duration)
        }
        return time > 0 ? volume / time : nil
    }

    /// A series at equal steps on a clock without changes.
    /// - offset: of that clock from UTC. [s]
    public init(_ series: TimeSeries, offset: Int = 0) {
        step = series.step
        spans = []
        spans.reserveCapacity(series.values.count)
        for (index, value) in series.values.enumerated() {
            guard let value, value.isFinite else { continue }
            let start = series.start.seconds - offset + index * series.step
            spans.append(Span(start: start, end: start + series.step, flow: value))
        }
    }

    /// Flows at stamps, of a moment or the mean of a step; nil and what is not finite is a gap. In any order.
    ///
    /// A reading holds for the usual step, or up to the next one where that comes sooner.
    public static func rates(_ readings: [(time: Instant, flow: Double?)], stamp: Stamp = .start) -> FlowReadings {
        let (sorted, remarks) = tidied(readings.map { ($0.time.seconds, $0.flow) })
        let step = typicalStep(sorted.map(\.time))
        var spans: [Span] = []
        for (index, reading) in sorted.enumerated() {
            guard let flow = reading.value, flow.isFinite else { continue }
            switch stamp {
            case .start:
                let next = index + 1 < sorted.count ? sorted[index + 1].time : reading.time + step
                spans.append(Span(start: reading.time, end: min(next, reading.time + step), flow: flow))
            case .end:
                let before = index > 0 ? sorted[index - 1].time : reading.time - step
                spans.append(Span(start: max(before, reading.time - step), end: reading.time, flow: flow))
            }
        }
        var result = FlowReadings(spans: spans.filter { $0.duration > 0 }, step: step)
        result.remarks = remarks
        return result
    }

    /// Volumes of steps. [m³]
    public static func volumes(_ readings: [(time: Instant, volume: Double?)], stamp: Stamp = .end) -> FlowReadings {
        var result = rates(readings.map { ($0.time, $0.volume) }, stamp: stamp)
        let step = Double(max(1, result.step))
        for index in result.spans.indices { result.spans[index].flow /= step }
        return result
    }

    /// Readings of a register that counts up. The volume between two of them is known however far apart they are.
    ///
    /// - readings: of the register, in any order. [m³]
    /// - modulus: at which the register begins again; nil: not known, and a fall is a gap. [m³]
    public static func register(_ readings: [(time: Instant, volume: Double?)], modulus: Double? = nil) -> FlowReadings {
        let (sorted, tidy) = tidied(readings.map { ($0.time.seconds, $0.volume) })
        let known = sorted.compactMap { reading in reading.value.flatMap { $0.isFinite ? (time: reading.time, value: $0) : nil } }
        var remarks = tidy
        var spans: [Span] = []
        var rollovers = 0, falls = 0
        for (before, after) in zip(known, known.dropFirst()) {
            var volume = after.value - before.value
            if volume < 0, let modulus, before.value > 0.9 * modulus, after.value < 0.1 * modulus {
                volume += modulus
                rollovers += 1
            }
            guard volume >= 0 else {
                falls += 1
                continue
            }
            spans.append(Span(start: before.time, end: after.time, flow: volume / Double(after.time - before.time)))
        }
        if rollovers > 0 { remarks.append("the register began again \(rollovers) times") }
        if falls > 0 { remarks.append("the register fell \(falls) times: exchanged or set back; the flow across it is a gap") }
        var result = FlowReadings(spans: spans, step: typicalStep(known.map(\.time)))
        result.remarks = remarks
        return result
    }

    /// The same flow with another added: a planted leak, or a user with a meter of his own taken off.
    /// - flow: [m³/s]
    public func adding(_ flow: Double, from start: Instant? = nil, to end: Instant? = nil) -> FlowReadings {
        var result = self
        let from = start?.seconds ?? .min, to = end?.seconds ?? .max
        for index in spans.indices {
            let span = spans[index]
            let overlap = max(0, min(span.end, to) - max(span.start, from))
            result.spans[index].flow += flow * Double(overlap) / Double(span.duration)
        }
        return result
    }

    /// Sum of several with their signs, where all of them are known: a zone's net inflow from its boundary meters.
    public static func sum(_ parts: [(readings: FlowReadings, sign: Double)]) -> FlowReadings {
        guard let first = parts.first else { return FlowReadings(spans: [], step: 3600) }
        var spans = first.readings.spans.map { Span(start: $0.start, end: $0.end, flow: first.sign * $0.flow) }
        for part in parts.dropFirst() {
            let other = part.readings.spans
            var result: [Span] = []
            var left = 0, right = 0
            while left < spans.count, right < other.count {
                let from = max(spans[left].start, other[right].start), to = min(spans[left].end, other[right].end)
                if to > from { result.append(Span(start: from, end: to, flow: spans[left].flow + part.sign * other[right].flow)) }
                if spans[left].end <= other[right].end { left += 1 } else { right += 1 }
            }
            spans = result
        }
        var result = FlowReadings(spans: spans, step: parts.map(\.readings.step).max() ?? 3600)
        result.remarks = parts.flatMap(\.readings.remarks)
        return result
    }

    /// In order of time, each moment once. One that has two values has none.
    private static func tidied(_ readings: [(time: Int, value: Double?)]) -> (sorted: [(time: Int, value: Double?)], remarks: [String]) {
        var sorted: [(time: Int, value: Double?)] = []
        var duplicates = 0, conflicts = 0
        for reading in readings.enumerated().sorted(by: { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }).map(\.element) {
            guard let last = sorted.last, last.time == reading.time else {
                sorted.append(reading)
                continue
            }
            if last.value == nil || last.value == reading.value || reading.value == nil {
                duplicates += 1
                sorted[sorted.count - 1].value = last.value ?? reading.value
            } else {
                conflicts += 1
                sorted[sorted.count - 1].value = nil
            }
        }
        var remarks: [String] = []
        if duplicates > 0 { remarks.append("\(duplicates) readings came twice") }
        if conflicts > 0 { remarks.append("\(conflicts) moments have two different values and are left out") }
        return (sorted, remarks)
    }

    private static func typicalStep(_ times: [Int]) -> Int {
        let steps = zip(times, times.dropFirst()).map { Double($1 - $0) }
        return OrderStatistics.median(steps).map { Int($0.rounded()) } ?? 3600
    }
}
