// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Everything that one inflow record says of a zone's nights: level by several measures, leakage and its parts where the zone is
/// known, steps and rise over the record; and why something is not told.
public struct NightFlowStudy: Sendable {
    /// A level by another definition, for comparison.
    public struct OtherMeasure: Sendable {
        /// `window_02_04`, `moving_hour_00_06`, `day_quantile_5`, `lowest_5_nights`.
        public var name: String
        /// [m³/s]
        public var level: Estimate
    }

    public struct Options: Sendable {
        public var assumptions = ZoneAssumptions()
        public var steps = NightStepOptions()
        /// Window in which the least hour is looked for. Default 00–06 h of the local clock.
        public var movingHourWithin = 0..<6
        /// Default 0.05. [–]
        public var dayQuantile = 0.05
        /// Nights that count as lowest. Default 5.
        public var lowestNights = 5
        public var faults = FlowReadings.FaultRules()

        public init() {}
    }

    public var name: String
    public var zone: Zone?
    /// Share of the record's time that has a usable reading. [–]
    public var completeness: Double
    /// Mean inflow, every hour of the day alike. [m³/s]
    public var meanFlow: Double?
    public var nights: [Night]
    public var faults: [ReadingFault]
    /// Level of the nights, scatter alone: what the meter's own error adds is in `zoneFlow`. nil with a reason. [m³/s]
    public var level: Estimate?
    public var otherMeasures: [OtherMeasure] = []
    /// nil where too few nights are known.
    public var history: NightHistory?
    /// Leakage and its parts; nil where connections are not known.
    public var zoneFlow: ZoneNightFlow?
    /// Rise of unreported leakage, RR: rise of the night flow between repairs times the night–day factor. [m³/day per year]
    public var riseOfLeakage: Estimate?
    /// Leakage of the night flow and of the zone's balance brought together, by day; nil where there is one of them only. [m³/s]
    public var reconciliation: LossReconciliation?
    /// Why there is no level, or no leakage; nil where both are there.
    public var reason: String?
    public var notes: [String] = []

    public var nightsKnown: Int { nights.count { $0.flow != nil } }

    /// - readings: net inflow, at instants of UTC.
    /// - clock: of the people.
    /// - zone: nil where nothing but the inflow is known.
    /// - given: leakage and its parts where they are drawn up already; nil: they are from the arguments.
    public init(
        name: String, readings: FlowReadings, clock: PlaceClock, zone: Zone? = nil, consumption: ZoneConsumption? = nil,
        meters: [Meter] = [], workingMeters: Int? = nil, pressure: ZonePressure = .unknown, inflowMargin95: Double? = nil,
        exceptional: [ExceptionalUse] = [], zoneFlow given: ZoneNightFlow? = nil, options: Options = Options()
    ) {
        var chances = StepChances(options.steps)
        self.init(
            name: name, readings: readings, clock: clock, zone: zone, consumption: consumption, meters: meters,
            workingMeters: workingMeters, pressure: pressure, inflowMargin95: inflowMargin95, exceptional: exceptional, zoneFlow: given,
            options: options, chances: &chances)
    }

    /// - chances: kept by the caller, for many zones with records of one length; they hold the options of the steps.
    public init(
        name: String, readings: FlowReadings, clock: PlaceClock, zone: Zone? = nil, consumption: ZoneConsumption? = nil,
        meters: [Meter] = [], workingMeters: Int? = nil, pressure: ZonePressure = .unknown, inflowMargin95: Double? = nil,
        exceptional: [ExceptionalUse] = [], zoneFlow given: ZoneNightFlow? = nil, options: Options = Options(),
        chances: inout StepChances
    ) {
        var assumptions = options.assumptions
        assumptions.clock = clock
        self.name = name
        self.zone = zone
        let (kept, faults) = readings.screened(clock: clock, rules: options.faults)
        self.faults = faults
        let span = (readings.end?.seconds ?? 0) - (readings.start?.seconds ?? 0)
        completeness = span > 0 ? min(1, Double(kept.spans.reduce(0) { $0 + $1.duration }) / Double(span)) : 0
        meanFlow = DayShape(kept, clock: clock).mean
        nights = kept.nights(.window(assumptions.nightHours), clock: clock, coverage: assumptions.readingsOfNight)
        notes = readings.remarks
        do throws(NightFlowError) {
            if let given {
                zoneFlow = given
            } else {
                zoneFlow = try ZoneNightFlow.analyse(
                    zone: zone ?? Zone(id: .init(name), name: name), inflow: kept, faults: faults, consumption: consumption,
                    meters: meters, workingMeters: workingMeters, pressure: pressure, inflowMargin95: inflowMargin95,
                    exceptional: exceptional, assumptions: assumptions)
            }
            notes = zoneFlow?.notes ?? notes
        } catch {
            reason = error.description
        }
        let known = nights.compactMap(\.flow)
        guard readings.step <= FlowReadings.longestSpan, known.count >= max(3, assumptions.leastNights) else { return }
        level = NightAggregate.level.estimate(known)
        measureOtherwise(kept, clock: clock, known: known, assumptions: assumptions, options: options)
        history = NightHistory(nights, chances: &chances)
        if let rise = history?.risePerYear {
            let factor = zoneFlow?.nightDayFactor ?? assumptions.nightDayFactor
            // m³/s at night, times 3,600 s/h, times h/day.
            let value = rise.value * Units.hour * factor.value
            let parts = (rise.standardDeviation * factor.value, rise.value * factor.standardDeviation)
            riseOfLeakage = Estimate(value, standardDeviation: Units.hour * (parts.0 * parts.0 + parts.1 * parts.1).squareRoot())
        }
        notes += history?.notes ?? []
    }

    private mutating func measureOtherwise(
        _ kept: FlowReadings, clock: PlaceClock, known: [Double], assumptions: ZoneAssumptions, options: Options
    ) {
        func two(_ hour: Int) -> String { hour < 10 ? "0\(hour)" : "\(hour)" }
        func add(_ name: String, _ nights: [Double], _ aggregate: NightAggregate = .level) {
            if let level = aggregate.estimate(nights) { otherMeasures.append(OtherMeasure(name: name, level: level)) }
        }
        let within = options.movingHourWithin
        add(
            "moving_hour_\(two(within.lowerBound))_\(two(within.upperBound))",
            kept.nights(.movingHour(within: within), clock: clock, coverage: assumptions.readingsOfNight).compactMap(\.flow))
        add(
            "day_quantile_\(Int((options.dayQuantile * 100).rounded()))",
            kept.nights(.dayQuantile(options.dayQuantile), clock: clock, coverage: assumptions.readingsOfNight).compactMap(\.flow))
        add("lowest_\(options.lowestNights)_nights", known, .lowest(options.lowestNights))
    }
}
