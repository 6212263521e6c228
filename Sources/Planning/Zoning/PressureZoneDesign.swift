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
    /// Share of consumption that goes for each share of pressure cut (elasticity); nil: not counted, since no figure is published for all uses.
    public var consumptionExponent: Double?
    /// Leakage of each zone today; zones that are missing get shares alone. [m³/d]
    public var leakage: [String: Double] = [:]
    /// Of a cubic metre supplied. Default 0.3 (0.16 to 0.5), Vietnamese utilities (published). [kWh/m³]
    public var energyPerVolume = 0.3

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
        /// Outlet pressure a + b Q², Q in m³/s: a [m], b [m/(m³/s)²]; nil where several inlets share the flow.
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
        public var consumptionCut: Double?
        /// Central; nil without the zone's leakage. [m³/d], [kWh/d]
        public var waterSaved: Double?
        public var energySaved: Double?
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
    /// With the valves, fixed or timed.
    public var network: Network
    /// In the engine's run with the valves: the most by which a node falls below what it must keep; below 0 where all keep it. [m]
    public var shortfall: Double
    public var isConverged: Bool
}

/// Places and settings of reducing valves at the inlets of zones.
///
/// Zones are the tags of junctions, as `designZones` writes them. Where all inlets of a zone are lowered by the same head its flows stay, so the
/// setting that the worst node leaves follows from one run; the network with its valves is then run, and settings are raised until every
/// node keeps its pressure there too. Flow modulation is not in the network that is returned: its setting is a line over Q².
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
        var survey = try PressureSeries(network, options)
        var zones = survey.zoneNames.map { survey.zone($0) }
        var round = 0
        while true {
            let fitted = survey.network(with: zones, mode)
            let (shortfalls, pressures, isConverged) = try survey.shortfalls(fitted)
            let worst = shortfalls.values.max() ?? -.infinity
            guard round < 6, worst > 1e-3, zones.contains(where: { !$0.valves.isEmpty && shortfalls[$0.name] ?? 0 > 1e-3 }) else {
                // A line over the flow is no setting of the network: its valves stand at the fixed one.
                zones = survey.measured(zones, mode == .timed ? .timed : .fixed, pressures)
                return PressureZoneDesign(zones: zones, mode: mode, network: fitted, shortfall: worst, isConverged: isConverged)
            }
            for index in zones.indices {
                guard let shortfall = shortfalls[zones[index].name], shortfall > 1e-3 else { continue }
                survey.raise[zones[index].name, default: 0] += shortfall + 0.1
                zones[index] = survey.zone(zones[index].name)
            }
            round += 1
        }
    } catch { throw .hydraulics(error) }
}
