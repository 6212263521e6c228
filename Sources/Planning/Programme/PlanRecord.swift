// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Every figure that the plan uses and that the city did not measure, with its source and where it is used; catalogue first, by name.
func assumptionRegister(_ inputs: PlanInputs) -> [ImprovementPlan.Assumption] {
    var register: [ImprovementPlan.Assumption] = []
    for figure in inputs.figures.list where !figure.isResult && !figure.usedIn.isEmpty && figure.value.status != .measured {
        register.append(
            .init(item: figure.id, unit: figure.unit, value: figure.value, usedIn: figure.usedIn.sorted().joined(separator: ", ")))
    }
    let profile = inputs.city.profile
    let known: [(String, String, SourcedValue, String)] = [
        ("profile.connections", "connections", profile.connections, "sizes of measures"),
        ("profile.metered_connections", "connections", profile.meteredConnections, "sizes of measures"),
        ("profile.mains_length", "m", profile.mainsLength, "sizes of measures"),
        ("profile.average_pressure", "m", profile.averagePressure, "pressure management"),
    ]
    for (item, unit, value, place) in known where value.value != nil && value.status != .measured {
        register.append(.init(item: item, unit: unit, value: value, usedIn: place))
    }
    for entry in inputs.city.plan.sourcedFigures where entry.value.value != nil && entry.value.status != .measured {
        register.append(.init(item: entry.item, unit: entry.unit, value: entry.value, usedIn: entry.use))
    }
    for line in BalanceInput.Line.allCases {
        guard let value = inputs.city.balance?.volumes[line], value.value != nil, value.status != .measured else { continue }
        register.append(.init(item: "balance.\(line.rawValue)", unit: "m³", value: value, usedIn: "water balance"))
    }
    if let value = inputs.city.balance?.meterUnderRegistration, value.value != nil, value.status != .measured {
        register.append(.init(item: "balance.meter_under_registration", unit: "–", value: value, usedIn: "water balance"))
    }
    return register.sorted { ($0.item, $0.usedIn) < ($1.item, $1.usedIn) }
}

/// What a reader must be told before relying on the plan, beyond what its inputs gave rise to.
func planWarnings(_ plan: ImprovementPlan, inputs: PlanInputs, netPresentValueWithoutRise: Double) -> [String] {
    let city = plan.city
    var warnings: [String] = []
    if city.profile.isSynthetic {
        warnings.append("Figures of this city's folder are invented for an example: no part of this plan may be acted on.")
    }
    if let hours = city.profile.supplyHours.value, hours < 24 {
        warnings.append(
            "Water flows for \(text(hours)) hours a day: savings will first show as longer hours, and losses per connection are not those of "
                + "a system under pressure day and night.")
    }
    let selected = plan.measures.filter(\.isSelected)
    if selected.isEmpty {
        if plan.measures.isEmpty {
            warnings.append("No measure could be sized: see what is missing for each.")
        } else if plan.selection.refusal.isEmpty {
            warnings.append("No set of the sized measures is worth its cost under this budget and worth of water: nothing is chosen.")
        }
    }
    for reason in plan.selection.refusal { warnings.append("No programme can be chosen: \(reason).") }
    if plan.selection.refusal.isEmpty, !plan.selection.isProvenOptimal {
        warnings.append("The search stopped before it proved that no better set of measures exists.")
    }
    warnings += moneyWarnings(plan, selected, netPresentValueWithoutRise)
    warnings += targetWarnings(plan, inputs)
    let dry = plan.districts.filter { ($0.firePressure ?? .infinity) < ZoneDesignOptions().firePressure }.map(\.zone.name)
    if !dry.isEmpty {
        warnings.append(
            "A fire flow of 10 l/s at peak leaves less than 10 m at the critical node of \(dry.joined(separator: ", ")): ask the fire service what "
                + "it needs there before pressure is lowered.")
    }
    let weak = plan.assumptions.filter { $0.value.status >= .contested && $0.value.status != .unknown }
    if !weak.isEmpty {
        warnings.append(
            "\(weak.count) of the \(plan.assumptions.count) figures in the assumption register are contested, assumed, unverified or synthetic: "
                + "replace them by figures of the city before money is committed.")
    }
    // Works of supply that nobody needs are no gap.
    let isShort = city.plan.regime == .deficit || city.plan.supply.deficits != nil
    let open = plan.notSized.filter { isShort || !MeasureSizing.supplyKeys.contains($0.catalogueKey) }
    if !open.isEmpty {
        let keys = Set(open.map(\.catalogueKey)).sorted()
        warnings.append("Not sized or not priced for want of a figure, and so not in the comparison: \(keys.joined(separator: ", ")).")
    }
    return warnings
}

