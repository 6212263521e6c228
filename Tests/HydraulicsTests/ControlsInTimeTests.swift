// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Patterns and simple controls in time")
struct ControlsInTimeTests {
    private let hour = 3600.0
    private let resistance = Formula.hazenWilliams(1, length: 1000, diameter: 0.2, c: 100)

    @Test("a reservoir follows its pattern, and the heads behind it by the loss of the pipe")
    func reservoirPattern() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 10 DAY
            [RESERVOIRS]
            R 50 LEVELS
            [PIPES]
            P R J 1000 200 100
            [PATTERNS]
            LEVELS 1 0.8 1.2
            DAY 1 1 2
            [TIMES]
            DURATION 8:00
            PATTERN TIMESTEP 2:00
            PATTERN START 2:00
            [OPTIONS]
            UNITS LPS
            """)
        for h in 0...8 {
            // The pattern begins two hours, one multiplier, late.
            let part = (h / 2 + 1) % 3
            let source = 50 * [1, 0.8, 1.2][part]
            let flow = 0.010 * [1, 1, 2][part]
            #expect(abs(try run.head("R", at: Double(h) * hour) - source) < Bar.closedForm)
            let loss = Formula.hazenWilliams(flow, length: 1000, diameter: 0.2, c: 100)
            #expect(abs(try run.head("J", at: Double(h) * hour) - (source - loss)) < Bar.head, "\(h) h")
        }
    }

    @Test("a pump follows the speeds of its pattern by the affinity laws, and stands still at speed zero")
    func pumpPattern() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 20
            [RESERVOIRS]
            R 10
            LOW 8
            [PIPES]
            C LOW J 1000 200 100 0 CV
            [PUMPS]
            B R J HEAD H PATTERN SPEED
            [CURVES]
            H 30 20
            [PATTERNS]
            SPEED 1 0.8 0 1.2
            [TIMES]
            DURATION 4:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        for h in 0...4 {
            let speed = [1, 0.8, 0, 1.2][h % 4]
            // One point: shutoff at 4/3 of 20 m, falling by a third of it at 30 L/s.
            let head =
                speed > 0
                ? 10 + speed * speed * 80 / 3 - 20.0 / 3 * pow(0.020 / 0.030, 2)
                : 8 - Formula.hazenWilliams(0.020, length: 1000, diameter: 0.2, c: 100)
            #expect(abs(try run.head("J", at: Double(h) * hour) - head) < Bar.head, "\(h) h, speed \(speed)")
            #expect(abs(try run.flow("B", at: Double(h) * hour) - (speed > 0 ? 0.020 : 0)) < Bar.flow)
        }
    }

    @Test("demand categories follow a pattern each, and the rest the default one")
    func demandPatterns() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 0
            K 0 3
            [RESERVOIRS]
            R 50
            [PIPES]
            P R J 1000 200 100
            Q J K 1000 200 100
            [DEMANDS]
            J 2 A
            J 1 B
            [PATTERNS]
            1 1 0.5
            A 1 2 3
            B 4 0 1 1
            [TIMES]
            DURATION 12:00
            [OPTIONS]
            UNITS LPS
            DEMAND MULTIPLIER 1.5
            """)
        for h in 0...12 {
            let expected = 1.5e-3 * (2 * [1, 2, 3][h % 3] + [4, 0, 1, 1][h % 4])
            #expect(abs(try run.moment(Double(h) * hour).state.demands[run.node("J")] - expected) < Bar.flow, "\(h) h")
            #expect(abs(try run.flow("Q", at: Double(h) * hour) - 4.5e-3 * [1, 0.5][h % 2]) < Bar.flow, "\(h) h")
        }
    }

    /// A pipe X between two reservoirs that a control opens and closes, beside whatever else.
    private func switching(_ controls: String, times: String) -> String {
        """
        [RESERVOIRS]
        R8 80
        R9 70
        [PIPES]
        X R8 R9 1000 200 100
        [CONTROLS]
        \(controls)
        [TIMES]
        DURATION 48:00
        \(times)
        [OPTIONS]
        UNITS LPS
        """
    }

    @Test("controls on time and on the clock act at their moment, to the second", arguments: ConstantsMode.allCases)
    func moments(mode: ConstantsMode) throws {
        let time = try RunUnderTest(
            switching("LINK X CLOSED AT TIME 2:20:30\nLINK X OPEN AT TIME 7.5", times: ""), constants: mode.physical)
        #expect(try time.switches(of: "X") == [8430, 27_000])
        let clock = try RunUnderTest(
            switching(
                "LINK X CLOSED AT CLOCKTIME 10:15 PM\nLINK X OPEN AT CLOCKTIME 4 AM", times: "START CLOCKTIME 6 AM"),
            constants: mode.physical)
        // 16¼ h after six in the morning, 22 h, and a day later again.
        #expect(try clock.switches(of: "X") == [58_500, 79_200, 144_900, 165_600])
        #expect(abs(try clock.flow("X", at: 0) - pow(10 / resistance, 1 / 1.852)) < 1e-8)
        #expect(try clock.flow("X", at: 58_500) == 0)
    }

    /// Fills through P from 50 m for 12 h, gives 5 L/s thereafter.
    private let tank = """
        [JUNCTIONS]
        J 0 5 LATE
        [RESERVOIRS]
        R 50
        [TANKS]
        T 30 2 0 10 10
        [PIPES]
        P R T 1000 200 100
        Q T J 100 200 100
        [PATTERNS]
        LATE 0 1 1
        [CONTROLS]
        LINK P CLOSED IF NODE T ABOVE 6
        LINK P OPEN IF NODE T BELOW 3
        [TIMES]
        DURATION 30:00
        PATTERN TIMESTEP 24:00
        [OPTIONS]
        UNITS LPS
        """

    @Test("controls on a tank's level act when the closed form reaches it")
    func levels() throws {
        var network = try INP.parse(tank, file: "levels.inp")
        network.times.patternStep = 12 * 3600
        let run = try RunUnderTest(network)
        let area = Double.pi * 25
        let closing = TankFormula.time(18, to: 14, resistance: resistance, area: area)
        let opening = 12 * hour + 3 * area / 0.005
        let switches = try run.switches(of: "P")
        try #require(switches.count >= 2, "\(switches)")
        // Two tenths of a millimetre, for the error of the steps and of the moment that ends one:
        // at 35 and 5 L/s these are some seconds.
        #expect(abs(switches[0] - closing) < 2e-4 * area / 0.035, "\(switches), expected \(closing)")
        #expect(abs(switches[1] - opening) < 2e-4 * area / 0.005, "\(switches), expected \(opening)")
        for h in 7...12 { #expect(abs(try run.level("T", at: Double(h) * hour) - 6) < 1e-3) }
    }

    @Test("with EPANET's constants a level control acts in the whole second that Euler's step gives")
    func explicitLevels() throws {
        var network = try INP.parse(tank, file: "levels.inp")
        network.times.patternStep = 12 * 3600
        let run = try RunUnderTest(network, constants: .epanet)
        let area = Double.pi * 25
        var level = 2.0, time = 0.0
        while level < 6 {
            let inflow = pow((20 - level) / resistance, TankFormula.a)
            let seconds = min(hour, ((6 - level) * area / inflow).rounded())
            level += inflow * seconds / area
            time += seconds
            // Within one second's flow it counts as reached.
            if level + inflow / area >= 6 { break }
        }
        let switches = try run.switches(of: "P")
        #expect(switches.first == time, "\(switches)")
        let opening = try #require(switches.dropFirst().first)
        #expect(abs(opening - (12 * hour + (level - 3) * area / 0.005)) <= 1)
    }

    @Test("reports begin and come when they are asked for, whatever else happens between")
    func reports() throws {
        var network = try INP.parse(tank, file: "levels.inp")
        network.times.reportStart = 5400
        network.times.reportStep = 4500
        network.times.hydraulicStep = 1800
        let simulation = try Simulation(of: network)
        let expected = Array(stride(from: 5400, through: 30 * 3600, by: 4500))
        #expect(simulation.steps.map(\.time) == expected)
        #expect(simulation.isConverged)
        #expect(simulation.balances.map(\.to) == expected.map { Double($0) })
        // Parts sum to the whole up to the last report.
        let stored = simulation.balances.reduce(0) { $0 + $1.balance.storage }
        let last = try #require(simulation.steps.last?.state.heads[2])
        #expect(abs(stored - Double.pi * 25 * (last - 32)) < 1e-6)
    }

    @Test("the same state at every report, whether steps between are short or long")
    func stepIndependence() throws {
        var network = try INP.parse(tank, file: "levels.inp")
        let coarse = try RunUnderTest(network)
        network.times.hydraulicStep = 120
        let fine = try RunUnderTest(network)
        for h in 0...30 {
            // Both are within the error bound of the steps, a fraction of a millimetre, and the slack of the controls.
            #expect(abs(try coarse.level("T", at: Double(h) * hour) - fine.level("T", at: Double(h) * hour)) < 1e-3, "\(h) h")
        }
    }
}
