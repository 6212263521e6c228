// SPDX-License-Identifier: GPL-3.0-or-later

/// The inner loops of ``LaneLDLT``: those of ``SparseLDLT`` on vectors of eight, without a branch on values.
extension LaneLDLT {
    /// The parts of the work memory.
    @unsafe
    struct Parts {
        /// The factors' entries by column.
        let factor: UnsafeMutablePointer<SIMD8<Double>>
        /// What is left of the diagonals; the reciprocal pivot once a step is done, 0 in a lane whose pivot is not positive.
        let pivots: UnsafeMutablePointer<SIMD8<Double>>
        /// Right-hand sides or diagonals in elimination order, where the caller's are not that; room to look at a pivot.
        let vector: UnsafeMutablePointer<SIMD8<Double>>
        let diagonal: UnsafeMutablePointer<SIMD8<Double>>
        let weights: UnsafeMutablePointer<SIMD8<Double>>

        init(_ base: UnsafeMutablePointer<SIMD8<Double>>, _ symbolic: SymbolicLDLT) {
            let n = symbolic.pattern.order
            unsafe factor = base
            unsafe pivots = base + symbolic.factorNonZeros
            unsafe weights = pivots + n
            // Not needed, and not there, where the rows are in order.
            unsafe vector = weights + n
            unsafe diagonal = LaneLDLT.copiesDiagonals(symbolic) ? vector + n : vector
        }
    }

    /// Whether the diagonals in elimination order are not the caller's.
    static func copiesDiagonals(_ symbolic: SymbolicLDLT) -> Bool { !symbolic.isInGivenOrder || symbolic.pattern.hasDiagonalEntries }

    /// The length of the work memory.
    static func valueCount(_ symbolic: SymbolicLDLT) -> Int {
        symbolic.factorNonZeros + (copiesDiagonals(symbolic) ? 4 : 2) * symbolic.pattern.order
    }

    @unsafe
    static func factorKernel(
        _ symbolic: SymbolicLDLT, _ diagonal: UnsafePointer<SIMD8<Double>>, _ offDiagonal: UnsafePointer<SIMD8<Double>>,
        _ parts: Parts, solving x: UnsafeMutablePointer<SIMD8<Double>>?
    ) -> Mask {
        let scale = unsafe spread(symbolic, diagonal, offDiagonal, parts)
        let suspicious: Mask
        if let x = unsafe x {
            suspicious = unsafe eliminate(symbolic, scale, parts, x, solving: true)
        } else {
            suspicious = unsafe eliminate(symbolic, scale, parts, parts.weights, solving: false)
        }
        return any(suspicious) ? unsafe judge(symbolic, scale, parts, suspicious) : Mask(repeating: true)
    }

    /// Puts the caller's values in their places, and returns the diagonals in elimination order.
    @unsafe
    private static func spread(
        _ symbolic: SymbolicLDLT, _ diagonal: UnsafePointer<SIMD8<Double>>, _ offDiagonal: UnsafePointer<SIMD8<Double>>, _ parts: Parts
    ) -> UnsafePointer<SIMD8<Double>> {
        let n = symbolic.pattern.order
        let factor = unsafe parts.factor
        let pivots = unsafe parts.pivots
        unsafe factor.update(repeating: .zero, count: symbolic.factorNonZeros)
        if symbolic.isInGivenOrder {
            unsafe pivots.update(from: diagonal, count: n)
        } else {
            let steps = unsafe symbolic.steps.base
            for k in 0..<n { unsafe pivots[k] = diagonal[Int(steps[k])] }
        }
        let places = unsafe symbolic.places.base
        for entry in 0..<symbolic.places.count { unsafe factor[Int(places[entry])] += offDiagonal[entry] }
        guard copiesDiagonals(symbolic) else { return unsafe diagonal }
        unsafe parts.diagonal.update(from: pivots, count: n)
        return unsafe UnsafePointer(parts.diagonal)
    }

