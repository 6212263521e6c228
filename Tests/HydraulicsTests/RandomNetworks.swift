// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// Seeded grids of pipes with two reservoirs, and the same grid written in another way.
enum RandomNetworks {
    /// - Parameter size: junctions along a side.
    static func grid(seed: UInt64, size: Int, formula: HeadLossFormula) -> Network {
        var random = Seeded(state: seed)
        var network = Network()
        network.hydraulics.headLossFormula = formula
        network.hydraulics.kinematicViscosity = 1.1e-6
        for i in 0..<size * size {
            network.nodes.append(
                Node(
                    id: Node.ID("N\(i)"), elevation: random.number(0, 20),
                    kind: .junction(Junction(demands: [Demand(baseFlow: random.number(0, 1) < 0.2 ? 0 : random.number(0, 0.004))]))))
        }
        for (name, head) in [("R1", random.number(70, 80)), ("R2", random.number(65, 80))] {
            network.nodes.append(Node(id: Node.ID(name), elevation: head, kind: .reservoir(Reservoir())))
        }
        func join(_ a: String, _ b: String, _ diameter: Double) {
            let roughness: Double =
                switch formula {
                case .hazenWilliams: random.number(80, 140)
                case .darcyWeisbach: random.number(1e-5, 2e-3)
                case .chezyManning: random.number(0.009, 0.016)
                }
            let pipe = Pipe(
                length: random.number(20, 600), diameter: diameter, roughness: roughness,
                minorLoss: random.number(0, 1) < 0.3 ? random.number(0, 5) : 0)
            network.links.append(
                Link(id: Link.ID("P\(network.links.count)"), start: Node.ID(a), end: Node.ID(b), kind: .pipe(pipe), status: .open))
        }
        let diameters = [0.08, 0.1, 0.15, 0.2, 0.25]
        for row in 0..<size {
            for column in 0..<size {
                let here = row * size + column
                if column + 1 < size, random.number(0, 1) < 0.9 || row == 0 { join("N\(here)", "N\(here + 1)", diameters[random.index(5)]) }
                if row + 1 < size { join("N\(here)", "N\(here + size)", diameters[random.index(5)]) }
            }
        }
        join("R1", "N0", 0.3)
        join("N\(size * size - 1)", "R2", 0.3)
        return network
    }

    /// The same network with other names, another order of nodes and links, and some links drawn the other way.
    static func rewritten(_ network: Network, seed: UInt64) -> (network: Network, name: (String) -> String) {
        var random = Seeded(state: seed)
        let name: (String) -> String = { "x" + String($0.reversed()) }
        var other = network
        other.nodes = shuffled(network.nodes, &random).map { node in
            var node = node
            node.id = Node.ID(name(node.id.name))
            return node
        }
        other.links = shuffled(network.links, &random).map { link in
            var link = link
            link.start = Node.ID(name(link.start.name))
            link.end = Node.ID(name(link.end.name))
            if random.index(2) == 0 { swap(&link.start, &link.end) }
            return link
        }
        return (other, name)
    }

    private static func shuffled<T>(_ items: [T], _ random: inout Seeded) -> [T] {
        var items = items
        for i in stride(from: items.count - 1, to: 0, by: -1) { items.swapAt(i, random.index(i + 1)) }
        return items
    }

    /// Head that a pipe loses at a flow, by the published formula alone. [m]
    static func loss(_ pipe: Pipe, _ flow: Double, _ formula: HeadLossFormula) -> Double {
        let q = abs(flow)
        let local = Formula.localLoss(q, diameter: pipe.diameter, k: pipe.minorLoss)
        let friction: Double
        switch formula {
        case .hazenWilliams: friction = Formula.hazenWilliams(q, length: pipe.length, diameter: pipe.diameter, c: pipe.roughness)
        case .chezyManning: friction = Formula.manning(q, length: pipe.length, diameter: pipe.diameter, n: pipe.roughness)
        case .darcyWeisbach:
            friction = Formula.swameeJain(q, length: pipe.length, diameter: pipe.diameter, height: pipe.roughness, viscosity: 1.1e-6)
        }
        return flow < 0 ? -(friction + local) : friction + local
    }
}
