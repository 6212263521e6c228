// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import Testing
import WaterModel

@testable import Metering

@Suite("the store: nothing lost, nothing doubled")
struct StoreTests {
    /// Daily files of two meters with late, overlapping and corrected readings, in no order.
    private func deliveries(_ scratch: Scratch) throws -> [String] {
        var random = Seeded(state: 21)
        var texts: [(name: String, rows: String)] = []
        for day in 0..<5 {
            var rows = ""
            for hour in stride(from: day * 24 - 3, to: day * 24 + 24, by: 1) where Int.random(in: 0...9, using: &random) > 0 {
                // From the end of May into June.
                let time = Instant(seconds: Instant(year: 2026, month: 5, day: 29).seconds + 3600 * hour)
                rows += "A,\(time),\(1000 + hour * 7)\n"
                if hour % 2 == 0 { rows += "B,\(time),\(0.5 * Double(hour))\n" }
                if hour % 11 == 0 { rows += "A,\(time),\(2000 + hour)\n" }
            }
            texts.append(("day\(day + 8)", rows))
        }
        texts.append(("day10b_corrected", "A,2026-05-31T05:00,77\nB,2026-05-31T06:00,8.25\n"))
        // The same name in another folder: the content decides which is newer.
        texts.append(("late/day10", "A,2026-05-31T05:00,78\nA,2026-04-01T00:00,1\n"))
        try FileManager.default.createDirectory(atPath: scratch.folder + "/late", withIntermediateDirectories: true)
        return try texts.map { try scratch.file($0.name + ".csv", "meter,time,value\n" + $0.rows) }
    }

    @Test("any order of the files, one run or many, with little memory or much: the same readings, byte for byte")
    func permutations() throws {
        let scratch = try Scratch()
        var paths = try deliveries(scratch)
        var random = Seeded(state: 5)
        var exports: Set<String> = [], statuses: Set<[Int]> = []
        for trial in 0..<12 {
            let store = try MeterStore(path: nil, logBytes: trial % 2 == 0 ? 160 << 20 : 0, beforeCommit: nil)
            if trial % 3 == 0 {
                try store.importFiles(paths, profile: Profiles.register())
            } else {
                for path in paths { try store.importFiles([path], profile: Profiles.register()) }
            }
            exports.insert(try store.exportedReadings())
            let status = try store.status()
            statuses.insert([status.readings, status.files])
            #expect(try store.exportedReadings().split(separator: "\n").count - 1 == status.readings)
            paths.shuffle(using: &random)
        }
        #expect(exports.count == 1 && statuses.count == 1)
        #expect(exports.first?.contains("A,2026-05-31T05:00Z,77,L") == true)
    }

