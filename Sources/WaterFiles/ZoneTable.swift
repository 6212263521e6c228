// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A list of zones by itself: `zone` and perhaps `name`, `connections`, `mains_length_km`, `average_pressure_m`, `inflow_sensors`.
public enum ZoneTable {
    /// - Throws: `TextFileError` with every problem of the list.
    public static func read(_ path: String) throws(TextFileError) -> [Zone] {
        var problems = ProblemList()
        let zones = CityTables.zones(try DelimitedText(path: path), problems: &problems)
        try problems.throwIfAny()
        return zones.map(\.0)
    }
}
