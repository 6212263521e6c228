// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The numbers in the head-loss formulas, in SI units.
public struct PhysicalConstants: Sendable {
    /// g. [m/s²]
    public var gravity: Double
    /// Factor of Hazen–Williams, h = factor L q^1.852/(C^1.852 d^4.871). [m, m³/s]
    public var hazenWilliams: Double
    public var hazenWilliamsFlowExponent = 1.852
    public var hazenWilliamsDiameterExponent = 4.871
    /// Factor of Manning's formula, h = factor L n² q²/d^m. [m, m³/s]
    public var manning: Double
    public var manningDiameterExponent: Double
    /// Factor of a local loss, h = factor K q²/d⁴. [s²/m]
    public var minorLoss: Double
    /// Head times flow that a watt lifts, 1/(ρ g). [m⁴/s per W]
    public var headFlowPerWatt: Double
    /// C_d √(2g) of a leak. [m^½/s]
    public var leakOrifice: Double

    /// Whether steps in time are EPANET's too: explicit, in whole seconds.
    public var followsEPANET = false

    /// Discharge coefficient of a leak (van Zyl and others 2017; EPANET 2.3 manual). [–]
    public static let leakDischargeCoefficient = 0.6

    /// Exact units and standard gravity. The Hazen–Williams factor is the published one for metres, 10.6668.
    public static let exact = {
        let g = Units.gravity
        return PhysicalConstants(
            gravity: g, hazenWilliams: hazenWilliamsMetric, manning: manningExact, manningDiameterExponent: 16.0 / 3,
            minorLoss: 8 / (Double.pi * Double.pi * g), headFlowPerWatt: 1 / (Units.waterDensity * g),
            leakOrifice: leakDischargeCoefficient * (2 * g).squareRoot())
    }()

    /// The rounded constants of EPANET 2.3 in feet and ft³/s (hydcoeffs.c), carried into SI exactly.
    public static let epanet = {
        let ft = Units.foot, cfs = Units.cubicFoot
        let g = 32.2 * ft
        // r = (4n/(1.49 π d²))² (d/4)^−1.333 L in feet.
        let manningFeet = power(4 / (1.49 * Double.pi), 2) * power(4, 1.333)
        return PhysicalConstants(
            gravity: g, hazenWilliams: hazenWilliamsMetric, manning: manningFeet * power(ft, 4 + 1.333) / (cfs * cfs),
            manningDiameterExponent: 4 + 1.333, minorLoss: 0.02517 * ft * power(ft, 4) / (cfs * cfs),
            headFlowPerWatt: 8.814 / 745.7 * ft * cfs, leakOrifice: 4.8149766 * cfs / (ft * ft * ft.squareRoot()), followsEPANET: true)
    }()

    /// 4.727 in feet and ft³/s, carried into metres: 10.6668.
    private static let hazenWilliamsMetric =
        4.727 * power(Units.foot, 4.871) * power(Units.cubicFoot, -1.852)

    /// Manning's formula in metres, where its 1.49 is 1: h = 10.2936 n² L q²/d^(16/3).
    private static let manningExact = power(4 / Double.pi, 2) * power(4, 4.0 / 3)
}
