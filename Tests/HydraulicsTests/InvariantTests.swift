// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("What holds of every solution, on seeded random looped networks")
struct InvariantTests {
    /// A tenth of the relative mass bar of the field page, 1e-9 of a throughput of some 0.1 m³/s. [m³/s]
    private let mass = 1e-11

    @Test(
        "each junction balances and each pipe loses what the formula says",
        arguments: [HeadLossFormula.hazenWilliams, .darcyWeisbach, .chezyManning], [3, 7, 12])
    func balances(formula: HeadLossFormula, size: Int) throws {
        for seed in 1...6 {
            let solved = try NetworkUnderTest(RandomNetworks.grid(seed: UInt64(seed * 100 + size), size: size, formula: formula))
            #expect(solved.state.verdict.isConverged, "seed \(seed): \(solved.state.verdict)")
            let index = solved.network.nodeIndex()
            var balance = solved.state.demands.map { -$0 }
            for (k, link) in solved.network.links.enumerated() {
                let i = try #require(index[link.start]), j = try #require(index[link.end])
                balance[i] -= solved.state.flows[k]
                balance[j] += solved.state.flows[k]
                let pipe = try #require(link.pipe)
                let flow = solved.state.flows[k]
                let reynolds = 4 * abs(flow) / (Double.pi * pipe.diameter * 1.1e-6)
                // Below Re 4000 the formula of the test does not hold; near nothing EPANET's law is linear.
                guard abs(flow) > 1e-6, formula != .darcyWeisbach || reynolds > 4000 else { continue }
                let drop = try #require(solved.state.heads[i]) - #require(solved.state.heads[j])
                #expect(abs(drop - RandomNetworks.loss(pipe, flow, formula)) < Bar.head, "seed \(seed), link \(link.id)")
            }
            #expect(balance.allSatisfy { abs($0) < mass }, "seed \(seed)")
            #expect(solved.state.verdict.massResidual < mass)
        }
    }

    @Test("a looser energy bar is kept and takes fewer steps; heads stray no further than the bars of the links on their way")
    func looserBar() throws {
        var steps = (strict: 0, loose: 0)
        for seed in 1...8 {
            var network = RandomNetworks.grid(seed: UInt64(seed), size: 9, formula: .hazenWilliams)
            let strict = try NetworkUnderTest(network)
            network.hydraulics.headError = 1e-2
            let loose = try NetworkUnderTest(network)
            #expect(loose.state.verdict.isConverged && loose.state.verdict.energyResidual <= 1e-2, "seed \(seed)")
            #expect(strict.state.verdict.energyResidual <= 1e-6)
            steps.strict += strict.state.verdict.iterations
            steps.loose += loose.state.verdict.iterations
            for node in network.nodes {
                #expect(abs(try strict.head(node.id.name) - loose.head(node.id.name)) < 18 * 1e-2, "seed \(seed), \(node.id)")
            }
        }
        #expect(steps.loose < steps.strict)
    }

    @Test("names, order and direction of drawing do not change the heads", arguments: [HeadLossFormula.hazenWilliams, .darcyWeisbach])
    func relabelling(formula: HeadLossFormula) throws {
        for seed in 1...8 {
            let network = RandomNetworks.grid(seed: UInt64(seed), size: 6, formula: formula)
            let (other, name) = RandomNetworks.rewritten(network, seed: UInt64(seed) &* 77)
            let one = try NetworkUnderTest(network), two = try NetworkUnderTest(other)
            #expect(two.state.verdict.isConverged)
            for node in network.nodes {
                #expect(abs(try one.head(node.id.name) - two.head(name(node.id.name))) < Bar.head, "seed \(seed), \(node.id)")
            }
            for link in network.links {
                let there = try other.links[two.link(link.id.name)]
                let sign: Double = there.start.name == name(link.start.name) ? 1 : -1
                #expect(abs(try one.flow(link.id.name) - sign * two.flow(link.id.name)) < 1e-8, "seed \(seed), \(link.id)")
            }
        }
    }

