// SPDX-License-Identifier: GPL-3.0-or-later

/// An undirected graph with weights at nodes and edges; edges between the same two nodes are one, their weights added.
public struct WeightedGraph: Sendable {
    public let nodeWeights: [Double]
    /// Neighbours of node n: places `starts[n]..<starts[n + 1]` of `neighbours` and `weights`.
    public let starts: [Int]
    public let neighbours: [Int]
    public let weights: [Double]

    public var count: Int { nodeWeights.count }

    /// - edges: pairs of nodes with weights; a loop at one node is left out.
    public init(nodeWeights: [Double], edges: [(from: Int, to: Int, weight: Double)]) {
        var lists = [[Int: Double]](repeating: [:], count: nodeWeights.count)
        for edge in edges where edge.from != edge.to {
            lists[edge.from][edge.to, default: 0] += edge.weight
            lists[edge.to][edge.from, default: 0] += edge.weight
        }
        var starts = [0], neighbours: [Int] = [], weights: [Double] = []
        for list in lists {
            for (node, weight) in list.sorted(by: { $0.key < $1.key }) {
                neighbours.append(node)
                weights.append(weight)
            }
            starts.append(neighbours.count)
        }
        (self.nodeWeights, self.starts, self.neighbours, self.weights) = (nodeWeights, starts, neighbours, weights)
    }

    init(nodeWeights: [Double], starts: [Int], neighbours: [Int], weights: [Double]) {
        (self.nodeWeights, self.starts, self.neighbours, self.weights) = (nodeWeights, starts, neighbours, weights)
    }

    public func edges(of node: Int) -> Range<Int> { starts[node]..<starts[node + 1] }

    /// Number of the connected component of each node, counted from 0 in the order of first nodes.
    public var components: [Int] {
        var component = [Int](repeating: -1, count: count)
        var next = 0
        for start in 0..<count where component[start] < 0 {
            component[start] = next
            var stack = [start]
            while let node = stack.popLast() {
                for k in edges(of: node) where component[neighbours[k]] < 0 {
                    component[neighbours[k]] = next
                    stack.append(neighbours[k])
                }
            }
            next += 1
        }
        return component
    }

    /// In how many connected pieces each part lies; nodes with a negative part count in none.
    public func pieces(of parts: [Int]) -> [Int: Int] {
        var seen = [Bool](repeating: false, count: count)
        var pieces: [Int: Int] = [:]
        for start in 0..<count where !seen[start] && parts[start] >= 0 {
            seen[start] = true
            pieces[parts[start], default: 0] += 1
            var stack = [start]
            while let node = stack.popLast() {
                for k in edges(of: node) where !seen[neighbours[k]] && parts[neighbours[k]] == parts[start] {
                    seen[neighbours[k]] = true
                    stack.append(neighbours[k])
                }
            }
        }
        return pieces
    }
}
