// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// A first guess of pumps and valves that are far off, where a linear model does not reach: one after the other is moved through what it may
/// be, and the engine says what would be read.
///
/// What counts is how far the mean readings of alike hours lie from the model's, as the negative logarithm of Student's t with four degrees
/// of freedom, so that a few readings which something else has moved do not decide.
struct DeviceScan {
    /// Of each device. [logarithm of a factor, –; m]
    let changes: [Double]
    /// By how much the cost falls, as a share of it. [–]
    let gain: Double

    /// Errors that a usable model has: of pressures [m], of flows as a share of the channel's mean size [–].
    private static let pressure = 1.0, flow = 0.05
    private static let factors = [0.5, 0.6, 0.7, 0.8, 0.9, 1.1, 1.2, 1.35, 1.5, 1.75, 2].map { log($0) }
    private static let pressures = [-20.0, -15, -10, -7.5, -5, -2.5, 2.5, 5, 7.5, 10, 15, 20]
    private static let sweeps = 2
    /// Share of the first cost by which one device must better it.
    private static let clearly = 0.05
    /// Devices that are scanned; of more, a scan would take long.
    private static let most = 24

    private struct Example: Sendable {
        var conditions: BoundaryConditions
        var hours: Double
        /// Mean reading of each channel.
        var read: [Double?]
    }

    init(_ model: ImposedModel, _ baseline: SensorRecord, _ healthy: HourlyResiduals, _ parameters: DeviceParameters) {
        let none = SensorRecord(start: baseline.start, step: baseline.step, count: 0, series: [:])
        guard let solver = try? HydraulicSolver(model.network) else {
            (changes, gain) = ([], 0)
            return
        }
        let alike = AlikeHours(model, baseline, healthy, none, HourlyResiduals(model, none, solver: solver))
        let examples = alike.examples.indices.map { place in
            let hours = alike.before.indices.filter { alike.before[$0] == place }
            let read = model.channels.indices.map { k -> Double? in
                let values = hours.compactMap { healthy.residuals[k][$0] == nil ? nil : healthy.measured[k][$0] }
                return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
            }
            return Example(conditions: alike.examples[place], hours: Double(hours.count), read: read)
        }
        let spreads = model.channels.indices.map { model.channels[$0].isFlow ? max(Self.flow * healthy.meanSize[$0], 1e-4) : Self.pressure }
        var best = parameters.devices.map { _ in 0.0 }
        let first = Self.cost(model, parameters, best, examples, spreads)
        var least = first
        for _ in 0..<Self.sweeps {
            var moved = false
            for place in parameters.devices.indices.prefix(Self.most) {
                let steps = parameters.devices[place].kind == .pressure ? Self.pressures : Self.factors
                let now = best
                let costs = concurrentMap(steps.count) { step in
                    var trial = now
                    trial[place] = steps[step]
                    return Self.cost(model, parameters, trial, examples, spreads)
                }
                if let step = costs.indices.min(by: { costs[$0] < costs[$1] }), costs[step] < least - Self.clearly * first {
                    (least, best[place], moved) = (costs[step], steps[step], true)
                }
            }
            if !moved { break }
        }
        changes = best
        gain = first > 0 ? 1 - least / first : 0
    }

    private static func cost(
        _ model: ImposedModel, _ parameters: DeviceParameters, _ changes: [Double], _ examples: [Example], _ spreads: [Double]
    ) -> Double {
        guard let solver = try? HydraulicSolver(parameters.changed(model.network, by: changes)) else { return .infinity }
        var sum = 0.0, isWarm = false
        for example in examples where example.hours > 0 {
            var conditions = example.conditions
            // What is imposed of valves' settings is the given model's.
            parameters.impose(changes, on: &conditions)
            let state = solver.solve(conditions, warm: isWarm)
            isWarm = true
            guard state.verdict.outcome == .converged else { return .infinity }
            for (k, channel) in model.channels.enumerated() {
                guard let read = example.read[k], let value = model.predicted(channel, state) else { continue }
                let error = (read - value) / spreads[k]
                sum += example.hours * 2.5 * log1p(error * error / 4)
            }
        }
        return sum
    }
}
