// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

// Rows 1 to 14: what is known of the city, and what is to be done.
extension PlanLint {
    static func profile(_ plan: PlanReader) -> [String]? {
        var reasons: [String] = []
        for key in ["population", "connections", "supply_hours", "tariff"] {
            guard let entry = plan.value("city", key), entry.members.contains(where: { $0.name.hasPrefix("value") && $0.value != .null })
            else {
                reasons.append("\(key) is not known")
                continue
            }
            for part in ["year", "source", "status"] where plan.text(part, in: entry) == nil { reasons.append("\(key) has no \(part)") }
        }
        if plan.value("city", "utility") == nil { reasons.append("the utility is not named") }
        if plan.value("balance", "water_supplied_m3") == nil { reasons.append("the input volume is not known") }
        return reasons
    }

    static func balance(_ plan: PlanReader) -> [String]? {
        guard let balance = plan.value("balance") else { return ["there is no water balance"] }
        var reasons: [String] = []
        func line(_ name: String) -> Double { plan.number(name + "_m3", in: balance) ?? .nan }
        let sums = [
            ("water supplied", line("water_supplied"), line("authorised_consumption") + line("water_losses")),
            ("authorised consumption", line("authorised_consumption"), line("revenue_water") + line("unbilled_authorised")),
            ("water losses", line("water_losses"), line("apparent_losses") + line("real_losses")),
            ("non-revenue water", line("non_revenue_water"), line("water_supplied") - line("revenue_water")),
        ]
        for (name, value, parts) in sums where !plan.agree(value, parts, within: 0.001) {
            reasons.append("\(name) is not the sum of its parts to 0.1 %")
        }
        for name in ["water_supplied", "revenue_water", "apparent_losses", "real_losses", "non_revenue_water"] {
            guard let low = plan.number(name + "_low95_m3", in: balance), let high = plan.number(name + "_high95_m3", in: balance),
                low < high
            else {
                reasons.append("\(name) has no interval")
                continue
            }
        }
        let kinds = plan.list("indicators").compactMap { plan.text("indicator", in: $0) }
        for kind in ["infrastructure_leakage_index", "real_losses_per_connection"] where !kinds.contains(kind) {
            reasons.append("\(kind) is missing")
        }
        if let hours = plan.number("value_h_per_day", in: plan.value("city", "supply_hours")), hours < 24,
            !plan.list("monitoring", "adjustments").contains(where: { plan.text("adjustment", in: $0) == "hours" })
        {
            reasons.append("supply of \(NumberText.exact(hours)) h/d is not corrected for")
        }
        return reasons
    }

    static func diagnosis(_ plan: PlanReader) -> [String]? {
        guard let balance = plan.value("balance") else { return ["without a balance no cause can be told"] }
        let causes = ["unauthorised", "metering_inaccuracy", "data_handling", "real_losses"].compactMap {
            plan.number($0 + "_m3", in: balance)
        }
        var reasons: [String] = []
        if causes.count < 4 || !plan.agree(causes.reduce(0, +), plan.number("water_losses_m3", in: balance) ?? .nan, within: 0.01) {
            reasons.append("causes do not add up to the losses to 1 %")
        }
        if plan.value("diagnosis") == nil { reasons.append("there is no diagnosis") }
        return reasons
    }

    static func supplyAndDemand(_ plan: PlanReader) -> [String]? {
        let years = plan.list("supply_demand")
        guard years.contains(where: { plan.number("need_without_m3_per_day", in: $0) != nil }) else {
            return ["there is no series without the project"]
        }
        return plan.number("capacity_m3_per_day", in: years.first) == nil
            ? ["the production capacity is not known, so no deficit can be told"] : []
    }

