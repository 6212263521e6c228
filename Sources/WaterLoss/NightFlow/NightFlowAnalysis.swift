// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Why a record does not carry a night flow.
public enum NightFlowError: Error, Hashable, Sendable, CustomStringConvertible {
    case stepTooLong(seconds: Int)
    case tooFewNights(found: Int, needed: Int)
    /// Legitimate use cannot be taken off.
    case connectionsUnknown

    public var description: String {
        switch self {
        case .stepTooLong(let seconds): "inflow is read every \(seconds) s: a night flow needs readings every hour or more often"
        case .tooFewNights(let found, let needed):
            "\(found) nights with enough readings: a night flow needs \(needed); record longer or mend the gaps"
        case .connectionsUnknown: "number of connections not known: legitimate night use cannot be taken off; give it in zones.csv"
        }
    }
}

extension ZoneNightFlow {
    /// Minimum night flow of a zone and its parts, from a series at equal steps on the place's clock without changes.
    ///
    /// - inflow: net inflow of the zone, gaps nil. [m³/s]
    /// - consumption: registered by customer meters; used for the legitimate night use where it has the shape of a day.
    /// - meters: the zone's customer meters, for their classes.
    /// - workingMeters: those that register; nil: all that report.
    /// - inflowMargin95: margin of the net inflow from its meters; nil: as assumed. [–]
    /// - exceptional: users whose night use is known by itself and taken off.
    /// - Throws: `NightFlowError` where the data do not carry a result.
    public static func analyse(
        zone: Zone, inflow: TimeSeries, consumption: ZoneConsumption? = nil, meters: [Meter] = [], workingMeters: Int? = nil,
        pressure: ZonePressure = .unknown, inflowMargin95: Double? = nil, exceptional: [ExceptionalUse] = [],
        assumptions: ZoneAssumptions = ZoneAssumptions()
    ) throws(NightFlowError) -> ZoneNightFlow {
        guard inflow.step > 0, inflow.step <= FlowReadings.longestSpan else { throw .stepTooLong(seconds: inflow.step) }
        let offset = assumptions.clock?.standardOffset(at: inflow.start) ?? 0
        let (kept, faults) = FlowReadings(inflow, offset: offset).screened(clock: assumptions.clock ?? .utc)
        return try analyse(
            zone: zone, inflow: kept, faults: faults, consumption: consumption, meters: meters, workingMeters: workingMeters,
            pressure: pressure, inflowMargin95: inflowMargin95, exceptional: exceptional, assumptions: assumptions)
    }

    /// The same from readings of any kind, at instants of UTC, whose faults are taken out (`FlowReadings.screened`).
    public static func analyse(
        zone: Zone, inflow: FlowReadings, faults: [ReadingFault] = [], consumption: ZoneConsumption? = nil, meters: [Meter] = [],
        workingMeters: Int? = nil, pressure: ZonePressure = .unknown, inflowMargin95: Double? = nil, exceptional: [ExceptionalUse] = [],
        assumptions: ZoneAssumptions = ZoneAssumptions()
    ) throws(NightFlowError) -> ZoneNightFlow {
        let clock = assumptions.clock ?? .utc
        guard inflow.step <= FlowReadings.longestSpan else { throw .stepTooLong(seconds: inflow.step) }
        let nightly = inflow.nights(.window(assumptions.nightHours), clock: clock, coverage: assumptions.readingsOfNight)
        let known = nightly.compactMap(\.flow)
        let needed = max(3, assumptions.leastNights)
        guard known.count >= needed, let level = NightLevel.level(known) else {
            throw .tooFewNights(found: known.count, needed: needed)
        }
        var register = InputRegister()
        var notes = inflow.remarks + faultNotes(faults)
        let bias = register.input("inflow_meters", Estimate(1, margin95: inflowMargin95 ?? assumptions.inflowMeterMargin95))
        let flow = bias * register.input("night_flow_scatter", level)
        var use = try NightUse.legitimate(
            zone: zone, consumption: consumption, meters: meters, workingMeters: workingMeters, assumptions: assumptions,
            register: &register, notes: &notes)
        for user in exceptional { use = use + register.input("night_use_of_\(user.name)", user.flow) }
        let leakage = flow - use
        let (factor, nightPressure) = nightDayFactor(
            pressure, zone: zone, shape: DayShape(inflow, clock: clock).complete, assumptions: assumptions, register: &register,
            notes: &notes)
        let daily = leakage * (1 / 24.0 * factor)
        if leakage.value < 0 { notes.append("legitimate night use exceeds the night flow: check the inflow meter and its sign") }

        var result = ZoneNightFlow(
            zone: zone.id, nights: known.count, minimumNightFlow: flow.estimate, legitimateNightUse: use.estimate,
            nightLeakage: leakage.estimate, nightDayFactor: factor.estimate, dailyLeakage: daily.estimate,
            nightly: nightly.map { ($0.day, $0.flow) })
        let recent = max(3, assumptions.recentNights)
        if known.count >= recent + 3 {
            result.recentLevel = NightLevel.level(Array(known.suffix(recent)))
            if let now = result.recentLevel, let before = NightLevel.level(Array(known.dropLast(recent))) {
                result.recentShift = now - before
            }
        }
        result.faults = faults
        result.parts = NightLeakageParts(
            leakage: leakage.estimate, mainsLength: zone.mainsLength, connections: zone.connections.map(Double.init),
            pressure: nightPressure)
        result.varianceShares = register.varianceShares(of: daily)
        result.notes = notes
        return result
    }

    private static func faultNotes(_ faults: [ReadingFault]) -> [String] {
        ReadingFault.Kind.allCases.compactMap { kind in
            let count = faults.filter { $0.kind == kind }.reduce(0) { $0 + $1.readings }
            guard count > 0 else { return nil }
            return switch kind {
            case .outage: "\(count) readings without flow, in a zone that always has some, are left out"
            case .stuck: "\(count) readings of a meter that stood still are left out"
            case .spike: "\(count) wild readings are left out"
            }
        }
    }

    /// The factor, and the pressure by night as far as it is known. [m]
    private static func nightDayFactor(
        _ pressure: ZonePressure, zone: Zone, shape: [Double]?, assumptions: ZoneAssumptions, register: inout InputRegister,
        notes: inout [String]
    ) -> (factor: Propagated, pressure: Double?) {
        let exponent = register.input("leakage_exponent", assumptions.leakageExponent)
        switch pressure {
        case .series(let series):
            if let hours = DayShape(series).complete {
                let nights = hours[assumptions.nightHours.clamped(to: 0..<24)]
                let night = nights.reduce(0, +) / Double(max(1, nights.count))
                if night > 0 {
                    notes.append("night–day factor from pressure readings, leakage exponent 0.5 to 1.5")
                    return (NightDayFactor.factor(pressures: hours, night: night, exponent: exponent), night)
                }
            }
        case .survey(let peak, let night):
            if night > 0, let shape, let hours = NightDayFactor.pressures(peak: max(0, peak), night: night, inflow: shape) {
                notes.append("night–day factor from pressures of the network model, leakage exponent 0.5 to 1.5")
                return (NightDayFactor.factor(pressures: hours, night: night, exponent: exponent), night)
            }
        case .unknown: break
        }
        notes.append("night–day factor assumed 17 to 25 h/day: no pressures of the whole day")
        return (register.input("night_day_factor", assumptions.nightDayFactor), zone.averagePressure)
    }
}
