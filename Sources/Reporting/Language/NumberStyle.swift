// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

extension Wording {
    /// The number with its interval, without unit: `1,240 ± 60`, or `1.40 (0.70–2.80)` where the interval is not symmetric.
    /// The interval decides how many digits are worth printing: its half width has two.
    public func numbers(_ figure: Figure) -> String {
        let figure = converted(figure)
        guard let value = figure.value, value.isFinite else { return catalogue.text(.notKnown) }
        let low = figure.low ?? value
        let high = figure.high ?? value
        let halfWidth = (high - low) / 2
        guard halfWidth > 1e-9 * abs(value), halfWidth.isFinite else {
            switch figure.precision {
            case .automatic: return asGiven(value == 0 ? 0 : Self.rounded(value, to: Self.magnitude(value) - 3))
            case .decimals(let count): return number(value, decimals: count)
            case .asGiven: return asGiven(value)
            }
        }
        let place: Int
        switch figure.precision {
        case .automatic:
            // An interval far narrower than the figure is not worth more than five digits of it.
            place = max(Self.magnitude(halfWidth) - 1, Self.magnitude(value) - 4)
            if Self.rounded(halfWidth, to: place) == 0 { return number(Self.rounded(value, to: place), decimals: max(0, -place)) }
        case .decimals(let count): place = -count
        case .asGiven:
            return isSymmetric(value, low, high)
                ? asGiven(value) + "\u{A0}±\u{A0}" + asGiven(Self.rounded(halfWidth, to: Self.magnitude(halfWidth) - 1))
                : "\(asGiven(value)) (\(asGiven(low))–\(asGiven(high)))"
        }
        let decimals = max(0, -place)
        func rounded(_ x: Double) -> String { number(Self.rounded(x, to: place), decimals: decimals) }
        return isSymmetric(value, low, high)
            ? rounded(value) + "\u{A0}±\u{A0}" + rounded(halfWidth) : "\(rounded(value)) (\(rounded(low))–\(rounded(high)))"
    }

    /// With the language's marks; the minus sign is U+2212.
    public func number(_ value: Double, decimals: Int) -> String {
        catalogue.marks.marked(NumberText.fixed(value, min(max(decimals, 0), 9)))
    }

    private func asGiven(_ value: Double) -> String {
        // Eight digits: more are left over from the conversion of units.
        let rounded = value == 0 ? 0 : Self.rounded(value, to: Self.magnitude(value) - 7)
        var text = NumberText.fixed(rounded, 9)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return catalogue.marks.marked(text)
    }

    private func isSymmetric(_ value: Double, _ low: Double, _ high: Double) -> Bool {
        abs((low + high) / 2 - value) <= 0.005 * (high - low)
    }

    /// Power of ten of the first digit.
    static func magnitude(_ value: Double) -> Int {
        var size = abs(value)
        guard size > 0, size.isFinite else { return 0 }
        var power = 0
        while size >= 10, power < 300 { size /= 10; power += 1 }
        while size < 1, power > -300 { size *= 10; power -= 1 }
        return power
    }

    /// To a multiple of 10^place.
    static func rounded(_ value: Double, to place: Int) -> Double {
        var unit = 1.0
        for _ in 0..<abs(place) { unit *= 10 }
        let scaled = place > 0 ? (value / unit).rounded() * unit : (value * unit).rounded() / unit
        return scaled.isFinite ? scaled : value
    }
}
