// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// What lower pressure does to leaks, bursts and consumption.
public enum PressureEffect {
    /// Share of leakage that goes: 1 − (P₁/P₀)^N1. [–]
    ///
    /// - before, after: mean pressure of the zone. [m]
    /// - exponent: N1, 0.5 for stiff holes to 1.5 for holes that open.
    /// Source: May 1994 (FAVAD); Thornton & Lambert 2005.
    public static func leakageReduction(before: Double, after: Double, exponent: Double) -> Double {
        guard before > 0, after < before else { return 0 }
        return 1 - pow(max(0, after) / before, exponent)
    }

    /// Share of consumption that goes: 1 − (P₁/P₀)^N3. [–]
    ///
    /// - before, after: mean pressure of the zone. [m]
    /// - exponent: N3, 0 where roof tanks feed the taps to 0.5 for gardens.
    /// Source: FAVAD for consumption, Thornton & Lambert 2005; figures as `consumptionExponents`.
    public static func consumptionReduction(before: Double, after: Double, exponent: Double) -> Double {
        leakageReduction(before: before, after: after, exponent: exponent)
    }

    /// N3 of all consumption together: low, central, high. [–]
    ///
    /// Contested: next to none behind roof tanks, about 0.1 (0 to 0.2) indoors on the mains, 0.5 in gardens (i2O Water); about 0.5 in a field
    /// trial at 44 homes with the leaks behind their meters (AQUA 67, 2018).
    public static let consumptionExponents = [0, 0.1, 0.5]

    /// Share of bursts that goes: factor × share of maximum pressure cut, 1 at most. [–]
    ///
    /// - factor: 1.4 in the mean of 112 schemes, 0.7 to 2.8. Source: Thornton & Lambert 2007.
    public static func burstReduction(before: Double, after: Double, factor: Double) -> Double {
        guard before > 0, after < before else { return 0 }
        return min(1, factor * (before - after) / before)
    }

    /// Outlet pressure of a reducing valve that leaves every node its minimum; the worst node governs.
    ///
    /// - nodes: elevation [m] and head lost between valve and node [m].
    /// - Returns: setting [m] and index of the node that governs; nil without nodes.
    public static func setpoint(
        minimumPressure: Double, valveElevation: Double, nodes: [(elevation: Double, headLoss: Double)]
    ) -> (setting: Double, criticalNode: Int)? {
        let needed = nodes.map { minimumPressure + $0.elevation + $0.headLoss - valveElevation }
        guard let worst = needed.indices.max(by: { needed[$0] < needed[$1] }) else { return nil }
        return (needed[worst], worst)
    }

    /// Joint effect of measures that each take their share of what the ones before left: 1 − Π(1 − eᵢ). [–]
    public static func combined(_ effects: [Double]) -> Double { 1 - effects.reduce(1) { $0 * (1 - $1) } }
}
