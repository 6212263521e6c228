// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// `plan.yaml`: what the plan should reach, and with which money.
enum PlanFile {
    static let keys = [
        "start_year", "horizon_years", "target_revenue_water_percent", "target_year", "budget", "construction_years", "discount_rate",
        "regime",
        "objective", "natural_rise_of_leakage", "funding", "donor", "yearly_budgets", "carry_forward", "crews", "mandatory",
        "target_is_required",
    ]

    static func read(_ node: YAMLNode, file: String, problems: inout ProblemList) -> PlanSettings {
        var plan = PlanSettings()
        let known = keys + financingKeys
        guard let top = YAMLMapping(node, file: file, known: known, problems: &problems) else { return plan }
        plan.startYear = top.integer("start_year", 1990...2200, problems: &problems) ?? plan.startYear
        plan.horizonYears = top.integer("horizon_years", 1...100, problems: &problems) ?? plan.horizonYears
        plan.targetRevenueWaterRatio = top.number("target_revenue_water_percent", 1...100, "%", problems: &problems).map { $0 / 100 }
        plan.targetYear = top.integer("target_year", 1990...2200, problems: &problems)
        plan.budget = top.number("budget", 0...1e15, "currency of city.yaml", problems: &problems)
        if top.node("yearly_budgets") != nil {
            plan.yearlyBudgets = numbers(top, "yearly_budgets", problems: &problems)
        }
        plan.carriesForward = top.boolean("carry_forward", problems: &problems) ?? false
        plan.mandatory = Set(top.texts("mandatory", problems: &problems))
        plan.isTargetRequired = top.boolean("target_is_required", problems: &problems) ?? false
        if let node = top.node("crews"), let crews = YAMLMapping(node, file: file, name: "crews", known: nil, problems: &problems) {
            for key in crews.keys {
                plan.crews[key] = crews.number(key, 0...1e15, "of the measure's quantity in a year", problems: &problems)
            }
        }
        plan.constructionYears =
            top.integer("construction_years", 1...50, problems: &problems) ?? min(plan.constructionYears, plan.horizonYears)
        if top.node("discount_rate") != nil { plan.discountRate = top.figure("discount_rate", .sharePerYear, problems: &problems) }
        plan.regime = top.choice("regime", of: PlanSettings.WaterRegime.self, problems: &problems) ?? plan.regime
        plan.objective = top.choice("objective", of: PlanSettings.Objective.self, problems: &problems) ?? plan.objective
        plan.naturalRiseOfLeakage = top.figure("natural_rise_of_leakage", .sharePerYear, problems: &problems)
        plan.donor = top.text("donor", problems: &problems)
        for (index, node) in top.list("funding").enumerated() {
            guard
                let entry = YAMLMapping(
                    node, file: file, name: "funding[\(index + 1)]",
                    known: ["name", "kind", "amount", "interest_percent", "maturity_years", "grace_years", "repayment"],
                    problems: &problems)
            else { continue }
            let name = entry.requiredText("name", "who gives it", problems: &problems)
            for key in ["kind", "amount"] where entry.node(key) == nil {
                problems.add(
                    file, entry.line, "'\(entry.label(key))' is missing",
                    key == "kind"
                        ? "give one of: \(PlanSettings.FundingSource.Kind.allCases.map(\.rawValue).joined(separator: ", "))"
                        : "give the sum")
            }
            guard let kind = entry.choice("kind", of: PlanSettings.FundingSource.Kind.self, problems: &problems),
                let amount = entry.number("amount", 0...1e15, "currency of city.yaml", problems: &problems)
            else { continue }
            plan.funding.append(
                .init(name: name, kind: kind, amount: amount, terms: terms(entry, kind: kind, problems: &problems)))
        }
        readFinancing(top, into: &plan, problems: &problems)
        checkYears(plan, top, problems: &problems)
        return plan
    }

