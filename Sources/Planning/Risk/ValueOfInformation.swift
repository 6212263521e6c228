// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// What it would be worth to know a figure before the decision to go ahead is taken.
public struct ValueOfInformation: Sendable {
    public struct Item: Sendable {
        /// As in the register of assumptions.
        public var item: String
        public var unit: String
        /// Share of the variance of the net present value that goes with it. [–]
        public var varianceShare: Double
        /// Expected value of knowing it exactly, before deciding whether to go ahead: the most that measuring it may cost. [currency]
        public var worth: Double
    }

    /// Of knowing everything. [currency]
    public var perfect: Double
    /// Largest worth first, then largest share of the variance.
    public var items: [Item]

    /// Expected value of perfect information on the choice between the programme and nothing: E[max(NPV, 0)] − max(E[NPV], 0). [currency]
    public static func perfect(_ worths: [Double]) -> Double {
        guard !worths.isEmpty else { return 0 }
        let count = Double(worths.count)
        return worths.reduce(0) { $0 + max(0, $1) } / count - max(0, worths.reduce(0, +) / count)
    }

    /// The same where only `figure` comes to be known: E[max(E[NPV | figure], 0)] − max(E[NPV], 0), the inner mean by a parabola through the
    /// draws (Strong, Oakley and Brennan 2014 use a smoother in its place).
    ///
    /// - Returns: share of the variance that the parabola explains [–], and the worth [currency].
    public static func partial(_ worths: [Double], figure: [Double]) -> (share: Double, worth: Double) {
        let count = Double(worths.count)
        guard worths.count > 4, worths.count == figure.count else { return (0, 0) }
        let mean = worths.reduce(0, +) / count
        let centre = figure.reduce(0, +) / count
        let spread = (figure.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / count).squareRoot()
        let variance = worths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        guard spread > 1e-12 * max(abs(centre), 1e-300), variance > 0 else { return (0, 0) }
        let x = figure.map { ($0 - centre) / spread }
        // Second term at right angles to the first and to a constant: no system of equations is left.
        let third = x.reduce(0) { $0 + $1 * $1 * $1 } / count
        let square = x.map { $0 * $0 - 1 - third * $0 }
        let squareNorm = square.reduce(0) { $0 + $1 * $1 } / count
        let slope = zip(x, worths).reduce(0) { $0 + $1.0 * ($1.1 - mean) } / count
        let bend = squareNorm > 1e-9 ? zip(square, worths).reduce(0) { $0 + $1.0 * ($1.1 - mean) } / count / squareNorm : 0
        let fitted = zip(x, square).map { mean + slope * $0 + bend * $1 }
        let share = (slope * slope + bend * bend * squareNorm) / variance
        return (min(1, share), max(0, fitted.reduce(0) { $0 + max(0, $1) } / count - max(0, mean)))
    }
}

extension PlanBook {
    /// nil without draws or without a programme.
    func valueOfInformation(most: Int = 12) -> ValueOfInformation? {
        let worths = risk.worthOfDraws
        guard worths.count > 30, chosen.contains(where: { !$0.isEmpty }) else { return nil }
        // A share that chance alone would give: two degrees of freedom of the parabola, at 95 %.
        let chance = 6.0 / Double(worths.count)
        let items = inputs.figures.list.enumerated().compactMap { index, figure -> ValueOfInformation.Item? in
            if case .fixed = figure.distribution { return nil }
            let (share, worth) = ValueOfInformation.partial(worths, figure: samples.map { $0[index] })
            return share > chance ? .init(item: figure.id, unit: figure.unit, varianceShare: share, worth: worth) : nil
        }.sorted { ($0.worth, $0.varianceShare, $1.item) > ($1.worth, $1.varianceShare, $0.item) }
        return ValueOfInformation(perfect: ValueOfInformation.perfect(worths), items: Array(items.prefix(most)))
    }
}
