// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// Where a method on one variable arrived.
public struct FunctionPoint: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        case converged
        /// The limit of iterations came first; the point is the best so far.
        case iterationLimit
        /// A minimum at an end of the interval: the function still falls towards the outside.
        case atEnd
    }

    public let x: Double
    /// Value of the function at `x`.
    public let value: Double
    public let iterations: Int
    public let outcome: Outcome
}

/// How closely a root or a minimum is wanted.
public struct Tolerance: Sendable {
    /// In the unit of x. Default 0; range 0 or more. Rounding of the interval's width is always allowed for.
    public var absolute: Double
    /// Part of x. Default 1e-10; range 0 or more.
    public var relative: Double
    /// Default 100; range 1 or more.
    public var maximumIterations: Int

    public init(absolute: Double = 0, relative: Double = 1e-10, maximumIterations: Int = 100) {
        self.absolute = absolute
        self.relative = relative
        self.maximumIterations = maximumIterations
    }
}

/// The root of a continuous function in an interval at whose ends it has different signs: Brent's method.
///
/// - Throws: `NumericalError` when the ends do not enclose a root, or the function is not finite.
public func root(
    in interval: ClosedRange<Double>, tolerance: Tolerance = Tolerance(), of function: (Double) -> Double
) throws(NumericalError) -> FunctionPoint {
    // An end that is a root itself: the sign test of GSL accepts it, its interval test may then run to the limit.
    for end in [interval.lowerBound, interval.upperBound] where function(end) == 0 {
        return FunctionPoint(x: end, value: 0, iterations: 0, outcome: .converged)
    }
    var x = interval.lowerBound
    var iterations: Int32 = 0
    let absolute = tolerance.absolute + 1e-14 * (interval.upperBound - interval.lowerBound)  // for a root at 0
    let code = try GSL.call("root", accepting: [GSL.unfinished]) {
        unsafe FunctionBox.lend(function) { context in
            unsafe yusu_root(
                FunctionBox.trampoline, context, interval.lowerBound, interval.upperBound, absolute, tolerance.relative,
                Int32(clamping: tolerance.maximumIterations), &x, &iterations)
        }
    }
    return FunctionPoint(
        x: x, value: function(x), iterations: Int(iterations), outcome: code == GSL.success ? .converged : .iterationLimit)
}

/// The minimum of a function with one valley in an interval: a scan for the valley, then Brent's method.
///
/// Where the function has several valleys, the one found is the lowest at the scan's points. A minimum is flat: its place cannot be
/// found closer than about 1e-8 of itself.
///
/// - Parameters:
///   - interval: where the valley is looked for.
///   - tolerance: of the place. Default 1e-7 of it.
///   - scanPoints: points of the scan. Default 16; range 3 or more.
///   - function: finite in the interval.
/// - Throws: `NumericalError` when the function is not finite.
public func minimum(
    in interval: ClosedRange<Double>, tolerance: Tolerance = Tolerance(relative: 1e-7), scanPoints: Int = 16,
    of function: (Double) -> Double
) throws(NumericalError) -> FunctionPoint {
    let count = max(3, scanPoints)
    let absolute = tolerance.absolute + 1e-10 * (interval.upperBound - interval.lowerBound)  // for a minimum at 0
    var (lower, upper) = (interval.lowerBound, interval.upperBound)
    var iterations: Int32 = 0
    for _ in 0..<tolerance.maximumIterations {
        let places = (0..<count).map { $0 == count - 1 ? upper : lower + (upper - lower) * Double($0) / Double(count - 1) }
        let values = places.map(function)
        guard values.allSatisfy(\.isFinite) else { throw NumericalError.invalid("minimum", "the function is not finite in \(interval)") }
        var best = 0
        for i in 1..<count where values[i] < values[best] { best = i }
        let width = upper - lower
        lower = places[max(0, best - 1)]
        upper = places[min(count - 1, best + 1)]
        let isInside = best > 0 && best < count - 1 && values[best] < values[best - 1] && values[best] < values[best + 1]
        if !isInside {
            let limit = max(absolute + tolerance.relative * abs(places[best]), 4 * places[best].ulp)
            if width <= limit || upper - lower >= width {
                let isEnd = places[best] == interval.lowerBound || places[best] == interval.upperBound
                return FunctionPoint(
                    x: places[best], value: values[best], iterations: Int(iterations), outcome: isEnd ? .atEnd : .converged)
            }
            continue
        }
        var x = places[best]
        var value = values[best]
        let code = try GSL.call("minimum", accepting: [GSL.unfinished]) {
            unsafe FunctionBox.lend(function) { context in
                unsafe yusu_minimum(
                    FunctionBox.trampoline, context, places[best], lower, upper, absolute, tolerance.relative,
                    Int32(clamping: tolerance.maximumIterations), &x, &value, &iterations)
            }
        }
        return FunctionPoint(x: x, value: value, iterations: Int(iterations), outcome: code == GSL.success ? .converged : .iterationLimit)
    }
    let middle = lower + (upper - lower) / 2
    return FunctionPoint(x: middle, value: function(middle), iterations: Int(iterations), outcome: .iterationLimit)
}

/// Value of an integral and a bound on its error.
public struct Integral: Sendable, Equatable {
    public let value: Double
    public let error: Double
}

/// The integral of a function over a finite interval: adaptive 21-point Gauss–Kronrod.
///
/// - Parameters:
///   - interval: of integration.
///   - absolute: absolute error that is good enough.
///   - relative: wanted relative error. Default 1e-10; range 1e-14 or more.
///   - maximumIntervals: most subdivisions. Default 1000.
///   - function: finite in the interval.
/// - Throws: `NumericalError` when the error wanted is not reached (a pole, for instance).
public func integral(
    over interval: ClosedRange<Double>, absolute: Double = 0, relative: Double = 1e-10, maximumIntervals: Int = 1000,
    of function: (Double) -> Double
) throws(NumericalError) -> Integral {
    var value = 0.0
    var error = 0.0
    try GSL.call("integral") {
        unsafe FunctionBox.lend(function) { context in
            unsafe yusu_integral(
                FunctionBox.trampoline, context, interval.lowerBound, interval.upperBound, absolute, relative, max(1, maximumIntervals),
                &value, &error)
        }
    }
    return Integral(value: value, error: error)
}
