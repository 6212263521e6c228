// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A computed figure that remembers how each independent input moves it (first-order propagation, JCGM 100:2008, 5.1.2).
/// What enters twice, in a numerator and a denominator say, is therefore counted once, with its sign.
public struct Propagated: Hashable, Sendable {
    public let value: Double
    /// Derivative with respect to each input of the register times that input's standard deviation; inputs beyond the end count zero.
    let deviations: [Double]

    init(_ value: Double, deviations: [Double] = []) {
        self.value = value
        self.deviations = deviations
    }

    /// Square root of the sum of squares over the independent inputs.
    public var standardDeviation: Double {
        var sum = 0.0
        for deviation in deviations { sum += deviation * deviation }
        return sum.squareRoot()
    }

    public var estimate: Estimate { Estimate(value, standardDeviation: standardDeviation) }

    static func + (a: Self, b: Self) -> Self { Self(a.value + b.value, deviations: combine(a, 1, b, 1)) }
    static func - (a: Self, b: Self) -> Self { Self(a.value - b.value, deviations: combine(a, 1, b, -1)) }
    static func * (a: Self, b: Self) -> Self { Self(a.value * b.value, deviations: combine(a, b.value, b, a.value)) }
    static func / (a: Self, b: Self) -> Self {
        let quotient = a.value / b.value
        return Self(quotient, deviations: combine(a, 1 / b.value, b, -quotient / b.value))
    }
    static func * (factor: Double, a: Self) -> Self { Self(factor * a.value, deviations: a.deviations.map { factor * $0 }) }
    static func - (constant: Double, a: Self) -> Self { Self(constant - a.value, deviations: a.deviations.map { -$0 }) }

    /// p/(1 − p): volume that meters miss over volume that they registered, where they miss the share p of the true volume.
    var missedOverRegistered: Self { self / (1 - self) }

    private static func combine(_ a: Self, _ da: Double, _ b: Self, _ db: Double) -> [Double] {
        if a.deviations.isEmpty && b.deviations.isEmpty { return [] }
        var result = [Double](repeating: 0, count: max(a.deviations.count, b.deviations.count))
        for (index, deviation) in a.deviations.enumerated() { result[index] = da * deviation }
        for (index, deviation) in b.deviations.enumerated() { result[index] += db * deviation }
        return result
    }
}

/// The independent inputs of a calculation, in the order in which they were named.
public struct InputRegister: Hashable, Sendable {
    public private(set) var names: [String] = []

    public init() {}

    /// Enters an input. One without a deviation is a constant and takes no place.
    mutating func input(_ name: String, _ estimate: Estimate) -> Propagated {
        // A range written the wrong way round is as wide as the right way round.
        let deviation = abs(estimate.standardDeviation)
        guard deviation > 0 else { return Propagated(estimate.value) }
        names.append(name)
        return Propagated(estimate.value, deviations: [Double](repeating: 0, count: names.count - 1) + [deviation])
    }

    /// Parts of the variance of a figure by input, largest first; inputs that do not move it are left out.
    public func varianceShares(of figure: Propagated) -> [VarianceShare] {
        let variance = figure.standardDeviation * figure.standardDeviation
        guard variance > 0 else { return [] }
        return zip(names, figure.deviations).filter { $0.1 != 0 }
            .map { VarianceShare(input: $0.0, share: $0.1 * $0.1 / variance) }
            .sorted { ($1.share, $0.input) < ($0.share, $1.input) }
    }
}

/// How much of the variance of a result comes from one input.
public struct VarianceShare: Hashable, Sendable {
    /// Name of the input: a line of the balance, or a figure of the city profile.
    public var input: String
    /// [–]
    public var share: Double

    public init(input: String, share: Double) {
        self.input = input
        self.share = share
    }
}
