// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import GRDB
import WaterModel

extension MeterStore {
    /// Validates all readings and sums them by meter and zone-hour.
    /// - meters: the city's register; what it says of a meter goes before what the store says. Meters without readings are listed too.
    /// - standardOffset: place's clock without changes less UTC; nil takes that of the imports' profile. [s]
    /// - from, to: period on that clock, from full hour to full hour; nil takes all readings.
    /// - balancePeriod: on that clock; zone balances are drawn up over what of it lies in the period. nil: over the period.
    /// - Throws: `MeterStoreError`.
    public func report(
        meters: [Meter] = [], standardOffset: Int? = nil, from: Instant? = nil, to: Instant? = nil,
        balancePeriod: (start: Instant, end: Instant)? = nil, rules: ChainRules = ChainRules(), findingRules: FindingRules = FindingRules()
    ) throws(MeterStoreError) -> MeterReport {
        try read { db in
            let offset = try standardOffset ?? Self.standardOffset(db)
            let channels = try Channel.all(db)
            let (first, last) = try Self.span(db)
            let start = from?.seconds ?? Self.hour(first + offset, up: false)
            let end = max(start, to?.seconds ?? Self.hour(last + offset, up: true))
            let window = ReportWindow(start: Self.hour(start, up: false), end: Self.hour(end, up: true), offset: offset)
            var work = ReportWork(
                window: window, balance: balancePeriod.flatMap { window.common(with: $0) }, rules: rules, findingRules: findingRules)
            let register = try Self.register(db, meters)
            var byMeter: [String: [Channel]] = [:]
            for channel in channels { byMeter[channel.meter, default: []].append(channel) }
            var reader = try ChannelReader(db, path: path)
            for name in Set(register.keys).union(byMeter.keys).sorted() {
                let entry = register[name] ?? RegisterEntry(meter: Meter(id: .init(name)))
                let blocks = try (byMeter[name] ?? []).map { channel in (channel, try reader.readings(channel)) }
                work.add(entry, blocks)
            }
            return work.report()
        }
    }

    /// Place's clock without changes less UTC, by the profile of most readings. [s]
    /// - Throws: `MeterStoreError`.
    public func standardOffset() throws(MeterStoreError) -> Int { try read { db in try Self.standardOffset(db) } }

    private static func standardOffset(_ db: Database) throws -> Int {
        let sql = "SELECT standard_offset_s FROM files GROUP BY standard_offset_s ORDER BY sum(readings) DESC, standard_offset_s LIMIT 1"
        return try Int.fetchOne(db, sql: sql) ?? 0
    }

    /// First and last instant of which something is known: an interval begins before its stamp. UTC [s]
    private static func span(_ db: Database) throws -> (first: Int, last: Int) {
        let ends = try Row.fetchOne(db, sql: "SELECT min(id) AS f, max(id) AS l FROM blocks")
        guard let least = ends?["f"] as Int?, let most = ends?["l"] as Int? else { return (0, 0) }
        let sql = "FROM blocks b JOIN channels c ON c.id = b.id & 4294967295 WHERE b.id "
        // An interval of the second month may begin in the first one.
        let first = try Int.fetchOne(
            db, sql: "SELECT min(b.first - c.interval_s) \(sql) < ?",
            arguments: [StoreFormat.block(0, StoreFormat.month(ofBlock: least) + 2)])
        let last = try Int.fetchOne(
            db, sql: "SELECT max(last) FROM blocks WHERE id >= ?", arguments: [StoreFormat.block(0, StoreFormat.month(ofBlock: most))])
        return (first ?? 0, last ?? 0)
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

    /// Full hours of a period that lie in this one; nil where there are none, or where these are all.
    func common(with period: (start: Instant, end: Instant)) -> ReportWindow? {
        let from = max(start, (period.start.seconds + 3599) / 3600 * 3600), to = min(end, period.end.seconds / 3600 * 3600)
        guard from < to, from != start || to != end else { return nil }
        return ReportWindow(start: from, end: to, offset: offset)
    }
}

/// A channel as the store lists it.
struct Channel {
    var id: Int
    var meter: String
    var kind: Profile.Kind
    var unit: ReadingUnit
    /// [s]
    var interval: Int
    /// Empty where the meter has one register.
    var register = ""
    var digits: Int?

    /// In order of meter, kind, unit.
    /// - meters: these alone; nil takes all.
    static func all(_ db: Database, meters: Set<String>? = nil) throws -> [Channel] {
        let sql = "SELECT c.*, m.meter AS name FROM channels c JOIN meters m ON m.id = c.meter"
        let order = "ORDER BY m.meter, c.kind, c.unit, c.interval_s, c.register"
        let rows =
            if let meters {
                try meters.sorted().flatMap { try Row.fetchAll(db, sql: "\(sql) WHERE m.meter = ? \(order)", arguments: [$0]) }
            } else { try Row.fetchAll(db, sql: "\(sql) \(order)") }
        return rows.map { row in
            Channel(
                id: row["id"], meter: row["name"], kind: Profile.Kind(rawValue: row["kind"]) ?? .register,
                unit: ReadingUnit(name: row["unit"], cubicMetres: row["unit_m3"], seconds: row["unit_s"]), interval: row["interval_s"],
                register: row["register"], digits: row["digits"])
        }
    }
}

/// Reads channels' blocks one after the other, in room that is used again.
struct ChannelReader {
    private let db: Database
    private let path: String
    private let statement: Statement
    /// Months that the store has blocks of.
    private let months: [Int]
    private var blob = BlobBytes()

    init(_ db: Database, path: String) throws {
        self.db = db
        self.path = path
        statement = try db.makeStatement(sql: "SELECT data FROM blocks WHERE id = ?")
        let next = try db.makeStatement(sql: "SELECT min(id) FROM blocks WHERE id >= ?")
        var months: [Int] = []
        var from = 0
        while let id = try Int.fetchOne(next, arguments: [from]) {
            months.append(StoreFormat.month(ofBlock: id))
            from = StoreFormat.block(0, StoreFormat.month(ofBlock: id) + 1)
        }
        self.months = months
    }

    /// All readings of a channel, with one number of decimals.
    mutating func readings(_ channel: Channel) throws -> ReadingBlock {
        var block = ReadingBlock(isInterval: channel.kind != .register)
        for month in months {
            guard let data = try Data.fetchOne(statement, arguments: [StoreFormat.block(channel.id, month)]) else { continue }
            unsafe data.withUnsafeBytes { unsafe blob.copy($0) }
            guard block.append(decoding: blob) else {
                throw MeterStoreError.damaged(path: path, meter: channel.meter, month: Month.name(month))
            }
        }
        return block
    }
}
