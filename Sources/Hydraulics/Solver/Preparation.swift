// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Beginning and end of a solve: what is imposed, what is cut off, what is reported.
extension HydraulicSolver {
    mutating func prepare(_ conditions: BoundaryConditions, warm: Bool) {
        let pressureDriven: (minimum: Double, range: Double, inverse: Double)? =
            if case .pressureDriven(let limits) = network.hydraulics.demandModel {
                (limits.minimum, max(limits.required - limits.minimum, 1e-3), 1 / limits.exponent)
            } else {
                nil
            }
        let options = network.hydraulics
        outflows = OutflowTable()
        for row in 0..<nodeOfRow.count {
            let node = nodeOfRow[row]
            demands[row] = conditions.demands[node]
            holder[row] = -1
            anchors[row] = 0
            if row >= junctionCount {
                heads[row] = conditions.fixedHeads[node] ?? elevations[row]
                demands[row] = 0
                continue
            }
            if let emitter = network.nodes[node].junction?.emitter {
                outflows.append(
                    row: row, base: elevations[row],
                    law: .power(
                        coefficient: emitter.coefficient, inverseExponent: 1 / options.emitterExponent,
                        reverses: options.emitterBackflow), role: .emitter, flow: Units.cubicFoot)
            }
            if let pressureDriven, demands[row] > 0 {
                outflows.append(
                    row: row, base: elevations[row] + pressureDriven.minimum,
                    law: .demand(full: demands[row], range: pressureDriven.range, inverseExponent: pressureDriven.inverse),
                    role: .demand, flow: demands[row])
                demands[row] = 0
            }
        }
        appendLeaks()
        for k in 0..<table.count {
            settings[k] = conditions.settings[k]
            statusChanges[k] = 0
            let status = conditions.statuses[k]
            isFixed[k] = table.kind[k].rawValue > LinkTable.Kind.pump.rawValue && status != .active
            statuses[k] = status == .closed ? .closed : (status == .active ? .active : .open)
            if table.kind[k] == .pipe || table.kind[k] == .pump { statuses[k] = status == .closed ? .closed : .open }
            if table.kind[k] == .pump, settings[k] == 0 { statuses[k] = .closed }
            if table.kind[k] == .pcv, status == .active, settings[k] <= 0 { statuses[k] = .closed }
            // A link that was closed in the last solve would start without any slope.
            if !warm || !flows[k].isFinite || flows[k] == 0 { flows[k] = startFlow(k) }
        }
        isIsolated = unreached { k in
            // Links that are closed for the whole solve; the others may yet open.
            statuses[k] == .closed && !table.hasCheckValve[k] && !(pressureValveCanOpen(k))
        }
        for k in 0..<table.count { isCarrying[k] = !(isIsolated[Int(table.start[k])] || isIsolated[Int(table.end[k])]) }
        for k in 0..<table.count where !isCarrying[k] { flows[k] = 0 }
        assignHolders()
    }

    private func pressureValveCanOpen(_ k: Int) -> Bool { table.kind[k] == .prv || table.kind[k] == .psv ? !isFixed[k] : false }

    /// 1 ft/s in open links, the design flow in pumps, next to nothing in closed ones. [m³/s]
    private func startFlow(_ k: Int) -> Double {
        if statuses[k].isClosed { return 1e-6 * Units.cubicFoot }
        if let pump = table.pumps[k] { return pump.designFlow * settings[k] }
        if table.kind[k] == .fcv, statuses[k] == .active { return settings[k] }
        return table.area[k] * Units.foot
    }

    /// Leaks of pipes: half of each at either end, all at one where the other is a tank or reservoir.
    private mutating func appendLeaks() {
        var fixedArea: [Int: Double] = [:], growingArea: [Int: Double] = [:]
        for (k, link) in network.links.enumerated() {
            guard let pipe = link.pipe, let leakage = pipe.leakage else { continue }
            let rows = [Int(table.start[k]), Int(table.end[k])].filter { $0 < junctionCount }
            for row in rows {
                fixedArea[row, default: 0] += leakage.areaPerLength * pipe.length / Double(rows.count)
                growingArea[row, default: 0] += leakage.expansionPerLength * pipe.length / Double(rows.count)
            }
        }
        for row in fixedArea.keys.sorted() {
            if let area = fixedArea[row], area > 0 {
                outflows.append(
                    row: row, base: elevations[row],
                    law: .power(coefficient: constants.leakOrifice * area, inverseExponent: 2, reverses: false), role: .leak, flow: 1e-5)
            }
            if let area = growingArea[row], area > 0 {
                outflows.append(
                    row: row, base: elevations[row],
                    law: .power(coefficient: constants.leakOrifice * area, inverseExponent: 2.0 / 3, reverses: false), role: .leak,
                    flow: 1e-5)
            }
        }
    }

    /// Notes which valve holds which head, and sets the head.
    mutating func assignHolders() {
        for row in 0..<junctionCount { holder[row] = -1 }
        linksOfHeld.removeAll(keepingCapacity: true)
        for k in pressureValves where statuses[k] == .active && isCarrying[k] {
            let row = Int(table.kind[k] == .prv ? table.end[k] : table.start[k])
            guard row < junctionCount else { continue }
            holder[row] = Int32(k)
            heads[row] = elevations[row] + settings[k]
            linksOfHeld[row] = linksAtRow(row)
        }
    }

