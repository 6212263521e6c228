// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The independent sources of error of a calculation, in the order in which they were named: each input's own error, and the common
/// error of each group of inputs.
public struct InputRegister: Hashable, Sendable {
    /// Begins the name of an error that a group of inputs shares.
    public static let commonError = "common error of "

    public private(set) var names: [String] = []
    private var groups: [String: Int] = [:]
    /// nil: nothing is simulated.
    public let monteCarlo: MonteCarlo?

    /// Put before the names of inputs: the part of a whole that they belong to.
    var scope: String?

    public init(monteCarlo: MonteCarlo? = nil) { self.monteCarlo = monteCarlo }

    /// Enters an input, taken as normal. One without a deviation is a constant and takes no place.
    mutating func input(_ name: String, _ estimate: Estimate) -> Propagated {
        // A range written the wrong way round is as wide as the right way round.
        let deviation = abs(estimate.standardDeviation)
        guard deviation > 0 else { return Propagated(estimate.value) }
        names.append(scoped(name))
        let samples = monteCarlo.map { run in run.column(names.count - 1).map { estimate.value + deviation * $0 } } ?? []
        return Propagated(
            estimate.value, deviations: [Double](repeating: 0, count: names.count - 1) + [deviation], samples: samples)
    }

    /// Enters an input with the shape of its range and the error that it shares with others; nil where it is unknown.
    mutating func input(_ name: String, _ figure: SourcedValue) -> Propagated? {
        guard let range = RangeQuantile(figure), let value = figure.value else { return nil }
        guard range.deviation > 0 else { return Propagated(value) }
        let correlation = min(1, max(0, figure.errorGroup?.correlation ?? 0))
        // One common factor: two members' errors are correlated by the share of their variance that comes from it.
        var loadings: [(factor: Int, loading: Double)] = []
        if let group = figure.errorGroup, correlation > 0 {
            loadings.append((common(group.name), correlation.squareRoot()))
        }
        if correlation < 1 {
            names.append(scoped(name))
            loadings.append((names.count - 1, (1 - correlation).squareRoot()))
        }
        var deviations = [Double](repeating: 0, count: (loadings.map(\.factor).max() ?? 0) + 1)
        for (factor, loading) in loadings { deviations[factor] = loading * range.deviation }
        guard let monteCarlo else { return Propagated(value, deviations: deviations) }
        var scores = [Double](repeating: 0, count: monteCarlo.samples)
        for (factor, loading) in loadings {
            for (index, score) in monteCarlo.column(factor).enumerated() { scores[index] += loading * score }
        }
        return Propagated(value, deviations: deviations, samples: range.values(scores))
    }

    private func scoped(_ name: String) -> String { scope.map { "\($0), \(name)" } ?? name }

    private mutating func common(_ group: String) -> Int {
        if let index = groups[group] { return index }
        names.append(Self.commonError + group)
        groups[group] = names.count - 1
        return names.count - 1
    }

    /// Parts of the variance of a figure by source of error, largest first; those that do not move it are left out.
    public func varianceShares(of figure: Propagated) -> [VarianceShare] {
        let variance = figure.standardDeviation * figure.standardDeviation
        guard variance > 0 else { return [] }
        return zip(names, figure.deviations).filter { $0.1 != 0 }
            .map { VarianceShare(input: $0.0, share: $0.1 * $0.1 / variance) }
            .sorted { ($1.share, $0.input) < ($0.share, $1.input) }
    }
}

/// How much of the variance of a result comes from one input.
public struct VarianceShare: Hashable, Sendable {
    /// Name of the input: a line of the balance, or a figure of the city profile.
    public var input: String
    /// [–]
    public var share: Double

    public init(input: String, share: Double) {
        self.input = input
        self.share = share
    }
}
