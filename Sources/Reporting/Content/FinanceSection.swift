// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

extension PlanSource {
    var trajectory: Section {
        let years = plan.trajectory
        guard let last = years.last else {
            return Section(
                id: "trajectory", title: .words(.trajectoryTitle),
                blocks: [.notice(Notice(.missing, .words(.trajectoryMissingTitle), [.words(.trajectoryMissing)]))])
        }
        func band(_ path: KeyPath<ImprovementPlan.TrajectoryYear, Estimate>, _ style: SeriesStyle) -> Plot.Mark {
            .band(years.map { (Double($0.year), 100 * $0[keyPath: path].low95, 100 * $0[keyPath: path].high95) }, style)
        }
        func line(_ path: KeyPath<ImprovementPlan.TrajectoryYear, Estimate>, _ style: SeriesStyle) -> Plot.Mark {
            .line(years.map { Point(x: Double($0.year), y: 100 * $0[keyPath: path].value) }, style)
        }
        var marks = [
            band(\.revenueWaterRatioWithout, .secondary), band(\.revenueWaterRatioWith, .primary),
            line(\.revenueWaterRatioWithout, .secondary),
            line(\.revenueWaterRatioWith, .primary),
        ]
        var legend: [Plot.LegendEntry] = [
            .init(.words(.withProgramme), .primary, .line), .init(.words(.withoutProgramme), .secondary, .line),
            .init(.words(.interval95), .primary, .band),
        ]
        var blocks: [Block] = []
        if let target = city.plan.targetRevenueWaterRatio {
            let year = city.plan.targetYear ?? last.year
            marks.append(.dot(Point(x: Double(year), y: 100 * target), .alert))
            legend.append(.init(.words(.targetRatio), .alert, .dot))
            let reached = years.first { $0.year == year }?.revenueWaterRatioWith
            let verdict: TextKey =
                switch reached {
                case .some(let ratio) where ratio.low95 >= target: .targetReached
                case .some(let ratio) where ratio.high95 >= target: .targetPossible
                case .some: .targetMissed
                case .none: .targetOutside
                }
            blocks.append(
                .paragraph(
                    .words(
                        verdict,
                        [
                            .figure(Figure(100 * target, .percent, .decimals(1)).from(.given)), .literal("\(year)"),
                            .figure((reached.map { Figure($0, times: 100, .percent) } ?? Figure(nil, .percent)).from(.trajectory)),
                        ])))
        } else {
            blocks.append(.paragraph(.words(.targetNotSet)))
        }
        blocks.append(
            .graphic(
                Graphic(
                    id: "trajectory-chart", title: .words(.trajectoryChartTitle),
                    description: .words(
                        .trajectoryDescription,
                        [
                            .literal("\(last.year)"), .figure(Figure(last.revenueWaterRatioWith, times: 100, .percent)),
                            .figure(Figure(last.revenueWaterRatioWithout, times: 100, .percent)),
                        ]),
                    content: .plot(
                        Plot(
                            x: .init(.words(.year), scale: .year), y: .init(.words(.revenueWaterRatio), .percent),
                            panels: [.init(marks: marks)],
                            legend: legend)), origins: [Origin(.trajectory)])))
        blocks.append(
            .table(
                Table(
                    caption: .words(.trajectoryCaption),
                    columns: [
                        .init(.words(.year), isNumeric: true), .init(.words(.ratioWithout), unit: .percent),
                        .init(.words(.ratioWith), unit: .percent),
                        .init(.words(.realLossesWithout), unit: .cubicMetresPerDay),
                        .init(.words(.realLossesWith), unit: .cubicMetresPerDay),
                    ],
                    rows: years.map { year in
                        Table.Row([
                            .year(year.year), .number(Figure(year.revenueWaterRatioWithout, times: 100, .percent)),
                            .number(Figure(year.revenueWaterRatioWith, times: 100, .percent)),
                            .number(Figure(year.realLossesWithout / 365, .cubicMetresPerDay, .decimals(0))),
                            .number(Figure(year.realLossesWith / 365, .cubicMetresPerDay, .decimals(0))),
                        ])
                    }, note: .words(.trajectoryNote))))
        return Section(id: "trajectory", title: .words(.trajectoryTitle), blocks: blocks)
    }

