// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Friction of Darcy–Weisbach: h = f L/(2 g d A²) q|q|.
///
/// Re ≤ 2000 Hagen–Poiseuille; Re ≥ 4000 Swamee and Jain (1976); between them the cubic of Dunlop (1991), as EPANET 2.3 has it.
struct DarcyWeisbach: Sendable {
    /// L/(2 g d A²). [s²/m⁵]
    let resistance: Double
    /// e/(3.7 d). [–]
    let relativeHeight: Double
    /// 4/(π d ν): Reynolds number per flow. [s/m³]
    let reynoldsPerFlow: Double
    /// 128 ν L/(π g d⁴): laminar loss per flow. [s/m²]
    let laminar: Double

    init(length: Double, diameter: Double, height: Double, viscosity: Double, gravity: Double) {
        let area = Double.pi * diameter * diameter / 4
        resistance = length / (2 * gravity * diameter * area * area)
        relativeHeight = height / (3.7 * diameter)
        reynoldsPerFlow = 4 / (Double.pi * diameter * viscosity)
        laminar = 128 * viscosity * length / (Double.pi * gravity * diameter * diameter * diameter * diameter)
    }

    /// Slope dh/dq of the loss and its secant h/q at the size of a flow [m³/s]. [s/m²]
    func slopes(_ flow: Double) -> (gradient: Double, secant: Double) {
        let reynolds = reynoldsPerFlow * flow
        if reynolds <= 2000 { return (laminar, laminar) }
        let (friction, slope) = reynolds < 4000 ? transition(reynolds) : turbulent(reynolds)
        // dh/dq = r (2 f q + q² df/dq), df/dq = df/dRe · Re/q
        return (resistance * flow * (2 * friction + reynolds * slope), resistance * friction * flow)
    }

    /// Swamee–Jain friction factor and its slope over Re.
    private func turbulent(_ reynolds: Double) -> (Double, Double) {
        let y1 = 5.74 / power(reynolds, 0.9)
        let y2 = relativeHeight + y1
        let y3 = log(y2)
        // f = 0.25/log10² = 0.25 ln²10/ln²
        let friction = 0.25 * Self.ln10 * Self.ln10 / (y3 * y3)
        return (friction, 1.8 * friction * y1 / (y2 * y3 * reynolds))
    }

    private func transition(_ reynolds: Double) -> (Double, Double) {
        let y2 = relativeHeight + Self.transitionTerm
        let y3 = -2 / Self.ln10 * log(y2)
        let fa = 1 / (y3 * y3)
        let fb = fa * (2 - Self.transitionSlope / (y2 * y3))
        let r = reynolds / 2000
        let x1 = 7 * fa - fb
        let x2 = 0.128 - 17 * fa + 2.5 * fb
        let x3 = -0.128 + 13 * fa - 2 * fb
        let x4 = 0.032 - 3 * fa + 0.5 * fb
        return (x1 + r * (x2 + r * (x3 + r * x4)), (x2 + r * (2 * x3 + 3 * r * x4)) / 2000)
    }

    private static let ln10 = 2.302585092994046
    /// 5.74/4000^0.9.
    private static let transitionTerm = 5.74 / 1745.2353142041925
    /// Dunlop (1991): slope of the turbulent branch at Re = 4000.
    private static let transitionSlope = 0.00514215
}
