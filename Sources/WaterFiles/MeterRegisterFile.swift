// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A register of meters, `meters.csv` of a city folder: `meter,zone,class,diameter_mm,installed,dials,factor,parent,from`, of which `meter`
/// must be there.
///
/// `factor` is the volume of one step of the register [m³]; `parent` the bulk meter of a sub-meter, which is then left out of its zone's sums.
/// A meter may have several rows, each with the date `from` on which it began to hold: it then counts to the zone of the time, and where
/// installation, diameter, dials or factor differ another device took its place on that date.
public enum MeterRegisterFile {
    static let columns = ["meter", "zone", "class", "diameter_mm", "installed", "dials", "factor", "parent", "from"]

    /// - Throws: `TextFileError`, with everything that is wrong at once.
    public static func read(_ path: String) throws(TextFileError) -> [Meter] {
        var problems = ProblemList()
        let meters = try read(path, problems: &problems)
        try problems.throwIfAny()
        return meters.map(\.0)
    }

    /// The meters in order of their first rows, each with the line of that. Row by row: a register of half a million is held as meters alone.
    /// - Throws: `TextFileError` where the file cannot be read on.
    static func read(_ path: String, problems: inout ProblemList) throws(TextFileError) -> [(Meter, line: Int)] {
        var table = try RowStream(path: path)
        guard
            let columns = CityTable(
                table.file, table.header, needed: ["meter"], others: Array(Self.columns.dropFirst()), problems: &problems)
        else { return [] }
        var seen: [String: Int] = [:]
        var meters: [(Meter, line: Int)] = []
        // Of meters with several rows: place in `meters`, and the rows.
        var dated: [Int: [(from: Instant, line: Int, meter: Meter)]] = [:]
        var begins: [Int: Instant] = [:]
        while let row = try table.next() {
            guard row.fields.count == table.header.count else {
                problems.add(
                    path, row.line, "\(row.fields.count) fields where the header has \(table.header.count)",
                    "complete the row; was the file cut off?")
                continue
            }
            guard let name = columns.text("meter", row) else {
                problems.add(path, row.line, "a meter without a name", "fill in the column 'meter'")
                continue
            }
            let meter = meter(name, row, columns, &problems)
            let from = from(name, row, columns, &problems)
            guard let place = seen[name] else {
                seen[name] = meters.count
                begins[meters.count] = from
                meters.append((meter, row.line))
                continue
            }
            guard let from, let first = begins[place] else {
                problems.add(
                    path, row.line, "meter '\(name)' stands already in line \(meters[place].line)",
                    "keep one of the two rows, or say in both from when they hold (from)")
                continue
            }
            dated[place, default: [(first, meters[place].line, meters[place].0)]].append((from, row.line, meter))
        }
        for (place, rows) in dated.sorted(by: { $0.key < $1.key }) {
            let rows = rows.sorted { ($0.from, $0.line) < ($1.from, $1.line) }
            for (one, next) in zip(rows, rows.dropFirst()) where one.from == next.from {
                problems.add(
                    path, next.line, "meter '\(next.meter.id.name)' has two rows from \(next.from)",
                    "line \(one.line) is the other; keep one")
            }
            guard var last = rows.last?.meter else { continue }
            last.earlier = zip(rows, rows.dropFirst()).map { one, next in Meter.Earlier(one.meter, until: next.from) }
            meters[place].0 = last
        }
        return meters
    }

    /// nil where none is given, or none that is known, which is then told.
    static func customerClass(
        _ columns: CityTable, _ row: DelimitedText.Row, _ label: String, _ problems: inout ProblemList
    ) -> Meter.CustomerClass? {
        guard let word = columns.text("class", row) else { return nil }
        if let known = Meter.CustomerClass(rawValue: word) { return known }
        let words = Meter.CustomerClass.allCases.map(\.rawValue).joined(separator: ", ")
        problems.add(columns.file, row.line, "\(label): class is '\(word)'", "give one of: \(words)")
        return nil
    }

    private static func meter(_ name: String, _ row: DelimitedText.Row, _ columns: CityTable, _ problems: inout ProblemList) -> Meter {
        let label = "meter '\(name)'"
        var meter = Meter(id: .init(name), zone: columns.text("zone", row).map { Zone.ID($0) })
        if let known = customerClass(columns, row, label, &problems) { meter.customerClass = known }
        meter.diameter = columns.number("diameter_mm", row, label, above: 0, problems: &problems).map { $0 / 1000 }
        meter.installed = columns.text("installed", row)
        meter.dials = columns.integer("dials", row, label, 1...12, problems: &problems)
        meter.resolution = columns.number("factor", row, label, above: 0, problems: &problems)
        for (column, value) in [("diameter_mm", meter.diameter), ("factor", meter.resolution)] where value == 0 {
            problems.add(columns.file, row.line, "\(label): \(column) is 0", "give a number above 0, or leave it empty")
        }
        meter.parent = columns.text("parent", row).map { Meter.ID($0) }
        return meter
    }

    private static func from(_ name: String, _ row: DelimitedText.Row, _ columns: CityTable, _ problems: inout ProblemList) -> Instant? {
        guard let text = columns.text("from", row) else { return nil }
        if text.prefix(5).last == "-", let stamp = DateText.parse(text, order: .ymd), stamp.offset == nil {
            return Instant(seconds: stamp.seconds)
        }
        problems.add(columns.file, row.line, "meter '\(name)': from is '\(text)'", "write a date: 2026-03-01, on the place's clock")
        return nil
    }
}
