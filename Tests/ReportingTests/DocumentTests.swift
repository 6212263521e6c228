// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import Testing
import WaterLoss
import WaterModel

@testable import Reporting

@Suite("The plan as one HTML page")
struct DocumentTests {
    static func page(_ plan: ImprovementPlan = SyntheticPlan.plan(), date: String? = "2026-03-02") throws -> String {
        html(of: PlanDocument(plan: plan, language: try Catalogue.named("en"), date: date))
    }

    @Test("the page is well-formed, and each id stands once")
    func wellFormed() throws {
        let page = try Self.page()
        let read = WellFormed(page)
        #expect(read.fault == nil)
        let ids = read.elements.compactMap { $0.attributes["id"] }
        #expect(ids.count == Set(ids).count)
        if let folder = ProcessInfo.processInfo.environment["YUSU_SHOW_PLAN"] {
            try page.write(toFile: folder + "/plan.html", atomically: true, encoding: .utf8)
            try planJSON(SyntheticPlan.plan()).text.write(toFile: folder + "/plan.json", atomically: true, encoding: .utf8)
        }
    }

    @Test("nothing is fetched, and nothing is run but the map")
    func selfContained() throws {
        let read = WellFormed(try Self.page())
        let names = Set(read.elements.map(\.name))
        #expect(names.isDisjoint(with: ["link", "img", "iframe", "object", "embed", "base", "form"]))
        let scripts = read.elements.filter { $0.name == "script" }
        #expect(scripts.map { $0.attributes["type"] ?? "" } == ["application/json", ""])
        #expect(scripts.allSatisfy { $0.attributes["src"] == nil })
        for element in read.elements {
            for (name, value) in element.attributes {
                #expect(!name.hasPrefix("on"))
                if name == "href" || name == "src" { #expect(value.hasPrefix("#"), "only to a place in the page: \(value)") }
            }
        }
        #expect(!read.text.contains("url(") && !read.text.contains("@import"))
        #expect(!StyleSheet.document.contains { "<>&".contains($0) })
    }

    @Test("every link of the contents leads to a section, and headings go down one level at a time")
    func structure() throws {
        let read = WellFormed(try Self.page())
        let ids = Set(read.elements.compactMap { $0.attributes["id"] })
        let marks = read.elements.filter { $0.attributes["class"]?.hasPrefix("trace") == true }.compactMap { $0.attributes["href"] }
        let links = read.elements.filter { $0.name == "a" }.compactMap { $0.attributes["href"]?.dropFirst() }
        #expect(links.count - marks.count == 15)
        for link in links { #expect(ids.contains(String(link))) }
        let levels = read.elements.compactMap { $0.name.count == 2 && $0.name.hasPrefix("h") ? Int($0.name.dropFirst()) : nil }
        #expect(levels.first == 1)
        for (above, below) in zip(levels, levels.dropFirst()) { #expect(below <= above + 1) }
        #expect(read.elements.first?.attributes["lang"] == "en")
    }

    @Test("every drawing has a title and a description that its label names")
    func accessibleDrawings() throws {
        let read = WellFormed(try Self.page())
        let ids = Set(read.elements.compactMap { $0.attributes["id"] })
        let drawings = read.elements.filter { $0.name == "svg" }
        // Balance, waterfall, Korean tree, zone ranking, night flow, leak candidates, map, pressure, marginal cost, trajectory, cash flow.
        #expect(drawings.count == 11)
        for drawing in drawings {
            #expect(drawing.attributes["role"] == "img")
            for label in (drawing.attributes["aria-labelledby"] ?? "none").split(separator: " ") { #expect(ids.contains(String(label))) }
        }
    }

    @Test("synthetic data are announced at the head of the page")
    func syntheticBanner() throws {
        let page = try Self.page()
        let banner = try #require(page.range(of: "Synthetic data"))
        let summary = try #require(page.range(of: "id=\"summary\""))
        #expect(banner.lowerBound < summary.lowerBound)
        var plan = SyntheticPlan.plan()
        plan.city.profile.isSynthetic = false
        plan.city.profile.population.status = .measured
        #expect(try Self.page(plan).contains("Synthetic data"), "one synthetic figure is enough")
    }

    @Test("the same plan makes the same bytes")
    func deterministic() throws {
        #expect(try Self.page() == Self.page())
        #expect(planJSON(SyntheticPlan.plan()).text == planJSON(SyntheticPlan.plan()).text)
    }

    @Test(
        "hostile names come out as text everywhere",
        arguments: [
            "<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "a & b &amp; c", "]]>--><!--", "{0}{1}", "=1+1|x",
            "\u{202E}evil\u{202C}", "\u{0}\u{1B}\u{8}", String(repeating: "long ", count: 60), "🚰🧑‍🔧", "مدينة",
        ])
    func hostileNames(prefix: String) throws {
        var plan = SyntheticPlan.plan(prefix: prefix)
        plan.city.profile.currency = prefix
        plan.city.profile.notes = [prefix]
        plan.warnings = [prefix]
        plan.assessment.gaps = [prefix]
        plan.assumptions[0].item = prefix
        plan.assumptions[0].unit = prefix
        plan.city.profile.population.source = prefix
        let read = WellFormed(try Self.page(plan, date: prefix))
        #expect(read.fault == nil)
        let plain = WellFormed(try Self.page())
        #expect(Set(read.elements.map(\.name)).isSubset(of: Set(plain.elements.map(\.name))))
        #expect(!read.text.unicodeScalars.contains { (0x202A...0x202E).contains($0.value) || ($0.value < 0x20 && $0.value != 0x0A) })
        if prefix.hasPrefix("<script>") { #expect(read.text.contains("<script>alert(1)</script>Example Town")) }
        #expect(read.elements.count { $0.name == "script" } == 2)
        let keys = planJSON(plan).text
        #expect(!keys.contains("<script"))
    }

    @Test("a city with nothing but its name gets a document that says what is needed")
    func nothingKnown() throws {
        let city = City(profile: CityProfile(name: "Nowhere", country: "XX", currency: "XXX"))
        let plan = ImprovementPlan(
            city: city, assessment: CityAssessment(level: .totals), measures: [],
            selection: .init(
                objective: .netPresentValue, budget: nil, capital: 0, netPresentValue: 0, volumeSaved: 0, isProvenOptimal: true),
            trajectory: [], cashFlow: [],
            finance: .init(
                netPresentValue: Estimate(0), internalRateOfReturn: nil, benefitCostRatio: nil, payback: nil, costPerCubicMetre: nil),
            assumptions: [], warnings: [])
        let read = WellFormed(try Self.page(plan))
        #expect(read.fault == nil)
        #expect(!read.elements.contains { $0.name == "svg" || $0.name == "script" })
        let missing = read.elements.filter { $0.attributes["class"] == "notice missing" }
        // Profile, balance, indicators, zones, leaks, map, pressure, measures, trajectory, cash flow.
        #expect(missing.count == 10)
        #expect(Set(read.text.split { !$0.isLetter }).isDisjoint(with: ["nan", "inf"]))
    }

    @Test("figures that are not finite never reach the page")
    func notFinite() throws {
        var plan = SyntheticPlan.plan()
        plan.assessment.zones[0].realLoss = Estimate(.infinity, standardDeviation: .nan)
        plan.cashFlow[3].benefit = -.infinity
        plan.measures[1].costPerCubicMetre = .nan
        plan.city.network?.nodes[4].position = Point(x: .nan, y: .infinity)
        plan.assessment.pressures?.nodes[2].night = .nan
        let read = WellFormed(try Self.page(plan))
        #expect(read.fault == nil)
        for element in read.elements {
            for (name, value) in element.attributes where ["d", "x", "y", "width", "height", "transform", "viewBox"].contains(name) {
                #expect(!value.contains("nan") && !value.contains("inf"), "\(element.name): \(value.prefix(80))")
            }
        }
    }

    @Test("a network that did not converge shows no pressure")
    func notConverged() throws {
        var plan = SyntheticPlan.plan()
        plan.assessment.pressures?.converged = false
        let page = try Self.page(plan)
        #expect(page.contains("did not converge"))
        #expect(!page.contains("id=\"pressure-histogram\""))
    }

    @Test("the page of a network of a thousand pipes stays below 500 kB")
    func size() throws {
        let plan = SyntheticPlan.plan(columns: 30, rows: 20)
        #expect((plan.city.network?.links.count ?? 0) > 900)
        #expect(try Self.page(plan).utf8.count < 500_000)
    }

    @Test("plan.json is read by an independent program, with each key in snake_case")
    func json() throws {
        let data = Data(planJSON(SyntheticPlan.plan()).text.utf8)
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        var keys: Set<String> = []
        func walk(_ value: Any) {
            if let object = value as? [String: Any] { for (key, inner) in object { keys.insert(key); walk(inner) } }
            if let array = value as? [Any] { array.forEach(walk) }
        }
        walk(root)
        for key in keys { #expect(key.allSatisfy { ($0.isLowercase && $0.isASCII) || $0.isNumber || $0 == "_" }, "\(key)") }
        let balance = try #require(root["balance"] as? [String: Any])
        #expect(balance["water_supplied_m3"] as? Double == 1_825_000)
        let low = try #require(balance["water_supplied_low95_m3"] as? Double)
        let rounding = 1e-6  // m³, of 1.96 times and back
        #expect(abs(low - 1_752_000) < rounding)
        #expect((root["measures"] as? [Any])?.count == 12)
        #expect((root["assumptions"] as? [Any])?.count == 3)
    }
}
