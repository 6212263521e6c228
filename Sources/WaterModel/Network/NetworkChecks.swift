// SPDX-License-Identifier: GPL-3.0-or-later

/// Checks of a network that could be solved but may not be what its author meant. Each is one function, and says what to do.
public enum NetworkChecks {
    public struct Finding: Sendable, Hashable {
        public var message: String
        /// Nodes that it is about; empty where it is about links.
        public var nodes: [Node.ID]

        public init(message: String, nodes: [Node.ID] = []) {
            self.message = message
            self.nodes = nodes
        }
    }

    /// All findings, in a fixed order.
    public static func findings(in network: Network) -> [Finding] {
        [partsWithoutSource, tinyDiameters, noDemand].flatMap { $0(network) }
    }

    /// Parts of the network that no link, open or closed, joins to a reservoir or tank.
    public static func partsWithoutSource(_ network: Network) -> [Finding] {
        let index = network.nodeIndex()
        var ends: [(Int, Int)] = []
        ends.reserveCapacity(network.links.count)
        // Places of the neighbours of a node: `neighbours[starts[node] ..< starts[node + 1]]`.
        var starts = [Int](repeating: 0, count: network.nodes.count + 1)
        for link in network.links.indices {
            guard let start = index[network.links[link].start], let end = index[network.links[link].end] else { continue }
            ends.append((start, end))
            starts[start + 1] += 1
            starts[end + 1] += 1
        }
        for node in network.nodes.indices { starts[node + 1] += starts[node] }
        var cursor = starts
        var neighbours = [Int](repeating: 0, count: 2 * ends.count)
        for (start, end) in ends {
            neighbours[cursor[start]] = end
            cursor[start] += 1
            neighbours[cursor[end]] = start
            cursor[end] += 1
        }
        var isReached = network.nodes.map { !$0.isJunction }
        func spread(from first: [Int]) -> [Int] {
            var queue = first, found = first
            while let node = queue.popLast() {
                for next in neighbours[starts[node]..<starts[node + 1]] where !isReached[next] {
                    isReached[next] = true
                    queue.append(next)
                    found.append(next)
                }
            }
            return found
        }
        _ = spread(from: network.nodes.indices.filter { isReached[$0] })
        var findings: [Finding] = []
        for node in network.nodes.indices where !isReached[node] {
            isReached[node] = true
            let part = spread(from: [node]).sorted().map { network.nodes[$0].id }
            findings.append(
                Finding(
                    message:
                        "\(part.count) junctions around '\(part[0])' are not joined to any reservoir or tank; add the link that feeds them",
                    nodes: part))
        }
        return findings
    }

    /// Placeholders of design files, which leave no usable heads.
    public static func tinyDiameters(_ network: Network) -> [Finding] {
        let pipes = network.links.filter { ($0.pipe?.diameter ?? 1) < 0.005 }
        guard let first = pipes.first else { return [] }
        return [Finding(message: "\(pipes.count) pipes, '\(first.id)' first, are thinner than 5 mm; give their true diameters")]
    }

    public static func noDemand(_ network: Network) -> [Finding] {
        let hasOutflow = network.nodes.contains { node in
            guard let junction = node.junction else { return false }
            return junction.emitter != nil || junction.demands.contains { $0.baseFlow != 0 }
        }
        return hasOutflow ? [] : [Finding(message: "no junction has a demand; nothing will flow but between sources")]
    }
}
