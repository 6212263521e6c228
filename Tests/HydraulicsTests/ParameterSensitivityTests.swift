// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Sensitivities to demand, leaks, roughness, valves and pumps: adjoint, direct, and differences of fresh solves")
struct ParameterSensitivityTests {
    /// A change of a parameter by this share of itself. Central differences are then off by its square, some 1e-7 of the slope, and
    /// by the rounding of heads, 1e-11 m or so, over the change.
    private static let share = 3e-4
    private static let relativeBar = 1e-5
    /// Both ways go back to one matrix: rounding only. [–]
    private static let agreement = 1e-9
    /// What rounding leaves of an answer that is none. [m per unit]
    private static let restOfHead = 1e-12

    private static func tight(_ network: Network) -> Network {
        var network = network
        network.hydraulics.accuracy = 1e-12
        return network
    }

    /// What observations read in a state.
    private static func read(_ observations: [Observation], _ network: Network, _ state: HydraulicState) -> [Double] {
        let nodes = network.nodeIndex(), links = network.linkIndex()
        return observations.map { observation in
            switch observation {
            case .head(let id): nodes[id].flatMap { state.heads[$0] } ?? .nan
            case .flow(let id): links[id].map { state.flows[$0] } ?? .nan
            case .netInflow(let id): nodes[id].map { state.demands[$0] } ?? .nan
            }
        }
    }

    /// The network with a parameter moved by a share of its value, and by how much that is.
    private static func moved(_ network: Network, _ parameter: Parameter, _ share: Double) -> (network: Network, change: Double)? {
        var network = network
        switch parameter {
        case .demand(let id):
            guard let node = network.nodeIndex()[id], var junction = network.nodes[node].junction, !junction.demands.isEmpty else {
                return nil
            }
            let change = share * 0.002
            junction.demands[0].baseFlow += change
            network.nodes[node].kind = .junction(junction)
            return (network, change)
        case .leakCoefficient(let id, let exponent):
            guard let leak = network.leaks.firstIndex(where: { $0.place == .node(id) && $0.exponent == exponent }) else { return nil }
            let change = share * network.leaks[leak].coefficient
            network.leaks[leak].coefficient += change
            return (network, change)
        case .roughness(let id):
            guard let link = network.linkIndex()[id], var pipe = network.links[link].pipe else { return nil }
            let change = share * pipe.roughness
            pipe.roughness += change
            network.links[link].kind = .pipe(pipe)
            return (network, change)
        case .setting(let id):
            guard let link = network.linkIndex()[id], var valve = network.links[link].valve else { return nil }
            let change = share * valve.setting
            valve.setting += change
            network.links[link].kind = .valve(valve)
            return (network, change)
        case .headFactor(let id):
            guard let link = network.linkIndex()[id] else { return nil }
            switch network.links[link].kind {
            case .pump(var pump):
                switch pump.characteristic {
                case .constantPower(let power): pump.characteristic = .constantPower(power * (1 + share))
                case .curve(let curve): pump.characteristic = .curve(scaled(&network, curve, 1 + share))
                }
                network.links[link].kind = .pump(pump)
            case .valve(var valve):
                guard let curve = valve.curve else { return nil }
                valve.curve = scaled(&network, curve, 1 + share)
                network.links[link].kind = .valve(valve)
            case .pipe: return nil
            }
            return (network, share)
        }
    }

    /// A curve of its own: others may share that of the link.
    private static func scaled(_ network: inout Network, _ id: Curve.ID, _ factor: Double) -> Curve.ID {
        guard var curve = network.curves.first(where: { $0.id == id }) else { return id }
        curve.id = Curve.ID(id.name + " of its own")
        for point in curve.points.indices { curve.points[point].y *= factor }
        network.curves.append(curve)
        return curve.id
    }

