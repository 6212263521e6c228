// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A register of meters: `meter,zone,class,diameter_mm,installed,dials,factor,parent,from`, of which `meter` must be there.
/// `factor` is the volume of one step of the register [m³]; `parent` the bulk meter of a sub-meter, which is then left out of its zone's sums.
/// A meter may have several rows, each with the date `from` on which it began to hold: it then counts to the zone of the time, and where
/// installation, diameter, dials or factor differ another device took its place on that date.
public enum MeterRegisterFile {
    static let columns = ["meter", "zone", "class", "diameter_mm", "installed", "dials", "factor", "parent", "from"]

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
        func place(_ name: String) -> Int? { table.header.firstIndex(of: name) }
        let zoneAt = place("zone"), classAt = place("class"), diameterAt = place("diameter_mm"), installedAt = place("installed")
        let dialsAt = place("dials"), factorAt = place("factor"), parentAt = place("parent"), fromAt = place("from")
        var seen: [String: Int] = [:]
        var meters: [Meter] = [], lines: [Int] = []
        // Of meters with several rows: place in `meters`, and the rows.
        var dated: [Int: [(from: Instant, line: Int, meter: Meter)]] = [:]
        var begins: [Int: (from: Instant, line: Int)] = [:]
        while let row = try table.next() {
            guard row.fields.count == table.header.count else {
                problem(
                    row.line, "\(row.fields.count) fields where the header has \(table.header.count)",
                    "complete the row; was the file cut off?")
                continue
            }
            func field(_ at: Int?) -> String? {
                guard let at, !row.fields[at].isEmpty else { return nil }
                return row.fields[at]
            }
            func number(_ at: Int?, _ name: String) -> Double? {
                guard let text = field(at) else { return nil }
                guard let value = NumberText.number(text), value > 0 else {
                    problem(row.line, "meter '\(row.fields[meterAt])': \(name) is '\(text)'", "give a number above 0, or leave it empty")
                    return nil
                }
                return value
            }
            let name = row.fields[meterAt]
            guard !name.isEmpty else { problem(row.line, "no meter", "give its identifier"); continue }
            let from = field(fromAt).flatMap { text in
                let date = Self.date(text)
                if date == nil { problem(row.line, "meter '\(name)': from is '\(text)'", "write a date: 2026-03-01, on the place's clock") }
                return date
            }
            var meter = Meter(id: .init(name), zone: field(zoneAt).map { Zone.ID($0) })
            if let word = field(classAt) {
                if let known = Meter.CustomerClass(rawValue: word) {
                    meter.customerClass = known
                } else {
                    problem(
                        row.line, "meter '\(name)': class is '\(word)'",
                        "write one of: \(Meter.CustomerClass.allCases.map(\.rawValue).joined(separator: ", "))")
                }
            }
            meter.diameter = number(diameterAt, "diameter_mm").map { $0 / 1000 }
            meter.installed = field(installedAt)
            meter.resolution = number(factorAt, "factor")
            meter.parent = field(parentAt).map { Meter.ID($0) }
            if let text = field(dialsAt) {
                if let dials = Int(text), (1...12).contains(dials) {
                    meter.dials = dials
                } else {
                    problem(row.line, "meter '\(name)': dials is '\(text)'", "give the number of digits, 1 to 12, or leave it empty")
                }
            }
            guard let place = seen[name] else {
                seen[name] = meters.count
                lines.append(row.line)
                if let from { begins[meters.count] = (from, row.line) }
                meters.append(meter)
                continue
            }
            guard let from, let first = begins[place] else {
                problem(
                    row.line, "meter '\(name)' stands in line \(lines[place]) already",
                    "keep one of them, or say in both from when they hold (from)")
                continue
            }
            dated[place, default: [(first.from, first.line, meters[place])]].append((from, row.line, meter))
        }
        for (place, rows) in dated.sorted(by: { $0.key < $1.key }) {
            let rows = rows.sorted { ($0.from, $0.line) < ($1.from, $1.line) }
            for (one, next) in zip(rows, rows.dropFirst()) where one.from == next.from {
                problem(
                    next.line, "meter '\(next.meter.id.name)' has two rows from \(next.from)", "line \(one.line) is the other; keep one")
            }
            guard var last = rows.last?.meter else { continue }
            last.earlier = zip(rows, rows.dropFirst()).map { one, next in Meter.Earlier(one.meter, until: next.from) }
            meters[place] = last
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return meters
    }

    /// `2026-03-01`, or with a time of day; nil for anything else.
    private static func date(_ text: String) -> Instant? {
        for text in [text, text + "T00:00"] {
            let bytes = Array(text.utf8)
            if let stamp = TimeFormat.iso8601.read(bytes.span, 0, bytes.count), stamp.offset == nil { return Instant(seconds: stamp.local) }
        }
        return nil
    }
}
