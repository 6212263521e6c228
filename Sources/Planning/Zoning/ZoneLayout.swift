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
    /// What cutting each link counts, beside the one that every link counts. [–]
    private let weightsOfCuts: [Double]
    /// Properties of a zone.
    private let bounds: ClosedRange<Double>

    /// - weightsOfCuts: of each link, beside the one that every link counts; empty: its diameter in metres, so that small pipes are cut rather
    ///   than large ones.
    init(_ network: Network, _ options: ZoneDesignOptions, weightsOfCuts: [Double] = []) throws(NumericalError) {
        self.network = network
        let places = network.nodeIndex()
        ends = network.links.map { (places[$0.start] ?? 0, places[$0.end] ?? 0) }
        bounds = options.leastProperties...options.mostProperties
        self.weightsOfCuts = weightsOfCuts.isEmpty ? network.links.map { $0.pipe?.diameter ?? 1 } : weightsOfCuts
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
        if let given = options.givenZones {
            take(given)
        } else {
            try partition(options)
            moveBorders(options)
        }
    }

    /// Divides zones anew, a few neighbours at a time, and moves their borders with the trunk then.
    ///
    /// - trials: places that are looked at, for each zone.
    mutating func search(_ options: ZoneDesignOptions, trials: Int, seed: UInt64) throws(NumericalError) {
        guard zoneCount > 1 else { return }
        let block = StreetBlocks(Array(network.nodes.indices), self, heaviest: options.leastProperties / 2, within: zoneOfNode)
        var parts = [Int](repeating: -1, count: block.graph.count)
        for (node, place) in block.block.enumerated() where zoneOfNode[node] >= 0 { parts[place] = zoneOfNode[node] }
        let found = try ContiguousPartition(
            searching: parts, of: block.graph, count: zoneCount, least: options.leastProperties, most: options.mostProperties,
            trials: trials, seed: seed)
        for (node, place) in block.block.enumerated() { zoneOfNode[node] = found.parts[place] }
        moveBorders(options)
    }

    /// What cutting a link counts. [–]
    func weight(ofCut link: Int) -> Double { 1 + weightsOfCuts[link] }

    /// Whether a link leads from one zone to another or outside.
    func isBorder(_ link: Int) -> Bool { isOpen[link] && zoneOfNode[ends[link].start] != zoneOfNode[ends[link].end] }

    var borderCount: Int { ends.indices.count { isBorder($0) } }

    /// The same with nodes in another zone.
    func moving(_ nodes: [Int], to zone: Int) -> ZoneLayout {
        var layout = self
        for node in nodes { layout.zoneOfNode[node] = zone }
        return layout
    }

    func keepsBounds(_ zone: Int) -> Bool {
        let sum = zoneOfNode.indices.reduce(0) { zoneOfNode[$1] == zone ? $0 + weights[$1] : $0 }
        return sum >= bounds.lowerBound * (1 - 1e-9) && sum <= bounds.upperBound * (1 + 1e-9)
    }

    /// Whether the open links inside a zone join all its nodes.
    func hangsTogether(_ zone: Int) -> Bool {
        var edges: [(from: Int, to: Int, weight: Double)] = []
        for (link, pair) in ends.enumerated() where isOpen[link] && zoneOfNode[pair.start] == zone && zoneOfNode[pair.end] == zone {
            edges.append((pair.start, pair.end, 1))
        }
        let graph = WeightedGraph(nodeWeights: weights, edges: edges)
        return graph.pieces(of: zoneOfNode.map { $0 == zone ? 0 : -1 })[0] == 1
    }

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

    /// Moves borders, those with the trunk too, where that cuts less: a blind end of the trunk goes to the zone that it alone feeds, a corner
    /// of a zone to the trunk. No more properties come to lie outside, what is outside hangs together as before, and the ends of links that must not
    /// be closed stay where they are.
    private mutating func moveBorders(_ options: ZoneDesignOptions) {
        guard zoneCount > 0 else { return }
        let outside = zoneCount
        let block = StreetBlocks(Array(network.nodes.indices), self, heaviest: options.leastProperties / 2, within: zoneOfNode)
        var parts = [Int](repeating: outside, count: block.graph.count)
        var isPinned = [Bool](repeating: false, count: block.graph.count)
        for (node, place) in block.block.enumerated() {
            if zoneOfNode[node] >= 0 { parts[place] = zoneOfNode[node] }
            if !network.nodes[node].isJunction { isPinned[place] = true }
        }
        for (index, pair) in ends.enumerated() where isFixed[index] {
            isPinned[block.block[pair.start]] = true
            isPinned[block.block[pair.end]] = true
        }
        // A main that several zones lie along stays trunk, whichever of them might reach round its end.
        for place in parts.indices where parts[place] == outside {
            let along = Set(block.graph.edges(of: place).map { parts[block.graph.neighbours[$0]] }).subtracting([outside])
            if along.count > 1 { isPinned[place] = true }
        }
        var unzoned = 0.0
        for (node, weight) in weights.enumerated() where zoneOfNode[node] < 0 { unzoned += weight }
        let moved = ContiguousPartition(
            refining: parts, of: block.graph, count: zoneCount + 1, least: options.leastProperties, most: options.mostProperties,
            isFixed: isPinned, outside: (outside, unzoned))
        for (node, place) in block.block.enumerated() {
            zoneOfNode[node] = moved.parts[place] == outside ? -1 : moved.parts[place]
            if zoneOfNode[node] >= 0 { isTrunk[node] = false }
        }
    }
}
