// SPDX-License-Identifier: GPL-3.0-or-later

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
}
