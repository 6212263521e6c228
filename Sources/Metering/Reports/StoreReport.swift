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
    /// - edit: given each edit, in order of meter and time; without it the report holds them all.
    /// - record: given each meter's record, in order of meter; without it the report holds them all. A record that is stuck may come to be
    ///   `atRest` only, when all meters are known: `MeterTable` writes them so.
    /// - Throws: `MeterStoreError`.
    public func report(
        meters: [Meter] = [], standardOffset: Int? = nil, from: Instant? = nil, to: Instant? = nil,
        balancePeriod: (start: Instant, end: Instant)? = nil, rules: ChainRules = ChainRules(), findingRules: FindingRules = FindingRules(),
        edit: ((MeterReport.Edit) -> Void)? = nil, record: ((MeterReport.Record) -> Void)? = nil
    ) throws(MeterStoreError) -> MeterReport {
        try read { db in
            let window = try ReportWindow(db, standardOffset: standardOffset, from: from, to: to)
            var work = ReportWork(
                window: window, balance: balancePeriod.flatMap { window.common(with: $0) }, rules: rules, findingRules: findingRules,
                edit: edit, record: record)
            try forEachMeter(db, meters) { entry, channels in work.add(entry, channels) }
            return try work.report()
        }
    }

    /// Place's clock without changes less UTC, by the profile of most readings. [s]
    /// - Throws: `MeterStoreError`.
    public func standardOffset() throws(MeterStoreError) -> Int { try read { db in try Self.standardOffset(db) } }

    fileprivate static func standardOffset(_ db: Database) throws -> Int {
        let sql = "SELECT standard_offset_s FROM files GROUP BY standard_offset_s ORDER BY sum(readings) DESC, standard_offset_s LIMIT 1"
        return try Int.fetchOne(db, sql: sql) ?? 0
    }

    /// Goes through the register's and the store's meters in order of name (byte by byte), with the readings of all their channels.
    /// What it holds does not grow with the store.
    func forEachMeter(_ db: Database, _ meters: [Meter], _ work: (RegisterEntry, [(Channel, ReadingBlock)]) throws -> Void) throws {
        let register = Dictionary(meters.map { ($0.id.name, $0) }) { $1 }
        let names = register.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var next = 0
        let history = try Self.history(db)
        var reader = try ChannelReader(db, path: path)
        func pass(_ entry: RegisterEntry, _ channels: [Channel]) throws {
            var entry = entry
            let name = entry.meter.id.name
            while next < names.count, names[next].utf8.lexicographicallyPrecedes(name.utf8) {
                if let meter = register[names[next]] { try work(RegisterEntry(meter: meter), []) }
                next += 1
            }
            if let meter = register[name] {
                entry.meter = meter
                if next < names.count, names[next] == name { next += 1 }
            }
            let ordered = channels.count > 1 ? channels.sorted(by: Channel.precedes) : channels
            try work(entry, try ordered.map { ($0, try reader.readings($0)) })
        }
        var open: (id: Int, entry: RegisterEntry, channels: [Channel])?
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT m.id, m.meter, m.zone, m.class, m.diameter_m, m.installed, m.dials, m.factor_m3, m.duplicates, m.conflicts,
                \(Channel.columns) FROM meters m LEFT JOIN channels c ON c.meter = m.id ORDER BY m.meter
                """)
        while let row = try rows.next() {
            let id: Int = row[0]
            if let entry = open?.entry, open?.id != id {
                try pass(entry, open?.channels ?? [])
                open = nil
            }
            let name: String = row[1]
            if open == nil {
                open = (id, Self.entry(row, name), [])
                if let past = history[id] { open?.entry.meter.earlier = past }
            }
            if let channel = Channel(row, from: 10, meter: name) { open?.channels.append(channel) }
        }
        if let open { try pass(open.entry, open.channels) }
        for name in names[next...] { if let meter = register[name] { try work(RegisterEntry(meter: meter), []) } }
    }

    /// By meter: few have one.
    private static func history(_ db: Database) throws -> [Int: [Meter.Earlier]] {
        var history: [Int: [Meter.Earlier]] = [:]
        let sql = "SELECT meter, until, zone, class, diameter_m, installed, dials, factor_m3 FROM meter_history ORDER BY meter, until"
        let rows = try Row.fetchCursor(db, sql: sql)
        while let row = try rows.next() {
            let past = Meter.Earlier(
                until: Instant(seconds: row[1]), zone: (row[2] as String?).map { Zone.ID($0) }, customerClass: customerClass(row[3]),
                diameter: row[4], installed: row[5], dials: row[6], resolution: row[7])
            history[row[0], default: []].append(past)
        }
        return history
    }

    private static func customerClass(_ word: String?) -> Meter.CustomerClass {
        word.flatMap { Meter.CustomerClass(rawValue: $0) } ?? .other
    }

    /// From the second column of a row on.
    private static func entry(_ row: Row, _ name: String) -> RegisterEntry {
        let meter = Meter(
            id: .init(name), zone: (row[2] as String?).map { Zone.ID($0) },
            customerClass: customerClass(row[3]), diameter: row[4],
            installed: row[5], dials: row[6], resolution: row[7])
        return RegisterEntry(meter: meter, duplicates: row[8], conflicts: row[9])
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

extension ReportWindow {
    /// - standardOffset: nil takes that of most readings.
    /// - from, to: nil takes all readings.
    init(_ db: Database, standardOffset: Int?, from: Instant?, to: Instant?) throws {
        let offset = try standardOffset ?? MeterStore.standardOffset(db)
        let (first, last) = try Self.span(db)
        let start = from?.seconds ?? Self.hour(first + offset, up: false)
        let end = max(start, to?.seconds ?? Self.hour(last + offset, up: true))
        self.init(start: Self.hour(start, up: false), end: Self.hour(end, up: true), offset: offset)
    }

    /// First and last instant of which something is known: an interval begins before its stamp. UTC [s]
    private static func span(_ db: Database) throws -> (first: Int, last: Int) {
        let ends = try Row.fetchOne(db, sql: "SELECT min(id) AS f, max(id) AS l FROM blocks")
        guard let least = ends?["f"] as Int?, let most = ends?["l"] as Int? else { return (0, 0) }
        let longest = try Int.fetchOne(db, sql: "SELECT max(interval_s) FROM channels") ?? 0
        let month = StoreFormat.month(ofBlock: least)
        let first =
            if longest == 0 {
                try Int.fetchOne(db, sql: "SELECT min(first) FROM blocks WHERE id < ?", arguments: [StoreFormat.block(0, month + 1)])
            } else {
                // An interval of the second month may begin in the first one.
                try Int.fetchOne(
                    db,
                    sql: "SELECT min(b.first - c.interval_s) FROM blocks b JOIN channels c ON c.id = b.id & 4294967295 WHERE b.id < ?",
                    arguments: [StoreFormat.block(0, month + 2)])
            }
        let last = try Int.fetchOne(
            db, sql: "SELECT max(last) FROM blocks WHERE id >= ?", arguments: [StoreFormat.block(0, StoreFormat.month(ofBlock: most))])
        return (first ?? 0, last ?? 0)
    }

    private static func hour(_ seconds: Int, up: Bool) -> Int {
        let floor = seconds >= 0 ? seconds / 3600 * 3600 : -((3599 - seconds) / 3600) * 3600
        return up && floor < seconds ? floor + 3600 : floor
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

    static let columns = "c.id, c.kind, c.unit, c.unit_m3, c.unit_s, c.interval_s, c.register, c.digits"

    init(id: Int, meter: String, kind: Profile.Kind, unit: ReadingUnit, interval: Int, register: String = "", digits: Int? = nil) {
        self.id = id
        self.meter = meter
        self.kind = kind
        self.unit = unit
        self.interval = interval
        self.register = register
        self.digits = digits
    }

    /// - from: place of the first of `columns` in the row; nil where there is no channel.
    init?(_ row: Row, from: Int, meter: String) {
        guard let id = row[from] as Int? else { return nil }
        self.init(
            id: id, meter: meter, kind: Profile.Kind(rawValue: row[from + 1]) ?? .register,
            unit: ReadingUnit(name: row[from + 2], cubicMetres: row[from + 3], seconds: row[from + 4]), interval: row[from + 5],
            register: row[from + 6], digits: row[from + 7])
    }

    /// Of one meter's channels.
    static func precedes(_ one: Channel, _ other: Channel) -> Bool {
        (one.kind.rawValue, one.unit.name, one.interval, one.register) < (
            other.kind.rawValue, other.unit.name, other.interval, other.register
        )
    }

    /// In order of meter, kind, unit.
    /// - meters: these alone; nil takes all.
    static func all(_ db: Database, meters: Set<String>? = nil) throws -> [Channel] {
        let sql = "SELECT m.meter, \(columns) FROM channels c JOIN meters m ON m.id = c.meter"
        let order = "ORDER BY m.meter, c.kind, c.unit, c.interval_s, c.register"
        var channels: [Channel] = []
        func add(_ rows: RowCursor) throws {
            while let row = try rows.next() { if let channel = Channel(row, from: 1, meter: row[0]) { channels.append(channel) } }
        }
        if let meters {
            for meter in meters.sorted() { try add(Row.fetchCursor(db, sql: "\(sql) WHERE m.meter = ? \(order)", arguments: [meter])) }
        } else {
            try add(Row.fetchCursor(db, sql: "\(sql) \(order)"))
        }
        return channels
    }
}
