// SPDX-License-Identifier: GPL-3.0-or-later

/// Paragraphs, runs, fields and pictures of WordprocessingML.
enum WordParagraph {
    static func paragraph(_ text: String, style: String = "", properties: [Markup] = []) -> Markup {
        paragraph(text.isEmpty ? [] : [run(text)], style: style, properties: properties)
    }

    /// - properties: in the order of the schema, after the style.
    static func paragraph(_ runs: [Markup], style: String = "", properties: [Markup] = []) -> Markup {
        let all = (style.isEmpty ? [] : [Markup("w:pStyle", [("w:val", style)])]) + properties
        return Markup("w:p", [], (all.isEmpty ? [] : [Markup("w:pPr", [], all)]) + runs)
    }

    static func run(_ text: String, properties: [Markup] = []) -> Markup {
        Markup(
            "w:r", [],
            (properties.isEmpty ? [] : [Markup("w:rPr", [], properties)]) + [Markup("w:t", [("xml:space", "preserve")], text: text)])
    }

    /// A superscript that leads to a bookmark and tells something when it is pointed at.
    static func mark(_ text: String, to anchor: String, told: String) -> Markup {
        // Word shows up to 260 characters.
        let tip = told.count > 255 ? told.prefix(254) + "…" : Substring(told)
        return Markup(
            "w:hyperlink", [("w:anchor", bookmark(anchor)), ("w:tooltip", String(tip)), ("w:history", "1")],
            [run(text, properties: [Markup("w:vertAlign", [("w:val", "superscript")])])])
    }

    /// - number: unique in the document.
    static func bookmarked(_ runs: [Markup], _ name: String, number: Int) -> [Markup] {
        [Markup("w:bookmarkStart", [("w:id", "\(number)"), ("w:name", bookmark(name))])] + runs
            + [Markup("w:bookmarkEnd", [("w:id", "\(number)")])]
    }

    /// Letters, digits and underscores, at most 40 of them, are what Word allows in the name of a bookmark.
    static func bookmark(_ id: String) -> String {
        "_Toc_" + String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(35))
    }

    /// A field with what it shows until it is counted anew.
    static func field(_ instruction: String, cached: String) -> [Markup] {
        fieldStart(instruction) + [run(cached), fieldEnd]
    }

    static func fieldStart(_ instruction: String, isStale: Bool = false) -> [Markup] {
        [
            Markup("w:r", [], [Markup("w:fldChar", [("w:fldCharType", "begin")] + (isStale ? [("w:dirty", "true")] : []))]),
            Markup("w:r", [], [Markup("w:instrText", [("xml:space", "preserve")], text: instruction)]),
            Markup("w:r", [], [Markup("w:fldChar", [("w:fldCharType", "separate")])]),
        ]
    }

    static let fieldEnd = Markup("w:r", [], [Markup("w:fldChar", [("w:fldCharType", "end")])])

    /// - width, height: on paper. [mm]
    static func picture(number: Int, name: String, description: String, width: Double, height: Double) -> Markup {
        // English metric units: 36,000 a millimetre.
        let (cx, cy) = ("\(Int((width * 36_000).rounded()))", "\(Int((height * 36_000).rounded()))")
        let size = [("cx", cx), ("cy", cy)]
        let names = [("id", "\(number)"), ("name", name), ("descr", description)]
        let picture = Markup(
            "pic:pic", [],
            [
                Markup("pic:nvPicPr", [], [Markup("pic:cNvPr", names), Markup("pic:cNvPicPr")]),
                Markup(
                    "pic:blipFill", [],
                    [
                        Markup("a:blip", [("r:embed", "rIdDrawing\(number)")]), Markup("a:stretch", [], [Markup("a:fillRect")]),
                    ]),
                Markup(
                    "pic:spPr", [],
                    [
                        Markup("a:xfrm", [], [Markup("a:off", [("x", "0"), ("y", "0")]), Markup("a:ext", size)]),
                        Markup("a:prstGeom", [("prst", "rect")], [Markup("a:avLst")]),
                    ]),
            ])
        let inline = Markup(
            "wp:inline", ["distT", "distB", "distL", "distR"].map { ($0, "0") },
            [
                Markup("wp:extent", size), Markup("wp:docPr", names),
                Markup(
                    "a:graphic", [],
                    [
                        Markup(
                            "a:graphicData", [("uri", "http://schemas.openxmlformats.org/drawingml/2006/picture")], [picture])
                    ]),
            ])
        return Markup("w:r", [], [Markup("w:drawing", [], [inline])])
    }
}
