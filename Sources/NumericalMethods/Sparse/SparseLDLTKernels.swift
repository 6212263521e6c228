// SPDX-License-Identifier: GPL-3.0-or-later

/// The inner loops of ``SparseLDLT``, on pointers. Index lists are those of ``SymbolicLDLT/Layout``.
extension SparseLDLT {
    /// A pivot below this part of its diagonal value is looked at more closely.
    private static let suspiciousPivotRatio = 1e-8

    /// Returns the elimination step whose pivot was refused, or −1.
    @unsafe
    static func factorKernel(
        _ symbolic: SymbolicLDLT, _ indexBuffer: UnsafeBufferPointer<Int32>, _ diagonal: UnsafeBufferPointer<Double>,
        _ offDiagonal: UnsafeBufferPointer<Double>, _ valueBuffer: UnsafeMutableBufferPointer<Double>
    ) -> Int {
        guard let index = indexBuffer.baseAddress, let factor = valueBuffer.baseAddress else { return -1 }
        let n = symbolic.pattern.order
        let layout = symbolic.layout
        let permutation = unsafe index + layout.permutation
        let columnStarts = unsafe index + layout.columnStarts
        let rows = unsafe index + layout.rows
        let rowStarts = unsafe index + layout.rowStarts
        let columns = unsafe index + layout.columns
        let positions = unsafe index + layout.positions
        let sourceStarts = unsafe index + layout.sourceStarts
        let sourceColumns = unsafe index + layout.sourceColumns
        let sources = unsafe index + layout.sources
        let reciprocal = unsafe factor + symbolic.factorNonZeros
        let work = unsafe reciprocal + n
        let vector = unsafe work + n
        unsafe work.update(repeating: 0, count: n)

        var source = 0
        var entry = 0
        // A matrix whose pivots cancel again and again must not cost more than some factorisations.
        var checked = 0
        let checkLimit = 20 * (symbolic.factorNonZeros + n)
        for k in 0..<n {
            let ownValue = unsafe diagonal[Int(permutation[k])]
            unsafe work[k] = ownValue
            let sourceEnd = unsafe Int(sourceStarts[k &+ 1])
            while source < sourceEnd {
                unsafe work[Int(sourceColumns[source])] += offDiagonal[Int(sources[source])]
                source &+= 1
            }
            var pivot = unsafe work[k]
            let scale = pivot
            unsafe work[k] = 0
            let entryEnd = unsafe Int(rowStarts[k &+ 1])
            while entry < entryEnd {
                let column = unsafe Int(columns[entry])
                let value = unsafe work[column]
                unsafe work[column] = 0
                let end = unsafe Int(positions[entry])
                var position = unsafe Int(columnStarts[column])
                while position < end {
                    unsafe work[Int(rows[position])] -= factor[position] * value
                    position &+= 1
                }
                let multiplier = unsafe value * reciprocal[column]
                pivot -= multiplier * value
                unsafe factor[end] = multiplier
                entry &+= 1
            }
            // Written so that a value that is not a number is refused too.
            if !(pivot > suspiciousPivotRatio * scale && pivot < .infinity) {
                if checked == 0 { unsafe vector.update(repeating: 0, count: n) }
                var bound = Double.ulpOfOne * abs(scale)
                if checked < checkLimit || !(pivot > bound) {
                    let check = unsafe pivotErrorBound(k, symbolic, index, factor, diagonal)
                    checked += check.entries
                    bound = max(bound, check.bound)
                }
                if !(pivot > bound && pivot < .infinity) {
                    unsafe reciprocal[k] = pivot
                    unsafe vector[k] = bound
                    return k
                }
            }
            unsafe reciprocal[k] = 1 / pivot
        }
        return -1
    }

