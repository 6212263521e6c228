// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What one scenario changes in a network and its conditions.
public struct Scenario: Sendable {
    /// Multiplies every demand of the moment.
    public var demandFactor = 1.0
    /// Added outflows of junctions. [m³/s]
    public var outflows: [Node.ID: Double] = [:]
    /// Added leaks, at junctions or along pipes.
    public var leaks: [Leak] = []
    /// In place of the pipe's own; as in `Pipe.roughness`.
    public var roughness: [Link.ID: Double] = [:]
    public var statuses: [Link.ID: Link.Status] = [:]

    public init() {}
}

/// The answer of one scenario, in the order of the network as it was given.
public struct ScenarioResult: Sendable {
    public var outcome: Verdict.Outcome
    public var iterations: Int
    /// Largest imbalance of a junction. [m³/s]
    public var massResidual: Double
    /// Largest difference between heads and losses. [m]
    public var energyResidual: Double
    /// nil at nodes without a source. [m]
    public var heads: [Double?]
    /// [m³/s]
    public var flows: [Double]
    /// Solved by itself, because a status changed, a part was cut off or the lanes did not converge.
    public var isSingle: Bool
}
