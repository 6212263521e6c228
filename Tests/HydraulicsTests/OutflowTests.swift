// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterModel

@Suite("Outflows that depend on pressure: emitters, leaks, pressure-driven demand")
struct OutflowTests {
    /// Laws are met to the solver's energy bar; a pressure off by it moves q by n/p of it.
    private func bar(_ flow: Double, _ exponent: Double, _ pressure: Double) -> Double { flow * exponent / pressure * Bar.head + 1e-12 }

    @Test("an emitter gives C p^n at the pressure that it leaves, and nothing above the water")
    func emitter() throws {
        let solved = try NetworkUnderTest(file: "emitter.inp")
        #expect(solved.state.verdict.isConverged)
        let pressure = try solved.head("J") - 10
        let flow = try solved.outflow("J")
        #expect(abs(flow - 0.0005 * pressure.squareRoot()) < bar(flow, 0.5, pressure))
        #expect(abs(50 - (try solved.head("J")) - Formula.hazenWilliams(flow, length: 500, diameter: 0.1, c: 110)) < Bar.head)
        #expect(try solved.outflow("C") == 0)
        #expect(abs(try solved.flow("Q")) < Bar.flow)
        #expect(abs(try solved.head("C") - solved.head("J")) < Bar.head)
    }

    @Test("emitters with any exponent keep to their law", arguments: [0.3, 0.5, 1.0, 1.18, 1.5, 2.0])
    func exponents(exponent: Double) throws {
        for coefficient in ["0.0001", "0.01", "1"] {
            let solved = try NetworkUnderTest(
                """
                [JUNCTIONS]
                J 10 1
                [RESERVOIRS]
                R 40
                [PIPES]
                P R J 500 150 110
                [EMITTERS]
                J \(coefficient)
                [OPTIONS]
                UNITS LPS
                EMITTER EXPONENT \(exponent)
                """)
            #expect(solved.state.verdict.isConverged, "exponent \(exponent), C \(coefficient): \(solved.state.verdict)")
            let pressure = try solved.head("J") - 10
            let flow = try solved.outflow("J") - 0.001
            let law = try #require(Double(coefficient)) / 1000 * pow(pressure, exponent)
            #expect(abs(flow - law) < bar(law, exponent, pressure), "exponent \(exponent), C \(coefficient): \(flow) m³/s at \(pressure) m")
        }
    }

