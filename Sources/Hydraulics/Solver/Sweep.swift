// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What a sweep over links and outflows adds up.
struct Tally {
    /// Σ|P r|, what a further step would move of itself; Σ|q|. [m³/s]
    var ahead = 0.0
    var total = 0.0
    /// Largest |H_i − H_j − h(q)| of what carries water freely. [m]
    var worst = 0.0
    /// Flows that changed otherwise than the matrix knew, which leaves junctions out of balance. [m³/s]
    var unbalanced = 0.0
    /// Flows below this move nothing. [m³/s]
    var floor = 0.0

    /// Nothing would move any more, and the heads agree with the losses.
    func isConverged(_ accuracy: Double, _ headError: Double) -> Bool {
        worst <= headError && unbalanced <= max(0.1 * Verdict.massBar * total, 1e-15) && ahead <= max(accuracy * total, floor)
    }
}

/// The sweep: takes in a Newton step, evaluates losses and their slopes, and lays out matrix and right side for the next one.
extension HydraulicSolver {
    /// - Parameter step: part of the Newton step in `delta` to take; zero only evaluates.
    @discardableResult
    func sweep(_ step: Double) -> Tally {
        isBalanceKnown = false
        let rows = model.rowCount
        for row in 0..<rows { right[row] = -demand[row] }
        diagonal.fill(0)
        var tally = Tally()
        // Behind closed links heads are found from trickles, which rounding blurs; they serve to tell statuses.
        tally.floor = Tolerance.noFlow * Double(model.table.count) * (hasSoft ? 1 : 1e-3)
        switch model.table.formula {
        case .hazenWilliams: sweepPipes(HazenWilliamsLaw(), step, &tally)
        case .chezyManning: sweepPipes(QuadraticLaw(), step, &tally)
        case .darcyWeisbach: sweepPipes(DarcyWeisbachLaw(), step, &tally)
        }
        sweepSpecials(step, &tally)
        if leaksWhereClosed { sweepClosedPipes() }
        outflows.sweep(self, step, &tally)
        sweepPressureValves(&tally)
        for store in stores {
            let tank = model.tanks[store.tank]
            let row = Int(tank.row)
            diagonal[row] += tank.area(atHead: head[row]) / store.seconds
            right[row] -= (tank.volume(atHead: head[row]) - store.base) / store.seconds
        }
        for (row, conductance) in anchors { diagonal[row] += conductance }
        applyBoundary()
        isStale = false
        return tally
    }

    /// Rows with a given head: identity in the matrix, and their step on the right side of their neighbours.
    func applyBoundary() {
        for row in boundary {
            let row = Int(row)
            let step = target[row] - head[row]
            for index in model.links(at: row) {
                let k = Int(model.linksAtRow[index])
                offDiagonal[k] = 0
                guard step != 0 else { continue }
                let other = Int(model.table.start[k]) == row ? model.table.end[k] : model.table.start[k]
                if !isGiven[other] { right[other] += conductance[k] * step }
            }
            diagonal[row] = 1
            right[row] = step
        }
        for row in isolatedRows {
            diagonal[row] = 1
            right[row] = 0
        }
    }

    /// All pipes that change only when told, four at a time. In stretches, and each of them in two passes: the processor looks ahead
    /// over some two hundred instructions, and so has two groups of four in hand in each pass, where one long pass gives it one.
    private func sweepPipes(_ law: some PipeLaw, _ step: Double, _ tally: inout Tally) {
        let stretch = 256
        for first in stride(from: 0, to: model.table.pipes, by: stretch) {
            let pipes = first..<min(first + stretch, model.table.pipes)
            moveFlows(law, step, pipes)
            evaluate(pipes, &tally)
        }
    }

    /// Takes the step; slopes of the new flows into `conductance`, secants into `residual`.
    @inline(__always)
    private func moveFlows(_ law: some PipeLaw, _ step: Double, _ pipes: Range<Int>) {
        let table = model.table
        let start = table.start, end = table.end
        let delta = delta, flow = flow, conductance = conductance, residual = residual
        for k in stride(from: pipes.lowerBound, to: pipes.upperBound, by: 4) {
            var q = flow.four(at: k)
            if step > 0 {
                let i = (Int(start[k]), Int(start[k + 1]), Int(start[k + 2]), Int(start[k + 3]))
                let j = (Int(end[k]), Int(end[k + 1]), Int(end[k + 2]), Int(end[k + 3]))
                let d = SIMD4(delta[i.0] - delta[j.0], delta[i.1] - delta[j.1], delta[i.2] - delta[j.2], delta[i.3] - delta[j.3])
                q += step * conductance.four(at: k) * (residual.four(at: k) + d)
                flow.setFour(at: k, q)
            }
            let (gradient, secant) = law.slopes(table, k, q.magnitudes)
            conductance.setFour(at: k, gradient)
            residual.setFour(at: k, secant)
        }
    }