    private func linksAtRow(_ row: Int) -> [Int] { (0..<table.count).filter { Int(table.start[$0]) == row || Int(table.end[$0]) == row } }

    /// Opens an active valve near the rows where the equations failed; false where there is none.
    mutating func releaseValve(near rows: [Int]) -> Bool {
        let rows = Set(rows)
        for k in pressureValves where statuses[k] == .active {
            if rows.contains(Int(table.start[k])) || rows.contains(Int(table.end[k])) {
                statuses[k] = .cannotDeliverPressure
                assignHolders()
                return true
            }
        }
        for k in 0..<table.count where table.kind[k] == .fcv && statuses[k] == .active {
            if rows.contains(Int(table.start[k])) || rows.contains(Int(table.end[k])) {
                statuses[k] = .cannotDeliverFlow
                statusChanges[k] += 1
                return true
            }
        }
        return false
    }

    /// Holds rows near their last heads; false where they are held already.
    mutating func anchor(_ rows: [Int]) -> Bool {
        guard rows.contains(where: { anchors[$0] < 1e-3 }) else { return false }
        for row in rows { anchors[row] = max(anchors[row] * 100, 1e-7) }
        return true
    }

    /// Rows that no path joins to a fixed or a held head, when the links for which `isCut` holds are taken out.
    func unreached(_ isCut: (Int) -> Bool) -> [Bool] {
        var neighbours = [[Int32]](repeating: [], count: nodeOfRow.count)
        for k in 0..<table.count where !isCut(k) {
            neighbours[Int(table.start[k])].append(table.end[k])
            neighbours[Int(table.end[k])].append(table.start[k])
        }
        var isReached = [Bool](repeating: false, count: nodeOfRow.count)
        var queue = Array(junctionCount..<nodeOfRow.count)
        for row in queue { isReached[row] = true }
        while let row = queue.popLast() {
            for next in neighbours[row] where !isReached[Int(next)] {
                isReached[Int(next)] = true
                queue.append(Int(next))
            }
        }
        return isReached.map { !$0 }
    }

    /// With the statuses settled: closed links carry nothing, and parts without a source leave the equations.
    mutating func closeForGood() {
        isFinal = true
        for row in anchors.indices { anchors[row] = 0 }
        isIsolated = unreached { k in statuses[k].isClosed }
        for k in 0..<table.count {
            isCarrying[k] = !(isIsolated[Int(table.start[k])] || isIsolated[Int(table.end[k])])
            if !isCarrying[k] || statuses[k].isClosed { flows[k] = 0 }
        }
        for index in 0..<outflows.count where isIsolated[Int(outflows.row[index])] { outflows.flow[index] = 0 }
        outflows.holdAtEnds()
        assignHolders()
    }

    /// The result, with residuals computed anew from flows and heads.
    func state(_ outcome: Verdict.Outcome, _ iterations: Int, _ conditions: BoundaryConditions) -> HydraulicState {
        var outcome = outcome
        let balance = imbalance()
        var mass = 0.0, massRow = -1, throughput = 0.0
        for row in 0..<junctionCount where !isIsolated[row] {
            if !(abs(balance[row]) <= mass) { (mass, massRow) = (abs(balance[row]), row) }
        }
        for row in junctionCount..<nodeOfRow.count { throughput += abs(balance[row]) }
        for row in 0..<junctionCount { throughput += abs(demands[row]) }
        let energy = energyResidual()
        let isolated = (0..<junctionCount).filter { isIsolated[$0] }
        if outcome == .converged, !(energy.size <= Verdict.energyBar) || !(mass <= max(Verdict.massBar * throughput, 1e-15)) {
            outcome = .notConverged
        }
        if outcome == .converged, isolated.contains(where: { conditions.demands[nodeOfRow[$0]] != 0 }) { outcome = .demandWithoutSource }
        var delivered = network.nodes.indices.map { row in demands[rowOfNode[row]] }
        var leakage = [Double](repeating: 0, count: delivered.count)
        for index in 0..<outflows.count {
            let node = nodeOfRow[Int(outflows.row[index])]
            delivered[node] += outflows.flow[index]
            if outflows.role[index] != .demand, !isIsolated[Int(outflows.row[index])] { leakage[node] += outflows.flow[index] }
        }
        for row in junctionCount..<nodeOfRow.count { delivered[nodeOfRow[row]] = balance[row] }
        for row in isolated { delivered[nodeOfRow[row]] = 0 }
        return HydraulicState(
            heads: rowOfNode.map { isIsolated[$0] || !heads[$0].isFinite ? nil : heads[$0] }, flows: flows,
            statuses: statuses, demands: delivered, leakage: leakage,
            verdict: Verdict(
                outcome: outcome, iterations: iterations, massResidual: mass,
                massWorstNode: massRow >= 0 ? network.nodes[nodeOfRow[massRow]].id : nil, energyResidual: energy.size,
                energyWorstLink: energy.link >= 0 ? network.links[energy.link].id : nil,
                isolatedNodes: isolated.map { network.nodes[nodeOfRow[$0]].id }))
    }
}
