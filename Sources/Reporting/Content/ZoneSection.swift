// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

extension PlanSource {
    var zones: Section {
        let zones = assessment.zones
        guard !zones.isEmpty else {
            return Section(
                id: "zones", title: .words(.zonesTitle),
                blocks: [.notice(Notice(.missing, .words(.zonesMissingTitle), [.words(.zonesMissing)]))]
                    + designed)
        }
        var blocks: [Block] = []
        if let ranking { blocks.append(.graphic(ranking)) }
        blocks.append(.table(zoneTable(zones)))
        let unmetered = zones.filter { $0.inflow == nil }
        if !unmetered.isEmpty {
            blocks.append(
                .notice(
                    Notice(
                        .missing, .words(.zonesUnmeteredTitle),
                        [.words(.zonesUnmetered, [.list(unmetered.map { .literal($0.zone.name) })])])))
        }
        let nights = zones.compactMap(\.nightFlow)
        if nights.isEmpty {
            blocks.append(.notice(Notice(.missing, .words(.nightFlowMissingTitle), [.words(.nightFlowMissing)])))
        } else {
            blocks.append(.graphic(nightFlowChart(nights)))
            blocks.append(.table(nightFlowTable(nights)))
        }
        return Section(id: "zones", title: .words(.zonesTitle), blocks: blocks)
    }

    /// Zones that the plan designed on the network of a city that has none: in sum, and one by one.
    private var designed: [Block] {
        guard let zones = plan.townZones else { return [] }
        func count(_ number: Int) -> Figure { Figure(Double(number), .none, .decimals(0)).from(.sizing) }
        func pressure(_ metres: Double?) -> Figure { Figure(metres, .metres, .decimals(1)).from(.sizing) }
        let sum = Phrase.words(
            .zonesDesigned,
            [
                .figure(count(zones.design.zones.count)), .figure(count(zones.inlets)), .figure(count(zones.closedValves)),
                .figure(pressure(zones.design.before.meanPressure)), .figure(pressure(zones.design.after.meanPressure)),
                .figure(count(zones.reducingValves)),
            ])
        let table = Table(
            caption: .words(.zonesDesignedCaption),
            columns: [
                .init(.words(.zone)), .init(.words(.connections), isNumeric: true), .init(.words(.mainsLength), unit: .kilometres),
                .init(.words(.zonesDesignedInlets), isNumeric: true), .init(.words(.zonesDesignedValves), isNumeric: true),
                .init(.words(.zonesDesignedReducing), isNumeric: true), .init(.words(.zonesDesignedBefore), unit: .metres),
                .init(.words(.zonesDesignedAfter), unit: .metres), .init(.words(.zonesDesignedReduced), unit: .metres),
            ],
            rows: zones.rows.map { zone in
                Table.Row([
                    .text(.literal(zone.zone.name)), .number(count(Int(zone.zone.properties.rounded()))),
                    .number(Figure(zone.zone.mainsLength / 1000, .kilometres, .decimals(1)).from(.sizing)),
                    .number(count(zone.zone.inlets)), .number(count(zone.zone.closedValves)), .number(count(zone.reducingValves)),
                    .number(pressure(zone.zone.meanBefore)),
                    .number(pressure(zone.zone.meanAfter)), .number(pressure(zone.reducedPressure)),
                ])
            }, note: .words(.zonesDesignedNote))
        return [.paragraph(sum)] + (map(of: zones).map { [.graphic($0)] } ?? []) + [.table(table)]
    }

    /// Litres per connection and day where every zone's connections are known, else cubic metres per day.
    private var ranking: Graphic? {
        let known = assessment.zones.filter { $0.realLoss != nil }
        guard !known.isEmpty else { return nil }
        let perConnection = known.allSatisfy { ($0.zone.connections ?? 0) > 0 }
        let unit = perConnection ? ShownUnit.litresPerConnectionDay : .cubicMetresPerDay
        let items = known.compactMap { zone -> Ranking.Item? in
            guard let loss = zone.realLoss else { return nil }
            let figure = perConnection ? lossPerConnection(zone) ?? Figure(nil, unit) : Figure(loss, times: Units.day, unit)
            return Ranking.Item(.literal(zone.zone.name), figure)
        }.sorted { ($0.figure.value ?? 0) > ($1.figure.value ?? 0) }
        guard let first = items.first else { return nil }
        return Graphic(
            id: "zone-ranking", title: .words(.zoneRankingTitle),
            description: .words(.zoneRankingDescription, [first.label, .figure(first.figure)]),
            content: .ranking(Ranking(axis: .words(.realLosses), unit: unit, items: items)),
            origins: [Origin(perConnection ? .perConnection : .nightLeakage)])
    }

