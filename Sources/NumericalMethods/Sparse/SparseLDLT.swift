// SPDX-License-Identifier: GPL-3.0-or-later

/// LDLᵀ factorisation of a sparse symmetric positive definite matrix whose pattern stays and whose values change.
///
/// For network matrices (graph Laplacians with grounded rows), which have almost no fill: about two entries of the factor per
/// row. The analysis is done once; `factor(diagonal:offDiagonal:)` and `solve(_:)` then allocate nothing.
/// Not for indefinite matrices (there is no pivoting: they come back as ``Outcome/notPositiveDefinite(row:)``), and not for
/// dense or three-dimensional problems, where a supernodal library is faster.
///
/// ```swift
/// var matrix = SparseLDLT(order: 2, entries: [(row: 1, column: 0)])
/// if case .factored = matrix.factor(diagonal: [2, 2], offDiagonal: [-1]) { matrix.solve(&b) }
/// ```
///
/// The right-looking method: each step of the elimination changes the columns to its right at once, in places that the analysis has
/// found (`UpdatePlan`); no column is searched and no work row scattered into.
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

    /// See ``Parts``.
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
        values = [Double](repeating: 0, count: Self.valueCount(symbolic))
    }

    /// Factors the matrix with these values.
    ///
    /// - Parameters:
    ///   - diagonal: one value a row.
    ///   - offDiagonal: one value for each entry given to the initialiser, in that order.
    /// - Returns: what happened. After anything but `.factored` there is nothing to solve with.
    public mutating func factor(diagonal: [Double], offDiagonal: [Double]) -> Outcome {
        precondition(diagonal.count == order && offDiagonal.count == symbolic.pattern.entryCount, "values do not fit the pattern")
        return unsafe diagonal.withUnsafeBufferPointer { diagonal in
            unsafe offDiagonal.withUnsafeBufferPointer { offDiagonal in
                guard let diagonal = diagonal.baseAddress else { return finish(-1) { _ in 0 } }
                let first = unsafe offDiagonal.baseAddress ?? diagonal  // without entries none is read
                return unsafe factor(diagonal, first, solving: nil)
            }
        }
    }

    /// Factors the matrix with the values in columns, of which the first `order` and the first `entryCount` count.
    public mutating func factor(diagonal: Column<Double>, offDiagonal: Column<Double>) -> Outcome {
        precondition(
            diagonal.count >= order && offDiagonal.count >= symbolic.pattern.entryCount, "values do not fit the pattern")
        return unsafe factor(diagonal.base, offDiagonal.base, solving: nil)
    }

    /// Factors, and solves A x = b in place when that succeeds: quicker than one after the other.
    ///
    /// - Parameters:
    ///   - diagonal: of the matrix, of which the first `order` values count.
    ///   - offDiagonal: the entries in the order of the pattern.
    ///   - b: right-hand side, of which the first `order` values count; the solution afterwards. After anything but `.factored` its
    ///     values are lost.
    public mutating func factor(diagonal: Column<Double>, offDiagonal: Column<Double>, solving b: Column<Double>) -> Outcome {
        precondition(
            diagonal.count >= order && offDiagonal.count >= symbolic.pattern.entryCount && b.count >= order,
            "values do not fit the pattern")
        return unsafe factor(diagonal.base, offDiagonal.base, solving: b.base)
    }

    /// The same on pointers, for whose lengths the caller answers.
    @unsafe
    private mutating func factor(
        _ diagonal: UnsafePointer<Double>, _ offDiagonal: UnsafePointer<Double>, solving b: UnsafeMutablePointer<Double>?
    ) -> Outcome {
        let symbolic = symbolic
        let failed = unsafe values.withUnsafeMutableBufferPointer { values -> Int in
            guard let base = values.baseAddress else { return -1 }
            let parts = unsafe Parts(base, symbolic)
            guard let b = unsafe b else { return unsafe Self.factorKernel(symbolic, diagonal, offDiagonal, parts, solving: nil) }
            let x = unsafe Self.gathered(b, symbolic, parts)
            let failed = unsafe Self.factorKernel(symbolic, diagonal, offDiagonal, parts, solving: x)
            guard failed < 0 else { return failed }
            unsafe Self.backwardKernel(symbolic, parts, x)
            unsafe Self.scatter(x, to: b, symbolic)
            return -1
        }
        return finish(failed) { unsafe offDiagonal[$0] }
    }

    /// Solves A x = b in place.
    ///
    /// - Parameter b: right-hand side of `order` values; the solution afterwards.
    public mutating func solve(_ b: inout [Double]) {
        precondition(b.count == order, "the right-hand side does not fit the matrix")
        precondition(isFactored, "solve follows a factorisation that succeeded")
        unsafe b.withUnsafeMutableBufferPointer { b in
            if let b = b.baseAddress { unsafe solve(b) }
        }
    }

    /// Solves A x = b in place.
    ///
    /// - Parameter b: right-hand side, of which the first `order` values count; the solution afterwards.
    public mutating func solve(_ b: Column<Double>) {
        precondition(b.count >= order, "the right-hand side does not fit the matrix")
        precondition(isFactored, "solve follows a factorisation that succeeded")
        unsafe solve(b.base)
    }

    @unsafe
    private mutating func solve(_ b: UnsafeMutablePointer<Double>) {
        let symbolic = symbolic
        unsafe values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            let parts = unsafe Parts(base, symbolic)
            let x = unsafe Self.gathered(b, symbolic, parts)
            unsafe Self.forwardKernel(symbolic, parts, x)
            unsafe Self.backwardKernel(symbolic, parts, x)
            unsafe Self.scatter(x, to: b, symbolic)
        }
    }

    /// The right-hand side in elimination order: itself, or a copy in the work memory.
    @unsafe
    private static func gathered(
        _ b: UnsafeMutablePointer<Double>, _ symbolic: SymbolicLDLT, _ parts: Parts
    ) -> UnsafeMutablePointer<Double> {
        if symbolic.isInGivenOrder { return unsafe b }
        let steps = unsafe symbolic.steps.base
        let x = unsafe parts.vector
        for k in 0..<symbolic.pattern.order { unsafe x[k] = b[Int(steps[k])] }
        return unsafe x
    }

    @unsafe
    private static func scatter(_ x: UnsafeMutablePointer<Double>, to b: UnsafeMutablePointer<Double>, _ symbolic: SymbolicLDLT) {
        if symbolic.isInGivenOrder { return }
        let steps = unsafe symbolic.steps.base
        for k in 0..<symbolic.pattern.order { unsafe b[Int(steps[k])] = x[k] }
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
            unsafe block.withUnsafeMutableBufferPointer { block in
                guard let block = block.baseAddress else { return }
                let lanes = unsafe UnsafeMutableRawPointer(block).assumingMemoryBound(to: Double.self), steps = unsafe symbolic.steps.base
                unsafe block.update(repeating: .zero, count: n)
                for i in 0..<width {
                    unsafe columns[first + i].withUnsafeBufferPointer { column in
                        for k in 0..<n { unsafe lanes[8 &* k &+ i] = column[Int(steps[k])] }
                    }
                }
                unsafe values.withUnsafeMutableBufferPointer { values in
                    if let base = values.baseAddress { unsafe Self.blockKernel(symbolic, Parts(base, symbolic), block) }
                }
                for i in 0..<width {
                    unsafe columns[first + i].withUnsafeMutableBufferPointer { column in
                        for k in 0..<n { unsafe column[Int(steps[k])] = lanes[8 &* k &+ i] }
                    }
                }
            }
        }
    }

    /// Solves for eight right-hand sides in place, one in each lane.
    ///
    /// - Parameter b: in the caller's order, of which the first `order` vectors count; the solutions afterwards.
    public func solve(_ b: Column<SIMD8<Double>>) {
        precondition(b.count >= order, "the right-hand side does not fit the matrix")
        precondition(isFactored && symbolic.isInGivenOrder, "solve follows a factorisation in the given order that succeeded")
        unsafe values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            // Only read: the kernel writes to its vectors alone.
            unsafe Self.blockKernel(symbolic, Parts(UnsafeMutablePointer(mutating: base), symbolic), b.base)
        }
    }

    private mutating func finish(_ failed: Int, _ offDiagonal: (Int) -> Double) -> Outcome {
        isFactored = failed < 0
        return isFactored ? .factored : diagnose(failed, offDiagonal)
    }

    /// Cold: why the pivot of elimination step `failed` was refused.
    private func diagnose(_ failed: Int, _ offDiagonal: (Int) -> Double) -> Outcome {
        let row = Int(symbolic.steps[failed])
        let pivot = values[symbolic.factorNonZeros + failed]  // the kernel leaves the refused pivot here
        guard pivot.isFinite else { return .notFinite(row: row) }
        let bound = values[symbolic.factorNonZeros + order + failed]  // and the bound on its error here
        if pivot < -bound { return .notPositiveDefinite(row: row) }
        var edges: [(row: Int, column: Int)] = []
        for (index, entry) in symbolic.pattern.entries.enumerated() where offDiagonal(index) != 0 { edges.append(entry) }
        let parts = ConnectedComponents(order: order, edges: edges)
        return .singular(component: parts.components[parts.componentOfRow[row]])
    }
}
