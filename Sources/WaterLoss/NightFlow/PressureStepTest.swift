// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// Exponent of leakage over pressure from a step test: the pressure of a zone is lowered in steps at night, and its inflow follows.
///
/// Q = U + L₀ (P/P₀)^N1, with U the legitimate use. Bisquare regression of logarithms finds steps that do not fit (five or more
/// steps); weighted least squares with what is known of U and of exponents in the field gives the result.
public struct PressureStepTest: Sendable {
    /// One pressure that was held.
    public struct Step: Hashable, Sendable {
        /// Mean of the zone while it was held. [m]
        public var pressure: Estimate
        /// [m³/s]
        public var inflow: Estimate

        public init(pressure: Estimate, inflow: Estimate) {
            self.pressure = pressure
            self.inflow = inflow
        }
    }

    public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        case tooFewSteps(Int)
        case pressuresTooClose(ratio: Double)
        case useExceedsInflow
        case notNumbers

        public var description: String {
            switch self {
            case .tooFewSteps(let count): "\(count) steps: a step test needs two pressures or more"
            case .pressuresTooClose(let ratio):
                "the lowest pressure is \(Int((ratio * 100).rounded())) % of the highest: lower it by a tenth or more"
            case .useExceedsInflow: "legitimate use exceeds the inflow at a step: check both"
            case .notNumbers: "a pressure or a flow is not above zero"
            }
        }
    }

    /// Field sectors of Thornton, Sturm & Kunkel (2008): 157, mean 1.14; groups of 13 to 75 range over 1.0 to 2.6. The deviation of 0.5
    /// is ours: range of each group over the expected range of a normal sample of its size.
    public static let fieldExponent = Estimate(1.14, standardDeviation: 0.5)
    /// Of an inflow whose own deviation is not given: 2 % (assumed). [–]
    public static let assumedRelativeDeviation = 0.02

    /// N1. [–]
    public let exponent: Estimate
    /// Leakage at `referencePressure`. [m³/s]
    public let leakage: Estimate
    /// Geometric mean of the steps' pressures. [m]
    public let referencePressure: Double
    /// Weight of each step, 0–1: 0 was left out. [–]
    public let weights: [Double]
    /// Weighted squares of the residuals, and how many are free.
    public let chiSquare: Double
    public let degreesOfFreedom: Int
    /// Share of the knowledge of N1 that comes from other sectors, not from this test. [–]
    public let priorShare: Double

    /// - legitimateUse: by night, while the test ran. [m³/s]
    /// - prior: of N1 before the test; nil: none.
    /// - Throws: `Refusal` where the steps do not carry an exponent.
    public init(_ steps: [Step], legitimateUse: Estimate, prior: Estimate? = fieldExponent) throws(Refusal) {
        guard steps.count >= 2 else { throw .tooFewSteps(steps.count) }
        let pressures = steps.map(\.pressure.value), flows = steps.map(\.inflow.value)
        guard pressures.allSatisfy({ $0 > 0 && $0.isFinite }), flows.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw .notNumbers }
        let ratio = (pressures.min() ?? 0) / (pressures.max() ?? 1)
        guard ratio <= 0.9 else { throw .pressuresTooClose(ratio: ratio) }
        guard flows.allSatisfy({ $0 > legitimateUse.value }), legitimateUse.value >= 0 else { throw .useExceedsInflow }

        let count = Double(steps.count)
        let reference = exp(pressures.map { log($0) }.reduce(0, +) / count)
        let trust = Self.trust(pressures.map { $0 / reference }, flows.map { $0 - legitimateUse.value })
        let meanFlow = flows.reduce(0, +) / count
        let useStrength = 1 / max(legitimateUse.standardDeviation, 1e-6 * meanFlow)
        let leak = max(meanFlow - legitimateUse.value, 1e-3 * meanFlow)
        let tikhonov = TikhonovTerm(
            centre: [0, prior?.value ?? 1, legitimateUse.value],
            strength: [0, prior.map { 1 / max($0.standardDeviation, 1e-9) } ?? 0, useStrength])
        var parameters = [log(leak), prior?.value ?? 1, legitimateUse.value]
        var fit: NonlinearFit?
        // The error of a pressure counts as one of the flow, by the slope found: three passes settle it.
        for _ in 0..<3 {
            let weights = steps.indices.map { index -> Double in
                let step = steps[index]
                let own =
                    step.inflow.standardDeviation > 0 ? step.inflow.standardDeviation : Self.assumedRelativeDeviation * step.inflow.value
                let leakage = exp(parameters[0]) * pow(step.pressure.value / reference, parameters[1])
                let slope = parameters[1] * leakage / step.pressure.value * step.pressure.standardDeviation
                return trust[index] / (own * own + slope * slope)
            }
            let ratios = pressures.map { log($0 / reference) }
            fit = try? nonlinearLeastSquares(
                start: parameters, residualCount: steps.count, weights: weights, tikhonov: tikhonov,
                residuals: { p, out in
                    for i in out.indices { out[i] = p[2] + exp(p[0] + p[1] * ratios[i]) - flows[i] }
                },
                jacobian: { p, out in
                    for i in ratios.indices {
                        let leakage = exp(p[0] + p[1] * ratios[i])
                        out[i, 0] = leakage
                        out[i, 1] = leakage * ratios[i]
                        out[i, 2] = 1
                    }
                })
            if let fit { parameters = fit.parameters }
        }
        guard let fit else { throw .notNumbers }
        let used = trust.count { $0 > 0.05 }
        degreesOfFreedom = max(0, used - 2)
        chiSquare = fit.chiSquare
        // Steps that scatter more than their deviations say widen the interval (Birge 1932), with Student's quantile for few of them.
        let scatter = degreesOfFreedom > 0 ? max(1, fit.chiSquare / Double(degreesOfFreedom)) : 1
        let widening =
            scatter > 1 ? StudentT(degreesOfFreedom: Double(degreesOfFreedom)).upperQuantile(0.025) / Estimate.normal95 : 1
        let priorVariance = prior.map { $0.standardDeviation * $0.standardDeviation } ?? .infinity
        // Of the variance, what the test alone would have: the prior is not widened.
        let own = max(1 / max(fit.covariance[1, 1], 1e-300) - 1 / priorVariance, 1e-300)
        let widened = 1 / (own / (scatter * widening * widening) + 1 / priorVariance)
        exponent = Estimate(fit.parameters[1], standardDeviation: widened.squareRoot())
        let level = exp(fit.parameters[0])
        leakage = Estimate(
            level, standardDeviation: level * (max(0, fit.covariance[0, 0]) * scatter).squareRoot() * widening)
        referencePressure = reference
        weights = trust
        priorShare = min(1, widened / priorVariance)
    }

    /// Weights by bisquare on logarithms; all 1 below five steps.
    private static func trust(_ pressures: [Double], _ leakage: [Double]) -> [Double] {
        let all = [Double](repeating: 1, count: pressures.count)
        guard pressures.count >= 5, leakage.allSatisfy({ $0 > 0 }) else { return all }
        var design = Matrix(rows: pressures.count, columns: 2, repeating: 1)
        for (row, pressure) in pressures.enumerated() { design[row, 1] = log(pressure) }
        let fit = try? robustLinearRegression(design: design, values: leakage.map { log($0) })
        // Steps that lie on the line to a tenth of a per cent give weights without meaning.
        guard let fit, fit.scale > 1e-3 else { return all }
        return fit.weights.map { max($0, 1e-6) }
    }
}
