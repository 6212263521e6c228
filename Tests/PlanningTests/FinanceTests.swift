// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import Testing

/// Relative agreement that the reference vectors ask for.
private let vectorTolerance = 1e-6

private func agrees(_ value: Double?, _ expected: Double, _ tolerance: Double = vectorTolerance) -> Bool {
    guard let value else { return false }
    return abs(value - expected) <= tolerance * max(abs(expected), 1e-9)
}

@Suite("Finance against the reference vectors")
struct FinanceTests {
    @Test(
        "the capital recovery factor of vectors C1 to C9",
        arguments: [
            (0.08, 3.0, 0.38803351), (0.08, 5, 0.25045645), (0.08, 10, 0.14902949), (0.08, 12, 0.13269502), (0.08, 15, 0.11682954),
            (0.08, 30, 0.08882743), (0.08, 40, 0.08386016), (0.08, 50, 0.08174286), (0, 10, 0.1),
        ])
    func capitalRecovery(rate: Double, years: Double, expected: Double) {
        #expect(agrees(CapitalRecovery.factor(rate: rate, years: years), expected))
        #expect(agrees(CapitalRecovery.annuity(rate: rate, years: years), 1 / expected))
    }

    struct Marginal: Sendable {
        var capital, life, operation, saving, worth, annualised, unitCost, net: Double
    }

    @Test(
        "annualised cost, cost per cubic metre and net benefit of the cost curve K0",
        arguments: [
            Marginal(
                capital: 150_000, life: 3, operation: 120_000, saving: 1800, worth: 0.2, annualised: 178_205.03, unitCost: 0.271241,
                net: -46_805.03),
            Marginal(
                capital: 420_000, life: 15, operation: 25_000, saving: 1500, worth: 0.2, annualised: 74_068.41, unitCost: 0.135285,
                net: 35_431.59),
            Marginal(
                capital: 1_600_000, life: 30, operation: 5000, saving: 1300, worth: 0.2, annualised: 147_123.89, unitCost: 0.310061,
                net: -52_223.89),
            Marginal(
                capital: 180_000, life: 10, operation: 12_000, saving: 450, worth: 0.7, annualised: 38_825.31, unitCost: 0.236379,
                net: 76_149.69),
            Marginal(
                capital: 960_000, life: 10, operation: 30_000, saving: 1100, worth: 0.7, annualised: 173_068.31, unitCost: 0.431054,
                net: 107_981.69),
            Marginal(
                capital: 220_000, life: 5, operation: 40_000, saving: 600, worth: 0.7, annualised: 95_100.42, unitCost: 0.434248,
                net: 58_199.58),
            Marginal(
                capital: 2_400_000, life: 50, operation: 0, saving: 900, worth: 0.2, annualised: 196_182.86, unitCost: 0.597208,
                net: -130_482.86),
            Marginal(
                capital: 2_100_000, life: 12, operation: 90_000, saving: 500, worth: 0.7, annualised: 368_659.54, unitCost: 2.020052,
                net: -240_909.54),
        ])
    func costCurve(row: Marginal) {
        let annualised = CapitalRecovery.annualisedCost(capital: row.capital, operation: row.operation, rate: 0.08, life: row.life)
        #expect(agrees(annualised, row.annualised))
        let unit = CapitalRecovery.costPerCubicMetre(
            capital: row.capital, operation: row.operation, rate: 0.08, life: row.life, volume: 365 * row.saving)
        // The vector prints six decimals.
        #expect(agrees(unit, row.unitCost, 5e-6))
        #expect(agrees(365 * row.saving * row.worth - annualised, row.net))
    }

    @Test("a saving of nothing has no cost per cubic metre")
    func noSaving() {
        #expect(CapitalRecovery.costPerCubicMetre(capital: 1, operation: 1, rate: 0.08, life: 10, volume: 0) == nil)
    }

    @Test("a contract of the Selangor kind, vector N1")
    func selangorContract() {
        let capital = Array(repeating: 105e6 / 9, count: 9) + Array(repeating: 0, count: 6)
        let benefits = (1...15).map { 200_000 * min(1, Double($0) / 9) * 365 * 0.33 }
        let flow = DiscountedCashFlow(flows: zip(benefits, capital).map { $0 - $1 }, firstFlowYear: 1)
        #expect(agrees(flow.netPresentValue(rate: 0.08), 57_923_777.29))
        #expect(flow.internalRates().count == 1)
        #expect(agrees(flow.internalRates().first, 0.276287, 5e-6))
        #expect(agrees(DiscountedCashFlow.benefitCostRatio(benefits: benefits, costs: capital, rate: 0.08), 1.79478, 5e-6))
        #expect(agrees(flow.payback(), 7.6895, 1e-5))
        #expect(agrees(flow.payback(rate: 0.08), 8.6438, 1e-5))
    }

