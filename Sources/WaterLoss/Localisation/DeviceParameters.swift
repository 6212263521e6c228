// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import WaterModel

/// Pumps and valves whose strength or setting may be otherwise than the model has it, one number each: standard normal before anything is
/// read, in the spreads of `LeakLocatorOptions`.
///
/// A pump gives f times the head of its curve at every flow (one of constant power f times its power), a general-purpose valve takes f
/// times the head; a throttle's coefficient and a flow valve's flow are f times what is set, ln f being normal. A valve that holds a
/// pressure holds it so many metres higher.
struct DeviceParameters: Sendable {
    enum Kind: Sendable {
        /// Factor of a pump's or a general-purpose valve's head.
        case head
        /// Metres on a setting.
        case pressure
        /// Factor of a setting.
        case share
    }

    struct Device: Sendable {
        let link: Int
        let id: Link.ID
        let kind: Kind
        let isPump: Bool

        /// By which the engine knows it.
        var parameter: Parameter { kind == .head ? .headFactor(id) : .setting(id) }

        /// Before anything is read. [of a logarithm, –; of a pressure, m]
        func spread(_ options: LeakLocatorOptions) -> Double {
            switch kind {
            case .head: isPump ? options.pumpHeadSpread : options.valveShareSpread
            case .pressure: options.valvePressureSpread
            case .share: options.valveShareSpread
            }
        }

        /// Of a unit of the engine's parameter, per unit of the logarithm or per metre.
        func unit(_ conditions: BoundaryConditions) -> Double { kind == .share ? conditions.settings[link] : 1 }
    }

    let devices: [Device]

    /// Devices beyond this are taken as the model has them.
    private static let most = 200

    init(_ network: Network) {
        var found: [Device] = []
        for (index, link) in network.links.enumerated() where found.count < Self.most {
            switch link.kind {
            case .pump: found.append(Device(link: index, id: link.id, kind: .head, isPump: true))
            case .valve(let valve):
                switch valve.kind {
                case .pressureReducing, .pressureSustaining, .pressureBreaker:
                    found.append(Device(link: index, id: link.id, kind: .pressure, isPump: false))
                case .flowControl, .throttleControl: found.append(Device(link: index, id: link.id, kind: .share, isPump: false))
                case .generalPurpose: found.append(Device(link: index, id: link.id, kind: .head, isPump: false))
                case .positionalControl: break
                }
            case .pipe: break
            }
        }
        devices = found
    }

    /// The network with devices otherwise.
    /// - changes: of each device, logarithm of the factor [–] or metres.
    func changed(_ network: Network, by changes: [Double]) -> Network {
        guard changes.contains(where: { $0 != 0 }) else { return network }
        var found = network
        for (device, change) in zip(devices, changes) where change != 0 {
            switch found.links[device.link].kind {
            case .pump(var pump):
                switch pump.characteristic {
                case .constantPower(let power): pump.characteristic = .constantPower(power * exp(change))
                case .curve(let id):
                    guard let own = found.scaledCurve(id, of: device.id, by: exp(change)) else { continue }
                    pump.characteristic = .curve(own)
                }
                found.links[device.link].kind = .pump(pump)
            case .valve(var valve):
                if device.kind == .head {
                    guard let id = valve.curve, let own = found.scaledCurve(id, of: device.id, by: exp(change)) else { continue }
                    valve.curve = own
                } else {
                    valve.setting = Self.moved(valve.setting, device.kind, change)
                    for place in found.controls.indices where found.controls[place].link == device.id {
                        guard case .setting(let value) = found.controls[place].action else { continue }
                        found.controls[place].action = .setting(Self.moved(value, device.kind, change))
                    }
                }
                found.links[device.link].kind = .valve(valve)
            case .pipe: break
            }
        }
        return found
    }

    /// The settings that are imposed on the network, otherwise in the same way.
    func impose(_ changes: [Double], on conditions: inout BoundaryConditions) {
        for (device, change) in zip(devices, changes) where device.kind != .head && change != 0 {
            conditions.settings[device.link] = Self.moved(conditions.settings[device.link], device.kind, change)
        }
    }

    private static func moved(_ setting: Double, _ kind: Kind, _ change: Double) -> Double {
        kind == .pressure ? max(setting + change, 0) : setting * exp(change)
    }
}

extension Network {
    /// A curve of a link's own, with heads so many times those of another; nil where that does not exist.
    fileprivate mutating func scaledCurve(_ id: Curve.ID, of link: Link.ID, by factor: Double) -> Curve.ID? {
        guard var curve = curves.first(where: { $0.id == id }) else { return nil }
        // No name in a file has a line break in it.
        let own = Curve.ID("\(id.name.split(separator: "\n").first.map(String.init) ?? id.name)\n\(link.name)")
        curve.id = own
        for place in curve.points.indices { curve.points[place].y *= factor }
        if let place = curves.firstIndex(where: { $0.id == own }) { curves[place] = curve } else { curves.append(curve) }
        return own
    }
}
