// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// How well a leak at one place explains the differences: log likelihood ratio against no leak, as a function of the leak's size.
///
/// A parabola, with what the errors of the signature add at its likeliest size; with `scatter`, at whatever size: a leak of size s
/// leaves differences of covariance 1 + s² Dᵀ D, so that no size is held by errors that belong to another.
struct PlaceFit {
    /// [s/m³]
    var slope: Double
    /// [s²/m⁶]
    var curvature: Double
    /// What is left of the differences at the best size, over their count: about 1 where the errors are as believed. [–]
    var misfit = 0.0
    /// Log likelihood that errors of the signature add whatever the size, and what their spread costs. [–]
    var explained = 0.0
    var volume = 0.0
    /// Errors of the signature by themselves; nil: in the terms above.
    var scatter: Scatter?
    /// Square of the differences and their count, with `scatter`. [–]
    var squares = 0.0
    var count = 0

    /// Ways in which the signature may be wrong, each with its variance and the parts of steps and signature along it.
    struct Scatter {
        private var ways: [(variance: Double, steps: Double, signature: Double)] = []

        /// - Parameters:
        ///   - system: of the products of the drawn errors with each other.
        ///   - steps: their products with the steps.
        ///   - signature: their products with the signature.
        init(_ system: SymmetricEigensystem, steps: [Double], signature: [Double]) {
            let least = 1e-10 * (system.values.last ?? 0)
            for (way, variance) in system.values.enumerated() where variance > max(least, 0) {
                var ofSteps = 0.0, ofSignature = 0.0
                for i in steps.indices {
                    ofSteps += system.vectors[i, way] * steps[i]
                    ofSignature += system.vectors[i, way] * signature[i]
                }
                let root = variance.squareRoot()
                ways.append((variance, ofSteps / root, ofSignature / root))
            }
        }

        /// What errors add to the log likelihood of a size, and what their spread costs. [–]
        func terms(_ size: Double) -> (explained: Double, volume: Double) {
            var explained = 0.0, product = 1.0, volume = 0.0
            for way in ways {
                let variance = size * size * way.variance, left = way.steps - size * way.signature
                explained += left * left * variance / (1 + variance)
                product *= 1 + variance
                if product > 1e200 {
                    volume += log(product)
                    product = 1
                }
            }
            return (0.5 * explained, 0.5 * (volume + log(product)))
        }
    }

    /// - Parameters:
    ///   - size: flow of the leak. [m³/s]
    ///   - tempering: share of the likelihood that counts, where the errors are larger than believed. [–]
    func logLikelihood(_ size: Double, tempering: Double) -> Double {
        let parabola = slope * size - 0.5 * curvature * size * size
        guard let scatter else { return tempering * (explained + parabola) - volume }
        let terms = scatter.terms(size)
        return tempering * (terms.explained + parabola) - terms.volume
    }

    /// What is left of the differences at a size, over their count. [–]
    func misfit(_ size: Double) -> Double {
        guard let scatter else { return misfit }
        return (squares - 2 * (scatter.terms(size).explained + slope * size - 0.5 * curvature * size * size)) / Double(max(count, 1))
    }

    /// At its best size, without the errors of the signature.
    var best: Double { curvature > 0 ? 0.5 * max(slope, 0) * max(slope, 0) / curvature : 0 }
    /// With them.
    var gain: Double { best + explained - volume }
}
