// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Year by year, what a set of measures in one area costs and saves together.
///
/// Effects act on what the ones before left, in the order of `SizedMeasure.rank`; leakage that nobody holds rises by a share of the present
/// losses each year, and active control holds it: L(t+1) = L(t) + natural rise − control. A measure saves from the year after its works.
/// Savings therefore never exceed what is lost.
struct ProgrammeSimulation {
    /// [years]
    let horizon: Int
    /// Figures: rise of leakage per year, contingency on capital.
    let rise: Int
    let contingency: Int
    /// Year, from 0, in which active control stops, and the figure of the years in which its effect then wears off; nil: never.
    var stop: (year: Int, effectLife: Double)?

    struct Outcome {
        /// [currency], by year.
        var capital: [Double]
        /// Upkeep, and replacement at the end of life. [currency]
        var operation: [Double]
        /// [m³/year]
        var realSaved: [Double]
        var apparentSaved: [Double]
        var demandSaved: [Double]
        /// Of new supply. [m³/year]
        var produced: [Double]
        /// Billed consumption that falls with pressure, and the part of it that a meter would have billed. [m³/year]
        var consumptionSpared: [Double]
        var meteredSpared: [Double]
        /// Worth at the end of the horizon of what is not yet used up. [currency]
        var residual = 0.0
        /// First investment, without replacements. [currency]
        var firstCapital: Double { capital.reduce(0, +) }

        init(horizon: Int) {
            let none = Array(repeating: 0.0, count: horizon)
            (capital, operation, realSaved, apparentSaved, demandSaved, produced) = (none, none, none, none, none, none)
            (consumptionSpared, meteredSpared) = (none, none)
        }

        static func + (left: Self, right: Self) -> Self {
            func sum(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 + $1 } }
            var result = left
            result.capital = sum(left.capital, right.capital)
            result.operation = sum(left.operation, right.operation)
            result.realSaved = sum(left.realSaved, right.realSaved)
            result.apparentSaved = sum(left.apparentSaved, right.apparentSaved)
            result.demandSaved = sum(left.demandSaved, right.demandSaved)
            result.produced = sum(left.produced, right.produced)
            result.consumptionSpared = sum(left.consumptionSpared, right.consumptionSpared)
            result.meteredSpared = sum(left.meteredSpared, right.meteredSpared)
            result.residual += right.residual
            return result
        }

        /// Use that is spared, by meters and by lower pressure. [m³/year]
        func useSpared(_ year: Int) -> Double { demandSaved[year] + consumptionSpared[year] }

        /// All that is saved in a year of losses and of use without a meter. [m³/year]
        func saved(_ year: Int) -> Double { realSaved[year] + apparentSaved[year] + demandSaved[year] }

