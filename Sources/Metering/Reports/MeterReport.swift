// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What the readings of a period say, meter by meter and zone by zone.
public struct MeterReport: Sendable {
    /// A meter's summary, with what the shared type does not hold.
    public struct Record: Sendable {
        public var summary: MeterSummary
        /// Readings that the gaps lack.
        public var missing = 0
        /// Readings of one instant with different values; the newer file's stands.
        public var conflicts = 0
        /// Readings that their source calls estimated.
        public var estimated = 0
        /// Ran backwards. [m³]
        public var reverseVolume = 0.0
        /// Hard bounds of the volume: only the steps inside the period; all steps that touch it. [m³]
        public var volumeBounds = (low: 0.0, high: 0.0)
        /// Variance of the volume from not being read at the ends of the period: width²/12 each. [m⁶]
        public var endVariance = 0.0
        /// Use of a day, at most of the step, at each end of the period that a step of more than two hours straddles. [m³]
        public var endDayUse = 0.0
        /// What it would have used in the hours of the period that no reading covers, at its own mean. [m³]
        public var unreadVolume = 0.0
        /// Volume over steps too long to be spread over hours. [m³]
        public var unspreadVolume = 0.0
        /// Of the volume: registered over gaps, so that only its place in time is estimated; and itself an estimate of the source. [m³]
        public var shapeEstimatedVolume = 0.0
        public var estimatedVolume = 0.0
        /// Of the period's time. [–]
        public var shares = TimeShares()
        /// Changes of unit or multiplier; registers sent twice, then a double step.
        public var unitSteps = 0, repeats = 0
        /// Behind another meter of the register: not in the sums of zones.
        public var isSubMeter = false
        public var customerClass = Meter.CustomerClass.other
        public var first: Instant?
        public var last: Instant?
        /// `stuck`, `at_rest`, `continuous_flow`, `replacement`, `rollover`, `spike`, `reverse_flow`, `conflict`, `gap`, `estimated`, `long_gap`,
        /// `unit_step`, `repeated_register`, `sub_meter`, `no_readings`, `no_factor`, `compound` (the sum of its high and
        /// low register), `overlapping_units`.
        public var flags: [String] = []

        init(summary: MeterSummary) { self.summary = summary }

        /// The same, of a meter that stands still and is likelier not stuck.
        var atRest: Record {
            var record = self
            record.summary.isStuck = false
            record.flags = (flags.filter { $0 != "stuck" } + ["at_rest"]).sorted()
            return record
        }

        /// Adds what a further register of the same meter passed.
        mutating func add(_ other: Record) {
            summary.volume += other.summary.volume
            summary.completeness = min(summary.completeness, other.summary.completeness)
            volumeBounds = (volumeBounds.low + other.volumeBounds.low, volumeBounds.high + other.volumeBounds.high)
            endVariance += other.endVariance
            endDayUse += other.endDayUse
            unreadVolume += other.unreadVolume
            unspreadVolume += other.unspreadVolume
            shapeEstimatedVolume += other.shapeEstimatedVolume
            estimatedVolume += other.estimatedVolume
        }
    }

    /// How a period's time was read; the four make 1. [–]
    public struct TimeShares: Sendable {
        public var measured = 0.0
        /// The volume is registered, its shape estimated.
        public var shapeEstimated = 0.0
        /// The volume itself is an estimate.
        public var volumeEstimated = 0.0
        public var unread = 1.0
    }

    /// One use of a rule of validation: what it found, and what it reads instead. The stored reading stays.
    public struct Edit: Sendable {
        public var meter: Meter.ID
        public var rule: EditRule
        /// Of the reading, or of the stretch; UTC.
        public var from: Instant, to: Instant
        /// As it came, in the unit that it came in.
        public var old: Double?
        /// What stands for it, in the same unit; nil where it is left out.
        public var new: Double?
    }

    /// Of the period, on the place's clock without changes.
    public var start: Instant
    public var end: Instant
    /// Place's clock without changes less UTC. [s]
    public var standardOffset: Int
    /// In order of meter; empty where they were given away as they came.
    public var records: [Record] = []
    /// Of the hours over which zone balances are drawn up.
    var sums: BalanceSums
    /// In order of zone; meters without a zone are in `unassigned`.
    public var zones: [ZoneConsumption]

    /// In order of meter and time.
    public var edits: [Edit] = []
    /// What someone should look at, the largest expected volume first.
    public var findings: [MeterFinding] = []

    /// Meters that stand still for so long that they count as stuck, and are likelier not.
    var atRest: Set<Meter.ID> = []

    public var summaries: [MeterSummary] { records.map(\.summary) }

    /// Zone of meters whose zone is not known.
    public static let unassigned = Zone.ID("unassigned")
}
