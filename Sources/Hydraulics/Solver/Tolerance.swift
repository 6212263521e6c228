// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Limits of the iterations, EPANET's own carried into SI.
enum Tolerance {
    /// Below this slope a loss is taken as linear: 1e-7 ft per ft³/s. [s/m²]
    static let smallestGradient = 1e-7 * Units.foot / Units.cubicFoot
    /// Slope of an open valve without a loss coefficient: 1e-6 ft per ft³/s. [s/m²]
    static let openGradient = 1e-6 * Units.foot / Units.cubicFoot
    /// Slope of a closed link that alone joins a part to a source, while statuses settle: 1e8 ft per ft³/s. [s/m²]
    static let closedGradient = 1e8 * Units.foot / Units.cubicFoot
    /// Slope of a law outside its range. [s/m²]
    static let barrier = 1e9 * Units.foot / Units.cubicFoot
    /// Head that a status change must exceed: 5e-4 ft. [m]
    static let head = 5e-4 * Units.foot
    /// Head above which a pump of constant power is taken to be shut off, as no pump reaches it. [m]
    static let highestPumpHead = 1e4
    /// No water stands this far from the datum. [m]
    static let noHead = 1e5
    /// Level that counts as full or empty. [m]
    static let level = 1e-9
    /// Flow of a link that counts as none, as a change from one iteration to the next. [m³/s]
    static let noFlow = 1e-9
    /// Flow that a status change must exceed: 1e-4 ft³/s. [m³/s]
    static let flow = 1e-4 * Units.cubicFoot
    /// Flow that a closed constant-power pump or a dry outflow begins from: 1e-6 ft³/s. [m³/s]
    static let seed = 1e-6 * Units.cubicFoot
}
