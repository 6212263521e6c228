// SPDX-License-Identifier: GPL-3.0-or-later

/// The document as a Word file (ECMA-376, WordprocessingML): headings and captions as styles and fields, tables as tables, drawings as
/// metafiles. The same document makes the same bytes.
public func word(of document: PlanDocument) -> [UInt8] { WordWriter(document).bytes }

/// Writes a document as WordprocessingML. Figures and tables are numbered in their order, as in the HTML.
struct WordWriter {
    private let document: PlanDocument
    private let wording: Wording

    init(_ document: PlanDocument) {
        self.document = document
        wording = Wording(document.language)
    }

    private struct State {
        var figures = 0
        var tables = 0
        var bookmarks = 0
        var images: [[UInt8]] = []
    }

    private static let type = "application/vnd.openxmlformats-officedocument.wordprocessingml."

    /// The part that holds the text.
    var mainPart: Markup {
        var state = State()
        return mainPart(&state)
    }

    private func mainPart(_ state: inout State) -> Markup {
        var body = Markup("w:body")
        body.append(WordParagraph.paragraph(wording.text(document.title), style: document.hasContents ? "Title" : "TitleShort"))
        body.append(WordParagraph.paragraph(wording.text(document.subtitle), style: "Subtitle"))
        if let date = document.date {
            body.append(
                WordParagraph.paragraph(Catalogue.filled(word(.dateIs), [wording.date(date)]), style: "Subtitle"))
        }
        for notice in document.banner { append(notice, to: &body) }
        if document.hasContents { appendContents(to: &body) }
        for section in document.sections { append(section, level: 1, to: &body, &state) }
        body.append(WordParagraph.paragraph(word(.madeWith), style: "TableNote"))
        body.append(pages(across: false))
        return Markup("w:document", WordXML.namespaces, [body])
    }

    var bytes: [UInt8] {
        var state = State()
        let main = mainPart(&state)
        var package = OfficePackage()
        package.defaults.append(("emf", "image/x-emf"))
        let language = WordStyles.tag(of: document.language.code)
        package.add("word/document.xml", type: Self.type + "document.main+xml", main)
        package.add("word/styles.xml", type: Self.type + "styles+xml", WordStyles(language: language, isShort: !document.hasContents).part)
        package.add("word/numbering.xml", type: Self.type + "numbering+xml", Self.numbering)
        package.add("word/settings.xml", type: Self.type + "settings+xml", Self.settings(language))
        package.add("word/fontTable.xml", type: Self.type + "fontTable+xml", Self.fonts)
        package.add("word/theme/theme1.xml", type: OfficeTheme.type, OfficeTheme.part)
        package.add("word/footer1.xml", type: Self.type + "footer+xml", footer)
        for (index, image) in state.images.enumerated() { package.add("word/media/drawing\(index + 1).emf", image) }
        package.relate(
            "word/document.xml",
            [
                .init(id: "rIdStyles", kind: "styles", target: "styles.xml"),
                .init(id: "rIdNumbering", kind: "numbering", target: "numbering.xml"),
                .init(id: "rIdSettings", kind: "settings", target: "settings.xml"),
                .init(id: "rIdFonts", kind: "fontTable", target: "fontTable.xml"),
                .init(id: "rIdTheme", kind: "theme", target: "theme/theme1.xml"),
                .init(id: "rIdFooter", kind: "footer", target: "footer1.xml"),
            ]
                + state.images.indices.map {
                    .init(id: "rIdDrawing\($0 + 1)", kind: "image", target: "media/drawing\($0 + 1).emf")
                })
        return package.bytes(
            main: "word/document.xml", title: wording.text(document.title), language: language, date: document.date)
    }

    /// The fonts that the styles name, and which of their kinds stand in where they are not installed.
    private static let fonts = Markup(
        "w:fonts", WordXML.namespaces,
        [(OfficeTheme.font, "00"), (OfficeTheme.koreanFont, "81")].map { name, characters in
            Markup(
                "w:font", [("w:name", name)],
                [
                    Markup("w:charset", [("w:val", characters)]), Markup("w:family", [("w:val", "swiss")]),
                    Markup("w:pitch", [("w:val", "variable")]),
                ])
        })

    private var page: WordPage { document.hasContents ? .report : .short }

    private func word(_ key: TextKey) -> String { wording.catalogue.text(key) }

