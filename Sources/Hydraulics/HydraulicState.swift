// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The answer of one solve, with its own proof. Arrays are in the order of `network.nodes` and `network.links`.
public struct HydraulicState: Sendable {
    /// nil at nodes that no open link joins to a source. [m]
    public var heads: [Double?]
    /// Start to end positive. [m³/s]
    public var flows: [Double]
    public var statuses: [LinkStatus]
    /// What leaves the network at each junction: consumption, emitters and leakage; for a tank or reservoir its net inflow. [m³/s]
    public var demands: [Double]
    /// Part of `demands` that runs out of emitters and leaks. [m³/s]
    public var leakage: [Double]
    public var verdict: Verdict
}

/// EPANET's words for what a link does.
public enum LinkStatus: String, Sendable, BitwiseCopyable {
    case closed
    case temporarilyClosed = "temporarily_closed"
    case cannotDeliverHead = "cannot_deliver_head"
    case open
    case cannotDeliverFlow = "cannot_deliver_flow"
    case cannotDeliverPressure = "cannot_deliver_pressure"
    case exceedsMaximumFlow = "exceeds_maximum_flow"
    case active

    public var isClosed: Bool {
        switch self {
        case .closed, .temporarilyClosed, .cannotDeliverHead: true
        default: false
        }
    }
}

/// Whether a solve may be relied on, from its own residuals.
public struct Verdict: Sendable {
    public enum Outcome: String, Sendable {
        case converged
        /// The residuals are above their bars after all iterations.
        case notConverged = "not_converged"
        /// Junctions with demand have no path to a source: there is no solution there; the rest is solved.
        case demandWithoutSource = "demand_without_source"
        /// Statuses of pumps and valves keep changing.
        case statusesCycle = "statuses_cycle"
        /// The equations could not be solved.
        case singular
    }

    public var outcome: Outcome
    public var iterations: Int
    /// Largest imbalance of a junction. [m³/s]
    public var massResidual: Double
    public var massWorstNode: Node.ID?
    /// Largest difference between the heads at the ends of an open link and its head loss. [m]
    public var energyResidual: Double
    public var energyWorstLink: Link.ID?
    /// Junctions that no open link joins to a source.
    public var isolatedNodes: [Node.ID]

    public var isConverged: Bool { outcome == .converged }

    /// Mass bar of a converged solve, as a share of the throughput. [–]
    public static let massBar = 1e-9
    /// Below this an imbalance is none, whatever the throughput. [m³/s]
    public static let massFloor = 1e-12
}
