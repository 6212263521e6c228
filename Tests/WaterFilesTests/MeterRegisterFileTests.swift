// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TextFiles
import WaterModel

@testable import WaterFiles

@Suite("the register of meters")
struct RegisterFileTests {
    @Test("columns by name, in any order; empty fields are not known")
    func columns() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("r.csv", "zone,meter,dials,diameter_mm,parent\nA,007,8,15,\n\"B, north\",x,,,007\n")
        let meters = try MeterRegisterFile.read(file)
        #expect(meters.map(\.id.name) == ["007", "x"] && meters.map(\.zone?.name) == ["A", "B, north"])
        #expect(meters.map(\.dials) == [8, nil] && meters.map(\.diameter) == [0.015, nil] && meters.map(\.parent?.name) == [nil, "007"])
    }

    @Test("all that is wrong is told at once, with its line")
    func problems() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("r.csv", "meter,zone,dialls\na,Z,1\na,Z,1\nb,Z\n,Z,1\n")
        let error = #expect(throws: TextFileError.self) { try MeterRegisterFile.read(file) }
        let text = try #require(error).description
        for part in [
            "r.csv:1: unknown column 'dialls'", "r.csv:3: meter 'a' stands already in line 2", "r.csv:4: 2 fields where the header has 3",
            "r.csv:5: a meter without a name",
        ] {
            #expect(text.contains(part), "\(text)")
        }
        let headless = try folder.write("h.csv", "id,zone\n1,A\n")
        #expect(throws: TextFileError.self) { try MeterRegisterFile.read(headless) }
    }

    @Test("rows of a meter with the dates from which they held, in any order: the last one stands, those before have their end")
    func dated() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
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
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "r.csv", "meter,zone,from\na,N,2026-06-31\nb,N,2026-06-01\nb,S,2026-06-01\nc,N,2026-06-01\nc,S,\nd,N,\nd,S,2026-06-01\n")
        let text = try #require(#expect(throws: TextFileError.self) { try MeterRegisterFile.read(file) }).description
        for part in [
            "r.csv:2: meter 'a': from is '2026-06-31'", "r.csv:4: meter 'b' has two rows from 2026-06-01T00:00",
            "r.csv:6: meter 'c' stands already in line 5", "r.csv:8: meter 'd' stands already in line 7",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }
}