    /// Returns the lanes in which a pivot has almost cancelled, is negative or is not a number.
    @unsafe
    @inline(__always)
    private static func eliminate(
        _ symbolic: SymbolicLDLT, _ scale: UnsafePointer<SIMD8<Double>>, _ parts: Parts, _ x: UnsafeMutablePointer<SIMD8<Double>>,
        solving: Bool
    ) -> Mask {
        let heads = unsafe symbolic.plan.heads.base
        let places = unsafe symbolic.plan.places.base
        let chained = unsafe symbolic.plan.chained.base
        let rows = unsafe symbolic.rows.base
        let factor = unsafe parts.factor
        let pivots = unsafe parts.pivots
        var good = Mask(repeating: true)
        var begin = 0
        var chainStart = -1
        for k in 0..<symbolic.pattern.order {
            let end = unsafe Int(heads[2 &* k &+ 2])
            let count = end &- begin
            if chainStart >= 0 { unsafe collect(k, from: chainStart, count, heads, factor, pivots, x, solving: solving) }
            let pivot = unsafe pivots[k]
            // A value that is not a number fails both comparisons.
            good .&= unsafe (pivot .> SparseLDLT.suspiciousPivotRatio * scale[k]) .& (pivot .< Double.infinity)
            let reciprocal = SIMD8<Double>.zero.replacing(with: 1 / pivot, where: pivot .> 0)
            unsafe pivots[k] = reciprocal
            let column = unsafe factor + begin
            let row = unsafe rows + begin
            begin = end
            if count > UpdatePlan.explicitLength &+ 1 {
                if chainStart < 0 { chainStart = k }
                if unsafe chained[k] > 0 { continue }
                let place = unsafe places + Int(heads[2 &* k &+ 1])
                unsafe spreadChain(chainStart, through: k, count, heads, rows, row, place, factor, pivots, x, solving: solving)
                chainStart = -1
                continue
            }
            let known = solving ? unsafe x[k] : .zero
            var place = unsafe places + Int(heads[2 &* k &+ 1])
            for b in 0..<count {
                let value = unsafe column[b]
                let its = unsafe Int(row[b])
                let multiplier = value * reciprocal
                unsafe column[b] = multiplier
                unsafe pivots[its] -= multiplier * value
                if solving { unsafe x[its] -= multiplier * known }
                for a in (b &+ 1)..<count {
                    unsafe factor[Int(place[0])] -= multiplier * column[a]
                    unsafe place += 1
                }
            }
        }
        return .!good
    }

