// SPDX-License-Identifier: GPL-3.0-or-later

/// A product of contractions 1 − c v vᵀ with vectors v of length one: with c = 1 what lies along v is taken out, with
/// c = 1 − 1/√(1 + s²) noise of spread s along v is whitened.
public struct Contractions: Sendable {
    /// Of the vectors.
    public let length: Int
    private var vectors: [Double] = []
    private var shares: [Double] = []

    public init(length: Int) { self.length = length }

    /// Applied after those before.
    /// - Parameters:
    ///   - vector: of length one.
    ///   - share: c. [–]
    public mutating func append(_ vector: [Double], share: Double) {
        precondition(vector.count == length, "a vector of another length")
        vectors += vector
        shares.append(share)
    }

    /// - rows: vectors one after the other.
    /// - Returns: the same, each contracted.
    public func applied(to rows: ArraySlice<Double>) -> [Double] {
        var result = Array(rows)
        unsafe result.withUnsafeMutableBufferPointer { result in
            for first in stride(from: 0, to: result.count, by: max(length, 1)) {
                unsafe apply(to: UnsafeMutableBufferPointer(rebasing: result[first..<first + length]))
            }
        }
        return result
    }

    /// Of vectors kept in single precision, computed in double.
    public func applied(to rows: [Float]) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(rows.count)
        for first in stride(from: 0, to: rows.count, by: max(length, 1)) {
            var row = rows[first..<first + length].map(Double.init)
            unsafe row.withUnsafeMutableBufferPointer { unsafe apply(to: $0) }
            for value in row { result.append(Float(value)) }
        }
        return result
    }

    @unsafe
    private func apply(to row: UnsafeMutableBufferPointer<Double>) {
        unsafe vectors.withUnsafeBufferPointer { vectors in
            for (index, share) in shares.enumerated() {
                let vector = unsafe UnsafeBufferPointer(rebasing: vectors[index * length..<(index + 1) * length])
                let sum = unsafe share * RowKernel.dot(UnsafeBufferPointer(row), vector)
                for i in 0..<length { unsafe row[i] -= sum * vector[i] }
            }
        }
    }
}