    /// A list of amounts of money, one a year.
    static func numbers(_ top: YAMLMapping, _ key: String, problems: inout ProblemList) -> [Double] {
        top.texts(key, problems: &problems).map { entry in
            guard let value = NumberText.number(entry), (0...1e15).contains(value) else {
                problems.add(top.file, top.line(of: key), "'\(key)' holds '\(entry)'", "give amounts of 0 or more, one a year")
                return 0
            }
            return value
        }
    }

    private static func checkYears(_ plan: PlanSettings, _ top: YAMLMapping, problems: inout ProblemList) {
        let last = plan.startYear + plan.horizonYears - 1
        if let year = plan.targetYear, !(plan.startYear...last).contains(year) {
            problems.add(
                top.file, top.line(of: "target_year"), "'target_year' \(year) is outside the plan, \(plan.startYear) to \(last)",
                "mend 'target_year', 'start_year' or 'horizon_years'")
        }
        if plan.isTargetRequired, plan.targetRevenueWaterRatio == nil {
            problems.add(
                top.file, top.line(of: "target_is_required"), "a target is required but 'target_revenue_water_percent' is missing",
                "give the target, or leave 'target_is_required' out")
        }
        if let budgets = plan.yearlyBudgets, budgets.count > plan.horizonYears {
            problems.add(
                top.file, top.line(of: "yearly_budgets"), "'yearly_budgets' has \(budgets.count) years, the plan \(plan.horizonYears)",
                "give one amount for each year at most")
        }
        if plan.constructionYears > plan.horizonYears {
            problems.add(
                top.file, top.line(of: "construction_years"),
                "'construction_years' \(plan.constructionYears) is longer than 'horizon_years' \(plan.horizonYears)", "mend one of the two")
        }
    }
}

/// `catalogue.yaml`: unit costs and effects that hold in this place.
enum CatalogueFile {
    static func read(_ node: YAMLNode, file: String, problems: inout ProblemList) -> CatalogueOverrides {
        var catalogue = CatalogueOverrides()
        guard let top = YAMLMapping(node, file: file, known: ["measures", "exclude", "prerequisites", "exclusions"], problems: &problems)
        else { return catalogue }
        catalogue.excluded = Set(top.texts("exclude", problems: &problems))
        for (key, path) in [
            ("prerequisites", \CatalogueOverrides.prerequisites), ("exclusions", \CatalogueOverrides.exclusions),
        ] {
            guard let node = top.node(key), let lists = YAMLMapping(node, file: file, name: key, known: nil, problems: &problems) else {
                continue
            }
            for measure in lists.keys { catalogue[keyPath: path][measure] = lists.texts(measure, problems: &problems) }
        }
        guard let node = top.node("measures"),
            let measures = YAMLMapping(node, file: file, name: "measures", known: nil, problems: &problems)
        else { return catalogue }
        for measure in measures.keys {
            guard let node = measures.node(measure),
                let parameters = YAMLMapping(node, file: file, name: measure, known: nil, problems: &problems)
            else { continue }
            for parameter in parameters.keys {
                guard let node = parameters.node(parameter),
                    let entry = YAMLMapping(
                        node, file: file, name: "\(measure).\(parameter)", known: YAMLMapping.figureKeys, problems: &problems)
                else { continue }
                let (value, unit) = entry.figure(nil, at: parameters.line(of: parameter), problems: &problems)
                // Prices, shares, times and pressures: none of them is below nothing.
                if let least = [value.value, value.low, value.high].compactMap({ $0 }).min(), least < 0 {
                    problems.add(
                        file, parameters.line(of: parameter), "'\(measure).\(parameter)' is or reaches \(NumberText.exact(least))",
                        "give 0 or more: a price, a share or a time cannot be negative")
                }
                catalogue.values[measure, default: [:]][parameter] = value
                catalogue.units[measure, default: [:]][parameter] = unit
            }
        }
        return catalogue
    }
}
