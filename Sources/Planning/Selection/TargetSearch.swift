// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The least capital with which a revenue-water ratio is reached in the target's year, whatever the budgets; where it is out of reach, the
/// measures that come nearest.
struct TargetSearch {
    let choice: ProgrammeChoice
    let target: Double

    private func ratio(_ result: SelectionResult) -> Double {
        let (outcome, today) = ProgrammeRisk.outcome(choice.inputs, choice.chosen(result), choice.draw)
        return ProgrammeRisk.ratios(choice.inputs, outcome, today, year: choice.targetYear, choice.draw).with
    }

    /// Capital (nil: out of reach), measures and the ratio that they reach.
    func run() -> (capital: Double?, measures: [String], ratio: Double) {
        var problem = choice.problem
        (problem.budget, problem.yearlyBudgets, problem.crews, problem.leastRatio) = (nil, nil, [:], target)
        for zone in problem.zones.indices {
            for package in problem.zones[zone].packages.indices {
                for start in problem.zones[zone].packages[package].starts.indices {
                    problem.zones[zone].packages[package].starts[start].effort = [:]
                }
            }
        }
        func found(_ result: SelectionResult) -> (measures: [String], ratio: Double) {
            (choice.chosen(result).flatMap { $0 }.map(\.id).sorted(), ratio(result))
        }
        // The capital of a plan is a round figure: a part in a thousand is near enough where proof takes long.
        let effort = SelectionProblem.Effort(steps: 20_000, acceptedGap: 1e-3, patience: 500)
        func best(_ problem: SelectionProblem, _ objective: SelectionProblem.Objective) -> SelectionResult? {
            do throws(SelectionError) { return try problem.solve(for: objective, effort: effort) } catch { return nil }
        }
        if let least = best(problem, .leastCapital) {
            let nearest = found(least)
            return (least.value, nearest.measures, nearest.ratio)
        }
        problem.leastRatio = nil
        guard let most = best(problem, .revenueWaterRatio) else { return (nil, [], 0) }
        let nearest = found(most)
        return (nil, nearest.measures, nearest.ratio)
    }
}
