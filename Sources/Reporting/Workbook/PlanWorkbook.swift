// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterLoss
import WaterModel

/// The plan as a workbook (XLSX) whose results are formulas over one sheet of inputs, each with its value, so that programs which do not
/// calculate show it too. The same plan makes the same bytes.
///
/// - date: of the document, ISO 8601; never taken from the clock.
public func workbook(of plan: ImprovementPlan, language: Catalogue, date: String? = nil) -> [UInt8] {
    let book = PlanWorkbook(plan: plan, language: language)
    return WorkbookWriter(
        sheets: book.sheets, title: book.text(.words(.documentTitle, [.literal(plan.city.profile.name)])),
        language: WordStyles.tag(of: language.code), date: date, notKnown: book.word(.notKnown)
    ).bytes
}

/// Builds the sheets one after another: each refers to those before it.
struct PlanWorkbook {
    /// Relative difference up to which a formula is the plan's figure.
    static let agreement = 1e-9

    let source: PlanSource
    let wording: Wording
    let inputs: InputSheet
    /// Tells where figures come from, with the numbers of the document.
    let document: PlanDocument

    init(plan: ImprovementPlan, language: Catalogue) {
        source = PlanSource(plan)
        wording = Wording(language.forComputing)
        inputs = InputSheet(source: source, wording: wording)
        document = PlanDocument(plan: plan, language: language)
    }

    var plan: ImprovementPlan { source.plan }

    var sheets: [Sheet] {
        let measures = measureSheet
        let flow = cashFlowSheet(measures)
        return [
            inputs.sheet, balanceSheet, indicatorSheet, measures.sheet, billSheet(measures), phasingSheet, flow.sheet,
            sensitivitySheet(flow),
            registerSheet, traceSheet,
        ]
    }

    func word(_ key: TextKey) -> String { wording.catalogue.text(key) }
    func text(_ phrase: Phrase) -> String { wording.text(phrase) }
    func head(_ key: TextKey, _ unit: ShownUnit) -> String {
        Catalogue.filled(word(.headWithUnit), [word(key), wording.unit(unit)]) + mark(key)
    }
    /// A word with the mark of where its figures come from.
    func marked(_ key: TextKey) -> String { word(key) + mark(key) }

    private func mark(_ key: TextKey) -> String {
        let kind = Trace.Kind.named(.words(key))
        return document.mark(of: kind.map { Origin($0) }).map { " " + $0.text } ?? ""
    }

    /// The formula where it comes to the plan's own figure, else that figure alone: a workbook never shows another than the plan.
    func checked(_ live: Live?, _ planned: Double, _ look: CellLook) -> SheetCell {
        guard let live, abs(live.value - planned) <= Self.agreement * max(abs(planned), 1e-6) else { return .number(planned, look) }
        return .live(Live(formula: live.formula, value: planned), look)
    }

    // MARK: Balance and indicators

    private var balanceSheet: Sheet {
        var sheet = Sheet(word(.balanceTitle), widths: [52, 18, 14, 16, 16])
        sheet.addTitle(word(.balanceTitle), note: word(.intervalNote))
        guard let balance = source.assessment.balance, balance.periodDays > 0 else {
            sheet.add([.text(word(.balanceMissing))])
            return sheet
        }
        sheet.addHeads([
            word(.balanceTerm), head(.perYear, .cubicMetresPerYear), marked(.workbookMargin), head(.perDay, .cubicMetresPerDay),
            head(.shareOfSupplied, .percent),
        ])
        sheet.frozenRows = sheet.rows.count
        let yearly = Live.constant(365) / inputs.days
        func volumes(_ lines: [BalanceInput.Line]) -> Live { .sum(lines.compactMap { inputs.volumes[$0]?.value }) }
        let supplied = volumes([.ownSources, .imported]) - volumes([.exported])
        func add(
            _ label: Phrase, _ plus: [BalanceInput.Line], minus: [BalanceInput.Line] = [], _ planned: Estimate, indent: Int,
            isTotal: Bool = false
        ) {
            let look = isTotal ? CellLook.total(.whole) : .number(.whole)
            let volume = minus.isEmpty ? volumes(plus) : volumes(plus) - volumes(minus)
            let margins = (plus + minus).compactMap { inputs.volumes[$0]?.margin }
            let scale = 365 / balance.periodDays
            let margin = checked(
                Live.quadrature(margins) * yearly, (planned.high95 - planned.low95) / 2 * scale, look)
            let share = CellLook(format: .percent, isBold: isTotal)
            sheet.add([
                .text(String(repeating: "   ", count: indent) + text(label), CellLook(isBold: isTotal)),
                checked(volume * yearly, planned.value * scale, look), margin,
                checked(volume / inputs.days, planned.value / balance.periodDays, look),
                balance.waterSupplied.value == 0
                    ? .empty : checked(volume / supplied, planned.value / balance.waterSupplied.value, share),
            ])
        }
        func line(_ line: BalanceInput.Line, _ term: Estimate, _ indent: Int) {
            add(.name(.balanceLine, line.rawValue), [line], term, indent: indent)
        }
        let sources: [BalanceInput.Line] = [.ownSources, .imported]
        let billed: [BalanceInput.Line] = [.billedMetered, .billedUnmetered]
        let unbilled: [BalanceInput.Line] = [.unbilledMetered, .unbilledUnmetered]
        let apparent: [BalanceInput.Line] = [.unauthorised, .meteringInaccuracy, .dataHandling]
        line(.ownSources, balance.ownSources, 1)
        line(.imported, balance.imported, 1)
        line(.exported, balance.exported, 1)
        add(.words(.waterSupplied), sources, minus: [.exported], balance.waterSupplied, indent: 0, isTotal: true)
        add(.words(.authorisedConsumption), billed + unbilled, balance.authorisedConsumption, indent: 1, isTotal: true)
        add(.words(.revenueWaterLong), billed, balance.revenueWater, indent: 2)
        line(.billedMetered, balance.billedMetered, 3)
        line(.billedUnmetered, balance.billedUnmetered, 3)
        add(.words(.unbilledAuthorised), unbilled, balance.unbilledAuthorised, indent: 2)
        line(.unbilledMetered, balance.unbilledMetered, 3)
        line(.unbilledUnmetered, balance.unbilledUnmetered, 3)
        add(.words(.waterLosses), sources, minus: [.exported] + billed + unbilled, balance.waterLosses, indent: 1, isTotal: true)
        add(.words(.apparentLosses), apparent, balance.apparentLosses, indent: 2)
        line(.unauthorised, balance.unauthorised, 3)
        line(.meteringInaccuracy, balance.meteringInaccuracy, 3)
        line(.dataHandling, balance.dataHandling, 3)
        add(.words(.realLossesLong), sources, minus: [.exported] + billed + unbilled + apparent, balance.realLosses, indent: 2)
        add(.words(.nonRevenueWaterLong), sources, minus: [.exported] + billed, balance.nonRevenueWater, indent: 0, isTotal: true)
        return sheet
    }

