// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A register of pipes, `pipes.csv`: `pipe` and perhaps `material`, `installed` (year), `renewed` (year) and `breaks_per_km_year`.
/// Empty: not known.
public enum PipeRegisterFile {
    /// - Throws: `TextFileError` with every problem of the list.
    public static func read(_ path: String, for network: Network) throws(TextFileError) -> [PipeRecord] {
        var problems = ProblemList()
        let table = try DelimitedText(path: path)
        let others = ["material", "installed", "renewed", "breaks_per_km_year"]
        guard let columns = CityTable(table, needed: ["pipe"], others: others, problems: &problems) else { throw .invalid(problems.all) }
        let links = network.linkIndex()
        var lines: [String: Int] = [:]
        var records: [PipeRecord] = []
        for row in table.rows {
            let name = columns.text("pipe", row) ?? ""
            if let first = lines.updateValue(row.line, forKey: name) {
                problems.add(path, row.line, "pipe '\(name)' is listed already in line \(first)", "keep one of the two")
            }
            guard let link = links[Link.ID(name)], network.links[link].pipe != nil else {
                problems.add(path, row.line, "'\(name)' is not a pipe of the network", "correct the name")
                continue
            }
            var record = PipeRecord(pipe: Link.ID(name), material: columns.text("material", row))
            record.installed = columns.integer("installed", row, "pipe '\(name)'", 1800...2200, problems: &problems)
            record.renewed = columns.integer("renewed", row, "pipe '\(name)'", 1800...2200, problems: &problems)
            record.breaksPerMetreYear = columns.number("breaks_per_km_year", row, "pipe '\(name)'", above: 0, problems: &problems)
                .map { $0 / 1000 }
            records.append(record)
        }
        try problems.throwIfAny()
        return records
    }

    /// A log of repairs by itself, as `leaks.csv` of a city folder.
    /// - Throws: `TextFileError` with every problem of the list.
    public static func repairs(_ path: String) throws(TextFileError) -> [LeakRepair] {
        var problems = ProblemList()
        let repairs = CityTables.repairs(try DelimitedText(path: path), problems: &problems)
        try problems.throwIfAny()
        return repairs.map(\.0)
    }
}
