// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Pressure of a zone over the day, as far as it is known.
public enum ZonePressure: Sendable {
    /// Readings. [m]
    case series(TimeSeries)
    /// Means over the zone's nodes at the hours of the highest and of the lowest demand, from a model. [m]
    case survey(peak: Double, night: Double)
    case unknown
}

/// Leakage of a day over leakage of a night hour: Σ (P_h / P_night)^N1 over 24 hours. [h/day]
public enum NightDayFactor {
    /// - pressures: mean of each hour of the day. [m]
    /// - night: pressure while the night flow is read. [m]
    public static func value(pressures: [Double], night: Double, exponent: Double) -> Double {
        factor(pressures: pressures, night: night, exponent: Propagated(exponent)).value
    }

    static func factor(pressures: [Double], night: Double, exponent: Propagated) -> Propagated {
        var sum = 0.0, slope = 0.0
        for pressure in pressures where pressure > 0 {
            let ratio = pressure / night
            let power = Power.of(ratio, exponent.value)
            sum += power
            slope += power * Power.logarithm(ratio)
        }
        return Propagated(sum, deviations: exponent.deviations.map { slope * $0 })
    }

    /// Pressure of each hour from two states and the inflow: head loss between the inlet and the nodes goes with flow^1.852
    /// (Hazen–Williams), so the pressure falls from `night` at the lowest inflow to `peak` at the highest.
    static func pressures(peak: Double, night: Double, inflow: [Double]) -> [Double]? {
        guard let low = inflow.min(), let high = inflow.max(), low >= 0, high > low else { return nil }
        let lowest = Power.of(low, 1.852), span = Power.of(high, 1.852) - lowest
        return inflow.map { night - (night - peak) * (Power.of($0, 1.852) - lowest) / span }
    }
}
