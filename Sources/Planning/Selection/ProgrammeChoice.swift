// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The packages of each area and the choice among them.
///
/// For each area every feasible set of its measures is simulated with their joint effect, once for each year in which it may begin. Where only
/// the whole programme has a budget nothing is gained by waiting, and every package begins as early as its prerequisites allow.
struct ProgrammeChoice {
    let inputs: PlanInputs
    let measures: [SizedMeasure]
    /// Measures of each area by index, then those of the whole city.
    let groups: [[Int]]
    let losses: [ProgrammeSimulation.Losses]
    let draw: [Double]
    /// Year in which the ratio of revenue water is looked at, from 0.
    let targetYear: Int
    /// Sets of measures of each group that can stand together, in order of rank; none first.
    private(set) var sets: [[[Int]]] = []
    private(set) var problem: SelectionProblem

    init(_ inputs: PlanInputs, draw: [Double]) {
        self.inputs = inputs
        self.draw = draw
        measures = inputs.measures
        groups = Self.groups(measures, inputs.base)
        losses = Self.losses(inputs.base, draw)
        let settings = inputs.city.plan
        targetYear = min(max((settings.targetYear ?? Int.max / 2) - settings.startYear, 0), inputs.horizon - 1)
        problem = SelectionProblem(zones: [], firstYear: settings.startYear)
        sets = groups.map { Self.subsets(of: $0, inputs.measures) }
        problem = makeProblem(settings)
    }

    static func groups(_ measures: [SizedMeasure], _ base: LossBase) -> [[Int]] {
        var result = base.areas.map { area in
            measures.indices.filter { !measures[$0].isOfWholeCity && measures[$0].zone == area.zone?.id }
        }
        result.append(measures.indices.filter { measures[$0].isOfWholeCity })
        return result.map { $0.sorted { (measures[$0].rank, measures[$0].id) < (measures[$1].rank, measures[$1].id) } }
    }

    /// What each group has to lose in a draw. [m³/year]
    static func losses(_ base: LossBase, _ draw: [Double]) -> [ProgrammeSimulation.Losses] {
        base.areas.map { .init(real: $0.loss(draw)) } + [.init(apparent: base.apparentLosses(draw))]
    }

    /// Every set of the measures that holds its prerequisites among them and no two that exclude each other; the empty set first.
    static func subsets(of group: [Int], _ measures: [SizedMeasure]) -> [[Int]] {
        var sets: [[Int]] = [[]]
        for index in group {
            let measure = measures[index]
            sets += sets.filter { set in
                !set.contains { measures[$0].exclusions.contains(measure.id) || measure.exclusions.contains(measures[$0].id) }
            }.map { $0 + [index] }
        }
        let own = Set(group.map { measures[$0].id })
        return sets.filter { set in
            let ids = Set(set.map { measures[$0].id })
            return set.allSatisfy { measures[$0].prerequisites.allSatisfy { ids.contains($0) || !own.contains($0) } }
        }
    }

    /// Years that a package may wait: none where no year has a limit of its own.
    private var delays: Range<Int> {
        let settings = inputs.city.plan
        guard settings.yearlyBudgets != nil || !settings.crews.isEmpty else { return 0..<1 }
        return 0..<min(inputs.horizon, max(1, settings.constructionYears, settings.yearlyBudgets?.count ?? 0))
    }

    /// The measures of a set, begun later by `delay` years.
    func set(_ indices: [Int], delay: Int) -> [SizedMeasure] {
        indices.map {
            var measure = measures[$0]
            measure.start += delay
            return measure
        }
    }