    private func lossPerConnection(_ zone: ZoneAssessment) -> Figure? {
        guard let loss = zone.realLoss, let connections = zone.zone.connections, connections > 0 else { return nil }
        return Figure(loss, times: Units.day * 1000 / Double(connections), .litresPerConnectionDay).from(.perConnection)
    }

    private func zoneTable(_ zones: [ZoneAssessment]) -> Table {
        func flow(_ estimate: Estimate?) -> Cell {
            .number(estimate.map { Figure($0, times: Units.day, .cubicMetresPerDay) } ?? Figure(nil, .none))
        }
        return Table(
            caption: .words(.zonesCaption),
            columns: [
                .init(.words(.zone)), .init(.words(.connections), isNumeric: true), .init(.words(.mainsLength), unit: .kilometres),
                .init(.words(.inflow), unit: .cubicMetresPerDay), .init(.words(.registered), unit: .cubicMetresPerDay),
                .init(.words(.inflowLessRegistered), unit: .cubicMetresPerDay), .init(.words(.realLosses), unit: .cubicMetresPerDay),
                .init(.words(.realLosses), unit: .litresPerConnectionDay),
            ],
            rows: zones.map { zone in
                Table.Row([
                    .text(.literal(zone.zone.name)), .number(Figure(zone.zone.connections.map(Double.init), .none, .decimals(0))),
                    .number(Figure(zone.zone.mainsLength.map { $0 / 1000 }, .kilometres, .decimals(1))), flow(zone.inflow),
                    flow(zone.registeredConsumption), flow(zone.loss), flow(zone.realLoss).from(.nightLeakage),
                    .number(lossPerConnection(zone) ?? Figure(nil, .none)),
                ])
            }, note: .words(.zonesNote))
    }

    private func nightFlowChart(_ nights: [ZoneNightFlow]) -> Graphic {
        let panels = nights.map { night -> Plot.Panel in
            Plot.Panel(
                title: .literal(zoneName(night.zone)),
                marks: [
                    .rule(night.legitimateNightUse.value * 1000, .secondary),
                    .line(
                        night.nightly.map { entry in entry.flow.map { Point(x: Double(entry.day.seconds), y: $0 * 1000) } }, .primary),
                ])
        }
        return Graphic(
            id: "night-flow", title: .words(.nightFlowTitle), description: .words(.nightFlowDescription),
            content: .plot(
                Plot(
                    x: .init(.words(.night), scale: .day), y: .init(.words(.nightFlowAxis), .litresPerSecond, includes: [0]),
                    panels: panels,
                    legend: [.init(.words(.minimumNightFlow), .primary, .line), .init(.words(.legitimateNightUse), .secondary, .line)])))
    }

    private func nightFlowTable(_ nights: [ZoneNightFlow]) -> Table {
        Table(
            caption: .words(.nightFlowCaption),
            columns: [
                .init(.words(.zone)), .init(.words(.nights), isNumeric: true), .init(.words(.minimumNightFlow), unit: .litresPerSecond),
                .init(.words(.legitimateNightUse), unit: .litresPerSecond), .init(.words(.nightLeakage), unit: .litresPerSecond),
                .init(.words(.nightDayFactor), unit: .hoursPerDay), .init(.words(.dailyLeakage), unit: .cubicMetresPerDay),
            ],
            rows: nights.map { night in
                func flow(_ estimate: Estimate) -> Cell { .number(Figure(estimate, times: 1000, .litresPerSecond)) }
                return Table.Row([
                    .text(.literal(zoneName(night.zone))), .number(Figure(Double(night.nights), .none, .decimals(0))),
                    flow(night.minimumNightFlow), flow(night.legitimateNightUse), flow(night.nightLeakage),
                    .number(Figure(night.nightDayFactor, .hoursPerDay)),
                    .number(Figure(night.dailyLeakage, times: Units.day, .cubicMetresPerDay)),
                ])
            }, note: .words(.nightFlowNote))
    }
}
