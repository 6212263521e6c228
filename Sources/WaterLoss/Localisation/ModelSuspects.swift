// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// What of a model the healthy readings contradict so clearly that it is named: pumps and valves that are not as their curves and settings
/// have it, pipes that are shut or open against the model.
struct ModelSuspects {
    /// The model with those faults in it that are taken for certain.
    private(set) var network: Network
    /// As it was given, and the same with pipes shut and open.
    private let given: Network
    private var shutOrOpen: Network
    let parameters: DeviceParameters
    /// By which each device has been changed already. [logarithm, –; m]
    private var imposed: [Double]
    /// What was found of each in the end; nil: nothing.
    private var devices: [(change: Double, deviation: Double)?]
    private var closures: [(closures: [Closure], tried: Int, isTaken: Bool)] = []

    /// Standard deviations by which the readings alone must differ from the model, if a pump or valve is named. Errors are not normal and
    /// the model has more of them than are known: where nothing was wrong 5.4 and 5.7 were seen in 84 events.
    private static let clear = 6.0
    /// A step that is at its end: in its standard deviations, or in what was believed.
    private static let settled = 0.5, small = 0.25
    /// Steps that are whole; later ones are half as long, so that they do not go to and fro.
    private static let wholeSteps = 2
    /// Longest step, and furthest that a device is thought to be off: logarithms of factors [–], pressures [m].
    private static let longest = (factor: 0.35, pressure: 10.0), furthest = (factor: 1.0, pressure: 40.0)
    /// Logarithm of the odds, after all that were tried, from which on a pipe is suspected.
    private static let suspected = 5.0
    /// Largest errors of the model, in those believed, with which a pipe is named that does not better them. [–]
    static let inOrder = 2.0
    /// Pipes whose odds are within this factor's logarithm of the best cannot be told from it; and how many of them are named.
    private static let alike = 3.0, mostNamed = 5
    /// Pipes that are tried one after the other.
    private static let mostTrials = 4

    init(_ network: Network) {
        self.network = network
        given = network
        shutOrOpen = network
        parameters = DeviceParameters(network)
        imposed = parameters.devices.map { _ in 0 }
        devices = parameters.devices.map { _ in nil }
    }

    /// Whether a pump or valve is otherwise than the model has it.
    var hasDevices: Bool { devices.contains { $0 != nil } }

    /// Whether a pipe was shut or opened in the model.
    var hasClosures: Bool { closures.contains { $0.isTaken } }

    /// Starts from a first guess of all pumps and valves.
    mutating func begin(at changes: [Double]) {
        imposed = changes
        network = parameters.changed(shutOrOpen, by: imposed)
    }

    mutating func forgetDevices() {
        imposed = imposed.map { _ in 0 }
        devices = devices.map { _ in nil }
        network = parameters.changed(shutOrOpen, by: imposed)
    }

    /// Takes what a calibration found of pumps and valves.
    /// - Parameters:
    ///   - believed: the spreads before anything was read.
    ///   - step: number of the step, from 0.
    ///   - onlyOne: of those that are not in the model yet only the one that is furthest off is taken, as the others may be off for its sake.
    ///   - isLast: nothing more is taken into the model.
    /// - Returns: whether the model was changed, so that all has to be done anew.
    mutating func take(
        _ estimates: [DeviceEstimate], _ believed: LeakLocatorOptions, step number: Int, onlyOne: Bool, isLast: Bool
    ) -> Bool {
        var isChanged = false
        func isClear(_ place: Int) -> Bool {
            guard abs(estimates[place].signal) > Self.clear, let alone = estimates[place].alone else { return false }
            return abs(imposed[place] + alone.change) > estimates[place].device.spread(believed)
        }
        let furthest = estimates.indices.filter { isClear($0) }.max {
            abs(estimates[$0].change) / estimates[$0].prior < abs(estimates[$1].change) / estimates[$1].prior
        }
        for (place, estimate) in estimates.enumerated() {
            let isPressure = estimate.device.kind == .pressure
            guard let alone = estimate.alone else { continue }
            let whole = (change: imposed[place] + alone.change, deviation: alone.deviation)
            guard imposed[place] != 0 || (onlyOne ? place == furthest : isClear(place)) else { continue }
            devices[place] = abs(whole.change) > estimate.device.spread(believed) ? whole : nil
            guard abs(alone.change) > max(Self.settled * alone.deviation, Self.small * estimate.device.spread(believed)), !isLast
            else { continue }
            let longest = isPressure ? Self.longest.pressure : Self.longest.factor
            let limit = isPressure ? Self.furthest.pressure : Self.furthest.factor
            let step = min(max(alone.change, -longest), longest) / (number < Self.wholeSteps ? 1 : 2)
            imposed[place] = min(max(imposed[place] + step, -limit), limit)
            isChanged = true
        }
        if isChanged { network = parameters.changed(shutOrOpen, by: imposed) }
        return isChanged
    }

    /// Pipes that a calibration wants shut or open, where the odds are for it, best first; of those that cannot be told apart the first.
    func closures(of calibration: Calibration) -> [Closure] {
        let least = Self.suspected + log(Double(max(calibration.closuresTried, 1)))
        var found: [Closure] = []
        for closure in calibration.closures where closure.gain > least && found.count < Self.mostTrials {
            guard !closures.contains(where: { $0.closures.first?.link == closure.link }),
                found.last.map({ $0.gain - closure.gain > Self.alike }) ?? true
            else { continue }
            found.append(closure)
        }
        return found
    }

    /// The model with that pipe so.
    func with(_ closure: Closure) -> Network {
        var other = shutOrOpen
        other.links[closure.link].status = closure.isShut ? .closed : .open
        return parameters.changed(other, by: imposed)
    }

    /// Names a pipe, with those that cannot be told from it.
    /// - isTaken: whether the model has it so from now on.
    mutating func take(_ closure: Closure, _ calibration: Calibration, isTaken: Bool) {
        guard isTaken || calibration.scale < Self.inOrder else { return }
        let like = calibration.closures.filter { abs($0.gain - closure.gain) < Self.alike && $0.isShut == closure.isShut }
        let others = like.filter { $0.link != closure.link }
        closures.append(([closure] + others.prefix(Self.mostNamed - 1), calibration.closuresTried, isTaken))
        guard isTaken else { return }
        shutOrOpen.links[closure.link].status = closure.isShut ? .closed : .open
        network = parameters.changed(shutOrOpen, by: imposed)
    }

    var remarks: [LeakRemark] {
        var list: [LeakRemark] = []
        for (device, found) in zip(parameters.devices, devices) {
            guard let estimate = found else { continue }
            let low = estimate.change - 1.96 * estimate.deviation, high = estimate.change + 1.96 * estimate.deviation
            let id = device.id
            switch device.kind {
            case .head, .share: list.append(.strength(id, LeakRemark.Figure(exp(estimate.change), low: exp(low), high: exp(high))))
            case .pressure:
                let setting = given.links[device.link].valve?.setting ?? 0
                list.append(
                    .setting(id, model: setting, LeakRemark.Figure(setting + estimate.change, low: setting + low, high: setting + high)))
            }
        }
        for item in closures {
            let ids = item.closures.map { given.links[$0.link].id }
            guard let best = item.closures.first else { continue }
            list.append(
                best.isShut
                    ? .shut(ids, gain: best.gain, tried: item.tried, isTaken: item.isTaken)
                    : .open(ids, gain: best.gain, tried: item.tried, isTaken: item.isTaken))
        }
        return list
    }
}