    /// What freed water is worth, year by year: the first of it, and how much less what comes after each limit.
    ///
    /// Where water beyond a limit would be worth more than what lies below (a tariff under the cost of production), it counts as that.
    private func waterWorths() -> (first: [Double], sales: [SelectionProblem.Sale]) {
        let worth = inputs.worth
        let count = 1 + worth.purchases.count
        var first: [Double] = []
        var sales = Array(repeating: SelectionProblem.Sale(limits: [], worth: []), count: count)
        for year in 0..<inputs.horizon {
            let water = worth.water(draw, year: year)
            let factor = worth.discountFactor(year: year, draw)
            var steps = [(size: water.saleLimit ?? .infinity, worth: water.tariff)]
            steps += water.purchases.filter { $0.price > water.restWorth }.sorted { $0.price > $1.price }.map {
                (max(0, $0.volume), $0.price)
            }
            while steps.count < count { steps.append((0, water.restWorth)) }
            steps.append((.infinity, water.restWorth))
            var top = steps.first { $0.size > 0 }?.worth ?? water.restWorth
            first.append(top)
            var reached = 0.0
            for number in 0..<count {
                reached += steps[number].size
                let next = min(top, steps[(number + 1)...].first { $0.size > 0 }?.worth ?? water.restWorth)
                sales[number].limits.append(reached)
                sales[number].worth.append(reached > 0 ? (top - next) * factor : 0)
                if reached > 0 { top = next }
            }
        }
        return (first, sales)
    }

    private func makeProblem(_ settings: PlanSettings) -> SelectionProblem {
        var result = SelectionProblem(
            zones: [], firstYear: settings.startYear, budget: inputs.budget, yearlyBudgets: settings.yearlyBudgets,
            carriesForward: settings.carriesForward, crews: settings.crews.mapValues { Array(repeating: $0, count: inputs.horizon) })
        let worths = waterWorths()
        result.sales = worths.sales
        let profile = inputs.city.profile
        if let hours = profile.supplyHours.value, let connections = profile.connections.value, hours < 24 {
            result.mostConnectionHours = (24 - hours) * connections
        }
        (result.revenueWater, result.supply) = waterOfTargetYear
        if settings.isTargetRequired { result.leastRatio = settings.targetRevenueWaterRatio }
        result.zones = groups.indices.map { zone(of: $0, worths, settings) }
        return result
    }

    private func zone(
        of group: Int, _ worths: (first: [Double], sales: [SelectionProblem.Sale]), _ settings: PlanSettings
    ) -> SelectionProblem.Zone {
        let name = group < inputs.base.areas.count ? inputs.base.areas[group].name : "the whole city"
        let mandatory = Set(groups[group].filter { settings.mandatory.contains(measures[$0].key) })
        // What lies in other areas, the choice among packages sees to.
        let own = Set(groups[group].map { measures[$0].id })
        func elsewhere(_ set: [Int], _ ids: (SizedMeasure) -> [String]) -> Set<String> {
            Set(set.flatMap { ids(measures[$0]) }).subtracting(own)
        }
        let packages = sets[group].dropFirst().map { set -> SelectionProblem.Package in
            let isAdmitted = mandatory.isSubset(of: set)
            let ids = set.map { measures[$0].id }
            return SelectionProblem.Package(
                name: ids.joined(separator: " + "), provides: Set(ids), requires: elsewhere(set, \.prerequisites),
                excludes: elsewhere(set, \.exclusions),
                starts: isAdmitted ? delays.compactMap { start(set, group, delay: $0, worths.first) } : [])
        }
        return SelectionProblem.Zone(
            name: name, loss: group < inputs.base.areas.count ? losses[group].real : nil, isMandatory: !mandatory.isEmpty,
            packages: packages)
    }

