// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// Result of a linear fit.
public struct LinearFit: Sendable {
    public let parameters: [Double]
    /// Covariance of the parameters: from the scatter of the residuals without weights, from the weights where they are given.
    public let covariance: Matrix
    /// Weighted sum of squared residuals.
    public let chiSquare: Double
    public let degreesOfFreedom: Int
    /// Less than the number of parameters when columns of the design depend on each other; the fit is then the shortest one.
    public let rank: Int
}

/// Least squares of `values ≈ design · parameters`, by singular values.
///
/// - Parameters:
///   - design: a row an observation, a column a parameter.
///   - values: one an observation.
///   - weights: 1/σ², one an observation; none means equal and unknown.
/// - Throws: `NumericalError` for sizes that do not fit and values that are not finite.
public func linearLeastSquares(design: Matrix, values: [Double], weights: [Double]? = nil) throws(NumericalError) -> LinearFit {
    let name = "linear least squares"
    try checkSizes(name, design, values)
    if let weights {
        guard weights.count == values.count, weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw NumericalError.invalid(name, "one weight of 0 or more is needed for each value")
        }
    }
    var parameters = [Double](repeating: 0, count: design.columns)
    var covariance = Matrix(rows: design.columns, columns: design.columns)
    var chiSquare = 0.0
    var rank = 0
    try GSL.call(name) {
        func run(_ weights: UnsafePointer<Double>?) -> Int32 {
            unsafe yusu_linear_fit(
                design.rows, design.columns, design.storage, weights, values, &parameters, &covariance.storage, &chiSquare, &rank)
        }
        guard let weights else { return run(nil) }
        return unsafe weights.withUnsafeBufferPointer { unsafe run($0.baseAddress) }
    }
    return LinearFit(
        parameters: parameters, covariance: covariance, chiSquare: chiSquare, degreesOfFreedom: design.rows - design.columns, rank: rank)
}

/// Result of a robust linear fit.
public struct RobustFit: Sendable {
    public let parameters: [Double]
    /// Cautious: GSL scales it with a mean of the robust and the ordinary residual variance, so outliers widen it.
    public let covariance: Matrix
    /// Robust estimate of the residuals' standard deviation.
    public let scale: Double
    /// Weight each observation ended with, 0 to 1: 0 is an outlier left out.
    public let weights: [Double]
    public let iterations: Int
    /// False when the limit of iterations came first; the parameters are then the last ones.
    public let isConverged: Bool
}

/// Linear regression that outliers in the values cannot turn: iteratively reweighted with Tukey's bisquare (tuning 4.685, 95 %
/// efficient under the normal). Not safe against outliers in the design (leverage points).
///
/// - Parameters:
///   - design: a row an observation, a column a parameter; more rows than columns.
///   - values: one an observation.
///   - maximumIterations: default 100.
/// - Throws: `NumericalError` for sizes that do not fit, values that are not finite, or a design without full rank.
public func robustLinearRegression(design: Matrix, values: [Double], maximumIterations: Int = 100) throws(NumericalError) -> RobustFit {
    let name = "robust regression"
    try checkSizes(name, design, values)
    guard design.rows > design.columns else {
        throw NumericalError.invalid(name, "\(design.rows) observations are too few for \(design.columns) parameters")
    }
    var parameters = [Double](repeating: 0, count: design.columns)
    var covariance = Matrix(rows: design.columns, columns: design.columns)
    var scale = 0.0
    var weights = [Double](repeating: 1, count: design.rows)
    var iterations = 0
    let code = try GSL.call(name, accepting: [GSL.iterationLimit]) {
        unsafe yusu_robust_fit(
            design.rows, design.columns, design.storage, values, max(1, maximumIterations), &parameters, &covariance.storage, &scale,
            &weights, &iterations)
    }
    return RobustFit(
        parameters: parameters, covariance: covariance, scale: scale, weights: weights, iterations: iterations,
        isConverged: code == GSL.success)
}

private func checkSizes(_ name: String, _ design: Matrix, _ values: [Double]) throws(NumericalError) {
    guard design.columns > 0, design.rows >= design.columns, values.count == design.rows else {
        throw NumericalError.invalid(
            name, "\(values.count) values do not fit a design of \(design.rows) observations and \(design.columns) parameters")
    }
    guard values.allSatisfy(\.isFinite), design.storage.allSatisfy(\.isFinite) else {
        throw NumericalError.invalid(name, "a value is not finite")
    }
}
