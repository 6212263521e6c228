// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A rule by which validation reads the readings otherwise than they stand. The stored reading stays as it came.
public enum EditRule: String, Sendable, CaseIterable {
    /// The register started again at its known range.
    case rollover
    /// The register started again at a power of ten that is taken for its range.
    case rolloverInferred = "rollover_inferred"
    /// Another meter's register: the volume across it is unknown.
    case replacement
    /// The meters' register says that another device took its place: the volume across it is unknown.
    case exchange
    /// A value off the path that returns to it: left out, the volume across it is kept.
    case spikePair = "spike_pair"
    /// More than can pass through the meter, and no return: the volume of the step is not believed.
    case jump
    /// An interval of more than can pass through the meter: left out.
    case spikeInterval = "spike_interval"
    /// The register ran backwards: no consumption, set against what follows within a day.
    case reverse
    /// An interval below zero: left out.
    case negativeInterval = "negative_interval"
    /// The register continues in another unit or with another multiplier: read in the first one's unit.
    case unitStep = "unit_step"
    /// A register that its source estimated, between two that were read: left out, the volume across it is registered.
    case estimatedRead = "estimated_read"
    /// A register sent twice, then a double step: one volume over both.
    case repeatedRegister = "repeated_register"
    /// Readings are missing: the volume across is registered, its shape estimated.
    case gap
    /// Intervals are missing: their volume is unknown.
    case gapOfIntervals = "gap_of_intervals"

    /// Raised where a rule comes to decide otherwise.
    public var version: Int { 1 }

    public var reason: String {
        switch self {
        case .rollover: "register started again at its range"
        case .rolloverInferred: "register started again at the power of ten above it"
        case .replacement: "register fell and did not return: another meter"
        case .exchange: "another meter from this date on, by the register of meters"
        case .spikePair: "value off the path that returned to it"
        case .jump: "more than can pass through the meter, without return"
        case .spikeInterval: "interval of more than can pass through the meter"
        case .reverse: "register ran backwards"
        case .negativeInterval: "interval below zero"
        case .unitStep: "register changed by the ratio of two units"
        case .estimatedRead: "estimated by its source, and read before and after"
        case .repeatedRegister: "register sent twice, then a double step"
        case .gap: "readings missing, volume registered across them"
        case .gapOfIntervals: "intervals missing, volume unknown"
        }
    }
}

/// One use of a rule.
struct ChainEdit {
    var rule: EditRule
    /// UTC: of the reading, or of the stretch. [s]
    var from: Int, to: Int
    /// The reading as it came, in its channel's unit.
    var old: Double?
    /// What takes its place, in the same unit.
    var new: Double?
}
