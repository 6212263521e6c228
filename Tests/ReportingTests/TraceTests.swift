// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import Testing
import WaterModel

@testable import Reporting

@Suite("Every figure can be traced")
struct TraceTests {
    /// Sections that a plan may have.
    static let sections = [
        "summary", "profile", "balance", "indicators", "diagnosis", "supply-demand", "zones", "leaks", "pressure", "measures", "trajectory",
        "reading", "delivery", "training", "finance", "financing", "water-value", "appraisal", "affordability", "risk", "monitoring",
        "register", "warnings", "sources", "traces",
    ]

    @Test("the complete plan has every section")
    func complete() throws {
        let document = PlanDocument(plan: CompletePlan.plan, language: try .named("en"))
        #expect(document.sections.map(\.id) == Self.sections)
    }

    /// - Returns: places of figures that no trace is known of, each once.
    static func untraced(_ document: PlanDocument) -> Set<String> {
        Set(document.placedFigures.filter { $0.origin == nil }.map(\.place))
    }

    @Test("no figure of the document is without a trace: tables, sentences, key figures, drawings")
    func plan() throws {
        for plan in [CompletePlan.plan, SyntheticPlan.plan()] {
            let document = PlanDocument(plan: plan, language: try .named("en"))
            #expect(document.placedFigures.count > 300)
            #expect(Self.untraced(document) == [])
        }
    }

    @Test("nor of a short form", arguments: PlanForm.allCases)
    func forms(form: PlanForm) throws {
        let document = PlanDocument(plan: CompletePlan.plan, form: form, language: try .named("en"))
        #expect(!document.placedFigures.isEmpty)
        #expect(Self.untraced(document) == [])
    }

    @Test("a figure that nothing tells the origin of is named with its place")
    func untracedIsNamed() throws {
        var document = PlanDocument(plan: SyntheticPlan.plan(), language: try .named("en"))
        document.sections[0].blocks.append(.paragraph(.figure(Figure(1, .years))))
        #expect(Self.untraced(document) == ["summary: sentence"])
        document.sections[0].blocks.removeLast()
        #expect(Self.untraced(document) == [])
        document.sections[0].blocks.append(.paragraph(.counted(.measuresCount, 7)))
        #expect(Self.untraced(document) == ["summary: sentence"])
    }

    /// Messages that bear no mark.
    private static func unmarked(_ phrase: Phrase) -> [String] {
        switch phrase {
        case .message(let message): [message]
        case .words(_, let phrases), .counted(_, _, let phrases, _), .list(let phrases): phrases.flatMap(unmarked)
        case .name, .finding, .literal, .date, .figure: []
        }
    }
    private static func phrases(_ section: Section) -> [Phrase] {
        section.blocks.flatMap { block -> [Phrase] in
            switch block {
            case .paragraph(let phrase): [phrase]
            case .list(let phrases): phrases
            case .notice(let notice): notice.lines
            case .table(let table):
                table.rows.flatMap(\.cells).flatMap { cell -> [Phrase] in
                    switch cell {
                    case .text(let phrase): [phrase]
                    case .lines(let phrases): phrases
                    default: []
                    }
                }
            default: []
            }
        } + section.sections.flatMap(phrases)
    }

    @Test("a sentence of an analysis that tells a figure bears the mark of where it comes from")
    func sentences() throws {
        var plan = CompletePlan.plan
        plan.assessment.gaps += ["inflow known in 40 % of the record"]
        plan.warnings.append("The budget of -5 PEN is not an amount of money; nothing can be bought with it.")
        let document = PlanDocument(plan: plan, language: try .named("en"))
        let told = Set(plan.warnings + plan.assessment.gaps + plan.assessment.indicators.flatMap(\.flags))
        #expect(told.count { $0.contains(where: \.isNumber) } > 3)
        let phrases = document.banner.flatMap(\.lines) + document.sections.flatMap(Self.phrases)
        #expect(phrases.flatMap(Self.unmarked).filter(told.contains) == [])
        let page = html(of: document)
        for words in ["of the record", "bought with it."] {
            let mark = try #require(try Regex(words + "<a class=\"trace[^>]*title=\"([^\"]*)\"").firstMatch(in: page))
            #expect(mark.output[1].substring?.contains("inputs:") == true)
        }
        #expect(Self.untraced(document) == [])
    }

