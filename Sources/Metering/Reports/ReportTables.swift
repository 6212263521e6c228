// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A report as the CSV files that scripts read.
public enum ReportTables {
    /// Decimals of volumes: a millilitre.
    private static let volumeDecimals = 6

    /// `meters.csv`.
    public static func meters(_ report: MeterReport) -> String {
        var text =
            "meter,zone,readings,gaps,duplicates,conflicts,spikes,negative_steps,rollovers,replacements,stuck,continuous_flow,volume_m3,"
            + "volume_low_m3,volume_high_m3,reverse_m3,completeness,flags,shape_estimated_m3,volume_estimated_m3,measured_share,"
            + "shape_estimated_share,volume_estimated_share,unread_share,unread_estimate_m3,unit_steps\n"
        for record in report.records {
            let s = record.summary
            text += DelimitedText.line([
                s.meter.name, s.zone?.name ?? "", "\(s.readings)", "\(s.gaps)", "\(s.duplicates)", "\(record.conflicts)", "\(s.spikes)",
                "\(s.negativeSteps)", "\(s.rollovers)", "\(s.replacements)", "\(s.isStuck)", "\(s.hasContinuousFlow)", volume(s.volume),
                volume(record.volumeBounds.low), volume(record.volumeBounds.high), volume(record.reverseVolume),
                NumberText.fixed(s.completeness, 4), record.flags.joined(separator: " "), volume(record.shapeEstimatedVolume),
                volume(record.estimatedVolume), NumberText.fixed(record.shares.measured, 4),
                NumberText.fixed(record.shares.shapeEstimated, 4), NumberText.fixed(record.shares.volumeEstimated, 4),
                NumberText.fixed(record.shares.unread, 4), volume(record.unreadVolume), "\(record.unitSteps)",
            ])
        }
        return text
    }

    /// `zones_hourly.csv`; hours on the place's clock without changes, empty fields where nothing is known.
    public static func hours(_ report: MeterReport, inflow: ZoneInflow?) -> String {
        var text = "zone,hour,consumption_m3,inflow_m3,meters_reporting\n"
        for zone in report.zones {
            let supplied = inflow?.hourly[zone.zone]
            for (index, value) in zone.hourly.values.enumerated() {
                let hour = zone.hourly.instant(at: index)
                text += DelimitedText.line([
                    zone.zone.name, hour.description, value.map(volume) ?? "", supplied?[hour.seconds].map(volume) ?? "",
                    "\(zone.metersReporting[index])",
                ])
            }
        }
        return text
    }

    /// `zones_quality.csv`: how well the consumption of each hour is known.
    public static func quality(_ report: MeterReport) -> String {
        var text = "zone,hour,meters_reporting,meters_expected,meters_estimated,estimated_m3\n"
        for zone in report.zones {
            for (index, value) in zone.hourly.values.enumerated() {
                text += DelimitedText.line([
                    zone.zone.name, zone.hourly.instant(at: index).description, "\(zone.metersReporting[index])",
                    zone.metersExpected.map { "\($0)" } ?? "", zone.metersEstimated.isEmpty ? "" : "\(zone.metersEstimated[index])",
                    value == nil || zone.estimated.isEmpty ? "" : volume(zone.estimated[index]),
                ])
            }
        }
        return text
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

    private static func volume(_ cubicMetres: Double) -> String { NumberText.fixed(cubicMetres, volumeDecimals) }
}
