// SPDX-License-Identifier: GPL-3.0-or-later

/// Choice of one option from each group under one budget: a multiple-choice knapsack, solved exactly by branch and bound.
///
/// Each group is a zone, or the whole system, and its options are packages of measures whose joint effect was simulated; doing nothing is
/// one of them. Worth adds up over groups, but for one thing that they share: a saving beyond a yearly limit (a deficit of water that closes)
/// earns less. The bound is the linear relaxation along the convex hull of each group (Dyer 1984; Zemel 1984).
/// Not for several budgets or start years: those need a solver with more than one constraint.
public struct PackageSelection: Sendable {
    public struct Option: Sendable {
        /// Taken from the budget, not below 0. [currency]
        public var cost: Double
        public var value: Double
        /// What the option takes of the shared limit in each year; empty: nothing.
        public var shared: [Double]

        public init(cost: Double, value: Double, shared: [Double] = []) {
            self.cost = cost
            self.value = value
            self.shared = shared
        }
    }

    public struct Result: Sendable {
        /// Index of the option taken in each group.
        public var choice: [Int]
        public var value: Double
        public var cost: Double
        /// No choice can be worth more than this.
        public var bound: Double
        /// That no better choice exists, within one part in 10⁹ of the value.
        public var isProvenOptimal: Bool
        public var nodes: Int
    }

    public var groups: [[Option]]
    /// nil: no limit.
    public var budget: Double?
    /// Worth of a unit of `shared` in each year, up to `sharedLimit` a year.
    public var sharedWorth: [Double]
    /// nil: no limit.
    public var sharedLimit: Double?

    public init(groups: [[Option]], budget: Double?, sharedWorth: [Double] = [], sharedLimit: Double? = nil) {
        self.groups = groups
        self.budget = budget
        self.sharedWorth = sharedWorth
        self.sharedLimit = sharedLimit
    }

    /// The best choice; nil where a group has no option within the budget.
    ///
    /// - nodeLimit: nodes of the search tree after which the best choice found is returned as not proven.
    public func solve(nodeLimit: Int = 500_000) -> Result? {
        var search = Search(self, nodeLimit: nodeLimit)
        return search.run()
    }

    /// Worth of a set of shared amounts. [as value]
    func sharedValue(_ amounts: [Double]) -> Double {
        var sum = 0.0
        for (year, amount) in amounts.enumerated() where year < sharedWorth.count {
            sum += sharedWorth[year] * (sharedLimit.map { min($0, amount) } ?? amount)
        }
        return sum
    }

    /// What the shared part can earn at most.
    var sharedCap: Double { sharedLimit.map { limit in sharedWorth.reduce(0) { $0 + max(0, $1) * limit } } ?? .infinity }
}

extension PackageSelection {
    /// The running state of one search.
    private struct Search {
        /// An option as the search sees it: index in its group, value without and with all of its shared part.
        struct Candidate { var index: Int, cost: Double, base: Double, full: Double }
        /// A step along a hull: so much more value for so much more cost.
        struct Step { var group: Int, cost: Double, value: Double }

        let problem: PackageSelection
        let nodeLimit: Int
        let budget: Double
        var groups: [[Candidate]] = []
        /// Steps of all groups by falling value per cost, and the value that costs least in each group.
        var fullSteps: [Step] = [], baseSteps: [Step] = []
        var fullStart: [Double] = [], baseStart: [Double] = []
        var startCost: [Double] = []
        var best: Result?
        var nodes = 0
        var choice: [Int]
        var amounts: [Double]

        init(_ problem: PackageSelection, nodeLimit: Int) {
            self.problem = problem
            self.nodeLimit = nodeLimit
            budget = problem.budget ?? .infinity
            choice = Array(repeating: 0, count: problem.groups.count)
            amounts = Array(repeating: 0, count: problem.sharedWorth.count)
            for (group, options) in problem.groups.enumerated() {
                let candidates = options.enumerated().map { index, option in
                    let full = zip(problem.sharedWorth, option.shared).reduce(option.value) { $0 + $1.0 * $1.1 }
                    return Candidate(index: index, cost: max(0, option.cost), base: option.value, full: full)
                }
                groups.append(Self.undominated(candidates, hasShared: problem.sharedLimit != nil))
                let cheapest = candidates.map(\.cost).min() ?? 0
                startCost.append(cheapest)
                fullStart.append(Self.hull(candidates, group: group, \.full, into: &fullSteps))
                baseStart.append(Self.hull(candidates, group: group, \.base, into: &baseSteps))
            }
            fullSteps.sort { $0.value * $1.cost > $1.value * $0.cost }
            baseSteps.sort { $0.value * $1.cost > $1.value * $0.cost }
        }

