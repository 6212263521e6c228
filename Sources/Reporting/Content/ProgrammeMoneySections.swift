// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

/// Supply and demand, the worth of water, who pays, what it is worth to whom, and what households can pay.
extension PlanSource {
    /// A word of the programme's own list.
    func label(_ key: String) -> Phrase { .name(.programme, key) }
    func cell(_ key: String) -> Cell { .text(label(key)) }
    func money(_ value: Double?) -> Cell { .number(Figure(value, .money(currency), .decimals(0))) }
    func daily(_ value: Double?) -> Cell { .number(Figure(value, .cubicMetresPerDay, .decimals(0))) }
    func percent(_ ratio: Double?, _ decimals: Int = 1) -> Cell { .number(Figure(ratio.map { 100 * $0 }, .percent, .decimals(decimals))) }
    func column(_ key: String, _ unit: ShownUnit? = nil) -> Table.Column { .init(label(key), unit: unit) }
    func number(_ key: String) -> Table.Column { .init(label(key), isNumeric: true) }
    var yearColumn: Table.Column { .init(.words(.year), isNumeric: true) }

    /// What only the city or the funder can tell, for the sections that need it.
    func questions(for uses: Set<String>) -> [Block] {
        let open = plan.questions.filter { uses.contains($0.neededFor) }
        guard !open.isEmpty else { return [] }
        return [
            .notice(
                Notice(
                    .missing, .words(.questionsTitle),
                    open.map { .words(.neededFor, [.name(.assumption, $0.item), label($0.neededFor)]) }))
        ]
    }

    var supplyDemand: Section? {
        guard !plan.supplyDemand.isEmpty else { return nil }
        let table = Table(
            caption: .words(.supplyDemandCaption),
            columns: [
                yearColumn, column("demand", .cubicMetresPerDay), column("need_without", .cubicMetresPerDay),
                column("need_with", .cubicMetresPerDay), column("capacity", .cubicMetresPerDay),
                column("deficit_without", .cubicMetresPerDay), column("deficit_with", .cubicMetresPerDay),
            ],
            rows: plan.supplyDemand.map {
                Table.Row([
                    .year($0.year), daily($0.demand), daily($0.needWithout), daily($0.needWith), daily($0.capacity),
                    daily($0.deficitWithout),
                    daily($0.deficitWith),
                ])
            })
        return Section(
            id: "supply-demand", title: .words(.supplyDemandTitle), blocks: [.table(table)] + questions(for: ["supply_demand", "climate"]))
    }

    var waterValue: Section? {
        guard plan.waterValue.contains(where: { $0.saved > 0 }) else { return nil }
        var blocks: [Block] = [
            .table(
                Table(
                    caption: .words(.waterValueCaption),
                    columns: [
                        yearColumn, column("regime"), column("saved", .cubicMetresPerDay), column("sold", .cubicMetresPerDay),
                        column("worth_sold", .money(currency)), column("worth_avoided", .money(currency)),
                        column("worth_deferral", .money(currency)), column("worth_per_m3", .moneyPerCubicMetre(currency)),
                    ],
                    rows: plan.waterValue.map {
                        Table.Row([
                            .year($0.year),
                            cell($0.isAfterContract && $0.regime == .surplus ? "regime_after_contract" : "regime_" + $0.regime.rawValue),
                            daily($0.saved / 365), daily($0.sold / 365),
                            money($0.soldWorth), money($0.avoidedWorth), money($0.deferralWorth),
                            .number(Figure($0.worthPerCubicMetre, .moneyPerCubicMetre(currency), .decimals(2))),
                        ])
                    }))
        ]
        if let rebound = plan.rebound {
            blocks.append(
                .paragraph(
                    .words(
                        .reboundSentence,
                        [
                            .literal("\(rebound.stopYear)"), .figure(Figure(rebound.effectLife, .years, .decimals(0)).from(.register)),
                            .figure(Figure(rebound.lossOfWorth, .money(currency)).from(.rebound)),
                            .figure(Figure(rebound.yearlyCostToHold, .moneyPerYear(currency)).from(.operation)),
                        ])))
            blocks.append(.graphic(reboundChart(rebound)))
            blocks.append(
                .table(
                    Table(
                        caption: .words(.reboundCaption),
                        columns: [
                            yearColumn, column("losses_without", .cubicMetresPerDay), column("losses_with", .cubicMetresPerDay),
                            column("losses_stopped", .cubicMetresPerDay),
                        ],
                        rows: rebound.years.map {
                            Table.Row([.year($0.year), daily($0.without / 365), daily($0.with / 365), daily($0.stopped / 365)])
                        })))
        }
        return Section(id: "water-value", title: .words(.waterValueTitle), blocks: blocks)
    }

