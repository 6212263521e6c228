// SPDX-License-Identifier: GPL-3.0-or-later

/// A decimal number as it stood in the file: `mantissa` × 10^−`decimals`.
struct DecimalText: Hashable, Sendable {
    /// Digits behind the mark that are kept; further ones are rounded (half away from zero). A tenth of a millilitre where the unit is m³.
    static let mostDecimals = 7
    /// Largest size of a reading, in its unit. With seven decimals the mantissa then stays under 10^18.
    static let largest = 100_000_000_000

    static let powers: [Int] = (0...18).map { n in (0..<n).reduce(1) { power, _ in power * 10 } }

    enum Outcome: Hashable {
        case number(DecimalText)
        case notANumber
        case tooLarge
    }

    var mantissa: Int
    var decimals: Int

    /// Reads what most exports hold: a sign, digits, a mark and digits, at most 18 bytes; nil for all else, which `read` judges.
    /// Zeros at the end are kept.
    @inline(__always)
    static func readPlain(_ bytes: UnsafePointer<UInt8>, _ length: Int, mark: UInt8) -> DecimalText? {
        guard length > 0, length <= 18 else { return nil }
        let negative = unsafe bytes[0] == 45
        var at = negative ? 1 : 0
        var mantissa = 0
        let first = at
        while at < length {
            let digit = unsafe bytes[at] &- 48
            guard digit <= 9 else { break }
            mantissa = mantissa &* 10 &+ Int(digit)
            at += 1
        }
        let whole = at - first
        guard whole > 0, whole <= 11 else { return nil }
        var decimals = 0
        if at < length {
            guard unsafe bytes[at] == mark, length - at - 1 <= mostDecimals, length - at > 1 else { return nil }
            decimals = length - at - 1
            at += 1
            while at < length {
                let digit = unsafe bytes[at] &- 48
                guard digit <= 9 else { return nil }
                mantissa = mantissa &* 10 &+ Int(digit)
                at += 1
            }
        }
        return DecimalText(mantissa: negative ? -mantissa : mantissa, decimals: decimals)
    }

    /// Reads up to eight digits with so many behind the mark as the value before had, all at once; nil for all else. Sixteen bytes must be
    /// readable.
    @inline(__always)
    static func readShort(_ bytes: UnsafePointer<UInt8>, _ length: Int, mark: UInt8, decimals: Int) -> Int? {
        let whole = decimals > 0 ? length - decimals - 1 : length
        guard whole > 0, whole + decimals <= 8, decimals == 0 || (unsafe bytes[whole] == mark) else { return nil }
        let raw = unsafe UnsafeRawPointer(bytes)
        // The digits side by side, the last one in the highest byte, zeros in front.
        var text = unsafe UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) &<< UInt64(64 - 8 * whole)
        if decimals > 0 {
            let behind = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: whole + 1, as: UInt64.self))
            text = text &>> UInt64(8 * decimals) | behind &<< UInt64(64 - 8 * decimals)
        }
        let digits = whole + decimals
        if digits < 8 { text |= 0x3030_3030_3030_3030 &>> UInt64(8 * digits) }
        let high: UInt64 = 0xf0f0_f0f0_f0f0_f0f0
        guard text & high | ((text &+ 0x0606_0606_0606_0606) & high) &>> 4 == 0x3333_3333_3333_3333 else { return nil }
        // Two digits, then four, then eight (D. Lemire, 2018).
        text &= 0x0f0f_0f0f_0f0f_0f0f
        text = text &* 10 &+ text &>> 8
        let pairs: UInt64 = 0x0000_00ff_0000_00ff
        text = (text & pairs) &* 0x000f_4240_0000_0064 &+ (text &>> 16 & pairs) &* 0x0000_2710_0000_0001
        return Int(truncatingIfNeeded: text &>> 32)
    }

    /// Reads digits with a sign, a decimal mark, thousands marks and an exponent (`1e+05`); nothing else is a number.
    static func read(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, mark: UInt8, thousands: UInt8?) -> Outcome {
        var at = start
        var negative = false
        if at < end, bytes[at] == 45 || bytes[at] == 43 {
            negative = bytes[at] == 45
            at += 1
        }
        var mantissa = 0, decimals = 0, digits = 0, significant = 0
        var behind = false, exponent = 0
        while at < end {
            let byte = bytes[at]
            if byte >= 48, byte <= 57 {
                digits += 1
                if significant < 18 {
                    mantissa = mantissa * 10 + Int(byte) - 48
                    if mantissa > 0 { significant += 1 }
                    if behind { decimals += 1 }
                } else if !behind {
                    return .tooLarge
                }
            } else if byte == mark, !behind {
                behind = true
            } else if let thousands, byte == thousands, !behind, digits > 0 {
                // a thousands mark
            } else if byte | 32 == 101, digits > 0 {
                guard let power = readExponent(bytes, at + 1, end) else { return .notANumber }
                exponent = power
                at = end
                break
            } else {
                return .notANumber
            }
            at += 1
        }
        guard digits > 0 else { return .notANumber }
        return scaled(negative ? -mantissa : mantissa, decimals - exponent)
    }

    private static func readExponent(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var at = start
        var sign = 1
        if at < end, bytes[at] == 45 || bytes[at] == 43 {
            sign = bytes[at] == 45 ? -1 : 1
            at += 1
        }
        guard at < end, end - at <= 3 else { return nil }
        var value = 0
        while at < end {
            guard bytes[at] >= 48, bytes[at] <= 57 else { return nil }
            value = value * 10 + Int(bytes[at]) - 48
            at += 1
        }
        return sign * value
    }

    private static func scaled(_ mantissa: Int, _ decimals: Int) -> Outcome {
        var mantissa = mantissa, decimals = decimals
        if mantissa == 0 { return .number(DecimalText(mantissa: 0, decimals: 0)) }
        if decimals < 0 {
            guard decimals >= -11 else { return .tooLarge }
            let (product, overflow) = mantissa.multipliedReportingOverflow(by: powers[-decimals])
            guard !overflow else { return .tooLarge }
            mantissa = product
            decimals = 0
        }
        if decimals > mostDecimals {
            let excess = decimals - mostDecimals
            if excess > 18 { return .number(DecimalText(mantissa: 0, decimals: 0)) }
            let power = powers[excess]
            let half = power / 2
            mantissa = mantissa >= 0 ? (mantissa + half) / power : (mantissa - half) / power
            decimals = mostDecimals
        }
        while decimals > 0, mantissa % 10 == 0 {
            mantissa /= 10
            decimals -= 1
        }
        guard mantissa.magnitude / UInt(powers[decimals]) < UInt(largest) else { return .tooLarge }
        return .number(DecimalText(mantissa: mantissa, decimals: decimals))
    }

    /// `12.5` for 125 and 1; the same number has one text only.
    static func text(_ mantissa: Int, _ decimals: Int) -> String {
        var mantissa = mantissa, decimals = decimals
        while decimals > 0, mantissa % 10 == 0 {
            mantissa /= 10
            decimals -= 1
        }
        guard decimals > 0 else { return "\(mantissa)" }
        let digits = "\(mantissa.magnitude)"
        let padded = digits.count > decimals ? digits : String(repeating: "0", count: decimals + 1 - digits.count) + digits
        return (mantissa < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
