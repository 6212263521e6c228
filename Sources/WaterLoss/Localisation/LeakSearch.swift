// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// The before/after differences and every node's signature, whitened by the errors: each place is then a few dot products.
struct LeakSearch {
    /// Features that were read on both sides.
    private let used: [Int]
    private let n: Int
    /// Whitened differences.
    private let y: [Double]
    /// Whitened mean signature of each node, `n` values each.
    private let signatures: [Double]
    /// For each node the whitened deviations of the perturbed models, `models` values a feature, over √(models − 1).
    private let deviations: [[Double]]
    private let models: Int
    private let plainSignatures: [Double]
    private let featureCount: Int
    /// Mean demand of the network. [m³/s]
    let meanDemand: Double
    /// Node with the highest statistic, and the leak's size there. [m³/s]
    private let bestNode: Int
    let bestSize: Double
    /// Junctions in descending order of the statistic, those left out that are not like a leak at all.
    let nodesByLikeness: [Int]

    init?(_ differences: BeforeAfter, _ error: LeakErrorModel, _ samples: SensitivitySamples) {
        let all = samples.features
        used = (0..<all).filter { differences.difference[$0] != nil }
        n = used.count
        guard n > 0 else { return nil }
        featureCount = all
        let picked = used
        let count = n
        var covariance = Matrix(rows: n, columns: n)
        for (i, f) in used.enumerated() { for (j, g) in used.enumerated() { covariance[i, j] = error.covariance[f * all + g] } }
        guard let factor = try? CholeskyFactor(covariance) else { return nil }
        y = factor.whiten(used.map { differences.difference[$0] ?? 0 })
        models = samples.leak.count - 1
        @Sendable func whitened(_ source: [Double]) -> [Double] {
            var byFeature = Matrix(rows: count, columns: samples.nodes)
            for node in 0..<samples.nodes {
                for (i, f) in picked.enumerated() { byFeature.storage[i * samples.nodes + node] = source[node * all + f] }
            }
            return factor.whiten(byFeature).transposed.storage
        }
        let perturbed = Array(samples.leak.dropFirst())
        let sets = concurrentMap(perturbed.count) { whitened(perturbed[$0]) }
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
                for i in 0..<n { block[i * models + m] = (set[node * n + i] - mean[node * n + i]) * scale }
            }
            deviations.append(block)
        }
        self.deviations = deviations
        plainSignatures = samples.leak[0]
        meanDemand = samples.demand.map { $0.reduce(0) { $0 + max($1, 0) } }.reduce(0, +) / Double(max(samples.demand.count, 1))
        var likeness: [(statistic: Double, node: Int, size: Double)] = []
        for node in 0..<samples.nodes {
            let (num, den) = Self.products(mean, node * n, y, n)
            if num > 0, den > 0 { likeness.append((num * num / den, node, num / den)) }
        }
        likeness.sort { ($1.statistic, $0.node) < ($0.statistic, $1.node) }
        bestNode = likeness.first?.node ?? 0
        bestSize = likeness.first?.size ?? 0
        nodesByLikeness = likeness.map(\.node)
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

    /// Share of the model error that is taken as independent from feature to feature: the perturbed models are too few to
    /// span all the ways in which the network may differ. [–]
    private static let unspanned = 0.25

    /// Log likelihood ratio against no leak, as a function of size, of a leak at a fraction of the pipe from node `a` to node `b`.
    ///
    /// The covariance is Σ + â² ((1 − λ) U Uᵀ + λ diag U Uᵀ), U the deviations of the perturbed models at this place; its inverse
    /// by Woodbury's identity.
    ///
    /// - largest: size above which no leak is believed. [m³/s]
    func fit(_ a: Int, _ b: Int, fraction: Double, largest: Double) -> PlaceFit {
        var s = [Double](repeating: 0, count: n)
        for i in 0..<n { s[i] = (1 - fraction) * signatures[a * n + i] + fraction * signatures[b * n + i] }
        var (sy, ss) = Self.products(s, 0, y, n)
        guard ss > 0 else { return PlaceFit(slope: 0, curvature: 0, constant: 0, misfit: .infinity) }
        let first = deviations[a], second = deviations[b]
        var u = [Double](repeating: 0, count: models * n), spread = [Double](repeating: 0, count: n)
        for i in 0..<n {
            var sum = 0.0
            for place in i * models..<(i + 1) * models {
                let value = (1 - fraction) * first[place] + fraction * second[place]
                u[place] = value
                sum += value * value
            }
            spread[i] = sum
        }
        let yy = y.reduce(0) { $0 + $1 * $1 }
        var size = min(max(sy / ss, 0), largest)
        var constant = 0.0, misfit = Double.infinity
        // Columns: the deviations, the signature, the differences. All products that are needed are those of its columns.
        let width = models + 2
        var scaled = Matrix(rows: n, columns: width)
        for _ in 0..<2 {
            // Scale by the diagonal part first, then correct for the low rank.
            let factor = size * (1 - Self.unspanned).squareRoot()
            var logs = 0.0
            for i in 0..<n {
                let variance = 1 + size * size * Self.unspanned * spread[i]
                let root = 1 / variance.squareRoot()
                logs += log(variance)
                let scale = factor * root
                for m in 0..<models { scaled.storage[i * width + m] = scale * u[i * models + m] }
                scaled.storage[i * width + models] = root * s[i]
                scaled.storage[i * width + models + 1] = root * y[i]
            }
            let gram = scaled.transposedTimes(scaled)
            var k = Matrix(rows: models, columns: models)
            for m in 0..<models {
                for j in 0..<models { k.storage[m * models + j] = gram[m, j] }
                k.storage[m * models + m] += 1
            }
            guard let root = try? CholeskyFactor(k) else { break }
            let r = root.whiten((0..<models).map { gram[$0, models] }), t = root.whiten((0..<models).map { gram[$0, models + 1] })
            let sws = gram[models, models] - dotProduct(r, r)
            let swy = gram[models, models + 1] - dotProduct(r, t)
            let ywy = gram[models + 1, models + 1] - dotProduct(t, t)
            guard sws > 0 else { break }
            (sy, ss) = (swy, sws)
            constant = 0.5 * (yy - ywy) - 0.5 * logs - 0.5 * root.logDeterminant
            misfit = (ywy - max(sy, 0) * max(sy, 0) / ss) / Double(n)
            size = min(max(sy / ss, 0), largest)
        }
        return PlaceFit(slope: sy, curvature: ss, constant: constant, misfit: misfit)
    }

    /// Share of leak-free worlds whose best place looks at least as much like a leak.
    /// - healthy: statistics of healthy days taken for events (`statistic(of:_:_:)`). Where they run above those of the worlds drawn
    ///   from the errors believed, the worlds are scaled up to them.
    func significance(pipes: [(a: Int, b: Int)], healthy: [Double], draws: Int, random: RandomNumbers) -> Double {
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
        // A column a world; the first is what was observed.
        var worlds = Matrix(rows: n, columns: draws + 1)
        for i in 0..<n { worlds[i, 0] = y[i] }
        for world in 1...draws { for i in 0..<n { worlds[i, world] = random.normal() } }
        let likenesses = Matrix(rows: pipes.count, columns: n, storage: middles) * worlds
        var best = [Double](repeating: 0, count: draws + 1), squares = best
        for p in pipes.indices { for world in 0...draws { best[world] = max(best[world], likenesses.storage[p * (draws + 1) + world]) } }
        for i in 0..<n {
            for world in 0...draws { squares[world] += worlds.storage[i * (draws + 1) + world] * worlds.storage[i * (draws + 1) + world] }
        }
        let statistics = best.indices.map { Self.scaled(best[$0] * best[$0], squares[$0], n) }
        let observed = statistics[0], worldStatistics = Array(statistics.dropFirst())
        var inflation = 1.0
        if healthy.count >= Self.fewestHealthyDays, let usual = OrderStatistics.median(worldStatistics), usual > 0 {
            inflation = max(1, (OrderStatistics.median(healthy) ?? 0) / usual)
        }
        return Double(worldStatistics.count { $0 * inflation >= observed } + 1) / Double(draws + 1)
    }

    private static let fewestHealthyDays = 4

    /// What the best place leaves unexplained says how large the errors really are; the statistic is measured in those.
    private static func scaled(_ statistic: Double, _ squares: Double, _ count: Int) -> Double {
        let left = (squares - statistic) / Double(max(count - 1, 1))
        return statistic / max(left, 1)
    }

    /// The statistic of detection of some differences, by the nominal model; nil where they cannot be weighed.
    static func statistic(of differences: BeforeAfter, _ error: LeakErrorModel, _ samples: SensitivitySamples) -> Double? {
        let all = samples.features
        let used = (0..<all).filter { differences.difference[$0] != nil }
        guard used.count > 1 else { return nil }
        var covariance = Matrix(rows: used.count, columns: used.count)
        for (i, f) in used.enumerated() { for (j, g) in used.enumerated() { covariance[i, j] = error.covariance[f * all + g] } }
        guard let factor = try? CholeskyFactor(covariance) else { return nil }
        let y = factor.whiten(used.map { differences.difference[$0] ?? 0 })
        var byFeature = Matrix(rows: used.count, columns: samples.nodes)
        for node in 0..<samples.nodes {
            for (i, f) in used.enumerated() { byFeature.storage[i * samples.nodes + node] = samples.leak[0][node * all + f] }
        }
        let signatures = factor.whiten(byFeature)
        var products = [Double](repeating: 0, count: samples.nodes), squares = products
        for i in used.indices {
            for node in 0..<samples.nodes {
                let value = signatures.storage[i * samples.nodes + node]
                products[node] += value * y[i]
                squares[node] += value * value
            }
        }
        let best = products.indices.map { products[$0] > 0 && squares[$0] > 0 ? products[$0] * products[$0] / squares[$0] : 0 }.max() ?? 0
        return scaled(best, y.reduce(0) { $0 + $1 * $1 }, y.count)
    }
}

/// How well a leak at one place explains the differences: log likelihood ratio against no leak, a parabola in the leak's size.
struct PlaceFit {
    /// [s/m³]
    let slope: Double
    /// [s²/m⁶]
    let curvature: Double
    let constant: Double
    /// What is left of the differences at the best size, over their count: about 1 where the errors are as believed. [–]
    let misfit: Double

    /// - size: flow of the leak. [m³/s]
    func logLikelihood(_ size: Double) -> Double { slope * size - 0.5 * curvature * size * size + constant }

    /// At its best size.
    var best: Double { curvature > 0 ? 0.5 * max(slope, 0) * max(slope, 0) / curvature + constant : constant }
}