    static func options(_ plan: PlanReader) -> [String]? {
        let measures = plan.list("measures")
        guard !measures.isEmpty else { return ["there are no options"] }
        var reasons: [String] = []
        func hasRange(_ measure: JSONValue, _ name: String, _ unit: String) -> Bool {
            guard let value = plan.number("\(name)_\(unit)", in: measure), value != 0 else { return true }
            guard let low = plan.number("\(name)_low95_\(unit)", in: measure), let high = plan.number("\(name)_high95_\(unit)", in: measure)
            else { return false }
            return low < high
        }
        for measure in measures {
            if !hasRange(measure, "capital", "currency") { reasons.append("\(plan.name(measure)): cost without range") }
            if !hasRange(measure, "volume_saved", "m3_per_year") { reasons.append("\(plan.name(measure)): effect without range") }
        }
        return reasons
    }

    static func districts(_ plan: PlanReader) -> [String]? {
        guard !plan.list("zones").isEmpty || !plan.chosen("district_metering").isEmpty else { return nil }
        var reasons: [String] = []
        guard let design = plan.value("district_design") else {
            return ["the plan holds no district design: 'yusu zones' makes one from the network, with valves, checks and isolation tests"]
        }
        for zone in plan.list("zones", in: design) {
            let name = plan.text("zone", in: zone) ?? "?"
            if let pieces = plan.number("pieces", in: zone), pieces > 1 { reasons.append("\(name) is not contiguous") }
            if let shortfall = plan.number("pressure_shortfall_m", in: zone), shortfall > 0 {
                reasons.append("\(name) has a node below the minimum pressure")
            }
            if plan.value("fire_flow_pressure_m", in: zone) == nil { reasons.append("\(name): fire flow is not checked") }
        }
        return reasons
    }

    static func pressure(_ plan: PlanReader) -> [String]? {
        let measures = plan.chosen("pressure_management")
        guard !measures.isEmpty else { return nil }
        var reasons: [String] = []
        let exponent = plan.list("assumptions").first { plan.text("item", in: $0) == "pressure_management.leakage_exponent" }
        if plan.number("low", in: exponent) == nil || plan.number("high", in: exponent) == nil {
            reasons.append("the benefit has no range of N1")
        }
        let design = plan.value("pressure_design")
        let zones = plan.list("zones", in: design)
        if let shortfall = plan.number("largest_shortfall_m", in: design), shortfall > 1e-3 {
            reasons.append("with the reducing valves a node falls \(shortfall) m below what it must keep")
        }
        for measure in measures {
            // For the system as a whole, the zones that were designed for it.
            let own = zones.filter { plan.text("zone", in: measure) == nil || plan.text("zone", in: $0) == plan.text("zone", in: measure) }
            let settings = own.flatMap { plan.list("valves", in: $0) }.compactMap { plan.number("fixed_setting_m", in: $0) }
            guard settings.isEmpty else { continue }
            let why = own.compactMap { plan.text("reason_for_none", in: $0) }.first
            reasons.append(
                why.map { "\(plan.name(measure)): no valve can be set there: \($0)" }
                    ?? "\(plan.name(measure)) has no setpoint: 'yusu pressure' finds it with the network, and checks the critical node")
        }
        return reasons
    }

    static func metering(_ plan: PlanReader) -> [String]? {
        let meters = plan.chosen("remote_reading", "walk_by_reading", "first_metering", "meter_replacement")
        guard !meters.isEmpty else { return nil }
        guard let reading = plan.value("reading_network") else { return ["there is no table of meters"] }
        var reasons: [String] = []
        let counted = plan.list("classes", in: reading).compactMap { plan.number("endpoints", in: $0) }.reduce(0, +)
        if !plan.agree(counted, plan.number("endpoints", in: reading) ?? .nan, within: 1e-9) {
            reasons.append("endpoints are not the meters in scope")
        }
        guard !plan.chosen("remote_reading").isEmpty else { return reasons }
        if plan.value("placement", in: reading) == nil {
            reasons.append("coverage is not computed: it takes a network with coordinates, or a lot with places")
        }
        if !plan.isTrue("owns_interface_and_keys", in: reading) {
            reasons.append("the vendor does not hand over interface and keys (owns_interface_and_keys of plan.yaml)")
        }
        return reasons
    }

