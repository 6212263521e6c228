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
    /// Centre and spread of each channel's residuals. [unit of the channel]
    struct Habit: Sendable {
        var centre: [Double]
        var spread: [Double]
    }

    /// Bits of `SwitchedLinks`, by hour.
    let states: [Int]
    let conditions: [BoundaryConditions]
    /// By channel and hour, with the leak that is taken to run; nil where the model has no answer.
    let predicted: [[Double?]]
    let habit: Habit

    /// Rough errors of the first round: a pressure [m], a flow as a share of the largest that is read [–].
    private static let roughPressure = 2.0, roughFlow = 0.1
    /// Least spread of a pressure. [m]
    private static let leastPressure = 0.1
    private static let rounds = 3

    /// - Parameters:
    ///   - measured: by channel and hour.
    ///   - known: what an earlier record of the same network showed; its first round then begins with that.
    ///   - leak: that is taken to run in the record.
    init(
        _ model: ImposedModel, _ record: SensorRecord, measured: [[Double?]], on hydraulics: HydraulicModel, known: Habit?,
        beside leak: SupposedLeak? = nil
    ) {
        let channels = model.channels, hours = 0..<record.count, middle = record.count / 2
        let sizes = measured.map { row in row.reduce(0) { max($0, abs($1 ?? 0)) } }
        let largest = max(zip(channels, sizes).reduce(0) { $1.0.isFlow ? max($0, $1.1) : $0 }, 1e-4)
        var habit =
            known
            ?? Habit(
                centre: channels.map { _ in 0 }, spread: channels.map { $0.isFlow ? Self.roughFlow * largest : Self.roughPressure })
        let trial = StateTrial(model, record, measured: measured, largest: largest, beside: leak)
        let controls = model.switched.choices.enumerated().reduce(0) { bits, item in
            if case .control = item.element { bits | 1 << item.offset } else { bits }
        }
        var states = [Int](repeating: 0, count: record.count)
        var seen = [[Int: StateTrial.Snapshot]](repeating: [:], count: record.count)
        for round in 0..<Self.rounds {
            let usual = round == 0 ? nil : OrderStatistics.medianOrZero(hours.map { trial.cost($0, states[$0], seen[$0], habit) })
            var walk = StateWalk(trial, hydraulics, habit: habit, usual: usual, states: states, seen: seen)
            // Half of the hours on each processor.
            let plain = walk
            let halves = concurrentMap(2) { half in
                var walk = plain, solver: HydraulicSolver?
                for hour in half == 0 ? 0..<middle : middle..<record.count {
                    let guess = round > 0 ? walk.states[hour] : hour == middle * half ? 0 : walk.states[hour - 1] & controls
                    walk.settle(hour, from: guess, &solver)
                }
                return walk
            }
            walk.take(halves[0], 0..<middle)
            walk.take(halves[1], middle..<record.count)
            if model.switched.choices.isEmpty {
                (states, seen) = (walk.states, walk.seen)
                break
            }
            if round == 0 {
                // The second half began without the state before it: its first hours anew, until they come to what they were.
                var solver: HydraulicSolver?
                for hour in hours.dropFirst(max(middle, 1)) {
                    let before = walk.states[hour]
                    walk.settle(hour, from: walk.states[hour - 1] & controls, &solver)
                    if walk.states[hour] == before { break }
                }
            }
            (states, seen) = (walk.states, walk.seen)
            habit = Self.learnt(channels, measured, zip(seen, states).map { $0[$1]?.values }, habit, keeps: known, sizes)
        }
        self.states = states
        self.habit = habit
        conditions = hours.map { trial.conditions($0, states[$0]) }
        predicted = channels.indices.map { k in hours.map { seen[$0][states[$0]]?.values[k] ?? nil } }
    }

    /// Median and spread about it of each channel's residuals in the states chosen.
    private static func learnt(
        _ channels: [ImposedModel.Channel], _ measured: [[Double?]], _ values: [[Double?]?], _ habit: Habit, keeps: Habit?,
        _ sizes: [Double]
    ) -> Habit {
        var found = habit
        for k in channels.indices {
            let errors = measured[k].indices.compactMap { hour -> Double? in
                guard let read = measured[k][hour], let value = values[hour]?[k] else { return nil }
                return read - value
            }
            guard errors.count > 8 else { continue }
            let centre = OrderStatistics.medianOrZero(errors)
            found.centre[k] = centre
            let least = channels[k].isFlow ? max(StateTrial.leastFlow * sizes[k], 1e-5) : Self.leastPressure
            found.spread[k] = keeps?.spread[k] ?? max(1.4826 * OrderStatistics.medianOrZero(errors.map { abs($0 - centre) }), least)
        }
        return found
    }
}
