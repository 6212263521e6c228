// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

extension PressureSurvey {
    /// Pressures of a network model at the hours of its highest and lowest demand, tanks at their initial levels.
    ///
    /// Nodes that no open link joins to a source are left out. A node's zone is its tag, where a zone of that name exists.
    /// - Throws: `HydraulicError`.
    public init(of network: Network, zones: [Zone]) throws(HydraulicError) {
        let moments = (0..<24).map { BoundaryConditions(of: network, at: $0 * 3600) }
        let totals = moments.map { $0.demands.reduce(0, +) }
        let peak = totals.indices.max { totals[$0] < totals[$1] } ?? 0
        let night = totals.indices.min { totals[$0] < totals[$1] } ?? 0
        let solver = try HydraulicSolver(network)
        let atPeak = solver.solve(moments[peak]), atNight = solver.solve(moments[night])
        let known = Set(zones.map(\.id))
        let nodes = network.nodes.indices.compactMap { index -> NodePressure? in
            let node = network.nodes[index]
            guard node.isJunction, let high = atPeak.heads[index], let low = atNight.heads[index] else { return nil }
            let zone = node.tag.map { Zone.ID($0) }.flatMap { known.contains($0) ? $0 : nil }
            return NodePressure(node: node.id, zone: zone, peak: high - node.elevation, night: low - node.elevation)
        }
        let clock = network.times.startClockTime / 3600
        self.init(
            nodes: nodes, peakHour: (peak + clock) % 24, nightHour: (night + clock) % 24,
            converged: atPeak.verdict.isConverged && atNight.verdict.isConverged)
    }
}
