// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterFiles
import WaterModel

@testable import Metering

/// Kinds of meters in five weeks, synthetic: those that stand still, leak, fall silent, are exchanged, roll over, change their zone;
/// with duplicates, conflicts, late rows and rows that cannot be read.
private struct Town {
    static let hours = 35 * 24
    static let start = Instant(year: 2026, month: 5, day: 30, hour: 5)
    var rows: [(meter: Int, text: String)] = []
    let register: [Meter]

    static func name(_ meter: Int) -> String { meter % 7 == 0 ? "Zähler \(meter)" : "M\(meter)" }

    init(seed: UInt64, meters: Int) throws {
        var random = Seeded(state: seed)
        let scratch = try Scratch()
        var table = "meter,zone,class,diameter_mm,installed,dials,factor,parent,from\n"
        for meter in 0..<meters + 3 {
            let zone = "Z\(meter % 4)", name = Self.name(meter)
            let rest = "\(meter % 3 == 0 ? "commercial" : "residential"),15,2012,6,0.001"
            table += "\"\(name)\",\(zone),\(rest),\(meter == 5 ? Self.name(4) : ""),\(meter % 11 == 3 ? "2020-01-01" : "")\n"
            if meter % 11 == 3 { table += "\"\(name)\",Z9,\(rest),,2026-06-10T03:00\n" }
        }
        register = try MeterRegisterFile.read(scratch.file("register.csv", table))
        var readings: [(hour: Int, meter: Int, text: String)] = []
        for meter in 0..<meters {
            var value = Int.random(in: 1000...900_000, using: &random)
            if meter % 13 == 1 { value = 999_000 }
            let stillFrom = meter % 9 == 2 ? Int.random(in: 300...600, using: &random) : Self.hours
            for hour in (meter % 5 == 0 ? 9 : 0)..<Self.hours {
                if hour < stillFrom, Double.random(in: 0...1, using: &random) < 0.4 { value += Int.random(in: 1...60, using: &random) }
                if meter % 8 == 3, hour > 200, hour < stillFrom { value += 9 }
                if meter % 17 == 6, hour == 400 { value = 12 }
                if Double.random(in: 0...1, using: &random) < 0.02 { continue }
                if meter % 19 == 8, hour > 500 { continue }
                let row = "\(Self.name(meter)),\((Self.start + hour * 3600).description),"
                let isLate = Double.random(in: 0...1, using: &random) < 0.01
                readings.append((hour + (isLate ? 30 : 0), meter, row + "\(value % 1_000_000)"))
                if Double.random(in: 0...1, using: &random) < 0.01 { readings.append((hour, meter, row + "\(value % 1_000_000)")) }
                if Double.random(in: 0...1, using: &random) < 0.003 { readings.append((hour, meter, row + "\(value % 1_000_000 + 1)")) }
                if Double.random(in: 0...1, using: &random) < 0.003 { readings.append((hour, meter, row + "none")) }
            }
        }
        let order = readings.indices.sorted { (readings[$0].hour, $0) < (readings[$1].hour, $1) }
        rows = order.map { (readings[$0].meter, readings[$0].text) }
    }

    func export(_ takes: (Int) -> Bool = { _ in true }) -> String {
        "meter,time,value\n" + rows.filter { takes($0.meter) }.map { $0.text + "\n" }.joined()
    }
}

/// All that a report says, and what stands in its tables.
private func text(
    _ inflow: ZoneInflow?,
    _ make: (_ edit: @escaping (MeterReport.Edit) -> Void, _ record: @escaping (MeterReport.Record) -> Void) throws -> MeterReport
) throws -> String {
    let table = MeterTable()
    var edits = TableText(header: ReportTables.editsHeader), bytes: [UInt8] = []
    let report = try make({ ReportTables.add($0, to: &edits) }, table.add)
    try table.write(report) { bytes += $0 }
    bytes += edits.bytes + ReportTables.hours(report, inflow: inflow) + ReportTables.quality(report)
    var text = String(decoding: bytes, as: UTF8.self) + ReportTables.balances(report.balances(inflow: inflow))
    ReportTables.findings(report, price: 1.5) { text += $0 }
    ReportTables.findingsJSON(report) { text += $0 }
    // The sums to their last digit, too.
    for (zone, m) in report.sums.zones.sorted(by: { $0.key < $1.key }) {
        let volumes = [
            m.unspreadVolume, m.shapeEstimatedVolume, m.estimatedVolume, m.unreadVolume, m.unreadVariance, m.endVariance, m.endDayUse,
        ]
        let unread = m.neverRead.sorted { $0.key.rawValue < $1.key.rawValue }
        text += "\(zone) \(m.meters) \(m.unread) \(volumes) \(m.volumeBounds) \(unread)\n"
    }
    return text + "\(report.sums.usual.sorted { $0.key.rawValue < $1.key.rawValue })"
}

