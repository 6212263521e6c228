// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterModel

@Suite("Random networks with valves, pumps, emitters: what is called converged obeys the devices' own rules")
struct DeviceTests {
    /// EPANET's tolerance of a change of status, 5e-4 ft, twice. [m]
    private let statusHead = 2 * 5e-4 * 0.3048
    /// EPANET's tolerance of a reversed flow, 1e-4 ft³/s. [m³/s]
    private let statusFlow = 1e-4 * 0.028316846592

    /// A grid of which some pipes have become valves, check valves and pumps.
    static func network(seed: UInt64) -> Network {
        var network = RandomNetworks.grid(seed: seed, size: 5, formula: .hazenWilliams)
        var random = Seeded(state: seed &* 31 &+ 7)
        network.curves = [
            Curve(id: "PUMP", use: .pumpHead, points: [Point(x: 0.03, y: 20)]),
            Curve(id: "LOSS", use: .headLoss, points: [Point(x: 0, y: 0), Point(x: 0.01, y: 2), Point(x: 0.05, y: 30)]),
        ]
        var held: Set<Node.ID> = []
        for k in network.links.indices where random.number(0, 1) < 0.25 {
            let link = network.links[k]
            guard link.start.name.hasPrefix("N"), link.end.name.hasPrefix("N") else { continue }
            func valve(_ kind: Valve.Kind, _ setting: Double, curve: Curve.ID? = nil) -> Link.Kind {
                .valve(Valve(kind: kind, diameter: 0.15, setting: setting, minorLoss: 2, curve: curve))
            }
            // Valves that hold a head keep their distance from each other, as the reader demands.
            let isFree = !held.contains(link.start) && !held.contains(link.end)
            switch random.index(8) {
            case 0 where isFree: network.links[k].kind = valve(.pressureReducing, random.number(20, 60))
            case 1 where isFree: network.links[k].kind = valve(.pressureSustaining, random.number(20, 60))
            case 2: network.links[k].kind = valve(.flowControl, random.number(0.001, 0.01))
            case 3: network.links[k].kind = valve(.throttleControl, random.number(1, 200))
            case 4: network.links[k].kind = valve(.generalPurpose, 0, curve: "LOSS")
            case 5: network.links[k].kind = valve(.positionalControl, random.number(5, 100))
            case 6: network.links[k].kind = .pump(Pump(characteristic: .curve("PUMP"), speed: random.number(0.3, 1.1)))
            default:
                guard var pipe = link.pipe else { continue }
                pipe.hasCheckValve = true
                network.links[k].kind = .pipe(pipe)
            }
            if case .valve(let valve) = network.links[k].kind {
                network.links[k].status = .active
                if [.pressureReducing, .pressureSustaining].contains(valve.kind) { held.formUnion([link.start, link.end]) }
            }
        }
        for i in 0..<25 where random.number(0, 1) < 0.2 {
            guard var junction = network.nodes[i].junction else { continue }
            junction.emitter = Emitter(coefficient: random.number(1e-5, 5e-4))
            network.nodes[i].kind = .junction(junction)
        }
        if seed % 2 == 0 { network.hydraulics.demandModel = .pressureDriven(PressureLimits(minimum: 2, required: 20, exponent: 0.5)) }
        network.hydraulics.emitterBackflow = seed % 3 != 0
        return network
    }

    @Test("mass, energy, and the rule of each device hold in every solution that is called converged")
    func devices() throws {
        var converged = 0
        for seed in 1...120 {
            let solved = try NetworkUnderTest(Self.network(seed: UInt64(seed)))
            let state = solved.state, network = solved.network
            #expect(state.heads.allSatisfy { $0?.isFinite ?? true } && state.flows.allSatisfy(\.isFinite), "seed \(seed)")
            guard state.verdict.isConverged else { continue }
            converged += 1
            let index = network.nodeIndex()
            var balance = state.demands.map { -$0 }
            for (k, link) in network.links.enumerated() {
                guard let i = index[link.start], let j = index[link.end] else { continue }
                balance[i] -= state.flows[k]
                balance[j] += state.flows[k]
                guard let from = state.heads[i], let to = state.heads[j] else {
                    #expect(state.flows[k] == 0, "seed \(seed), \(link.id): flow in a part without source")
                    continue
                }
                check(link, state.statuses[k], state.flows[k], from, to, network, "seed \(seed), \(link.id) \(state.statuses[k])")
            }
            // The mass bar is 1e-9 of a throughput of some 0.1 m³/s.
            #expect(balance.allSatisfy { abs($0) < 1e-9 }, "seed \(seed)")
            for (i, node) in network.nodes.enumerated() {
                guard let junction = node.junction, let head = state.heads[i] else { continue }
                checkOutflow(
                    junction, state.demands[i] - state.leakage[i], state.leakage[i], head - node.elevation, network,
                    "seed \(seed), \(node.id)")
            }
        }
        // What cannot be settled must be told, but it should be rare.
        #expect(converged >= 108, "\(converged) of 120 converged")
    }

