// SPDX-License-Identifier: GPL-3.0-or-later

/// ``ColumnBlock`` for eight matrices at once: one to four columns of the factors whose lower rows are the same.
@unsafe
struct LaneColumnBlock {
    typealias Values = UnsafeMutablePointer<SIMD8<Double>>

    private var column0: Values
    private var column1: Values
    private var column2: Values
    private var column3: Values
    /// Whether there is one column only; its own loops then.
    private let isSingle: Bool
    private let reciprocals: (SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>)
    /// The right-hand sides in the columns' own rows.
    private let known: (SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>)
    private var multiplier0 = SIMD8<Double>.zero
    private var multiplier1 = SIMD8<Double>.zero
    private var multiplier2 = SIMD8<Double>.zero
    private var multiplier3 = SIMD8<Double>.zero

    /// - Parameters:
    ///   - step: the first column; `width` follow one another.
    ///   - row: the place of the row at hand among the first column's entries, the first of the rows all have in common.
    @inline(__always)
    init(_ step: Int, width: Int, at row: Int, heads: UnsafePointer<Int32>, factor: Values, pivots: Values, x: Values) {
        unsafe isSingle = width == 1
        unsafe column0 = factor + (Int(heads[2 &* step]) &+ row)
        unsafe column1 = width > 1 ? factor + (Int(heads[2 &* step &+ 2]) &+ row &- 1) : column0
        unsafe column2 = width > 2 ? factor + (Int(heads[2 &* step &+ 4]) &+ row &- 2) : column0
        unsafe column3 = width > 3 ? factor + (Int(heads[2 &* step &+ 6]) &+ row &- 3) : column0
        unsafe reciprocals = (
            pivots[step], width > 1 ? pivots[step &+ 1] : .zero, width > 2 ? pivots[step &+ 2] : .zero,
            width > 3 ? pivots[step &+ 3] : .zero
        )
        unsafe known = (
            x[step], width > 1 ? x[step &+ 1] : .zero, width > 2 ? x[step &+ 2] : .zero, width > 3 ? x[step &+ 3] : .zero
        )
    }

    /// Finishes the entries of the row at hand, and goes on to the next one; returns what the columns take from the row's pivots.
    @inline(__always)
    mutating func finishRow() -> SIMD8<Double> {
        let value0 = unsafe column0[0]
        if unsafe isSingle {
            unsafe multiplier0 = value0 * reciprocals.0
            unsafe column0[0] = multiplier0
            unsafe column0 += 1
            return unsafe multiplier0 * value0
        }
        let value1 = unsafe column1[0]
        let value2 = unsafe column2[0]
        let value3 = unsafe column3[0]
        unsafe multiplier0 = value0 * reciprocals.0
        unsafe multiplier1 = value1 * reciprocals.1
        unsafe multiplier2 = value2 * reciprocals.2
        unsafe multiplier3 = value3 * reciprocals.3
        unsafe column3[0] = multiplier3
        unsafe column2[0] = multiplier2
        unsafe column1[0] = multiplier1
        unsafe column0[0] = multiplier0  // last: where columns are missing, the others stand here too
        unsafe column0 += 1
        unsafe column1 += 1
        unsafe column2 += 1
        unsafe column3 += 1
        return unsafe (multiplier0 * value0 + multiplier1 * value1) + (multiplier2 * value2 + multiplier3 * value3)
    }

    /// What the row just finished takes from its right-hand sides.
    @inline(__always)
    var knownSum: SIMD8<Double> {
        if unsafe isSingle { return unsafe multiplier0 * known.0 }
        return unsafe (multiplier0 * known.0 + multiplier1 * known.1) + (multiplier2 * known.2 + multiplier3 * known.3)
    }

    @inline(__always)
    private func sum(_ index: Int) -> SIMD8<Double> {
        if unsafe isSingle { return unsafe multiplier0 * column0[index] }
        return unsafe (multiplier0 * column0[index] + multiplier1 * column1[index])
            + (multiplier2 * column2[index] + multiplier3 * column3[index])
    }

    /// Subtracts the sums of the next `count` rows from values that lie side by side.
    @inline(__always)
    func subtract(from target: Values, count: Int) {
        if unsafe isSingle {
            for index in 0..<count { unsafe target[index] -= multiplier0 * column0[index] }
            return
        }
        for index in 0..<count { unsafe target[index] -= sum(index) }
    }

    /// The same for values whose places are listed.
    @inline(__always)
    func subtract(from factor: Values, at place: UnsafePointer<Int32>, count: Int) {
        if unsafe isSingle {
            for index in 0..<count { unsafe factor[Int(place[index])] -= multiplier0 * column0[index] }
            return
        }
        for index in 0..<count { unsafe factor[Int(place[index])] -= sum(index) }
    }

    /// The same for values whose places are found by walking along the column they stand in, from `position` on.
    @inline(__always)
    func subtract(from factor: Values, rows: UnsafePointer<Int32>, at position: Int, wanted: UnsafePointer<Int32>, count: Int) {
        var position = position
        for index in 0..<count {
            while unsafe rows[position] != wanted[index] { position &+= 1 }
            unsafe factor[position] -= sum(index)
        }
    }
}
