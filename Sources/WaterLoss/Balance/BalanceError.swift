// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Why a water balance cannot be drawn up.
public enum BalanceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A line is not given and has no default. `orLine`: another line that would do in its place.
    case missing(BalanceInput.Line, orLine: BalanceInput.Line?)
    /// A volume is negative or not a number.
    case invalidVolume(BalanceInput.Line, Double)
    /// [days]
    case invalidPeriod(Double)
    /// Meters cannot miss all of the water or more. [–]
    case invalidUnderRegistration(Double)
    /// A figure of an estimator is missing, negative or not a number.
    case invalidFigure(String, Double)
    /// Exported water leaves nothing to supply. [unit of the input]
    case nothingSupplied(Double)

    public var description: String {
        switch self {
        case .missing(let line, nil): "\(line.rawValue) is missing: a balance needs it; give its volume"
        case .missing(let line, let other?):
            "\(line.rawValue) is missing: a balance needs it (or \(other.rawValue)); give its volume, 0 where there is none"
        case .invalidVolume(let line, let value): "\(line.rawValue) is \(value): give a volume of 0 or more"
        case .invalidPeriod(let days): "period_days is \(days): give the length of the period in days, above 0"
        case .invalidUnderRegistration(let share):
            "meter under-registration is \(share * 100) %: give a percentage above −100 and below 100"
        case .invalidFigure(let name, let value):
            value.isNaN ? "\(name) is missing: give its value, or take the estimator out" : "\(name) is \(value): give a value in its range"
        case .nothingSupplied(let volume):
            "water supplied comes to \(volume): sources less exported water must be above 0; check own_sources, imported and exported"
        }
    }
}