    private func check(
        _ link: Link, _ status: LinkStatus, _ flow: Double, _ from: Double, _ to: Double, _ network: Network, _ note: Comment
    ) {
        if status.isClosed {
            #expect(flow == 0, note)
            if link.pipe?.hasCheckValve == true { #expect(from - to < statusHead, note) }
            if case .pump(let pump) = link.kind { #expect(to - from > pump.speed * pump.speed * 80 / 3 - statusHead, note) }
            return
        }
        switch link.kind {
        case .pipe(let pipe):
            if pipe.hasCheckValve { #expect(flow > -statusFlow, note) }
            if abs(flow) > 1e-6 { #expect(abs(from - to - RandomNetworks.loss(pipe, flow, .hazenWilliams)) < Bar.head, note) }
        case .pump(let pump):
            // One point (30 L/s, 20 m): shutoff 80/3 m, falling by 20/3 m at the point.
            let lift = pump.speed * pump.speed * 80 / 3 - 20.0 / 3 * flow * abs(flow) / 9e-4
            #expect(abs(to - from - lift) < 2 * Bar.head, note)
        case .valve(let valve):
            let open = Formula.localLoss(abs(flow), diameter: 0.15, k: 2) * (flow < 0 ? -1 : 1)
            let elevation = network.nodeIndex()
            let start = elevation[link.start].map { network.nodes[$0].elevation } ?? 0
            let end = elevation[link.end].map { network.nodes[$0].elevation } ?? 0
            switch (valve.kind, status) {
            case (.pressureReducing, .active):
                #expect(abs(to - end - valve.setting) < Bar.head && flow > -statusFlow && from - to > open - statusHead, note)
            case (.pressureSustaining, .active):
                #expect(abs(from - start - valve.setting) < Bar.head && flow > -statusFlow && from - to > open - statusHead, note)
            case (.flowControl, .active):
                #expect(abs(flow - valve.setting) < Bar.flow && from - to > open - statusHead, note)
            case (.flowControl, _):
                #expect(flow < valve.setting + statusFlow, note)
                #expect(abs(from - to - open) < 2e-5, note)
            case (.pressureReducing, _), (.pressureSustaining, _):
                // Below EPANET's smallest slope an open valve's loss is linear.
                #expect(abs(from - to - open) < 2e-5, note)
            case (.throttleControl, _):
                let k = Formula.localLoss(abs(flow), diameter: 0.15, k: valve.setting)
                #expect(abs(abs(from - to) - k) < Bar.head, note)
            case (.generalPurpose, _):
                let q = abs(flow)
                #expect(abs(abs(from - to) - (q < 0.01 ? 200 * q : 2 + 700 * (q - 0.01))) < Bar.head, note)
            case (.positionalControl, _):
                let k = Formula.localLoss(abs(flow), diameter: 0.15, k: 2 / pow(valve.setting / 100, 2))
                #expect(abs(abs(from - to) - k) < Bar.head, note)
            case (.pressureBreaker, _): break
            }
        }
    }

    private func checkOutflow(
        _ junction: Junction, _ delivered: Double, _ leakage: Double, _ pressure: Double, _ network: Network, _ note: Comment
    ) {
        let asked = junction.demands.reduce(0) { $0 + $1.baseFlow }
        if case .pressureDriven = network.hydraulics.demandModel, asked > 0 {
            func share(at pressure: Double) -> Double { asked * min(max((pressure - 2) / 18, 0), 1).squareRoot() }
            // Near the lower limit the law is steep: what a head within 1e-5 m gives is all that can be asked.
            let low = share(at: pressure - 1e-5) - 1e-9, high = share(at: pressure + 1e-5) + 1e-9
            #expect(delivered >= low && delivered <= high, note)
        } else {
            #expect(abs(delivered - asked) < 1e-12, note)
        }
        guard let emitter = junction.emitter else {
            #expect(leakage == 0, note)
            return
        }
        if pressure > 0.01 {
            #expect(abs(leakage - emitter.coefficient * pressure.squareRoot()) < 1e-8, note)
        } else if pressure < -0.01 {
            let drawn = network.hydraulics.emitterBackflow ? -emitter.coefficient * (-pressure).squareRoot() : 0
            #expect(abs(leakage - drawn) < 1e-8, note)
        }
    }

    @Test("a cold solve forgets what was solved before: a solver used again answers as a new one", arguments: [3, 5, 8] as [UInt64])
    func coldAfterOther(seed: UInt64) throws {
        let network = Self.network(seed: seed)
        let used = try HydraulicSolver(network)
        let all = BoundaryConditions(of: network, at: 0)
        _ = used.solve(all)
        var some = all
        for k in network.links.indices where k % 5 == 0 || network.links[k].pump != nil { some.statuses[k] = .closed }
        let again = used.solve(some), fresh = try HydraulicSolver(network).solve(some)
        #expect(again.verdict.outcome == fresh.verdict.outcome && again.verdict.iterations == fresh.verdict.iterations)
        // Up to the rounding of another order of elimination. [m³/s]
        for (a, b) in zip(again.flows, fresh.flows) { #expect(abs(a - b) < 1e-12) }
        for k in network.links.indices where some.statuses[k] == .closed && network.links[k].valve == nil { #expect(again.flows[k] == 0) }
    }
}
