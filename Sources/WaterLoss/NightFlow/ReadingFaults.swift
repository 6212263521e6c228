// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// What readings of a flow cannot be: an instrument that stands still, a supply that is cut, a single wild value.
/// A leak that begins is none of these: it lasts.
public struct ReadingFault: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// No flow, or nearly none, in a zone that always has some: the supply was cut or the signal failed.
        case outage
        /// One and the same value for so long that chance does not explain it.
        case stuck
        /// A value far from that hour's usual one, gone within two hours.
        case spike
    }

    public var kind: Kind
    /// UTC.
    public var start: Instant
    /// Excluded.
    public var end: Instant
    public var readings: Int
}

extension FlowReadings {
    /// Thresholds of the screening.
    public struct FaultRules: Sendable {
        /// A run of equal values is a fault where chance makes it more rarely than this. Default 1e-6. [–]
        public var stuckChance = 1e-6
        /// And where it lasts at least so long. Default 3 h. [s]
        public var stuckDuration = 3 * 3600
        /// Distance from the usual value of the hour in robust standard deviations (Sn of Rousseeuw & Croux 1993). Default 8. [–]
        public var spikeDeviations = 8.0
        /// What lasts longer is no spike. Default 2 h. [s]
        public var spikeDuration = 2 * 3600
        /// Flow below this share of the record's lowest twentieth is an outage. Default 0.1. [–]
        public var outageShare = 0.1
        /// Unless it is common: found on more than this share of the days. Default 0.2. [–]
        public var outageDays = 0.2

        public init() {}
    }

    /// Takes faulty readings out. Fewer than two days of readings are not judged.
    public func screened(clock: PlaceClock = .utc, rules: FaultRules = FaultRules()) -> (kept: FlowReadings, faults: [ReadingFault]) {
        guard let start, let end, end - start >= 2 * 86_400, spans.count >= 24 else { return (self, []) }
        var fault = [ReadingFault.Kind?](repeating: nil, count: spans.count)
        markOutages(&fault, clock, rules)
        markStuck(&fault, rules)
        markSpikes(&fault, clock, rules)
        var result = self
        result.spans = zip(spans, fault).filter { $1 == nil }.map(\.0)
        return (result, stretches(fault))
    }

    private func stretches(_ fault: [ReadingFault.Kind?]) -> [ReadingFault] {
        var found: [ReadingFault] = []
        for (index, kind) in fault.enumerated() {
            guard let kind else { continue }
            if index > 0, fault[index - 1] == kind, !found.isEmpty {
                found[found.count - 1].end = Instant(seconds: spans[index].end)
                found[found.count - 1].readings += 1
            } else {
                found.append(
                    ReadingFault(
                        kind: kind, start: Instant(seconds: spans[index].start), end: Instant(seconds: spans[index].end), readings: 1))
            }
        }
        return found
    }

    private func markOutages(_ fault: inout [ReadingFault.Kind?], _ clock: PlaceClock, _ rules: FaultRules) {
        let flowing = spans.map(\.flow).filter { $0 > 0 }
        guard let low = OrderStatistics.quantile(flowing, 0.05), low > 0 else { return }
        func day(_ span: Span) -> Int { clock.local(Instant(seconds: span.start)).seconds / 86_400 }
        let dry = spans.indices.filter { spans[$0].flow < rules.outageShare * low }
        let days = Set(spans.map(day)).count
        // Where a small zone often has no flow, that is its way of using water.
        guard Double(Set(dry.map { day(spans[$0]) }).count) <= rules.outageDays * Double(days) else { return }
        for index in dry { fault[index] = .outage }
    }

    /// Runs of equal values have a geometric length where values repeat by chance. The chance comes from the share of runs that go
    /// on at all, in which a long run counts once.
    private func markStuck(_ fault: inout [ReadingFault.Kind?], _ rules: FaultRules) {
        var runs: [Range<Int>] = []
        var first = 0
        for index in 1...spans.count where index == spans.count || spans[index].flow != spans[index - 1].flow {
            runs.append(first..<index)
            first = index
        }
        let repeated = runs.count { $0.count > 1 }
        let chance = (Double(repeated) + 0.5) / (Double(runs.count) + 1)
        guard chance < 0.9 else { return }
        let longest = 1 + log(rules.stuckChance) / log(chance)
        for run in runs where Double(run.count) > longest {
            guard spans[run.upperBound - 1].end - spans[run.lowerBound].start >= rules.stuckDuration else { continue }
            for index in run where fault[index] == nil { fault[index] = .stuck }
        }
    }

    /// Against the usual value of the hour of the day, and against the level of the day around.
    private func markSpikes(_ fault: inout [ReadingFault.Kind?], _ clock: PlaceClock, _ rules: FaultRules) {
        let known = spans.indices.filter { fault[$0] == nil }
        guard known.count >= 48, let typical = OrderStatistics.median(known.map { abs(spans[$0].flow) }), typical > 0 else { return }
        let slots = known.map { clock.local(Instant(seconds: spans[$0].start)).hourOfDay }
        func bySlot(_ values: [Double]) -> [[Double]] {
            var groups = [[Double]](repeating: [], count: 24)
            for (slot, value) in zip(slots, values) { groups[slot].append(value) }
            return groups
        }
        let usual = bySlot(known.map { spans[$0].flow }).map { OrderStatistics.median($0) ?? 0 }
        let apart = zip(known, slots).map { spans[$0].flow - usual[$1] }
        let half = max(2, 36 * 3600 / max(1, step))
        guard let level = try? OrderStatistics.runningMedian(apart, halfWidth: half) else { return }
        let rest = zip(apart, level).map { $0 - $1 }
        // Not below a fiftieth of the usual flow, nor below a pulse: a series without scatter has no spikes of its last digit.
        let changes = zip(known, known.dropFirst()).map { abs(spans[$1].flow - spans[$0].flow) }.filter { $0 > 0 }
        let floor = max(0.02 * typical, OrderStatistics.quantile(changes, 0.05) ?? 0)
        let scales = bySlot(rest).map { max(OrderStatistics.scaleSn($0) ?? 0, floor) }
        let wild = zip(rest, slots).map { abs($0) > rules.spikeDeviations * scales[$1] }
        var index = 0
        while index < wild.count {
            guard wild[index] else { index += 1; continue }
            var end = index
            while end < wild.count, wild[end] { end += 1 }
            // At the ends of the record a leak that begins looks the same.
            let isInside = index > 0 && end < wild.count
            if isInside, spans[known[end - 1]].end - spans[known[index]].start <= rules.spikeDuration {
                for place in index..<end { fault[known[place]] = .spike }
            }
            index = end
        }
    }
}