    /// - first: what the first of the water freed is worth, by year. [currency/m³]
    private func start(_ set: [Int], _ group: Int, delay: Int, _ first: [Double]) -> SelectionProblem.Start? {
        let simulation = inputs.simulation
        let shifted = self.set(set, delay: delay)
        guard delay == 0 || shifted.allSatisfy({ $0.start + $0.buildYears < inputs.horizon }) else { return nil }
        let outcome = simulation.run(shifted, losses: losses[group], draw)
        let full = simulation.fullEffect(shifted, losses: losses[group], draw)
        let saleable = outcome.saleable
        let value = inputs.worth.netPresentValue(outcome, draw) { first[$0] }
        var effort: [String: [Double]] = [:]
        for measure in shifted where inputs.city.plan.crews[measure.key] != nil {
            var years = effort[measure.key] ?? Array(repeating: 0, count: inputs.horizon)
            for year in measure.start..<min(inputs.horizon, measure.start + measure.buildYears) {
                years[year] += measure.quantity / Double(measure.buildYears)
            }
            effort[measure.key] = years
        }
        let capital = outcome.capital.lastIndex { $0 != 0 }.map { Array(outcome.capital[...$0]) } ?? []
        let gain = ratioGain(outcome)
        return SelectionProblem.Start(
            year: delay, netPresentValue: value, volume: full.real + full.apparent + full.demand, capital: capital, effort: effort,
            revenueGain: gain.revenue, supplyCut: gain.supply, connectionHours: connectionHours(full.real + full.demand),
            saleable: saleable)
    }

    /// More revenue water and less supply in the year of the target; with a limited deficit the cautious reading. [m³/year]
    private func ratioGain(_ outcome: ProgrammeSimulation.Outcome) -> (revenue: Double, supply: Double) {
        let real = outcome.realSaved[targetYear], demand = outcome.useSpared(targetYear)
        if inputs.worth.regime == .deficit, inputs.worth.deficit == nil { return (outcome.apparentSaved[targetYear] + real, 0) }
        return (outcome.apparentSaved[targetYear] - demand, real + demand)
    }

    /// Revenue water and supply of the target's year without the programme. [m³/year]
    private var waterOfTargetYear: (revenue: Double, supply: Double) {
        guard inputs.base.knowsRevenue else { return (0, 0) }
        let today = losses.reduce(0) { $0 + $1.real }
        let rise = inputs.simulation.withoutMeasures(today, year: targetYear, draw) - today
        let supply = inputs.base.revenueWater + inputs.base.unbilled + inputs.base.apparentLosses(draw).reduce(0, +) + today
        return inputs.worth.regime == .deficit ? (inputs.base.revenueWater - rise, supply) : (inputs.base.revenueWater, supply + rise)
    }

    /// Hours that freed water lets supply grow, times connections: freed water over what a connection draws in an hour of supply. [h/d]
    ///
    /// - freed: [m³/year]
    private func connectionHours(_ freed: Double) -> Double {
        guard let hours = inputs.city.profile.supplyHours.value, let connections = inputs.city.profile.connections.value, hours > 0,
            connections > 0, inputs.base.revenueWater > 0
        else { return 0 }
        return freed / (inputs.base.revenueWater / (connections * hours))
    }

    /// The problem's options and limits, as the solution was found with.
    var model: SelectionModel {
        let objective = inputs.city.plan.objective
        return SelectionModel(
            problem, pricesSales: objective == .netPresentValue || objective == .equity, capsHours: objective == .supplyHours)
    }

    /// Points between the most valuable and the most saving programme; none where one limit or another leaves no choice.
    func frontier() -> [ImprovementPlan.FrontierPoint] {
        let effort = SelectionProblem.Effort(steps: 2000, acceptedGap: 2e-3, patience: 200)
        let points: [SelectionResult]
        do throws(SelectionError) { points = try problem.frontier(points: 6, effort: effort) } catch { return [] }
        return points.map {
            .init(
                netPresentValue: $0.netPresentValue, bound: $0.bound, volume: $0.volume, capital: $0.capital.reduce(0, +),
                ratio: $0.ratio)
        }
    }

    /// Chosen measures by group, in order of rank, with the years in which they begin.
    func chosen(_ result: SelectionResult) -> [[SizedMeasure]] {
        result.choices.enumerated().map { group, choice in
            guard let choice else { return [] }
            let start = problem.zones[group].packages[choice.package].starts[choice.start]
            return set(sets[group][choice.package + 1], delay: start.year)
        }
    }
}
