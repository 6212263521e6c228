// SPDX-License-Identifier: GPL-3.0-or-later

/// Branch and bound of ``MultipleChoice``.
///
/// A node halves the options of one group, in their order, where the relaxation divides it; the better half is looked at at once, the
/// other waits in a heap, and where a dive ends the node with the best bound is taken up.
struct ChoiceSearch {
    private struct Node {
        /// [scaled]
        var bound: Double
        var number: Int
        /// Options of a group that are left, where branching took some.
        var ranges: [(group: Int, options: Range<Int>)]
        var basis: ChoiceRelaxation.Basis
    }

    private let table: ChoiceTable
    private var effort: MultipleChoice.Effort
    private var relaxation: ChoiceRelaxation
    private var repair: ChoiceRepair
    private var heap: [Node] = []
    private var best: [Int]?
    /// [scaled]
    private var bestValue = -Double.infinity
    /// Options that no better choice can hold.
    private var isStruck: [Bool]
    private var rootPrices: [Double] = []
    private var rootBound = Double.infinity
    private var nodes = 0
    /// A search among the choices near the best known one, inside another.
    private var isNested = false
    private var nextNeighbourhood = 1

    init(_ table: ChoiceTable, _ effort: MultipleChoice.Effort) {
        self.table = table
        self.effort = effort
        relaxation = ChoiceRelaxation(table)
        repair = ChoiceRepair(table)
        isStruck = Array(repeating: false, count: table.options)
    }

    mutating func run() -> MultipleChoice.Outcome {
        relaxation.startFromPrices(stepLimit: effort.steps / 2)
        guard relaxation.solve(stepLimit: effort.steps) != .impossible else { return .impossible(limits: relaxation.conflict) }
        rootPrices = relaxation.prices
        rootBound = relaxation.bound
        offerRounded(isRoot: true)
        searchNeighbourhood()
        grow(Node(bound: rootBound, number: 0, ranges: [], basis: relaxation.basis), isSolved: true)
        guard let best else { return heap.isEmpty ? .impossible(limits: relaxation.rows) : .unknown }
        return .solved(solution(best, bound: max(bestValue, heap.map(\.bound).max() ?? bestValue)))
    }

    /// Branches from a node until nothing better can be left, or the effort is spent.
    ///
    /// - isSolved: the relaxation stands at the node's solution.
    private mutating func grow(_ root: Node, isSolved: Bool) {
        var current: Node? = root
        var isFresh = isSolved
        while let node = current ?? popped() {
            current = nil
            let open = max(node.bound, heap.first?.bound ?? -.infinity)
            if isDone(open) {
                push(node)
                break
            }
            nodes += 1
            if !isFresh {
                bar(node.ranges)
                if node.number != nodes { relaxation.start(from: node.basis) }
                let outcome = relaxation.solve(stepLimit: effort.steps + 1)
                if outcome == .impossible { continue }
            }
            isFresh = false
            let bound = min(node.bound, relaxation.bound)
            guard bound > cut else { continue }
            offerRounded(isRoot: false)
            if nodes >= nextNeighbourhood { searchNeighbourhood() }
            guard bound > cut, let split = split(node.ranges) ?? anySplit(node.ranges) else { continue }
            strike()
            let range = left(split.group, node.ranges)
            let halves = [range.lowerBound..<split.option, split.option..<range.upperBound]
            func child(_ half: Range<Int>) -> Node {
                let ranges = node.ranges.filter { $0.group != split.group } + [(split.group, half)]
                return Node(bound: bound, number: nodes + 1, ranges: ranges, basis: relaxation.basis)
            }
            current = child(halves[split.takesUpper ? 1 : 0])
            push(child(halves[split.takesUpper ? 0 : 1]))
        }
    }

    private func solution(_ choice: [Int], bound: Double) -> MultipleChoice.Solution {
        let used = repair.used(choice)
        return MultipleChoice.Solution(
            choice: choice.enumerated().map { $1 - table.groupStart[$0] }, value: bestValue * table.valueScale,
            bound: bound * table.valueScale, isProvenOptimal: bound - bestValue <= effort.gap * max(abs(bound), abs(bestValue)),
            prices: zip(rootPrices, table.rowScale).map { $0 * table.valueScale / $1 },
            used: zip(used, table.rowScale).map { $0 * $1 }, relaxedValue: rootBound * table.valueScale, nodes: nodes,
            steps: relaxation.steps)
    }

    /// A bound that does not exceed this has nothing to add.
    private var cut: Double { best == nil ? -.infinity : bestValue + effort.gap * abs(bestValue) }

    private func isDone(_ open: Double) -> Bool {
        if open <= cut || relaxation.steps >= effort.steps { return true }
        return relaxation.steps >= effort.patience && open - bestValue <= effort.acceptedGap * abs(open)
    }

    private mutating func bar(_ ranges: [(group: Int, options: Range<Int>)]) {
        relaxation.isBarred = isStruck
        for (group, options) in ranges {
            for option in table.groupStart[group]..<table.groupStart[group + 1] where !options.contains(option) {
                relaxation.isBarred[option] = true
            }
        }
    }