    var finance: Section {
        guard !plan.cashFlow.isEmpty else {
            return Section(
                id: "finance", title: .words(.financeTitle),
                blocks: [.notice(Notice(.missing, .words(.financeMissingTitle), [.words(.financeMissing)]))])
        }
        let finance = plan.finance
        let results = Table(
            caption: .words(.financeCaption), columns: [.init(.words(.item)), .init(.words(.figure), isNumeric: true)],
            rows: [
                Table.Row([.text(.words(.netPresentValue)), .number(Figure(finance.netPresentValue, .money(currency)))]),
                Table.Row([
                    .text(.words(.internalRateOfReturn)),
                    finance.internalRateOfReturn.map { .number(Figure(100 * $0, .percent, .decimals(1))) } ?? .text(.words(.noRate)),
                ]),
                Table.Row([.text(.words(.benefitCostRatio)), .number(Figure(finance.benefitCostRatio, .none, .decimals(2)))]),
                Table.Row([
                    .text(.words(.payback)),
                    finance.payback.map { .number(Figure($0, .years, .decimals(1))) } ?? .text(.words(.noPayback)),
                ]),
                Table.Row([
                    .text(.words(.costPerVolume)), .number(Figure(finance.costPerCubicMetre, .moneyPerCubicMetre(currency), .decimals(2))),
                ]),
                Table.Row([.text(.words(.discountRate)), .number(Figure(city.plan.discountRate, times: 100, .percent))]),
            ])
        return Section(
            id: "finance", title: .words(.financeTitle),
            blocks: [.table(results), .graphic(cashFlowChart), .table(cashFlowTable)] + fundingBlocks, startsPage: true)
    }

    private var cashFlowChart: Graphic {
        var marks: [Plot.Mark] = []
        var sum = 0.0
        var cumulative: [Point?] = []
        for year in plan.cashFlow {
            let x = Double(year.year)
            func bar(_ from: Double, _ to: Double, _ style: SeriesStyle) -> Plot.Mark {
                .bar(from: Point(x: x - 0.36, y: from), to: Point(x: x + 0.36, y: to), style, label: nil)
            }
            marks.append(bar(0, year.benefit, .tertiary))
            marks.append(bar(0, -year.operation, .secondary))
            marks.append(bar(-year.operation, -year.operation - year.capital, .primary))
            sum += year.net
            cumulative.append(Point(x: x, y: sum))
        }
        marks.append(.line(cumulative, .alert))
        return Graphic(
            id: "cash-flow", title: .words(.cashFlowTitle),
            description: .words(.cashFlowDescription, [.figure(Figure(sum, .money(currency)))]),
            content: .plot(
                Plot(
                    x: .init(.words(.year), scale: .year), y: .init(.words(.amount), .money(currency), includes: [0]),
                    panels: [.init(marks: marks)],
                    legend: [
                        .init(.words(.benefit), .tertiary, .area), .init(.words(.operationCost), .secondary, .area),
                        .init(.words(.capitalCost), .primary, .area), .init(.words(.cumulativeNet), .alert, .line),
                    ])), origins: [Origin(.net)])
    }

    private var cashFlowTable: Table {
        var sum = 0.0
        func money(_ value: Double) -> Cell { .number(Figure(value, .money(currency), .decimals(0))) }
        var rows = plan.cashFlow.map { year -> Table.Row in
            sum += year.net
            return Table.Row([
                .year(year.year), money(year.capital), money(year.operation), money(year.benefit), money(year.net), money(sum),
                money(year.funding),
            ])
        }
        func total(_ path: KeyPath<ImprovementPlan.CashFlowYear, Double>) -> Cell {
            money(plan.cashFlow.reduce(0) { $0 + $1[keyPath: path] })
        }
        rows.append(
            Table.Row(
                [.text(.words(.total)), total(\.capital), total(\.operation), total(\.benefit), total(\.net), .none, total(\.funding)],
                style: .total))
        let unit = ShownUnit.money(currency)
        return Table(
            caption: .words(.cashFlowCaption),
            columns: [
                .init(.words(.year), isNumeric: true), .init(.words(.capitalCost), unit: unit), .init(.words(.operationCost), unit: unit),
                .init(.words(.benefit), unit: unit), .init(.words(.net), unit: unit), .init(.words(.cumulativeNet), unit: unit),
                .init(.words(.funding), unit: unit),
            ], rows: rows, note: .words(.cashFlowNote))
    }

    private var fundingBlocks: [Block] {
        let sources = city.plan.funding
        guard !sources.isEmpty else { return [.notice(Notice(.missing, .words(.fundingMissingTitle), [.words(.fundingMissing)]))] }
        let total = sources.reduce(0) { $0 + $1.amount }
        func money(_ value: Double) -> Cell { .number(Figure(value, .money(currency), .decimals(0))) }
        let table = Table(
            caption: .words(.fundingCaption),
            columns: [.init(.words(.fundingSource)), .init(.words(.kind)), .init(.words(.amount), unit: .money(currency))],
            rows: sources.map {
                Table.Row([.text(.literal($0.name)), .text(.name(.fundingKind, $0.kind.rawValue)), money($0.amount).from(.given)])
            }
                + [
                    Table.Row([.text(.words(.total)), .none, money(total).from(.given)], style: .total),
                    Table.Row([.text(.words(.capitalToFund)), .none, money(plan.selection.capital).from(.capital)]),
                    Table.Row([.text(.words(.fundingGap)), .none, money(max(0, plan.selection.capital - total)).from(.financing)]),
                ])
        return [.table(table)]
    }
}
