// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The units that a figure of a city folder may be given in, and their size in the SI unit of its property.
struct FigureUnits {
    var choices: [(name: String, factor: Double)]
    /// Taken where none is written; nil: one must be written.
    var standard: String?
    /// Nothing below it has a meaning; nil: no limit.
    var least: Double? = 0

    static let persons = FigureUnits(choices: [("persons", 1)], standard: "persons")
    static let connections = FigureUnits(choices: [("connections", 1)], standard: "connections")
    static let length = FigureUnits(choices: [("km", 1000), ("m", 1), ("mi", Units.mile), ("ft", Units.foot)])
    static let pressure = FigureUnits(choices: SensorUnits.pressure)
    static let hoursPerDay = FigureUnits(choices: [("h/d", 1), ("h/day", 1)], standard: "h/d")
    static let flow = FigureUnits(choices: SensorUnits.flow)
    static let volume = FigureUnits(choices: VolumeUnit.allCases.map { ($0.rawValue, $0.cubicMetres) })
    static let share = FigureUnits(choices: [("%", 0.01), ("-", 1)])
    /// A meter may err to either side.
    static let signedShare = FigureUnits(choices: [("%", 0.01), ("-", 1)], least: nil)
    /// What a connection, customer or line takes. [m³/d]
    static let volumePerDay = FigureUnits(choices: [
        ("m3/d", 1), ("L/d", 1e-3), ("gal/d", Units.usGallon), ("imp_gal/d", Units.imperialGallon),
    ])
    static let number = FigureUnits(choices: [("-", 1)], standard: "-")
    static let days = FigureUnits(choices: [("days", 1), ("months", 365.0 / 12), ("years", 365)])
    /// Rise of a flow. [m³/day per year]
    static let flowPerYear = FigureUnits(choices: [
        ("m3/d/year", 1), ("l/s/year", 86.4), ("m3/h/year", 24), ("ML/d/year", 1000), ("gal/d/year", Units.usGallon),
    ])
    static let years = FigureUnits(choices: [("years", 1)], standard: "years")
    static let sharePerYear = FigureUnits(choices: [("%/year", 0.01), ("%", 0.01), ("1/year", 1), ("-", 1)])

    static func pricePerVolume(_ currency: String) -> FigureUnits {
        FigureUnits(choices: [
            ("\(currency)/m3", 1), ("\(currency)/kgal", 1 / (1000 * Units.usGallon)), ("\(currency)/ccf", 1 / (100 * Units.cubicFoot)),
        ])
    }
    static func money(_ currency: String) -> FigureUnits { FigureUnits(choices: [(currency, 1)], standard: currency) }
    static func costPerYear(_ currency: String) -> FigureUnits { FigureUnits(choices: [("\(currency)/year", 1)]) }
    static func exchangeRate(_ currency: String) -> FigureUnits { FigureUnits(choices: [("\(currency)/USD", 1)]) }

    func factor(_ text: String?) -> Double? {
        guard let text = text ?? standard else { return nil }
        return SensorUnits.factor(text, in: choices)
    }

    var names: String { choices.map(\.name).joined(separator: ", ") }
}