    /// Format of the pages up to here.
    private func pages(across: Bool) -> Markup {
        let (width, height) = across ? (WordPage.height, WordPage.width) : (WordPage.width, WordPage.height)
        return Markup(
            "w:sectPr", [],
            [
                Markup("w:footerReference", [("w:type", "default"), ("r:id", "rIdFooter")]),
                Markup("w:pgSz", [("w:w", "\(width)"), ("w:h", "\(height)")] + (across ? [("w:orient", "landscape")] : [])),
                Markup(
                    "w:pgMar",
                    ["top", "right", "bottom", "left"].map { ("w:" + $0, "\(page.margin)") }
                        + [("w:header", "\(page.margin / 2)"), ("w:footer", "\(page.margin / 2)"), ("w:gutter", "0")]),
            ])
    }

    private func shown(_ mark: TraceMark) -> [Markup] {
        guard let trace = document.traces[mark.origin] else { return [] }
        return [WordParagraph.mark(mark.text, to: trace.anchor, told: document.told(mark, in: wording))]
    }

    /// What a phrase says, each figure with its mark.
    private func said(_ phrase: Phrase, _ properties: [Markup] = []) -> [Markup] {
        wording.runs(phrase).flatMap { run -> [Markup] in
            switch run {
            case .text(let text): text.isEmpty ? [] : [WordParagraph.run(text, properties: properties)]
            case .mark(let origin): document.mark(of: origin).map(shown) ?? []
            }
        }
    }

    private func table(_ table: Table, caption: String) -> Markup {
        WordTable(
            wording: wording, table: table, page: page, caption: caption, marks: document.marks(of: table), shown: shown, said: said
        ).markup
    }

    // MARK: Sections and blocks

    private func append(_ section: Section, level: Int, to body: inout Markup, _ state: inout State) {
        state.bookmarks += 1
        let heading = WordParagraph.paragraph(
            [
                Markup("w:bookmarkStart", [("w:id", "\(state.bookmarks)"), ("w:name", WordParagraph.bookmark(section.id))]),
                WordParagraph.run(wording.text(section.title)), Markup("w:bookmarkEnd", [("w:id", "\(state.bookmarks)")]),
            ], style: "Heading\(min(level, 3))", properties: section.startsPage ? [Markup("w:pageBreakBefore")] : [])
        body.append(heading)
        for block in section.blocks { append(block, to: &body, &state) }
        for inner in section.sections { append(inner, level: level + 1, to: &body, &state) }
    }

    private func append(_ block: Block, to body: inout Markup, _ state: inout State) {
        switch block {
        case .paragraph(let phrase): body.append(WordParagraph.paragraph(said(phrase)))
        case .list(let phrases):
            for phrase in phrases { body.append(WordParagraph.paragraph(said(phrase), style: "ListBullet")) }
        case .keyFigures(let figures):
            let table = Table(
                caption: .words(.figure), columns: [.init(.words(.item)), .init(.words(.figure), isNumeric: true)],
                rows: figures.map { Table.Row([.text($0.label), .number($0.figure)]) })
            body.append(self.table(table, caption: word(.figure)))
            body.append(WordParagraph.paragraph("", style: "TableNote"))
        case .notice(let notice): append(notice, to: &body)
        case .footnotes(let notes):
            for note in notes {
                state.bookmarks += 1
                let runs = [WordParagraph.run(note.mark + "\u{A0}" + wording.text(note.text))]
                body.append(
                    WordParagraph.paragraph(
                        WordParagraph.bookmarked(runs, note.anchor, number: state.bookmarks), style: "Footnote"))
            }
        case .table(let table):
            state.tables += 1
            let caption = wording.text(table.caption)
            if table.isBroad { body.append(WordParagraph.paragraph([], style: "TableNote", properties: [pages(across: false)])) }
            body.append(self.caption(.tableCaption, "Table", state.tables, said(table.caption)))
            body.append(self.table(table, caption: caption))
            body.append(
                WordParagraph.paragraph(
                    table.note.map { said($0) } ?? [], style: "TableNote", properties: table.isBroad ? [pages(across: true)] : []))
        case .graphic(let graphic): append(graphic, to: &body, &state)
        }
    }

    private func append(_ notice: Notice, to body: inout Markup) {
        let kind = notice.kind.rawValue.prefix(1).uppercased() + notice.kind.rawValue.dropFirst()
        body.append(WordParagraph.paragraph(wording.text(notice.title), style: "NoticeTitle" + kind))
        for (index, line) in notice.lines.enumerated() {
            let runs = (notice.lines.count > 1 ? [WordParagraph.run("– ")] : []) + said(line)
            let last = index == notice.lines.count - 1
            body.append(
                WordParagraph.paragraph(
                    runs, style: "Notice" + kind,
                    properties: last ? [Markup("w:spacing", [("w:before", "0"), ("w:after", "160")])] : []))
        }
    }

