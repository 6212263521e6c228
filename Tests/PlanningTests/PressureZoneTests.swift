// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterModel

@testable import Planning

@Suite("pressure zones")
struct PressureZoneTests {
    @Test("a fixed setting leaves the worst node its minimum, timed and by flow no less, and each takes off more")
    func settings() throws {
        let zones = try designZones(TwoDistricts.network(head: 80), TwoDistricts.options)
        let design = try designPressureZones(zones.network)
        #expect(design.isConverged && design.shortfall <= 1e-3)
        // The worst node has the margin of a metre left, within what the engine's valve adds.
        #expect(design.shortfall > -1.5)
        #expect(design.zones.allSatisfy { !$0.valves.isEmpty && $0.reason == nil })
        for zone in design.zones {
            let means = zone.effects.map(\.meanPressure)
            #expect(means[0] < zone.meanPressure && means[1] <= means[0] + 1e-9)
            if means.count > 2 { #expect(means[2] <= means[0] + 1e-9) }
            for effect in zone.effects {
                #expect(effect.leakageCut[0] < effect.leakageCut[1] && effect.leakageCut[1] < effect.leakageCut[2])
            }
        }
    }

    @Test("timed settings hold in the engine too")
    func timed() throws {
        let zones = try designZones(TwoDistricts.network(head: 80), TwoDistricts.options)
        let design = try designPressureZones(zones.network, mode: .timed)
        #expect(design.isConverged && design.shortfall <= 1e-3)
        #expect(!design.network.controls.isEmpty)
    }

    @Test("settings by flow are run too: they follow the flow, keep every pressure and take off more than fixed ones")
    func byFlow() throws {
        let zones = try designZones(TwoDistricts.network(head: 80), TwoDistricts.options)
        let design = try designPressureZones(zones.network, mode: .flow)
        #expect(design.isConverged && design.shortfall <= 1e-3)
        let single = design.zones.filter { $0.valves.count == 1 && ($0.valves[0].flowSetting?.square ?? 0) > 0 }
        #expect(!single.isEmpty)
        for zone in single {
            let valve = zone.valves[0]
            let set = design.network.controls.filter { $0.link == valve.valve }.compactMap { control -> Double? in
                if case .setting(let value) = control.action { value } else { nil }
            }
            let first = design.network.links.first { $0.id == valve.valve }.flatMap { link -> Double? in
                if case .valve(let kind) = link.kind { kind.setting } else { nil }
            }
            // One for each step, and none above what the fixed one must be.
            #expect(set.count >= 23 && Set(set).count > 5 && first != nil)
            #expect((set + [first ?? .infinity]).allSatisfy { $0 <= valve.fixedSetting + 1e-6 }, "\(set.max() ?? 0) \(valve.fixedSetting)")
            let mean = Dictionary(uniqueKeysWithValues: zone.effects.map { ($0.mode, $0.meanPressure) })
            let flow = try #require(mean[.flow]), fixed = try #require(mean[.fixed])
            #expect(flow < fixed - 0.1, "\(flow) \(fixed)")
        }
        // Each mode is told the same, whichever the network bears.
        let fixed = try designPressureZones(zones.network, mode: .fixed)
        for (left, right) in zip(fixed.zones, design.zones) {
            #expect(left.effects.map(\.mode) == right.effects.map(\.mode))
            for (a, b) in zip(left.effects, right.effects) { #expect(abs(a.meanPressure - b.meanPressure) < 1e-9) }
        }
        var alone = PressureZoneOptions()
        alone.comparesModes = false
        #expect(try designPressureZones(zones.network, alone).zones.allSatisfy { $0.effects.allSatisfy { $0.mode == .fixed } })
    }

    @Test("no valve where little can be taken off, with the node that stands in the way")
    func notWorthIt() throws {
        let zones = try designZones(TwoDistricts.network(head: 31), TwoDistricts.options)
        let design = try designPressureZones(zones.network)
        #expect(design.zones.allSatisfy { $0.valves.isEmpty && ($0.reason ?? "").contains("to be taken off") })
    }

    /// A reservoir, a pipe to a junction that draws nothing, and a pipe into a zone of one customer that draws the same all day.
    private static func customer(drawing flow: Double) -> Network {
        var network = Network()
        network.hydraulics.flowUnit = "LPS"
        network.times.duration = 24 * 3600
        let junction = Junction(demands: [Demand(baseFlow: flow)])
        var customer = Node(id: "C", elevation: 0, kind: .junction(junction), position: Point(x: 200, y: 0))
        customer.tag = "Z"
        network.nodes = [
            Node(id: "R", elevation: 60, kind: .reservoir(Reservoir()), position: Point(x: 0, y: 0)),
            Node(id: "J", elevation: 0, kind: .junction(Junction()), position: Point(x: 100, y: 0)), customer,
        ]
        network.links = [("R", "J"), ("J", "C")].map { from, to in
            Link(
                id: Link.ID("\(from)-\(to)"), start: Node.ID(from), end: Node.ID(to),
                kind: .pipe(Pipe(length: 100, diameter: 0.2, roughness: 120)), status: .open)
        }
        return network
    }

    @Test("consumption falls as pressure to N3, and energy is that of leakage and consumption together")
    func consumption() throws {
        let network = Self.customer(drawing: 0.01)
        var options = PressureZoneOptions()
        (options.leakage, options.energyPerVolume) = (["Z": 100], 0.4)
        let zone = try #require(try designPressureZones(network, options).zones.first)
        let effect = try #require(zone.effects.first { $0.mode == .fixed })
        let share = effect.meanPressure / zone.meanPressure
        #expect(share < 0.5)
        // Pressures are kept in single precision, demand is 10 l/s, 864 m³/d.
        let digits = 1e-5
        for (index, exponent) in [0, 0.1, 0.5].enumerated() {
            #expect(abs(effect.consumptionCuts[index] - (1 - pow(share, exponent))) < digits)
        }
        let spared = 864 * (1 - pow(share, 0.1))
        #expect(abs(try #require(effect.consumptionCut) - (1 - pow(share, 0.1))) < digits)
        #expect(abs(try #require(effect.consumptionSpared) - spared) < 864 * digits)
        #expect(abs(try #require(effect.waterSaved) - (100 * (1 - share) + spared)) < 1000 * digits)
        #expect(abs(try #require(effect.energySaved) - 0.4 * (100 * (1 - share) + spared)) < 400 * digits)
        // Switched off, leakage stands alone.
        options.consumptionExponents = []
        let alone = try #require(try designPressureZones(network, options).zones.first?.effects.first)
        #expect(alone.consumptionCut == nil && alone.consumptionSpared == nil && alone.consumptionCuts.isEmpty)
        #expect(abs(try #require(alone.waterSaved) - 100 * (1 - share)) < 100 * digits)
    }
}
