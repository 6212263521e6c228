// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What a sweep adds up in each lane; see `Tally`.
struct LaneTally {
    var ahead = Lanes.zero
    var total = Lanes.zero
    var worst = Lanes.zero
    var unbalanced = Lanes.zero
    var count = 0

    func isConverged(_ lane: Int, _ accuracy: Double, _ headError: Double) -> Bool {
        worst[lane] <= headError && unbalanced[lane] <= max(0.1 * Verdict.massBar * total[lane], 1e-15)
            && ahead[lane] <= max(accuracy * total[lane], Tolerance.noFlow * 1e-3 * Double(count))
    }
}

/// The sweep of `HydraulicSolver`, for eight scenarios at once.
extension LaneSolver {
    /// - Parameter step: one in the lanes that take the Newton step in `delta`, zero in the others.
    func sweep(_ step: Lanes) -> LaneTally {
        for row in 0..<model.rowCount {
            right[row] = -demand[row]
            diagonal[row] = .zero
        }
        var tally = LaneTally()
        tally.count = model.table.count
        sweepPipes(step, &tally)
        sweepSpecials(step, &tally)
        sweepOutflows(step, &tally)
        sweepLeaks(step, &tally)
        sweepPressureValves(&tally)
        for row in start.boundary {
            let row = Int(row)
            for index in model.links(at: row) { offDiagonal[Int(model.linksAtRow[index])] = .zero }
            diagonal[row] = Lanes(repeating: 1)
            right[row] = .zero
        }
        for row in 0..<model.order where start.isIsolated[row] {
            diagonal[row] = Lanes(repeating: 1)
            right[row] = .zero
        }
        return tally
    }

    private func sweepPipes(_ step: Lanes, _ tally: inout LaneTally) {
        let table = model.table
        var closedAt: [Int: Lanes] = [:]
        for (place, lane) in closed { closedAt[place, default: Lanes(repeating: 1)][lane] = 0 }
        let isChanged = !slopes.isEmpty || !closedAt.isEmpty
        let flat = Tolerance.smallestGradient, n = table.exponent
        let head = head, delta = delta, flow = flow, conductance = conductance, residual = residual
        let diagonal = diagonal, right = right, offDiagonal = offDiagonal
        let open = start.open
        var ahead = Lanes.zero, total = Lanes.zero, worst = Lanes.zero
        for k in 0..<table.pipes {
            let i = Int(table.start[k]), j = Int(table.end[k])
            if open[k] == 0 {
                // EPANET's trickle stays that of the base case.
                right[i] -= flow[k]
                right[j] += flow[k]
                continue
            }
            var q = flow[k]
            q += step * conductance[k] * (residual[k] + delta[i] - delta[j])
            let size = q.magnitudes
            var gradient: Lanes, secant: Lanes
            if table.formula == .darcyWeisbach {
                (gradient, secant) = (.zero, .zero)
                for lane in 0..<8 { (gradient[lane], secant[lane]) = table.darcy[k].slopes(size[lane]) }
            } else {
                let slope = isChanged ? slopes[k] ?? Lanes(repeating: table.slope[k]) : Lanes(repeating: table.slope[k])
                gradient = slope * (n == 2 ? size : powers(of: size, exponent: n - 1))
                let isFlat = gradient .< flat
                secant = gradient.replacing(with: flat, where: isFlat) * (1 / n)
                gradient = gradient.replacing(with: secant, where: isFlat)
            }
            let minor = table.minor[k] * size
            var p = 1 / (gradient + 2 * minor)
            var r = head[i] - head[j] - q * (secant + minor)
            if isChanged, let isOpen = closedAt[k] {
                p *= isOpen
                r *= isOpen
                q *= isOpen
            }
            let moved = p * r
            let carried = q + moved
            flow[k] = q
            conductance[k] = p
            residual[k] = r
            offDiagonal[k] = -p
            ahead += moved.magnitudes
            total += size
            worst = worst.larger(r.magnitudes)
            diagonal[i] += p
            diagonal[j] += p
            right[i] -= carried
            right[j] += carried
        }
        tally.ahead += ahead
        tally.total += total
        tally.worst = tally.worst.larger(worst)
    }