    @Test("with backflow an emitter above the water draws in what C |p|^n says", arguments: [0.5, 1.5])
    func backflow(exponent: Double) throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            J 60 0
            [RESERVOIRS]
            R 50
            [PIPES]
            P R J 500 100 110
            [EMITTERS]
            J 0.5
            [OPTIONS]
            UNITS LPS
            EMITTER EXPONENT \(exponent)
            BACKFLOW ALLOWED YES
            """)
        #expect(solved.state.verdict.isConverged)
        let pressure = 60 - (try solved.head("J"))
        let flow = try solved.outflow("J")
        #expect(flow < 0)
        #expect(abs(flow + 0.0005 * pow(pressure, exponent)) < bar(-flow, exponent, pressure))
    }

    @Test("a leaking pipe gives 0.6 √(2gp) (A + m p) L/100, all at its free end beside a reservoir")
    func favad() throws {
        let solved = try NetworkUnderTest(file: "favad.inp")
        #expect(solved.state.verdict.isConverged)
        let p = try solved.head("J") - 10
        let area = (100 + 2 * p) * 1e-6 * 500 / 100
        let flow = try solved.outflow("J")
        #expect(abs(flow - 0.6 * (2 * Formula.g * p).squareRoot() * area) < bar(flow, 1.5, p))
        #expect(abs(try solved.state.leakage[solved.node("J")] - flow) < Bar.flow)
    }

    @Test("between junctions each end takes half of a pipe's leaks, a closed pipe leaks too, and metre and foot agree")
    func favadHalves() throws {
        func text(_ units: String, _ mains: Double, _ length: Double, _ head: Double, _ diameter: Double, _ leak: (Double, Double))
            -> String
        {
            """
            [JUNCTIONS]
            A 0 0
            B 0 0
            [RESERVOIRS]
            R \(head)
            S \(head)
            [PIPES]
            P1 R A \(mains) \(diameter) 130
            P2 S B \(mains) \(diameter) 130
            L A B \(length) \(diameter) 130 0 CLOSED
            [LEAKAGE]
            L \(leak.0) \(leak.1)
            [OPTIONS]
            UNITS \(units)
            """
        }
        let metric = try NetworkUnderTest(text("LPS", 10, 1000, 40, 300, (50, 1)))
        let pA = try metric.head("A"), pB = try metric.head("B")
        let share = 0.6 * (2 * Formula.g * pA).squareRoot() * (50 + pA) * 1e-6 * 1000 / 100 / 2
        #expect(abs(try metric.outflow("A") - share) < bar(share, 1.5, pA))
        #expect(abs(try metric.outflow("B") - share) < bar(share, 1.5, pB))
        #expect(try metric.flow("L") == 0)
        // The same holes: A in mm² per 100 ft, m in mm² per ft of head and 100 ft.
        let ft = 0.3048
        let imperial = try NetworkUnderTest(text("GPM", 10 / ft, 1000 / ft, 40 / ft, 0.3 / 0.0254, (50 * ft, ft * ft)))
        #expect(abs(try imperial.outflow("A") - metric.outflow("A")) < bar(share, 1.5, pA))
    }

    @Test("pressure-driven demand: all above the required pressure, Wagner's share between, exactly nothing below")
    func wagner() throws {
        let solved = try NetworkUnderTest(file: "pda_wagner.inp")
        #expect(solved.state.verdict.isConverged)
        #expect(try solved.outflow("FULL") == 0.005)
        let pressure = try solved.head("PART") - 38
        let share = 0.005 * pow((pressure - 5) / 15, 0.7)
        #expect(abs(try solved.outflow("PART") - share) < bar(share, 0.7, pressure - 5))
        #expect(try solved.outflow("DRY") == 0)
        #expect(abs(try solved.flow("P3")) < Bar.flow)
        #expect(solved.state.leakage.allSatisfy { $0 == 0 })
    }

    @Test("a negative demand stays an inflow when demand depends on pressure")
    func inflowUnderPressureDrivenDemand() throws {
        let solved = try NetworkUnderTest(
            """
            [JUNCTIONS]
            A 10 -2
            B 45 5
            [RESERVOIRS]
            R 50
            [PIPES]
            P1 R A 500 100 110
            P2 A B 500 100 110
            [OPTIONS]
            UNITS LPS
            DEMAND MODEL PDA
            MINIMUM PRESSURE 0
            REQUIRED PRESSURE 20
            """)
        #expect(solved.state.verdict.isConverged)
        #expect(try solved.outflow("A") == -0.002)
        let pressure = try solved.head("B") - 45
        let share = 0.005 * (pressure / 20).squareRoot()
        #expect(abs(try solved.outflow("B") - share) < bar(share, 0.5, pressure))
    }

    @Test("pressure-driven demand converges from no pressure to plenty, and never gives more than is asked")
    func wagnerSweep() throws {
        var last = -1.0
        for head in stride(from: 5.0, through: 80, by: 2.5) {
            let solved = try NetworkUnderTest(
                """
                [JUNCTIONS]
                A 10 5
                B 20 5
                C 30 5
                [RESERVOIRS]
                R \(head)
                [PIPES]
                P1 R A 500 100 110
                P2 A B 500 100 110
                P3 B C 500 100 110
                P4 C A 500 80 110
                [OPTIONS]
                UNITS LPS
                DEMAND MODEL PDA
                MINIMUM PRESSURE 3
                REQUIRED PRESSURE 15
                """)
            #expect(solved.state.verdict.isConverged, "at \(head) m: \(solved.state.verdict)")
            let outflows = try ["A", "B", "C"].map { try solved.outflow($0) }
            #expect(outflows.allSatisfy { $0 >= 0 && $0 <= 0.005 })
            let sum = outflows.reduce(0, +)
            #expect(sum >= last - 1e-9, "more head gives no less water")
            last = sum
        }
        #expect(last > 0.01)
    }
}
