// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// When a non-linear fit stops.
public struct LeastSquaresOptions: Sendable {
    /// Default 100; range 1 or more.
    public var maximumIterations: Int
    /// Step relative to the parameters at which it has converged. Default 1e-10; range above 0.
    public var stepTolerance: Double
    /// Scaled gradient at which it has converged. Default 1e-12; range 0 or more.
    public var gradientTolerance: Double

    public init(maximumIterations: Int = 100, stepTolerance: Double = 1e-10, gradientTolerance: Double = 1e-12) {
        self.maximumIterations = maximumIterations
        self.stepTolerance = stepTolerance
        self.gradientTolerance = gradientTolerance
    }
}

/// Prior knowledge of parameters as extra rows: adds `Σ (strength (p − centre))²` to the sum of squares.
public struct TikhonovTerm: Sendable {
    public var centre: [Double]
    /// Reciprocal of the prior's standard deviation; 0 leaves the parameter free.
    public var strength: [Double]

    public init(centre: [Double], strength: [Double]) {
        self.centre = centre
        self.strength = strength
    }
}

/// Result of a non-linear fit.
public struct NonlinearFit: Sendable {
    public enum Outcome: Sendable, Equatable {
        case smallStep
        case smallGradient
        case iterationLimit
        /// No step lowered the sum of squares any more: at the precision of the function, or a Jacobian that does not fit it.
        case noProgress

        public var isConverged: Bool { self == .smallStep || self == .smallGradient }
    }

    public let parameters: [Double]
    /// (Jᵀ W J)⁻¹ at the solution, the extra rows included. With weights 1/σ² it is the covariance of the parameters; with
    /// weights of 1, multiply it by ``residualVariance``.
    public let covariance: Matrix
    /// Weighted sum of squares of the data's residuals, the extra rows left out.
    public let chiSquare: Double
    public let degreesOfFreedom: Int
    public let residuals: [Double]
    public let iterations: Int
    public let outcome: Outcome

    /// χ² per degree of freedom.
    public var residualVariance: Double { degreesOfFreedom > 0 ? chiSquare / Double(degreesOfFreedom) : .nan }
}

/// Minimises a weighted sum of squares over parameters: Levenberg–Marquardt in a trust region.
///
/// Finds the minimum near the start, not the lowest one of several.
///
/// - Parameters:
///   - start: first guess of the parameters.
///   - residualCount: number of residuals, at least the number of parameters less the regularised ones.
///   - weights: one a residual, 1/σ²; none means 1.
///   - tikhonov: prior knowledge of the parameters.
///   - options: when to stop.
///   - residuals: fills residuals for parameters.
///   - jacobian: fills the derivatives, a row a residual, a column a parameter.
/// - Throws: `NumericalError` for sizes that do not fit, and for a start at which residuals are not finite.
public func nonlinearLeastSquares(
    start: [Double], residualCount: Int, weights: [Double]? = nil, tikhonov: TikhonovTerm? = nil,
    options: LeastSquaresOptions = LeastSquaresOptions(), residuals: ([Double], inout [Double]) -> Void,
    jacobian: ([Double], inout Matrix) -> Void
) throws(NumericalError) -> NonlinearFit {
    let name = "non-linear least squares"
    let p = start.count
    let rows = residualCount + (tikhonov == nil ? 0 : p)
    guard p > 0, residualCount > 0, rows >= p else {
        throw NumericalError.invalid(name, "\(residualCount) residuals do not determine \(p) parameters")
    }
    if let weights {
        guard weights.count == residualCount, weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw NumericalError.invalid(name, "one weight of 0 or more is needed for each residual")
        }
    }
    if let tikhonov {
        guard tikhonov.centre.count == p, tikhonov.strength.count == p else {
            throw NumericalError.invalid(name, "the regularisation needs one centre and one strength for each parameter")
        }
    }
    var first = [Double](repeating: 0, count: residualCount)
    residuals(start, &first)
    guard first.count == residualCount, first.allSatisfy(\.isFinite), start.allSatisfy(\.isFinite) else {
        throw NumericalError.invalid(name, "the residuals at the start are not finite")
    }

    var parameters = start
    var covariance = Matrix(rows: p, columns: p)
    var iterations: Int32 = 0
    var reason: Int32 = 0
    let allWeights = weights.map { $0 + [Double](repeating: 1, count: rows - residualCount) }
    let code: Int32 = try withoutActuallyEscaping(residuals) { residuals throws(NumericalError) in
        try withoutActuallyEscaping(jacobian) { jacobian throws(NumericalError) in
            let box = FitBox(p, residualCount, tikhonov, residuals, jacobian)
            return try GSL.call(name, accepting: [GSL.iterationLimit, GSL.noProgress]) {
                withExtendedLifetime(box) {
                    let context = unsafe Unmanaged.passUnretained(box).toOpaque()
                    let limit = Int32(clamping: max(1, options.maximumIterations))
                    func run(_ weights: UnsafePointer<Double>?) -> Int32 {
                        unsafe yusu_fit(
                            FitBox.residualsTrampoline, FitBox.jacobianTrampoline, context, rows, p, weights, &parameters, limit,
                            options.stepTolerance, options.gradientTolerance, 0, &covariance.storage, &iterations, &reason)
                    }
                    guard let allWeights else { return run(nil) }
                    return unsafe allWeights.withUnsafeBufferPointer { unsafe run($0.baseAddress) }
                }
            }
        }
    }

    residuals(parameters, &first)
    var chiSquare = 0.0
    for i in 0..<residualCount { chiSquare += (weights?[i] ?? 1) * first[i] * first[i] }
    let outcome: NonlinearFit.Outcome =
        switch (code, reason) {
        case (GSL.iterationLimit, _): .iterationLimit
        case (GSL.noProgress, _): .noProgress
        case (_, 2): .smallGradient
        default: .smallStep
        }
    return NonlinearFit(
        parameters: parameters, covariance: covariance, chiSquare: chiSquare, degreesOfFreedom: residualCount - p, residuals: first,
        iterations: Int(iterations), outcome: outcome)
}

