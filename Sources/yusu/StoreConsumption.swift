// SPDX-License-Identifier: GPL-3.0-or-later

import Metering
import TextFiles
import WaterFiles
import WaterModel

/// What a meter store says of the customers of zones: hourly consumption, and their meters by class.
struct StoreConsumption {
    private let zones: [Zone.ID: ZoneConsumption]
    private let meters: [Zone.ID: [Meter]]
    /// Read in the period, and not stuck.
    private let working: [Zone.ID: Int]

    /// The clock without changes that the store's hours are of.
    static func clock(path: String) throws -> PlaceClock {
        let offset = try MetersCommand.withStoreErrors { try MeterStore.existing(path: path).standardOffset() }
        return offset == 0 ? .utc : PlaceClock(name: "the store's standard time", offset: offset)
    }

    /// - register: of meters, where it is newer than the store's.
    /// - period: on the place's clock without changes; nil takes all.
    init(path: String, register: String?, period: (start: Instant, end: Instant)?) throws {
        let newer = try register.map { path throws(TextFileError) in try MeterRegisterFile.read(path) } ?? []
        let report = try MetersCommand.withStoreErrors {
            try MeterStore.existing(path: path).report(meters: newer, from: period?.start, to: period?.end)
        }
        zones = Dictionary(report.zones.map { ($0.zone, $0) }) { first, _ in first }
        let records = Dictionary(grouping: report.records.filter { !$0.isSubMeter }) { $0.summary.zone ?? MeterReport.unassigned }
        meters = records.mapValues { list in
            list.map { Meter(id: $0.summary.meter, zone: $0.summary.zone, customerClass: $0.customerClass) }
        }
        working = records.mapValues { $0.count { $0.summary.readings > 0 && !$0.summary.isStuck } }
    }

    func hourly(_ zone: Zone.ID) -> ZoneConsumption? { zones[zone] }
    func meters(_ zone: Zone.ID) -> [Meter] { meters[zone] ?? [] }
    func working(_ zone: Zone.ID) -> Int? { working[zone] }

    /// The zone with as many connections as it has meters, where their number is not given.
    func completed(_ zone: Zone) -> Zone {
        var zone = zone
        if zone.connections == nil, let count = meters[zone.id]?.count { zone.connections = count }
        return zone
    }
}
