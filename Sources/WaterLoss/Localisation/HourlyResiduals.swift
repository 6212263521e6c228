// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
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

    var hasReadings: Bool { residuals.contains { $0.contains { $0 != nil } } }

    /// Rough errors by which the states of pumps are told: a pressure [m] and a flow as a share of the channel's size [–].
    private static let roughPressure = 1.0, roughFlow = 0.05

    init(_ model: ImposedModel, _ record: SensorRecord, solver: HydraulicSolver) {
        residuals = [[Double?]](repeating: [Double?](repeating: nil, count: record.count), count: model.channels.count)
        meanSize = [Double](repeating: 0, count: model.channels.count)
        switching = [Int](repeating: 0, count: record.count)
        conditions = []
        let sizes = model.channels.indices.map { channel in
            let values = (0..<record.count).compactMap { model.measured(model.channels[channel], record, $0).map(abs) }
            return values.isEmpty ? 1 : max(values.reduce(0, +) / Double(values.count), 1e-9)
        }
        var lastLevels: [Int: Double] = [:]
        var isWarm = false
        for hour in 0..<record.count {
            let base = model.conditions(at: record.instant(at: hour), record: record, index: hour, lastLevels: &lastLevels)
            let switchings = model.switchings(lastLevels: lastLevels)
            var best: (cost: Double, state: HydraulicState, conditions: BoundaryConditions, index: Int)?
            for (index, changes) in switchings {
                var conditions = base
                for change in changes {
                    conditions.statuses[change.link] = change.status
                    if change.status == .open, conditions.settings[change.link] == 0, model.network.links[change.link].pump != nil {
                        conditions.settings[change.link] = 1
                    }
                }
                let state = solver.solve(conditions, warm: isWarm)
                isWarm = true
                guard switchings.count > 1 else {
                    best = (0, state, conditions, index)
                    break
                }
                var cost = state.verdict.outcome == .converged ? 0.0 : 1e6
                for (c, channel) in model.channels.enumerated() {
                    // The rise of a level tells the hour that follows, in which the pump may have switched: read with less weight.
                    guard let read = model.measured(channel, record, hour), let value = model.predicted(channel, state) else { continue }
                    let error = (read - value) / (channel.isFlow ? Self.roughFlow * sizes[c] + 1e-4 : Self.roughPressure)
                    cost += min(error * error, 400)
                }
                if cost < best?.cost ?? .infinity { best = (cost, state, conditions, index) }
            }
            guard let best else {
                conditions.append(base)
                continue
            }
            switching[hour] = best.index
            conditions.append(best.conditions)
            for (c, channel) in model.channels.enumerated() {
                guard let value = model.predicted(channel, best.state), let read = model.measured(channel, record, hour) else { continue }
                residuals[c][hour] = read - value
                meanSize[c] += abs(value) / Double(record.count)
            }
        }
        dropSwitchingHours(model)
    }

    /// Takes out the hours in which a pressure is far from all its others: there the state of a pump, a valve
    /// or a full tank was misread, and nothing of the hour can be relied on.
    mutating func dropGrossErrors(_ model: ImposedModel) {
        var isGross = [Bool](repeating: false, count: switching.count)
        for (k, channel) in model.channels.enumerated() where !channel.isFlow {
            let known = residuals[k].compactMap { $0 }
            guard known.count > 8 else { continue }
            let median = BeforeAfter.median(known)
            let spread = 1.4826 * BeforeAfter.median(known.map { abs($0 - median) })
            let limit = max(10 * spread, 0.3)
            let far = residuals[k].indices.filter { hour in residuals[k][hour].map { abs($0 - median) > limit } ?? false }
            // Where a tenth of the record would go, the sensor or the model is odd there, not the hours.
            guard far.count * 10 <= known.count else { continue }
            for hour in far { isGross[hour] = true }
        }
        for hour in isGross.indices where isGross[hour] { for k in residuals.indices { residuals[k][hour] = nil } }
    }

    /// In an hour in which a pump starts or stops, the reading and the model's snapshot speak of different states.
    private mutating func dropSwitchingHours(_ model: ImposedModel) {
        for hour in switching.indices.dropFirst() where switching[hour] != switching[hour - 1] {
            for c in residuals.indices {
                residuals[c][hour] = nil
                if case .tank = model.channels[c].source { residuals[c][hour - 1] = nil }
            }
        }
    }
}
