// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Units in which documents show figures. Figures of an input, in the register and among the facts, keep the units of their source.
public enum UnitSystem: String, Sendable, CaseIterable {
    /// m³, l/s, m, km.
    case si
    /// US gallons, psi, inches, feet, miles.
    case us
    /// Imperial gallons, psi, inches, feet, miles.
    case imperial

    /// What engineers of a country write: `improvement-plan.md` of the field for Trinidad and Tobago and the Bahamas.
    /// - country: ISO 3166 code.
    public static func usual(in country: String) -> UnitSystem {
        switch country {
        case "US": .us
        case "TT", "BS": .imperial
        default: .si
        }
    }

    /// Key of the catalogue's `units` for a figure of the SI unit of that key, and the factor to it; nil: as it is.
    func conversion(of key: String) -> (key: String, factor: Double)? {
        let gallon: Double
        let name: String
        switch self {
        case .si: return nil
        case .us: (gallon, name) = (Units.usGallon, "us")
        case .imperial: (gallon, name) = (Units.imperialGallon, "imperial")
        }
        let metresPerPsi = Units.psi / (Units.waterDensity * Units.gravity)
        return switch key {
        case "m3": ("thousand_gallons_" + name, 1e-3 / gallon)
        case "m3_per_day": ("million_gallons_per_day_" + name, 1e-6 / gallon)
        case "m3_per_year": ("million_gallons_per_year_" + name, 1e-6 / gallon)
        case "l_per_s": ("gallons_per_minute_" + name, 60e-3 / gallon)
        case "l_per_connection_day": ("gallons_per_connection_day_" + name, 1e-3 / gallon)
        case "L/customer/d": ("gallons_per_customer_day_" + name, 1e-3 / gallon)
        case "L/conn/d/m": ("gallons_per_connection_day_psi_" + name, 1e-3 / gallon * metresPerPsi)
        case "m³/km/d": ("thousand_gallons_per_mile_day_" + name, 1e-3 / gallon * Units.mile / 1000)
        case "m": ("feet", 1 / Units.foot)
        case "km": ("miles", 1000 / Units.mile)
        case "mm": ("inches", 1e-3 / Units.inch)
        case "m_head": ("psi", 1 / metresPerPsi)
        case "money_per_m3": ("money_per_thousand_gallons_" + name, 1000 * gallon)
        default: nil
        }
    }

    /// Key of the unit of volume that money is paid for.
    var pricedVolume: String { self == .si ? "m3" : "thousand_gallons_" + rawValue }

    static let convertedKeys =
        ["us", "imperial"].flatMap { name in
            [
                "thousand_gallons", "million_gallons_per_day", "million_gallons_per_year", "gallons_per_minute",
                "gallons_per_connection_day",
                "gallons_per_customer_day", "gallons_per_connection_day_psi", "thousand_gallons_per_mile_day", "money_per_thousand_gallons",
            ].map { $0 + "_" + name }
        } + ["feet", "miles", "inches", "psi"]
}

extension Figure {
    func times(_ factor: Double) -> Figure {
        var figure = self
        figure.value = value.map { $0 * factor }
        figure.low = low.map { $0 * factor }
        figure.high = high.map { $0 * factor }
        // Digits that fit the unit, or that a source printed in it, do not fit another.
        figure.precision = .automatic
        return figure
    }
}