    @Test("a count in a sentence bears its mark: of measures chosen and considered, of figures of a status, of pipes")
    func counts() throws {
        let document = PlanDocument(plan: CompletePlan.plan, language: try .named("en"))
        let page = html(of: document)
        for words in ["[0-9]+ measures?", "measures?.{0,400}? of [0-9]+", "[0-9]+ figures? [a-z ]*(assumed|unverified)[^<]*"] {
            #expect(page.firstMatch(of: try Regex(words + "<a class=\"trace")) != nil, "\(words)")
        }
    }

    @Test("each sentence of the catalogue that warns with a figure has its kind, and no kind is told of words that nobody says")
    func warnings() throws {
        let messages = try Catalogue.named("en").messages.keys
        let warnings = messages.filter { $0.contains("{") && $0.first?.isUppercase == true && ($0.hasSuffix(".") || $0.hasPrefix("The ")) }
        #expect(warnings.count > 15)
        for warning in warnings { #expect(FindingOrigin.warnings.contains { warning.contains($0.words) }, "\(warning)") }
        for (words, _) in FindingOrigin.warnings { #expect(messages.contains { $0.contains(words) }, "\(words)") }
    }

    @Test("what a figure rests on is its own: of lines and measures whose inputs differ, one is marked and the other is not")
    func ownInputs() throws {
        var plan = CompletePlan.plan
        plan.city.balance?.volumes[.ownSources]?.status = .measured
        plan.city.balance?.volumes[.unauthorised]?.status = .assumed
        plan.assumptions.removeAll { $0.item.hasPrefix("balance.") }
        let document = PlanDocument(plan: plan, language: try .named("en"))
        func mark(_ line: BalanceInput.Line) -> String? { document.mark(of: Origin(.balanceVolume, [line.rawValue]))?.text }
        let (sources, unauthorised) = (try #require(mark(.ownSources)), try #require(mark(.unauthorised)))
        #expect(!sources.contains("†") && unauthorised == sources.replacing("]", with: "†]"))
        // Costs of a measure are those that the register has of it.
        let key = try #require(plan.measures.first { $0.catalogueKey == "meter_replacement" }).catalogueKey
        let capital = try #require(document.traces[Origin(.capital, [key])])
        #expect(capital.inputs.contains(.name(.assumption, key + ".unit_cost")))
        #expect(!capital.inputs.contains(.name(.assumption, "pressure_management.unit_cost")))
    }

    @Test("the workbook's marks are those of the document, and a sheet tells them")
    func workbook() throws {
        let book = PlanWorkbook(plan: CompletePlan.plan, language: try .named("en"))
        let numbers = 1...book.document.kindTraces.count
        var found: Set<String> = []
        for row in book.sheets.dropLast().flatMap(\.rows) {
            for case .text(let text, _) in row where text.hasSuffix("]") && text.contains(" [") {
                found.insert(String(text[(text.lastIndex(of: "[") ?? text.startIndex)...]))
            }
        }
        let marks = found.filter { $0.dropFirst().first?.isNumber == true }
        #expect(marks.count > 10)
        for mark in marks { #expect(numbers.contains(Int(mark.filter(\.isNumber)) ?? 0), "\(mark)") }
        let told = try #require(book.sheets.last).rows.compactMap { row in if case .text(let text, _)? = row.first { text } else { nil } }
        #expect(marks.isSubset(of: told))
        #expect(told.count { $0.hasPrefix("[") } == numbers.count)
    }
}
