// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Units in which sensor lists may state their readings, with their size in SI.
/// Pressures become metres of water of `Units.waterDensity` under `Units.gravity`.
enum SensorUnits {
    /// 1 m of water. [Pa]
    static let metreOfWater = Units.waterDensity * Units.gravity

    /// [m]
    static let pressure: [(name: String, factor: Double)] = [
        ("m", 1), ("cm", 0.01), ("ft", Units.foot), ("kPa", 1e3 / metreOfWater), ("MPa", 1e6 / metreOfWater), ("bar", 1e5 / metreOfWater),
        ("mbar", 1e2 / metreOfWater), ("psi", Units.psi / metreOfWater), ("kgf/cm2", 98_066.5 / metreOfWater),
    ]
    /// [m]
    static let level: [(name: String, factor: Double)] = [("m", 1), ("cm", 0.01), ("mm", 0.001), ("ft", Units.foot)]
    /// [m³/s]
    static let flow: [(name: String, factor: Double)] = [
        ("l/s", 1e-3), ("l/min", 1e-3 / 60), ("l/h", 1e-3 / Units.hour), ("m3/s", 1), ("m3/h", 1 / Units.hour), ("m3/d", 1 / Units.day),
        ("ML/d", 1e3 / Units.day), ("gpm", Units.usGallon / 60), ("MGD", 1e6 * Units.usGallon / Units.day),
        ("MIGD", 1e6 * Units.imperialGallon / Units.day), ("cfs", Units.cubicFoot),
    ]
    /// Other spellings in use, EPANET's among them.
    static let otherNames: [String: String] = [
        "mca": "m", "mwc": "m", "mh2o": "m", "metre": "m", "metres": "m", "meter": "m", "meters": "m", "feet": "ft", "kg/cm2": "kgf/cm2",
        "lps": "l/s", "lpm": "l/min", "l/hour": "l/h", "lph": "l/h", "cms": "m3/s", "cmh": "m3/h", "cmd": "m3/d", "m3/day": "m3/d",
        "mld": "ml/d", "imgd": "migd", "gal/min": "gpm", "ft3/s": "cfs",
    ]

    static func units(of kind: Sensor.Kind) -> [(name: String, factor: Double)] {
        switch kind {
        case .pressure: pressure
        case .level: level
        case .flow, .demand: flow
        }
    }

    /// Case, blanks and the raised 3 do not matter: `L/s`, `m³/h`, `ML/d`.
    static func factor(_ text: String, in units: [(name: String, factor: Double)]) -> Double? {
        let plain = text.lowercased().filter { $0 != " " }.replacing("³", with: "3").replacing("²", with: "2")
        let name = otherNames[plain] ?? plain
        return units.first { $0.name.lowercased() == name }?.factor
    }
}
