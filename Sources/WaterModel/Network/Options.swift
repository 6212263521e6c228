// SPDX-License-Identifier: GPL-3.0-or-later

/// How pipes lose head.
public enum HeadLossFormula: String, Sendable {
    case hazenWilliams = "H-W"
    case darcyWeisbach = "D-W"
    case chezyManning = "C-M"
}

/// How demand answers to pressure.
public enum DemandModel: Sendable, Hashable {
    case demandDriven
    /// The limits hold where a junction has none of its own.
    case pressureDriven(PressureLimits)
}

/// What the network file says of its hydraulics; defaults as EPANET's.
public struct HydraulicOptions: Sendable {
    public var headLossFormula = HeadLossFormula.hazenWilliams
    /// The file's flow unit, kept so that it can be written back: `LPS`, `GPM` …
    public var flowUnit = "GPM"
    /// The file's pressure unit: `PSI`, `METERS`, `KPA`, `BAR`, `FEET`.
    public var pressureUnit = "PSI"
    public var specificGravity = 1.0
    /// Relative to water at 20 °C, or a kinematic viscosity in the file's units where small; resolved by the reader. [m²/s]
    public var kinematicViscosity = 1.022e-6
    /// Iterations allowed for one solve.
    public var trials = 200
    /// Sum of flow changes over sum of flows at which a solve has converged. [–]
    public var accuracy = 0.001
    /// Largest difference that a converged solve may leave between the loss of an open link and the heads at its ends. [m]
    public var headError = 1e-6
    public var demandMultiplier = 1.0
    public var defaultPattern: Pattern.ID?
    public var demandModel = DemandModel.demandDriven
    public var emitterExponent = 0.5
    public var emitterBackflow = true
    /// Other lines of [OPTIONS], kept for writing.
    public var keptLines: [String] = []

    public init() {}
}

/// What pumping costs. Prices are in the user's money.
public struct EnergyOptions: Sendable {
    /// Of a kilowatt-hour, where a pump has no price of its own.
    public var price = 0.0
    public var pricePattern: Pattern.ID?
    /// Of pumps without an efficiency curve. [%]
    public var efficiency = 75.0
    /// For the highest power drawn in the run, per kilowatt.
    public var demandCharge = 0.0

    public init() {}
}

/// Times of a run. [s]
public struct TimeOptions: Sendable {
    public var duration = 0
    public var hydraulicStep = 3600
    public var patternStep = 3600
    public var patternStart = 0
    public var reportStep = 3600
    public var reportStart = 0
    /// Between two looks at the rules; nil: a tenth of the hydraulic step.
    public var ruleStep: Int?
    public var startClockTime = 0
    /// Other lines of [TIMES], kept for writing.
    public var keptLines: [String] = []

    public init() {}
}