    private func reboundChart(_ rebound: Rebound) -> Graphic {
        func line(_ path: KeyPath<Rebound.Year, Double>, _ style: SeriesStyle) -> Plot.Mark {
            .line(rebound.years.map { Point(x: Double($0.year), y: $0[keyPath: path] / 365) }, style)
        }
        return Graphic(
            id: "rebound-chart", title: .words(.reboundCaption),
            description: .words(.reboundCaption),
            content: .plot(
                Plot(
                    x: .init(.words(.year), scale: .year), y: .init(.words(.realLosses), .cubicMetresPerDay, includes: [0]),
                    panels: [.init(marks: [line(\.without, .secondary), line(\.with, .primary), line(\.stopped, .alert)])],
                    legend: [
                        .init(label("losses_without"), .secondary, .line), .init(label("losses_with"), .primary, .line),
                        .init(label("losses_stopped"), .alert, .line),
                    ])), origins: [Origin(.rebound)])
    }

    var financing: Section? {
        guard let financing = plan.financing else { return nil }
        let basis: Phrase =
            financing.escalation.map { .words(.financingCurrent, [.figure(Figure(100 * $0, .percent, .decimals(1)).from(.register))]) }
            ?? .words(.financingConstant)
        var blocks: [Block] = [.paragraph(basis)]
        if !financing.sources.isEmpty {
            blocks.append(
                .table(
                    Table(
                        caption: .words(.financingSourcesCaption),
                        columns: [
                            .init(.words(.fundingSource)), .init(.words(.kind)), column("offered", .money(currency)),
                            column("drawn", .money(currency)), column("interest", .percent), column("maturity", .years),
                            column("grace", .years), column("grant_element", .percent),
                        ],
                        rows: financing.sources.map { entry in
                            let terms = entry.source.terms
                            let isLoan = entry.source.kind.isLoan
                            func years(_ value: Int?) -> Cell {
                                isLoan ? .number(Figure(value.map(Double.init), .years, .decimals(0))) : .none
                            }
                            return Table.Row([
                                .text(.literal(entry.source.name)), .text(.name(.fundingKind, entry.source.kind.rawValue)),
                                money(entry.source.amount), money(entry.drawn), isLoan ? percent(terms?.interest) : .none,
                                years(terms?.maturity), years(terms?.grace), percent(entry.grantElement),
                            ])
                        })))
        }
        blocks.append(.table(usesTable(financing)))
        if let contract = financing.contract { blocks += contractBlocks(contract) }
        if !financing.consortium.isEmpty {
            blocks.append(
                .table(
                    Table(
                        caption: .words(.consortiumCaption),
                        columns: [
                            column("member"), column("role"), column("share", .percent), .init(.words(.amount), unit: .money(currency)),
                        ],
                        rows: financing.consortium.map {
                            Table.Row([
                                .text(.literal($0.name)), cell("role_" + $0.role.rawValue), percent($0.share),
                                money($0.share * plan.selection.capital).from(.share),
                            ])
                        })))
        }
        return Section(
            id: "financing", title: .words(.financingTitle),
            blocks: blocks + questions(for: ["cost_estimate", "current_prices", "grant_element"]))
    }

    private func usesTable(_ financing: Financing) -> Table {
        Table(
            caption: .words(.usesCaption),
            columns: [
                yearColumn, column("works", .money(currency)), column("price_contingency", .money(currency)),
                column("tax", .money(currency)), column("from_sources", .money(currency)), column("uncovered", .money(currency)),
                column("interest_due", .money(currency)), column("principal", .money(currency)), number("coverage"),
            ],
            rows: financing.years.map {
                Table.Row([
                    .year($0.year), money($0.works), money($0.priceContingency), money($0.tax), money($0.drawn.reduce(0, +)),
                    money($0.uncovered), money($0.interest), money($0.principal),
                    $0.debtService > 0 ? .number(Figure($0.coverage, .none, .decimals(2))) : .none,
                ])
            }, note: .words(.usesNote))
    }

