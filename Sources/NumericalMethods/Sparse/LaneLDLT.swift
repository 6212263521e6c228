// SPDX-License-Identifier: GPL-3.0-or-later

/// Eight LDLᵀ factorisations at once: matrices of one pattern, the value of matrix `i` in lane `i` of each vector.
///
/// Every index is read once for eight matrices, so that a matrix costs a fraction of what ``SparseLDLT`` takes for it. Lanes do not
/// mix: one whose matrix cannot be factored, or holds values that are not numbers, leaves the others as they are. Use
/// ``SparseLDLT`` on that lane's values to learn why.
///
/// ```swift
/// var matrices = LaneLDLT(symbolic)
/// let sound = matrices.factor(diagonal: diagonal, offDiagonal: offDiagonal)
/// matrices.solve(b)  // the lanes of `sound` hold solutions
/// ```
public struct LaneLDLT: Sendable {
    public typealias Mask = SIMDMask<SIMD8<Int64>>

    public let symbolic: SymbolicLDLT
    /// Lanes whose last factorisation succeeded.
    public private(set) var sound = Mask(repeating: false)
    /// See ``Parts``.
    private var values: [SIMD8<Double>]

    public var order: Int { symbolic.pattern.order }

    public init(_ symbolic: SymbolicLDLT) {
        self.symbolic = symbolic
        values = [SIMD8<Double>](repeating: .zero, count: Self.valueCount(symbolic))
    }

    /// Factors the matrices with these values.
    ///
    /// - Parameters:
    ///   - diagonal: one vector a row; the first `order` count.
    ///   - offDiagonal: one vector for each entry of the pattern, in the pattern's order; the first `entryCount` count.
    /// - Returns: the lanes whose pivots were all clearly positive, by the rule of ``SparseLDLT``. Only these are worth a solution.
    @discardableResult
    public mutating func factor(diagonal: Column<SIMD8<Double>>, offDiagonal: Column<SIMD8<Double>>) -> Mask {
        precondition(diagonal.count >= order && offDiagonal.count >= symbolic.pattern.entryCount, "values do not fit the pattern")
        return unsafe factor(diagonal.base, offDiagonal.base, solving: nil)
    }

    /// Factors, and solves A x = b in place in each lane: quicker than one after the other.
    ///
    /// - Parameters:
    ///   - diagonal: of the matrix, of which the first `order` vectors count.
    ///   - offDiagonal: the entries in the order of the pattern.
    ///   - b: right-hand sides, of which the first `order` vectors count; the solutions afterwards. In a lane that is not in the
    ///     answer the values are lost.
    @discardableResult
    public mutating func factor(
        diagonal: Column<SIMD8<Double>>, offDiagonal: Column<SIMD8<Double>>, solving b: Column<SIMD8<Double>>
    ) -> Mask {
        precondition(
            diagonal.count >= order && offDiagonal.count >= symbolic.pattern.entryCount && b.count >= order,
            "values do not fit the pattern")
        return unsafe factor(diagonal.base, offDiagonal.base, solving: b.base)
    }

    @unsafe
    private mutating func factor(
        _ diagonal: UnsafePointer<SIMD8<Double>>, _ offDiagonal: UnsafePointer<SIMD8<Double>>,
        solving b: UnsafeMutablePointer<SIMD8<Double>>?
    ) -> Mask {
        let symbolic = symbolic
        sound = unsafe values.withUnsafeMutableBufferPointer { values -> Mask in
            guard let base = values.baseAddress else { return Mask(repeating: true) }
            let parts = unsafe Parts(base, symbolic)
            guard let b = unsafe b else { return unsafe Self.factorKernel(symbolic, diagonal, offDiagonal, parts, solving: nil) }
            let x = unsafe Self.gathered(b, symbolic, parts)
            let sound = unsafe Self.factorKernel(symbolic, diagonal, offDiagonal, parts, solving: x)
            unsafe Self.backwardKernel(symbolic, parts, x)
            unsafe Self.scatter(x, to: b, symbolic)
            return sound
        }
        return sound
    }

    /// Solves A x = b in place in each lane with the last factorisation.
    ///
    /// - Parameter b: right-hand sides in the caller's order, of which the first `order` vectors count; the solutions afterwards.
    public mutating func solve(_ b: Column<SIMD8<Double>>) {
        precondition(b.count >= order, "the right-hand side does not fit the matrix")
        let symbolic = symbolic
        unsafe values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            let parts = unsafe Parts(base, symbolic)
            let x = unsafe Self.gathered(b.base, symbolic, parts)
            unsafe Self.forwardKernel(symbolic, parts, x)
            unsafe Self.backwardKernel(symbolic, parts, x)
            unsafe Self.scatter(x, to: b.base, symbolic)
        }
    }

    /// The right-hand sides in elimination order: themselves, or a copy in the work memory.
    @unsafe
    private static func gathered(
        _ b: UnsafeMutablePointer<SIMD8<Double>>, _ symbolic: SymbolicLDLT, _ parts: Parts
    ) -> UnsafeMutablePointer<SIMD8<Double>> {
        if symbolic.isInGivenOrder { return unsafe b }
        let steps = unsafe symbolic.steps.base
        let x = unsafe parts.vector
        for k in 0..<symbolic.pattern.order { unsafe x[k] = b[Int(steps[k])] }
        return unsafe x
    }

    @unsafe
    private static func scatter(
        _ x: UnsafeMutablePointer<SIMD8<Double>>, to b: UnsafeMutablePointer<SIMD8<Double>>, _ symbolic: SymbolicLDLT
    ) {
        if symbolic.isInGivenOrder { return }
        let steps = unsafe symbolic.steps.base
        for k in 0..<symbolic.pattern.order { unsafe b[Int(steps[k])] = x[k] }
    }
}
