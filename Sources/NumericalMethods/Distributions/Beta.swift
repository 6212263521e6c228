// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// Beta on an interval. With `Beta.pert` the distribution of expert estimates: a least, a likely and a greatest value, smooth between.
public struct Beta: ContinuousDistribution {
    public var lower: Double
    public var upper: Double
    /// Exponents of the density, plus one; above 0.
    public var alpha: Double
    public var beta: Double

    public init(lower: Double = 0, upper: Double = 1, alpha: Double, beta: Double) {
        self.lower = lower
        self.upper = upper
        self.alpha = alpha
        self.beta = beta
    }

    /// PERT (Malcolm, Roseboom, Clark and Fazar, 1959): mean (least + 4 likely + greatest)/6. Three equal values give a constant.
    public static func pert(lower: Double, mode: Double, upper: Double) -> Beta {
        let width = upper - lower
        guard width > 0 else { return Beta(lower: lower, upper: upper, alpha: 3, beta: 3) }
        return Beta(lower: lower, upper: upper, alpha: 1 + 4 * (mode - lower) / width, beta: 1 + 4 * (upper - mode) / width)
    }

    public func cumulative(_ x: Double) -> Double {
        upper > lower ? gsl_cdf_beta_P(share(x), alpha, beta) : (x >= lower ? 1 : 0)
    }
    public func upperTail(_ x: Double) -> Double {
        upper > lower ? gsl_cdf_beta_Q(share(x), alpha, beta) : (x >= lower ? 0 : 1)
    }
    public func quantile(_ probability: Double) -> Double {
        upper > lower ? lower + (upper - lower) * gsl_cdf_beta_Pinv(probability, alpha, beta) : lower
    }
    public func upperQuantile(_ probability: Double) -> Double {
        upper > lower ? lower + (upper - lower) * gsl_cdf_beta_Qinv(probability, alpha, beta) : lower
    }

    private func share(_ x: Double) -> Double { min(1, max(0, (x - lower) / (upper - lower))) }
}
