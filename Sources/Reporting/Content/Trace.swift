// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

/// Where figures of one kind come from: formula, inputs, source, status of the inputs.
public struct Trace: Sendable {
    /// The catalogue's `trace` holds its formula.
    public enum Kind: String, Sendable, CaseIterable {
        case balanceVolume = "balance_volume"
        case ratio, remainder
        case apparentLosses = "apparent_losses"
        case zoneInflow = "zone_inflow"
        case nightFlow = "night_flow"
        case nightLeakage = "night_leakage"
        case leakProbability = "leak_probability"
        case pressure
        case capital, operation, saved
        case costPerVolume = "cost_per_volume"
        case netPresentValue = "net_present_value"
        case internalRate = "internal_rate"
        case benefitCost = "benefit_cost"
        case payback, trajectory, benefit, need, deficit
        case waterWorth = "water_worth"
        case meterError = "meter_error"
        case billShare = "bill_share"
        case varianceShare = "variance_share"
        case switching
    }

    public var kind: Kind
    public var formula: Phrase
    public var inputs: [Phrase]
    public var source: Phrase
    /// Of the inputs, each once, the surest first.
    public var statuses: [SourceStatus]

    /// Rests on a figure that somebody assumed or that nobody verified.
    public var isUncertain: Bool { statuses.contains { [.assumed, .unverified].contains($0) } }
    /// Of its row in the annex.
    public var anchor: String { "from-" + kind.rawValue }
}

extension Trace.Kind {
    /// The kind of the figures under a head of a table, beside a label or in a key figure.
    static func named(_ title: Phrase) -> Self? { byTitle[title] }

    private static let byTitle: [Phrase: Self] = {
        var result: [Phrase: Self] = [:]
        func add(_ kind: Self, _ keys: TextKey...) { for key in keys { result[.words(key)] = kind } }
        func add(_ kind: Self, programme keys: String...) { for key in keys { result[.name(.programme, key)] = kind } }
        func add(_ kind: Self, indicator keys: String...) { for key in keys { result[.name(.indicator, key)] = kind } }
        add(.balanceVolume, .perYear, .perDay, .waterSupplied, .authorisedConsumption, .nonRevenueWater, .nonRevenueWaterLong)
        add(.ratio, .revenueWaterRatio, .shareOfSupplied)
        add(.remainder, .realLossesLong)
        add(.apparentLosses, .apparentLosses)
        add(.zoneInflow, .inflow, .inflowLessRegistered, .registered)
        add(.nightFlow, .minimumNightFlow)
        add(.nightLeakage, .nightLeakage, .dailyLeakage)
        add(.leakProbability, .probability, .probabilitySoFar)
        add(.pressure, .nightLowest, .nightMedian, .nightHighest, .peakLowest)
        add(.capital, .capitalCost)
        add(.capital, programme: "capital", "works")
        add(.operation, .operationCost)
        add(.operation, programme: "operation")
        add(.saved, .volumeSaved)
        add(.saved, programme: "saved")
        add(.costPerVolume, .costPerVolume)
        add(.netPresentValue, .netPresentValue)
        add(.internalRate, .internalRateOfReturn)
        add(.benefitCost, .benefitCostRatio)
        add(.payback, .payback)
        add(.payback, programme: "discounted_payback")
        add(.trajectory, .ratioWith, .ratioWithout, .realLossesWith, .realLossesWithout)
        add(.trajectory, programme: "losses_with", "losses_without", "losses_stopped")
        add(.benefit, .benefit)
        add(.need, programme: "need_with", "need_without", "demand")
        add(.deficit, programme: "deficit_with", "deficit_without")
        add(.waterWorth, programme: "worth_sold", "worth_avoided", "worth_per_m3")
        add(.meterError, .meterExpectedError)
        add(.billShare, programme: "bill_share", "lifeline_share")
        add(.varianceShare, programme: "variance_share")
        add(.switching, programme: "worth_at_low", "worth_at_high", "switching_value")
        add(.remainder, indicator: "real_losses_per_connection", "infrastructure_leakage_index")
        return result
    }()
}

extension PlanSource {
    /// - kinds: of the figures that the document shows.
    func traces(of kinds: Set<Trace.Kind>) -> [Trace] { Trace.Kind.allCases.filter(kinds.contains).map(trace) }

