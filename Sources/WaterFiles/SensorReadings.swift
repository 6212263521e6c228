// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A sensor as its list describes it: where it sits, how its readings are named, and in which unit they come.
public struct SensorDescription: Hashable, Sendable {
    public var sensor: Sensor
    /// Its name in the files of readings; differs from the identifier only where two sensors share a name in two files.
    public var name: String
    /// As written.
    public var unit: String
    /// Times a reading gives SI: m of water, m³/s, m. [SI unit per unit]
    public var factor: Double
    /// File that holds its readings; nil: any.
    public var file: String?

    public init(sensor: Sensor, name: String? = nil, unit: String, factor: Double, file: String? = nil) {
        self.sensor = sensor
        self.name = name ?? sensor.id.name
        self.unit = unit
        self.factor = factor
        self.file = file
    }
}

/// Reads the list of sensors and their readings: pressures, flows, levels and demands on the place's own clock.
public enum SensorReadings {
    /// Reads a list with the columns `sensor,kind,network_element,unit` and perhaps `zone` and `file`, in any order; others are ignored.
    ///
    /// A name may stand twice where `file` tells the two apart; the second one's identifier is then `name:kind`.
    /// - Throws: `TextFileError` with every problem of the list.
    public static func sensors(path: String) throws(TextFileError) -> [SensorDescription] {
        try sensors(table: DelimitedText(path: path))
    }

    static func sensors(table: DelimitedText) throws(TextFileError) -> [SensorDescription] {
        var problems = ProblemList()
        let wanted = ["sensor", "kind", "network_element", "unit"]
        for name in wanted where table.column(name) == nil {
            problems.add(table.file, 1, "no column '\(name)'", "the header has: \(table.header.joined(separator: ", "))")
        }
        guard let nameColumn = table.column("sensor"), let kindColumn = table.column("kind"),
            let elementColumn = table.column("network_element"), let unitColumn = table.column("unit"), problems.isEmpty
        else { throw .invalid(problems.all) }
        let zoneColumn = table.column("zone"), fileColumn = table.column("file")
        var list: [SensorDescription] = []
        var lines: [Int] = []
        var places: [String: [Int]] = [:]
        for row in table.rows {
            let name = row.fields[nameColumn], kindText = row.fields[kindColumn], element = row.fields[elementColumn]
            guard !name.isEmpty else {
                problems.add(table.file, row.line, "a sensor without a name", "fill in the column 'sensor'")
                continue
            }
            guard let kind = Sensor.Kind(rawValue: kindText.lowercased()) else {
                let kinds = Sensor.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                problems.add(table.file, row.line, "sensor '\(name)': kind is '\(kindText)'", "give one of: \(kinds)")
                continue
            }
            let units = SensorUnits.units(of: kind)
            guard let factor = SensorUnits.factor(row.fields[unitColumn], in: units) else {
                problems.add(
                    table.file, row.line, "sensor '\(name)': unit of a \(kind.rawValue) is '\(row.fields[unitColumn])'",
                    "give one of: \(units.map(\.name).joined(separator: ", "))")
                continue
            }
            let file = fileColumn.map { row.fields[$0] }.flatMap { $0.isEmpty ? nil : $0 }
            var id = name
            for earlier in places[name] ?? [] {
                if file == nil || list[earlier].file == nil || list[earlier].file == file {
                    problems.add(
                        table.file, row.line, "sensor '\(name)' is listed already in line \(lines[earlier])",
                        "give each sensor a name of its own, or tell them apart by a column 'file'")
                }
                id = "\(name):\(kind.rawValue)"
            }
            places[name, default: []].append(list.count)
            let zone = zoneColumn.map { row.fields[$0] }.flatMap { $0.isEmpty ? nil : Zone.ID($0) }
            list.append(
                SensorDescription(
                    sensor: Sensor(id: .init(id), kind: kind, element: element.isEmpty ? nil : element, zone: zone), name: name,
                    unit: row.fields[unitColumn], factor: factor, file: file))
            lines.append(row.line)
        }
        try problems.throwIfAny()
        return list
    }

    /// Reads files of readings, long (`timestamp,sensor,value`) or wide (`timestamp` and a column a sensor), `.gz` too, onto one clock.
    ///
    /// Times are ISO 8601 as the place's clock shows them; an offset is accepted and must not change. An absent row, an empty field and
    /// the words `NaN`, `NA` and `null` are gaps. The step is the smallest distance of two moments, or the commonest one where
    /// single moments do not fit it: those are problems. Rows that repeat a reading are dropped; rows that contradict one are problems.
    /// The record holds a series for each sensor that occurs in the files.
    /// - Throws: `TextFileError`: a file that is missing at once, all that is wrong with the contents together.
    public static func record(paths: [String], sensors: [SensorDescription]) throws(TextFileError) -> SensorRecord {
        var collected = CollectedReadings(sensors: sensors)
        var problems = ProblemList()
        for (index, path) in paths.enumerated() {
            do {
                let bytes = try FileBytes.read(path)
                var parser = ReadingsParser(bytes: bytes, file: path, fileIndex: Int32(index), sensors: sensors)
                parser.parse(into: &collected, problems: &problems)
            } catch {
                guard case .invalid = error else { throw error }
                problems.add(error)
            }
        }
        let record = collected.record(files: paths, problems: &problems)
        try problems.throwIfAny()
        return record
    }

    /// A moment written as in the readings; nil for anything else.
    public static func moment(_ text: String) -> Instant? {
        let bytes = Array(text.utf8)
        return TimestampBytes.parse(bytes, bytes.indices).map { Instant(seconds: $0.seconds) }
    }
}
