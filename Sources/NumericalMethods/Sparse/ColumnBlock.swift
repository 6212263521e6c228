// SPDX-License-Identifier: GPL-3.0-or-later

/// One to four columns of a factor whose lower rows are the same, taken together: what they subtract from a later column is summed
/// before it is written. Each pointer stands at the entry of the row at hand, not yet divided by the pivot.
///
/// Fewer than four are filled up with the first one, with reciprocal pivots of 0.
@unsafe
struct ColumnBlock {
    private var column0: UnsafeMutablePointer<Double>
    private var column1: UnsafeMutablePointer<Double>
    private var column2: UnsafeMutablePointer<Double>
    private var column3: UnsafeMutablePointer<Double>
    /// Whether there is one column only; its own loops then.
    private let isSingle: Bool
    private let reciprocals: SIMD4<Double>
    /// The right-hand side in the columns' own rows.
    private let known: SIMD4<Double>
    private var multipliers = SIMD4<Double>.zero

    /// - Parameters:
    ///   - step: the first column; `width` follow one another.
    ///   - row: the place of the row at hand among the first column's entries, the first of the rows all have in common.
    @inline(__always)
    init(
        _ step: Int, width: Int, at row: Int, heads: UnsafePointer<Int32>, factor: UnsafeMutablePointer<Double>,
        pivots: UnsafePointer<Double>, x: UnsafePointer<Double>
    ) {
        unsafe isSingle = width == 1
        unsafe column0 = factor + (Int(heads[2 &* step]) &+ row)
        unsafe column1 = width > 1 ? factor + (Int(heads[2 &* step &+ 2]) &+ row &- 1) : column0
        unsafe column2 = width > 2 ? factor + (Int(heads[2 &* step &+ 4]) &+ row &- 2) : column0
        unsafe column3 = width > 3 ? factor + (Int(heads[2 &* step &+ 6]) &+ row &- 3) : column0
        unsafe reciprocals = SIMD4(
            pivots[step], width > 1 ? pivots[step &+ 1] : 0, width > 2 ? pivots[step &+ 2] : 0, width > 3 ? pivots[step &+ 3] : 0)
        unsafe known = SIMD4(x[step], width > 1 ? x[step &+ 1] : 0, width > 2 ? x[step &+ 2] : 0, width > 3 ? x[step &+ 3] : 0)
    }

    /// Finishes the entries of the row at hand, and goes on to the next one; returns what the columns take from the row's pivot.
    /// The multipliers stay for the sums over the rows that follow.
    @inline(__always)
    mutating func finishRow() -> Double {
        if unsafe isSingle {
            let value = unsafe column0[0]
            let multiplier = unsafe value * reciprocals[0]
            unsafe multipliers[0] = multiplier
            unsafe column0[0] = multiplier
            unsafe column0 += 1
            return multiplier * value
        }
        let values = unsafe SIMD4(column0[0], column1[0], column2[0], column3[0])
        unsafe multipliers = values * reciprocals
        unsafe column3[0] = multipliers[3]
        unsafe column2[0] = multipliers[2]
        unsafe column1[0] = multipliers[1]
        unsafe column0[0] = multipliers[0]  // last: where columns are missing, the others stand here too
        unsafe column0 += 1
        unsafe column1 += 1
        unsafe column2 += 1
        unsafe column3 += 1
        let taken = unsafe multipliers * values
        return (taken[0] + taken[1]) + (taken[2] + taken[3])
    }

    /// What the row just finished takes from its right-hand side.
    @inline(__always)
    var knownSum: Double {
        if unsafe isSingle { return unsafe multipliers[0] * known[0] }
        let taken = unsafe multipliers * known
        return (taken[0] + taken[1]) + (taken[2] + taken[3])
    }

    /// The sums for rows `index ..< index + 4` from the row at hand.
    @inline(__always)
    private func fourSums(_ index: Int) -> SIMD4<Double> {
        if unsafe isSingle { return unsafe multipliers[0] * UnsafeRawPointer(column0 + index).loadUnaligned(as: SIMD4<Double>.self) }
        let first = unsafe multipliers[0] * UnsafeRawPointer(column0 + index).loadUnaligned(as: SIMD4<Double>.self)
        let second = unsafe multipliers[1] * UnsafeRawPointer(column1 + index).loadUnaligned(as: SIMD4<Double>.self)
        let third = unsafe multipliers[2] * UnsafeRawPointer(column2 + index).loadUnaligned(as: SIMD4<Double>.self)
        let fourth = unsafe multipliers[3] * UnsafeRawPointer(column3 + index).loadUnaligned(as: SIMD4<Double>.self)
        return (first + second) + (third + fourth)
    }

    @inline(__always)
    private func sum(_ index: Int) -> Double {
        if unsafe isSingle { return unsafe multipliers[0] * column0[index] }
        return unsafe (multipliers[0] * column0[index] + multipliers[1] * column1[index])
            + (multipliers[2] * column2[index] + multipliers[3] * column3[index])
    }

    /// Subtracts the sums of the next `count` rows from values that lie side by side.
    @inline(__always)
    func subtract(from target: UnsafeMutablePointer<Double>, count: Int) {
        var index = 0
        while index &+ 4 <= count {
            let to = unsafe UnsafeMutableRawPointer(target + index)
            unsafe to.storeBytes(of: to.loadUnaligned(as: SIMD4<Double>.self) - fourSums(index), as: SIMD4<Double>.self)
            index &+= 4
        }
        while index < count {
            unsafe target[index] -= sum(index)
            index &+= 1
        }
    }

    /// The same for values whose places are listed.
    @inline(__always)
    func subtract(from factor: UnsafeMutablePointer<Double>, at place: UnsafePointer<Int32>, count: Int) {
        var index = 0
        while index &+ 4 <= count {
            let sums = unsafe fourSums(index)
            unsafe factor[Int(place[index])] -= sums[0]
            unsafe factor[Int(place[index &+ 1])] -= sums[1]
            unsafe factor[Int(place[index &+ 2])] -= sums[2]
            unsafe factor[Int(place[index &+ 3])] -= sums[3]
            index &+= 4
        }
        while index < count {
            unsafe factor[Int(place[index])] -= sum(index)
            index &+= 1
        }
    }

    /// The same for values whose places are found by walking along the column they stand in, from `position` on.
    @inline(__always)
    func subtract(
        from factor: UnsafeMutablePointer<Double>, rows: UnsafePointer<Int32>, at position: Int, wanted: UnsafePointer<Int32>, count: Int
    ) {
        var position = position
        for index in 0..<count {
            while unsafe rows[position] != wanted[index] { position &+= 1 }
            unsafe factor[position] -= sum(index)
        }
    }
}
