// SPDX-License-Identifier: GPL-3.0-or-later

extension NumberText {
    /// The whole powers of ten that a double holds exactly.
    private static let exactPowers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// As `number(_:)`, straight from bytes. A number of up to 15 digits and a small exponent is one exact product or quotient
    /// (Clinger 1990); any other goes the slow way, so that the result is always the nearest double.
    public static func number(_ bytes: borrowing [UInt8], _ range: Range<Int>) -> Double? {
        var index = range.lowerBound
        let end = range.upperBound
        guard index < end else { return nil }
        var isNegative = false
        if bytes[index] == 45 || bytes[index] == 43 {
            isNegative = bytes[index] == 45
            index += 1
        }
        var mantissa: UInt64 = 0
        var digits = 0, power = 0
        while index < end {
            let digit = bytes[index] &- 48
            guard digit < 10 else { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            digits += 1
            index += 1
        }
        if index < end, bytes[index] == 46 {
            index += 1
            let first = index
            while index < end {
                let digit = bytes[index] &- 48
                guard digit < 10 else { break }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                digits += 1
                index += 1
            }
            power = first - index
        }
        if digits > 0, index < end, bytes[index] == 101 || bytes[index] == 69 {
            index += 1
            var isDown = false
            if index < end, bytes[index] == 45 || bytes[index] == 43 {
                isDown = bytes[index] == 45
                index += 1
            }
            let first = index
            var exponent = 0
            while index < end, index - first < 5 {
                let digit = bytes[index] &- 48
                guard digit < 10 else { break }
                exponent = exponent * 10 + Int(digit)
                index += 1
            }
            if index == first { digits = 0 }
            power += isDown ? -exponent : exponent
        }
        // 19 digits cannot have overflowed, and those beyond 2⁵³ go the slow way.
        guard index == end, digits > 0, digits < 20, mantissa <= 1 << 53, power >= -22, power <= 22 else {
            return number(String(decoding: bytes[range], as: UTF8.self))
        }
        let size = power < 0 ? Double(mantissa) / exactPowers[-power] : Double(mantissa) * exactPowers[power]
        return isNegative ? -size : size
    }
}
