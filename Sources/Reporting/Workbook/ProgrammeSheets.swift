// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import TextFiles
import WaterModel

extension PlanWorkbook {
    /// Measures, with where their figures stand.
    struct MeasureSheet {
        var sheet: Sheet
        var firstRow: Int
        enum Column { static let capital = 4, operation = 5, volume = 7 }
    }

    var measureSheet: MeasureSheet {
        var sheet = Sheet(word(.measuresTitle), widths: [6, 46, 12, 14, 16, 16, 10, 16, 16, 18, 12, 16])
        sheet.addTitle(word(.measuresTitle), note: word(.measuresNote))
        let currency = source.currency
        sheet.addHeads([
            word(.numberSign), word(.measureHead), marked(.quantity), word(.workbookUnit), head(.capitalCost, .money(currency)),
            head(.operationCost, .moneyPerYear(currency)), head(.life, .years), head(.volumeSaved, .cubicMetresPerDay),
            head(.costPerVolume, .moneyPerCubicMetre(currency)), head(.netPresentValue, .money(currency)), word(.chosen), word(.target),
        ])
        sheet.frozenRows = sheet.rows.count
        let firstRow = sheet.rows.count + 1
        typealias Input = InputSheet.MeasureColumn
        for (index, measure) in plan.measures.enumerated() {
            func input(_ column: Int) -> Live { inputs.measure(index, column) }
            let capital = input(Input.quantity) * input(Input.rate)
            let yearly = capital * .capitalRecovery(rate: inputs.discountRate, years: input(Input.life)) + input(Input.operation)
            sheet.add([
                .number(Double(index + 1), .number(.plain)), .text(text(source.name(of: measure))),
                .live(input(Input.quantity), .number(.general)), .text(wording.unit(.asWritten(measure.quantityUnit))),
                checked(capital, measure.capital.value, .number(.whole)), .live(input(Input.operation), .number(.whole)),
                .live(input(Input.life), .number(.general)),
                checked(input(Input.volume) / 365, measure.volumeSaved.value / 365, .number(.tenths)),
                measure.costPerCubicMetre.map { checked(yearly / input(Input.volume), $0, .number(.cents)) } ?? .text(word(.doesNotApply)),
                .number(measure.netPresentValue, .number(.whole)), .live(input(Input.isSelected), .number(.plain)),
                .text(text(.name(.target, measure.target.rawValue))),
            ])
        }
        if let full = inputs.fullCapital, let operation = inputs.fullOperation, let rows = inputs.measureRows {
            let volume = inputs.sheet.sumOfProducts(rows, [Input.volume, Input.isSelected]) / 365
            sheet.add([
                .empty, .text(word(.total) + " – " + word(.chosen), CellLook(isBold: true)), .empty, .empty,
                checked(full, plan.selection.capital, .total(.whole)), .live(operation, .total(.whole)), .empty,
                checked(volume, plan.selection.volumeSaved / 365, .total(.tenths)),
            ])
        }
        return MeasureSheet(sheet: sheet, firstRow: firstRow)
    }

    /// What is bought, at which rate, and when it is paid.
    func billSheet(_ measures: MeasureSheet) -> Sheet {
        var sheet = Sheet(word(.workbookBill), widths: [6, 46, 14, 14, 16, 18, 12])
        sheet.addTitle(word(.workbookBill))
        let currency = source.currency
        sheet.addHeads([
            word(.numberSign), word(.measureHead), marked(.quantity), word(.workbookUnit), head(.workbookRate, .money(currency)),
            head(.amount, .money(currency)), word(.workbookStart),
        ])
        typealias Input = InputSheet.MeasureColumn
        let first = sheet.rows.count + 1
        for (index, measure) in plan.measures.enumerated() where measure.isSelected {
            func input(_ column: Int) -> Live { inputs.measure(index, column) }
            let amount = input(Input.quantity) * input(Input.rate) * input(Input.isSelected)
            sheet.add([
                .number(Double(index + 1), .number(.plain)), .text(text(source.name(of: measure))),
                .live(input(Input.quantity), .number(.general)), .text(wording.unit(.asWritten(measure.quantityUnit))),
                .live(input(Input.rate), .number(.cents)), checked(amount, measure.capital.value, .number(.whole)),
                measure.startYear == nil ? .empty : .live(input(Input.start), .number(.plain)),
            ])
        }
        let last = sheet.rows.count
        if last >= first {
            sheet.add([
                .empty, .text(word(.total), CellLook(isBold: true)), .empty, .empty, .empty,
                .live(sheet.sum(first...last, 5), .total(.whole)),
            ])
        }
        guard let full = inputs.fullCapital, !plan.cashFlow.isEmpty else { return sheet }
        sheet.add()
        sheet.add([.text(word(.cashFlowTitle), CellLook(isBold: true))])
        sheet.addHeads([
            "", word(.year), head(.capitalCost, .money(currency)), head(.funding, .money(currency)), head(.fundingGap, .money(currency)),
        ])
        let firstYear = sheet.rows.count + 1
        for (index, year) in plan.cashFlow.enumerated() {
            let row = sheet.rows.count + 1
            sheet.add([
                .empty, .number(Double(year.year), .number(.plain)),
                checked(full * inputs.year(index, InputSheet.YearColumn.capital), year.capital, .number(.whole)),
                .live(inputs.year(index, InputSheet.YearColumn.funding), .number(.whole)),
            ])
            let gap = sheet.cell(row, 2) - sheet.cell(row, 3)
            sheet.extendLast(with: .live(gap, .number(.whole)))
        }
        let years = firstYear...sheet.rows.count
        sheet.add([
            .empty, .text(word(.total), CellLook(isBold: true)), .live(sheet.sum(years, 2), .total(.whole)),
            .live(sheet.sum(years, 3), .total(.whole)), .live(sheet.sum(years, 4), .total(.whole)),
        ])
        return sheet
    }

