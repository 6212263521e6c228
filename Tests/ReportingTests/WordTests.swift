// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Reporting

@Suite("The plan as a Word file")
struct WordTests {
    static func bytes(prefix: String = "", date: String? = "2026-03-02") throws -> [UInt8] {
        word(of: PlanDocument(plan: SyntheticPlan.plan(prefix: prefix), language: try Catalogue.named("en"), date: date))
    }

    @Test("the same plan makes the same bytes")
    func deterministic() throws {
        let bytes = try Self.bytes()
        #expect(bytes == (try Self.bytes()))
        if let folder = ProcessInfo.processInfo.environment["YUSU_SHOW_PLAN"] {
            try IndependentProgram.write(bytes, to: folder + "/plan.docx")
        }
    }

    @Test(
        "every language makes the same tables, figures and sheets",
        .enabled(if: IndependentProgram.python != nil, "python3 is not installed"),
        arguments: Catalogue.embedded)
    func languages(code: String) throws {
        let language = try Catalogue.named(code)
        let plan = SyntheticPlan.plan()
        let document = PlanDocument(plan: plan, language: language)
        let files = [
            ("plan-\(code).docx", word(of: document)), ("plan-\(code).xlsx", workbook(of: plan, language: language)),
            ("plan-\(code).html", Array(html(of: document).utf8)),
        ]
        if let folder = ProcessInfo.processInfo.environment["YUSU_SHOW_PLAN"] {
            for file in files { try IndependentProgram.write(file.1, to: folder + "/" + file.0) }
        }
        #expect(WellFormed(String(decoding: files[2].1, as: UTF8.self)).fault == nil)
        let script = """
            import sys, zipfile, xml.dom.minidom as dom
            book = zipfile.ZipFile(sys.argv[1] + ".xlsx")
            names = [s.getAttribute("name") for s in dom.parseString(book.read("xl/workbook.xml")).getElementsByTagName("sheet")]
            assert len(names) == len(set(n.lower() for n in names)) == 10 and all(0 != len(n) <= 31 for n in names), names
            main = dom.parseString(zipfile.ZipFile(sys.argv[1] + ".docx").read("word/document.xml"))
            print(len(main.getElementsByTagName("w:tbl")), len(main.getElementsByTagName("w:drawing")))
            """
        let answer = try IndependentProgram.withFolder { folder in
            for file in files { try IndependentProgram.write(file.1, to: folder + "/" + file.0) }
            return try IndependentProgram.python(script, [folder + "/plan-\(code)"])
        }
        #expect(answer == "19 11")
    }

    /// Reads every part as XML, and prints what the main part holds.
    static let script = """
        import sys, zipfile, xml.dom.minidom as dom
        z = zipfile.ZipFile(sys.argv[1])
        assert z.testzip() is None
        parts = {n: dom.parseString(z.read(n)) for n in z.namelist() if n.endswith((".xml", ".rels"))}
        main = parts["word/document.xml"]
        count = lambda name: len(main.getElementsByTagName(name))
        styles = {e.getAttribute("w:styleId") for e in parts["word/styles.xml"].getElementsByTagName("w:style")}
        used = {e.getAttribute("w:val") for n in ("w:pStyle", "w:tblStyle") for e in main.getElementsByTagName(n)}
        assert used <= styles, used - styles
        ids = {e.getAttribute("Id") for e in parts["word/_rels/document.xml.rels"].getElementsByTagName("Relationship")}
        assert all(e.getAttribute("r:embed") in ids for e in main.getElementsByTagName("a:blip"))
        marks = {e.getAttribute("w:name") for e in main.getElementsByTagName("w:bookmarkStart")}
        links = [e.getAttribute("w:anchor") for e in main.getElementsByTagName("w:hyperlink")]
        assert links and set(links) <= marks
        for t in main.getElementsByTagName("w:tbl"):
            columns = len(t.getElementsByTagName("w:gridCol"))
            rows = t.getElementsByTagName("w:tr")
            assert rows[0].getElementsByTagName("w:tblHeader")
            assert all(len(r.getElementsByTagName("w:tc")) == columns for r in rows)
        assert all(e.getAttribute("descr") for e in main.getElementsByTagName("wp:docPr"))
        fields = [e.firstChild.data.split()[0] for e in main.getElementsByTagName("w:instrText")]
        text = "".join(t.firstChild.data for t in main.getElementsByTagName("w:t") if t.firstChild)
        if len(sys.argv) > 2: assert sys.argv[2] in text
        print(count("w:tbl"), count("w:drawing"), fields.count("SEQ"), fields.count("TOC"))
        """

