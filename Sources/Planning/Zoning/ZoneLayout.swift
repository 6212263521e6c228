// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Which nodes are trunk and which make which zone, before anything is closed.
struct ZoneLayout {
    let network: Network
    let ends: [(start: Int, end: Int)]
    /// Properties at each node.
    let weights: [Double]
    /// Trunk mains: nodes that pipes of `trunkDiameter` and above, pumps and valves join to a source.
    private(set) var isTrunk: [Bool] = []
    private(set) var trunkDiameter = 0.0
    /// From 0; −1 outside.
    private(set) var zoneOfNode: [Int] = []
    private(set) var zoneCount = 0
    /// Links that must not be closed: pumps, valves, check valves, pipes that controls or rules switch, links at tanks and reservoirs.
    let isFixed: [Bool]
    let isOpen: [Bool]

    init(_ network: Network, _ options: ZoneDesignOptions) throws(NumericalError) {
        self.network = network
        let places = network.nodeIndex()
        ends = network.links.map { (places[$0.start] ?? 0, places[$0.end] ?? 0) }
        let demands = network.nodes.map {
            max(0, ($0.junction?.demands ?? []).reduce(0) { $0 + $1.baseFlow }) * network.hydraulics.demandMultiplier
        }
        let whole = demands.reduce(0, +)
        let perFlow = options.properties.map { whole > 0 ? $0 / whole : 0 } ?? 86_400 / options.demandPerProperty
        weights = demands.map { $0 * perFlow }
        let switched = Set(network.controls.map(\.link)).union(network.rules.flatMap { ($0.thenActions + $0.elseActions).map(\.link) })
        isFixed = network.links.indices.map { index in
            let link = network.links[index]
            guard let pipe = link.pipe else { return true }
            let (start, end) = (places[link.start] ?? 0, places[link.end] ?? 0)
            return pipe.hasCheckValve || switched.contains(link.id) || !network.nodes[start].isJunction || !network.nodes[end].isJunction
        }
        isOpen = network.links.map { $0.status != .closed || $0.pump != nil || switched.contains($0.id) }
        chooseTrunk(options)
        if let given = options.givenZones { take(given) } else { try partition(options) }
    }

    /// Links that lead from one zone to another or outside.
    var borderCount: Int { ends.indices.count { isOpen[$0] && zoneOfNode[ends[$0].start] != zoneOfNode[ends[$0].end] } }

    /// Nodes that large pipes, pumps and valves join to a source.
    private func trunk(from diameter: Double) -> [Bool] {
        var neighbours = [[Int]](repeating: [], count: network.nodes.count)
        for index in network.links.indices where isOpen[index] {
            guard (network.pipe(at: index)?.diameter ?? .infinity) >= diameter * (1 - 1e-9) else { continue }
            neighbours[ends[index].start].append(ends[index].end)
            neighbours[ends[index].end].append(ends[index].start)
        }
        var reached = network.nodes.map { !$0.isJunction }
        var stack = reached.indices.filter { reached[$0] }
        while let node = stack.popLast() {
            for next in neighbours[node] where !reached[next] {
                reached[next] = true
                stack.append(next)
            }
        }
        return reached
    }

    /// Connected parts of what the trunk leaves, −1 on it.
    private func parts(without trunk: [Bool]) -> [Int] {
        var component = [Int](repeating: -1, count: network.nodes.count)
        var neighbours = [[Int]](repeating: [], count: network.nodes.count)
        for (index, pair) in ends.enumerated() where isOpen[index] && !trunk[pair.start] && !trunk[pair.end] {
            neighbours[pair.start].append(pair.end)
            neighbours[pair.end].append(pair.start)
        }
        var next = 0
        for start in component.indices where component[start] < 0 && !trunk[start] {
            component[start] = next
            var stack = [start]
            while let node = stack.popLast() {
                for other in neighbours[node] where component[other] < 0 {
                    component[other] = next
                    stack.append(other)
                }
            }
            next += 1
        }
        return component
    }

