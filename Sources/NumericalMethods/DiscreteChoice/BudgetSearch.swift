// SPDX-License-Identifier: GPL-3.0-or-later

/// Branch and bound of ``BudgetSelection``: depth first, the thing with most value for its cost first, taken before left out.
struct BudgetSearch {
    private enum State: UInt8 { case open, taken, out }

    private struct Node {
        var states: [State]
        var value = 0.0
        var cost = 0.0
        var secondCost = 0.0
        var bound = 0.0
    }

    /// Relative rounding allowance in sums of costs and values.
    private static let rounding = 1e-12

    private let problem: BudgetSelection
    private let options: BudgetSelection.Options
    /// Each item with everything it requires, directly or not.
    private let closures: [[Int]]
    /// Each item with everything that requires it, directly or not.
    private let dependents: [[Int]]
    private let groupsOfItem: [[Int]]
    /// Group in whose hull an item is counted by the bound; items in no group have one of their own.
    private let boundGroup: [Int]
    private let boundGroupCount: Int
    private let order: [Int]
    private var best: BudgetSelection.Choice?
    private var runnerUp: BudgetSelection.Choice?

    init(_ problem: BudgetSelection, _ options: BudgetSelection.Options) {
        self.problem = problem
        self.options = options
        let items = problem.items
        let required = items.map(\.requires)
        var requiredBy = [[Int]](repeating: [], count: items.count)
        for (index, item) in items.enumerated() {
            for other in item.requires { requiredBy[other].append(index) }
        }
        closures = items.indices.map { Self.reachable(from: $0, required) }
        dependents = items.indices.map { Self.reachable(from: $0, requiredBy) }
        var groups = [[Int]](repeating: [], count: items.count)
        for (group, members) in problem.exclusiveGroups.enumerated() {
            for member in Set(members) { groups[member].append(group) }
        }
        groupsOfItem = groups
        var count = problem.exclusiveGroups.count
        boundGroup = items.indices.map { index in
            if let first = groups[index].first { return first }
            count += 1
            return count - 1
        }
        boundGroupCount = count
        let (budget, secondBudget) = (problem.budget, problem.secondBudget)
        let worth = items.map { item in
            let use = max(Self.part(item.cost, of: budget), Self.part(item.secondCost, of: secondBudget))
            return use > 0 ? item.value / use : item.value * .infinity
        }
        order = items.indices.filter { items[$0].value > 0 }.sorted { (worth[$1], $0) < (worth[$0], $1) }
    }

    private static func part(_ cost: Double, of budget: Double) -> Double {
        budget.isFinite ? (budget > 0 ? cost / budget : (cost > 0 ? .infinity : 0)) : 0
    }

    private static func reachable(from start: Int, _ next: [[Int]]) -> [Int] {
        var seen: Set<Int> = [start]
        var stack = [start]
        while let item = stack.popLast() {
            for other in next[item] where seen.insert(other).inserted { stack.append(other) }
        }
        return seen.sorted()
    }

    mutating func run() -> BudgetSelection.Solution {
        var root = Node(states: [State](repeating: .open, count: problem.items.count))
        record(root)
        root.bound = tighten(&root)
        var stack = [root]
        var nodes = 0
        while let node = stack.popLast() {
            if node.bound <= threshold { continue }
            if nodes >= options.maximumNodes {
                stack.append(node)
                break
            }
            nodes += 1
            guard let item = order.first(where: { node.states[$0] == .open }) else { continue }
            var without = node
            for other in dependents[item] { without.states[other] = .out }
            without.bound = tighten(&without)
            if without.bound > threshold { stack.append(without) }
            if var with = taking(item, node) {
                record(with)
                with.bound = tighten(&with)
                if with.bound > threshold { stack.append(with) }
            }
        }
        let empty = BudgetSelection.Choice(items: [], value: 0, cost: 0, secondCost: 0)
        let found = best ?? empty
        let open = stack.map(\.bound).max() ?? found.value
        return BudgetSelection.Solution(
            best: found, runnerUp: options.findsRunnerUp ? runnerUp : nil, bound: max(found.value, open), nodes: nodes,
            provenOptimal: stack.isEmpty)
    }

    /// A node that cannot exceed this has nothing to add.
    private var threshold: Double {
        let known = options.findsRunnerUp ? runnerUp?.value : best?.value
        guard let known else { return -.infinity }
        return known + Self.rounding * abs(known)
    }

