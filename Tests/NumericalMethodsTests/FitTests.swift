// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import NumericalMethods
import Testing

/// NIST gives eleven digits; double precision and a step tolerance of 1e-10 keep about seven of them.
private let certifiedTolerance = 1e-7

private func isClose(_ value: Double, _ expected: Double, relative: Double) -> Bool {
    abs(value - expected) <= relative * abs(expected)
}

@Suite("least squares")
struct FitTests {
    /// NIST StRD Misra1a: y = b1 (1 − exp(−b2 x)).
    static let misraX = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0]
    static let misraY = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78]

    static func misraResiduals(_ b: [Double], _ out: inout [Double]) {
        for i in misraX.indices { out[i] = b[0] * (1 - exp(-b[1] * misraX[i])) - misraY[i] }
    }

    static func misraJacobian(_ b: [Double], _ out: inout Matrix) {
        for i in misraX.indices {
            let e = exp(-b[1] * misraX[i])
            out[i, 0] = 1 - e
            out[i, 1] = b[0] * misraX[i] * e
        }
    }

    @Test("NIST Misra1a from both certified starts", arguments: [[500, 0.0001], [250, 0.0005]])
    func misra(start: [Double]) throws {
        let fit = try nonlinearLeastSquares(
            start: start, residualCount: 14, residuals: Self.misraResiduals, jacobian: Self.misraJacobian)
        #expect(fit.outcome.isConverged)
        #expect(isClose(fit.parameters[0], 2.389_421_291_8e2, relative: certifiedTolerance))
        #expect(isClose(fit.parameters[1], 5.501_564_318_1e-4, relative: certifiedTolerance))
        #expect(isClose(fit.chiSquare, 1.245_513_889_4e-1, relative: certifiedTolerance))
        let deviations = fit.covariance.diagonal.map { ($0 * fit.residualVariance).squareRoot() }
        #expect(isClose(deviations[0], 2.707_007_524_1, relative: 1e-5))  // the Jacobian of the last accepted step
        #expect(isClose(deviations[1], 7.266_868_843_6e-6, relative: 1e-5))
    }

    @Test("weights of four are each observation given four times")
    func weights() throws {
        let fit = try nonlinearLeastSquares(
            start: [250, 0.0005], residualCount: 14, weights: [Double](repeating: 4, count: 14), residuals: Self.misraResiduals,
            jacobian: Self.misraJacobian)
        #expect(isClose(fit.parameters[0], 2.389_421_291_8e2, relative: certifiedTolerance))
        #expect(isClose(fit.chiSquare, 4 * 1.245_513_889_4e-1, relative: certifiedTolerance))
    }

    @Test("a prior pulls a linear parameter to the precision-weighted mean")
    func tikhonov() throws {
        let values = [1.0, 2, 3, 6]  // mean 3, sum 12
        let fit = try nonlinearLeastSquares(
            start: [0], residualCount: 4, tikhonov: TikhonovTerm(centre: [10], strength: [2]),
            residuals: { b, out in for i in 0..<4 { out[i] = b[0] - values[i] } },
            jacobian: { _, out in for i in 0..<4 { out[i, 0] = 1 } })
        #expect(isClose(fit.parameters[0], (12 + 4 * 10) / 8, relative: 1e-9))
        #expect(isClose(fit.covariance[0, 0], 1.0 / 8, relative: 1e-9))
        let residuals = values.map { 6.5 - $0 }
        #expect(isClose(fit.chiSquare, dotProduct(residuals, residuals), relative: 1e-9))
    }

    @Test("what cannot be fitted is an error that says why, and the limit of iterations an outcome")
    func refused() throws {
        #expect(throws: NumericalError.self) {
            try nonlinearLeastSquares(start: [1, 2], residualCount: 1, residuals: { _, _ in }, jacobian: { _, _ in })
        }
        #expect(throws: NumericalError.self) {
            try nonlinearLeastSquares(start: [1], residualCount: 1, residuals: { _, out in out[0] = .nan }, jacobian: { _, _ in })
        }
        let fit = try nonlinearLeastSquares(
            start: [500, 0.0001], residualCount: 14, options: LeastSquaresOptions(maximumIterations: 1),
            residuals: Self.misraResiduals, jacobian: Self.misraJacobian)
        #expect(fit.outcome == .iterationLimit)
    }

    @Test("a straight line by its closed form, with covariance")
    func line() throws {
        let x = [1.0, 2, 4, 7]
        let y = [1.2, 1.9, 4.1, 6.6]
        let fit = try linearLeastSquares(design: Matrix(x.map { [1, $0] }), values: y)
        let (meanX, meanY) = (3.5, 3.45)
        let sxx = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        let sxy = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        let slope = sxy / sxx
        #expect(isClose(fit.parameters[1], slope, relative: 1e-12))
        #expect(isClose(fit.parameters[0], meanY - slope * meanX, relative: 1e-11))
        let rss = zip(x, y).reduce(0) { sum, point in
            let r = point.1 - meanY - slope * (point.0 - meanX)
            return sum + r * r
        }
        #expect(isClose(fit.chiSquare, rss, relative: 1e-10))
        #expect(isClose(fit.covariance[1, 1], rss / 2 / sxx, relative: 1e-10))
        #expect(fit.rank == 2)
        #expect(fit.degreesOfFreedom == 2)

        let weighted = try linearLeastSquares(design: Matrix(x.map { _ in [1] }), values: y, weights: [1, 1, 2, 4])
        #expect(isClose(weighted.parameters[0], (1.2 + 1.9 + 2 * 4.1 + 4 * 6.6) / 8, relative: 1e-12))
        #expect(isClose(weighted.covariance[0, 0], 1.0 / 8, relative: 1e-12))
    }

    @Test("columns that depend on each other are noticed")
    func rankDeficient() throws {
        let fit = try linearLeastSquares(design: Matrix([[1, 2], [2, 4], [3, 6]]), values: [1, 2, 3])
        #expect(fit.rank == 1)
    }

    @Test("outliers do not turn a robust line, and end with weight 0")
    func robust() throws {
        var numbers = TestNumbers(5)
        let x = (0..<60).map { Double($0) / 10 }
        var y = x.map { 2 + 0.5 * $0 + 0.05 * numbers.normal() }
        for i in [3, 17, 30, 44, 58] { y[i] += 10 }
        let design = Matrix(x.map { [1, $0] })
        let fit = try robustLinearRegression(design: design, values: y)
        #expect(fit.isConverged)
        #expect(abs(fit.parameters[0] - 2) < 0.06)  // four standard errors: 0.05 · 2/√60 · 4
        #expect(abs(fit.parameters[1] - 0.5) < 0.02)
        #expect(abs(fit.scale - 0.05) < 0.025)
        for i in [3, 17, 30, 44, 58] { #expect(fit.weights[i] == 0) }
        #expect(throws: NumericalError.self) { try robustLinearRegression(design: Matrix([[1, 2], [3, 4]]), values: [1, 2]) }
    }
}

