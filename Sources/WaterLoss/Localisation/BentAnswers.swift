// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import NumericalMethods
import WaterModel

/// By how much the answer to a leak of its size differs from the linear one, at the places where it most likely is.
///
/// Head losses grow faster than flows, so that a leak which is large for its pipes lowers the heads by more than the sensitivities
/// say.
struct BentAnswers {
    /// For some nodes, by feature. [unit of the channel per m³/s]
    private(set) var correction: [Int: [Double]] = [:]

    /// - Parameters:
    ///   - moments: conditions of one hour of each class; nil where a class has none.
    ///   - leaks: node and size [m³/s].
    init(_ model: ImposedModel, moments: [BoundaryConditions?], leaks: [(node: Int, size: Double)]) {
        let classes = moments.count, observations = model.channels.map(\.observation)
        // A column of corrections a class; a class whose hour cannot be solved keeps the linear answer.
        let columns: [[[Double]]] = concurrentMap(classes) { c in
            var found = leaks.map { _ in [Double](repeating: 0, count: observations.count) }
            guard let moment = moments[c], let solver = try? HydraulicSolver(model.network) else { return found }
            let healthy = solver.solve(moment)
            guard healthy.verdict.outcome == .converged, let linear = solver.sensitivities(of: observations) else { return found }
            for (index, leak) in leaks.enumerated() where leak.size > 0 {
                var leaking = moment
                leaking.demands[leak.node] += leak.size
                let state = solver.solve(leaking, warm: true)
                guard state.verdict.outcome == .converged else { continue }
                for (k, channel) in model.channels.enumerated() {
                    guard let with = model.predicted(channel, state), let without = model.predicted(channel, healthy) else { continue }
                    found[index][k] = (with - without) / leak.size - linear[k][leak.node]
                }
            }
            return found
        }
        for (index, leak) in leaks.enumerated() {
            var row = [Double](repeating: 0, count: observations.count * classes)
            for c in 0..<classes { for k in observations.indices { row[k * classes + c] = columns[c][index][k] } }
            correction[leak.node] = row
        }
    }

    init() {}
}
