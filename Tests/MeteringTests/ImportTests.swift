// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import Testing
import WaterModel

@testable import Metering

@Suite("importing exports into the store")
struct ImportTests {
    private static let small =
        "meter,time,value\nA,2026-06-01T00:00,100\nA,2026-06-01T01:00,110\nB,2026-06-01T00:00,7\nA,2026-06-01T02:00,115\n"

    @Test("a long table of registers comes back as it went in, in UTC")
    func long() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        let report = try store.importFiles([try scratch.file("a.csv", Self.small)], profile: Profiles.register(zone: "-05:00"))
        #expect(report.readings == 4 && report.rows == 4 && report.failed.isEmpty)
        #expect(
            try store.exportedReadings() == """
                meter,time,value,unit,kind,quality,register
                A,2026-06-01T05:00Z,100,L,register,good,
                A,2026-06-01T06:00Z,110,L,register,good,
                A,2026-06-01T07:00Z,115,L,register,good,
                B,2026-06-01T05:00Z,7,L,register,good,

                """)
        let status = try store.status()
        #expect(status.files == 1 && status.readings == 4 && status.meters == 2 && status.rejected == 0 && status.bytes > 0)
    }

    @Test("a wide table: a column a meter, a unit a column, empty fields are no readings")
    func wide() throws {
        let scratch = try Scratch()
        let profile = try Profiles.make(
            "shape: wide\ncolumns: {time: date}\nkind: interval\nunit: L\nunits: {M2: m3}\ntime_format: yyyy-MM-dd HH:mm\ntime_zone: UTC\nnull_words: [NaN]\n"
        )
        let store = try MeterStore.inMemory()
        let report = try store.importFiles(
            [try scratch.file("w.csv", "date,M1,M2\n2026-06-01 00:00,4,0.001\n2026-06-01 01:00,,NaN\n2026-06-01 02:00,6,x\n")],
            profile: profile)
        #expect(report.readings == 3 && report.emptyValues == 2 && report.rejected == 1)
        #expect(
            try store.exportedReadings() == """
                meter,time,value,unit,kind,quality,register
                M1,2026-06-01T01:00Z,4,L,interval,good,
                M1,2026-06-01T03:00Z,6,L,interval,good,
                M2,2026-06-01T01:00Z,0.001,m3,interval,good,

                """)
    }

    @Test("gzip is told by its content and reads the same; a file known by content changes nothing, gzipped or not")
    func gzip() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        let zipped = try scratch.file("a.csv.gz", FileBytes.gzip(Array(Self.small.utf8)))
        #expect(try store.importFiles([zipped], profile: Profiles.register()).readings == 4)
        let before = try store.exportedReadings()
        let again = try store.importFiles([zipped, try scratch.file("copy.csv", Self.small)], profile: Profiles.register())
        #expect(again.knownFiles == 2 && again.readings == 0)
        #expect(try store.exportedReadings() == before)
        #expect(try store.status().files == 1)
    }

    @Test("of a gzip file that was cut off nothing is imported, and the other files are")
    func cutGzip() throws {
        let scratch = try Scratch()
        var rows = "meter,time,value\n"
        for hour in 0..<500 { rows += "A,\(Instant(year: 2026, month: 1, day: 1, hour: hour)),\(hour * 17)\n" }
        let whole = FileBytes.gzip(Array(rows.utf8))
        let cut = try scratch.file("cut.csv.gz", Array(whole[..<(whole.count / 2)]))
        let store = try MeterStore.inMemory()
        let report = try store.importFiles([cut, try scratch.file("a.csv", Self.small)], profile: Profiles.register())
        #expect(report.failed.count == 1 && report.failed.first?.description.contains("cut off") == true)
        #expect(try store.status().readings == 4)
    }

    @Test("a plain file that ends inside a row is refused with the line")
    func cutPlain() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        let report = try store.importFiles([try scratch.file("cut.csv", String(Self.small.dropLast(12)))], profile: Profiles.register())
        #expect(report.failed.first?.description.contains("cut.csv:5: the file ends inside a row") == true)
        #expect(try store.status().readings == 0)
    }

    @Test("a wrong column is named, with what the header has")
    func wrongColumn() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        let report = try store.importFiles(
            [try scratch.file("a.csv", "meter,tine,value\nA,2026-06-01T00:00,1\n")], profile: Profiles.register())
        let text = report.failed.first?.description ?? ""
        #expect(text.contains("a.csv:1: no column 'time'; the header has: meter, tine, value; 'tine' is near"))
        #expect(try store.status().files == 0)
    }

    @Test("a missing file is told and the others are imported")
    func missing() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        let report = try store.importFiles(
            [scratch.folder + "/none.csv", try scratch.file("a.csv", Self.small)], profile: Profiles.register())
        guard case .missing = report.failed.first else { Issue.record("not told as missing"); return }
        #expect(report.readings == 4)
    }

    @Test("rows that cannot be read are kept with line and reason, and counted beyond what is kept")
    func rejects() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        var text =
            "meter,time,value\nA,2026-06-01T00:00,1\n,2026-06-01T00:00,1\nA,yesterday,1\nA,2026-06-01T01:00,ERROR\nA,2026-06-01T02:00\nA,1970-01-01T00:00,5\n\"A,2026-06-01T03:00,3\nA,2026-06-01T04:00,1e30\n"
        for _ in 0..<1500 { text += "A,2026-06-01T05:00,--\n" }
        text += "A,2026-06-01T06:00,9\n"
        let report = try store.importFiles([try scratch.file("a.csv", text)], profile: Profiles.register())
        #expect(report.readings == 2)
        #expect(report.rejected == 1507)
        #expect(report.rows == 1509)
        #expect(try store.status().rejected == 1507)
        let kept = try store.rejectedRows()
        #expect(kept.count == Rejects.mostKept)
        #expect(kept.prefix(7).map(\.line) == [3, 4, 5, 6, 7, 8, 9])
        #expect(kept[2].reason == "value is no number" && kept[2].text == "A,2026-06-01T01:00,ERROR")
        #expect(kept[5].reason == "a quote is opened and never closed")
    }

    @Test("quality: estimated kept with its mark, bad and unknown set aside")
    func quality() throws {
        let scratch = try Scratch()
        let profile = try Profiles.make(
            "columns: {meter: m, time: t, value: v, quality: q}\nkind: register\nunit: L\ntime_zone: UTC\nquality_map: {\"\": good, E: estimated, X: bad}\n"
        )
        let store = try MeterStore.inMemory()
        let report = try store.importFiles(
            [try scratch.file("a.csv", "m,t,v,q\nA,2026-06-01,1,\nA,2026-06-02,2,E\nA,2026-06-03,3,X\nA,2026-06-04,4,?\n")],
            profile: profile)
        #expect(report.readings == 2 && report.rejected == 2)
        #expect(try store.exportedReadings().contains("A,2026-06-02T00:00Z,2,L,register,estimated,"))
    }

    @Test("decimal comma, semicolon, Latin-1 names, lines before the header, quotes, CR LF")
    func dialect() throws {
        let scratch = try Scratch()
        let profile = try Profiles.make(
            "delimiter: \";\"\ndecimal: \",\"\nthousands: \".\"\nencoding: latin-1\nskip_lines: 1\ncolumns: {meter: Zähler, time: Zeit, value: Stand}\nkind: register\nunit: m3\ntime_format: dd.MM.yyyy HH:mm\ntime_zone: Europe/Berlin\n"
        )
        let text =
            "Bericht\r\nZeit;Zähler;Bemerkung;Stand\r\n01.06.2026 01:00;\"Ä;1\";\"zwei\r\nZeilen\";\"1.234,50\"\r\n01.06.2026 02:00;\"Ä;1\";;1235\r\n"
        let latin1 = text.unicodeScalars.map { UInt8($0.value) }
        let store = try MeterStore.inMemory()
        let report = try store.importFiles([try scratch.file("a.csv", latin1)], profile: profile)
        #expect(report.rejected == 0 && report.readings == 2)
        #expect(
            try store.exportedReadings().hasSuffix(
                "Ä;1,2026-05-31T23:00Z,1234.5,m3,register,good,\nÄ;1,2026-06-01T00:00Z,1235,m3,register,good,\n"))
    }

    @Test("the hour that comes twice in autumn is told by order, forwards and backwards", arguments: [false, true])
    func autumn(_ backwards: Bool) throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        var rows = ["01:00", "02:00", "02:00", "03:00"].enumerated().map { "A,2021-10-31 \($1),\(100 + $0)" }
        if backwards { rows.reverse() }
        let report = try store.importFiles(
            [try scratch.file("a.csv", "meter,time,value\n" + rows.joined(separator: "\n") + "\n")],
            profile: Profiles.register(zone: "Europe/Rome"))
        #expect(report.readings == 4 && report.conflicts == 0 && report.duplicates == 0)
        let lines = try store.exportedReadings().split(separator: "\n").dropFirst().map {
            $0.split(separator: ",").prefix(3).joined(separator: " ")
        }
        #expect(lines == ["A 2021-10-30T23:00Z 100", "A 2021-10-31T00:00Z 101", "A 2021-10-31T01:00Z 102", "A 2021-10-31T02:00Z 103"])
    }

    @Test("an hour that clocks went forward over is set aside with the reason")
    func spring() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        let report = try store.importFiles(
            [try scratch.file("a.csv", "meter,time,value\nA,2021-03-28 01:30,1\nA,2021-03-28 02:30,2\nA,2021-03-28 03:30,3\n")],
            profile: Profiles.register(zone: "Europe/Rome"))
        #expect(report.readings == 2)
        #expect(report.files.first?.rejectedBy.first?.reason == .skippedHour)
    }

    @Test("a stamp at the start or the end of an interval")
    func stampSide() throws {
        let scratch = try Scratch()
        let path = try scratch.file("a.csv", "meter,time,value\nA,2026-06-01T05:00,12\n")
        for (side, hour) in [("start", 5), ("end", 4)] {
            let store = try MeterStore.inMemory()
            try store.importFiles([path], profile: Profiles.interval(stamp: side))
            let report = try store.report()
            #expect(report.start == Instant(year: 2026, month: 6, day: 1, hour: hour))
            #expect(report.zones.first?.hourly.values == [0.012])
        }
    }

    @Test("files in any order give the same readings, byte for byte; a corrected delivery replaces what it corrects and says so")
    func order() throws {
        let scratch = try Scratch()
        let names = ["day9", "day10", "day10_corrected", "day11"]
        let texts = [
            "meter,time,value\nA,2026-06-09T00:00,1\nA,2026-06-09T12:00,2.5\n",
            "meter,time,value\nA,2026-06-10T00:00,3\nA,2026-06-10T12:00,99.25\nB,2026-06-30T23:00,1\n",
            "meter,time,value\nA,2026-06-10T12:00,4\n",
            "meter,time,value\nB,2026-07-01T00:00,2\nA,2026-06-09T12:00,2.50\nA,2026-05-31T23:00,0.125\n",
        ]
        let paths = try zip(names, texts).map { try scratch.file($0 + ".csv", $1) }
        var exports: Set<String> = []
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
            let store = try MeterStore.inMemory()
            for i in order { try store.importFiles([paths[i]], profile: Profiles.register()) }
            exports.insert(try store.exportedReadings())
            #expect(try store.status().conflicts == 1 && store.status().duplicates == 1)
        }
        #expect(exports.count == 1)
        #expect(exports.first?.contains("A,2026-06-10T12:00Z,4,") == true)
        let store = try MeterStore.inMemory()
        try store.importFiles([paths[1]], profile: Profiles.register())
        #expect(try store.importFiles([paths[2]], profile: Profiles.register()).files.first?.replaced == 1)
    }

    private struct PowerCut: Error {}

    @Test("an import that ends in the middle leaves the store as it was, and the next run does the rest")
    func interrupted() throws {
        let scratch = try Scratch()
        let first = try scratch.file("a.csv", Self.small),
            second = try scratch.file("b.csv", "meter,time,value\nA,2026-06-02T00:00,300\n,,\n")
        let path = scratch.folder + "/store.sqlite"
        try MeterStore(path: path).importFiles([first], profile: Profiles.register())
        let before = try MeterStore(path: path).exportedReadings()
        let failing = try MeterStore(path: path) { _ in throw PowerCut() }
        #expect(throws: MeterStoreError.self) { try failing.importFiles([second], profile: Profiles.register()) }
        #expect(try MeterStore(path: path).exportedReadings() == before)
        #expect(try MeterStore(path: path).status().files == 1)
        try MeterStore(path: path).importFiles([first, second], profile: Profiles.register())
        let undisturbed = try MeterStore.inMemory()
        try undisturbed.importFiles([first, second], profile: Profiles.register())
        #expect(try MeterStore(path: path).exportedReadings() == undisturbed.exportedReadings())
    }

    @Test("files that are no store, stores of a later version and missing stores are refused with a message")
    func refused() throws {
        let scratch = try Scratch()
        let text = try scratch.file("text.sqlite", String(repeating: "no store ", count: 200))
        #expect(throws: MeterStoreError.self) { try MeterStore(path: text) }
        #expect(throws: MeterStoreError.self) { try MeterStore.existing(path: scratch.folder + "/none.sqlite") }
        let later = scratch.folder + "/later.sqlite"
        try MeterStore(path: later).write { db in try db.execute(sql: "PRAGMA user_version = \(MeterStore.version + 1)") }
        let error = #expect(throws: MeterStoreError.self) { try MeterStore(path: later) }
        #expect(error?.description.contains("use a newer yusu") == true)
    }

    @Test("pieces cut anywhere read like the whole", arguments: [1, 2, 3, 7, 64, 1000])
    func pieces(_ size: Int) throws {
        let text = """
            meter,note,time,value
            A,"two
            lines",2026-06-01T00:00,100
            "B ""1\""",,2026-06-01T00:00:00.000,-7.250
            A,"open,2026-06-01T01:00,5
            B,,2026-06-01T00:15,1e+05
            C,,never,1
            """
        let bytes = Array(text.utf8)
        func read(_ size: Int) throws -> ParsedExport {
            var reader = ExportParser(profile: try Profiles.register(), file: "a.csv")
            var sum = ParsedExport()
            func take() {
                let batch = reader.take()
                sum.newMeters += batch.newMeters
                sum.newSeries += batch.newSeries
                sum.readings += batch.readings
                sum.rejects.add(batch.rejects)
                sum.rows += batch.rows
            }
            for start in stride(from: 0, to: bytes.count, by: size) {
                try reader.read(bytes.span.extracting(start..<min(start + size, bytes.count)))
                take()
            }
            try reader.finish()
            take()
            return sum
        }
        let whole = try read(bytes.count), cut = try read(size)
        #expect(whole.newMeters.prefix(2) == ["A", "B \"1\""] && whole.rows == 5 && whole.rejects.total == 2)
        #expect(cut.newMeters == whole.newMeters && cut.newSeries == whole.newSeries && cut.rows == whole.rows)
        #expect(
            cut.readings.map { [$0.time, $0.mantissa, Int($0.meter), Int($0.detail)] }
                == whole.readings.map { [$0.time, $0.mantissa, Int($0.meter), Int($0.detail)] })
        #expect(
            cut.rejects.kept.map(\.line) == whole.rejects.kept.map(\.line) && cut.rejects.kept.map(\.text) == whole.rejects.kept.map(\.text)
        )
    }

    @Test("mutated exports neither crash nor hang")
    func mutated() throws {
        var random = Seeded(state: 11)
        let profile = try Profiles.register(zone: "Europe/Rome")
        let seed = Array((Self.small + "\"C\"\"1\",2021-10-31T02:00:00+01:00,\"1e+05\"\r\n").utf8)
        let alphabet = Array(",\"\n\r0123456789-+:.TZeAB \u{0}é".utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[at] = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(alphabet[Int.random(in: 0..<alphabet.count, using: &random)], at: at)
                default: bytes.removeLast(min(bytes.count - 1, at / 4))
                }
            }
            var parser = ExportParser(profile: profile, file: "m.csv")
            try? parser.read(bytes.span)
            try? parser.finish()
            _ = parser.take()
        }
    }
}
