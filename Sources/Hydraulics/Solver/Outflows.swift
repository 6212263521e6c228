// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Everything that leaves a junction by a law of its own pressure: emitters, leaks of pipes, pressure-driven demand.
/// Each is a link to the open at a fixed head, with the law turned round: head as a function of flow.
struct OutflowTable {
    enum Law {
        /// p = (q/C)^(1/n); `reverses`: a negative pressure draws water in.
        case power(coefficient: Double, inverseExponent: Double, reverses: Bool)
        /// p = range (q/full)^(1/e) between nothing and all.
        case demand(full: Double, range: Double, inverseExponent: Double)
    }

    enum Role { case emitter, leak, demand }

    var row: [Int32] = []
    /// Head at which the outflow stops. [m]
    var base: [Double] = []
    var law: [Law] = []
    var role: [Role] = []
    /// [m³/s]
    var flow: [Double] = []
    /// Held at `flow`: nothing, or all of a demand. Set when the statuses have settled, so that a dry node gives exactly nothing.
    var isHeld: [Bool] = []

    var count: Int { row.count }

    mutating func append(row: Int, base: Double, law: Law, role: Role, flow: Double) {
        self.row.append(Int32(row))
        self.base.append(base)
        self.law.append(law)
        self.role.append(role)
        self.flow.append(flow)
        isHeld.append(false)
    }

    /// The flow at the end of its law where an outflow stands at or beyond it; nil between the ends. [m³/s]
    func end(_ index: Int) -> Double? {
        switch law[index] {
        case .power(_, _, let reverses): !reverses && flow[index] <= 0 ? 0 : nil
        case .demand(let full, _, _): flow[index] <= 0 ? 0 : (flow[index] >= full ? full : nil)
        }
    }

    /// Holds those that stand beyond an end of their law at that end.
    mutating func holdAtEnds() {
        for index in 0..<count {
            guard let end = end(index) else { continue }
            flow[index] = end
            isHeld[index] = true
        }
    }

    /// How far a head stands from what the law asks for; beyond an end of the law only on its wrong side. [m]
    func residual(_ index: Int, head: Double) -> Double {
        let pressure = head - base[index]
        guard let end = end(index) else { return abs(pressure - self.head(index).head) }
        if end == 0 { return max(pressure, 0) }
        if case .demand(_, let range, _) = law[index] { return max(range - pressure, 0) }
        return 0
    }

    /// Head above the base and its slope, at the present flow. EPANET 2.3: `emitterheadloss`, `demandheadloss`.
    func head(_ index: Int) -> (head: Double, gradient: Double) {
        let q = flow[index]
        if isHeld[index] { return (0, .infinity) }
        switch law[index] {
        case .power(let coefficient, let inverse, let reverses):
            let size = abs(q)
            let slope = inverse * Hydraulics.power(size / coefficient, inverse) / max(size, 1e-30)
            var result: (head: Double, gradient: Double) =
                slope < Tolerance.smallestGradient || size < 1e-15
                ? (Tolerance.smallestGradient * q, Tolerance.smallestGradient) : (slope * q / inverse, slope)
            if !reverses, q < 0 {
                result = (Tolerance.barrier * q, Tolerance.barrier)
            }
            return result
        case .demand(let full, let range, let inverse):
            let share = q / full
            if share <= 0 { return (Tolerance.barrier * q, Tolerance.barrier) }
            if share >= 1 { return (range + Tolerance.barrier * (q - full), Tolerance.barrier) }
            let slope = inverse * range * Hydraulics.power(share, inverse - 1) / full
            return slope < Tolerance.smallestGradient
                ? (Tolerance.smallestGradient * q, Tolerance.smallestGradient) : (slope * q / inverse, slope)
        }
    }
}

/// Limits of the iterations, EPANET's own carried into SI.
enum Tolerance {
    /// Below this slope a loss is taken as linear: 1e-7 ft per ft³/s. [s/m²]
    static let smallestGradient = 1e-7 * Units.foot / Units.cubicFoot
    /// Slope of an open valve without a loss coefficient: 1e-6 ft per ft³/s. [s/m²]
    static let openGradient = 1e-6 * Units.foot / Units.cubicFoot
    /// Slope of a closed link while the iterations run: 1e8 ft per ft³/s. [s/m²]
    static let closedGradient = 1e8 * Units.foot / Units.cubicFoot
    /// Slope of a law outside its range. [s/m²]
    static let barrier = 1e9 * Units.foot / Units.cubicFoot
    /// Head that a status change must exceed: 5e-4 ft. [m]
    static let head = 5e-4 * Units.foot
    /// Change of a link's flow that counts as none: a tenth of a litre a day. [m³/s]
    static let noFlow = 1e-9
    /// Flow that a status change must exceed: 1e-4 ft³/s. [m³/s]
    static let flow = 1e-4 * Units.cubicFoot
}
