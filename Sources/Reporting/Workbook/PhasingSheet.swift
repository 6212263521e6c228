// SPDX-License-Identifier: GPL-3.0-or-later

import Planning

extension PlanWorkbook {
    /// Capital of each measure by year, spread evenly over the years of its works. Start, duration and quantities are inputs: whoever
    /// moves one sees the years' sums move.
    var phasingSheet: Sheet {
        var sheet = Sheet(word(.workbookPhasing), widths: [6, 46, 16, 10, 10])
        sheet.addTitle(word(.workbookPhasing))
        let placed = plan.measures.indices.compactMap { index -> (index: Int, start: Int, years: Int)? in
            let measure = plan.measures[index]
            guard measure.isSelected, let start = measure.startYear else { return nil }
            return (index, start, max(measure.buildYears ?? 1, 1))
        }
        guard let first = placed.map(\.start).min(), let last = placed.map({ $0.start + $0.years }).max() else { return sheet }
        // Room behind the last year, for works that are put off.
        let years = Array(first..<last + 3)
        sheet.widths += years.map { _ in 14 }
        let currency = ShownUnit.money(source.currency)
        sheet.addHeads([
            word(.numberSign), word(.measureHead), head(.capitalCost, currency), word(.workbookStart), head(.workbookBuildYears, .years),
        ])
        let heads = sheet.rows.count
        for year in years { sheet.extendLast(with: .number(Double(year), CellLook(format: .plain, isHead: true))) }
        sheet.frozenRows = heads
        typealias Input = InputSheet.MeasureColumn
        let firstColumn = 5
        for (index, start, duration) in placed {
            func input(_ column: Int) -> Live { inputs.measure(index, column) }
            let capital = input(Input.quantity) * input(Input.rate) * input(Input.isSelected)
            let row = sheet.add([
                .number(Double(index + 1), .number(.plain)), .text(text(source.name(of: plan.measures[index]))),
                checked(capital, plan.measures[index].capital.value, .number(.whole)), .live(input(Input.start), .number(.plain)),
                .live(input(Input.buildYears), .number(.plain)),
            ])
            let (amount, begins, lasts) = (sheet.cell(row, 2), sheet.cell(row, 3), sheet.cell(row, 4))
            for (place, year) in years.enumerated() {
                let at = sheet.cell(heads, firstColumn + place).formula
                // What of the year lies between the begin and the end of the works.
                let share = Live(
                    formula: "MAX(0,MIN(1,\(at)-\(begins.formula)+1,\(begins.formula)+\(lasts.formula)-\(at)))",
                    value: (start..<start + duration).contains(year) ? 1 : 0)
                sheet.extendLast(with: .live(amount / lasts * share, .number(.whole)))
            }
        }
        let rows = heads + 1...sheet.rows.count
        sheet.add([.empty, .text(word(.total), CellLook(isBold: true)), .live(sheet.sum(rows, 2), .total(.whole)), .empty, .empty])
        for place in years.indices { sheet.extendLast(with: .live(sheet.sum(rows, firstColumn + place), .total(.whole))) }
        return sheet
    }
}
