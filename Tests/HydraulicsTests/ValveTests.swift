// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterModel

@Suite("Valves in each of their regimes")
struct ValveTests {
    /// An open valve without a loss coefficient keeps EPANET's 1e-6 ft per ft³/s: 1.1e-5 s/m² times the flow. [m]
    private let openValve = 1e-6

    private func loss(_ flow: Double) -> Double { Formula.hazenWilliams(flow, length: 400, diameter: 0.15, c: 110) }
    private func flow(losing head: Double, in pipes: Double) -> Double {
        Formula.hazenWilliamsFlow(head, perFlow: pipes * Formula.hazenWilliams(1, length: 400, diameter: 0.15, c: 110))
    }

    @Test("a reducing valve holds its setting, stands open when it cannot reach it, and shuts against a higher head behind it")
    func reducing() throws {
        let solved = try NetworkUnderTest(file: "prv_regimes.inp")
        #expect(solved.state.verdict.isConverged)
        #expect(try solved.status("V1") == .active)
        #expect(try solved.head("B1") == 40)
        #expect(abs(try solved.flow("V1") - 0.010) < Bar.flow)
        #expect(abs(try solved.head("A1") - (80 - loss(0.010))) < Bar.head)
        #expect(abs(try solved.head("C1") - (40 - loss(0.010))) < Bar.head)
        #expect(try !solved.status("V2").isClosed && solved.status("V2") != .active)
        #expect(abs(try solved.head("B2") - (38 - loss(0.010))) < Bar.head + openValve)
        #expect(try solved.status("V3") == .closed)
        #expect(try solved.flow("V3") == 0)
        #expect(abs(try solved.head("A3") - 55) < Bar.head)
        #expect(abs(try solved.head("B3") - (70 - loss(0.004))) < Bar.head)
    }

    @Test("a sustaining valve holds the head before it, and stands open when there is more")
    func sustaining() throws {
        let solved = try NetworkUnderTest(file: "psv_regimes.inp")
        #expect(solved.state.verdict.isConverged)
        #expect(try solved.status("V1") == .active)
        #expect(try solved.head("A1") == 50)
        let held = flow(losing: 10, in: 1)
        #expect(abs(try solved.flow("V1") - held) < held / 10 * Bar.head)
        #expect(abs(try solved.head("B1") - (20 + loss(held))) < Bar.head * 2)
        #expect(try !solved.status("V2").isClosed && solved.status("V2") != .active)
        #expect(abs(try solved.head("A2") - 40) < Bar.head + openValve)
    }

