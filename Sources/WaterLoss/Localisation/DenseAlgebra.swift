// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Lower triangular factor of a symmetric positive definite matrix, for whitening: C = L Lᵀ, whitened v = L⁻¹ v.
struct CholeskyFactor {
    let order: Int
    /// Row after row, `order` values each; the upper triangle is not used.
    private(set) var values: [Double]

    /// nil where the matrix is not positive definite.
    init?(_ matrix: [Double], order n: Int) {
        order = n
        values = matrix
        for j in 0..<n {
            var pivot = values[j * n + j]
            for k in 0..<j { pivot -= values[j * n + k] * values[j * n + k] }
            guard pivot > 0 else { return nil }
            let root = pivot.squareRoot()
            values[j * n + j] = root
            for i in (j + 1)..<max(n, j + 1) {
                var sum = values[i * n + j]
                for k in 0..<j { sum -= values[i * n + k] * values[j * n + k] }
                values[i * n + j] = sum / root
            }
        }
    }

    /// x ← L⁻¹ x for the vector of `order` values that begins at `offset`.
    func whiten(_ x: inout [Double], at offset: Int = 0) {
        for i in 0..<order {
            var sum = x[offset + i]
            let row = i * order
            for k in 0..<i { sum -= values[row + k] * x[offset + k] }
            x[offset + i] = sum / values[row + i]
        }
    }

    /// Σ log of the diagonal: half the logarithm of the determinant.
    var halfLogDeterminant: Double { (0..<order).reduce(0) { $0 + log(values[$1 * order + $1]) } }
}
