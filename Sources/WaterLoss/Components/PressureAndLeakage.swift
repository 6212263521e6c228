// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// How leakage and bursts follow pressure.
public enum PressureAndLeakage {
    /// L1/L0 = (P1/P0)^N1. [–]
    /// - pressureRatio: new over old pressure, above 0. [–]
    public static func leakRatio(pressureRatio: Double, exponent: Double) -> Double { Power.of(pressureRatio, exponent) }

    /// Exponent of a leak at one pressure by FAVAD: N1 = (1.5 LN + 0.5)/(LN + 1), LN = m h / A0 (May 1994; Cassa & van Zyl). [–]
    public static func exponent(leakageNumber: Double) -> Double { (1.5 * leakageNumber + 0.5) / (leakageNumber + 1) }

    /// The other way: LN = (N1 − 0.5)/(1.5 − N1); nil outside 0.5 ≤ N1 < 1.5, which one elastic opening cannot have. [–]
    public static func leakageNumber(exponent: Double) -> Double? {
        exponent >= 0.5 && exponent < 1.5 ? (exponent - 0.5) / (1.5 - exponent) : nil
    }

    /// m h / A0. [–]
    /// - area: of the opening without pressure, A0. [m²]
    /// - slope: growth of the area with the head, m. [m²/m]
    /// - head: at the leak. [m]
    public static func leakageNumber(area: Double, slope: Double, head: Double) -> Double { slope * head / area }

    /// Q = Cd √(2g) (A0 h^0.5 + m h^1.5): flow of an opening whose area grows with the head (FAVAD; May 1994). [m³/s]
    /// - discharge: coefficient Cd. [–]
    public static func flow(area: Double, slope: Double, head: Double, discharge: Double = 0.6) -> Double {
        guard head > 0 else { return 0 }
        return discharge * (2 * Units.gravity).squareRoot() * (area + slope * head) * head.squareRoot()
    }

    /// Shares of the leakage through openings that keep their area, and through those that grow: (1.5 − N1) : (N1 − 0.5), N1 held
    /// between 0.5 and 1.5. [–]
    public static func shares(exponent: Double) -> (fixed: Double, variable: Double) {
        let held = min(1.5, max(0.5, exponent))
        return (1.5 - held, held - 0.5)
    }

    /// N1 = 1.5 − (1 − 0.65/ILI)·p, p the share of detectable losses on rigid pipe. **Unverified**: quoted in the field without a source that
    /// we have read; every figure from it says so. nil for an ILI below 0.65. [–]
    public static func exponent(infrastructureLeakageIndex index: Double, rigidShare: Double) -> Double? {
        index >= 0.65 ? 1.5 - (1 - 0.65 / index) * min(1, max(0, rigidShare)) : nil
    }

    /// Fewer breaks over lower pressure: mean 1.4, 0.7 to 2.8 over 112 systems of ten countries (Thornton, Sturm & Kunkel 2008). [–]
    public static let breakFrequencyFactor = (value: 1.4, low: 0.7, high: 2.8)

    /// Share of breaks that a cut of the highest pressure saves: factor × share of the cut, at most all. [–]
    /// - cut: lowering of the highest pressure over what it was. Range 0–1. [–]
    public static func fewerBreaks(pressureCut cut: Double) -> (value: Double, low: Double, high: Double) {
        func share(_ factor: Double) -> Double { min(1, max(0, factor * cut)) }
        return (share(breakFrequencyFactor.value), share(breakFrequencyFactor.low), share(breakFrequencyFactor.high))
    }
}
