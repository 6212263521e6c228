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
}
