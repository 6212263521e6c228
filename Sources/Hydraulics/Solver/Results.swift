// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What a solve has found, with residuals computed anew from flows and heads.
extension HydraulicSolver {
    /// Inflow less outflow of every row at the present flows, into `balance`, and what the junctions lack of it. [m³/s]
    func measureBalance() {
        guard !isBalanceKnown else { return }
        isBalanceKnown = true
        let table = model.table, balance = balance
        for row in 0..<model.rowCount { balance[row] = -demand[row] }
        for k in 0..<table.count {
            balance[table.start[k]] -= flow[k]
            balance[table.end[k]] += flow[k]
        }
        for index in 0..<outflows.count { balance[model.outflows.laws[index].row] -= outflows.flow[index] }
        for k in model.pressureValves where status[k] == .active && !isCutOff(k) { balance[table.end[k]] += trickle(beside: k) }
        var found = Imbalance()
        for row in 0..<model.rowCount {
            if model.isJunction[row] {
                found.throughput += abs(demand[row])
                if !isIsolated[row], !(abs(balance[row]) <= found.size) { (found.size, found.row) = (abs(balance[row]), row) }
            } else {
                found.throughput += abs(balance[row])
            }
        }
        imbalance = found
    }

    /// The verdict on the state as it stands.
    func verdict(_ outcome: Verdict.Outcome) -> Verdict {
        var outcome = outcome
        measureBalance()
        // Where demand answers to pressure, a part without a source just gets nothing.
        let cannotGoWithout: (Int32) -> Bool = { [self] in model.outflows.isPressureDriven ? wanted[$0] < 0 : wanted[$0] != 0 }
        if outcome == .converged, isolatedRows.contains(where: { model.isJunction[$0] && cannotGoWithout($0) }) {
            outcome = .demandWithoutSource
        }
        let energy = energyResidual()
        if outcome == .converged || outcome == .demandWithoutSource,
            !(energy.size <= headError) || !imbalance.isSmall
        {
            outcome = .notConverged
        }
        let link = energy.place >= 0 ? Int(model.table.linkAtPlace[energy.place]) : -1
        return Verdict(
            outcome: outcome, iterations: iterations, massResidual: imbalance.size,
            massWorstNode: imbalance.row >= 0 ? id(ofRow: imbalance.row) : nil,
            energyResidual: energy.size, energyWorstLink: link >= 0 ? network.links[link].id : nil,
            isolatedNodes: isolatedRows.filter { model.isJunction[$0] }.map { model.nodeOfRow[$0] }.sorted()
                .map { network.nodes[Int($0)].id })
    }

    private func id(ofRow row: Int) -> Node.ID { network.nodes[Int(model.nodeOfRow[row])].id }

    /// Largest |H_i − H_j − h(q)| over links that carry water freely, and |H − z − h(q)| over emitters, leaks and
    /// pressure-driven demands (place −1); beyond an end of a law only on its wrong side. [m]
    private func energyResidual() -> (size: Double, place: Int) {
        var worst = 0.0, at = -1
        let table = model.table
        for k in 0..<table.count where conductance[k] != 0 && !status[k].isClosed && !isHeld(k) {
            let error = abs(residual[k])
            if !(error <= worst) { (worst, at) = (error, k) }
        }
        for index in 0..<outflows.count where !isIsolated[model.outflows.laws[index].row] {
            let law = model.outflows.laws[index]
            let pressure = head[law.row] - law.base
            let error: Double =
                switch outflows.hold[index] {
                case .free: abs(outflows.residual[index])
                case .nothing: max(pressure, 0)
                case .all: max(law.range - pressure, 0)
                case .unused: 0
                }
            if !(error <= worst) { (worst, at) = (error, -1) }
        }
        return (worst, at)
    }

    /// The whole answer, in the order of the network as it was given.
    public func state(_ outcome: Verdict.Outcome) -> HydraulicState {
        let verdict = verdict(outcome)
        let nodes = model.nodeCount
        var heads = [Double?](repeating: nil, count: nodes)
        var demands = [Double](repeating: 0, count: nodes)
        var leakage = demands
        for node in 0..<nodes {
            let row = Int(model.rowOfNode[node])
            if !isIsolated[row], head[row].isFinite { heads[node] = head[row] }
            demands[node] = model.isJunction[row] ? (isIsolated[row] ? 0 : demand[row]) : balance[row]
        }
        for index in 0..<outflows.count {
            let law = model.outflows.laws[index]
            let node = Int(model.nodeOfRow[law.row])
            guard node < nodes, !isIsolated[law.row] else { continue }
            demands[node] += outflows.flow[index]
            if law.role != .demand { leakage[node] += outflows.flow[index] }
        }
        var flows = [Double](repeating: 0, count: model.linkCount)
        var statuses = [LinkStatus](repeating: .closed, count: model.linkCount)
        for link in 0..<model.linkCount {
            let place = Int(model.table.placeOfLink[link])
            // EPANET's word for a valve that follows its loss curve; of a link that keeps a tank's level it works at a setting.
            statuses[link] =
                throttles.contains(place) ? .active : model.table.kind[place] == .gpv && status[place] == .active ? .open : status[place]
            flows[link] = status[place].isClosed ? 0 : flow[place]
        }
        return HydraulicState(
            heads: heads, flows: flows, statuses: statuses, demands: demands, leakage: leakage, verdict: verdict)
    }
}

/// The junction that lacks most. [m³/s]
struct Imbalance {
    var size = 0.0
    var row = -1
    var throughput = 0.0

    var isSmall: Bool { size <= max(Verdict.massBar * throughput, Verdict.massFloor) }
}
