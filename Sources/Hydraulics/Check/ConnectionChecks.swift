// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension NetworkCheck {
    static func connection(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        unconnectedNodes(network, graph) + partsWithoutSource(network, graph) + closedParts(network, graph) + pipesTwice(network, graph)
            + valvesToNowhere(network, graph)
    }

    /// Nodes that no link touches.
    static func unconnectedNodes(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        let alone = network.nodes.indices.filter { graph.links[$0].isEmpty }
        guard !alone.isEmpty else { return [] }
        let names = alone.map { network.nodes[$0].id.name }
        let asks = alone.contains { demand(of: network.nodes[$0]) != 0 }
        return [
            NetworkFinding(
                "unconnected_node", asks ? .error : .warning, names,
                "\(counted(names, "node", "nodes")) without any link; join them to the network or delete them")
        ]
    }

    /// Parts that no link, open or closed, joins to a reservoir or tank.
    static func partsWithoutSource(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        NetworkChecks.partsWithoutSource(network).filter { $0.nodes.count > 1 || !isAlone($0.nodes[0], network, graph) }.map {
            NetworkFinding("part_without_source", .error, $0.nodes.map(\.name), $0.message)
        }
    }

    private static func isAlone(_ node: Node.ID, _ network: Network, _ graph: NetworkGraph) -> Bool {
        network.nodes.firstIndex { $0.id == node }.map { graph.links[$0].isEmpty } ?? true
    }

    /// Parts that only closed links join to a source, where no control or rule opens one.
    static func closedParts(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        let moved = linksUnderControl(network)
        let sources = network.nodes.indices.filter { !network.nodes[$0].isJunction }
        let all = graph.spread(from: sources) { _ in true }
        let open = graph.spread(from: sources) { link in
            network.links[link].status != .closed || moved.contains(network.links[link].id)
        }
        let cut = network.nodes.indices.filter { all[$0] && !open[$0] }
        guard !cut.isEmpty else { return [] }
        let names = cut.map { network.nodes[$0].id.name }
        let gates = network.links.indices.filter {
            let (start, end) = graph.ends[$0]
            return start >= 0 && end >= 0 && network.links[$0].status == .closed && open[start] != open[end]
        }.map { "'\(network.links[$0].id)'" }
        let asking = cut.filter { demand(of: network.nodes[$0]) > 0 }.count
        return [
            NetworkFinding(
                "closed_part", asking > 0 ? .error : .note, names,
                "closed links (\(gates.prefix(4).joined(separator: ", "))\(gates.count > 4 ? " …" : "")) that nothing opens cut off "
                    + "\(counted(names, "junction", "junctions")), \(asking) of them with demand; open one of the links, or set the demand to zero"
            )
        ]
    }

    /// Pipes between the same two nodes, of the same length and diameter.
    static func pipesTwice(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        var first: [String: Int] = [:]
        var names: [String] = []
        for (index, link) in network.links.enumerated() {
            guard let pipe = link.pipe, link.status != .closed else { continue }
            let (a, b) = (min(graph.ends[index].start, graph.ends[index].end), max(graph.ends[index].start, graph.ends[index].end))
            let key = "\(a) \(b) \(pipe.length) \(pipe.diameter)"
            if let before = first[key] { names += [network.links[before].id.name, link.id.name] } else { first[key] = index }
        }
        guard !names.isEmpty else { return [] }
        return [
            NetworkFinding(
                "pipe_twice", .warning, names,
                "\(counted(names, "pipe", "pipes")) join the same two nodes with the same length and diameter; delete the copies, "
                    + "unless there are twin mains")
        ]
    }

    /// Valves behind which nothing takes water: a dead end without demand.
    static func valvesToNowhere(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        let names = network.links.indices.filter { link in
            guard network.links[link].valve != nil, graph.ends[link].end >= 0 else { return false }
            let node = network.nodes[graph.ends[link].end]
            return node.isJunction && graph.links[graph.ends[link].end].count == 1 && demand(of: node) == 0
                && node.junction?.emitter == nil
        }.map { network.links[$0].id.name }
        guard !names.isEmpty else { return [] }
        return [
            NetworkFinding(
                "valve_to_nowhere", .note, names,
                "\(counted(names, "valve", "valves")) lead to a dead end without demand; is a pipe missing behind them?")
        ]
    }

    /// Links that a control or rule acts on.
    static func linksUnderControl(_ network: Network) -> Set<Link.ID> {
        var links = Set(network.controls.filter { !$0.isDisabled }.map(\.link))
        for rule in network.rules where !rule.isDisabled {
            links.formUnion((rule.thenActions + rule.elseActions).map(\.link))
        }
        return links
    }

    /// Base demand of a junction, before patterns. [m³/s]
    static func demand(of node: Node) -> Double { node.junction?.demands.reduce(0) { $0 + $1.baseFlow } ?? 0 }
}
