// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterModel

@Suite("One pipe, two reservoirs, trees and rings against closed forms")
struct PipeTests {
    static let singlePipes: [(file: String, flow: Double, loss: Double)] = [
        ("single_pipe_hw_lps.inp", 0.02, Formula.hazenWilliams(0.02, length: 1000, diameter: 0.2, c: 120)),
        ("single_pipe_hw_gpm.inp", 0.02, Formula.hazenWilliams(0.02, length: 1000, diameter: 0.2, c: 120)),
        (
            "single_pipe_hw_cmh.inp", 0.02,
            Formula.hazenWilliams(0.02, length: 1000, diameter: 0.2, c: 120) + Formula.localLoss(0.02, diameter: 0.2, k: 10)
        ),
        ("single_pipe_dw_laminar.inp", 1e-4, Formula.hagenPoiseuille(1e-4, length: 1000, diameter: 0.1, viscosity: 1.0065e-6)),
        ("single_pipe_dw_turbulent.inp", 0.02, Formula.swameeJain(0.02, length: 1000, diameter: 0.2, height: 0.26e-3, viscosity: 1e-6)),
        ("single_pipe_cm_cms.inp", 0.02, Formula.manning(0.02, length: 1000, diameter: 0.2, n: 0.012)),
    ]

    @Test("the head loss of one pipe is that of the published formula", arguments: singlePipes.indices)
    func headLoss(index: Int) throws {
        let pipe = Self.singlePipes[index]
        let solved = try NetworkUnderTest(file: pipe.file)
        #expect(solved.state.verdict.isConverged)
        #expect(abs(try solved.head("J") - (50 - pipe.loss)) < Bar.closedForm, "\(pipe.file)")
        #expect(abs(try solved.flow("P") - pipe.flow) < Bar.flow, "\(pipe.file)")
    }

