// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterLoss
import WaterModel

/// A plan with every section a document can have, drawn up by `Planning` for the invented town of `SyntheticPlan`.
enum CompletePlan {
    static let plan = plan()

    static func plan(prefix: String = "", country: String = "PE") -> ImprovementPlan {
        let base = SyntheticPlan.plan(columns: 5, rows: 4, prefix: prefix)
        var city = base.city
        city.profile.country = country
        city.profile.exchangeRate = SourcedValue(3.7, year: "2025", source: "Example bank", status: .synthetic)
        city.profile.productionCapacity = SourcedValue(5200.0 / 86_400, year: "2025", source: "Example works", status: .synthetic)
        city.meters = (0..<300).map { index -> Meter in
            let isShop = index % 9 == 0
            return Meter(
                id: Meter.ID("\(prefix)M\(index)"), zone: Zone.ID("Z\(index % 3 + 1)"),
                customerClass: isShop ? .commercial : .residential, diameter: isShop ? 0.025 : 0.015,
                installed: index % 3 == 0 ? "1998" : "2019-05-01")
        }
        settings(of: &city, prefix)
        var assessment = base.assessment
        // Pressures stay to be measured: the diagnosis has a step.
        assessment.level = .customerReadings
        if let balance = assessment.balance { assessment.indicators = IndicatorSet(balance, profile: city.profile).indicators }
        assessment.meters = city.meters.map {
            let isStuck = $0.id.name.hasSuffix("7")
            return MeterSummary(meter: $0.id, zone: $0.zone, isStuck: isStuck, volume: isStuck ? 0 : 14)
        }
        return improvementPlan(for: city, assessment: assessment, seed: 7, draws: 12)
    }

    private static func settings(of city: inout City, _ prefix: String) {
        func chosen(_ value: Double) -> SourcedValue {
            SourcedValue(value, low: 0.8 * value, high: 1.2 * value, year: "2026", source: "Example choice", status: .assumed)
        }
        city.plan.objective = .volumeSaved
        city.plan.regime = .deficit
        city.plan.naturalRiseOfLeakage = chosen(0.05)
        city.plan.funding = [
            .init(name: prefix + "Grant", kind: .grant, amount: 300_000),
            .init(
                name: prefix + "Fund", kind: .concessionalLoan, amount: 900_000,
                terms: LoanTerms(interest: 0.02, maturity: 25, grace: 5)),
        ]
        city.plan.financing.donorDiscountRate = chosen(0.05)
        city.plan.financing.contract = PerformanceContractTerms(fixedFee: 9000, fee: 0.5, penalty: 10, guaranteedSaving: 0.01, years: 5)
        city.plan.financing.consortium = [
            .init(name: prefix + "Lead", role: .lead, share: 0.7), .init(name: prefix + "Second", role: .adviser, share: 0.3),
        ]
        city.plan.financing.tax = chosen(0.18)
        city.plan.financing.priceEscalation = chosen(0.03)
        city.plan.financing.priceBaseYear = 2026
        city.plan.financing.conversionFactor = chosen(0.85)
        city.plan.financing.economicDiscountRate = chosen(0.08)
        city.plan.financing.householdUse = chosen(15)
        city.plan.financing.householdIncome = chosen(1800)
        city.plan.financing.lowIncome = chosen(800)
        city.plan.financing.affordableShare = chosen(0.05)
        city.plan.supply.demandGrowth = chosen(0.015)
        city.plan.supply.energyIntensity = chosen(0.3)
        city.plan.supply.emissionFactor = chosen(0.2)
        city.plan.delivery.wetSeason = [1, 2, 12]
    }
}
