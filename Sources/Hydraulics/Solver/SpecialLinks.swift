// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Pumps, valves, check valves and pipes at tanks, one by one.
extension HydraulicSolver {
    /// Links whose flow does not follow from the heads at their ends.
    @inline(__always)
    func isHeld(_ k: Int) -> Bool {
        if !throttles.isEmpty, throttles.contains(k) { return true }
        guard status[k] == .active else { return false }
        let kind = model.table.kind[k]
        return kind == .prv || kind == .psv || kind == .fcv
    }

    @inline(__always)
    func isCutOff(_ k: Int) -> Bool { isIsolated[model.table.start[k]] || isIsolated[model.table.end[k]] }

    func sweepSpecials(_ step: Double, _ tally: inout Tally) {
        let table = model.table
        for k in table.pipes..<table.count {
            let i = Int(table.start[k]), j = Int(table.end[k])
            if isCutOff(k) || (status[k].isClosed && !isSoft[k] && !leaksWhereClosed) {
                rest(k, flow: 0)
                continue
            }
            if isHeld(k) {
                // PRV, PSV and links that keep a tank's level follow when all other flows are known.
                guard table.kind[k] == .fcv, !throttles.contains(k) else { continue }
                let q = setting[k] + (leaksWhereClosed ? trickle(over: k) : 0)
                rest(k, flow: q)
                right[i] -= q
                right[j] += q
                tally.total += abs(q)
                continue
            }
            if step > 0 {
                var change = step * conductance[k] * (residual[k] + delta[i] - delta[j])
                if case .constantPower? = table.pumps[k], flow[k] + change < 0, !status[k].isClosed {
                    tally.unbalanced += abs(change + flow[k] / 2)
                    change = -flow[k] / 2
                }
                flow[k] += change
            }
            let q = flow[k]
            let isTrickle = status[k].isClosed
            let (loss, gradient) = isTrickle ? (Tolerance.closedGradient * q, Tolerance.closedGradient) : lossOfSpecial(k, q)
            let p = 1 / gradient
            let r = head[i] - head[j] - loss
            conductance[k] = p
            residual[k] = r
            offDiagonal[k] = -p
            diagonal[i] += p
            diagonal[j] += p
            right[i] -= q + p * r
            right[j] += q + p * r
            tally.ahead += max(abs(p * r) - p * headRounding, 0)
            tally.total += abs(q)
            if !isTrickle { tally.worst = max(tally.worst, abs(r)) }
        }
    }

    /// EPANET lets a trickle through everything that is closed: a hundred-millionth of a ft³/s for each foot.
    var leaksWhereClosed: Bool { constants.followsEPANET }

    /// After `sweepPipes`, which has moved their flows.
    func sweepClosedPipes() {
        let p = 1 / Tolerance.closedGradient
        for k in closedPipes {
            let i = Int(model.table.start[k]), j = Int(model.table.end[k])
            let r = head[i] - head[j] - Tolerance.closedGradient * flow[k]
            conductance[k] = p
            residual[k] = r
            offDiagonal[k] = -p
            diagonal[i] += p
            diagonal[j] += p
            right[i] -= p * r
            right[j] += p * r
        }
    }

    @inline(__always)
    private func rest(_ k: Int, flow: Double) {
        self.flow[k] = flow
        conductance[k] = 0
        residual[k] = 0
        offDiagonal[k] = 0
    }

    /// Links that pass what the node at one of their ends needs, or has to spare: PRV and PSV that hold a head, and links that keep
    /// the level of a tank.
    var balancingLinks: [Int] {
        let valves = model.pressureValves.filter { status[$0] == .active && !throttles.contains($0) && !isCutOff($0) }
        return throttles.isEmpty ? valves : valves + throttles.sorted().filter { !isCutOff($0) }
    }

    /// Whether the balanced node is at the end of the link.
    private func balancesEnd(_ k: Int) -> Bool {
        throttles.isEmpty || !throttles.contains(k) ? model.table.kind[k] == .prv : throttledRow(k) == model.table.end[k]
    }

