// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing
import WaterLoss
import WaterModel

@Suite("Exponent of leakage from a step test")
struct PressureStepTests {
    /// Steps of a zone with 1 l/s of use and 5 l/s of leakage at 50 m.
    static func steps(
        exponent: Double, pressures: [Double] = [55, 48, 41, 34, 27, 20], noise: Double = 0, random: RandomNumbers? = nil,
        use: Double = 1e-3
    ) -> [PressureStepTest.Step] {
        pressures.map { pressure in
            let truth = use + 5e-3 * pow(pressure / 50, exponent)
            let read = truth * (1 + noise * (random?.normal() ?? 0))
            return .init(
                pressure: Estimate(pressure, standardDeviation: 0.3), inflow: Estimate(read, standardDeviation: max(noise, 1e-4) * read))
        }
    }

    @Test("without noise the exponent comes back", arguments: [0.5, 0.8, 1.14, 1.5, 2.3])
    func exact(exponent: Double) throws {
        let test = try PressureStepTest(Self.steps(exponent: exponent), legitimateUse: Estimate(1e-3), prior: nil)
        // The pressures' deviation does not move the centre.
        #expect(abs(test.exponent.value - exponent) < 1e-6)
        #expect(agrees(test.leakage.value, 5e-3 * pow(test.referencePressure / 50, exponent), relative: 1e-6))
        #expect(test.priorShare == 0)
    }

    @Test("the 95 % interval holds the exponent in 93 to 97 % of 1,000 tests with noise and an uncertain use")
    func coverage() throws {
        let random = try RandomNumbers(seed: 11)
        var inside = 0
        for _ in 0..<1000 {
            // Of the field's sectors, as the prior has it.
            let exponent = random.normal(mean: 1.14, standardDeviation: 0.5)
            let use = random.normal(mean: 1e-3, standardDeviation: 1.5e-4)
            let pressures = [55.0, 45, 35, 25].map { $0 }
            var steps = Self.steps(exponent: exponent, pressures: pressures, noise: 0.02, random: random, use: use)
            for index in steps.indices { steps[index].pressure.value += 0.3 * random.normal() }
            let test = try PressureStepTest(steps, legitimateUse: Estimate(1e-3, standardDeviation: 1.5e-4))
            if test.exponent.low95 <= exponent, exponent <= test.exponent.high95 { inside += 1 }
        }
        #expect((930...970).contains(inside), "\(inside)")
    }

    @Test("a step during which somebody filled a tank does not turn the result")
    func outlier() throws {
        let random = try RandomNumbers(seed: 4)
        var steps = Self.steps(exponent: 1.2, pressures: [55, 50, 45, 40, 35, 30, 25], noise: 0.01, random: random)
        let clean = try PressureStepTest(steps, legitimateUse: Estimate(1e-3), prior: nil)
        steps[5].inflow.value *= 1.6
        let fouled = try PressureStepTest(steps, legitimateUse: Estimate(1e-3), prior: nil)
        #expect(fouled.weights[5] < 0.05)
        #expect(abs(fouled.exponent.value - clean.exponent.value) < 0.1)
        #expect(fouled.exponent.low95 < 1.2 && 1.2 < fouled.exponent.high95)
    }

    @Test("two close steps lean on the field's sectors, and say so")
    func prior() throws {
        let steps = Self.steps(exponent: 2.5, pressures: [50, 44], noise: 0.03)
        let test = try PressureStepTest(steps, legitimateUse: Estimate(1e-3, standardDeviation: 2e-4))
        #expect(test.priorShare > 0.3)
        #expect(test.exponent.value > 1.14 && test.exponent.value < 2.5)
        #expect(test.exponent.standardDeviation < 0.5)
    }