@Suite("partial results of shards")
struct PartialTests {
    private static let profile = "columns: {meter: meter, time: time, value: value}\nkind: register\nunit: L\ntime_zone: \"-05:00\"\n"
    private static let from = Instant(year: 2026, month: 6, day: 1), to = Instant(year: 2026, month: 7, day: 3)

    /// Zones Z0 and Z1 over a part of the period.
    private static let inflow = ZoneInflow(
        columns: ["Z0", "Z1"].map { name in
            .init(name: name, isFlow: true, readings: (0..<300).map { (from + (50 + $0) * 3600, 3.0 + Double($0 % 24) / 10) })
        }, zones: [])

    private func partial(
        _ csv: String, _ town: Town, _ name: String, in scratch: Scratch, from: Instant? = Self.from, to: Instant? = Self.to,
        inflow: ZoneInflow? = nil, rules: ChainRules = ChainRules()
    ) throws -> String {
        let profile = try Profiles.make(Self.profile)
        let store = try MeterStore.temporary()
        if !csv.isEmpty {
            #expect(try store.importFiles([try scratch.file(name + ".csv", csv)], profile: profile).failed.isEmpty)
        }
        var bytes: [UInt8] = []
        try store.writePartial(
            meters: town.register, standardOffset: profile.standardOffset, from: from, to: to, balancePeriod: inflow?.period, rules: rules
        ) { bytes += $0 }
        return try scratch.file(name + ".part", bytes)
    }

    @Test("shards, in any order and any groups, make the undivided report to the last digit", arguments: [false, true])
    func same(_ withInflow: Bool) throws {
        let town = try Town(seed: 21, meters: 40)
        let scratch = try Scratch()
        let inflow = withInflow ? Self.inflow : nil
        let store = try MeterStore.inMemory()
        let imported = try store.importFiles([try scratch.file("all.csv", town.export())], profile: Profiles.make(Self.profile))
        #expect(imported.duplicates > 0 && imported.conflicts > 0 && imported.rejected > 0)
        let whole = try text(inflow) {
            try store.report(meters: town.register, from: Self.from, to: Self.to, balancePeriod: inflow?.period, edit: $0, record: $1)
        }
        let counts = try store.counts()
        #expect(whole.contains("stuck") && whole.contains("continuous_flow") && whole.contains("rollover") && whole.contains("no_readings"))
        func expectSame(_ paths: [String]) throws {
            let all = try PartialReduction(paths)
            var found = all.counts
            found.files = counts.files
            #expect(found == counts && all.fits(inflow))
            #expect(try text(inflow) { try all.report(register: town.register, edit: $0, record: $1) } == whole)
        }
        func merged(_ paths: some Sequence<String>, _ name: String) throws -> (path: String, bytes: [UInt8]) {
            var bytes: [UInt8] = []
            try PartialReduction(Array(paths)).write { bytes += $0 }
            return (try scratch.file(name, bytes), bytes)
        }
        // One meter each; unequal shards, some without a row; two; one of all.
        let divisions: [(shards: Int, shard: @Sendable (Int) -> Int)] = [
            (60, { $0 }), (7, { $0 * $0 % 7 }), (2, { $0 % 2 }), (1, { _ in 0 }),
        ]
        for (number, division) in divisions.enumerated() {
            var paths = try (0..<division.shards).map { shard in
                try partial(town.export { division.shard($0) == shard }, town, "\(number)-\(shard)", in: scratch, inflow: inflow)
            }
            paths.append(try partial("", town, "\(number)-none", in: scratch, inflow: inflow))
            try expectSame(paths)
            try expectSame(paths.reversed())
            let half = paths.count / 2
            let first = try merged(paths[..<half].reversed(), "\(number)-a.part"), second = try merged(paths[half...], "\(number)-b.part")
            try expectSame([second.path, first.path])
            // A partial of all is the same bytes in whatever groups.
            let bytes = try merged(paths, "c.part").bytes
            let (one, other) = (try merged([first.path, second.path], "d.part"), try merged([second.path, first.path], "e.part"))
            #expect(one.bytes == bytes && other.bytes == bytes)
        }
    }

