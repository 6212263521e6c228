// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Parts without a source, and honest verdicts")
struct IslandTests {
    @Test("parts behind closed pipes have no head, are named, and the rest is solved")
    func islands() throws {
        let solved = try NetworkUnderTest(file: "islands.inp")
        #expect(solved.state.verdict.outcome == .demandWithoutSource)
        #expect(Set(solved.state.verdict.isolatedNodes.map(\.name)) == ["B", "C", "D"])
        for name in ["B", "C", "D"] { #expect(try solved.state.heads[solved.node(name)] == nil) }
        #expect(try solved.outflow("B") == 0)
        #expect(try solved.flow("P3") == 0)
        #expect(abs(try solved.head("A") - (50 - Formula.hazenWilliams(0.005, length: 300, diameter: 0.15, c: 110))) < Bar.head)
        #expect(solved.state.verdict.massResidual < 1e-12)
    }

    @Test("an island without demand is named but is no fault, and neither its emitters nor its leaks give anything")
    func islandWithoutDemand() throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            A 10 5
            D 10 0
            E 10 0
            [RESERVOIRS]
            R 50
            [PIPES]
            P1 R A 300 150 110
            P2 A D 300 150 110 0 CLOSED
            P3 D E 300 150 110
            [EMITTERS]
            E 0.5
            [LEAKAGE]
            P3 10 1
            [OPTIONS]
            UNITS LPS
            """)
        #expect(solved.state.verdict.outcome == .converged)
        #expect(solved.state.verdict.isolatedNodes.map(\.name) == ["D", "E"])
        #expect(solved.state.demands.dropFirst().prefix(2).allSatisfy { $0 == 0 })
        #expect(try solved.state.leakage[solved.node("E")] == 0)
        #expect(try solved.state.leakage[solved.node("D")] == 0)
    }

    @Test("a part that only a check valve could feed, against its direction, has no source")
    func behindCheckValve() throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            A 10 5
            B 10 3
            [RESERVOIRS]
            R 50
            [PIPES]
            P1 R A 300 150 110
            P2 B A 300 150 110 0 CV
            [OPTIONS]
            UNITS LPS
            """)
        #expect(solved.state.verdict.outcome == .demandWithoutSource)
        #expect(solved.state.verdict.isolatedNodes.map(\.name) == ["B"])
    }

    @Test("a network without demand stands still")
    func nothingFlows() throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            A 10 0
            B 10 0
            C 10 0
            [RESERVOIRS]
            R 50
            [PIPES]
            P1 R A 300 150 110
            P2 A B 300 150 110
            P3 B C 300 150 110
            P4 C A 300 150 110
            [OPTIONS]
            UNITS LPS
            """)
        #expect(solved.state.verdict.isConverged)
        #expect(solved.state.heads.allSatisfy { abs(($0 ?? 0) - 50) < Bar.head })
        // Heads near 50 m carry rounding of 1e-11 m, which over a pipe's slope at no flow is some 1e-8 m³/s around the ring.
        #expect(solved.state.flows.allSatisfy { abs($0) < 1e-7 })
        #expect(abs(try solved.flow("P1")) < Bar.flow)
    }

    @Test("a network of impossible numbers ends in a verdict, without NaN among the heads")
    func impossibleNumbers() throws {
        for (demand, length, diameter) in [
            ("1e90", "1000", "100"), ("10", "1e90", "1e-3"), ("10", "1e-90", "1e90"), ("1e9", "1", "1e-9"),
        ] {
            let solved = try NetworkUnderTest(
                """
                [JUNCTIONS]
                A 10 \(demand)
                B 10 1
                [RESERVOIRS]
                R 50
                [PIPES]
                P1 R A \(length) \(diameter) 110
                P2 A B 100 100 110
                P3 R B 100 100 110
                [OPTIONS]
                UNITS LPS
                """)
            #expect(solved.state.heads.allSatisfy { $0?.isFinite ?? true })
            if solved.state.verdict.isConverged { #expect(solved.state.verdict.energyResidual <= 1e-6) }
        }
    }

    @Test("networks that no equations can be written for are refused with the element's name")
    func refused() throws {
        var network = Network()
        #expect(throws: HydraulicError.self) { try HydraulicSolver(network) }
        network.nodes = [
            Node(id: "R", elevation: 50, kind: .reservoir(Reservoir())), Node(id: "J", elevation: 10, kind: .junction(Junction())),
        ]
        let pipe = Pipe(length: 100, diameter: 0.1, roughness: 100)
        network.links = [Link(id: "P", start: "R", end: "X", kind: .pipe(pipe), status: .open)]
        do {
            _ = try HydraulicSolver(network)
            Issue.record("a link to nowhere was taken")
        } catch {
            #expect(error.description.contains("'P'") && error.description.contains("'X'"))
        }
        network.links = [Link(id: "P", start: "R", end: "J", kind: .pipe(Pipe(length: 0, diameter: 0.1, roughness: 100)), status: .open)]
        #expect(throws: HydraulicError.self) { try HydraulicSolver(network) }
    }

    @Test("a run is solved at each reporting step, with the pattern of the hour")
    func reportingSteps() throws {
        let tree = try INP.read(Places.networks + "tree.inp")
        var day = tree
        day.times.duration = 24 * 3600
        day.patterns = [WaterModel.Pattern(id: "1", multipliers: [1, 0.5])]
        day.hydraulics.defaultPattern = "1"
        let steps = try Simulation(of: day).steps
        #expect(steps.count == 25)
        #expect(steps.map(\.time) == Array(stride(from: 0, through: 86_400, by: 3600)))
        for step in steps { #expect(abs(step.state.flows[0] - 0.016 * (step.time / 3600 % 2 == 0 ? 1 : 0.5)) < Bar.flow) }
    }

    @Test("controls on levels and on the present moment act at the start")
    func controlsAtStart() throws {
        func status(_ control: String) throws -> Link.Status {
            let network = try INP.parse(
                """
                [JUNCTIONS]
                A 10 5
                [RESERVOIRS]
                R 50
                [TANKS]
                T 40 5 0 10 10
                [PIPES]
                P1 R A 300 150 110
                P2 A T 300 150 110
                [CONTROLS]
                LINK P2 CLOSED \(control)
                [TIMES]
                START CLOCKTIME 6 AM
                [OPTIONS]
                UNITS LPS
                """, file: "c.inp")
            return BoundaryConditions(of: network, at: 0).statuses[1]
        }
        for control in ["IF NODE T ABOVE 5", "IF NODE T BELOW 5.5", "AT TIME 0", "AT CLOCKTIME 6 AM"] {
            #expect(try status(control) == .closed, "\(control)")
        }
        for control in ["IF NODE T ABOVE 5.1", "IF NODE T BELOW 4.9", "AT TIME 1", "AT CLOCKTIME 7 AM", "IF NODE T ABOVE 5 DISABLED"] {
            #expect(try status(control) == .open, "\(control)")
        }
    }

    @Test("a full tank takes no more, an empty one gives no more")
    func fullAndEmptyTanks() throws {
        func solve(_ level: Double, _ reservoir: Double, overflow: String = "") throws -> NetworkUnderTest {
            try NetworkUnderTest(
                """
                [JUNCTIONS]
                A 10 5
                [RESERVOIRS]
                R \(reservoir)
                [TANKS]
                T 40 \(level) 1 10 10 0 * \(overflow)
                [PIPES]
                P1 R A 300 150 110
                P2 A T 300 150 110
                [OPTIONS]
                UNITS LPS
                """)
        }
        let full = try solve(10, 70)
        #expect(full.state.verdict.isConverged)
        #expect(try full.status("P2") == .temporarilyClosed && full.flow("P2") == 0)
        let overflowing = try solve(10, 70, overflow: "YES")
        #expect(overflowing.state.verdict.isConverged)
        #expect(try overflowing.flow("P2") > 0.001)
        let empty = try solve(1, 30)
        #expect(empty.state.verdict.isConverged)
        #expect(try empty.status("P2") == .temporarilyClosed && empty.flow("P2") == 0)
        let draining = try solve(10, 30)
        #expect(draining.state.verdict.isConverged)
        #expect(try draining.flow("P2") < -0.001)
        let filling = try solve(1, 70)
        #expect(filling.state.verdict.isConverged)
        #expect(try filling.flow("P2") > 0.001)
    }
}