@Suite("functions of one variable")
struct OneVariableTests {
    @Test("Kepler's and other roots by their known values")
    func roots() throws {
        let cosine = try root(in: 0...1) { cos($0) - $0 }
        #expect(abs(cosine.x - 0.739_085_133_215_160_6) < 1e-9)  // Dottie's number
        #expect(cosine.outcome == .converged)
        let cube = try root(in: -5...5) { $0 * $0 * $0 - 2 }
        #expect(abs(cube.x - cbrt(2)) < 1e-9)
        let zero = try root(in: -1...3) { sinh($0) }
        #expect(abs(zero.x) < 1e-12)
        #expect(zero.outcome == .converged)
        #expect(try root(in: 2...3) { $0 - 2 }.x == 2)
        #expect(throws: NumericalError.self) { try root(in: 1...2) { $0 * $0 + 1 } }
        let short = try root(in: -5...5, tolerance: Tolerance(maximumIterations: 2)) { $0 * $0 * $0 - 2 }
        #expect(short.outcome == .iterationLimit)
    }

    @Test("minima inside, at an end, and in a narrow valley")
    func minima() throws {
        // A minimum is flat: its place is known to about the square root of the precision.
        let parabola = try minimum(in: -3...10) { ($0 - 1.25) * ($0 - 1.25) + 2 }
        #expect(abs(parabola.x - 1.25) < 1e-6)
        #expect(abs(parabola.value - 2) < 1e-12)
        #expect(parabola.outcome == .converged)
        let zero = try minimum(in: -3...10) { $0 * $0 }
        #expect(abs(zero.x) < 1e-6)
        #expect(zero.outcome == .converged)
        let end = try minimum(in: 1...4) { $0 * $0 }
        #expect(end.x == 1)
        #expect(end.outcome == .atEnd)
        let narrow = try minimum(in: 0...100) { x in abs(x - 0.37) < 5 ? (x - 0.37) * (x - 0.37) : 25 }
        #expect(abs(narrow.x - 0.37) < 1e-6)
        #expect(throws: NumericalError.self) { try minimum(in: -1...1) { _ in .nan } }
    }

