// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing
import WaterModel

@testable import Metering

/// What a report holds does not grow with its meters, and it says the same as one that holds all.
@Suite("reports of many meters")
struct StreamedReportTests {
    @Test("a log gives back what was put, from its file and from memory, in pieces that join", arguments: [0, 100, 1 << 20])
    func byteLog(_ limit: Int) throws {
        let log = ByteLog(limit: limit)
        var put: [UInt8] = []
        var random = Seeded(state: 11)
        for k in 0..<3000 {
            let part = (0..<Int.random(in: 1...300, using: &random)).map { UInt8(truncatingIfNeeded: $0 &* k) }
            put += part
            log.append { $0 += part }
        }
        // Twice, and so that a part of each piece is left for the next one.
        for _ in 0..<2 {
            var got: [UInt8] = []
            try unsafe log.read { piece in
                let done = piece.count > 1000 ? piece.count - 77 : piece.count
                unsafe got += piece[..<done]
                return done
            }
            // What is left of the last piece comes no more.
            let rest = put.count - got.count
            #expect((rest == 0 || rest == 77) && got == Array(put.dropLast(rest)))
        }
        #expect(log.count == put.count)
    }

    @Test("evidence comes back as it was, from a file as from memory")
    func evidence() throws {
        var street = SyntheticStreet(seed: 5, days: 35)
        let logs = [EvidenceLog(.residential, limit: 0), EvidenceLog(.residential)]
        var meters: [MeterEvidence] = []
        for k in 0..<24 {
            var use = street.dwelling()
            if k % 3 == 0 { for hour in use.indices.dropFirst(300) { use[hour] += 7 } }
            if k % 5 == 0 { for hour in 200..<400 { use[hour] = 0 } }
            var meter = street.evidence("a meter of the name \(k)", street.chain(use))
            if k % 2 == 0 { meter.meter.zone = "Z" }
            meter.meter.installed = k % 4 == 0 ? "2019" : nil
            if k == 7 { meter.unitSteps = [ChainEdit(rule: .unitStep, from: 1, to: 2, old: 3, new: nil)] }
            meters.append(meter)
            for log in logs { log.append(meter) }
        }
        for log in logs {
            var read: [MeterEvidence] = []
            try log.forEach { read.append($0) }
            #expect(read.map(Self.text) == meters.map(Self.text))
            var some: [String] = []
            try log.forEach(stride: 7) { some.append($0.meter.id.name) }
            #expect(some == stride(from: 0, to: 24, by: 7).map { meters[$0].meter.id.name })
        }
    }

    private static func text(_ meter: MeterEvidence) -> String { "\(meter)" }

    @Test("of meters that stand still the table has one row each: stuck, or at rest where the report says so")
    func table() {
        let table = MeterTable()
        let window = ReportWindow(start: 0, end: 86_400, offset: 0)
        var report = MeterReport(
            start: Instant(seconds: 0), end: Instant(seconds: 86_400), standardOffset: 0, sums: BalanceSums(window: window), zones: [])
        var expected: [String] = []
        for k in 0..<2000 {
            var record = MeterReport.Record(summary: MeterSummary(meter: .init("M\(k)"), isStuck: k % 3 == 0))
            record.flags = k % 3 == 0 ? ["gap", "stuck"] : []
            table.add(record)
            if k % 6 == 0 { report.atRest.insert(record.summary.meter) }
            expected.append("M\(k),\(k % 3 == 0 && k % 6 != 0),\(k % 6 == 0 ? "at_rest gap" : k % 3 == 0 ? "gap stuck" : "")")
        }
        var bytes: [UInt8] = []
        #expect(throws: Never.self) { try table.write(report) { bytes += $0 } }
        let rows = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return "\(fields[0]),\(fields[10]),\(fields[17])"
        }
        #expect(rows == expected)
    }

    @Test("a high quantile of a few is that of all")
    func quantile() {
        var random = Seeded(state: 3)
        for count in [1, 2, 3, 49, 51, 60, 365] {
            let values = (0..<count).map { _ in Float.random(in: 0...9, using: &random).rounded() }
            #expect(MeterEvidence.highQuantile(values, 0.98) == OrderStatistics.quantile(values.map(Double.init), 0.98).map { Float($0) })
        }
        #expect(MeterEvidence.highQuantile([], 0.98) == nil)
    }
}