private func moneyWarnings(_ plan: ImprovementPlan, _ selected: [PlannedMeasure], _ netPresentValueWithoutRise: Double) -> [String] {
    guard !selected.isEmpty else { return [] }
    let currency = plan.city.profile.currency
    var warnings: [String] = []
    let worth = plan.finance.netPresentValue
    if worth.low95 <= 0, worth.high95 >= 0, worth.standardDeviation > 0 {
        let chance = plan.finance.probabilityOfLoss.map { "; the programme loses money in \(text(100 * $0)) % of the draws" } ?? ""
        warnings.append("The 95 % interval of the net present value includes zero\(chance).")
    } else if worth.value < 0 {
        warnings.append("The programme costs more than it earns: its net present value is \(text(worth.value)) \(currency).")
    }
    if worth.value > 0, netPresentValueWithoutRise < 0.5 * worth.value {
        warnings.append(
            "Without the assumed rise of leakage the net present value is \(text(netPresentValueWithoutRise)) instead of \(text(worth.value)) "
                + "\(currency): measure the rise before relying on it.")
    }
    if plan.finance.internalRates.count > 1 {
        let rates = plan.finance.internalRates.map { text(100 * $0) + " %" }.joined(separator: ", ")
        warnings.append(
            "The cash flow has \(plan.finance.internalRates.count) internal rates of return (\(rates)); none of them is to be used alone.")
    }
    let doubtful = selected.filter { $0.volumeSaved.value > 0 && $0.volumeSaved.low95 <= 0 }.map(\.id)
    if !doubtful.isEmpty {
        warnings.append("The interval of the volume saved includes zero for: \(doubtful.joined(separator: ", ")).")
    }
    let funding = plan.city.plan.funding.reduce(0) { $0 + max(0, $1.amount) }
    let capital = plan.selection.capital
    if plan.city.plan.funding.isEmpty {
        warnings.append("No source of funding is named: capital of \(text(capital)) \(currency) is not covered.")
    } else if funding < capital * (1 - 1e-9) {
        warnings.append(
            "Sources do not equal uses: funding of \(text(funding)) \(currency) leaves \(text(capital - funding)) of the capital uncovered."
        )
    }
    let withoutTerms = plan.city.plan.funding.filter { $0.kind.isLoan && $0.terms == nil }.map(\.name)
    if !withoutTerms.isEmpty {
        warnings.append(
            "The terms of these loans are not given, so their debt service is not known: \(withoutTerms.joined(separator: ", ")).")
    }
    return warnings
}

private func targetWarnings(_ plan: ImprovementPlan, _ inputs: PlanInputs) -> [String] {
    let currency = plan.city.profile.currency
    guard let asked = plan.city.plan.targetRevenueWaterRatio else { return [] }
    guard asked > 0, asked <= 1 else {
        return ["A revenue-water ratio of \(text(100 * asked)) % cannot be reached: the target must lie above 0 and not above 100 %."]
    }
    guard let target = plan.target else {
        return ["Whether the target is reached cannot be said: the revenue water is not known."]
    }
    func percent(_ ratio: Double) -> String { text(100 * ratio) + " %" }
    var sentence =
        "The programme reaches a revenue-water ratio of \(percent(target.reached.value)) in \(target.year); asked for are \(percent(target.ratio))"
    if target.isReached {
        sentence += ", which is reached by \(text(100 * (target.reached.value - target.ratio))) points"
    } else {
        sentence += ", which is missed by \(text(100 * (target.ratio - target.reached.value))) points"
        if let capital = target.capitalNeeded {
            sentence +=
                "; it would take a capital of \(text(capital)) \(currency) at least (\(target.measuresNeeded.joined(separator: ", ")))"
        } else {
            sentence += "; all sized measures together would reach \(percent(target.ratioWithMeasuresNeeded))"
        }
    }
    sentence += "; the chance of missing it is \(percent(target.probabilityOfMissing))."
    var warnings = [sentence]
    if let year = plan.city.plan.targetYear, year != target.year {
        warnings.append("The target year \(year) lies outside the plan; \(target.year) is looked at instead.")
    }
    return warnings
}
