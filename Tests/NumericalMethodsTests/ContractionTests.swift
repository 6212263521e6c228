// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing

@Suite("Products of contractions")
struct ContractionTests {
    private static func unit(_ random: RandomNumbers, _ n: Int) -> [Double] {
        let values = (0..<n).map { _ in random.normal() }
        let size = dotProduct(values, values).squareRoot()
        return values.map { $0 / size }
    }

    @Test("as matrices multiplied one after the other, in both precisions", arguments: [1, 3, 17])
    func matrices(n: Int) throws {
        let random = try RandomNumbers(seed: 5)
        var contractions = Contractions(length: n), product = Matrix.identity(n)
        for share in [1, 0.4, 0.9] {
            let vector = Self.unit(random, n)
            contractions.append(vector, share: share)
            var factor = Matrix.identity(n)
            for i in 0..<n { for j in 0..<n { factor[i, j] -= share * vector[i] * vector[j] } }
            product = factor * product
        }
        let rows = (0..<3 * n).map { _ in random.normal() }
        let found = contractions.applied(to: rows[...]), single = contractions.applied(to: rows.map(Float.init))
        for row in 0..<3 {
            let expected = product * Array(rows[row * n..<(row + 1) * n])
            for i in 0..<n {
                #expect(abs(found[row * n + i] - expected[i]) < 1e-14)
                #expect(abs(Double(single[row * n + i]) - expected[i]) < 1e-5)
            }
        }
    }
}
