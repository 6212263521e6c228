// SPDX-License-Identifier: GPL-3.0-or-later

/// Parts of a connected graph that are connected, of bounded weight, with little weight of edges between them.
///
/// Multilevel (Karypis & Kumar 1998, SIAM J. Sci. Comput. 20(1)): nodes are matched along heavy edges until few are left, parts are grown there, and on
/// the way back nodes at borders move between parts (Fiduccia & Mattheyses 1982), best first, through worse states to better ones. Unlike the
/// usual method every state is contiguous: parts grow connected, and no move may break one. Several random beginnings; in the best one parts are
/// then divided anew two by two.
public struct ContiguousPartition: Sendable {
    /// Part of each node, from 0.
    public var parts: [Int]
    /// Weight of the edges between parts.
    public var cut: Double
    /// By how much parts lie outside the bounds, together; 0 where all keep them.
    public var violation: Double

    /// - Parameters:
    ///   - graph: of nodes with weights.
    ///   - count: of parts, 1 or more.
    ///   - least: lower bound of the weight of a part.
    ///   - most: upper bound of the weight of a part.
    ///   - attempts: random beginnings, 1 or more.
    ///   - seed: of the random beginnings.
    /// - Throws: `NumericalError` when there is no memory for random numbers.
    public init(
        of graph: WeightedGraph, into count: Int, least: Double, most: Double, attempts: Int = 8, seed: UInt64
    ) throws(NumericalError) {
        guard count > 1, graph.count > 1 else {
            let weight = graph.nodeWeights.reduce(0, +)
            self.init(parts: [Int](repeating: 0, count: graph.count), cut: 0, violation: max(0, weight - most) + max(0, least - weight))
            return
        }
        let bounds = PartBounds(count: min(count, graph.count), least: least, most: most)
        var best: ContiguousPartition?
        for attempt in 0..<max(1, attempts) {
            let random = try RandomNumbers(seed: seed, stream: UInt64(attempt))
            let found = MultilevelDivision(graph, bounds, random).run()
            if let known = best, (known.violation, known.cut) <= (found.violation, found.cut) { continue }
            best = found
        }
        self = best ?? Self(parts: [Int](repeating: 0, count: graph.count), cut: 0, violation: 0)
        redivide(graph, bounds, try RandomNumbers(seed: seed, stream: UInt64(max(1, attempts))))
    }

    /// Divides every two parts that touch anew, as long as that keeps bounds better or cuts less: single moves find no way out of a bad pair.
    private mutating func redivide(_ graph: WeightedGraph, _ bounds: PartBounds, _ random: RandomNumbers) {
        var isStale = [Bool](repeating: true, count: bounds.count)
        for _ in 0..<5 {
            let changed = isStale
            isStale = isStale.map { _ in false }
            for first in 0..<bounds.count {
                let touching = Set(
                    parts.indices.filter { parts[$0] == first }.flatMap { graph.edges(of: $0).map { parts[graph.neighbours[$0]] } })
                for second in touching.sorted() where second > first && (changed[first] || changed[second]) {
                    if redivide(first, second, graph, bounds, random) { (isStale[first], isStale[second]) = (true, true) }
                }
            }
            guard isStale.contains(true) else { return }
        }
    }

