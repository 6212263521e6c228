// SPDX-License-Identifier: GPL-3.0-or-later

import Metering
import TextFiles

/// The files of a report on meters, written together or not at all. Edits and meters are many: they are written as they come.
final class ReportFiles {
    static let names = [
        "meters.csv", "zones_hourly.csv", "zones_quality.csv", "zones.csv", "findings.csv", "findings.json", "edits.csv", "counts.json",
    ]

    private let output: String
    private let edits: GrowingFile
    private var table = TableText(header: ReportTables.editsHeader)
    private var editsByRule: [EditRule: Int] = [:]
    /// All edits, where they are kept.
    private(set) var kept: [MeterReport.Edit] = []

    init(_ output: String) throws(TextFileError) {
        self.output = output
        edits = try GrowingFile("edits.csv", in: output)
    }

    /// - make: the report, which gives its edits and records away as they come.
    func write(
        inflow: ZoneInflow?, price: Double?, keepsEdits: Bool = false,
        _ make: (_ edit: @escaping (MeterReport.Edit) -> Void, _ record: @escaping (MeterReport.Record) -> Void) throws -> (
            MeterReport, ReadingCounts
        )
    ) throws -> MeterReport {
        let rows = MeterTable()
        var meters = 0
        let (report, counts) = try make(
            { [self] in
                if keepsEdits { kept.append($0) }
                add($0)
            },
            {
                rows.add($0)
                meters += 1
            })
        edits.append(table.bytes)
        var files = OutputFiles()
        let list = try GrowingFile("meters.csv", in: output, beside: edits)
        try MetersCommand.withStoreErrors { try rows.write(report, list.append) }
        files.add("zones_hourly.csv", ReportTables.hours(report, inflow: inflow))
        files.add("zones_quality.csv", ReportTables.quality(report))
        files.add("zones.csv", ReportTables.balances(report.balances(inflow: inflow)))
        files.add("counts.json", ReportTables.counts(report, counts, meters: meters, edits: editsByRule))
        let found = try GrowingFile("findings.csv", in: output, beside: edits)
        ReportTables.findings(report, price: price, found.append)
        let numbers = try GrowingFile("findings.json", in: output, beside: edits)
        ReportTables.findingsJSON(report, price: price, numbers.append)
        try files.write(to: output, with: [list, found, numbers, edits])
        return report
    }

    private func add(_ edit: MeterReport.Edit) {
        editsByRule[edit.rule, default: 0] += 1
        ReportTables.add(edit, to: &table)
        guard table.bytes.count > 1 << 18 else { return }
        edits.append(table.bytes)
        table.removeAll()
    }
}
