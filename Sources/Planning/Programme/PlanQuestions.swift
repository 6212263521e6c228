// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension ImprovementPlan {
    /// A figure that only the city or its funder can give.
    public struct Question: Sendable, Hashable {
        /// Where it is to be written: `plan.tax`.
        public var item: String
        /// What the plan cannot tell without it.
        public var neededFor: String
    }
}

extension PlanSettings {
    /// Figures of `plan.yaml` beyond those that the programme is simulated with: item, unit, value, where it is used.
    var sourcedFigures: [(item: String, unit: String, value: SourcedValue, use: String)] {
        let money = financing
        var figures = [
            ("plan.tax", "share of price", money.tax, "financing"),
            ("plan.price_escalation", "per year", money.priceEscalation, "financing"),
            ("plan.donor_discount_rate", "per year", money.donorDiscountRate, "financing"),
            ("plan.conversion_factor", "economic over market price", money.conversionFactor, "appraisal"),
            ("plan.economic_discount_rate", "per year", money.economicDiscountRate, "appraisal"),
            ("plan.willingness_to_pay", "currency/m³", money.willingnessToPay, "appraisal"),
            ("plan.coping_cost", "currency/m³", money.copingCost, "appraisal"),
            ("plan.household_use", "m³/month", money.householdUse, "affordability"),
            ("plan.fixed_charge", "currency/month", money.fixedCharge, "affordability"),
            ("plan.household_income", "currency/month", money.householdIncome, "affordability"),
            ("plan.low_income", "currency/month", money.lowIncome, "affordability"),
            ("plan.affordable_share", "share of income", money.affordableShare, "affordability"),
            ("plan.lifeline_tariff", "currency/m³", money.lifelineTariff, "affordability"),
            ("plan.lifeline_use", "m³/month", money.lifelineUse, "affordability"),
            ("plan.demand_growth", "per year", supply.demandGrowth, "supply_demand"),
            ("plan.energy_intensity", "kWh/m³", supply.energyIntensity, "climate"),
            ("plan.emission_factor", "kg CO₂e/kWh", supply.emissionFactor, "climate"),
            ("plan.carbon_price", "currency/t CO₂e", supply.carbonPrice, "climate"),
        ]
        for works in supply.deferredWorks {
            figures.append(("plan.deferred_works.capital", "currency", works.capital, "water_value"))
            figures.append(("plan.deferred_works.demand_growth", "m³/d per year", works.demandGrowth, "water_value"))
        }
        return figures.map { (item: $0.0, unit: $0.1, value: $0.2, use: $0.3) }
    }
}

/// What only the city or its funder can tell; nothing stands in its place.
func planQuestions(_ city: City) -> [ImprovementPlan.Question] {
    let settings = city.plan
    let money = settings.financing
    var asked: [(String, Bool, String)] = [
        ("plan.price_base_year", money.priceBaseYear == nil, "cost_estimate"),
        ("plan.tax", money.tax.value == nil, "cost_estimate"),
        ("plan.price_escalation", money.priceEscalation.value == nil, "current_prices"),
        ("plan.conversion_factor", money.conversionFactor.value == nil, "shadow_prices"),
        ("plan.household_use", money.householdUse.value == nil, "affordability"),
        ("plan.household_income", money.householdIncome.value == nil && money.lowIncome.value == nil, "affordability"),
        ("plan.affordable_share", money.affordableShare.value == nil, "affordability"),
        ("plan.demand_growth", settings.supply.demandGrowth.value == nil, "supply_demand"),
        ("plan.energy_intensity", settings.supply.energyIntensity.value == nil, "climate"),
        ("plan.emission_factor", settings.supply.emissionFactor.value == nil, "climate"),
    ]
    if settings.funding.contains(where: \.kind.isLoan) {
        asked.append(("plan.donor_discount_rate", money.donorDiscountRate.value == nil, "grant_element"))
    }
    if settings.regime == .deficit {
        asked.append(("plan.willingness_to_pay", money.willingnessToPay.value == nil && money.copingCost.value == nil, "economic_worth"))
    }
    return asked.filter(\.1).map { .init(item: $0.0, neededFor: $0.2) }
}
