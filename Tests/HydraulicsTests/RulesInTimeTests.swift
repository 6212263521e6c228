// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Rules in time: a pipe between two reservoirs that rules open and close")
struct RulesInTimeTests {
    private let hour = 3600.0

    /// T falls from 9 m by 10 L/s over 78.5 m²; T2 rises from nothing by as much; rules are looked at every six minutes.
    private func run(
        _ rules: String, status: String = "OPEN", constants mode: ConstantsMode, times: String = ""
    ) throws -> RunUnderTest {
        try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 10
            J2 0 -10
            [RESERVOIRS]
            R8 80
            R9 70
            [TANKS]
            T 30 9 0 12 10
            T2 30 0 0 10 10
            [PIPES]
            P T J 100 200 100
            P2 J2 T2 100 200 100
            X R8 R9 1000 200 100 0 \(status)
            Y R8 R9 1000 200 100
            [RULES]
            \(rules)
            [TIMES]
            DURATION 12:00
            \(times)
            [OPTIONS]
            UNITS LPS
            """, constants: mode.physical)
    }

    private let area = Double.pi * 25
    /// When T has fallen to a level. [s]
    private func time(of level: Double) -> Double { (9 - level) * area / 0.010 }
    /// The first look at the rules after a moment.
    private func look(after moment: Double, every step: Double = 360) -> Double { (moment / step).rounded(.up) * step }

    @Test("a rule on a level acts at the first look after it holds", arguments: ConstantsMode.allCases)
    func level(mode: ConstantsMode) throws {
        let expected = look(after: time(of: 6))
        #expect(expected == 23_760)
        for relation in ["BELOW", "<", "<="] {
            let rule = "RULE 1\nIF TANK T LEVEL \(relation) 6\nTHEN PIPE X STATUS IS CLOSED"
            #expect(try run(rule, constants: mode).switches(of: "X") == [expected], "\(relation)")
        }
        let fine = try run(
            "RULE 1\nIF TANK T LEVEL BELOW 6\nTHEN PIPE X STATUS IS CLOSED", constants: mode, times: "RULE TIMESTEP 0:01")
        #expect(try fine.switches(of: "X") == [look(after: time(of: 6), every: 60)])
        // Grade and pressure of a tank say the same.
        for premise in ["TANK T HEAD BELOW 36", "TANK T PRESSURE BELOW 6", "NODE T GRADE < 36"] {
            let rule = "RULE 1\nIF \(premise)\nTHEN PIPE X STATUS IS CLOSED"
            #expect(try run(rule, constants: mode).switches(of: "X") == [expected], "\(premise)")
        }
    }

    @Test("AND waits for both, OR for one, and AND after a false premise ends the rule", arguments: ConstantsMode.allCases)
    func conjunctions(mode: ConstantsMode) throws {
        func moments(_ premises: String) throws -> [Double] {
            try run("RULE 1\nIF \(premises)\nTHEN PIPE X STATUS IS CLOSED", constants: mode).switches(of: "X")
        }
        #expect(try moments("TANK T LEVEL < 6\nAND SYSTEM TIME >= 8") == [28_800])
        #expect(try moments("SYSTEM TIME >= 3\nAND TANK T LEVEL < 6") == [23_760])
        #expect(try moments("TANK T LEVEL < 6\nOR SYSTEM TIME >= 2") == [7200])
        #expect(try moments("SYSTEM TIME >= 8\nOR TANK T LEVEL < 6") == [23_760])
        // Strictly later than eight hours.
        #expect(try moments("SYSTEM TIME > 8") == [29_160])
        // From the left: a false one before AND ends it, whatever OR would say.
        #expect(try moments("TANK T LEVEL > 20\nAND TANK T LEVEL > 0\nOR SYSTEM TIME >= 2").isEmpty)
        #expect(try moments("TANK T LEVEL > 20\nOR SYSTEM TIME >= 2\nAND TANK T LEVEL < 6") == [23_760])
    }

    @Test("ELSE acts where the premises do not hold", arguments: ConstantsMode.allCases)
    func otherwise(mode: ConstantsMode) throws {
        let between = "RULE 1\nIF TANK T LEVEL < 7\nAND TANK T LEVEL > 6\nTHEN PIPE X STATUS IS CLOSED\nELSE PIPE X STATUS IS OPEN"
        #expect(try run(between, constants: mode).switches(of: "X") == [look(after: time(of: 7)), look(after: time(of: 6))])
        // From the first look on.
        let shut = "RULE 1\nIF SYSTEM TIME > 5\nTHEN PIPE X STATUS IS OPEN\nELSE PIPE X STATUS IS CLOSED"
        #expect(try run(shut, constants: mode).switches(of: "X") == [360, 18_360])
    }

    @Test("the higher priority wins, and the first rule among equals", arguments: ConstantsMode.allCases)
    func priority(mode: ConstantsMode) throws {
        func moments(_ first: String, _ second: String) throws -> [Double] {
            try run(
                """
                RULE 1
                IF SYSTEM TIME >= 2
                THEN PIPE X STATUS IS CLOSED
                \(first)
                RULE 2
                IF SYSTEM TIME >= 4
                THEN PIPE X STATUS IS OPEN
                \(second)
                """, constants: mode
            ).switches(of: "X")
        }
        #expect(try moments("PRIORITY 1", "PRIORITY 5") == [7200, 14_400])
        #expect(try moments("PRIORITY 5", "PRIORITY 1") == [7200])
        #expect(try moments("PRIORITY 3", "PRIORITY 3") == [7200])
        #expect(try moments("", "") == [7200])
        #expect(try moments("PRIORITY 5\nDISABLED", "PRIORITY 1").isEmpty)
    }

    @Test("TIME = acts once, at the first look from that time on", arguments: ConstantsMode.allCases)
    func timeEquals(mode: ConstantsMode) throws {
        func moments(_ time: String) throws -> [Double] {
            try run(
                "RULE 1\nIF SYSTEM TIME = \(time)\nTHEN PIPE X STATUS IS CLOSED\nRULE 2\nIF SYSTEM TIME = 9\nTHEN PIPE X STATUS IS OPEN",
                constants: mode
            ).switches(of: "X")
        }
        #expect(try moments("5") == [18_000, 32_400])
        #expect(try moments("5:03") == [18_360, 32_400])
        let clock = try run(
            "RULE 1\nIF SYSTEM CLOCKTIME >= 6 PM\nTHEN PIPE X STATUS IS CLOSED", constants: mode, times: "START CLOCKTIME 10 AM")
        #expect(try clock.switches(of: "X") == [8 * hour])
    }

    @Test("drain and fill times are those of the moment", arguments: ConstantsMode.allCases)
    func drainAndFillTime(mode: ConstantsMode) throws {
        // T empties in 19.6 h from the start, so in 14 h after 5.6 h.
        let draining = 9 * area / 0.010 - 14 * hour
        let drain = try run("RULE 1\nIF TANK T DRAINTIME < 14\nTHEN PIPE X STATUS IS CLOSED", constants: mode)
        #expect(try drain.switches(of: "X") == [look(after: draining)])
        let filling = 10 * area / 0.010 - 14 * hour
        let fill = try run("RULE 1\nIF TANK T2 FILLTIME BELOW 14\nTHEN PIPE X STATUS IS CLOSED", constants: mode)
        #expect(try fill.switches(of: "X") == [look(after: filling)])
    }

    @Test("rules see flow, status, demand and pressure of the moment", arguments: ConstantsMode.allCases)
    func quantities(mode: ConstantsMode) throws {
        let closing = "RULE 9\nIF SYSTEM TIME >= 3\nTHEN PIPE Y STATUS IS CLOSED\n"
        for premise in ["PIPE Y STATUS IS CLOSED", "LINK Y FLOW < 1", "PIPE Y STATUS NOT OPEN"] {
            let found = try run("\(closing)RULE 1\nIF \(premise)\nTHEN PIPE X STATUS IS CLOSED", constants: mode)
            // Y closes at three hours; the next look sees it.
            let moment = try #require(try found.switches(of: "X").first, "\(premise)")
            #expect(moment == 3 * hour + 360, "\(premise)")
        }
        for premise in ["JUNCTION J DEMAND > 9", "SYSTEM DEMAND > 9", "JUNCTION J PRESSURE > 10", "RESERVOIR R8 HEAD > 79"] {
            let found = try run("RULE 1\nIF \(premise)\nTHEN PIPE X STATUS IS CLOSED", constants: mode)
            #expect(try found.switches(of: "X") == [360], "\(premise)")
        }
    }

    @Test("rules act in a network without tanks, and count the water of the time that passed", arguments: ConstantsMode.allCases)
    func withoutTanks(mode: ConstantsMode) throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 10
            [RESERVOIRS]
            R8 80
            R9 70
            [PIPES]
            P R8 J 100 200 100
            X R8 R9 1000 200 100
            [RULES]
            RULE 1
            IF SYSTEM TIME >= 2:30
            THEN PIPE X STATUS IS CLOSED
            [TIMES]
            DURATION 5:00
            [OPTIONS]
            UNITS LPS
            """, constants: mode.physical)
        #expect(try run.switches(of: "X") == [9000])
        let through = pow(10 / Formula.hazenWilliams(1, length: 1000, diameter: 0.2, c: 100), 1 / 1.852)
        #expect(abs(run.total.returned - through * 9000) < 1e-4)
        #expect(abs(run.total.consumption - 0.010 * 5 * hour) < 1e-6)
        #expect(abs(run.total.closure) < 1e-9)
    }

    @Test("a rule sets a pump's speed and a valve's setting")
    func settings() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 20
            A 0 0
            B 0 5
            [RESERVOIRS]
            R 10
            S 60
            [PIPES]
            P S A 100 200 100
            [PUMPS]
            U R J HEAD H
            [VALVES]
            V A B 150 PRV 40
            [CURVES]
            H 30 20
            [RULES]
            RULE 1
            IF SYSTEM TIME >= 2
            THEN PUMP U SETTING IS 0.9
            AND VALVE V SETTING IS 25
            [TIMES]
            DURATION 4:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        for (moment, speed, setting) in [(hour, 1.0, 40.0), (3 * hour, 0.9, 25.0)] {
            let head = 10 + speed * speed * 80 / 3 - 20.0 / 3 * pow(0.020 / 0.030, 2)
            #expect(abs(try run.head("J", at: moment) - head) < Bar.head)
            #expect(abs(try run.head("B", at: moment) - setting) < Bar.head)
        }
    }
}
