// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// Statistics of a sample by order. All return nil for an empty sample; values must be finite.
public enum OrderStatistics {
    /// The value below which a part of the sample lies, between order statistics linearly (type 7 of Hyndman and Fan, 1996).
    ///
    /// - Parameters:
    ///   - values: the sample, in any order.
    ///   - probability: 0 to 1.
    public static func quantile(_ values: [Double], _ probability: Double) -> Double? {
        quantiles(values, [probability])?.first
    }

    /// Several quantiles with one sorting.
    public static func quantiles(_ values: [Double], _ probabilities: [Double]) -> [Double]? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return probabilities.map { unsafe gsl_stats_quantile_from_sorted_data(sorted, 1, sorted.count, min(1, max(0, $0))) }
    }

    public static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        return unsafe gsl_stats_median_from_sorted_data(sorted, 1, sorted.count)
    }

    /// Median absolute deviation from the median, times 1.4826: the standard deviation, for a normal sample.
    public static func medianAbsoluteDeviation(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        var work = [Double](repeating: 0, count: values.count)
        return unsafe gsl_stats_mad(values, 1, values.count, &work)
    }

    /// Sₙ of Rousseeuw and Croux (1993): a scale as robust as the median absolute deviation, 58 % efficient instead of 37 %.
    public static func scaleSn(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        var work = [Double](repeating: 0, count: values.count)
        return unsafe gsl_stats_Sn_from_sorted_data(values.sorted(), 1, values.count, &work)
    }

    /// Qₙ of Rousseeuw and Croux (1993): 82 % efficient.
    public static func scaleQn(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        var work = [Double](repeating: 0, count: 3 * values.count)
        var counts = [Int32](repeating: 0, count: 5 * values.count)
        return unsafe gsl_stats_Qn_from_sorted_data(values.sorted(), 1, values.count, &work, &counts)
    }

    /// Running median over `2 halfWidth + 1` values, the window cut at the ends.
    public static func runningMedian(_ values: [Double], halfWidth: Int) throws(NumericalError) -> [Double] {
        guard !values.isEmpty else { return [] }
        var median = values
        try GSL.call("running median") { unsafe yusu_running(values.count, values, max(0, halfWidth), &median, nil) }
        return median
    }

    /// Running median, and running median absolute deviation times 1.4826.
    public static func runningMedianAndDeviation(
        _ values: [Double], halfWidth: Int
    ) throws(NumericalError) -> (median: [Double], deviation: [Double]) {
        guard !values.isEmpty else { return ([], []) }
        var median = values
        var deviation = values
        try GSL.call("running deviation") { unsafe yusu_running(values.count, values, max(0, halfWidth), &median, &deviation) }
        return (median, deviation)
    }
}

/// Moments of a sample.
public enum Moments {
    /// Nil for an empty sample.
    public static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : unsafe gsl_stats_mean(values, 1, values.count)
    }

    /// Unbiased (n − 1). Nil below two values.
    public static func variance(_ values: [Double]) -> Double? {
        values.count < 2 ? nil : unsafe gsl_stats_variance(values, 1, values.count)
    }

    /// Square root of the unbiased variance. Nil below two values.
    public static func standardDeviation(_ values: [Double]) -> Double? { variance(values)?.squareRoot() }

    /// Unbiased. Nil below two pairs; the lists are equally long.
    public static func covariance(_ left: [Double], _ right: [Double]) -> Double? {
        precondition(left.count == right.count, "lists of different length")
        return left.count < 2 ? nil : unsafe gsl_stats_covariance(left, 1, right, 1, left.count)
    }

    /// Pearson's correlation. Nil below two pairs, or where a list does not vary.
    public static func correlation(_ left: [Double], _ right: [Double]) -> Double? {
        guard let both = covariance(left, right), let a = standardDeviation(left), let b = standardDeviation(right), a > 0, b > 0 else {
            return nil
        }
        return both / (a * b)
    }

    /// Unbiased covariance matrix of observations, a row each. Nil below two rows.
    public static func covarianceMatrix(_ observations: Matrix) -> Matrix? {
        guard observations.rows >= 2 else { return nil }
        let (m, n) = (observations.rows, observations.columns)
        var centred = observations
        for j in 0..<n {
            var mean = 0.0
            for i in 0..<m { mean += observations[i, j] }
            mean /= Double(m)
            for i in 0..<m { centred[i, j] -= mean }
        }
        return (centred.transposed * centred).scaled(by: 1 / Double(m - 1))
    }
}
