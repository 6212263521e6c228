// SPDX-License-Identifier: GPL-3.0-or-later

/// Branch and bound of ``MultipleChoice``.
///
/// A node halves the options of one group, in their order, where the relaxation divides it; the better half is looked at at once, the
/// other waits in a heap, and where a dive ends the node with the best bound is taken up.
struct ChoiceSearch {
    struct Node {
        /// [scaled]
        var bound: Double
        var number: Int
        /// Options of a group that are left, where branching took some.
        var ranges: [(group: Int, options: Range<Int>)]
        var basis: ChoiceRelaxation.Basis
    }

    var table: ChoiceTable
    private var reduction: ChoiceReduction
    /// The problem's number of each option of the table.
    var original: [Int]
    /// Place of each group's first option in the problem.
    private let firstOption: [Int]
    var effort: MultipleChoice.Effort
    var relaxation: ChoiceRelaxation
    private var repair: ChoiceRepair
    var heap: [Node] = []
    var best: [Int]?
    /// [scaled]
    var bestValue = -Double.infinity
    /// Options that no better choice can hold.
    var isStruck: [Bool]
    private var rootPrices: [Double] = []
    var rootBound = Double.infinity
    var nodes = 0
    /// A search among the choices near the best known one, inside another.
    var isNested = false
    var nextNeighbourhood = 1

    init(_ table: ChoiceTable, _ effort: MultipleChoice.Effort) {
        self.table = table
        self.effort = effort
        relaxation = ChoiceRelaxation(table)
        repair = ChoiceRepair(table)
        reduction = ChoiceReduction(table)
        isStruck = Array(repeating: false, count: table.options)
        original = Array(0..<table.options)
        firstOption = table.groupStart
    }

    mutating func run() -> MultipleChoice.Outcome {
        guard reduction.barImpossible(&isStruck) else {
            // The relaxation of the whole names all limits that clash, where it sees that they do.
            return .impossible(limits: relaxation.solve(stepLimit: effort.steps) == .impossible ? relaxation.conflict : reduction.conflict)
        }
        reduction.barDominated(&isStruck)
        shrink()
        relaxation.startFromPrices(stepLimit: effort.steps / 2)
        guard relaxation.solve(stepLimit: effort.steps) != .impossible else { return .impossible(limits: relaxation.conflict) }
        rootPrices = relaxation.prices
        rootBound = relaxation.bound
        let (prices, relaxed) = (rootPrices, rootBound)
        offerRounded(isRoot: true)
        searchNeighbourhood()
        // What cannot improve on a first choice is most of a large problem: with the rest alone every step is short.
        for _ in 0..<6 {
            strike()
            for option in best ?? [] { isStruck[option] = false }
            guard isStruck.count(where: { $0 }) * 4 > isStruck.count else { break }
            shrink()
            guard relaxation.solve(stepLimit: effort.steps) != .impossible else { break }
            rootPrices = relaxation.prices
            rootBound = relaxation.bound
            offerRounded(isRoot: true)
            searchNeighbourhood()
        }
        grow(Node(bound: rootBound, number: 0, ranges: [], basis: relaxation.basis))
        guard let best else { return heap.isEmpty ? .impossible(limits: relaxation.rows) : .unknown }
        let bound = max(bestValue, heap.map(\.bound).max() ?? bestValue)
        return .solved(solution(best, bound: bound, prices: prices, relaxed: relaxed))
    }

    /// Leaves out the options that are struck, but those that the relaxation stands on: it goes on from where it is.
    mutating func shrink() {
        var keep = isStruck.map { !$0 }
        for option in relaxation.basicOptions { keep[option] = true }
        let (smaller, kept) = table.restricted(to: keep)
        var place = [Int](repeating: -1, count: table.options)
        for (new, old) in kept.enumerated() { place[old] = new }
        original = kept.map { original[$0] }
        best = best?.map { place[$0] }
        isStruck = kept.map { isStruck[$0] }
        table = smaller
        (relaxation, repair, reduction) = (relaxation.carried(to: table, place), ChoiceRepair(table), ChoiceReduction(table))
        relaxation.isBarred = isStruck
        struckAt = -.infinity
    }

    /// Branches from a node until nothing better can be left, or the effort is spent.
    mutating func grow(_ root: Node) {
        var current: Node? = root
        while let node = current ?? popped() {
            current = nil
            let open = max(node.bound, heap.first?.bound ?? -.infinity)
            if isDone(open) {
                push(node)
                break
            }
            nodes += 1
            guard bar(node.ranges) else { continue }
            if node.number != nodes { relaxation.start(from: node.basis) }
            if relaxation.solve(stepLimit: effort.steps + 1) == .impossible { continue }
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

    private func solution(_ choice: [Int], bound: Double, prices: [Double], relaxed: Double) -> MultipleChoice.Solution {
        let used = repair.used(choice)
        return MultipleChoice.Solution(
            choice: choice.enumerated().map { original[$1] - firstOption[$0] }, value: bestValue * table.valueScale,
            bound: bound * table.valueScale, isProvenOptimal: bound - bestValue <= effort.gap * max(abs(bound), abs(bestValue)),
            prices: zip(prices, table.rowScale).map { $0 * table.valueScale / $1 },
            used: zip(used, table.rowScale).map { $0 * $1 }, relaxedValue: relaxed * table.valueScale, nodes: nodes,
            steps: relaxation.steps)
    }

    /// A bound that does not exceed this has nothing to add but rounding.
    private var cut: Double { best == nil ? -.infinity : bestValue + min(effort.gap, 1e-9) * abs(bestValue) }

    private func isDone(_ open: Double) -> Bool {
        if relaxation.steps >= effort.steps { return true }
        guard best != nil else { return false }
        if open <= cut || open - bestValue <= effort.gap * abs(bestValue) { return true }
        return relaxation.steps >= effort.patience && open - bestValue <= effort.acceptedGap * abs(open)
    }

    /// Leaves a node its options; false where no choice among them keeps the limits.
    private mutating func bar(_ ranges: [(group: Int, options: Range<Int>)]) -> Bool {
        var isBarred = isStruck
        for (group, options) in ranges {
            for option in table.groupStart[group]..<table.groupStart[group + 1] where !options.contains(option) { isBarred[option] = true }
        }
        defer { relaxation.isBarred = isBarred }
        return reduction.barImpossible(&isBarred)
    }

    /// Strikes out options that, by the prices of the root, bring no better choice.
    private mutating func strike() {
        guard bestValue > -.infinity, bestValue != struckAt else { return }
        struckAt = bestValue
        for group in 0..<table.groups {
            let options = table.groupStart[group]..<table.groupStart[group + 1]
            let worth = options.map { table.value[$0] - table.priced($0, rootPrices) }
            // Only what may still be taken counts in the bound.
            let top = options.reduce(-Double.infinity) { isStruck[$1] ? $0 : max($0, worth[$1 - options.lowerBound]) }
            for option in options where rootBound - (top - worth[option - options.lowerBound]) <= cut { isStruck[option] = true }
        }
    }
    private var struckAt = -Double.infinity

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
