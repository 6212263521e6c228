// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import NumericalMethods
import WaterModel

/// What a leak right beside a tank or a reservoir does to the channels. To the hydraulics it does nothing, as the head there is held; and
/// the answer to a leak further along a pipe is taken from those of its two ends.
///
/// A tank gives such a leak from its own volume. A meter in the only pipe of a source is at that source, and all of the leak runs through
/// it. A tank that is shut off gives nothing: there the leak is fed from the other end of the pipe.
struct HeldNodes {
    private struct Held {
        let node: Int
        let links: [Int]
        let neighbours: [Int]
        /// Channels that a leak moves by itself, per unit of its flow. [–]
        let own: [(channel: Int, value: Double)]
    }

    private let held: [Held]

    init(_ model: ImposedModel) {
        let network = model.network, index = network.nodeIndex()
        var links: [Int: [Int]] = [:]
        for (place, link) in network.links.enumerated() {
            for end in [link.start, link.end] {
                if let node = index[end], network.nodes[node].junction == nil { links[node, default: []].append(place) }
            }
        }
        held = links.sorted { $0.key < $1.key }.map { node, links in
            let id = network.nodes[node].id
            let neighbours = links.compactMap { index[network.links[$0].start == id ? network.links[$0].end : network.links[$0].start] }
            var own: [(channel: Int, value: Double)] = []
            for (k, channel) in model.channels.enumerated() {
                switch channel.observation {
                case .netInflow: if channel.index == node { own.append((k, -1)) }
                case .flow:
                    if links == [channel.index], network.links[channel.index].pipe != nil {
                        own.append((k, network.links[channel.index].start == id ? 1 : -1))
                    }
                case .head: break
                }
            }
            return Held(node: node, links: links, neighbours: neighbours, own: own)
        }
    }

    /// Completes the answers to an outflow at each node (channels × nodes).
    func complete(_ toOutflow: inout Matrix, in conditions: BoundaryConditions) {
        for held in held {
            if held.links.allSatisfy({ conditions.statuses[$0] == .closed }), let other = held.neighbours.first {
                for k in 0..<toOutflow.rows { toOutflow[k, held.node] = toOutflow[k, other] }
            } else {
                for (channel, value) in held.own { toOutflow[channel, held.node] = value }
            }
        }
    }
}

extension ImposedModel {
    /// How each channel (row) answers to the head of each tank whose level is read (column), by a solve for each. [unit per m]
    /// - state: of these conditions; the solver is left at another.
    func toLevels(_ conditions: BoundaryConditions, _ state: HydraulicState, _ solver: HydraulicSolver) -> Matrix {
        var found = Matrix(rows: channels.count, columns: tankLevels.count)
        for (t, tank) in tankLevels.enumerated() {
            guard let head = conditions.fixedHeads[tank.node] else { continue }
            var other = conditions
            other.fixedHeads[tank.node] = head + Self.headStep
            let moved = solver.solve(other, warm: true)
            guard moved.verdict.outcome == .converged else { continue }
            for (k, channel) in channels.enumerated() {
                guard let now = predicted(channel, moved), let before = predicted(channel, state) else { continue }
                found[k, t] = (now - before) / Self.headStep
            }
        }
        return found
    }

    /// By which a tank's head is moved: more than solves scatter, less than bends the answers. [m]
    private static let headStep = 0.05
}
