// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Pumps of constant power before or behind a dead end. Their head grows without end as their flow vanishes: against a closed valve
/// they have no state at all, and what the iterations find there is rounding. They stand still instead, until the way is free.
extension HydraulicSolver {
    /// Whether nothing behind a pump can take what it gives, or nothing before it can give what it takes: no tank, no reservoir, no
    /// demand, no outflow this side of links that are closed for it.
    /// - standing: pumps that are not to be counted on.
    func isAtDeadEnd(_ k: Int, without standing: Set<Int> = []) -> Bool {
        !canTake(behind: k, without: standing) || !canGive(before: k, without: standing)
    }

    /// Pumps of constant power that stand still though they are switched on.
    var standingPumps: Set<Int> {
        Set((model.table.pipes..<model.table.count).filter { status[$0] == .cannotDeliverHead && isOfConstantPower($0) })
    }

    private func isOfConstantPower(_ k: Int) -> Bool {
        if case .constantPower? = model.table.pumps[k] { true } else { false }
    }

    /// Changes of status in a solve after which a pump of constant power is not started again.
    static let mostRestarts: Int32 = 4

    /// Whether next to no flow gives a pump a head without end.
    func isStarved(_ k: Int, _ power: Double) -> Bool {
        power * setting[k] * setting[k] * setting[k] / max(flow[k], 1e-15) > Tolerance.highestPumpHead
    }

    /// Walks with the flow. A pump of any head opens check valves and helps other pumps; behind a reducing valve the water
    /// goes only where heads are below its setting.
    private func canTake(behind pump: Int, without standing: Set<Int>) -> Bool {
        let table = model.table
        let origin = table.start[pump]
        var seen: Set<Int32> = [table.end[pump]]
        var queue: [(row: Int32, limit: Double)] = [(table.end[pump], .infinity)]
        while let (row, limit) = queue.popLast() {
            if row == origin { return true }
            if model.isJunction[row] ? wanted[row] > 0 || hasOutflow(row) : !refuses(row, .full) { return true }
            for index in model.links(at: Int(row)) {
                let k = Int(model.linksAtRow[index])
                guard k != pump, canPass(k), !standing.contains(k) else { continue }
                let isForward = table.start[k] == row
                var reach = limit
                switch table.kind[k] {
                case .checkValve, .psv:
                    guard isForward else { continue }
                case .pump:
                    guard isForward else { continue }
                    reach = .infinity
                case .prv:
                    guard isForward else { continue }
                    if imposed[k] == .active { reach = min(limit, model.elevations[table.end[k]] + setting[k]) }
                default: break
                }
                let next = isForward ? table.end[k] : table.start[k]
                if head[next] <= reach + Tolerance.head, seen.insert(next).inserted { queue.append((next, reach)) }
            }
        }
        return false
    }

    /// Walks against the flow.
    private func canGive(before pump: Int, without standing: Set<Int>) -> Bool {
        let table = model.table
        let origin = table.end[pump]
        var seen: Set<Int32> = [table.start[pump]]
        var queue = [table.start[pump]]
        while let row = queue.popLast() {
            if row == origin || (model.isJunction[row] ? wanted[row] < 0 : !refuses(row, .empty)) { return true }
            for index in model.links(at: Int(row)) {
                let k = Int(model.linksAtRow[index])
                guard k != pump, canPass(k), !standing.contains(k) else { continue }
                let isForward = table.end[k] == row
                switch table.kind[k] {
                case .checkValve, .pump, .prv, .psv:
                    guard isForward else { continue }
                default: break
                }
                let next = isForward ? table.start[k] : table.end[k]
                if seen.insert(next).inserted { queue.append(next) }
            }
        }
        return false
    }

    /// Neither closed by order, nor at a tank that refuses, nor a pump that is not started again.
    private func canPass(_ k: Int) -> Bool {
        guard imposed[k] != .closed, status[k] != .temporarilyClosed, !isCutOff(k) else { return false }
        return status[k] != .cannotDeliverHead || changes[k] < Self.mostRestarts || !isOfConstantPower(k)
    }

    /// Whether a tank is full, and nothing leaves it by other ways; or empty, and nothing comes. EPANET tries the ways one by one.
    private func refuses(_ row: Int32, _ limit: TankLimit) -> Bool {
        let number = Int(model.tankAtRow[row])
        guard holdsLevels, number >= 0, limits[number] == limit else { return false }
        return spare(at: row, without: -1) <= Tolerance.noFlow && !throttles.contains { throttledRow($0) == row }
    }

    private func hasOutflow(_ row: Int32) -> Bool {
        model.outflows.laws(at: Int(row)).contains { model.outflows.laws[$0].role != .demand }
    }
}
