// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What lanes have come to, taken out of their vectors all at once.
extension LaneSolver {
    /// One answer a lane; nil where a scenario has to be solved by itself.
    func results(count: Int) -> [ScenarioResult?] {
        let (mass, throughput) = imbalances()
        var isGood = [Bool](repeating: false, count: count)
        for lane in 0..<count where settled[lane] && isSound[lane] {
            isGood[lane] =
                mass[lane] <= max(Verdict.massBar * throughput[lane], Verdict.massFloor)
                && last.worst[lane] <= start.headError
                && !leaks.contains { $0.lane == lane && $0.flow <= 0 } && statusesHold(lane)
        }
        let good = (0..<count).filter { isGood[$0] }
        var heads = [[Double?]](repeating: [], count: count), flows = [[Double]](repeating: [], count: count)
        for lane in good {
            heads[lane] = [Double?](repeating: nil, count: model.nodeCount)
            flows[lane] = [Double](repeating: 0, count: model.linkCount)
        }
        for node in 0..<model.nodeCount {
            let row = Int(model.rowOfNode[node])
            guard !start.isIsolated[row] else { continue }
            let values = head[row]
            for lane in good { heads[lane][node] = values[lane] }
        }
        for link in 0..<model.linkCount {
            let place = Int(model.table.placeOfLink[link])
            guard !start.status[place].isClosed else { continue }
            let values = flow[place]
            for lane in good { flows[lane][link] = values[lane] }
        }
        return (0..<count).map { lane in
            guard isGood[lane] else { return nil }
            return ScenarioResult(
                outcome: .converged, iterations: iterations[lane], massResidual: mass[lane], energyResidual: last.worst[lane],
                heads: heads[lane], flows: flows[lane], isSingle: false)
        }
    }

    /// Largest imbalance of a junction and the throughput, lane by lane; `delta` holds the balance of every row afterwards. [m³/s]
    private func imbalances() -> (mass: Lanes, throughput: Lanes) {
        let balance = delta
        for row in 0..<model.rowCount { balance[row] = -demand[row] }
        for k in 0..<model.table.count {
            let q = flow[k]
            balance[model.table.start[k]] -= q
            balance[model.table.end[k]] += q
        }
        for index in outflow.indices { balance[model.outflows.laws[index].row] -= outflow[index] }
        for leak in leaks { balance[Int(leak.law.row)][leak.lane] -= leak.flow }
        var mass = Lanes.zero, throughput = Lanes.zero
        for row in 0..<model.rowCount {
            let size = balance[row].magnitudes
            if model.isJunction[row] {
                throughput += demand[row].magnitudes
                // A value that is not a number is no balance.
                if !start.isIsolated[row] { mass.replace(with: size, where: .!(size .<= mass)) }
            } else {
                throughput += size
            }
        }
        return (mass, throughput)
    }

    /// Whether check valves, pumps and valves would stay as they are.
    private func statusesHold(_ lane: Int) -> Bool {
        let table = model.table
        guard table.count > table.pipes else { return true }
        for k in table.pipes..<table.count {
            for row in [table.start[k], table.end[k]] { scratch.head[row] = head[row][lane] }
            scratch.flow[k] = flow[k][lane]
        }
        scratch.status.take(start.status)
        scratch.changes.fill(0)
        return !scratch.wouldChangeStatus()
    }
}
