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
            lines += table(balance)
            if !assessment.indicators.isEmpty { lines += [""] + assessment.indicators.flatMap(indicator) }
            if !balance.defaults.isEmpty { lines += ["", "Not given:"] + balance.defaults.flatMap { wrapped($0) } }
        }
        let zones = assessment.zones.filter { $0.realLoss != nil }
        if !zones.isEmpty { lines += [""] + table(zones) }
        if let advice = assessment.advice {
            lines +=
                ["", "These data (level: \(advice.level.word.replacing("_", with: " "))) show:"]
                + advice.conclusions.flatMap { wrapped($0) }
            let share = advice.share.map { " (\(NumberText.fixed($0 * 100, 0)) % of the variance of real losses)" } ?? ""
            lines += ["To measure next:"] + wrapped(advice.nextMeasurement + share)
        }
        if !assessment.gaps.isEmpty { lines += ["", "Gaps:"] + assessment.gaps.flatMap { wrapped($0) } }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func table(_ b: WaterBalance) -> [String] {
        let base = b.waterSupplied.value
        func row(_ depth: Int, _ name: String, _ volume: Estimate) -> String {
            let label = String(repeating: "  ", count: depth) + name
            let margin = volume.standardDeviation > 0 ? "±" + NumberText.fixed(volume.margin95, 0) : ""
            return padded(label, 38) + right(NumberText.fixed(volume.value, 0), 14) + right(margin, 14)
                + right(NumberText.fixed(volume.value / base * 100, 1), 8)
        }
        return [
            padded("Volume of \(NumberText.exact(b.periodDays)) days", 38) + right("m³", 14) + right("95 %", 14) + right("%", 8),
            row(0, b.exportConvention == .billed ? "System input volume" : "Water supplied", b.waterSupplied),
            row(1, "Authorised consumption", b.authorisedConsumption), row(2, "Billed (revenue water)", b.revenueWater),
            row(3, "Billed metered", b.billedMetered), row(3, "Billed unmetered", b.billedUnmetered),
            row(2, "Unbilled", b.unbilledAuthorised), row(3, "Unbilled metered", b.unbilledMetered),
            row(3, "Unbilled unmetered", b.unbilledUnmetered), row(1, "Water losses", b.waterLosses),
            row(2, "Apparent losses", b.apparentLosses), row(3, "Unauthorised consumption", b.unauthorised),
            row(3, "Metering inaccuracy", b.meteringInaccuracy), row(3, "Data handling", b.dataHandling),
            row(2, "Real losses", b.realLosses), row(0, "Non-revenue water", b.nonRevenueWater),
        ]
    }

    private static func indicator(_ indicator: LossIndicator) -> [String] {
        let name = indicator.kind.rawValue.replacing("_", with: " ")
        let margin = indicator.value.standardDeviation > 0 ? " ± \(NumberText.significant(indicator.value.margin95, 2))" : ""
        let unit = indicator.unit == "–" ? "" : " \(indicator.unit)"
        return [padded(name, 38) + NumberText.significant(indicator.value.value) + margin + unit]
            + indicator.flags.flatMap { wrapped($0, mark: "! ") }
    }

    private static func table(_ zones: [ZoneAssessment]) -> [String] {
        let rows = zones.map { zone in
            let loss = zone.realLoss ?? Estimate(0)
            let perConnection = zone.realLossPerConnection.map { NumberText.fixed($0 * 1000 * Units.day, 0) } ?? ""
            return padded("\(zone.zone.id) \(zone.zone.name)", 38) + right(NumberText.fixed(loss.value * 1000, 2), 14)
                + right("±" + NumberText.fixed(loss.margin95 * 1000, 2), 14) + right(perConnection, 14)
        }
        return [padded("Real losses of zones", 38) + right("l/s", 14) + right("95 %", 14) + right("l/conn/d", 14)] + rows
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        var text = text
        if columns(text) >= width {
            while columns(text) > width - 2 { text.removeLast() }
            text += "…"
        }
        return text + String(repeating: " ", count: width - columns(text))
    }

    /// Columns of a terminal that a text takes: Korean, Chinese and Japanese letters take two.
    private static func columns(_ text: String) -> Int {
        text.reduce(0) { sum, letter in
            let isWide = letter.unicodeScalars.contains {
                (0x1100...0x115F).contains($0.value) || (0x2E80...0xD7A3).contains($0.value)
                    || (0xF900...0xFAFF).contains($0.value) || (0xFF00...0xFF60).contains($0.value)
                    || (0x20000...0x3FFFD).contains($0.value)
            }
            return sum + (isWide ? 2 : 1)
        }
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    /// Lines of at most 80 columns, the following ones under the first word.
    private static func wrapped(_ text: String, mark: String = "- ") -> [String] {
        var lines: [String] = []
        var line = "  " + mark
        let blank = String(repeating: " ", count: line.count)
        for word in text.split(separator: " ") {
            if line.count + word.count > 79, line.count > blank.count {
                lines.append(line)
                line = blank
            }
            line += (line.count > blank.count ? " " : "") + word
        }
        return lines + [line]
    }
}
