// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods

/// What was chosen, how good it is, and how much better anything could be.
public struct SelectionResult: Sendable {
    public struct Choice: Sendable, Hashable {
        /// Index of the package in its zone, and of its start.
        public var package: Int
        public var start: Int
    }

    public struct Price: Sendable, Hashable {
        public var limit: SelectionLimit
        /// Worth of one more unit of the limit. [objective per unit]
        public var price: Double
    }

    public var objective: SelectionProblem.Objective
    /// By zone; nil: nothing.
    public var choices: [Choice?]
    /// Of the objective, and what no choice exceeds (for least capital: is below), in its unit: currency, m³/year, ratio, h/d or share.
    public var value: Double
    public var bound: Double
    /// (bound − value)/|bound|. [–]
    public var gap: Double
    public var isProvenOptimal: Bool
    /// [currency]
    public var netPresentValue: Double
    /// [m³/year]
    public var volume: Double
    /// In the year of the target; nil where the water supplied is not known. [–]
    public var ratio: Double?
    /// [h/d]
    public var connectionHours: Double
    /// Least share of its loss that a zone is spared. [–]
    public var leastShare: Double
    /// By year. [currency]
    public var capital: [Double]
    public var effort: [String: [Double]]
    /// Of limits that bind.
    public var prices: [Price]
    /// For each zone, why it gets what it gets.
    public var reasons: [SelectionReason]
    public var nodes: Int
    public var steps: Int

    /// Over all years. [currency]
    public var totalCapital: Double { capital.reduce(0, +) }
}

extension SelectionProblem {
    public typealias Effort = MultipleChoice.Effort

    /// The best choice for an objective.
    ///
    /// - Throws: `SelectionError` where the problem contradicts itself, no choice keeps the limits, or the effort did not suffice.
    public func solve(for objective: Objective, effort: Effort = Effort()) throws(SelectionError) -> SelectionResult {
        let contradictions = contradictions
        guard contradictions.isEmpty else { throw .contradictory(contradictions) }
        switch objective {
        case .netPresentValue: return try best(objective, effort) { start, _ in start.netPresentValue }
        case .volumeSaved: return try best(objective, effort) { start, _ in start.volume }
        case .supplyHours: return try best(objective, effort) { start, _ in start.connectionHours }
        case .leastCapital:
            var result = try best(objective, effort) { start, _ in -start.totalCapital }
            (result.value, result.bound) = (-result.value, -result.bound)
            return result
        case .revenueWaterRatio: return try bestRatio(effort)
        case .equity: return try fairest(effort)
        }
    }

    /// The best choice but one; nil where there is no other.
    public func runnerUp(to result: SelectionResult, effort: Effort = Effort()) throws(SelectionError) -> SelectionResult? {
        do {
            return try best(result.objective, effort, forbidding: result.choices) { start, _ in
                switch result.objective {
                case .volumeSaved: start.volume
                case .supplyHours: start.connectionHours
                case .leastCapital: -start.totalCapital
                default: start.netPresentValue
                }
            }
        } catch .impossible { return nil }
    }

    private func best(
        _ objective: Objective, _ effort: Effort, admits: (Int, Start?) -> Bool = { _, _ in true },
        forbidding: [SelectionResult.Choice?]? = nil, _ value: (Start, Int) -> Double
    ) throws(SelectionError) -> SelectionResult {
        var model = SelectionModel(
            self, pricesSales: objective == .netPresentValue || objective == .equity, capsHours: objective == .supplyHours, admits: admits)
        if let zone = zones.indices.first(where: { model.options[$0].isEmpty }) { throw .impossible(["a package for \(zones[zone].name)"]) }
        if let forbidding {
            model.forbid(
                forbidding.enumerated().map { zone, choice in
                    model.options[zone].firstIndex {
                        choice == nil ? $0 == nil : $0?.package == choice?.package && $0?.start == choice?.start
                    } ?? 0
                })
        }
        let choice = try model.choice(value)
        switch choice.solve(effort: effort) {
        case .solved(let solution): return result(model, choice, solution, objective)
        case .impossible(let limits):
            let named = limits.map { model.limits[$0].name }
            throw .impossible(named.isEmpty ? ["all limits"] : Array(named.prefix(6)))
        case .unknown: throw .unsolved
        }
    }

