// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// A profile proposed from the head of a file: each key with what was seen, and what only the user can know as a question.
///
/// Nothing is imported on a guess. `yaml` can be saved and completed; a key that is a question holds `ASK`, which no profile may.
public struct ProfileGuess: Sendable {
    public struct Choice: Sendable, Hashable {
        public var key: String
        /// As it stands in YAML.
        public var value: String
        /// What was seen, or what is to be told.
        public var reason: String
        public var isQuestion = false
    }

    public static let question = "ASK"

    public var file: String
    public private(set) var choices: [Choice] = []
    /// What could not be found; with any of them there is no profile.
    public private(set) var failure: String?
    public var questions: [Choice] { choices.filter(\.isQuestion) }

    /// - Throws: `TextFileError` where the file cannot be read.
    public init(path: String) throws(TextFileError) {
        self.init(try FileHead(path: path), file: path)
    }

    /// - bytes: the beginning of the file, expanded.
    public init(bytes: [UInt8], file: String) { self.init(FileHead(bytes), file: file) }

    init(_ head: FileHead, file: String) {
        self.file = file
        if let (format, reason) = head.family {
            add("format", format.rawValue, reason)
            encoding(head)
            family(format, head)
        } else if let table = TableGuess(head.lines) {
            if let (format, reason) = Self.family(of: table) {
                add("format", format.rawValue, reason)
                text(head, table, isFamily: true)
                family(format, head, table)
            } else {
                text(head, table, isFamily: false)
                var columns = ColumnGuess(table)
                columns.propose(into: &self)
            }
        } else {
            failure = "no rows of delimited text, JSON, XML, CMEP or MV-RS were seen"
        }
    }

    mutating func add(_ key: String, _ value: String, _ reason: String) { choices.append(Choice(key: key, value: value, reason: reason)) }
    mutating func ask(_ key: String, _ reason: String) {
        choices.append(Choice(key: key, value: Self.question, reason: reason, isQuestion: true))
    }
    mutating func fail(_ reason: String) { failure = failure ?? reason }

    mutating func askZone(_ seen: String) {
        ask(
            "time_zone",
            "\(seen); the file does not say which clock it is. Write UTC, an offset such as -05:00, or a place such as America/Lima")
    }

    /// The profile as YAML, with what was seen as comments.
    public var yaml: String {
        choices.map { "# \($0.key): \($0.reason)\n\($0.key): \($0.value)\n" }.joined()
    }

    /// The profile for a dry run: what is asked is filled in with `UTC` for the clock, and left out otherwise.
    public func trial() throws(TextFileError) -> Profile {
        let isRate = choices.contains { ($0.key == "kind" && $0.value == "rate") || ($0.key == "format" && $0.value == "historian") }
        let lines = choices.compactMap { choice -> String? in
            guard choice.isQuestion else { return "\(choice.key): \(choice.value)" }
            switch choice.key {
            case "time_zone": return "time_zone: UTC"
            case "log_clock": return "log_clock: full_hour"
            case "kind": return "kind: register"
            case "unit": return isRate ? "unit: L/s" : "unit: step"
            case "read_at": return "read_at: 2000-01-01"
            case "meter": return "meter: trial"
            default: return nil
            }
        }
        return try Profile(yaml: lines.joined(separator: "\n"), file: file)
    }

    /// Whether another file is to be read by the same profile: the same is proposed for it, or it can be read by this one with few rows
    /// set aside.
    public func fits(_ other: ProfileGuess, dryRun: (Profile) -> DryRun?) -> Bool {
        if choices.map(\.key) == other.choices.map(\.key), choices.map(\.value) == other.choices.map(\.value) { return true }
        func format(_ guess: ProfileGuess) -> String? { guess.choices.first { $0.key == "format" }?.value }
        guard other.failure != nil || format(self) == format(other),
            let profile = try? trial(), let run = dryRun(profile), run.problem == nil, run.readings > 0
        else { return false }
        return run.rejectedBy.reduce(0) { $0 + $1.rows } <= Self.mostRejected * run.rows / 100
    }

    /// Of rows, by a profile that fits. [%]
    private static let mostRejected = 5

    // MARK: what any text has

    private mutating func encoding(_ head: FileHead) {
        if head.encoding != .utf8 { add("encoding", head.encoding.rawValue, head.encodingReason) }
    }

