// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What customers use at night by right.
enum NightUse {
    /// From customers' own readings where they have the shape of a day, else per connection and class. [m³/s]
    static func legitimate(
        zone: Zone, consumption: ZoneConsumption?, meters: [Meter], workingMeters: Int?, assumptions: ZoneAssumptions,
        register: inout InputRegister, notes: inout [String]
    ) throws(NightFlowError) -> Propagated {
        if let consumption,
            let use = registered(
                zone: zone, consumption: consumption, workingMeters: workingMeters, assumptions: assumptions, register: &register)
        {
            notes.append("legitimate night use from customers' readings, with what their meters miss and unmetered connections added")
            return use
        }
        let total = zone.connections ?? meters.count
        guard total > 0 else { throw .connectionsUnknown }
        if consumption != nil { notes.append("customers' readings do not show the night hours: night use assumed per connection") }
        let households = meters.count { $0.customerClass == .residential }
        let share = meters.isEmpty ? 1 : Double(households) / Double(meters.count)
        notes.append(
            "legitimate night use assumed: household 1.3 to 2.5 l/h, others 3.3 to 7.1 l/h per connection (Mazzoni and others 2025)")
        let perHousehold = register.input("night_use_of_households", assumptions.nightUseOfHousehold)
        let perOther = register.input("night_use_of_others", assumptions.nightUseOfOthers)
        return Double(total) * (share * perHousehold + (1 - share) * perOther)
    }

    private static func registered(
        zone: Zone, consumption: ZoneConsumption, workingMeters: Int?, assumptions: ZoneAssumptions, register: inout InputRegister
    ) -> Propagated? {
        let series = consumption.hourly
        guard series.step == 3600, hasDayShape(series) else { return nil }
        let reporting = consumption.metersReporting
        let expected = max(reporting.max() ?? 0, 0)
        guard expected > 0 else { return nil }
        // What all meters would have registered in the hour, had all been read.
        let perMeter = TimeSeries(
            start: series.start, step: series.step,
            values: series.values.enumerated().map { index, value in
                guard let value, index < reporting.count, reporting[index] > 0 else { return nil }
                return value / Units.hour / Double(reporting[index])
            })
        let nights = NightLevel.nightly(perMeter, hours: assumptions.nightHours, readings: assumptions.readingsOfNight).compactMap(\.flow)
        guard let level = NightLevel.level(nights) else { return nil }
        let registered = Double(expected) * register.input("night_use_scatter", level)
        let missed = register.input("meter_under_registration", assumptions.underRegistration).missedOverRegistered
        let atMeters = registered + registered * missed
        let working = min(workingMeters ?? expected, expected)
        let unmetered = (zone.connections ?? expected) - working
        guard unmetered > 0, working > 0 else { return atMeters }
        let relative = register.input("unmetered_use", Estimate(1, margin95: assumptions.unmeteredUseMargin95))
        return atMeters + Double(unmetered) / Double(working) * (atMeters * relative)
    }

    /// Registers read once a day and spread evenly say nothing of the night: then every hour is alike.
    private static func hasDayShape(_ series: TimeSeries) -> Bool {
        guard let hours = DayShape(series).complete, let low = hours.min(), let high = hours.max(), high > 0 else { return false }
        return high - low > 0.1 * high
    }
}
