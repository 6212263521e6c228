// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension ImprovementPlan {
    /// What one figure does to the programme's worth, all others at their centres.
    public struct SensitivityBar: Sendable {
        /// As in the register of assumptions.
        public var item: String
        public var unit: String
        public var central: Double
        /// 5th and 95th percentile of the figure.
        public var low: Double
        public var high: Double
        /// With the figure there. [currency]
        public var worthAtLow: Double
        public var worthAtHigh: Double
        /// By what the figure must be multiplied for the worth to be nothing; nil where no factor from 0 to 10 does it. [–]
        public var switchingFactor: Double?

        /// Between the two ends. [currency]
        public var swing: Double { abs(worthAtHigh - worthAtLow) }
    }
}

extension PlanBook {
    /// Figures that move the programme's net present value, the one that moves it most first.
    ///
    /// - most: how many are told, 5 or more by the content list of plans.
    func tornado(most: Int = 12) -> [ImprovementPlan.SensitivityBar] {
        guard chosen.contains(where: { !$0.isEmpty }) else { return [] }
        func worth(_ figure: Int, _ value: Double) -> Double {
            var draw = central
            draw[figure] = value
            return inputs.worth.netPresentValue(ProgrammeRisk.outcome(inputs, chosen, draw).outcome, draw)
        }
        let bars = inputs.figures.list.enumerated().compactMap { index, figure -> ImprovementPlan.SensitivityBar? in
            guard let (low, high) = figure.distribution.range90, high > low else { return nil }
            let atLow = worth(index, low), atHigh = worth(index, high)
            guard atLow != atHigh else { return nil }
            return .init(
                item: figure.id, unit: figure.unit, central: central[index], low: low, high: high, worthAtLow: atLow, worthAtHigh: atHigh,
                switchingFactor: switchingFactor(central[index]) { worth(index, $0) })
        }
        return Array(bars.sorted { ($0.swing, $1.item) > ($1.swing, $0.item) }.prefix(most))
    }

    /// The factor nearest to 1 at which the worth changes its sign, by a scan and bisection.
    private func switchingFactor(_ central: Double, _ worth: (Double) -> Double) -> Double? {
        guard central != 0 else { return nil }
        let today = worth(central)
        // Out from 1 on both sides, in tenths below and quarters above.
        let below = stride(from: 0.9, through: 0, by: -0.1), above = stride(from: 1.25, through: 10, by: 0.25)
        func root(_ factors: some Sequence<Double>) -> Double? {
            var last = 1.0
            for factor in factors {
                if (worth(factor * central) < 0) != (today < 0) {
                    var inner = last, outer = factor
                    for _ in 0..<50 {
                        let middle = (inner + outer) / 2
                        if (worth(middle * central) < 0) != (today < 0) { outer = middle } else { inner = middle }
                    }
                    return (inner + outer) / 2
                }
                last = factor
            }
            return nil
        }
        switch (root(below), root(above)) {
        case (let low?, let high?): return 1 - low < high - 1 ? low : high
        case (let low?, nil): return low
        case (nil, let high): return high
        }
    }
}

extension Figures.Distribution {
    /// 5th and 95th percentile; nil for a fixed figure.
    var range90: (low: Double, high: Double)? {
        switch self {
        case .fixed: nil
        case .triangular(let low, let mode, let high):
            (Figures.triangular(0.05, low, mode, high), Figures.triangular(0.95, low, mode, high))
        case .normal(let mean, let deviation):
            // 1.645: the 95th percentile of the standard normal.
            (max(0, mean - 1.645 * deviation), max(0, mean + 1.645 * deviation))
        }
    }
}
