// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// A distribution on 0, 1, 2 …
public protocol DiscreteDistribution: Sendable {
    func probability(_ count: Int) -> Double
    /// P(X ≤ count).
    func cumulative(_ count: Int) -> Double
    /// P(X > count).
    func upperTail(_ count: Int) -> Double
    /// Least count with P(X ≤ count) ≥ `probability`; nil where there is none.
    func quantile(_ probability: Double) -> Int?
}

public struct Binomial: DiscreteDistribution {
    public var trials: Int
    public var chance: Double

    /// - Parameters:
    ///   - trials: 0 or more.
    ///   - chance: probability of success, 0 to 1.
    public init(trials: Int, chance: Double) {
        self.trials = trials
        self.chance = chance
    }

    public func probability(_ count: Int) -> Double {
        count < 0 || count > trials ? 0 : gsl_ran_binomial_pdf(UInt32(clamping: count), chance, UInt32(clamping: trials))
    }

    public func cumulative(_ count: Int) -> Double {
        if count < 0 { return 0 }
        return count >= trials ? 1 : gsl_cdf_binomial_P(UInt32(clamping: count), chance, UInt32(clamping: trials))
    }

    public func upperTail(_ count: Int) -> Double {
        if count < 0 { return 1 }
        return count >= trials ? 0 : gsl_cdf_binomial_Q(UInt32(clamping: count), chance, UInt32(clamping: trials))
    }

    public func quantile(_ probability: Double) -> Int? {
        guard probability >= 0, probability <= 1 else { return nil }
        return leastCount(reaching: probability, below: trials, cumulative)
    }
}

public struct Poisson: DiscreteDistribution {
    public var mean: Double

    /// - Parameter mean: above 0.
    public init(mean: Double) { self.mean = mean }

    public func probability(_ count: Int) -> Double { count < 0 ? 0 : gsl_ran_poisson_pdf(UInt32(clamping: count), mean) }

    public func cumulative(_ count: Int) -> Double { count < 0 ? 0 : gsl_cdf_poisson_P(UInt32(clamping: count), mean) }

    public func upperTail(_ count: Int) -> Double { count < 0 ? 1 : gsl_cdf_poisson_Q(UInt32(clamping: count), mean) }

    public func quantile(_ probability: Double) -> Int? {
        guard probability >= 0, probability < 1, mean.isFinite, mean >= 0 else { return nil }
        var upper = max(1, Int(min(mean, 1e9)))
        while cumulative(upper) < probability, upper < Int(UInt32.max) { upper *= 2 }
        return leastCount(reaching: probability, below: upper, cumulative)
    }
}

/// Bisection on a cumulative distribution.
private func leastCount(reaching probability: Double, below upper: Int, _ cumulative: (Int) -> Double) -> Int {
    var (low, high) = (0, upper)
    while low < high {
        let middle = low + (high - low) / 2
        if cumulative(middle) >= probability { high = middle } else { low = middle + 1 }
    }
    return low
}
