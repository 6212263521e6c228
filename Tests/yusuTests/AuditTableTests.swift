// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterLoss

@testable import yusu

@Suite("yusu balance on a table of audits")
struct AuditTableTests {
    static let header =
        "audit,volume_unit,period_days,own_sources,own_sources_error_percent,billed_metered,metering_inaccuracy_percent,mains_length,length_unit,connections,pressure,pressure_unit,defaults"

    func table(_ rows: [String], header: String = Self.header) throws -> AuditTable {
        let path = NSTemporaryDirectory() + "yusu-audits-\(UUID().uuidString).csv"
        try ([header] + rows).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try AuditTable(path: path)
    }

    func results(_ rows: [String], _ standard: WaterAudit.Standard, _ form: AuditTable.Form = .csv) throws -> (text: String, failed: Int) {
        var table = try table(rows), text = ""
        let count = try table.results(standard, form) { text += $0 }
        #expect(count.rows == rows.count)
        return (text, count.failed)
    }

    @Test("a bad row keeps its place with the reason")
    func badRows() throws {
        let (text, failed) = try results(
            [
                "good,ML,365,1000,,800,2,100,km,9000,40,m,fwas5",
                "word,ML,365,abc,,800,2,100,km,9000,40,m,fwas5",
                "short,ML,365",
                "unit,gallons,365,1000,,800,2,100,km,9000,40,m,fwas5",
                "nothing,ML,365,1000,,,2,100,km,9000,40,m,fwas5",
                "lengthless,ML,365,1000,,800,2,100,,9000,40,m,fwas5",
                "last,m3,,1000,,800,,,,,,,",
            ], .awwa)
        let result = try DelimitedText(text: text, file: "results.csv")
        #expect(failed == 5)
        #expect(result.header == AuditTable.resultColumns)
        #expect(result.rows.map { $0.fields[0] } == ["good", "word", "short", "unit", "nothing", "lengthless", "last"])
        let alerts = result.rows.map { $0.fields.last ?? "" }
        #expect(alerts[1].contains("own_sources is 'abc'"))
        #expect(alerts[2].contains("3 fields where the header has 13"))
        #expect(alerts[3].contains("volume_unit is 'gallons'"))
        #expect(alerts[4].contains("billed_metered is missing"))
        #expect(alerts[5].contains("length_unit is empty"))
        // 1000 − 800 of water supplied.
        #expect(result.rows[0].fields[9] == "200" && result.rows[0].fields[10] == "80")
    }

    @Test("a wrong column is one clear message")
    func wrongColumn() {
        #expect(throws: TextFileError.self) { try table([], header: "audit,volume_unit,own_sources,billed_metred") }
    }

    @Test("the Korean standard adds its ratios")
    func korean() throws {
        let (text, failed) = try results(["s,thousand_m3,366,1162268,,1107441,,,,,,,"], .korea)
        let result = try DelimitedText(text: text, file: "results.csv")
        #expect(failed == 0)
        #expect(result.header.suffix(4) == ["yusu_percent", "yuhyo_percent", "musu_percent", "nusu_percent"])
        let ratio = try #require(result.rows.first.flatMap { NumberText.number($0.fields[AuditTable.resultColumns.count]) })
        #expect(abs(ratio - 95.283) < 5e-4)
    }
}
