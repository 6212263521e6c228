// SPDX-License-Identifier: GPL-3.0-or-later

import GRDB
import TextFiles
import WaterModel

extension MeterStore {
    /// Counts of all files of the store.
    /// - Throws: `MeterStoreError`.
    public func counts() throws(MeterStoreError) -> ReadingCounts { try read { db in try Self.counts(db) } }

    private static func counts(_ db: Database) throws -> ReadingCounts {
        var counts = ReadingCounts()
        let sql = """
            SELECT count(*), sum(rows), sum(readings), sum(empty), sum(duplicates), sum(conflicts), min(first), max(last) FROM files
            """
        if let row = try Row.fetchOne(db, sql: sql) {
            counts.files = row[0]
            counts.rows = row[1] ?? 0
            counts.readings = row[2] ?? 0
            counts.emptyValues = row[3] ?? 0
            counts.duplicates = row[4] ?? 0
            counts.conflicts = row[5] ?? 0
            counts.first = (row[6] as Int?).map { Instant(seconds: $0) }
            counts.last = (row[7] as Int?).map { Instant(seconds: $0) }
        }
        let reasons = try Row.fetchCursor(db, sql: "SELECT reason, sum(rows) FROM rejected_counts GROUP BY reason")
        while let row = try reasons.next() { counts.rejected[row[0]] = row[1] }
        return counts
    }

    /// Writes what the store's meters bring to a report of all meters, as a partial result, which `PartialReduction` makes one with others. The
    /// store must hold all readings of its meters: a meter is in one partial of a report alone.
    /// - meters: the register; of it those with readings are taken. The others are added by the reduction.
    /// - standardOffset: place's clock without changes less UTC. [s]
    /// - from, to, balancePeriod, rules: as of `report`; the same for all partials of a report.
    /// - write: gets piece after piece.
    /// - Throws: `MeterStoreError`.
    public func writePartial(
        meters: [Meter] = [], standardOffset: Int, from: Instant? = nil, to: Instant? = nil,
        balancePeriod: (start: Instant, end: Instant)? = nil, rules: ChainRules = ChainRules(), _ write: @escaping ([UInt8]) -> Void
    ) throws(MeterStoreError) {
        try read { db in
            let window = try ReportWindow(db, standardOffset: standardOffset, from: from, to: to)
            let counts = try Self.counts(db)
            let isNeutral = counts.readings == 0 && (from == nil || to == nil)
            let balance = balancePeriod.flatMap { window.common(with: $0) }
            var writer = PartialWriter(
                PartialHead(
                    window: isNeutral ? nil : window, balance: isNeutral ? nil : balance, rules: PartialHead.words(rules), counts: counts),
                write)
            let examination = MeterExamination(window: window, balance: balance, rules: rules)
            var hours = ZoneHours(window: window, rules: rules)
            try forEachMeter(db, meters) { entry, channels in
                guard !channels.isEmpty else { return }
                writer.add(examination.examine(entry, channels, hours: &hours))
            }
            writer.finish(hours.shares)
        }
    }
}
