// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A register of meters: `meter,zone,class,diameter_mm,installed,dials,factor,parent`, of which `meter` must be there.
/// `factor` is the volume of one step of the register [m³]; `parent` the bulk meter of a sub-meter, which is then left out of its zone's sums.
public enum MeterRegisterFile {
    static let columns = ["meter", "zone", "class", "diameter_mm", "installed", "dials", "factor", "parent"]

    /// Row by row: a register of half a million meters is held as meters alone.
    /// - Throws: `TextFileError`, with everything that is wrong at once.
    public static func read(_ path: String) throws(TextFileError) -> [Meter] {
        var table = try RowStream(path: path)
        guard let meterAt = table.header.firstIndex(of: "meter") else {
            let remedy = "the header has: \(table.header.joined(separator: ", "))"
            throw .invalid([InputProblem(file: path, line: 1, what: "no column 'meter'", remedy: remedy)])
        }
        var problems: [InputProblem] = []
        func problem(_ line: Int, _ what: String, _ remedy: String) {
            problems.append(InputProblem(file: path, line: line, what: what, remedy: remedy))
        }
        for name in table.header where !columns.contains(name) {
            if let near = NearestName.of(name, among: columns), !table.header.contains(near) {
                problem(1, "column '\(name)'", "did you mean '\(near)'?")
            }
        }
        let places = Dictionary(columns.compactMap { name in table.header.firstIndex(of: name).map { (name, $0) } }) { first, _ in first }
        var seen: [String: Int] = [:]
        var meters: [Meter] = []
        while let row = try table.next() {
            guard row.fields.count == table.header.count else {
                problem(
                    row.line, "\(row.fields.count) fields where the header has \(table.header.count)",
                    "complete the row; was the file cut off?")
                continue
            }
            func field(_ name: String) -> String? {
                guard let at = places[name], !row.fields[at].isEmpty else { return nil }
                return row.fields[at]
            }
            func number(_ name: String) -> Double? {
                guard let text = field(name) else { return nil }
                guard let value = NumberText.number(text), value > 0 else {
                    problem(row.line, "meter '\(row.fields[meterAt])': \(name) is '\(text)'", "give a number above 0, or leave it empty")
                    return nil
                }
                return value
            }
            let name = row.fields[meterAt]
            guard !name.isEmpty else { problem(row.line, "no meter", "give its identifier"); continue }
            if let line = seen[name] { problem(row.line, "meter '\(name)' stands in line \(line) already", "keep one of them") }
            seen[name] = row.line
            var meter = Meter(id: .init(name), zone: field("zone").map { Zone.ID($0) })
            if let word = field("class") {
                if let known = Meter.CustomerClass(rawValue: word) {
                    meter.customerClass = known
                } else {
                    problem(
                        row.line, "meter '\(name)': class is '\(word)'",
                        "write one of: \(Meter.CustomerClass.allCases.map(\.rawValue).joined(separator: ", "))")
                }
            }
            meter.diameter = number("diameter_mm").map { $0 / 1000 }
            meter.installed = field("installed")
            meter.resolution = number("factor")
            meter.parent = field("parent").map { Meter.ID($0) }
            if let text = field("dials") {
                if let dials = Int(text), (1...12).contains(dials) {
                    meter.dials = dials
                } else {
                    problem(row.line, "meter '\(name)': dials is '\(text)'", "give the number of digits, 1 to 12, or leave it empty")
                }
            }
            meters.append(meter)
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return meters
    }
}
