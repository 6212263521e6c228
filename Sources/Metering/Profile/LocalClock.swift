// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// A place's clock: what a wall-clock time means in UTC. All changes of the offset are found once; a reading then costs a comparison.
public struct LocalClock: Sendable {
    /// Years that readings are taken from; a stamp outside is set aside.
    public static let years = 1995...2044
    static let earliest = Instant(year: years.lowerBound, month: 1, day: 1).seconds
    static let latest = Instant(year: years.upperBound + 1, month: 1, day: 1).seconds

    /// A stretch of time with one offset from UTC.
    struct Segment: Sendable {
        /// UTC, from and up to. [s]
        var start: Int, end: Int
        /// Local time less UTC. [s]
        var offset: Int
        /// Wall-clock times from `plainStart` up to `plainEnd` mean one instant only, in this segment. [s]
        var plainStart = 0, plainEnd = 0
    }

    /// `UTC`, `-05:00` or `America/Lima`.
    public let name: String
    let segments: [Segment]
    /// Smallest offset of the last two years covered: standard time where clocks change. [s]
    public let standardOffset: Int

    public static let utc = LocalClock(name: "UTC", offset: 0)

    /// A fixed offset. [s]
    public init(name: String, offset: Int) {
        self.name = name
        segments = Self.withPlainRanges([Segment(start: Self.earliest - 172_800, end: Self.latest + 172_800, offset: offset)])
        standardOffset = offset
    }

    /// `UTC`, `Z`, `±hh:mm`, `±hh`, `UTC±hh:mm`, or a name of the IANA time-zone data base; nil where it is none of these.
    public init?(_ text: String) {
        if text == "UTC" || text == "Z" || text == "GMT" { self = .utc; return }
        let bare = text.hasPrefix("UTC") ? String(text.dropFirst(3)) : text
        if let first = bare.first, first == "+" || first == "-" {
            let parts = bare.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2, let hours = Int(parts[0]), parts[0].count <= 2, (0...14).contains(hours) else { return nil }
            var minutes = 0
            if parts.count == 2 {
                guard parts[1].count == 2, let given = Int(parts[1]), (0..<60).contains(given) else { return nil }
                minutes = given
            }
            self.init(name: text, offset: (first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
            return
        }
        guard text.contains("/"), let zone = TimeZone(identifier: text) else { return nil }
        self.init(name: text, zone: zone)
    }

    /// Offsets are looked at each week and the moment of a change is then found to the second.
    private init(name: String, zone: TimeZone) {
        func offset(_ seconds: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))) }
        var segments: [Segment] = []
        var start = Self.earliest - 172_800
        let end = Self.latest + 172_800
        var current = offset(start)
        var at = start
        while at < end {
            let next = min(at + 7 * 86_400, end)
            let there = offset(next)
            if there != current {
                var low = at, high = next
                while high - low > 1 {
                    let middle = low + (high - low) / 2
                    if offset(middle) == current { low = middle } else { high = middle }
                }
                segments.append(Segment(start: start, end: high, offset: current))
                start = high
                current = offset(high)
                at = high
            } else {
                at = next
            }
        }
        segments.append(Segment(start: start, end: end, offset: current))
        let recent = segments.filter { $0.end > end - 2 * 366 * 86_400 }.map(\.offset)
        self.name = name
        self.segments = Self.withPlainRanges(segments)
        standardOffset = recent.min() ?? current
    }

    private static func withPlainRanges(_ segments: [Segment]) -> [Segment] {
        var result = segments
        for i in result.indices {
            let before = i > 0 ? max(0, segments[i - 1].offset - segments[i].offset) : 0
            let after = i + 1 < segments.count ? max(0, segments[i].offset - segments[i + 1].offset) : 0
            result[i].plainStart = segments[i].start + segments[i].offset + before
            result[i].plainEnd = segments[i].end + segments[i].offset - after
        }
        return result
    }

    /// What a wall-clock time can mean.
    enum Meaning: Hashable {
        case one(Int)
        /// Clocks went back: in summer time, in standard time. UTC [s]
        case two(Int, Int)
        /// Clocks went forward over it.
        case none
    }

    /// - local: wall-clock time as seconds since 1970-01-01T00:00 of that clock. [s]
    /// - hint: index of the segment used last, kept by the caller.
    func meaning(_ local: Int, hint: inout Int) -> Meaning {
        let segment = segments[hint]
        if local >= segment.plainStart, local < segment.plainEnd { return .one(local - segment.offset) }
        var low = 0, high = segments.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if segments[middle].start + min(segments[middle].offset, segments[max(0, middle - 1)].offset) <= local {
                low = middle
            } else {
                high = middle - 1
            }
        }
        var found: [Int] = []
        for i in max(0, low - 1)...min(segments.count - 1, low + 1) {
            let utc = local - segments[i].offset
            if utc >= segments[i].start, utc < segments[i].end {
                found.append(utc)
                hint = i
            }
        }
        switch found.count {
        case 0: return .none
        case 1: return .one(found[0])
        default: return .two(found[0], found[1])
        }
    }
}
