// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// Components of real losses, their economic level, and the estimates side by side, in 80 columns.
enum ComponentText {
    static func lines(_ assessment: CityAssessment) -> [String] {
        var lines: [String] = []
        if let study = assessment.components { lines += components(study) + economy(study) + notes(study) }
        if let together = assessment.reconciliation { lines += estimates(together, assessment.components) }
        return lines
    }

    /// - isVolume: what cannot be below zero.
    private static func row(
        _ name: String, _ value: Estimate, _ unit: String = "", count: String = "", isVolume: Bool = false
    ) -> String {
        let interval = "\(NumberText.significant(isVolume ? max(0, value.low95) : value.low95)) to \(NumberText.significant(value.high95))"
        let text =
            TextColumns.padded(name, 34) + TextColumns.right(count, 8) + TextColumns.right(NumberText.significant(value.value), 10)
            + "  " + TextColumns.padded(interval, 17) + unit
        return String(text.reversed().drop { $0 == " " }.reversed())
    }

    private static func components(_ study: ComponentStudy) -> [String] {
        guard let found = study.components, let period = study.period else { return [] }
        let perDay = 1 / found.days
        func day(_ instant: Instant) -> String { String(instant.description.prefix(10)) }
        var lines = [
            "", "Real losses by component (BABE), log of repairs \(day(period.lowerBound)) to \(day(period.upperBound + -1))",
            TextColumns.padded("", 34) + TextColumns.right("bursts", 8) + TextColumns.right("m³/d", 10) + "  95 %",
            row("background leakage", perDay * found.background, isVolume: true),
        ]
        for part in found.byKind {
            for (isReported, volume) in [(true, part.reported), (false, part.unreported)] {
                let count = study.frequencies.first { $0.kind == part.kind && $0.isReported == isReported }?.count ?? 0
                guard count > 0 else { continue }
                let place = part.kind.rawValue.replacing("_", with: " ") + "s"
                lines.append(
                    row("\(isReported ? "reported" : "unreported") bursts, \(place)", perDay * volume, count: "\(count)", isVolume: true))
            }
        }
        lines.append(row("components together", perDay * found.total))
        if let rest = study.recoverable { lines.append(row("balance less components", rest)) }
        if let least = study.unavoidable {
            let range = "\(NumberText.significant(least.low95)) to \(NumberText.significant(least.high95))"
            lines.append(
                TextColumns.padded("unavoidable, range of single years", 42) + TextColumns.right(NumberText.significant(least.mean), 10)
                    + "  " + range)
        }
        return lines
    }

    private static func economy(_ study: ComponentStudy) -> [String] {
        guard let economic = study.intervention else { return [] }
        var lines = ["", "Looking for unreported leaks, as often as it pays"]
        if let rise = study.riseOfLeakage { lines.append(row("rise of unreported leakage", rise, "m³/d/year")) }
        lines += [
            row("economic intervention frequency", economic.frequencyMonths, "months"),
            row("part of the system a year", economic.surveyedPercentPerYear, "%"),
            row("annual budget", economic.annualBudget, "\(study.currency)/year"),
            row("unreported losses that remain", 1 / 365.0 * economic.unreportedLosses, "m³/d"),
        ]
        if let level = study.level {
            lines.append(row("short-run economic level", level.level, "m³/d"))
            if let connections = study.connections, let each = level.perConnection(connections) {
                lines.append(row("  a connection", 1000 * each, "L/conn/d"))
            }
            if let present = study.present { lines.append(row("real losses of the balance", present, "m³/d")) }
        }
        return lines
    }

    private static func notes(_ study: ComponentStudy) -> [String] {
        var lines = study.assumptions.isEmpty ? [] : ["Taken in the components:"] + study.assumptions.flatMap { TextColumns.wrapped($0) }
        if !study.missing.isEmpty { lines += ["Not known:"] + study.missing.flatMap { TextColumns.wrapped($0) } }
        return lines.isEmpty ? [] : [""] + lines
    }

    private static func estimates(_ together: LossReconciliation, _ study: ComponentStudy?) -> [String] {
        let daily = Units.day
        var lines = [
            "",
            TextColumns.padded("Real losses by \(together.estimates.count) ways", 34) + TextColumns.right("", 8)
                + TextColumns.right("m³/d", 10) + "  95 %",
        ]
        lines += together.estimates.map { item in
            let apart = item.normalisedResidual.map { "\(NumberText.fixed($0, 1)) sd" } ?? ""
            return row(item.name, daily * item.before, apart)
        }
        let chance = together.chance < 0.001 ? "below 0.001" : NumberText.fixed(together.chance, 3)
        let test = "χ² \(NumberText.fixed(together.chiSquare, 1)), \(together.degreesOfFreedom) degrees of freedom: chance \(chance)"
        if together.isConsistent {
            lines.append(row("all together, least squares", daily * together.loss))
            lines += TextColumns.wrapped("\(test); the estimates agree", mark: "", indent: 0)
        } else {
            if let rest = together.withoutSuspect { lines.append(row("without \(rest.name)", daily * rest.loss)) }
            lines += TextColumns.wrapped("\(test); the estimates do not agree", mark: "", indent: 0)
            lines += together.advice.flatMap { TextColumns.wrapped($0) }
            if let rest = study?.recoverable, rest.low95 > 0 {
                lines += TextColumns.wrapped(
                    "components hold only bursts that were found: what the balance has beyond them may run unfound, and could be recovered")
            }
        }
        return lines
    }
}
