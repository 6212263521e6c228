// SPDX-License-Identifier: GPL-3.0-or-later

extension SIMD4<Double> {
    /// Each value without its sign.
    @inlinable
    @inline(__always)
    public var magnitudes: Self { unsafe unsafeBitCast(unsafeBitCast(self, to: SIMD4<UInt64>.self) & 0x7FFF_FFFF_FFFF_FFFF, to: Self.self) }
}

extension SIMD8<Double> {
    /// Each value without its sign.
    @inlinable
    @inline(__always)
    public var magnitudes: Self { unsafe unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt64>.self) & 0x7FFF_FFFF_FFFF_FFFF, to: Self.self) }

    /// Larger of each pair; written out, because the library's function is not inlined.
    @inlinable
    @inline(__always)
    public func larger(_ other: Self) -> Self { replacing(with: other, where: other .> self) }
}