    static func leakControl(_ plan: PlanReader) -> [String]? {
        guard !plan.chosen("active_leak_control").isEmpty else { return nil }
        guard let control = plan.value("leak_control") else { return ["there is no survey interval"] }
        var reasons: [String] = []
        if plan.number("survey_interval_months", in: control) == nil { reasons.append("the survey interval has no basis") }
        guard let capacity = plan.number("crew_capacity_km_per_year", in: control) else {
            return reasons + ["the capacity of crews is not known (crews of plan.yaml)"]
        }
        if let length = plan.number("survey_km_per_year", in: control), capacity < length {
            reasons.append("crews walk \(NumberText.exact(capacity)) km a year, less than is to be surveyed")
        }
        return reasons
    }

    static func renewal(_ plan: PlanReader) -> [String]? {
        let renewals = plan.chosen("mains_renewal", "service_renewal")
        guard !renewals.isEmpty else { return nil }
        let unused = plan.list("measures").filter { !plan.isTrue("is_selected", in: $0) }.compactMap {
            plan.number("cost_currency_per_m3", in: $0)
        }.min()
        return renewals.compactMap { measure in
            guard let cost = plan.number("cost_currency_per_m3", in: measure), let unused, cost > unused,
                plan.text("reason", in: measure) == nil
            else { return nil }
            return "\(plan.name(measure)) is dearer per m³ than a measure that is not used, and no reason is given"
        }
    }

    static func commercial(_ plan: PlanReader) -> [String]? {
        let measures = plan.chosen.filter { plan.text("target", in: $0) == "apparent_losses" }
        guard !measures.isEmpty else { return nil }
        guard let balance = plan.value("balance"), let losses = plan.number("apparent_losses_m3", in: balance),
            let days = plan.number("period_days", in: balance), days > 0
        else { return ["apparent losses are not known"] }
        let recovered = measures.compactMap { plan.number("volume_saved_m3_per_year", in: $0) }.reduce(0, +)
        return recovered > losses * 365 / days * (1 + 1e-9)
            ? ["\(Int(recovered)) m³ a year are recovered, more than the apparent losses of \(Int(losses * 365 / days))"] : []
    }

    static func records(_ plan: PlanReader) -> [String]? {
        plan.value("data_model") == nil ? ["the plan holds no data model of the assets, and no effort to survey them"] : []
    }

    static func production(_ plan: PlanReader) -> [String]? {
        let works = plan.chosen.filter { plan.isTrue("is_new_supply", in: $0) }
        let years = plan.list("supply_demand")
        guard let capacity = plan.number("capacity_m3_per_day", in: years.first) else {
            return works.isEmpty ? nil : ["the capacity is not known"]
        }
        let more = works.compactMap { plan.number("volume_saved_m3_per_year", in: $0) }.reduce(0, +) / 365
        var reasons: [String] = []
        if let short = years.first(where: { (plan.number("need_with_m3_per_day", in: $0) ?? 0) > (capacity + more) * (1 + 1e-9) }),
            let year = short["year"]?.text
        {
            reasons.append("capacity is below demand and losses from \(year) on")
        }
        if !works.isEmpty, plan.list("deferrals").isEmpty { reasons.append("new works stand without a test of putting them off") }
        return reasons
    }

    static func training(_ plan: PlanReader) -> [String]? {
        guard !plan.chosen.isEmpty else { return nil }
        let trained = Set(plan.list("training", "courses").compactMap { plan.text("measure", in: $0) })
        // Who supervises leaves with the works.
        let assets = Set(plan.chosen.compactMap { plan.text("measure", in: $0) }).subtracting(["construction_supervision"])
        return assets.subtracting(trained).sorted().map {
            "\($0): no post is trained for it"
        }
    }
}
