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

    /// The places for which it is known.
    private(set) var places: [Int] = []
    /// Of each, where the nodes between which it lies are among those that were asked, and their shares. [–]
    private var ends: [[(index: Int, share: Double)]] = []
    /// Features of a node.
    private var width = 0
    /// Draw by draw, features of one node after the other. In single precision: it is most of what a search holds for a while.
    /// [unit of the channel per m³/s]
    private var drawn: [[Float]] = []

    /// Of one of the `places`, a row a draw and a column a feature.
    func deviations(_ place: Int) -> Matrix {
        var sum = Matrix(rows: drawn.count, columns: width)
        for (node, share) in ends[place] {
            for (draw, all) in drawn.enumerated() {
                for f in 0..<width { sum.storage[draw * width + f] += share * Double(all[node * width + f]) }
            }
        }
        return sum
    }

    /// - Parameters:
    ///   - moments: conditions of one hour of each class; nil where a class has none.
    ///   - leak: the likeliest, place and size [m³/s].
    ///   - places: those for which the scatter is kept.
    ///   - all: that there are.
    ///   - worlds: of `StandingErrors.worlds`, for each draw.
    init(
        _ model: ImposedModel, moments healthy: [BoundaryConditions?], leak: (node: Int, size: Double)?, places: [Int],
        of all: LeakPlaces, worlds: [[Double]], options: LeakLocatorOptions
    ) {
        // The answer to a leak of its size goes along the chord, whose slope is that of the curve half way.
        let moments = healthy.map { moment in
            var here = moment
            if let leak { for (node, share) in all.ends(leak.node) { here?.demands[node] += share * leak.size / 2 } }
            return here
        }
        let nodes = Array(Set(places.flatMap { all.ends($0).map(\.node) })).sorted()
        let index = Dictionary(uniqueKeysWithValues: zip(nodes, nodes.indices))
        let classes = moments.count, observations = model.channels.map(\.observation)
        let parameters = WorldParameters(model.network)
        let plain = Self.answers(of: model.network, moments: moments, observations: observations, nodes: nodes, factors: nil)
        // A meter reads a leak as wrongly as all else that runs through it.
        let bias = worlds.map { world in
            model.channels.enumerated().map { k, channel in channel.isLink ? options.flowNoise * world[parameters.count + k] : 0 }
        }
        self.places = places
        ends = places.map { place in all.ends(place).compactMap { end in index[end.node].map { ($0, end.share) } } }
        width = observations.count * classes
        let rows: [[Float]?] = concurrentMap(worlds.count) { draw in
            let world = worlds[draw], changes = parameters.deviceChanges(world, options)
            let answers = Self.answers(
                of: parameters.rough(model.network, world, options),
                moments: moments.map { moment in
                    var here = moment
                    if here != nil { parameters.deviceParameters.impose(changes, on: &here!) }
                    return here
                }, observations: observations, nodes: nodes, factors: parameters.demandFactors(world, options))
            var rows = [Float](repeating: 0, count: nodes.count * observations.count * classes)
            for c in 0..<classes {
                guard let own = plain[c] else { continue }
                // A world without an answer tells nothing.
                guard let other = answers[c] else { return nil }
                for k in observations.indices {
                    for place in nodes.indices {
                        rows[(place * observations.count + k) * classes + c] = Float(
                            other[k][place] * (1 + bias[draw][k]) - own[k][place])
                    }
                }
            }
            return rows
        }
        drawn = rows.compactMap { $0 }
    }

    init() {}

    /// Answer of each channel to an outflow at each of the nodes, in each class; nil where the model has none.
    private static func answers(
        of network: Network, moments: [BoundaryConditions?], observations: [Observation], nodes: [Int], factors: [Double]?
    ) -> [[[Double]]?] {
        guard let solver = try? HydraulicSolver(network) else { return moments.map { _ in nil } }
        return moments.map { moment in
            guard var conditions = moment else { return nil }
            if let factors { for node in factors.indices { conditions.demands[node] *= factors[node] } }
            guard solver.solve(conditions).verdict.outcome == .converged else { return nil }
            return solver.sensitivities(of: observations, at: nodes)
        }
    }
}