        /// Options that no other beats in cost and worth alike, best first.
        static func undominated(_ candidates: [Candidate], hasShared: Bool) -> [Candidate] {
            let sorted = candidates.sorted { ($0.full, -$0.cost, -Double($0.index)) > ($1.full, -$1.cost, -Double($1.index)) }
            guard !hasShared else { return sorted }
            var kept: [Candidate] = []
            for candidate in sorted where !kept.contains(where: { $0.cost <= candidate.cost }) { kept.append(candidate) }
            return kept
        }

        /// Adds the steps of a group's upper hull and returns the value at its cheapest end.
        static func hull(_ candidates: [Candidate], group: Int, _ value: KeyPath<Candidate, Double>, into steps: inout [Step]) -> Double {
            let sorted = candidates.sorted { ($0.cost, -$0[keyPath: value]) < ($1.cost, -$1[keyPath: value]) }
            var corners: [Candidate] = []
            for candidate in sorted {
                guard let last = corners.last else {
                    corners.append(candidate)
                    continue
                }
                guard candidate[keyPath: value] > last[keyPath: value] else { continue }
                while corners.count > 1 {
                    let top = corners[corners.count - 1], below = corners[corners.count - 2]
                    let first = (top[keyPath: value] - below[keyPath: value]) * (candidate.cost - top.cost)
                    let second = (candidate[keyPath: value] - top[keyPath: value]) * (top.cost - below.cost)
                    guard first <= second else { break }
                    corners.removeLast()
                }
                corners.append(candidate)
            }
            for (left, right) in zip(corners, corners.dropFirst()) {
                steps.append(Step(group: group, cost: right.cost - left.cost, value: right[keyPath: value] - left[keyPath: value]))
            }
            return corners.first?[keyPath: value] ?? 0
        }

        /// Most that groups `from`… can still add with `money`, by the relaxation.
        func relaxed(from group: Int, money: Double, steps: [Step], start: [Double]) -> Double {
            var left = money
            var value = 0.0
            for index in group..<groups.count {
                left -= startCost[index]
                value += start[index]
            }
            guard left >= 0 else { return -.infinity }
            for step in steps where step.group >= group {
                if step.cost <= left {
                    left -= step.cost
                    value += step.value
                } else {
                    return value + step.value * left / step.cost
                }
            }
            return value
        }

        func bound(from group: Int, money: Double, base: Double, full: Double) -> Double {
            let loose = full + relaxed(from: group, money: money, steps: fullSteps, start: fullStart)
            guard problem.sharedLimit != nil else { return loose }
            return min(loose, base + problem.sharedCap + relaxed(from: group, money: money, steps: baseSteps, start: baseStart))
        }

        mutating func run() -> Result? {
            guard !groups.contains(where: \.isEmpty) else { return nil }
            let root = bound(from: 0, money: budget, base: 0, full: 0)
            guard root > -.infinity else { return nil }
            branch(group: 0, money: budget, base: 0, full: 0)
            guard var result = best else { return nil }
            result.nodes = nodes
            result.isProvenOptimal = nodes <= nodeLimit
            result.bound = result.isProvenOptimal ? result.value : root
            return result
        }

        mutating func branch(group: Int, money: Double, base: Double, full: Double) {
            nodes += 1
            guard nodes <= nodeLimit else { return }
            if group == groups.count {
                let value = problem.sharedLimit == nil ? full : base + problem.sharedValue(amounts)
                let cost = zip(choice, problem.groups).reduce(0) { $0 + max(0, $1.1[$1.0].cost) }
                let tolerance = 1e-12 * abs(value)
                if let best, value < best.value + tolerance, !(value >= best.value - tolerance && cost < best.cost) { return }
                best = Result(choice: choice, value: value, cost: cost, bound: value, isProvenOptimal: false, nodes: 0)
                return
            }
            // The most promising first, so that a good choice is found early and the rest is cut.
            let reachable = groups[group].filter { $0.cost <= money }.map { candidate in
                let next = (base: base + candidate.base, full: full + candidate.full)
                return (candidate, reach: bound(from: group + 1, money: money - candidate.cost, base: next.base, full: next.full))
            }.sorted { ($0.reach, -$0.0.cost) > ($1.reach, -$1.0.cost) }
            for (candidate, reach) in reachable where reach > -.infinity {
                if let best, reach <= best.value + 1e-9 * abs(best.value) { return }
                let left = money - candidate.cost
                choice[group] = candidate.index
                let shared = problem.sharedLimit == nil ? [] : problem.groups[group][candidate.index].shared
                for (year, amount) in shared.enumerated() where year < amounts.count { amounts[year] += amount }
                branch(group: group + 1, money: left, base: base + candidate.base, full: full + candidate.full)
                for (year, amount) in shared.enumerated() where year < amounts.count { amounts[year] -= amount }
            }
        }
    }
}
