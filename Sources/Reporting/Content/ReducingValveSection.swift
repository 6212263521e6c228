// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

extension PlanSource {
    /// Where reducing valves stand, how they are set, and what each way of setting brings; empty where none are designed.
    var reducingValves: [Block] {
        guard let design = plan.pressureDesign, design.zones.contains(where: { !$0.valves.isEmpty }) else { return [] }
        func head(_ value: Double?) -> Cell { .number(Figure(value, .metresOfHead, .decimals(1)).from(.sizing)) }
        func percent(_ shares: [Double]) -> Cell {
            guard shares.count == 3 else { return .none }
            return .number(Figure(100 * shares[1], low: 100 * shares[0], high: 100 * shares[2], .percent, .decimals(1)).from(.sizing))
        }
        func name(_ zone: PressureZoneDesign.Zone) -> Phrase { .literal(zoneName(Zone.ID(zone.name))) }
        let periods = design.zones.flatMap(\.valves).map(\.timedSettings.count).max() ?? 0
        let places = Table(
            caption: .words(.reducingCaption),
            columns: [
                .init(.words(.zone)), .init(.words(.reducingInlet)), .init(.words(.reducingDiameter), unit: .millimetres),
                .init(.words(.reducingFixed), unit: .metresOfHead),
            ]
                + (0..<periods).map {
                    .init(.words(.reducingFrom, [.literal("\(24 * $0 / max(1, periods))")]), unit: .metresOfHead)
                },
            rows: design.zones.flatMap { zone in
                zone.valves.map { valve in
                    Table.Row(
                        [
                            .text(name(zone)), .text(.literal(valve.link.name)),
                            .number(Figure(1000 * valve.diameter, .millimetres, .decimals(0)).from(.sizing)), head(valve.fixedSetting),
                        ] + (0..<periods).map { head($0 < valve.timedSettings.count ? valve.timedSettings[$0] : nil) })
                }
            }, note: .words(.reducingNote))
        let effects = Table(
            caption: .words(.reducingEffects),
            columns: [
                .init(.words(.zone)), .init(.words(.reducingMode)), .init(.words(.reducingBefore), unit: .metresOfHead),
                .init(.words(.reducingAfter), unit: .metresOfHead), .init(.words(.reducingLeakage), unit: .percent),
                .init(.words(.reducingBursts), unit: .percent),
            ],
            rows: design.zones.filter { !$0.valves.isEmpty }.flatMap { zone in
                zone.effects.map { effect in
                    Table.Row([
                        .text(name(zone)), .text(.words(Self.key(of: effect.mode))), head(zone.meanPressure), head(effect.meanPressure),
                        percent(effect.leakageCut), percent(effect.burstCut),
                    ])
                }
            }, note: .words(.reducingEffectsNote))
        return [.table(places), .table(effects)]
    }

    private static func key(of mode: PressureZoneDesign.Mode) -> TextKey {
        switch mode {
        case .fixed: .reducingModeFixed
        case .timed: .reducingModeTimed
        case .flow: .reducingModeFlow
        }
    }
}
