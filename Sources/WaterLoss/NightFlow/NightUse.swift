// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Legitimate night use where it is not measured, with the source of each rule.
public enum LegitimateNightUse {
    /// Households by their people: 6 % of them use water in a night hour, a cistern of 10 l each (SANFLOW, WRC TT 109/99).
    /// The range of the active share, 3 to 9 %, is assumed. [m³/s]
    /// - population: of the zone. [persons]
    /// - cistern: volume of one use. [m³]
    public static func households(
        population: Double, activeShare: Estimate = Estimate(0.06, margin95: 0.03), cistern: Double = 0.010
    ) -> Estimate {
        population * cistern / Units.hour * activeShare
    }

    /// Small users that are no households: 50 l/h each (SANFLOW, WRC TT 109/99); a range of ± 50 % is assumed. [m³/s]
    public static func smallUsers(_ count: Int) -> Estimate {
        Double(count) * Estimate(50e-3 / Units.hour, relativeMargin95: 0.5)
    }

    /// Per connection and hour, household 1.3–2.5 l, other 3.3–7.1 l (Mazzoni and others 2025). [m³/s]
    public static func perConnection(_ customer: Meter.CustomerClass) -> Estimate {
        let assumptions = ZoneAssumptions()
        return customer == .residential ? assumptions.nightUseOfHousehold : assumptions.nightUseOfOthers
    }
}

/// A user whose night use is known by itself: a hospital, a bakery, a tank that fills at night. It is taken off the night flow.
public struct ExceptionalUse: Hashable, Sendable {
    public var name: String
    /// Mean of the night hours. [m³/s]
    public var flow: Estimate

    public init(name: String, flow: Estimate) {
        self.name = name
        self.flow = flow
    }
}

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
        if let people = assumptions.population {
            notes.append("legitimate night use assumed: 6 % of \(Int(people.rounded())) people use 10 l in a night hour (SANFLOW)")
            var use = register.input("night_use_of_households", LegitimateNightUse.households(population: people))
            let others = meters.count { $0.customerClass != .residential }
            if others > 0 { use = use + register.input("night_use_of_others", LegitimateNightUse.smallUsers(others)) }
            return use
        }
        let total = zone.connections ?? meters.count
        guard total > 0 else { throw .connectionsUnknown }
        if consumption != nil { notes.append("customers' readings do not show the night hours: night use assumed per connection") }
        return assumed(total, meters: meters, assumptions: assumptions, register: &register, notes: &notes)
    }

    /// Each class by its own figure where one is given, else households and others.
    private static func assumed(
        _ total: Int, meters: [Meter], assumptions: ZoneAssumptions, register: inout InputRegister, notes: inout [String]
    ) -> Propagated {
        let classes = Dictionary(grouping: meters, by: \.customerClass).mapValues { Double($0.count) / Double(meters.count) }
        var shares = [(Meter.CustomerClass.residential, 1.0)]
        if !meters.isEmpty { shares = Meter.CustomerClass.allCases.compactMap { name in classes[name].map { (name, $0) } } }
        let given = shares.filter { assumptions.nightUseByClass[$0.0] != nil }
        let rest = shares.filter { assumptions.nightUseByClass[$0.0] == nil }
        var use = Propagated(0)
        for (name, share) in given {
            guard let figure = assumptions.nightUseByClass[name] else { continue }
            use = use + Double(total) * share * register.input("night_use_of_\(name.rawValue)", figure)
        }
        if !given.isEmpty {
            notes.append("legitimate night use as given for \(given.map(\.0.rawValue).joined(separator: ", ")) connections")
        }
        guard !rest.isEmpty else { return use }
        notes.append(
            "legitimate night use assumed: household 1.3 to 2.5 l/h, others 3.3 to 7.1 l/h per connection (Mazzoni and others 2025)")
        let households = rest.reduce(0) { $0 + ($1.0 == .residential ? $1.1 : 0) }
        let others = rest.reduce(0) { $0 + ($1.0 == .residential ? 0 : $1.1) }
        let perHousehold = register.input("night_use_of_households", assumptions.nightUseOfHousehold)
        let perOther = register.input("night_use_of_others", assumptions.nightUseOfOthers)
        return use + Double(total) * (households * perHousehold + others * perOther)
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
        let nights = NightLevel.nightly(
            perMeter, hours: assumptions.nightHours, readings: assumptions.readingsOfNight, clock: assumptions.clock
        ).compactMap(\.flow)
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
