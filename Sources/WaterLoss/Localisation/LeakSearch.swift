// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// The steps and every node's signature, whitened by the errors: each place is then a few dot products.
struct LeakSearch {
    /// Features of which the readings tell something.
    let n: Int
    /// Whitened steps.
    let y: [Double]
    /// Whitened signature of each node, `n` values each.
    let signatures: [Double]
    /// Whitened deviations of nodes' answers, draw by draw: what the signature may be wrong by. In single precision:
    /// those of thousands of nodes are most of what a search holds.
    let deviations: [Int: [Float]]
    /// Junctions in descending order of the statistic with the leak's size there [m³/s], those left out that are not like a leak.
    let likeliest: [(node: Int, size: Double)]

    static let nodesAtATime = 512

    /// - Parameters:
    ///   - bent: what the linear signatures in `steps` lack.
    ///   - scatter: by what they may be wrong.
    init?(_ steps: StepEstimate, bent: BentAnswers, scatter: AnswerScatter = AnswerScatter()) {
        let all = steps.score.count, nodes = steps.signatures.columns
        let largest = steps.information.diagonal.max() ?? 0
        let used = (0..<all).filter { steps.information[$0, $0] > 1e-12 * largest }
        n = used.count
        guard n > 0 else { return nil }
        var information = Matrix(rows: n, columns: n)
        for (i, f) in used.enumerated() {
            for (j, g) in used.enumerated() { information[i, j] = steps.information[f, g] }
            information[i, i] *= 1 + 1e-9
        }
        guard let factor = try? CholeskyFactor(information) else { return nil }
        // With I = L Lᵀ: steps of covariance I⁻¹ whiten to L⁻¹ (I Δ), signatures to L⁻¹ (I s) = Lᵀ s.
        y = factor.whiten(used.map { steps.score[$0] })
        var signatures: [Double] = []
        signatures.reserveCapacity(n * nodes)
        // Some hundred nodes at a time: all of them at once would take three times the memory of the result.
        for first in stride(from: 0, to: nodes, by: Self.nodesAtATime) {
            let part = first..<min(first + Self.nodesAtATime, nodes)
            var hourly = Matrix(rows: n, columns: part.count)
            for (i, f) in used.enumerated() { for node in part { hourly[i, node - first] = steps.signatures[f, node] } }
            signatures += factor.whiten(hourly).transposed.storage
        }
        for (node, correction) in bent.correction {
            for i in 0..<n {
                var sum = 0.0
                for j in i..<n { sum += factor.lower[j, i] * correction[used[j]] }
                signatures[node * n + i] += sum
            }
        }
        self.signatures = signatures
        let count = n
        deviations = scatter.deviations.mapValues { draws in
            draws.flatMap { draw in
                (0..<count).map { i in Float((i..<count).reduce(0) { $0 + factor.lower[$1, i] * draw[used[$1]] }) }
            }
        }
        likeliest = Self.likeliest(y, signatures, n)
    }

    init(n: Int, y: [Double], signatures: [Double], deviations: [Int: [Float]]) {
        self.n = n
        self.y = y
        self.signatures = signatures
        self.deviations = deviations
        likeliest = Self.likeliest(y, signatures, n)
    }

    private static func likeliest(_ y: [Double], _ signatures: [Double], _ n: Int) -> [(node: Int, size: Double)] {
        var likeness: [(statistic: Double, node: Int, size: Double)] = []
        for node in 0..<signatures.count / max(n, 1) {
            let (num, den) = products(signatures, node * n, y, n)
            if num > 0, den > 0 { likeness.append((num * num / den, node, num / den)) }
        }
        likeness.sort { ($1.statistic, $0.node) < ($0.statistic, $1.node) }
        return likeness.map { ($0.node, $0.size) }
    }

    private static func products(_ s: [Double], _ offset: Int, _ y: [Double], _ n: Int) -> (Double, Double) {
        var num = 0.0, den = 0.0
        for i in 0..<n {
            num += s[offset + i] * y[i]
            den += s[offset + i] * s[offset + i]
        }
        return (num, den)
    }

