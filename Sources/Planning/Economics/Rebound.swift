// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// How leakage comes back.
public enum LeakageGrowth {
    /// q·e^(kt), as BIWS and the Bahamas after 2019 have it; in the unit of `start`.
    ///
    /// - rate: k. [per year] - years: t.
    public static func exponential(start: Double, rate: Double, years: Double) -> Double { start * exp(rate * years) }

    /// L(t+1) = L(t) + rise − control, none below zero.
    public static func linear(start: Double, rise: Double, control: [Double]) -> [Double] {
        var level = start
        return control.map { control in
            level = max(0, level + rise - control)
            return level
        }
    }

    /// Present worth of a saving that is held, and of one from which `erosion` is lost each year, both at the end of years 1 to n.
    ///
    /// - saving, erosion: [m³/d], [m³/d per year] - value: [currency/m³]
    public static func presentWorth(
        saving: Double, erosion: Double, value: Double, rate: Double, years: Int
    ) -> (held: Double, eroding: Double) {
        func worth(_ volume: (Int) -> Double) -> Double {
            DiscountedCashFlow(flows: (1...max(1, years)).map { 365 * max(0, volume($0)) * value }).netPresentValue(rate: rate)
        }
        return (worth { _ in saving }, worth { saving - erosion * Double($0) })
    }
}

/// What happens where active leakage control stops.
public struct Rebound: Sendable {
    public struct Year: Sendable, Hashable {
        public var year: Int
        /// Real losses without a programme, with it, and with it until the stop. [m³/year]
        public var without: Double
        public var with: Double
        public var stopped: Double
    }

    /// First year without active control.
    public var stopYear: Int
    /// In which the effect of the last survey wears off. [years]
    public var effectLife: Double
    public var years: [Year]
    /// [currency]
    public var netPresentValue: Double
    /// Less than with control kept up. [currency]
    public var lossOfWorth: Double
    /// Which operating cost must go on after the works, so that it does not come to this. [currency/year]
    public var yearlyCostToHold: Double
}

extension PlanBook {
    /// Active control ended with the works; nil where none is chosen.
    func rebound(stopAfter years: Int? = nil) -> Rebound? {
        let control = chosen.enumerated().flatMap { group, set in
            set.filter { if case .activeControl = $0.effect { true } else { false } }.map { (group, $0) }
        }
        guard !control.isEmpty else { return nil }
        let stop = min(inputs.horizon - 1, years ?? max(1, inputs.city.plan.constructionYears))
        guard stop > 0 else { return nil }
        let life = inputs.effectLife
        var simulation = inputs.simulation
        simulation.stop = (stop, life)
        var stopped = ProgrammeSimulation.Outcome(horizon: inputs.horizon)
        for (set, loss) in zip(chosen, choice.losses) where !set.isEmpty {
            stopped = stopped + simulation.run(set, losses: loss, central)
        }
        let yearly = control.reduce(0) { sum, entry in
            let capital = inputs.simulation.capital(of: entry.1, losses: choice.losses[entry.0], central)
            return sum + inputs.simulation.operation(of: entry.1, capital: capital, losses: choice.losses[entry.0], central)
        }
        // Its operation ends with it.
        for year in stop..<inputs.horizon { stopped.operation[year] -= yearly }
        let worth = inputs.worth.netPresentValue(stopped, central)
        return Rebound(
            stopYear: inputs.city.plan.startYear + stop, effectLife: life,
            years: (0..<inputs.horizon).map { year in
                let without = inputs.simulation.withoutMeasures(today, year: year, central)
                return .init(
                    year: inputs.city.plan.startYear + year, without: without, with: without - outcome.realSaved[year],
                    stopped: without - stopped.realSaved[year])
            }, netPresentValue: worth, lossOfWorth: netPresentValue - worth, yearlyCostToHold: yearly)
    }
}
