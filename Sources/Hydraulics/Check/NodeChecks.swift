// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension NetworkCheck {
    static func nodes(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        elevations(network, graph) + demands(network) + factors(network)
    }

    /// Junctions far above or below all their neighbours, and zeros among others: by more than 30 m and ten times what neighbours
    /// usually differ by.
    static func elevations(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        func neighbours(_ node: Int) -> [Double] {
            graph.links[node].compactMap { link in
                let other = network.nodes[graph.other(link, from: node)]
                return other.isJunction ? other.elevation : nil
            }
        }
        let steps = network.nodes.indices.filter { network.nodes[$0].isJunction }.flatMap { node in
            neighbours(node).map { abs($0 - network.nodes[node].elevation) }
        }.sorted()
        guard steps.count >= 20 else { return [] }
        let limit = max(10 * steps[steps.count / 2], 30)
        var odd: [String] = [], zero: [String] = []
        for (index, node) in network.nodes.enumerated() where node.isJunction {
            let around = neighbours(index)
            guard !around.isEmpty else { continue }
            let differences = around.map { abs($0 - node.elevation) }
            if node.elevation == 0 {
                // In low country zero is a height like others.
                if around.allSatisfy({ $0 > 15 }) { zero.append(node.id.name) }
            } else if around.count > 1, differences.allSatisfy({ $0 > limit }), (around.max() ?? 0) - (around.min() ?? 0) < limit {
                odd.append(node.id.name)
            }
        }
        var found: [NetworkFinding] = []
        if !zero.isEmpty {
            found.append(
                NetworkFinding(
                    "elevation", .warning, zero,
                    "\(counted(zero, "junction", "junctions")) at elevation 0, 15 m or more below all neighbours; give the elevation"))
        }
        if !odd.isEmpty {
            found.append(
                NetworkFinding(
                    "elevation", .warning, odd,
                    "\(counted(odd, "junction", "junctions")) more than \(figure(limit)) m above or below all neighbours; look at the elevation"
                ))
        }
        return found
    }

    /// Negative ones, and one that takes more than half of all in a network of twenty or more.
    static func demands(_ network: Network) -> [NetworkFinding] {
        var found: [NetworkFinding] = []
        let leaks = !network.leaks.isEmpty || network.links.contains { $0.pipe?.leakage != nil }
        if !leaks { found = NetworkChecks.noDemand(network).map { NetworkFinding("no_demand", .note, [], $0.message) } }
        let taken = network.nodes.map { max(demand(of: $0), 0) }
        let total = taken.reduce(0, +)
        let negative = network.nodes.filter { demand(of: $0) < 0 }.map(\.id.name)
        if !negative.isEmpty {
            found.append(
                NetworkFinding(
                    "negative_demand", .note, negative,
                    "water flows in at \(counted(negative, "junction", "junctions")) with negative demand; make it a reservoir where its head is known"
                ))
        }
        let users = taken.filter { $0 > 0 }.sorted()
        if users.count >= 20, let index = taken.indices.max(by: { taken[$0] < taken[$1] }), taken[index] > total / 2,
            taken[index] > 100 * users[users.count / 2]
        {
            let name = network.nodes[index].id.name
            found.append(
                NetworkFinding(
                    "demand", .warning, [name],
                    "junction '\(name)' takes \(figure(1000 * taken[index])) l/s, more than half of all demand; look at the unit of its demand"
                ))
        }
        return found
    }

    /// Multipliers for all, and the water itself.
    static func factors(_ network: Network) -> [NetworkFinding] {
        var found: [NetworkFinding] = []
        let options = network.hydraulics
        if options.demandMultiplier > 10 || options.demandMultiplier < 0.1 {
            found.append(
                NetworkFinding(
                    "demand_multiplier", .warning, [],
                    "the demand multiplier is \(figure(options.demandMultiplier)); is DEMAND MULTIPLIER in [OPTIONS] meant?"))
        }
        if options.specificGravity > 1.2 || options.specificGravity < 0.8 {
            found.append(
                NetworkFinding(
                    "specific_gravity", .warning, [],
                    "the specific gravity is \(figure(options.specificGravity)), which is not water's; set SPECIFIC GRAVITY to 1"))
        }
        return found
    }
}
