// SPDX-License-Identifier: GPL-3.0-or-later

/// Styles of the Word document. Every look is a style, so that a reader can change it in one place.
struct WordStyles {
    /// Of the document's words, as `w:lang` wants it.
    let language: String
    /// Set closer, in smaller type.
    let isShort: Bool

    static let accent = "0B4F8A"
    static let ink = "1B2733"
    static let soft = "55616D"
    static let edge = "CFD8DF"
    static let panel = "F3F6F8"

    private struct Style {
        var id: String
        var name: String
        var basedOn = "Normal"
        var next: String?
        var paragraph: [Markup] = []
        var run: [Markup] = []
        var outline: Int?
    }

    /// BCP 47 with a country, which Word's proofing tools want.
    static func tag(of code: String) -> String {
        ["en": "en-GB", "es": "es-PE", "ko": "ko-KR"][code] ?? code
    }

    /// Of the Latin letters and digits in such text: called Korean, they would be broken at the end of a line anywhere within a word.
    static func latinTag(of tag: String) -> String {
        ["ko", "ja", "zh"].contains { tag.hasPrefix($0) } ? "en-US" : tag
    }

    private static func spacing(_ before: Int, _ after: Int, line: Int = 264) -> Markup {
        Markup("w:spacing", [("w:before", "\(before)"), ("w:after", "\(after)"), ("w:line", "\(line)"), ("w:lineRule", "auto")])
    }
    private static func size(_ halfPoints: Int) -> [Markup] {
        [Markup("w:sz", [("w:val", "\(halfPoints)")]), Markup("w:szCs", [("w:val", "\(halfPoints)")])]
    }
    private static func colour(_ hex: String) -> Markup { Markup("w:color", [("w:val", hex)]) }
    private static let bold = Markup("w:b")

    private var styles: [Style] {
        let notice = [("Caution", "B77900", "FFF4D6"), ("Missing", "6A5A9C", "F1EEF8"), ("Information", Self.accent, "E8F2F9")].flatMap {
            kind, edge, fill in
            let frame = Markup(
                "w:pBdr", [], [Markup("w:left", [("w:val", "single"), ("w:sz", "36"), ("w:space", "8"), ("w:color", edge)])])
            let shade = Markup("w:shd", [("w:val", "clear"), ("w:color", "auto"), ("w:fill", fill)])
            let indent = Markup("w:ind", [("w:left", "227")])
            return [
                Style(
                    id: "NoticeTitle" + kind, name: "Notice title " + kind.lowercased(), next: "Notice" + kind,
                    paragraph: [Markup("w:keepNext"), frame, shade, Self.spacing(160, 0), indent], run: [Self.bold]),
                Style(
                    id: "Notice" + kind, name: "Notice " + kind.lowercased(), paragraph: [frame, shade, Self.spacing(0, 0), indent]),
            ]
        }
        func heading(_ level: Int, _ halfPoints: Int, _ before: Int) -> Style {
            Style(
                id: "Heading\(level)", name: "heading \(level)", next: "Normal",
                paragraph: [Markup("w:keepNext"), Markup("w:keepLines"), Self.spacing(before, 100)],
                run: [Self.bold, Self.colour(level == 1 ? Self.accent : Self.ink)] + Self.size(halfPoints), outline: level - 1)
        }
        return [
            Style(
                id: "Title", name: "Title", next: "Subtitle", paragraph: [Markup("w:keepNext"), Self.spacing(0, 60)],
                run: [Self.bold, Self.colour(Self.accent)] + Self.size(44)),
            Style(
                id: "TitleShort", name: "Title of a short form", basedOn: "Title", next: "Subtitle",
                run: [Self.bold, Self.colour(Self.accent)] + Self.size(32)),
            Style(
                id: "Subtitle", name: "Subtitle", next: "Normal", paragraph: [Self.spacing(0, 60)],
                run: [Self.colour(Self.soft)] + Self.size(isShort ? 20 : 24)),
            heading(1, isShort ? 26 : 32, isShort ? 160 : 400), heading(2, 26, 280), heading(3, 23, 220),
            Style(
                id: "Caption", name: "caption", next: "Normal",
                paragraph: [Markup("w:keepNext"), Markup("w:keepLines"), Self.spacing(isShort ? 100 : 200, 80)],
                run: [Self.bold, Self.colour(Self.ink)] + Self.size(19)),
            Style(
                id: "ListBullet", name: "List Bullet",
                paragraph: [
                    Markup("w:numPr", [], [Markup("w:numId", [("w:val", "1")])]), Self.spacing(0, 60), Markup("w:contextualSpacing"),
                ]),
            Style(id: "TableText", name: "Table text", paragraph: [Self.spacing(20, 20, line: 240)], run: Self.size(17)),
            Style(
                id: "TableTextSmall", name: "Table text small", basedOn: "TableText", paragraph: [Self.spacing(10, 10, line: 240)],
                run: Self.size(15)
            ),
            Style(
                id: "TableNote", name: "Table note", paragraph: [Self.spacing(60, isShort ? 60 : 160, line: 240)],
                run: [Self.colour(Self.soft)] + Self.size(isShort ? 15 : 17)),
            Style(
                id: "Footnote", name: "Trace note", paragraph: [Self.spacing(0, 0, line: 240)],
                run: [Self.colour(Self.soft)] + Self.size(12)),
            Style(id: "Drawing", name: "Drawing", paragraph: [Self.spacing(40, 160, line: 240)]),
            Style(
                id: "TOCHeading", name: "TOC Heading", next: "Normal", paragraph: [Markup("w:keepNext"), Self.spacing(320, 100)],
                run: [Self.bold, Self.colour(Self.accent)] + Self.size(28)),
            Style(id: "TOC1", name: "toc 1", paragraph: [Self.contentsTab, Self.spacing(40, 40)]),
            Style(
                id: "TOC2", name: "toc 2", paragraph: [Self.contentsTab, Self.spacing(0, 20), Markup("w:ind", [("w:left", "284")])],
                run: Self.size(19)),
            Style(
                id: "Footer", name: "footer", paragraph: [Self.spacing(0, 0, line: 240), Markup("w:jc", [("w:val", "center")])],
                run: Self.size(17)),
        ] + notice
    }

