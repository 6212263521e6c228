// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import Yams

extension Profile {
    /// Reads a profile.
    /// - Throws: `TextFileError`, with everything that is wrong at once.
    public init(path: String) throws(TextFileError) {
        try self.init(yaml: FileBytes.text(FileBytes.read(path)), file: path)
    }

    /// - file: name for messages.
    /// - Throws: `TextFileError.invalid`, with everything that is wrong at once.
    public init(yaml: String, file: String) throws(TextFileError) {
        var reader = ProfileReader(file: file)
        let profile = reader.read(yaml)
        guard reader.problems.isEmpty, let profile else { throw .invalid(reader.problems) }
        self = profile
    }
}

/// Goes over the keys of a profile and gathers what is wrong.
struct ProfileReader {
    static let keys = [
        "format", "header", "meter", "meter_line", "read_at", "skip_rows", "factor", "thin_seconds", "apply_constant", "take", "log_clock",
        "media", "files", "shape", "delimiter", "decimal", "thousands", "encoding", "skip_lines", "columns", "kind", "unit", "units",
        "time_format",
        "time_zone", "stamp", "interval_minutes", "interval_seconds", "null_words", "register_digits", "quality_map", "quality_suffix",
        "ignore_columns",
        "newest",
    ]
    static let columnKeys = ["meter", "time", "date", "value", "unit", "quality", "register", "factor", "version", "check"]

    let file: String
    var problems: [InputProblem] = []

    init(file: String) { self.file = file }

    mutating func problem(_ node: Node?, _ what: String, _ remedy: String) {
        problems.append(InputProblem(file: file, line: node?.mark?.line, what: what, remedy: remedy))
    }

