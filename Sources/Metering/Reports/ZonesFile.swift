// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Of a table of zones, what a report needs: `zone`, and `inflow_sensors` (identifiers with blanks between; `-` before one whose positive
/// flow leaves the zone).
public enum ZonesFile {
    /// - Throws: `TextFileError`.
    public static func read(_ path: String) throws(TextFileError) -> [Zone] { try parse(DelimitedText(path: path)) }

    /// - Throws: `TextFileError.invalid`.
    public static func parse(_ table: DelimitedText) throws(TextFileError) -> [Zone] {
        let zoneAt = try table.requiredColumn("zone")
        let nameAt = table.column("name"), sensorsAt = table.column("inflow_sensors")
        return table.rows.map { row in
            let sensors = sensorsAt.map { row.fields[$0] } ?? ""
            return Zone(
                id: .init(row.fields[zoneAt]), name: nameAt.map { row.fields[$0] } ?? row.fields[zoneAt],
                inflowMeters: sensors.split(separator: " ").map { word in
                    word.hasPrefix("-")
                        ? .init(sensor: .init(String(word.dropFirst())), sign: -1) : .init(sensor: .init(String(word)), sign: 1)
                })
        }
    }
}
