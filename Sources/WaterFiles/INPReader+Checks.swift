// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// What must hold of a network as a whole before it can be solved.
extension INPReader {
    mutating func check() {
        checkSources()
        checkConnections()
        checkPumpCurves()
        checkValvePlaces()
    }

    private mutating func checkSources() {
        guard network.nodes.count >= 2, network.nodes.contains(where: \.isJunction) || !network.links.isEmpty else {
            return report(at: nil, "the network has fewer than two nodes", "add junctions and links")
        }
        if network.nodes.allSatisfy(\.isJunction) {
            report(at: nil, "the network has neither a reservoir nor a tank", "add the source that feeds it")
        }
    }

    /// A junction that no link reaches.
    private mutating func checkConnections() {
        // Where links were refused above, their nodes would be reported for nothing.
        guard problems.isEmpty else { return }
        var isJoined = [Bool](repeating: false, count: network.nodes.count)
        for ends in linkEnds {
            if ends.start >= 0 { isJoined[ends.start] = true }
            if ends.end >= 0 { isJoined[ends.end] = true }
        }
        for (index, node) in network.nodes.enumerated() where !isJoined[index] && node.isJunction {
            report(at: nodeLines[index], "junction '\(node.id)' is not joined to any link", "join it or remove it")
        }
    }

    /// Heads of a pump curve must fall as the flow rises.
    private mutating func checkPumpCurves() {
        for (index, curve) in network.curves.enumerated() where curve.use == .pumpHead {
            let falls = zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.y > $1.y }
            let isPositive = curve.points.count > 1 || (curve.points.first.map { $0.x > 0 && $0.y > 0 } ?? false)
            if curve.points.isEmpty || !falls || !isPositive {
                report(
                    at: curveLines[index], "curve '\(curve.id)' cannot be a pump's: its head does not fall with the flow",
                    "give points whose head falls, or one point with flow and head above zero")
            }
        }
    }

    /// Valves that hold a head cannot stand at a fixed head or share the node that they hold (EPANET errors 219 and 220).
    private mutating func checkValvePlaces() {
        var held: [Node.ID: (link: Link, asEnd: Bool)] = [:]
        for (index, link) in network.links.enumerated() {
            guard let valve = link.valve, [.pressureReducing, .pressureSustaining, .flowControl].contains(valve.kind) else { continue }
            for position in [linkEnds[index].start, linkEnds[index].end] where position >= 0 {
                let node = network.nodes[position].id
                if !network.nodes[position].isJunction {
                    report(
                        at: linkLines[index], "\(valve.kind.rawValue) '\(link.id)' is joined to '\(node)', a tank or reservoir",
                        "put a short pipe between them")
                }
            }
            let node: Node.ID
            switch valve.kind {
            case .pressureReducing: node = link.end
            case .pressureSustaining: node = link.start
            default: continue
            }
            if let other = held[node] {
                report(
                    at: linkLines[index], "valves '\(other.link.id)' and '\(link.id)' both hold the head of node '\(node)'",
                    "put a pipe between them")
            }
            held[node] = (link, valve.kind == .pressureReducing)
        }
        for (index, link) in network.links.enumerated() {
            guard let valve = link.valve else { continue }
            let other: Node.ID? =
                switch valve.kind {
                case .pressureReducing: link.start
                case .pressureSustaining: link.end
                default: nil
                }
            if let other, let holder = held[other], holder.link.id != link.id, valve.kind == holder.link.valve?.kind {
                report(
                    at: linkLines[index], "valves '\(holder.link.id)' and '\(link.id)' stand in series at node '\(other)'",
                    "put a pipe between them")
            }
        }
    }
}
