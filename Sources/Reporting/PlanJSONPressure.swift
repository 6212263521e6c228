// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles

extension PlanRecord {
    /// Reducing valves of zones with their settings, and what each way of setting brings.
    var reducingValves: JSON {
        guard let design = plan.pressureDesign else { return .null }
        func percent(_ shares: [Double]) -> JSON { .array(shares.map { .number(100 * $0) }) }
        return .object([
            ("largest_shortfall_m", JSON(design.shortfall.isFinite ? design.shortfall : nil)),
            (
                "zones",
                .array(
                    design.zones.map { zone in
                        .object([
                            ("zone", .string(zone.name)), ("reason_for_none", JSON(zone.reason)),
                            ("critical_node", JSON(zone.criticalNode?.name)), ("mean_pressure_before_m", .number(zone.meanPressure)),
                            (
                                "valves",
                                .array(
                                    zone.valves.map { valve in
                                        .object([
                                            ("inlet", .string(valve.link.name)), ("valve", .string(valve.valve.name)),
                                            ("diameter_mm", .number(1000 * valve.diameter)),
                                            ("fixed_setting_m", .number(valve.fixedSetting)),
                                            ("timed_settings_m", .array(valve.timedSettings.map { .number($0) })),
                                            ("flow_setting_constant_m", JSON(valve.flowSetting?.constant)),
                                            ("flow_setting_square_m_per_m3s2", JSON(valve.flowSetting?.square)),
                                        ])
                                    })
                            ),
                            (
                                "effects",
                                .array(
                                    zone.effects.map { effect in
                                        .object([
                                            ("mode", .string(effect.mode.rawValue)), ("mean_pressure_m", .number(effect.meanPressure)),
                                            ("leakage_cut_percent", percent(effect.leakageCut)),
                                            ("burst_cut_percent", percent(effect.burstCut)),
                                        ])
                                    })
                            ),
                        ])
                    })
            ),
        ])
    }
}
