// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// One self-contained HTML file: style, drawings and the map's data inside, nothing fetched, and nothing run but the map. It is also
/// well-formed XML.
public func html(of document: PlanDocument) -> String { HTMLWriter(document, medium: .screen).page }

/// As `html(of:)` for programs that print: nothing is run, and drawings bear their colours themselves.
func printedHTML(of document: PlanDocument) -> String { HTMLWriter(document, medium: .paper).page }

/// Writes a document as HTML. Figures and tables are numbered in their order.
struct HTMLWriter {
    /// Characters of a figure that stand on one line.
    private static let longFigure = 26
    /// Rows of a table that print keeps on one page.
    private static let shortTable = 12

    enum Medium { case screen, paper }

    private let document: PlanDocument
    private let wording: Wording
    private let medium: Medium

    init(_ document: PlanDocument, medium: Medium) {
        self.document = document
        self.medium = medium
        wording = Wording(document.language)
    }

    private struct Counters {
        var figure = 0
        var table = 0
    }

    var page: String {
        var counters = Counters()
        let title = wording.text(document.title)
        let head = Markup(
            "head", [],
            [
                Markup("meta", [("charset", "utf-8")]),
                Markup("meta", [("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
                Markup("meta", [("name", "color-scheme"), ("content", "light dark")]),
                // A browser then refuses to fetch or run anything.
                Markup(
                    "meta",
                    [
                        ("http-equiv", "Content-Security-Policy"),
                        (
                            "content",
                            "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
                                + (hasLiveMap ? "; script-src 'sha256-\(MapScript.digest)'" : "")
                        ),
                    ]),
                Markup("title", text: title), Markup("style", text: StyleSheet.document),
            ])
        var header = Markup(
            "header", [],
            [Markup("h1", text: title), Markup("p", [("class", "subtitle")], text: wording.text(document.subtitle))])
        if let date = document.date {
            header.append(Markup("p", [("class", "date")], text: Catalogue.filled(wording.catalogue.text(.dateIs), [wording.date(date)])))
        }
        for notice in document.banner { header.append(markup(notice, heading: "p")) }
        let main = Markup(
            "main", [("id", "content")], document.sections.map { markup($0, level: 2, counters: &counters) })
        var body = Markup(
            "body", document.hasContents ? [] : [("class", "short-form")],
            [
                Markup("a", [("class", "skip"), ("href", "#content")], text: word(.skipToContent)), header,
            ] + (document.hasContents ? [contents] : []) + [
                main,
                Markup("footer", [], [Markup("p", text: word(.madeWith))]),
            ])
        if hasLiveMap { body.append(Markup("script", [], verbatim: MapScript.text)) }
        let language = document.language
        let root = Markup(
            "html", [("lang", language.code), ("dir", language.direction), ("xmlns", "http://www.w3.org/1999/xhtml")], [head, body])
        return "<!DOCTYPE html>\n" + root.text + "\n"
    }

    private func word(_ key: TextKey) -> String { wording.catalogue.text(key) }

    private var hasLiveMap: Bool {
        medium == .screen
            && document.sections.contains { section in
                section.blocks.contains { block in
                    if case .graphic(let graphic) = block { return Self.liveMap(in: graphic) != nil }
                    return false
                }
            }
    }

    /// The map of the whole network moves; details of it are drawn.
    private static func liveMap(in graphic: Graphic) -> NetworkMap? {
        if case .map(let map) = graphic.content, graphic.id == "network-map" { return map }
        return nil
    }

    private var contents: Markup {
        func entry(_ section: Section) -> Markup {
            let link = Markup("a", [("href", "#" + section.id)], text: wording.text(section.title))
            // A chapter that a funder names has the plan's sections inside.
            let inner = section.sections.isEmpty ? [] : [Markup("ul", [], section.sections.map(entry))]
            return Markup("li", [], [link] + inner)
        }
        let entries = document.sections.map(entry)
        return Markup(
            "nav", [("aria-label", word(.contents))],
            [Markup("p", [("class", "nav-title")], text: word(.contents)), Markup("ol", [], entries)])
    }

    private func markup(_ section: Section, level: Int, counters: inout Counters) -> Markup {
        var element = Markup(
            "section", [("id", section.id)] + (section.startsPage ? [("class", "page")] : []),
            [Markup(level == 2 ? "h2" : "h3", text: wording.text(section.title))])
        for block in section.blocks { element.append(markup(block, counters: &counters)) }
        for inner in section.sections { element.append(markup(inner, level: level + 1, counters: &counters)) }
        return element
    }

    private func markup(_ block: Block, counters: inout Counters) -> Markup {
        switch block {
        case .paragraph(let phrase): return said("p", phrase)
        case .list(let phrases): return Markup("ul", [], phrases.map { said("li", $0) })
        case .keyFigures(let figures):
            return Markup(
                "dl", [("class", "key-figures")],
                figures.map { key in
                    Markup(
                        "div", [],
                        [
                            marked(Markup("dt", text: wording.text(key.label)), document.mark(of: key.origin)),
                            Markup("dd", text: wording.text(key.figure).replacing("\u{A0}±", with: " ±")),
                        ])
                })
        case .notice(let notice): return markup(notice, heading: "p")
        case .footnotes(let notes):
            return Markup(
                "ul", [("class", "footnotes")],
                notes.map { Markup("li", [("id", $0.anchor)], text: $0.mark + "\u{A0}" + wording.text($0.text)) })
        case .graphic(let graphic):
            counters.figure += 1
            let caption = Catalogue.filled(word(.figureCaption), ["\(counters.figure)", wording.text(graphic.title)])
            let svg = GraphicDrawing(wording: wording, graphic: graphic).svg
            var figure = Markup(
                "figure", [("id", graphic.id)],
                [
                    graphic.shownOrigins.map(document.mark).reduce(Markup("figcaption", text: caption), marked),
                    Markup(
                        "div", [("class", "scroll still"), ("role", "region"), ("tabindex", "0"), ("aria-label", caption)],
                        [medium == .paper ? DrawingStyle.applied(to: svg) : svg]),
                ])
            if medium == .screen, let map = Self.liveMap(in: graphic) {
                LiveMap(wording: wording, map: map, id: graphic.id).parts.forEach { figure.append($0) }
            }
            return figure
        case .table(let table):
            counters.table += 1
            return markup(table, number: counters.table)
        }
    }

    private func markup(_ notice: Notice, heading: String) -> Markup {
        var element = Markup(
            "div", [("class", "notice \(notice.kind.rawValue)"), ("role", "note")],
            [Markup(heading, [("class", "notice-title")], text: wording.text(notice.title))])
        if notice.lines.count == 1, let line = notice.lines.first {
            element.append(said("p", line))
        } else {
            element.append(Markup("ul", [], notice.lines.map { said("li", $0) }))
        }
        return element
    }

    private func markup(_ table: Table, number: Int) -> Markup {
        let caption = Catalogue.filled(word(.tableCaption), ["\(number)", wording.text(table.caption)])
        let captionForm = word(.tableCaption).replacing("{0}", with: "\(number)").replacing("{1}", with: "{0}")
        let marks = document.marks(of: table)
        let head = zip(table.columns, marks.heads).map { column, mark -> Markup in
            let title = wording.text(column.title)
            let unit = column.unit.map(wording.unit) ?? ""
            let text = unit.isEmpty ? title : Catalogue.filled(word(.headWithUnit), [title, unit])
            return marked(Markup("th", [("scope", "col")] + (column.isNumeric ? [("class", "num")] : []), text: text), mark)
        }
        let rows = table.rows.enumerated().map { number, row -> Markup in
            let cells = zip(row.cells, table.columns).enumerated().map { index, pair in
                let cell = markup(pair.0, column: pair.1, isFirst: index == 0, indent: index == 0 ? row.indent : 0)
                return marked(index == 0 ? marked(cell, marks.labels[number]) : cell, marks.cells[number][index])
            }
            let anchor = row.anchor.map { [("id", $0)] } ?? []
            return Markup("tr", anchor + (row.style == .plain ? [] : [("class", row.style.rawValue)]), cells)
        }
        // A short table is not parted by a page.
        var element = Markup(
            "div", [("class", "table" + (table.rows.count > Self.shortTable ? "" : " short") + (table.isBroad ? " broad" : ""))])
        element.append(
            Markup(
                "div",
                [
                    ("class", "scroll"), ("role", "region"), ("tabindex", "0"),
                    ("aria-label", Catalogue.filled(word(.scrollHint), [caption])),
                ],
                [
                    Markup(
                        "table", table.isWide ? [("class", "wide")] : [],
                        [
                            Markup("caption", [], [said("span", table.caption, within: captionForm)]),
                            Markup("thead", [], [Markup("tr", [], head)]),
                            Markup("tbody", [], rows),
                        ])
                ]))
        if let note = table.note { element.append(said("p", note, [("class", "table-note")])) }
        return element
    }

    /// The element with the mark of where its figures come from: a link to the annex that tells it when pointed at.
    private func marked(_ element: Markup, _ mark: TraceMark?) -> Markup {
        guard let mark, let trace = document.traces[mark.origin] else { return element }
        var marked = element
        marked.append(
            Markup(
                "a",
                [
                    ("class", mark.isUncertain ? "trace uncertain" : "trace"), ("href", "#" + trace.anchor),
                    ("title", document.told(mark, in: wording)),
                ], text: mark.text))
        return marked
    }

    /// What a phrase says, each figure with its mark.
    /// - form: around the phrase, with `{0}` for it.
    private func said(
        _ name: String, _ phrase: Phrase, _ attributes: [(String, String)] = [], within form: String = "{0}"
    ) -> Markup {
        var element = Markup(name, attributes)
        for run in Catalogue.filled(form, [wording.runs(phrase)]) {
            switch run {
            case .text(let text): element.append(text: text)
            case .mark(let origin): element = marked(element, document.mark(of: origin))
            }
        }
        return element
    }

    private func markup(_ cell: Cell, column: Table.Column, isFirst: Bool, indent: Int) -> Markup {
        var styles: [String] = column.isNumeric ? ["num"] : []
        if indent > 0 { styles.append("indent\(min(indent, 3))") }
        func cellMarkup(_ text: String) -> Markup {
            let attributes = styles.isEmpty ? [] : [("class", styles.joined(separator: " "))]
            return isFirst ? Markup("th", [("scope", "row")] + attributes, text: text) : Markup("td", attributes, text: text)
        }
        switch cell {
        case .none: return cellMarkup(word(.doesNotApply))
        case .blank:
            styles.append("blank")
            return cellMarkup("")
        case .text(let phrase):
            let cell = cellMarkup("")
            return said(cell.name, phrase, cell.attributes)
        case .ordinal(let place): return cellMarkup("\(place)")
        case .year(let year): return cellMarkup("\(year)")
        case .lines(let phrases):
            var element = cellMarkup("")
            element.parts = []
            for phrase in phrases { element.append(said("div", phrase, [("class", "line")])) }
            return element
        case .number(let figure):
            guard figure.value?.isFinite == true else {
                styles.append("not-known")
                return cellMarkup(word(.notKnown))
            }
            let text = column.unit == nil ? wording.text(figure) : wording.numbers(figure)
            // A figure whose unit is a sentence is parted into lines.
            if text.count > Self.longFigure { styles.append("long") }
            return cellMarkup(text)
        case .status(let status):
            var element = cellMarkup("")
            element.parts = []
            element.append(
                Markup("span", [("class", "status \(status.rawValue)")], text: wording.text(.name(.status, status.rawValue))))
            return element
        }
    }
}

extension Graphic {
    /// A drawing by itself, with its style, for other formats.
    public func svg(in language: Catalogue) -> String {
        var element = GraphicDrawing(wording: Wording(language), graphic: self).svg
        element.append(Markup("style", text: StyleSheet.standaloneDrawing))
        return element.text
    }
}
