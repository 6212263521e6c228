// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The packages of each area and the choice among them.
///
/// For each area every feasible set of its measures is simulated once, with their joint effect, and one package is chosen per area
/// (multiple-choice knapsack). Start years are as early as prerequisites allow: under one budget for the whole programme nothing is gained
/// by waiting.
struct ProgrammeChoice {
    /// A set of measures of one group, in order of rank.
    struct Package {
        var measures: [Int]
        var outcome: ProgrammeSimulation.Outcome
        var full: (real: Double, apparent: Double, demand: Double)
        var worth: Double
        var worthBeyondDeficit: Double
    }

    let measures: [SizedMeasure]
    /// Measures of each area by index, then those of the whole city.
    let groups: [[Int]]
    let losses: [ProgrammeSimulation.Losses]
    let simulation: ProgrammeSimulation
    let worth: ProgrammeWorth
    let draw: [Double]
    private(set) var packages: [[Package]] = []

    init(
        measures: [SizedMeasure], base: LossBase, simulation: ProgrammeSimulation, worth: ProgrammeWorth, draw: [Double]
    ) {
        self.measures = measures
        self.simulation = simulation
        self.worth = worth
        self.draw = draw
        groups = Self.groups(measures, base)
        losses = Self.losses(base, draw)
        packages = groups.indices.map { group in
            Self.subsets(of: groups[group], measures).map { subset in
                let set = subset.map { measures[$0] }
                let outcome = simulation.run(set, losses: losses[group], draw)
                return Package(
                    measures: subset, outcome: outcome, full: simulation.fullEffect(set, losses: losses[group], draw),
                    worth: worth.netPresentValue(outcome, draw), worthBeyondDeficit: worth.netPresentValueBeyondDeficit(outcome, draw))
            }
        }
    }

    static func groups(_ measures: [SizedMeasure], _ base: LossBase) -> [[Int]] {
        var result = base.areas.map { area in
            measures.indices.filter { measures[$0].target == .realLosses && measures[$0].zone == area.zone?.id }
        }
        result.append(measures.indices.filter { measures[$0].target != .realLosses })
        return result.map { $0.sorted { (measures[$0].rank, measures[$0].id) < (measures[$1].rank, measures[$1].id) } }
    }

    /// What each group has to lose in a draw. [m³/year]
    static func losses(_ base: LossBase, _ draw: [Double]) -> [ProgrammeSimulation.Losses] {
        base.areas.map { .init(real: $0.loss(draw)) } + [.init(apparent: base.apparentLosses(draw))]
    }

    /// Every set of the measures that holds its prerequisites and no two that exclude each other; the empty set first.
    static func subsets(of group: [Int], _ measures: [SizedMeasure]) -> [[Int]] {
        var sets: [[Int]] = [[]]
        for index in group {
            let measure = measures[index]
            sets += sets.filter { set in
                !set.contains { measures[$0].exclusions.contains(measure.id) || measure.exclusions.contains(measures[$0].id) }
            }.map { $0 + [index] }
        }
        return sets.filter { set in
            let ids = Set(set.map { measures[$0].id })
            return set.allSatisfy { measures[$0].prerequisites.allSatisfy(ids.contains) }
        }
    }

    /// The best choice for the objective; nil never happens with a budget of 0 or more, since doing nothing is free.
    func best(objective: PlanSettings.Objective, budget: Double?) -> PackageSelection.Result? {
        switch objective {
        case .netPresentValue:
            guard let limit = worth.water(draw).saleLimit, limit > 0 else {
                return PackageSelection(groups: options { $0.worth }, budget: budget).solve()
            }
            let water = worth.water(draw)
            let years = (0..<simulation.horizon).map { (water.tariff - water.restWorth) * worth.discountFactor(year: $0, draw) }
            let groups = packages.map { group in
                group.map { package in
                    PackageSelection.Option(
                        cost: package.outcome.firstCapital, value: package.worthBeyondDeficit,
                        shared: zip(package.outcome.realSaved, package.outcome.demandSaved).map { $0 + $1 })
                }
            }
            return PackageSelection(groups: groups, budget: budget, sharedWorth: years, sharedLimit: limit).solve()
        case .volumeSaved:
            return PackageSelection(groups: options { $0.full.real + $0.full.apparent + $0.full.demand }, budget: budget).solve()
        }
    }

    func options(_ value: (Package) -> Double) -> [[PackageSelection.Option]] {
        packages.map { $0.map { .init(cost: $0.outcome.firstCapital, value: value($0)) } }
    }

    /// Chosen measures, by group, in order of rank.
    func chosen(_ result: PackageSelection.Result) -> [[Int]] { zip(packages, result.choice).map { $0[$1].measures } }
}
