// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

/// A model and readings made ready for the search: oddities of readings put right, the model calibrated, and what is plainly wrong in the
/// model taken as the healthy readings have it: a pump or valve far from its curve or setting, a pipe that is shut or open.
///
/// Such a fault is taken into the model where it stands, and all begins anew with it: the readings of a zone whose valve is off look
/// displaced until it is. For pumps and valves that is the iteration of Gauss and Newton, each step from where the last one ended, until a
/// step is less than half of its own standard deviation.
struct PreparedModel {
    private(set) var tidied: TidiedReadings
    private(set) var calibration: Calibration
    private(set) var solver: HydraulicSolver
    private(set) var before: HourlyResiduals
    private(set) var after: HourlyResiduals
    /// What is wrong in the model, in the order of its links.
    private(set) var faults: [LeakRemark] = []

    private static let calibrations = 2
    /// Times that pumps and valves, and pipes, may be taken into the model.
    private static let mostSteps = 6, mostClosures = 3
    /// Sensors displaced that may have one reason. Misfit from which on pumps and valves are looked for further away than a linear model
    /// reaches, and the share by which what is found must be nearer. [–]
    private static let several = 2, badly = 1.2, clearly = 0.1
    /// By how much the misfit must fall, if faults of pumps and valves are to be believed; and below what share of itself the size of the
    /// model's errors, if a pipe's is. [–]
    private static let bettered = 0.2, worsened = 0.1, bettersErrors = 0.7

    init(_ locator: LeakLocator, baseline: SensorRecord, readings: SensorRecord) throws(LeakLocatorError) {
        var suspects = ModelSuspects(locator.network)
        self = try Self.once(locator, suspects.network, baseline, readings)
        let given = self
        // Several sensors that look displaced may have a fault of the model in common: it is looked for with them.
        let keepsAll = tidied.leftOut.count >= Self.several && calibration.values != nil
        if keepsAll { self = try Self.once(locator, suspects.network, baseline, readings, keepsAll: true) }
        // A pipe that is shut makes pumps and valves look wrong: where one mends it all, it comes first.
        try takeClosures(locator, baseline, readings, keepsAll: keepsAll, mendsAll: true, &suspects)
        let first = self
        if calibration.misfit > Self.badly || keepsAll, !calibration.devices.isEmpty {
            let plain = HourlyResiduals(tidied.model, tidied.baseline, solver: try Self.solver(locator.network), isStepped: nil)
            let scan = DeviceScan(tidied.model, tidied.baseline, plain, suspects.parameters)
            if scan.gain > Self.clearly {
                suspects.begin(at: scan.changes)
                self = try Self.once(locator, suspects.network, baseline, readings, keepsAll: keepsAll, looksForClosures: false)
            }
        }
        var isSettled = false
        for step in 0..<Self.mostSteps {
            guard
                suspects.take(
                    calibration.devices, calibration.believed, step: step, onlyOne: calibration.misfit > Self.badly,
                    isLast: step == Self.mostSteps - 1)
            else {
                isSettled = step < Self.mostSteps - 1
                break
            }
            self = try Self.once(locator, suspects.network, baseline, readings, keepsAll: keepsAll, looksForClosures: false)
        }
        // Steps that came to an end tell something, unless they made it worse; others must have made it clearly better.
        if suspects.hasDevices, calibration.misfit > first.calibration.misfit + (isSettled ? Self.worsened : -Self.bettered) {
            self = first
            suspects.forgetDevices()
        } else if suspects.hasDevices, calibration.scale > Calibration.suspicious {
            self = try Self.once(locator, suspects.network, baseline, readings, keepsAll: keepsAll)
        }
        try takeClosures(locator, baseline, readings, keepsAll: keepsAll, mendsAll: false, &suspects)
        if suspects.hasDevices, suspects.hasClosures {
            // With the pipe shut or open pumps and valves may be as they should be.
            var pipesAlone = suspects
            pipesAlone.forgetDevices()
            let plain = try Self.once(locator, pipesAlone.network, baseline, readings, keepsAll: keepsAll, looksForClosures: false)
            if plain.calibration.scale < calibration.scale / Self.bettersErrors { (self, suspects) = (plain, pipesAlone) }
        }
        if keepsAll {
            // With the fault in the model fewer sensors look displaced, or it was none.
            let last = try Self.once(locator, suspects.network, baseline, readings)
            let isExplained = last.tidied.leftOut.count + Self.several <= given.tidied.leftOut.count
            self = isExplained ? last : given
            if !isExplained { return }
        }
        faults = suspects.remarks
    }

