// SPDX-License-Identifier: GPL-3.0-or-later

/// The inner loops of ``SparseLDLT``, on pointers.
extension SparseLDLT {
    /// A pivot below this part of its diagonal value is looked at more closely.
    static let suspiciousPivotRatio = 1e-8

    /// The parts of the work memory.
    @unsafe
    struct Parts {
        /// The factor's entries by column.
        let factor: UnsafeMutablePointer<Double>
        /// What is left of the diagonal; the reciprocal pivot once a step is done. (Of a refused step: the pivot.)
        let pivots: UnsafeMutablePointer<Double>
        /// Room to look at a pivot. (Of a refused step: the bound on its error.)
        let weights: UnsafeMutablePointer<Double>
        /// The diagonal in elimination order, where the caller's is not that.
        let diagonal: UnsafeMutablePointer<Double>
        /// The right-hand side in elimination order; not there where the caller's is that.
        let vector: UnsafeMutablePointer<Double>

        init(_ base: UnsafeMutablePointer<Double>, _ symbolic: SymbolicLDLT) {
            let n = symbolic.pattern.order
            unsafe factor = base
            unsafe pivots = base + symbolic.factorNonZeros
            unsafe weights = pivots + n
            unsafe diagonal = weights + n
            unsafe vector = diagonal + n
        }
    }

    /// The length of the work memory.
    static func valueCount(_ symbolic: SymbolicLDLT) -> Int {
        symbolic.factorNonZeros + (symbolic.isInGivenOrder ? 3 : 4) * symbolic.pattern.order
    }

    /// Factors; with a vector (in elimination order), solves with the lower factor on the way.
    /// Returns the elimination step whose pivot was refused, or −1.
    @unsafe
    static func factorKernel(
        _ symbolic: SymbolicLDLT, _ diagonal: UnsafePointer<Double>, _ offDiagonal: UnsafePointer<Double>, _ parts: Parts,
        solving x: UnsafeMutablePointer<Double>?
    ) -> Int {
        let scale = unsafe spread(symbolic, diagonal, offDiagonal, parts)
        if let x = unsafe x {
            return unsafe eliminate(symbolic, scale, parts, x, solving: true)
        }
        // Blocks of columns read their part of the right-hand side in any case: the pivots stand in, as `vector` may not be there.
        return unsafe eliminate(symbolic, scale, parts, parts.pivots, solving: false)
    }

    /// Puts the caller's values in their places, and returns the diagonal in elimination order.
    @unsafe
    private static func spread(
        _ symbolic: SymbolicLDLT, _ diagonal: UnsafePointer<Double>, _ offDiagonal: UnsafePointer<Double>, _ parts: Parts
    ) -> UnsafePointer<Double> {
        let n = symbolic.pattern.order
        let factor = unsafe parts.factor
        let pivots = unsafe parts.pivots
        unsafe factor.update(repeating: 0, count: symbolic.factorNonZeros)
        if symbolic.isInGivenOrder {
            unsafe pivots.update(from: diagonal, count: n)
        } else {
            let steps = unsafe symbolic.steps.base
            for k in 0..<n { unsafe pivots[k] = diagonal[Int(steps[k])] }
        }
        let places = unsafe symbolic.places.base
        let count = symbolic.places.count
        var entry = 0
        while entry < count {
            unsafe factor[Int(places[entry])] += offDiagonal[entry]  // one on the diagonal falls among the pivots, which follow
            entry &+= 1
        }
        guard !symbolic.isInGivenOrder || symbolic.pattern.hasDiagonalEntries else { return unsafe diagonal }
        unsafe parts.diagonal.update(from: pivots, count: n)
        return unsafe UnsafePointer(parts.diagonal)
    }