    /// Bound on the rounding error of the pivot of step `last`, and the number of entries looked at.
    ///
    /// The computed factor is exact for A + E, `|E| ≤ γ |L| D |Lᵀ|` (Higham 2002, *Accuracy and Stability of Numerical
    /// Algorithms*, theorem 10.3), and a change E moves this pivot by `wᵀ E w` with `Lᵀ w = e(last)`. The rows of `|L| D |Lᵀ|`
    /// are bounded here by the diagonal, which holds for network matrices. Only asked for when a pivot has almost cancelled.
    @unsafe
    private static func pivotErrorBound(
        _ last: Int, _ symbolic: SymbolicLDLT, _ index: UnsafePointer<Int32>, _ factor: UnsafeMutablePointer<Double>,
        _ diagonal: UnsafeBufferPointer<Double>
    ) -> (bound: Double, entries: Int) {
        let layout = symbolic.layout
        let w = unsafe factor + symbolic.factorNonZeros + 2 * symbolic.pattern.order
        let rowStarts = unsafe index + layout.rowStarts
        unsafe w[last] = 1
        var lowest = last
        var row = last
        var bound = 0.0
        var count = 0
        while row >= lowest {
            let weight = unsafe w[row]
            unsafe w[row] = 0
            let begin = unsafe Int(rowStarts[row])
            let end = unsafe Int(rowStarts[row + 1])
            if weight != 0 {
                let operations = Double(end - begin + 4)
                bound += unsafe operations * weight * weight * abs(diagonal[symbolic.permutation[row]])
                for entry in begin..<end {
                    let column = unsafe Int(index[layout.columns + entry])
                    unsafe w[column] -= factor[Int(index[layout.positions + entry])] * weight
                    lowest = min(lowest, column)
                }
                count += end - begin
            }
            count += 1
            row -= 1
        }
        return (bound * Double.ulpOfOne, count)
    }

    /// Solves with the factor; `b` in the caller's order.
    @unsafe
    static func solveKernel(
        _ symbolic: SymbolicLDLT, _ indexBuffer: UnsafeBufferPointer<Int32>, _ valueBuffer: UnsafeMutableBufferPointer<Double>,
        _ b: UnsafeMutableBufferPointer<Double>
    ) {
        guard let index = indexBuffer.baseAddress, let factor = valueBuffer.baseAddress else { return }
        let n = symbolic.pattern.order
        let layout = symbolic.layout
        let permutation = unsafe index + layout.permutation
        let columnStarts = unsafe index + layout.columnStarts
        let rows = unsafe index + layout.rows
        let reciprocal = unsafe factor + symbolic.factorNonZeros
        let x = unsafe reciprocal + 2 &* n
        for k in 0..<n { unsafe x[k] = b[Int(permutation[k])] }
        var position = 0
        for k in 0..<n {
            let value = unsafe x[k]
            let end = unsafe Int(columnStarts[k &+ 1])
            while position < end {
                unsafe x[Int(rows[position])] -= factor[position] * value
                position &+= 1
            }
        }
        var k = n &- 1
        while k >= 0 {
            var value = unsafe x[k] * reciprocal[k]
            let begin = unsafe Int(columnStarts[k])
            position = begin
            let end = unsafe Int(columnStarts[k &+ 1])
            while position < end {
                value -= unsafe factor[position] * x[Int(rows[position])]
                position &+= 1
            }
            unsafe x[k] = value
            unsafe b[Int(permutation[k])] = value
            k &-= 1
        }
    }

    /// Eight right-hand sides side by side, already permuted.
    @unsafe
    static func blockKernel(
        _ symbolic: SymbolicLDLT, _ indexBuffer: UnsafeBufferPointer<Int32>, _ valueBuffer: UnsafeBufferPointer<Double>,
        _ blockBuffer: UnsafeMutableBufferPointer<SIMD8<Double>>
    ) {
        guard let index = indexBuffer.baseAddress, let factor = valueBuffer.baseAddress, let x = blockBuffer.baseAddress else { return }
        let n = symbolic.pattern.order
        let layout = symbolic.layout
        let columnStarts = unsafe index + layout.columnStarts
        let rows = unsafe index + layout.rows
        let reciprocal = unsafe factor + symbolic.factorNonZeros
        for k in 0..<n {
            let value = unsafe x[k]
            for position in unsafe Int(columnStarts[k])..<Int(columnStarts[k &+ 1]) {
                unsafe x[Int(rows[position])] -= factor[position] * value
            }
        }
        for k in stride(from: n - 1, through: 0, by: -1) {
            var value = unsafe x[k] * reciprocal[k]
            for position in unsafe Int(columnStarts[k])..<Int(columnStarts[k &+ 1]) {
                value -= unsafe factor[position] * x[Int(rows[position])]
            }
            unsafe x[k] = value
        }
    }
}
