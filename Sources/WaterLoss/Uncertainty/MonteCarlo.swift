// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods

/// The random part of a simulation, made once and shared by every figure: for each source of error a column of standard normal
/// scores. The first 40 columns are a shifted Sobol net (as far as GSL's table reaches); further ones are Latin hypercube columns
/// of seeded pseudo-random numbers, evenly spread each, but not with each other.
///
///     let balance = try WaterBalance(input, monteCarlo: MonteCarlo(samples: 8192, seed: 1))
public struct MonteCarlo: Sendable, Hashable {
    /// Enough for 95 % intervals to about 1 % of their width.
    public static let usualSamples = 8192

    /// Number of samples.
    public let samples: Int
    public let seed: UInt64
    private let scores: [[Double]]

    /// - Parameters:
    ///   - samples: 64 to 2²⁰; a power of two fills the space most evenly.
    ///   - seed: any.
    /// - Throws: `NumericalError` for a number of samples out of range.
    public init(samples: Int = Self.usualSamples, seed: UInt64) throws(NumericalError) {
        guard (64...1 << 20).contains(samples) else {
            throw NumericalError(code: 4, function: "Monte Carlo", reason: "\(samples) samples; give 64 to 1048576")
        }
        self.samples = samples
        self.seed = seed
        let points = try SobolPoints.points(count: samples, dimension: SobolPoints.maximumDimension, seed: seed)
        let normal = Normal()
        scores = (0..<SobolPoints.maximumDimension).map { column in
            (0..<samples).map { normal.quantile(points[$0, column]) }
        }
    }

    /// Standard normal scores of one source of error.
    func column(_ index: Int) -> [Double] {
        if index < scores.count { return scores[index] }
        // Memory for a generator is there, or the program has ended before.
        guard let random = try? RandomNumbers(seed: seed, stream: UInt64(index)) else { return [Double](repeating: 0, count: samples) }
        let normal = Normal()
        let width = 1 / Double(samples)
        var strata = Array(0..<samples)
        for i in stride(from: samples - 1, to: 0, by: -1) { strata.swapAt(i, random.index(below: i + 1)) }
        return strata.map { normal.quantile(min(1 - 1e-12, max(1e-12, (Double($0) + random.uniform()) * width))) }
    }

    public static func == (left: Self, right: Self) -> Bool { left.samples == right.samples && left.seed == right.seed }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(samples)
        hasher.combine(seed)
    }
}