    @unsafe
    @inline(__always)
    private static func eliminate(
        _ symbolic: SymbolicLDLT, _ scale: UnsafePointer<Double>, _ parts: Parts, _ x: UnsafeMutablePointer<Double>, solving: Bool
    ) -> Int {
        let n = symbolic.pattern.order
        let heads = unsafe symbolic.plan.heads.base
        let places = unsafe symbolic.plan.places.base
        let chained = unsafe symbolic.plan.chained.base
        let rows = unsafe symbolic.rows.base
        let factor = unsafe parts.factor
        let pivots = unsafe parts.pivots
        // A matrix whose pivots cancel again and again must not cost more than some factorisations.
        var checked = 0
        let checkLimit = 20 * (symbolic.factorNonZeros + n)
        var begin = 0
        var chainStart = -1
        for k in 0..<n {
            let end = unsafe Int(heads[2 &* k &+ 2])
            let count = end &- begin
            if chainStart >= 0 { unsafe collect(k, from: chainStart, count, heads, factor, pivots, x, solving: solving) }
            let pivot = unsafe pivots[k]
            // Written so that a value that is not a number is refused too.
            if unsafe !(pivot > suspiciousPivotRatio * scale[k] && pivot < .infinity) {
                var bound = unsafe Double.ulpOfOne * abs(scale[k])
                if checked < checkLimit || !(pivot > bound) {
                    let check = unsafe pivotErrorBound(k, symbolic, scale, parts)
                    checked += check.entries
                    bound = max(bound, check.bound)
                }
                if !(pivot > bound && pivot < .infinity) {
                    unsafe parts.weights[k] = bound
                    return k
                }
            }
            let reciprocal = 1 / pivot
            unsafe pivots[k] = reciprocal
            let known = solving ? unsafe x[k] : 0
            let column = unsafe factor + begin
            let row = unsafe rows + begin
            begin = end
            if count == 0 { continue }
            if count > UpdatePlan.explicitLength &+ 1 {
                if chainStart < 0 { chainStart = k }
                if unsafe chained[k] > 0 { continue }
                let place = unsafe places + Int(heads[2 &* k &+ 1])
                unsafe spreadChain(chainStart, through: k, count, heads, rows, row, place, factor, pivots, x, solving: solving)
                chainStart = -1
                continue
            }
            let value0 = unsafe column[0]
            let row0 = unsafe Int(row[0])
            let multiplier0 = value0 * reciprocal
            unsafe column[0] = multiplier0
            unsafe pivots[row0] -= multiplier0 * value0
            if solving { unsafe x[row0] -= multiplier0 * known }
            if count == 1 { continue }
            let place = unsafe places + Int(heads[2 &* k &+ 1])
            let value1 = unsafe column[1]
            let row1 = unsafe Int(row[1])
            let multiplier1 = value1 * reciprocal
            unsafe column[1] = multiplier1
            unsafe pivots[row1] -= multiplier1 * value1
            if solving { unsafe x[row1] -= multiplier1 * known }
            unsafe factor[Int(place[0])] -= multiplier0 * value1
            if count == 2 { continue }
            let value2 = unsafe column[2]
            let row2 = unsafe Int(row[2])
            let multiplier2 = value2 * reciprocal
            unsafe column[2] = multiplier2
            unsafe pivots[row2] -= multiplier2 * value2
            if solving { unsafe x[row2] -= multiplier2 * known }
            unsafe factor[Int(place[1])] -= multiplier0 * value2
            if count == 3 {
                unsafe factor[Int(place[2])] -= multiplier1 * value2
                continue
            }
            let value3 = unsafe column[3]
            let row3 = unsafe Int(row[3])
            let multiplier3 = value3 * reciprocal
            unsafe column[3] = multiplier3
            unsafe pivots[row3] -= multiplier3 * value3
            if solving { unsafe x[row3] -= multiplier3 * known }
            unsafe factor[Int(place[2])] -= multiplier0 * value3
            unsafe factor[Int(place[3])] -= multiplier1 * value2
            unsafe factor[Int(place[4])] -= multiplier1 * value3
            unsafe factor[Int(place[5])] -= multiplier2 * value3
        }
        return -1
    }

    /// Takes from column k of a chain what the columns before it in the chain leave it.
    @unsafe
    @inline(__always)
    private static func collect(
        _ k: Int, from first: Int, _ count: Int, _ heads: UnsafePointer<Int32>, _ factor: UnsafeMutablePointer<Double>,
        _ pivots: UnsafeMutablePointer<Double>, _ x: UnsafeMutablePointer<Double>, solving: Bool
    ) {
        let target = unsafe factor + Int(heads[2 &* k])
        var step = first
        while step < k {
            let width = min(4, k &- step)
            var block = unsafe ColumnBlock(
                step, width: width, at: k &- step &- 1, heads: heads, factor: factor, pivots: pivots, x: x)
            unsafe pivots[k] -= block.finishRow()
            if solving { unsafe x[k] -= block.knownSum }
            unsafe block.subtract(from: target, count: count)
            step &+= width
        }
    }

    /// Subtracts what the columns `first ... last` of a chain leave the columns of the `count` rows they have in common.
    @unsafe
    @inline(__always)
    private static func spreadChain(
        _ first: Int, through last: Int, _ count: Int, _ heads: UnsafePointer<Int32>, _ rows: UnsafePointer<Int32>,
        _ row: UnsafePointer<Int32>, _ list: UnsafePointer<Int32>, _ factor: UnsafeMutablePointer<Double>,
        _ pivots: UnsafeMutablePointer<Double>, _ x: UnsafeMutablePointer<Double>, solving: Bool
    ) {
        var step = first
        while step <= last {
            let width = min(4, last &+ 1 &- step)
            var block = unsafe ColumnBlock(step, width: width, at: last &- step, heads: heads, factor: factor, pivots: pivots, x: x)
            var place = unsafe list
            for b in 0..<count {
                let its = unsafe Int(row[b])
                unsafe pivots[its] -= block.finishRow()
                if solving { unsafe x[its] -= block.knownSum }
                let length = count &- 1 &- b
                if length <= UpdatePlan.explicitLength {
                    unsafe block.subtract(from: factor, at: place, count: length)
                    unsafe place += length
                    continue
                }
                let begin = unsafe place[0]
                unsafe place += 1
                if begin >= 0 {
                    unsafe block.subtract(from: factor + Int(begin), count: length)
                } else if begin == UpdatePlan.listed {
                    unsafe block.subtract(from: factor, at: place, count: length)
                    unsafe place += length
                } else {
                    let start = unsafe Int(heads[2 &* its])
                    unsafe block.subtract(from: factor, rows: rows, at: start, wanted: row + (b &+ 1), count: length)
                }
            }
            step &+= width
        }
    }