        /// Water that can be sold where it is short: leakage and use spared, and what is produced beyond. [m³/year]
        func freed(_ year: Int) -> Double { realSaved[year] + useSpared(year) + produced[year] }
        var saleable: [Double] { capital.indices.map(freed) }
    }

    /// What the area has to lose. [m³/year]
    struct Losses {
        var real = 0.0
        /// By `SizedMeasure.Apparent`.
        var apparent = [0.0, 0.0, 0.0]
    }

    /// Real losses in a year without any measure. [m³/year]
    func withoutMeasures(_ loss: Double, year: Int, _ draw: [Double]) -> Double { loss * (1 + draw[rise] * Double(year)) }

    /// - measures: in the order of `rank`.
    func run(_ measures: [SizedMeasure], losses: Losses, _ draw: [Double]) -> Outcome {
        var outcome = Outcome(horizon: horizon)
        for measure in measures { addCosts(of: measure, losses: losses, draw, to: &outcome) }
        var held = 0.0
        for year in 0..<horizon {
            let without = withoutMeasures(losses.real, year: year, draw)
            var left = max(0, without - held)
            var apparent = losses.apparent
            var control = 0.0
            for measure in measures {
                var share = presence(of: measure, year: year, draw)
                var holds = true
                if case .activeControl = measure.effect, let stop, year >= stop.year {
                    share *= max(0, 1 - Double(year - stop.year + 1) / max(1, stop.effectLife))
                    holds = false
                }
                guard share > 0 else { continue }
                defer { if !holds { control = 0 } }
                apply(measure, share, &left, &apparent, &control, &outcome.demandSaved[year], draw)
                let fall = consumptionFall(of: measure, draw)
                outcome.consumptionSpared[year] += share * (fall.metered + fall.unmetered)
                outcome.meteredSpared[year] += share * fall.metered
                if case .production(let daily) = measure.effect { outcome.produced[year] += share * 365 * draw[daily] }
            }
            outcome.realSaved[year] = without - left
            outcome.apparentSaved[year] = zip(losses.apparent, apparent).reduce(0) { $0 + $1.0 - $1.1 }
            held += draw[rise] * losses.real * control
        }
        return outcome
    }

    /// Billed consumption that falls with the pressure, at full effect. [m³/year]
    func consumptionFall(of measure: SizedMeasure, _ draw: [Double]) -> (metered: Double, unmetered: Double) {
        guard case .pressure(let cut, _, let use?) = measure.effect else { return (0, 0) }
        return use.fall(cut, draw)
    }

    /// At full effect, on the losses of today. [m³/year]
    func fullEffect(_ measures: [SizedMeasure], losses: Losses, _ draw: [Double]) -> (real: Double, apparent: Double, demand: Double) {
        var left = losses.real, apparent = losses.apparent, control = 0.0, demand = 0.0
        for measure in measures { apply(measure, 1, &left, &apparent, &control, &demand, draw) }
        return (losses.real - left, zip(losses.apparent, apparent).reduce(0) { $0 + $1.0 - $1.1 }, demand)
    }

    private func apply(
        _ measure: SizedMeasure, _ presence: Double, _ left: inout Double, _ apparent: inout [Double], _ control: inout Double,
        _ demand: inout Double, _ draw: [Double]
    ) {
        func clamped(_ share: Double) -> Double { min(1, max(0, share)) }
        switch measure.effect {
        case .none: break
        case .leaks(let volume): left -= min(left, presence * draw[volume])
        case .pressure(let cut, let exponent, _):
            let pressures = cut.pressures(draw)
            left *=
                1 - presence
                * clamped(PressureEffect.leakageReduction(before: pressures.before, after: pressures.after, exponent: draw[exponent]))
        case .activeControl(let effect):
            left *= 1 - presence * clamped(draw[effect])
            control = max(control, presence)
        case .share(let part, let effect): left *= 1 - presence * clamped(part * draw[effect])
        case .recover(let cause, let effect): apparent[cause.rawValue] *= 1 - presence * clamped(draw[effect])
        case .meterVolume(let volume):
            let metering = SizedMeasure.Apparent.metering.rawValue
            apparent[metering] -= min(apparent[metering], presence * draw[volume])
        case .meterAge(let basis, let growth):
            let metering = SizedMeasure.Apparent.metering.rawValue
            apparent[metering] -= min(apparent[metering], presence * basis * draw[growth])
        case .demand(let use, let share, let part): demand += presence * part * draw[use] * clamped(draw[share])
        case .production: break
        }
    }

    /// Share of the measure that works in a year: what was built by the year before, less what has worn off. [–]
    func presence(of measure: SizedMeasure, year: Int, _ draw: [Double]) -> Double {
        let ramp = measure.ramp.map { max(0, draw[$0]) } ?? 0
        let built = min(1, max(0, Double(year - measure.start) / (Double(measure.buildYears) + ramp)))
        guard built > 0 else { return 0 }
        let age = Double(year - measure.start - measure.buildYears)
        if let life = measure.life {
            let years = max(1, draw[life])
            if !measure.isRenewed { return age >= years ? 0 : built * min(1, years - max(0, age)) }
            if let decay = measure.decay, age > 0 {
                return built * pow(1 - min(1, draw[decay]), age.truncatingRemainder(dividingBy: years.rounded(.up)))
            }
        }
        return built
    }

    /// Capital of the measure with contingency. [currency]
    func capital(of measure: SizedMeasure, losses: Losses, _ draw: [Double]) -> Double {
        max(0, (1 + draw[contingency]) * measure.capital.reduce(0) { $0 + amount($1, capital: 0, losses, draw) })
    }

    /// Of a year in which all of it works. [currency/year]
    func operation(of measure: SizedMeasure, capital: Double, losses: Losses, _ draw: [Double]) -> Double {
        measure.operation.reduce(0) { $0 + amount($1, capital: capital, losses, draw) }
    }

    private func amount(_ cost: SizedMeasure.Cost, capital: Double, _ losses: Losses, _ draw: [Double]) -> Double {
        switch cost {
        case .rate(let quantity, let rate): quantity * draw[rate]
        case .shareOfCapital(let share): capital * draw[share]
        case .repairs(let share, let flow, let cost): draw[flow] > 0 ? losses.real * min(1, draw[share]) / 365 / draw[flow] * draw[cost] : 0
        case .repairsOfRise(let rise, let flow, let cost): draw[flow] > 0 ? losses.real * draw[rise] / 365 / draw[flow] * draw[cost] : 0
        case .burstsSpared(let perYear, let factor, let cost, let cut):
            -perYear
                * PressureEffect.burstReduction(
                    before: cut.pressures(draw).before, after: cut.pressures(draw).after, factor: draw[factor]) * draw[cost]
        }
    }

    /// Quantity of a cost whose rate is one figure, and that figure; nil for other costs.
    func quantity(of cost: SizedMeasure.Cost, losses: Losses, _ draw: [Double]) -> (quantity: Double, figure: Int)? {
        switch cost {
        case .rate(let quantity, let rate): return (quantity, rate)
        case .repairs(_, _, let rate), .repairsOfRise(_, _, let rate):
            return draw[rate] != 0 ? (amount(cost, capital: 0, losses, draw) / draw[rate], rate) : nil
        case .shareOfCapital, .burstsSpared: return nil
        }
    }

    private func addCosts(of measure: SizedMeasure, losses: Losses, _ draw: [Double], to outcome: inout Outcome) {
        let capital = capital(of: measure, losses: losses, draw)
        let yearly = operation(of: measure, capital: capital, losses: losses, draw)
        for year in measure.start..<min(horizon, measure.start + measure.buildYears) {
            outcome.capital[year] += capital / Double(measure.buildYears)
        }
        for year in 0..<horizon {
            let built = min(1, max(0, Double(year - measure.start) / Double(measure.buildYears)))
            outcome.operation[year] += built * yearly
        }
        guard let life = measure.life, measure.isRenewed, capital > 0 else { return }
        // Replaced whole at the end of life, counted from the middle of the works; what is left at the end of the horizon is credited
        // by straight line.
        let years = max(1, draw[life].rounded())
        var last = Double(measure.start) + Double(measure.buildYears - 1) / 2
        while last + years < Double(horizon) {
            last += years
            outcome.operation[Int(last)] += capital
        }
        let age = Double(horizon) - last
        outcome.residual += capital * max(0, 1 - age / years)
    }
}