    /// Shuts and opens pipes as the readings want it, one after the other, each of them tried before it is believed.
    /// - mendsAll: only what leaves a model that is in order.
    private mutating func takeClosures(
        _ locator: LeakLocator, _ baseline: SensorRecord, _ readings: SensorRecord, keepsAll: Bool, mendsAll: Bool,
        _ suspects: inout ModelSuspects
    ) throws(LeakLocatorError) {
        for _ in 0..<Self.mostClosures {
            let candidates = suspects.closures(of: calibration)
            guard let best = candidates.first else { return }
            var better: (closure: Closure, model: PreparedModel)?
            for closure in candidates {
                let trial = try Self.once(locator, suspects.with(closure), baseline, readings, keepsAll: keepsAll)
                let isBetter =
                    trial.calibration.scale < Self.bettersErrors * calibration.scale
                    && (!mendsAll || trial.calibration.scale < ModelSuspects.inOrder)
                    && !trial.calibration.closures.contains { $0.link == closure.link && $0.gain > 0 }
                guard isBetter else { continue }
                better = (closure, trial)
                break
            }
            if mendsAll, better == nil { return }
            suspects.take(better?.closure ?? best, calibration, isTaken: better != nil)
            guard let better else { return }
            self = better.model
        }
    }

    private init(_ tidied: TidiedReadings, _ calibration: Calibration, _ solver: HydraulicSolver) {
        self.tidied = tidied
        self.calibration = calibration
        self.solver = solver
        before = tidied.before
        after = tidied.after
    }

    /// The later residuals, with links in the states that the readings tell where a leak runs.
    func later(beside leak: SupposedLeak) -> HourlyResiduals {
        var found = HourlyResiduals(
            calibration.model, tidied.readings, solver: solver, known: before.habit, isStepped: before.tanksAreStepped, beside: leak)
        found.dropGrossErrors(calibration.model)
        found.leaveOut(tidied.leftOut)
        return found
    }

    private static func solver(_ network: Network) throws(LeakLocatorError) -> HydraulicSolver {
        do { return try HydraulicSolver(network) } catch { throw .hydraulics(error.description) }
    }

    private static func once(
        _ locator: LeakLocator, _ network: Network, _ baseline: SensorRecord, _ readings: SensorRecord, keepsAll: Bool = false,
        looksForClosures: Bool = true
    ) throws(LeakLocatorError) -> PreparedModel {
        let nominal = try solver(network)
        let tidied = try TidiedReadings(
            network, sensors: locator.sensors, baseline: baseline, readings: readings, use: locator.use, solver: nominal)
        guard tidied.before.hasReadings, tidied.after.hasReadings else { throw .noUsableSensor }
        // Calibrated twice: the second time what is not linear is seen from nearby. Where customers' meters tell the demand the spreads that
        // are left are those of the options: what the readings then say of them was found to be too sure.
        var calibration = Calibration(tidied.model, locator.options)
        let rounds = tidied.model.zoneDemands == nil ? calibrations : 0
        for round in 0..<rounds {
            calibration = try calibration.told(
                by: tidied.baseline, before: tidied.readings.start, seen: round == 0 && !keepsAll ? tidied.before : nil,
                without: keepsAll ? [] : tidied.leftOut,
                looksForClosures: looksForClosures)
        }
        var found = PreparedModel(tidied, calibration, nominal)
        if calibration.values != nil {
            found.solver = try solver(calibration.model.network)
            (found.before, found.after) = TidiedReadings.residuals(
                calibration.model, tidied.baseline, tidied.readings, found.solver, without: tidied.leftOut)
            if !tidied.isBettered(by: found.before, found.after) {
                found.calibration = Calibration(tidied.model, locator.options, refused: calibration)
                (found.before, found.after) = (tidied.before, tidied.after)
                found.solver = nominal
            }
            found.tidied.forgetConditions()
        }
        return found
    }
}