    private mutating func record(_ node: Node) {
        let items = node.states.indices.filter { node.states[$0] == .taken }
        let choice = BudgetSelection.Choice(items: items, value: node.value, cost: node.cost, secondCost: node.secondCost)
        if let best {
            if choice.value > best.value {
                runnerUp = best
                self.best = choice
            } else if choice.value > runnerUp?.value ?? -.infinity, choice.items != best.items {
                runnerUp = choice
            }
        } else {
            best = choice
        }
    }

    /// The node with the item and all it requires taken; nil where that is not admissible.
    private func taking(_ item: Int, _ node: Node) -> Node? {
        var result = node
        let added = closures[item].filter { node.states[$0] != .taken }
        for other in added {
            guard node.states[other] == .open else { return nil }
            result.states[other] = .taken
            result.value += problem.items[other].value
            result.cost += problem.items[other].cost
            result.secondCost += problem.items[other].secondCost
        }
        guard fits(result.cost, problem.budget), fits(result.secondCost, problem.secondBudget) else { return nil }
        for other in added {
            for group in groupsOfItem[other] {
                for rival in problem.exclusiveGroups[group] where rival != other {
                    if result.states[rival] == .taken { return nil }
                    for dependent in dependents[rival] {
                        if result.states[dependent] == .taken { return nil }
                        result.states[dependent] = .out
                    }
                }
            }
        }
        return result
    }

    private func fits(_ cost: Double, _ budget: Double) -> Bool { cost <= budget * (1 + Self.rounding) }

    /// Strikes out what no longer fits, and returns a bound on the value of every set that contains the node's.
    private func tighten(_ node: inout Node) -> Double {
        for item in order where node.states[item] == .open {
            var cost = node.cost
            var secondCost = node.secondCost
            for other in closures[item] where node.states[other] == .open {
                cost += problem.items[other].cost
                secondCost += problem.items[other].secondCost
            }
            if !fits(cost, problem.budget) || !fits(secondCost, problem.secondBudget) {
                for other in dependents[item] where node.states[other] == .open { node.states[other] = .out }
            }
        }
        let first = relaxation(node, left: problem.budget * (1 + Self.rounding) - node.cost) { $0.cost }
        guard problem.secondBudget.isFinite else { return node.value + first }
        let second = relaxation(node, left: problem.secondBudget * (1 + Self.rounding) - node.secondCost) { $0.secondCost }
        return node.value + min(first, second)
    }

    /// Greatest value that open items could add if they were divisible, at most one whole item a group.
    private func relaxation(_ node: Node, left: Double, _ cost: (BudgetSelection.Item) -> Double) -> Double {
        var points = [[(cost: Double, value: Double)]](repeating: [], count: boundGroupCount)
        for item in order where node.states[item] == .open {
            points[boundGroup[item]].append((cost(problem.items[item]), problem.items[item].value))
        }
        var total = 0.0
        var steps: [(cost: Double, value: Double)] = []
        for group in points where !group.isEmpty {
            // Upper hull of the group from nothing taken, as steps of falling value for cost.
            var hull: [(cost: Double, value: Double)] = [(0, 0)]
            for point in group.sorted(by: { ($0.cost, -$0.value) < ($1.cost, -$1.value) }) {
                guard let top = hull.last, point.value > top.value else { continue }
                while hull.count > 1, isBelow(hull[hull.count - 1], hull[hull.count - 2], point) { hull.removeLast() }
                if let top = hull.last, top.cost == point.cost { hull.removeLast() }
                hull.append(point)
            }
            total += hull[0].value
            for k in hull.indices.dropFirst() { steps.append((hull[k].cost - hull[k - 1].cost, hull[k].value - hull[k - 1].value)) }
        }
        steps.sort { ($0.value * $1.cost, $1.cost) > ($1.value * $0.cost, $0.cost) }
        var left = max(0, left)
        for step in steps {
            if step.cost <= left {
                total += step.value
                left -= step.cost
            } else {
                return total + step.value * left / step.cost
            }
        }
        return total
    }

    /// Whether `middle` lies on or below the line from `first` to `last`.
    private func isBelow(
        _ middle: (cost: Double, value: Double), _ first: (cost: Double, value: Double), _ last: (cost: Double, value: Double)
    ) -> Bool {
        (middle.value - first.value) * (last.cost - first.cost) <= (last.value - first.value) * (middle.cost - first.cost)
    }
}
