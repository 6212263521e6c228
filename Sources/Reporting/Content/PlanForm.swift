// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

/// A short document from the same plan, for one reader.
public enum PlanForm: String, Sendable, CaseIterable {
    /// One page for whoever decides.
    case brief
    /// What the engineer checks: balance, zones, leaks, pressure, measures, the register.
    case annex
    /// Sheets to walk with: pipes in order, room for what was found.
    case crew
    /// Meters to replace, each by its number.
    case meters
    /// Quantities of a lot of meters and remote reading, without the plan's own prices.
    case tender

    public static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension PlanDocument {
    /// - form: of the document; what the plan has no data for is said in it.
    public init(plan: ImprovementPlan, form: PlanForm, language: Catalogue, date: String? = nil) {
        self.init(plan: plan, language: language, date: date)
        let source = PlanSource(plan)
        let key: TextKey =
            switch form {
            case .brief: .briefTitle
            case .annex: .annexTitle
            case .crew: .crewTitle
            case .meters: .meterListTitle
            case .tender: .tenderTitle
            }
        title = .words(key, [.literal(plan.city.profile.name)])
        sections =
            switch form {
            case .brief: source.brief
            case .annex:
                [
                    source.profile, source.balance, source.indicators, source.diagnosis, source.zones, source.leaks, source.pressures,
                    source.measures, source.reading, source.register, source.warnings, source.sources,
                ].compactMap(\.self)
            case .crew: source.crewSheets
            case .meters: [source.meterList]
            case .tender: [source.tenderLot] + (plan.reading == nil ? [] : [source.tenderSupervision])
            }
        hasContents = form == .annex
        if form != .annex {
            // What is not real, and what the city says of its data, must be said on every sheet; the rest stands in the plan.
            banner = Array(banner.prefix(source.isSynthetic || !plan.city.profile.notes.isEmpty ? 1 : 0)).map {
                Notice($0.kind, $0.title, source.isSynthetic ? Array($0.lines.prefix(1)) : $0.lines)
            }
        }
        addTraces(isShort: form != .annex, source.traces)
    }
}

extension PlanSource {
    /// Sentences, key figures and measures: with a drawing besides it would not be one page.
    fileprivate var brief: [Section] {
        var section = summary
        section.title = .words(.briefHeading)
        // The sentences tell the rest: with all of them it would not be one page.
        section.blocks = section.blocks.map { block in
            guard case .keyFigures(let figures) = block else { return block }
            let wanted: [Phrase] = [.words(.revenueWaterRatio), .words(.nonRevenueWater), .words(.capitalCost), .words(.netPresentValue)]
            return .keyFigures(figures.filter { wanted.contains($0.label) })
        }
        if !selected.isEmpty {
            section.blocks.append(
                .table(
                    Table(
                        caption: .words(.briefCaption),
                        columns: [
                            .init(.words(.measureHead)), .init(.words(.capitalCost), unit: .money(currency)),
                            .init(.words(.volumeSaved), unit: .cubicMetresPerDay), .init(.words(.workbookStart), isNumeric: true),
                        ],
                        rows: selected.prefix(8).map {
                            Table.Row(
                                [
                                    .text(name(of: $0)), .number(Figure($0.capital, .money(currency))),
                                    .number(Figure($0.volumeSaved, times: 1 / 365.0, .cubicMetresPerDay)),
                                    $0.startYear.map { .year($0) } ?? .none,
                                ], subjects: [$0.catalogueKey])
                        })))
        }
        return [section]
    }

    /// A sheet for each leak that was found: pipes in the order of the walk, with room to write.
    fileprivate var crewSheets: [Section] {
        let found = detectedLeaks.filter { !$0.candidates.isEmpty }
        guard !found.isEmpty else {
            return [
                Section(
                    id: "crew", title: .words(.leaksTitle),
                    blocks: [.notice(Notice(.missing, .words(.leaksMissingTitle), [.words(.leaksMissing)]))])
            ]
        }
        return found.enumerated().map { index, leak in
            var blocks: [Block] = [.paragraph(sentence(on: leak, number: index + 1)), .paragraph(.words(.crewHowTo))]
            var list = walkingList(leak, number: index + 1)
            // Percentages do not help who walks; the columns give way to what is found.
            list.columns.removeLast(2)
            list.columns += [.init(.words(.crewTime)), .init(.words(.crewFound)), .init(.words(.crewRemarks))]
            for row in list.rows.indices {
                list.rows[row].cells.removeLast(2)
                list.rows[row].cells += [Cell](repeating: .blank, count: 3)
            }
            list.note = nil
            blocks.append(.table(list))
            if index == 0, let map { blocks.append(.graphic(detail(of: map) ?? map)) }
            blocks.append(.paragraph(.words(.crewSign)))
            return Section(
                id: "crew-\(index + 1)", title: .words(.crewSheet, [.literal("\(index + 1)")]), blocks: blocks, startsPage: index > 0)
        }
    }

