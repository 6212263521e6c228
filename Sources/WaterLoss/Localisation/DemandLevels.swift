// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// By how much all demand together is above the model's, hour by hour.
///
/// In a network that loses most of its head on the way, a day of 3 % more demand leaves less pressure to drive a leak and bends the head
/// losses, by as much as tells one size from the next. There each hour is taken at its own demand.
struct DemandLevels {
    /// Share of most pressures by which the spread of all demand moves them, from which on that is done: a leak goes with the root. [–]
    private static let least = 0.02

    /// Whether leaks run differently on days of more demand.
    /// - residuals: of healthy hours.
    static func matter(_ model: ImposedModel, _ residuals: HourlyResiduals, options: LeakLocatorOptions) -> Bool {
        let moves = moves(model, residuals, options)
        return OrderStatistics.medianOrZero(moves.map { abs($0.more - $0.usual) / max(abs($0.usual), 1) }) > least
    }

    /// Whether what is drawn in an hour bends head losses by what is more than noise over the hours of a day; in a network so large that
    /// hours have to be taken together, whether leaks run differently.
    /// - residuals: of healthy hours.
    static func bend(_ model: ImposedModel, _ residuals: HourlyResiduals, options: LeakLocatorOptions) -> Bool {
        guard AlikeHours.canBeApart(model, hours: residuals.conditions.count) else { return matter(model, residuals, options: options) }
        let bends = moves(model, residuals, options).map { abs($0.more + $0.less - 2 * $0.usual) / 2 }
        return (bends.max() ?? 0) > ofNoise * options.pressureNoise
    }

    /// Of the noise of a pressure: some readings of a day tell no less. [–]
    private static let ofNoise = 0.15

    /// Pressures in the busiest hour, as the model has them and with all demand by its spread more or less; empty where that is not asked,
    /// or has no answer. [m]
    private static func moves(
        _ model: ImposedModel, _ residuals: HourlyResiduals, _ options: LeakLocatorOptions
    ) -> [(usual: Double, more: Double, less: Double)] {
        func total(_ conditions: BoundaryConditions) -> Double { conditions.demands.reduce(0, +) }
        guard model.zoneDemands == nil, let busiest = residuals.conditions.max(by: { total($0) < total($1) }),
            let solver = try? HydraulicSolver(model.network)
        else { return [] }
        let spread = hypot(options.dailyCommonSpread, options.hourlyCommonSpread)
        let usual = solver.solve(busiest)
        let states = [usual] + [1 + spread, 1 - spread].map { solver.solve(busiest.demanding($0), warm: true) }
        guard states.allSatisfy({ $0.verdict.outcome == .converged }) else { return [] }
        return model.channels.filter { !$0.isFlow }.compactMap { channel in
            let values = states.compactMap { model.predicted(channel, $0) }
            return values.count == 3 ? (values[0], values[1], values[2]) : nil
        }
    }
}

extension BoundaryConditions {
    /// The same with all demands by a factor.
    func demanding(_ factor: Double) -> BoundaryConditions {
        var copy = self
        for node in copy.demands.indices { copy.demands[node] *= factor }
        return copy
    }
}

extension HourlyResiduals {
    /// The same with all demand of each hour above the model's.
    /// - levels: by how much, of each hour. [–]
    func demanding(_ levels: ArraySlice<Double>, _ model: ImposedModel, _ record: SensorRecord) -> HourlyResiduals {
        let levels = Array(levels), count = conditions.count
        guard count > 0, levels.count == count, let hydraulics = try? HydraulicSolver(model.network).model else { return self }
        let tanks = model.channels.indices.filter { if case .tank = model.channels[$0].source { true } else { false } }
        let found: [[(hour: Int, conditions: BoundaryConditions, values: [Double?])]] = concurrentMap(2) { half in
            let solver = HydraulicSolver(hydraulics)
            return (half == 0 ? 0..<count / 2 : count / 2..<count).compactMap { hour in
                let here = conditions[hour].demanding((1 + levels[hour]) / (1 + self.levels[hour]))
                let state = solver.solve(here, warm: true)
                guard state.verdict.outcome == .converged else { return nil }
                var values = model.channels.map { model.predicted($0, state) }
                if !tanks.isEmpty, !tanksAreStepped, let middle = model.middle(of: here, record: record, index: hour) {
                    let state = solver.solve(middle, warm: true)
                    guard state.verdict.outcome == .converged else { return nil }
                    for k in tanks { values[k] = model.predicted(model.channels[k], state) }
                }
                return (hour, here, values)
            }
        }
        var copy = self
        for (hour, conditions, values) in found.joined() {
            copy.conditions[hour] = conditions
            copy.levels[hour] = levels[hour]
            for k in values.indices {
                guard let now = values[k], let before = predicted[k][hour] else {
                    copy.residuals[k][hour] = nil
                    continue
                }
                copy.residuals[k][hour]? -= now - before
                copy.predicted[k][hour] = now
            }
        }
        return copy
    }
}

extension HourlyFilter {
    /// Covariance of an hour's readings by itself, without all demand together. [unit²]
    fileprivate func spread(_ hour: Int, _ rows: [Int]) -> Matrix {
        let now = conditions[hour], levels = levels[now]
        var sum = Matrix(rows: rows.count, columns: rows.count)
        for (i, row) in rows.enumerated() {
            for (j, column) in rows.enumerated() {
                sum[i, j] = own[now][row, column]
                for l in 0..<levels.columns { sum[i, j] += levels[row, l] * levels[column, l] * levelNoise * levelNoise }
            }
            sum[i, i] += noise[row] + rest[hour][row] + 1e-18
        }
        return sum
    }
}

extension StepRecord {
    /// By how much all demand together was above the model's at each hour, by the readings of that hour. [–]
    /// - Parameters:
    ///   - leak: node and size [m³/s] of one that runs in the later hours; nil: none.
    ///   - onset: when it began.
    func demandLevels(
        leak: (node: Int, size: Double)? = nil, _ onset: LeakOnset = LeakOnset(start: 0, growth: 0), bent: BentAnswers = BentAnswers()
    ) -> [Double] {
        guard let standing = standingEstimate() else { return classes.map { _ in 0 } }
        let width = standingWidth, days = daysPlace, sizes = sizes(onset)
        return classes.indices.map { hour in
            let rows = (0..<channels).filter { present[hour][$0] }
            guard !rows.isEmpty, let factor = try? CholeskyFactor(filter.spread(hour, rows)) else { return 0 }
            let running = hour < firstLater ? 0 : (leak?.size ?? 0) * sizes[hour - firstLater]
            let left = rows.map { channel in
                var row = [Double](repeating: 0, count: 1 + width)
                fill(hour, channel, &row, 0)
                let lost = leak.map { running > 0 ? running * answer(hour, channel, to: $0.node, bent: bent) : 0 } ?? 0
                return (0..<width).reduce(row[0] - lost) { sum, s in
                    days.contains(s) ? sum : sum - row[1 + s] * standing.strengths[s]
                }
            }
            let common = factor.whiten(rows.map { filter.common[filter.conditions[hour]][$0] }), whitened = factor.whiten(left)
            return hourlyCommonSpread * dotProduct(common, whitened) / (dotProduct(common, common) + 1 / (1 + daily * daily))
        }
    }
}
