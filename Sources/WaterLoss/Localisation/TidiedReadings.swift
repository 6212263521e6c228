// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

/// Two records whose oddities are put right where that is possible, left out where not, and told: pressures that stand still, in another
/// unit, of another node, with a clock that is hours off.
struct TidiedReadings {
    private(set) var model: ImposedModel
    private(set) var baseline: SensorRecord
    private(set) var readings: SensorRecord
    private(set) var before: HourlyResiduals
    private(set) var after: HourlyResiduals
    private(set) var remarks: [LeakRemark] = []
    /// Channels of another node or unit, of which nothing is taken.
    private(set) var leftOut: Set<Int> = []

    init(
        _ network: Network, sensors: [Sensor], baseline: SensorRecord, readings: SensorRecord, use: MeteredUse? = nil,
        solver: HydraulicSolver
    ) throws(LeakLocatorError) {
        let (baseline, stuckBefore) = baseline.withoutStuck(sensors), (readings, stuckAfter) = readings.withoutStuck(sensors)
        self.baseline = baseline
        self.readings = readings
        let model = try ImposedModel(network, sensors: sensors, start: baseline.start)
        guard !model.channels.isEmpty else { throw .noUsableSensor }
        self.model = model
        func hours(_ steps: Int) -> Int { (steps * baseline.step + 3599) / 3600 }
        let stuck = stuckBefore.merging(stuckAfter, uniquingKeysWith: +).sorted { $0.key < $1.key }
        remarks = stuck.map { .stuck($0.key, hours: hours($0.value)) }
        (before, after) = Self.residuals(model, baseline, readings, solver)
        putUnitsRight(solver)
        putClocksRight(solver)
        if let use { take(use, solver) }
        let displaced = before.displaced(self.model)
        leftOut = Set(displaced.keys)
        before.leaveOut(leftOut)
        after.leaveOut(leftOut)
        remarks += displaced.sorted { $0.key < $1.key }.map { .displaced(self.model.channels[$0.key].sensor, metres: $0.value) }
    }

    /// Gives back what its residuals hold of every hour, where others have taken their place.
    mutating func forgetConditions() {
        before.conditions = []
        after.conditions = []
    }

    /// Faults of one clock may hide behind those of many.
    private static let clockRounds = 2, unitRounds = 3
    /// By how much the logarithm of the healthy readings' distance must fall, if many clocks are to be believed wrong. [–]
    private static let clearly = 0.1

    private mutating func putUnitsRight(_ solver: HydraulicSolver) {
        // All of them first: pumps are then misread by which the model is run, and single ones not to be told.
        if let unit = before.unitOfAll(model) {
            let trial = with(
                Dictionary(uniqueKeysWithValues: model.channels.indices.filter { !model.channels[$0].isFlow }.map { ($0, unit) }), solver)
            if trial.before.isMended(by: unit, from: before.pressureDistance(model), model) { self = trial }
        }
        // Where many are in another unit, the rest shows once these are put right.
        for _ in 0..<Self.unitRounds {
            let units = before.units(model)
            guard !units.isEmpty else { break }
            self = with(units, solver)
        }
    }

    /// - units: of pressures, by channel.
    private func with(_ units: [Int: PressureUnit], _ solver: HydraulicSolver) -> TidiedReadings {
        let factors = Dictionary(units.map { (model.channels[$0].sensor, $1.metres) }, uniquingKeysWith: { first, _ in first })
        var found = self
        found.remarks += units.sorted { $0.key < $1.key }.map { .unit(model.channels[$0.key].sensor, $0.value) }
        (found.baseline, found.readings) = (baseline.scaled(factors), readings.scaled(factors))
        (found.before, found.after) = Self.residuals(model, found.baseline, found.readings, solver)
        return found
    }

    private mutating func putClocksRight(_ solver: HydraulicSolver) {
        for _ in 0..<Self.clockRounds {
            let elsewhere = Set(before.displaced(model).keys)
            let clocks = ClockCheck(model, baseline, before, readings, after, without: elsewhere)
            var best = self
            for faults in clocks.doubted {
                let trial = with(faults, solver)
                // Of one among many channels the others hardly tell.
                let least = Self.clearly / Double(faults.isOfOne ? model.channels.count : 1)
                if trial.before.distance() < min(before.distance() - least, best.before.distance()) { best = trial }
            }
            if best.remarks.count == remarks.count {
                guard !clocks.single.isEmpty else { return }
                best = with(clocks.single, solver)
            }
            self = best
        }
    }

    private func with(_ clocks: ClockFaults, _ solver: HydraulicSolver) -> TidiedReadings {
        var found = self
        found.remarks += clocks.remarks(model, baseline)
        (found.baseline, found.readings) = clocks.moved(model, baseline, readings)
        found.model = clocks.moved(model, step: baseline.step)
        (found.before, found.after) = Self.residuals(found.model, found.baseline, found.readings, solver)
        return found
    }

    /// Takes customers' readings for the demand of their zones, unless the others then lie further from the model.
    private mutating func take(_ use: MeteredUse, _ solver: HydraulicSolver) {
        guard let demands = ZoneDemands(model, use, baseline, readings) else { return }
        var refused = demands.refused
        if !demands.isEmpty {
            var other = model
            other.zoneDemands = demands
            let (before, after) = Self.residuals(other, baseline, readings, solver)
            if isBettered(by: before, after) {
                (model, self.before, self.after) = (other, before, after)
            } else {
                refused += demands.zones
            }
        }
        if !refused.isEmpty { remarks.append(.use(refused.sorted())) }
    }

    /// Whether another model is nearer to the healthy readings and not much further from the later ones. Where demand is the same at all hours
    /// every model is as near: distances are of what moves.
    func isBettered(by before: HourlyResiduals, _ after: HourlyResiduals) -> Bool {
        before.distance() < self.before.distance() + Self.same && after.distance() < self.after.distance() + Self.further
    }

    /// By how much the logarithm of the later readings' distance may grow: a leak is in them; and of what distances are the same. [–]
    private static let further = 0.1, same = 1e-9

    /// What both records lie off a model.
    /// - leftOut: channels of which nothing is taken.
    static func residuals(
        _ model: ImposedModel, _ baseline: SensorRecord, _ readings: SensorRecord, _ solver: HydraulicSolver, without leftOut: Set<Int> = []
    ) -> (HourlyResiduals, HourlyResiduals) {
        var before = HourlyResiduals(model, baseline, solver: solver, isStepped: nil)
        before.dropGrossErrors(model)
        before.leaveOut(leftOut)
        var after = HourlyResiduals(model, readings, solver: solver, known: before.habit, isStepped: before.tanksAreStepped)
        after.dropGrossErrors(model)
        after.leaveOut(leftOut)
        return (before, after)
    }
}
