// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

// Rows 15 to 26: time, money, risk, and what holds the plan together.
extension PlanLint {
    static func phasing(_ plan: PlanReader) -> [String]? {
        guard let schedule = plan.value("schedule") else { return ["there is no schedule"] }
        var reasons: [String] = []
        if plan.list("tasks", in: schedule).isEmpty { reasons.append("the schedule has no tasks") }
        if let late = plan.number("months_late", in: schedule), late > 0 {
            reasons.append("works end \(Int(late)) months after the years that pay for them")
        }
        if plan.list("wet_season_months", in: schedule).isEmpty { reasons.append("the wet season is not given (wet_season of plan.yaml)") }
        for year in plan.list("financing", "years") where (plan.number("uncovered_currency", in: year) ?? 0) > 0.5 {
            reasons.append("\(year["year"]?.text ?? "?") spends more than its sources give")
        }
        return reasons
    }

    static func costs(_ plan: PlanReader) -> [String]? {
        guard let estimate = plan.value("cost_estimate") else { return ["there is no cost estimate"] }
        var reasons: [String] = []
        func sum(_ name: String) -> Double { plan.number(name + "_currency", in: estimate) ?? 0 }
        let lines = plan.list("lines", in: estimate)
        for line in lines {
            let product = (plan.number("quantity", in: line) ?? .nan) * (plan.number("rate_currency", in: line) ?? .nan)
            if !plan.agree(product, plan.number("amount_currency", in: line) ?? .nan, within: 1e-6) {
                reasons.append("\(plan.text("item", in: line) ?? "?") is not quantity × rate")
            }
        }
        if !plan.agree(lines.compactMap { plan.number("amount_currency", in: $0) }.reduce(0, +), sum("base"), within: 1e-6) {
            reasons.append("the base is not the sum of its lines")
        }
        let total = sum("base") + sum("physical_contingency") + sum("price_contingency") + sum("tax")
        if !plan.agree(total, sum("total"), within: 1e-6) { reasons.append("the total is not the sum of its parts") }
        if plan.number("price_base_year", in: estimate) == nil { reasons.append("the base date of prices is missing (price_base_year)") }
        if plan.text("currency", in: estimate) == nil { reasons.append("the currency is missing") }
        return reasons
    }

    static func procurement(_ plan: PlanReader) -> [String]? {
        let lots = plan.list("lots")
        guard !lots.isEmpty else { return ["there are no lots"] }
        var reasons: [String] = []
        let names = lots.compactMap { plan.text("lot", in: $0) }
        for line in plan.list("cost_estimate", "lines") {
            let name = plan.text("lot", in: line) ?? ""
            let count = names.count { $0 == name }
            if count != 1 { reasons.append("\(plan.text("item", in: line) ?? "?") stands in \(count) lots") }
        }
        for lot in lots {
            let name = plan.text("lot", in: lot) ?? "?"
            if (plan.text("method", in: lot) ?? "to_be_settled") == "to_be_settled" {
                reasons.append("lot \(name): the method is not settled (international_tender_from of plan.yaml)")
            }
            if plan.list("terms_of_reference", in: lot).isEmpty { reasons.append("lot \(name) has no terms of reference") }
        }
        return reasons
    }

    static func financing(_ plan: PlanReader) -> [String]? {
        let years = plan.list("financing", "years")
        guard !years.isEmpty else { return ["there is no financing"] }
        var reasons: [String] = []
        for year in years {
            let given = plan.list("sources", in: year).compactMap { plan.number("amount_currency", in: $0) }.reduce(0, +)
            let uses = plan.number("uses_currency", in: year) ?? .nan
            if !plan.agree(given, uses, within: 1e-6) { reasons.append("\(year["year"]?.text ?? "?"): sources are not uses") }
        }
        for source in plan.list("financing", "sources") where (plan.text("kind", in: source) ?? "").hasSuffix("loan") {
            for key in ["interest_percent", "grant_element_percent"] where plan.number(key, in: source) == nil {
                reasons.append("\(plan.text("name", in: source) ?? "?") has no \(key)")
            }
        }
        return reasons
    }

    static func appraisal(_ plan: PlanReader) -> [String]? {
        let accounts = plan.list("appraisal")
        var reasons: [String] = []
        for name in ["financial", "economic"] where !accounts.contains(where: { plan.text("account", in: $0) == name }) {
            reasons.append("the \(name) account is missing")
        }
        if Set(accounts.map { plan.text("price_basis", in: $0) ?? "" }).count > 1 { reasons.append("the accounts mix price bases") }
        for account in accounts {
            let name = plan.text("account", in: account) ?? "?"
            for key in ["net_present_value_currency", "cost_currency_per_m3"] where plan.number(key, in: account) == nil {
                reasons.append("\(name) account: no \(key)")
            }
            if plan.text("internal_rates_found", in: account) == nil { reasons.append("\(name) account: no word on internal rates") }
            guard name == "economic" else { continue }
            let transfers = ["recovered_revenue", "revenue_forgone", "tax"]
            for part in plan.list("parts", in: account) where transfers.contains(plan.text("part", in: part) ?? "") {
                reasons.append("the economic account holds a transfer: \(plan.text("part", in: part) ?? "?")")
            }
        }
        return reasons
    }