    @Test("steps that carry nothing are refused with the reason")
    func refused() {
        let use = Estimate(1e-3)
        #expect(throws: PressureStepTest.Refusal.tooFewSteps(1)) {
            try PressureStepTest(Self.steps(exponent: 1, pressures: [50]), legitimateUse: use)
        }
        #expect(throws: PressureStepTest.Refusal.pressuresTooClose(ratio: 0.96)) {
            try PressureStepTest(Self.steps(exponent: 1, pressures: [50, 48]), legitimateUse: use)
        }
        #expect(throws: PressureStepTest.Refusal.useExceedsInflow) {
            try PressureStepTest(Self.steps(exponent: 1), legitimateUse: Estimate(4e-3))
        }
        #expect(throws: PressureStepTest.Refusal.notNumbers) {
            try PressureStepTest(Self.steps(exponent: 1, pressures: [50, -10]), legitimateUse: use)
        }
    }
}

@Suite("Use and parts of the night flow")
struct NightUseTests {
    @Test("SANFLOW: 6 % of 10,000 people and 10 l make 6 m³/h; 20 small users at 50 l/h make 1 m³/h")
    func sanflow() {
        #expect(agrees(LegitimateNightUse.households(population: 10_000).value * 3600, 6, relative: 1e-12))
        #expect(agrees(LegitimateNightUse.smallUsers(20).value * 3600, 1, relative: 1e-12))
    }

    @Test("a user known by itself is taken off, and classes count by their own figures")
    func exceptional() throws {
        let town = InventedZone()
        var assumptions = ZoneAssumptions()
        let meters = (0..<100).map { Meter(id: .init("m\($0)"), customerClass: $0 < 80 ? .residential : .commercial) }
        let plain = try ZoneNightFlow.analyse(zone: town.zone, inflow: try town.inflow(), meters: meters)
        #expect(agrees(plain.legitimateNightUse.value * 3600, 0.8 * 1.9 + 0.2 * 5.2, relative: 1e-9))
        assumptions.nightUseByClass[.commercial] = Estimate(10e-3 / 3600)
        let known = try ZoneNightFlow.analyse(
            zone: town.zone, inflow: try town.inflow(), meters: meters,
            exceptional: [ExceptionalUse(name: "hospital", flow: Estimate(0.5e-3, margin95: 0.1e-3))], assumptions: assumptions)
        #expect(agrees(known.legitimateNightUse.value * 3600, 0.8 * 1.9 + 0.2 * 10 + 1.8, relative: 1e-9))
        #expect(agrees(known.nightLeakage.value, known.minimumNightFlow.value - known.legitimateNightUse.value, relative: 1e-12))
        #expect(known.varianceShares.contains { $0.input == "night_use_of_hospital" })
    }

    @Test("background at the night's pressure: 20 l/h a km and 1.25 l/h a connection at 50 m, with P^1.5 (BABE)")
    func background() throws {
        let leakage = Estimate(3e-3, standardDeviation: 1e-4)
        let parts = try #require(
            NightLeakageParts(
                leakage: leakage, mainsLength: 12_000, connections: 1_000, pressure: 32,
                condition: .factor(Estimate(1.5, standardDeviation: 0.2))))
        // (20·12 + 1.25·1000) l/h · 0.64^1.5 = 1,490 · 0.512
        #expect(agrees(parts.unavoidable * 3.6e6, 1_490 * 0.512, relative: 1e-12))
        #expect(agrees(parts.background.value, 1.5 * parts.unavoidable, relative: 1e-12))
        #expect(agrees(parts.excess.value, 3e-3 - 1.5 * parts.unavoidable, relative: 1e-12))
        let unknown = try #require(NightLeakageParts(leakage: leakage, mainsLength: 12_000, connections: 1_000, pressure: 32))
        #expect(agrees(unknown.background.low95, unknown.unavoidable, relative: 1e-12))
        #expect(agrees(unknown.background.high95, 3e-3, relative: 1e-12))
        // N1 of 1.1 on rigid pipes: six tenths.
        let step = try #require(
            NightLeakageParts(leakage: leakage, mainsLength: 12_000, connections: 1_000, pressure: 32, condition: .exponent(Estimate(1.1))))
        #expect(agrees(step.background.value, 0.6 * 3e-3, relative: 1e-12))
        #expect(NightLeakageParts(leakage: leakage, mainsLength: nil, connections: 1_000, pressure: 32) == nil)
    }
}
