// SPDX-License-Identifier: GPL-3.0-or-later

import GRDB
import WaterModel

/// Consumption of zones by the hour, gathered one meter after the other.
struct ZoneHours {
    let window: ReportWindow
    let rules: ChainRules
    private var zones: [Zone.ID: HourSums] = [:]
    /// Meters of each zone, of one level, without those behind another meter: in all hours, and in some.
    private var expected: [Zone.ID: Int] = [:]
    private var expectedInPart: [Zone.ID: [Int]] = [:]

    init(window: ReportWindow, rules: ChainRules) {
        self.window = window
        self.rules = rules
    }

    /// - registers: of the meter, the one that counts it first.
    mutating func add(_ registers: [MeterChain], _ meter: Meter) {
        let stays = meter.zones(in: window)
        for stay in stays where zones[stay.zone] == nil { zones[stay.zone] = empty }
        guard meter.parent == nil else { return }
        if stays.count == 1 {
            expected[stays[0].zone, default: 0] += 1
            Self.put(registers, window, rules, into: &zones[stays[0].zone, default: HourSums(start: window.start, hours: 0)])
            return
        }
        // A meter that changed its zone: its hours are summed by themselves and dealt out.
        var own = empty
        Self.put(registers, window, rules, into: &own)
        for stay in stays {
            let hours = window.hours(stay.window)
            zones[stay.zone]?.add(own, hours)
            for hour in hours { expectedInPart[stay.zone, default: own.volumes.map { _ in 0 }][hour] += 1 }
        }
    }

    /// What the meters gathered so far bring to a zone.
    struct Share {
        var zone: Zone.ID
        var sums: HourSums
        /// Meters that should report in all hours; and how many more in each hour, empty where there are none in any.
        var expected = 0, expectedInPart: [Int] = []
    }

    /// In order of zone. They are whole numbers: added up in any order they make the same sums.
    var shares: [Share] {
        zones.sorted { $0.key < $1.key }.map { id, sums in
            Share(zone: id, sums: sums, expected: expected[id] ?? 0, expectedInPart: expectedInPart[id] ?? [])
        }
    }

    /// - share: over the same hours.
    mutating func add(_ share: Share) {
        if zones[share.zone] == nil { zones[share.zone] = empty }
        zones[share.zone]?.add(share.sums, 0..<share.sums.hours)
        if share.expected > 0 { expected[share.zone, default: 0] += share.expected }
        for (hour, count) in share.expectedInPart.enumerated() {
            expectedInPart[share.zone, default: [Int](repeating: 0, count: share.expectedInPart.count)][hour] += count
        }
    }

    private var empty: HourSums { HourSums(start: window.start, hours: (window.end - window.start) / 3600) }

    private static func put(_ registers: [MeterChain], _ window: ReportWindow, _ rules: ChainRules, into sums: inout HourSums) {
        for (number, register) in registers.enumerated() where number > 0 || register.readings > 0 {
            sums.add(
                register.shaped(offset: window.offset, rules: rules), offset: window.offset, longest: rules.longestSpread,
                counts: number == 0)
        }
    }

    /// In order of zone.
    var consumption: [ZoneConsumption] {
        zones.sorted { $0.key < $1.key }.map { id, sums in
            let always = expected[id] ?? 0, inPart = expectedInPart[id]
            return ZoneConsumption(
                zone: id, hourly: sums.series, metersReporting: sums.meters,
                estimated: sums.estimated.map { Double($0) / MeterChain.millilitresPerCubicMetre },
                metersEstimated: sums.metersEstimated,
                metersExpected: inPart?.map { $0 + always } ?? [Int](repeating: always, count: sums.hours))
        }
    }
}

extension Meter {
    /// The zones that the meter's water is consumption of, one after the other, each with the hours of the period; full hours, an hour
    /// being the zone's in which it begins.
    func zones(in period: ReportWindow) -> [(zone: Zone.ID, window: ReportWindow)] {
        guard earlier.contains(where: { $0.zone != zone }) else { return [(zone ?? MeterReport.unassigned, period)] }
        var stays: [(zone: Zone.ID, window: ReportWindow)] = []
        var from = period.start
        for stretch in stretches {
            let hour = stretch.until.seconds > period.end ? period.end : (stretch.until.seconds + 3599) / 3600 * 3600
            let to = max(from, min(hour, period.end))
            let zone = stretch.zone ?? MeterReport.unassigned
            if stays.last?.zone == zone {
                stays[stays.count - 1].window.end = to
            } else if to > from {
                stays.append((zone, ReportWindow(start: from, end: to, offset: period.offset)))
            }
            from = to
        }
        return stays.isEmpty ? [(zone ?? MeterReport.unassigned, period)] : stays
    }
}

extension ReportWindow {
    /// Numbers of the hours of a part of it.
    func hours(_ part: ReportWindow) -> Range<Int> { (part.start - start) / 3600..<(part.end - start) / 3600 }
}

extension MeterStore {
    /// Sums of zones by the hour alone, as `report` has them.
    /// - Throws: `MeterStoreError`.
    public func zoneHours(
        meters: [Meter] = [], standardOffset: Int? = nil, from: Instant? = nil, to: Instant? = nil, rules: ChainRules = ChainRules()
    ) throws(MeterStoreError) -> [ZoneConsumption] {
        try read { db in
            let window = try ReportWindow(db, standardOffset: standardOffset, from: from, to: to)
            let maker = MeterChains(rules: rules, offset: window.offset)
            var zones = ZoneHours(window: window, rules: rules)
            try forEachMeter(db, meters) { entry, channels in
                var flags: MeterFlags = []
                zones.add(maker.chains(channels, entry.meter, &flags), entry.meter)
            }
            return zones.consumption
        }
    }
}
