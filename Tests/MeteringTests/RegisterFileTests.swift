// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TextFiles
import WaterModel

@testable import Metering

@Suite("the register of meters")
struct RegisterFileTests {
    @Test("columns by name, in any order; empty fields are not known")
    func columns() throws {
        let scratch = try Scratch()
        let file = try scratch.file("r.csv", "zone,meter,dials,diameter_mm,parent\nA,007,8,15,\n\"B, north\",x,,,007\n")
        let meters = try MeterRegisterFile.read(file)
        #expect(meters.map(\.id.name) == ["007", "x"] && meters.map(\.zone?.name) == ["A", "B, north"])
        #expect(meters.map(\.dials) == [8, nil] && meters.map(\.diameter) == [0.015, nil] && meters.map(\.parent?.name) == [nil, "007"])
    }

    @Test("all that is wrong is told at once, with its line")
    func problems() throws {
        let scratch = try Scratch()
        let file = try scratch.file("r.csv", "meter,zone,dialls\na,Z,1\na,Z,1\nb,Z\n,Z,1\n")
        let error = #expect(throws: TextFileError.self) { try MeterRegisterFile.read(file) }
        let text = try #require(error).description
        for part in [
            "r.csv:1: column 'dialls'", "r.csv:3: meter 'a' stands in line 2", "r.csv:4: 2 fields where the header has 3",
            "r.csv:5: no meter",
        ] {
            #expect(text.contains(part), "\(text)")
        }
        let headless = try scratch.file("h.csv", "id,zone\n1,A\n")
        #expect(throws: TextFileError.self) { try MeterRegisterFile.read(headless) }
    }

    @Test("rows of a meter with the dates from which they held, in any order: the last one stands, those before have their end")
    func dated() throws {
        let scratch = try Scratch()
        let file = try scratch.file(
            "r.csv", "meter,zone,diameter_mm,from\na,South,20,2026-06-10\nb,North,15,\na,North,15,2020-01-01\na,South,15,2026-06-05T12:00\n"
        )
        let meters = try MeterRegisterFile.read(file)
        #expect(meters.map(\.id.name) == ["a", "b"] && meters[1].earlier.isEmpty)
        #expect(meters[0].zone?.name == "South" && meters[0].diameter == 0.02)
        #expect(meters[0].earlier.map(\.zone?.name) == ["North", "South"])
        #expect(
            meters[0].earlier.map(\.until) == [Instant(year: 2026, month: 6, day: 5, hour: 12), Instant(year: 2026, month: 6, day: 10)])
        let stretches = meters[0].stretches
        #expect(!stretches[0].isExchanged(for: stretches[1]) && stretches[1].isExchanged(for: stretches[2]))
    }

    @Test("dates that are none, two rows of one date, and rows without a date are told with their lines")
    func undated() throws {
        let scratch = try Scratch()
        let file = try scratch.file(
            "r.csv", "meter,zone,from\na,N,2026-06-31\nb,N,2026-06-01\nb,S,2026-06-01\nc,N,2026-06-01\nc,S,\nd,N,\nd,S,2026-06-01\n")
        let text = try #require(#expect(throws: TextFileError.self) { try MeterRegisterFile.read(file) }).description
        for part in [
            "r.csv:2: meter 'a': from is '2026-06-31'", "r.csv:4: meter 'b' has two rows from 2026-06-01T00:00",
            "r.csv:6: meter 'c' stands in line 5 already", "r.csv:8: meter 'd' stands in line 7 already",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test("the store keeps the history; an exchange splits the register, an equal row does not")
    func exchanged() throws {
        let scratch = try Scratch()
        var rows = "meter,time,value\n"
        for hour in 0..<96 {
            let stamp = "2026-06-0\(1 + hour / 24)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00"
            // Half a litre an hour; a device that comes with 5 L more on its register from the third day on.
            rows += "a,\(stamp),\(100 + 0.5 * Double(hour) + (hour >= 48 ? 5 : 0))\n"
        }
        let export = try scratch.file("e.csv", rows)
        func volume(_ register: String) throws -> (MeterReport.Record, [MeterReport.Edit]) {
            let store = try MeterStore.inMemory()
            let meters = try MeterRegisterFile.read(try scratch.file("r.csv", register))
            try store.importFiles([export], profile: Profiles.register(), register: meters)
            var records: [MeterReport.Record] = []
            let report = try store.report()
            records = report.records
            return (try #require(records.first), report.edits)
        }
        let plain = try volume("meter,installed,from\na,2019,2019-01-01\na,2019,2026-06-03\n")
        #expect(abs(plain.0.summary.volume - 0.0525) < 1e-9 && plain.0.summary.replacements == 0)
        let split = try volume("meter,installed,from\na,2019,2019-01-01\na,2026,2026-06-03\n")
        // 47 half litres before, 47 after; what passed between the last reading of the one and the first of the other is unknown.
        #expect(abs(split.0.summary.volume - 0.047) < 1e-9, "\(split.0.summary.volume)")
        #expect(split.0.summary.replacements == 1 && split.1.map(\.rule) == [.exchange])
    }
}
