// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A report as the CSV files that scripts read.
public enum ReportTables {
    /// Decimals of volumes: a millilitre.
    static let volumeDecimals = 6

    /// `zones_hourly.csv`; hours on the place's clock without changes, empty fields where nothing is known.
    public static func hours(_ report: MeterReport, inflow: ZoneInflow?) -> [UInt8] { hours(report.zones, inflow: inflow) }

    /// The same, of zones' consumption alone.
    public static func hours(_ zones: [ZoneConsumption], inflow: ZoneInflow? = nil) -> [UInt8] {
        var table = TableText(header: "zone,hour,consumption_m3,inflow_m3,meters_reporting")
        for zone in zones {
            let supplied = inflow?.hourly[zone.zone]
            for (index, value) in zone.hourly.values.enumerated() {
                let hour = zone.hourly.instant(at: index)
                table.field(zone.zone.name)
                table.field(hour)
                table.field(value, decimals: volumeDecimals)
                table.field(supplied?[hour.seconds], decimals: volumeDecimals)
                table.field(zone.metersReporting[index])
                table.endRow()
            }
        }
        return table.bytes
    }

    /// `zones_quality.csv`: how well the consumption of each hour is known.
    public static func quality(_ report: MeterReport) -> [UInt8] {
        var table = TableText(header: "zone,hour,meters_reporting,meters_expected,meters_estimated,estimated_m3")
        for zone in report.zones {
            for (index, value) in zone.hourly.values.enumerated() {
                table.field(zone.zone.name)
                table.field(zone.hourly.instant(at: index))
                table.field(zone.metersReporting[index])
                if zone.metersExpected.isEmpty { table.empty() } else { table.field(zone.metersExpected[index]) }
                if zone.metersEstimated.isEmpty { table.empty() } else { table.field(zone.metersEstimated[index]) }
                table.field(value == nil || zone.estimated.isEmpty ? nil : zone.estimated[index], decimals: volumeDecimals)
                table.endRow()
            }
        }
        return table.bytes
    }

    /// `zones.csv`.
    public static func balances(_ balances: [ZoneBalance]) -> String {
        var text =
            "zone,inflow_m3,consumption_m3,loss_m3,loss_low95_m3,loss_high95_m3,minimum_night_flow_m3_per_h,hours,completeness,"
            + "consumption_low_m3,consumption_high_m3,shape_estimated_m3,volume_estimated_m3,unread_estimate_m3,loss_with_unread_m3,"
            + "night_use_m3_per_h,received_meter_hours,expected_meter_hours,meters,meters_unread\n"
        for b in balances {
            text += DelimitedText.line([
                b.zone.name, b.inflow.map(volume) ?? "", volume(b.consumption), b.loss.map(volume) ?? "",
                b.loss95.map { volume($0.low) } ?? "",
                b.loss95.map { volume($0.high) } ?? "", b.minimumNightFlow.map { NumberText.fixed($0, 4) } ?? "", "\(b.hours)",
                NumberText.fixed(b.completeness, 4), volume(b.consumptionBounds.low), volume(b.consumptionBounds.high),
                volume(b.shapeEstimated), volume(b.volumeEstimated), volume(b.unread.value),
                b.loss.map { volume($0 - b.unread.value) } ?? "", b.nightUse.map { NumberText.fixed($0, 4) } ?? "", "\(b.received)",
                "\(b.expected)", "\(b.meters)", "\(b.metersUnread)",
            ])
        }
        return text
    }

    /// `counts.json`: what was read, and how often each rule of validation was used.
    /// - meters: of the report.
    public static func counts(_ report: MeterReport, _ counts: ReadingCounts, meters: Int, edits: [EditRule: Int]) -> String {
        func object(_ counts: [(String, Int)]) -> JSON { .object(counts.map { ($0.0, .integer($0.1)) }) }
        return JSON.object([
            ("start", JSON(report.start.description)), ("end", JSON(report.end.description)), ("meters", .integer(meters)),
            ("rows", .integer(counts.rows)), ("readings", .integer(counts.readings)), ("duplicates", .integer(counts.duplicates)),
            ("conflicts", .integer(counts.conflicts)), ("empty", .integer(counts.emptyValues)),
            ("rejected", .integer(counts.rejected.values.reduce(0, +))),
            ("rejected_by_reason", object(counts.rejected.sorted { $0.key < $1.key })),
            ("first_utc", JSON(counts.first?.description)), ("last_utc", JSON(counts.last?.description)),
            ("edits_by_rule", object(EditRule.allCases.compactMap { rule in edits[rule].map { (rule.rawValue, $0) } })),
        ]).text
    }

    private static func volume(_ cubicMetres: Double) -> String { NumberText.fixed(cubicMetres, volumeDecimals) }
}

extension TableText {
    /// As `Instant.description`.
    /// - mark: behind it, `Z` where it is UTC.
    mutating func field(_ instant: Instant, mark: String = "") {
        let c = instant.calendar
        guard c.year >= 0, c.year < 10_000 else { return field(instant.description + mark) }
        func two(_ number: Int) -> UInt64 { UInt64(truncatingIfNeeded: 48 + number / 10 | (48 + number % 10) << 8) }
        // 2026-03- 02T00:00
        raw(word: two(c.year / 100) | two(c.year % 100) << 16 | 45 << 32 | two(c.month) << 40 | 45 << 56)
        raw(word: two(c.day) | 84 << 16 | two(c.hour) << 24 | 58 << 40 | two(c.minute) << 48)
        if c.second != 0 {
            raw(58)
            padded(c.second, 2)
        }
        for byte in mark.utf8 { raw(byte) }
        empty()
    }
}