    private func sweepSpecials(_ step: Lanes, _ tally: inout LaneTally) {
        let table = model.table
        for k in table.pipes..<table.count {
            let i = Int(table.start[k]), j = Int(table.end[k])
            let status = start.status[k]
            let isHeld = status == .active && (table.kind[k] == .prv || table.kind[k] == .psv || table.kind[k] == .fcv)
            if start.isIsolated[i] || start.isIsolated[j] || (status.isClosed && !scratch.leaksWhereClosed) || isHeld {
                if isHeld, table.kind[k] == .fcv, !start.isIsolated[i] {
                    flow[k] = Lanes(repeating: start.setting[k])
                    right[i] -= flow[k]
                    right[j] += flow[k]
                }
                continue
            }
            let q = flow[k] + step * conductance[k] * (residual[k] + delta[i] - delta[j])
            var loss = Lanes.zero, gradient = Lanes.zero
            for lane in 0..<8 {
                (loss[lane], gradient[lane]) =
                    status.isClosed
                    ? (Tolerance.closedGradient * q[lane], Tolerance.closedGradient)
                    : SpecialLaw.loss(table, k, q[lane], status, start.setting[k])
            }
            let p = 1 / gradient
            let r = head[i] - head[j] - loss
            flow[k] = q
            conductance[k] = p
            residual[k] = r
            offDiagonal[k] = -p
            diagonal[i] += p
            diagonal[j] += p
            right[i] -= q + p * r
            right[j] += q + p * r
            tally.ahead += (p * r).magnitudes
            tally.total += q.magnitudes
            if !status.isClosed { tally.worst = tally.worst.larger(r.magnitudes) }
        }
    }

    private func sweepOutflows(_ step: Lanes, _ tally: inout LaneTally) {
        for index in outflow.indices {
            let law = model.outflows.laws[index]
            let row = Int(law.row)
            guard !start.isIsolated[row] else { continue }
            let free = isFree[index]
            if free == .zero {
                outflow[index] = outRest[index]
                right[row] -= outRest[index]
                continue
            }
            let full = wanted[row]
            var q = outflow[index]
            if step != .zero {
                var change = step * outConductance[index] * (outResidual[index] + delta[row])
                if law.role == .demand {
                    let bounded = change.clamped(lowerBound: -0.4 * full, upperBound: 0.4 * full)
                    tally.unbalanced += free * (change - bounded).magnitudes
                    change = bounded
                }
                q += change
            }
            var loss = Lanes.zero, gradient = Lanes(repeating: 1)
            for lane in 0..<8 where free[lane] > 0 { (loss[lane], gradient[lane]) = OutflowState.head(law, q[lane], full[lane]) }
            let p = free / gradient
            let r = free * (head[row] - law.base - loss)
            q = outRest[index].replacing(with: q, where: free .> 0)
            outflow[index] = q
            outConductance[index] = p
            outResidual[index] = r
            diagonal[row] += p
            right[row] -= q + p * r
            tally.ahead += (p * r).magnitudes
            tally.total += q.magnitudes
            tally.worst = tally.worst.larger(r.magnitudes)
        }
    }

    private func sweepLeaks(_ step: Lanes, _ tally: inout LaneTally) {
        for index in leaks.indices {
            let lane = leaks[index].lane, law = leaks[index].law
            let row = Int(law.row)
            if step[lane] > 0 { leaks[index].flow += leaks[index].conductance * (leaks[index].residual + delta[row][lane]) }
            let q = leaks[index].flow
            let (loss, gradient) = OutflowState.head(law, q, 0)
            let p = 1 / gradient
            let r = head[row][lane] - law.base - loss
            leaks[index].conductance = p
            leaks[index].residual = r
            diagonal[row][lane] += p
            right[row][lane] -= q + p * r
            tally.ahead[lane] += abs(p * r)
            tally.total[lane] += abs(q)
            tally.worst[lane] = max(tally.worst[lane], abs(r))
        }
    }

