// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import WaterModel

/// What the design of pressure zones is held to.
public struct PressureZoneOptions: Sendable {
    /// That every node which draws water keeps at all times, or what it has today. Default 15, unverified. [m]
    public var minimumPressure = 15.0
    /// Kept on top, for the width of a valve's control. Default 1, assumed. [m]
    public var margin = 1.0
    /// A valve that lowers the mean pressure by less is not worth its place. Default 3: outlet pressure of small valves varies by as
    /// much (assumed). [m]
    public var leastReduction = 3.0
    /// Length of a period with a setting of its own, a divisor of a day. Default 6 hours. [s]
    public var period = 21_600
    /// N1: low, central, high. Source: FAVAD literature (published).
    public var leakageExponents = [0.5, 1.0, 1.5]
    /// % of bursts per % of the highest pressure: low, central, high. Source: Thornton & Lambert 2007 (published).
    public var burstFactors = [0.7, 1.4, 2.8]
    /// N3: low, central, high; empty: consumption is not counted. Default and sources: `PressureEffect.consumptionExponents` (contested).
    public var consumptionExponents = PressureEffect.consumptionExponents
    /// Leakage of each zone today; zones that are missing get shares alone. [m³/d]
    public var leakage: [String: Double] = [:]
    /// Of a cubic metre supplied. Default 0.3 (0.16 to 0.5), Vietnamese utilities (published). [kWh/m³]
    public var energyPerVolume = 0.3
    /// Every mode of setting is run and told, not the network's alone. Default true.
    public var comparesModes = true

    public init() {}
}

/// Pressure zones: a reducing valve at each inlet of a zone, and what fixed, timed and flow-modulated settings bring.
public struct PressureZoneDesign: Sendable {
    public enum Mode: String, Sendable, CaseIterable { case fixed, timed, flow }

    public struct Valve: Sendable {
        /// The inlet's pipe and the name of the valve put behind it.
        public var link: Link.ID
        public var valve: Link.ID
        /// [m]
        public var diameter: Double
        /// Outlet pressure. [m]
        public var fixedSetting: Double
        /// From each period's start, counted from midnight by `PressureZoneOptions.period`. [m]
        public var timedSettings: [Double]
        /// Outlet pressure a + b Q², at most `fixedSetting`, Q in m³/s: a [m], b [m/(m³/s)²]; nil where several inlets share the flow.
        public var flowSetting: (constant: Double, square: Double)?
    }

    /// What a mode of setting brings.
    public struct Effect: Sendable {
        public var mode: Mode
        /// Over nodes that draw water and the run. [m]
        public var meanPressure: Double
        /// Mean over nodes of the highest of the run. [m]
        public var highestPressure: Double
        /// Share of leakage that goes: low, central, high. [–]
        public var leakageCut: [Double]
        /// Share of bursts that goes. [–]
        public var burstCut: [Double]
        /// Share of consumption that goes, central; nil where it is not counted. [–]
        public var consumptionCut: Double?
        /// Leakage and consumption that go, central; nil without the zone's leakage. [m³/d]
        public var waterSaved: Double?
        /// Of that water. [kWh/d]
        public var energySaved: Double?
        /// Low, central, high; empty where it is not counted. [–]
        public var consumptionCuts: [Double] = []
        /// Consumption that goes, central; nil where it is not counted. [m³/d]
        public var consumptionSpared: Double?
    }

    public struct Zone: Sendable {
        public var name: String
        public var valves: [Valve]
        /// Why no valve is put; nil where one is.
        public var reason: String?
        public var meanPressure: Double
        public var highestPressure: Double
        public var effects: [Effect]
        public var criticalNode: Node.ID?
    }

    public var zones: [Zone]
    public var mode: Mode
    /// With the valves. Of settings by flow it has, at each step of today's run, what the line gives for the flow of that step: a network file
    /// holds no setting by flow.
    public var network: Network
    /// In the engine's run with the valves: the most by which a node falls below what it must keep; below 0 where all keep it. [m]
    public var shortfall: Double
    public var isConverged: Bool
}

