// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What is believed of a network's errors before its readings are seen, and how the search is run.
///
/// The defaults are those with which leak studies on benchmark networks describe a usable but uncalibrated model; they are
/// assumptions, and a utility that knows better should say so.
public struct LeakLocatorOptions: Sendable {
    /// Relative spread of the true roughness of a diameter class around the model's. [–] (0 … 0.5)
    public var roughnessSpreadByClass = 0.08
    /// The same for a single pipe within its class. [–] (0 … 0.5)
    public var roughnessSpreadByPipe = 0.04
    /// Relative spread of each node's true demand around the model's. [–] (0 … 1)
    public var demandSpread = 0.12
    /// Relative spread of the head of a pump about its curve. [–] (0 … 0.5) ISO 9906 (2012) accepts a new pump with 5 % off (grade 2B).
    public var pumpHeadSpread = 0.05
    /// Spread of the pressure that a valve holds about its setting. [m] (0 … 20) An assumption: a gauge of class 1.6 up to 10 bar by which
    /// it is set may be 1.6 m off (EN 837-1).
    public var valvePressureSpread = 1.0
    /// Relative spread of what other valves are set to: flow, loss coefficient, head loss. [–] (0 … 0.5) An assumption.
    public var valveShareSpread = 0.1
    /// Relative spread of a node's demand from hour to hour, and its correlation from one hour to the next. [–]
    public var hourlyDemandSpread = 0.10
    public var hourlyDemandCorrelation = 0.6
    /// Relative spread of all demand together from day to day and from hour to hour. [–]
    public var dailyCommonSpread = 0.03
    public var hourlyCommonSpread = 0.02
    /// Least noise of a pressure sensor [m], of a level [m] and of a flow meter [–]; the readings may show more.
    public var pressureNoise = 0.05
    public var levelNoise = 0.01
    public var flowNoise = 0.01
    /// Noise of a flow meter at rest. [m³/s]
    public var flowZero = 5e-5
    /// Hours of the day at which the classes of hours begin; at least one.
    public var classStarts = [0, 5, 9, 13, 18]
    /// The same where pumps and switched links were in several states, each of which has classes of its own.
    public var classStartsOfStates = [0, 6, 15]
    /// Chance of an alarm where there is no leak. [–] (0.0001 … 0.5)
    public var falseAlarmRate = 0.02
    /// Leaks that may have begun together, at most; 1: one is looked for, whatever the readings say. (1 … 5)
    public var mostLeaks = 3
    /// Chance that one leak is taken for two. [–] (0.001 … 0.5)
    public var splitRate = 0.005
    /// Leak-free worlds that the alarm threshold is taken from. (200 … 100 000)
    public var nullDraws = 2000
    /// Shortest pipe on which a leak is looked for. [m]
    public var shortestPipe = 0.0
    public var seed: UInt64 = 1

    public init() {}
}

/// Why a leak cannot be looked for.
public enum LeakLocatorError: Error, Sendable, CustomStringConvertible {
    case noUsableSensor
    /// Without a model: no zone has an inflow that can be compared.
    case noZoneInflow
    case unknownElement(sensor: Sensor.ID, element: String)
    case recordTooShort(hours: Int)
    case hydraulics(String)
    case numerical(String)

    public var description: String {
        switch self {
        case .noUsableSensor: "no pressure, flow or level sensor has readings both before and after"
        case .noZoneInflow:
            "without a network model inflows of zones are needed: flow sensors with readings of at least three healthy days and of a "
                + "night that follows"
        case .unknownElement(let sensor, let element): "sensor '\(sensor)' sits on '\(element)', which the network does not have"
        case .recordTooShort(let hours): "the readings span \(hours) hours; a day before and a day after are the least"
        case .numerical(let reason): "the calculation failed: \(reason)"
        case .hydraulics(let reason): "the model cannot be solved: \(reason)"
        }
    }
}
