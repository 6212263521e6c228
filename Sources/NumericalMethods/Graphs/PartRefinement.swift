// SPDX-License-Identifier: GPL-3.0-or-later

/// Moves nodes at borders between connected parts, so that bounds are kept first and little is cut second.
struct PartRefinement {
    private struct Move {
        var node: Int
        var part: Int
        /// Less violation first, then less cut.
        var relief: Double
        var gain: Double
        /// Of the node, when the move was thought of.
        var stamp: Int

        func isBefore(_ other: Move) -> Bool {
            (relief, gain, -Double(node)) > (other.relief, other.gain, -Double(other.node))
        }
    }

    let graph: WeightedGraph
    let bounds: PartBounds
    private(set) var parts: [Int]
    private(set) var cut = 0.0
    private var weight: [Double]
    private var size: [Int]
    private var stamps: [Int]
    private var heap: [Move] = []
    private var isLocked: [Bool]
    private let isFixed: [Bool]
    /// Marks of the walk that looks whether a part stays connected.
    private var mark: [Int]
    private var walk = 0

    var violation: Double { weight.indices.reduce(0) { $0 + bounds.violation(weight[$1], of: $1) } }

    /// - isFixed: nodes that stay where they are; empty: none.
    init(_ graph: WeightedGraph, _ bounds: PartBounds, _ parts: [Int], isFixed: [Bool] = []) {
        self.graph = graph
        self.bounds = bounds
        self.parts = parts
        self.isFixed = isFixed.isEmpty ? Array(repeating: false, count: graph.count) : isFixed
        weight = Array(repeating: 0, count: bounds.count)
        size = Array(repeating: 0, count: bounds.count)
        stamps = Array(repeating: 0, count: graph.count)
        isLocked = Array(repeating: false, count: graph.count)
        mark = Array(repeating: 0, count: graph.count)
        for node in 0..<graph.count {
            weight[parts[node]] += graph.nodeWeights[node]
            size[parts[node]] += 1
            for k in graph.edges(of: node) where graph.neighbours[k] > node && parts[graph.neighbours[k]] != parts[node] {
                cut += graph.weights[k]
            }
        }
    }

    mutating func run(passes: Int) {
        for _ in 0..<passes where pass() {}
    }

    /// One pass: every node moves once at most, the best move first; what came after the best state is taken back.
    private mutating func pass() -> Bool {
        heap.removeAll(keepingCapacity: true)
        for node in 0..<graph.count {
            isLocked[node] = isFixed[node]
            if !isLocked[node] { offer(node) }
        }
        let before = (violation, cut)
        var best = before, kept = 0, since = 0
        var done: [(node: Int, from: Int)] = []
        let patience = 40 + graph.count / 50
        while let move = popped() {
            guard move.stamp == stamps[move.node], !isLocked[move.node] else { continue }
            let from = parts[move.node]
            let (relief, gain) = worth(move.node, move.part)
            // Weights have changed since: think again.
            if abs(relief - move.relief) > 1e-9 * bounds.most || gain != move.gain {
                stamps[move.node] += 1
                offer(move.node)
                continue
            }
            guard isAdmitted(move.node, move.part, relief), staysConnected(from, without: move.node) else { continue }
            take(move.node, move.part, gain)
            isLocked[move.node] = true
            done.append((move.node, from))
            for k in graph.edges(of: move.node) where !isLocked[graph.neighbours[k]] {
                stamps[graph.neighbours[k]] += 1
                offer(graph.neighbours[k])
            }
            let now = (violation, cut)
            since += 1
            if now.0 < best.0 - 1e-9 * bounds.most || (now.0 <= best.0 + 1e-9 * bounds.most && now.1 < best.1 - 1e-9) {
                (best, kept, since) = (now, done.count, 0)
            }
            if since > patience { break }
        }
        for step in done[kept...].reversed() {
            let gain = worth(step.node, step.from).gain
            take(step.node, step.from, gain)
        }
        return kept > 0
    }

    private func worth(_ node: Int, _ part: Int) -> (relief: Double, gain: Double) {
        let own = parts[node]
        var gain = 0.0
        for k in graph.edges(of: node) {
            let other = parts[graph.neighbours[k]]
            if other == part { gain += graph.weights[k] } else if other == own { gain -= graph.weights[k] }
        }
        let w = graph.nodeWeights[node]
        let relief =
            bounds.violation(weight[own], of: own) + bounds.violation(weight[part], of: part) - bounds.violation(weight[own] - w, of: own)
            - bounds.violation(weight[part] + w, of: part)
        return (relief, gain)
    }

    private func isAdmitted(_ node: Int, _ part: Int, _ relief: Double) -> Bool {
        guard size[parts[node]] > 1, relief >= -1e-9 * bounds.most else { return false }
        guard let outside = bounds.outside?.part, parts[node] == outside else { return true }
        // Only a blind end of what lies outside, and only into the one part that it touches.
        var ends = 0
        for k in graph.edges(of: node) {
            let other = parts[graph.neighbours[k]]
            if other == outside { ends += 1 } else if other != part { return false }
        }
        return ends == 1
    }

    private mutating func offer(_ node: Int) {
        let edges = graph.edges(of: node)
        for k in edges {
            let part = parts[graph.neighbours[k]]
            guard part != parts[node], !edges.contains(where: { $0 < k && parts[graph.neighbours[$0]] == part }) else { continue }
            let (relief, gain) = worth(node, part)
            guard isAdmitted(node, part, relief) else { continue }
            push(Move(node: node, part: part, relief: relief, gain: gain, stamp: stamps[node]))
        }
    }

    private mutating func take(_ node: Int, _ part: Int, _ gain: Double) {
        let from = parts[node]
        weight[from] -= graph.nodeWeights[node]
        weight[part] += graph.nodeWeights[node]
        size[from] -= 1
        size[part] += 1
        parts[node] = part
        cut -= gain
    }

    /// Whether the part holds together without the node: its neighbours there reach one another.
    private mutating func staysConnected(_ part: Int, without node: Int) -> Bool {
        var ends = graph.edges(of: node).map { graph.neighbours[$0] }.filter { parts[$0] == part }
        guard let start = ends.popLast() else { return false }
        guard !ends.isEmpty else { return true }
        walk += 1
        mark[node] = walk
        mark[start] = walk
        var queue = [start]
        var place = 0
        var missing = ends.count
        while place < queue.count {
            for k in graph.edges(of: queue[place]) {
                let next = graph.neighbours[k]
                guard mark[next] != walk, parts[next] == part else { continue }
                mark[next] = walk
                if ends.contains(next) {
                    missing -= 1
                    if missing == 0 { return true }
                }
                queue.append(next)
            }
            place += 1
        }
        return false
    }

    private mutating func push(_ move: Move) {
        heap.append(move)
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func popped() -> Move? {
        guard let top = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return top }
        heap[0] = last
        var parent = 0
        while true {
            var next = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[next]) { next = child }
            if next == parent { return top }
            heap.swapAt(parent, next)
            parent = next
        }
    }
}
