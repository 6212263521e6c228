// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

/// Diagnosis first, delivery, training, monitoring, the reading network, and risk.
extension PlanSource {
    private func decimals(_ value: Double?, _ places: Int) -> Cell { .number(Figure(value, .none, .decimals(places))) }

    var diagnosis: Section? {
        guard let diagnosis = plan.diagnosis, !diagnosis.steps.isEmpty else { return nil }
        var blocks: [Block] = []
        if diagnosis.comesFirst {
            blocks.append(.notice(Notice(.caution, .words(.diagnosisFirstTitle), [.words(.diagnosisFirst)])))
        }
        blocks.append(
            .table(
                Table(
                    caption: .words(.diagnosisCaption),
                    columns: [
                        column("step"), column("variance_share", .percent), column("margin_after", .percent), number("weeks"),
                        column("opens"),
                    ],
                    rows: diagnosis.steps.map { step in
                        Table.Row([
                            cell(step.key), step.varianceShare == nil ? .none : percent(step.varianceShare, 0),
                            step.marginAfter == nil ? .none : percent(step.marginAfter),
                            .number(Figure(Double(step.weeks), .none, .decimals(0))),
                            step.opens.isEmpty ? .none : .text(.list(step.opens.map { .name(.measure, $0) })),
                        ])
                    },
                    note: .words(
                        .diagnosisNote, [.figure(Figure(diagnosis.margin.map { 100 * $0 }, .percent, .decimals(1)).from(.remainder))]))))
        return Section(id: "diagnosis", title: .words(.diagnosisTitle), blocks: blocks)
    }

    var delivery: Section? {
        guard let estimate = plan.costEstimate else { return nil }
        var blocks: [Block] = []
        if let schedule = plan.schedule { blocks += scheduleBlocks(schedule) }
        blocks.append(.table(estimateTable(estimate)))
        blocks.append(
            .table(
                Table(
                    caption: .words(.operationCaption),
                    columns: [.init(.words(.measureHead)), column("from_year"), .init(.words(.amount), unit: .moneyPerYear(currency))],
                    rows: estimate.operation.map {
                        Table.Row(
                            [.text(name(ofMeasure: $0.measure, in: $0.zone)), .year($0.firstYear), money($0.amount)],
                            subjects: [Self.key(of: $0.measure)])
                    }
                        + [Table.Row([.text(.words(.total)), .none, money(estimate.operationTotal)], style: .total)], origin: .operation)))
        blocks.append(
            .table(
                Table(
                    caption: .words(.lotsCaption),
                    columns: [
                        column("lot"), .init(.words(.kind)), column("method"), column("value", .money(currency)), column("from_year"),
                        column("terms_of_reference"),
                    ],
                    rows: plan.lots.map {
                        Table.Row([
                            cell("lot_" + $0.name), cell("kind_" + $0.kind.rawValue), cell("method_" + $0.method.rawValue), money($0.value),
                            .year($0.firstYear), .lines($0.terms.map(label)),
                        ])
                    })))
        return Section(id: "delivery", title: .words(.deliveryTitle), blocks: blocks, startsPage: true)
    }

    /// `meter_replacement` of `meter_replacement:stuck`.
    private static func key(of measure: String) -> String { String(measure.prefix { $0 != ":" }) }

