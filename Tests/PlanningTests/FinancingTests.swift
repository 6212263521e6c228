// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import Testing
import WaterModel

@Suite("Who pays, what is paid back, and what it is worth")
struct FinancingTests {
    /// Rounding of sums of a few dozen terms.
    private static let rounding = 1e-9

    private static func plan(_ change: (inout City) -> Void = { _ in }) -> ImprovementPlan {
        var city = Town.city()
        city.plan.funding = [
            .init(name: "Grant", kind: .grant, amount: 150_000),
            .init(
                name: "Fund", kind: .concessionalLoan, amount: 300_000,
                terms: LoanTerms(interest: 0.02, maturity: 25, grace: 5)),
            .init(
                name: "Bank", kind: .commercialLoan, amount: 5_000_000,
                terms: LoanTerms(interest: 0.09, maturity: 8, grace: 1, repayment: .annuity)),
        ]
        city.plan.financing.donorDiscountRate = SourcedValue(0.05, status: .assumed)
        city.plan.objective = .volumeSaved
        city.plan.budget = 2_000_000
        change(&city)
        return improvementPlan(for: city, assessment: Town.assessment(), seed: 7, draws: 20)
    }

    @Test("an annuity pays the same every year and owes nothing at the end")
    func annuity() {
        let loan = Loan(face: 1000, interest: 0.08, maturity: 12, grace: 2, repayment: .annuity)
        let service = loan.debtService
        #expect(service.count == 12)
        #expect(service[0] == 80 && service[1] == 80)
        let payment = 1000 * CapitalRecovery.factor(rate: 0.08, years: 10)
        for paid in service.dropFirst(2) { #expect(abs(paid - payment) < 1e-9 * payment) }
        #expect(abs(loan.grantElement(discountRate: 0.08)) < 1e-12)
    }

    @Test("a loan drawn over years is repaid whole, whatever its terms", arguments: LoanTerms.Repayment.allCases)
    func drawnOverYears(repayment: LoanTerms.Repayment) throws {
        let draws = [100.0, 50, 0, 25, 10]
        let schedule = LoanSchedule(
            draws: draws, terms: LoanTerms(interest: 0.05, maturity: 10, grace: 2, repayment: repayment))
        #expect(abs(schedule.years.reduce(0) { $0 + $1.principal } - 185) < 1e-9)
        #expect(abs(try #require(schedule.years.last).outstanding) < 1e-9)
        // Interest of 5 % discounted at 5 % gives nothing away.
        #expect(abs(try #require(schedule.grantElement(discountRate: 0.05))) < 1e-12)
        #expect(schedule.years[2].principal == 0)
    }

    @Test("sources equal uses in every year, and no source gives more than it has", arguments: FinancingSettings.Drawing.allCases)
    func sourcesAndUses(drawing: FinancingSettings.Drawing) throws {
        let financing = try #require(
            Self.plan {
                $0.plan.financing.drawing = drawing
                $0.plan.financing.tax = SourcedValue(0.18, status: .published)
                $0.plan.financing.priceEscalation = SourcedValue(0.03, status: .assumed)
            }.financing)
        for year in financing.years {
            let given = year.drawn.reduce(0, +) + year.uncovered
            #expect(abs(given - year.uses) <= Self.rounding * max(1, year.uses))
            #expect(abs(year.tax - 0.18 * (year.works + year.priceContingency)) <= Self.rounding * max(1, year.tax))
        }
        for source in financing.sources { #expect(source.drawn <= source.source.amount * (1 + Self.rounding)) }
        #expect(financing.sources[0].grantElement == 1)
        #expect(try #require(financing.sources[1].grantElement) > 0.2)
        #expect(financing.years.contains { $0.debtService > 0 })
    }

    @Test("without money for it a year is uncovered, and a loan without terms has no grant element")
    func uncovered() throws {
        let financing = try #require(
            Self.plan { $0.plan.funding = [.init(name: "Bank", kind: .loan, amount: 1000)] }.financing)
        #expect(financing.uncovered > 0)
        #expect(financing.sources[0].grantElement == nil && financing.grantElement == nil)
    }

