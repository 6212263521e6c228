// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import TextFiles

struct TableTextTests {
    @Test func fieldsAreThoseOfDelimitedText() {
        var table = TableText(header: "a,b")
        let numbers = [0, 0.0000004, 0.0000005, -0.0000004, 12.5, -3.25, 1234567.891, 9e9, 1e17, .nan, .infinity, -.infinity]
        let words = ["", "plain", "a,b", "say \"no\"", " blank", "blank ", "two\nlines", "Zürich"]
        var expected = "a,b\n"
        for value in numbers {
            for decimals in [0, 3, 6] {
                table.field(value, decimals: decimals)
                table.field("x")
                table.endRow()
                expected += DelimitedText.line([NumberText.fixed(value, decimals), "x"])
            }
        }
        for word in words {
            table.field(word)
            table.field(true)
            table.endRow()
            expected += DelimitedText.line([word, "true"])
        }
        for number in [0, 7, 10, -10, 999_999, Int.max, Int.min] {
            table.field(number)
            table.empty()
            table.endRow()
            expected += DelimitedText.line(["\(number)", ""])
        }
        #expect(String(decoding: table.bytes, as: UTF8.self) == expected)
    }

    @Test func scaledIntegersHaveOneText() {
        var table = TableText()
        for (mantissa, decimals) in [(12_500, 3), (-5, 3), (0, 2), (7, 0), (-1_000, 3), (123, 7)] {
            table.field(mantissa, scaledBy: decimals)
            table.endRow()
        }
        #expect(String(decoding: table.bytes, as: UTF8.self) == "12.5\n-0.005\n0\n7\n-1\n0.0000123\n")
    }
}