    @Test("a pipe cut in two, or doubled by two of half its conveyance, changes nothing")
    func splitting() throws {
        let network = RandomNetworks.grid(seed: 5, size: 5, formula: .hazenWilliams)
        let whole = try NetworkUnderTest(network)
        var cut = network
        cut.nodes.append(Node(id: "MID", elevation: 5, kind: .junction(Junction())))
        let k = 7
        var pipe = try #require(cut.links[k].pipe)
        pipe.length /= 2
        pipe.minorLoss /= 2
        cut.links[k].kind = .pipe(pipe)
        cut.links.append(Link(id: "REST", start: "MID", end: cut.links[k].end, kind: .pipe(pipe), status: .open))
        cut.links[k].end = "MID"
        let parts = try NetworkUnderTest(cut)
        for node in network.nodes { #expect(abs(try whole.head(node.id.name) - parts.head(node.id.name)) < Bar.head) }
        // Halves of the flow at the same loss: C for each half is half of C.
        var doubled = network
        var half = try #require(network.links[k].pipe)
        half.minorLoss = 0
        var plain = network
        plain.links[k].kind = .pipe(half)
        half.roughness /= 2
        doubled.links[k].kind = .pipe(half)
        doubled.links.append(
            Link(id: "TWIN", start: network.links[k].end, end: network.links[k].start, kind: .pipe(half), status: .open))
        let twins = try NetworkUnderTest(doubled), single = try NetworkUnderTest(plain)
        for node in network.nodes { #expect(abs(try single.head(node.id.name) - twins.head(node.id.name)) < Bar.head) }
        #expect(abs(try twins.flow("TWIN") + twins.state.flows[k]) < 1e-8)
    }

    @Test("the same network gives the same numbers, to the last bit")
    func determinism() throws {
        for file in ["mains_with_valves.inp", "two_loop.inp", "pumps.inp", "pda_wagner.inp"] {
            let one = try NetworkUnderTest(file: file), two = try NetworkUnderTest(file: file)
            #expect(one.state.heads == two.state.heads)
            #expect(one.state.flows == two.state.flows)
            #expect(one.state.statuses == two.state.statuses)
        }
    }

    @Test(
        "a warm start ends where a cold one does", arguments: ["mains_with_valves.inp", "prv_regimes.inp", "pumps.inp", "pda_wagner.inp"])
    func warmStart(file: String) throws {
        let network = try INP.read(Places.networks + file)
        let warm = try HydraulicSolver(network)
        let usual = BoundaryConditions(of: network, at: 0)
        _ = warm.solve(usual)
        for factor in [1.1, 0.6, 1.3, 0.01, 1.0] {
            var conditions = usual
            conditions.demands = usual.demands.map { $0 * factor }
            let cold = try HydraulicSolver(network)
            let one = cold.solve(conditions), two = warm.solve(conditions, warm: true)
            #expect(one.verdict.isConverged && two.verdict.isConverged, "\(factor): \(two.verdict)")
            for (a, b) in zip(one.heads, two.heads) {
                #expect((a == nil) == (b == nil))
                #expect(abs((a ?? 0) - (b ?? 0)) < Bar.head * 5, "\(factor)")
            }
        }
    }

    @Test("from a cut-off part back to the whole, a warm start recovers")
    func warmAfterIsland() throws {
        let network = try INP.read(Places.networks + "islands.inp")
        let solver = try HydraulicSolver(network)
        let cutOff = BoundaryConditions(of: network, at: 0)
        var whole = cutOff
        whole.statuses = whole.statuses.map { _ in .open }
        _ = solver.solve(cutOff)
        let warm = solver.solve(whole, warm: true)
        let fresh = try HydraulicSolver(network)
        let cold = fresh.solve(whole)
        #expect(warm.verdict.isConverged && cold.verdict.isConverged)
        for (a, b) in zip(warm.heads, cold.heads) { #expect(abs((a ?? .nan) - (b ?? .nan)) < Bar.head) }
    }
}
