// SPDX-License-Identifier: GPL-3.0-or-later

/// A figure with its uncertainty, taken as normal: `value` ± 1.96 `standardDeviation` holds the truth in 95 of 100 cases.
/// The unit is that of the property which holds it.
public struct Estimate: Hashable, Sendable {
    /// Standard deviations from the centre to the end of a two-sided 95 % interval of the normal distribution.
    public static let normal95 = 1.959963984540054

    public var value: Double
    public var standardDeviation: Double

    public init(_ value: Double, standardDeviation: Double = 0) {
        self.value = value
        self.standardDeviation = standardDeviation
    }

    /// - margin95: half width of the 95 % interval, in the unit of `value`.
    public init(_ value: Double, margin95: Double) {
        self.init(value, standardDeviation: margin95 / Self.normal95)
    }

    /// - relativeMargin95: half width of the 95 % interval as a fraction of `value`. [–]
    public init(_ value: Double, relativeMargin95: Double) {
        self.init(value, margin95: abs(value) * relativeMargin95)
    }

    public var margin95: Double { standardDeviation * Self.normal95 }
    public var low95: Double { value - margin95 }
    public var high95: Double { value + margin95 }
    /// Half width of the 95 % interval as a fraction of the value; nil where the value is zero. [–]
    public var relativeMargin95: Double? { value == 0 ? nil : margin95 / abs(value) }

    /// Sum of independent figures.
    public static func + (left: Self, right: Self) -> Self {
        Self(left.value + right.value, standardDeviation: hypotenuse(left.standardDeviation, right.standardDeviation))
    }
    /// Difference of independent figures.
    public static func - (left: Self, right: Self) -> Self {
        Self(left.value - right.value, standardDeviation: hypotenuse(left.standardDeviation, right.standardDeviation))
    }
    public static func * (left: Double, right: Self) -> Self {
        Self(left * right.value, standardDeviation: abs(left) * right.standardDeviation)
    }

    private static func hypotenuse(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
}
