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
        let moves = moves(model, residuals, options).first ?? []
        return OrderStatistics.medianOrZero(moves.map { abs($0.more - $0.usual) / max(abs($0.usual), 1) }) > least
    }

    /// Whether what is drawn in an hour bends head losses by what is more than noise over the hours of a day, and whether what its largest
    /// customer draws does; in a network so large that hours have to be taken together, whether leaks run differently.
    /// - residuals: of healthy hours.
    static func bend(_ model: ImposedModel, _ residuals: HourlyResiduals, options: LeakLocatorOptions) -> (ofAll: Bool, ofCustomers: Bool) {
        guard AlikeHours.canBeApart(model, hours: residuals.conditions.count) else {
            return (matter(model, residuals, options: options), false)
        }
        let bends = moves(model, residuals, options).map { moves in
            (moves.map { abs($0.more + $0.less - 2 * $0.usual) / 2 }.max() ?? 0) > ofNoise * options.pressureNoise
        }
        return (bends.contains(true), bends.last ?? false)
    }

    /// Of the noise of a pressure: some readings of a day tell no less. [–]
    private static let ofNoise = 0.15

    /// Pressures in the busiest hour, as the model has them and with more or less drawn, by the spread of all demand and by that of the
    /// largest customer; empty where that is not asked, or has no answer. [m]
    private static func moves(
        _ model: ImposedModel, _ residuals: HourlyResiduals, _ options: LeakLocatorOptions
    ) -> [[(usual: Double, more: Double, less: Double)]] {
        func total(_ conditions: BoundaryConditions) -> Double { conditions.demands.reduce(0, +) }
        guard model.zoneDemands == nil, let busiest = residuals.conditions.max(by: { total($0) < total($1) }),
            let solver = try? HydraulicSolver(model.network)
        else { return [] }
        let spread = hypot(options.dailyCommonSpread, options.hourlyCommonSpread), demands = busiest.demands
        let largest = demands.indices.max { demands[$0] < demands[$1] }
        let more = [
            demands.map { spread * $0 }, demands.indices.map { $0 == largest ? options.hourlyDemandSpread * max(demands[$0], 0) : 0 },
        ]
        let usual = solver.solve(busiest)
        return more.map { more in
            let states = [usual] + [1.0, -1].map { solver.solve(busiest.drawing(more, times: $0), warm: true) }
            guard states.allSatisfy({ $0.verdict.outcome == .converged }) else { return [] }
            return model.channels.filter { !$0.isFlow }.compactMap { channel in
                let values = states.compactMap { model.predicted(channel, $0) }
                return values.count == 3 ? (values[0], values[1], values[2]) : nil
            }
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

    /// The same with so much more drawn at each node. [m³/s]
    func drawing(_ more: [Double], times factor: Double = 1) -> BoundaryConditions {
        var copy = self
        for node in copy.demands.indices { copy.demands[node] += factor * more[node] }
        return copy
    }
}

extension HourlyResiduals {
    /// What nodes draw by themselves in the hours of both; empty where neither tells it. [m³/s]
    static func own(_ before: HourlyResiduals, _ after: HourlyResiduals) -> [[Double]] {
        guard !before.own.isEmpty || !after.own.isEmpty else { return [] }
        return [before, after].flatMap { part in part.own.isEmpty ? part.conditions.map { $0.demands.map { _ in 0 } } : part.own }
    }

    /// By how much all demand is above the model's where answers are taken: on the day of each hour, the middle one of its hours, or in the hour
    /// (`isOfHours`). [–]
    func levelsOfDays(_ record: SensorRecord) -> [Double] {
        guard !isOfHours, levels.contains(where: { $0 != 0 }) else { return levels }
        let days = levels.indices.map { record.instant(at: $0).seconds / 86_400 }
        let ofDay = Dictionary(grouping: levels.indices) { days[$0] }.mapValues { OrderStatistics.medianOrZero($0.map { levels[$0] }) }
        return days.map { ofDay[$0] ?? 0 }
    }

    /// Conditions of each hour with all demand as far above the model's as `levelsOfDays` has it.
    func atDemandOfDay(_ record: SensorRecord) -> [BoundaryConditions] {
        let ofDays = levelsOfDays(record)
        return conditions.indices.map { hour in
            ofDays[hour] == levels[hour] ? conditions[hour] : conditions[hour].demanding((1 + ofDays[hour]) / (1 + levels[hour]))
        }
    }

    /// The same with all demand of each hour above the model's.
    /// - Parameters:
    ///   - levels: by how much, of each hour. [–]
    ///   - own: what each node draws beyond that. [m³/s]
    ///   - isOfHours: whether answers are taken at the demand of each hour; with `own` they are.
    func demanding(
        _ levels: ArraySlice<Double>, own: ArraySlice<[Double]> = [], _ model: ImposedModel, _ record: SensorRecord, isOfHours: Bool = false
    ) -> HourlyResiduals {
        let levels = Array(levels), own = Array(own), count = conditions.count
        guard count > 0, levels.count == count, let hydraulics = try? HydraulicSolver(model.network).model else { return self }
        let tanks = model.channels.indices.filter { if case .tank = model.channels[$0].source { true } else { false } }
        let found: [[(hour: Int, conditions: BoundaryConditions, values: [Double?])]] = concurrentMap(2) { half in
            let solver = HydraulicSolver(hydraulics)
            return (half == 0 ? 0..<count / 2 : count / 2..<count).compactMap { hour in
                let plain = self.own.isEmpty ? conditions[hour] : conditions[hour].drawing(self.own[hour], times: -1)
                let level = plain.demanding((1 + levels[hour]) / (1 + self.levels[hour]))
                let here = own.isEmpty ? level : level.drawing(own[hour])
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
        copy.isOfHours = isOfHours || !own.isEmpty
        if !own.isEmpty || !self.own.isEmpty {
            copy.own = self.own.isEmpty ? own.map { $0.map { _ in 0 } } : self.own
            for (hour, _, _) in found.joined() { copy.own[hour] = own.isEmpty ? copy.own[hour].map { _ in 0 } : own[hour] }
        }
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
        hourlyDemands(nil, leak: leak, onset, bent: bent).levels
    }

    /// By how much all demand together was above the model's at each hour [–], and what each node drew beyond that [m³/s], by the readings of
    /// that hour: the likeliest, of each node by its share of their covariance. Single customers of a tenth of all demand bend head losses.
    /// - Parameters:
    ///   - standing: that the record was made with; nil: of single nodes nothing is told.
    ///   - leak: node and size [m³/s] of one that runs in the later hours; nil: none.
    ///   - onset: when it began.
    func hourlyDemands(
        _ standing: StandingErrors?, spread: Double = 0, leak: (node: Int, size: Double)? = nil,
        _ onset: LeakOnset = LeakOnset(start: 0, growth: 0), bent: BentAnswers = BentAnswers()
    ) -> (levels: [Double], own: [[Double]]) {
        guard let estimate = standingEstimate() else { return (classes.map { _ in 0 }, []) }
        let width = standingWidth, days = daysPlace, sizes = sizes(onset)
        let fits = classes.indices.map { hour -> DemandFit? in
            let rows = (0..<channels).filter { present[hour][$0] }, condition = filter.conditions[hour]
            guard !rows.isEmpty, let factor = try? CholeskyFactor(filter.spread(hour, rows)) else { return nil }
            let running = hour < firstLater ? 0 : (leak?.size ?? 0) * sizes[hour - firstLater]
            let left = rows.map { channel in
                var row = [Double](repeating: 0, count: 1 + width)
                fill(hour, channel, &row, 0)
                let lost = leak.map { running > 0 ? running * answer(hour, channel, to: $0.node, bent: bent) : 0 } ?? 0
                return (0..<width).reduce(row[0] - lost) { sum, s in
                    days.contains(s) ? sum : sum - row[1 + s] * estimate.strengths[s]
                }
            }
            let answers = rows.map { filter.common[condition][$0] }
            let common = factor.whiten(answers), whitened = factor.whiten(left)
            let strength = dotProduct(common, whitened) / (dotProduct(common, common) + 1 / (1 + daily * daily))
            let misfit = dotProduct(whitened, whitened) - strength * dotProduct(common, whitened)
            return DemandFit(
                rows: rows, level: hourlyCommonSpread * strength, weights: factor.solve(zip(left, answers).map { $0 - strength * $1 }),
                misfit: misfit / Double(rows.count))
        }
        let odd = leak == nil && standing != nil ? oddAllAlong(fits) : []
        let found = classes.indices.map { hour -> (level: Double, own: [Double]) in
            let condition = filter.conditions[hour], demands = standing?.demands[condition] ?? []
            guard let fit = fits[hour], !odd.contains(hour) else { return (0, demands.map { _ in 0 }) }
            guard let standing else { return (fit.level, []) }
            let own = demands.indices.map { node -> Double in
                let usual = demands[node] * (1 + fit.level) / (1 + standing.levels[condition])
                guard usual > 0 else { return 0 }
                let own = usual * spread
                let sum = fit.rows.indices.reduce(0) { $0 + standing.besideLeak[condition][fit.rows[$1], node] * fit.weights[$1] }
                return min(max(own * own * sum, -Self.furthest * own, -Self.mostLess * usual), Self.furthest * own)
            }
            return (fit.level, own)
        }
        return (found.map(\.level), standing == nil ? [] : found.map(\.own))
    }

    /// Hours of the later record about which most lie further off than the spreads of demand explain: a leak may run there that is not
    /// known yet. An hour that does so among others that do not is one of unusual demand.
    private func oddAllAlong(_ fits: [DemandFit?]) -> Set<Int> {
        Set(
            (firstLater..<fits.count).filter { hour in
                let near = max(hour - Self.about * perHour, firstLater)..<min(hour + Self.about * perHour + 1, fits.count)
                return OrderStatistics.medianOrZero(fits[near].compactMap { $0?.misfit }) > Self.mostMisfit
            })
    }

    /// What the readings of an hour say of the demand in it.
    private struct DemandFit {
        /// Channels that were read.
        let rows: [Int]
        /// By how much all demand was above the model's. [–]
        let level: Double
        /// Of what that leaves of each reading, in the measure of its covariance. [1/unit]
        let weights: [Double]
        /// Mean square of the same, in what was expected. [–]
        let misfit: Double
    }

    /// Share of its demand that a node is taken to draw less at most; spreads that it may be away from its usual. [–]
    private static var mostLess: Double { 0.9 }
    private static var furthest: Double { 3 }
    /// Mean square of what readings lie off, in what is expected, from which on most hours are not told by demand [–]; how many hours before
    /// and after one are asked.
    private static var mostMisfit: Double { 5 }
    private static var about: Int { 12 }
}
