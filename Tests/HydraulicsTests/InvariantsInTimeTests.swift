// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("What holds of every run of a day in exact mode")
struct InvariantsInTimeTests {
    /// Levels of tanks may be off by the error bound of the steps, 2e-5 m a step: two runs whose roundings differ may choose other
    /// steps, and what they are off by does not grow with time. [m]
    private let level = 3e-4
    /// Without tanks nothing carries over from one moment to the next: twice the solver's energy bar. [m]
    private let head = Bar.head

    /// A grid with two tanks, a pump station, controls, rules, leaks of pipes and demands by pattern.
    static func town(seed: UInt64) -> Network {
        var network = RandomNetworks.grid(seed: seed, size: 5, formula: .hazenWilliams)
        network.hydraulics.accuracy = 1e-9
        network.hydraulics.flowUnit = "LPS"
        network.hydraulics.pressureUnit = "METERS"
        network.patterns = [
            Pattern(id: "DAY", multipliers: [0.4, 0.3, 0.5, 1.2, 1.6, 1.1, 1.3, 0.8]),
            Pattern(id: "HEAD", multipliers: [1, 1.01, 0.99, 1.02]),
        ]
        network.hydraulics.defaultPattern = "DAY"
        network.curves = [Curve(id: "LIFT", use: .pumpHead, points: [Point(x: 0.03, y: 12)])]
        network.times.patternStep = 3 * 3600
        network.times.duration = 24 * 3600
        for index in network.nodes.indices where network.nodes[index].id == "R2" {
            network.nodes[index].kind = .reservoir(Reservoir(headPattern: "HEAD"))
        }
        for (name, joined, diameter) in [("T1", "N4", 6.0), ("T2", "N20", 9.0)] {
            let tank = Tank(initialLevel: 4, minimumLevel: 0.5, maximumLevel: 9, diameter: diameter)
            network.nodes.append(Node(id: Node.ID(name), elevation: 60, kind: .tank(tank)))
            network.links.append(
                Link(
                    id: Link.ID("to" + name), start: Node.ID(joined), end: Node.ID(name),
                    kind: .pipe(Pipe(length: 200, diameter: 0.15, roughness: 120)), status: .open))
        }
        network.nodes.append(Node(id: "WELL", elevation: 62, kind: .reservoir(Reservoir())))
        network.links.append(
            Link(id: "U1", start: "WELL", end: "N12", kind: .pump(Pump(characteristic: .curve("LIFT"))), status: .closed))
        network.controls = [
            Control(link: "U1", action: .status(.open), trigger: .time(4 * 3600)),
            Control(link: "U1", action: .status(.closed), trigger: .time(10 * 3600 + 900)),
        ]
        for index in network.links.indices.prefix(12) {
            guard var pipe = network.links[index].pipe else { continue }
            pipe.leakage = PipeLeakage(areaPerLength: 1e-7, expansionPerLength: 1e-9)
            network.links[index].kind = .pipe(pipe)
        }
        return network
    }

    private func states(_ network: Network) throws -> [Simulation.Step] {
        let simulation = try Simulation(of: network)
        #expect(simulation.isConverged)
        #expect(simulation.steps.map(\.time) == (0...24).map { $0 * 3600 })
        return simulation.steps
    }

    /// Heads of two runs, node by node.
    private func compare(
        _ network: Network, _ one: [Simulation.Step], _ two: [Simulation.Step], _ bar: Double, _ note: String,
        place: (Int) -> Int? = { $0 }
    ) throws {
        for (a, b) in zip(one, two) {
            for (index, node) in network.nodes.enumerated() {
                let there = try #require(place(index), "\(node.id)")
                let here = try #require(a.state.heads[index]), other = try #require(b.state.heads[there])
                #expect(abs(here - other) < bar, "\(note), \(node.id) at \(a.time) s: \(here) and \(other) m")
            }
        }
    }

