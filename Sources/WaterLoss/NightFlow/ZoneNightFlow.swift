// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Minimum night flow of a zone and its parts.
public struct ZoneNightFlow: Sendable {
    public var zone: Zone.ID
    /// Nights that had enough readings.
    public var nights: Int
    /// Mean inflow of the night hours, over the nights. [m³/s]
    public var minimumNightFlow: Estimate
    /// What customers use at night by right. [m³/s]
    public var legitimateNightUse: Estimate
    /// Minimum night flow less legitimate use. [m³/s]
    public var nightLeakage: Estimate
    /// Leakage of a day over leakage of a night hour. [h/day]
    public var nightDayFactor: Estimate
    /// Mean over the day. [m³/s]
    public var dailyLeakage: Estimate
    /// Mean night flow of each night of the record, for charts. [m³/s]
    public var nightly: [(day: Instant, flow: Double?)]
    /// Level of the last nights of the record; a leak that began in the record shows here first. [m³/s]
    public var recentLevel: Estimate?
    /// Level of the last nights less the level of those before. [m³/s]
    public var recentShift: Estimate?
    /// Background and bursts; nil where length of mains, connections or pressure of the zone is not known.
    public var parts: NightLeakageParts?
    /// Readings that were left out.
    public var faults: [ReadingFault] = []
    /// Parts of the variance of `dailyLeakage` by input, largest first.
    public var varianceShares: [VarianceShare] = []
    /// What stands behind the figures: sources of assumptions, and what to read with care.
    public var notes: [String] = []

    public init(
        zone: Zone.ID, nights: Int, minimumNightFlow: Estimate, legitimateNightUse: Estimate, nightLeakage: Estimate,
        nightDayFactor: Estimate, dailyLeakage: Estimate, nightly: [(day: Instant, flow: Double?)]
    ) {
        self.zone = zone
        self.nights = nights
        self.minimumNightFlow = minimumNightFlow
        self.legitimateNightUse = legitimateNightUse
        self.nightLeakage = nightLeakage
        self.nightDayFactor = nightDayFactor
        self.dailyLeakage = dailyLeakage
        self.nightly = nightly
    }
}