    private func scheduleBlocks(_ schedule: WorkSchedule) -> [Block] {
        let first = Double(schedule.firstYear)
        let order = schedule.tasks.map(\.measure)
        let measures = order.enumerated().filter { order.firstIndex(of: $0.element) == $0.offset }.map(\.element)
        func place(_ month: Int) -> Double { first + Double(month) / 12 }
        let styles: [WorkSchedule.Task.Stage: SeriesStyle] = [
            .design: .muted, .tender: .secondary, .works: .primary, .commissioning: .tertiary,
        ]
        let bars = measures.map { id -> SpanChart.Row in
            let tasks = schedule.tasks.filter { $0.measure == id }
            return SpanChart.Row(
                name(ofMeasure: id, in: tasks.first?.zone),
                tasks.map { .init(from: place($0.start), to: place($0.end), styles[$0.stage] ?? .primary) })
        }
        let chart = Graphic(
            id: "schedule-chart", title: .words(.scheduleTitle), description: .words(.scheduleNote),
            content: .spans(
                SpanChart(
                    axis: .init(.words(.year), scale: .year), rows: bars,
                    legend: WorkSchedule.Task.Stage.allCases.map { .init(label("stage_" + $0.rawValue), styles[$0] ?? .primary, .area) })),
            origins: [Origin(.schedule)])
        // A hyphen at which no line is broken.
        func month(_ index: Int) -> Phrase {
            .literal("\(schedule.firstYear + index / 12)\u{2011}\(index % 12 < 9 ? "0" : "")\(index % 12 + 1)")
        }
        let rows = measures.enumerated().map { index, id -> Table.Row in
            let tasks = schedule.tasks.filter { $0.measure == id }
            func span(_ stage: WorkSchedule.Task.Stage) -> Cell {
                guard let task = tasks.first(where: { $0.stage == stage }) else { return .none }
                return .text(.words(.fromTo, [month(task.start), month(max(task.start, task.end - 1))]))
            }
            let works = tasks.first { $0.stage == .works }
            return Table.Row([
                .ordinal(index + 1),
                .text(name(ofMeasure: id, in: tasks.first?.zone)), span(.design), span(.tender), span(.works),
                .number(Figure(Double(works?.idleMonths ?? 0), .none, .decimals(0))),
                .number(Figure(Double(works?.monthsLate ?? 0), .none, .decimals(0))),
            ])
        }
        return [
            .graphic(chart),
            .table(
                Table(
                    caption: .words(.scheduleCaption),
                    columns: [
                        .init(.words(.numberSign), isNumeric: true), .init(.words(.measureHead)), column("stage_design"),
                        column("stage_tender"), column("stage_works"), number("idle_months"), number("months_late"),
                    ], rows: rows, note: .words(.scheduleNote))),
        ]
    }

    private func estimateTable(_ estimate: CostEstimate) -> Table {
        func total(_ title: Phrase, _ amount: Double, _ style: Table.Row.Style = .plain) -> Table.Row {
            Table.Row([.text(title), .none, .none, .none, .none, money(amount)], style: style)
        }
        let rows = estimate.lines.map {
            Table.Row(
                [
                    .text(name(ofMeasure: $0.measure, in: $0.zone)), .text(.name(.assumption, $0.item)),
                    .number(Figure($0.quantity, .none)),
                    .number(Figure($0.rateSource.value == nil ? nil : $0.rate, .none).from(.stated)), .status($0.rateSource.status),
                    money($0.amount),
                ], subjects: [Self.key(of: $0.measure)])
        }
        return Table(
            caption: .words(.estimateCaption),
            columns: [
                .init(.words(.measureHead)), .init(.words(.item)), .init(.words(.quantity), isNumeric: true), number("rate"),
                .init(.words(.statusHead)), .init(.words(.amount), unit: .money(currency)),
            ],
            rows: rows + [
                total(label("base_cost"), estimate.base), total(label("physical_contingency"), estimate.physicalContingency),
                total(label("price_contingency"), estimate.priceContingency), total(label("tax"), estimate.tax),
                total(.words(.total), estimate.total, .total),
            ], note: estimate.priceBaseYear.map { .words(.estimateBaseYear, [.literal("\($0)")]) } ?? .words(.estimateNoBaseYear),
            origin: .estimate)
    }

    var training: Section? {
        guard let training = plan.training else { return nil }
        return Section(
            id: "training", title: .words(.trainingTitle),
            blocks: [
                .table(
                    Table(
                        caption: .words(.trainingCaption),
                        columns: [
                            .init(.words(.measureHead)), column("post"), number("posts"), column("curriculum"), number("person_weeks"),
                            number("on_the_job_weeks"),
                        ],
                        rows: training.courses.map {
                            Table.Row([
                                .text(.name(.measure, $0.catalogueKey)), cell($0.post), decimals(Double($0.posts), 0), cell($0.curriculum),
                                decimals($0.personWeeks, 1), decimals($0.onTheJobWeeks, 1),
                            ])
                        }))
            ])
    }