    static func risk(_ plan: PlanReader) -> [String]? {
        var reasons: [String] = []
        let bars = plan.list("finance", "sensitivity")
        if bars.count < 5 { reasons.append("\(bars.count) figures are varied, fewer than 5") }
        if plan.list("risk", "switching_values").isEmpty { reasons.append("no figure has a switching value from 0 to 10 times its own") }
        if plan.value("risk", "probability_of_loss") == nil { reasons.append("P(NPV < 0) is missing") }
        let risks = plan.list("risk", "register")
        if risks.isEmpty { reasons.append("there is no register of risks") }
        for risk in risks where plan.text("owner", in: risk) == nil { reasons.append("\(plan.text("risk", in: risk) ?? "?") has no owner") }
        return reasons
    }

    static func affordability(_ plan: PlanReader) -> [String]? {
        guard let affordability = plan.value("affordability") else {
            return ["it is not known: give household_use and household_income or low_income in plan.yaml"]
        }
        guard let limit = plan.number("limit_percent", in: affordability) else { return ["no limit is stated (affordable_share)"] }
        return plan.list("households", in: affordability).compactMap { household in
            let share = plan.number("share_percent", in: household) ?? 0
            let relieved = plan.number("share_with_lifeline_percent", in: household) ?? share
            return share > limit && relieved > limit
                ? "\(plan.text("household", in: household) ?? "?"): the bill is above the limit, and no lifeline answers it" : nil
        }
    }

    static func safeguards(_ plan: PlanReader) -> [String]? {
        guard let safeguards = plan.value("safeguards") else { return ["there is no word on safeguards"] }
        var reasons: [String] = []
        for key in ["asbestos_cement", "resettlement"] where plan.value(key, in: safeguards) == nil {
            reasons.append("\(key) is not answered (plan.yaml)")
        }
        let intensity = plan.number("value_kwh_per_m3", in: plan.value("energy_intensity", in: safeguards))
        if plan.number("energy_spared_kwh", in: safeguards) != nil, intensity == nil {
            reasons.append("energy is spared, and its intensity is not told")
        }
        if intensity == nil { reasons.append("energy is not known (energy_intensity of plan.yaml)") }
        if plan.number("emissions_spared_t_co2e", in: safeguards) == nil { reasons.append("emissions are not known (emission_factor)") }
        return reasons
    }

    static func indicators(_ plan: PlanReader) -> [String]? {
        let indicators = plan.list("monitoring", "indicators")
        guard !indicators.isEmpty, !plan.list("monitoring", "logical_framework").isEmpty else { return ["there is no logical framework"] }
        var reasons: [String] = []
        for entry in indicators {
            let name = plan.text("indicator", in: entry) ?? "?"
            if plan.number("baseline", in: entry) == nil { reasons.append("\(name) has no baseline") }
            if plan.text("unit", in: entry) == nil { reasons.append("\(name) has no unit") }
            if plan.text("verification", in: entry) == nil { reasons.append("\(name) is not verified") }
        }
        return reasons
    }

    static func verification(_ plan: PlanReader) -> [String]? {
        let adjustments = plan.list("monitoring", "adjustments")
        guard !adjustments.isEmpty else { return ["there are no rules of adjustment"] }
        guard plan.value("financing", "performance_contract") != nil else { return [] }
        return adjustments.filter { !plan.isTrue("is_measured", in: $0) }.map {
            "payment depends on \(plan.text("adjustment", in: $0) ?? "?"), which is not measured"
        }
    }

    static func exit(_ plan: PlanReader) -> [String]? {
        var reasons: [String] = []
        let yearly = plan.number("operation_currency_per_year", in: plan.value("cost_estimate"))
        if let yearly, yearly > 0, plan.value("cost_estimate", "operation_paid_by") == nil {
            reasons.append("nobody is named who pays for operation after the project (operation_paid_by of plan.yaml)")
        }
        if !plan.chosen("active_leak_control").isEmpty, plan.value("rebound") == nil { reasons.append("there is no rebound scenario") }
        if yearly == nil { reasons.append("the cost of operation is not known") }
        return reasons
    }

    static func register(_ plan: PlanReader) -> [String]? {
        let assumptions = plan.list("assumptions")
        var reasons: [String] = []
        if assumptions.isEmpty { reasons.append("the register of assumptions is empty") }
        for entry in assumptions {
            let item = plan.text("item", in: entry) ?? "?"
            if plan.text("status", in: entry) == nil { reasons.append("\(item) has no status") }
            if plan.text("source", in: entry) == nil { reasons.append("\(item) has no source") }
        }
        let weak = assumptions.contains { plan.text("status", in: $0) == "unverified" }
        if weak, plan.list("warnings").isEmpty { reasons.append("unverified figures stand without a warning") }
        for key in ["references", "glossary"] where plan.list(key).isEmpty { reasons.append("\(key) are missing") }
        return reasons
    }
}
