// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import Testing

@testable import Metering
@testable import fuzz_meters

@Suite("exports that are damaged or meant to do harm")
struct HostileExportTests {
    private static let table = "columns: {meter: m, time: t, value: v, register: r}\nkind: register\nunit: L\ntime_zone: UTC\n"

    @Test("a table that ends inside a row is refused with its line, and nothing of it is used")
    func cut() throws {
        let error = #expect(throws: TextFileError.self) { try ReadExport("m,t,v,r\nA,2026-01-01T00:00,1,\nA,2026-01", Self.table) }
        #expect(error?.description.contains("export:3: the file ends inside a row: 2 fields of 4") == true)
    }

    @Test("line feeds in quotes, CR LF, NUL bytes, quotes inside fields and blank lines")
    func marks() throws {
        let export = try ReadExport(
            "m,t,v,r\r\n\"A\nB\",2026-01-01T00:00,1,\r\n\r\n3\" pipe,2026-01-01T00:00,2,\r\n"
                + "\"a\"\"b\",2026-01-01T00:00,2e+05,\r\nN\u{0}L,2026-01-01T00:00,\u{0},\r\n",
            Self.table)
        #expect(
            export.lines == [
                "A\nB register L 2026-01-01T00:00 1 good", "3\" pipe register L 2026-01-01T00:00 2 good",
                "a\"b register L 2026-01-01T00:00 200000 good",
            ])
        #expect(export.rejects.counts == [.badNumber: 1] && export.rejects.kept.map(\.line) == [7])
    }

    @Test("a quote inside a field that is not needed takes no rows with it")
    func quoteBehind() throws {
        let rows = "m,t,v,size\nA,2026-01-01T00:00,1,3\" pipe\nB,2026-01-01T00:00,2,\"a\"\"\nb\"\nC,2026-01-01T00:00,3, \"x\"\n"
        let export = try ReadExport(rows, "columns: {meter: m, time: t, value: v}\nkind: register\nunit: L\ntime_zone: UTC\n")
        #expect(export.meters == ["A", "B", "C"] && export.rows == 3 && export.rejects.total == 0)
    }

    @Test("an open quote costs its own line, and is told")
    func openQuote() throws {
        let rows = (0..<300).map { "A,2026-01-01T00:00,\($0),\n" }.joined()
        let export = try ReadExport("m,t,v,r\n\"A,2026-01-01T00:00,1,\n" + rows, Self.table)
        #expect(export.rejects.counts[.openQuote] == 1 && export.readings.count == 300)
    }

    @Test("names that are not in the profile's encoding are set aside, never merged")
    func encoding() throws {
        let bytes = Array("m,t,v,r\n".utf8) + [0xe9] + Array(",2026-01-01T00:00,1,\n".utf8) + [0xe8] + Array(",2026-01-01T00:00,1,\n".utf8)
        #expect(try ReadExport(bytes, Profiles.make(Self.table)).rejects.counts == [.notInEncoding: 2])
        #expect(try ReadExport(bytes, Profiles.make(Self.table + "encoding: latin-1\n")).meters == ["é", "è"])
    }

    @Test("a line without an end is refused before it fills the memory")
    func longLine() throws {
        let bytes = Array("m,t,v,r\n".utf8) + [UInt8](repeating: 65, count: 17 << 20)
        let error = #expect(throws: TextFileError.self) { try ReadExport(bytes, Profiles.make(Self.table)) }
        #expect(error?.description.contains("a line of more than 16 MB") == true)
    }

    @Test("more units than a file may have are set aside")
    func units() throws {
        let rows = (1...300).map { "A,2026-01-01T00:00,1,,\($0)\n" }.joined()
        let export = try ReadExport("m,t,v,r,f\n" + rows, Self.table.replacing("register: r", with: "register: r, factor: f"))
        #expect(export.rejects.counts == [.tooManySeries: 45])
    }

    @Test(
        "XML that names entities, nests without end or is cut off is refused",
        arguments: [
            "<!DOCTYPE lolz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><MeterReadings>&b;</MeterReadings>",
            "<!DOCTYPE x SYSTEM \"http://example.org/x.dtd\"><MeterReadings/>", "<MeterReadings><MeterReading>",
            String(repeating: "<MeterReading>", count: 5000), "<MeterReadings/>", "", "meter,time\n",
        ])
    func xml(_ text: String) {
        for format in ["iec61968-9", "green-button"] {
            #expect(throws: TextFileError.self) { try ReadExport(text, "format: \(format)") }
        }
    }

    @Test("JSON without end, of deep nesting or of another form")
    func json() throws {
        let deep = String(repeating: "{\"a\":", count: 5000)
        #expect(try ReadExport(deep + "\n{}\n5\n", "format: wmbusmeters").rejects.counts == [.malformed: 1, .noMeter: 2])
        #expect(throws: TextFileError.self) { try ReadExport(deep, "format: sentryx\ntime_zone: UTC") }
        #expect(throws: TextFileError.self) { try ReadExport("{\"meters\":[{\"deviceId\":1", "format: sentryx\ntime_zone: UTC") }
        #expect(try ReadExport("{\"meters\":7}", "format: sentryx\ntime_zone: UTC").rows == 0)
    }

    @Test("a file of another family is refused by name", arguments: ["cmep", "mvrs", "beacon", "aclara", "billing", "metersense"])
    func otherFamily(_ format: String) {
        #expect(throws: TextFileError.self) {
            try ReadExport("a,b\n1,2\n", "format: \(format)\ntime_zone: UTC\nunit: m3")
        }
    }

    // MARK: mutated files

    @Test("a thousand seeded mutations of every family: no crash, and the same in pieces", .timeLimit(.minutes(5)))
    func mutations() throws {
        let families = try SeedFamily.all(in: Seeds.folder)
        #expect(families.count >= 20)
        var read = 0, refused = 0
        for (index, family) in families.enumerated() {
            var mutator = ExportMutator(files: family.files, others: families.flatMap(\.files), seed: UInt64(index) + 2026)
            for input in 0..<40 {
                let bytes = mutator.next()
                switch ExportTrial.run(bytes, family: family, pieceSize: mutator.pieceSize()) {
                case .read: read += 1
                case .refused: refused += 1
                case .fault(let reason): Issue.record("\(family.name), input \(input): \(reason)\n\(FileBytes.text(bytes).prefix(2000))")
                }
                if input % 25 == 0, let fault = ExportTrial.guessFault(bytes) { Issue.record("proposal, \(family.name): \(fault)") }
            }
        }
        // Both happen, or the mutations try nothing.
        #expect(read > 300 && refused > 30, "\(read) read, \(refused) refused")
    }

    private static let crashers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Crashers/"

    @Test("each file that once made a fault makes none, in any family")
    func crashers() throws {
        let families = try SeedFamily.all(in: Seeds.folder)
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.crashers).sorted() {
            let bytes = try FileBytes.read(Self.crashers + name)
            for family in families {
                if case .fault(let reason) = ExportTrial.run(bytes, family: family, pieceSize: 3) {
                    Issue.record("\(name), \(family.name): \(reason)")
                }
            }
            #expect(ExportTrial.guessFault(bytes) == nil)
        }
    }
}
