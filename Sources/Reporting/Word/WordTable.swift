// SPDX-License-Identifier: GPL-3.0-or-later

/// A table of the document as a table of WordprocessingML, with a head row that is repeated on each page.
struct WordTable {
    let wording: Wording
    let table: Table
    let page: WordPage
    /// For readers who cannot see it.
    let caption: String
    let marks: TableMarks
    /// A mark as runs, with what it tells.
    let shown: (TraceMark) -> [Markup]
    /// A phrase as runs, each figure with its mark.
    let said: (Phrase, [Markup]) -> [Markup]

    /// Ids of the bookmarks of headings count from 1.
    private static let firstBookmark = 1_000_000

    /// In small type, where the page is not turned for it.
    private var isWide: Bool { table.isWide && !table.isBroad }
    private var textWidth: Int { table.isBroad ? page.textWidthAcross : page.textWidth }
    /// Not parted by a page.
    private var isShort: Bool { table.rows.count <= 12 }

    var markup: Markup {
        let heads = table.columns.map(head)
        let texts = table.rows.map { row in zip(row.cells, table.columns).map { lines(of: $0, column: $1) } }
        let widths = self.widths(heads, texts)
        var element = Markup("w:tbl")
        element.append(
            Markup(
                "w:tblPr", [],
                [
                    Markup("w:tblStyle", [("w:val", "Figures")]), Markup("w:tblW", [("w:w", "\(textWidth)"), ("w:type", "dxa")]),
                    Markup("w:tblLayout", [("w:type", "fixed")]),
                    Markup("w:tblLook", [("w:val", "0020"), ("w:firstRow", "1"), ("w:noVBand", "1"), ("w:noHBand", "1")]),
                    Markup("w:tblCaption", [("w:val", caption)]),
                ]))
        element.append(Markup("w:tblGrid", [], widths.map { Markup("w:gridCol", [("w:w", "\($0)")]) }))
        element.append(
            Markup(
                "w:tr", [],
                [Markup("w:trPr", [], [Markup("w:cantSplit"), Markup("w:tblHeader")])]
                    + heads.indices.map { index in
                        cell(
                            [[WordParagraph.run(heads[index], properties: [Markup("w:b")])] + (marks.heads[index].map(shown) ?? [])],
                            width: widths[index], isNumeric: table.columns[index].isNumeric, staysWithNext: true)
                    }))
        for (number, (row, cells)) in zip(table.rows, texts).enumerated() {
            let run = row.style == .total ? [Markup("w:b")] : row.style == .muted ? [Markup("w:color", [("w:val", WordStyles.soft)])] : []
            element.append(
                Markup(
                    "w:tr", [],
                    [Markup("w:trPr", [], [Markup("w:cantSplit")])]
                        + cells.indices.map { index in
                            cell(
                                runs(
                                    of: row.cells[index], cells[index], run,
                                    [index == 0 ? marks.labels[number] : nil, marks.cells[number][index]].compactMap(\.self)),
                                width: widths[index], isNumeric: table.columns[index].isNumeric, indent: index == 0 ? row.indent : 0,
                                isShaded: row.style == .total, staysWithNext: isShort && number < table.rows.count - 1,
                                isBlank: row.cells[index].isBlank,
                                bookmark: index == 0 ? row.anchor.map { ($0, Self.firstBookmark + number) } : nil)
                        }))
        }
        return element
    }

    private func head(_ column: Table.Column) -> String {
        let title = wording.text(column.title)
        let unit = column.unit.map(wording.unit) ?? ""
        return unit.isEmpty ? title : Catalogue.filled(wording.catalogue.text(.headWithUnit), [title, unit])
    }

    private func lines(of cell: Cell, column: Table.Column) -> [String] {
        switch cell {
        case .blank: [""]
        case .none: [wording.catalogue.text(.doesNotApply)]
        case .text(let phrase): [wording.text(phrase)]
        case .lines(let phrases): phrases.map(wording.text)
        case .year(let year): ["\(year)"]
        case .ordinal(let place): ["\(place)"]
        case .status(let status): [wording.text(.name(.status, status.rawValue))]
        case .number(let figure):
            figure.value?.isFinite == true
                ? [column.unit == nil ? wording.text(figure) : wording.numbers(figure)] : [wording.catalogue.text(.notKnown)]
        }
    }