    private mutating func redivide(
        _ first: Int, _ second: Int, _ graph: WeightedGraph, _ bounds: PartBounds, _ random: RandomNumbers
    ) -> Bool {
        let nodes = parts.indices.filter { parts[$0] == first || parts[$0] == second }
        var place = [Int: Int](minimumCapacity: nodes.count)
        for (index, node) in nodes.enumerated() { place[node] = index }
        var edges: [(from: Int, to: Int, weight: Double)] = []
        var between = 0.0
        var weight = (first: 0.0, second: 0.0)
        for (index, node) in nodes.enumerated() {
            if parts[node] == first { weight.first += graph.nodeWeights[node] } else { weight.second += graph.nodeWeights[node] }
            for k in graph.edges(of: node) where graph.neighbours[k] > node {
                guard let other = place[graph.neighbours[k]] else { continue }
                edges.append((index, other, graph.weights[k]))
                if parts[node] != parts[graph.neighbours[k]] { between += graph.weights[k] }
            }
        }
        // A division before this one may have parted the two.
        guard between > 0 else { return false }
        let both = WeightedGraph(nodeWeights: nodes.map { graph.nodeWeights[$0] }, edges: edges)
        let halves = PartBounds(count: 2, least: bounds.least, most: bounds.most)
        let today = bounds.violation(weight.first, of: first) + bounds.violation(weight.second, of: second)
        var best: ContiguousPartition?
        for _ in 0..<4 {
            let found = MultilevelDivision(both, halves, random).run()
            let known = (best?.violation ?? today, best?.cut ?? between)
            let rounding = 1e-9 * bounds.most
            if found.violation < known.0 - rounding || (found.violation <= known.0 + rounding && found.cut < known.1 - 1e-9) {
                best = found
            }
        }
        guard let best else { return false }
        for (index, node) in nodes.enumerated() { parts[node] = best.parts[index] == 0 ? first : second }
        cut -= between - best.cut
        violation -= today - best.violation
        return true
    }

    /// Improves parts that are connected already.
    ///
    /// - Parameters:
    ///   - parts: part of each node, from 0.
    ///   - graph: whose nodes have weights.
    ///   - count: of the parts.
    ///   - least: weight of a part.
    ///   - most: weight of a part.
    ///   - isFixed: nodes that stay where they are; empty: none.
    ///   - outside: a part that has no least weight, and a most of its own, and that gives away only its blind ends, each to the one part
    ///     that it touches; nil: none.
    public init(
        refining parts: [Int], of graph: WeightedGraph, count: Int, least: Double, most: Double, isFixed: [Bool] = [],
        outside: (part: Int, most: Double)? = nil
    ) {
        let bounds = PartBounds(count: count, least: least, most: most, outside: outside)
        var refinement = PartRefinement(graph, bounds, parts, isFixed: isFixed)
        refinement.run(passes: 10)
        self.init(parts: refinement.parts, cut: refinement.cut, violation: refinement.violation)
    }

    /// Looks for parts that cut less, a few neighbours at a time and by exchange of parts between places.
    ///
    /// - Parameters:
    ///   - parts: part of each node, from 0; below 0: in none, and stays so.
    ///   - graph: whose nodes have weights.
    ///   - count: of the parts.
    ///   - least: weight of a part.
    ///   - most: weight of a part.
    ///   - trials: regions that are divided anew, for each part.
    ///   - seed: of the regions.
    /// - Throws: `NumericalError` when there is no memory for random numbers.
    public init(
        searching parts: [Int], of graph: WeightedGraph, count: Int, least: Double, most: Double, trials: Int, seed: UInt64
    ) throws(NumericalError) {
        let bounds = PartBounds(count: count, least: least, most: most)
        var search = PartitionSearch(graph, bounds, parts, try RandomNumbers(seed: seed))
        search.run(trials: trials)
        var cut = 0.0
        var weight = [Double](repeating: 0, count: count)
        for node in 0..<graph.count {
            if search.parts[node] >= 0 { weight[search.parts[node]] += graph.nodeWeights[node] }
            for k in graph.edges(of: node) where graph.neighbours[k] > node && search.parts[node] != search.parts[graph.neighbours[k]] {
                cut += graph.weights[k]
            }
        }
        self.init(parts: search.parts, cut: cut, violation: weight.indices.reduce(0) { $0 + bounds.violation(weight[$1], of: $1) })
    }

    init(parts: [Int], cut: Double, violation: Double) {
        (self.parts, self.cut, self.violation) = (parts, cut, violation)
    }
}

struct PartBounds {
    var count: Int
    var least: Double
    var most: Double
    /// A part with no least weight and a most of its own.
    var outside: (part: Int, most: Double)?

    func violation(_ weight: Double, of part: Int) -> Double {
        if let outside, outside.part == part { return max(0, weight - outside.most) }
        return max(0, weight - most) + max(0, least - weight)
    }
}
