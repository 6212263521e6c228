// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import Testing
import WaterModel

@testable import Reporting

/// A document of the complete plan: the plan, that of a funder, a short form.
struct DocumentKind: CustomTestStringConvertible, Sendable {
    var form: PlanForm?
    var donor: String?
    var testDescription: String { form?.rawValue ?? donor ?? "plan" }

    static let all =
        [DocumentKind()] + PlanForm.allCases.map { DocumentKind(form: $0) } + DonorProfile.all.map { DocumentKind(donor: $0.name) }

    func document(of plan: ImprovementPlan = CompletePlan.plan, _ language: Catalogue) -> PlanDocument {
        if let form { return PlanDocument(plan: plan, form: form, language: language) }
        return PlanDocument(plan: plan, language: language, profile: donor.flatMap(DonorProfile.named))
    }
}

@Suite("Every document in every language")
struct EveryDocumentTests {
    /// The English documents of all kinds, with their pages as they are read: two tests look at them.
    private static let english: [String: (document: PlanDocument, read: WellFormed)] = {
        guard let language = try? Catalogue.named("en") else { return [:] }
        return Dictionary(
            DocumentKind.all.map { kind in
                let document = kind.document(language)
                return (kind.testDescription, (document, WellFormed(html(of: document))))
            }, uniquingKeysWith: { first, _ in first })
    }()

    private static func accessible(_ read: WellFormed, _ code: String) {
        #expect(read.fault == nil)
        let root = read.elements.first
        #expect(root?.name == "html" && root?.attributes["lang"] == code)
        let ids = read.elements.compactMap { $0.attributes["id"] }
        #expect(ids.count == Set(ids).count, "an id stands twice")
        let levels = read.elements.compactMap { $0.name.count == 2 && $0.name.hasPrefix("h") ? Int($0.name.dropFirst()) : nil }
        #expect(levels.first == 1 && levels.count { $0 == 1 } == 1)
        for (above, below) in zip(levels, levels.dropFirst()) { #expect(below <= above + 1, "a level of headings is left out") }
        #expect(read.elements.count { $0.name == "main" } == 1 && read.elements.first { $0.name == "title" } != nil)
        for drawing in read.elements where drawing.name == "svg" {
            #expect(drawing.attributes["role"] == "img")
            let labels = (drawing.attributes["aria-labelledby"] ?? "none").split(separator: " ")
            for label in labels { #expect(ids.contains(String(label)), "a drawing without an alternative text") }
        }
        // Heads say what they are heads of; each table has a caption and each of its rows a head.
        for head in read.elements where head.name == "th" { #expect(["col", "row"].contains(head.attributes["scope"] ?? "")) }
        let tables = read.elements.count { $0.name == "table" }
        #expect(read.elements.count { $0.name == "caption" } == tables && read.elements.count { $0.name == "thead" } == tables)
        let rows = read.elements.count { $0.name == "tr" } - tables
        #expect(read.elements.count { $0.attributes["scope"] == "row" } == rows)
        for link in read.elements where link.name == "a" { #expect(ids.contains(String(link.attributes["href"]?.dropFirst() ?? ""))) }
    }

    @Test(
        "language, headings in order, heads of tables, alternative texts, links that lead somewhere", arguments: DocumentKind.all)
    func accessibility(kind: DocumentKind) throws {
        // A funder's form has the plan's own sections and words: one language shows its order.
        Self.accessible(try #require(Self.english[kind.testDescription]).read, "en")
        for code in kind.donor == nil ? Catalogue.embedded.filter({ $0 != "en" }) : ["ko"] {
            Self.accessible(WellFormed(html(of: kind.document(try .named(code)))), code)
        }
    }

    @Test("every figure has a trace, and HTML and Word show the same marks", arguments: DocumentKind.all)
    func marks(kind: DocumentKind) throws {
        let (document, page) = try #require(Self.english[kind.testDescription])
        #expect(TraceTests.untraced(document) == [])
        let marks = page.elements.filter { $0.attributes["class"]?.hasPrefix("trace") == true }
        #expect(!marks.isEmpty && marks.allSatisfy { ($0.attributes["title"] ?? "").count > 20 })
        let uncertain = document.traces.values.contains { $0.isUncertain }
        #expect(marks.contains { $0.attributes["class"] == "trace uncertain" } == uncertain)
        let links = WellFormed(WordWriter(document).mainPart.text).elements.filter {
            $0.name == "w:hyperlink" && $0.attributes["w:tooltip"] != nil
        }
        #expect(
            links.map { $0.attributes["w:anchor"] ?? "" }
                == marks.map { WordParagraph.bookmark(String($0.attributes["href"]?.dropFirst() ?? "")) })
    }

    /// Markup and formulas; direction marks, emoji, right-to-left words, places of arguments, control characters; 300 characters.
    static let hostile = [
        "=cmd|' /C calc'!A0<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;]]>",
        "\u{202E}evil\u{202C}🚰🧑‍🔧 مدينة {0}{1}\u{0}\u{1B}", String(repeating: "x", count: 300),
    ]

    @Test("hostile names come out as text in every document", arguments: hostile)
    func hostileNames(prefix: String) throws {
        let plan = CompletePlan.plan(prefix: prefix)
        let language = try Catalogue.named("es")
        for kind in DocumentKind.all where kind.donor == nil || kind.donor == "koica" {
            let document = kind.document(of: plan, language)
            let read = WellFormed(html(of: document))
            #expect(read.fault == nil, "\(kind.testDescription)")
            let scripts = read.elements.filter { $0.name == "script" }
            #expect(scripts.allSatisfy { $0.attributes["src"] == nil } && scripts.count <= 2)
            #expect(!read.elements.contains { $0.name == "img" || $0.attributes.keys.contains { $0.hasPrefix("on") } })
            #expect(!read.text.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) || ($0.value < 0x20 && $0.value != 0x0A) })
            #expect(WellFormed(WordWriter(document).mainPart.text).fault == nil, "\(kind.testDescription)")
            for graphic in Self.graphics(document.sections) { #expect(WellFormed(graphic.svg(in: language)).fault == nil) }
        }
    }

    private static func graphics(_ sections: [Section]) -> [Graphic] {
        sections.flatMap { section in
            section.blocks.compactMap { if case .graphic(let graphic) = $0 { graphic } else { nil } } + graphics(section.sections)
        }
    }
}
