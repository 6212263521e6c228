// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// Readings less model, hour by hour.
struct HourlyResiduals {
    /// By channel, then by hour; nil where nothing was read, a link was switching, or the model had no answer.
    var residuals: [[Double?]]
    /// Mean size of the model's value, by channel; for the noise of flow meters.
    var meanSize: [Double]
    /// Switching chosen for each hour.
    var switching: [Int]
    /// Conditions of each hour, with the chosen switching.
    var conditions: [BoundaryConditions]
    /// What was read and what the model says, by channel and hour.
    let measured: [[Double?]]
    var predicted: [[Double?]]
    /// By how much all demand of each hour is above the model's. [–]
    var levels: [Double]
    /// What each node draws beyond that, of hours in which it is told; empty: none is. [m³/s]
    var own: [[Double]] = []
    /// Whether answers are taken at what is drawn in each hour, rather than on its day.
    var isOfHours = false

    var hasReadings: Bool { residuals.contains { $0.contains { $0 != nil } } }

    /// What the residuals showed by which the states were told.
    let habit: LinkStates.Habit

    /// Whether a tank's inflow over an hour goes with its level at the beginning of the hour, as where the readings come from a simulation
    /// by the hour, rather than with that of its middle.
    private(set) var tanksAreStepped: Bool

    /// - Parameters:
    ///   - solver: of the model's network; its own state is left as it is.
    ///   - known: what an earlier record of the same network showed.
    ///   - isStepped: whether inflows of tanks go with the levels at the beginning of each hour; nil: told by the readings.
    ///   - leak: that is taken to run where it is told in which state the links are; the residuals are those of the model without it.
    init(
        _ model: ImposedModel, _ record: SensorRecord, solver: HydraulicSolver, known: LinkStates.Habit? = nil, isStepped: Bool? = false,
        beside leak: SupposedLeak? = nil
    ) {
        let measured = model.channels.map { channel in (0..<record.count).map { model.measured(channel, record, $0) } }
        let found = LinkStates(model, record, measured: measured, on: solver.model, known: known, beside: leak)
        switching = found.states
        conditions = found.conditions
        habit = found.habit
        let stepped = leak == nil ? found.predicted : model.predicted(found.conditions, solver.model)
        var predicted = stepped
        // A tank's net inflow is a mean over the hour, in which its level moves.
        let tanks = model.channels.indices.filter { if case .tank = model.channels[$0].source { true } else { false } }
        if !tanks.isEmpty, isStepped != true {
            let conditions = found.conditions, hydraulics = solver.model, count = record.count
            let halves: [[Int: [Double?]]] = concurrentMap(2) { half in
                var inflows: [Int: [Double?]] = [:]
                var solver: HydraulicSolver?
                for hour in half == 0 ? 0..<count / 2 : count / 2..<count {
                    guard let middle = model.middle(of: conditions[hour], record: record, index: hour) else { continue }
                    let own = solver ?? HydraulicSolver(hydraulics), state = own.solve(middle, warm: solver != nil)
                    solver = own
                    guard state.verdict.outcome == .converged else { continue }
                    inflows[hour] = tanks.map { model.predicted(model.channels[$0], state) }
                }
                return inflows
            }
            for (hour, inflows) in halves.joined() { for (place, k) in tanks.enumerated() { predicted[k][hour] = inflows[place] } }
        }
        func less(_ values: [[Double?]]) -> [[Double?]] {
            zip(measured, values).map { read, value in zip(read, value).map { r, v in r.flatMap { r in v.map { r - $0 } } } }
        }
        let ofMiddle = less(predicted), ofBeginning = less(stepped)
        tanksAreStepped = isStepped ?? (Self.gain(tanks, ofMiddle, ofBeginning) > Self.clearGain)
        residuals = tanksAreStepped ? ofBeginning : ofMiddle
        if tanksAreStepped { predicted = stepped }
        self.measured = measured
        self.predicted = predicted
        levels = [Double](repeating: 0, count: record.count)
        meanSize = predicted.map { row in row.reduce(0) { $0 + abs($1 ?? 0) } / Double(max(record.count, 1)) }
        dropSwitchingHours(model)
    }

    /// By how much the residuals of some channels scatter less the other way: mean logarithm of the ratio. [–]
    private static func gain(_ channels: [Int], _ one: [[Double?]], _ other: [[Double?]]) -> Double {
        func spread(_ values: [Double?]) -> Double {
            let known = values.compactMap { $0 }, median = OrderStatistics.medianOrZero(known)
            return OrderStatistics.medianOrZero(known.map { abs($0 - median) })
        }
        let ratios = channels.compactMap { k in
            let a = spread(one[k]), b = spread(other[k])
            return a > 0 && b > 0 ? log(a / b) : nil
        }
        return ratios.isEmpty ? 0 : ratios.reduce(0, +) / Double(ratios.count)
    }

    /// Gain from which on the readings tell that inflows go with the beginning of the hour. [–]
    private static let clearGain = 0.02

    /// Takes out the hours in which a pressure is far from all its others: there the state of a pump, a valve
    /// or a full tank was misread, and nothing of the hour can be relied on.
    mutating func dropGrossErrors(_ model: ImposedModel) {
        var isGross = [Bool](repeating: false, count: switching.count)
        for (k, channel) in model.channels.enumerated() where !channel.isFlow {
            let known = residuals[k].compactMap { $0 }
            guard known.count > 8 else { continue }
            let median = OrderStatistics.medianOrZero(known)
            let spread = 1.4826 * OrderStatistics.medianOrZero(known.map { abs($0 - median) })
            let limit = max(10 * spread, 0.3)
            let far = residuals[k].indices.filter { hour in residuals[k][hour].map { abs($0 - median) > limit } ?? false }
            // Where a tenth of the record would go, the sensor or the model is odd there, not the hours.
            guard far.count * 10 <= known.count else { continue }
            for hour in far { isGross[hour] = true }
        }
        for hour in isGross.indices where isGross[hour] { for k in residuals.indices { residuals[k][hour] = nil } }
    }

    /// Where a pump starts or stops within an hour, the rise of a tank's level over that hour is of neither state. At the hour of the
    /// change itself the readings are of one state where they are of the moment, and of both where they are means over the hour:
    /// there they stand apart from those of other hours, and are left out.
    private mutating func dropSwitchingHours(_ model: ImposedModel) {
        let changes = switching.indices.dropFirst().filter { switching[$0] != switching[$0 - 1] }
        guard !changes.isEmpty else { return }
        for hour in changes {
            for c in residuals.indices { if case .tank = model.channels[c].source { residuals[c][hour - 1] = nil } }
        }
        let isChange = Set(changes)
        func typical(_ hours: [Int]) -> Double {
            let errors = hours.flatMap { hour in
                residuals.indices.compactMap { k in residuals[k][hour].map { abs($0 - habit.centre[k]) / habit.spread[k] } }
            }
            return OrderStatistics.medianOrZero(errors)
        }
        let others = switching.indices.filter { !isChange.contains($0) }
        guard typical(changes) > Self.mixed * typical(others) else { return }
        for hour in changes { for c in residuals.indices { residuals[c][hour] = nil } }
    }

    /// How much further than usual the readings of changing hours lie where they are means of two states. [–]
    private static let mixed = 1.5
}