    func sweepPressureValves(_ tally: inout Tally) {
        let table = model.table
        for k in balancingLinks {
            let before = flow[k]
            rest(k, flow: valveFlow(k))
            let q = flow[k]
            right[table.start[k]] -= q
            right[table.end[k]] += q
            tally.unbalanced += abs(q - before)
            tally.total += abs(q)
            right[table.end[k]] += trickle(beside: k)
        }
    }

    /// What reaches the far side of a valve that holds the pressure before it by EPANET's link "to preserve connectivity", and
    /// leaves the near side nowhere. [m³/s]
    func trickle(beside k: Int) -> Double {
        guard leaksWhereClosed, model.table.kind[k] == .psv, !isGiven[model.table.end[k]] else { return 0 }
        return trickle(over: k)
    }

    /// EPANET's trickle through a link that holds a head or a flow, where the heads are such as water has. It stays out of the matrix,
    /// which is to tell where nothing else joins a side to a source. [m³/s]
    private func trickle(over k: Int) -> Double {
        let drop = head[model.table.start[k]] - head[model.table.end[k]]
        return min(max(drop, -Tolerance.highestPumpHead), Tolerance.highestPumpHead) / Tolerance.closedGradient
    }

    /// What the held nodes will ask of their valves after the step in `delta` is asked of the valves' other ends in the same step:
    /// further back-solves with the same factor. One is enough where a valve alone feeds its zone, one more for each zone behind. What a
    /// throttled link passes comes back to it where the tank's other links lead to the same part: by a secant, else by small shares.
    func coupleValves() {
        let links = balancingLinks
        var last: [Int: (lack: Double, step: Double)] = [:]
        for _ in 0..<4 {
            var moved = 0.0
            for k in links {
                let isReducing = balancesEnd(k)
                let row = Int(isReducing ? model.table.end[k] : model.table.start[k])
                var need = demand[row]
                for index in model.links(at: row) {
                    let other = Int(model.linksAtRow[index])
                    guard other != k else { continue }
                    let i = model.table.start[other]
                    let q = flow[other] + conductance[other] * (residual[other] + delta[i] - delta[model.table.end[other]])
                    need += Int(i) == row ? q : -q
                }
                for index in model.outflows.laws(at: row) {
                    need += outflows.flow[index] + outflows.conductance[index] * (outflows.residual[index] + delta[row])
                }
                var change = (isReducing ? need : -need) - flow[k]
                guard abs(change) > 1e-13 else { continue }
                if !throttles.isEmpty, throttles.contains(k) {
                    let lack = change
                    if let last = last[k] {
                        let slope = (last.lack - lack) / last.step
                        if slope > 5e-3, slope < 2 { change = lack / slope }
                    }
                    last[k] = (lack, change)
                }
                moved += abs(change)
                flow[k] += change
                let outer = isReducing ? model.table.start[k] : model.table.end[k]
                if !isGiven[outer] { right[outer] -= isReducing ? change : -change }
            }
            if moved == 0 { return }
            delta.take(right)
            delta[model.spareRow] = 0
            matrix.solve(delta)
        }
    }

    /// What a link must pass for the node that it balances. [m³/s]
    func valveFlow(_ k: Int) -> Double {
        let isReducing = balancesEnd(k)
        let row = Int(isReducing ? model.table.end[k] : model.table.start[k])
        var need = demand[row]
        for index in model.links(at: row) {
            let other = Int(model.linksAtRow[index])
            guard other != k else { continue }
            need += Int(model.table.start[other]) == row ? flow[other] : -flow[other]
        }
        for index in model.outflows.laws(at: row) { need += outflows.flow[index] }
        return isReducing ? need : -need
    }

    /// Head loss of an open or active link that is not a plain pipe, and its slope. [m, s/m²]
    func lossOfSpecial(_ k: Int, _ q: Double) -> (loss: Double, gradient: Double) {
        SpecialLaw.loss(model.table, k, q, status[k], setting[k])
    }
}

