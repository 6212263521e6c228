// SPDX-License-Identifier: GPL-3.0-or-later

/// How the truth is spread over the range of a figure.
public enum RangeShape: String, CaseIterable, Hashable, Sendable {
    /// The range is the 95 % interval, half of it on either side of the value.
    case normal
    /// The value is the median, the ends are the 2.5 % and 97.5 % points, with a normal of its own width on either side.
    case splitNormal = "split_normal"
    /// As the split normal, smooth: a lognormal with a shift, which all three figures fix.
    case lognormal
    /// The ends are the least and the greatest possible, and every value between is as likely.
    case uniform
    /// The ends are the least and the greatest possible, the value is the likeliest.
    case triangular
    /// As the triangular, smooth (a beta distribution), with more weight on the value.
    case pert

    /// Whether the ends are limits of what is possible, not of the 95 % interval.
    public var endsAreLimits: Bool { self == .uniform || self == .triangular || self == .pert }

    /// Standard deviation of a range whose ends are limits; nil for the other shapes.
    func deviation(value: Double, low: Double, high: Double) -> Double? {
        switch self {
        case .normal, .splitNormal, .lognormal: return nil
        case .uniform: return (high - low) / 12.0.squareRoot()
        case .triangular:
            let sum = low * low + high * high + value * value - low * high - low * value - high * value
            return (max(0, sum) / 18).squareRoot()
        case .pert:
            let mean = (low + 4 * value + high) / 6
            return (max(0, (mean - low) * (high - mean)) / 7).squareRoot()
        }
    }
}

/// Figures whose errors have a common part: meters of one type, defaults of one table.
public struct ErrorGroup: Hashable, Sendable {
    public var name: String
    /// Correlation between the errors of two members, 0 to 1. [–]
    public var correlation: Double

    public init(name: String, correlation: Double) {
        self.name = name
        self.correlation = correlation
    }
}
