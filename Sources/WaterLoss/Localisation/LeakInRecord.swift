// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension LeakLocator {
    /// Shortest record in which a leak is looked for without being told when it may have begun. [days]
    public static let shortestRecord = 10

    /// Looks for a leak that began in the second half of a record and still runs at its end; the first half, cut at midnight,
    /// is taken as healthy. A leak that ran from the first day cannot be seen in this way.
    /// - Returns: nil where the record is shorter than `shortestRecord`.
    /// - Throws: `LeakLocatorError`.
    public func locate(in record: SensorRecord) throws(LeakLocatorError) -> LeakFinding? {
        guard let (baseline, readings) = record.halves else { return nil }
        var finding = try locate(baseline: baseline, readings: readings)
        finding.zone = zone(of: finding)
        return finding
    }

    /// The zone (tag of the pipes' nodes) that holds most of the probability.
    private func zone(of finding: LeakFinding) -> Zone.ID? {
        let tags = Dictionary(network.nodes.map { ($0.id, $0.tag) }, uniquingKeysWith: { first, _ in first })
        let ends = Dictionary(network.links.map { ($0.id, $0.end) }, uniquingKeysWith: { first, _ in first })
        var sums: [String: Double] = [:]
        for candidate in finding.candidates {
            if let end = ends[candidate.pipe], let tag = tags[end] ?? nil { sums[tag, default: 0] += candidate.probability }
        }
        return sums.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { Zone.ID($0.key) }
    }
}

extension SensorRecord {
    /// The readings before the midnight in the middle and those from it on; nil where the record is shorter than
    /// `LeakLocator.shortestRecord`.
    public var halves: (baseline: SensorRecord, readings: SensorRecord)? {
        let perDay = 86_400 / max(step, 1)
        guard count >= LeakLocator.shortestRecord * perDay else { return nil }
        let sinceMidnight = ((start.seconds % 86_400) + 86_400) % 86_400 / step
        return parts(at: (count / 2 + sinceMidnight) / perDay * perDay - sinceMidnight)
    }

    /// The readings before a moment and those from it on; nil where there are none on one side.
    public func split(at moment: Instant) -> (baseline: SensorRecord, readings: SensorRecord)? {
        let place = (moment - start + step - 1) / max(step, 1)
        return place > 0 && place < count ? parts(at: place) : nil
    }

    private func parts(at place: Int) -> (baseline: SensorRecord, readings: SensorRecord) { (part(0..<place), part(place..<count)) }

    /// The readings of a range of steps.
    func part(_ range: Range<Int>) -> SensorRecord {
        SensorRecord(start: instant(at: range.lowerBound), step: step, count: range.count, series: series.mapValues { Array($0[range]) })
    }
}
