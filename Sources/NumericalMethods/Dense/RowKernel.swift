// SPDX-License-Identifier: GPL-3.0-or-later

/// The one inner loop of dense products: a row plus multiples of other rows, four at a time, so that a pass over the row in hand
/// serves four of them.
enum RowKernel {
    /// Columns that are worked on at a time: those of a hundred rows stay in the second-level cache.
    static let panel = 128
    /// Rows that are added up before the next row is taken in hand.
    static let depth = 128

    @unsafe
    @inline(__always)
    static func four(_ values: UnsafeBufferPointer<Double>, _ index: Int) -> SIMD4<Double> {
        unsafe UnsafeRawPointer(values.baseAddress.unsafelyUnwrapped + index).loadUnaligned(as: SIMD4<Double>.self)
    }

    /// The sum of products, in four sums of four, so that none waits for the one before it.
    @unsafe
    static func dot(_ left: UnsafeBufferPointer<Double>, _ right: UnsafeBufferPointer<Double>) -> Double {
        let count = left.count
        var a = SIMD4<Double>.zero, b = a, c = a, d = a
        var i = 0
        while i &+ 16 <= count {
            unsafe a += four(left, i) * four(right, i)
            unsafe b += four(left, i &+ 4) * four(right, i &+ 4)
            unsafe c += four(left, i &+ 8) * four(right, i &+ 8)
            unsafe d += four(left, i &+ 12) * four(right, i &+ 12)
            i &+= 16
        }
        var sum = ((a + b) + (c + d)).sum()
        while i < count {
            unsafe sum += left[i] * right[i]
            i &+= 1
        }
        return sum
    }

    @unsafe
    @inline(__always)
    private static func fourWide(_ values: UnsafeBufferPointer<Float>, _ index: Int) -> SIMD4<Double> {
        unsafe SIMD4<Double>(
            UnsafeRawPointer(values.baseAddress.unsafelyUnwrapped + index).loadUnaligned(as: SIMD4<Float>.self))
    }

    /// The same of values kept in half the memory; the sum is in full precision.
    @unsafe
    static func dot(_ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>) -> Double {
        let count = left.count
        var a = SIMD4<Double>.zero, b = a
        var i = 0
        while i &+ 8 <= count {
            unsafe a += fourWide(left, i) * fourWide(right, i)
            unsafe b += fourWide(left, i &+ 4) * fourWide(right, i &+ 4)
            i &+= 8
        }
        var sum = (a + b).sum()
        while i < count {
            unsafe sum += Double(left[i]) * Double(right[i])
            i &+= 1
        }
        return sum
    }

    /// target ← target + sign Σ factors[k · step] rows[k · stride …], `width` values long, over `terms` rows.
    @unsafe
    @inline(__always)
    static func add(
        to target: UnsafeMutablePointer<Double>, sign: Double, factors: UnsafePointer<Double>, step: Int, rows: UnsafePointer<Double>,
        stride: Int, terms: Int, width: Int
    ) {
        var k = 0
        while k &+ 4 <= terms {
            let a0 = unsafe sign * factors[k &* step], a1 = unsafe sign * factors[(k &+ 1) &* step]
            let a2 = unsafe sign * factors[(k &+ 2) &* step], a3 = unsafe sign * factors[(k &+ 3) &* step]
            let r0 = unsafe rows + k &* stride
            let r1 = unsafe r0 + stride
            let r2 = unsafe r1 + stride
            let r3 = unsafe r2 + stride
            for j in 0..<width { unsafe target[j] += (a0 * r0[j] + a1 * r1[j]) + (a2 * r2[j] + a3 * r3[j]) }
            k &+= 4
        }
        while k < terms {
            let a = unsafe sign * factors[k &* step]
            let r = unsafe rows + k &* stride
            for j in 0..<width { unsafe target[j] += a * r[j] }
            k &+= 1
        }
    }

    /// The same for two rows, which share what is read of the others.
    @unsafe
    @inline(__always)
    static func addPair(
        to first: UnsafeMutablePointer<Double>, _ second: UnsafeMutablePointer<Double>, factors a: UnsafePointer<Double>,
        _ b: UnsafePointer<Double>, step: Int, rows: UnsafePointer<Double>, stride: Int, terms: Int, width: Int
    ) {
        var k = 0
        while k &+ 4 <= terms {
            let a0 = unsafe a[k &* step], a1 = unsafe a[(k &+ 1) &* step], a2 = unsafe a[(k &+ 2) &* step]
            let a3 = unsafe a[(k &+ 3) &* step], b0 = unsafe b[k &* step], b1 = unsafe b[(k &+ 1) &* step]
            let b2 = unsafe b[(k &+ 2) &* step], b3 = unsafe b[(k &+ 3) &* step]
            let r0 = unsafe rows + k &* stride
            let r1 = unsafe r0 + stride
            let r2 = unsafe r1 + stride
            let r3 = unsafe r2 + stride
            for j in 0..<width {
                let x0 = unsafe r0[j], x1 = unsafe r1[j], x2 = unsafe r2[j], x3 = unsafe r3[j]
                unsafe first[j] += (a0 * x0 + a1 * x1) + (a2 * x2 + a3 * x3)
                unsafe second[j] += (b0 * x0 + b1 * x1) + (b2 * x2 + b3 * x3)
            }
            k &+= 4
        }
        guard k < terms else { return }
        let done = k &* stride
        unsafe add(
            to: first, sign: 1, factors: a + k &* step, step: step, rows: rows + done, stride: stride, terms: terms &- k, width: width)
        unsafe add(
            to: second, sign: 1, factors: b + k &* step, step: step, rows: rows + done, stride: stride, terms: terms &- k, width: width)
    }
}
