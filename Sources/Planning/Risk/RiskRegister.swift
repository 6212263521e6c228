// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What may go wrong, how likely where the plan can tell, who looks after it and what is done.
public struct PlanRisk: Sendable {
    /// Key of the language catalogue: `risk_worth_below_zero`.
    public var key: String
    /// nil: not known. [–]
    public var probability: Double?
    /// Keys.
    public var owner: String
    public var response: String
}

/// Risks that the figures of the plan show, each with an owner.
func riskRegister(_ plan: ImprovementPlan) -> [PlanRisk] {
    guard plan.measures.contains(where: \.isSelected) else { return [] }
    let settings = plan.city.plan
    var risks: [PlanRisk] = []
    func add(_ key: String, _ probability: Double? = nil, owner: String, _ response: String) {
        risks.append(.init(key: key, probability: probability, owner: owner, response: response))
    }
    add("risk_worth_below_zero", plan.finance.probabilityOfLoss, owner: "owner_utility", "respond_measure_first")
    if let target = plan.target { add("risk_target_missed", target.probabilityOfMissing, owner: "owner_utility", "respond_review") }
    add("risk_prices", owner: "owner_procurement", "respond_contingency")
    if plan.rebound != nil { add("risk_rebound", owner: "owner_network", "respond_fund_operation") }
    if let financing = plan.financing {
        if financing.uncovered > 0 { add("risk_funding_gap", 1, owner: "owner_finance", "respond_close_funding") }
        if let coverage = financing.lowestCoverage, coverage < 1 { add("risk_debt_service", 1, owner: "owner_finance", "respond_terms") }
        if financing.contract != nil { add("risk_baseline_dispute", owner: "owner_finance", "respond_adjustment_rules") }
    }
    if (plan.schedule?.monthsLate ?? 0) > 0 || !settings.delivery.wetSeason.isEmpty {
        add("risk_wet_season", owner: "owner_network", "respond_dry_season")
    }
    if let reading = plan.reading, reading.isInProgramme, reading.ownsInterfaceAndKeys != true {
        add("risk_vendor_lock_in", owner: "owner_procurement", "respond_keys")
    }
    if settings.delivery.hasAsbestosCement != false { add("risk_asbestos_cement", owner: "owner_network", "respond_asbestos_rules") }
    if let hours = plan.city.profile.supplyHours.value, hours < 24 {
        add("risk_intermittent_supply", owner: "owner_network", "respond_adjust_baseline")
    }
    if plan.affordability == nil { add("risk_affordability_unknown", owner: "owner_customers", "respond_household_survey") }
    return risks
}
