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

    @Test(
        "layers of the map have each zone with its outline, each cut where it lies, each pipe's zone, and gateways in the model's coordinates"
    )
    func layers() throws {
        var plan = try Self.plan()
        plan.reading = ReadingNetwork(
            endpoints: 10, classes: [], options: [],
            placement: GatewayPlacement(
                endpoints: [(Point(x: 100, y: 40), 10)], candidates: [Point(x: 120, y: 60)], range: 500, redundancy: 2, messages: 10,
                gatewayCapacity: 1000), metresPerUnit: 2, preDesign: nil, range: 500, redundancy: 2, readSuccess: nil, life: 10, items: [],
            ownsInterfaceAndKeys: nil, isInProgramme: true)
        let zones = try #require(plan.townZones)
        let layers = Dictionary(
            uniqueKeysWithValues: PlanLayers(plan: plan, language: try Catalogue.named("en")).all.map { ($0.name, $0) })
        let areas = try #require(layers["designed_zones"]), borders = try #require(layers["designed_borders"])
        #expect(areas.features.map { $0.values[0] } == zones.design.zones.map { .text($0.name) })
        #expect(areas.features.allSatisfy { $0.points.count > 2 && $0.values.count == areas.fields.count })
        #expect(borders.features.count == zones.design.borders.count)
        #expect(borders.features.count { $0.values[1] == .text("closed") } == zones.closedValves)
        #expect(borders.features.allSatisfy { $0.points.count == 1 && $0.values.count == borders.fields.count })
        let pipes = try #require(layers["pipes"])
        let place = try #require(pipes.fields.firstIndex { $0.name == "designed_zone" })
        let drawn = try Self.map(plan).map
        for area in drawn.areas { #expect(pipes.features.count { $0.values[place] == .text(area.name) } == area.lines.count) }
        #expect(layers["nodes"]?.features.count { $0.values[3] != .none } == zones.design.zoneOfNode.count { $0 != nil })
        let gateways = try #require(layers["gateways"])
        #expect(gateways.features.map(\.points) == [[Point(x: 60, y: 30)]])
    }

    @Test("gateways stand on a map of the network, or of the lot's meters where there is none", arguments: ["en", "es", "ko"])
    func gateways(language: String) throws {
        let catalogue = try Catalogue.named(language)
        var plan = try Self.plan()
        let sites = [Point(x: 100, y: 40), Point(x: 300, y: 200)]
        let placement = GatewayPlacement(
            endpoints: sites.map { ($0, 10) }, candidates: sites, range: 50, redundancy: 1, messages: 10, gatewayCapacity: 1000)
        func reading(scale: Double?) -> ReadingNetwork {
            ReadingNetwork(
                endpoints: 20, classes: [], options: [], placement: placement, metresPerUnit: scale, preDesign: nil, range: 50,
                redundancy: 1,
                readSuccess: nil, life: 10, items: [], ownsInterfaceAndKeys: nil, isInProgramme: true)
        }
        func drawn(_ plan: ImprovementPlan, scale: Double?) throws -> String? {
            guard let graphic = PlanSource(plan).map(of: placement, reading(scale: scale)) else { return nil }
            return GraphicDrawing(wording: Wording(catalogue), graphic: graphic).svg.text
        }
        let marks = "l7 7l-7 7l-7 -7Z"
        let onNetwork = try #require(try drawn(plan, scale: 2))
        // One more stands in the legend.
        #expect(onNetwork.ranges(of: marks).count == 3 && onNetwork.contains(catalogue.text(.gatewaysMapPipe)))
        #expect(!onNetwork.contains(catalogue.text(.zonesMapOutside)))
        plan.city.network = nil
        #expect(try drawn(plan, scale: nil) == nil)
        plan.city.lot = sites.map { LotMeters(place: $0, count: 5) }
        let onLot = try #require(try drawn(plan, scale: nil))
        #expect(onLot.ranges(of: marks).count == 3 && onLot.contains(catalogue.text(.gatewaysMapMeters)))
        #expect(onLot.contains("class=\"node tiny n0\""))
        plan.reading = reading(scale: nil)
        #expect(html(of: PlanDocument(plan: plan, language: catalogue)).contains("gateways-map-title"))
    }

    @Test("reducing valves stand with their settings in the document, the map's layer and plan.json", arguments: ["en", "es", "ko"])
    func reducing(language: String) throws {
        let catalogue = try Catalogue.named(language)
        var plan = try Self.plan()
        let design = try #require(plan.townZones).design
        let inlet = try #require(design.borders.first { $0.role == .inlet })
        let valve = PressureZoneDesign.Valve(
            link: inlet.link, valve: "V", diameter: 0.15, fixedSetting: 31.4, timedSettings: [31.4, 30.2, 29.1, 30.3],
            flowSetting: (27.5, 1300))
        func effect(_ mode: PressureZoneDesign.Mode, _ mean: Double) -> PressureZoneDesign.Effect {
            .init(
                mode: mode, meanPressure: mean, highestPressure: mean + 5, leakageCut: [0.11, 0.22, 0.33], burstCut: [0.1, 0.2, 0.4],
                consumptionCut: nil, waterSaved: nil, energySaved: nil)
        }
        func blocks(_ valves: [PressureZoneDesign.Valve]) -> [Block] {
            plan.pressureDesign = PressureZoneDesign(
                zones: [
                    .init(
                        name: design.zones[0].name, valves: valves, reason: valves.isEmpty ? "it has no inlet" : nil, meanPressure: 40,
                        highestPressure: 45, effects: valves.isEmpty ? [] : [effect(.fixed, 33), effect(.timed, 32), effect(.flow, 31)],
                        criticalNode: nil)
                ], mode: .fixed, network: design.network, shortfall: -1, isConverged: true)
            return PlanSource(plan).reducingValves
        }
        #expect(blocks([]).isEmpty)
        #expect(blocks([valve]).count == 2)
        let page = html(of: PlanDocument(plan: plan, language: catalogue))
        for key in [TextKey.reducingCaption, .reducingEffects, .reducingModeFixed, .reducingModeTimed, .reducingModeFlow] {
            #expect(page.contains(catalogue.text(key)))
        }
        let layer = try #require(PlanLayers(plan: plan, language: catalogue).all.first { $0.name == "reducing_valves" })
        #expect(layer.features.count == 1 && layer.features[0].points.count == 1 && layer.features[0].values.count == layer.fields.count)
        #expect(layer.features[0].values[4] == .text("31.400 30.200 29.100 30.300"))
        let json = planJSON(plan).text
        #expect(json.contains("\"fixed_setting_m\": 31.4") && json.contains("\"flow_setting_square_m_per_m3s2\": 1300"))
    }

    @Test("in a metafile each name stands on an area of the paper's colour that covers the pipes under it, and on the page none does")
    func backing() throws {
        let (graphic, map) = try Self.map(try Self.plan())
        let drawing = GraphicDrawing(wording: Wording(try Catalogue.named("en")), graphic: graphic).drawing
        func records(_ svg: Markup) -> [Int: Int] {
            let bytes = EnhancedMetafile(svg, width: GraphicDrawing.width, height: drawing.height).bytes
            func number(_ offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
            var counts: [Int: Int] = [:], offset = 0
            while offset + 8 <= bytes.count {
                counts[number(offset), default: 0] += 1
                offset += number(offset + 4)
            }
            return counts
        }
        var bare = drawing.svg
        bare.parts = drawing.svg.parts.map { part in
            guard case .element(var element) = part, element.name == "text" else { return part }
            element.attributes = element.attributes.filter { $0.0 != "class" }
            return .element(element)
        }
        let polygon = 3
        let scales = map.unitsPerMetre == nil ? 0 : 1
        #expect(records(drawing.svg)[polygon] == (records(bare)[polygon] ?? 0) + map.areas.count + scales)
        let paper = DrawingStyle.applied(to: drawing.svg).text
        #expect(paper.ranges(of: "stroke=\"none\"").count == map.areas.count + scales)
        #expect(!drawing.svg.text.contains("stroke=\"none\""))
        // The box holds the middle of its text.
        let text = Markup("text", [("x", "100"), ("y", "50"), ("text-anchor", "middle"), ("class", "halo zone-name")], text: "Z12")
        let box = try #require(DrawingStyle.backing(of: text, isMap: true))
        #expect(box.corner.x < 90 && box.corner.x + box.width > 110 && box.corner.y < 41 && box.corner.y + box.height > 51)
    }

    @Test("a scale stands where the pipes are drawn as long as they are, in any unit, and not on a sketch")
    func scale() {
        #expect(PlanSource.unitsPerMetre([1, 1, 1.02, 0.99]) == 1.0)
        #expect(PlanSource.unitsPerMetre([3.28, 3.28, 3.3]) == 3.28)
        #expect(PlanSource.unitsPerMetre([0.2, 0.5, 1, 2, 4]) == nil && PlanSource.unitsPerMetre([]) == nil)
    }
}