    @Test("nightly files are appended, and made one block again after some nights")
    func appended() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        var all = "meter,time,value\n"
        for day in 1...20 {
            var rows = ""
            for hour in 0..<24 {
                rows += "A,2026-06-\(day < 10 ? "0" : "")\(day)T\(hour < 10 ? "0" : "")\(hour):00,\(day * 100 + hour).\(day % 3)\n"
            }
            all += rows
            try store.importFiles([try scratch.file("day\(day).csv", "meter,time,value\n" + rows)], profile: Profiles.register())
        }
        let parts = try store.read { db in try Int.fetchOne(db, sql: "SELECT max(parts) FROM blocks") }
        #expect(parts.map { $0 > 1 && $0 <= FileImport.mostParts } == true)
        let whole = try MeterStore.inMemory()
        try whole.importFiles([try scratch.file("all.csv", all)], profile: Profiles.register())
        #expect(try store.exportedReadings() == whole.exportedReadings())
    }

    @Test("a reading log gives back what was put into it", arguments: [1, 2, 500])
    func log(_ slots: Int) {
        var random = Seeded(state: UInt64(slots))
        let log = ReadingLog()
        var put: [[[Int]]] = Array(repeating: [], count: slots)
        for round in 0..<2 {
            if round == 0 { for _ in 0..<slots { _ = log.addSlot() } } else { log.clear() }
            put = Array(repeating: [], count: slots)
            var time = 1_780_000_000, value = 5
            for _ in 0..<20_000 {
                let slot = Int.random(in: 0..<slots, using: &random)
                time += Int.random(in: 0...20, using: &random) == 0 ? Int.random(in: -100_000...100_000, using: &random) : 3600
                switch Int.random(in: 0...40, using: &random) {
                case 0: value = Int.random(in: -999_999_999_999_999_999...999_999_999_999_999_999, using: &random)
                case 1: value += 63
                case 2: value += 8191
                case 3: value -= 64
                default: value += Int.random(in: 0...90, using: &random)
                }
                let detail = UInt8(Int.random(in: 0...30, using: &random) == 0 ? 19 : 3)
                log.append(slot, time: time, value: value, detail: detail)
                put[slot].append([time, value, Int(detail)])
            }
            var readings = SlotReadings()
            for slot in 0..<slots {
                log.read(slot, into: &readings)
                let got = (0..<readings.count).map { [readings.times[$0], readings.values[$0], Int(readings.details[$0])] }
                #expect(got == put[slot])
            }
        }
    }

    @Test("a store of an earlier format is brought over: the same readings, and its files are known", arguments: [1, 2, 3])
    func migrated(_ version: Int) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Stores").path
        let scratch = try Scratch()
        let path = try scratch.file("store.sqlite", try FileBytes.read(folder + "/version\(version).sqlite.gz"))
        let files = [
            try scratch.file("first.csv", try FileBytes.read(folder + "/first.csv.gz")), folder + "/second.csv.gz",
            folder + "/corrected.csv",
        ]
        let profile = try Profile(path: folder + "/profile.yaml")
        let fresh = try MeterStore.inMemory()
        try fresh.importFiles(files, profile: profile)
        let store = try MeterStore(path: path)
        #expect(try store.exportedReadings() == fresh.exportedReadings())
        var status = try store.status(), expected = try fresh.status()
        status.bytes = 0
        expected.bytes = 0
        #expect(status == expected && status.readings == 2601)
        // Also where what was gzipped comes plain.
        let plain = try scratch.file("second.csv", try FileBytes.read(folder + "/second.csv.gz"))
        #expect(try store.importFiles(files + [plain], profile: profile).knownFiles == 4)
        #expect(try store.exportedReadings() == fresh.exportedReadings())
        #expect(try MeterStore(path: path).status().readings == 2601)
    }

    @Test("a damaged block is named by meter and month")
    func damaged() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        try store.importFiles(try deliveries(scratch), profile: Profiles.register())
        try store.write { db in
            try db.execute(
                sql: "UPDATE blocks SET data = substr(data, 1, 20) || x'55' || substr(data, 22) WHERE id = (SELECT max(id) FROM blocks)")
            try db.execute(sql: "UPDATE blocks SET data = CAST(data AS BLOB)")
        }
        let error = #expect(throws: MeterStoreError.self) { try store.exportedReadings() }
        #expect(error?.description.contains("meter 'B' of 2026-06") == true || error?.description.contains("meter 'A' of 2026-06") == true)
    }

    @Test("a full disk ends an import with a clear message and leaves the store as it was")
    func full() throws {
        let scratch = try Scratch()
        let path = scratch.folder + "/store.sqlite"
        let paths = try deliveries(scratch)
        let store = try MeterStore(path: path)
        try store.importFiles([paths[0]], profile: Profiles.register())
        let before = try store.exportedReadings()
        var rows = "meter,time,value\n"
        for meter in 0..<400 { for hour in 0..<20 { rows += "N\(meter),2026-06-01T\(hour < 10 ? "0" : "")\(hour):00,\(hour * meter)\n" } }
        let large = try scratch.file("large.csv", rows)
        try store.write { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 1)")
        }
        let error = #expect(throws: MeterStoreError.self) { try store.importFiles([large], profile: Profiles.register()) }
        #expect(error?.description.contains("the disk is full") == true)
        #expect(try store.exportedReadings() == before)
        #expect(try MeterStore(path: path).exportedReadings() == before)
        #expect(try MeterStore(path: path).importFiles([large], profile: Profiles.register()).readings == 8000)
    }

    @Test("while another import writes, a second one waits; in the end both files are there")
    func two() async throws {
        let scratch = try Scratch()
        let path = scratch.folder + "/store.sqlite"
        let paths = try deliveries(scratch)
        _ = try MeterStore(path: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for half in [Array(paths[..<3]), Array(paths[3...])] {
                group.addTask {
                    try MeterStore(path: path) { _ in Thread.sleep(forTimeInterval: 0.05) }.importFiles(half, profile: Profiles.register())
                }
            }
            try await group.waitForAll()
        }
        let alone = try MeterStore.inMemory()
        try alone.importFiles(paths, profile: Profiles.register())
        #expect(try MeterStore(path: path).exportedReadings() == alone.exportedReadings())
        let impatient = try MeterStore(path: path, patience: 0.2, beforeCommit: nil)
        let busy = try MeterStore(path: path) { _ in
            #expect(throws: MeterStoreError.self) { try impatient.importFiles([], profile: Profiles.register()) }
        }
        try busy.importFiles([try scratch.file("last.csv", "meter,time,value\nA,2026-07-01T00:00,1\n")], profile: Profiles.register())
    }

    @Test("readers do not lock one another out, nor does one that reads on while another opens the store")
    func readersTogether() throws {
        let scratch = try Scratch()
        let path = scratch.folder + "/store.sqlite"
        let file = try scratch.file("a.csv", "meter,time,value\nA,2026-07-01T00:00,1\nA,2026-07-01T01:00,3\n")
        try MeterStore(path: path, patience: 0).importFiles([file], profile: Profiles.register())
        let first = try MeterStore(path: path, patience: 0)
        var inner: MeterReport?
        try first.export { _ in inner = try MeterStore(path: path, patience: 0).report() }
        let outer = try first.report { _ in _ = try? MeterStore(path: path, patience: 0).report() }
        #expect(inner?.records.map(\.summary.volume) == [0.002] && outer.records.map(\.summary.volume) == [0.002])
        // Where a report began while an import is about to write, it still reads what was there before.
        let writer = try MeterStore(path: path) { _ in
            #expect(throws: Never.self) { try MeterStore(path: path, patience: 0).report() }
        }
        try writer.importFiles([try scratch.file("b.csv", "meter,time,value\nA,2026-07-01T02:00,4\n")], profile: Profiles.register())
    }

    @Test("stretches of readings are merged as one by one")
    func mergedByStretches() {
        var random = Seeded(state: 9)
        for _ in 0..<300 {
            func block(_ file: Int) -> ReadingBlock {
                var block = ReadingBlock(isInterval: false)
                for time in 0..<60 where Int.random(in: 0...2, using: &random) > 0 {
                    block.times.append(time / (file == 1 ? 1 : 2) * 2)
                    block.values.append(Int.random(in: 0...3, using: &random))
                    block.origins.append(.init(file: Int.random(in: file...file + 1, using: &random), quality: UInt8(file)))
                }
                var kept = ReadingBlock(isInterval: false)
                for i in block.times.indices where kept.times.last.map({ $0 < block.times[i] }) ?? true {
                    kept.times.append(block.times[i])
                    kept.values.append(block.values[i])
                    kept.origins.append(block.origins[i])
                }
                return kept
            }
            let old = block(1), new = block(5)
            var merge = ReadingMerge()
            let result = merge.merge(old, with: new) { _, stored in stored == 1 }
            var expected: [Int: (Int, ReadingBlock.Origin)] = [:]
            var added = 0
            for i in old.times.indices { expected[old.times[i]] = (old.values[i], old.origins[i]) }
            for i in new.times.indices {
                let there = expected[new.times[i]]
                if there == nil { added += 1 }
                if there == nil || there?.1.file == 1 { expected[new.times[i]] = (new.values[i], new.origins[i]) }
            }
            #expect(result.times == expected.keys.sorted() && merge.added == added)
            for i in result.times.indices {
                #expect(result.values[i] == expected[result.times[i]]?.0 && result.origins[i] == expected[result.times[i]]?.1)
            }
        }
    }

    @Test("a store is packed to the same readings, with one block a month")
    func packed() throws {
        let scratch = try Scratch()
        let store = try MeterStore(path: scratch.folder + "/s.sqlite")
        var text = 0
        for day in 1...6 {
            var rows = "meter,time,value\n"
            for meter in 0..<40 {
                for hour in 0..<24 {
                    text += (meter * 7 + hour * 3) % 11
                    rows += "M\(meter),2026-06-0\(day)T\(hour < 10 ? "0" : "")\(hour):00,\(meter * 100_000 + text)\n"
                }
            }
            try store.importFiles([try scratch.file("d\(day).csv", rows)], profile: Profiles.register())
        }
        let before = try store.exportedReadings()
        #expect(try store.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM blocks WHERE parts > 1") } ?? 0 > 0)
        try store.pack()
        #expect(try store.exportedReadings() == before)
        let (parts, bytes, sum) = try store.read { db in
            (
                try Int.fetchOne(db, sql: "SELECT max(parts) FROM blocks"), try StoreState.blockBytes.read(db),
                try Int.fetchOne(db, sql: "SELECT sum(length(data)) FROM blocks")
            )
        }
        #expect(parts == 1 && bytes == sum)
    }

    @Test("edits and the zones' hours are kept in tables, in UTC, and replaced by the next")
    func kept() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        let rows = "meter,time,value\nA,2026-06-01T00:00,100\nA,2026-06-01T01:00,160\nA,2026-06-01T02:00,900000\nA,2026-06-01T03:00,280\n"
        try store.importFiles([try scratch.file("a.csv", rows)], profile: Profiles.register(zone: "-05:00"))
        for _ in 0..<2 { try store.keep(try store.report()) }
        let (hours, rules) = try store.read { db in
            (
                try String.fetchAll(db, sql: "SELECT hour || ' ' || consumption_ml || ' ' || meters FROM zone_hours ORDER BY hour"),
                try String.fetchAll(
                    db,
                    sql:
                        "SELECT m.meter || ' ' || e.rule || ' ' || coalesce(e.old, '-') FROM exceptions e JOIN meters m ON m.id = e.meter ORDER BY e.rule"
                )
            )
        }
        let start = Instant(year: 2026, month: 6, day: 1, hour: 5).seconds
        #expect(hours == (0..<3).map { "\(start + 3600 * $0) 60000 1" })
        #expect(rules.contains("A spike_pair 900000.0"))
    }
}
