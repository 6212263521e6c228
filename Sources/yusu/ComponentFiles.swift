// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// Components of real losses, their economic level, and the estimates side by side, for programs.
enum ComponentFiles {
    private static func interval(_ name: String, _ unit: String, _ value: Estimate?) -> [(String, JSON)] {
        [
            ("\(name)_\(unit)", JSON(value?.value)), ("\(name)_low95_\(unit)", JSON(value?.low95)),
            ("\(name)_high95_\(unit)", JSON(value?.high95)),
        ]
    }

    /// Members beside those of the balance.
    static func members(_ assessment: CityAssessment) -> [(String, JSON)] {
        var members: [(String, JSON)] = []
        if let study = assessment.components {
            members += [("components", components(study)), ("economic_level_of_leakage", economy(study))]
        }
        if let together = assessment.reconciliation { members.append(("reconciliation", estimates(together))) }
        return members
    }

    private static func volumes(_ study: ComponentStudy) -> [(String, Estimate)] {
        guard let found = study.components else { return [] }
        let perDay = 1 / found.days
        return [("background", perDay * found.background)]
            + found.byKind.flatMap { part in
                [
                    ("reported_\(part.kind.rawValue)", perDay * part.reported),
                    ("unreported_\(part.kind.rawValue)", perDay * part.unreported),
                ]
            } + [("total", perDay * found.total)] + (study.recoverable.map { [("recoverable", $0)] } ?? [])
    }

    private static func components(_ study: ComponentStudy) -> JSON {
        let period = study.period
        func day(_ instant: Instant?) -> JSON { JSON(instant.map { String($0.description.prefix(10)) }) }
        let bursts = study.frequencies.map { item -> JSON in
            .object([
                ("element", .string(item.kind.rawValue)), ("kind", .string(item.isReported ? "reported" : "unreported")),
                ("count", .integer(item.count)), ("per_year", .number(item.perYear.value)),
                ("low95_per_year", .number(item.perYear.low95)), ("high95_per_year", .number(item.perYear.high95)),
                ("unavoidable_per_year", .number(item.unavoidable)),
            ])
        }
        let shares = study.components?.varianceShares ?? []
        var members: [(String, JSON)] = [
            ("log_from", day(period?.lowerBound)), ("log_to", day(period.map { $0.upperBound + -1 })),
        ]
        members += volumes(study).flatMap { interval($0.0, "m3_per_day", $0.1) }
        members += [
            ("unavoidable_m3_per_day", JSON(study.unavoidable?.mean)),
            ("unavoidable_year_low95_m3_per_day", JSON(study.unavoidable?.low95)),
            ("unavoidable_year_high95_m3_per_day", JSON(study.unavoidable?.high95)), ("bursts", .array(bursts)),
            ("variance_shares", .object(shares.map { ($0.input, .number($0.share)) })), ("assumptions", JSON(study.assumptions)),
            ("missing", JSON(study.missing)),
        ]
        return .object(members)
    }

    private static func economy(_ study: ComponentStudy) -> JSON {
        let economic = study.intervention, level = study.level
        var members = interval("rise_of_leakage", "m3_per_day_per_year", study.riseOfLeakage)
        members += interval("intervention", "months", economic?.frequencyMonths)
        members += interval("surveyed", "percent_per_year", economic?.surveyedPercentPerYear)
        members += interval("annual_budget", "currency_per_year", economic?.annualBudget)
        members += interval("unreported_losses", "m3_per_year", economic?.unreportedLosses)
        members += interval("short_run_economic_level", "m3_per_day", level?.level)
        let each = study.connections.flatMap { level?.perConnection($0) }.map { 1000 * $0 }
        members += interval("short_run_economic_level", "l_per_connection_day", each)
        members += interval("present_real_losses", "m3_per_day", study.present)
        return .object(members)
    }

    private static func estimates(_ together: LossReconciliation) -> JSON {
        let each = together.estimates.map { item -> JSON in
            let shares = JSON.object(item.shares.map { ($0.input, .number($0.share)) })
            var members: [(String, JSON)] = [("name", .string(item.name))]
            members += interval("real_losses", "m3_per_day", Units.day * item.before)
            members += [("normalised_residual", JSON(item.normalisedResidual)), ("variance_shares", shares)]
            return .object(members)
        }
        var members: [(String, JSON)] = [
            ("estimates", .array(each)), ("chi_square", .number(together.chiSquare)),
            ("degrees_of_freedom", .integer(together.degreesOfFreedom)), ("p_value", .number(together.chance)),
            ("is_consistent", .boolean(together.isConsistent)),
        ]
        members += interval("real_losses", "m3_per_day", Units.day * together.loss)
        members.append(("suspect", JSON(together.withoutSuspect?.name)))
        members += interval("without_suspect", "m3_per_day", together.withoutSuspect.map { Units.day * $0.loss })
        members.append(("advice", JSON(together.advice)))
        return .object(members)
    }

    /// Rows `figure,value,low95,high95,unit`.
    static func csv(_ assessment: CityAssessment) -> String {
        func row(_ name: String, _ value: Estimate, _ unit: String) -> String {
            DelimitedText.line([
                name, NumberText.exact(value.value), NumberText.exact(value.low95), NumberText.exact(value.high95), unit,
            ])
        }
        var text = ""
        if let study = assessment.components {
            text += volumes(study).map { row("component_\($0.0)", $0.1, "m3/d") }.joined()
            if let economic = study.intervention {
                text += row("economic_intervention", economic.frequencyMonths, "months")
                text += row("economic_annual_budget", economic.annualBudget, "currency/year")
                text += row("economic_unreported_losses", economic.unreportedLosses, "m3/year")
            }
            if let level = study.level { text += row("short_run_economic_level", level.level, "m3/d") }
        }
        if let together = assessment.reconciliation {
            for item in together.estimates {
                text += row("real_losses_by_\(item.name.replacing(" ", with: "_"))", Units.day * item.before, "m3/d")
            }
            text += row("real_losses_together", Units.day * together.loss, "m3/d")
            let chance = together.chance
            text += row("reconciliation_p_value", Estimate(chance), "")
        }
        return text
    }
}
