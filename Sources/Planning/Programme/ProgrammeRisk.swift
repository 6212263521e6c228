// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The chosen programme under many draws of every figure it rests on.
struct ProgrammeRisk {
    var netPresentValues: [Double] = []
    /// In the order of the draws. [currency]
    private(set) var worthOfDraws: [Double] = []
    /// By year, then by draw. [–]
    var ratiosWith: [[Double]]
    var ratiosWithout: [[Double]]

    init(inputs: PlanInputs, chosen: [[SizedMeasure]], draws: [[Double]]) {
        let horizon = inputs.horizon
        ratiosWith = Array(repeating: [], count: horizon)
        ratiosWithout = Array(repeating: [], count: horizon)
        for draw in draws {
            let (outcome, today) = Self.outcome(inputs, chosen, draw)
            netPresentValues.append(inputs.worth.netPresentValue(outcome, draw))
            for year in 0..<horizon {
                let (with, without) = Self.ratios(inputs, outcome, today, year: year, draw)
                ratiosWith[year].append(with)
                ratiosWithout[year].append(without)
            }
        }
        worthOfDraws = netPresentValues
        netPresentValues.sort()
    }

    /// The whole programme in one draw, and the real losses of today. [m³/year]
    static func outcome(
        _ inputs: PlanInputs, _ sets: [[SizedMeasure]], _ draw: [Double]
    ) -> (outcome: ProgrammeSimulation.Outcome, today: Double) {
        let losses = ProgrammeChoice.losses(inputs.base, draw)
        var sum = ProgrammeSimulation.Outcome(horizon: inputs.horizon)
        for (set, loss) in zip(sets, losses) where !set.isEmpty { sum = sum + inputs.simulation.run(set, losses: loss, draw) }
        return (sum, losses.reduce(0) { $0 + $1.real })
    }

    static func ratios(
        _ inputs: PlanInputs, _ outcome: ProgrammeSimulation.Outcome, _ today: Double, year: Int, _ draw: [Double]
    ) -> (with: Double, without: Double) {
        let ratio = RevenueRatio(worth: inputs.worth, revenueWater: inputs.base.revenueWater, unbilled: inputs.base.unbilled)
        let apparent = inputs.base.apparentLosses(draw).reduce(0, +)
        let without = inputs.simulation.withoutMeasures(today, year: year, draw)
        return (
            ratio.ratio(
                realLosses: without - outcome.realSaved[year], today: today, apparentLosses: apparent,
                recovered: outcome.apparentSaved[year], demandSaved: outcome.useSpared(year), produced: outcome.produced[year],
                draw),
            ratio.ratio(realLosses: without, today: today, apparentLosses: apparent, recovered: 0, demandSaved: 0, draw)
        )
    }

    var probabilityOfLoss: Double? {
        netPresentValues.isEmpty ? nil : Double(netPresentValues.count { $0 < 0 }) / Double(netPresentValues.count)
    }

    /// 5th, 50th and 95th percentile, between order statistics (Hyndman & Fan 1996, type 7).
    var percentiles: [Double] { netPresentValues.isEmpty ? [] : [0.05, 0.5, 0.95].map { Self.quantile(netPresentValues, $0) } }

    static func quantile(_ sorted: [Double], _ probability: Double) -> Double {
        guard let last = sorted.indices.last else { return 0 }
        let place = probability * Double(last)
        let below = min(last, Int(place)), above = min(last, below + 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }

    /// A central figure with the interval of its draws: costs and volumes are skewed, and never below zero where no draw is.
    static func estimate(_ central: Double, _ draws: [Double]) -> Estimate {
        let spread = deviation(draws)
        guard spread > 0 else { return Estimate(central) }
        let sorted = draws.sorted()
        return Estimate(
            central, standardDeviation: spread,
            simulated: SimulatedInterval(
                low95: quantile(sorted, 0.025), high95: quantile(sorted, 0.975), mean: draws.reduce(0, +) / Double(draws.count),
                standardDeviation: spread))
    }

    static func deviation(_ values: [Double]) -> Double {
        guard values.count > 1 else { return 0 }
        let mean = values.reduce(0, +) / Double(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}
