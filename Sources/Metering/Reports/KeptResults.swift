// SPDX-License-Identifier: GPL-3.0-or-later

import GRDB
import WaterModel

extension MeterStore {
    /// Keeps a report's edits and sums of zones in the store, in place of those kept before: tables `exceptions` and `zone_hours`, which any
    /// SQL tool reads. `kept_through_file` in `state` tells the last file that they know.
    /// - Throws: `MeterStoreError`.
    public func keep(_ report: MeterReport) throws(MeterStoreError) {
        try write { db in
            var ids: [String: Int] = [:]
            let rows = try Row.fetchCursor(db, sql: "SELECT id, meter FROM meters")
            while let row = try rows.next() { ids[row[1]] = row[0] }
            try db.execute(sql: "DELETE FROM exceptions; DELETE FROM zone_hours")
            let put = try db.makeStatement(sql: "INSERT INTO exceptions VALUES (?, ?, ?, ?, ?, ?, ?)")
            for edit in report.edits {
                guard let meter = ids[edit.meter.name] else { continue }
                try put.execute(arguments: [
                    meter, edit.from.seconds, edit.to.seconds, edit.rule.rawValue, edit.rule.version, edit.old, edit.new,
                ])
            }
            let add = try db.makeStatement(sql: "INSERT INTO zone_hours VALUES (?, ?, ?, ?, ?, ?)")
            func millilitres(_ volume: Double) -> Int { Int((volume * MeterChain.millilitresPerCubicMetre).rounded()) }
            for zone in report.zones {
                for (i, value) in zone.hourly.values.enumerated() {
                    guard let value else { continue }
                    try add.execute(arguments: [
                        zone.zone.name, zone.hourly.instant(at: i).seconds - report.standardOffset, millilitres(value),
                        zone.metersReporting[i], millilitres(zone.estimated.isEmpty ? 0 : zone.estimated[i]),
                        zone.metersEstimated.isEmpty ? 0 : zone.metersEstimated[i],
                    ])
                }
            }
            try StoreState.keptThroughFile.write(Int.fetchOne(db, sql: "SELECT max(id) FROM files") ?? 0, db)
        }
    }
}
