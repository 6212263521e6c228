// SPDX-License-Identifier: GPL-3.0-or-later

/// The mark of where a figure comes from, `[7]` or `[7†]`: without the brackets it would read as an exponent behind a unit.
struct TraceMark: Hashable {
    /// Of the row of the annex.
    var number: Int
    var isUncertain: Bool
    var origin: Origin

    var text: String { Self.text(number, isUncertain) }
    static func text(_ number: Int, _ isUncertain: Bool) -> String { "[\(number)" + (isUncertain ? "†" : "") + "]" }
    /// Reads the same, whatever the inputs.
    func isLike(_ other: TraceMark) -> Bool { number == other.number && isUncertain == other.isUncertain }
}

/// Marks of a table: one at the head of a column whose figures all have it, else one at the label of a row, else at the figure.
struct TableMarks {
    private(set) var heads: [TraceMark?]
    private(set) var labels: [TraceMark?]
    private(set) var cells: [[TraceMark?]]

    init(_ table: Table, _ mark: (Origin?) -> TraceMark?) {
        cells = table.rows.indices.map { row in
            table.rows[row].cells.indices.map { table.columns.indices.contains($0) ? mark(table.origin(row, $0)) : nil }
        }
        heads = table.columns.map { _ in nil }
        labels = table.rows.map { _ in nil }
        /// The one that all of these are like, and whether there are any.
        func common(_ marks: [TraceMark?]) -> TraceMark? {
            let marks = marks.compactMap(\.self)
            guard let first = marks.first, marks.allSatisfy(first.isLike) else { return nil }
            // Inputs of one figure are not those of all under a head.
            return marks.allSatisfy { $0 == first }
                ? first : mark(Origin(first.origin.kind)).flatMap { $0.isLike(first) ? $0 : nil } ?? first
        }
        for column in table.columns.indices {
            guard let one = common(cells.map { $0.indices.contains(column) ? $0[column] : nil }) else { continue }
            heads[column] = one
            for row in cells.indices where cells[row].indices.contains(column) { cells[row][column] = nil }
        }
        for row in cells.indices {
            // A figure in the first cell is not the label of others.
            guard case .text? = table.rows[row].cells.first, let one = common(cells[row]) else { continue }
            labels[row] = one
            cells[row] = cells[row].map { _ in nil }
        }
    }
}

extension PlanDocument {
    /// nil where the figure needs no mark: its row tells its source, or the document has no annex.
    func mark(of origin: Origin?) -> TraceMark? {
        guard let origin, let trace = traces[origin], let index = kindTraces.firstIndex(where: { $0.kind == origin.kind }) else {
            return nil
        }
        return TraceMark(number: index + 1, isUncertain: trace.isUncertain, origin: origin)
    }

    func marks(of table: Table) -> TableMarks { TableMarks(table, mark) }

    /// What a mark tells: formula, inputs, source, status.
    func told(_ mark: TraceMark, in wording: Wording) -> String { traces[mark.origin].map { wording.text($0.sentence) } ?? "" }

    /// Every figure that the document shows.
    var placedFigures: [PlacedFigure] {
        Section(id: "banner", title: title, blocks: banner.map { .notice($0) }).placedFigures + sections.flatMap(\.placedFigures)
    }
}
