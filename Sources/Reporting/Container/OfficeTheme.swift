// SPDX-License-Identifier: GPL-3.0-or-later

/// Colours, fonts and effects that an office program offers for what is added to a file (ECMA-376 part 1, 20.1.6.9). Programs of
/// Microsoft write one into every file; what the files of this module hold has looks of its own.
enum OfficeTheme {
    static let font = "Arial"
    static let koreanFont = "Malgun Gothic"
    static let type = "application/vnd.openxmlformats-officedocument.theme+xml"

    private static func a(_ name: String, _ attributes: [(String, String)] = [], _ children: [Markup] = []) -> Markup {
        Markup("a:" + name, attributes, children)
    }

    static var part: Markup {
        let colours = [
            ("dk1", "000000"), ("lt1", "FFFFFF"), ("dk2", WordStyles.ink), ("lt2", WordStyles.panel), ("accent1", WordStyles.accent),
            ("accent2", "B77900"), ("accent3", "6A5A9C"), ("accent4", "00796B"), ("accent5", WordStyles.soft), ("accent6", "A23B3B"),
            ("hlink", WordStyles.accent), ("folHlink", "6A5A9C"),
        ]
        let fonts = [a("latin", [("typeface", font)]), a("ea", [("typeface", "")]), a("cs", [("typeface", "")])]
        let korean = a("font", [("script", "Hang"), ("typeface", koreanFont)])
        let fill = a("solidFill", [], [a("schemeClr", [("val", "phClr")])])
        let lines = [6350, 12_700, 19_050].map { a("ln", [("w", "\($0)")], [fill, a("prstDash", [("val", "solid")])]) }
        // Three of each: subtle, moderate, intense.
        func three(_ name: String, _ item: Markup) -> Markup { a(name, [], [item, item, item]) }
        return a(
            "theme", [("xmlns:a", "http://schemas.openxmlformats.org/drawingml/2006/main"), ("name", "Yusu")],
            [
                a(
                    "themeElements", [],
                    [
                        a("clrScheme", [("name", "Yusu")], colours.map { a($0.0, [], [a("srgbClr", [("val", $0.1)])]) }),
                        a("fontScheme", [("name", "Yusu")], ["majorFont", "minorFont"].map { a($0, [], fonts + [korean]) }),
                        a(
                            "fmtScheme", [("name", "Yusu")],
                            [
                                three("fillStyleLst", fill), a("lnStyleLst", [], lines),
                                three("effectStyleLst", a("effectStyle", [], [a("effectLst")])), three("bgFillStyleLst", fill),
                            ]),
                    ])
            ])
    }
}