    @Test("the financial account is the plan's net present value less tax, more for works put off")
    func financialAccount() throws {
        let plan = Self.plan {
            $0.plan.financing.tax = SourcedValue(0.18, status: .published)
            $0.plan.supply.deferredWorks = [
                .init(
                    name: "Plant", capital: SourcedValue(1e6, status: .assumed), year: 2031,
                    demandGrowth: SourcedValue(100, status: .assumed))
            ]
        }
        let account = try #require(plan.appraisals.first { $0.account == .financial })
        func part(_ name: String) -> Double { account.parts.first { $0.name == name }?.presentValue ?? 0 }
        #expect(part("tax") > 0 && part("deferral") > 0)
        let expected = plan.finance.netPresentValue.value - part("tax") + part("deferral")
        #expect(abs(account.netPresentValue - expected) <= 1e-6 * abs(expected))
        let deferral = try #require(plan.deferrals.first)
        #expect(abs(deferral.worth - CapitalRecovery.deferralWorth(capital: 1e6, years: Double(deferral.years), rate: 0.08)) < 1e-6)
    }

    @Test("the economic account leaves recovered revenue and taxes out")
    func economicAccount() throws {
        let plan = Self.plan {
            $0.plan.financing.tax = SourcedValue(0.18, status: .published)
            $0.plan.financing.conversionFactor = SourcedValue(0.85, status: .assumed)
        }
        let financial = try #require(plan.appraisals.first), economic = try #require(plan.appraisals.last)
        #expect(economic.account == .economic)
        #expect(!economic.parts.contains { ["tax", "recovered_revenue", "revenue_forgone"].contains($0.name) })
        let recovered = try #require(financial.parts.first { $0.name == "recovered_revenue" })
        #expect(abs(economic.transfersLeftOut - recovered.presentValue) <= Self.rounding * recovered.presentValue)
        let capital = [financial, economic].map { $0.parts.first { $0.name == "capital" }?.presentValue ?? 0 }
        #expect(abs(capital[1] - 0.85 * capital[0]) <= Self.rounding * capital[0])
    }

    @Test("none, one or several rates of return are told apart")
    func verdicts() {
        #expect(Appraisal.verdict([]) == .none && Appraisal.verdict([0.1]) == .one && Appraisal.verdict([0.1, 0.2]) == .several)
    }

    @Test("the contract pays for what the plan saves, and the baseline's interval is what can be disputed")
    func contract() throws {
        let plan = Self.plan {
            $0.plan.financing.contract = PerformanceContractTerms(fixedFee: 1000, fee: 0.5, penalty: 10, guaranteedSaving: 1e9, years: 5)
        }
        let contract = try #require(plan.financing?.contract)
        #expect(contract.years.count == 5)
        let balance = try #require(plan.assessment.balance)
        #expect(abs(contract.baseline.value - balance.nonRevenueWater.value / 365) < 1e-6)
        for year in contract.years {
            #expect(abs(year.payment - (1000 + year.paidVolume * 365 * 0.5 - 10)) < 1e-6)
            #expect(year.paymentLow <= year.payment && year.payment <= year.paymentHigh)
        }
        #expect(contract.disputed > 0)
    }

    @Test("a baseline grows with hours, connections and pressure to the power N1")
    func adjustment() {
        #expect(BaselineAdjustment.adjustment(baseline: 100, hours: (12, 24)) == 100)
        #expect(abs(BaselineAdjustment.adjustment(baseline: 100, pressure: (60, 38), exponent: 1.5) + 49.5979) < 1e-4)
        #expect(abs(BaselineAdjustment.adjustment(baseline: 100, connections: (100, 110)) - 10) < 1e-12)
    }

    @Test("a household's bill and its share of income, A1")
    func affordability() throws {
        #expect(abs(Affordability.bill(use: 15, tariff: 0.7, fixedCharge: 1) - 11.5) < 1e-12)
        var settings = FinancingSettings()
        settings.householdUse = SourcedValue(15, status: .assumed)
        settings.fixedCharge = SourcedValue(1, status: .assumed)
        settings.householdIncome = SourcedValue(350, status: .assumed)
        let result = try #require(Affordability(settings, tariff: 0.7))
        #expect(abs(100 * result.households[0].share - 3.2857) < 5e-5)
        settings.householdIncome = .unknown
        #expect(Affordability(settings, tariff: 0.7) == nil)
    }

