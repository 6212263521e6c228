// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterFiles
import WaterModel

@testable import Metering

@Suite("registers with dates in the store")
struct MeterExchangeTests {
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
