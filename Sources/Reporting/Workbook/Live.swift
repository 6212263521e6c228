// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A figure of the workbook: the formula by which a spreadsheet program computes it, and what it comes to now. Writing the one is
/// computing the other, so that the two cannot differ.
struct Live {
    /// As OOXML writes it: English names, comma between arguments, no `=` before it.
    var formula: String
    var value: Double
    /// How loosely the formula holds together, which says where brackets are needed.
    enum Binding: Int { case whole, power, product, sum }
    fileprivate var binding: Binding

    init(formula: String, value: Double, binding: Binding = .whole) {
        self.formula = formula
        self.value = value
        self.binding = binding
    }

    static func constant(_ value: Double) -> Self {
        let text = "\(value)"
        return Self(formula: text.hasSuffix(".0") ? String(text.dropLast(2)) : text, value: value, binding: value < 0 ? .sum : .whole)
    }

    private func text(within binding: Binding) -> String { self.binding.rawValue > binding.rawValue ? "(" + formula + ")" : formula }

    private static func join(_ a: Self, _ sign: String, _ b: Self, _ value: Double, _ binding: Binding, tight: Binding) -> Self {
        Self(formula: a.text(within: binding) + sign + b.text(within: tight), value: value, binding: binding)
    }

    static func + (a: Self, b: Self) -> Self { join(a, "+", b, a.value + b.value, .sum, tight: .sum) }
    static func - (a: Self, b: Self) -> Self { join(a, "-", b, a.value - b.value, .sum, tight: .product) }
    static func * (a: Self, b: Self) -> Self { join(a, "*", b, a.value * b.value, .product, tight: .product) }
    static func / (a: Self, b: Self) -> Self { join(a, "/", b, a.value / b.value, .product, tight: .power) }
    static func * (a: Double, b: Self) -> Self { constant(a) * b }
    static func + (a: Double, b: Self) -> Self { constant(a) + b }
    static func / (a: Self, b: Double) -> Self { a / constant(b) }

    func power(_ exponent: Self) -> Self {
        Self(formula: text(within: .whole) + "^" + exponent.text(within: .whole), value: pow(value, exponent.value), binding: .power)
    }

    static func sum(_ terms: [Self]) -> Self {
        guard let first = terms.first else { return constant(0) }
        return terms.dropFirst().reduce(first, +)
    }

    /// Half width of the interval of a sum of independent figures.
    static func quadrature(_ margins: [Self]) -> Self {
        Self(
            formula: "SQRT(SUMSQ(" + margins.map(\.formula).joined(separator: ",") + "))",
            value: margins.reduce(0) { $0 + $1.value * $1.value }.squareRoot())
    }

    /// Share of a capital to be set aside each year: i/(1−(1+i)⁻ⁿ), 1/n at no interest.
    static func capitalRecovery(rate: Self, years: Self) -> Self {
        let value = rate.value == 0 ? 1 / years.value : rate.value / (1 - pow(1 + rate.value, -years.value))
        let (r, n) = (rate.text(within: .whole), years.text(within: .whole))
        return Self(formula: "IF(\(r)=0,1/\(n),\(r)/(1-(1+\(r))^(-\(n))))", value: value)
    }
}
