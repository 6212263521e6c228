// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The least capital with which a revenue-water ratio is reached in a year.
///
/// Revenue over supply reaches τ where Σ(gain in revenue + τ · cut of supply) reaches τ·S − R, which adds up over packages; the knapsack is
/// solved for the greatest sum under a budget, and the budget is closed in by bisection, since that sum never falls with the budget.
struct TargetSearch {
    let choice: ProgrammeChoice
    let inputs: PlanInputs
    let target: Double
    let year: Int

    /// Sum that a package adds in the year. [m³/year]
    private func gain(_ package: ProgrammeChoice.Package) -> Double {
        let outcome = package.outcome
        let real = outcome.realSaved[year], demand = outcome.demandSaved[year]
        // Unlimited deficit: what is saved is sold, supply stays. Otherwise supply falls; with a limited deficit that is the cautious reading.
        if inputs.worth.regime == .deficit, inputs.worth.deficit == nil { return outcome.apparentSaved[year] + real }
        return outcome.apparentSaved[year] + target * real - (1 - target) * demand
    }

    private func ratio(_ result: PackageSelection.Result) -> Double {
        let sets = choice.chosen(result).map { $0.map { inputs.measures[$0] } }
        let (outcome, today) = ProgrammeRisk.outcome(inputs, sets, choice.draw)
        return ProgrammeRisk.ratios(inputs, outcome, today, year: year, choice.draw).with
    }

    /// Capital (nil: out of reach), measures and the ratio that they reach.
    func run() -> (capital: Double?, measures: [String], ratio: Double) {
        let options = choice.options(gain)
        func best(_ budget: Double?) -> PackageSelection.Result? {
            PackageSelection(groups: options, budget: budget).solve(nodeLimit: 100_000)
        }
        func names(_ result: PackageSelection.Result) -> [String] {
            choice.chosen(result).flatMap { $0 }.map { inputs.measures[$0].id }.sorted()
        }
        guard let most = best(nil) else { return (nil, [], 0) }
        let highest = ratio(most)
        guard highest >= target else { return (nil, names(most), highest) }
        var found = most
        var low = 0.0, high = most.cost
        if let none = best(0), ratio(none) >= target { return (none.cost, names(none), ratio(none)) }
        // 30 halvings: a part in a thousand million of the capital.
        for _ in 0..<30 where high - low > 1e-9 * most.cost {
            let middle = (low + high) / 2
            if let result = best(middle), ratio(result) >= target {
                found = result
                high = min(middle, result.cost)
            } else {
                low = middle
            }
        }
        return (found.cost, names(found), ratio(found))
    }
}
