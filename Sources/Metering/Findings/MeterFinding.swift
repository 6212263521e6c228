// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Something about a meter or its customer that someone should look at.
public struct MeterFinding: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The register does not move though water is used.
        case stuck
        /// Flow that never stops: a leak behind the meter, or a process.
        case continuousFlow = "continuous_flow"
        /// Registers less and less.
        case underRegistering = "under_registering"
        /// Too large for what passes through it.
        case oversized
        /// Lasting fall of the level with the day's shape unchanged: part of the use may go past the meter.
        case suspiciousDrop = "suspicious_drop"
        /// The register ran backwards.
        case reverseFlow = "reverse_flow"
        /// Another unit or multiplier from some moment on.
        case unitStep = "unit_step"
        /// The meter's stamps moved by hours.
        case clockShift = "clock_shift"
        /// No readings until the end of the period.
        case silent

        public var action: String {
            switch self {
            case .stuck, .underRegistering: "replace"
            case .continuousFlow: "tell_customer"
            case .oversized: "resize"
            case .suspiciousDrop, .reverseFlow: "inspect"
            case .unitStep, .clockShift: "correct_data"
            case .silent: "repair_reading"
            }
        }
    }

    public var meter: Meter.ID
    public var zone: Zone.ID?
    public var kind: Kind
    /// That the meter has the fault. [–]
    public var probability: Double
    /// Since when, on the place's clock without changes; nil where the readings do not tell.
    public var start: Instant?
    /// Until when; nil where it lasts.
    public var end: Instant?
    /// Flow at stake while it lasts, or lasted. [m³/h]
    public var rate: Double?
    /// Of the period: leaked, not registered or run backwards so far. [m³]
    public var volume: Double?
    /// In a year if nothing is done; 0 for what has ended. [m³/year]
    public var perYear: Estimate
    /// What it is told from, in words.
    public var evidence: String
    /// The same in numbers, by name; units at the end of the names.
    public var measures: [(String, Double)]

    /// Probability times volume: what the list is ordered by. [m³/year]
    public var expectedPerYear: Double { probability * perYear.value }
}

/// What findings are told by, beyond the rules of validation. Starting values of practice.
public struct FindingRules: Sendable {
    /// Findings of a smaller chance are left out. [–] Default 0.5.
    public var leastProbability = 0.5
    /// Meters at rest are listed from a smaller chance on: a look is cheap, and the chance is told. [–] Default 0.15.
    public var leastStuck = 0.15
    /// So are flows that never stop. [–] Default 0.3.
    public var leastLeak = 0.3
    /// So are drops and declines: an inspection list is worked off from its top. [–] Default 0.3.
    public var leastLevel = 0.3
    /// Shortest rest at the end that may be told as stuck. [h] Default 72.
    public var shortestRest = 72.0
    /// Of a rest that is as long as the record nothing else is known: share of such meters that are stuck, not behind an empty house. [–]
    /// Default 0.3.
    public var stuckSinceBefore = 0.3
    /// A fall of the level by less is not told. [–] Default 0.25.
    public var smallestDrop = 0.25
    /// Largest flow in the hour that is reached one day in fifty, times this, should be near Q3. [–] Default 3: flow within an hour varies.
    public var peakFactor = 3.0
    /// Sizes between the meter and the one that would do, from which it is oversized. Default 2.
    public var sizesTooLarge = 2
    /// Share of what passes below Q1 that a meter misses: smallest, likely and largest. [–] Judgement.
    public var missedBelowLeast = (low: 0.05, value: 0.2, high: 0.5)
    /// Silent from so long on. [s] Default 7 days.
    public var silentAfter = 7 * 86_400

    public init() {}
}
