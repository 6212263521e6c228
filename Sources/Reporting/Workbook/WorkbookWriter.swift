// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes sheets as SpreadsheetML (ECMA-376). Text stands in a table of its own, to which cells point; it never becomes a formula.
struct WorkbookWriter {
    let sheets: [Sheet]
    let title: String
    let language: String
    let date: String?
    /// Shown where a figure is not known.
    let notKnown: String

    fileprivate static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let type = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    /// Most characters that a cell holds.
    private static let longestText = 32_767

    var bytes: [UInt8] {
        var looks: [CellLook] = [CellLook()]
        var index = [CellLook(): 0]
        func style(_ look: CellLook) -> Int {
            if let known = index[look] { return known }
            looks.append(look)
            index[look] = looks.count - 1
            return looks.count - 1
        }
        var texts = SharedTexts()
        let parts = sheets.map { part(of: $0, style: style, &texts) }
        var package = OfficePackage()
        package.add("xl/workbook.xml", type: Self.type + "sheet.main+xml", workbook)
        for (number, part) in parts.enumerated() {
            package.add("xl/worksheets/sheet\(number + 1).xml", type: Self.type + "worksheet+xml", part)
        }
        package.add("xl/styles.xml", type: Self.type + "styles+xml", WorkbookStyles(looks: looks).part)
        package.add("xl/sharedStrings.xml", type: Self.type + "sharedStrings+xml", texts.part)
        package.add("xl/theme/theme1.xml", type: OfficeTheme.type, OfficeTheme.part)
        package.relate(
            "xl/workbook.xml",
            parts.indices.map { .init(id: "rId\($0 + 1)", kind: "worksheet", target: "worksheets/sheet\($0 + 1).xml") }
                + [
                    .init(id: "rIdStyles", kind: "styles", target: "styles.xml"),
                    .init(id: "rIdTexts", kind: "sharedStrings", target: "sharedStrings.xml"),
                    .init(id: "rIdTheme", kind: "theme", target: "theme/theme1.xml"),
                ])
        return package.bytes(main: "xl/workbook.xml", title: title, language: language, date: date)
    }

    private var workbook: Markup {
        Markup(
            "workbook",
            [("xmlns", Self.main), ("xmlns:r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")],
            [
                Markup("bookViews", [], [Markup("workbookView", [("activeTab", "0")])]),
                Markup(
                    "sheets", [],
                    sheets.enumerated().map { number, sheet in
                        Markup("sheet", [("name", sheet.name), ("sheetId", "\(number + 1)"), ("r:id", "rId\(number + 1)")])
                    }), Markup("calcPr", [("calcId", "191029")]),
            ])
    }

    private func part(of sheet: Sheet, style: (CellLook) -> Int, _ texts: inout SharedTexts) -> Markup {
        var root = Markup("worksheet", [("xmlns", Self.main)])
        root.append(Markup("sheetPr", [], [Markup("pageSetUpPr", [("fitToPage", "1")])]))
        var view = Markup("sheetView", [("workbookViewId", "0"), ("showGridLines", "0")])
        if sheet.frozenRows > 0 {
            view.append(
                Markup(
                    "pane",
                    [
                        ("ySplit", "\(sheet.frozenRows)"), ("topLeftCell", "A\(sheet.frozenRows + 1)"), ("activePane", "bottomLeft"),
                        ("state", "frozen"),
                    ]))
        }
        root.append(Markup("sheetViews", [], [view]))
        root.append(
            Markup(
                "cols", [],
                sheet.widths.enumerated().map { index, width in
                    Markup(
                        "col", [("min", "\(index + 1)"), ("max", "\(index + 1)"), ("width", "\(width)"), ("customWidth", "1")])
                }))
        var data = Markup("sheetData")
        for (row, cells) in sheet.rows.enumerated() where !cells.isEmpty {
            var line = Markup("row", [("r", "\(row + 1)")] + height(of: cells, widths: sheet.widths))
            for (column, cell) in cells.enumerated() {
                if let markup = markup(of: cell, at: Sheet.column(column) + "\(row + 1)", style: style, &texts) { line.append(markup) }
            }
            data.append(line)
        }
        root.append(data)
        root.append(
            Markup(
                "pageMargins", [("left", "0.5"), ("right", "0.5"), ("top", "0.6"), ("bottom", "0.6"), ("header", "0.3"), ("footer", "0.3")])
        )
        root.append(Markup("pageSetup", [("paperSize", "9"), ("orientation", "landscape"), ("fitToWidth", "1"), ("fitToHeight", "0")]))
        return root
    }

    /// Room for the lines of heads, which programs do not make by themselves when they open the file. [points]
    private func height(of cells: [SheetCell], widths: [Double]) -> [(String, String)] {
        var lines = 1.0
        for (cell, width) in zip(cells, widths) {
            guard case .text(let text, let look) = cell, look.isHead else { continue }
            // A character of the sheet's font is half its size wide; words that do not part cost a little more.
            lines = max(lines, (Canvas.width(of: text, size: 1) / (0.5 * max(width - 2, 1)) + 0.3).rounded(.up))
        }
        return lines > 1 ? [("ht", "\(13 * min(lines, 6) + 2)"), ("customHeight", "1")] : []
    }

