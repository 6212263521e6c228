// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterModel

@testable import Reporting

@Suite("Short forms, and where figures come from")
struct FormTests {
    private static func page(_ form: PlanForm, prefix: String = "", language: String = "en") throws -> WellFormed {
        let plan = SyntheticPlan.plan(prefix: prefix)
        return WellFormed(html(of: PlanDocument(plan: plan, form: form, language: try .named(language))))
    }

    @Test("each form is well-formed in each language and names the city", arguments: PlanForm.allCases, Catalogue.embedded)
    func wellFormed(form: PlanForm, language: String) throws {
        let read = try Self.page(form, language: language)
        #expect(read.fault == nil)
        #expect(read.text.contains("Example Town"))
    }

    @Test("hostile names come out as text in every form", arguments: PlanForm.allCases)
    func hostile(form: PlanForm) throws {
        let plain = Set(try Self.page(form).elements.map(\.name))
        for prefix in [
            "<script>alert(1)</script>", "a & b ]]>", "\u{202E}evil\u{202C}", String(repeating: "long ", count: 60), "🚰", "مدينة",
        ] {
            let read = try Self.page(form, prefix: prefix)
            #expect(read.fault == nil)
            #expect(Set(read.elements.map(\.name)).isSubset(of: plain))
            #expect(!read.text.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) })
            let plan = SyntheticPlan.plan(prefix: prefix)
            #expect(!word(of: PlanDocument(plan: plan, form: form, language: try .named("en"))).isEmpty)
        }
    }

    @Test("a crew sheet has the pipes of the walk and room to write")
    func crew() throws {
        let read = try Self.page(.crew)
        let blank = read.elements.count { $0.attributes["class"] == "blank" }
        #expect(blank == 3 * PlanSource.walkingListLength)
    }

    @Test("a tender annex tells no price of the plan")
    func tender() throws {
        let plan = SyntheticPlan.plan()
        let document = PlanDocument(plan: plan, form: .tender, language: try .named("en"))
        func figures(_ section: Section) -> [Figure] {
            section.blocks.flatMap { block -> [Figure] in
                guard case .table(let table) = block else { return [] }
                return table.rows.flatMap(\.cells).compactMap { if case .number(let figure) = $0 { figure } else { nil } }
            }
        }
        #expect(document.sections.flatMap(figures).allSatisfy { [.none, .millimetres].contains($0.unit) })
    }

    @Test("every mark leads to a row that tells formula, inputs and source")
    func marks() throws {
        let document = PlanDocument(plan: SyntheticPlan.plan(), language: try .named("en"))
        let read = WellFormed(html(of: document))
        let marks = read.elements.filter { $0.attributes["class"]?.hasPrefix("trace") == true }
        let ids = Set(read.elements.compactMap { $0.attributes["id"] })
        #expect(marks.count > 20)
        for mark in marks {
            #expect(ids.contains(String(mark.attributes["href"]?.dropFirst() ?? "")))
            #expect(mark.attributes["title"]?.contains("inputs:") == true)
        }
        #expect(document.traces.values.contains { $0.isUncertain } == marks.contains { $0.attributes["class"] == "trace uncertain" })
    }

    @Test("every kind of figure has its formula in each language", arguments: Catalogue.embedded)
    func formulas(language: String) throws {
        let names = try Catalogue.named(language).names[NameGroup.trace.rawValue] ?? [:]
        for kind in Trace.Kind.allCases where kind != .stated { #expect(names[kind.rawValue] != nil, "\(kind)") }
    }
}

@Suite("Charts of rows and trees")
struct SpanChartTests {
    @Test("a bar of a row begins and ends where its values stand")
    func spans() throws {
        let chart = SpanChart(
            axis: .init(.literal("A"), .none, includes: [0]),
            rows: [
                .init(.literal("long"), [.init(from: 0, to: 100, .primary)]), .init(.literal("part"), [.init(from: 50, to: 75, .alert)]),
            ])
        let read = try ChartTests.drawing(.spans(chart))
        let bars = read.elements.filter { $0.name == "rect" }
        let (whole, part) = (bars[0], bars[1])
        let (x, width) = (try ChartTests.number(whole, "x"), try ChartTests.number(whole, "width"))
        let rounding = 0.2  // coordinates have one decimal
        #expect(abs(try ChartTests.number(part, "x") - (x + width / 2)) < rounding)
        #expect(abs(try ChartTests.number(part, "width") - width / 4) < rounding)
    }

    @Test("the last label of an axis does not stand beyond the drawing")
    func lastLabel() throws {
        let chart = SpanChart(
            axis: .init(.literal("A")), rows: [.init(.literal("a"), [.init(from: 300_000, to: 600_000, .primary)])], reference: 440_000)
        let graphic = Graphic(id: "g", title: .literal("T"), description: .literal("D"), content: .spans(chart))
        let svg = graphic.svg(in: try .named("en"))
        let label = try #require(svg.firstMatch(of: /<text x="([0-9.]+)"[^>]*>600,000</))
        let middle = try #require(Double(label.1))
        #expect(middle + Canvas.width(of: "600,000", size: Canvas.smallTextSize) / 2 <= GraphicDrawing.width)
    }

    @Test("the waterfall ends at revenue water and the tree's parts add up to the whole")
    func balance() throws {
        let source = PlanSource(SyntheticPlan.plan())
        let balance = try #require(source.assessment.balance)
        guard case .spans(let chart)? = source.lossWaterfall(of: balance)?.content else {
            Issue.record("no waterfall")
            return
        }
        let rounding = 1e-6 * balance.waterSupplied.value
        #expect(abs((chart.rows.last?.spans.first?.to ?? 0) * balance.periodDays - balance.revenueWater.value) < rounding)
        guard case .tree(let tree)? = source.koreanTree(of: balance)?.content else {
            Issue.record("no tree")
            return
        }
        func check(_ node: BalanceTree) {
            guard !node.parts.isEmpty else { return }
            #expect(abs(node.parts.reduce(0) { $0 + $1.share } - node.share) < 1e-6)
            node.parts.forEach(check)
        }
        check(tree)
    }
}