/// Head loss of every kind of link that is neither closed nor holding a head or a flow.
enum SpecialLaw {
    static func loss(_ table: LinkTable, _ k: Int, _ q: Double, _ status: LinkStatus, _ setting: Double) -> (loss: Double, gradient: Double)
    {
        switch table.kind[k] {
        case .pipe, .checkValve: return pipe(table, k, q)
        case .pump: return pump(table, k, q, setting)
        case .prv, .psv, .fcv: return open(table.minor[k], q)
        case .tcv: return open(status == .active ? setting * table.lossPerCoefficient(at: k) : table.minor[k], q)
        case .pbv:
            if status == .active, setting > 0, table.minor[k] * q * q <= setting {
                // The slope is for the iterations only.
                return (setting, Tolerance.openGradient)
            }
            return open(table.minor[k], q)
        case .gpv:
            guard status == .active, let curve = table.curves[k] else { return open(table.minor[k], q) }
            let size = abs(q)
            // Through the origin, where the curve may begin with a step.
            let least = 1e-8
            if size < least {
                let line = curve.line(at: least)
                let slope = max((line.intercept + line.slope * least) / least, Tolerance.openGradient)
                return (slope * q, slope)
            }
            let line = curve.line(at: size)
            return ((line.intercept + line.slope * size) * (q < 0 ? -1 : 1), max(line.slope, Tolerance.openGradient))
        case .pcv:
            guard status == .active else { return open(table.minor[k], q) }
            // K_open/(flow coefficient over that of the open valve)².
            let opening = min(max(setting, 0), 100)
            let share = max((table.curves[k]?.value(at: opening) ?? opening) / 100, 1e-3)
            return open(table.minor[k] / (share * share), q)
        }
    }

    private static func pipe(_ table: LinkTable, _ k: Int, _ q: Double) -> (loss: Double, gradient: Double) {
        let size = abs(q)
        let (gradient, secant) =
            switch table.formula {
            case .hazenWilliams: HazenWilliamsLaw().slopes(table, k, size)
            case .chezyManning: QuadraticLaw().slopes(table, k, size)
            case .darcyWeisbach: DarcyWeisbachLaw().slopes(table, k, size)
            }
        let minor = table.minor[k] * size
        return (q * (secant + minor), gradient + 2 * minor)
    }

    private static func open(_ m: Double, _ q: Double) -> (loss: Double, gradient: Double) {
        guard m > 0 else { return (Tolerance.openGradient * q, Tolerance.openGradient) }
        let slope = 2 * m * abs(q)
        if slope < Tolerance.smallestGradient { return (Tolerance.smallestGradient * q, Tolerance.smallestGradient) }
        return (slope * q / 2, slope)
    }

    private static func pump(_ table: LinkTable, _ k: Int, _ q: Double, _ speed: Double) -> (loss: Double, gradient: Double) {
        switch table.pumps[k] {
        case nil: return open(0, q)
        case .constantPower(let power)?:
            // h = −ω³ power/q, held between the slopes of a closed and an open link.
            let r = power * speed * speed * speed
            let size = max(abs(q), 1e-12)
            let slope = r / (size * size)
            if slope > Tolerance.closedGradient { return (-Tolerance.closedGradient * size, Tolerance.closedGradient) }
            if slope < Tolerance.openGradient { return (-Tolerance.openGradient * size, Tolerance.openGradient) }
            return (-r / size, slope)
        case .points(let lines)?:
            let line = lines.line(at: q / speed)
            return (-(line.intercept * speed * speed) - line.slope * speed * q, max(-line.slope * speed, Tolerance.smallestGradient))
        case .powerFunction(let shutoff, let resistance, let n)?:
            let size = abs(q)
            let r = resistance * power(speed, 2 - n)
            let slope = n == 1 ? r : n * r * power(size, n - 1)
            let head = -shutoff * speed * speed
            if slope < Tolerance.smallestGradient { return (head + Tolerance.smallestGradient * q, Tolerance.smallestGradient) }
            return (head + slope * q / n, slope)
        }
    }
}
