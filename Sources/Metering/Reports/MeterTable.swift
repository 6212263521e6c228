// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// `meters.csv`, filled meter by meter before it is known which of those that stand still are stuck: both rows of these are kept until then.
public final class MeterTable {
    private var table = TableText(
        header:
            "meter,zone,readings,gaps,duplicates,conflicts,spikes,negative_steps,rollovers,replacements,stuck,continuous_flow,volume_m3,"
            + "volume_low_m3,volume_high_m3,reverse_m3,completeness,flags,shape_estimated_m3,volume_estimated_m3,measured_share,"
            + "shape_estimated_share,volume_estimated_share,unread_share,unread_estimate_m3,unit_steps")
    private let rows = ByteLog(limit: 8 << 20)
    /// Of the meters that stand still: where their two rows lie.
    private var still: [(meter: Meter.ID, asStuck: Range<Int>, atRest: Range<Int>)] = []

    public init() {}

    private var count: Int { rows.count + table.bytes.count }

    /// In order of meter.
    public func add(_ record: MeterReport.Record) {
        let start = count
        Self.put(record, &table)
        if record.summary.isStuck {
            let middle = count
            Self.put(record.atRest, &table)
            still.append((record.summary.meter, start..<middle, middle..<count))
        }
        if table.bytes.count > 1 << 16 { flush() }
    }

    private func flush() {
        rows.append { $0 += table.bytes }
        table.removeAll()
    }

    /// Gives the table in pieces.
    /// - report: of the records that were added.
    /// - Throws: `MeterStoreError`.
    public func write(_ report: MeterReport, _ write: ([UInt8]) -> Void) throws(MeterStoreError) {
        flush()
        let left = still.map { report.atRest.contains($0.meter) ? $0.asStuck : $0.atRest }
        var at = 0, next = 0
        do {
            try unsafe rows.read { piece in
                let end = at + piece.count
                var kept: [UInt8] = []
                kept.reserveCapacity(piece.count)
                while at < end {
                    while next < left.count, left[next].upperBound <= at { next += 1 }
                    let isLeft = next < left.count && left[next].lowerBound <= at
                    let stop = min(end, next < left.count ? (isLeft ? left[next].upperBound : left[next].lowerBound) : end)
                    let from = piece.count - (end - at)
                    if !isLeft { unsafe kept.append(contentsOf: piece[from..<from + stop - at]) }
                    at = stop
                }
                write(kept)
                return piece.count
            }
        } catch {
            throw .wrap(error, path: "the temporary file of meters.csv")
        }
    }

    private static func put(_ record: MeterReport.Record, _ table: inout TableText) {
        let s = record.summary
        table.field(s.meter.name)
        table.field(s.zone?.name ?? "")
        for count in [s.readings, s.gaps, s.duplicates, record.conflicts, s.spikes, s.negativeSteps, s.rollovers, s.replacements] {
            table.field(count)
        }
        table.field(s.isStuck)
        table.field(s.hasContinuousFlow)
        for volume in [s.volume, record.volumeBounds.low, record.volumeBounds.high, record.reverseVolume] {
            table.field(volume, decimals: ReportTables.volumeDecimals)
        }
        table.field(s.completeness, decimals: 4)
        table.field(record.flags.joined(separator: " "))
        table.field(record.shapeEstimatedVolume, decimals: ReportTables.volumeDecimals)
        table.field(record.estimatedVolume, decimals: ReportTables.volumeDecimals)
        let shares = record.shares
        for share in [shares.measured, shares.shapeEstimated, shares.volumeEstimated, shares.unread] { table.field(share, decimals: 4) }
        table.field(record.unreadVolume, decimals: ReportTables.volumeDecimals)
        table.field(record.unitSteps)
        table.endRow()
    }
}
