// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// What a pump adds to the head, at its full speed.
enum PumpCurve: Sendable {
    /// h = shutoff − r qⁿ. [m, m per (m³/s)ⁿ, –]
    case powerFunction(shutoff: Double, resistance: Double, exponent: Double)
    /// Straight lines between points, the end ones prolonged.
    case points(PiecewiseLinear)
    /// h = power/q. [m⁴/s]
    case constantPower(Double)

    /// One point: shutoff at 4/3 of its head, zero head at twice its flow. Three points that begin at zero flow: a power
    /// function through them. Anything else: straight lines (EPANET 2.3, `powercurve`).
    /// - Parameter followsEPANET: EPANET writes 1.33334 for 4/3, which makes the exponent 1.99997.
    init(points: [Point], followsEPANET: Bool = false) {
        if points.count == 1, let point = points.first {
            if followsEPANET {
                self.init(points: [Point(x: 0, y: 1.33334 * point.y), point, Point(x: 2 * point.x, y: 0)])
                return
            }
            let shutoff = 4 * point.y / 3
            self = .powerFunction(shutoff: shutoff, resistance: (shutoff - point.y) / (point.x * point.x), exponent: 2)
        } else if points.count == 3, points[0].x == 0 {
            let first = points[0].y - points[1].y
            let second = points[0].y - points[2].y
            let exponent = log(second / first) / log(points[2].x / points[1].x)
            if exponent > 0, exponent <= 20 {
                self = .powerFunction(shutoff: points[0].y, resistance: first / power(points[1].x, exponent), exponent: exponent)
            } else {
                self = .points(PiecewiseLinear(points))
            }
        } else {
            self = .points(PiecewiseLinear(points))
        }
    }

    /// Head at zero flow and full speed; nil for constant power, which has none. [m]
    var shutoffHead: Double? {
        switch self {
        case .powerFunction(let shutoff, _, _): shutoff
        case .points(let lines): lines.line(at: 0).intercept
        case .constantPower: nil
        }
    }

    /// A flow to start the iterations from. [m³/s]
    var designFlow: Double {
        switch self {
        case .powerFunction(let shutoff, let resistance, let exponent): power(shutoff / 4 / resistance, 1 / exponent)
        case .points(let lines): (lines.firstX + lines.lastX) / 2
        case .constantPower: Units.cubicFoot
        }
    }
}

/// Straight lines through points, the end ones prolonged.
struct PiecewiseLinear: Sendable {
    private let points: [Point]

    /// - Parameter points: x ascending, at least one.
    init(_ points: [Point]) { self.points = points }

    var firstX: Double { points.first?.x ?? 0 }
    var lastX: Double { points.last?.x ?? 0 }

    /// Intercept and slope of the line that holds at `x`.
    func line(at x: Double) -> (intercept: Double, slope: Double) {
        guard points.count > 1 else { return (points.first?.y ?? 0, 0) }
        var upper = 1
        while upper < points.count - 1, points[upper].x < x { upper += 1 }
        let a = points[upper - 1], b = points[upper]
        let slope = (b.y - a.y) / (b.x - a.x)
        return (a.y - slope * a.x, slope)
    }

    func value(at x: Double) -> Double {
        let line = line(at: x)
        return line.intercept + line.slope * x
    }
}
