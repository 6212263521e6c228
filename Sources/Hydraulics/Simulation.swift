// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The states of a network at the reporting steps of its run.
public struct Simulation: Sendable {
    public struct Step: Sendable {
        /// Since the start of the run. [s]
        public var time: Int
        public var state: HydraulicState

        public init(time: Int, state: HydraulicState) {
            self.time = time
            self.state = state
        }
    }

    public var steps: [Step]
    /// What of the file this run leaves out, in words for the user; empty where nothing is left out.
    public var omissions: [String]

    /// True where every solve converged.
    public var isConverged: Bool { steps.allSatisfy(\.state.verdict.isConverged) }

    /// Solves each reporting step. Levels of tanks are not carried from step to step yet: a network whose tanks, controls or
    /// rules change its state in time is solved at its start only, and `omissions` says so.
    /// - Throws: `HydraulicError`.
    public init(of network: Network, constants: PhysicalConstants = .exact) throws(HydraulicError) {
        let solver = try HydraulicSolver(network, constants: constants)
        var omissions: [String] = []
        let times = network.times
        let hasTanks = network.nodes.contains { $0.tank != nil }
        let hasRules = network.keptSections.contains { $0.name == "RULES" && !$0.lines.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
        if hasRules { omissions.append("rules are not applied") }
        let changesInTime = hasTanks || !network.controls.isEmpty || hasRules
        var moments = [0]
        if times.duration > 0 {
            if changesInTime {
                omissions.append("only the state at the start is solved: levels of tanks, controls and rules are not followed in time")
            } else if times.reportStep > 0, times.reportStart <= times.duration {
                moments = Array(stride(from: times.reportStart, through: times.duration, by: times.reportStep))
            }
        }
        steps = []
        for (index, time) in moments.enumerated() {
            let state = solver.solve(BoundaryConditions(of: network, at: time), warm: index > 0)
            steps.append(Step(time: time, state: state))
        }
        self.omissions = omissions
    }
}