    @Test("without a period it is that of the readings; a shard without any goes with all")
    func ownPeriod() throws {
        let town = try Town(seed: 3, meters: 4)
        let scratch = try Scratch()
        let one = try partial(town.export { $0 < 3 && $0 > 0 }, town, "one", in: scratch, from: nil, to: nil)
        let other = try partial(town.export { $0 == 3 }, town, "other", in: scratch, from: nil, to: nil)
        let empty = try partial("", town, "empty", in: scratch, from: nil, to: nil)
        let store = try MeterStore.inMemory()
        try store.importFiles([try scratch.file("all.csv", town.export { $0 > 0 })], profile: Profiles.make(Self.profile))
        let report = try PartialReduction([empty, other, one]).report()
        let whole = try store.report()
        #expect(report.records.count == 3 && report.start == whole.start && report.end == whole.end)
        #expect(try PartialReduction([empty]).report().records.isEmpty)
        // Meter 0 begins later: the message names a period that holds all.
        let late = try partial(town.export { $0 == 0 }, town, "late", in: scratch, from: nil, to: nil)
        let message = try #require(#expect(throws: TextFileError.self) { _ = try PartialReduction([one, late]) }).description
        #expect(message.contains("late.part: period 2026-05-30T14:00 to ") && message.contains("--from 2026-05-30T05:00 --to 2026-07-04T"))
    }

    @Test("a meter of two partials, other rules, other hours of balances and another clock are told")
    func mismatches() throws {
        let town = try Town(seed: 4, meters: 6)
        let scratch = try Scratch()
        let one = try partial(town.export { $0 < 3 }, town, "one", in: scratch)
        let other = try partial(town.export { $0 > 1 }, town, "other", in: scratch)
        let both = try PartialReduction([one, other])
        let twice = try #require(#expect(throws: TextFileError.self) { _ = try both.report() }).description
        #expect(twice.contains("meter 'M2' is also in") && twice.contains("divide the export by meter"))
        let again = try PartialReduction([one, one])
        #expect(throws: TextFileError.self) { try again.write { _ in } }
        var rules = ChainRules()
        rules.shapesGaps = false
        let linear = try partial(town.export { $0 > 4 }, town, "linear", in: scratch, rules: rules)
        let shorter = try partial(town.export { $0 > 4 }, town, "shorter", in: scratch, inflow: Self.inflow)
        let text = try #require(#expect(throws: TextFileError.self) { _ = try PartialReduction([one, linear, shorter]) }).description
        #expect(text.contains("linear.part: other rules") && text.contains("shorter.part: other hours of the zone balances"))
        let alone = try PartialReduction([one])
        #expect(alone.fits(nil) && !alone.fits(Self.inflow))
    }

    @Test("what is no whole partial is told, and never crashes: cut off, damaged, of another format, of another kind")
    func damage() throws {
        let town = try Town(seed: 5, meters: 5)
        let scratch = try Scratch()
        let path = try partial(town.export(), town, "one", in: scratch)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func told(_ bytes: [UInt8]) throws -> String {
            let path = try scratch.file("bad.part", bytes)
            do {
                _ = try PartialReduction([path]).report()
                return ""
            } catch {
                return error.description
            }
        }
        #expect(try told(bytes).isEmpty)
        for bytes in [[], Array("meter,time,value\n".utf8)] { #expect(try told(bytes).contains("no partial result")) }
        #expect(try told(Array(bytes.prefix(10))).contains("cut off"))
        var newer = bytes
        newer[8] = 9
        #expect(try told(newer).contains("has format 9, this program reads and writes 1"))
        for size in stride(from: 12, to: bytes.count, by: bytes.count / 40) {
            let text = try told(Array(bytes.prefix(size)))
            #expect(text.contains("cut off") || text.contains("damaged"), "\(size): \(text)")
        }
        #expect(try told(bytes + [0]).contains("cut off"))
        #expect(try told(bytes + bytes).contains("damaged"))
        var random = Seeded(state: 6)
        for _ in 0..<200 {
            var changed = bytes
            changed[Int.random(in: 12..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let text = try told(changed)
            #expect(text.contains("damaged") || text.contains("cut off"), "\(text)")
        }
        #expect(throws: TextFileError.self) { _ = try PartialReduction([scratch.folder + "/none.part"]) }
        #expect(throws: TextFileError.self) { _ = try PartialReduction([scratch.folder]) }
        #expect(throws: TextFileError.self) { _ = try PartialReduction([]) }
    }

    @Test("bytes that are no fields stop the reader, whatever they are")
    func fields() {
        var random = Seeded(state: 8)
        let window = ReportWindow(start: 0, end: 48 * 3600, offset: 0)
        for _ in 0..<4000 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...40, using: &random) }
            unsafe bytes.withUnsafeBytes { bytes in
                var reader = unsafe FieldReader(bytes)
                _ = MeterResult(&reader, window: window)
                reader = unsafe FieldReader(bytes)
                _ = ZoneHours.Share(&reader, window: window)
                reader = unsafe FieldReader(bytes)
                #expect(PartialHead(&reader) == nil || bytes.count > 8)
            }
        }
        var writer = FieldWriter()
        writer.put(Int.max)
        writer.put(Double.nan)
        unsafe writer.bytes.withUnsafeBytes { bytes in
            var reader = unsafe FieldReader(bytes)
            _ = reader.int()
            #expect(!reader.isWhole)
        }
    }
}
