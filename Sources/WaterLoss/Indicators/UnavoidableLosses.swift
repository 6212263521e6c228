// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Unavoidable annual real losses (UARL) of a well-kept system.
public enum UnavoidableLosses {
    /// Which set of coefficients; the two differ by a third of a per cent to one per cent, and neither is the other converted.
    public enum Form: String, Sendable {
        /// Kilometres and metres (Lambert, Brown, Takizawa & Weimer 1999).
        case metric
        /// Miles and psi, in the Free Water Audit Software of the AWWA.
        case freeWaterAudit = "free_water_audit"
    }

    /// `(18 Lm + 0.8 Nc + 25 Lp) · P` litres a day with kilometres and metres of head, while the system is pressurised
    /// (Lambert, Brown, Takizawa & Weimer 1999). Result in m³ a day.
    /// - mainsLength: [m]
    /// - servicePipe: private pipe from the boundary to the meters, all together. [m]
    /// - pressure: mean. [m]
    public static func perDay(mainsLength: Double, connections: Double, servicePipe: Double, pressure: Double) -> Double {
        perDay(
            mainsLength: Propagated(mainsLength), connections: Propagated(connections), servicePipe: Propagated(servicePipe),
            pressure: Propagated(pressure)
        ).value
    }

    static func perDay(mainsLength: Propagated, connections: Propagated, servicePipe: Propagated, pressure: Propagated) -> Propagated {
        let litresPerMetre = 18e-3 * mainsLength + 0.8 * connections + 25e-3 * servicePipe
        return 1e-3 * (litresPerMetre * pressure)
    }

    /// `(5.41 Lm + 0.15 Nc + 7.5 Lp) · P` US gallons a day with miles and psi (AWWA M36): a set of its own, not the metric one
    /// converted. Lengths here in m, pressure in m of water, result in US gallons a day.
    static func usGallonsPerDay(mainsLength: Double, connections: Double, servicePipe: Double, pressure: Double) -> Double {
        let psi = pressure * Units.gravity * Units.waterDensity / Units.psi
        return (5.41 * mainsLength / Units.mile + 0.15 * connections + 7.5 * servicePipe / Units.mile) * psi
    }

    static func perDay(
        _ form: Form, mainsLength: Propagated, connections: Propagated, servicePipe: Propagated, pressure: Propagated
    ) -> Propagated {
        guard form == .freeWaterAudit else {
            return perDay(mainsLength: mainsLength, connections: connections, servicePipe: servicePipe, pressure: pressure)
        }
        let psi = (Units.gravity * Units.waterDensity / Units.psi) * pressure
        let gallonsPerPsi = (5.41 / Units.mile) * mainsLength + 0.15 * connections + (7.5 / Units.mile) * servicePipe
        return Units.usGallon * (gallonsPerPsi * psi)
    }

    /// Where the workbook of the AWWA leaves UARL and ILI blank: 32 Lm + Nc not above 3,000 (miles), or not more than 35 psi.
    static func isShownInFreeWaterAudit(mainsLength: Double, connections: Double, pressure: Double) -> Bool {
        32 * mainsLength / Units.mile + connections > 3000 && pressure * Units.gravity * Units.waterDensity / Units.psi > 35
    }

    /// Conditions under which the formula was fitted and later allowed: more than 3,000 connections (2005; 5,000 in 1999),
    /// more than 20 connections per km, 25 to 100 m of pressure. Empty where all hold.
    public static func flags(mainsLength: Double, connections: Double, pressure: Double) -> [String] {
        var flags: [String] = []
        if connections <= 3_000 {
            flags.append("UARL outside its conditions: \(whole(connections)) connections, more than 3,000 wanted")
        }
        if mainsLength > 0, connections / (mainsLength / 1000) < 20 {
            flags.append("UARL outside its conditions: fewer than 20 connections per km of mains")
        }
        if pressure < 25 || pressure > 100 {
            flags.append("UARL outside its conditions: mean pressure \(whole(pressure)) m, 25 to 100 m wanted")
        }
        return flags
    }

    private static func whole(_ value: Double) -> String { abs(value) < 1e15 ? "\(Int(value.rounded()))" : "\(value)" }
}
