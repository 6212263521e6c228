// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss

/// The figures that WB-EasyCalc 6.17 would display, for those who must match them.
enum EasyCalcFiles {
    static func text(_ display: EasyCalcDisplay) -> String {
        var lines = TextColumns.wrapped(
            "As WB-EasyCalc 6.17 displays it, its known defects included; margins in per cent of the value. Our own figures: without --compatibility.",
            mark: "", indent: 0)
        lines += display.figures.map { figure in
            let margin = figure.margin.map { "± " + NumberText.fixed($0 * 100, 2) + " %" } ?? ""
            return TextColumns.padded(figure.name, 38) + TextColumns.right(NumberText.significant(figure.value, 8), 18) + "  " + margin
        }
        for region in PerformanceGroup.Region.allCases {
            guard let real = display.realLossesGroup[region], let water = display.nonRevenueWaterGroup[region] else { continue }
            lines.append("group_\(region.rawValue): real losses \(real.rawValue), non-revenue water \(water.rawValue)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func json(_ display: EasyCalcDisplay) -> JSON {
        let groups = PerformanceGroup.Region.allCases.map { region -> (String, JSON) in
            (
                region.rawValue,
                .object([
                    ("real_losses", JSON(display.realLossesGroup[region]?.rawValue)),
                    ("non_revenue_water", JSON(display.nonRevenueWaterGroup[region]?.rawValue)),
                ])
            )
        }
        return .object([
            ("compatibility", "WB-EasyCalc 6.17"),
            (
                "figures",
                .object(display.figures.map { ($0.name, .object([("value", .number($0.value)), ("margin95_fraction", JSON($0.margin))])) })
            ),
            ("performance_groups", .object(groups)),
        ])
    }

    static func csv(_ display: EasyCalcDisplay) -> String {
        DelimitedText.line(["figure", "value", "margin95_fraction"])
            + display.figures.map {
                DelimitedText.line([$0.name, NumberText.exact($0.value), $0.margin.map(NumberText.exact) ?? ""])
            }.joined()
    }
}
