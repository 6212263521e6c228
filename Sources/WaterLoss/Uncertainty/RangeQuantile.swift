// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// The spread of a figure as a function of a standard normal score: `value(0)` is its median.
struct RangeQuantile {
    private enum Form {
        case normal(Double, Double)
        /// Median, deviation below and above.
        case split(Double, Double, Double)
        /// Shift, median less shift, deviation of the logarithm.
        case lognormal(Double, Double, Double)
        case byProbability(any ContinuousDistribution)
        case uniform(Double, Double)
    }
    private let form: Form
    /// Of linear propagation: half of the 95 % range over 1.96; for ranges between limits the deviation itself.
    let deviation: Double

    /// nil where the figure is unknown or not finite. A range written the wrong way round is as wide as the right way round.
    init?(_ figure: SourcedValue) {
        guard let estimate = figure.estimate, estimate.value.isFinite, estimate.standardDeviation.isFinite else { return nil }
        let value = estimate.value
        deviation = abs(estimate.standardDeviation)
        let ends = (figure.low ?? value, figure.high ?? value)
        let low = min(ends.0, ends.1), high = max(ends.0, ends.1)
        let below = (value - low) / Estimate.normal95, above = (high - value) / Estimate.normal95
        // A value outside its own range has no such distribution; the readers do not let it pass.
        let isOrdered = below >= 0 && above >= 0
        let isEven = abs(above - below) <= 1e-9 * (above + below)
        switch figure.shape ?? (isEven ? .normal : .splitNormal) {
        case _ where !isOrdered: form = .normal(value, deviation)
        case .normal: form = .normal(value, deviation)
        case .lognormal where !isEven && below > 0 && above > 0:
            // ln((high − shift)/(value − shift)) = ln((value − shift)/(low − shift)) fixes the shift.
            let shift = (low * high - value * value) / (low + high - 2 * value)
            form = .lognormal(shift, value - shift, log((high - shift) / (value - shift)) / Estimate.normal95)
        case .lognormal where isEven: form = .normal(value, deviation)
        case .splitNormal, .lognormal: form = .split(value, below, above)
        case .uniform: form = .uniform(low, high)
        case .triangular: form = .byProbability(Triangular(lower: low, mode: value, upper: high))
        case .pert: form = .byProbability(Beta.pert(lower: low, mode: value, upper: high))
        }
    }

    func values(_ scores: [Double]) -> [Double] {
        switch form {
        case .normal(let mean, let deviation): return scores.map { mean + deviation * $0 }
        case .split(let median, let below, let above): return scores.map { median + ($0 < 0 ? below : above) * $0 }
        case .lognormal(let shift, let scale, let deviation): return scores.map { shift + scale * exp(deviation * $0) }
        case .uniform(let low, let high):
            let normal = Normal()
            return scores.map { low + (high - low) * normal.cumulative($0) }
        case .byProbability(let distribution):
            let normal = Normal()
            return scores.map { $0 < 0 ? distribution.quantile(normal.cumulative($0)) : distribution.upperQuantile(normal.upperTail($0)) }
        }
    }
}
