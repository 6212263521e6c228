// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import Testing

@testable import Metering

/// Small synthetic files of each family, in `Seeds`.
enum Seeds {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Seeds/"

    static func read(_ family: String, _ file: String, pieceSize: Int = 1 << 20) throws -> ReadExport {
        let profile = try Profile(path: folder + family + "/profile.yaml")
        return try ReadExport(FileBytes.read(folder + family + "/" + file), profile, pieceSize: pieceSize)
    }
}

@Suite("families of exports")
struct FamilyTests {
    @Test("every family reads the same in pieces of any size")
    func pieces() throws {
        let manager = FileManager.default
        for family in try manager.contentsOfDirectory(atPath: Seeds.folder).sorted() {
            for file in try manager.contentsOfDirectory(atPath: Seeds.folder + family).sorted() where file != "profile.yaml" {
                let whole = try Seeds.read(family, file)
                #expect(whole.rows > 0 && !whole.readings.isEmpty, "\(family)")
                for size in [1, 2, 3, 7, 64, 1000] {
                    let pieces = try Seeds.read(family, file, pieceSize: size)
                    #expect(pieces.lines == whole.lines && pieces.rejects.counts == whole.rejects.counts, "\(family) in pieces of \(size)")
                }
            }
        }
    }

    @Test("a long table: the autumn hour by order, the spring hour set aside, 2e+03, null words, qualities")
    func long() throws {
        let export = try Seeds.read("long", "register.csv")
        #expect(
            export.lines == [
                "00A1 register L 2026-10-24T23:30 1000 good", "00A1 register L 2026-10-25T00:30 1004 good",
                "00A1 register L 2026-10-25T01:30 1009 estimated", "00A1 register L 2026-10-25T02:30 2000 good",
                "B,2 register L 2026-03-29T00:30 99999990 good", "B,2 register L 2026-03-29T01:30 7 good",
            ])
        #expect(export.rejects.counts == [.skippedHour: 1, .badNumber: 1, .badQuality: 1] && export.emptyValues == 2 && export.rows == 11)
    }

    @Test("a wide table in Latin-1 with decimal commas and a quality beside each value")
    func wide() throws {
        let export = try Seeds.read("wide", "scada.csv")
        #expect(
            export.lines == [
                "Nord rate m3/h 2026-03-28T11:15 21.5 good", "Süd rate L/s 2026-03-28T11:15 9.25 good",
                "Nord rate m3/h 2026-03-28T11:45 22.08 uncertain", "Süd rate L/s 2026-03-28T11:45 10 good",
            ])
        #expect(export.rejects.counts == [.badNumber: 1] && export.emptyValues == 3)
    }

    @Test("UTF-16 in either order, thousands marks, days that are 23 hours long", arguments: ["little.txt", "big.txt"])
    func utf16(_ file: String) throws {
        // Chicago's clocks went forward on 8 March 2026: that day ends at 05:00 UTC.
        #expect(
            try Seeds.read("utf16", file).lines == [
                "009000 interval kgal 2026-03-08T06:00 1000.5 good", "009000 interval kgal 2026-03-09T05:00 0.25 estimated",
                "009001 interval kgal 2026-03-10T05:00 12 good",
            ])
    }

    @Test("pulses keep their count; the volume of a pulse is the unit, and channels of a logger are apart")
    func pulses() throws {
        let export = try Seeds.read("pulses", "pulses.csv")
        #expect(
            export.lines == [
                "LG1 interval 100 L 1 2026-06-01T07:00 4 good", "LG1 interval 10 L 2 2026-06-01T07:00 7 good",
                "LG1 interval 100 L 1 2026-06-01T07:15 17 good",
            ])
        #expect(export.series.map(\.unit.cubicMetres) == [0.1, 0.01])
        #expect(export.rejects.counts == [.notTaken: 1, .unknownUnit: 1])
    }

    @Test("BEACON: two units in a row, high and low register of a compound meter, rows without a time counted")
    func beacon() throws {
        let export = try Seeds.read("beacon", "range.csv")
        #expect(
            export.lines == [
                "0130 register ccf 2025-11-02T07:59 482.1 good", "0130 interval gal 2025-11-02T07:59 0.5 good",
                "0130 register ccf 2025-11-02T08:59 482.11 good", "0130 interval gal 2025-11-02T08:59 1 good",
                "0130 register ccf 2025-11-02T09:59 482.12 estimated", "0130 interval gal 2025-11-02T09:59 2 estimated",
                "B-2 register kgal H 2025-11-02T10:59 12046.5 good", "B-2 interval kgal H 2025-11-02T10:59 0.1 good",
                "B-2 register kgal L 2025-11-02T10:59 88011.2 good", "B-2 interval kgal L 2025-11-02T10:59 0.2 good",
            ])
        #expect(export.rejects.counts == [.noTime: 1, .unknownUnit: 1] && export.rows == 7)
    }

    @Test("BEACON columns in any order and number: what is asked for is found by name")
    func beaconColumns() throws {
        let text = "read_unit;READ;Read_Time;Endpoint_SN\nCUBIC_METER;5;2025-01-01 00:59;01\n"
        let export = try ReadExport(text, "format: beacon\ntime_zone: UTC\ndelimiter: ';'\n")
        #expect(export.lines == ["01 register m3 2025-01-01T00:59 5 good"])
    }

    @Test("CMEP: N is no read, empty times count on, the doubled hour by order, the constant where the profile says so")
    func cmep() throws {
        let export = try Seeds.read("cmep", "report.txt")
        #expect(
            export.lines == [
                "07 interval ft3 2025-11-02T07:00 0.11 good", "07 interval ft3 2025-11-02T08:00 0.07 good",
                "07 interval ft3 2025-11-02T09:00 0.21 estimated", "07 register 10 ft3 2025-11-02T15:00 35828.1 good",
                "08 interval ft3 2025-11-01T07:00 7.24 good", "08 interval ft3 2025-11-03T08:00 3.21 good",
            ])
        #expect(export.emptyValues == 1)
        #expect(export.rejects.counts == [.unknownQuality: 1, .notWater: 1, .periodTotal: 1, .malformed: 1, .alarmRecord: 1])
    }

    @Test("CMEP without a zone in the profile is refused: utilities differ")
    func cmepZone() throws {
        let error = #expect(throws: TextFileError.self) { try Profiles.make("format: cmep") }
        #expect(error?.description.contains("no key 'time_zone'") == true)
    }

    @Test("Aclara: unit and digits from the description, ERROR is no value, DETECTOR CHECK is passed over")
    func aclara() throws {
        let export = try Seeds.read("aclara", "readings.csv")
        #expect(export.lines == ["0701 register ft3 2025-11-02T05:00 98765.537 good", "0703 register ft3 2025-11-02T06:00 12 good"])
        // 9 dials of 0.001 and of 0.01 cubic feet.
        #expect(export.series.map(\.digits) == [6, 7])
        #expect(export.rejects.counts == [.notTaken: 1, .unknownUnit: 1] && export.emptyValues == 1)
    }

    @Test("wmbusmeters: a damaged line costs no other, repeated telegrams are thinned, backflow is a register of its own")
    func telegrams() throws {
        let export = try Seeds.read("wmbusmeters", "telegrams.jsonl")
        #expect(
            export.lines == [
                "20e40001 register m3 2026-06-02T00:20 99999.95 good", "20e40001 register m3 2026-06-02T01:20 0.013 good",
                "20e40001 register m3 reverse 2026-06-02T01:20 0.002 good",
            ])
        #expect(export.rejects.counts == [.thinned: 1, .malformed: 1, .notWater: 1, .notTaken: 1] && export.series[0].digits == 5)
    }

    @Test("telegrams as one printed array, or printed one below the other, are read as lines are, in pieces of any size")
    func printed() throws {
        let profile = try Profile(path: Seeds.folder + "wmbusmeters/profile.yaml")
        func telegram(_ hour: Int, _ total: String, _ gap: String) -> String {
            let members = [
                #""_": "telegram""#, #""media": "water""#, #""id": "20e4""#, #""total_m3": \#(total)"#,
                #""timestamp": "2026-06-02T0\#(hour):00:00Z""#,
            ]
            return "{\(gap)" + members.joined(separator: ",\(gap)") + "\(gap)}"
        }
        let expected = ["20e4 register m3 2026-06-02T01:00 1.5 good", "20e4 register m3 2026-06-02T02:00 1.75 good"]
        let flat = [telegram(1, "1.5", ""), telegram(2, "1.75", "")], tall = [telegram(1, "1.5", "\n  "), telegram(2, "1.75", "\n  ")]
        let files = [
            flat.joined(separator: "\n") + "\n", "[" + flat.joined(separator: ",\n ") + "]\n",
            "[\n" + tall.joined(separator: ",\n") + "\n]",
            "\u{feff}" + tall.joined(separator: "\n") + "\n", "[" + flat.joined(separator: ",") + "]",
        ]
        for text in files {
            for size in [1, 5, 1 << 20] {
                let export = try ReadExport(Array(text.utf8), profile, pieceSize: size)
                #expect(export.lines == expected && export.rejects.counts.isEmpty, "\(text.prefix(20)) in pieces of \(size)")
            }
        }
        let cut = #expect(throws: TextFileError.self) { try ReadExport(Array("[\n\(tall[0]),\n".utf8), profile) }
        #expect(cut?.description.contains("was it cut off") == true)
    }

    @Test("LoRaWAN: logged volume and deltas become registers an hour apart, in any envelope")
    func uplinks() throws {
        let export = try Seeds.read("axioma-w1", "uplinks.jsonl")
        #expect(
            export.lines.prefix(4) == [
                "0001 register m3 2026-09-02T03:00 6.061 good", "0001 register m3 2026-09-02T04:00 6.15 good",
                "0001 register m3 2026-09-02T05:00 6.222 good", "0001 register m3 2026-09-02T06:00 6.262 good",
            ])
        #expect(
            export.lines.dropFirst(4) == [
                "0001 register m3 2026-09-02T07:09:34 6.27 good", "0001 register m3 2026-09-02T04:00 6.15 good",
                "0001 register m3 2026-09-02T05:00 6.222 good", "0001 register m3 2026-09-02T06:00 6.262 good",
                "0001 register m3 2026-09-02T07:00 6.263 good", "0002 register m3 2026-09-02T05:09:41 5 good",
            ])
        #expect(export.rejects.counts == [.historyMismatch: 1])
    }

    @Test("Sentryx and Subeca responses")
    func interfaces() throws {
        let sentryx = try Seeds.read("sentryx", "page.json")
        #expect(
            sentryx.lines == [
                "1 register ft3 2024-07-07T07:00 116233.61 good", "1 interval ft3 2024-07-07T07:00 0 good",
                "1 register ft3 2024-07-07T08:00 116233.71 good", "1 interval ft3 2024-07-07T08:00 0.1 good",
            ])
        #expect(sentryx.rejects.counts == [.unknownUnit: 1, .noTime: 1])
        let subeca = try Seeds.read("subeca", "usages.json")
        #expect(subeca.lines == ["d1 interval ft3 2025-08-01T11:00 123.4 good", "d1 interval gal 2025-08-02T07:00 5 good"])
        #expect(subeca.emptyValues == 1 && subeca.rejects.counts == [.otherRecord: 1])
    }

    @Test("MeterSense: the highest version of a reading stands, whatever the order")
    func versions() throws {
        let export = try Seeds.read("metersense", "reads.csv")
        #expect(export.lines == ["0M1 interval ccf 2024-01-01T19:00 0.4 good", "0M1 interval ccf 2024-01-01T20:00 0.5 estimated"])
        #expect(export.rejects.counts == [.oldVersion: 1, .badQuality: 1, .unknownQuality: 1])
    }

    @Test("IEC 61968-9: prefixes, envelope, the meter after its values, powers of ten, qualities, reverse flow")
    func iec61968() throws {
        let export = try Seeds.read("iec61968-9", "message.xml")
        #expect(
            export.lines == [
                "WM&1 interval m3 2026-06-02T05:00 0.004 good", "WM&1 interval m3 2026-06-02T06:00 0.005 estimated",
                "WM&1 register m3 2026-06-02T02:00 77.005 good", "WM2 register L reverse 2026-06-02T01:00 3 good",
            ])
        #expect(export.rejects.counts == [.notWater: 1])
    }

    @Test("Green Button: blocks before their reading type, qualities over the default, tenths of gallons, ends of intervals")
    func greenButton() throws {
        let export = try Seeds.read("green-button", "feed.xml")
        let meter = "RetailCustomer/1/UsagePoint/9"
        #expect(
            Set(export.lines) == [
                "\(meter) interval gal 2026-06-01T08:00 0.8 good", "\(meter) interval gal 2026-06-01T09:00 0.5 estimated",
                "\(meter) interval gal 2026-06-01T11:00 1.6 uncertain",
            ])
        #expect(export.rejects.counts == [.badNumber: 1])
    }

    @Test("billing: registers and billed volumes are apart, the first row of a meter gives the register before")
    func billing() throws {
        let export = try Seeds.read("billing", "reads.csv")
        #expect(
            export.lines == [
                "S-1 register m3 2025-12-10T05:00 1176 good", "S-1 register m3 2026-01-10T05:00 1204 good",
                "S-1 interval m3 billed 2026-01-10T05:00 28 good", "S-2 register m3 2025-12-10T05:00 862 good",
                "S-2 register m3 2026-01-10T05:00 880 estimated", "S-2 interval m3 billed 2026-01-10T05:00 18 good",
                "S-2 register m3 2026-02-10T05:00 871 good", "S-2 interval m3 billed 2026-02-10T05:00 -9 good",
                "S-3 interval m3 billed 2026-02-10T05:00 0 good",
            ])
        #expect(export.emptyValues == 1 && export.series.filter { $0.register == "billed" }.allSatisfy { $0.interval == 31 * 86_400 })
    }

    @Test("MV-RS: fixed offsets, decimals and dials of the record, short and unknown records counted")
    func mvrs() throws {
        let export = try Seeds.read("mvrs", "upload.txt")
        #expect(export.lines == ["SN1 register m3 2026-01-10T14:15 120.4 good", "SN2 register m3 2026-01-10T14:17:30 880 uncertain"])
        #expect(export.series.map(\.digits) == [5, 6])
        #expect(export.rejects.counts == [.noTime: 1, .otherRecord: 1])
    }

    @Test("a pulse logger: name from the lines before the header, two-digit years, seconds between records")
    func logger() throws {
        let export = try Seeds.read("pulse-logger", "site.csv")
        #expect(
            export.lines == ["019 interval 0.0087 gal 2019-10-04T19:10:06 0 good", "019 interval 0.0087 gal 2019-10-04T19:10:10 3 good"])
        #expect(export.emptyValues == 1 && export.series[0].interval == 4)
    }

    @Test("historian, flow log without header, encoder values, billing export, Xylem tables")
    func others() throws {
        #expect(
            try Seeds.read("historian", "tags.csv").lines == [
                "Z1.FLOW rate m3/h 2026-06-01T01:00 12.4 good", "Z1.FLOW rate m3/h 2026-06-01T04:00 13 uncertain",
            ])
        #expect(try Seeds.read("flow-log", "flow.txt").lines.first == "basin rate L/h 2019-02-13T08:56:09 0 good")
        #expect(try Seeds.read("beacon-interval", "interval.csv").lines.count == 2)
        #expect(
            try Seeds.read("beacon-billing", "billing.csv").lines.last == "D-4 register m3 2025-07-01T07:00 1033 good")
        let xylem = try Seeds.read("xylem", "registers.csv")
        #expect(xylem.lines == ["074 register ft3 2026-04-14T08:00 59727 good"] && xylem.rejects.counts == [.notWater: 1])
        #expect(try Seeds.read("xylem", "intervals.csv").lines == ["074 interval ft3 2026-04-14T08:00 3 good"])
    }
}
