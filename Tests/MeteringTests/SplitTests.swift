// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import Testing

@testable import Metering

@Suite("files parsed by two threads")
struct SplitTests {
    /// All that a file held, meters and series by name.
    private struct Found: Equatable {
        var readings: [String] = []
        var rejects: [String] = []
        var rows = 0, empty = 0
        private var meters: [String] = []
        private var series: [SeriesKind] = []

        mutating func add(_ batch: ParsedExport) {
            meters += batch.newMeters
            series += batch.newSeries
            for r in batch.readings {
                let number = batch.numberInFile(r)
                let kind = series[Int(number.series)]
                readings.append("\(meters[Int(number.meter)]) \(kind.unit.name) \(r.time) \(r.mantissa) \(r.detail)")
            }
            for kept in batch.rejects.kept { rejects.append("\(kept.line) \(kept.reason) \(kept.text)") }
            rows += batch.rows
            empty += batch.emptyValues
            #expect(batch.deferred.isEmpty)
        }

        static func == (left: Found, right: Found) -> Bool {
            left.readings == right.readings && left.rejects == right.rejects && left.rows == right.rows && left.empty == right.empty
        }
    }

    /// Reads a text of more than a piece both ways.
    private func compare(_ text: String, _ profile: Profile, gzipped: Bool = false) throws -> Found {
        let bytes = Array(text.utf8)
        #expect(bytes.count > 2 * FilePieces.size)
        let scratch = try Scratch()
        let path = try scratch.file("rows.csv", gzipped ? FileBytes.gzip(bytes, level: 1) : bytes)
        var one = Found(), split = Found()
        var parser = ExportParser(profile: profile, file: path)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 777_777)
            try parser.read(bytes.span.extracting(start..<end))
            one.add(parser.take())
            start = end
        }
        try parser.finish()
        one.add(parser.take())
        let pipeline = ExportPipeline(path, reader: ExportParser(profile: profile, file: path))
        var whole = ExportPipeline.Whole()
        while let batch = try pipeline.next(&whole) { split.add(batch.export) }
        #expect(split == one)
        let hash = try ContentHash.ofContent(path)
        #expect(whole.bytes == bytes.count && whole.hash == hash)
        return one
    }

    private func stamp(_ hour: Int) -> String {
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        return "2026-06-\(two(1 + hour / 24 % 30))T\(two(hour % 24)):00"
    }

    @Test("plain rows, some of them of other forms", arguments: [false, true])
    func plain(_ gzipped: Bool) throws {
        var random = Seeded(state: 4)
        var text = "meter,time,value\n"
        for row in 0..<90_000 {
            let meter = "M\(row / 24 % 400)", time = stamp(row / 9600 * 24 + row % 24)
            switch Int.random(in: 0...400, using: &random) {
            case 0: text += "\(meter),\(time),nothing\r\n"
            case 1: text += " \(meter) , \(time) , 12.50 \n"
            case 2: text += "\"\(meter)\",\(time),\"1234\"\n"
            case 3: text += "\(meter),\(time),\n"
            case 4: text += "\n"
            case 5: text += "\(meter)\n"
            case 6: text += "\(meter),\(time),1e+05,and,more\n"
            case 7:
                text += "a meter with a name of more than sixteen bytes \(row % 3),\(time),-17.25,\(String(repeating: "x", count: 90))\n"
            case 8: text += "\(meter),2026-13-01T00:00,5\n"
            default: text += "\(meter),\(time):00,\(row * 3).\(row % 1000)\n"
            }
        }
        let found = try compare(text + "last,\(stamp(3)),1", Profiles.register(), gzipped: gzipped)
        #expect(found.readings.count > 80_000 && found.rejects.count > 300)
    }

    @Test("line feeds in quotes, where a piece ends too, and quotes that are never closed")
    func quotes() throws {
        var random = Seeded(state: 5)
        var text = "meter,note,time,value\n"
        for row in 0..<60_000 {
            let note =
                switch Int.random(in: 0...30, using: &random) {
                case 0: "\"" + String(repeating: "a line\nM1,,2026-06-01T00:00,7\n", count: Int.random(in: 1...45, using: &random)) + "\""
                case 1: "\"say \"\"no\"\"\nand\""
                case 2 where row % 50 == 0: "\"open"
                default: "note \(row)"
                }
            text += "M\(row % 300),\(note),\(stamp(row)),\(row)\n"
        }
        #expect(try compare(text, Profiles.register()).rejects.isEmpty == false)
    }

    @Test("the hour that comes twice is told by the rows before, in other pieces too")
    func autumn() throws {
        let profile = try Profiles.make(
            "columns: {meter: meter, time: time, value: value}\nkind: register\nunit: L\ntime_zone: Europe/Rome\n")
        var text = "meter,time,value,remark\n"
        let filling = String(repeating: "f", count: 60)
        for hour in [0, 1, 2, 2, 3, 4] {
            for meter in 0..<9000 { text += "M\(meter),2026-10-25T0\(hour):30,\(hour),\(filling)\n" }
        }
        let found = try compare(text, profile)
        #expect(found.readings.count == 54_000 && Set(found.readings).count == 54_000)
    }

    @Test("units by row, numbered as they come")
    func units() throws {
        let profile = try Profiles.make(
            "columns: {meter: meter, time: time, value: value, unit: unit}\nunit: column\nkind: register\ntime_zone: UTC\n")
        var text = "meter,time,value,unit\n"
        for row in 0..<80_000 {
            let unit = row < 50_000 ? ["L", "m3"][row % 2] : ["kgal", "CCF", "L", row % 400 == 3 ? "nonsense" : "m3"][row % 4]
            text += "M\(row % 700),\(stamp(row)),\(row),\(unit)\n"
        }
        #expect(try compare(text, profile).rejects.count > 50)
    }

    @Test("numbers of up to eight digits at once are those digit by digit")
    func shortNumbers() {
        var random = Seeded(state: 6)
        for _ in 0..<20_000 {
            var text = (0..<Int.random(in: 0...10, using: &random)).map { _ in UInt8.random(in: 48...57, using: &random) }
            if Bool.random(using: &random), !text.isEmpty { text.insert(46, at: Int.random(in: 0...text.count, using: &random)) }
            if Int.random(in: 0...9, using: &random) == 0, !text.isEmpty {
                text[Int.random(in: 0..<text.count, using: &random)] = UInt8.random(in: 32...255, using: &random)
            }
            let bytes = text + [UInt8](repeating: 44, count: 16)
            unsafe bytes.withUnsafeBufferPointer { buffer in
                guard let first = buffer.baseAddress else { return }
                let plain = unsafe DecimalText.readPlain(first, text.count, mark: 46)
                for decimals in 0...7 {
                    guard let short = unsafe DecimalText.readShort(first, text.count, mark: 46, decimals: decimals) else { continue }
                    #expect(DecimalText(mantissa: short, decimals: decimals) == plain)
                }
                if let plain, plain.mantissa >= 0, text.count(where: { $0 != 46 }) <= 8 {
                    let short = unsafe DecimalText.readShort(first, text.count, mark: 46, decimals: plain.decimals)
                    #expect(short == plain.mantissa)
                }
            }
        }
    }

    @Test("a content's hash tells where its bytes stand, to the last one")
    func hashes() {
        var bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 256) }
        var seen: Set<String> = []
        func note(_ bytes: [UInt8]) {
            var hash = ContentHash()
            hash.add(bytes.span)
            #expect(seen.insert(hash.text).inserted)
        }
        note(bytes)
        for size in [0, 1, 63, 64, 65, 1024, 1025, 4999] { note(Array(bytes[..<size])) }
        for at in [0, 63, 64, 1023, 1024, 4990, 4999] {
            bytes[at] ^= 1
            note(bytes)
            bytes[at] ^= 1
        }
        // Stretches that change places.
        for (one, other) in [(0, 64), (64, 1088), (0, 1024), (8, 16)] {
            for i in 0..<8 { bytes.swapAt(one + i, other + i) }
            note(bytes)
            for i in 0..<8 { bytes.swapAt(one + i, other + i) }
        }
        note(bytes + [0])
    }
}