/// The two functions of a fit on their way through C, with their buffers.
private final class FitBox {
    let residuals: ([Double], inout [Double]) -> Void
    let jacobian: ([Double], inout Matrix) -> Void
    let tikhonov: TikhonovTerm?
    var parameters: [Double]
    var values: [Double]
    var derivatives: Matrix

    init(
        _ p: Int, _ residualCount: Int, _ tikhonov: TikhonovTerm?, _ residuals: @escaping ([Double], inout [Double]) -> Void,
        _ jacobian: @escaping ([Double], inout Matrix) -> Void
    ) {
        self.residuals = residuals
        self.jacobian = jacobian
        self.tikhonov = tikhonov
        parameters = [Double](repeating: 0, count: p)
        values = [Double](repeating: 0, count: residualCount)
        derivatives = Matrix(rows: residualCount, columns: p)
    }

    @unsafe
    func evaluateResiduals(_ x: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>) {
        for j in parameters.indices { parameters[j] = unsafe x[j] }
        residuals(parameters, &values)
        for i in values.indices { unsafe out[i] = values[i] }
        guard let tikhonov else { return }
        for j in parameters.indices {
            unsafe out[values.count + j] = tikhonov.strength[j] * (parameters[j] - tikhonov.centre[j])
        }
    }

    @unsafe
    func evaluateJacobian(_ x: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>) {
        for j in parameters.indices { parameters[j] = unsafe x[j] }
        jacobian(parameters, &derivatives)
        for i in derivatives.storage.indices { unsafe out[i] = derivatives.storage[i] }
        guard let tikhonov else { return }
        let p = parameters.count
        for i in 0..<p {
            for j in 0..<p { unsafe out[derivatives.storage.count + i * p + j] = i == j ? tikhonov.strength[i] : 0 }
        }
    }

    static let residualsTrampoline:
        @convention(c) (UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?) -> Int32 = { x, out, context in
            guard let x = unsafe x, let out = unsafe out, let context = unsafe context else { return GSL.badFunction }
            unsafe Unmanaged<FitBox>.fromOpaque(context).takeUnretainedValue().evaluateResiduals(x, out)
            return GSL.success
        }

    static let jacobianTrampoline:
        @convention(c) (UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?) -> Int32 = { x, out, context in
            guard let x = unsafe x, let out = unsafe out, let context = unsafe context else { return GSL.badFunction }
            unsafe Unmanaged<FitBox>.fromOpaque(context).takeUnretainedValue().evaluateJacobian(x, out)
            return GSL.success
        }
}