    @Test("two internal rates are both told, N2; none without a change of sign, N3")
    func internalRates() {
        let two = DiscountedCashFlow(flows: [-100, 230, -132], firstFlowYear: 0)
        let rates = two.internalRates()
        #expect(rates.count == 2)
        #expect(agrees(rates.first, 0.1) && agrees(rates.last, 0.2))
        #expect(agrees(two.netPresentValue(rate: 0.15), 0.189036, 5e-6))
        #expect(DiscountedCashFlow(flows: [-100, -20, -5], firstFlowYear: 0).internalRates().isEmpty)
        #expect(DiscountedCashFlow(flows: [-100, -20, -5], firstFlowYear: 0).payback() == nil)
    }

    @Test("a plain annuity, N4")
    func annuity() {
        let flow = DiscountedCashFlow(flows: [-1000] + Array(repeating: 200, count: 8), firstFlowYear: 0)
        #expect(agrees(flow.netPresentValue(rate: 0.08), 149.3278))
        #expect(agrees(flow.internalRates().first, 0.118145, 5e-6))
        #expect(agrees(flow.payback(), 5))
    }

    @Test(
        "grant element, F1 to F3",
        arguments: [(0.02, 25, 5, 30.7066), (0.05, 25, 5, 0.0), (0.0015, 40, 10, 66.4859)])
    func grantElement(interest: Double, maturity: Int, grace: Int, percent: Double) {
        let loan = Loan(face: 100, interest: interest, maturity: maturity, grace: grace)
        // The vectors print four decimals of a per cent.
        #expect(abs(100 * loan.grantElement(discountRate: 0.05) - percent) < 5e-5)
        // Interest on the whole through the grace, then on a balance that falls evenly.
        let yearsOfInterest = Double(grace) + Double(maturity - grace + 1) / 2
        #expect(abs(loan.debtService.reduce(0, +) - 100 * (1 + interest * yearsOfInterest)) < 1e-9)
    }

    @Test("debt service coverage divides where something is due")
    func coverage() {
        #expect(Loan.debtServiceCoverage(cashAvailable: [10, 30], debtService: [0, 20]) == [nil, 1.5])
    }

    @Test("payment by performance, F4 and F5")
    func performancePayment() {
        let good = PerformancePayment.payment(
            fixedFee: 1_200_000, baseline: 20_000, adjustment: 500, measured: 14_000, cap: 6000, fee: 0.3, penalty: 50_000)
        #expect(good.paidVolume == 6000 && agrees(good.payment, 1_807_000))
        let poor = PerformancePayment.payment(
            fixedFee: 1_200_000, baseline: 20_000, adjustment: 500, measured: 21_000, cap: 6000, fee: 0.3, penalty: 50_000)
        #expect(poor.paidVolume == 0 && agrees(poor.payment, 1_150_000))
    }

    @Test("savings that erode are worth half of savings that are held, RB1")
    func rebound() {
        let held = DiscountedCashFlow(flows: (0..<10).map { _ in 22_048.536 * 365 })
        let eroding = DiscountedCashFlow(flows: (1...10).map { max(0, 22_048.536 - 2242.7377 * Double($0)) * 365 })
        // The vector asks for one currency unit.
        #expect(abs(held.netPresentValue(rate: 0.08) - 54_000_828) < 1)
        #expect(abs(eroding.netPresentValue(rate: 0.08) - 27_307_394) < 1)
    }

    @Test("deferral of works, W5")
    func deferral() {
        #expect(agrees(CapitalRecovery.deferralWorth(capital: 10e6, years: 5, rate: 0.08), 3_194_168.03))
    }

    @Test(
        "published programmes, levelised over their life",
        arguments: [
            (15e6, 122_000.0, 15.0, 0.03935), (105e6, 200_000, 15, 0.16804), (83e6, 22_139.458, 15, 1.19997),
            (26.2e9, 2931.507, 40, 2053.39835),
        ])
    func programmes(cost: Double, volume: Double, life: Double, perCubicMetre: Double) {
        let unit = CapitalRecovery.costPerCubicMetre(capital: cost, operation: 0, rate: 0.08, life: life, volume: 365 * volume)
        // Printed with five decimals.
        #expect(abs((unit ?? 0) - perCubicMetre) < 1e-6 * perCubicMetre + 5e-6)
    }
}
