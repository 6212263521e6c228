// SPDX-License-Identifier: GPL-3.0-or-later

/// How a cell looks.
struct CellLook: Hashable {
    enum Format: String, Hashable {
        case general = "General", whole = "#,##0", tenths = "#,##0.0", cents = "#,##0.00", fine = "0.0000"
        case percent = "0.0%", plain = "0"
    }

    var format: Format = .general
    /// A figure that the reader may change.
    var isInput = false
    var isBold = false
    var isHead = false
    var isTitle = false
    var wraps = false
    /// Text that a spreadsheet program would take for a formula once it is edited.
    var isQuoted = false
    /// Kept off the edge of its cell, so that it does not touch the figure before it.
    var isText = false

    static func number(_ format: Format) -> Self { Self(format: format) }
    static func input(_ format: Format) -> Self { Self(format: format, isInput: true) }
    static func total(_ format: Format) -> Self { Self(format: format, isBold: true) }
}

enum SheetCell {
    case empty
    case text(String, CellLook)
    case number(Double, CellLook)
    case live(Live, CellLook)

    static func text(_ text: String) -> Self { .text(text, CellLook()) }
    static func head(_ text: String) -> Self { .text(text, CellLook(isHead: true, wraps: true)) }

    /// nil where the cell holds no finite number.
    var value: Double? {
        switch self {
        case .number(let value, _): value.isFinite ? value : nil
        case .live(let live, _): live.value.isFinite ? live.value : nil
        case .empty, .text: nil
        }
    }
}

/// A sheet of the workbook while it is filled, row by row.
struct Sheet {
    let name: String
    private(set) var rows: [[SheetCell]] = []
    /// Of the columns, in characters.
    var widths: [Double]
    /// Stays in sight when one scrolls: rows from the top.
    var frozenRows = 0

    /// - name: any words; what a sheet's name may not hold is taken out.
    init(_ name: String, widths: [Double]) {
        var clean = String(name.map { "[]:*?/\\'".contains($0) || $0.isNewline ? " " : $0 }.prefix(31))
        while clean.last == " " { clean.removeLast() }
        while clean.utf16.count > 31 { clean.removeLast() }
        self.name = clean.isEmpty ? "Sheet" : clean
        self.widths = widths
    }

    /// - Returns: the row's number, from 1.
    @discardableResult
    mutating func add(_ cells: [SheetCell] = []) -> Int {
        rows.append(cells)
        return rows.count
    }

    /// Adds a cell to the last row: one that refers to others of its row.
    mutating func extendLast(with cell: SheetCell) {
        guard !rows.isEmpty else { return }
        rows[rows.count - 1].append(cell)
    }

    mutating func addTitle(_ text: String, note: String? = nil) {
        add([.text(text, CellLook(isTitle: true))])
        if let note { add([.text(note)]) }
        add()
    }

    mutating func addHeads(_ heads: [String]) { add(heads.map(SheetCell.head)) }

    /// A, B … Z, AA.
    static func column(_ index: Int) -> String {
        var rest = index
        var name = ""
        repeat {
            name = String(UnicodeScalar(UInt8(65 + rest % 26))) + name
            rest = rest / 26 - 1
        } while rest >= 0
        return name
    }

    /// A cell of this sheet as a figure in a formula; zero where it holds none.
    /// - row: from 1. - column: from 0.
    func cell(_ row: Int, _ column: Int) -> Live {
        let cells = rows.indices.contains(row - 1) ? rows[row - 1] : []
        let value = cells.indices.contains(column) ? cells[column].value ?? 0 : 0
        return Live(formula: address(row, column), value: value)
    }

    func range(_ rows: ClosedRange<Int>, _ column: Int) -> String {
        "'\(name)'!$\(Self.column(column))$\(rows.lowerBound):$\(Self.column(column))$\(rows.upperBound)"
    }

    private func address(_ row: Int, _ column: Int) -> String { "'\(name)'!$\(Self.column(column))$\(row)" }

    func values(_ rows: ClosedRange<Int>, _ column: Int) -> [Double] { rows.map { cell($0, column).value } }

    func sum(_ rows: ClosedRange<Int>, _ column: Int) -> Live {
        Live(formula: "SUM(\(range(rows, column)))", value: values(rows, column).reduce(0, +))
    }

    /// Sum of products of columns.
    func sumOfProducts(_ rows: ClosedRange<Int>, _ columns: [Int]) -> Live {
        let value = rows.reduce(0.0) { sum, row in sum + columns.reduce(1.0) { $0 * cell(row, $1).value } }
        return Live(
            formula: "SUMPRODUCT(" + columns.map { range(rows, $0) }.joined(separator: ",") + ")", value: value)
    }
}
