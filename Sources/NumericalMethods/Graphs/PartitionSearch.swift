// SPDX-License-Identifier: GPL-3.0-or-later

/// A search among partitions for one that cuts less: a few neighbouring parts are divided anew, into as many, and the new division is kept
/// where it cuts no more (large neighbourhood search: Shaw 1998, CP-98, LNCS 1520). Parts of different places are exchanged too: here one
/// fewer, there one more, where that cuts less together.
///
/// Every part hangs together and keeps its bounds as well as before. Nodes of no part (below 0) stay so.
struct PartitionSearch {
    /// Divisions of a few neighbouring parts into another number of parts.
    private struct Change {
        var region: [Int]
        var nodes: [Int]
        /// From 0, of each of the nodes.
        var labels: [Int]
        /// Cut saved; below 0 where more is cut.
        var gain: Double
    }

    private let graph: WeightedGraph
    private let bounds: PartBounds
    private let random: RandomNumbers
    private(set) var parts: [Int]
    private var members: [[Int]]
    private var weight: [Double]
    /// How often each part has changed, and how often a region was looked at since any of its parts did.
    private var changes: [Int]
    private var looks: [[Int]: Int] = [:]
    /// What dividing a region into another number of parts saves, while it stays as it is.
    private var known: [[Int]: Change?] = [:]
    /// Scratch: place of a node in the region that is looked at.
    private var place: [Int]

    /// - bounds: of as many parts as there are.
    init(_ graph: WeightedGraph, _ bounds: PartBounds, _ parts: [Int], _ random: RandomNumbers) {
        (self.graph, self.bounds, self.parts, self.random) = (graph, bounds, parts, random)
        members = Array(repeating: [], count: bounds.count)
        weight = Array(repeating: 0, count: bounds.count)
        changes = Array(repeating: 0, count: bounds.count)
        place = Array(repeating: -1, count: graph.count)
        for (node, part) in parts.enumerated() where part >= 0 {
            members[part].append(node)
            weight[part] += graph.nodeWeights[node]
        }
    }

    /// Looks at a region at most, while it stays as it is.
    private static let mostLooks = 6

    /// - trials: regions that are divided anew, for each part.
    mutating func run(trials: Int) {
        guard bounds.count > 1 else { return }
        let rounds = max(1, min(4, trials / 20))
        for _ in 0..<rounds {
            for _ in 0..<(trials * bounds.count / rounds) {
                let region = region(around: random.index(below: bounds.count), of: 2 + random.index(below: 3))
                let key = region + region.map { changes[$0] }
                guard region.count > 1, looks[key, default: 0] < Self.mostLooks else { continue }
                looks[key, default: 0] += 1
                if let found = divided(region, into: region.count), found.gain > -1e-9, isOther(found) { take([found]) }
            }
            exchange()
        }
    }

    /// Weight of the edges to other parts.
    private func touching(_ part: Int) -> [(part: Int, weight: Double)] {
        var found: [(part: Int, weight: Double)] = []
        for node in members[part] {
            for k in graph.edges(of: node) {
                let other = parts[graph.neighbours[k]]
                guard other >= 0, other != part else { continue }
                if let known = found.firstIndex(where: { $0.part == other }) {
                    found[known].weight += graph.weights[k]
                } else {
                    found.append((other, graph.weights[k]))
                }
            }
        }
        return found
    }

    /// A part with others that hang together with it, chosen at random.
    private func region(around part: Int, of count: Int) -> [Int] {
        var region = [part]
        while region.count < count {
            let next = touching(region[random.index(below: region.count)]).map(\.part).filter { !region.contains($0) }
            guard !next.isEmpty else { break }
            region.append(next[random.index(below: next.count)])
        }
        return region.sorted()
    }

