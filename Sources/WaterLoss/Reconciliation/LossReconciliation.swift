// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Several estimates of one real loss brought together: weighted least squares under the condition that they are equal, a test of
/// whether their inputs can be right as they stand, and where to look first if not.
///
/// Inputs move as little as their standard deviations allow, so that all estimates agree; what they share moves all of them. χ² of the
/// moves has one degree of freedom less than there are estimates. The residual of an estimate over its own standard deviation (Baarda
/// 1968) tells which one stands apart from the others; with two estimates it is the same for both, and nothing is told apart.
public struct LossReconciliation: Sendable {
    public enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        case tooFewEstimates(Int)
        case notANumber(String)
        /// Two estimates without any uncertainty between them that yet differ, or are the same.
        case noUncertainty(String)

        public var description: String {
            switch self {
            case .tooFewEstimates(let count): "\(count) estimates of the real losses: two are needed to be compared"
            case .notANumber(let name): "the estimate '\(name)' is no number: check its inputs"
            case .noUncertainty(let name): "the estimate '\(name)' differs from another by inputs without margins: give them margins"
            }
        }
    }

    public struct AdjustedInput: Hashable, Sendable {
        public var name: String
        public var before: Estimate
        public var after: Estimate
        /// Move over its own standard deviation (a normal variable where all inputs are right); nil where it is not moved. [–]
        public var normalisedMove: Double?
    }

    public struct AdjustedEstimate: Hashable, Sendable {
        public var name: String
        public var before: Estimate
        /// Value before less the common loss, over the standard deviation of that difference; nil where it has none. [–]
        public var normalisedResidual: Double?
        /// Its inputs by share of its variance, largest first.
        public var shares: [VarianceShare]
    }

    /// The common real loss.
    public let loss: Estimate
    public let estimates: [AdjustedEstimate]
    public let inputs: [AdjustedInput]
    /// Covariance of the inputs after the adjustment, in the order of `inputs`.
    public let covariance: Matrix
    public let chiSquare: Double
    public let degreesOfFreedom: Int
    /// Chance of so large a χ² where all margins are right. [–]
    public let chance: Double

    /// What the others say without the first suspect, where all do not agree, there are three or more, and the rest agree; else nil.
    public private(set) var withoutSuspect: (name: String, loss: Estimate, chance: Double)?

    /// Whether the estimates agree at the level of 5 %.
    public var isConsistent: Bool { chance >= 0.05 }

    public init(_ given: [LossEstimate]) throws(Refusal) {
        guard given.count >= 2 else { throw .tooFewEstimates(given.count) }
        for item in given where !item.value.isFinite || !item.effects.allSatisfy({ $0.deviation.isFinite }) { throw .notANumber(item.name) }
        var names: [String] = []
        var inputs: [String: LossInput] = [:]
        for effect in given.flatMap(\.effects) where inputs[effect.input.name] == nil {
            inputs[effect.input.name] = effect.input
            names.append(effect.input.name)
        }
        let place = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
        // Deviations of each estimate by the inputs, each in units of its standard deviation.
        var effects = Matrix(rows: given.count, columns: names.count)
        for (row, item) in given.enumerated() {
            for effect in item.effects { effects[row, place[effect.input.name] ?? 0] += effect.deviation }
        }
        let conditions = given.count - 1
        var slopes = Matrix(rows: conditions, columns: names.count)
        var gaps = [Double](repeating: 0, count: conditions)
        for row in 0..<conditions {
            gaps[row] = given[row + 1].value - given[0].value
            for column in names.indices { slopes[row, column] = effects[row + 1, column] - effects[0, column] }
        }
        let factor: CholeskyFactor
        do throws(NumericalError) {
            factor = try CholeskyFactor(slopes * slopes.transposed)
        } catch {
            throw .noUncertainty(Self.stiffest(given, slopes))
        }
        let forces = factor.solve(gaps)
        let moves = (slopes.transposed * forces).map { -$0 }
        let whiteSlopes = factor.whiten(slopes)
        // What the conditions take off the inputs' covariance.
        let taken = whiteSlopes.transposed * whiteSlopes
        let first = effects.row(0)
        let whiteFirst = whiteSlopes * first
        let variance = max(0, dotProduct(first, first) - dotProduct(whiteFirst, whiteFirst))
        let common = Estimate(given[0].value + dotProduct(first, moves), standardDeviation: variance.squareRoot())
        loss = common
        chiSquare = dotProduct(gaps, forces)
        degreesOfFreedom = conditions
        chance = ChiSquare(degreesOfFreedom: Double(conditions)).upperTail(chiSquare)

        let known = names.compactMap { inputs[$0] }
        self.inputs = known.enumerated().map { index, input in
            let deviation = input.estimate.standardDeviation
            let share = taken[index, index]
            return AdjustedInput(
                name: input.name, before: input.estimate,
                after: Estimate(
                    input.estimate.value + deviation * moves[index], standardDeviation: deviation * max(0, 1 - share).squareRoot()),
                normalisedMove: share > 1e-12 ? moves[index] / share.squareRoot() : nil)
        }
        var after = Matrix(rows: names.count, columns: names.count)
        for i in names.indices {
            for j in names.indices {
                let own = (i == j ? 1 : 0) - taken[i, j]
                after[i, j] = own * known[i].estimate.standardDeviation * known[j].estimate.standardDeviation
            }
        }
        covariance = after
        estimates = given.enumerated().map { row, item in
            // The residual is what the moves do to the estimate.
            let own = effects.row(row)
            let white = whiteSlopes * own
            let spread = dotProduct(white, white)
            let total = dotProduct(own, own)
            let shares = item.effects.filter { $0.deviation != 0 && total > 0 }
                .map { VarianceShare(input: $0.input.name, share: $0.deviation * $0.deviation / total) }
                .sorted { ($1.share, $0.input) < ($0.share, $1.input) }
            return AdjustedEstimate(
                name: item.name, before: item.estimate,
                normalisedResidual: spread > 1e-12 * max(total, 1e-300) ? (item.value - common.value) / spread.squareRoot() : nil,
                shares: shares)
        }
        guard !isConsistent, given.count > 2, let suspect = suspects.first?.name,
            let rest = try? LossReconciliation(given.filter { $0.name != suspect }), rest.isConsistent
        else { return }
        withoutSuspect = (suspect, rest.loss, rest.chance)
    }

    /// Name of the estimate whose condition has no uncertainty.
    private static func stiffest(_ given: [LossEstimate], _ slopes: Matrix) -> String {
        let sums = (0..<slopes.rows).map { row in dotProduct(slopes.row(row), slopes.row(row)) }
        let index = sums.indices.min { sums[$0] < sums[$1] } ?? 0
        return given[index + 1].name
    }

    /// Estimates by how far they stand apart, furthest first.
    public var suspects: [AdjustedEstimate] {
        estimates.filter { $0.normalisedResidual != nil }
            .sorted { (-abs($0.normalisedResidual ?? 0), $0.name) < (-abs($1.normalisedResidual ?? 0), $1.name) }
    }

    /// What to look at, in words: empty where the estimates agree.
    public var advice: [String] {
        guard !isConsistent else { return [] }
        func shown(_ value: Double) -> String { "\((abs(value) * 10).rounded() / 10)" }
        guard estimates.count > 2 else {
            let both = estimates.flatMap { $0.shares.prefix(2).map(\.input) }
            return [
                "the two estimates disagree beyond their margins; which one is wrong cannot be told from two: check \(both.joined(separator: ", "))"
            ]
        }
        // One at a time (Baarda's data snooping): an estimate far off pulls the residuals of the others with it.
        return suspects.prefix(1).map { item in
            let side = (item.normalisedResidual ?? 0) > 0 ? "above" : "below"
            let first = item.shares.prefix(3).map { "\($0.input) (\(Int(($0.share * 100).rounded())) % of its variance)" }
            let rest =
                withoutSuspect.map { "; without it the others agree (chance \(shownChance($0.chance)))" }
                ?? "; without it the others do not agree either"
            return
                "\(item.name): \(shown(item.normalisedResidual ?? 0)) standard deviations \(side) the others\(rest): check \(first.joined(separator: ", ")), or something that it leaves out"
        }
    }

    private func shownChance(_ chance: Double) -> String { "\((chance * 1000).rounded() / 1000)" }
}
