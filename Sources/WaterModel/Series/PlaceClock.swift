// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// The clock that the people of a place live by: what it shows at an instant, and which instants it can mean.
/// Where clocks change, a night in spring lacks an hour and one in autumn has an hour twice.
public struct PlaceClock: Hashable, Sendable {
    /// Years whose changes are known; before and after them the nearest offset holds.
    public static let years = 1990...2050

    /// An offset, and the instant from which it holds. UTC [s]
    private struct Change: Hashable, Sendable {
        var at: Int
        var offset: Int
    }

    /// `UTC`, `-05:00` or `Europe/Rome`.
    public let name: String
    /// Ascending; the first holds from the beginning.
    private let changes: [Change]

    public static let utc = PlaceClock(name: "UTC", offset: 0)

    /// A clock that never changes.
    /// - offset: local time less UTC. [s]
    public init(name: String, offset: Int) {
        self.init(name: name, changes: [Change(at: .min, offset: offset)])
    }

    /// `UTC`, `Z`, `±hh`, `±hh:mm`, `UTC±hh:mm`, or a name of the IANA time-zone data base; nil where it is none of these.
    public init?(_ text: String) {
        if ["UTC", "Z", "GMT"].contains(text) { self = .utc; return }
        let bare = text.hasPrefix("UTC") ? String(text.dropFirst(3)) : text
        if let first = bare.first, first == "+" || first == "-" {
            let parts = bare.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2, parts[0].count <= 2, let hours = Int(parts[0]), (0...14).contains(hours) else { return nil }
            var minutes = 0
            if parts.count == 2 {
                guard parts[1].count == 2, let given = Int(parts[1]), (0..<60).contains(given) else { return nil }
                minutes = given
            }
            self.init(name: text, offset: (first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
            return
        }
        guard text.contains("/"), let zone = TimeZone(identifier: text) else { return nil }
        self.init(name: text, changes: Self.changes(of: zone))
    }

    private init(name: String, changes: [Change]) {
        self.name = name
        self.changes = changes
    }

    /// Offsets are looked at each week, and the moment of a change is then found to the second.
    private static func changes(of zone: TimeZone) -> [Change] {
        func offset(_ seconds: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))) }
        var at = Instant(year: years.lowerBound, month: 1, day: 1).seconds
        let end = Instant(year: years.upperBound + 1, month: 1, day: 1).seconds
        var current = offset(at)
        var changes = [Change(at: .min, offset: current)]
        while at < end {
            let next = at + 7 * 86_400
            let there = offset(next)
            if there != current {
                var low = at, high = next
                while high - low > 1 {
                    let middle = low + (high - low) / 2
                    if offset(middle) == current { low = middle } else { high = middle }
                }
                current = offset(high)
                changes.append(Change(at: high, offset: current))
                if current != there { at = high; continue }
            }
            at = next
        }
        return changes
    }

    private func index(at utc: Int) -> Int {
        var low = 0, high = changes.count - 1
        while low < high {
            let middle = (low + high + 1) / 2
            if changes[middle].at <= utc { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Local time less UTC. [s]
    public func offset(at instant: Instant) -> Int { changes[index(at: instant.seconds)].offset }

    /// What the clock shows at an instant of UTC.
    public func local(_ instant: Instant) -> Instant { instant + offset(at: instant) }

    /// Smallest offset of the year before an instant: standard time where clocks go forward in summer. [s]
    public func standardOffset(at instant: Instant) -> Int {
        let last = index(at: instant.seconds)
        var smallest = changes[last].offset
        var index = last
        while index > 0, changes[index].at > instant.seconds - 366 * 86_400 {
            index -= 1
            smallest = min(smallest, changes[index].offset)
        }
        return smallest
    }

    /// Instants of UTC at which the clock shows `local`, ascending: none where it leaps over it, two where it goes back.
    public func instants(local: Instant) -> [Instant] {
        let near = index(at: local.seconds)
        var found: [Instant] = []
        for place in max(0, near - 2)...min(changes.count - 1, near + 2) {
            let utc = local.seconds - changes[place].offset
            let end = place + 1 < changes.count ? changes[place + 1].at : Int.max
            if utc >= changes[place].at, utc < end { found.append(Instant(seconds: utc)) }
        }
        return found
    }

    /// First instant of UTC at which the clock shows `local` or, where it leaps over it, the instant of the leap.
    public func first(local: Instant) -> Instant {
        if let first = instants(local: local).first { return first }
        let near = index(at: local.seconds)
        for place in max(1, near - 2)...max(1, min(changes.count - 1, near + 2)) where place < changes.count {
            let before = changes[place].at + changes[place - 1].offset, after = changes[place].at + changes[place].offset
            if before <= local.seconds, local.seconds < after { return Instant(seconds: changes[place].at) }
        }
        return Instant(seconds: local.seconds - offset(at: local))
    }
}