    /// The best of some divisions of a region into a number of parts that keep bounds as well; nil where none does.
    private mutating func divided(_ region: [Int], into count: Int, beginnings: Int = 1) -> Change? {
        let nodes = region.flatMap { members[$0] }.sorted()
        guard nodes.count >= count else { return nil }
        for (index, node) in nodes.enumerated() { place[node] = index }
        defer { for node in nodes { place[node] = -1 } }
        var between = 0.0
        for node in nodes {
            for k in graph.edges(of: node) where graph.neighbours[k] > node && place[graph.neighbours[k]] >= 0 {
                if parts[node] != parts[graph.neighbours[k]] { between += graph.weights[k] }
            }
        }
        let today = region.reduce(0) { $0 + bounds.violation(weight[$1], of: $1) }
        var best: Change?
        if count == 1 {
            let whole = region.reduce(0) { $0 + weight[$1] }
            guard bounds.violation(whole, of: 0) <= today + 1e-9 * bounds.most else { return nil }
            return Change(region: region, nodes: nodes, labels: nodes.map { _ in 0 }, gain: between)
        }
        let part = WeightedGraph(of: nodes, in: graph, places: place)
        for _ in 0..<beginnings {
            let found = MultilevelDivision(part, PartBounds(count: count, least: bounds.least, most: bounds.most), random).run()
            guard found.violation <= today + 1e-9 * bounds.most, between - found.cut > best?.gain ?? -.infinity else { continue }
            best = Change(region: region, nodes: nodes, labels: found.parts, gain: between - found.cut)
        }
        return best
    }

    /// Whether it parts the nodes otherwise than they are now.
    private func isOther(_ change: Change) -> Bool {
        var old: [Int: Int] = [:]
        for (node, label) in zip(change.nodes, change.labels) {
            if let known = old[label], known != parts[node] { return true }
            old[label] = parts[node]
        }
        return false
    }

    private mutating func take(_ found: [Change]) {
        var free = found.flatMap(\.region).sorted()
        for part in free {
            (members[part], weight[part]) = ([], 0)
            changes[part] += 1
        }
        for change in found {
            let count = (change.labels.max() ?? 0) + 1
            let labels = Array(free.prefix(count))
            free.removeFirst(count)
            for (node, label) in zip(change.nodes, change.labels) {
                parts[node] = labels[label]
                members[labels[label]].append(node)
                weight[labels[label]] += graph.nodeWeights[node]
            }
        }
    }

    /// One part fewer in one place and one more in another, as long as both together cut less.
    private mutating func exchange() {
        var fewer: [Change] = [], more: [Change] = []
        let before = known
        known = [:]
        func look(_ region: [Int], _ count: Int, _ beginnings: Int = 1) -> Change? {
            let key = [count] + region + region.map { changes[$0] }
            if let found = known[key] ?? before[key] {
                known[key] = found
                return found
            }
            let found = divided(region, into: count, beginnings: beginnings)
            known[key] = found
            return found
        }
        for part in 0..<bounds.count {
            if let found = look([part], 2, 2) { more.append(found) }
            for (other, _) in touching(part) where other > part {
                if let found = look([part, other], 1) { fewer.append(found) }
                if let found = look([part, other], 3) { more.append(found) }
            }
            let region = region(around: part, of: 3)
            if region.count == 3, let found = look(region, 2) { fewer.append(found) }
        }
        fewer.sort { ($0.gain, -$0.region[0]) > ($1.gain, -$1.region[0]) }
        more.sort { ($0.gain, -$0.region[0]) > ($1.gain, -$1.region[0]) }
        var changed: Set<Int> = []
        for less in fewer where changed.isDisjoint(with: less.region) {
            let match = more.first { changed.isDisjoint(with: $0.region) && Set($0.region).isDisjoint(with: less.region) }
            guard let match, less.gain + match.gain > 1e-9 else { continue }
            take([less, match])
            changed.formUnion(less.region + match.region)
        }
    }
}

extension WeightedGraph {
    /// What some nodes of a graph make alone; `places` tells the new place of each of its nodes, below 0 for those left out.
    init(of nodes: [Int], in graph: WeightedGraph, places: [Int]) {
        var starts = [0], neighbours: [Int] = [], weights: [Double] = []
        for node in nodes {
            for k in graph.edges(of: node) where places[graph.neighbours[k]] >= 0 {
                neighbours.append(places[graph.neighbours[k]])
                weights.append(graph.weights[k])
            }
            starts.append(neighbours.count)
        }
        self.init(nodeWeights: nodes.map { graph.nodeWeights[$0] }, starts: starts, neighbours: neighbours, weights: weights)
    }
}