    /// `Table 3. Volumes`, with the number as a field that Word counts on.
    private func caption(_ key: TextKey, _ sequence: String, _ number: Int, _ text: [Markup]) -> Markup {
        let form = word(key)
        let parts = form.firstRange(of: "{0}").map { (String(form[..<$0.lowerBound]), String(form[$0.upperBound...])) } ?? ("", form)
        func filled(_ part: String) -> [Markup] {
            guard let place = part.firstRange(of: "{1}") else { return part.isEmpty ? [] : [WordParagraph.run(part)] }
            return filled(String(part[..<place.lowerBound])) + text + filled(String(part[place.upperBound...]))
        }
        return WordParagraph.paragraph(
            filled(parts.0) + WordParagraph.field(" SEQ \(sequence) \\* ARABIC ", cached: "\(number)") + filled(parts.1), style: "Caption")
    }

    private func append(_ graphic: Graphic, to body: inout Markup, _ state: inout State) {
        state.figures += 1
        let title = wording.text(graphic.title)
        let marks = graphic.shownOrigins.compactMap(document.mark).flatMap(shown)
        body.append(caption(.figureCaption, "Figure", state.figures, [WordParagraph.run(title)] + marks))
        let drawing = GraphicDrawing(wording: wording, graphic: graphic).drawing
        state.images.append(EnhancedMetafile(drawing.svg, width: GraphicDrawing.width, height: drawing.height).bytes)
        // A drawing fills the width, but no more of the height than leaves room for its caption.
        let scale = min(165 / GraphicDrawing.width, 215 / max(drawing.height, 1))
        body.append(
            WordParagraph.paragraph(
                [
                    WordParagraph.picture(
                        number: state.images.count, name: title, description: wording.text(graphic.description),
                        width: scale * GraphicDrawing.width, height: scale * drawing.height)
                ], style: "Drawing"))
    }

    // MARK: Contents and other parts

    /// A field of contents, with its entries as links. Only a program that lays pages out knows their numbers: Word adds them when it
    /// opens the file.
    private func appendContents(to body: inout Markup) {
        body.append(WordParagraph.paragraph(word(.contents), style: "TOCHeading"))
        var entries: [(level: Int, section: Section)] = []
        func collect(_ sections: [Section], _ level: Int) {
            for section in sections {
                entries.append((level, section))
                if level < 2 { collect(section.sections, level + 1) }
            }
        }
        collect(document.sections, 1)
        for (index, entry) in entries.enumerated() {
            let name = WordParagraph.bookmark(entry.section.id)
            let link = Markup(
                "w:hyperlink", [("w:anchor", name), ("w:history", "1")],
                [WordParagraph.run(wording.text(entry.section.title))])
            var runs = [link]
            if index == 0 { runs = WordParagraph.fieldStart(" TOC \\o \"1-2\" \\h \\z \\u ", isStale: true) + runs }
            if index == entries.count - 1 { runs.append(WordParagraph.fieldEnd) }
            body.append(WordParagraph.paragraph(runs, style: "TOC\(entry.level)"))
        }
    }

    private var footer: Markup {
        Markup(
            "w:ftr", WordXML.namespaces,
            [
                WordParagraph.paragraph(
                    [WordParagraph.run(wording.text(document.title) + " · ")] + WordParagraph.field(" PAGE ", cached: "1"), style: "Footer")
            ])
    }

    private static var numbering: Markup {
        let level = Markup(
            "w:lvl", [("w:ilvl", "0")],
            [
                Markup("w:start", [("w:val", "1")]), Markup("w:numFmt", [("w:val", "bullet")]), Markup("w:lvlText", [("w:val", "•")]),
                Markup("w:lvlJc", [("w:val", "left")]),
                Markup("w:pPr", [], [Markup("w:ind", [("w:left", "340"), ("w:hanging", "227")])]),
            ])
        return Markup(
            "w:numbering", WordXML.namespaces,
            [
                Markup("w:abstractNum", [("w:abstractNumId", "0")], [Markup("w:multiLevelType", [("w:val", "singleLevel")]), level]),
                Markup("w:num", [("w:numId", "1")], [Markup("w:abstractNumId", [("w:val", "0")])]),
            ])
    }

    private static func settings(_ language: String) -> Markup {
        Markup(
            "w:settings", WordXML.namespaces,
            [
                Markup("w:zoom", [("w:percent", "100")]), Markup("w:defaultTabStop", [("w:val", "567")]),
                Markup(
                    "w:compat", [],
                    [
                        Markup(
                            "w:compatSetting",
                            [
                                ("w:name", "compatibilityMode"), ("w:uri", "http://schemas.microsoft.com/office/word"), ("w:val", "15"),
                            ])
                    ]), Markup("w:themeFontLang", [("w:val", WordStyles.latinTag(of: language)), ("w:eastAsia", "ko-KR")]),
            ])
    }
}
