// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL
import Glibc

/// The lower triangular L of a symmetric positive definite matrix A = L Lᵀ.
///
/// For a covariance matrix, `whiten(_:)` makes residuals with unit covariance.
public struct CholeskyFactor: Sendable {
    public let lower: Matrix

    public var order: Int { lower.rows }

    /// - Parameter matrix: square and symmetric; only its lower triangle is read.
    /// - Throws: `NumericalError` when it is not square, not finite or not positive definite.
    public init(_ matrix: Matrix) throws(NumericalError) {
        guard matrix.rows == matrix.columns else {
            throw NumericalError.invalid("Cholesky factor", "the matrix is \(matrix.rows) × \(matrix.columns), not square")
        }
        guard matrix.storage.allSatisfy(\.isFinite) else {
            throw NumericalError.invalid("Cholesky factor", "the matrix has elements that are not finite")
        }
        var factor = matrix
        if matrix.rows > 0 {
            try GSL.call("Cholesky factor") { unsafe yusu_cholesky(matrix.rows, &factor.storage) }
        }
        for i in 0..<matrix.rows {
            for j in (i + 1)..<max(i + 1, matrix.columns) { factor[i, j] = 0 }
        }
        lower = factor
    }

    /// L⁻¹ x: forward substitution.
    public func whiten(_ x: [Double]) -> [Double] {
        precondition(x.count == order, "the vector does not fit the matrix")
        var result = x
        let n = order
        unsafe lower.storage.withUnsafeBufferPointer { values in
            for i in 0..<n {
                var sum = result[i]
                for j in 0..<i { sum -= unsafe values[i &* n &+ j] * result[j] }
                result[i] = unsafe sum / values[i &* n &+ i]
            }
        }
        return result
    }

    /// L⁻¹ X: each column of X whitened.
    public func whiten(_ matrix: Matrix) -> Matrix {
        precondition(matrix.rows == order, "the matrix does not fit")
        var result = matrix
        let width = matrix.columns, n = order
        unsafe result.storage.withUnsafeMutableBufferPointer { values in
            unsafe lower.storage.withUnsafeBufferPointer { factors in
                guard let values = values.baseAddress, let factors = factors.baseAddress else { return }
                for first in stride(from: 0, to: width, by: RowKernel.panel) {
                    let columns = min(RowKernel.panel, width &- first)
                    for i in 0..<n {
                        let row = unsafe values + (i &* width &+ first)
                        unsafe RowKernel.add(
                            to: row, sign: -1, factors: factors + i &* n, step: 1, rows: values + first, stride: width, terms: i,
                            width: columns)
                        let pivot = unsafe factors[i &* n &+ i]
                        for j in 0..<columns { unsafe row[j] /= pivot }
                    }
                }
            }
        }
        return result
    }

    /// L⁻ᵀ X: backward substitution for each column of X.
    public func transposedWhiten(_ matrix: Matrix) -> Matrix {
        precondition(matrix.rows == order, "the matrix does not fit")
        var result = matrix
        let width = matrix.columns, n = order
        unsafe result.storage.withUnsafeMutableBufferPointer { values in
            unsafe lower.storage.withUnsafeBufferPointer { factors in
                guard let values = values.baseAddress, let factors = factors.baseAddress else { return }
                for first in stride(from: 0, to: width, by: RowKernel.panel) {
                    let columns = min(RowKernel.panel, width &- first)
                    for i in (0..<n).reversed() {
                        let row = unsafe values + (i &* width &+ first)
                        unsafe RowKernel.add(
                            to: row, sign: -1, factors: factors + ((i &+ 1) &* n &+ i), step: n, rows: row + width, stride: width,
                            terms: n &- 1 &- i, width: columns)
                        let pivot = unsafe factors[i &* n &+ i]
                        for j in 0..<columns { unsafe row[j] /= pivot }
                    }
                }
            }
        }
        return result
    }

    /// A⁻¹ b.
    public func solve(_ b: [Double]) -> [Double] {
        var x = whiten(b)
        let n = order
        for i in stride(from: n - 1, through: 0, by: -1) {
            let value = x[i] / lower[i, i]
            x[i] = value
            for j in 0..<i { x[j] -= lower.storage[i * n + j] * value }
        }
        return x
    }

    /// A⁻¹.
    public var inverse: Matrix {
        let whitened = whiten(Matrix.identity(order))
        return whitened.transposed * whitened
    }

    /// ln det A.
    public var logDeterminant: Double {
        var sum = 0.0
        for i in 0..<order { sum += 2 * log(lower[i, i]) }
        return sum
    }
}

/// Eigenvalues and eigenvectors of a symmetric matrix.
public struct SymmetricEigensystem: Sendable {
    /// Ascending.
    public let values: [Double]
    /// Orthonormal, as columns, in the order of `values`.
    public let vectors: Matrix

    /// - Parameter matrix: square and symmetric; only its lower triangle is read.
    /// - Throws: `NumericalError` when it is not square or not finite.
    public init(_ matrix: Matrix) throws(NumericalError) {
        guard matrix.rows == matrix.columns, matrix.storage.allSatisfy(\.isFinite) else {
            throw NumericalError.invalid("eigenvalues", "the matrix is not square, or has elements that are not finite")
        }
        let n = matrix.rows
        var copy = matrix.storage
        var values = [Double](repeating: 0, count: n)
        var vectors = Matrix(rows: n, columns: n)
        if n > 0 {
            try GSL.call("eigenvalues") { unsafe yusu_eigen(n, &copy, &values, &vectors.storage) }
        }
        self.values = values
        self.vectors = vectors
    }
}
