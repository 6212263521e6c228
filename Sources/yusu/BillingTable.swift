// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// A CSV of months (`month` and `ratio_percent`, or `billed` and `supply`), or of reading periods of routes (`start`, `end`, `volume`).
struct BillingTable {
    /// Months of a zone, following each other; those that the file leaves out are empty.
    struct Record {
        /// "" for a file without zones.
        var zone: String
        var months: [BillingMonth]
    }

    struct Reads {
        var zone: String
        var periods: [BillingProration.Period]
        var routes: Int
    }

    enum Contents {
        case months([Record])
        case reads([Reads])
    }

    let contents: Contents
    private static let monthColumns = ["month", "zone", "ratio_percent", "billed", "supply", "told"]
    private static let readColumns = ["start", "end", "volume", "zone", "route"]

    /// - Throws: `TextFileError` with all that is wrong at once.
    init(path: String) throws(TextFileError) {
        let table = try DelimitedText(path: path)
        var reader = Reader(table: table)
        let isOfReads = table.header.contains("start") || table.header.contains("end")
        reader.check(known: isOfReads ? Self.readColumns : Self.monthColumns, needed: isOfReads ? ["start", "end", "volume"] : ["month"])
        if !isOfReads, !table.header.contains("ratio_percent"), !(table.header.contains("billed") && table.header.contains("supply")) {
            reader.add(1, "neither 'ratio_percent', nor 'billed' and 'supply'", "give the ratio of each month, or both volumes")
        }
        if table.rows.isEmpty { reader.add(1, "there are no rows", "give a row a month, or a row a reading period") }
        guard reader.problems.isEmpty else { throw .invalid(reader.problems) }
        contents = isOfReads ? .reads(reader.reads()) : .months(reader.months())
        guard reader.problems.isEmpty else { throw .invalid(reader.problems) }
    }

    /// `2026-03` as months since the year 0.
    static func monthIndex(_ text: String) -> Int? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, parts[1].count == 2, let year = Int(parts[0]), let month = Int(parts[1]),
            (1800...2200).contains(year), (1...12).contains(month)
        else { return nil }
        return year * 12 + month - 1
    }

    private struct Reader {
        let table: DelimitedText
        var problems: [InputProblem] = []

        init(table: DelimitedText) { self.table = table }

        mutating func add(_ line: Int?, _ what: String, _ remedy: String) {
            problems.append(InputProblem(file: table.file, line: line, what: what, remedy: remedy))
        }

        mutating func check(known: [String], needed: [String]) {
            for name in needed where !table.header.contains(name) { add(1, "no column '\(name)'", "add it, or correct its name") }
            for name in table.header where !known.contains(name) {
                add(1, "unknown column '\(name)'", "the columns are: \(known.joined(separator: ", "))")
            }
            for name in Set(table.header) where table.header.count(where: { $0 == name }) > 1 {
                add(1, "column '\(name)' stands twice", "take one out")
            }
        }

        func text(_ column: String, _ row: DelimitedText.Row) -> String? {
            guard let index = table.header.firstIndex(of: column), !row.fields[index].isEmpty else { return nil }
            return row.fields[index]
        }

        mutating func number(_ column: String, _ row: DelimitedText.Row, least: Double) -> Double? {
            guard let text = text(column, row) else { return nil }
            if let value = NumberText.number(text), value >= least { return value }
            add(row.line, "\(column) is '\(text)'", "give a number of \(NumberText.exact(least)) or more, or leave it empty")
            return nil
        }

        /// A month that stands again is a later telling of it.
        mutating func months() -> [Record] {
            var found: [String: [Int: BillingMonth]] = [:]
            for row in table.rows {
                guard let text = text("month", row), let index = BillingTable.monthIndex(text) else {
                    add(row.line, "month is '\(self.text("month", row) ?? "")'", "write it as 2026-03")
                    continue
                }
                let billed = number("billed", row, least: 0), supply = number("supply", row, least: 1e-9)
                var ratio = number("ratio_percent", row, least: 0).map { $0 / 100 }
                if let billed, let supply {
                    if let given = ratio, abs(given - billed / supply) > 0.001 {
                        add(
                            row.line,
                            "ratio_percent is \(NumberText.exact(given * 100)), and billed over supply \(NumberText.fixed(billed / supply * 100, 2)) %",
                            "mend one of the three")
                    }
                    ratio = billed / supply
                }
                let zone = self.text("zone", row) ?? ""
                let told = self.text("told", row) ?? ""
                var month =
                    found[zone]?[index] ?? BillingMonth(year: index / 12, month: index % 12 + 1, ratio: nil, supply: supply, told: told)
                if let ratio { month.revise(ratio: ratio, told: told) }
                month.supply = supply ?? month.supply
                found[zone, default: [:]][index] = month
            }
            return found.sorted { $0.key < $1.key }.compactMap { zone, months in
                guard let first = months.keys.min(), let last = months.keys.max() else { return nil }
                guard last - first < 12 * 200 else { return nil }
                return Record(
                    zone: zone,
                    months: (first...last).map { months[$0] ?? BillingMonth(year: $0 / 12, month: $0 % 12 + 1, ratio: nil) })
            }
        }

        mutating func reads() -> [Reads] {
            var found: [String: [String: [BillingProration.Period]]] = [:]
            for row in table.rows {
                let days = ["start", "end"].map { column -> Instant? in
                    let text = text(column, row) ?? ""
                    if let day = Self.day(text) { return day }
                    add(row.line, "\(column) is '\(text)'", "write the day as 2026-03-01")
                    return nil
                }
                let volume = number("volume", row, least: -1e15)
                if text("volume", row) == nil { add(row.line, "volume is empty", "give what was read in the period, or leave the row out") }
                guard let start = days[0], let end = days[1], let volume else { continue }
                guard start < end else {
                    add(row.line, "the period ends on the day it starts, or before", "give the days of two readings")
                    continue
                }
                let zone = text("zone", row) ?? "", route = text("route", row) ?? ""
                let period = BillingProration.Period(start: start, end: end, volume: volume)
                if found[zone]?[route]?.contains(where: { $0.start < period.end && period.start < $0.end }) == true {
                    add(row.line, "the period overlaps another of the same route", "name the route in the column 'route', or mend the days")
                }
                found[zone, default: [:]][route, default: []].append(period)
            }
            return found.sorted { $0.key < $1.key }.map { zone, routes in
                Reads(
                    zone: zone, periods: routes.sorted { $0.key < $1.key }.flatMap(\.value), routes: max(1, routes.count))
            }
        }

        private static func day(_ text: String) -> Instant? {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2, let year = Int(parts[0]),
                let month = Int(parts[1]), let day = Int(parts[2]), (1800...2200).contains(year), (1...12).contains(month), day >= 1,
                day <= BillingMonth(year: year, month: month, ratio: nil).days
            else { return nil }
            return Instant(year: year, month: month, day: day)
        }
    }
}
