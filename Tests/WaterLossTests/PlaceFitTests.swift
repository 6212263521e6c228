// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing

@testable import WaterLoss

@Suite("fits of a leak to the steps, against the whole covariance of the steps")
struct PlaceFitTests {
    /// Steps of a leak at one end of a pipe, the signatures and their errors at either end.
    private struct Pipe {
        let n: Int
        let draws: Int
        let y: [Double]
        private let ends: [Double]
        private let deviations: [[Float]]

        init(n: Int, draws: Int, scatter: Double, seed: UInt64) throws {
            let random = try RandomNumbers(seed: seed)
            func normal(_ count: Int) -> [Double] { (0..<count).map { _ in random.normal() } }
            (self.n, self.draws) = (n, draws)
            let ends = normal(2 * n)
            self.ends = ends
            y = (0..<n).map { 2 * ends[$0] + 0.3 * random.normal() }
            deviations = [0, 1].map { _ in normal(draws * n).map { Float(scatter * $0) } }
        }

        var search: LeakSearch { LeakSearch(n: n, y: y, signatures: ends, deviations: [0: deviations[0], 1: deviations[1]]) }

        func signature(_ fraction: Double) -> [Double] { (0..<n).map { (1 - fraction) * ends[$0] + fraction * ends[n + $0] } }

        /// Of the steps, with a leak of a size at a fraction.
        func covariance(_ fraction: Double, size: Double) -> Matrix {
            var sum = Matrix.identity(n)
            for w in 0..<draws {
                let row = (0..<n).map {
                    (1 - fraction) * Double(deviations[0][w * n + $0]) + fraction * Double(deviations[1][w * n + $0])
                }
                for i in 0..<n { for j in 0..<n { sum[i, j] += size * size / Double(draws) * row[i] * row[j] } }
            }
            return sum
        }
    }

    @Test("errors of the signature at the likeliest size")
    func atLikeliestSize() throws {
        let pipe = try Pipe(n: 5, draws: 3, scatter: 0.2, seed: 3), y = pipe.y
        for (fraction, fit) in zip([0.1, 0.6], pipe.search.fits(0, 1, fractions: [0.1, 0.6])) {
            let signature = pipe.signature(fraction), size = dotProduct(signature, y) / dotProduct(signature, signature)
            let factor = try CholeskyFactor(pipe.covariance(fraction, size: size))
            let s = factor.whiten(signature), x = factor.whiten(y), rounding = 1e-9
            #expect(abs(fit.slope - dotProduct(s, x)) < rounding && abs(fit.curvature - dotProduct(s, s)) < rounding)
            #expect(abs(fit.explained - 0.5 * (dotProduct(y, y) - dotProduct(x, x))) < rounding)
            #expect(abs(fit.volume - 0.5 * factor.logDeterminant) < rounding)
        }
    }

    @Test("errors of the signature at any size", arguments: [0.2, 1, 4.0])
    func atAnySize(size: Double) throws {
        let pipe = try Pipe(n: 6, draws: 4, scatter: 0.3, seed: 5), fraction = 0.3
        let fit = try #require(pipe.search.fits(0, 1, fractions: [fraction], isWhole: true).first)
        let factor = try CholeskyFactor(pipe.covariance(fraction, size: size))
        let left = factor.whiten(zip(pipe.y, pipe.signature(fraction)).map { $0 - size * $1 })
        let square = dotProduct(left, left)
        let expected = 0.5 * dotProduct(pipe.y, pipe.y) - 0.5 * square - 0.5 * factor.logDeterminant
        #expect(abs(fit.logLikelihood(size, tempering: 1) - expected) < 1e-5 * max(1, abs(expected)))
        #expect(abs(fit.misfit(size) - square / Double(pipe.n)) < 1e-5 * square)
    }

    @Test("of answers that grow with the leak the likeliest size is that of the steps, and the errors are those of the bent signature")
    func bent() throws {
        let random = try RandomNumbers(seed: 11), n = 8
        let straight = (0..<n).map { _ in random.normal() }, more = (0..<n).map { _ in random.normal() }
        // Bent to a size of 2, on the way to 1.3 there is that share of it.
        let size = 1.3, y = (0..<n).map { size * (straight[$0] + size / 2 * more[$0]) }
        var fit = PlaceFit(slope: dotProduct(straight, y), curvature: dotProduct(straight, straight))
        fit.bend = PlaceFit.Bend(
            size: 2, slope: dotProduct(more, y), mixed: dotProduct(more, straight), curvature: dotProduct(more, more))
        let top = try #require(fit.likeliest)
        let square = dotProduct(y, y)
        #expect(abs(top.size - size) < 1e-5 * size)
        #expect(abs(top.gain - 0.5 * square) < 1e-9 * square)
        for size in [0.4, 1.3, 3.9, 9] {
            let share = min(size / 2, 2), left = (0..<n).map { y[$0] - size * (straight[$0] + share * more[$0]) }
            let expected: Double = 0.5 * (dotProduct(y, y) - dotProduct(left, left))
            #expect(abs(fit.logLikelihood(size, tempering: 1) - expected) < 1e-9 * max(1, abs(expected)))
            let same: Double = fit.straightened(size).logLikelihood(size, tempering: 1)
            #expect(abs(same - expected) < 1e-9 * max(1, abs(expected)))
        }
        // Errors along one way: (1 + s² v)⁻¹ of the square along it.
        let way = (0..<n).map { _ in random.normal() }, length = dotProduct(way, way)
        let system = try SymmetricEigensystem(Matrix(rows: 1, columns: 1, storage: [length]))
        fit.scatter = PlaceFit.Scatter(
            system, steps: [dotProduct(way, y)], signature: [dotProduct(way, straight)], bend: [dotProduct(way, more)])
        for size in [0.4, 1.3, 9] {
            let share = min(size / 2, 2), left = (0..<n).map { y[$0] - size * (straight[$0] + share * more[$0]) }
            let variance = size * size * length, along = dotProduct(way, left)
            let straight: Double = dotProduct(y, y) - dotProduct(left, left)
            let explained: Double = along * along / length * variance / (1 + variance)
            let expected: Double = 0.5 * (straight + explained - log1p(variance))
            #expect(abs(fit.logLikelihood(size, tempering: 1) - expected) < 1e-9 * max(1, abs(expected)))
        }
    }

    @Test("quantiles of a grid have no bias: of a density even in the logarithm, and of one that is narrow")
    func quantiles() {
        let grid = (0..<400).map { 0.01 * pow(1.0156, Double($0)) }
        for deviation in [0.02, 0.2] {  // of the logarithm
            let middle = log(0.3)
            func density(_ value: Double) -> Double { exp(-0.5 * pow((log(value) - middle) / deviation, 2)) }
            let quantiles = GridQuantiles(grid: grid, weights: grid.map(density))
            let found: [Double] = [0.025, 0.5, 0.975].map { (log(quantiles[$0]) - middle) / deviation }
            // The narrow one is of a point's width.
            #expect(abs(found[0] + 1.96) < 0.1)
            #expect(abs(found[1]) < 0.02)
            #expect(abs(found[2] - 1.96) < 0.1)
        }
    }
}
