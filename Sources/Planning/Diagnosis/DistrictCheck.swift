// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// A zone as it is in the network: whether it hangs together, what crosses its border, and its worst pressure.
public struct DistrictCheck: Sendable {
    public var zone: Zone.ID
    public var connections: Int?
    /// Metered inlets.
    public var inlets: Int
    /// Connected pieces of its open pipes; more than one: not contiguous.
    public var pieces: Int
    /// Open links that cross its border.
    public var openBorders: Int
    /// [m]
    public var lowestPeakPressure: Double?
    public var criticalNode: Node.ID?
    /// Below the minimum that the plan keeps. [m]
    public var shortfall: Double?
    /// Of a design; nil for zones that exist.
    public var closedValves: Int?
    /// At the critical node at peak with the fire flow. [m]
    public var firePressure: Double?
    /// Of a design. [m]
    public var mainsLength: Double?
    public var reducingValves: Int?
    /// Means of the nodes that draw water: at peak today and with the zones, and over the day with reducing valves. [m]
    public var meanBefore: Double?
    public var meanAfter: Double?
    public var meanReduced: Double?

    /// Zones of a design: as it would stand.
    static func of(_ zones: TownZones, minimumPressure: Double) -> [DistrictCheck] {
        zones.rows.map { row in
            let zone = row.zone
            return DistrictCheck(
                zone: .init(zone.name), connections: Int(zone.properties.rounded()), inlets: zone.inlets, pieces: zone.pieces,
                openBorders: zone.inlets, lowestPeakPressure: zone.lowestAfter, criticalNode: zone.criticalNode,
                // Where there is less today, that is what is kept.
                shortfall: max(0, min(minimumPressure, zone.lowestBefore) - zone.lowestAfter), closedValves: zone.closedValves,
                firePressure: zone.fireAfter, mainsLength: zone.mainsLength, reducingValves: row.reducingValves,
                meanBefore: zone.meanBefore, meanAfter: zone.meanAfter, meanReduced: row.reducedPressure)
        }
    }

    /// Empty without a network whose junctions name their zone.
    static func of(_ city: City, _ assessment: CityAssessment, minimumPressure: Double) -> [DistrictCheck] {
        guard let network = city.network, let survey = assessment.pressures, survey.converged else { return [] }
        let zoneOf = Dictionary(survey.nodes.compactMap { node in node.zone.map { (node.node, $0) } }, uniquingKeysWith: { a, _ in a })
        let checks = city.zones.compactMap { zone -> DistrictCheck? in
            let nodes = survey.nodes.filter { $0.zone == zone.id }
            guard let worst = nodes.min(by: { ($0.peak, $0.node) < ($1.peak, $1.node) }) else { return nil }
            var parent = Dictionary(nodes.map { ($0.node, $0.node) }, uniquingKeysWith: { a, _ in a })
            func root(_ node: Node.ID) -> Node.ID {
                var node = node
                while let above = parent[node], above != node { node = above }
                return node
            }
            var borders = 0
            for link in network.links where link.status != .closed {
                let inside = [link.start, link.end].filter { zoneOf[$0] == zone.id }
                if inside.count == 2 { parent[root(inside[0])] = root(inside[1]) }
                if inside.count == 1 { borders += 1 }
            }
            return DistrictCheck(
                zone: zone.id, connections: zone.connections, inlets: zone.inflowMeters.count,
                pieces: Set(nodes.map { root($0.node) }).count, openBorders: borders, lowestPeakPressure: worst.peak,
                criticalNode: worst.node, shortfall: max(0, minimumPressure - worst.peak))
        }
        let fire = ZonesAsTheyAre.firePressures(network, at: checks.compactMap(\.criticalNode))
        return checks.map { check in
            var check = check
            check.firePressure = check.criticalNode.flatMap { fire[$0] }
            return check
        }
    }
}