    /// Checks all pairs; the number of parameters whose change left every status as it was.
    @discardableResult
    private func compare(_ given: Network, _ observations: [Observation], _ parameters: [Parameter], _ note: String) throws -> Int {
        let network = Self.tight(given)
        func solve(_ network: Network) throws -> (HydraulicSolver, HydraulicState) {
            let solver = try HydraulicSolver(network)
            return (solver, solver.solve(BoundaryConditions(of: network, at: 0)))
        }
        let (solver, base) = try solve(network)
        #expect(base.verdict.isConverged, "\(note): \(base.verdict)")
        let adjoint = try #require(solver.sensitivities(of: observations, to: parameters), "\(note)")
        // Those of roughness and of outflow from the same back-solves are the same numbers.
        let pipes = network.links.indices.filter { network.links[$0].pipe != nil }
        let together = try #require(solver.sensitivities(of: observations, andRoughnessOf: pipes), "\(note)")
        let apart = try #require(
            solver.sensitivities(of: observations, to: pipes.map { .roughness(network.links[$0].id) }), "\(note)")
        #expect(together.toRoughness == apart && together.toOutflow == solver.sensitivities(of: observations), "\(note)")
        let some = Array(network.nodes.indices.reversed().prefix(3))
        #expect(solver.sensitivities(of: observations, at: some) == together.toOutflow.map { row in some.map { row[$0] } }, "\(note)")
        let direct = try #require(solver.responses(to: parameters), "\(note)")
        let nodes = network.nodeIndex(), links = network.linkIndex()
        var compared = 0
        for (p, parameter) in parameters.enumerated() {
            // Adjoint and direct, relative to the largest answer to this parameter.
            let both: [(Double, Double)] = observations.enumerated().map { o, observation in
                let other: Double
                switch observation {
                case .head(let id): other = nodes[id].map { direct[p].heads[$0] } ?? .nan
                case .flow(let id): other = links[id].map { direct[p].flows[$0] } ?? .nan
                case .netInflow(let id):
                    other = network.links.enumerated().reduce(0) { sum, link in
                        sum + (link.element.end == id ? direct[p].flows[link.offset] : 0)
                            - (link.element.start == id ? direct[p].flows[link.offset] : 0)
                    }
                }
                return (adjoint[o][p], other)
            }
            let ofDevice =
                switch parameter {
                case .setting, .headFactor: true
                default: false
                }
            for (o, pair) in both.enumerated() {
                let isHead = if case .head = observations[o] { true } else { false }
                let scale =
                    both.enumerated().filter { if case .head = observations[$0.offset] { isHead } else { !isHead } }
                    .map { abs($0.element.0) }.max() ?? 0
                #expect(
                    abs(pair.0 - pair.1) <= Self.agreement * scale + (isHead && ofDevice ? Self.restOfHead : 1e-15),
                    "\(note): \(observations[o]) to \(parameter): adjoint \(pair.0), direct \(pair.1)")
            }
            guard let up = Self.moved(network, parameter, Self.share), let down = Self.moved(network, parameter, -Self.share) else {
                Issue.record("\(note): \(parameter) cannot be moved")
                continue
            }
            let (_, higher) = try solve(up.network), (_, lower) = try solve(down.network)
            guard higher.statuses == base.statuses, lower.statuses == base.statuses else { continue }
            compared += 1
            let high = Self.read(observations, network, higher), low = Self.read(observations, network, lower)
            for (o, observation) in observations.enumerated() {
                let difference = (high[o] - low[o]) / (2 * up.change)
                // Rounding of heads near 70 m and of flows near 0.05 m³/s, over the change.
                let rounding = if case .head = observation { 1e-10 } else { 1e-12 }
                #expect(
                    abs(adjoint[o][p] - difference) < Self.relativeBar * abs(difference) + rounding / abs(up.change),
                    "\(note): \(observation) to \(parameter): \(adjoint[o][p]), by difference \(difference)")
            }
        }
        return compared
    }

    /// A grid with leaks of several laws.
    private static func grid(_ seed: UInt64, _ formula: HeadLossFormula) -> Network {
        var network = RandomNetworks.grid(seed: seed, size: 5, formula: formula)
        for (k, node) in ["N2", "N9", "N13", "N22"].enumerated() {
            network.leaks.append(Leak(place: .node(Node.ID(node)), coefficient: 1e-4, exponent: [0.5, 0.7, 1, 1.5][k]))
        }
        network.leaks[3].coefficient = 2e-6
        return network
    }
    private static let observations: [Observation] = [
        .head("N3"), .head("N12"), .head("N24"), .flow("P0"), .flow("P11"), .flow("P20"), .netInflow("R1"), .netInflow("R2"),
    ]
    private static let leaks: [Parameter] = [
        .leakCoefficient("N2", exponent: 0.5), .leakCoefficient("N9", exponent: 0.7), .leakCoefficient("N13", exponent: 1),
        .leakCoefficient("N22", exponent: 1.5),
    ]

    @Test("pipes of each formula, with leaks", arguments: [HeadLossFormula.hazenWilliams, .darcyWeisbach, .chezyManning], 1...3)
    func formulas(formula: HeadLossFormula, seed: Int) throws {
        let parameters: [Parameter] =
            ["N0", "N7", "N12", "N18", "N24"].map { .demand($0) } + Self.leaks
            + ["P0", "P3", "P11", "P17", "P20", "P25"].map { .roughness($0) }
        let compared = try compare(
            Self.grid(UInt64(seed), formula), Self.observations, parameters, "\(formula.rawValue), seed \(seed)")
        #expect(compared == parameters.count, "no status can change among open pipes")
    }

    @Test("pressure-driven demands, emitters and leaks answer to the heads that change")
    func pressureDriven() throws {
        for seed in 1...4 {
            var network = Self.grid(UInt64(seed), .hazenWilliams)
            // A required pressure above all there is: every demand lies on the slope of its law.
            network.hydraulics.demandModel = .pressureDriven(PressureLimits(minimum: 0, required: 100, exponent: 0.6))
            for node in [5, 14] {
                guard var junction = network.nodes[node].junction else { continue }
                junction.emitter = Emitter(coefficient: 2e-4, exponent: node == 5 ? 1.1 : nil)
                junction.pressureLimits = PressureLimits(minimum: 10, required: 90, exponent: 0.5)
                network.nodes[node].kind = .junction(junction)
            }
            // Water that flows in is not driven by pressure, and can be moved both ways.
            for node in [7, 18] { network.nodes[node].kind = .junction(Junction(demands: [Demand(baseFlow: -0.001)])) }
            let parameters: [Parameter] = Self.leaks + ["P0", "P3", "P11", "P20"].map { .roughness($0) } + [.demand("N7"), .demand("N18")]
            let compared = try compare(network, Self.observations, parameters, "PDA, seed \(seed)")
            #expect(compared == parameters.count)
        }
    }

    @Test("a network with a reducing, a sustaining and a flow valve at work, a tank and an emitter", arguments: [false, true])
    func valves(pressureDriven: Bool) throws {
        var network = try INP.read(Places.networks + "mains_with_valves.inp")
        // The leak at K below draws it down: a lower setting keeps the sustaining valve at work.
        for index in network.links.indices where network.links[index].id == "PS" {
            network.links[index].kind = .valve(Valve(kind: .pressureSustaining, diameter: 0.1, setting: 36))
        }
        // A flow valve on the way from C to a new junction.
        network.nodes.append(Node(id: "M", elevation: 12, kind: .junction(Junction(demands: [Demand(baseFlow: 0.001)]))))
        network.links.append(
            Link(id: "FC", start: "C", end: "M", kind: .valve(Valve(kind: .flowControl, diameter: 0.1, setting: 0.002)), status: .active))
        network.links.append(
            Link(id: "PM", start: "M", end: "F", kind: .pipe(Pipe(length: 300, diameter: 0.1, roughness: 110)), status: .open))
        for (node, exponent) in [("B", 0.5), ("G", 1.2), ("E", 0.5), ("K", 1)] {
            network.leaks.append(Leak(place: .node(Node.ID(node)), coefficient: 2e-5, exponent: exponent))
        }
        if pressureDriven {
            network.hydraulics.demandModel = .pressureDriven(PressureLimits(minimum: 0, required: 80, exponent: 0.5))
            for (k, node) in network.nodes.enumerated() where ["A", "H"].contains(node.id.name) {
                network.nodes[k].kind = .junction(Junction(demands: [Demand(baseFlow: -0.0005)]))
            }
        }
        let solved = try NetworkUnderTest(Self.tight(network))
        for name in ["PR", "PS", "FC"] { #expect(try solved.status(name) == .active, "\(name) \(solved.state.heads)") }
        let observations: [Observation] =
            ["A", "B", "C", "D", "E", "F", "G", "H", "K", "L", "M"].map { .head($0) }
            + ["P1", "P5", "P6", "P8", "P11", "P12", "PM", "PR", "PS", "FC"].map { .flow($0) } + [.netInflow("T"), .netInflow("R")]
        let demands = pressureDriven ? ["A", "H"] : ["A", "B", "D", "F", "G", "H", "L", "M"]
        let parameters: [Parameter] =
            demands.map { .demand(Node.ID($0)) }
            + [
                .leakCoefficient("B", exponent: 0.5), .leakCoefficient("G", exponent: 1.2), .leakCoefficient("E", exponent: 0.5),
                .leakCoefficient("K", exponent: 1),
            ] + ["P1", "P3", "P6", "P7", "P8", "P10", "P11", "P12", "PM"].map { .roughness($0) }
            + ["PR", "PS", "FC"].map { .setting($0) }
        let compared = try compare(network, observations, parameters, pressureDriven ? "valves, PDA" : "valves")
        #expect(compared == parameters.count)
    }

    @Test("valves that share a node, in a row either way")
    func sharedNode() throws {
        let network = try INP.parse(
            """
            [JUNCTIONS]
            A 0 2
            M 0 1
            D 0 0.5
            E 0 3
            K 0 1
            X 0 0.5
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
        let solved = try NetworkUnderTest(Self.tight(network))
        for name in ["PS", "PR", "PQ"] { #expect(try solved.status(name) == .active, "\(name)") }
        let nodes = ["A", "M", "D", "E", "K", "X", "Y", "Z"]
        let pipes = ["P1", "P2", "P3", "P4", "P5", "P6", "P7"]
        let parameters: [Parameter] =
            nodes.map { .demand(Node.ID($0)) } + pipes.map { .roughness(Link.ID($0)) }
            + ["PS", "PR", "PQ"].map { .setting($0) }
        let compared = try compare(
            network, nodes.map { .head(Node.ID($0)) } + (pipes + ["PS", "PR", "PQ"]).map { .flow(Link.ID($0)) } + [.netInflow("S")],
            parameters, "shared node")
        #expect(compared == parameters.count)
    }

    @Test("random networks with every kind of valve, pumps, check valves and emitters")
    func devices() throws {
        var compared = 0
        for seed in stride(from: UInt64(1), through: 79, by: 2) {
            var network = DeviceTests.network(seed: seed)
            for (node, exponent) in [("N6", 0.5), ("N17", 0.9)] {
                network.leaks.append(Leak(place: .node(Node.ID(node)), coefficient: 5e-5, exponent: exponent))
            }
            let solved = try NetworkUnderTest(Self.tight(network))
            // Only where something holds a head or a flow: plain pipes are looked at above.
            guard solved.state.verdict.isConverged, solved.state.heads.allSatisfy({ $0 != nil }),
                zip(network.links, solved.state.statuses).contains(where: { link, status in
                    status == .active && [.pressureReducing, .pressureSustaining, .flowControl].contains(link.valve?.kind)
                })
            else { continue }
            let valves = network.links.filter { $0.valve != nil }.map { Observation.flow($0.id) }
            let pipes = network.links.filter { $0.pipe != nil }.map(\.id)
            let junctions = ["N0", "N3", "N11", "N16", "N23"].filter { name in
                network.nodes.first { $0.id.name == name }?.junction?.demands.first?.baseFlow ?? 0 > 0
            }
            compared += try compare(
                network, [.head("N1"), .head("N8"), .head("N13"), .head("N21"), .netInflow("R1")] + valves.prefix(6),
                junctions.map { .demand(Node.ID($0)) }
                    + [.leakCoefficient("N6", exponent: 0.5), .leakCoefficient("N17", exponent: 0.9)]
                    + [pipes[1], pipes[6], pipes[12]].map { .roughness($0) }
                    + network.links.compactMap { link in
                        if link.pump != nil || link.valve?.kind == .generalPurpose { return .headFactor(link.id) }
                        return link.valve == nil || link.valve?.kind == .positionalControl ? nil : .setting(link.id)
                    }, "devices, seed \(seed)")
        }
        #expect(compared >= 100, "\(compared)")
    }
}