    /// Takes from column k of a chain what the columns before it in the chain leave it.
    @unsafe
    @inline(__always)
    private static func collect(
        _ k: Int, from first: Int, _ count: Int, _ heads: UnsafePointer<Int32>, _ factor: UnsafeMutablePointer<SIMD8<Double>>,
        _ pivots: UnsafeMutablePointer<SIMD8<Double>>, _ x: UnsafeMutablePointer<SIMD8<Double>>, solving: Bool
    ) {
        let target = unsafe factor + Int(heads[2 &* k])
        var step = first
        while step < k {
            let width = min(4, k &- step)
            var block = unsafe LaneColumnBlock(
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
        _ row: UnsafePointer<Int32>, _ list: UnsafePointer<Int32>, _ factor: UnsafeMutablePointer<SIMD8<Double>>,
        _ pivots: UnsafeMutablePointer<SIMD8<Double>>, _ x: UnsafeMutablePointer<SIMD8<Double>>, solving: Bool
    ) {
        var step = first
        while step <= last {
            let width = min(4, last &+ 1 &- step)
            var block = unsafe LaneColumnBlock(
                step, width: width, at: last &- step, heads: heads, factor: factor, pivots: pivots, x: x)
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

    /// Cold: which lanes are sound although a pivot has almost cancelled. The pivots' reciprocals are looked at afterwards: a refused
    /// one has spoiled nothing but its own lane. See ``SparseLDLT`` for the bound.
    @unsafe
    private static func judge(
        _ symbolic: SymbolicLDLT, _ scale: UnsafePointer<SIMD8<Double>>, _ parts: Parts, _ suspicious: Mask
    ) -> Mask {
        var sound = Mask(repeating: true)
        var checked = 0
        let checkLimit = 20 * (symbolic.factorNonZeros + symbolic.pattern.order)
        for k in 0..<symbolic.pattern.order {
            let reciprocal = unsafe parts.pivots[k]
            let pivot = 1 / reciprocal
            let least = unsafe SparseLDLT.suspiciousPivotRatio * scale[k]
            let usable = (reciprocal .> 0) .& (reciprocal .< Double.infinity) .& (pivot .< Double.infinity)
            let open = suspicious .& sound .& .!(usable .& (pivot .> least))
            guard any(open) else { continue }
            var bound = unsafe Double.ulpOfOne * magnitude(scale[k])
            if any(open .& usable) && (checked < checkLimit || any(open .& .!(pivot .> bound))) {
                let check = unsafe pivotErrorBound(k, symbolic, scale, parts)
                checked += check.entries
                bound.replace(with: check.bound, where: check.bound .> bound)
            }
            sound .&= .!open .| (usable .& (pivot .> bound))
            if !any(sound) { break }
        }
        return sound
    }

    /// The bound of ``SparseLDLT`` on the rounding error of the pivot of step `last`, lane by lane.
    @unsafe
    private static func pivotErrorBound(
        _ last: Int, _ symbolic: SymbolicLDLT, _ scale: UnsafePointer<SIMD8<Double>>, _ parts: Parts
    ) -> (bound: SIMD8<Double>, entries: Int) {
        let rows = unsafe symbolic.rows.base
        let starts = unsafe symbolic.columnStarts.base
        let w = unsafe parts.weights
        unsafe w[last] = SIMD8(repeating: 1)
        var bound = unsafe 4 * magnitude(scale[last])
        var count = 1
        var step = last - 1
        while step >= 0 {
            let begin = unsafe Int(starts[step])
            let end = unsafe Int(starts[step + 1])
            if unsafe begin == end || Int(rows[begin]) > last { break }  // a root, or a child of a later step
            var sum = SIMD8<Double>.zero
            for position in begin..<end {
                let row = unsafe Int(rows[position])
                if row > last { break }
                let weight = unsafe w[row]
                sum -= unsafe parts.factor[position] * weight
                bound += unsafe weight * weight * magnitude(scale[row])
                count += 1
            }
            unsafe w[step] = sum
            bound += unsafe 4 * sum * sum * magnitude(scale[step])
            count += 1
            step -= 1
        }
        return (bound * Double.ulpOfOne, count)
    }

    private static func magnitude(_ value: SIMD8<Double>) -> SIMD8<Double> { value.replacing(with: -value, where: value .< 0) }

    /// Solves with the lower factors: x in elimination order.
    @unsafe
    static func forwardKernel(_ symbolic: SymbolicLDLT, _ parts: Parts, _ x: UnsafeMutablePointer<SIMD8<Double>>) {
        let starts = unsafe symbolic.columnStarts.base
        let rows = unsafe symbolic.rows.base
        let factor = unsafe parts.factor
        var position = 0
        for k in 0..<symbolic.pattern.order {
            let value = unsafe x[k]
            let end = unsafe Int(starts[k &+ 1])
            while position < end {
                unsafe x[Int(rows[position])] -= factor[position] * value
                position &+= 1
            }
        }
    }

    /// Solves with the pivots and the upper factors: x in elimination order.
    @unsafe
    static func backwardKernel(_ symbolic: SymbolicLDLT, _ parts: Parts, _ x: UnsafeMutablePointer<SIMD8<Double>>) {
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
}