    /// Log likelihood ratio against no leak, as a function of size, of a leak at a fraction of the pipe from node `a` to node `b`.
    /// - isWhole: with the errors of the signature at whatever size; else those at the likeliest size.
    func fit(_ a: Int, _ b: Int, fraction: Double, isWhole: Bool = false) -> PlaceFit {
        let signature = (0..<n).map { (1 - fraction) * signatures[a * n + $0] + fraction * signatures[b * n + $0] }
        let all = dotProduct(y, y)
        var fit = PlaceFit(slope: dotProduct(signature, y), curvature: dotProduct(signature, signature))
        guard fit.curvature > 0 else { return PlaceFit(slope: 0, curvature: 0, misfit: .infinity) }
        fit.misfit = (all - 2 * fit.best) / Double(n)
        let size = max(fit.slope, 0) / fit.curvature
        guard size > 0, let left = deviations[a] ?? deviations[b], let right = deviations[b] ?? deviations[a] else { return fit }
        // Covariance 1 + s² Dᵀ D with D the deviations, inverted by Woodbury's identity.
        let draws = left.count / n, scale = 1 / Double(draws).squareRoot()
        let rows = (0..<draws).map { w in
            (0..<n).map { scale * ((1 - fraction) * Double(left[w * n + $0]) + fraction * Double(right[w * n + $0])) }
        }
        var gram = Matrix(rows: draws, columns: draws)
        for i in 0..<draws { for j in 0...i { gram[i, j] = dotProduct(rows[i], rows[j]) } }
        let ofSignature = rows.map { dotProduct($0, signature) }, ofSteps = rows.map { dotProduct($0, y) }
        if isWhole {
            guard let system = try? SymmetricEigensystem(gram) else { return fit }
            fit.scatter = PlaceFit.Scatter(system, steps: ofSteps, signature: ofSignature)
            fit.squares = all
            fit.count = n
            return fit
        }
        for i in 0..<draws {
            for j in 0...i { gram[i, j] *= size * size }
            gram[i, i] += 1
        }
        guard let factor = try? CholeskyFactor(gram) else { return fit }
        let toSignature = factor.whiten(ofSignature.map { size * $0 }), toSteps = factor.whiten(ofSteps.map { size * $0 })
        let told = dotProduct(toSteps, toSteps)
        fit.slope -= dotProduct(toSignature, toSteps)
        fit.curvature -= dotProduct(toSignature, toSignature)
        fit.explained = 0.5 * told
        fit.volume = 0.5 * factor.logDeterminant
        fit.misfit = (all - told - 2 * fit.best) / Double(n)
        return fit
    }

    /// Share of leak-free worlds whose best place looks at least as much like a leak.
    /// - dispersion: mean square of what the hourly fit leaves; the worlds are as wide.
    func significance(pipes: [(a: Int, b: Int)], dispersion: Double, draws: Int, random: RandomNumbers) -> Double {
        let directions = pipes.map { pipe in
            let middle = (0..<n).map { (signatures[pipe.a * n + $0] + signatures[pipe.b * n + $0]) / 2 }
            let square = dotProduct(middle, middle)
            return middle.map { square > 0 ? $0 / square.squareRoot() : 0 }
        }
        // The places differ in a few ways only; what lies across all of them counts by its size alone.
        let basis = Self.basis(of: directions)
        let r = basis.count
        // A column a world; the first is what was observed.
        var worlds = Matrix(rows: r, columns: draws + 1), squares = [Double](repeating: 0, count: draws + 1)
        for i in 0..<r { worlds[i, 0] = dotProduct(basis[i], y) }
        squares[0] = dotProduct(y, y)
        for world in 1...draws {
            for i in 0..<n {
                let value = random.normal()
                if i < r { worlds[i, world] = value }
                squares[world] += value * value
            }
        }
        let drawn = worlds, batch = 512
        let bests: [[Double]] = concurrentMap((directions.count + batch - 1) / batch) { part in
            let own = directions[part * batch..<min((part + 1) * batch, directions.count)]
            let likenesses = Matrix(own.map { direction in basis.map { dotProduct($0, direction) } }) * drawn
            var best = [Double](repeating: 0, count: draws + 1)
            for p in 0..<own.count { for world in 0...draws { best[world] = max(best[world], likenesses[p, world]) } }
            return best
        }
        let statistics = (0...draws).map { world in
            let best = bests.reduce(0) { max($0, $1[world]) }
            return Self.scaled(best * best, squares[world], n)
        }
        let observed = statistics[0], worldStatistics = Array(statistics.dropFirst())
        let inflation = max(dispersion, 1)
        return Double(worldStatistics.count { $0 * inflation >= observed } + 1) / Double(draws + 1)
    }

    /// Share of a direction's square that a basis may leave out. [–]
    private static let leftOut = 0.005

    /// Orthonormal vectors that hold all but a little of each of the unit vectors `directions` (Gram and Schmidt, with pivots).
    private static func basis(of directions: [[Double]]) -> [[Double]] {
        var left = directions.map { dotProduct($0, $0) }
        var basis: [[Double]] = []
        let most = directions.first?.count ?? 0
        while basis.count < most, let pivot = left.indices.max(by: { left[$0] < left[$1] }), left[pivot] > leftOut {
            var vector = directions[pivot]
            // Twice is enough.
            for _ in 0..<2 {
                for known in basis {
                    let share = dotProduct(known, vector)
                    for i in vector.indices { vector[i] -= share * known[i] }
                }
            }
            let length = dotProduct(vector, vector).squareRoot()
            for i in vector.indices { vector[i] /= length }
            for (place, direction) in directions.enumerated() {
                let share = dotProduct(vector, direction)
                left[place] = max(left[place] - share * share, 0)
            }
            left[pivot] = 0
            basis.append(vector)
        }
        return basis
    }

    /// What the best place leaves unexplained says how large the errors really are; the statistic is measured in those.
    private static func scaled(_ statistic: Double, _ squares: Double, _ count: Int) -> Double {
        let left = (squares - statistic) / Double(max(count - 1, 1))
        return statistic / max(left, 1)
    }
}