    /// Each line as runs, with the marks of the cell behind the first.
    private func runs(of cell: Cell, _ lines: [String], _ properties: [Markup], _ marks: [TraceMark]) -> [[Markup]] {
        var result: [[Markup]] =
            switch cell {
            case .text(let phrase): [said(phrase, properties)]
            case .lines(let phrases): phrases.map { said($0, properties) }
            default: lines.map { $0.isEmpty ? [] : [WordParagraph.run($0, properties: properties)] }
            }
        if !result.isEmpty { result[0] += marks.flatMap(shown) }
        return result
    }

    private func cell(
        _ lines: [[Markup]], width: Int, isNumeric: Bool, indent: Int = 0, isShaded: Bool = false,
        staysWithNext: Bool, isBlank: Bool = false, bookmark: (name: String, number: Int)? = nil
    ) -> Markup {
        var properties: [Markup] = staysWithNext ? [Markup("w:keepNext")] : []
        if indent > 0 { properties.append(Markup("w:ind", [("w:left", "\(170 * min(indent, 3))")])) }
        if isNumeric { properties.append(Markup("w:jc", [("w:val", "right")])) }
        var element = Markup(
            "w:tc", [],
            [
                Markup(
                    "w:tcPr", [],
                    [Markup("w:tcW", [("w:w", "\(width)"), ("w:type", "dxa")])]
                        + (isBlank ? [Self.frame] : [])
                        + (isShaded ? [Markup("w:shd", [("w:val", "clear"), ("w:color", "auto"), ("w:fill", WordStyles.panel)])] : []))
            ])
        for (index, line) in (lines.isEmpty ? [[]] : lines).enumerated() {
            element.append(
                WordParagraph.paragraph(
                    index == 0 ? bookmark.map { WordParagraph.bookmarked(line, $0.name, number: $0.number) } ?? line : line,
                    style: isWide ? "TableTextSmall" : "TableText",
                    properties: properties))
        }
        return element
    }

    /// Lines around a cell that is written in by hand.
    private static let frame = Markup(
        "w:tcBorders", [],
        ["top", "left", "bottom", "right"].map {
            Markup("w:" + $0, [("w:val", "single"), ("w:sz", "4"), ("w:space", "0"), ("w:color", WordStyles.edge)])
        })

    /// Room by need: no column narrower than its longest word, the rest by how much text stands in it. [twips]
    private func widths(_ heads: [String], _ texts: [[[String]]]) -> [Int] {
        guard !heads.isEmpty else { return [] }
        // Points to twips, with the margins of a cell.
        let size = isWide ? 7.5 : 8.5
        func twips(_ text: some StringProtocol) -> Double { 20 * Canvas.width(of: String(text), size: size) * 0.95 + 160 }
        // Heads are bold; a mark stands behind the last word, raised and smaller.
        func twips(_ mark: TraceMark?) -> Double { mark.map { 13 * Canvas.width(of: $0.text, size: size) } ?? 0 }
        let bold = 1.08
        var least = [Double](repeating: 0, count: heads.count)
        var wish = least
        func need(_ lines: [String], _ index: Int, _ mark: TraceMark?, weight: Double = 1) {
            for (number, line) in lines.enumerated() {
                let behind = number == 0 ? twips(mark) : 0
                wish[index] = max(wish[index], min(weight * twips(line) + behind, 5200))
                var words = line.split { $0 == " " || $0 == "/" }.map { weight * twips($0) }
                if let last = words.popLast() { words.append(last + behind) }
                least[index] = max(least[index], min(words.max() ?? 0, 2400))
            }
        }
        for index in heads.indices { need([heads[index]], index, marks.heads[index], weight: bold) }
        for (number, row) in texts.enumerated().prefix(400) {
            for (index, lines) in row.enumerated() where index < heads.count {
                need(lines, index, marks.cells[number][index] ?? (index == 0 ? marks.labels[number] : nil))
            }
        }
        let total = Double(textWidth)
        let sumLeast = least.reduce(0, +)
        let sumWish = wish.reduce(0, +)
        let shares: [Double]
        if sumWish <= total || sumLeast >= total {
            let base = sumWish <= total ? wish : least
            shares = base.map { $0 / max(base.reduce(0, +), 1) * total }
        } else {
            let share = (total - sumLeast) / (sumWish - sumLeast)
            shares = zip(least, wish).map { $0 + share * ($1 - $0) }
        }
        return shares.map { Int($0) }
    }
}

extension Cell {
    /// To be written in by hand.
    fileprivate var isBlank: Bool { if case .blank = self { true } else { false } }
}
