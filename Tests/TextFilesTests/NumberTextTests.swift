// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import TextFiles

@Suite("numbers as text")
struct NumberTextTests {
    static let fixedCases: [(value: Double, decimals: Int, expected: String)] = [
        (0, 0, "0"), (0, 2, "0.00"), (-0.0, 1, "0.0"), (1.5, 0, "2"), (2.5, 0, "3"), (-1.5, 0, "-2"), (0.125, 2, "0.13"),
        (-0.125, 2, "-0.13"),
        (0.05, 3, "0.050"), (12.007, 2, "12.01"), (-0.001, 2, "0.00"), (-0.4, 0, "0"), (999.999, 2, "1000.00"),
        (1_234_567.891, 1, "1234567.9"),
        (0.000_000_4, 6, "0.000000"), (.nan, 2, "nan"), (.infinity, 2, "inf"), (-.infinity, 0, "-inf"),
    ]

    @Test("fixed decimals, half away from zero, without a negative zero", arguments: fixedCases)
    func fixed(value: Double, decimals: Int, expected: String) {
        #expect(NumberText.fixed(value, decimals) == expected)
    }

    @Test(
        "any number with any count of decimals is written, and reads back near",
        arguments: [1e16, 1e22, -3e300, Double.leastNonzeroMagnitude, 1.7e308, 0.1])
    func extremes(value: Double) throws {
        for decimals in [0, 6, 17, 18, 19, 30] {
            let back = try #require(NumberText.number(NumberText.fixed(value, decimals)))
            #expect(abs(back - value) <= max(abs(value) * 1e-15, 0.5))
        }
    }

    static let significantCases: [(value: Double, digits: Int, expected: String)] = [
        (0, 3, "0"), (1234, 3, "1230"), (1236, 3, "1240"), (12.345, 3, "12.3"), (0.012345, 3, "0.0123"), (-0.5, 3, "-0.500"),
        (100, 3, "100"),
        (987_654, 2, "990000"), (5, 1, "5"), (0.00999, 2, "0.010"), (9.996, 3, "10.0"), (0.9999, 3, "1.00"), (99.95, 3, "100"),
        (1e-20, 3, "1e-20"), (.nan, 3, "nan"), (-.infinity, 3, "-inf"),
    ]

    @Test("significant digits, also where rounding adds a place", arguments: significantCases)
    func significant(value: Double, digits: Int, expected: String) {
        #expect(NumberText.significant(value, digits) == expected)
    }

    @Test("the shortest text that reads back", arguments: [0.1, 1.0 / 3, 1e21, Double.leastNonzeroMagnitude, 123_456_789, -2.5])
    func exact(value: Double) {
        #expect(NumberText.number(NumberText.exact(value)) == value)
    }

    @Test("whole numbers have no decimals")
    func whole() {
        #expect(NumberText.exact(3) == "3" && NumberText.exact(-12) == "-12" && NumberText.exact(0.5) == "0.5")
    }

    @Test("decimal numbers and nothing else are numbers")
    func reading() {
        for (text, value) in [("1", 1.0), ("-1.5", -1.5), ("+2", 2), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-2", 0.01)] {
            #expect(NumberText.number(text) == value, "\(text)")
        }
        for text in ["", " ", "nan", "inf", "0x10", "1,5", "1 000", "1e", "e5", "--1", "1-", "-", ".", "1e999", "１", "1_000", "infinity"] {
            #expect(NumberText.number(text) == nil, "\(text)")
        }
    }
}
