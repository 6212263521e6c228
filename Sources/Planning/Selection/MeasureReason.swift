// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension ProgrammeChoice {
    /// Why a measure is in the programme or not: its area's best package with it and without it, each less what it takes of the budgets and
    /// other limits at their final prices. Nil where all packages have it, or none that may be taken.
    func reason(for measure: Int, in group: Int, _ result: SelectionResult, model: SelectionModel) -> String? {
        var with = -Double.infinity, without = -Double.infinity
        let prices = Dictionary(result.prices.map { ($0.limit, $0.price) }, uniquingKeysWith: { first, _ in first })
        let price = model.limits.map { prices[$0] ?? 0 }
        for (place, option) in model.options[group].enumerated() {
            let value = option.map { worth(of: model.start($0, group), result.objective) } ?? 0
            let reduced = value - model.priced(group, place, price)
            if let option, sets[group][option.package + 1].contains(measure) {
                with = max(with, reduced)
            } else {
                without = max(without, reduced)
            }
        }
        guard with > -.infinity, without > -.infinity else { return nil }
        let unit = unit(of: result.objective)
        let isChosen = result.choices[group].map { sets[group][$0.package + 1].contains(measure) } ?? false
        let figures = "the best package of its area with it comes to \(text(with)) \(unit), without it to \(text(without)) \(unit)"
        let end = "after the limits that each takes from at their final prices."
        let lead = with - without
        if abs(lead) > 1e-9 * max(abs(with), abs(without)), isChosen != (lead > 0) {
            return isChosen
                ? "Chosen to use what is left of the limits: \(figures), \(end)"
                : "Not chosen, since it does not fit into what is left of the limits: \(figures), \(end)"
        }
        return isChosen ? "Chosen: \(figures), \(end)" : "Not chosen: \(figures), \(end)"
    }

    private func worth(of start: SelectionProblem.Start, _ objective: PlanSettings.Objective) -> Double {
        switch objective {
        case .netPresentValue, .equity: start.netPresentValue
        case .volumeSaved: start.volume
        case .supplyHours: start.connectionHours
        case .leastCapital: -start.capital.reduce(0, +)
        case .revenueWaterRatio: start.revenueGain + (problem.supply > 0 ? problem.revenueWater / problem.supply : 0) * start.supplyCut
        }
    }

    private func unit(of objective: PlanSettings.Objective) -> String {
        switch objective {
        case .netPresentValue, .equity, .leastCapital: inputs.city.profile.currency
        case .volumeSaved, .revenueWaterRatio: "m³/year"
        case .supplyHours: "h/d"
        }
    }
}
