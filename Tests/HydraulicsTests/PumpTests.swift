// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterModel

@Suite("Pumps of every kind")
struct PumpTests {
    @Test("each kind of pump lifts 15 L/s by what its curve says, and one against too much head stands still")
    func kinds() throws {
        let solved = try NetworkUnderTest(file: "pumps.inp")
        #expect(solved.state.verdict.isConverged)
        // One point (20 L/s, 40 m): shutoff 4/3 of it, zero head at twice the flow.
        let shutoff = 160.0 / 3
        let fall = 40.0 / 3 * 0.75 * 0.75
        #expect(abs(try solved.head("A1") - (20 + shutoff - fall)) < Bar.head)
        // Three points (0, 60), (20, 50), (40, 20): n = ln(40/10)/ln 2 = 2, h = 60 − 10 (q/20)².
        #expect(abs(try solved.head("A2") - 74.375) < Bar.head)
        // Four points: straight between 10 and 20 L/s.
        #expect(abs(try solved.head("A3") - 71) < Bar.head)
        // 10 kW: P/(ρ g q).
        let lift = 10_000 / (1000 * Formula.g * 0.015)
        #expect(abs(try solved.head("A4") - (20 + lift)) < Bar.head)
        // Affinity laws at 0.8: ω² H0 − r q² (n = 2: no ω in the second term).
        #expect(abs(try solved.head("A5") - (20 + 0.64 * shutoff - fall)) < Bar.head)
        #expect(try solved.status("U6") == .cannotDeliverHead)
        #expect(try solved.flow("U6") == 0)
        #expect(abs(try solved.head("A6") - 100) < Bar.head)
    }

    @Test("a constant-power pump between reservoirs lifts what its power allows", arguments: [0.01, 1, 100])
    func constantPowerBetweenReservoirs(kilowatts: Double) throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            J 0 0
            [RESERVOIRS]
            LOW 10
            HIGH 60
            [PIPES]
            P J HIGH 500 300 120
            [PUMPS]
            U LOW J POWER \(kilowatts)
            [OPTIONS]
            UNITS LPS
            """)
        #expect(solved.state.verdict.isConverged)
        let flow = try solved.flow("U")
        let lift = kilowatts * 1000 / (1000 * Formula.g * flow)
        #expect(abs(lift - (50 + Formula.hazenWilliams(flow, length: 500, diameter: 0.3, c: 120))) < Bar.head)
    }

    @Test("a constant-power pump into a dead end is not given a head without end")
    func constantPowerIntoDeadEnd() throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            J 10 0
            K 10 0
            [RESERVOIRS]
            R 20
            [PIPES]
            P J K 100 100 100
            [PUMPS]
            U R J POWER 10
            [OPTIONS]
            UNITS LPS
            """)
        let finite = solved.state.heads.compactMap { $0 }.allSatisfy { abs($0) < 1e4 }
        #expect(finite || !solved.state.verdict.isConverged, "\(solved.state.heads)")
        #expect(solved.state.flows.allSatisfy { $0.isFinite })
    }

    @Test("two equal pumps side by side share the flow, two in a row share the lift")
    func parallelAndSeries() throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            A 10 20
            B 10 0
            C 10 10
            [RESERVOIRS]
            R 20
            [PUMPS]
            U1 R A HEAD K
            U2 R A HEAD K
            S1 R B HEAD K
            S2 B C HEAD K
            [CURVES]
            K 20 40
            [OPTIONS]
            UNITS LPS
            """)
        #expect(solved.state.verdict.isConverged)
        let lift: Double = 50  // 160/3 − 40/3 · ½²
        #expect(abs(try solved.flow("U1") - 0.010) < 1e-9)
        #expect(abs(try solved.flow("U2") - 0.010) < 1e-9)
        #expect(abs(try solved.head("A") - (20 + lift)) < Bar.head)
        #expect(abs(try solved.head("C") - (20 + 2 * lift)) < 2 * Bar.head)
    }

    @Test("a pump that was off in the last solve runs again in a warm one", arguments: ["HEAD K", "POWER 10"])
    func warmRestart(kind: String) throws {
        let network = try NetworkUnderTest(
            """
            [JUNCTIONS]
            J 10 0
            [RESERVOIRS]
            R 20
            HIGH 40
            [PIPES]
            P J HIGH 300 200 120
            [PUMPS]
            U R J \(kind)
            [CURVES]
            K 20 40
            [OPTIONS]
            UNITS LPS
            """
        ).network
        let solver = try HydraulicSolver(network)
        let conditions = BoundaryConditions(of: network, at: 0)
        let cold = solver.solve(conditions)
        var off = conditions
        off.statuses[1] = .closed
        let still = solver.solve(off, warm: true)
        #expect(still.verdict.isConverged && still.flows[1] == 0)
        let again = solver.solve(conditions, warm: true)
        #expect(again.verdict.isConverged)
        #expect(cold.flows[1] > 0.001)
        #expect(abs(again.flows[1] - cold.flows[1]) < 1e-9)
    }
}
