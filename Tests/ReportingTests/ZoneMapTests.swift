// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterLoss
import WaterModel

@testable import Planning
@testable import Reporting

@Suite("The map of the zones that a plan designed")
struct ZoneMapTests {
    /// The invented town, its zones designed on its network.
    static func plan() throws -> ImprovementPlan {
        var plan = SyntheticPlan.plan(columns: 12, rows: 10)
        var network = try #require(plan.city.network)
        for node in network.nodes.indices where network.nodes[node].isJunction {
            network.nodes[node].tag = nil
            network.nodes[node].kind = .junction(Junction(demands: [Demand(baseFlow: 2e-5)]))
        }
        var options = ZoneDesignOptions()
        (options.properties, options.fireFlow, options.minimumPressure, options.trunkDiameter) = (3000, 0, 0, 0.3)
        plan.city.network = network
        plan.city.zones = []
        plan.assessment.zones = []
        plan.townZones = TownZones(design: try designZones(network, options), pressure: nil)
        return plan
    }

    private static func map(_ plan: ImprovementPlan) throws -> (graphic: Graphic, map: ZoneMap) {
        let zones = try #require(plan.townZones)
        let graphic = try #require(PlanSource(plan).map(of: zones))
        guard case .zoneMap(let map) = graphic.content else {
            Issue.record("not a map of zones")
            throw CancellationError()
        }
        return (graphic, map)
    }

    @Test("every pipe lies in its zone or outside, every cut has its mark, and neighbours differ in their line")
    func content() throws {
        let plan = try Self.plan()
        let design = try #require(plan.townZones).design
        let map = try Self.map(plan).map
        #expect(design.zones.count > 1 && map.areas.map(\.name) == design.zones.map(\.name))
        let pipes = design.network.links.count { $0.pipe != nil }
        #expect(map.areas.reduce(0) { $0 + $1.lines.count } + map.others.count == pipes)
        #expect(map.marks.map(\.link).sorted() == design.borders.map(\.link.name).sorted())
        #expect(map.marks.count { $0.kind == .closed } == design.borders.count { $0.role == .closed })
        let colours = Dictionary(uniqueKeysWithValues: map.areas.map { ($0.name, $0.colour) })
        for border in design.borders {
            if let from = border.from, let to = border.to { #expect(colours[from] != colours[to]) }
        }
    }

    @Test("a page shows the map with its names, marks, legend and words for readers who cannot see it", arguments: ["en", "es", "ko"])
    func page(language: String) throws {
        let plan = try Self.plan()
        let zones = try #require(plan.townZones)
        let catalogue = try Catalogue.named(language)
        let (graphic, map) = try Self.map(plan)
        let svg = GraphicDrawing(wording: Wording(catalogue), graphic: graphic).svg.text
        func count(_ text: String) -> Int { svg.ranges(of: text).count }
        // One more of each stands in the legend.
        #expect(count("class=\"shut\"") == zones.closedValves + 1 && count("class=\"meter\"") == zones.inlets + 1)
        for area in map.areas { #expect(svg.contains("zone-name\">" + area.name) || svg.contains(">" + area.name + "<")) }
        #expect(svg.contains("role=\"img\"") && svg.contains("<desc") && svg.contains(catalogue.text(.zonesMapClosed)))
        let page = html(of: PlanDocument(plan: plan, language: catalogue))
        #expect(page.contains("zones-map-title"))
    }

    @Test("a scale stands where the pipes are drawn as long as they are, in any unit, and not on a sketch")
    func scale() {
        #expect(PlanSource.unitsPerMetre([1, 1, 1.02, 0.99]) == 1.0)
        #expect(PlanSource.unitsPerMetre([3.28, 3.28, 3.3]) == 3.28)
        #expect(PlanSource.unitsPerMetre([0.2, 0.5, 1, 2, 4]) == nil && PlanSource.unitsPerMetre([]) == nil)
    }
}
