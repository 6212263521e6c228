// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("Tanks in time against closed forms")
struct TanksInTimeTests {
    /// The bar of the field: a millimetre at steps of an hour. [m]
    private let millimetre = 1e-3
    /// A tenth of the bar of the field: a step ends at the level that stops it. [m]
    private let slack = 1e-4
    private let hour = 3600.0

    /// A tank, 10 m across, empties through 1000 m of pipe to a lower reservoir.
    private let draining = """
        [JUNCTIONS]
        A 0 0
        [RESERVOIRS]
        LOW 10
        [TANKS]
        T 10 9 0 10 10
        [PIPES]
        P1 T A 500 200 100
        P2 A LOW 500 200 100
        [TIMES]
        DURATION 12:00
        [OPTIONS]
        UNITS LPS
        """
    private let area10 = Double.pi * 25
    private let resistance = Formula.hazenWilliams(1, length: 1000, diameter: 0.2, c: 100)

    @Test("a tank that drains through a pipe follows dh/dt = −q(h)/A at steps of an hour")
    func draining1h() throws {
        let run = try RunUnderTest(draining)
        #expect(run.isConverged, "\(run.verdicts)")
        #expect(run.reported.count == 13)
        for h in 0...12 {
            let expected = TankFormula.drop(9, resistance: resistance, area: area10, after: Double(h) * hour)
            #expect(abs(try run.level("T", at: Double(h) * hour) - expected) < millimetre, "\(h) h: \(expected) m")
        }
        // What left the tank is what came to the reservoir.
        let lost = area10 * (9 - TankFormula.drop(9, resistance: resistance, area: area10, after: 12 * hour))
        #expect(abs(run.total.returned - lost) < area10 * millimetre)
        #expect(abs(run.total.storage + lost) < area10 * millimetre)
    }

    @Test("with EPANET's constants the tank follows Euler's explicit recursion", arguments: [3600, 600])
    func explicit(step: Int) throws {
        var network = try INP.parse(draining, file: "drain.inp")
        network.times.hydraulicStep = step
        network.times.reportStep = step
        let run = try RunUnderTest(network, constants: .epanet)
        var level = 9.0
        for k in 0...(12 * 3600 / step) {
            // Errors of the solves, 1e-6 m each at most, are damped by the recursion.
            let found = try run.level("T", at: Double(k * step))
            #expect(abs(found - level) < 1e-5, "step \(k): \(found), by recursion \(level)")
            level -= pow(level / resistance, TankFormula.a) * Double(step) / area10
            if level <= 0 { break }
        }
    }