    /// Conductances and residuals from slopes and secants; what they add to matrix and right side.
    @inline(__always)
    private func evaluate(_ pipes: Range<Int>, _ tally: inout Tally) {
        let table = model.table
        let start = table.start, end = table.end, minors = table.minor
        let head = head, flow = flow, conductance = conductance, residual = residual, open = open
        let diagonal = diagonal, right = right, offDiagonal = offDiagonal, rounding = headRounding
        var ahead = SIMD4<Double>.zero, total = SIMD4<Double>.zero, worst = SIMD4<Double>.zero
        for k in stride(from: pipes.lowerBound, to: pipes.upperBound, by: 4) {
            let i = (Int(start[k]), Int(start[k + 1]), Int(start[k + 2]), Int(start[k + 3]))
            let j = (Int(end[k]), Int(end[k + 1]), Int(end[k + 2]), Int(end[k + 3]))
            let drop = SIMD4(head[i.0] - head[j.0], head[i.1] - head[j.1], head[i.2] - head[j.2], head[i.3] - head[j.3])
            let q = flow.four(at: k), size = q.magnitudes
            let gradient = conductance.four(at: k), secant = residual.four(at: k)
            let isOpen = open.four(at: k)
            let minor = minors.four(at: k) * size
            let p = isOpen / (gradient + 2 * minor)
            let r = isOpen * (drop - q * (secant + minor))
            let moved = p * r
            let carried = q + moved
            conductance.setFour(at: k, p)
            residual.setFour(at: k, r)
            offDiagonal.setFour(at: k, -p)
            let beyond = moved.magnitudes - p * rounding
            ahead += beyond.replacing(with: 0, where: beyond .< 0)
            total += size
            worst = worst.replacing(with: r.magnitudes, where: r.magnitudes .> worst)
            diagonal[i.0] += p[0]
            diagonal[j.0] += p[0]
            right[i.0] -= carried[0]
            right[j.0] += carried[0]
            diagonal[i.1] += p[1]
            diagonal[j.1] += p[1]
            right[i.1] -= carried[1]
            right[j.1] += carried[1]
            diagonal[i.2] += p[2]
            diagonal[j.2] += p[2]
            right[i.2] -= carried[2]
            right[j.2] += carried[2]
            diagonal[i.3] += p[3]
            diagonal[j.3] += p[3]
            right[i.3] -= carried[3]
            right[j.3] += carried[3]
        }
        tally.ahead += ahead.sum()
        tally.total += total.sum()
        tally.worst = max(tally.worst, worst.max())
    }
}

/// Friction of pipes at a flow's size, four pipes from `k` on: slope dh/dq and secant h/q. [s/m²]
protocol PipeLaw {
    func slopes(_ table: LinkTable, _ k: Int, _ size: SIMD4<Double>) -> (gradient: SIMD4<Double>, secant: SIMD4<Double>)
    func slopes(_ table: LinkTable, _ k: Int, _ size: Double) -> (gradient: Double, secant: Double)
}

extension PipeLaw {
    /// Below the smallest slope a loss is linear.
    @inline(__always)
    func guarded(_ slope: SIMD4<Double>, _ exponent: Double) -> (gradient: SIMD4<Double>, secant: SIMD4<Double>) {
        let flat = Tolerance.smallestGradient
        let isFlat = slope .< flat
        let secant = slope.replacing(with: flat, where: isFlat) * (1 / exponent)
        return (slope.replacing(with: secant, where: isFlat), secant)
    }

    @inline(__always)
    func guarded(_ slope: Double, _ exponent: Double) -> (gradient: Double, secant: Double) {
        let flat = Tolerance.smallestGradient
        return slope < flat ? (flat / exponent, flat / exponent) : (slope, slope / exponent)
    }
}

struct HazenWilliamsLaw: PipeLaw {
    @inline(__always)
    func slopes(_ table: LinkTable, _ k: Int, _ size: SIMD4<Double>) -> (gradient: SIMD4<Double>, secant: SIMD4<Double>) {
        guarded(table.slope.four(at: k) * powers(of: size, exponent: table.exponent - 1), table.exponent)
    }

    func slopes(_ table: LinkTable, _ k: Int, _ size: Double) -> (gradient: Double, secant: Double) {
        guarded(table.slope[k] * power(size, table.exponent - 1), table.exponent)
    }
}

/// Chezy–Manning.
struct QuadraticLaw: PipeLaw {
    @inline(__always)
    func slopes(_ table: LinkTable, _ k: Int, _ size: SIMD4<Double>) -> (gradient: SIMD4<Double>, secant: SIMD4<Double>) {
        guarded(table.slope.four(at: k) * size, 2)
    }

    func slopes(_ table: LinkTable, _ k: Int, _ size: Double) -> (gradient: Double, secant: Double) {
        guarded(table.slope[k] * size, 2)
    }
}

struct DarcyWeisbachLaw: PipeLaw {
    @inline(__always)
    func slopes(_ table: LinkTable, _ k: Int, _ size: SIMD4<Double>) -> (gradient: SIMD4<Double>, secant: SIMD4<Double>) {
        var gradient = SIMD4<Double>.zero, secant = SIMD4<Double>.zero
        for lane in 0..<4 { (gradient[lane], secant[lane]) = slopes(table, k + lane, size[lane]) }
        return (gradient, secant)
    }

    func slopes(_ table: LinkTable, _ k: Int, _ size: Double) -> (gradient: Double, secant: Double) { table.darcy[k].slopes(size) }
}