    @Test("a sustaining valve set above what its inlet can reach leaves the water that is drawn behind it (EPANET issue 892)")
    func sustainingAboveInlet() throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            A 180 0
            B 180 0
            C 180 100
            [RESERVOIRS]
            R 250
            [PIPES]
            P1 R A 400 250 100
            P2 B C 400 250 100
            [VALVES]
            V A B 250 PSV 70
            [OPTIONS]
            UNITS CMH
            """)
        #expect(solved.state.verdict.isConverged)
        let one = Formula.hazenWilliams(100.0 / 3600, length: 400, diameter: 0.25, c: 100)
        #expect(abs(try solved.head("A") - (250 - one)) < Bar.head)
        #expect(abs(try solved.head("C") - (250 - 2 * one)) < Bar.head + openValve)
    }

    @Test("a flow valve holds its flow, and stands open when it cannot")
    func flowControl() throws {
        let solved = try NetworkUnderTest(file: "fcv_regimes.inp")
        #expect(solved.state.verdict.isConverged)
        #expect(try solved.status("V1") == .active)
        #expect(abs(try solved.flow("V1") - 0.005) < Bar.flow)
        #expect(abs(try solved.head("A1") - (60 - loss(0.005))) < Bar.head)
        #expect(abs(try solved.head("B1") - (20 + loss(0.005))) < Bar.head)
        #expect(try solved.status("V2") == .cannotDeliverFlow)
        let open = flow(losing: 40, in: 2)
        #expect(abs(try solved.flow("V2") - open) < open / 40 * (Bar.head + openValve))
    }

    @Test("a flow valve that alone feeds a larger demand stands open")
    func flowControlWithoutAnotherSource() throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            A 10 0
            B 10 8
            [RESERVOIRS]
            R 60
            [PIPES]
            P R A 400 150 110
            [VALVES]
            V A B 150 FCV 5
            [OPTIONS]
            UNITS LPS
            """)
        #expect(solved.state.verdict.isConverged)
        #expect(try solved.status("V") == .cannotDeliverFlow)
        #expect(abs(try solved.flow("V") - 0.008) < Bar.flow)
        #expect(abs(try solved.head("B") - (60 - loss(0.008))) < Bar.head + openValve)
    }

    @Test("breaker, throttle, general and positional valves lose what their law says at 15 L/s")
    func losses() throws {
        let solved = try NetworkUnderTest(file: "loss_valves.inp")
        #expect(solved.state.verdict.isConverged)
        #expect(abs(try solved.head("A1") - 48) < Bar.head + openValve)
        #expect(abs(try solved.head("A2") - (60 - Formula.localLoss(0.015, diameter: 0.15, k: 50))) < Bar.head)
        #expect(abs(try solved.head("A3") - (60 - 9)) < Bar.head)
        // Half open: 20 % of the full coefficient by the curve, 50 % without one; K grows as the inverse square.
        #expect(abs(try solved.head("A4") - (60 - Formula.localLoss(0.015, diameter: 0.15, k: 4 / 0.04))) < Bar.head)
        #expect(abs(try solved.head("A5") - (60 - Formula.localLoss(0.015, diameter: 0.15, k: 4 / 0.25))) < Bar.head)
        for name in ["V1", "V2", "V4", "V5"] { #expect(try solved.status(name) == .active) }
        // EPANET's word for one that follows its loss curve.
        #expect(try solved.status("V3") == .open)
    }

    @Test("a breaker valve whose open loss is larger than its setting loses the open loss")
    func breakerOpen() throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            J 10 15
            [RESERVOIRS]
            R 60
            [VALVES]
            V R J 150 PBV 1 200
            [OPTIONS]
            UNITS LPS
            """)
        #expect(solved.state.verdict.isConverged)
        #expect(abs(try solved.head("J") - (60 - Formula.localLoss(0.015, diameter: 0.15, k: 200))) < Bar.head)
    }

    @Test("a valve whose status is fixed is an open or a closed link, whatever its kind", arguments: ["PRV", "PSV", "FCV", "TCV", "PBV"])
    func fixedStatus(kind: String) throws {
        func solve(_ status: String) throws -> NetworkUnderTest {
            try NetworkUnderTest(
                """
                [JUNCTIONS]
                A 10 0
                B 10 2
                [RESERVOIRS]
                R 60
                S 40
                [PIPES]
                P R A 400 150 110
                Q B S 400 150 110
                [VALVES]
                V A B 150 \(kind) 3 10
                [STATUS]
                V \(status)
                [OPTIONS]
                UNITS LPS
                """)
        }
        let closed = try solve("CLOSED")
        #expect(closed.state.verdict.isConverged)
        #expect(try closed.flow("V") == 0)
        #expect(abs(try closed.head("A") - 60) < Bar.head)
        #expect(abs(try closed.head("B") - (40 - loss(0.002))) < Bar.head)
        let open = try solve("OPEN")
        #expect(open.state.verdict.isConverged)
        let through = try open.flow("V")
        #expect(through > 0)
        #expect(
            abs(try open.head("A") - open.head("B") - Formula.localLoss(through, diameter: 0.15, k: 10)) < Bar.head,
            "an open valve keeps its own loss coefficient")
    }

    @Test("a check valve passes water one way only")
    func checkValve() throws {
        let solved = try NetworkUnderTest(file: "check_valve.inp")
        #expect(solved.state.verdict.isConverged)
        #expect(try solved.status("FORTH") == .open)
        #expect(try solved.status("BACK") == .closed)
        #expect(try solved.flow("BACK") == 0)
        #expect(abs(try solved.flow("FORTH") - 0.010) < Bar.flow)
        let a = 60 - Formula.hazenWilliams(0.010, length: 300, diameter: 0.15, c: 110)
        #expect(abs(try solved.head("A") - a) < Bar.head)
        #expect(abs(try solved.head("B") - (a - Formula.hazenWilliams(0.005, length: 300, diameter: 0.15, c: 110))) < Bar.head)
    }
}