    private func result(
        _ model: SelectionModel, _ choice: MultipleChoice, _ solution: MultipleChoice.Solution, _ objective: Objective
    ) -> SelectionResult {
        let taken = solution.choice.enumerated().map { zone, place in model.options[zone][place] }
        let starts = taken.enumerated().compactMap { zone, option in option.map { model.start($0, zone) } }
        let years = starts.map(\.capital.count).max() ?? 0
        var netPresentValue = starts.reduce(0) { $0 + $1.netPresentValue }
        for sale in sales {
            for (year, worth) in sale.worth.enumerated() where worth > 0 && sale.limits[at: year] < .infinity {
                netPresentValue -= worth * max(0, starts.reduce(0) { $0 + $1.saleable[at: year] } - sale.limits[at: year])
            }
        }
        let revenue = revenueWater + starts.reduce(0) { $0 + $1.revenueGain }
        let supplied = supply - starts.reduce(0) { $0 + $1.supplyCut }
        let shares = zones.indices.compactMap { zone -> Double? in
            guard let loss = zones[zone].loss, loss > 0 else { return nil }
            return (taken[zone].map { model.start($0, zone).volume } ?? 0) / loss
        }
        return SelectionResult(
            objective: objective, choices: taken.map { $0.map { .init(package: $0.package, start: $0.start) } }, value: solution.value,
            bound: solution.bound, gap: solution.gap, isProvenOptimal: solution.isProvenOptimal, netPresentValue: netPresentValue,
            volume: starts.reduce(0) { $0 + $1.volume }, ratio: supplied > 0 ? revenue / supplied : nil,
            connectionHours: starts.reduce(0) { $0 + $1.connectionHours }, leastShare: shares.min() ?? 0,
            capital: (0..<years).map { year in starts.reduce(0) { $0 + $1.capital[at: year] } },
            effort: crews.mapValues { _ in [] }.merging(
                crews.keys.map { crew in
                    let last = starts.map { $0.effort[crew]?.count ?? 0 }.max() ?? 0
                    return (crew, (0..<last).map { year in starts.reduce(0) { $0 + ($1.effort[crew]?[at: year] ?? 0) } })
                }, uniquingKeysWith: { $1 }),
            prices: zip(model.limits, solution.prices).filter { $1 > 0 }.map { .init(limit: $0, price: $1) },
            reasons: selectionReasons(model, choice, solution), nodes: solution.nodes, steps: solution.steps)
    }

    /// Greatest ratio of revenue water: maximise r + τs, put τ to the ratio reached, until it rises no more (Dinkelbach 1967).
    private func bestRatio(_ effort: Effort) throws(SelectionError) -> SelectionResult {
        guard supply > 0 else { throw .contradictory(["a revenue-water ratio is asked for, but the water supplied is not known"]) }
        var ratio = revenueWater / supply
        while true {
            let tau = ratio
            var result = try best(.revenueWaterRatio, effort) { start, _ in start.revenueGain + tau * start.supplyCut }
            guard let reached = result.ratio, reached > ratio + 1e-12 else {
                // No choice brings (R + r) − τ(S − s) above the bound, so none a ratio above τ + bound/least supply.
                let cut = zones.reduce(0) { $0 + max(0, $1.packages.flatMap(\.starts).map(\.supplyCut).max() ?? 0) }
                let excess = revenueWater + result.bound - tau * supply
                (result.value, result.bound) = (result.ratio ?? 0, max(tau, tau + max(0, excess) / max(1e-9, supply - cut)))
                result.gap = result.bound > 0 ? max(0, result.bound - result.value) / result.bound : 0
                return result
            }
            ratio = reached
        }
    }

    /// Greatest least share of loss spared in any zone, by bisection over the shares that packages bring; then the greatest net
    /// present value at that share.
    private func fairest(_ effort: Effort) throws(SelectionError) -> SelectionResult {
        func share(_ zone: Int, _ start: Start?) -> Double? {
            guard let loss = zones[zone].loss, loss > 0 else { return nil }
            return (start?.volume ?? 0) / loss
        }
        let steps = Set(zones.indices.flatMap { zone in zones[zone].packages.flatMap(\.starts).compactMap { share(zone, $0) } } + [0])
            .sorted()
        func solved(_ least: Double) throws(SelectionError) -> SelectionResult {
            try best(.equity, effort, admits: { (share($0, $1) ?? .infinity) >= least }) { start, _ in start.netPresentValue }
        }
        var low = 0, high = steps.count - 1
        var found = try solved(steps[0])
        while low < high {
            let middle = (low + high + 1) / 2
            do throws(SelectionError) {
                found = try solved(steps[middle])
                low = middle
            } catch {
                guard case .impossible = error else { throw error }
                high = middle - 1
            }
        }
        (found.value, found.bound, found.gap) = (found.leastShare, found.leastShare, 0)
        return found
    }

    /// Choices that no other beats in both net present value and volume, from the most valuable to the most saving.
    ///
    /// - points: at least 2. Each is the greatest net present value with at least so much saved, at even steps of the volume.
    public func frontier(points: Int, effort: Effort = Effort()) throws(SelectionError) -> [SelectionResult] {
        let first = try solve(for: .netPresentValue, effort: effort)
        let most = try solve(for: .volumeSaved, effort: effort).volume
        var found = [first]
        for step in 1..<max(2, points) {
            var floored = self
            let least = first.volume + (most - first.volume) * Double(step) / Double(max(1, points - 1))
            // The last floor is the greatest volume itself; a part in a thousand million is left for rounding.
            floored.leastVolume = max(leastVolume ?? 0, least * (1 - 1e-9))
            let point = try floored.solve(for: .netPresentValue, effort: effort)
            if point.volume > found[found.count - 1].volume * (1 + 1e-9) { found.append(point) }
        }
        return found
    }
}
