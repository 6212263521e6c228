// SPDX-License-Identifier: GPL-3.0-or-later

/// Numbers as text and back, without the machine's locale.
public enum NumberText {
    /// Fixed number of decimals, rounded half away from zero; "-0.0" is written "0.0".
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : (value < 0 ? "-inf" : "inf") }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        let units = Int(scaled)
        let power = Int(scale)
        let sign = value < 0 && units > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(units)" }
        let fraction = "\(units % power)"
        return "\(sign)\(units / power).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }

    /// Given number of significant digits, without an exponent where the size allows.
    public static func significant(_ value: Double, _ digits: Int = 3) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, 0) }
        var magnitude = 0
        var size = abs(value)
        while size >= 10 { size /= 10; magnitude += 1 }
        while size < 1 { size *= 10; magnitude -= 1 }
        let decimals = max(0, digits - 1 - magnitude)
        guard decimals <= 12 else { return "\(value)" }
        var rounding = 1.0
        for _ in 0..<max(0, magnitude - digits + 1) { rounding *= 10 }
        return fixed((value / rounding).rounded() == 0 || rounding == 1 ? value : (value / rounding).rounded() * rounding, decimals)
    }

    /// Shortest text that reads back as the same number; whole numbers without ".0".
    public static func exact(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A finite decimal number; nil for anything else ("nan", "inf", "0x10" and empty text included).
    public static func number(_ text: some StringProtocol) -> Double? {
        guard let first = text.utf8.first,
            text.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || $0 == 43 || $0 == 45 || $0 == 46 || $0 == 69 || $0 == 101 }),
            first != 69, first != 101, let value = Double(text), value.isFinite
        else { return nil }
        return value
    }
}
