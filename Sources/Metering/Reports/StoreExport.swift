// SPDX-License-Identifier: GPL-3.0-or-later

import GRDB
import TextFiles
import WaterModel

extension MeterStore {
    /// Header of the lines of `export`.
    public static let exportHeader = "meter,time,value,unit,kind,quality,register\n"

    /// Those of the names that the store has readings of.
    /// - Throws: `MeterStoreError`.
    public func meterNames(among names: [String]) throws(MeterStoreError) -> Set<String> {
        try read { db in
            let sql = "SELECT 1 FROM channels c JOIN meters m ON m.id = c.meter WHERE m.meter = ?"
            return try Set(names.filter { try Bool.fetchOne(db, sql: sql, arguments: [$0]) != nil })
        }
    }

    /// Readings as lines of CSV, a piece a channel: in order of meter, kind, unit and time, in UTC (for intervals their end), values
    /// in the unit they came in; `register` is the meter's own name of one of several (`H`, `L`, `reverse`). The same readings give the same bytes, whatever the order they came in.
    /// - meters: these alone; nil takes all.
    /// - write: called with piece after piece; what it throws ends the export.
    /// - Throws: `MeterStoreError`.
    public func export(meters: Set<String>? = nil, _ write: (String) throws -> Void) throws(MeterStoreError) {
        try read { db in
            var reader = try ChannelReader(db, path: path)
            for channel in try Channel.all(db, meters: meters) {
                let block = try reader.readings(channel)
                var table = TableText()
                var start = 0
                for run in block.origins.runs {
                    let quality = (Profile.Quality(rawValue: run.origin.quality) ?? .good).name
                    for i in start..<run.end {
                        table.field(channel.meter)
                        table.field(Instant(seconds: block.times[i]), mark: "Z")
                        table.field(block.values[i], scaledBy: block.decimals)
                        table.field(channel.unit.name)
                        table.field(channel.kind.rawValue)
                        table.field(quality)
                        table.field(channel.register)
                        table.endRow()
                    }
                    start = run.end
                }
                try write(String(decoding: table.bytes, as: UTF8.self))
            }
        }
    }

    /// All of it as one text, header included.
    /// - Throws: `MeterStoreError`.
    public func exportedReadings() throws(MeterStoreError) -> String {
        var text = Self.exportHeader
        try export { text += $0 }
        return text
    }
}
