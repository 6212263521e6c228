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
    /// What the signature of a leak that is not small is more; nil: nothing.
    var bend: Bend?
    /// Errors of the signature by themselves; nil: in the terms above.
    var scatter: Scatter?
    /// Square of the differences and their count, with `scatter`. [–]
    var squares = 0.0
    var count = 0

    /// A signature s₀ of small leaks is s₀ + (s/`size`) s₁ for those of size s: head losses grow with a power of the flow that is nearly
    /// two. Beyond twice the size to which it was taken, where nothing was solved, no more is added.
    struct Bend {
        /// [m³/s]
        var size: Double
        /// s₁ᵀ Δ, s₁ᵀ s₀ and s₁ᵀ s₁ with Δ the steps. [s/m³, s²/m⁶]
        var slope: Double
        var mixed: Double
        var curvature: Double

        private static let most = 2.0

        /// Of s₁ that there is of a leak of a size. [–]
        func share(_ size: Double) -> Double { min(size / self.size, Self.most) }
    }

    /// Ways in which the signature may be wrong, each with its variance and the parts along it of steps, signature and what bends that.
    struct Scatter {
        private var ways: [(variance: Double, steps: Double, signature: Double, bend: Double)] = []

        /// - Parameters:
        ///   - system: of the products of the drawn errors with each other.
        ///   - steps: their products with the steps.
        ///   - signature: their products with the signature.
        ///   - bend: their products with what bends it.
        init(_ system: SymmetricEigensystem, steps: [Double], signature: [Double], bend: [Double]) {
            let least = 1e-10 * (system.values.last ?? 0)
            for (way, variance) in system.values.enumerated() where variance > max(least, 0) {
                var ofSteps = 0.0, ofSignature = 0.0, ofBend = 0.0
                for i in steps.indices {
                    ofSteps += system.vectors[i, way] * steps[i]
                    ofSignature += system.vectors[i, way] * signature[i]
                    ofBend += system.vectors[i, way] * bend[i]
                }
                let root = variance.squareRoot()
                ways.append((variance, ofSteps / root, ofSignature / root, ofBend / root))
            }
        }

        /// What errors add to the log likelihood of a size, and what their spread costs. [–]
        /// - share: of what bends the signature. [–]
        func terms(_ size: Double, share: Double) -> (explained: Double, volume: Double) {
            var explained = 0.0, product = 1.0, volume = 0.0
            for way in ways {
                let variance = size * size * way.variance, left = way.steps - size * (way.signature + share * way.bend)
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
        let plain = straight(size)
        guard let scatter else { return tempering * (explained + plain) - volume }
        let terms = scatter.terms(size, share: bend?.share(size) ?? 0)
        return tempering * (terms.explained + plain) - terms.volume
    }

    /// Without the errors of the signature.
    private func straight(_ size: Double) -> Double {
        let (slope, curvature) = parabola(bend?.share(size) ?? 0)
        return slope * size - 0.5 * curvature * size * size
    }

    /// With a share of what bends the signature.
    private func parabola(_ share: Double) -> (slope: Double, curvature: Double) {
        guard let bend, share != 0 else { return (slope, curvature) }
        return (slope + share * bend.slope, curvature + share * (2 * bend.mixed + share * bend.curvature))
    }

    /// With the signature as a leak of a size bends it, and so at all sizes.
    func straightened(_ size: Double) -> PlaceFit {
        var copy = self
        (copy.slope, copy.curvature) = parabola(bend?.share(size) ?? 0)
        copy.bend = nil
        return copy
    }

    /// Size of the largest likelihood and that, without the errors of the signature; nil where nothing is like a leak.
    var likeliest: (size: Double, gain: Double)? {
        guard let bend else { return slope > 0 && curvature > 0 ? (slope / curvature, 0.5 * slope * slope / curvature) : nil }
        // From far below to far above: there may be two tops.
        let sizes = (-Self.steps...Self.steps).map { bend.size * exp2(Double($0) / Self.stepsPerOctave) }
        guard let top = sizes.indices.max(by: { straight(sizes[$0]) < straight(sizes[$1]) }) else { return nil }
        var (low, high) = (sizes[max(top - 1, 0)], sizes[min(top + 1, sizes.count - 1)])
        for _ in 0..<Self.halvings {
            let third = (high - low) / 3
            if straight(low + third) < straight(high - third) { low += third } else { high -= third }
        }
        let size = (low + high) / 2, gain = straight(size)
        return gain > 0 ? (size, gain) : nil
    }

    private static let steps = 48, stepsPerOctave = 8.0, halvings = 24

    /// What is left of the differences at a size, over their count. [–]
    func misfit(_ size: Double) -> Double {
        guard let scatter else { return misfit }
        let terms = scatter.terms(size, share: bend?.share(size) ?? 0)
        return (squares - 2 * (terms.explained + straight(size))) / Double(max(count, 1))
    }

    /// At its best size, without the errors of the signature.
    var best: Double { curvature > 0 ? 0.5 * max(slope, 0) * max(slope, 0) / curvature : 0 }
    /// With them.
    var gain: Double { best + explained - volume }
}
