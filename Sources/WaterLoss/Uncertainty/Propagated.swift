// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// A computed figure that remembers how each source of error moves it. A formula is written once and gives three things: the value,
/// its first-order deviations (JCGM 100:2008, 5.1.2) and, where the register simulates, its value in every sample (JCGM 101:2008).
/// What enters twice, in a numerator and a denominator say, is therefore counted once, with its sign.
public struct Propagated: Hashable, Sendable {
    public let value: Double
    /// Derivative with respect to each source of error times its standard deviation; sources beyond the end count zero.
    let deviations: [Double]
    /// Values in the samples of the register's simulation; empty where it does not vary, or nothing is simulated.
    let samples: [Double]

    init(_ value: Double, deviations: [Double] = [], samples: [Double] = []) {
        self.value = value
        self.deviations = deviations
        self.samples = samples
    }

    /// Square root of the sum of squares over the independent sources of error.
    public var standardDeviation: Double {
        var sum = 0.0
        for deviation in deviations { sum += deviation * deviation }
        return sum.squareRoot()
    }

    /// With the interval of the simulation where there was one.
    public var estimate: Estimate { Estimate(value, standardDeviation: standardDeviation, simulated: simulated) }

    /// Value and interval of linear propagation alone.
    public var linearEstimate: Estimate { Estimate(value, standardDeviation: standardDeviation) }

    private var simulated: SimulatedInterval? {
        guard !samples.isEmpty, samples.allSatisfy(\.isFinite),
            let ends = OrderStatistics.quantiles(samples, [0.025, 0.975]), let mean = Moments.mean(samples)
        else { return nil }
        return SimulatedInterval(
            low95: ends[0], high95: ends[1], mean: mean, standardDeviation: Moments.standardDeviation(samples) ?? 0)
    }

    static func + (a: Self, b: Self) -> Self {
        Self(a.value + b.value, deviations: combine(a, 1, b, 1), samples: sampled(a, b, +))
    }
    static func - (a: Self, b: Self) -> Self {
        Self(a.value - b.value, deviations: combine(a, 1, b, -1), samples: sampled(a, b, -))
    }
    static func * (a: Self, b: Self) -> Self {
        Self(a.value * b.value, deviations: combine(a, b.value, b, a.value), samples: sampled(a, b, *))
    }
    static func / (a: Self, b: Self) -> Self {
        let quotient = a.value / b.value
        return Self(quotient, deviations: combine(a, 1 / b.value, b, -quotient / b.value), samples: sampled(a, b, /))
    }
    static func * (factor: Double, a: Self) -> Self {
        Self(factor * a.value, deviations: a.deviations.map { factor * $0 }, samples: a.samples.map { factor * $0 })
    }
    static func + (constant: Double, a: Self) -> Self {
        Self(constant + a.value, deviations: a.deviations, samples: a.samples.map { constant + $0 })
    }
    static func - (constant: Double, a: Self) -> Self {
        Self(constant - a.value, deviations: a.deviations.map { -$0 }, samples: a.samples.map { constant - $0 })
    }

    /// p/(1 − p): volume that meters miss over volume that they registered, where they miss the share p of the true volume.
    var missedOverRegistered: Self { self / (1 - self) }

    private static func combine(_ a: Self, _ da: Double, _ b: Self, _ db: Double) -> [Double] {
        if a.deviations.isEmpty && b.deviations.isEmpty { return [] }
        var result = [Double](repeating: 0, count: max(a.deviations.count, b.deviations.count))
        for (index, deviation) in a.deviations.enumerated() { result[index] = da * deviation }
        for (index, deviation) in b.deviations.enumerated() { result[index] += db * deviation }
        return result
    }

    @inline(__always)
    private static func sampled(_ a: Self, _ b: Self, _ operation: (Double, Double) -> Double) -> [Double] {
        if a.samples.isEmpty && b.samples.isEmpty { return [] }
        if b.samples.isEmpty { return a.samples.map { operation($0, b.value) } }
        if a.samples.isEmpty { return b.samples.map { operation(a.value, $0) } }
        // Figures of two simulations cannot be told against each other.
        guard a.samples.count == b.samples.count else { return [] }
        return a.samples.indices.map { operation(a.samples[$0], b.samples[$0]) }
    }
}

extension Sequence<Propagated> {
    func sum() -> Propagated { reduce(Propagated(0)) { $0 + $1 } }
}
