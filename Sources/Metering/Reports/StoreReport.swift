// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import GRDB
import WaterModel

extension MeterStore {
    /// Validates all readings and sums them by meter and zone-hour.
    /// - meters: the city's register; what it says of a meter goes before what the store says. Meters without readings are listed too.
    /// - standardOffset: place's clock without changes less UTC; nil takes that of the imports' profile. [s]
    /// - from, to: period on that clock, from full hour to full hour; nil takes all readings.
    /// - Throws: `MeterStoreError`.
    public func report(
        meters: [Meter] = [], standardOffset: Int? = nil, from: Instant? = nil, to: Instant? = nil, rules: ChainRules = ChainRules(),
        findingRules: FindingRules = FindingRules()
    ) throws(MeterStoreError) -> MeterReport {
        try read { db in
            let offset =
                try standardOffset ?? Int.fetchOne(
                    db,
                    sql:
                        "SELECT standard_offset_s FROM files GROUP BY standard_offset_s ORDER BY sum(readings) DESC, standard_offset_s LIMIT 1"
                ) ?? 0
            let channels = try Channel.all(db)
            let span = try Row.fetchOne(
                db, sql: "SELECT min(b.first - c.interval_s) AS f, max(b.last) AS l FROM blocks b JOIN channels c ON c.id = b.id >> 16")
            let first: Int = span?["f"] ?? 0, last: Int = span?["l"] ?? 0
            let start = from?.seconds ?? Self.hour(first + offset, up: false)
            let end = max(start, to?.seconds ?? Self.hour(last + offset, up: true))
            let window = ReportWindow(start: Self.hour(start, up: false), end: Self.hour(end, up: true), offset: offset)
            var work = ReportWork(window: window, rules: rules, findingRules: findingRules)
            let register = try Self.register(db, meters)
            var byMeter: [String: [Channel]] = [:]
            for channel in channels { byMeter[channel.meter, default: []].append(channel) }
            for name in Set(register.keys).union(byMeter.keys).sorted() {
                let entry = register[name] ?? RegisterEntry(meter: Meter(id: .init(name)))
                let blocks = try (byMeter[name] ?? []).map { channel in (channel, try channel.readings(db, path: path)) }
                work.add(entry, blocks)
            }
            return work.report()
        }
    }

    private static func hour(_ seconds: Int, up: Bool) -> Int {
        let floor = seconds >= 0 ? seconds / 3600 * 3600 : -((3599 - seconds) / 3600) * 3600
        return up && floor < seconds ? floor + 3600 : floor
    }

    private static func register(_ db: Database, _ meters: [Meter]) throws -> [String: RegisterEntry] {
        var entries: [String: RegisterEntry] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT * FROM meters") {
            let name: String = row["meter"]
            let meter = Meter(
                id: .init(name), zone: (row["zone"] as String?).map { Zone.ID($0) },
                customerClass: (row["class"] as String?).flatMap { Meter.CustomerClass(rawValue: $0) } ?? .other,
                diameter: row["diameter_m"],
                installed: row["installed"], dials: row["dials"], resolution: row["factor_m3"])
            entries[name] = RegisterEntry(meter: meter, duplicates: row["duplicates"], conflicts: row["conflicts"])
        }
        for meter in meters { entries[meter.id.name, default: RegisterEntry(meter: meter)].meter = meter }
        return entries
    }
}

/// A meter of the register, with what imports counted of it.
struct RegisterEntry {
    var meter: Meter
    var duplicates = 0
    var conflicts = 0
}

/// The period of a report.
struct ReportWindow {
    /// Place's clock without changes. [s]
    var start: Int, end: Int
    /// That clock less UTC. [s]
    var offset: Int
}

/// A channel as the store lists it.
struct Channel {
    var id: Int
    var meter: String
    var kind: Profile.Kind
    var unit: ReadingUnit
    /// [s]
    var interval: Int
    var digits: Int?

    /// In order of meter, kind, unit.
    static func all(_ db: Database) throws -> [Channel] {
        try Row.fetchAll(
            db,
            sql:
                "SELECT c.*, m.meter AS name FROM channels c JOIN meters m ON m.id = c.meter ORDER BY m.meter, c.kind, c.unit, c.interval_s"
        ).map { row in
            Channel(
                id: row["id"], meter: row["name"], kind: Profile.Kind(rawValue: row["kind"]) ?? .register,
                unit: ReadingUnit(name: row["unit"], cubicMetres: row["unit_m3"], seconds: row["unit_s"]), interval: row["interval_s"],
                digits: row["digits"])
        }
    }

    /// All its readings, with one number of decimals.
    func readings(_ db: Database, path: String) throws -> ReadingBlock {
        let statement = try db.cachedStatement(sql: "SELECT id, data FROM blocks WHERE id >= ? AND id < ? ORDER BY id")
        var result: ReadingBlock?
        for row in try Row.fetchAll(statement, arguments: [id << 16, (id + 1) << 16]) {
            let key: Int = row["id"]
            let data: Data = row["data"]
            guard var block = ReadingBlock(decoding: [UInt8](data)) else {
                throw MeterStoreError.damaged(path: path, meter: meter, month: Month.name(key & 65_535))
            }
            if var sum = result {
                sum.raise(to: block.decimals)
                block.raise(to: sum.decimals)
                sum.times += block.times
                sum.values += block.values
                sum.origins += block.origins
                result = sum
            } else {
                result = block
            }
        }
        return result ?? ReadingBlock(isInterval: kind != .register)
    }
}
