// SPDX-License-Identifier: GPL-3.0-or-later

/// Four values at a time.
extension Column where Element == Double {
    @inlinable
    @inline(__always)
    public func four(at index: Int) -> SIMD4<Double> {
        assert(index >= 0 && index + 4 <= count, "outside the column")
        return unsafe UnsafeRawPointer(base + index).loadUnaligned(as: SIMD4<Double>.self)
    }

    @inlinable
    @inline(__always)
    public func setFour(at index: Int, _ values: SIMD4<Double>) {
        assert(index >= 0 && index + 4 <= count, "outside the column")
        unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: values, as: SIMD4<Double>.self)
    }

    /// Adds `other` to the first `length` values.
    @inlinable
    public func add(_ other: Column, length: Int) {
        precondition(length <= count && length <= other.count, "outside the column")
        for index in 0..<length { unsafe base[index] += other.base[index] }
    }
}