    /// Stuck meters, then the oldest up to the number that the plan replaces.
    fileprivate var meterList: Section {
        let stuck = Set(assessment.meters.filter(\.isStuck).map(\.meter))
        func year(_ meter: Meter) -> Int? { meter.installed.flatMap { Int($0.prefix(4)) } }
        let planned = selected.filter { $0.catalogueKey.hasSuffix("meter_replacement") }
        let quantity = planned.reduce(0.0) { $0 + ($1.quantity.isFinite ? $1.quantity : 0) }
        let isPlanned = !planned.isEmpty
        let room = isPlanned ? Int(min(max(quantity.rounded(), 0), 1e7)) : stuck.count
        let ordered = city.meters.sorted {
            (stuck.contains($0.id) ? 0 : 1, year($0) ?? .max, $0.id.name) < (stuck.contains($1.id) ? 0 : 1, year($1) ?? .max, $1.id.name)
        }.prefix(room)
        guard !ordered.isEmpty else {
            return Section(
                id: "meter-list", title: .words(.meterListHeading),
                blocks: [.notice(Notice(.missing, .words(.meterListHeading), [.words(.meterListMissing)]))])
        }
        let rows = ordered.enumerated().map { index, meter in
            Table.Row([
                .ordinal(index + 1), .text(.literal(meter.id.name)),
                meter.zone.map { .text(.literal(zoneName($0))) } ?? .none, cell("class_" + meter.customerClass.rawValue),
                .number(Figure(meter.diameter.map { $0 * 1000 }, .millimetres, .decimals(0))),
                meter.installed.map { .text(.literal($0)) } ?? .none, .text(.words(stuck.contains(meter.id) ? .meterStuck : .meterOld)),
                .blank, .blank,
            ])
        }
        return Section(
            id: "meter-list", title: .words(.meterListHeading),
            blocks: [
                .paragraph(
                    .words(
                        isPlanned ? .meterListPlanned : .meterListStuck,
                        [.counted(.meterListCount, ordered.count, from: Origin(isPlanned ? .sizing : .counted))])),
                .table(
                    Table(
                        caption: .words(.meterListHeading),
                        columns: [
                            .init(.words(.numberSign), isNumeric: true), .init(.words(.meterNumber)), .init(.words(.zone)),
                            column("class"), .init(.words(.nominalDiameter), unit: .millimetres), .init(.words(.meterInstalled)),
                            .init(.words(.meterWhy)), .init(.words(.meterNewNumber)), .init(.words(.meterLastReading)),
                        ], rows: rows, note: .words(.meterListNote))),
            ])
    }

    fileprivate var tenderLot: Section {
        guard let reading = plan.reading else {
            return Section(
                id: "tender", title: .words(.tenderHeading),
                blocks: [.notice(Notice(.missing, .words(.tenderHeading), [.words(.tenderMissing)]))])
        }
        func decimals(_ value: Double?) -> Cell { .number(Figure(value, .none, .decimals(0))) }
        let classes = Table(
            caption: .words(.readingClassesCaption),
            columns: [
                column("class"), .init(.words(.nominalDiameter), unit: .millimetres), number("endpoints"), number("rate"),
                .init(.words(.amount), isNumeric: true),
            ],
            rows: reading.classes.map {
                Table.Row([
                    cell($0.customerClass.map { "class_" + $0 } ?? "class_unknown"),
                    .number(Figure($0.diameter.map(Double.init), .millimetres, .decimals(0))),
                    decimals(Double($0.count)), .blank, .blank,
                ])
            } + [
                Table.Row(
                    [
                        .text(.words(.total)), .none, decimals(Double(reading.classes.reduce(0) { $0 + $1.count })), .none, .blank,
                    ], style: .total)
            ])
        let items = Table(
            caption: .words(.readingItemsCaption),
            columns: [
                .init(.words(.item)), .init(.words(.quantity), isNumeric: true), number("rate"), .init(.words(.amount), isNumeric: true),
            ],
            rows: reading.items.map { Table.Row([cell("item_" + $0.name), decimals($0.quantity).from(.readingLot), .blank, .blank]) }
                + [Table.Row([.text(.words(.total)), .none, .none, .blank], style: .total)])
        var blocks: [Block] = [.paragraph(.words(.tenderScope)), .table(classes), .table(items)]
        blocks.append(.list([.words(.tenderKeys), .words(.tenderSuccess), .words(.tenderPilot), .words(.tenderExport)]))
        if let placement = reading.placement {
            blocks.append(placementSentence(placement, of: reading))
            blocks.append(
                .table(
                    Table(
                        caption: .words(.tenderSitesCaption),
                        columns: [
                            .init(.words(.numberSign), isNumeric: true), .init(.literal("x [m]"), isNumeric: true),
                            .init(.literal("y [m]"), isNumeric: true),
                        ],
                        rows: placement.sites.enumerated().map { index, site in
                            Table.Row([decimals(Double(index + 1)), decimals(site.x).from(.gateways), decimals(site.y).from(.gateways)])
                        }, note: .words(.tenderSitesNote))))
        }
        return Section(id: "tender", title: .words(.tenderHeading), blocks: blocks)
    }

    /// What whoever supervises looks at, in the order of delivery.
    fileprivate var tenderSupervision: Section {
        Section(
            id: "supervision", title: .words(.tenderSupervisionTitle),
            blocks: [
                .paragraph(.words(.tenderSupervisionScope)),
                .list([
                    .words(.tenderSupervisionWorks), .words(.tenderSupervisionFitting), .words(.tenderSupervisionCoverage),
                    .words(.tenderSupervisionService),
                ]),
            ])
    }
}
