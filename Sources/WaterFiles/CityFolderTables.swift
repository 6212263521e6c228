// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A CSV table of the folder whose columns are known; rows and lines stay together.
struct CityTable {
    let file: String
    private let columns: [String: Int]

    /// A column that is needed and absent is a problem, as is one whose name is nearly a known one; other columns are ignored.
    init?(_ table: DelimitedText, needed: [String], others: [String], problems: inout ProblemList) {
        self.init(table.file, table.header, needed: needed, others: others, problems: &problems)
    }

    init?(_ file: String, _ header: [String], needed: [String], others: [String], problems: inout ProblemList) {
        self.file = file
        let known = needed + others
        var columns: [String: Int] = [:]
        for (index, name) in header.enumerated() where known.contains(name) && columns[name] == nil { columns[name] = index }
        self.columns = columns
        var isUsable = true
        for name in needed where columns[name] == nil {
            problems.add(file, 1, "no column '\(name)'", "the header has: \(header.joined(separator: ", "))")
            isUsable = false
        }
        let absent = known.filter { columns[$0] == nil }
        for name in header where !known.contains(name) {
            if let meant = Spelling.nearest(name, in: absent), Spelling.distance(name, meant) <= 2 {
                problems.add(file, 1, "unknown column '\(name)'", "did you mean '\(meant)'?")
            }
        }
        if !isUsable { return nil }
    }

    /// nil where the column is absent or the field empty.
    func text(_ column: String, _ row: DelimitedText.Row) -> String? {
        guard let index = columns[column], !row.fields[index].isEmpty else { return nil }
        return row.fields[index]
    }

    func number(_ column: String, _ row: DelimitedText.Row, _ name: String, above least: Double, problems: inout ProblemList) -> Double? {
        guard let text = text(column, row) else { return nil }
        guard let value = NumberText.number(text), value >= least else {
            problems.add(
                file, row.line, "\(name): \(column) is '\(text)'",
                "give a number of \(NumberText.exact(least)) or more, or leave it empty")
            return nil
        }
        return value
    }

    func integer(
        _ column: String, _ row: DelimitedText.Row, _ name: String, _ range: ClosedRange<Int>, problems: inout ProblemList
    ) -> Int? {
        guard let text = text(column, row) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            let limits = range.upperBound >= 1 << 40 ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
            problems.add(file, row.line, "\(name): \(column) is '\(text)'", "give a whole number \(limits), or leave it empty")
            return nil
        }
        return value
    }
}

/// `zones.csv`, whose list comes with the lines of its entries, and `meter_lot.csv`.
enum CityTables {
    static func zones(_ table: DelimitedText, problems: inout ProblemList) -> [(Zone, line: Int)] {
        let others = ["name", "connections", "mains_length_km", "average_pressure_m", "inflow_sensors"]
        guard let columns = CityTable(table, needed: ["zone"], others: others, problems: &problems) else { return [] }
        var lines: [String: Int] = [:]
        return table.rows.compactMap { row in
            guard let id = named("zone", columns, row, &lines, &problems) else { return nil }
            let label = "zone '\(id)'"
            let boundary = (columns.text("inflow_sensors", row) ?? "").split(separator: " ").map { word in
                word.hasPrefix("-")
                    ? Zone.BoundaryMeter(sensor: .init(String(word.dropFirst())), sign: -1) : .init(sensor: .init(String(word)), sign: 1)
            }
            let zone = Zone(
                id: .init(id), name: columns.text("name", row) ?? id,
                connections: columns.integer("connections", row, label, 0...1 << 40, problems: &problems),
                mainsLength: columns.number("mains_length_km", row, label, above: 0, problems: &problems).map { $0 * 1000 },
                averagePressure: columns.number("average_pressure_m", row, label, above: 0, problems: &problems), inflowMeters: boundary)
            return (zone, row.line)
        }
    }

    static func lot(_ table: DelimitedText, problems: inout ProblemList) -> [LotMeters] {
        let others = ["x_m", "y_m", "class", "diameter_mm"]
        guard let columns = CityTable(table, needed: ["count"], others: others, problems: &problems) else { return [] }
        return table.rows.compactMap { row in
            guard let count = columns.integer("count", row, "meters of the lot", 0...1 << 40, problems: &problems) else {
                if columns.text("count", row) == nil {
                    problems.add(columns.file, row.line, "no count", "give the number of meters, or 0 where only a gateway may stand")
                }
                return nil
            }
            let x = columns.number("x_m", row, "meters of the lot", above: -1e9, problems: &problems)
            let y = columns.number("y_m", row, "meters of the lot", above: -1e9, problems: &problems)
            if (x == nil) != (y == nil) {
                problems.add(columns.file, row.line, "one of x_m and y_m is missing", "give both, or leave both empty")
            }
            var meters = LotMeters(count: count)
            if let x, let y { meters.place = Point(x: x, y: y) }
            meters.customerClass = MeterRegisterFile.customerClass(columns, row, "meters of the lot", &problems) ?? .residential
            meters.diameter = columns.number("diameter_mm", row, "meters of the lot", above: 0, problems: &problems).map { $0 / 1000 }
            return meters
        }
    }

    /// The identifier of a row; nil, and a problem, where it is empty or stands twice.
    private static func named(
        _ column: String, _ columns: CityTable, _ row: DelimitedText.Row, _ lines: inout [String: Int], _ problems: inout ProblemList
    ) -> String? {
        guard let id = columns.text(column, row) else {
            problems.add(columns.file, row.line, "a \(column) without a name", "fill in the column '\(column)'")
            return nil
        }
        if let earlier = lines[id] {
            problems.add(columns.file, row.line, "\(column) '\(id)' stands already in line \(earlier)", "keep one of the two rows")
            return nil
        }
        lines[id] = row.line
        return id
    }
}
