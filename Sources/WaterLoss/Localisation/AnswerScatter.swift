// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// How far the answers to a leak may be from the model's, as roughness, demand and meters are not known: from models drawn at random.
///
/// A leak of size a at a place whose answers may be off by d₁ … d_W leaves differences of covariance a²/W Σ d dᵀ beside those that
/// a network without a leak has; without them a large leak would seem to be known to the metre.
struct AnswerScatter {
    /// Models drawn.
    static let draws = 24

    /// For some nodes, draw by draw, by feature. [unit of the channel per m³/s]
    private(set) var deviations: [Int: [[Double]]] = [:]

    /// - Parameters:
    ///   - moments: conditions of one hour of each class; nil where a class has none.
    ///   - leak: the likeliest, node and size [m³/s].
    ///   - nodes: those for which the scatter is kept.
    ///   - worlds: values of `WorldParameters` about those of the model, for each draw.
    init(
        _ model: ImposedModel, moments healthy: [BoundaryConditions?], leak: (node: Int, size: Double)?, nodes: [Int],
        worlds: [[Double]], options: LeakLocatorOptions
    ) {
        // The answer to a leak of its size goes along the chord, whose slope is that of the curve half way.
        let moments = healthy.map { moment in
            var here = moment
            if let leak { here?.demands[leak.node] += leak.size / 2 }
            return here
        }
        let classes = moments.count, observations = model.channels.map(\.observation)
        let parameters = WorldParameters(model.network)
        let plain = Self.answers(of: model.network, moments: moments, observations: observations, nodes: nodes, factors: nil)
        let drawn: [[[[Double]]?]] = concurrentMap(worlds.count) { draw in
            Self.answers(
                of: parameters.rough(model.network, worlds[draw], options), moments: moments, observations: observations, nodes: nodes,
                factors: parameters.demandFactors(worlds[draw], options))
        }
        // A meter reads a leak as wrongly as all else that runs through it.
        guard let random = try? RandomNumbers(seed: options.seed, stream: Self.ofMeters) else { return }
        let bias = worlds.map { _ in model.channels.map { $0.isLink ? options.flowNoise * random.normal() : 0 } }
        for (place, node) in nodes.enumerated() {
            deviations[node] = drawn.enumerated().map { d, draw in
                var row = [Double](repeating: 0, count: observations.count * classes)
                for c in 0..<min(classes, draw.count) {
                    guard let other = draw[c], let own = plain[c] else { continue }
                    for k in observations.indices { row[k * classes + c] = other[k][place] * (1 + bias[d][k]) - own[k][place] }
                }
                return row
            }
        }
    }

    private static let ofMeters: UInt64 = 99

    init() {}

    /// Answer of each channel to an outflow at each of the nodes, in each class; nil where the model has none.
    private static func answers(
        of network: Network, moments: [BoundaryConditions?], observations: [Observation], nodes: [Int], factors: [Double]?
    ) -> [[[Double]]?] {
        guard let solver = try? HydraulicSolver(network) else { return moments.map { _ in nil } }
        return moments.map { moment in
            guard var conditions = moment else { return nil }
            if let factors { for node in factors.indices { conditions.demands[node] *= factors[node] } }
            guard solver.solve(conditions).verdict.outcome == .converged, let all = solver.sensitivities(of: observations) else {
                return nil
            }
            return all.map { row in nodes.map { row[$0] } }
        }
    }
}
