// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Metering
import TextFiles
import WaterFiles
import WaterModel

/// Inflow of zones from a long table, or from a wide one as loggers and control rooms write it.
enum InflowFile {
    /// - offset: place's clock without changes less UTC. [s]
    static func read(_ path: String, zones: [Zone], offset: Int, timeZone: String?) throws -> ZoneInflow {
        let text = try FileBytes.text(FileBytes.read(path))
        let head = text.prefix { $0 != "\n" && $0 != "\r\n" }
        let delimiter: Character = head.contains(";") ? ";" : (head.contains("\t") && !head.contains(",") ? "\t" : ",")
        let table = try DelimitedText(text: text, file: path, delimiter: delimiter)
        if ZoneInflow.isLong(table.header), delimiter == "," { return try ZoneInflow(table, zones: zones, offset: offset) }
        var options = FlowTable.Options()
        if let timeZone {
            guard let clock = PlaceClock(timeZone) else {
                throw ValidationError("--time-zone \(timeZone): write it as Europe/Rome, +01:00 or UTC")
            }
            options.clock = clock
        }
        let flows = try FlowTable(text: text, file: path, options: options)
        for remark in flows.remarks { Console.warn("\(path): \(remark)") }
        // Stamps without an offset, and without a zone to read them by, are on the place's clock without changes already.
        let isLocal = options.clock == nil && flows.clock == .utc
        let columns = flows.series.map { series in
            let times = series.readings.map { ($0.time + (isLocal ? 0 : offset), $0.value) }
            switch series.kind {
            case .rate:
                return ZoneInflow.Column(
                    name: series.name, isFlow: true, readings: times.map { ($0.0, $0.1.map { $0 * Units.hour }) })
            case .volume: return ZoneInflow.Column(name: series.name, isFlow: false, readings: times.map { ($0.0, $0.1) })
            case .register: return ZoneInflow.Column(register: series.name, readings: times.map { ($0.0, $0.1) })
            }
        }
        let known = Set(zones.map(\.id.name)).union(zones.flatMap { $0.inflowMeters.map(\.sensor.name) })
        let unknown = columns.map(\.name).filter { !known.contains($0) }
        if !zones.isEmpty, unknown.count == columns.count {
            throw TextFileError.invalid([
                InputProblem(
                    file: path, line: 1, what: "no column is named after a zone or its sensor",
                    remedy:
                        "columns are: \(columns.map(\.name).joined(separator: ", ")); zones: \(zones.map(\.id.name).joined(separator: ", "))"
                )
            ])
        }
        return ZoneInflow(columns: columns, zones: zones)
    }
}
