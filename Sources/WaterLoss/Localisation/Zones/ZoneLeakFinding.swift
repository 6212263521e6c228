// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What can be said of a leak without a network model: the zone, its size and since when; no pipe.
public struct ZoneLeakFinding: Sendable {
    public struct Candidate: Sendable {
        public var zone: Zone.ID
        /// That the leak sits in this zone, given that there is one in one of the zones. [–]
        public var probability: Double
        /// Whether the zone by itself has a leak, by Holm's order of the zones' chances: several may.
        public var isDetected: Bool
        /// That a zone without a leak would look as much like one. [–]
        public var pValue: Double
        /// Given a leak in this zone. [m³/s]
        public var flow: Double
        /// 95 % interval. [m³/s]
        public var flowLow95: Double
        public var flowHigh95: Double
        /// Likeliest hour of its beginning, and the first and the last that the readings allow with 95 %.
        public var start: Instant?
        public var startEarliest: Instant?
        public var startLatest: Instant?
        /// Inflow of the hours that are looked at in healthy days, and by how much it has risen since. [m³/s]
        public var levelBefore: Double
        public var rise: Double
        /// Least leak that would be found with a chance of 80 %. [m³/s]
        public var detectable: Double
        public var measure: Measure
    }

    /// Hours that tell of a zone's leaks.
    public enum Measure: String, Sendable {
        case night
        /// Where next to nothing flows in at night, because a tank feeds the zone then.
        case day
    }

    /// A pressure that fell.
    public struct PressureDrop: Sendable {
        public var sensor: Sensor.ID
        public var zone: Zone.ID?
        /// Above 0 where it fell, with its 95 % interval. [m]
        public var drop: Double
        public var dropLow95: Double
        public var dropHigh95: Double
        /// [–]
        public var pValue: Double
    }

    public var isDetected: Bool
    /// That data without a leak would look as much like one in any of the zones. [–]
    public var pValue: Double
    /// The most probable first.
    public var zones: [Candidate]
    /// Shortest head of the list that holds nine tenths of the probability.
    public var credibleSet90: [Zone.ID]
    /// The surest fall first.
    public var pressures: [PressureDrop]
    public var remarks: [ZoneLeakRemark]
}

/// What a reader of a finding without a network model should know.
public enum ZoneLeakRemark: Sendable, Hashable, CustomStringConvertible {
    case noModel
    /// No zones were given: each meter stands for itself.
    case metersAlone
    /// A meter of the zone has no readings.
    case unread(Zone.ID, Sensor.ID)
    /// Too few days to compare.
    case tooFewDays(Zone.ID)
    /// The zone's tank fills and empties; how much is not known without its area.
    case unknownStorage(Sensor.ID)
    /// Little flows in at night, so that the whole day was looked at.
    case byDay(Zone.ID)
    /// All zones rose by about the same share.
    case allRise(share: Double)
    case noPressures
    case stuck(Sensor.ID, hours: Int)

    public var description: String {
        switch self {
        case .noModel:
            "there is no network model: the zone, the size and the start are told from inflows, and no pipe can be named; a model of the "
                + "zone with three or more pressure loggers in it would give pipes in walking order"
        case .metersAlone:
            "no zones are given, so each flow meter stands for itself; meters in a row see the same leak. Say in a column 'zone' of the "
                + "sensors, or in a list of zones, what each meter feeds"
        case .unread(let zone, let sensor): "zone '\(zone)' is left out: its meter '\(sensor)' has no readings both before and after"
        case .tooFewDays(let zone):
            "zone '\(zone)' is left out: at least \(ZoneStep.fewestDays) healthy days and a later night with readings are needed"
        case .unknownStorage(let sensor):
            "what the tank of level sensor '\(sensor)' takes and gives back is not known without its area, and counts as use of its zone"
        case .byDay(let zone): "zone '\(zone)' takes next to nothing at night, its tank feeds it then: whole days are compared"
        case .allRise(let share):
            "all zones rose together, by some \(Int((share * 100).rounded())) %: heat, a holiday or a meter at the source does that, too, "
                + "and a leak does not"
        case .noPressures: "no pressure was read: within a zone nothing can be said of the place"
        case .stuck(let sensor, let hours): "sensor '\(sensor)' gave the same reading for \(hours) hours; they are left out"
        }
    }
}