    var monitoring: Section? {
        guard let monitoring = plan.monitoring, plan.measures.contains(where: \.isSelected) else { return nil }
        func value(_ estimate: Estimate?, _ unit: String) -> Cell {
            .number(estimate.map { Figure($0, shown(unit)) } ?? Figure(nil, .none))
        }
        let indicators = Table(
            caption: .words(.monitoringCaption),
            columns: [
                .init(.words(.indicatorHead)), number("baseline"), number("target"), yearColumn, number("detectable"),
                column("verification"),
                column("frequency"), column("owner"),
            ],
            rows: monitoring.indicators.map { entry in
                Table.Row([
                    cell("kpi_" + entry.key), value(entry.baseline, entry.unit), .number(Figure(entry.target, shown(entry.unit))),
                    .year(entry.targetYear), .number(Figure(entry.detectableChange, shown(entry.unit))), cell(entry.verification),
                    cell(entry.frequency), cell(entry.owner),
                ])
            }, note: .words(.monitoringNote))
        let adjustments = Table(
            caption: .words(.adjustmentsCaption),
            columns: [column("adjustment"), number("baseline"), column("is_measured")],
            rows: monitoring.adjustments.map {
                Table.Row([
                    cell("adjust_" + $0.key), .number(Figure($0.baseline, shown($0.unit))), .text(.words($0.isMeasured ? .yes : .no)),
                ])
            }, note: .words(.adjustmentsNote))
        let logic = Table(
            caption: .words(.logicCaption),
            columns: [column("level"), .init(.words(.item)), .init(.words(.indicatorHead)), column("verification"), column("assumption")],
            rows: monitoring.logic.map { row in
                let zone = plan.measures.first { $0.id == row.measure }?.zone
                let indicator: Phrase =
                    row.quantity.map {
                        .list([label(row.indicator), .figure(Figure($0, .asWritten(row.quantityUnit ?? "")).from(.sizing))])
                    }
                    ?? label(row.level == .purpose || row.level == .goal ? "kpi_" + row.indicator : row.indicator)
                return Table.Row([
                    cell("level_" + row.level.rawValue), .text(row.measure.map { name(ofMeasure: $0, in: zone) } ?? label(row.item)),
                    .text(indicator), cell(row.verification), cell(row.assumption),
                ])
            })
        return Section(
            id: "monitoring", title: .words(.monitoringTitle), blocks: [.table(indicators), .table(adjustments), .table(logic)])
    }

    private func shown(_ unit: String) -> ShownUnit {
        switch unit {
        case "percent": .percent
        case "m3_per_day": .cubicMetresPerDay
        case "h_per_day": .hoursPerDay
        case "m": .metresOfHead
        case "connections": .connections
        default: .none
        }
    }

    var reading: Section? {
        guard let reading = plan.reading else { return nil }
        var blocks: [Block] = [
            .table(
                Table(
                    caption: .words(
                        .readingCaption,
                        [
                            .figure(Figure(reading.endpoints, .none, .decimals(0)).from(.counted)),
                            .figure(Figure(reading.life, .years, .decimals(0)).from(.register)),
                        ]),
                    columns: [
                        column("way"), column("capital", .money(currency)), column("operation", .moneyPerYear(currency)),
                        column("present_cost", .money(currency)), column("per_endpoint_year", .money(currency)), number("gateways"),
                        column("left_out"),
                    ],
                    rows: reading.options.map { option in
                        Table.Row([
                            cell("way_" + option.way.rawValue), money(option.capital), money(option.operation),
                            .number(
                                Figure(
                                    option.presentCost, low: option.presentCostLow, high: option.presentCostHigh, .money(currency),
                                    .decimals(0))), .number(Figure(option.costPerEndpointYear, .money(currency), .decimals(2))),
                            option.gateways > 0 ? decimals(Double(option.gateways), 0) : .none,
                            option.missing.map { cell("missing_" + $0) } ?? .none,
                        ])
                    }, note: .words(.readingNote)))
        ]
        if let placement = reading.placement {
            blocks.append(placementSentence(placement, of: reading))
            blocks += map(of: placement, reading).map { [.graphic($0)] } ?? []
        } else {
            blocks.append(.notice(Notice(.missing, .words(.mapMissingTitle), [.words(.readingNoMap)])))
        }
        if let meterAges { blocks += [.graphic(meterAges.chart), .table(meterAges.table)] }
        blocks.append(
            .table(
                Table(
                    caption: .words(.readingClassesCaption),
                    columns: [column("class"), .init(.words(.nominalDiameter), unit: .millimetres), number("endpoints")],
                    rows: reading.classes.map {
                        Table.Row([
                            cell($0.customerClass.map { "class_" + $0 } ?? "class_unknown"),
                            .number(Figure($0.diameter.map(Double.init), .millimetres, .decimals(0))),
                            decimals(Double($0.count), 0),
                        ])
                    })))
        blocks.append(
            .table(
                Table(
                    caption: .words(.readingItemsCaption), columns: [.init(.words(.item)), .init(.words(.quantity), isNumeric: true)],
                    rows: reading.items.map { Table.Row([cell("item_" + $0.name), decimals($0.quantity, 0).from(.readingLot)]) })))
        return Section(id: "reading", title: .words(.readingTitle), blocks: blocks)
    }

