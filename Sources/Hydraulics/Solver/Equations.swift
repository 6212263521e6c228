// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The linear equations of an iteration, and what follows from their solution.
extension HydraulicSolver {
    /// Conductance of a link: reciprocal slope of its loss; zero where it holds, is cut off or closed for good. [m²/s]
    @inline(__always)
    func conductance(_ k: Int) -> Double { 1 / gradient[k] }

    /// Matrix and right side: A_ii = Σ P, A_ij = −P; F_i = −D + Σ_in (q − Y) − Σ_out (q − Y) + Σ P H_fixed, with P = 1/g, Y = P h.
    mutating func assemble() {
        for row in 0..<junctionCount {
            diagonal[row] = anchors[row]
            rightSide[row] = anchors[row] * heads[row] - demands[row]
        }
        for k in 0..<table.count {
            let i = Int(table.start[k]), j = Int(table.end[k])
            let p = conductance(k)
            let rest = flows[k] - p * loss[k]
            let entry = Int(entryOfLink[k])
            if entry >= 0 { offDiagonal[entry] = 0 }
            let carries = isCarrying[k] && !(isFinal && statuses[k].isClosed)
            guard carries else { continue }
            if i < junctionCount {
                diagonal[i] += p
                rightSide[i] -= rest
                if !isUnknown(j) { rightSide[i] += p * heads[j] }
            }
            if j < junctionCount {
                diagonal[j] += p
                rightSide[j] += rest
                if !isUnknown(i) { rightSide[j] += p * heads[i] }
            }
            if entry >= 0, isUnknown(i), isUnknown(j) { offDiagonal[entry] = -p }
        }
        for index in 0..<outflows.count {
            let (head, gradient) = outflows.head(index)
            let row = Int(outflows.row[index])
            let p = 1 / gradient
            diagonal[row] += p
            rightSide[row] += p * (head + outflows.base[index]) - outflows.flow[index]
        }
        for row in 0..<junctionCount where !isUnknown(row) {
            diagonal[row] = 1
            rightSide[row] = 0
        }
    }

    /// True for rows whose head the equations find.
    @inline(__always)
    func isUnknown(_ row: Int) -> Bool { row < junctionCount && holder[row] < 0 && !isIsolated[row] }

    /// q ← q − (Y − P (H_i − H_j)), likewise outflows; then what the held nodes ask of their valves.
    /// Returns Σ|Δq|/Σ|q|.
    mutating func updateFlows(relaxation: Double) -> Double {
        var sumOfChanges = 0.0, sumOfFlows = 0.0
        for k in 0..<table.count where isCarrying[k] && !isHeld(k) {
            if isFinal, statuses[k].isClosed {
                flows[k] = 0
                continue
            }
            let p = conductance(k)
            var change = p * (heads[Int(table.start[k])] - heads[Int(table.end[k])] - loss[k]) * relaxation
            if case .constantPower? = table.pumps[k], flows[k] + change < 0, !statuses[k].isClosed { change = -flows[k] / 2 }
            flows[k] += change
            sumOfChanges += abs(change)
            sumOfFlows += abs(flows[k])
        }
        for index in 0..<outflows.count {
            let (head, gradient) = outflows.head(index)
            var change = (heads[Int(outflows.row[index])] - outflows.base[index] - head) / gradient * relaxation
            if case .demand(let full, _, _) = outflows.law[index], abs(change) > 0.4 * full {
                change = change < 0 ? -0.4 * full : 0.4 * full
            }
            outflows.flow[index] += change
            sumOfChanges += abs(change)
            sumOfFlows += abs(outflows.flow[index])
        }
        for k in pressureValves where statuses[k] == .active {
            let before = flows[k]
            flows[k] = valveFlow(k)
            sumOfChanges += abs(flows[k] - before)
            sumOfFlows += abs(flows[k])
        }
        for k in 0..<table.count where table.kind[k] == .fcv && statuses[k] == .active { flows[k] = settings[k] }
        return sumOfFlows > 0 ? sumOfChanges / sumOfFlows : sumOfChanges
    }

    /// Links whose flow does not follow from the heads at their ends.
    @inline(__always)
    func isHeld(_ k: Int) -> Bool {
        statuses[k] == .active && (table.kind[k] == .prv || table.kind[k] == .psv || table.kind[k] == .fcv)
    }

    /// What the node held by an active valve needs (PRV), or has to spare (PSV). [m³/s]
    private func valveFlow(_ k: Int) -> Double {
        let isReducing = table.kind[k] == .prv
        let row = isReducing ? table.end[k] : table.start[k]
        var need = demands[Int(row)]
        for other in linksOfHeld[Int(row)] ?? [] where other != k {
            if table.start[other] == row { need += flows[other] }
            if table.end[other] == row { need -= flows[other] }
        }
        for index in 0..<outflows.count where outflows.row[index] == row { need += outflows.flow[index] }
        return isReducing ? need : -need
    }

    /// Largest |H_i − H_j − h(q)| over links that carry water freely. [m]
    func energyResidual() -> (size: Double, link: Int) {
        var worst = 0.0, at = -1
        for k in 0..<table.count where isCarrying[k] && !isHeld(k) && !statuses[k].isClosed {
            let error = abs(heads[Int(table.start[k])] - heads[Int(table.end[k])] - loss[k])
            if !(error <= worst) { (worst, at) = (error, k) }
        }
        return (worst, at)
    }

    /// Inflow less outflow of every junction at the present flows. [m³/s]
    func imbalance() -> [Double] {
        var balance = demands.map { -$0 }
        for k in 0..<table.count {
            balance[Int(table.start[k])] -= flows[k]
            balance[Int(table.end[k])] += flows[k]
        }
        for index in 0..<outflows.count { balance[Int(outflows.row[index])] -= outflows.flow[index] }
        return balance
    }

    /// Takes rounding out of the balance: a further solve for the small imbalance that stiff links leave (iterative refinement).
    mutating func refineBalance() {
        for _ in 0..<6 {
            evaluateLosses()
            assemble()
            let balance = imbalance()
            guard (0..<junctionCount).contains(where: { !isIsolated[$0] && abs(balance[$0]) > 1e-16 }) else { break }
            guard case .factored = matrix.factor(diagonal: diagonal, offDiagonal: offDiagonal) else { return }
            for row in 0..<junctionCount { rightSide[row] = isUnknown(row) ? balance[row] : 0 }
            matrix.solve(&rightSide)
            for k in 0..<table.count where isCarrying[k] && !isHeld(k) && !statuses[k].isClosed {
                let i = Int(table.start[k]), j = Int(table.end[k])
                let correction = (isUnknown(i) ? rightSide[i] : 0) - (isUnknown(j) ? rightSide[j] : 0)
                flows[k] += conductance(k) * correction
            }
            for index in 0..<outflows.count {
                let row = Int(outflows.row[index])
                guard isUnknown(row) else { continue }
                outflows.flow[index] += rightSide[row] / outflows.head(index).gradient
            }
            for row in 0..<junctionCount where isUnknown(row) { heads[row] += rightSide[row] }
            for k in pressureValves where statuses[k] == .active { flows[k] = valveFlow(k) }
        }
        evaluateLosses()
    }
}
