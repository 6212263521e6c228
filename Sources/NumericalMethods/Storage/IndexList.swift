// SPDX-License-Identifier: GPL-3.0-or-later

/// A view of indices that lie in a column of 32-bit numbers, read and written as `Int`: half the memory of `[Int]`, and nothing to
/// retain or to copy in an inner loop. Whoever makes one keeps the column alive.
@safe
struct IndexList {
    @unsafe let base: UnsafeMutablePointer<Int32>

    init(_ column: Column<Int32>, at offset: Int = 0) { unsafe base = column.base + offset }

    @inline(__always)
    subscript(_ index: Int) -> Int {
        get { unsafe Int(base[index]) }
        nonmutating set { unsafe base[index] = Int32(truncatingIfNeeded: newValue) }
    }
}