    mutating func read(_ yaml: String) -> Profile? {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            var line: Int?
            var what = "\(error)"
            if case .scanner(_, let text, let mark, _) = error { line = mark.line; what = text }
            if case .parser(_, let text, let mark, _) = error { line = mark.line; what = text }
            if case .duplicatedKeysInMapping(let keys, _) = error {
                what = "keys stand twice: \(keys.map { "\($0)" }.joined(separator: ", "))"
            }
            problems.append(
                InputProblem(
                    file: file, line: line, what: "not YAML: \(what)", remedy: "mend the line; a key and its value are written 'key: value'"
                ))
            return nil
        } catch {
            problems.append(InputProblem(file: file, what: "not YAML: \(error)", remedy: "a key and its value are written 'key: value'"))
            return nil
        }
        guard let root, let top = root.mapping else {
            problem(root, "no keys found", "write 'kind: register', 'unit: m3', 'columns:' and so on, one a line")
            return nil
        }
        var entries = table(top, known: Self.keys, of: "profile")
        let given = entries
        let format = choice(entries["format"], "format", ExportFormat.allCases) ?? .delimited
        // What the family's files have in common stands below what the profile says.
        if let defaults = (try? Yams.compose(yaml: format.defaults))??.mapping {
            for (key, value) in defaults {
                guard let name = key.string else { continue }
                entries[name] = Self.merged(entries[name], below: value, deeply: name == "columns")
            }
        }
        let shape = choice(entries["shape"], "shape", Profile.Shape.allCases) ?? .long
        let kind = choice(entries["kind"], "kind", Profile.Kind.allCases)
        if entries["kind"] == nil, !format.knowsKind { problem(root, "no key 'kind'", "write one of: register, interval, rate") }
        let columns = columns(entries["columns"], shape: shape, entries, knows: format.knowsColumns, root: root)
        let unit = unit(entries["unit"], columns: columns, shape: shape, kind: kind, knows: format.knowsUnit, root: root)
        var profile = Profile(columns: columns ?? .init(time: ""), kind: kind ?? .register, unit: unit ?? .column, source: file)
        profile.shape = shape
        profile.format = format
        readFamily(entries, into: &profile, root: root)
        readText(entries, into: &profile)
        readTimes(entries, into: &profile, root: root)
        readValues(entries, into: &profile, kind: kind)
        refuseWithoutEffect(given, profile)
        return profile
    }

    /// Keys of a table that the profile does not have are taken from the family.
    private static func merged(_ own: Node?, below family: Node, deeply: Bool) -> Node {
        guard let own else { return family }
        guard deeply, var mapping = own.mapping, let rest = family.mapping else { return own }
        for (key, value) in rest where mapping[key] == nil { mapping[key] = value }
        return .mapping(mapping)
    }

    // MARK: parts

    private mutating func readFamily(_ entries: [String: Node], into profile: inout Profile, root: Node) {
        if let node = entries["header"], let word = text(node, "header") {
            if word == "none" { profile.hasHeader = false } else { problem(node, "'header' is '\(word)'", "write 'none', or leave it out") }
        }
        if let node = entries["meter"] { profile.meterName = text(node, "meter") }
        if let node = entries["meter_line"] { profile.meterLine = text(node, "meter_line") }
        if let node = entries["read_at"] { profile.readAt = text(node, "read_at") }
        if let node = entries["skip_rows"] {
            if let mapping = node.mapping {
                for (key, value) in mapping { if let name = key.scalar?.string { profile.skippedRows[name] = texts(value, "skip_rows") } }
            } else {
                problem(node, "'skip_rows' is not a table", "write 'skip_rows: {column: [word, word]}'")
            }
        }
        if let node = entries["factor"], let word = text(node, "factor") {
            let bytes = Array(word.utf8)
            let read = DecimalText.read(bytes.span, 0, bytes.count, mark: 46, thousands: nil)
            if case .number(let number) = read, case .fixed(let unit) = profile.unit, let scaled = unit.times(number) {
                profile.unit = .fixed(scaled)
            } else {
                problem(node, "'factor' is '\(word)'", "give a number above 0, and the unit of a pulse under 'unit'")
            }
        }
        if let seconds = integer(entries["thin_seconds"], "thin_seconds", 0...86_400) { profile.thinning = seconds }
        if let node = entries["apply_constant"] { profile.appliesConstant = text(node, "apply_constant") == "true" }
        if let node = entries["take"] {
            let words = texts(node, "take")
            let kinds = words.compactMap { Profile.Kind(rawValue: $0) }
            if kinds.count == words.count, !kinds.isEmpty {
                profile.kindsTaken = kinds
            } else {
                problem(node, "'take' is '\(words.joined(separator: ", "))'", "write register, interval, or both")
            }
        }
        profile.logClock = choice(entries["log_clock"], "log_clock", Profile.LogClock.allCases)
        if profile.format == .axiomaW1, entries["log_clock"] == nil {
            problem(
                root, "no key 'log_clock', and uplinks do not tell it",
                "write full_hour (logged at full hours) or stamp (an hour apart, up to the stamp)")
        }
        if let node = entries["media"] { profile.media = texts(node, "media") }
    }

    private mutating func columns(
        _ node: Node?, shape: Profile.Shape, _ all: [String: Node], knows: Bool, root: Node
    ) -> Profile.Columns? {
        guard let node else {
            if knows { return .init(time: "") }
            problem(root, "no key 'columns'", "name the columns of the header: 'columns: {meter: …, time: …, value: …}'"); return nil
        }
        guard let mapping = node.mapping else {
            problem(node, "'columns' is not a table", "write 'columns: {meter: …, time: …, value: …}'"); return nil
        }
        let entries = table(mapping, known: Self.columnKeys, of: "columns")
        var names: [String: String] = [:]
        for (key, node) in entries { names[key] = text(node, "columns.\(key)") }
        var needed = shape == .long ? ["meter", "time", "value"] : ["time"]
        if knows { needed = [] }
        if all["meter"] != nil || all["meter_line"] != nil { needed.removeAll { $0 == "meter" } }
        if all["read_at"] != nil { needed.removeAll { $0 == "time" } }
        for key in needed where entries[key] == nil {
            problem(node, "no column '\(key)' under 'columns'", "write '\(key): ' and the name in the header")
        }
        if shape == .wide {
            for key in ["meter", "value", "unit", "quality", "register", "factor", "version", "check"] where entries[key] != nil {
                problem(
                    entries[key], "column '\(key)' in a wide table, where each column is a meter", "leave it out, or write 'shape: long'")
            }
        }
        guard let time = names["time"] ?? (needed.contains("time") ? nil : "") else { return nil }
        var columns = Profile.Columns(
            meter: names["meter"], time: time, date: names["date"], value: names["value"], unit: names["unit"], quality: names["quality"])
        columns.register = names["register"]
        columns.factor = names["factor"]
        columns.version = names["version"]
        columns.check = names["check"]
        return columns
    }

    private mutating func unit(
        _ node: Node?, columns: Profile.Columns?, shape: Profile.Shape, kind: Profile.Kind?, knows: Bool, root: Node
    ) -> Profile.UnitSource? {
        guard let node else {
            if columns?.unit != nil || knows { return .column }
            problem(root, "no key 'unit'", "write one of: \(ReadingUnit.volumeNames.joined(separator: ", ")), column, header")
            return nil
        }
        guard let word = text(node, "unit") else { return nil }
        if word == "column" {
            if columns?.unit == nil { problem(node, "'unit: column' without 'columns.unit'", "name the column that holds the unit") }
            return .column
        }
        if word == "header" { return .header }
        return readingUnit(word, node, kind: kind).map { .fixed($0) }
    }

    private mutating func readingUnit(_ word: String, _ node: Node, kind: Profile.Kind?) -> ReadingUnit? {
        let names = kind == .rate ? ReadingUnit.rateNames : ReadingUnit.volumeNames
        guard let unit = ReadingUnit(spelling: word), kind == nil || unit.isRate == (kind == .rate) else {
            problem(node, "unit is '\(word)'", "write one of: \(names.joined(separator: ", "))")
            return nil
        }
        return unit
    }

    private mutating func readText(_ entries: [String: Node], into profile: inout Profile) {
        if let node = entries["files"] { profile.files = texts(node, "files") }
        if let byte = byte(entries["delimiter"], "delimiter") { profile.delimiter = byte }
        if let byte = byte(entries["decimal"], "decimal") {
            if byte == 46 || byte == 44 {
                profile.decimal = byte
            } else {
                problem(entries["decimal"], "decimal mark is '\(Character(Unicode.Scalar(byte)))'", "write '.' or ','")
            }
        }
        if let byte = byte(entries["thousands"], "thousands") {
            profile.thousands = byte
            if byte == profile.decimal {
                problem(entries["thousands"], "'thousands' and 'decimal' are the same character", "one of them is wrong")
            }
        }
        if let encoding = choice(entries["encoding"], "encoding", Profile.Encoding.allCases) { profile.encoding = encoding }
        if let lines = integer(entries["skip_lines"], "skip_lines", 0...10_000) { profile.skipLines = lines }
        if let node = entries["null_words"] { profile.nullWords = texts(node, "null_words") }
        if let node = entries["ignore_columns"] { profile.ignoredColumns = texts(node, "ignore_columns") }
        if let newest = choice(entries["newest"], "newest", Profile.Newest.allCases) { profile.newest = newest }
    }

    private mutating func readTimes(_ entries: [String: Node], into profile: inout Profile, root: Node) {
        if let node = entries["time_format"], let word = text(node, "time_format") {
            switch TimeFormat.parse(word) {
            case .success(let format): profile.timeFormat = format
            case .failure(let reason):
                problem(
                    node, "time_format '\(word)': \(reason.text)",
                    "write iso8601, epoch, epoch_ms, or a pattern such as yyyy-MM-dd HH:mm (yyyy yy MM M MMM dd d HH H hh h mm ss a)")
            }
        }
        if let node = entries["time_zone"], let word = text(node, "time_zone") {
            if let clock = LocalClock(word) {
                profile.clock = clock
            } else {
                problem(node, "time_zone is '\(word)'", "write UTC, an offset such as -05:00, or a place such as America/Lima")
            }
        } else if profile.needsZone, entries["time_zone"] == nil {
            problem(
                root, "no key 'time_zone', and the stamps have no offset",
                "write UTC, an offset such as -05:00, or a place such as America/Lima")
        }
        if let stamp = choice(entries["stamp"], "stamp", Profile.Stamp.allCases) { profile.stamp = stamp }
        if let minutes = integer(entries["interval_minutes"], "interval_minutes", 1...527_040) { profile.interval = minutes * 60 }
        if let seconds = integer(entries["interval_seconds"], "interval_seconds", 1...31_622_400) { profile.interval = seconds }
    }

    private mutating func readValues(_ entries: [String: Node], into profile: inout Profile, kind: Profile.Kind?) {
        if let digits = integer(entries["register_digits"], "register_digits", 1...12) { profile.registerDigits = digits }
        if let node = entries["units"] {
            guard let mapping = node.mapping else { problem(node, "'units' is not a table", "write 'units: {column: m3}'"); return }
            for (key, value) in mapping {
                guard let name = key.string, let word = text(value, "units") else { continue }
                profile.units[name] = readingUnit(word, value, kind: kind)
            }
        }
        if let node = entries["quality_suffix"] { profile.qualitySuffix = text(node, "quality_suffix") }
        if let node = entries["quality_map"] {
            guard let mapping = node.mapping else {
                problem(node, "'quality_map' is not a table", "write 'quality_map: {Y: estimated, \"\": good}'"); return
            }
            for (key, value) in mapping {
                let word = text(value, "quality_map") ?? ""
                guard let name = key.scalar?.string else { continue }
                guard let quality = Profile.Quality.allCases.first(where: { $0.name == word }) else {
                    problem(value, "quality is '\(word)'", "write one of: good, estimated, uncertain, bad")
                    continue
                }
                profile.qualityMap[name] = quality
            }
        }
        if (profile.columns.quality != nil && !profile.format.knowsColumns) || profile.qualitySuffix != nil, entries["quality_map"] == nil {
            problem(
                entries["columns"], "a quality column without 'quality_map'",
                "say what its words mean: 'quality_map: {\"0\": good, E: estimated}'")
        }
    }

    // MARK: kinds of values

    private mutating func table(_ mapping: Node.Mapping, known: [String], of place: String) -> [String: Node] {
        var entries: [String: Node] = [:]
        for (key, value) in mapping {
            let name = key.scalar?.string ?? "?"
            guard known.contains(name) else {
                let near = NearestName.of(name, among: known)
                problem(
                    key, "unknown key '\(name)' in \(place)",
                    near.map { "did you mean '\($0)'?" } ?? "the keys are: \(known.joined(separator: ", "))")
                continue
            }
            entries[name] = value
        }
        return entries
    }

    private mutating func text(_ node: Node, _ key: String) -> String? {
        if let scalar = node.scalar { return scalar.string }
        problem(node, "'\(key)' is not a text", "give one value")
        return nil
    }

    private mutating func texts(_ node: Node, _ key: String) -> [String] {
        if let sequence = node.sequence { return sequence.compactMap { text($0, key) } }
        return text(node, key).map { [$0] } ?? []
    }

    private mutating func choice<T: RawRepresentable>(_ node: Node?, _ key: String, _ all: [T]) -> T? where T.RawValue == String {
        guard let node, let word = text(node, key) else { return nil }
        if let value = T(rawValue: word) { return value }
        problem(node, "'\(key)' is '\(word)'", "write one of: \(all.map(\.rawValue).joined(separator: ", "))")
        return nil
    }

    private mutating func integer(_ node: Node?, _ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let node, let word = text(node, key) else { return nil }
        if let value = Int(word), range.contains(value) { return value }
        problem(node, "'\(key)' is '\(word)'", "give a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }

    private mutating func byte(_ node: Node?, _ key: String) -> UInt8? {
        guard let node, let word = text(node, key) else { return nil }
        if word == "tab" || word == "\\t" { return 9 }
        if word.utf8.count == 1, let byte = word.utf8.first, byte != 10, byte != 13, byte != 34 { return byte }
        problem(node, "'\(key)' is '\(word)'", "give one character, such as ';', or tab")
        return nil
    }
}

/// The known name that a misspelt one is closest to.
enum NearestName {
    /// nil where none is within two edits, or half of the word.
    static func of(_ word: String, among names: [String]) -> String? {
        let limit = max(2, word.count / 3)
        return names.map { ($0, distance(word, $0)) }.filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
    }

    /// Insertions, deletions and changes of a character (Levenshtein, 1966).
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left), b = Array(right)
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