    /// Bound on the rounding error of the pivot of step `last`, and the number of entries looked at.
    ///
    /// The computed factor is exact for A + E, `|E| ≤ γ |L| D |Lᵀ|` (Higham 2002, *Accuracy and Stability of Numerical
    /// Algorithms*, theorem 10.3), and a change E moves this pivot by `wᵀ E w` with `Lᵀ w = e(last)`. The rows of `|L| D |Lᵀ|`
    /// are bounded here by the diagonal, which holds for network matrices. Only asked for when a pivot has almost cancelled.
    /// The steps that w reaches are the subtree below `last`, which in a postorder are the steps right before it.
    @unsafe
    private static func pivotErrorBound(
        _ last: Int, _ symbolic: SymbolicLDLT, _ scale: UnsafePointer<Double>, _ parts: Parts
    ) -> (bound: Double, entries: Int) {
        let rows = unsafe symbolic.rows.base
        let starts = unsafe symbolic.columnStarts.base
        let w = unsafe parts.weights
        unsafe w[last] = 1
        var bound = unsafe 4 * abs(scale[last])
        var count = 1
        var step = last - 1
        while step >= 0 {
            let begin = unsafe Int(starts[step])
            let end = unsafe Int(starts[step + 1])
            if unsafe begin == end || Int(rows[begin]) > last { break }  // a root, or a child of a later step
            var sum = 0.0
            for position in begin..<end {
                let row = unsafe Int(rows[position])
                if row > last { break }
                let weight = unsafe w[row]
                sum -= unsafe parts.factor[position] * weight
                bound += unsafe weight * weight * abs(scale[row])  // one operation more in that row
                count += 1
            }
            unsafe w[step] = sum
            bound += unsafe 4 * sum * sum * abs(scale[step])
            count += 1
            step -= 1
        }
        return (bound * Double.ulpOfOne, count)
    }

    /// Solves with the lower factor: x in elimination order.
    @unsafe
    static func forwardKernel(_ symbolic: SymbolicLDLT, _ parts: Parts, _ x: UnsafeMutablePointer<Double>) {
        let n = symbolic.pattern.order
        let starts = unsafe symbolic.columnStarts.base
        let rows = unsafe symbolic.rows.base
        let factor = unsafe parts.factor
        var position = 0
        for k in 0..<n {
            let value = unsafe x[k]
            let end = unsafe Int(starts[k &+ 1])
            while position < end {
                unsafe x[Int(rows[position])] -= factor[position] * value
                position &+= 1
            }
        }
    }

    /// Solves with the pivots and the upper factor: x in elimination order.
    @unsafe
    static func backwardKernel(_ symbolic: SymbolicLDLT, _ parts: Parts, _ x: UnsafeMutablePointer<Double>) {
        let starts = unsafe symbolic.columnStarts.base
        let rows = unsafe symbolic.rows.base
        let factor = unsafe parts.factor
        let pivots = unsafe parts.pivots
        var position = symbolic.factorNonZeros &- 1
        var k = symbolic.pattern.order &- 1
        while k >= 0 {
            var value = unsafe x[k] * pivots[k]
            let begin = unsafe Int(starts[k])
            while position >= begin {
                value -= unsafe factor[position] * x[Int(rows[position])]
                position &-= 1
            }
            unsafe x[k] = value
            k &-= 1
        }
    }

    /// Eight right-hand sides side by side, in elimination order.
    @unsafe
    static func blockKernel(_ symbolic: SymbolicLDLT, _ parts: Parts, _ x: UnsafeMutablePointer<SIMD8<Double>>) {
        let n = symbolic.pattern.order
        let starts = unsafe symbolic.columnStarts.base
        let rows = unsafe symbolic.rows.base
        let factor = unsafe parts.factor
        for k in 0..<n {
            let value = unsafe x[k]
            for position in unsafe Int(starts[k])..<Int(starts[k &+ 1]) {
                unsafe x[Int(rows[position])] -= factor[position] * value
            }
        }
        for k in stride(from: n - 1, through: 0, by: -1) {
            var value = unsafe x[k] * parts.pivots[k]
            for position in unsafe Int(starts[k])..<Int(starts[k &+ 1]) {
                value -= unsafe factor[position] * x[Int(rows[position])]
            }
            unsafe x[k] = value
        }
    }
}