    private var indicatorSheet: Sheet {
        var sheet = Sheet(word(.indicatorsTitle), widths: [44, 16, 14, 18, 70])
        sheet.addTitle(word(.indicatorsTitle))
        guard !source.assessment.indicators.isEmpty else {
            sheet.add([.text(word(.indicatorsMissing))])
            return sheet
        }
        sheet.addHeads([word(.indicatorHead), word(.figure), marked(.workbookMargin), word(.workbookUnit), word(.formulaAndSource)])
        sheet.frozenRows = sheet.rows.count
        for indicator in source.assessment.indicators {
            let isShare = indicator.unit == "–" && [.revenueWaterRatio, .nonRevenueWaterShare].contains(indicator.kind)
            let look = CellLook.number(isShare ? .percent : .cents)
            sheet.add([
                .text(text(.name(.indicator, indicator.kind.rawValue))),
                checked(inputs.indicator(indicator.kind), indicator.value.value, look),
                .number((indicator.value.high95 - indicator.value.low95) / 2, look), .text(wording.unit(.asWritten(indicator.unit))),
                .text(text(.message(indicator.source)), CellLook(wraps: true)),
            ])
        }
        return sheet
    }

    // MARK: Register and traces

    /// As the annex of the document.
    private var traceSheet: Sheet {
        var sheet = Sheet(word(.traceTitle), widths: [8, 70, 60, 50, 40])
        sheet.addTitle(word(.traceTitle), note: word(.traceNote))
        sheet.addHeads([word(.numberSign), word(.traceFormula), word(.traceInputs), word(.source), word(.statusHead)])
        sheet.frozenRows = sheet.rows.count
        for (index, trace) in document.kindTraces.enumerated() {
            let wide = CellLook(wraps: true)
            sheet.add([
                .text(TraceMark.text(index + 1, trace.isUncertain)), .text(text(trace.formula), wide),
                .text(text(.list(trace.inputs)), wide), .text(text(trace.source), wide),
                .text(text(.list(trace.statuses.map { .name(.status, $0.rawValue) })), wide),
            ])
        }
        return sheet
    }

    private var registerSheet: Sheet {
        var sheet = Sheet(word(.registerTitle), widths: [48, 14, 14, 14, 26, 12, 60, 16, 34])
        sheet.addTitle(word(.registerTitle), note: word(.registerNote))
        sheet.addHeads([
            word(.item), word(.figure), word(.workbookLow), word(.workbookHigh), word(.workbookUnit), word(.year), word(.source),
            word(.statusHead), word(.usedIn),
        ])
        sheet.frozenRows = sheet.rows.count
        func number(_ value: Double?) -> SheetCell { value.map { .number($0, CellLook()) } ?? .empty }
        for assumption in plan.assumptions {
            let value = assumption.value
            sheet.add([
                .text(text(.name(.assumption, assumption.item)), CellLook(wraps: true)),
                value.value == nil ? .text(word(.notKnown)) : number(value.value),
                number(value.low), number(value.high), .text(wording.unit(.asWritten(assumption.unit))),
                .text(value.year.map(Wording.isolated) ?? ""), .text(value.source.map { text(.message($0)) } ?? "", CellLook(wraps: true)),
                .text(text(.name(.status, value.status.rawValue))), .text(text(.name(.use, assumption.usedIn)), CellLook(wraps: true)),
            ])
        }
        return sheet
    }
}
