// SPDX-License-Identifier: GPL-3.0-or-later

/// LDLᵀ factorisation of a sparse symmetric positive definite matrix whose pattern stays and whose values change.
///
/// For network matrices (graph Laplacians with grounded rows), which have almost no fill: about two entries of the factor per
/// row. The analysis is done once; ``factor(diagonal:offDiagonal:)`` and ``solve(_:)`` then allocate nothing.
/// Not for indefinite matrices (there is no pivoting: they come back as ``Outcome/notPositiveDefinite(row:)``), and not for
/// dense or three-dimensional problems, where a supernodal library is faster.
///
/// ```swift
/// var matrix = SparseLDLT(order: 2, entries: [(row: 1, column: 0)])
/// if case .factored = matrix.factor(diagonal: [2, 2], offDiagonal: [-1]) { matrix.solve(&b) }
/// ```
///
/// The up-looking method: row k of L from the rows before it, in the pattern that the analysis fixed. Davis (2005),
/// *Algorithm 849: a concise sparse Cholesky factorization package*, ACM Trans. Math. Softw. 31(4).
public struct SparseLDLT: Sendable {
    /// How a factorisation ended.
    public enum Outcome: Sendable, Equatable {
        case factored
        /// The pivot of this row is clearly negative.
        case notPositiveDefinite(row: Int)
        /// The pivot cannot be told from zero. `component` lists, ascending, the rows that hang together with it by values other
        /// than zero: in a network, the part without a fixed head.
        case singular(component: [Int])
        /// A value in or above this row is infinite or not a number.
        case notFinite(row: Int)
    }

    public let symbolic: SymbolicLDLT
    /// Whether the last factorisation succeeded.
    public private(set) var isFactored = false

    /// The factor's entries by column; then, each `order` long, the reciprocal pivots, the work row, and the permuted
    /// vector (while factoring: room to look at a pivot).
    private var values: [Double]
    /// Room for a block of right-hand sides, made at first use.
    private var block: [SIMD8<Double>] = []

    public var order: Int { symbolic.pattern.order }

    /// - Parameters:
    ///   - order: number of rows.
    ///   - entries: off-diagonal places, in either triangle; one listed twice has its values added (see ``SymmetricPattern``).
    public init(order: Int, entries: [(row: Int, column: Int)]) {
        self.init(SymbolicLDLT(pattern: SymmetricPattern(order: order, entries: entries)))
    }

    /// A further factorisation on an analysis that exists, for instance one per task.
    public init(_ symbolic: SymbolicLDLT) {
        self.symbolic = symbolic
        values = [Double](repeating: 0, count: symbolic.factorNonZeros + 3 * symbolic.pattern.order)
    }

    /// Factors the matrix with these values.
    ///
    /// - Parameters:
    ///   - diagonal: one value a row.
    ///   - offDiagonal: one value for each entry given to the initialiser, in that order.
    /// - Returns: what happened. After anything but `.factored` there is nothing to solve with.
    public mutating func factor(diagonal: [Double], offDiagonal: [Double]) -> Outcome {
        precondition(diagonal.count == order && offDiagonal.count == symbolic.pattern.entries.count, "values do not fit the pattern")
        return unsafe diagonal.withUnsafeBufferPointer { diagonal in
            unsafe offDiagonal.withUnsafeBufferPointer { offDiagonal in
                unsafe factor(diagonal: diagonal, offDiagonal: offDiagonal)
            }
        }
    }

    /// The same on buffers, whose counts the caller answers for.
    @unsafe
    mutating func factor(diagonal: UnsafeBufferPointer<Double>, offDiagonal: UnsafeBufferPointer<Double>) -> Outcome {
        let failedRow = unsafe symbolic.indices.withUnsafeBufferPointer { indices in
            unsafe values.withUnsafeMutableBufferPointer { values in
                unsafe Self.factorKernel(symbolic, indices, diagonal, offDiagonal, values)
            }
        }
        isFactored = failedRow < 0
        guard failedRow >= 0 else { return .factored }
        return unsafe diagnose(failedRow, offDiagonal)
    }

    /// Solves A x = b in place.
    ///
    /// - Parameter b: right-hand side of `order` values; the solution afterwards.
    public mutating func solve(_ b: inout [Double]) {
        precondition(b.count == order, "the right-hand side does not fit the matrix")
        precondition(isFactored, "solve follows a factorisation that succeeded")
        unsafe b.withUnsafeMutableBufferPointer { b in
            unsafe solve(b)
        }
    }

    @unsafe
    mutating func solve(_ b: UnsafeMutableBufferPointer<Double>) {
        unsafe symbolic.indices.withUnsafeBufferPointer { indices in
            unsafe values.withUnsafeMutableBufferPointer { values in
                unsafe Self.solveKernel(symbolic, indices, values, b)
            }
        }
    }

    /// Solves for several right-hand sides in place, eight at a time.
    ///
    /// - Parameter columns: right-hand sides of `order` values each; the solutions afterwards.
    public mutating func solve(_ columns: inout [[Double]]) {
        precondition(columns.allSatisfy { $0.count == order }, "a right-hand side does not fit the matrix")
        precondition(isFactored, "solve follows a factorisation that succeeded")
        if columns.count == 1 { return solve(&columns[0]) }
        let n = order
        if block.count < n { block = [SIMD8<Double>](repeating: .zero, count: n) }
        for first in stride(from: 0, to: columns.count, by: 8) {
            let width = min(8, columns.count - first)
            for k in 0..<n {
                var lane = SIMD8<Double>.zero
                let row = symbolic.permutation[k]
                for i in 0..<width { lane[i] = columns[first + i][row] }
                block[k] = lane
            }
            unsafe symbolic.indices.withUnsafeBufferPointer { indices in
                unsafe values.withUnsafeBufferPointer { values in
                    unsafe block.withUnsafeMutableBufferPointer { block in
                        unsafe Self.blockKernel(symbolic, indices, values, block)
                    }
                }
            }
            for i in 0..<width {
                for k in 0..<n { columns[first + i][symbolic.permutation[k]] = block[k][i] }
            }
        }
    }

    /// Cold: why the pivot of elimination step `failed` was refused.
    @unsafe
    private func diagnose(_ failed: Int, _ offDiagonal: UnsafeBufferPointer<Double>) -> Outcome {
        let row = symbolic.permutation[failed]
        let pivot = values[symbolic.factorNonZeros + failed]  // the kernel leaves the refused pivot here
        guard pivot.isFinite else { return .notFinite(row: row) }
        let bound = values[symbolic.factorNonZeros + 2 * order + failed]  // and the bound on its error here
        if pivot < -bound { return .notPositiveDefinite(row: row) }
        var edges: [(row: Int, column: Int)] = []
        for (index, entry) in symbolic.pattern.entries.enumerated() where unsafe offDiagonal[index] != 0 { edges.append(entry) }
        let parts = ConnectedComponents(order: order, edges: edges)
        return .singular(component: parts.components[parts.componentOfRow[row]])
    }
}