    @Test("leakage that grows back: RB1, RB2 and the Bahamas' rate")
    func rebound() {
        let worth = LeakageGrowth.presentWorth(saving: 22_048.536, erosion: 2242.7377, value: 1, rate: 0.08, years: 10)
        // The vector asks for one currency unit.
        #expect(abs(worth.held - 54_000_828) < 1 && abs(worth.eroding - 27_307_394) < 1)
        #expect(abs(LeakageGrowth.exponential(start: 100, rate: 0.25, years: 3) - 211.700002) < 1e-6)
        #expect(abs(LeakageGrowth.exponential(start: 2.02, rate: 0.18322, years: 3) - 3.5) < 1e-4)
        #expect(LeakageGrowth.linear(start: 100, rise: 10, control: [0, 20, 200]) == [110, 100, 0])
    }

    @Test("control that stops loses worth, and leakage ends higher")
    func controlStops() throws {
        let plan = Self.plan()
        let rebound = try #require(plan.rebound)
        #expect(rebound.stopYear == 2030)
        for year in rebound.years {
            #expect(year.stopped >= year.with - 1e-6)
            if year.year < rebound.stopYear { #expect(year.stopped == year.with) }
        }
        #expect(try #require(rebound.years.last).stopped > (try #require(rebound.years.last)).with)
        #expect(rebound.yearlyCostToHold > 0)
    }

    @Test("a take-or-pay contract ends, a deficit comes and goes")
    func regimes() throws {
        let contract = Self.plan {
            $0.plan.regime = .takeOrPay
            $0.plan.supply.takeOrPayUntil = 2030
        }
        for year in contract.waterValue {
            #expect((year.avoidedWorth == 0) == (year.year <= 2030 || year.saved == 0), "\(year.year)")
        }
        let deficit = Self.plan { $0.plan.supply.deficits = [500, 500, 500, 300, 0] }
        for year in deficit.waterValue {
            let short = [500.0, 500, 500, 300, 0][min(4, year.year - 2026)] * 365
            #expect(abs(year.sold - min(year.saved, short)) < 1e-6)
        }
    }

    @Test("supply and demand: a deficit falls by what is saved")
    func supplyDemand() throws {
        let years = Self.plan {
            $0.profile.productionCapacity = SourcedValue(5000 / 86_400, status: .synthetic)
            $0.plan.supply.demandGrowth = SourcedValue(0.02, status: .assumed)
        }.supplyDemand
        #expect(years.count == 15)
        let last = try #require(years.last)
        #expect(abs(last.demand / years[0].demand - 1.319479) < 1e-6)
        #expect(try #require(last.deficitWithout) > (try #require(last.deficitWith)))
    }

    @Test("bought water is spared when its contract has ended, as much of it as there is, and then own production")
    func purchases() throws {
        let price = 3.0, cost = 0.5, volume = 100.0
        let plan = Self.plan {
            $0.plan.regime = .takeOrPay
            $0.profile.variableProductionCost = SourcedValue(cost, status: .assumed)
            $0.plan.supply.purchases = [
                .init(
                    name: "sea", quantity: SourcedValue(volume, status: .assumed), price: SourcedValue(price, status: .assumed),
                    until: 2029)
            ]
        }
        // Rounding of sums of cubic metres and money.
        let rounding = 1e-6
        for year in plan.waterValue {
            let bought = min(365 * volume, year.saved)
            let expected = year.year <= 2029 ? 0 : bought * price + (year.saved - bought) * cost
            #expect(abs(year.avoidedWorth - expected) < rounding * max(1, expected), "\(year.year)")
            #expect(year.isAfterContract == (year.year > 2029))
        }
        #expect(plan.assumptions.contains { $0.item == "plan.purchase_price:sea" })
    }
}
