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
    /// Minimum night flow of a zone and its parts.
    ///
    /// - inflow: net inflow of the zone, gaps nil. [m³/s]
    /// - consumption: registered by customer meters; used for the legitimate night use where it has the shape of a day.
    /// - meters: the zone's customer meters, for their classes.
    /// - workingMeters: those that register; nil: all that report.
    /// - inflowMargin95: margin of the net inflow from its meters; nil: as assumed. [–]
    /// - Throws: `NightFlowError` where the data do not carry a result.
    public static func analyse(
        zone: Zone, inflow: TimeSeries, consumption: ZoneConsumption? = nil, meters: [Meter] = [], workingMeters: Int? = nil,
        pressure: ZonePressure = .unknown, inflowMargin95: Double? = nil, assumptions: ZoneAssumptions = ZoneAssumptions()
    ) throws(NightFlowError) -> ZoneNightFlow {
        guard inflow.step > 0, inflow.step <= 3600 else { throw .stepTooLong(seconds: inflow.step) }
        let nightly = NightLevel.nightly(inflow, hours: assumptions.nightHours, readings: assumptions.readingsOfNight)
        let known = nightly.compactMap(\.flow)
        let needed = max(3, assumptions.leastNights)
        guard known.count >= needed, let level = NightLevel.level(known) else {
            throw .tooFewNights(found: known.count, needed: needed)
        }
        var register = InputRegister()
        var notes: [String] = []
        let bias = register.input("inflow_meters", Estimate(1, margin95: inflowMargin95 ?? assumptions.inflowMeterMargin95))
        let flow = bias * register.input("night_flow_scatter", level)
        let use = try NightUse.legitimate(
            zone: zone, consumption: consumption, meters: meters, workingMeters: workingMeters, assumptions: assumptions,
            register: &register, notes: &notes)
        let leakage = flow - use
        let factor = nightDayFactor(pressure, inflow: inflow, assumptions: assumptions, register: &register, notes: &notes)
        let daily = leakage * (1 / 24.0 * factor)
        if leakage.value < 0 { notes.append("legitimate night use exceeds the night flow: check the inflow meter and its sign") }

        var result = ZoneNightFlow(
            zone: zone.id, nights: known.count, minimumNightFlow: flow.estimate, legitimateNightUse: use.estimate,
            nightLeakage: leakage.estimate, nightDayFactor: factor.estimate, dailyLeakage: daily.estimate, nightly: nightly)
        let recent = max(3, assumptions.recentNights)
        if known.count >= recent + 3 {
            result.recentLevel = NightLevel.level(Array(known.suffix(recent)))
            if let now = result.recentLevel, let before = NightLevel.level(Array(known.dropLast(recent))) {
                result.recentShift = now - before
            }
        }
        result.varianceShares = register.varianceShares(of: daily)
        result.notes = notes
        return result
    }

    private static func nightDayFactor(
        _ pressure: ZonePressure, inflow: TimeSeries, assumptions: ZoneAssumptions, register: inout InputRegister, notes: inout [String]
    ) -> Propagated {
        let exponent = register.input("leakage_exponent", assumptions.leakageExponent)
        switch pressure {
        case .series(let series):
            if let hours = DayShape(series).complete {
                let nights = hours[assumptions.nightHours.clamped(to: 0..<24)]
                let night = nights.reduce(0, +) / Double(max(1, nights.count))
                if night > 0 {
                    notes.append("night–day factor from pressure readings, leakage exponent 0.5 to 1.5")
                    return NightDayFactor.factor(pressures: hours, night: night, exponent: exponent)
                }
            }
        case .survey(let peak, let night):
            if night > 0, let shape = DayShape(inflow).complete,
                let hours = NightDayFactor.pressures(peak: max(0, peak), night: night, inflow: shape)
            {
                notes.append("night–day factor from pressures of the network model, leakage exponent 0.5 to 1.5")
                return NightDayFactor.factor(pressures: hours, night: night, exponent: exponent)
            }
        case .unknown: break
        }
        notes.append("night–day factor assumed 17 to 25 h/day: no pressures of the whole day")
        return register.input("night_day_factor", assumptions.nightDayFactor)
    }
}