    @Test("integrals by their closed forms")
    func integrals() throws {
        let gauss = try integral(over: -8...8) { exp(-$0 * $0) }
        #expect(abs(gauss.value - Double.pi.squareRoot()) < 1e-9)
        let root = try integral(over: 0...1, relative: 1e-8) { 1 / ($0 + 1e-300).squareRoot() }
        #expect(abs(root.value - 2) < 1e-7)
        #expect(throws: NumericalError.self) { try integral(over: 0...1, maximumIntervals: 3) { sin(1 / ($0 + 1e-9)) } }
    }
}

@Suite("dense matrices")
struct DenseTests {
    @Test("Cholesky: solve, whiten, determinant, inverse")
    func cholesky() throws {
        // L = [[2, 0, 0], [6, 1, 0], [−8, 5, 3]]: the textbook case.
        let a = Matrix([[4, 12, -16], [12, 37, -43], [-16, -43, 98]])
        let factor = try CholeskyFactor(a)
        #expect(largestDifference(factor.lower.storage, [2, 0, 0, 6, 1, 0, -8, 5, 3]) < 1e-12)
        #expect(largestDifference(factor.whiten([2, 7, 0]), [1, 1, 1]) < 1e-12)
        #expect(largestDifference(factor.solve(a * [1, -2, 3]), [1, -2, 3]) < 1e-10)
        #expect(abs(factor.logDeterminant - log(36)) < 1e-12)
        #expect(largestDifference((a * factor.inverse).storage, Matrix.identity(3).storage) < 1e-10)
        #expect(largestDifference(factor.whiten(Matrix([[2], [7], [0]])).storage, [1, 1, 1]) < 1e-12)
    }

    @Test("an indefinite, a rectangular and a not finite matrix are errors")
    func refused() {
        #expect(throws: NumericalError.self) { try CholeskyFactor(Matrix([[1, 2], [2, 1]])) }
        #expect(throws: NumericalError.self) { try CholeskyFactor(Matrix([[1, 2]])) }
        #expect(throws: NumericalError.self) { try CholeskyFactor(Matrix([[.nan]])) }
    }

    @Test("eigenvalues of a chain of springs: 2 − 2 cos(kπ/(n+1))")
    func eigenvalues() throws {
        let n = 9
        var chain = Matrix(rows: n, columns: n)
        for i in 0..<n {
            chain[i, i] = 2
            if i > 0 {
                chain[i, i - 1] = -1
                chain[i - 1, i] = -1
            }
        }
        let system = try SymmetricEigensystem(chain)
        for k in 1...n { #expect(abs(system.values[k - 1] - (2 - 2 * cos(Double(k) * .pi / Double(n + 1)))) < 1e-12) }
        for k in 0..<n {
            let vector = system.vectors.column(k)
            #expect(largestDifference(chain * vector, vector.map { $0 * system.values[k] }) < 1e-12)
        }
    }
}