    private func weights(of parts: [Int]) -> [Double] {
        var sum = [Double](repeating: 0, count: (parts.max() ?? -1) + 1)
        for (node, part) in parts.enumerated() where part >= 0 { sum[part] += weights[node] }
        return sum
    }

    private mutating func chooseTrunk(_ options: ZoneDesignOptions) {
        let whole = weights.reduce(0, +)
        let diameters = options.trunkDiameter.map { [$0] } ?? Set(network.links.compactMap { $0.pipe?.diameter }).sorted(by: >)
        var best = -1.0
        for diameter in diameters {
            let trunk = trunk(from: diameter)
            let zoned = weights(of: parts(without: trunk)).filter { $0 >= options.leastProperties }.reduce(0, +)
            let share = whole > 0 ? zoned / whole : 0
            // Thinner and thinner, as long as enough is left; at first the thickest, whatever it leaves.
            guard best < 0 || share >= min(options.zonedShare, best) else { break }
            (isTrunk, trunkDiameter) = (trunk, diameter)
            best = share
        }
        if isTrunk.isEmpty { isTrunk = network.nodes.map { !$0.isJunction } }
    }

    private mutating func take(_ given: [String: String]) {
        let names = Set(given.values).sorted()
        let number = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        zoneOfNode = network.nodes.map { node in given[node.id.name].flatMap { number[$0] } ?? -1 }
        zoneCount = names.count
    }

    private mutating func partition(_ options: ZoneDesignOptions) throws(NumericalError) {
        let parts = parts(without: isTrunk)
        let sums = weights(of: parts)
        zoneOfNode = Array(repeating: -1, count: network.nodes.count)
        zoneCount = 0
        let middle = (options.leastProperties + options.mostProperties) / 2
        for (part, sum) in sums.enumerated() where sum >= options.leastProperties {
            let nodes = parts.indices.filter { parts[$0] == part }
            let block = StreetBlocks(nodes, self, heaviest: options.leastProperties / 2)
            // Between the fewest and the most zones that the bounds allow, the number that makes them of middle size; its
            // neighbours where the bounds cannot be kept with it.
            let fewest = max(1, Int((sum / options.mostProperties).rounded(.up)))
            let most = max(fewest, Int(sum / options.leastProperties))
            let wanted = min(most, max(fewest, Int((sum / middle).rounded())))
            var found: ContiguousPartition?
            for count in [wanted, wanted + 1, wanted - 1, wanted + 2] where (fewest...most).contains(count) {
                let trial = try ContiguousPartition(
                    of: block.graph, into: count, least: options.leastProperties, most: options.mostProperties,
                    attempts: options.attempts, seed: options.seed)
                if found.map({ trial.violation < $0.violation - 1e-6 }) ?? true { found = trial }
                if trial.violation <= 1e-6 { break }
            }
            guard let found else { continue }
            let used = Set(found.parts).sorted()
            for (place, node) in nodes.enumerated() {
                zoneOfNode[node] = zoneCount + (used.firstIndex(of: found.parts[block.block[place]]) ?? 0)
            }
            zoneCount += used.count
        }
    }
}

/// A part of the network as a graph: small branches that end blind are one with where they begin.
struct StreetBlocks {
    let graph: WeightedGraph
    /// Node of the graph for each node of the part, in its order.
    let block: [Int]

    /// - heaviest: properties of a branch that is not divided; a larger one may be a zone with one inlet and no valve.
    init(_ nodes: [Int], _ layout: ZoneLayout, heaviest: Double) {
        var place = [Int: Int](minimumCapacity: nodes.count)
        for (index, node) in nodes.enumerated() { place[node] = index }
        var edges: [(from: Int, to: Int, weight: Double)] = []
        var degree = [Int](repeating: 0, count: nodes.count)
        var neighbours = [[Int]](repeating: [], count: nodes.count)
        for (index, pair) in layout.ends.enumerated() where layout.isOpen[index] {
            guard let from = place[pair.start], let to = place[pair.end], from != to else { continue }
            // One for each pipe, and a little for its size: few and small.
            edges.append((from, to, 1 + (layout.network.pipe(at: index)?.diameter ?? 1)))
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