    private func trace(_ kind: Trace.Kind) -> Trace {
        let balanceLines = BalanceInput.Line.allCases.map(\.rawValue)
        let (inputs, statuses): ([Phrase], [SourceStatus]) =
            switch kind {
            case .balanceVolume, .ratio, .remainder:
                (
                    [.words(.balanceTitle)],
                    city.balance.map { input in BalanceInput.Line.allCases.compactMap { input.volumes[$0]?.status } } ?? []
                )
            case .apparentLosses:
                (
                    [.unauthorised, .meteringInaccuracy, .dataHandling].map { (line: BalanceInput.Line) in
                        .name(.balanceLine, line.rawValue)
                    }, assumed { balanceLines.contains(where: $0.hasSuffix) || $0 == "balance.meter_under_registration" }
                )
            case .zoneInflow, .nightFlow: ([.words(.inflow), .words(.registered)], [.measured])
            case .nightLeakage:
                ([.words(.minimumNightFlow), .words(.legitimateNightUse), .words(.nightDayFactor)], [.measured, .assumed])
            case .leakProbability, .pressure: ([.words(.mapTitle)], [.measured, .computed])
            case .capital: ([.words(.quantity), .name(.parameter, "unit_cost")], assumed { $0.contains("cost") })
            case .operation:
                ([.words(.quantity), .name(.parameter, "operation_cost")], assumed { $0.contains("operation") || $0.contains("survey") })
            case .saved:
                (
                    [.words(.realLosses), .words(.apparentLosses), .name(.parameter, "effect")],
                    assumed { $0.contains("effect") || $0.contains("share") || $0.contains("leakage_exponent") }
                )
            case .costPerVolume:
                ([.words(.capitalCost), .words(.operationCost), .words(.life), .words(.volumeSaved)], assumed { _ in true })
            case .netPresentValue, .internalRate, .benefitCost, .payback:
                (
                    [.words(.capitalCost), .words(.operationCost), .words(.benefit)]
                        + (kind == .internalRate ? [] : [.words(.discountRate)]), assumed { _ in true }
                )
            case .trajectory:
                (
                    [.words(.volumeSaved), .name(.parameter, "natural_rise_of_leakage")],
                    assumed { $0.contains("natural_rise") || $0.contains("effect") }
                )
            case .benefit, .waterWorth:
                (
                    [.words(.volumeSaved), .words(.tariff), .words(.variableProductionCost)],
                    assumed { $0.hasSuffix("tariff") || $0.hasSuffix("variable_production_cost") || $0.hasSuffix("collection_rate") }
                )
            case .need, .deficit:
                (
                    [.name(.parameter, "demand_growth"), .words(.realLosses)] + (kind == .deficit ? [.words(.productionCapacity)] : []),
                    assumed { $0.hasSuffix("demand_growth") } + [city.profile.productionCapacity.status]
                )
            case .meterError:
                (
                    [.words(.meterAge), .name(.parameter, "under_registration_growth")],
                    assumed { $0.hasSuffix("under_registration_growth") }
                )
            case .billShare:
                (
                    [.words(.tariff), .name(.parameter, "household_use"), .name(.parameter, "household_income")],
                    assumed { $0.contains("household") || $0.contains("income") || $0.hasSuffix("tariff") }
                )
            case .varianceShare, .switching: ([.words(.registerTitle)], assumed { _ in true })
            }
        return Trace(
            kind: kind, formula: .name(.trace, kind.rawValue), inputs: inputs, source: .name(.trace, "source_" + kind.origin),
            statuses: Set(statuses).sorted())
    }

    /// Statuses of the figures of the register whose item holds to a rule.
    private func assumed(_ rule: (String) -> Bool) -> [SourceStatus] { plan.assumptions.filter { rule($0.item) }.map(\.value.status) }

    func traceSection(_ traces: [Trace]) -> Section? {
        guard !traces.isEmpty else { return nil }
        let table = Table(
            caption: .words(.traceCaption),
            columns: [
                .init(.words(.numberSign), isNumeric: true), .init(.words(.traceFormula)), .init(.words(.traceInputs)),
                .init(.words(.source)), .init(.words(.statusHead)),
            ],
            rows: traces.enumerated().map { index, trace in
                var row = Table.Row([
                    .number(Figure(Double(index + 1), .none, .decimals(0))), .text(trace.formula), .text(.list(trace.inputs)),
                    .text(trace.source),
                    trace.statuses.isEmpty ? .none : .text(.list(trace.statuses.map { .name(.status, $0.rawValue) })),
                ])
                row.anchor = trace.anchor
                return row
            }, note: .words(.traceNote))
        return Section(id: "traces", title: .words(.traceTitle), blocks: [.table(table)])
    }
}

extension Trace.Kind {
    /// Where its formula is from; a name of the catalogue.
    fileprivate var origin: String {
        switch self {
        case .balanceVolume, .ratio, .remainder, .apparentLosses: "iwa"
        case .zoneInflow, .nightFlow, .nightLeakage: "night"
        case .leakProbability, .pressure: "model"
        case .varianceShare, .switching: "simulation"
        default: "plan"
        }
    }
}

extension PlanDocument {
    /// Kinds of figures under the heads, beside the labels and in the key figures of these sections.
    static func traced(in sections: [Section]) -> Set<Trace.Kind> {
        var kinds: Set<Trace.Kind> = []
        for section in sections {
            for block in section.blocks {
                switch block {
                case .keyFigures(let figures): kinds.formUnion(figures.compactMap { Trace.Kind.named($0.label) })
                case .table(let table):
                    kinds.formUnion(table.columns.compactMap(\.trace))
                    kinds.formUnion(table.rows.compactMap { $0.trace(in: table) })
                default: break
                }
            }
            kinds.formUnion(traced(in: section.sections))
        }
        return kinds
    }

    /// The mark of a kind of figures, `7` or `7†`, with its trace; nil where the document has no trace of it.
    func mark(of kind: Trace.Kind?) -> (text: String, trace: Trace)? {
        guard let kind, let index = traces.firstIndex(where: { $0.kind == kind }) else { return nil }
        return ("\(index + 1)" + (traces[index].isUncertain ? "†" : ""), traces[index])
    }
}

extension Table.Column {
    var trace: Trace.Kind? { isNumeric ? Trace.Kind.named(title) : nil }
}

extension Table.Row {
    /// Of a row whose first cell names the figure and whose columns do not.
    func trace(in table: Table) -> Trace.Kind? {
        guard !table.columns.contains(where: { $0.trace != nil }), case .text(let title)? = cells.first else { return nil }
        return Trace.Kind.named(title)
    }
}
