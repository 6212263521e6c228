// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterLoss
import WaterModel

/// A figure of the profile, and what cannot be said while it is not known.
struct ProfileRow {
    var label: TextKey
    var value: SourcedValue
    var factor: Double
    var unit: ShownUnit
    var neededFor: TextKey
}

extension PlanSource {
    var profileRows: [ProfileRow] {
        let profile = city.profile
        return [
            ProfileRow(label: .population, value: profile.population, factor: 1, unit: .persons, neededFor: .neededForUsePerPerson),
            ProfileRow(label: .connections, value: profile.connections, factor: 1, unit: .none, neededFor: .neededForPerConnection),
            ProfileRow(
                label: .meteredConnections, value: profile.meteredConnections, factor: 1, unit: .none, neededFor: .neededForMetering),
            ProfileRow(label: .mainsLength, value: profile.mainsLength, factor: 1e-3, unit: .kilometres, neededFor: .neededForPerMain),
            ProfileRow(
                label: .serviceLineLength, value: profile.serviceLineLength, factor: 1, unit: .metres, neededFor: .neededForUnavoidable),
            ProfileRow(
                label: .averagePressure, value: profile.averagePressure, factor: 1, unit: .metresOfHead, neededFor: .neededForUnavoidable),
            ProfileRow(label: .supplyHours, value: profile.supplyHours, factor: 1, unit: .hoursPerDay, neededFor: .neededForIntermittent),
            ProfileRow(label: .tariff, value: profile.tariff, factor: 1, unit: .moneyPerCubicMetre(currency), neededFor: .neededForRevenue),
            ProfileRow(
                label: .variableProductionCost, value: profile.variableProductionCost, factor: 1, unit: .moneyPerCubicMetre(currency),
                neededFor: .neededForValue),
            ProfileRow(
                label: .operatingCost, value: profile.operatingCost, factor: 1, unit: .moneyPerYear(currency),
                neededFor: .neededForCostShare),
            ProfileRow(
                label: .productionCapacity, value: profile.productionCapacity, factor: Units.day, unit: .cubicMetresPerDay,
                neededFor: .neededForDeficit),
            ProfileRow(
                label: .exchangeRate, value: profile.exchangeRate, factor: 1, unit: .asWritten("\(currency)/US$"),
                neededFor: .neededForDollars),
        ]
    }

    var profile: Section {
        let rows = profileRows
        var blocks: [Block] = [
            .paragraph(.words(.dataLevelIs, [.name(.level, assessment.level.word)])),
            .table(
                Table(
                    caption: .words(.profileCaption), columns: Self.sourcedColumns(),
                    rows: rows.map { row in
                        Table.Row(
                            [.text(.words(row.label))] + Self.sourcedCells(row.value, factor: row.factor, row.unit),
                            style: row.value.value == nil ? .muted : .plain)
                    })),
        ]
        let unknown = rows.filter { $0.value.value == nil }
        if !unknown.isEmpty {
            blocks.append(
                .notice(
                    Notice(
                        .missing, .words(.profileUnknownTitle),
                        unknown.map { .words(.neededFor, [.words($0.label), .words($0.neededFor)]) })))
        }
        if !city.profile.facts.isEmpty { blocks.append(.table(factsTable)) }
        return Section(id: "profile", title: .words(.profileTitle), blocks: blocks)
    }

    /// Facts that are the same but for what stands in brackets stand one under the other.
    private var factsTable: Table {
        var order: [String] = []
        var groups: [String: [CityFact]] = [:]
        for fact in city.profile.facts {
            let subject = Self.subject(of: fact.item)
            if groups[subject] == nil { order.append(subject) }
            groups[subject, default: []].append(fact)
        }
        return Table(
            caption: .words(.factsCaption), columns: Self.sourcedColumns(),
            rows: order.flatMap { groups[$0] ?? [] }.map { fact in
                var cells = Self.sourcedCells(fact.value, .asWritten(fact.unit))
                // 2028, not 2,028 years.
                if fact.unit == "year", let value = fact.value.value { cells[0] = .year(Int(value.rounded())) }
                return Table.Row([.text(.literal(fact.item))] + cells)
            }, note: .words(.factsNote))
    }

    private static func subject(of item: String) -> String {
        guard let bracket = item.range(of: " (") else { return item }
        return String(item[..<bracket.lowerBound])
    }

    static func sourcedColumns(lead: [Table.Column] = [.init(.words(.item))], tail: [Table.Column] = []) -> [Table.Column] {
        lead + [
            .init(.words(.figure), isNumeric: true), .init(.words(.year)), .init(.words(.source)), .init(.words(.statusHead)),
        ] + tail
    }

    static func sourcedCells(_ value: SourcedValue, factor: Double = 1, _ unit: ShownUnit) -> [Cell] {
        [
            .number(Figure(value, times: factor, unit).from(.stated)), value.year.map { .text(.literal($0)) } ?? .none,
            value.source.map { .text(.message($0)) } ?? .none, .status(value.status),
        ]
    }
}

extension CityAssessment.DataLevel {
    /// As catalogues and `plan.json` spell it.
    public var word: String {
        switch self {
        case .totals: "totals"
        case .zoneFlows: "zone_flows"
        case .customerReadings: "customer_readings"
        case .networkModel: "network_model"
        }
    }
}
