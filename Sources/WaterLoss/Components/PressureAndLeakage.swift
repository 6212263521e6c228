// SPDX-License-Identifier: GPL-3.0-or-later

/// How leakage follows pressure.
public enum PressureAndLeakage {
    /// L1/L0 = (P1/P0)^N1. [–]
    /// - pressureRatio: new over old pressure, above 0. [–]
    public static func leakRatio(pressureRatio: Double, exponent: Double) -> Double { Power.of(pressureRatio, exponent) }

    /// Exponent of a leak at one pressure by FAVAD: N1 = (1.5 LN + 0.5)/(LN + 1), LN = m h / A0 (May 1994; Cassa & van Zyl). [–]
    public static func exponent(leakageNumber: Double) -> Double { (1.5 * leakageNumber + 0.5) / (leakageNumber + 1) }
}
