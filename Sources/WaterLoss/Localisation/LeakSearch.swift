// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// The steps and every node's signature, whitened by the errors: each place is then a few dot products.
struct LeakSearch {
    /// Features of which the readings tell something.
    let n: Int
    /// Whitened steps.
    let y: [Double]
    /// Whitened signature of each node, `n` values each: that of a small leak.
    private(set) var signatures: [Double]
    /// By node, what its signature is more for a leak that is not small.
    private(set) var bends: [Int: Bend] = [:]
    /// Whitened deviations of nodes' answers, draw by draw: what the signature may be wrong by. In single precision:
    /// those of thousands of nodes are most of what a search holds.
    let deviations: [Int: [Float]]
    /// Junctions in descending order of their likelihood, with the leak's size there [m³/s]; those left out that are not like a leak.
    /// Empty where a leak was taken out.
    private(set) var likeliest: [(node: Int, size: Double)]
    /// What makes whitened signatures of answers.
    private let whitening: Whitening?

    /// In the measure of signatures, of a leak of a size [m³/s]; it grows with that size.
    struct Bend {
        var size: Double
        var values: [Double]
    }

    private struct Whitening {
        let factor: CholeskyFactor
        let used: [Int]
        let weights: [(condition: Int, weights: Matrix)]
        let features: Int

        /// Of what is added to the answers of a node, by condition and channel.
        func signature(_ answers: [Int: [Double]]) -> [Double] {
            var change = [Double](repeating: 0, count: features)
            for (condition, weights) in weights {
                guard let values = answers[condition] else { continue }
                for k in values.indices where values[k] != 0 { for f in 0..<features { change[f] += weights[k, f] * values[k] } }
            }
            return factor.whiten(used.map { change[$0] })
        }
    }

    static let nodesAtATime = 512

    /// - scatter: by what the linear signatures in `steps` may be wrong.
    init?(_ steps: StepEstimate, scatter: AnswerScatter = AnswerScatter()) {
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
        self.signatures = signatures
        // Deviations to Lᵀ d: rows of them times L.
        let count = n
        let whitened: [[Float]] = concurrentMap(scatter.places.count) { place in
            let all = scatter.deviations(place)
            var rows = Matrix(rows: all.rows, columns: count)
            for w in 0..<all.rows { for i in 0..<count { rows[w, i] = all[w, used[i]] } }
            return (rows * factor.lower).storage.map { Float($0) }
        }
        deviations = Dictionary(zip(scatter.places, whitened), uniquingKeysWith: { first, _ in first })
        likeliest = []
        whitening = Whitening(factor: factor, used: used, weights: steps.weights, features: all)
        likeliest = order()
    }

    /// Bends signatures, and anew where a leak is of another size then, until the sizes are those that they are bent to.
    mutating func bend(_ bent: inout BentAnswers) {
        guard let whitening else { return }
        var changed = bent.correction.keys.sorted()
        for _ in 0..<Self.mostBends {
            for node in changed {
                bends[node] = bent.correction[node].map { Bend(size: bent.sizes[node] ?? 0, values: whitening.signature($0)) }
            }
            changed = bent.follow(changed.compactMap { node in best(node).map { (node, $0.size) } })
            if changed.isEmpty { break }
        }
        likeliest = order()
    }

    /// Times that signatures are bent to another size.
    private static let mostBends = 4

    /// The same with signatures that stay as they are bent, whatever the size.
    var straightened: LeakSearch {
        var copy = self
        for (node, bend) in bends { for i in 0..<n { copy.signatures[node * n + i] += bend.values[i] } }
        copy.bends = [:]
        return copy
    }

    init(n: Int, y: [Double], signatures: [Double], deviations: [Int: [Float]]) {
        self.n = n
        self.y = y
        self.signatures = signatures
        self.deviations = deviations
        whitening = nil
        likeliest = []
    }

    private func order() -> [(node: Int, size: Double)] {
        (0..<signatures.count / max(n, 1)).compactMap { node in best(node).map { (gain: $0.gain, node: node, size: $0.size) } }
            .sorted { ($1.gain, $0.node) < ($0.gain, $1.node) }.map { ($0.node, $0.size) }
    }

    /// Whether what bends the answers to the likeliest leak is more than the errors.
    var isBent: Bool {
        guard let first = likeliest.first, let bend = bends[first.node], bend.size > 0 else { return false }
        return first.size * first.size / bend.size * dotProduct(bend.values, bend.values).squareRoot() > Self.clearBend
    }

    /// In standard deviations of the steps. [–]
    private static let clearBend = 2.0

    /// The likeliest places, some at most: those that what is not known of the answers may have put behind the first.
    func likely(most: Int) -> [(node: Int, size: Double)] {
        guard let first = likeliest.first, let top = best(first.node)?.gain else { return [] }
        return likeliest.prefix(most).filter { best($0.node)?.gain ?? 0 > Self.fartherShare * top - Self.fartherGain }
    }