    @Test("two tanks joined by a short pipe settle at their common level and do not swing")
    func linked() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            A 10 0
            [TANKS]
            T1 30 8 0 10 6
            T2 31 2 0 10 9
            [PIPES]
            P1 T1 A 20 400 130
            P2 A T2 20 400 130
            [TIMES]
            DURATION 6:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        // Volume is kept: areas are as 36 to 81.
        let mean = (36 * 38.0 + 81 * 33.0) / 117
        for h in 1...6 {
            #expect(abs(try run.head("T1", at: Double(h) * hour) - mean) < millimetre, "\(h) h")
            #expect(abs(try run.head("T2", at: Double(h) * hour) - mean) < millimetre, "\(h) h")
        }
        // The higher one never falls below the other by more than the error of a step.
        for moment in run.moments {
            let one = try #require(moment.state.heads[run.node("T1")]), two = try #require(moment.state.heads[run.node("T2")])
            #expect(one > two - millimetre)
        }
    }

    @Test("linked tanks under a steady draw fall together")
    func linkedWithDemand() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            A 10 2
            [TANKS]
            T1 30 8 0 10 6
            T2 30 2 0 10 6
            [PIPES]
            P1 T1 A 20 400 130
            P2 A T2 20 400 130
            [TIMES]
            DURATION 6:00
            [OPTIONS]
            UNITS LPS
            """)
        for h in 1...6 {
            let level = 5 - 0.002 * Double(h) * hour / (2 * Double.pi * 9)
            #expect(abs(try run.level("T1", at: Double(h) * hour) - level) < millimetre, "\(h) h")
            #expect(abs(try run.level("T2", at: Double(h) * hour) - level) < millimetre, "\(h) h")
        }
    }

    /// A reservoir at 50 m fills a tank whose rim is at 40 m.
    private func filling(_ overflow: String) -> String {
        """
        [RESERVOIRS]
        R 50
        [TANKS]
        T 30 2 0 10 10 0 * \(overflow)
        [PIPES]
        P R T 1000 200 100
        [TIMES]
        DURATION 24:00
        [OPTIONS]
        UNITS LPS
        """
    }

    @Test("a full tank stops taking water, just when the closed form fills it")
    func full() throws {
        let run = try RunUnderTest(filling("NO"))
        let moment = TankFormula.time(18, to: 10, resistance: resistance, area: area10)
        for h in 0...24 {
            let drop = max(TankFormula.drop(18, resistance: resistance, area: area10, after: Double(h) * hour), 10)
            #expect(abs(try run.level("T", at: Double(h) * hour) - (20 - drop)) < millimetre, "\(h) h")
        }
        let switches = try run.switches(of: "P")
        #expect(switches.count == 1)
        // Inflow there is 25 L/s or so: a tenth of a millimetre and the millimetre's error take some seconds.
        #expect(abs(try #require(switches.first) - moment) < millimetre * area10 / 0.02)
        #expect(try run.flow("P", at: 24 * hour) == 0)
        #expect(abs(run.total.storage - 8 * area10) < slack * area10)
        #expect(run.total.overflow == 0)
    }

    @Test("a tank that may overflow stands full and spills what flows in")
    func overflow() throws {
        let run = try RunUnderTest(filling("YES"))
        let moment = TankFormula.time(18, to: 10, resistance: resistance, area: area10)
        let inflow = pow(10 / resistance, TankFormula.a)
        #expect(abs(try run.flow("P", at: 24 * hour) - inflow) < inflow * 1e-4)
        #expect(abs(try run.level("T", at: 24 * hour) - 10) < slack)
        // Held a tenth of a millimetre low at most: the drop of 10 m, and by it the flow, is off by 1e-5.
        #expect(abs(run.total.overflow - inflow * (24 * hour - moment)) < area10 * millimetre + 1e-5 * inflow * 24 * hour)
        #expect(abs(run.total.storage - 8 * area10) < slack * area10)
        #expect(abs(run.total.closure) < 1e-9)
    }

    @Test("a tank of a volume curve gives the volume that its curve says")
    func volumeCurve() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            J 0 6
            [TANKS]
            T 30 8 0 10 1 0 SHAPE
            [PIPES]
            P T J 100 200 100
            [CURVES]
            SHAPE 0 0
            SHAPE 4 40
            SHAPE 10 400
            [TIMES]
            DURATION 12:00
            [OPTIONS]
            UNITS LPS
            """)
        for h in 0...12 {
            // 10 m² up to 4 m, 60 m² above.
            let volume = 280 - 0.006 * Double(h) * hour
            let level = volume > 40 ? 4 + (volume - 40) / 60 : volume / 10
            #expect(abs(try run.level("T", at: Double(h) * hour) - level) < millimetre, "\(h) h")
        }
        #expect(abs(run.total.storage + 0.006 * 12 * hour) < 1e-6)
    }

    @Test("a volume curve that drains by its own head follows the closed form of each part")
    func volumeCurveThroughPipe() throws {
        let run = try RunUnderTest(
            """
            [RESERVOIRS]
            LOW 30
            [TANKS]
            T 30 9 0 10 1 0 SHAPE
            [PIPES]
            P T LOW 1000 200 100
            [CURVES]
            SHAPE 0 0
            SHAPE 4 200
            SHAPE 10 800
            [TIMES]
            DURATION 10:00
            [OPTIONS]
            UNITS LPS
            """)
        let bend = TankFormula.time(9, to: 4, resistance: resistance, area: 100)
        for h in 0...10 {
            let t = Double(h) * hour
            let level =
                t < bend
                ? TankFormula.drop(9, resistance: resistance, area: 100, after: t)
                : TankFormula.drop(4, resistance: resistance, area: 50, after: t - bend)
            #expect(abs(try run.level("T", at: t) - level) < 2 * millimetre, "\(h) h: \(level) m")
        }
    }
}
