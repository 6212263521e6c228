// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

extension StepRecord {
    /// Likeliest strengths of the ways in which readings stand off, by the healthy hours, and the factor of their information.
    func standingEstimate() -> (ways: [Double], strengths: [Double], factor: CholeskyFactor)? {
        let standing = standingWidth
        guard let factor = Self.normal(healthy.products, standing: standing) else { return nil }
        let found = factor.solve((0..<standing).map { healthy.products[1 + $0, 0] })
        return (Array(found.prefix(rank)), found, factor)
    }

    /// The variance of a channel's noise after a step of Fisher's scoring towards the likeliest [unit²]; the prior's standard deviation is the
    /// variance that was believed. Hours in which much else moves the channel count for little, and the weighted median of the squares stands
    /// for their mean, so that single odd ones do not matter.
    /// - Parameters:
    ///   - innovations: by hour, standardised [–], and of which variance [unit²].
    ///   - noise: the variance that was believed. [unit²]
    static func noise(_ innovations: [(value: Double, variance: Double)], from noise: Double) -> Double {
        guard innovations.count > 24 else { return noise }
        let weights = innovations.map { 1 / $0.variance }, information = weights.reduce(0) { $0 + $1 * $1 }, all = weights.reduce(0, +)
        var below = 0.0
        let middle = innovations.indices.sorted { abs(innovations[$0].value) < abs(innovations[$1].value) }.first { hour in
            below += weights[hour]
            return below >= all / 2
        }
        let spread = 1.4826 * abs(middle.map { innovations[$0].value } ?? 1)
        let step = (spread * spread - 1) * all / (information + 2 / (noise * noise))
        return min(max(noise + step, noise / 4), noise * 9)
    }

    /// By how much what moves and what stands is larger than believed: largest marginal likelihood of the healthy hours, with a factor
    /// of two as the prior's standard deviation. Factors from a quarter to four.
    func scales() -> (moving: Double, standing: Double) {
        // What is far out even where much is allowed is left out of all.
        var lenient = self
        lenient.filter = filter.moving(by: 2)
        lenient.present = untouched.present
        lenient.dropStrays()
        let kept = lenient.present
        let moving = [-1.0, 0, 1], standing = (-16...16).map { Double($0) / 8 }  // powers of two
        @Sendable func table(_ moving: Double) -> [Double] {
            var copy = self
            copy.present = kept
            copy.filter = self.filter.moving(by: exp2(moving))
            copy.dropStrays(keepsAll: true)
            copy.whitenHealthy()
            return standing.map { copy.logLikelihood(standing: exp2($0)) - 0.5 * moving * moving - 0.5 * $0 * $0 }
        }
        // Two at a time, then one whose columns are shared out.
        let tables = concurrentMap(2) { table(moving[$0]) } + [table(moving[2])]
        // The top of a parabola through the best of each.
        let best = tables.map { $0.max() ?? -.infinity }
        let slope = (best[2] - best[0]) / 2, bend = best[0] - 2 * best[1] + best[2]
        let top = bend < 0 ? min(max(-slope / bend, -Self.most), Self.most) : slope > 0 ? Self.most : -Self.most
        let near = tables[Int(min(max(top.rounded(), -1), 1)) + 1]
        let place = near.indices.max { near[$0] < near[$1] } ?? standing.count / 2
        return (exp2(top), exp2(standing[place]))
    }

    /// Largest factor, as a power of two.
    private static let most = 2.0

    /// Of the healthy hours, but for a constant, what stands integrated out.
    private func logLikelihood(standing scale: Double) -> Double {
        let width = standingWidth, precision = 1 / (scale * scale)
        var normal = Matrix(rows: width, columns: width)
        for i in 0..<width {
            for j in 0..<width { normal[i, j] = healthy.products[1 + i, 1 + j] }
            normal[i, i] += i < rank ? precision : 1
        }
        guard let factor = try? CholeskyFactor(normal) else { return -.infinity }
        let told = factor.whiten((0..<width).map { healthy.products[1 + $0, 0] })
        return -0.5
            * (healthy.pass.logDeterminant + healthy.products[0, 0] - dotProduct(told, told) + factor.logDeterminant
                + 2 * Double(rank) * log(scale))
    }
}
