// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What is taken where a zone's data do not say it. Every range is the 95 % interval.
public struct ZoneAssumptions: Sendable {
    /// Hours of the day in which the night flow is read, place's own clock. Default 02–04 h.
    public var nightHours = 2..<4
    /// Clock that people live by, where it changes in summer; the series then stand in its standard time. nil: a clock without changes.
    public var clock: PlaceClock?
    /// Share of the night's readings that must be there. Range 0–1. [–]
    public var readingsOfNight = 0.75
    /// Nights that must be there, 3 or more.
    public var leastNights = 3
    /// Nights that count as the last of the record.
    public var recentNights = 7
    /// 95 % margin of an inflow meter's volume: an electromagnetic or ultrasonic meter in service, assumed. [–]
    public var inflowMeterMargin95 = 0.02
    /// Share of true use that customer meters miss. [–]
    public var underRegistration = BalanceDefaults.cityPlan.underRegistration ?? Estimate(0.05, margin95: 0.05)
    /// 95 % margin of the use of meters that were not read, which is taken as that of the read ones. [–]
    public var unreadUseMargin95 = 0.5
    /// 95 % margin of the use of a connection without a working meter over that of a metered one. [–]
    public var unmeteredUseMargin95 = 0.6
    /// Unbilled and unauthorised use of a zone.
    public var otherUse: BalanceDefaults = .cityPlan
    /// Legitimate night use of a household connection: 1.3–2.5 l/h (Mazzoni and others 2025). [m³/s]
    public var nightUseOfHousehold = Estimate(1.9e-3 / Units.hour, margin95: 0.6e-3 / Units.hour)
    /// Of any other connection: 3.3–7.1 l/h (same source). [m³/s]
    public var nightUseOfOthers = Estimate(5.2e-3 / Units.hour, margin95: 1.9e-3 / Units.hour)
    /// Of a connection of a class, where it was measured; goes before the two above. [m³/s]
    public var nightUseByClass: [Meter.CustomerClass: Estimate] = [:]
    /// People in the zone: night use of households then comes from them (SANFLOW), not from connections. [persons]
    public var population: Double?
    /// Exponent of leakage over pressure: 0.5–1.5 (FAVAD; 157 field sectors, mean 1.14: Thornton, Sturm & Kunkel 2008). [–]
    public var leakageExponent = Estimate(1, margin95: 0.5)
    /// Night–day factor without pressures: mostly 18–24, more where pumping raises the pressure by day. [h/day]
    public var nightDayFactor = Estimate(21, margin95: 4)

    public init() {}
}
