// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing

@Suite("Products of dense matrices")
struct MatrixProductTests {
    /// Quarters, so that sums are exact in whatever order.
    private func matrix(_ rows: Int, _ columns: Int) -> Matrix {
        Matrix(rows: rows, columns: columns, storage: (0..<rows * columns).map { Double($0 * 7 % 23) * 0.25 - 2 })
    }

    private func product(_ a: Matrix, _ b: Matrix) -> Matrix {
        var result = Matrix(rows: a.rows, columns: b.columns)
        for i in 0..<a.rows { for j in 0..<b.columns { for k in 0..<a.columns { result[i, j] += a[i, k] * b[k, j] } } }
        return result
    }

    @Test("as sums of products one after the other, across the widths at which the work is cut", arguments: [1, 2, 31, 33, 130, 200])
    func products(width: Int) {
        let a = matrix(9, width), b = matrix(9, 5)
        #expect(a.transposed * b == product(a.transposed, b))
        #expect(a.transposedTimes(b) == product(a.transposed, b))
        #expect(a.timesTransposed(a) == product(a, a.transposed))
        #expect(a.gramOfRows == product(a, a.transposed))
        #expect(a.gram == product(a.transposed, a))
        let part = Matrix(rows: 4, columns: width, storage: Array(a.storage[3 * width..<7 * width]))
        #expect(a.gram(ofRows: 3..<7) == product(part.transposed, part))
        var sum = matrix(width, 5)
        sum.addTransposed(a, times: b)
        #expect(sum == matrix(width, 5) + product(a.transposed, b))
    }
}
