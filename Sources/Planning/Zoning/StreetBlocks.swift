// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods

/// A part of the network as a graph: small branches that end blind are one with where they begin.
struct StreetBlocks {
    let graph: WeightedGraph
    /// Node of the graph for each node of the part, in its order.
    let block: [Int]

    /// - Parameters:
    ///   - heaviest: properties of a branch that is not divided; a larger one may be a zone with one inlet and no valve.
    ///   - zones: of each node of the network; a branch is one with where it begins only in the same. Empty: all are.
    init(_ nodes: [Int], _ layout: ZoneLayout, heaviest: Double, within zones: [Int] = []) {
        var place = [Int: Int](minimumCapacity: nodes.count)
        for (index, node) in nodes.enumerated() { place[node] = index }
        var edges: [(from: Int, to: Int, weight: Double)] = []
        var degree = [Int](repeating: 0, count: nodes.count)
        var neighbours = [[Int]](repeating: [], count: nodes.count)
        for (index, pair) in layout.ends.enumerated() where layout.isOpen[index] {
            guard let from = place[pair.start], let to = place[pair.end], from != to else { continue }
            edges.append((from, to, layout.weight(ofCut: index)))
            degree[from] += 1
            degree[to] += 1
            neighbours[from].append(to)
            neighbours[to].append(from)
        }
        var owner = Array(nodes.indices)
        var blind = degree.indices.filter { degree[$0] == 1 }
        var isGone = [Bool](repeating: false, count: nodes.count)
        var branch = nodes.map { layout.weights[$0] }
        while let node = blind.popLast() {
            guard degree[node] == 1, branch[node] <= heaviest, let root = neighbours[node].first(where: { !isGone[$0] }) else { continue }
            guard zones.isEmpty || zones[nodes[node]] == zones[nodes[root]] else { continue }
            isGone[node] = true
            owner[node] = root
            branch[root] += branch[node]
            degree[node] = 0
            degree[root] -= 1
            if degree[root] == 1 { blind.append(root) }
        }
        func root(_ node: Int) -> Int {
            var node = node
            while owner[node] != node { node = owner[node] }
            return node
        }
        let roots = nodes.indices.map(root)
        let kept = Set(roots).sorted()
        let number = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        block = roots.map { number[$0] ?? 0 }
        var weights = [Double](repeating: 0, count: kept.count)
        for (index, node) in nodes.enumerated() { weights[block[index]] += layout.weights[node] }
        let blocks = block
        graph = WeightedGraph(nodeWeights: weights, edges: edges.map { (blocks[$0.from], blocks[$0.to], $0.weight) })
    }
}
