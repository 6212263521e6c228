// SPDX-License-Identifier: GPL-3.0-or-later

/// A figure with its uncertainty: `low95` to `high95` holds the truth in 95 of 100 cases. Where no simulation says otherwise it is
/// taken as normal: `value` ± 1.96 `standardDeviation`. The unit is that of the property which holds it.
public struct Estimate: Hashable, Sendable {
    /// Standard deviations from the centre to the end of a two-sided 95 % interval of the normal distribution.
    public static let normal95 = 1.959963984540054

    public var value: Double
    /// Of linear propagation.
    public var standardDeviation: Double
    /// What a simulation of the inputs found; nil where there was none.
    public var simulated: SimulatedInterval?

    public init(_ value: Double, standardDeviation: Double = 0, simulated: SimulatedInterval? = nil) {
        self.value = value
        self.standardDeviation = standardDeviation
        self.simulated = simulated
    }

    /// - margin95: half width of the 95 % interval, in the unit of `value`.
    public init(_ value: Double, margin95: Double) {
        self.init(value, standardDeviation: margin95 / Self.normal95)
    }

    /// - relativeMargin95: half width of the 95 % interval as a fraction of `value`. [–]
    public init(_ value: Double, relativeMargin95: Double) {
        self.init(value, margin95: abs(value) * relativeMargin95)
    }

    /// Half width of the interval of linear propagation.
    public var margin95: Double { standardDeviation * Self.normal95 }
    /// Ends of the 95 % interval: those of the simulation where there was one, which hold for skewed and non-linear cases too.
    public var low95: Double { simulated?.low95 ?? value - margin95 }
    public var high95: Double { simulated?.high95 ?? value + margin95 }
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
        Self(left * right.value, standardDeviation: abs(left) * right.standardDeviation, simulated: right.simulated?.scaled(by: left))
    }

    private static func hypotenuse(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
}

/// What a Monte Carlo run says of a figure.
public struct SimulatedInterval: Hashable, Sendable {
    /// 2.5 % and 97.5 % points.
    public var low95: Double
    public var high95: Double
    public var mean: Double
    public var standardDeviation: Double

    public init(low95: Double, high95: Double, mean: Double, standardDeviation: Double) {
        self.low95 = low95
        self.high95 = high95
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    func scaled(by factor: Double) -> Self {
        let ends = (factor * low95, factor * high95)
        return Self(
            low95: min(ends.0, ends.1), high95: max(ends.0, ends.1), mean: factor * mean,
            standardDeviation: abs(factor) * standardDeviation)
    }
}
