// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// Pseudo-random numbers from a seed: the Mersenne twister MT19937 (Matsumoto and Nishimura, 1998).
///
/// The same seed and stream give the same numbers on every machine. One generator belongs to one task.
@safe
public final class RandomNumbers: RandomNumberGenerator {
    private let generator: UnsafeMutablePointer<gsl_rng>

    /// - Parameters:
    ///   - seed: any value.
    ///   - stream: separates generators that share a seed, for instance one per scenario.
    /// - Throws: `NumericalError` when there is no memory.
    public init(seed: UInt64, stream: UInt64 = 0) throws(NumericalError) {
        _ = GSL.isSilenced
        let mixed = Self.mix(Self.mix(seed) ^ Self.mix(stream &+ 0x9E37_79B9_7F4A_7C15))
        // GSL takes 32 bits, and 0 as its own default seed.
        guard let generator = unsafe yusu_mt19937(UInt(max(1, UInt32(truncatingIfNeeded: mixed >> 32)))) else {
            throw NumericalError(code: GSL_ENOMEM, function: "random numbers", reason: "no memory")
        }
        unsafe self.generator = generator
    }

    deinit { unsafe gsl_rng_free(generator) }

    /// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): neighbouring seeds become unlike.
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 64 random bits, so that the standard library's `shuffled(using:)` and `random(in:using:)` work on it.
    public func next() -> UInt64 {
        let high = unsafe UInt64(gsl_rng_get(generator))
        let low = unsafe UInt64(gsl_rng_get(generator))
        return high << 32 | low
    }

    /// Uniform in [0, 1).
    public func uniform() -> Double { unsafe gsl_rng_uniform(generator) }

    /// Uniform between two values.
    public func uniform(_ lower: Double, _ upper: Double) -> Double { lower + (upper - lower) * uniform() }

    /// Uniform in `0..<count`; `count` above 0.
    public func index(below count: Int) -> Int {
        precondition(count > 0, "nothing to choose from")
        return min(count - 1, Int(uniform() * Double(count)))
    }

    public func normal(mean: Double = 0, standardDeviation: Double = 1) -> Double {
        unsafe mean + gsl_ran_gaussian_ziggurat(generator, standardDeviation)
    }

    /// exp of a normal: `logMean` and `logDeviation` are those of the logarithm.
    public func lognormal(logMean: Double, logDeviation: Double) -> Double {
        unsafe gsl_ran_lognormal(generator, logMean, logDeviation)
    }

    /// Triangular between `lower` and `upper` with its mode at `mode`, by inversion.
    public func triangular(lower: Double, mode: Double, upper: Double) -> Double {
        Triangular(lower: lower, mode: mode, upper: upper).quantile(uniform())
    }

    public func poisson(mean: Double) -> Int { mean > 0 ? unsafe Int(gsl_ran_poisson(generator, mean)) : 0 }

    public func exponential(mean: Double) -> Double { unsafe gsl_ran_exponential(generator, mean) }

    public func gamma(shape: Double, scale: Double) -> Double { unsafe gsl_ran_gamma(generator, shape, scale) }

    public func binomial(trials: Int, probability: Double) -> Int {
        unsafe Int(gsl_ran_binomial(generator, min(1, max(0, probability)), UInt32(clamping: trials)))
    }
}
