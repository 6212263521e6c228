// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Controls on the pressure of a junction")
struct PressureControlTests {
    private let hour = 3600.0
    private let resistance = Formula.hazenWilliams(1, length: 1000, diameter: 0.2, c: 100)

    @Test("a control on a junction's pressure acts within the solve that finds it", arguments: ConstantsMode.allCases)
    func pressure(mode: ConstantsMode) throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 10 10 DAY
            [RESERVOIRS]
            R 50
            S 50
            [PIPES]
            P R J 1000 200 100
            Q S J 1000 200 100 0 CLOSED
            [PATTERNS]
            DAY 1 2 4 1
            [CONTROLS]
            LINK Q OPEN IF NODE J BELOW 25
            LINK Q CLOSED IF NODE J ABOVE 39
            [TIMES]
            DURATION 6:00
            [OPTIONS]
            UNITS LPS
            """, constants: mode.physical)
        #expect(run.isConverged, "\(run.verdicts)")
        func loss(_ flow: Double) -> Double { Formula.hazenWilliams(flow, length: 1000, diameter: 0.2, c: 100) }
        // EPANET's trickle through the closed pipe, 1e-8 m³/s, over a slope of 640 s/m². [m]
        let trickle = mode == .epanet ? 2e-5 : 0
        // 10 L/s leave 38.9 m, 20 L/s 36.2 m, 40 L/s 26.3 m through P alone; a demand of 50 L/s would leave less than 25 m.
        #expect(abs(try run.head("J", at: 2 * hour) - (50 - loss(0.040))) < Bar.head + trickle)
        var network = run.network
        network.patterns[0].multipliers = [1, 2, 5, 2, 0.5]
        let more = try RunUnderTest(network, constants: mode.physical)
        #expect(more.isConverged, "\(more.verdicts)")
        #expect(try more.switches(of: "Q") == [2 * hour, 4 * hour])
        #expect(abs(try more.head("J", at: 2 * hour) - (50 - loss(0.025))) < Bar.head)
        // Two pipes until the pressure passes 39 m.
        #expect(abs(try more.head("J", at: 3 * hour) - (50 - loss(0.010))) < Bar.head)
        #expect(abs(try more.head("J", at: 4 * hour) - (50 - loss(0.005))) < Bar.head)
    }

    @Test("a falling tank lets a junction's pressure pass a control's limit just when the closed form does")
    func pressureBetweenSteps() throws {
        // T falls by 10 L/s over 78.5 m²; J stands a constant loss below it.
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 10 10
            [RESERVOIRS]
            R8 80
            R9 70
            [TANKS]
            T 30 9 0 12 10
            [PIPES]
            P T J 500 150 100
            X R8 R9 1000 200 100
            [CONTROLS]
            LINK X CLOSED IF NODE J BELOW 24
            [TIMES]
            DURATION 12:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        let loss = Formula.hazenWilliams(0.010, length: 500, diameter: 0.15, c: 100)
        let moment = (39 - loss - 34) * Double.pi * 25 / 0.010
        let switches = try run.switches(of: "X")
        try #require(switches.count == 1, "\(switches)")
        #expect(moment > 5000 && moment < 12 * hour)
        // EPANET's tolerance of a head, 0.15 mm, falls in a second or so.
        #expect(abs(switches[0] - moment) < 3, "\(switches), expected \(moment)")
        let through = pow(10 / resistance, TankFormula.a)
        #expect(abs(run.total.returned - through * moment) < through * 3)
    }
}