    func placementSentence(_ placement: GatewayPlacement, of reading: ReadingNetwork) -> Block {
        .paragraph(
            .words(
                .readingPlacement,
                [
                    .figure(Figure(Double(placement.count), .none, .decimals(0)).from(.gateways)),
                    .figure(Figure(Double(placement.lowerBound), .none, .decimals(0)).from(.gateways)),
                    .figure(Figure(100 * placement.covered, .percent, .decimals(1)).from(.gateways)),
                    .figure(Figure(Double(reading.redundancy), .none, .decimals(0)).from(.register)),
                    .figure(Figure(reading.range, .metres, .decimals(0)).from(.register)),
                ]))
    }

    var risk: Section? {
        guard !plan.risks.isEmpty else { return nil }
        var blocks: [Block] = []
        if let chance = plan.finance.probabilityOfLoss {
            let loss = Phrase.figure(Figure(100 * chance, .percent, .decimals(1)).from(.simulated))
            blocks.append(
                .paragraph(
                    plan.target.map { target in
                        .words(
                            .riskProbability,
                            [loss, .figure(Figure(100 * target.probabilityOfMissing, .percent, .decimals(1)).from(.simulated))])
                    } ?? .words(.riskProbabilityOfLoss, [loss])))
        }
        if let tornado {
            blocks.append(.graphic(tornado))
            blocks.append(
                .table(
                    Table(
                        caption: .words(.tornadoCaption),
                        columns: [
                            .init(.words(.item)), number("central"), column("worth_at_low", .money(currency)),
                            column("worth_at_high", .money(currency)), number("switching_value"),
                        ],
                        rows: plan.sensitivity.map { bar in
                            Table.Row([
                                .text(.name(.assumption, bar.item)), .number(Figure(bar.central, low: bar.low, high: bar.high, .none)),
                                money(bar.worthAtLow), money(bar.worthAtHigh),
                                bar.switchingFactor.map { .number(Figure($0 * bar.central, .none)) } ?? .none,
                            ])
                        }, note: .words(.tornadoNote))))
        }
        if let information = plan.valueOfInformation {
            blocks.append(
                .table(
                    Table(
                        caption: .words(.informationCaption),
                        columns: [.init(.words(.item)), column("variance_share", .percent), column("worth_of_knowing", .money(currency))],
                        rows: information.items.map {
                            Table.Row([.text(.name(.assumption, $0.item)), percent($0.varianceShare, 1), money($0.worth)])
                        },
                        note: .words(
                            .informationNote, [.figure(Figure(information.perfect, .money(currency), .decimals(0)).from(.information))]))))
        }
        blocks.append(
            .table(
                Table(
                    caption: .words(.riskCaption),
                    columns: [column("risk"), column("probability", .percent), column("owner"), column("response")],
                    rows: plan.risks.map {
                        Table.Row([
                            cell($0.key), $0.probability == nil ? .none : percent($0.probability), cell($0.owner), cell($0.response),
                        ])
                    })))
        return Section(id: "risk", title: .words(.riskTitle), blocks: blocks, startsPage: true)
    }
}