    /// Strikes out options that, by the prices of the root, bring no better choice.
    private mutating func strike() {
        guard bestValue > -.infinity, bestValue != struckAt else { return }
        struckAt = bestValue
        for group in 0..<table.groups {
            let options = table.groupStart[group]..<table.groupStart[group + 1]
            let worth = options.map { table.value[$0] - table.priced($0, rootPrices) }
            let top = worth.max() ?? 0
            for option in options where rootBound - (top - worth[option - options.lowerBound]) <= cut { isStruck[option] = true }
        }
    }
    private var struckAt = -Double.infinity

    /// Looks for a better choice among those that agree with the best one wherever the relaxation does (Danna, Rothberg & Le Pape 2005).
    private mutating func searchNeighbourhood() {
        guard let best, !isNested, bestValue < rootBound - effort.gap * abs(rootBound) else { return }
        nextNeighbourhood = max(nodes + 60, nodes + nodes / 2)
        var whole = [Bool](repeating: false, count: table.options)
        for (option, share) in relaxation.shares where share > 1 - 1e-6 { whole[option] = true }
        var nested = self
        nested.isNested = true
        nested.heap = []
        nested.effort.steps = min(effort.steps, relaxation.steps + 600)
        nested.effort.patience = Int.max
        var open = 0
        for group in 0..<table.groups {
            guard whole[best[group]] else {
                open += 1
                continue
            }
            for option in table.groupStart[group]..<table.groupStart[group + 1] where option != best[group] {
                nested.isStruck[option] = true
            }
        }
        guard open > 1 else { return }
        nested.grow(Node(bound: rootBound, number: -1, ranges: [], basis: relaxation.basis), isSolved: false)
        relaxation.count(nested.relaxation.steps)
        if nested.bestValue > bestValue { (bestValue, self.best) = (nested.bestValue, nested.best) }
    }

    /// The group that the relaxation divides most evenly, and the option at which its range is cut; nil where every share is whole.
    private func split(_ ranges: [(group: Int, options: Range<Int>)]) -> (group: Int, option: Int, takesUpper: Bool)? {
        var byGroup: [Int: [(option: Int, share: Double)]] = [:]
        for (option, share) in relaxation.shares where share < 1 - 1e-7 && share > 1e-7 {
            byGroup[table.groupOf[option], default: []].append((option, share))
        }
        var found: (group: Int, option: Int, takesUpper: Bool)?
        var most = 0.0
        for (group, parts) in byGroup.sorted(by: { $0.key < $1.key }) where parts.count > 1 {
            let parts = parts.sorted { $0.option < $1.option }
            var below = 0.0
            for (part, next) in zip(parts, parts.dropFirst()) {
                below += part.share
                let evenness = min(below, 1 - below)
                let option = (part.option + next.option + 1) / 2
                // A simplex that was cut short may leave shares to options that are gone.
                let range = left(group, ranges)
                if evenness > most + 1e-12, option > range.lowerBound, option < range.upperBound {
                    most = evenness
                    found = (group, option, below < 0.5)
                }
            }
        }
        return found
    }

    /// Options of a group that branching has left.
    private func left(_ group: Int, _ ranges: [(group: Int, options: Range<Int>)]) -> Range<Int> {
        ranges.last { $0.group == group }?.options ?? table.groupStart[group]..<table.groupStart[group + 1]
    }

    /// Where the shares are whole and yet no choice of the bound's value came of them, for rounding or because the simplex was cut short.
    private func anySplit(_ ranges: [(group: Int, options: Range<Int>)]) -> (group: Int, option: Int, takesUpper: Bool)? {
        for group in 0..<table.groups {
            let options = left(group, ranges)
            guard options.count(where: { !isStruck[$0] }) > 1 else { continue }
            let middle = options.lowerBound + options.count / 2
            return (group, middle, relaxation.basis.key[group] >= middle)
        }
        return nil
    }

    /// Makes a choice of the shares, mends and improves it, and keeps it where it is the best so far.
    private mutating func offerRounded(isRoot: Bool) {
        var choice = relaxation.basis.key
        var share = [Double](repeating: 0, count: table.groups)
        for (option, part) in relaxation.shares where part > share[table.groupOf[option]] {
            share[table.groupOf[option]] = part
            choice[table.groupOf[option]] = option
        }
        guard isRoot || nodes < 50 || nodes % 8 == 0 || relaxation.shares.count <= table.groups + 2 else { return }
        guard let (value, mended) = repair.mended(choice, prices: relaxation.prices) else { return }
        guard best == nil || value > bestValue + 1e-12 * abs(bestValue) else { return }
        let (greater, improved) = repair.improved(mended, value: value, prices: rootPrices, bound: rootBound)
        (bestValue, best) = (greater, improved)
    }

    private mutating func push(_ node: Node) {
        heap.append(node)
        var child = heap.count - 1
        while child > 0, isBefore(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func isBefore(_ left: Node, _ right: Node) -> Bool { (left.bound, -left.number) > (right.bound, -right.number) }

    private mutating func popped() -> Node? {
        guard let top = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return top }
        heap[0] = last
        var parent = 0
        while true {
            var next = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(heap[child], heap[next]) { next = child }
            if next == parent { return top }
            heap.swapAt(parent, next)
            parent = next
        }
    }
}
