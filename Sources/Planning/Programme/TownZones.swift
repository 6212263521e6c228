// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Zones, and reducing valves at their inlets, designed on the network of a city that has no zones yet: as `yusu zones` and `yusu pressure`
/// design them, so that a plan's inlets and valves are those that the engine has tried.
public struct TownZones: Sendable {
    public var design: ZoneDesign
    /// With no valves where none can stand or is worth its place; nil: the run with valves did not converge.
    public var pressure: PressureZoneDesign?

    /// A plan is to take seconds: larger networks are designed by the commands. [–]
    static let mostNodes = 3000
    /// Up to which every mode of setting is run in a plan, not the fixed one alone. [–]
    static let mostNodesCompared = 1000

    /// Links that a meter goes to.
    public var inlets: Int { design.borders.count { $0.role != .closed } }
    /// Pipes that are closed.
    public var closedValves: Int { design.borders.count { $0.role == .closed } }
    /// Zone by zone: with its reducing valves, and its mean pressure over the day with them; nil where it has none. [m]
    public var rows: [(zone: ZoneDesign.Zone, reducingValves: Int, reducedPressure: Double?)] {
        let fitted = Dictionary(pressure?.zones.map { ($0.name, $0) } ?? [], uniquingKeysWith: { first, _ in first })
        return design.zones.map { zone in
            let own = fitted[zone.name]
            let valves = own?.valves.count ?? 0
            return (zone, valves, valves > 0 ? own?.effects.first { $0.mode == .fixed }?.meanPressure : nil)
        }
    }
    public var reducingValves: Int { pressure?.zones.reduce(0) { $0 + $1.valves.count } ?? 0 }

    /// Mean over the properties, those outside the zones at what the zones have on average, before and with the reducing valves. [m]
    var meanPressures: (before: Double, after: Double)? {
        guard let pressure else { return nil }
        let properties = Dictionary(design.zones.map { ($0.name, $0.properties) }, uniquingKeysWith: { first, _ in first })
        var weight = 0.0, before = 0.0, after = 0.0
        for zone in pressure.zones {
            let share = properties[zone.name] ?? 0
            weight += share
            before += share * zone.meanPressure
            after += share * (zone.effects.first { $0.mode == .fixed }?.meanPressure ?? zone.meanPressure)
        }
        guard weight > 0, design.properties > 0 else { return nil }
        // Outside nothing is lowered.
        let mean = before / weight
        return (mean, mean - (before - after) / design.properties)
    }

    /// nil where the city has zones, no network, too few connections for two zones, or excludes zoning; where the network is too large
    /// or nothing comes of it, the warnings say so.
    static func of(_ city: City, excluded: Set<String>, minimumPressure: Double, _ warnings: inout [String]) -> TownZones? {
        var options = ZoneDesignOptions()
        guard city.zones.isEmpty, !excluded.contains("district_metering"), let network = city.network,
            let connections = city.profile.connections.value, connections >= 2 * options.leastProperties
        else { return nil }
        guard network.nodes.count <= mostNodes else {
            warnings.append(
                "The network has \(network.nodes.count) nodes, too many to design zones in a plan: run 'yusu zones', and bring them in with "
                    + "zones.csv.")
            return nil
        }
        options.properties = connections
        options.minimumPressure = minimumPressure
        let design: ZoneDesign
        do throws(ZoneDesignError) { design = try designZones(network, options) } catch {
            warnings.append(
                "No zones could be designed on the network ('yusu zones' tells why): their number is taken from the connections.")
            return nil
        }
        if !design.isAccepted {
            warnings.append("The zones designed on the network do not all keep their bounds and pressures: 'yusu zones' tells where.")
        }
        var pressure = PressureZoneOptions()
        pressure.minimumPressure = minimumPressure
        pressure.comparesModes = network.nodes.count <= mostNodesCompared
        let valves: PressureZoneDesign?
        do throws(ZoneDesignError) { valves = try designPressureZones(design.network, pressure) } catch { valves = nil }
        return TownZones(design: design, pressure: valves.flatMap { $0.isConverged ? $0 : nil })
    }
}