    private func sweepPressureValves(_ tally: inout LaneTally) {
        for k in holdingValves {
            let q = valveFlow(k, step: .zero)
            tally.unbalanced += (q - flow[k]).magnitudes
            tally.total += q.magnitudes
            flow[k] = q
            right[model.table.start[k]] -= q
            right[model.table.end[k]] += q
        }
    }

    /// As `HydraulicSolver.coupleValves`, with the factor that `solve` uses.
    func coupleValves(_ solve: (Column<Lanes>) -> Void) {
        for _ in 0..<4 {
            var moved = false
            for k in holdingValves {
                let change = valveFlow(k, step: Lanes(repeating: 1)) - flow[k]
                guard change.magnitudes.max() > 1e-13 else { continue }
                moved = true
                flow[k] += change
                let isReducing = model.table.kind[k] == .prv
                let outer = isReducing ? model.table.start[k] : model.table.end[k]
                if !start.isGiven[outer] { right[outer] -= isReducing ? change : -change }
            }
            guard moved else { return }
            delta.take(right)
            delta[model.spareRow] = .zero
            solve(delta)
        }
    }

    /// What a valve must pass for the node whose head it holds, before or after the step in `delta`. [m³/s]
    private func valveFlow(_ k: Int, step: Lanes) -> Lanes {
        let table = model.table
        let isReducing = table.kind[k] == .prv
        let row = Int(isReducing ? table.end[k] : table.start[k])
        var need = demand[row]
        for index in model.links(at: row) {
            let other = Int(model.linksAtRow[index])
            guard other != k else { continue }
            let i = table.start[other]
            let q = flow[other] + step * conductance[other] * (residual[other] + delta[i] - delta[table.end[other]])
            need += Int(i) == row ? q : -q
        }
        for index in model.outflows.laws(at: row) {
            need += outflow[index] + step * isFree[index] * outConductance[index] * (outResidual[index] + delta[row])
        }
        for leak in leaks where Int(leak.law.row) == row {
            need[leak.lane] += leak.flow + step[leak.lane] * leak.conductance * (leak.residual + delta[row][leak.lane])
        }
        return isReducing ? need : -need
    }

    /// Holds and lets go outflows of a lane, as `OutflowState.settle`; true where any was.
    func settleOutflows(_ lane: Int) -> Bool {
        var changed = false
        for index in outflow.indices {
            let law = model.outflows.laws[index]
            guard !start.isIsolated[law.row] else { continue }
            let full = wanted[law.row][lane], q = outflow[index][lane]
            let pressure = head[law.row][lane] - law.base
            if isFree[index][lane] > 0 {
                if law.role == .demand ? q <= 0 || q >= full : !law.reverses && q <= 0 {
                    outRest[index][lane] = q <= 0 ? 0 : full
                    isFree[index][lane] = 0
                    outResidual[index][lane] = 0
                    changed = true
                }
            } else if law.role == .demand
                ? full > 0 && (outRest[index][lane] > 0 ? pressure < law.range - 1e-9 : pressure > 1e-9)
                : pressure > 1e-9
            {
                isFree[index][lane] = 1
                outflow[index][lane] = max(outRest[index][lane], 1e-9)
                changed = true
            }
        }
        if changed { settlings[lane] += 1 }
        if settlings[lane] > 12 { isSound[lane] = false }
        return changed && isSound[lane]
    }
}

extension HydraulicSolver {
    /// Whether the scalar rules would change any status, as heads and flows stand.
    func wouldChangeStatus() -> Bool {
        updatePressureValves() || updateLinks()
    }

    /// Whether every row that has a source keeps one when these pipes are closed.
    func reachesAll(but closed: Set<Int>, statuses: Column<LinkStatus>) -> Bool {
        let blocks = Blocks(model) { k in closed.contains(k) || statuses[k].isClosed }
        let reached = blocks.reached { statuses[$0].isClosed }
        return (0..<model.rowCount).allSatisfy { reached[Int(blocks.ofRow[$0])] || isIsolated[$0] }
    }
}
