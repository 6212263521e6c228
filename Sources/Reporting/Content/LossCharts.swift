// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterLoss
import WaterModel

/// Charts of the balance, of what moves the programme's worth, of meters and of leaks. Each is there where the plan has its data.
extension PlanSource {
    /// The balance in the order of Korean statistics: revenue water, other effective water (what meters miss, own and public use, illegal
    /// use), ineffective water (leakage, and credits on bills, which no input of the balance knows). Source: the field's page on balances.
    func koreanTree(of balance: WaterBalance) -> Graphic? {
        let supplied = balance.waterSupplied.value
        guard supplied > 0, balance.periodDays > 0 else { return nil }
        func node(_ label: Phrase, _ term: Estimate, _ style: BalanceTree.Style, _ parts: [BalanceTree] = []) -> BalanceTree {
            BalanceTree(
                label, Figure(term, times: 1 / balance.periodDays, .cubicMetresPerDay), share: 100 * term.value / supplied, style, parts)
        }
        func sum(_ terms: Estimate...) -> Estimate { Estimate(terms.reduce(0) { $0 + $1.value }, margin95: 0) }
        let unearning = sum(balance.unbilledAuthorised, balance.apparentLosses)
        let tree = node(
            .words(.waterSupplied), balance.waterSupplied, .supplied,
            [
                node(
                    .words(.effectiveWater), sum(balance.revenueWater, unearning), .used,
                    [
                        node(.words(.revenueWater), balance.revenueWater, .earning),
                        node(
                            .words(.effectiveUnbilled), unearning, .unearning,
                            [
                                node(
                                    .name(.balanceLine, BalanceInput.Line.meteringInaccuracy.rawValue), balance.meteringInaccuracy,
                                    .apparent),
                                node(.words(.unbilledAuthorised), balance.unbilledAuthorised, .unbilled),
                                node(.name(.balanceLine, BalanceInput.Line.unauthorised.rawValue), balance.unauthorised, .apparent),
                                node(.name(.balanceLine, BalanceInput.Line.dataHandling.rawValue), balance.dataHandling, .apparent),
                            ]),
                    ]),
                node(
                    .words(.ineffectiveWater), balance.realLosses, .lost, [node(.words(.realLosses), balance.realLosses, .real)]),
            ])
        return Graphic(
            id: "balance-tree", title: .words(.balanceTreeTitle),
            description: .words(
                .balanceTreeDescription,
                [
                    .figure(Figure(100 * balance.revenueWater.value / supplied, .percent, .decimals(1))),
                    .figure(Figure(100 * unearning.value / supplied, .percent, .decimals(1))),
                    .figure(Figure(100 * balance.realLosses.value / supplied, .percent, .decimals(1))),
                ]), content: .tree(tree))
    }

    /// From the water supplied down to the water that earns, a part at a time.
    func lossWaterfall(of balance: WaterBalance) -> Graphic? {
        guard balance.waterSupplied.value > 0, balance.periodDays > 0 else { return nil }
        let perDay = 1 / balance.periodDays
        let parts: [(Phrase, Estimate, SeriesStyle)] = [
            (.name(.balanceLine, BalanceInput.Line.unbilledMetered.rawValue), balance.unbilledMetered, .tertiary),
            (.name(.balanceLine, BalanceInput.Line.unbilledUnmetered.rawValue), balance.unbilledUnmetered, .tertiary),
            (.name(.balanceLine, BalanceInput.Line.unauthorised.rawValue), balance.unauthorised, .secondary),
            (.name(.balanceLine, BalanceInput.Line.meteringInaccuracy.rawValue), balance.meteringInaccuracy, .secondary),
            (.name(.balanceLine, BalanceInput.Line.dataHandling.rawValue), balance.dataHandling, .secondary),
            (.words(.realLosses), balance.realLosses, .alert),
        ]
        func figure(_ term: Estimate) -> Figure { Figure(term, times: perDay, .cubicMetresPerDay) }
        var level = balance.waterSupplied.value * perDay
        var rows = [SpanChart.Row(.words(.waterSupplied), [.init(from: 0, to: level, .muted)], figure: figure(balance.waterSupplied))]
        for (label, term, style) in parts where term.value != 0 {
            let next = level - term.value * perDay
            rows.append(.init(label, [.init(from: next, to: level, style)], figure: figure(term)))
            level = next
        }
        rows.append(.init(.words(.revenueWater), [.init(from: 0, to: level, .primary)], figure: figure(balance.revenueWater)))
        return Graphic(
            id: "loss-waterfall", title: .words(.waterfallTitle),
            description: .words(
                .waterfallDescription, [.figure(figure(balance.waterSupplied)), .figure(figure(balance.revenueWater))]),
            content: .spans(
                SpanChart(
                    axis: .init(.words(.perDay), .cubicMetresPerDay, includes: [0]), rows: rows,
                    legend: [
                        .init(.words(.unbilledAuthorised), .tertiary, .area), .init(.words(.apparentLosses), .secondary, .area),
                        .init(.words(.realLosses), .alert, .area), .init(.words(.revenueWater), .primary, .area),
                    ])))
    }

