// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Which pipes a crew that begins at one of them reaches: those whose middle lies within a distance, along the pipes.
struct PipeReach {
    /// By pipe, the places of those within reach, itself among them, in their order.
    let near: [[Int]]

    private struct Way {
        var node: Int
        var length: Double
    }

    /// - pipes: places in the network's links. - reach: [m]
    init(_ network: Network, pipes: [Int], reach: Double) {
        let nodes = network.nodeIndex()
        let ends = network.links.map { (nodes[$0.start] ?? 0, nodes[$0.end] ?? 0) }
        var ways = [[Way]](repeating: [], count: network.nodes.count)
        for (link, end) in ends.enumerated() {
            let length = network.links[link].pipe?.length ?? 0
            ways[end.0].append(Way(node: end.1, length: length))
            ways[end.1].append(Way(node: end.0, length: length))
        }
        let lengths = pipes.map { network.links[$0].pipe?.length ?? 0 }
        var touching = [[Int]](repeating: [], count: network.nodes.count)
        for (p, link) in pipes.enumerated() {
            touching[ends[link].0].append(p)
            touching[ends[link].1].append(p)
        }
        near = pipes.indices.map { p in
            // Shortest ways from the middle of the pipe (Dijkstra 1959); few nodes lie within reach.
            var reached: [Int: Double] = [:]
            var open = [ends[pipes[p]].0: lengths[p] / 2, ends[pipes[p]].1: lengths[p] / 2]
            while let (node, length) = open.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
                open[node] = nil
                reached[node] = length
                for way in ways[node] where reached[way.node] == nil {
                    let other = length + way.length
                    if other <= reach, other < open[way.node] ?? .infinity { open[way.node] = other }
                }
            }
            var found: Set<Int> = [p]
            for (node, length) in reached { for q in touching[node] where length + lengths[q] / 2 <= reach { found.insert(q) } }
            return found.sorted()
        }
    }
}
