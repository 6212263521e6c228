// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// `leaks.csv`: the log of repairs, as much of it as the utility keeps.
extension CityTables {
    private enum Telling: String, CaseIterable { case reported, unreported }

    static func repairs(_ table: DelimitedText, problems: inout ProblemList) -> [(LeakRepair, line: Int)] {
        let others = ["zone", "pipe", "flow_l_per_s", "flow_margin_percent", "element", "kind", "began", "aware", "located"]
        guard let columns = CityTable(table, needed: ["date"], others: others, problems: &problems) else { return [] }
        return table.rows.map { row in
            let date = columns.text("date", row) ?? ""
            let label = date.isEmpty ? "leak in line \(row.line)" : "repair of \(date)"
            func number(_ column: String) -> Double? { columns.number(column, row, label, above: 0, problems: &problems) }
            var repair = LeakRepair(
                date: date, zone: columns.text("zone", row).map { .init($0) }, pipe: columns.text("pipe", row).map { .init($0) },
                flow: number("flow_l_per_s").map { $0 / 1000 })
            repair.flowMargin95 = number("flow_margin_percent").map { $0 / 100 }
            repair.kind = word("element", columns, row, label, &problems)
            repair.isReported = (word("kind", columns, row, label, &problems) as Telling?).map { $0 == .reported }
            let names = ["began", "aware", "located", "date"]
            let dates = names.map { day($0, columns, row, label, &problems) }
            (repair.began, repair.aware, repair.located, repair.repaired) = (dates[0], dates[1], dates[2], dates[3])
            // One problem a row: an absent date says that the leak runs, of which someone must know.
            if date.isEmpty, dates.allSatisfy({ $0 == nil }) {
                problems.add(
                    table.file, row.line, "the date of a repair is ''",
                    "write it as 2026-03-01; where the leak runs still, give 'aware' or 'located'")
            }
            let given = zip(names, dates).compactMap { name, date in date.map { (name, $0) } }
            for (before, after) in zip(given, given.dropFirst()) where before.1 > after.1 {
                problems.add(
                    table.file, row.line, "\(label): '\(before.0)' lies after '\(after.0)'",
                    "the order is: began, aware, located, date of the repair")
            }
            return (repair, row.line)
        }
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ column: String, _ columns: CityTable, _ row: DelimitedText.Row, _ label: String, _ problems: inout ProblemList
    ) -> Word? where Word.RawValue == String {
        guard let text = columns.text(column, row) else { return nil }
        if let known = Word(rawValue: text) { return known }
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        problems.add(columns.file, row.line, "\(label): \(column) is '\(text)'", "give one of: \(words), or leave it empty")
        return nil
    }

    private static func day(
        _ column: String, _ columns: CityTable, _ row: DelimitedText.Row, _ label: String, _ problems: inout ProblemList
    ) -> Instant? {
        guard let text = columns.text(column, row) else { return nil }
        if let day = BalanceFile.day(text) { return day }
        let what = column == "date" ? "the date of a repair is '\(text)'" : "\(label): \(column) is '\(text)'"
        problems.add(columns.file, row.line, what, "write it as 2026-03-01")
        return nil
    }
}

/// `components.yaml`: what the component analysis needs beside the log.
enum ComponentsFile {
    static let keys = ["log_from", "log_to", "survey_interval", "survey_cost", "rise_of_leakage", "condition_factor"]

    static func read(_ node: YAMLNode, file: String, currency: String, problems: inout ProblemList) -> ComponentSettings {
        var settings = ComponentSettings()
        guard let top = YAMLMapping(node, file: file, known: keys, problems: &problems) else { return settings }
        settings.surveyInterval = top.figure("survey_interval", .days, problems: &problems)
        settings.surveyCost = top.figure("survey_cost", .money(currency), problems: &problems)
        settings.riseOfLeakage = top.figure("rise_of_leakage", .flowPerYear, problems: &problems)
        settings.conditionFactor = top.figure("condition_factor", .number, problems: &problems)
        let days = ["log_from", "log_to"].map { key -> Instant? in
            guard let text = top.text(key, problems: &problems) else { return nil }
            if let day = BalanceFile.day(text) { return day }
            problems.add(file, top.line(of: key), "'\(key)' is '\(text)'", "write the day as 2026-03-01")
            return nil
        }
        if (top.node("log_from") == nil) != (top.node("log_to") == nil) {
            problems.add(file, top.line, "only one end of the log's period is given", "give both 'log_from' and 'log_to', the last day")
        }
        if let from = days[0], let to = days[1] {
            if from <= to {
                settings.logPeriod = from..<(to + 86_400)
            } else {
                problems.add(file, top.line(of: "log_to"), "'log_to' lies before 'log_from'", "mend one of the two")
            }
        }
        return settings
    }
}