    @Test("names, order and direction of drawing change nothing", arguments: 1...6)
    func relabelling(seed: Int) throws {
        var network = Self.town(seed: UInt64(seed))
        // A pump cannot be drawn the other way: the shuffling must leave it. It is put back below.
        let (other, name) = RandomNetworks.rewritten(network, seed: UInt64(seed) &* 77)
        var turned = other
        for index in turned.links.indices where turned.links[index].pump != nil {
            turned.links[index].start = Node.ID(name("WELL"))
            turned.links[index].end = Node.ID(name("N12"))
        }
        network.keptSections = []
        let one = try states(network), two = try states(turned)
        let place = turned.nodeIndex(), links = turned.linkIndex()
        try compare(network, one, two, level, "seed \(seed)") { place[Node.ID(name(network.nodes[$0].id.name))] }
        for (a, b) in zip(one, two) {
            for (index, link) in network.links.enumerated() {
                let there = try #require(links[link.id])
                let sign: Double = turned.links[there].start.name == name(link.start.name) ? 1 : -1
                // Less than the level's error over the slope of the widest pipe, 300 m²/s a metre.
                #expect(abs(a.state.flows[index] - sign * b.state.flows[there]) < 1e-4, "seed \(seed), \(link.id) at \(a.time) s")
            }
        }
    }

    @Test("without tanks the whole day is the same to the bars of each solve", arguments: 1...4)
    func relabellingWithoutTanks(seed: Int) throws {
        var network = Self.town(seed: UInt64(seed))
        network.nodes.removeAll { $0.tank != nil }
        network.links.removeAll { $0.id.name.hasPrefix("to") || $0.pump != nil }
        network.controls = [
            Control(link: "P3", action: .status(.closed), trigger: .time(4 * 3600)),
            Control(link: "P3", action: .status(.open), trigger: .clockTime(9 * 3600)),
        ]
        let (turned, name) = RandomNetworks.rewritten(network, seed: UInt64(seed) &* 31)
        let one = try states(network), two = try states(turned)
        let place = turned.nodeIndex()
        try compare(network, one, two, head, "seed \(seed)") { place[Node.ID(name(network.nodes[$0].id.name))] }
    }

    @Test(
        "the same network in any unit gives the same day",
        arguments: ["GPM", "CFS", "MGD", "IMGD", "AFD", "LPM", "MLD", "CMH", "CMD", "CMS"])
    func units(unit: String) throws {
        let network = Self.town(seed: 3)
        var foreign = network
        foreign.hydraulics.flowUnit = unit
        foreign.hydraulics.pressureUnit = ["GPM", "CFS", "MGD", "IMGD", "AFD"].contains(unit) ? "PSI" : "BAR"
        let text = try INP.text(of: foreign, file: "foreign.inp")
        var read = try INP.parse(text.text, file: "foreign.inp")
        read.hydraulics.accuracy = network.hydraulics.accuracy
        let place = read.nodeIndex()
        #expect(text.text.contains(unit))
        let one = try states(network), two = try states(read)
        try compare(network, one, two, level, unit) { place[network.nodes[$0].id] }
    }

    @Test("a pipe divided in two, and a leak of nothing along it, change nothing")
    func division() throws {
        let network = Self.town(seed: 5)
        var divided = network
        divided.leaks = [Leak(place: .pipe("P8", fraction: 0.37), coefficient: 1e-15, exponent: 0.5)]
        let one = try states(network), two = try states(divided)
        // Background leakage of the pipe moves a little along it.
        try compare(network, one, two, 2e-2, "divided")
        // Of a pipe without leakage of its own, nothing at all.
        let plain = try #require(network.links.last { $0.pipe != nil && $0.pipe?.leakage == nil && !$0.id.name.hasPrefix("to") })
        divided.leaks = [Leak(place: .pipe(plain.id, fraction: 0.37), coefficient: 1e-15, exponent: 0.5)]
        try compare(network, one, try states(divided), level, "divided without leakage")
    }

    @Test("the same run twice gives the same bytes")
    func repetition() throws {
        let network = Self.town(seed: 2)
        let one = try Simulation(of: network), two = try Simulation(of: network)
        #expect(one.total == two.total && one.zones == two.zones && one.energy == two.energy)
        #expect(one.steps.map(\.state.heads) == two.steps.map(\.state.heads))
        #expect(one.steps.map(\.state.flows) == two.steps.map(\.state.flows))
    }
}
