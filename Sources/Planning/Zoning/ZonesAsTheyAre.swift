// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

/// What the engine tells of zones that exist: those that the junctions of a city's network name.
enum ZonesAsTheyAre {
    /// Reducing valves at the inlets of zones.
    ///
    /// - chosen: names of those for which the plan chose to manage pressure; the others stay as they are.
    /// - Returns: nil where none was chosen, or without a network whose junctions name the zones, small enough for a plan and converging.
    static func reducingValves(_ city: City, in chosen: Set<String>, minimumPressure: Double) -> PressureZoneDesign? {
        guard !chosen.isEmpty, let network = city.network, network.nodes.count <= TownZones.mostNodes else { return nil }
        var options = PressureZoneOptions()
        options.minimumPressure = minimumPressure
        options.comparesModes = network.nodes.count <= TownZones.mostNodesCompared
        // Zones for which no valve was chosen keep their pressure.
        var only = network
        for index in only.nodes.indices where only.nodes[index].tag.map({ !chosen.contains($0) }) ?? false { only.nodes[index].tag = nil }
        guard only.nodes.contains(where: { $0.isJunction && $0.tag != nil }) else { return nil }
        do throws(ZoneDesignError) {
            let design = try designPressureZones(only, options)
            return design.isConverged ? design : nil
        } catch { return nil }
    }

    /// Pressure at nodes at peak with the fire flow drawn there on top, one at a time; empty where today's network has no such state. [m]
    static func firePressures(_ network: Network, at nodes: [Node.ID]) -> [Node.ID: Double] {
        guard network.nodes.count <= TownZones.mostNodes, !nodes.isEmpty else { return [:] }
        let options = ZoneDesignOptions()
        let trial: ZoneTrial
        do throws(HydraulicError) { trial = try ZoneTrial(network, options, isBrief: true) } catch { return [:] }
        guard !trial.moments.isEmpty else { return [:] }
        let places = network.nodeIndex()
        var result: [Node.ID: Double] = [:]
        for node in nodes {
            guard let place = places[node] else { continue }
            result[node] = trial.pressures(trial.solve(0, closed: [], drawing: (place, options.fireFlow)))[place]
        }
        return result
    }
}