    /// Of the log likelihood of the first, and further by how much, what a place may have that counts. [–]
    private static let fartherShare = 0.7, fartherGain = 20.0

    /// Likeliest size of a leak at a node [m³/s], and its log likelihood; nil where nothing is like one there.
    private func best(_ node: Int) -> (size: Double, gain: Double)? {
        let (num, den) = Self.products(signatures, node * n, y, n)
        guard den > 0 else { return nil }
        guard let bend = bends[node] else { return num > 0 ? (num / den, 0.5 * num * num / den) : nil }
        let own = Array(signatures[node * n..<(node + 1) * n])
        let fit = PlaceFit(
            slope: num, curvature: den,
            bend: PlaceFit.Bend(
                size: bend.size, slope: dotProduct(bend.values, y), mixed: dotProduct(bend.values, own),
                curvature: dotProduct(bend.values, bend.values)))
        return fit.likeliest
    }

    private static func products(_ s: [Double], _ offset: Int, _ y: [Double], _ n: Int) -> (Double, Double) {
        var num = 0.0, den = 0.0
        for i in 0..<n {
            num += s[offset + i] * y[i]
            den += s[offset + i] * s[offset + i]
        }
        return (num, den)
    }

    /// Fractions at which a leak is tried along each part of a divided pipe.
    private static let partOfPipe = [1.0 / 6, 0.5, 5.0 / 6]

    /// The same of leaks all along a pipe, the parts of which are of one length.
    /// - path: its places from one end to the other.
    func fits(_ path: [(place: Int, fraction: Double)], isWhole: Bool = false) -> [PlaceFit] {
        let fractions = path.count > 2 ? Self.partOfPipe : LeakLocator.fractions
        return zip(path, path.dropFirst()).flatMap { fits($0.place, $1.place, fractions: fractions, isWhole: isWhole) }
    }

    /// Log likelihood ratio against no leak, as a function of size, of leaks at fractions of the pipe from place `a` to place `b`.
    /// - isWhole: with the errors of the signature at whatever size; else those at the likeliest size.
    func fits(_ a: Int, _ b: Int, fractions: [Double], isWhole: Bool = false) -> [PlaceFit] {
        let all = dotProduct(y, y), bend = bend(a, b)
        lazy var scatter = PipeScatter(self, a, b, bend: bend)
        return fractions.map { fraction in
            let signature = (0..<n).map { (1 - fraction) * signatures[a * n + $0] + fraction * signatures[b * n + $0] }
            var fit = PlaceFit(slope: dotProduct(signature, y), curvature: dotProduct(signature, signature))
            guard fit.curvature > 0 else { return PlaceFit(slope: 0, curvature: 0, misfit: .infinity) }
            if let bend {
                let more = (0..<n).map { (1 - fraction) * bend.first[$0] + fraction * bend.second[$0] }
                fit.bend = PlaceFit.Bend(
                    size: bend.size, slope: dotProduct(more, y), mixed: dotProduct(more, signature), curvature: dotProduct(more, more))
            }
            let size = fit.likeliest?.size ?? 0
            if isWhole, size > 0, let scatter, let system = try? SymmetricEigensystem(scatter.products(fraction)) {
                fit.scatter = PlaceFit.Scatter(
                    system, steps: scatter.productsWithSteps(fraction, size: 1), signature: scatter.products(fraction, size: 1),
                    bend: scatter.productsWithBend(fraction, size: 1))
                fit.squares = all
                fit.count = n
                return fit
            }
            let share = fit.bend?.share(size) ?? 0
            fit = fit.straightened(size)
            fit.misfit = (all - 2 * fit.best) / Double(n)
            guard size > 0, let scatter, let factor = try? CholeskyFactor(scatter.covariance(fraction, size: size)) else { return fit }
            // Inverted by Woodbury's identity.
            var products = scatter.products(fraction, size: size)
            for (i, value) in scatter.productsWithBend(fraction, size: size).enumerated() { products[i] += share * value }
            let ofSignature = factor.whiten(products)
            let ofSteps = factor.whiten(scatter.productsWithSteps(fraction, size: size))
            let told = dotProduct(ofSteps, ofSteps)
            fit.slope -= dotProduct(ofSignature, ofSteps)
            fit.curvature -= dotProduct(ofSignature, ofSignature)
            fit.explained = 0.5 * told
            fit.volume = 0.5 * factor.logDeterminant
            fit.misfit = (all - told - 2 * fit.best) / Double(n)
            return fit
        }
    }

    /// What signatures at the two ends of a pipe are more, both for a leak of one size; that of one end stands for the other.
    private func bend(_ a: Int, _ b: Int) -> PipeBend? {
        guard let first = bends[a] ?? bends[b], let second = bends[b] ?? bends[a], first.size > 0, second.size > 0 else { return nil }
        let size = (first.size * second.size).squareRoot()
        return PipeBend(
            size: size, first: first.values.map { $0 * size / first.size }, second: second.values.map { $0 * size / second.size })
    }

    struct PipeBend {
        var size: Double
        var first: [Double]
        var second: [Double]
    }

