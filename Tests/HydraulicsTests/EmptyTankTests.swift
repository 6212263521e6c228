// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Tanks that run empty")
struct EmptyTankTests {
    /// A tenth of the bar of the field: a step ends at the level that stops it. [m]
    private let slack = 1e-4
    private let hour = 3600.0

    @Test("an empty tank stops giving, and the lower source takes over")
    func empty() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 5
            [RESERVOIRS]
            LOW 20
            [TANKS]
            T 30 4 1 10 6
            [PIPES]
            P T J 100 200 100
            C LOW J 100 200 100 0 CV
            [TIMES]
            DURATION 8:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        let area = Double.pi * 9
        let moment = 3 * area / 0.005
        for h in 0...8 {
            let expected = max(4 - 0.005 * Double(h) * hour / area, 1)
            #expect(abs(try run.level("T", at: Double(h) * hour) - expected) < 2 * slack, "\(h) h")
        }
        let switches = try run.switches(of: "P")
        #expect(switches.count == 1)
        #expect(abs(try #require(switches.first) - moment) < 2 * slack * area / 0.005)
        #expect(try run.flow("P", at: 8 * hour) == 0)
        #expect(abs(try run.flow("C", at: 8 * hour) - 0.005) < Bar.flow)
    }

    @Test("an empty tank gives nothing through the widest pipe either, where next to no head is lost")
    func emptyThroughWidePipe() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 5
            [RESERVOIRS]
            LOW 20
            [TANKS]
            T 30 2 1 10 6
            [PIPES]
            P T J 10 1000 130
            C LOW J 100 200 100 0 CV
            [TIMES]
            DURATION 8:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        #expect(Formula.hazenWilliams(0.005, length: 10, diameter: 1, c: 130) < 1e-6)
        for h in 0...8 {
            let expected = max(2 - 0.005 * Double(h) * hour / (Double.pi * 9), 1)
            #expect(abs(try run.level("T", at: Double(h) * hour) - expected) < 2 * slack, "\(h) h")
        }
        #expect(try run.flow("P", at: 8 * hour) == 0)
    }

    @Test("where a tank runs dry and nothing else gives, that is told, and the tank fills again when the pump starts")
    func dry() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            A 10 0
            B 12 20
            [RESERVOIRS]
            R 25
            [TANKS]
            T 40 2 0 5 5
            [PIPES]
            P1 A B 500 200 110
            P2 B T 200 200 110
            [PUMPS]
            PU R A HEAD H
            [CURVES]
            H 25 50
            [CONTROLS]
            LINK PU CLOSED AT TIME 0
            LINK PU OPEN AT TIME 4
            [TIMES]
            DURATION 6:00
            [OPTIONS]
            UNITS LPS
            """)
        let area = Double.pi * 6.25
        let dry = 2 * area / 0.020
        let wrong = run.moments.filter { !$0.state.verdict.isConverged }
        #expect(wrong.allSatisfy { $0.state.verdict.outcome == .demandWithoutSource })
        let first = try #require(wrong.first?.time), last = try #require(wrong.last?.time)
        #expect(abs(first - dry) < 2 * slack * area / 0.020 && last == 3 * hour, "\(first), \(dry), \(last)")
        for moment in wrong {
            #expect(try moment.state.heads[run.node("B")] == nil && moment.state.verdict.isolatedNodes == ["A", "B"])
        }
        #expect(try run.level("T", at: 6 * hour) > 1)
        #expect(try run.flow("P2", at: 5 * hour) > 0)
        // What was used is what the tank held and the pump brought; the dry hours are a deficit.
        #expect(abs(run.total.deficit - 0.020 * (4 * hour - first)) < 1e-6)
        #expect(abs(run.total.consumption + run.total.deficit - 0.020 * 6 * hour) < 1e-6)
        #expect(abs(run.total.closure) < 1e-9)
    }
}
