// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// The before/after differences and every node's signature, whitened by the errors: each place is then a few dot products.
struct LeakSearch {
    /// Features that were read on both sides.
    private let used: [Int]
    private let n: Int
    /// Whitened differences.
    private let y: [Double]
    /// Whitened mean signature of each node, `n` values each.
    private let signatures: [Double]
    /// For each node the whitened deviations of the perturbed models, `n` values a model, over √(models − 1).
    private let deviations: [[Double]]
    private let models: Int
    private let plainSignatures: [Double]
    private let featureCount: Int
    /// Mean demand of the network. [m³/s]
    let meanDemand: Double
    /// Node with the highest statistic.
    private let bestNode: Int

    init?(_ differences: BeforeAfter, _ error: LeakErrorModel, _ samples: SensitivitySamples) {
        let all = samples.features
        used = (0..<all).filter { differences.difference[$0] != nil }
        n = used.count
        guard n > 0 else { return nil }
        featureCount = all
        let picked = used
        let count = n
        var matrix = [Double](repeating: 0, count: n * n)
        for (i, f) in used.enumerated() { for (j, g) in used.enumerated() { matrix[i * n + j] = error.covariance[f * all + g] } }
        guard let factor = CholeskyFactor(matrix, order: n) else { return nil }
        var y = used.map { differences.difference[$0] ?? 0 }
        factor.whiten(&y)
        self.y = y
        models = samples.leak.count - 1
        func whitened(_ source: [Double]) -> [Double] {
            var result = [Double](repeating: 0, count: samples.nodes * count)
            for node in 0..<samples.nodes {
                for (i, f) in picked.enumerated() { result[node * count + i] = source[node * all + f] }
                factor.whiten(&result, at: node * count)
            }
            return result
        }
        let sets = samples.leak.dropFirst().map(whitened)
        var mean = whitened(samples.leak[0])
        if models > 1 {
            for i in mean.indices { mean[i] = sets.reduce(0) { $0 + $1[i] } / Double(sets.count) }
        }
        signatures = mean
        let scale = 1 / Double(max(models - 1, 1)).squareRoot()
        var deviations: [[Double]] = []
        for node in 0..<samples.nodes {
            var block = [Double](repeating: 0, count: models * n)
            for (m, set) in sets.enumerated() {
                for i in 0..<n { block[m * n + i] = (set[node * n + i] - mean[node * n + i]) * scale }
            }
            deviations.append(block)
        }
        self.deviations = deviations
        plainSignatures = samples.leak[0]
        meanDemand = samples.demand.map { $0.reduce(0) { $0 + max($1, 0) } }.reduce(0, +) / Double(max(samples.demand.count, 1))
        var best = (statistic: -1.0, node: 0)
        for node in 0..<samples.nodes {
            let (num, den) = Self.products(mean, node * n, y, n)
            if num > 0, den > 0, num * num / den > best.statistic { best = (num * num / den, node) }
        }
        bestNode = best.node
    }

    /// Answer of each feature to a leak at the best node. [unit of the channel per m³/s]
    var bestSignature: [Double] { Array(plainSignatures[bestNode * featureCount..<(bestNode + 1) * featureCount]) }

    private static func products(_ s: [Double], _ offset: Int, _ y: [Double], _ n: Int) -> (Double, Double) {
        var num = 0.0, den = 0.0
        for i in 0..<n {
            num += s[offset + i] * y[i]
            den += s[offset + i] * s[offset + i]
        }
        return (num, den)
    }

    /// Log likelihood ratio against no leak, for each size, of a leak at a fraction of the pipe from node `a` to node `b`.
    ///
    /// The covariance is Σ + â² U Uᵀ, U the deviations of the perturbed models at this place; its inverse by Woodbury's identity.
    func logLikelihood(_ a: Int, _ b: Int, fraction: Double, sizes: [Double]) -> [Double] {
        var s = [Double](repeating: 0, count: n)
        for i in 0..<n { s[i] = (1 - fraction) * signatures[a * n + i] + fraction * signatures[b * n + i] }
        var u = [Double](repeating: 0, count: models * n)
        for i in u.indices { u[i] = (1 - fraction) * deviations[a][i] + fraction * deviations[b][i] }
        var (sy, ss) = Self.products(s, 0, y, n)
        guard ss > 0 else { return sizes.map { _ in 0 } }
        var size = min(max(sy / ss, 0), sizes.last ?? 0)
        var gram = [Double](repeating: 0, count: models * models)
        var t = [Double](repeating: 0, count: models), r = t
        for m in 0..<models {
            for k in 0...m {
                var sum = 0.0
                for i in 0..<n { sum += u[m * n + i] * u[k * n + i] }
                gram[m * models + k] = sum
                gram[k * models + m] = sum
            }
            for i in 0..<n {
                t[m] += u[m * n + i] * y[i]
                r[m] += u[m * n + i] * s[i]
            }
        }
        var explained = 0.0, halfLogDeterminant = 0.0
        let plain = (sy, ss)
        for _ in 0..<2 {
            let square = size * size
            var k = gram.map { $0 * square }
            for m in 0..<models { k[m * models + m] += 1 }
            guard let factor = CholeskyFactor(k, order: models) else { break }
            var wt = t, wr = r
            factor.whiten(&wt)
            factor.whiten(&wr)
            let tt = wt.reduce(0) { $0 + $1 * $1 }, rr = wr.reduce(0) { $0 + $1 * $1 }
            let tr = zip(wt, wr).reduce(0) { $0 + $1.0 * $1.1 }
            sy = plain.0 - square * tr
            ss = plain.1 - square * rr
            explained = square * tt
            halfLogDeterminant = factor.halfLogDeterminant
            guard ss > 0 else { break }
            size = min(max(sy / ss, 0), sizes.last ?? 0)
        }
        return sizes.map { $0 * sy - 0.5 * $0 * $0 * ss + 0.5 * explained - halfLogDeterminant }
    }

    /// Share of leak-free worlds whose best place looks at least as much like a leak, and the statistic itself.
    func significance(pipes: [(a: Int, b: Int)], draws: Int, random: inout NormalStream) -> (pValue: Double, statistic: Double) {
        var middles = [Double](repeating: 0, count: pipes.count * n)
        for (p, pipe) in pipes.enumerated() {
            var square = 0.0
            for i in 0..<n {
                let value = (signatures[pipe.a * n + i] + signatures[pipe.b * n + i]) / 2
                middles[p * n + i] = value
                square += value * value
            }
            let scale = square > 0 ? 1 / square.squareRoot() : 0
            for i in 0..<n { middles[p * n + i] *= scale }
        }
        func statistic(_ z: [Double]) -> Double {
            var best = 0.0
            for p in pipes.indices {
                var sum = 0.0
                for i in 0..<n { sum += middles[p * n + i] * z[i] }
                best = max(best, sum)
            }
            return best * best
        }
        let observed = statistic(y)
        var exceeding = 0
        var z = [Double](repeating: 0, count: n)
        for _ in 0..<draws {
            for i in 0..<n { z[i] = random.next() }
            if statistic(z) >= observed { exceeding += 1 }
        }
        return (Double(exceeding + 1) / Double(draws + 1), observed)
    }
}
