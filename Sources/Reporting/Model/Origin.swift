// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a figure comes from: the kind of its formula, and which of the inputs of that kind go into this one.
public struct Origin: Sendable, Hashable {
    public var kind: Trace.Kind
    /// Keys of measures, lines of the balance, items of the register or an indicator; empty: all inputs of the kind.
    public var subjects: [String]

    public init(_ kind: Trace.Kind, _ subjects: [String] = []) {
        self.kind = kind
        self.subjects = subjects
    }
}

extension Figure {
    /// The figure with where it comes from.
    func from(_ kind: Trace.Kind, _ subjects: [String] = []) -> Figure {
        var figure = self
        figure.origin = Origin(kind, subjects)
        return figure
    }
}

extension Cell {
    func from(_ kind: Trace.Kind, _ subjects: [String] = []) -> Cell {
        guard case .number(let figure) = self else { return self }
        return .number(figure.from(kind, subjects))
    }
}

extension Phrase {
    /// Of the figures in it, in their order; nil for one that nothing tells the origin of. Sentences of analyses have one for all.
    var origins: [Origin?] {
        switch self {
        case .figure(let figure): figure.value?.isFinite == true ? [figure.origin] : []
        case .finding(let message, let origin): message.contains(where: \.isNumber) ? [origin] : []
        case .words(_, let phrases), .list(let phrases): phrases.flatMap(\.origins)
        case .counted(_, _, let phrases, let origin): phrases.flatMap(\.origins) + [origin]
        case .name, .message, .literal, .date: []
        }
    }
}

extension Table {
    /// Of the figure of a cell: its own, that of its column, of its row, of the table; nil where the cell holds none.
    func origin(_ row: Int, _ column: Int) -> Origin? {
        guard case .number(let figure) = rows[row].cells[column], figure.value?.isFinite == true else { return nil }
        if let own = figure.origin { return own }
        let kind = columns[column].trace ?? rows[row].trace(in: self) ?? origin
        return kind.map { Origin($0, rows[row].subjects) }
    }
}

extension Table.Column {
    var trace: Trace.Kind? { isNumeric ? Trace.Kind.named(title) : nil }
}

extension Table.Row {
    /// Of a row whose first cell names the figure and whose columns do not.
    func trace(in table: Table) -> Trace.Kind? {
        guard !table.columns.contains(where: { $0.trace != nil }), case .text(let title)? = cells.first else { return nil }
        return Trace.Kind.named(title)
    }
}

extension Graphic {
    /// What its figures are; its marks stand in the caption.
    var shownOrigins: [Origin] {
        var found = origins
        func add(_ kind: Trace.Kind?) { if let kind { found.append(Origin(kind)) } }
        switch content {
        case .plot(let plot): if found.isEmpty { add(Trace.Kind.named(plot.y.label)) }
        case .ranking(let ranking): if found.isEmpty { add(Trace.Kind.named(ranking.axis)) }
        case .spans(let chart): if found.isEmpty { add(Trace.Kind.named(chart.axis.label)) }
        case .tree, .balance: if found.isEmpty { add(.balanceVolume) }
        case .zoneMap: if found.isEmpty { add(.sizing) }
        case .map(let map):
            if map.pipes.contains(where: { $0.probability != nil }) { add(.leakProbability) }
            if map.nodes.contains(where: { $0.nightPressure != nil }) { add(.pressure) }
            if found.isEmpty { add(.given) }
        }
        return found
    }
}

/// A figure of a document, and where it stands.
struct PlacedFigure {
    /// Id of the section, and what it stands in there.
    var section: String
    var part: Part
    var origin: Origin?

    enum Part {
        case sentence, keyFigure
        case graphic(String)
        /// Caption of the table and head of the column.
        case cell(Phrase, Phrase)
    }

    /// Section, table and head, to find it by. Made where it is asked for: words for each figure of a document cost more than its traces.
    var place: String {
        switch part {
        case .sentence: "\(section): sentence"
        case .keyFigure: "\(section): key figure"
        case .graphic(let graphic): "\(section): \(graphic)"
        case .cell(let caption, let head): "\(section): \(caption): \(head)"
        }
    }
}

extension Section {
    /// Every figure of the section and those below, also those of sentences and drawings.
    var placedFigures: [PlacedFigure] {
        blocks.flatMap { figures(of: $0) } + sections.flatMap(\.placedFigures)
    }

    private func figures(of block: Block) -> [PlacedFigure] {
        func said(_ phrases: [Phrase]) -> [PlacedFigure] {
            phrases.flatMap(\.origins).map { PlacedFigure(section: id, part: .sentence, origin: $0) }
        }
        switch block {
        case .paragraph(let phrase): return said([phrase])
        case .list(let phrases): return said(phrases)
        case .notice(let notice): return said([notice.title] + notice.lines)
        case .footnotes: return []
        case .keyFigures(let figures): return figures.map { PlacedFigure(section: id, part: .keyFigure, origin: $0.origin) }
        case .graphic(let graphic):
            let origins = graphic.shownOrigins
            return origins.isEmpty
                ? [PlacedFigure(section: id, part: .graphic(graphic.id), origin: nil)]
                : origins.map { PlacedFigure(section: id, part: .graphic(graphic.id), origin: $0) }
        case .table(let table):
            var found = said([table.caption] + (table.note.map { [$0] } ?? []))
            for (row, cells) in table.rows.enumerated() {
                for (column, cell) in cells.cells.enumerated() where table.columns.indices.contains(column) {
                    switch cell {
                    case .number(let figure) where figure.value?.isFinite == true:
                        found.append(
                            PlacedFigure(
                                section: id, part: .cell(table.caption, table.columns[column].title), origin: table.origin(row, column)))
                    case .text(let phrase): found += said([phrase])
                    case .lines(let phrases): found += said(phrases)
                    default: break
                    }
                }
            }
            return found
        }
    }
}

extension KeyFigure {
    var origin: Origin? { figure.origin ?? Trace.Kind.named(label).map { Origin($0) } }
}
