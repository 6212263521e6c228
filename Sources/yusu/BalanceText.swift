// SPDX-License-Identifier: GPL-3.0-or-later

import Reporting
import TextFiles
import WaterLoss
import WaterModel

/// The balance, the indicators and the advice as people know them, in 80 columns.
enum BalanceText {
    /// Volumes in m³ of the period, margins the 95 % interval.
    static func text(_ assessment: CityAssessment) -> String {
        var lines: [String] = []
        if let balance = assessment.balance {
            lines = SystemBalanceText.head(balance)
            lines += SystemBalanceText.boxes(balance)
            if !assessment.indicators.isEmpty { lines += [""] + SystemBalanceText.indicators(assessment.indicators) }
            if !balance.defaults.isEmpty { lines += ["", "Not given:"] + balance.defaults.flatMap { TextColumns.wrapped($0) } }
        }
        let further = further(assessment)
        // Without a balance nothing stands before.
        return lines.isEmpty ? String(further.dropFirst()) : lines.joined(separator: "\n") + "\n" + further
    }

    /// What a folder says beyond its balance: zones, components, what the data allow, what to measure next, gaps.
    static func further(_ assessment: CityAssessment) -> String {
        var lines: [String] = []
        let zones = assessment.zones.filter { $0.realLoss != nil }
        if !zones.isEmpty { lines += [""] + table(zones) }
        lines += ComponentText.lines(assessment)
        if let advice = assessment.advice {
            lines +=
                advice.conclusions.isEmpty
                ? ["", "These data show no losses yet."]
                : ["", "These data (level: \(advice.level.word.replacing("_", with: " "))) show:"]
                    + advice.conclusions.flatMap { TextColumns.wrapped($0) }
            let share = advice.share.map { " (\(NumberText.fixed($0 * 100, 0)) % of the variance of real losses)" } ?? ""
            lines += ["To measure next:"] + TextColumns.wrapped(advice.nextMeasurement + share)
        }
        if !assessment.gaps.isEmpty { lines += ["", "Gaps:"] + assessment.gaps.flatMap { TextColumns.wrapped($0) } }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func table(_ zones: [ZoneAssessment]) -> [String] {
        let rows = zones.map { zone in
            let loss = zone.realLoss ?? Estimate(0)
            let perConnection = zone.realLossPerConnection.map { NumberText.fixed($0 * 1000 * Units.day, 0) } ?? ""
            return TextColumns.padded("\(zone.zone.id) \(zone.zone.name)", 38)
                + TextColumns.right(NumberText.fixed(loss.value * 1000, 2), 14)
                + TextColumns.right("±" + NumberText.fixed(loss.margin95 * 1000, 2), 14) + TextColumns.right(perConnection, 14)
        }
        return [
            TextColumns.padded("Real losses of zones", 38) + TextColumns.right("l/s", 14) + TextColumns.right("95 %", 14)
                + TextColumns.right("l/conn/d", 14)
        ] + rows
    }
}
