// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// A distribution on the real line. Parameters out of range give values that are not numbers, as in GSL.
public protocol ContinuousDistribution: Sendable {
    /// P(X ≤ x).
    func cumulative(_ x: Double) -> Double
    /// P(X > x), exact where it is far below 1.
    func upperTail(_ x: Double) -> Double
    /// The x below which the part `probability` lies.
    func quantile(_ probability: Double) -> Double
    /// The x above which the part `probability` lies.
    func upperQuantile(_ probability: Double) -> Double
}

public struct Normal: ContinuousDistribution {
    public var mean: Double
    /// Above 0.
    public var standardDeviation: Double

    public init(mean: Double = 0, standardDeviation: Double = 1) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    public func density(_ x: Double) -> Double { gsl_ran_gaussian_pdf(x - mean, standardDeviation) }
    public func cumulative(_ x: Double) -> Double { gsl_cdf_gaussian_P(x - mean, standardDeviation) }
    public func upperTail(_ x: Double) -> Double { gsl_cdf_gaussian_Q(x - mean, standardDeviation) }
    public func quantile(_ probability: Double) -> Double { mean + gsl_cdf_gaussian_Pinv(probability, standardDeviation) }
    public func upperQuantile(_ probability: Double) -> Double { mean + gsl_cdf_gaussian_Qinv(probability, standardDeviation) }
}

/// exp of a normal variable.
public struct Lognormal: ContinuousDistribution {
    /// Mean and standard deviation of the logarithm.
    public var logMean: Double
    public var logDeviation: Double

    public init(logMean: Double, logDeviation: Double) {
        self.logMean = logMean
        self.logDeviation = logDeviation
    }

    public func cumulative(_ x: Double) -> Double { x <= 0 ? 0 : gsl_cdf_lognormal_P(x, logMean, logDeviation) }
    public func upperTail(_ x: Double) -> Double { x <= 0 ? 1 : gsl_cdf_lognormal_Q(x, logMean, logDeviation) }
    public func quantile(_ probability: Double) -> Double { gsl_cdf_lognormal_Pinv(probability, logMean, logDeviation) }
    public func upperQuantile(_ probability: Double) -> Double { gsl_cdf_lognormal_Qinv(probability, logMean, logDeviation) }
}

public struct StudentT: ContinuousDistribution {
    public var degreesOfFreedom: Double

    public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

    public func cumulative(_ x: Double) -> Double { gsl_cdf_tdist_P(x, degreesOfFreedom) }
    public func upperTail(_ x: Double) -> Double { gsl_cdf_tdist_Q(x, degreesOfFreedom) }
    public func quantile(_ probability: Double) -> Double { gsl_cdf_tdist_Pinv(probability, degreesOfFreedom) }
    public func upperQuantile(_ probability: Double) -> Double { gsl_cdf_tdist_Qinv(probability, degreesOfFreedom) }
}

public struct ChiSquare: ContinuousDistribution {
    public var degreesOfFreedom: Double

    public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

    public func cumulative(_ x: Double) -> Double { gsl_cdf_chisq_P(x, degreesOfFreedom) }
    public func upperTail(_ x: Double) -> Double { gsl_cdf_chisq_Q(x, degreesOfFreedom) }
    public func quantile(_ probability: Double) -> Double { gsl_cdf_chisq_Pinv(probability, degreesOfFreedom) }
    public func upperQuantile(_ probability: Double) -> Double { gsl_cdf_chisq_Qinv(probability, degreesOfFreedom) }
}

/// Fisher's F.
public struct FisherF: ContinuousDistribution {
    public var numerator: Double
    public var denominator: Double

    /// - Parameters: degrees of freedom of the two variances.
    public init(numerator: Double, denominator: Double) {
        self.numerator = numerator
        self.denominator = denominator
    }

    public func cumulative(_ x: Double) -> Double { gsl_cdf_fdist_P(x, numerator, denominator) }
    public func upperTail(_ x: Double) -> Double { gsl_cdf_fdist_Q(x, numerator, denominator) }
    public func quantile(_ probability: Double) -> Double { gsl_cdf_fdist_Pinv(probability, numerator, denominator) }
    public func upperQuantile(_ probability: Double) -> Double { gsl_cdf_fdist_Qinv(probability, numerator, denominator) }
}

public struct Gamma: ContinuousDistribution {
    public var shape: Double
    /// Mean = shape × scale.
    public var scale: Double

    public init(shape: Double, scale: Double) {
        self.shape = shape
        self.scale = scale
    }

    public func cumulative(_ x: Double) -> Double { gsl_cdf_gamma_P(x, shape, scale) }
    public func upperTail(_ x: Double) -> Double { gsl_cdf_gamma_Q(x, shape, scale) }
    public func quantile(_ probability: Double) -> Double { gsl_cdf_gamma_Pinv(probability, shape, scale) }
    public func upperQuantile(_ probability: Double) -> Double { gsl_cdf_gamma_Qinv(probability, shape, scale) }
}

/// Triangular: what is left when only a least, a likely and a greatest value are known.
public struct Triangular: ContinuousDistribution {
    public var lower: Double
    public var mode: Double
    public var upper: Double

    /// - Parameters: lower ≤ mode ≤ upper. Three equal values give a constant.
    public init(lower: Double, mode: Double, upper: Double) {
        self.lower = lower
        self.mode = mode
        self.upper = upper
    }

    public func cumulative(_ x: Double) -> Double {
        if x < lower { return 0 }
        if x >= upper { return 1 }
        if x <= mode, mode > lower { return (x - lower) * (x - lower) / ((upper - lower) * (mode - lower)) }
        return 1 - upperTail(x)
    }

    public func upperTail(_ x: Double) -> Double {
        if x < lower { return 1 }
        if x >= upper { return 0 }
        if x >= mode, upper > mode { return (upper - x) * (upper - x) / ((upper - lower) * (upper - mode)) }
        return 1 - cumulative(x)
    }

    public func quantile(_ probability: Double) -> Double {
        guard upper > lower else { return lower }
        let atMode = (mode - lower) / (upper - lower)
        if probability <= atMode { return lower + (probability * (upper - lower) * (mode - lower)).squareRoot() }
        return upperQuantile(1 - probability)
    }

    public func upperQuantile(_ probability: Double) -> Double {
        guard upper > lower else { return lower }
        let aboveMode = (upper - mode) / (upper - lower)
        if probability <= aboveMode { return upper - (probability * (upper - lower) * (upper - mode)).squareRoot() }
        return quantile(1 - probability)
    }
}
