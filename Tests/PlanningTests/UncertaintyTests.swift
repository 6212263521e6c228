// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Testing
import WaterModel

@testable import Planning

@Suite("Monte Carlo over figures")
struct UncertaintyTests {
    /// NPV = 365 q v a − K − O a, with normal q, v and K. [currency]
    private static func values(capital: Double) -> [Double] {
        var figures = Figures()
        func add(_ id: String, _ value: Double, _ margin: Double) -> Int {
            figures.add(id, unit: "", Estimate(value, relativeMargin95: margin), status: .computed, source: "vector")
        }
        let flow = add("q", 3000, 0.25), price = add("v", 0.35, 0.20), cost = add("K", capital, 0.15)
        let annuity = CapitalRecovery.annuity(rate: 0.08, years: 15)
        return figures.draws(20_000, seed: 42).map { draw -> Double in
            (365 * draw[flow] * draw[price] - 60_000) * annuity - draw[cost]
        }.sorted()
    }

    @Test("mean, deviation and percentiles of vector S2")
    func moments() {
        let values = Self.values(capital: 1_200_000)
        // Tolerances of the vector for 20,000 draws: 1 % of the mean, 3 % of the rest.
        let mean: Double = values.reduce(0, +) / 20_000
        #expect(abs(mean / 1_566_851.5 - 1) < 0.01)
        #expect(abs(ProgrammeRisk.deviation(values) / 545_327.2 - 1) < 0.03)
        #expect(abs(ProgrammeRisk.quantile(values, 0.05) / 703_094 - 1) < 0.03)
        #expect(abs(ProgrammeRisk.quantile(values, 0.95) / 2_493_073 - 1) < 0.03)
    }

    @Test("chance of a loss, S3")
    func chanceOfLoss() {
        let values = Self.values(capital: 2_200_000)
        // The vector allows 0.01.
        let share = Double(values.count { $0 < 0 }) / 20_000
        #expect(abs(share - 0.1569) < 0.01)
    }

    @Test("the interval of a skewed cost is that of its draws: never below zero, where ± two deviations would be")
    func skewed() {
        // Prices of one to a thousand, most of them low.
        let draws = (0..<999).map { pow(10, 3 * (Double($0) + 0.5) / 999) }
        let estimate = ProgrammeRisk.estimate(31.6, draws)
        #expect(estimate.value - estimate.margin95 < 0)
        // 2.5 % and 97.5 % of the logarithm's even spread.
        #expect(abs(estimate.low95 / pow(10, 0.075) - 1) < 0.01 && abs(estimate.high95 / pow(10, 2.925) - 1) < 0.01)
    }

    @Test("no cost of a plan reaches below zero, and its worth includes zero where draws lose money", arguments: [0.05, 0.5, 1, 3, 20])
    func worthAndChance(tariff: Double) throws {
        var city = Town.city()
        city.profile.tariff = SourcedValue(tariff, low: 0.5 * tariff, high: 2 * tariff, status: .assumed)
        city.plan.objective = .volumeSaved
        let plan = improvementPlan(for: city, assessment: Town.assessment(), seed: 7, draws: 400)
        for measure in plan.measures { #expect(measure.capital.low95 >= 0, "\(measure.id)") }
        let worth = plan.finance.netPresentValue, chance = try #require(plan.finance.probabilityOfLoss)
        // Between order statistics: one draw of 400.
        if chance < 0.0225 { #expect(worth.low95 > 0) } else if chance > 0.9775 { #expect(worth.high95 < 0) }
        if chance > 0.0275, chance < 0.9725 { #expect(worth.low95 < 0 && worth.high95 > 0) }
        #expect(plan.warnings.contains { $0.contains("net present value includes zero") } == (worth.low95 <= 0 && worth.high95 >= 0))
    }

    @Test("switching value of capital, S4")
    func switchingValue() {
        let annuity = CapitalRecovery.annuity(rate: 0.08, years: 15)
        let yearly: Double = 365 * 3000 * 0.35 - 60_000
        let multiplier = yearly * annuity / 1_200_000
        // Five decimals are printed.
        #expect(abs(multiplier - 2.30571) < 1e-5)
    }

    @Test("difference of two measured volumes, S1")
    func difference() {
        let loss = Estimate(10, relativeMargin95: 0.02) - Estimate(6, relativeMargin95: 0.03)
        #expect(abs(loss.margin95 - 0.269072) < 1e-6 && abs((loss.relativeMargin95 ?? 0) - 0.067268) < 1e-6)
    }

    @Test("the triangular distribution has its mean at a third of the sum of its corners and keeps to its ends")
    func triangular() {
        let values: [Double] = (0..<3000).map { (index: Int) -> Double in
            Figures.triangular((Double(index) + 0.5) / 3000, 28, 79, 264)
        }
        let mean: Double = values.reduce(0, +) / 3000
        let expected: Double = (28 + 79 + 264) / 3
        // Midpoint rule of 3,000 points.
        #expect(abs(mean - expected) < 0.01)
        #expect(values.allSatisfy { $0 >= 28 && $0 <= 264 })
    }

    @Test("leakage without control rises by a share a year and active control holds it")
    func rise() {
        var figures = Figures()
        let rise = figures.add("rise", unit: "", SourcedValue(0.1, status: .assumed))
        let spare = figures.add("spare", unit: "", SourcedValue(0, status: .assumed))
        let effect = figures.add("effect", unit: "", SourcedValue(0.3, status: .assumed))
        let simulation = ProgrammeSimulation(horizon: 5, rise: rise, contingency: spare)
        let control = SizedMeasure(
            id: "a", key: "active_leak_control", target: .realLosses, zone: nil, quantity: 1, unit: "", capital: [],
            effect: .activeControl(effect), life: nil, start: 0, buildYears: 1)
        let outcome = simulation.run([control], losses: .init(real: 100), figures.central)
        // Without: 100, 110, 120, 130, 140. With, from the second year: 0.7 × 110, and no rise after it.
        let expected: [Double] = [0, 33, 43, 53, 63]
        for (saved, expected) in zip(outcome.realSaved, expected) { #expect(abs(saved - expected) < 1e-9) }
    }

    @Test("a meter fleet is bought again at the end of its life and what is left of it is credited")
    func replacement() {
        var figures = Figures()
        let zero = figures.add("zero", unit: "", SourcedValue(0, status: .assumed))
        let price = figures.add("price", unit: "", SourcedValue(100, status: .assumed))
        let life = figures.add("life", unit: "", SourcedValue(4, status: .assumed))
        let simulation = ProgrammeSimulation(horizon: 6, rise: zero, contingency: zero)
        let meters = SizedMeasure(
            id: "m", key: "meter_replacement", target: .apparentLosses, zone: nil, quantity: 1, unit: "", capital: [.rate(1, price)],
            effect: .none, life: life, start: 0, buildYears: 1)
        let outcome = simulation.run([meters], losses: .init(), figures.central)
        #expect(outcome.capital == [100, 0, 0, 0, 0, 0])
        #expect(outcome.operation == [0, 0, 0, 0, 100, 0])
        #expect(outcome.residual == 50)
    }
}
