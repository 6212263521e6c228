// SPDX-License-Identifier: GPL-3.0-or-later

/// One random beginning.
struct MultilevelDivision {
    let graph: WeightedGraph
    let bounds: PartBounds
    let random: RandomNumbers

    init(_ graph: WeightedGraph, _ bounds: PartBounds, _ random: RandomNumbers) {
        (self.graph, self.bounds, self.random) = (graph, bounds, random)
    }

    func run() -> ContiguousPartition {
        var levels: [(graph: WeightedGraph, coarse: [Int])] = []
        var current = graph
        while current.count > 15 * bounds.count {
            let (coarse, count) = matched(current)
            guard Double(count) < 0.95 * Double(current.count) else { break }
            levels.append((current, coarse))
            current = contracted(current, coarse, count)
        }
        var parts = grown(current)
        var refinement = PartRefinement(current, bounds, parts)
        refinement.run(passes: 12)
        parts = refinement.parts
        for level in levels.reversed() {
            let fine = level.coarse.map { parts[$0] }
            refinement = PartRefinement(level.graph, bounds, fine)
            refinement.run(passes: 6)
            parts = refinement.parts
        }
        return ContiguousPartition(parts: parts, cut: refinement.cut, violation: refinement.violation)
    }

    /// Pairs along heavy edges, nodes in random order.
    private func matched(_ graph: WeightedGraph) -> (coarse: [Int], count: Int) {
        var generator = random
        var coarse = [Int](repeating: -1, count: graph.count)
        var count = 0
        let heaviest = bounds.most / 4
        for node in (0..<graph.count).shuffled(using: &generator) where coarse[node] < 0 {
            var best = -1
            var weight = 0.0
            for k in graph.edges(of: node) {
                let other = graph.neighbours[k]
                guard coarse[other] < 0, graph.nodeWeights[node] + graph.nodeWeights[other] <= heaviest else { continue }
                // Heavy edges of light nodes: parts are then of even grain.
                let merit = graph.weights[k] / max(1e-12, graph.nodeWeights[node] + graph.nodeWeights[other]).squareRoot()
                if merit > weight { (weight, best) = (merit, other) }
            }
            coarse[node] = count
            if best >= 0 { coarse[best] = count }
            count += 1
        }
        return (coarse, count)
    }

    private func contracted(_ graph: WeightedGraph, _ coarse: [Int], _ count: Int) -> WeightedGraph {
        var weights = [Double](repeating: 0, count: count)
        var members = [(first: Int, second: Int)](repeating: (-1, -1), count: count)
        for node in 0..<graph.count {
            weights[coarse[node]] += graph.nodeWeights[node]
            if members[coarse[node]].first < 0 { members[coarse[node]].first = node } else { members[coarse[node]].second = node }
        }
        var starts = [0], neighbours: [Int] = [], edges: [Double] = []
        starts.reserveCapacity(count + 1)
        neighbours.reserveCapacity(graph.neighbours.count)
        edges.reserveCapacity(graph.neighbours.count)
        // Where the edge to a coarse node stands, of the node that is looked at.
        var place = [Int](repeating: -1, count: count)
        for node in 0..<count {
            let start = neighbours.count
            func take(_ member: Int) {
                for k in graph.edges(of: member) {
                    let other = coarse[graph.neighbours[k]]
                    guard other != node else { continue }
                    if place[other] >= start {
                        edges[place[other]] += graph.weights[k]
                    } else {
                        place[other] = neighbours.count
                        neighbours.append(other)
                        edges.append(graph.weights[k])
                    }
                }
            }
            take(members[node].first)
            if members[node].second >= 0 { take(members[node].second) }
            starts.append(neighbours.count)
        }
        return WeightedGraph(nodeWeights: weights, starts: starts, neighbours: neighbours, weights: edges)
    }

    /// Parts grown from seeds far from one another, the lightest next, along its heaviest edge.
    private func grown(_ graph: WeightedGraph) -> [Int] {
        var parts = [Int](repeating: -1, count: graph.count)
        let seeds = seeds(graph)
        var weight = [Double](repeating: 0, count: seeds.count)
        for (part, seed) in seeds.enumerated() {
            parts[seed] = part
            weight[part] = graph.nodeWeights[seed]
        }
        // Nodes that a part reaches, with the edges by which it does.
        var reached = [[Int]](repeating: [], count: seeds.count)
        var pull = [Double](repeating: 0, count: seeds.count * graph.count)
        func reach(_ node: Int, _ part: Int) {
            for k in graph.edges(of: node) where parts[graph.neighbours[k]] < 0 {
                let place = part * graph.count + graph.neighbours[k]
                if pull[place] == 0 { reached[part].append(graph.neighbours[k]) }
                pull[place] += graph.weights[k]
            }
        }
        for (part, seed) in seeds.enumerated() { reach(seed, part) }
        var left = graph.count - seeds.count
        while left > 0 {
            var lightest = -1
            for part in weight.indices where !reached[part].isEmpty && (lightest < 0 || weight[part] < weight[lightest]) { lightest = part }
            guard lightest >= 0 else { break }
            var best = 0
            for place in reached[lightest].indices {
                let node = reached[lightest][place], known = reached[lightest][best]
                let (own, other) = (pull[lightest * graph.count + node], pull[lightest * graph.count + known])
                if own > other || (own == other && node < known) { best = place }
            }
            let node = reached[lightest][best]
            reached[lightest].swapAt(best, reached[lightest].count - 1)
            reached[lightest].removeLast()
            guard parts[node] < 0 else { continue }
            parts[node] = lightest
            weight[lightest] += graph.nodeWeights[node]
            left -= 1
            reach(node, lightest)
        }
        return parts.map { max(0, $0) }
    }

    /// Each next seed is the node farthest from those before.
    private func seeds(_ graph: WeightedGraph) -> [Int] {
        var seeds = [random.index(below: graph.count)]
        var distance = [Int](repeating: Int.max, count: graph.count)
        while seeds.count < bounds.count {
            var queue = [seeds[seeds.count - 1]]
            distance[queue[0]] = 0
            var place = 0
            while place < queue.count {
                let node = queue[place]
                place += 1
                for k in graph.edges(of: node) where distance[graph.neighbours[k]] > distance[node] + 1 {
                    distance[graph.neighbours[k]] = distance[node] + 1
                    queue.append(graph.neighbours[k])
                }
            }
            let farthest = distance.max() ?? 0
            let candidates = distance.indices.filter { distance[$0] >= farthest - farthest / 10 && distance[$0] > 0 }
            guard !candidates.isEmpty else { break }
            seeds.append(candidates[random.index(below: candidates.count)])
        }
        return seeds
    }
}