    @Test(
        "every part is XML; styles, links, images and head rows fit together, whatever the names are",
        .enabled(if: IndependentProgram.python != nil, "python3 is not installed"),
        arguments: [
            ("", "Example Town"), ("<w:t>&\"'", "<w:t>&\"'Example Town"), ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
            ("\u{202E}evil", "evilExample Town"), ("\u{1}\u{B}", "\u{FFFD}\u{FFFD}Example Town"), ("🚰🧑‍🔧", "🚰🧑‍🔧Example Town"),
            (String(repeating: "x", count: 300), String(repeating: "x", count: 300)), ("{0}{1}", "{0}{1}Example Town"),
        ])
    func parts(prefix: String, expected: String) throws {
        let bytes = try Self.bytes(prefix: prefix)
        let answer = try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(bytes, to: folder + "/plan.docx")
            return try IndependentProgram.python(Self.script, [folder + "/plan.docx", expected])
        }
        // 18 tables of the HTML and one of key figures; 11 drawings.
        #expect(answer == "19 11 29 1")
    }

    @Test(
        "python-docx finds headings in order, captions and tables",
        .enabled(if: IndependentProgram.has("docx"), "the Python package python-docx is not installed"))
    func pythonDocx() throws {
        let script = """
            import sys, docx
            d = docx.Document(sys.argv[1])
            levels = [int(p.style.name[-1]) for p in d.paragraphs if p.style.name.startswith("Heading")]
            assert levels[0] == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:]))
            captions = [p.text for p in d.paragraphs if p.style.name == "Caption"]
            print(len(levels), len(captions), captions[0], "|", d.tables[1].cell(0, 0).text, "|", d.core_properties.language)
            """
        let bytes = try Self.bytes()
        let answer = try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(bytes, to: folder + "/plan.docx")
            return try IndependentProgram.python(script, [folder + "/plan.docx"])
        }
        #expect(answer == "14 29 Table 1. What is known of the city, with the status of each figure | Item | en-GB")
    }

    @Test("a metafile tells its own size and number of records, and each record stands on four bytes")
    func metafile() throws {
        let document = PlanDocument(plan: SyntheticPlan.plan(), language: try Catalogue.named("en"))
        var drawn = 0
        for section in document.sections {
            for case .graphic(let graphic) in section.blocks {
                let drawing = GraphicDrawing(wording: Wording(document.language), graphic: graphic).drawing
                let bytes = EnhancedMetafile(drawing.svg, width: GraphicDrawing.width, height: drawing.height).bytes
                func number(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
                #expect(number(40) == 0x464D_4520 && number(48) == bytes.count)
                var offset = 0
                var records = 0
                var last = 0
                while offset + 8 <= bytes.count {
                    let size = number(offset + 4)
                    last = number(offset)
                    try #require(size >= 8 && size % 4 == 0)
                    offset += size
                    records += 1
                }
                #expect(offset == bytes.count && records == number(52) && last == 14)
                drawn += 1
            }
        }
        #expect(drawn == 11)
    }

    @Test("a path is read as its straight pieces, absolute and relative")
    func outline() {
        let lines = PathOutline("M1 2L3 4H10V-5l-1.5 6h2v1Zm1 1l1 0M0 0h0").lines
        #expect(lines.map(\.points.count) == [7, 2, 2])
        #expect(lines[0].points.last == .init(x: 10.5, y: 2) && lines[0].isClosed)
        #expect(lines[1].points == [.init(x: 2, y: 3), .init(x: 3, y: 3)])
        #expect(lines[2].points == [.init(x: 0, y: 0), .init(x: 0, y: 0)])
    }

    @Test(
        "LibreOffice opens the file and prints every section",
        .enabled(if: IndependentProgram.office != nil, "LibreOffice is not installed"))
    func office() throws {
        let office = try #require(IndependentProgram.office)
        let bytes = try Self.bytes()
        try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(bytes, to: folder + "/plan.docx")
            let run = try IndependentProgram.run(
                office,
                [
                    "-env:UserInstallation=file://\(folder)/user", "--headless", "--convert-to", "txt:Text", "--outdir", folder,
                    folder + "/plan.docx",
                ])
            #expect(run.status == 0)
            let text = try String(contentsOfFile: folder + "/plan.txt", encoding: .utf8)
            for title in ["Summary", "Water balance", "Assumption register", "Table 3. IWA water balance"] { #expect(text.contains(title)) }
        }
    }
}
