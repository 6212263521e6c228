// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Sensitivities to outflows against differences of solves")
struct SensitivityTests {
    /// Central differences with this step: their own error is the third derivative, some 1e-5 of the slope; rounding of heads
    /// adds 1e-12 m over the step. [m³/s]
    private static let step = 2e-6
    private static let relativeBar = 2e-4

    private func compare(_ network: Network, _ observations: [Observation], at nodes: [String], _ note: String = "") throws {
        var tight = network
        tight.hydraulics.accuracy = 1e-8
        let solver = try HydraulicSolver(tight)
        let conditions = BoundaryConditions(of: tight, at: 0)
        let base = solver.solve(conditions)
        #expect(base.verdict.isConverged, "\(note) \(base.verdict)")
        let found = solver.sensitivities(of: observations)
        let answers = try #require(found)
        let index = tight.nodeIndex(), links = tight.linkIndex()
        for name in nodes {
            let node = try #require(index[Node.ID(name)])
            func value(_ change: Double) throws -> [Double] {
                var other = conditions
                other.demands[node] += change
                let fresh = try HydraulicSolver(tight)
                let state = fresh.solve(other)
                #expect(state.statuses == base.statuses, "\(note): the step changes a status")
                return observations.map { observation in
                    switch observation {
                    case .head(let id): (index[id].flatMap { state.heads[$0] }) ?? .nan
                    case .flow(let id): links[id].map { state.flows[$0] } ?? .nan
                    case .netInflow(let id): index[id].map { state.demands[$0] } ?? .nan
                    }
                }
            }
            let up = try value(Self.step), down = try value(-Self.step)
            for (k, observation) in observations.enumerated() {
                let difference = (up[k] - down[k]) / (2 * Self.step)
                // Heads answer by tens to thousands of m per m³/s, flows by parts of one.
                let floor = if case .head = observation { 1e-3 } else { 1e-6 }
                #expect(
                    abs(answers[k][node] - difference) < Self.relativeBar * abs(difference) + floor,
                    "\(note) \(observation) for an outflow at \(name): \(answers[k][node]), by difference \(difference)")
            }
        }
    }

    @Test("heads and flows of looped networks", arguments: [HeadLossFormula.hazenWilliams, .darcyWeisbach, .chezyManning])
    func looped(formula: HeadLossFormula) throws {
        let network = RandomNetworks.grid(seed: 11, size: 5, formula: formula)
        try compare(
            network, [.head("N3"), .head("N12"), .head("N24"), .flow("P4"), .flow("P11"), .netInflow("R1"), .netInflow("R2")],
            at: ["N0", "N7", "N12", "N18", "N24"])
    }

    @Test("heads, flows and a tank's inflow with a reducing and a sustaining valve at work, and an emitter")
    func valves() throws {
        let network = try INP.read(Places.networks + "mains_with_valves.inp")
        let solved = try NetworkUnderTest(network)
        #expect(try solved.status("PR") == .active && solved.status("PS") == .active)
        let nodes = ["A", "B", "C", "D", "E", "F", "G", "H", "K", "L"]
        try compare(
            network,
            nodes.map { .head(Node.ID($0)) } + ["P1", "P5", "P6", "P8", "P11", "P12", "PR", "PS"].map { .flow(Link.ID($0)) }
                + [.netInflow("T"), .netInflow("R")], at: nodes)
    }

    @Test("a reducing valve fed from a reducing valve's zone, and one beside the other")
    func valvesInRow() throws {
        let network = try INP.parse(
            """
            [JUNCTIONS]
            A 0 2
            B 0 0
            C 0 3
            D 0 0
            E 0 2
            F 0 1
            G 0 2
            [RESERVOIRS]
            R 90
            [PIPES]
            P1 R A 500 200 120
            P2 B C 300 150 120
            P3 D E 300 100 120
            P4 F G 300 100 120
            P5 G C 300 100 120
            [VALVES]
            V1 A B 150 PRV 60
            V2 C D 100 PRV 30
            V3 A F 100 PRV 60.2
            [OPTIONS]
            UNITS LPS
            """, file: "row.inp")
        let nodes = ["A", "B", "C", "D", "E", "F", "G"]
        try compare(network, nodes.map { .head(Node.ID($0)) } + ["V1", "V2", "V3", "P5"].map { .flow(Link.ID($0)) }, at: nodes)
    }

    @Test("a reducing and a sustaining valve that share a node, in a row either way")
    func sharedNode() throws {
        // PS holds M, from which PR feeds D; and PQ holds X while PT lets out of the zone that PV feeds.
        let network = try INP.parse(
            """
            [JUNCTIONS]
            A 0 2
            M 0 1
            D 0 0
            E 0 3
            K 0 1
            X 0 0
            Y 0 2
            Z 0 1
            [RESERVOIRS]
            R 90
            S 20
            [PIPES]
            P1 R A 500 200 120
            P2 A M 300 150 120
            P3 D E 300 100 120
            P4 K S 300 100 120
            P5 E X 400 80 120
            P6 Y Z 100 80 120
            P7 Z S 900 80 120
            [VALVES]
            PS M K 150 PSV 85
            PR M D 100 PRV 50
            PQ X Y 100 PSV 40
            [OPTIONS]
            UNITS LPS
            """, file: "shared.inp")
        let solved = try NetworkUnderTest(network)
        for name in ["PS", "PR", "PQ"] { #expect(try solved.status(name) == .active, "\(name)") }
        let nodes = ["A", "M", "D", "E", "K", "X", "Y", "Z"]
        try compare(
            network,
            nodes.map { .head(Node.ID($0)) } + ["PS", "PR", "PQ", "P1", "P2", "P5"].map { .flow(Link.ID($0)) } + [.netInflow("S")],
            at: nodes)
    }

    @Test("random networks with valves, pumps and emitters")
    func randomDevices() throws {
        var compared = 0
        for seed in stride(from: 1, through: 119, by: 2) {
            var network = DeviceTests.network(seed: UInt64(seed))
            network.hydraulics.accuracy = 1e-8
            let solver = try HydraulicSolver(network)
            let conditions = BoundaryConditions(of: network, at: 0)
            let base = solver.solve(conditions)
            let nodes = [3, 12, 21].filter { base.heads[$0] != nil }
            guard base.verdict.isConverged, !nodes.isEmpty else { continue }
            let found = solver.sensitivities(of: nodes.map { .head(network.nodes[$0].id) })
            let answers = try #require(found)
            for node in nodes {
                func slope(_ step: Double) throws -> [Double]? {
                    var heads: [[Double]] = []
                    for change in [step, -step] {
                        var other = conditions
                        other.demands[node] += change
                        let fresh = try HydraulicSolver(network)
                        let state = fresh.solve(other)
                        guard state.statuses == base.statuses else { return nil }
                        heads.append(nodes.map { state.heads[$0] ?? .nan })
                    }
                    return zip(heads[0], heads[1]).map { ($0 - $1) / (2 * step) }
                }
                guard let wide = try slope(4e-6), let narrow = try slope(2e-6) else { continue }
                for k in nodes.indices where abs(wide[k] - narrow[k]) < 1e-4 * abs(narrow[k]) + 1e-3 {
                    compared += 1
                    #expect(
                        abs(answers[k][node] - narrow[k]) < 1e-3 * abs(narrow[k]) + 1e-2,
                        "seed \(seed), head at \(nodes[k]) for an outflow at \(node): \(answers[k][node]), by difference \(narrow[k])")
                }
            }
        }
        #expect(compared > 200, "only \(compared) pairs could be compared")
    }

    @Test("a flow valve passes no effect, a pump and a breaker valve do")
    func otherLinks() throws {
        let network = try INP.parse(
            """
            [JUNCTIONS]
            A 0 2
            B 0 3
            C 0 1
            D 0 2
            E 0 2
            [RESERVOIRS]
            R 30
            S 50
            [PIPES]
            P1 A B 500 150 120
            P2 C S 500 150 120
            P3 C E 300 100 120
            [PUMPS]
            U R A HEAD K
            [VALVES]
            F B C 100 FCV 4
            G C D 100 PBV 5
            [CURVES]
            K 20 40
            [OPTIONS]
            UNITS LPS
            """, file: "links.inp")
        let nodes = ["A", "B", "C", "D", "E"]
        try compare(
            network, nodes.map { .head(Node.ID($0)) } + ["U", "F", "G", "P2"].map { .flow(Link.ID($0)) } + [.netInflow("S")], at: nodes)
    }

    @Test("leaks and pressure-driven demand answer as in the solve")
    func pressureDependent() throws {
        let network = try INP.parse(
            """
            [JUNCTIONS]
            A 10 2
            B 20 3
            C 25 3
            D 15 1
            [RESERVOIRS]
            R 45
            [PIPES]
            P1 R A 500 150 120
            P2 A B 500 100 120
            P3 B C 500 80 120
            P4 C D 500 80 120
            P5 D A 500 100 120
            [LEAKAGE]
            P2 20 1
            P3 0 2
            [OPTIONS]
            UNITS LPS
            DEMAND MODEL PDA
            MINIMUM PRESSURE 0
            REQUIRED PRESSURE 40
            """, file: "pda.inp")
        // An outflow under PDA would itself depend on pressure: impose it as an emitter-free fixed loss through a junction of none.
        var free = network
        free.nodes.append(Node(id: "X", elevation: 0, kind: .junction(Junction())))
        free.links.append(
            Link(
                id: "PX", start: "C", end: "X", kind: .pipe(Pipe(length: 1, diameter: 1, roughness: 140)), status: .open))
        var tight = free
        tight.hydraulics.accuracy = 1e-8
        let solver = try HydraulicSolver(tight)
        let conditions = BoundaryConditions(of: tight, at: 0)
        #expect(solver.solve(conditions).verdict.isConverged)
        let found = solver.sensitivities(of: [.head("C"), .head("A"), .flow("P1")])
        let answers = try #require(found)
        // A negative demand is imposed as it is, so the difference is taken to that side only.
        var inflow = conditions
        let x = tight.nodes.count - 1
        inflow.demands[x] = -1e-6
        let fresh = try HydraulicSolver(tight)
        let base = fresh.solve(conditions), changed = fresh.solve(inflow)
        func fall(_ node: Int) -> Double { (base.heads[node] ?? .nan) - (changed.heads[node] ?? .nan) }
        for (k, difference) in [fall(2), fall(0), base.flows[0] - changed.flows[0]].enumerated() {
            // One-sided: half the second derivative times the step, below 1 % here.
            #expect(abs(answers[k][x] - difference / 1e-6) < 0.01 * abs(difference / 1e-6) + 1e-3, "\(k)")
        }
    }

    @Test("an observation of what does not exist gives no answer")
    func unknown() throws {
        let solver = try HydraulicSolver(try INP.read(Places.networks + "tree.inp"))
        _ = solver.solve(BoundaryConditions(of: solver.network, at: 0))
        #expect(solver.sensitivities(of: [.head("NOWHERE")]) == nil)
        #expect(solver.sensitivities(of: [.flow("NOTHING")]) == nil)
        let none = solver.sensitivities(of: [.head("R")])
        #expect(none?.first?.allSatisfy { $0 == 0 } == true, "a reservoir's head answers to nothing")
    }
}