    private func contractBlocks(_ contract: PerformanceContract) -> [Block] {
        [
            .paragraph(
                .words(
                    .contractSentence,
                    [
                        .figure(Figure(contract.terms.fixedFee, .moneyPerYear(currency)).from(.given)),
                        .figure(Figure(contract.terms.fee, .moneyPerCubicMetre(currency), .decimals(2)).from(.given)),
                        .figure(Figure(contract.baseline, .cubicMetresPerDay).from(.baseline)),
                        .figure(Figure(contract.total, .money(currency)).from(.contractPayment)),
                        .figure(Figure(contract.disputed, .money(currency)).from(.contractPayment)),
                    ])),
            .table(
                Table(
                    caption: .words(.contractCaption),
                    columns: [
                        yearColumn, column("measured", .cubicMetresPerDay), column("paid_volume", .cubicMetresPerDay),
                        column("payment", .money(currency)), column("payment_low", .money(currency)),
                        column("payment_high", .money(currency)),
                    ],
                    rows: contract.years.map {
                        Table.Row([
                            .year($0.year), daily($0.measured), daily($0.paidVolume), money($0.payment), money($0.paymentLow),
                            money($0.paymentHigh),
                        ])
                    })),
        ]
    }

    var appraisal: Section? {
        guard !plan.appraisals.isEmpty else { return nil }
        func rates(_ account: Appraisal) -> Cell {
            let found = account.internalRates
            switch Appraisal.verdict(found) {
            case .none: return .text(.words(.noRate))
            case .one: return percent(found.first)
            case .several:
                return .text(
                    .words(.severalRates, [.list(found.map { .figure(Figure(100 * $0, .percent, .decimals(1)).from(.internalRate)) })]))
            }
        }
        func payback(_ years: Double?) -> Cell { years.map { .number(Figure($0, .years, .decimals(1))) } ?? .text(.words(.noPayback)) }
        let rows: [(Phrase, (Appraisal) -> Cell)] = [
            (.words(.netPresentValue), { money($0.netPresentValue) }), (.words(.internalRateOfReturn), rates),
            (.words(.benefitCostRatio), { .number(Figure($0.benefitCostRatio, .none, .decimals(2))) }),
            (.words(.payback), { payback($0.payback) }), (label("discounted_payback"), { payback($0.discountedPayback) }),
            (.words(.costPerVolume), { .number(Figure($0.costPerCubicMetre, .moneyPerCubicMetre(currency), .decimals(2))) }),
            (.words(.discountRate), { percent($0.rate) }), (label("transfers_left_out"), { money($0.transfersLeftOut) }),
        ]
        let accounts = plan.appraisals
        let results = Table(
            caption: .words(.appraisalCaption),
            columns: [.init(.words(.item))] + accounts.map { .init(label("account_" + $0.account.rawValue), isNumeric: true) },
            rows: rows.map { title, value in Table.Row([.text(title)] + accounts.map(value)) }, note: .words(.appraisalNote))
        let names = accounts.flatMap { $0.parts.map(\.name) }
        let order = names.enumerated().filter { names.firstIndex(of: $0.element) == $0.offset }.map(\.element)
        let parts = Table(
            caption: .words(.appraisalPartsCaption),
            columns: [.init(.words(.item))] + accounts.map { .init(label("account_" + $0.account.rawValue), unit: .money(currency)) },
            rows: order.map { name in
                Table.Row(
                    [cell("part_" + name)]
                        + accounts.map { account in
                            account.parts.first { $0.name == name }.map { money($0.isCost ? -$0.presentValue : $0.presentValue) } ?? .none
                        })
            }, origin: .account)
        return Section(
            id: "appraisal", title: .words(.appraisalTitle),
            blocks: [.table(results), .table(parts)] + questions(for: ["shadow_prices", "economic_worth"]))
    }

    var affordability: Section? {
        guard let affordability = plan.affordability else {
            let open = questions(for: ["affordability"])
            return open.isEmpty ? nil : Section(id: "affordability", title: .words(.affordabilityTitle), blocks: open)
        }
        let table = Table(
            caption: .words(
                .affordabilityCaption,
                [
                    .figure(Figure(affordability.use, .cubicMetres).from(.register)),
                    .figure(Figure(affordability.bill, .money(currency), .decimals(2)).from(.billShare)),
                ]),
            columns: [
                column("household"), column("income", .money(currency)), column("bill_share", .percent), column("lifeline_share", .percent),
                column("limit", .percent),
            ],
            rows: affordability.households.map {
                Table.Row([
                    cell("household_" + $0.kind.rawValue), money($0.income), percent($0.share), percent($0.shareWithLifeline),
                    percent(affordability.limit),
                ])
            })
        return Section(id: "affordability", title: .words(.affordabilityTitle), blocks: [.table(table)] + questions(for: ["affordability"]))
    }
}
