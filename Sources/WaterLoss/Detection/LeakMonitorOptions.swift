// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What is believed of a network and its meters before a long record is read.
///
/// Assumptions of `errors` are those of `LeakLocatorOptions`. The noise from day to day is not taken from them alone: the record
/// shows it.
public struct LeakMonitorOptions: Sendable {
    public var errors = LeakLocatorOptions()
    /// False alarms a year that are put up with. [1/a] (0.01 … 50)
    public var falseAlarmsPerYear = 1.0
    /// Leaks that begin a year and km of pipe; mains of ordinary state show 0.1 to 0.3 (assumption). [1/(km·a)]
    public var leaksPerYearAndKilometre = 0.2
    /// Time that a leak had run, on average, when the record begins: half a year between surveys (assumption). [a]
    public var yearsUnnoticed = 0.5
    /// Error of the answer to a leak, as a share of it: head loss goes with the power −1.852 of a roughness that is unknown by 8 % in
    /// each of the two or three classes on the way (`errors.roughnessSpreadByClass`), 1.852 · 0.08 / √2 to √3. [–]
    public var answerError = 0.1
    /// Distance along the pipes within which a crew finds a leak from where an alarm sends it: a night's walk with loggers (assumption). [m]
    public var crewReach = 300.0
    /// Parts into which a day is cut; 24 divided by it is a whole number.
    public var partsOfDay = 6
    public var seed: UInt64 = 1

    public init() {
        // Metered demands tell how all demand moves; what is left of it shows in the record.
        errors.hourlyDemandSpread = 0.08
    }
}

/// A leak of a long record.
public struct LeakEpisode: Sendable {
    public enum Onset: String, Sendable {
        /// It ran when the record began.
        case beforeRecord = "before_record"
        case abrupt
        case growing
    }

    public var pipe: Link.ID
    public var onset: Onset
    /// By this moment it ran: the latest that the readings allow (95 %, one-sided); the beginning where it ran before.
    public var start: Instant
    /// The earliest, likewise.
    public var startEarliest: Instant
    /// Its repair; nil where it runs on.
    public var end: Instant?
    /// Mean flow at the end of the readings, or before its repair. [m³/s]
    public var flow: Double
    /// That there is such a leak, rather than none or the others larger. [–]
    public var probability: Double
    /// End of the day whose readings gave the alarm.
    public var detected: Instant

    public init(
        pipe: Link.ID, onset: Onset, start: Instant, startEarliest: Instant, end: Instant?, flow: Double, probability: Double,
        detected: Instant
    ) {
        self.pipe = pipe
        self.onset = onset
        self.start = start
        self.startEarliest = startEarliest
        self.end = end
        self.flow = flow
        self.probability = probability
        self.detected = detected
    }
}

/// An alarm as it was raised, with what was known then.
public struct LeakAlarm: Sendable {
    public var pipe: Link.ID
    public var raised: Instant
    /// [m³/s]
    public var flow: Double
    /// Whether later readings took it back: the leak was none, or part of another one.
    public var isWithdrawn: Bool

    public init(pipe: Link.ID, raised: Instant, flow: Double, isWithdrawn: Bool) {
        self.pipe = pipe
        self.raised = raised
        self.flow = flow
        self.isWithdrawn = isWithdrawn
    }
}

/// The leaks of a record as the whole of it tells them, and the alarms as they came.
public struct LeakHistory: Sendable {
    public var leaks: [LeakEpisode]
    public var alarms: [LeakAlarm]

    public init(leaks: [LeakEpisode], alarms: [LeakAlarm]) {
        self.leaks = leaks
        self.alarms = alarms
    }
}