    @Test("between Re 2000 and 4000 the Darcy–Weisbach loss joins the laminar and the turbulent branch and rises")
    func transition() throws {
        func loss(reynolds: Double) throws -> Double {
            let flow = reynolds * 1e-6 * Double.pi * 0.1 / 4 * 1000
            let solved = try NetworkUnderTest(
                """
                [JUNCTIONS]
                J 0 \(flow)
                [RESERVOIRS]
                R 50
                [PIPES]
                P R J 1000 100 0.1
                [OPTIONS]
                UNITS LPS
                HEADLOSS D-W
                VISCOSITY 1e-6
                """)
            return 50 - (try solved.head("J"))
        }
        let laminar = Formula.hagenPoiseuille(2000e-6 * Double.pi * 0.1 / 4, length: 1000, diameter: 0.1, viscosity: 1e-6)
        let turbulent = Formula.swameeJain(4000e-6 * Double.pi * 0.1 / 4, length: 1000, diameter: 0.1, height: 1e-4, viscosity: 1e-6)
        // Dunlop's cubic meets the laminar f = 64/Re = 0.032 and the turbulent branch; his constants are rounded to six digits.
        let rounding = 1e-3
        #expect(abs(try loss(reynolds: 2000.001) / laminar - 1) < rounding)
        #expect(abs(try loss(reynolds: 3999.999) / turbulent - 1) < rounding)
        let losses = try stride(from: 1900.0, through: 4100, by: 100).map { try loss(reynolds: $0) }
        #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("between two reservoirs the flow is that which loses their difference")
    func twoReservoirs() throws {
        let solved = try NetworkUnderTest(file: "two_reservoirs.inp")
        let perFlow = Formula.hazenWilliams(1, length: 1000, diameter: 0.15, c: 110)
        let flow = Formula.hazenWilliamsFlow(30, perFlow: perFlow)
        // A head off by the bar moves the flow by q/(1.852 h) of it.
        let bar = flow / 1.852 / 30 * Bar.head
        #expect(abs(try solved.flow("P1") - flow) < bar)
        #expect(abs(try solved.head("M") - 48) < Bar.head)
        #expect(abs(try solved.outflow("LOW") - flow) < bar)
        #expect(abs(try solved.outflow("HIGH") + flow) < bar)
    }

    @Test("in a tree each flow is the demand beyond it, and heads follow from it")
    func tree() throws {
        let solved = try NetworkUnderTest(file: "tree.inp")
        let flows = ["P1": 16.0, "P2": 3, "P3": 9, "PX": -1.5, "P5": 0, "P6": 5]
        for (name, litres) in flows { #expect(abs(try solved.flow(name) - litres / 1000) < Bar.flow, "\(name)") }
        let c = 120.0
        let a = 60 - Formula.hazenWilliams(0.016, length: 300, diameter: 0.2, c: c)
        let node = a - Formula.hazenWilliams(0.009, length: 250, diameter: 0.15, c: c)
        let expected = [
            "A": a, "B": a - Formula.hazenWilliams(0.003, length: 200, diameter: 0.1, c: c), "C": node,
            "D": node - Formula.hazenWilliams(0.0015, length: 150, diameter: 0.08, c: c), "E": node,
            "F": node - Formula.hazenWilliams(0.005, length: 200, diameter: 0.1, c: c),
        ]
        for (name, head) in expected { #expect(abs(try solved.head(name) - head) < Bar.closedForm, "\(name)") }
    }

    @Test("a ring that is symmetric about its axis carries half in each half")
    func ring() throws {
        let solved = try NetworkUnderTest(file: "ring.inp")
        // Symmetry holds to the stand of the iterations: the change of the last one, squared.
        let bar = 1e-9
        #expect(abs(try solved.flow("L1") - 0.010) < bar)
        #expect(abs(try solved.flow("R1") + 0.010) < bar)
        #expect(abs(try solved.flow("L2") - 0.004) < bar)
        #expect(abs(try solved.head("LEFT") - solved.head("RIGHT")) < Bar.head)
        let top = 50 - Formula.hazenWilliams(0.02, length: 100, diameter: 0.2, c: 120)
        let left = top - Formula.hazenWilliams(0.01, length: 500, diameter: 0.15, c: 120)
        let foot = left - Formula.hazenWilliams(0.004, length: 500, diameter: 0.1, c: 120)
        #expect(abs(try solved.head("FOOT") - foot) < Bar.head)
    }

    @Test("the two-loop design of Alperovits and Shamir keeps its 30 m at every node")
    func twoLoop() throws {
        let solved = try NetworkUnderTest(file: "two_loop.inp")
        #expect(solved.state.verdict.isConverged)
        // EPANET 2.3.5 at accuracy 1e-8; its rounded m³/h moves heads by up to 1 mm.
        let epanet = ["2": 203.2466460, "3": 190.4622484, "4": 198.4490677, "5": 183.8030638, "6": 195.4447994, "7": 190.5520472]
        for (name, head) in epanet {
            #expect(abs(try solved.head(name) - head) < 1e-3, "\(name)")
            #expect(try solved.head(name) - solved.network.nodes[solved.node(name)].elevation > 30, "\(name)")
        }
    }

    @Test("demand patterns, the default pattern and the multiplier act at their time")
    func patterns() throws {
        let network = try NetworkUnderTest(
            """
            [JUNCTIONS]
            A 0 10
            B 0 10 DAY
            C 0 10
            [DEMANDS]
            C 2
            C 3 DAY
            [RESERVOIRS]
            R 50 TIDE
            [PIPES]
            P1 R A 100 200 100
            P2 A B 100 200 100
            P3 B C 100 200 100
            [PATTERNS]
            1 1 0.5
            DAY 2 3 4
            TIDE 1 1.1
            [TIMES]
            PATTERN TIMESTEP 2
            PATTERN START 2
            [OPTIONS]
            UNITS LPS
            DEMAND MULTIPLIER 3
            """
        ).network
        // With a start of 2 h, hour 0 is the second step; hours 2 to 4 are the third.
        let now = BoundaryConditions(of: network, at: 0)
        #expect(zip(now.demands, [0.015, 0.09, 3 * (0.001 + 0.009), 0]).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(now.fixedHeads[3] == 50 * 1.1)
        let later = BoundaryConditions(of: network, at: 7200)
        #expect(zip(later.demands, [0.03, 0.12, 3 * (0.002 + 0.012), 0]).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(later.fixedHeads[3] == 50)
    }
}