/// Places and settings of reducing valves at the inlets of zones.
///
/// Zones are the tags of junctions, as `designZones` writes them. Where all inlets of a zone are lowered by the same head its flows stay, so the
/// setting that the worst node leaves follows from one run; the network with its valves is then run, for each mode of setting, and settings are
/// raised until every node keeps its pressure there too. What a mode brings is what its run shows.
/// - Throws: `ZoneDesignError`.
public func designPressureZones(
    _ network: Network, mode: PressureZoneDesign.Mode = .fixed, _ options: PressureZoneOptions = PressureZoneOptions()
) throws(ZoneDesignError) -> PressureZoneDesign {
    guard options.minimumPressure >= 0, options.margin >= 0, options.period > 0, 86_400 % options.period == 0 else {
        throw .options("pressures must be 0 or more and the period a divisor of a day")
    }
    guard network.nodes.contains(where: { $0.isJunction && $0.tag != nil }) else {
        throw .nothingToZone("no junction names its zone in [TAGS]; run 'yusu zones' first")
    }
    do throws(HydraulicError) {
        let survey = try PressureSeries(network, options)
        var result = try settled(survey, mode)
        let others = options.comparesModes ? PressureZoneDesign.Mode.allCases.filter { $0 != mode } : []
        for other in others where result.zones.contains(where: { $0.effects.contains { $0.mode == other } }) {
            result.take(other, from: try settled(survey, other))
        }
        // What no run has shown is not told.
        if !options.comparesModes {
            for index in result.zones.indices { result.zones[index].effects.removeAll { $0.mode != mode } }
        }
        return result
    } catch { throw .hydraulics(error) }
}

/// One mode of setting, run until its settings are high enough.
private func settled(
    _ series: PressureSeries, _ mode: PressureZoneDesign.Mode
) throws(HydraulicError) -> PressureZoneDesign {
    var survey = series
    var zones = survey.zoneNames.map { survey.zone($0) }
    var round = 0
    while true {
        let fitted = survey.network(with: zones, mode)
        let (shortfalls, pressures, isConverged) = try survey.shortfalls(fitted)
        let worst = shortfalls.values.max() ?? -.infinity
        guard round < 6, worst > 1e-3, zones.contains(where: { !$0.valves.isEmpty && shortfalls[$0.name] ?? 0 > 1e-3 }) else {
            return PressureZoneDesign(
                zones: survey.measured(zones, mode, pressures), mode: mode, network: fitted, shortfall: worst, isConverged: isConverged)
        }
        for index in zones.indices {
            guard let shortfall = shortfalls[zones[index].name], shortfall > 1e-3 else { continue }
            survey.raise[zones[index].name, default: 0] += shortfall + 0.1
            zones[index] = survey.zone(zones[index].name)
        }
        round += 1
    }
}

extension PressureZoneDesign {
    /// Takes settings and effects of a mode from the design that was run with it; of zones that do not keep their pressures there, nothing.
    fileprivate mutating func take(_ mode: Mode, from other: PressureZoneDesign) {
        for index in zones.indices {
            zones[index].effects.removeAll { $0.mode == mode }
            guard other.isConverged, other.shortfall <= 1e-3, index < other.zones.count,
                let effect = other.zones[index].effects.first(where: { $0.mode == mode }),
                zones[index].valves.count == other.zones[index].valves.count
            else { continue }
            zones[index].effects.append(effect)
            for place in zones[index].valves.indices {
                let valve = other.zones[index].valves[place]
                switch mode {
                case .fixed: zones[index].valves[place].fixedSetting = valve.fixedSetting
                case .timed: zones[index].valves[place].timedSettings = valve.timedSettings
                case .flow: zones[index].valves[place].flowSetting = valve.flowSetting
                }
            }
        }
        for index in zones.indices {
            zones[index].effects.sort { (Mode.allCases.firstIndex(of: $0.mode) ?? 0) < (Mode.allCases.firstIndex(of: $1.mode) ?? 0) }
        }
    }
}
