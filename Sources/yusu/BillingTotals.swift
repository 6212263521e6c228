// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// Totals of a city's bills: a CSV with `month` (`2026-03`) and `billed`, and `supply` where it is known, in one unit of volume.
struct BillingTotals {
    /// First month, `2026-03`, and length of the months that are there. [days]
    var start: String
    var days: Int
    /// Sums over the months, in the file's unit; supply nil where a month lacks it.
    var billed: Double
    var supply: Double?
    var file: String

    /// - Throws: `TextFileError` with all that is wrong at once.
    init(path: String) throws(TextFileError) {
        let table = try DelimitedText(path: path)
        var problems: [InputProblem] = []
        func add(_ line: Int?, _ what: String, _ remedy: String) {
            problems.append(InputProblem(file: path, line: line, what: what, remedy: remedy))
        }
        for name in ["month", "billed"] where !table.header.contains(name) {
            add(
                1, "no column '\(name)'",
                "the columns are month (2026-03), billed, and supply where it is known; billed and supply in one unit")
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        func field(_ column: String, _ row: DelimitedText.Row) -> String {
            table.header.firstIndex(of: column).map { row.fields[$0] } ?? ""
        }
        var months: [Int: (billed: Double, supply: Double?)] = [:]
        for row in table.rows {
            guard let month = BillingTable.monthIndex(field("month", row)) else {
                add(row.line, "month is '\(field("month", row))'", "write it as 2026-03")
                continue
            }
            guard let billed = NumberText.number(field("billed", row)), billed >= 0 else {
                add(row.line, "billed is '\(field("billed", row))'", "give the volume of the month's bills, 0 or more")
                continue
            }
            let text = field("supply", row), supply = NumberText.number(text)
            if !text.isEmpty, (supply ?? -1) < 0 { add(row.line, "supply is '\(text)'", "give a volume of 0 or more, or leave it empty") }
            if months[month] != nil { add(row.line, "month \(field("month", row)) stands twice", "keep one row of each month") }
            months[month] = (billed, supply)
        }
        guard let first = months.keys.min(), let last = months.keys.max() else {
            add(1, "there are no months", "give a row a month")
            throw .invalid(problems)
        }
        if last - first + 1 != months.count {
            add(
                nil, "\(last - first + 1 - months.count) months are missing between the first and the last", "give every month between them"
            )
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        file = path
        start = "\(first / 12)-\(first % 12 < 9 ? "0" : "")\(first % 12 + 1)"
        days = (first...last).reduce(0) { $0 + BillingMonth(year: $1 / 12, month: $1 % 12 + 1, ratio: nil).days }
        billed = months.values.reduce(0) { $0 + $1.billed }
        supply = months.values.allSatisfy { $0.supply != nil } ? months.values.reduce(0) { $0 + ($1.supply ?? 0) } : nil
    }
}