    private func markup(of cell: SheetCell, at place: String, style: (CellLook) -> Int, _ texts: inout SharedTexts) -> Markup? {
        switch cell {
        case .empty: return nil
        case .text(let text, var look):
            if let first = text.first, "=+-@".contains(first) { look.isQuoted = true }
            look.isText = !look.isHead && !look.isTitle
            return Markup(
                "c", [("r", place), ("s", "\(style(look))"), ("t", "s")],
                [Markup("v", text: "\(texts.number(of: String(text.prefix(Self.longestText / 2))))")])
        case .number(let value, let look):
            guard value.isFinite else { return markup(of: .text(notKnown), at: place, style: style, &texts) }
            return Markup("c", [("r", place), ("s", "\(style(look))")], [Markup("v", text: "\(value)")])
        case .live(let live, let look):
            guard live.value.isFinite else { return markup(of: .text(notKnown), at: place, style: style, &texts) }
            return Markup(
                "c", [("r", place), ("s", "\(style(look))")],
                [Markup("f", text: live.formula), Markup("v", text: "\(live.value)")])
        }
    }
}

/// Texts of all cells, each once.
private struct SharedTexts {
    private var texts: [String] = []
    /// By their bytes: two spellings of a letter are equal to Swift, and not to a reader of the file.
    private var numbers: [[UInt8]: Int] = [:]
    private var uses = 0

    mutating func number(of text: String) -> Int {
        uses += 1
        let key = Array(text.utf8)
        if let known = numbers[key] { return known }
        texts.append(text)
        numbers[key] = texts.count - 1
        return texts.count - 1
    }

    var part: Markup {
        Markup(
            "sst",
            [("xmlns", WorkbookWriter.main), ("count", "\(uses)"), ("uniqueCount", "\(texts.count)")],
            texts.map { Markup("si", [], [Markup("t", [("xml:space", "preserve")], text: $0)]) })
    }
}

/// Fonts, fills and formats that the cells use.
private struct WorkbookStyles {
    let looks: [CellLook]

    var part: Markup {
        let formats: [CellLook.Format] = [.whole, .tenths, .cents, .fine, .percent, .plain]
        func number(_ format: CellLook.Format) -> Int { formats.firstIndex(of: format).map { 164 + $0 } ?? 0 }
        func font(_ size: Int, bold: Bool = false, colour: String = "FF1B2733") -> Markup {
            Markup(
                "font", [],
                (bold ? [Markup("b")] : []) + [
                    Markup("sz", [("val", "\(size)")]), Markup("color", [("rgb", colour)]), Markup("name", [("val", OfficeTheme.font)]),
                ])
        }
        func fill(_ colour: String) -> Markup {
            Markup("fill", [], [Markup("patternFill", [("patternType", "solid")], [Markup("fgColor", [("rgb", colour)])])])
        }
        let fonts = [font(10), font(10, bold: true), font(14, bold: true, colour: "FF0B4F8A"), font(10, colour: "FF0000C0")]
        let fills = [
            Markup("fill", [], [Markup("patternFill", [("patternType", "none")])]),
            Markup("fill", [], [Markup("patternFill", [("patternType", "gray125")])]), fill("FFF3F6F8"), fill("FFFFF9DB"),
        ]
        let sides = ["left", "right", "top"].map { Markup($0) }
        let line = Markup("bottom", [("style", "thin")], [Markup("color", [("rgb", "FF1B2733")])])
        let borders = [
            Markup("border", [], sides + [Markup("bottom"), Markup("diagonal")]),
            Markup("border", [], sides + [line, Markup("diagonal")]),
        ]
        let cells = looks.map { look -> Markup in
            let font = look.isTitle ? 2 : look.isBold || look.isHead ? 1 : look.isInput ? 3 : 0
            var attributes = [
                ("numFmtId", "\(number(look.format))"), ("fontId", "\(font)"), ("fillId", look.isHead ? "2" : look.isInput ? "3" : "0"),
                ("borderId", look.isHead ? "1" : "0"), ("xfId", "0"), ("applyNumberFormat", "1"), ("applyFont", "1"), ("applyFill", "1"),
                ("applyBorder", "1"), ("applyAlignment", "1"),
            ]
            if look.isQuoted { attributes.append(("quotePrefix", "1")) }
            let place = look.isHead ? [("horizontal", "center")] : look.isText ? [("horizontal", "left"), ("indent", "1")] : []
            return Markup(
                "xf", attributes,
                [Markup("alignment", place + [("vertical", "top")] + (look.wraps ? [("wrapText", "1")] : []))])
        }
        func list(_ name: String, _ items: [Markup]) -> Markup { Markup(name, [("count", "\(items.count)")], items) }
        return Markup(
            "styleSheet", [("xmlns", "http://schemas.openxmlformats.org/spreadsheetml/2006/main")],
            [
                list(
                    "numFmts",
                    formats.map { Markup("numFmt", [("numFmtId", "\(number($0))"), ("formatCode", $0.rawValue)]) }),
                list("fonts", fonts), list("fills", fills), list("borders", borders),
                list("cellStyleXfs", [Markup("xf", [("numFmtId", "0"), ("fontId", "0"), ("fillId", "0"), ("borderId", "0")])]),
                list("cellXfs", cells),
                list("cellStyles", [Markup("cellStyle", [("name", "Normal"), ("xfId", "0"), ("builtinId", "0")])]),
            ])
    }
}