    private static let contentsTab = Markup(
        "w:tabs", [],
        [Markup("w:tab", [("w:val", "right"), ("w:leader", "dot"), ("w:pos", "\(WordPage.report.textWidth)")])])

    var part: Markup {
        var root = Markup("w:styles", WordXML.namespaces)
        let fonts = Markup(
            "w:rFonts",
            ["ascii", "hAnsi", "eastAsia", "cs"].map { ("w:" + $0, $0 == "eastAsia" ? OfficeTheme.koreanFont : OfficeTheme.font) })
        root.append(
            Markup(
                "w:docDefaults", [],
                [
                    Markup(
                        "w:rPrDefault", [],
                        [
                            Markup(
                                "w:rPr", [],
                                [fonts, Self.colour(Self.ink)] + Self.size(isShort ? 19 : 20) + [
                                    Markup(
                                        "w:lang",
                                        [("w:val", Self.latinTag(of: language)), ("w:eastAsia", "ko-KR"), ("w:bidi", "ar-SA")])
                                ])
                        ]),
                    Markup("w:pPrDefault", [], [Markup("w:pPr", [], [isShort ? Self.spacing(0, 60, line: 250) : Self.spacing(0, 120)])]),
                ]))
        root.append(
            Markup(
                "w:style", [("w:type", "paragraph"), ("w:default", "1"), ("w:styleId", "Normal")],
                [Markup("w:name", [("w:val", "Normal")]), Markup("w:qFormat")]))
        root.append(
            Markup(
                "w:style", [("w:type", "character"), ("w:default", "1"), ("w:styleId", "DefaultParagraphFont")],
                [Markup("w:name", [("w:val", "Default Paragraph Font")])]))
        root.append(Self.tableStyle(default: true))
        root.append(Self.tableStyle(default: false))
        for style in styles {
            var element = Markup("w:style", [("w:type", "paragraph"), ("w:styleId", style.id)])
            element.append(Markup("w:name", [("w:val", style.name)]))
            element.append(Markup("w:basedOn", [("w:val", style.basedOn)]))
            if let next = style.next { element.append(Markup("w:next", [("w:val", next)])) }
            element.append(Markup("w:qFormat"))
            let outline = style.outline.map { [Markup("w:outlineLvl", [("w:val", "\($0)")])] } ?? []
            if !(style.paragraph + outline).isEmpty { element.append(Markup("w:pPr", [], style.paragraph + outline)) }
            if !style.run.isEmpty { element.append(Markup("w:rPr", [], style.run)) }
            root.append(element)
        }
        return root
    }

    private static func tableStyle(default isDefault: Bool) -> Markup {
        func edge(_ name: String, _ width: Int, _ colour: String) -> Markup {
            Markup(name, [("w:val", "single"), ("w:sz", "\(width)"), ("w:space", "0"), ("w:color", colour)])
        }
        func margin(_ side: String, _ twips: Int) -> Markup { Markup("w:" + side, [("w:w", "\(twips)"), ("w:type", "dxa")]) }
        let margins = Markup("w:tblCellMar", [], [margin("top", 20), margin("left", 70), margin("bottom", 20), margin("right", 70)])
        guard !isDefault else {
            return Markup(
                "w:style", [("w:type", "table"), ("w:default", "1"), ("w:styleId", "TableNormal")],
                [Markup("w:name", [("w:val", "Normal Table")]), Markup("w:tblPr", [], [margins])])
        }
        let head = Markup(
            "w:tblStylePr", [("w:type", "firstRow")],
            [
                Markup("w:rPr", [], [bold]),
                Markup(
                    "w:tcPr", [],
                    [
                        Markup("w:tcBorders", [], [edge("w:bottom", 12, ink)]),
                        Markup("w:shd", [("w:val", "clear"), ("w:color", "auto"), ("w:fill", panel)]),
                    ]),
            ])
        return Markup(
            "w:style", [("w:type", "table"), ("w:styleId", "Figures")],
            [
                Markup("w:name", [("w:val", "Figures")]), Markup("w:basedOn", [("w:val", "TableNormal")]),
                Markup(
                    "w:tblPr", [],
                    [
                        Markup(
                            "w:tblBorders", [],
                            [edge("w:top", 4, Self.edge), edge("w:bottom", 4, Self.edge), edge("w:insideH", 4, Self.edge)]),
                        margins,
                    ]), head,
            ])
    }
}

/// A4. [twips: 1/20 point]
struct WordPage {
    static let width = 11_906
    static let height = 16_838
    /// 20 mm.
    static let report = WordPage(margin: 1_134)
    /// 13 mm: a short form should stand on one page.
    static let short = WordPage(margin: 737)

    let margin: Int
    var textWidth: Int { Self.width - 2 * margin }
    /// Of a page that is turned.
    var textWidthAcross: Int { Self.height - 2 * margin }
}

enum WordXML {
    static let namespaces = [
        ("xmlns:w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
        ("xmlns:r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
        ("xmlns:wp", "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"),
        ("xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main"),
        ("xmlns:pic", "http://schemas.openxmlformats.org/drawingml/2006/picture"),
    ]
}
