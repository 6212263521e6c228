// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods

/// Products of the deviations at the two ends of a pipe, of which those of any place along it are made: there the deviations are
/// (1 − f) of those at the one end and f of those at the other.
struct PipeScatter {
    /// Of the deviations at the first end with each other, at the second, and of one end with the other, both ways together.
    private let first: Matrix
    private let second: Matrix
    private let both: Matrix
    /// Of each draw, its products with the signature at either end, with the steps, and with what bends the signature at either end.
    private let firstWith: Matrix
    private let secondWith: Matrix

    /// nil where the deviations of neither end are known; those of one end stand for the other.
    init?(_ search: LeakSearch, _ a: Int, _ b: Int, bend: LeakSearch.PipeBend?) {
        guard let left = search.deviations[a] ?? search.deviations[b], let right = search.deviations[b] ?? search.deviations[a] else {
            return nil
        }
        let n = search.n, draws = left.count / n
        let ends = [left, right].map { Matrix(rows: draws, columns: n, storage: $0.map(Double.init)) }
        first = ends[0].gramOfRows
        second = ends[1].gramOfRows
        let mixed = ends[0].timesTransposed(ends[1])
        both = mixed + mixed.transposed
        let signatures = [a, b].map { Array(search.signatures[$0 * n..<($0 + 1) * n]) }
        let others = Matrix(signatures + [search.y] + (bend.map { [$0.first, $0.second] } ?? []))
        firstWith = ends[0].timesTransposed(others)
        secondWith = ends[1].timesTransposed(others)
    }

    private func scale(_ size: Double) -> Double { size / Double(first.rows).squareRoot() }

    /// 1 + D Dᵀ with D the deviations at a fraction, for a leak of a size.
    func covariance(_ fraction: Double, size: Double) -> Matrix {
        var sum = products(fraction)
        for i in sum.storage.indices { sum.storage[i] *= size * size }
        for i in 0..<sum.rows { sum[i, i] += 1 }
        return sum
    }

    /// D Dᵀ for a leak of unit size.
    func products(_ fraction: Double) -> Matrix {
        let f = fraction, square = scale(1) * scale(1)
        var sum = Matrix(rows: first.rows, columns: first.rows)
        for i in sum.storage.indices {
            sum.storage[i] =
                square * ((1 - f) * (1 - f) * first.storage[i] + f * (1 - f) * both.storage[i] + f * f * second.storage[i])
        }
        return sum
    }

    /// Products of the deviations at a fraction with the signature there.
    func products(_ fraction: Double, size: Double) -> [Double] { products(fraction, size: size, at: 0) }

    /// The same with what bends it; zero where nothing does.
    func productsWithBend(_ fraction: Double, size: Double) -> [Double] {
        firstWith.columns > 3 ? products(fraction, size: size, at: 3) : [Double](repeating: 0, count: first.rows)
    }

    private func products(_ fraction: Double, size: Double, at column: Int) -> [Double] {
        let f = fraction, scale = scale(size)
        return (0..<first.rows).map { w in
            scale
                * ((1 - f) * ((1 - f) * firstWith[w, column] + f * firstWith[w, column + 1])
                    + f * ((1 - f) * secondWith[w, column] + f * secondWith[w, column + 1]))
        }
    }

    /// The same with the steps.
    func productsWithSteps(_ fraction: Double, size: Double) -> [Double] {
        let f = fraction, scale = scale(size)
        return (0..<first.rows).map { scale * ((1 - f) * firstWith[$0, 2] + f * secondWith[$0, 2]) }
    }
}
