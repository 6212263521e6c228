// SPDX-License-Identifier: GPL-3.0-or-later

import GRDB
import WaterModel

/// Consumption of zones by the hour, gathered one meter after the other.
struct ZoneHours {
    let window: ReportWindow
    let rules: ChainRules
    private var zones: [Zone.ID: HourSums] = [:]
    /// Meters of each zone, of one level: without those behind another meter.
    private var expected: [Zone.ID: Int] = [:]

    init(window: ReportWindow, rules: ChainRules) {
        self.window = window
        self.rules = rules
    }

    /// - registers: of the meter, the one that counts it first.
    mutating func add(_ registers: [MeterChain], _ meter: Meter) {
        let zone = meter.zone ?? MeterReport.unassigned
        if zones[zone] == nil { zones[zone] = HourSums(start: window.start, hours: (window.end - window.start) / 3600) }
        guard meter.parent == nil else { return }
        expected[zone, default: 0] += 1
        for (number, register) in registers.enumerated() where number > 0 || register.readings > 0 {
            zones[zone]?.add(
                register.shaped(offset: window.offset, rules: rules), offset: window.offset, longest: rules.longestSpread,
                counts: number == 0)
        }
    }

    /// In order of zone.
    var consumption: [ZoneConsumption] {
        zones.sorted { $0.key < $1.key }.map { id, sums in
            ZoneConsumption(
                zone: id, hourly: sums.series, metersReporting: sums.meters,
                estimated: sums.estimated.map { Double($0) / MeterChain.millilitresPerCubicMetre },
                metersEstimated: sums.metersEstimated, metersExpected: expected[id])
        }
    }
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
