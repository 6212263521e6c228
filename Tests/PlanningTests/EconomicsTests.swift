// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import Testing
import WaterModel

@Suite("Economics of water against the reference vectors")
struct EconomicsTests {
    @Test(
        "economic intervention, E1 to E4",
        arguments: [
            [300, 0.2, 5, 15.3851, 77.998, 233.993, 1169.97], [150, 0.5, 2, 10.8789, 110.305, 165.458, 330.92],
            [219, 0.31, 3, 13.6307, 88.036, 192.8, 621.93], [50_000, 0.2, 500, 19.862, 60.417, 30_208.4, 151_042.0],
        ])
    func intervention(row: [Double]) {
        let result = EconomicIntervention(surveyCost: row[0], waterCost: row[1], rateOfRise: row[2])
        // The vectors are printed with five or six digits.
        let digits = 2e-5
        #expect(abs(result.frequency / row[3] - 1) < digits)
        #expect(abs(100 * result.yearlyShare / row[4] - 1) < digits)
        #expect(abs(result.yearlyBudget / row[5] - 1) < digits)
        #expect(abs(result.economicUnreportedLoss / row[6] - 1) < digits)
    }

    @Test("water that costs nothing is never worth a survey")
    func freeWater() {
        #expect(EconomicIntervention(surveyCost: 200, waterCost: 0, rateOfRise: 5).frequency == .infinity)
    }

    @Test(
        "meter replacement, M1 and M2",
        arguments: [
            [100, 0.01, 240, 0.7, 10.9109, 5.4554, 12.6764, 276.716], [60, 0.006, 180, 0.5, 14.9071, 4.4721, 18.3891, 129.028],
        ])
    func meterReplacement(row: [Double]) {
        let meter = MeterReplacement(cost: row[0], growth: row[1], volume: row[2], tariff: row[3])
        // Tolerances are those of the vectors: 0.001 and 0.05 years, 0.01 of currency.
        #expect(abs(meter.simplePeriod - row[4]) < 0.001)
        #expect(abs(100 * meter.meanUnderRegistration(period: meter.simplePeriod) - row[5]) < 0.001)
        #expect(abs(meter.discountedPeriod(rate: 0.08) - row[6]) < 0.05)
        #expect(abs(meter.chainCost(period: meter.discountedPeriod(rate: 0.08), rate: 0.08) - row[7]) < 0.01)
    }

    @Test("a meter that loses nothing with age is never replaced for its age")
    func steadyMeter() {
        #expect(MeterReplacement(cost: 100, growth: 0, volume: 240, tariff: 0.7).discountedPeriod(rate: 0.08) == .infinity)
    }

    @Test("pressure cut from 60 to 38 m, P1 to P3", arguments: [(0.5, 20.4178), (1.0, 36.6667), (1.5, 49.5979)])
    func pressure(exponent: Double, percent: Double) {
        // Four decimals of a per cent are printed.
        #expect(abs(100 * PressureEffect.leakageReduction(before: 60, after: 38, exponent: exponent) - percent) < 5e-5)
        #expect(abs(100 * PressureEffect.burstReduction(before: 60, after: 38, factor: 1.4) - 51.3333) < 5e-5)
    }

    // By hand: 1 − (38/60)^N3.
    @Test("consumption falls as pressure to N3", arguments: [(0.0, 0.0), (0.1, 4.46484), (0.5, 20.417757)])
    func consumption(exponent: Double, percent: Double) {
        #expect(abs(100 * PressureEffect.consumptionReduction(before: 60, after: 38, exponent: exponent) - percent) < 1e-4)
        #expect(PressureEffect.consumptionReduction(before: 38, after: 60, exponent: exponent) == 0)
    }

    @Test("the worst node sets the valve, P4")
    func setpoint() {
        let result = PressureEffect.setpoint(minimumPressure: 15, valveElevation: 20, nodes: [(30, 4), (42, 6), (25, 9)])
        #expect(result?.setting == 43 && result?.criticalNode == 1)
    }

    @Test("effects multiply what remains, I1 to I3")
    func combination() {
        // Rounding of a handful of products.
        let rounding = 1e-12
        #expect(abs(PressureEffect.combined([0.25, 0.3]) - 0.475) < rounding)
        #expect(abs(PressureEffect.combined([0.25, 0.3, 0.2]) - 0.58) < rounding)
        #expect(abs(PressureEffect.burstReduction(before: 100, after: 62, factor: 1.4) - 0.532) < rounding)
    }

    @Test(
        "worth of 5,000 m³ saved by regime, W1 to W4",
        arguments: [
            (PlanSettings.WaterRegime.deficit, 3000.0, 2500.0), (.surplus, 0, 1000), (.takeOrPay, 0, 0), (.takeOrPay, 3000, 2100),
        ])
    func worthOfWater(regime: PlanSettings.WaterRegime, deficit: Double, expected: Double) {
        let water = WaterValue(regime: regime, tariff: 0.7, marginalCost: 0.2, deficit: deficit)
        // Exact but for rounding.
        #expect(abs(water.worth(of: 5000) - expected) < 1e-9)
    }

    @Test("what is saved spares the dearest purchase first, then the next, then own production; what costs less than that is left")
    func purchases() {
        var water = WaterValue(regime: .surplus, tariff: 2, marginalCost: 3, deficit: nil)
        water.purchases = [.init(volume: 40, price: 6), .init(volume: 5, price: 11), .init(volume: 100, price: 2)]
        // Exact but for rounding.
        let rounding = 1e-9
        #expect(abs(water.avoided(by: 4) - 44) < rounding)
        #expect(abs(water.avoided(by: 25) - (55 + 20 * 6)) < rounding)
        #expect(abs(water.worth(of: 60) - (55 + 240 + 15 * 3)) < rounding)
        // Water that is lost in place of saved is bought or made at the cost of one more cubic metre.
        #expect(abs(water.avoided(by: -10) + 30) < rounding)
        water.regime = .deficit
        water.deficit = 10
        #expect(abs(water.worth(of: 25) - (20 + 55 + 10 * 6)) < rounding)
    }
}
