// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

extension PlanSource {
    var measures: Section {
        guard !plan.measures.isEmpty else {
            return Section(
                id: "measures", title: .words(.measuresTitle),
                blocks: [.notice(Notice(.missing, .words(.measuresMissingTitle), [.words(.measuresMissing)]))])
        }
        var blocks: [Block] = [.paragraph(selectionSentence)]
        if let curve { blocks.append(.graphic(curve)) }
        blocks.append(.table(measureTable))
        let conditions = plan.measures.filter { !$0.prerequisites.isEmpty || !$0.exclusions.isEmpty }
        if !conditions.isEmpty { blocks.append(.list(conditions.flatMap(conditionSentences))) }
        let pressed = plan.measures.compactMap(pressedSentence)
        if !pressed.isEmpty { blocks.append(.list(pressed)) }
        return Section(id: "measures", title: .words(.measuresTitle), blocks: blocks, startsPage: true)
    }

    private var selectionSentence: Phrase {
        let selection = plan.selection
        let budget =
            selection.budget.map { Phrase.words(.underBudget, [.figure(Figure($0, .money(currency)).from(.given))]) }
            ?? .words(.withoutBudget)
        return .words(
            .selectionSentence,
            [
                .counted(.measuresCount, selected.count, from: Origin(.counted)),
                .figure(Figure(Double(plan.measures.count), .none, .decimals(0)).from(.counted)),
                .name(.objective, selection.objective.rawValue),
                budget, .figure(Figure(selection.capital, .money(currency)).from(.capital)),
                .figure(Figure(selection.netPresentValue, .money(currency)).from(.netPresentValue)),
                .words(selection.isProvenOptimal ? .provenOptimal : .notProvenOptimal), .name(.regime, city.plan.regime.rawValue),
            ])
    }

    /// Numbers that the curve, the table and the sentences share.
    private func number(of id: String) -> Int? { plan.measures.firstIndex { $0.id == id }.map { $0 + 1 } }

    private func conditionSentences(_ measure: PlannedMeasure) -> [Phrase] {
        func names(_ ids: [String]) -> Phrase {
            .list(ids.map { id in plan.measures.first { $0.id == id }.map(name) ?? .name(.measure, id) })
        }
        var sentences: [Phrase] = []
        if !measure.prerequisites.isEmpty { sentences.append(.words(.needs, [name(of: measure), names(measure.prerequisites)])) }
        if !measure.exclusions.isEmpty { sentences.append(.words(.excludes, [name(of: measure), names(measure.exclusions)])) }
        return sentences
    }

    /// What customers draw less where pressure is lowered, and what meters no longer bill.
    private func pressedSentence(_ measure: PlannedMeasure) -> Phrase? {
        guard let spared = measure.consumptionSpared, let forgone = measure.revenueForgone, spared.high95 > 0 else { return nil }
        return .words(
            .pressedUse,
            [
                name(of: measure), .figure(Figure(spared, times: 1 / 365.0, .cubicMetresPerDay).from(.saved)),
                .figure(Figure(forgone, .moneyPerYear(currency)).from(.benefit)),
            ])
    }

