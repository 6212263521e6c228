// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// The state of the switched links, hour by hour, that explains the readings best, and what the model reads in it.
///
/// The likeness of a state is measured in spreads that are learnt from the record itself: a first round with rough ones, then
/// rounds with the centre and spread that each channel's residuals showed. Errors weigh as in a heavy-tailed distribution, so that
/// one odd sensor does not choose the state of a pump.
struct LinkStates {
    /// What the model says of an hour in one state.
    private struct Snapshot {
        var values: [Double?]
        var isConverged: Bool
    }

    /// Centre and spread of each channel's residuals. [unit of the channel]
    struct Habit {
        var centre: [Double]
        var spread: [Double]
    }

    /// Bits of `SwitchedLinks`, by hour.
    private(set) var states: [Int]
    private(set) var conditions: [BoundaryConditions] = []
    /// By channel and hour; nil where the model has no answer.
    private(set) var predicted: [[Double?]]
    private(set) var habit: Habit

    /// Rough errors of the first round: a pressure [m], a flow as a share of the largest that is read [–].
    private static let roughPressure = 2.0, roughFlow = 0.1
    /// Least spreads: a pressure [m], a flow as a share of the channel's own size [–].
    private static let leastPressure = 0.1, leastFlow = 0.01
    /// What an exception from the schedule has to explain before it is believed, as a difference of log likelihoods.
    private static let exception = 8.0
    /// Share of a link's flow below which it is shut, and what the link's own meter weighs where it says the opposite.
    private static let shut = 0.05, contradiction = 500.0
    private static let nearLimit = 0.05  // m, some times the noise of a level
    private static let rounds = 3

    /// - Parameters:
    ///   - measured: by channel and hour.
    ///   - known: what an earlier record of the same network showed; its first round then begins with that.
    init(_ model: ImposedModel, _ record: SensorRecord, measured: [[Double?]], solver: HydraulicSolver, known: Habit?) {
        let hours = record.count, channels = model.channels
        states = [Int](repeating: 0, count: hours)
        predicted = measured.map { _ in [Double?](repeating: nil, count: hours) }
        let sizes = measured.map { row in row.reduce(0) { max($0, abs($1 ?? 0)) } }
        let largest = max(zip(channels, sizes).reduce(0) { $1.0.isFlow ? max($0, $1.1) : $0 }, 1e-4)
        habit =
            known
            ?? Habit(
                centre: channels.map { _ in 0 }, spread: channels.map { $0.isFlow ? Self.roughFlow * largest : Self.roughPressure })
        var lastLevels: [Int: Double] = [:]
        var base: [BoundaryConditions] = [], free: [[Int]] = []
        for hour in 0..<hours {
            base.append(model.conditions(at: record.instant(at: hour), record: record, index: hour, lastLevels: &lastLevels))
            let levels = lastLevels
            free.append(
                model.switched.choices.indices.filter { bit in
                    guard case .tank(let node, _) = model.switched.choices[bit] else { return true }
                    guard let level = levels[node], let limits = model.network.nodes[node].tank else { return false }
                    return level > limits.maximumLevel - Self.nearLimit || level < limits.minimumLevel + Self.nearLimit
                })
        }
        var seen = [[Int: Snapshot]](repeating: [:], count: hours)
        var isWarm = false
        func snapshot(_ hour: Int, _ state: Int) -> Snapshot {
            if let known = seen[hour][state] { return known }
            var conditions = base[hour]
            model.switched.apply(state, to: &conditions, of: model.network)
            let solved = solver.solve(conditions, warm: isWarm)
            isWarm = true
            let found = Snapshot(
                values: channels.map { model.predicted($0, solved) }, isConverged: solved.verdict.outcome == .converged)
            seen[hour][state] = found
            return found
        }
        let isOwnMeter = channels.map { [links = model.switched.links] in $0.isLink && links.contains($0.index) }
        func cost(_ hour: Int, _ state: Int) -> Double {
            let found = snapshot(hour, state)
            var sum = found.isConverged ? 0 : 1e6
            for k in channels.indices {
                guard let read = measured[k][hour], let value = found.values[k] else { continue }
                // A leak shifts all pressures as a pump that runs does; the meter on the pump knows better.
                let more = max(abs(read), abs(value))
                if isOwnMeter[k], more > Self.leastFlow * largest, min(abs(read), abs(value)) < Self.shut * more {
                    sum += Self.contradiction
                }
                let error = (read - value - habit.centre[k]) / habit.spread[k]
                sum += 2.5 * log1p(error * error / 4)  // Student's t with four degrees of freedom
            }
            for bit in free[hour] where state >> bit & 1 == 1 {
                if case .control = model.switched.choices[bit] { continue }
                sum += Self.exception
            }
            return sum
        }
        for round in 0..<Self.rounds {
            var usual: Double?
            if round > 0 { usual = OrderStatistics.medianOrZero((0..<hours).map { cost($0, states[$0]) }) }
            for hour in 0..<hours {
                var state = round == 0 ? (hour > 0 ? states[hour - 1] & controlBits(model) : 0) : states[hour]
                var best = cost(hour, state)
                // Exceptions are tried where the hour is badly explained; that is told by the first round.
                let tried = free[hour].filter { bit in
                    if case .schedule = model.switched.choices[bit] { return usual.map { best > 2 * $0 + Self.exception } ?? false }
                    return true
                }
                var improves = !tried.isEmpty
                while improves {
                    improves = false
                    for bit in tried {
                        let other = cost(hour, state ^ 1 << bit)
                        if other < best { (best, state, improves) = (other, state ^ 1 << bit, true) }
                    }
                }
                states[hour] = state
            }
            if model.switched.choices.isEmpty { break }
            habit = learnt(channels, measured, seen.enumerated().map { $1[states[$0]]?.values }, keeps: known, sizes)
        }
        for hour in 0..<hours {
            var here = base[hour]
            model.switched.apply(states[hour], to: &here, of: model.network)
            conditions.append(here)
            let found = snapshot(hour, states[hour])
            for k in channels.indices { predicted[k][hour] = found.values[k] }
        }
    }

    private func controlBits(_ model: ImposedModel) -> Int {
        model.switched.choices.enumerated().reduce(0) { bits, item in
            if case .control = item.element { bits | 1 << item.offset } else { bits }
        }
    }

    /// Median and spread about it of each channel's residuals in the states chosen.
    private func learnt(
        _ channels: [ImposedModel.Channel], _ measured: [[Double?]], _ values: [[Double?]?], keeps: Habit?, _ sizes: [Double]
    )
        -> Habit
    {
        var found = habit
        for k in channels.indices {
            let errors = measured[k].indices.compactMap { hour -> Double? in
                guard let read = measured[k][hour], let value = values[hour]?[k] else { return nil }
                return read - value
            }
            guard errors.count > 8 else { continue }
            let centre = OrderStatistics.medianOrZero(errors)
            found.centre[k] = centre
            let least = channels[k].isFlow ? max(Self.leastFlow * sizes[k], 1e-5) : Self.leastPressure
            found.spread[k] = keeps?.spread[k] ?? max(1.4826 * OrderStatistics.medianOrZero(errors.map { abs($0 - centre) }), least)
        }
        return found
    }
}