    /// The cash flow, with its sums and results.
    struct FlowSheet {
        var sheet: Sheet
        /// Rows of the years; nil where there are none.
        var years: ClosedRange<Int>?
        enum Column { static let number = 1, capital = 2, operation = 3, benefit = 4, net = 5, factor = 7, present = 8 }
    }

    func cashFlowSheet(_ measures: MeasureSheet) -> FlowSheet {
        var sheet = Sheet(word(.financeTitle), widths: [34, 8, 16, 16, 16, 16, 18, 14, 16])
        sheet.addTitle(word(.financeTitle), note: word(.workbookScaling))
        guard !plan.cashFlow.isEmpty else {
            sheet.add([.text(word(.financeMissing))])
            return FlowSheet(sheet: sheet, years: nil)
        }
        let money = ShownUnit.money(source.currency)
        sheet.addHeads([
            word(.year), "t", head(.capitalCost, money), head(.operationCost, money), head(.benefit, money), head(.net, money),
            head(.cumulativeNet, money), word(.workbookDiscountFactor), head(.workbookPresentValue, money),
        ])
        sheet.frozenRows = sheet.rows.count
        let first = sheet.rows.count + 1
        typealias Column = FlowSheet.Column
        typealias Input = InputSheet.YearColumn
        func flow(_ full: Live?, _ index: Int, _ column: Int, _ planned: Double) -> SheetCell {
            checked(full.map { $0 * inputs.year(index, column) }, planned, .number(.whole))
        }
        for (index, year) in plan.cashFlow.enumerated() {
            let row = sheet.add([
                .number(Double(year.year), .number(.plain)), .number(Double(index + 1), .number(.plain)),
                flow(inputs.fullCapital, index, Input.capital, year.capital),
                flow(inputs.fullOperation, index, Input.operation, year.operation),
                flow(inputs.fullBenefit, index, Input.benefit, year.benefit),
            ])
            let net = sheet.cell(row, Column.benefit) - sheet.cell(row, Column.capital) - sheet.cell(row, Column.operation)
            sheet.extendLast(with: .live(net, .number(.whole)))
            sheet.extendLast(with: .live(sheet.sum(first...row, Column.net), .number(.whole)))
            let factor = (1 + inputs.discountRate).power(Live.constant(-1) * sheet.cell(row, Column.number))
            sheet.extendLast(with: .live(factor, .number(.fine)))
            sheet.extendLast(with: .live(sheet.cell(row, Column.net) * sheet.cell(row, Column.factor), .number(.whole)))
        }
        let years = first...sheet.rows.count
        func total(_ column: Int) -> SheetCell { .live(sheet.sum(years, column), .total(.whole)) }
        sheet.add([
            .text(word(.total), CellLook(isBold: true)), .empty, total(Column.capital), total(Column.operation), total(Column.benefit),
            total(Column.net), .empty, .empty, total(Column.present),
        ])
        sheet.add()
        addResults(to: &sheet, years)
        return FlowSheet(sheet: sheet, years: years)
    }

    private func addResults(to sheet: inout Sheet, _ years: ClosedRange<Int>) {
        typealias Column = FlowSheet.Column
        let finance = plan.finance
        func present(_ column: Int) -> Live { sheet.sumOfProducts(years, [column, Column.factor]) }
        let costs = present(Column.capital) + present(Column.operation)
        let rate = finance.internalRateOfReturn.map { planned -> Live in
            Live(formula: "IRR(\(sheet.range(years, Column.net)),\(planned))", value: planned)
        }
        let rows: [(TextKey, SheetCell)] = [
            (
                .netPresentValue,
                checked(sheet.sum(years, Column.present), finance.netPresentValue.value, .total(.whole))
            ),
            (
                .internalRateOfReturn,
                rate.map {
                    isRate($0.value, sheet.values(years, Column.net)) ? .live($0, .total(.percent)) : .number($0.value, .total(.percent))
                }
                    ?? .text(word(.noRate))
            ),
            (
                .benefitCostRatio,
                finance.benefitCostRatio.map { checked(present(Column.benefit) / costs, $0, .total(.cents)) } ?? .text(word(.notKnown))
            ),
            (.payback, finance.payback.map { .number($0, .total(.tenths)) } ?? .text(word(.noPayback))),
            (
                .costPerVolume,
                finance.costPerCubicMetre.map { checked(inputs.costPerCubicMetre, $0, .total(.cents)) } ?? .text(word(.notKnown))
            ),
            (.discountRate, .live(inputs.discountRate, .total(.percent))),
        ]
        for (key, cell) in rows { sheet.add([.text(marked(key)), .empty, cell]) }
    }