    private mutating func text(_ head: FileHead, _ table: TableGuess, isFamily: Bool) {
        if table.delimiter != 44 || !isFamily {
            let value = table.delimiter == 9 ? "tab" : table.delimiter == 32 ? "\" \"" : "\"\(Character(Unicode.Scalar(table.delimiter)))\""
            add("delimiter", value, "\(TableGuess.name(table.delimiter)) makes \(table.delimiterReason)")
        }
        encoding(head)
        if table.skipLines > 0, table.header != nil, !isFamily {
            add("skip_lines", "\(table.skipLines)", "lines without these columns before the header")
        }
        if table.header == nil { add("header", "none", "the first row holds values") }
    }

    // MARK: families

    private static func family(of table: TableGuess) -> (ExportFormat, String)? {
        guard let header = table.header else { return nil }
        let marks: [(ExportFormat, [String])] = [
            (.beacon, ["Endpoint_SN", "Read_Time", "Read_Unit", "Read"]), (.beacon, ["Endpoint_SN", "Flow_Time", "Flow"]),
            (.beaconInterval, ["Endpoint_SN", "Encoder_Value", "Read_Time"]), (.beaconBilling, ["Endpoint_SN", "Read_Method"]),
            (.aclara, ["MTUID", "ScaledRead", "ReadingTime", "Description"]), (.metersense, ["READ_DTM", "READ_VALUE", "UOM"]),
            (.xylem, ["read_time_timestamp", "unit_of_measure"]), (.billing, ["read_type", "read_date", "previous_read_date"]),
            (.pulseLogger, ["Time", "Record", "Pulses"]), (.historian, ["Tag", "Timestamp", "Value", "Status"]),
        ]
        for (format, names) in marks where names.allSatisfy({ TableLayout.place([$0], in: header) != nil }) {
            return (format, "columns \(names.joined(separator: ", "))")
        }
        return nil
    }

    private mutating func pulseLogger(_ table: TableGuess?) {
        let lines = table?.preamble.compactMap(\.utf8Text) ?? []
        if let line = lines.first(where: { $0.contains(":") }), let colon = line.firstIndex(of: ":") {
            add(
                "meter_line", "\"\(line[...colon].replacing("\\", with: "").replacing("\"", with: ""))\"",
                "a line before the header: \(line)")
        } else {
            ask("meter", "no line before the header names the logger. Write the meter's name")
        }
        ask("unit", "volume of a pulse: write the unit, and 'factor: ' with its number of units")
        if let table, let columns = TableGuess.instants(table, "Time", ColumnGuess(table).timeFormat(of: "Time")?.pattern) {
            let steps = zip(columns.dropFirst(), columns).map { $0 - $1 }.filter { $0 > 0 }.sorted()
            if !steps.isEmpty { add("interval_seconds", "\(steps[steps.count / 2])", "the median of \(steps.count) steps") }
        }
        askZone("stamps have no offset")
    }

    private mutating func family(_ format: ExportFormat, _ head: FileHead, _ table: TableGuess? = nil) {
        func sample(_ name: String) -> String? {
            guard let table, let header = table.header, let at = TableLayout.place([name], in: header) else { return nil }
            return table.values(at, 1).first
        }
        switch format {
        case .beacon, .beaconInterval: askZone("stamps such as \(sample("Read_Time") ?? "…") have no offset")
        case .beaconBilling:
            if TableLayout.place(["Read_Time", "Read_Date", "Current_Read_Time"], in: table?.header ?? []) == nil {
                ask(
                    "read_at",
                    "no column holds the time of the reads. Write it, as 2026-01-31T00:00, or name a column under 'columns: {time: …}'")
            }
            askZone("stamps have no offset")
        case .cmep: askZone("CMEP stamps have no offset, and utilities differ: UTC, or their own clock")
        case .sentryx: askZone("stamps have no offset")
        case .metersense: askZone("stamps have no offset")
        case .billing: askZone("dates of reading are days of the place")
        case .mvrs:
            ask("unit", "MV-RS files do not hold the unit. Write one of: \(ReadingUnit.volumeNames.joined(separator: ", "))")
            askZone("stamps have no offset")
        case .axiomaW1:
            ask(
                "log_clock", "uplinks do not tell when the logged values are of. Write full_hour, or stamp (an hour apart, up to the stamp)"
            )
        case .historian:
            let columns = table.map { ColumnGuess($0) }
            if let time = columns?.timeFormat(of: "Timestamp") { add("time_format", time.pattern, "all stamps fit") }
            ask("unit", "a historian's table does not hold it. Write one of: \(ReadingUnit.rateNames.joined(separator: ", "))")
            askZone("stamps such as \(sample("Timestamp") ?? "…") have no offset")
        case .pulseLogger: pulseLogger(table)
        default: break
        }
        if format == .beaconInterval {
            ask("unit", "encoder values have no unit in the file. Write one of: \(ReadingUnit.volumeNames.joined(separator: ", "))")
        }
    }
}
