// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import WaterModel

/// What `yusu select` writes.
struct SelectionText {
    let problem: SelectionProblem
    let result: SelectionResult

    private func start(_ zone: Int) -> (package: String, start: SelectionProblem.Start)? {
        result.choices[zone].map {
            let package = problem.zones[zone].packages[$0.package]
            return (package.name, package.starts[$0.start])
        }
    }

    var table: String {
        var text = "zone,package,start_year,capital,net_present_value,volume_m3_per_year,reduced_value,reason\n"
        for (zone, reason) in zip(problem.zones.indices, result.reasons) {
            let taken = start(zone)
            text += DelimitedText.line([
                problem.zones[zone].name, taken?.package ?? "", taken.map { "\(problem.firstYear + $0.start.year)" } ?? "",
                "\(taken?.start.totalCapital ?? 0)", "\(taken?.start.netPresentValue ?? 0)", "\(taken?.start.volume ?? 0)",
                "\(reason.chosen.reducedValue)", reason.sentence,
            ])
        }
        return text
    }

    func summary(runnerUp: SelectionResult?) -> JSON {
        .object([
            ("objective", .string(result.objective.rawValue)), ("value", .number(result.value)), ("bound", .number(result.bound)),
            ("gap_percent", .number(result.gap * 100)), ("is_proven_optimal", JSON(result.isProvenOptimal)),
            ("runner_up_value", JSON(runnerUp?.value)), ("net_present_value", .number(result.netPresentValue)),
            ("volume_m3_per_year", .number(result.volume)), ("revenue_water_ratio_percent", JSON(result.ratio.map { $0 * 100 })),
            ("connection_hours_per_day", .number(result.connectionHours)), ("least_share_spared_percent", .number(result.leastShare * 100)),
            ("first_year", .integer(problem.firstYear)), ("capital_by_year", .array(result.capital.map { .number($0) })),
            (
                "effort_by_year",
                .object(result.effort.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map { .number($0) })) })
            ),
            (
                "prices_of_limits",
                .array(result.prices.map { .object([("limit", .string($0.limit.name)), ("price_per_unit", .number($0.price))]) })
            ), ("nodes", .integer(result.nodes)), ("steps", .integer(result.steps)),
        ])
    }

    var sentence: String {
        let proof = result.isProvenOptimal ? "proven best" : "gap \(NumberText.significant(100 * result.gap, 2)) %"
        let zones = result.choices.filter { $0 != nil }.count
        return "\(result.objective.rawValue) \(NumberText.significant(result.value, 9)), bound \(NumberText.significant(result.bound, 9)) "
            + "(\(proof)); \(zones) of \(problem.zones.count) zones get a package, capital "
            + "\(NumberText.significant(result.totalCapital, 9))\n"
    }

    static func frontier(_ points: [SelectionResult]) -> String {
        var text = "net_present_value,bound,volume_m3_per_year,capital,revenue_water_ratio_percent\n"
        for point in points {
            text += DelimitedText.line([
                "\(point.netPresentValue)", "\(point.bound)", "\(point.volume)", "\(point.totalCapital)",
                point.ratio.map { "\($0 * 100)" } ?? "",
            ])
        }
        return text
    }
}
