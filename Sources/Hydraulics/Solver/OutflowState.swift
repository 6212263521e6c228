// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// The flows out of emitters, leaks and pressure-driven demands, and which of them stand at an end of their law.
///
/// An outflow that gives nothing, or a demand that gets all it wants, is held there: it leaves the equations, costs nothing, and
/// a dry node gives exactly zero. When all else has settled, those on the wrong side of their end are let go, and those beyond
/// one are held.
final class OutflowState {
    enum Hold: UInt8 { case free, nothing, all, unused }

    let laws: OutflowLaws
    let flow: Column<Double>
    let conductance: Column<Double>
    let residual: Column<Double>
    let hold: Column<Hold>
    /// Of demands: all that is wanted. [m³/s]
    let full: Column<Double>
    /// How often each was held or let go in this solve.
    let changes: Column<Int32>

    init(_ laws: OutflowLaws) {
        self.laws = laws
        let count = laws.laws.count
        flow = Column(repeating: 0, count: count)
        conductance = Column(repeating: 0, count: count)
        residual = Column(repeating: 0, count: count)
        hold = Column(repeating: .unused, count: count)
        full = Column(repeating: 0, count: count)
        changes = Column(repeating: 0, count: count)
    }

    var count: Int { flow.count }

    func start(wanted: Column<Double>) {
        for index in 0..<count {
            let law = laws.laws[index]
            hold[index] = .free
            switch law.role {
            case .emitter, .leak: flow[index] = Units.cubicFoot
            case .pipeLeak: flow[index] = 1e-5
            case .demand:
                full[index] = wanted[law.row]
                flow[index] = max(full[index], 0)
                if full[index] <= 0 { hold[index] = .unused }
            }
        }
    }

    /// The demand of a row has changed: what is given of it changes in proportion.
    func rescale(_ row: Int, from old: Double, to new: Double) {
        for index in laws.laws(at: row) where laws.laws[index].role == .demand {
            full[index] = new
            if new <= 0 {
                hold[index] = .unused
                flow[index] = 0
            } else if old > 0, hold[index] != .unused {
                flow[index] *= new / old
            } else {
                hold[index] = .free
                flow[index] = new
            }
        }
    }

    func sweep(_ solver: HydraulicSolver, _ step: Double, _ tally: inout Tally) {
        let head = solver.head, delta = solver.delta, right = solver.right, diagonal = solver.diagonal
        for index in 0..<count {
            let law = laws.laws[index]
            let row = Int(law.row)
            let isHeld = hold[index] != .free
            if solver.isIsolated[row] || hold[index] == .unused || (isHeld && !solver.leaksWhereClosed) {
                let rest = hold[index] == .all && !solver.isIsolated[row] ? full[index] : 0
                flow[index] = rest
                conductance[index] = 0
                residual[index] = 0
                right[row] -= rest
                continue
            }
            if step > 0 {
                var change = step * conductance[index] * (residual[index] + delta[row])
                if law.role == .demand, !isHeld, abs(change) > 0.4 * full[index] {
                    let bounded = change < 0 ? -0.4 * full[index] : 0.4 * full[index]
                    tally.unbalanced += abs(change - bounded)
                    change = bounded
                }
                flow[index] += change
            }
            let (loss, gradient) = isHeld ? beyond(index) : Self.head(law, flow[index], full[index])
            let p = 1 / gradient
            let r = head[row] - law.base - loss
            conductance[index] = p
            residual[index] = r
            diagonal[row] += p
            right[row] -= flow[index] + p * r
            tally.ahead += abs(p * r)
            tally.total += abs(flow[index])
            // Beyond an end of its law an outflow is about to be held; the rounding of a large demand is metres of head there.
            if !isHeld, gradient != Tolerance.barrier { tally.worst = max(tally.worst, abs(r)) }
        }
    }

    /// EPANET's barriers beyond the ends of a law let a trickle pass: a billionth of a ft³/s for each foot. [m, s/m²]
    private func beyond(_ index: Int) -> (head: Double, gradient: Double) {
        let end = hold[index] == .all ? laws.laws[index].range : 0
        let rest = hold[index] == .all ? full[index] : 0
        return (end + Tolerance.barrier * (flow[index] - rest), Tolerance.barrier)
    }

    /// Holds and lets go; true where any was let go or held.
    func settle(_ solver: HydraulicSolver) -> Bool {
        var changed = false
        for index in 0..<count where hold[index] != .unused && changes[index] <= Self.mostChanges {
            let law = laws.laws[index]
            let row = Int(law.row)
            guard !solver.isIsolated[row] else { continue }
            let pressure = solver.head[row] - law.base
            switch hold[index] {
            case .free:
                if law.role == .demand {
                    if flow[index] <= 0 { hold[index] = .nothing } else if flow[index] >= full[index] { hold[index] = .all }
                } else if !law.reverses, flow[index] <= 0 {
                    hold[index] = .nothing
                }
                if hold[index] == .free { continue }
            case .nothing:
                guard pressure > Self.slack else { continue }
                hold[index] = .free
                flow[index] = max(flowAt(law, pressure, full[index]), 1e-12)
            case .all:
                guard pressure < law.range - Self.slack else { continue }
                hold[index] = .free
                flow[index] = max(flowAt(law, pressure, full[index]), 1e-6 * full[index])
            case .unused: continue
            }
            changes[index] += 1
            changed = true
        }
        return changed
    }

    /// Pressure beyond the end of a law that counts. [m]
    private static let slack = 1e-9
    private static let mostChanges: Int32 = 12

    private func flowAt(_ law: OutflowLaws.Law, _ pressure: Double, _ full: Double) -> Double {
        guard pressure > 0 else { return 0 }
        if law.role == .demand { return full * min(power(pressure / law.range, 1 / law.inverse), 1) }
        return law.coefficient * power(pressure, 1 / law.inverse)
    }

    /// Head above the base that a flow asks for, and its slope (EPANET 2.3: `emitterheadloss`, `demandheadloss`). [m, s/m²]
    static func head(_ law: OutflowLaws.Law, _ q: Double, _ full: Double) -> (head: Double, gradient: Double) {
        if law.role == .demand {
            let share = q / full
            if share <= 0 { return (Tolerance.barrier * q, Tolerance.barrier) }
            if share >= 1 { return (law.range + Tolerance.barrier * (q - full), Tolerance.barrier) }
            let secant = law.range * raised(share, law.inverse) / q
            let slope = law.inverse * secant
            return slope < Tolerance.smallestGradient ? (Tolerance.smallestGradient * q, Tolerance.smallestGradient) : (secant * q, slope)
        }
        if q < 0, !law.reverses { return (Tolerance.barrier * q, Tolerance.barrier) }
        let size = abs(q)
        guard size >= 1e-15 else { return (Tolerance.smallestGradient * q, Tolerance.smallestGradient) }
        let secant = raised(size / law.coefficient, law.inverse) / size
        let slope = law.inverse * secant
        return slope < Tolerance.smallestGradient ? (Tolerance.smallestGradient * q, Tolerance.smallestGradient) : (secant * q, slope)
    }

    @inline(__always)
    private static func raised(_ x: Double, _ exponent: Double) -> Double { exponent == 2 ? x * x : power(of: x, exponent: exponent) }
}