    /// Whether flows are worth nothing at this rate, so that the spreadsheet's search ends there too.
    private func isRate(_ rate: Double, _ flows: [Double]) -> Bool {
        let worth = DiscountedCashFlow(flows: flows).netPresentValue(rate: rate)
        return abs(worth) <= 1e-9 * flows.reduce(0) { $0 + abs($1) }
    }

    /// One input at a time: by how much the net present value moves, and how far the input may go.
    func sensitivitySheet(_ flow: FlowSheet) -> Sheet {
        var sheet = Sheet(word(.workbookSensitivity), widths: [48, 18, 18, 18, 18, 18, 18, 24])
        sheet.addTitle(word(.workbookSensitivity))
        let money = ShownUnit.money(source.currency)
        if let years = flow.years {
            let row = sheet.add([.text(word(.workbookChange)), .number(0.2, .input(.percent))])
            let change = sheet.cell(row, 1)
            sheet.add()
            sheet.addHeads([
                word(.item), head(.workbookWorthAtLow, money), head(.workbookWorthAtHigh, money), head(.workbookSwing, money),
                marked(.workbookSwitching),
            ])
            typealias Column = FlowSheet.Column
            func present(_ column: Int) -> Live { flow.sheet.sumOfProducts(years, [column, Column.factor]) }
            let (benefit, capital, operation) = (present(Column.benefit), present(Column.capital), present(Column.operation))
            let (less, more) = (Live.constant(1) - change, Live.constant(1) + change)
            func add(_ key: TextKey, _ low: Live, _ high: Live, _ factor: Live?) {
                let swing = Live(formula: "ABS(\(high.formula)-(\(low.formula)))", value: abs(high.value - low.value))
                let switching: SheetCell =
                    factor.flatMap { $0.value.isFinite ? .live($0, .number(.cents)) : nil } ?? .text(word(.doesNotApply))
                sheet.add([
                    .text(word(key)), .live(low, .number(.whole)), .live(high, .number(.whole)), .live(swing, .number(.whole)), switching,
                ])
            }
            add(.capitalCost, benefit - operation - capital * less, benefit - operation - capital * more, (benefit - operation) / capital)
            add(.operationCost, benefit - capital - operation * less, benefit - capital - operation * more, (benefit - capital) / operation)
            add(.benefit, benefit * less - capital - operation, benefit * more - capital - operation, (capital + operation) / benefit)
            func worth(_ factor: Live) -> Live {
                let rate = inputs.discountRate * factor
                let value = DiscountedCashFlow(flows: flow.sheet.values(years, Column.net)).netPresentValue(rate: rate.value)
                return Live(
                    formula:
                        "SUMPRODUCT(\(flow.sheet.range(years, Column.net)),(1+\(rate.formula))^(-\(flow.sheet.range(years, Column.number))))",
                    value: value)
            }
            add(.discountRate, worth(less), worth(more), nil)
            sheet.add()
        }
        guard !plan.sensitivity.isEmpty else { return sheet }
        sheet.addHeads([
            word(.item), marked(.workbookLow), word(.figure), marked(.workbookHigh), head(.workbookWorthAtLow, money),
            head(.workbookWorthAtHigh, money), head(.workbookSwing, money), marked(.workbookSwitching),
        ])
        // Percentiles of a simulation have no more digits than these.
        func shown(_ value: Double) -> Double { Double(NumberText.significant(value, 4)) ?? value }
        for bar in plan.sensitivity {
            let row = sheet.add([
                .text(text(.name(.assumption, bar.item))), .number(shown(bar.low), .number(.general)),
                .number(shown(bar.central), .number(.general)),
                .number(shown(bar.high), .number(.general)), .number(bar.worthAtLow, .number(.whole)),
                .number(bar.worthAtHigh, .number(.whole)),
            ])
            let (low, high) = (sheet.cell(row, 4), sheet.cell(row, 5))
            sheet.extendLast(
                with: .live(
                    Live(formula: "ABS(\(high.formula)-\(low.formula))", value: abs(high.value - low.value)),
                    .number(.whole)))
            sheet.extendLast(with: bar.switchingFactor.map { .number($0, .number(.cents)) } ?? .text(word(.doesNotApply)))
        }
        return sheet
    }
}
