// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing

@Suite("Sums of products")
struct DotProductTests {
    @Test("in both precisions as summed one after the other, at every length", arguments: 0...40)
    func lengths(count: Int) {
        let left = (0..<count).map { Double($0 % 7) - 2.5 }, right = (0..<count).map { Double($0 % 5) * 0.25 + 1 }
        // Halves and quarters: exact in either precision.
        let expected = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(dotProduct(left, right) == expected)
        #expect(dotProduct(left.map(Float.init)[...], right.map(Float.init)[...]) == expected)
    }

    @Test("of single precision the sum loses nothing")
    func precision() {
        let small = [Float](repeating: 1, count: 3) + [Float](repeating: 1e-4, count: 16)
        #expect(abs(dotProduct(small[...], small[...]) - (3 + 16 * Double(Float(1e-4)) * Double(Float(1e-4)))) < 1e-15)
    }
}