    private var measureTable: Table {
        Table(
            caption: .words(.measuresCaption),
            columns: [
                .init(.words(.numberSign), isNumeric: true), .init(.words(.measureHead)), .init(.words(.target)),
                .init(.words(.quantity), isNumeric: true),
                .init(.words(.capitalCost), unit: .money(currency)), .init(.words(.operationCost), unit: .moneyPerYear(currency)),
                .init(.words(.life), unit: .years), .init(.words(.volumeSaved), unit: .cubicMetresPerDay),
                .init(.words(.costPerVolume), unit: .moneyPerCubicMetre(currency)), .init(.words(.netPresentValue), unit: .money(currency)),
                .init(.words(.chosen)),
            ],
            rows: plan.measures.enumerated().map { index, measure in
                Table.Row(
                    [
                        .ordinal(index + 1), .text(name(of: measure)),
                        .text(.name(.target, measure.target.rawValue)), .number(Figure(measure.quantity, .asWritten(measure.quantityUnit))),
                        .number(Figure(measure.capital, .money(currency))), .number(Figure(measure.operation, .moneyPerYear(currency))),
                        .number(Figure(measure.life, .years)), .number(Figure(measure.volumeSaved, times: 1 / 365.0, .cubicMetresPerDay)),
                        measure.costPerCubicMetre.map { .number(Figure($0, .moneyPerCubicMetre(currency), .decimals(2))) } ?? .none,
                        .number(Figure(measure.netPresentValue, .money(currency))),
                        .text(
                            measure.isSelected
                                ? measure.startYear.map { .words(.chosenFrom, [.literal("\($0)")]) } ?? .words(.yes) : .words(.no)),
                    ], style: measure.isSelected ? .plain : .muted, subjects: [measure.catalogueKey])
            }, note: .words(.measuresNote))
    }

    /// Width the water saved, height the cost of a cubic metre, in ascending order of cost.
    private var curve: Graphic? {
        let ranked = plan.measures.filter { $0.costPerCubicMetre?.isFinite == true && $0.volumeSaved.value > 0 }
            .sorted { ($0.costPerCubicMetre ?? 0) < ($1.costPerCubicMetre ?? 0) }
        guard let cheapest = ranked.first else { return nil }
        let ceiling = Self.ceiling(of: ranked)
        var marks: [Plot.Mark] = []
        var from = 0.0
        for measure in ranked {
            let to = from + measure.volumeSaved.value / 365
            marks.append(
                .bar(
                    from: Point(x: from, y: 0), to: Point(x: to, y: min(ceiling, measure.costPerCubicMetre ?? 0)),
                    measure.isSelected ? .primary : .muted,
                    label: number(of: measure.id).map { .literal((measure.costPerCubicMetre ?? 0) > ceiling ? "\($0)↑" : "\($0)") }))
            from = to
        }
        var legend: [Plot.LegendEntry] = [.init(.words(.chosen), .primary, .area), .init(.words(.notChosen), .muted, .area)]
        // One line for each worth of water, so that it is seen which measures pay.
        for (value, target, style) in waterValues {
            marks.append(.rule(value, style))
            legend.append(.init(.words(.worthOfWater, [.name(.target, target.rawValue)]), style, .line))
        }
        return Graphic(
            id: "marginal-cost", title: .words(.curveTitle),
            description: .words(
                .curveDescription,
                [name(of: cheapest), .figure(Figure(cheapest.costPerCubicMetre, .moneyPerCubicMetre(currency), .decimals(2)))]),
            content: .plot(
                Plot(
                    x: .init(.words(.volumeSaved), .cubicMetresPerDay, includes: [0]),
                    y: .init(.words(.costPerVolume), .moneyPerCubicMetre(currency), includes: [0]), panels: [.init(marks: marks)],
                    legend: legend)))
    }

    /// Where bars end, so that a few very dear measures do not flatten the rest: twice what matters for the choice. [currency/m³]
    private static func ceiling(of measures: [PlannedMeasure]) -> Double {
        let worth = measures.map(\.waterValue).filter(\.isFinite).max() ?? 0
        let dearest = measures.filter(\.isSelected).compactMap(\.costPerCubicMetre).max() ?? 0
        let matters = max(worth, dearest)
        return matters > 0 ? 2 * matters : .infinity
    }

    private var waterValues: [(Double, PlannedMeasure.Target, SeriesStyle)] {
        zip(PlannedMeasure.Target.allCases, [SeriesStyle.alert, .secondary, .tertiary]).compactMap { target, style in
            let values = plan.measures.filter { $0.target == target && $0.waterValue > 0 }.map(\.waterValue)
            guard let first = values.first, values.allSatisfy({ abs($0 - first) <= 1e-9 * first }) else { return nil }
            return (first, target, style)
        }
    }
}