    /// The same of one fraction.
    func fit(_ a: Int, _ b: Int, fraction: Double) -> PlaceFit { fits(a, b, fractions: [fraction])[0] }

    /// Share of leak-free worlds whose best place looks at least as much like a leak.
    /// - Parameters:
    ///   - dispersion: mean square of what the hourly fit leaves; the worlds are as wide.
    ///   - enough: a share from which on it need not be known more closely.
    func significance(
        pipes: [(a: Int, b: Int)], dispersion: Double, draws: Int, random: RandomNumbers, enough: Double = 1
    ) -> Double {
        let signatures = signatures, n = n
        let directions = pipes.map { pipe in
            let middle = (0..<n).map { (signatures[pipe.a * n + $0] + signatures[pipe.b * n + $0]) / 2 }
            let square = dotProduct(middle, middle)
            return middle.map { square > 0 ? $0 / square.squareRoot() : 0 }
        }
        // The places differ in a few ways only; what lies across all of them counts by its size alone.
        let (basis, shares) = Self.basis(of: directions)
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
        let inflation = max(dispersion, 1)
        let observed = Self.scaled(Self.largest(shares, worlds, [0])[0], squares[0], n)
        // No place is more like a world than all of its part along the ways: worlds that are too small for that are not looked at.
        let near = (1...draws).filter { world in
            let all = (0..<r).reduce(0) { $0 + worlds[$1, world] * worlds[$1, world] }
            return Self.scaled(all * (1 + 1e-9), squares[world], n) * inflation >= observed
        }
        var alike = 0
        for first in stride(from: 0, to: near.count, by: Self.worldsAtATime) {
            let some = Array(near[first..<min(first + Self.worldsAtATime, near.count)])
            for (world, best) in zip(some, Self.largest(shares, worlds, some))
            where Self.scaled(best, squares[world], n) * inflation >= observed { alike += 1 }
            if Double(alike + 1) > enough * Double(draws + 1) { break }
        }
        return Double(alike + 1) / Double(draws + 1)
    }

    private static let worldsAtATime = 128

    /// Of some worlds, the largest square of their likeness to any direction.
    /// - Parameters:
    ///   - shares: a row a direction, its parts along the ways.
    ///   - worlds: a column a world, its parts along the ways.
    private static func largest(_ shares: Matrix, _ worlds: Matrix, _ some: [Int]) -> [Double] {
        var chosen = Matrix(rows: worlds.rows, columns: some.count)
        for i in 0..<worlds.rows { for (place, world) in some.enumerated() { chosen[i, place] = worlds[i, world] } }
        let drawn = chosen, batch = 512
        let bests: [[Double]] = concurrentMap((shares.rows + batch - 1) / batch) { part in
            let own = part * batch..<min((part + 1) * batch, shares.rows), r = shares.columns
            let directions = Matrix(
                rows: own.count, columns: r, storage: Array(shares.storage[own.lowerBound * r..<own.upperBound * r]))
            let likenesses = directions * drawn
            var best = [Double](repeating: 0, count: some.count)
            for p in 0..<own.count { for place in some.indices { best[place] = max(best[place], likenesses[p, place]) } }
            return best
        }
        return some.indices.map { place in
            let best = bests.reduce(0) { max($0, $1[place]) }
            return best * best
        }
    }

    /// Share of a direction's square that a basis may leave out, and difference of two of them that is rounding. [–]
    private static let leftOut = 0.005, alike = 1e-9

    /// Orthonormal vectors that hold all but a little of each of the unit vectors `directions` (Gram and Schmidt, with pivots), and the
    /// parts of the directions along them, a row each.
    private static func basis(of directions: [[Double]]) -> (vectors: [[Double]], shares: Matrix) {
        let most = directions.first?.count ?? 0
        var left = directions.map { dotProduct($0, $0) }
        var basis: [[Double]] = [], columns: [[Double]] = []
        // Of those of which as much is left the first, whatever rounding says.
        while basis.count < most, let largest = left.max(), largest > leftOut,
            let pivot = left.firstIndex(where: { $0 >= largest - alike })
        {
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
            let own = vector, half = directions.count / 2
            let halves = concurrentMap(2) { part in
                (part == 0 ? directions[..<half] : directions[half...]).map { dotProduct(own, $0) }
            }
            let column = halves[0] + halves[1]
            for place in left.indices { left[place] = max(left[place] - column[place] * column[place], 0) }
            left[pivot] = 0
            basis.append(vector)
            columns.append(column)
        }
        var shares = Matrix(rows: directions.count, columns: basis.count)
        for (way, column) in columns.enumerated() { for (place, share) in column.enumerated() { shares[place, way] = share } }
        return (basis, shares)
    }

    /// What the best place leaves unexplained says how large the errors really are; the statistic is measured in those.
    private static func scaled(_ statistic: Double, _ squares: Double, _ count: Int) -> Double {
        let left = (squares - statistic) / Double(max(count - 1, 1))
        return statistic / max(left, 1)
    }
}
