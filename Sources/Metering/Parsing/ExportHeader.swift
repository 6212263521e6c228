// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// What stands in which column of an export.
struct ExportHeader: Sendable {
    enum Role: Int, Sendable { case none = 0, meter, time, date, value, unit, quality }
    /// A column of a wide table that holds a meter's values.
    struct MeterColumn: Sendable {
        var column: Int
        var meter: String
        var unit: ReadingUnit
        /// Column of its quality.
        var quality: Int?
    }

    var names: [String]
    /// Role of each column up to the last that is needed.
    var roles: [Role]
    var meterColumns: [MeterColumn] = []
    /// First byte after the header line.
    var bodyStart: Int
    /// Line of that byte, counted from 1.
    var bodyLine: Int

    /// True where the bytes hold the header to its end.
    static func isWhole(_ bytes: Span<UInt8>, profile: Profile) -> Bool {
        var lines = 0, quoted = false
        for at in 0..<bytes.count {
            if lines >= profile.skipLines, bytes[at] == 34 { quoted.toggle() }
            guard bytes[at] == 10, !quoted else { continue }
            if lines == profile.skipLines { return true }
            lines += 1
        }
        return false
    }

    /// - Throws: `TextFileError.invalid`: every column that is missing or cannot be understood.
    init(_ bytes: Span<UInt8>, profile: Profile, file: String) throws(TextFileError) {
        var at = bytes.count >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf ? 3 : 0
        var line = 1
        for _ in 0..<profile.skipLines {
            while at < bytes.count, bytes[at] != 10 { at += 1 }
            at = min(at + 1, bytes.count)
            line += 1
        }
        let headerLine = line
        var fields: [[UInt8]] = []
        var field: [UInt8] = []
        var quoted = false
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == 34 {
                if quoted, at < bytes.count, bytes[at] == 34 { field.append(34); at += 1 } else { quoted.toggle() }
            } else if byte == profile.delimiter, !quoted {
                fields.append(field)
                field = []
            } else if byte == 10 {
                line += 1
                if !quoted { break }
            } else {
                field.append(byte)
            }
        }
        fields.append(field)
        func problem(_ what: String, _ remedy: String) -> InputProblem {
            InputProblem(file: file, line: headerLine, what: what, remedy: remedy)
        }
        guard bytes.count > 0, fields != [[]] else {
            throw .invalid([InputProblem(file: file, what: "the file is empty", remedy: "a header line and rows were expected")])
        }
        names = []
        for field in fields {
            guard let name = Self.text(field, profile.encoding) else {
                throw .invalid([problem("the header is not UTF-8", "write 'encoding: latin-1' in the profile")])
            }
            names.append(Self.trimmed(name))
        }
        roles = []
        bodyStart = at
        bodyLine = line

        var problems: [InputProblem] = []
        var found = [Role](repeating: .none, count: names.count)
        func place(_ name: String?, _ role: Role) {
            guard let name else { return }
            let matches = names.indices.filter { names[$0] == name }
            let loose = matches.isEmpty ? names.indices.filter { names[$0].lowercased() == name.lowercased() } : matches
            guard let index = loose.first else {
                let near = NearestName.of(name, among: names).map { "; '\($0)' is near" } ?? ""
                problems.append(
                    problem(
                        "no column '\(name)'",
                        "the header has: \(names.joined(separator: ", "))\(near); mend the file or the profile's 'columns'"))
                return
            }
            if loose.count > 1 { problems.append(problem("column '\(name)' stands \(loose.count) times", "rename one of them")) }
            found[index] = role
        }
        place(profile.columns.time, .time)
        place(profile.columns.date, .date)
        switch profile.shape {
        case .long:
            place(profile.columns.meter, .meter)
            place(profile.columns.value, .value)
            place(profile.columns.unit, .unit)
            place(profile.columns.quality, .quality)
        case .wide:
            Self.placeMeters(profile, names, found, problem, &meterColumns, &problems)
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        var last = found.lastIndex { $0 != .none } ?? 0
        for column in meterColumns { last = max(last, column.column, column.quality ?? 0) }
        roles = Array(found[0...last])
    }

    private static func placeMeters(
        _ profile: Profile, _ names: [String], _ found: [Role], _ problem: (String, String) -> InputProblem, _ columns: inout [MeterColumn],
        _ problems: inout [InputProblem]
    ) {
        let qualityNames = profile.qualitySuffix.map { suffix in Set(names.filter { $0.hasSuffix(suffix) }) } ?? []
        for (index, name) in names.enumerated() where found[index] == .none && !name.isEmpty && !qualityNames.contains(name) {
            if profile.ignoredColumns.contains(name) { continue }
            var meter = name
            var unit = profile.units[name]
            if case .fixed(let fixed) = profile.unit { unit = unit ?? fixed }
            if case .header = profile.unit, name.hasSuffix(")"), let open = name.lastIndex(of: "(") {
                meter = trimmed(String(name[..<open]))
                let word = String(name[name.index(after: open)...].dropLast())
                unit = unit ?? ReadingUnit(spelling: word)
            }
            guard let unit, unit.isRate == (profile.kind == .rate) else {
                problems.append(
                    problem(
                        "column '\(name)': its unit is not known or does not fit 'kind: \(profile.kind.rawValue)'",
                        "give it under 'units', or name the column under 'ignore_columns'"))
                continue
            }
            if columns.contains(where: { $0.meter == meter }) {
                problems.append(problem("meter '\(meter)' stands twice", "rename one of the columns"))
                continue
            }
            let quality = profile.qualitySuffix.flatMap { suffix in
                names.firstIndex(of: name + suffix) ?? names.firstIndex(of: meter + suffix)
            }
            columns.append(MeterColumn(column: index, meter: meter, unit: unit, quality: quality))
        }
        if columns.isEmpty, problems.isEmpty {
            problems.append(problem("no column of a meter", "a wide table has the time and a column a meter"))
        }
    }

    static func text(_ bytes: [UInt8], _ encoding: Profile.Encoding) -> String? {
        switch encoding {
        case .latin1: String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        // Other encodings were turned into UTF-8 before (`DecodedExport`).
        default: String(validating: bytes, as: UTF8.self)
        }
    }

    static func trimmed(_ text: String) -> String {
        var view = text[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}