    /// The net present value with each figure at its ends, the widest first.
    var tornado: Graphic? {
        guard let first = plan.sensitivity.first else { return nil }
        let centre = plan.finance.netPresentValue.value
        let rows = plan.sensitivity.map { bar in
            SpanChart.Row(
                .name(.assumption, bar.item),
                [.init(from: centre, to: bar.worthAtLow, .secondary), .init(from: centre, to: bar.worthAtHigh, .primary)])
        }
        return Graphic(
            id: "tornado", title: .words(.tornadoTitle),
            description: .words(
                .tornadoDescription, [.name(.assumption, first.item), money(first.worthAtLow).phrase, money(first.worthAtHigh).phrase]),
            content: .spans(
                SpanChart(
                    axis: .init(.words(.netPresentValue), .money(currency)), rows: rows, reference: centre,
                    legend: [.init(label("worth_at_low"), .secondary, .area), .init(label("worth_at_high"), .primary, .area)])),
            origins: [Origin(.switching)])
    }

    /// What meters of each age are expected to miss, by the growth that the register of assumptions gives.
    var meterAges: (chart: Graphic, table: Table)? {
        let year = city.plan.startYear
        let ages = city.meters.compactMap { meter in meter.installed.flatMap { Int($0.prefix(4)) }.map { max(0, year - $0) } }
        let growth = plan.assumptions.first { $0.item.hasSuffix("under_registration_growth") }?.value
        guard !ages.isEmpty, let growth, let central = growth.value else { return nil }
        let width = 5
        let classes = Dictionary(grouping: ages) { $0 / width }
        func missed(_ meters: [Int]) -> Figure {
            let age = Double(meters.reduce(0, +)) / Double(max(1, meters.count))
            return Figure(
                100 * age * central, low: growth.low.map { 100 * age * $0 }, high: growth.high.map { 100 * age * $0 }, .percent,
                .decimals(1))
        }
        func name(_ index: Int) -> Phrase { .words(.meterAgeClass, [.literal("\(index * width)–\(index * width + width - 1)")]) }
        let rows = classes.keys.sorted().map { ($0, classes[$0] ?? []) }
        let oldest = ages.count { $0 >= 2 * width }
        let chart = Graphic(
            id: "meter-age", title: .words(.meterAgeTitle),
            description: .words(
                .meterAgeDescription,
                [.figure(Figure(100 * Double(oldest) / Double(ages.count), .percent, .decimals(0))), .literal("\(2 * width)")]),
            content: .ranking(
                Ranking(
                    axis: .words(.meterExpectedError), unit: .percent, items: rows.map { .init(name($0.0), missed($0.1), .primary) })))
        let table = Table(
            caption: .words(.meterAgeTitle),
            columns: [
                .init(.words(.meterAge)), .init(.words(.meters), isNumeric: true), .init(.words(.meterShare), unit: .percent),
                .init(.words(.meterExpectedError), unit: .percent),
            ],
            rows: rows.map { index, meters in
                Table.Row([
                    .text(name(index)), .number(Figure(Double(meters.count), .none, .decimals(0))),
                    percent(Double(meters.count) / Double(ages.count)), .number(missed(meters)),
                ])
            }, note: .words(.meterAgeNote, [.name(.status, growth.status.rawValue)]))
        return (chart, table)
    }

    /// The most probable pipes of one leak.
    func candidateChart(_ leak: LeakFinding, number: Int) -> Graphic? {
        let likely = leak.candidates.sorted { ($0.probability, $1.pipe.name) > ($1.probability, $0.pipe.name) }.prefix(10)
            .filter { $0.probability >= 0.001 }
        guard let first = likely.first else { return nil }
        let chance = Figure(100 * first.probability, .percent, .decimals(1))
        return Graphic(
            id: "leak-candidates-\(number)", title: .words(.candidatesTitle, [.literal("\(number)")]),
            description: .words(.candidatesDescription, [.literal(first.pipe.name), .figure(chance)]),
            content: .ranking(
                Ranking(
                    axis: .words(.probability), unit: .percent,
                    items: likely.map {
                        .init(.literal($0.pipe.name), Figure(100 * $0.probability, .percent, .decimals(1)), .alert)
                    })))
    }
}

extension Cell {
    /// What a sentence says of the figure of a cell.
    fileprivate var phrase: Phrase {
        if case .number(let figure) = self { return .figure(figure) }
        return .words(.doesNotApply)
    }
}
