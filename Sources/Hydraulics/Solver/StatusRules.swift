// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A simple control on the pressure of a junction, looked at whenever a solve has converged.
struct PressureControl {
    var row: Int
    /// [m]
    var head: Double
    var isAbove: Bool
    var place: Int
    var status: Link.Status
    var setting: Double
}

/// When check valves, pumps, valves and the links of full or empty tanks open and close (EPANET 2.3, hydstatus.c).
extension HydraulicSolver {
    /// Pressure valves, after each iteration. Returns whether any changed.
    func updatePressureValves() -> Bool {
        var changed = false
        for k in model.pressureValves
        where imposed[k] == .active && changes[k] <= Self.mostStatusChanges && !isCutOff(k) && !throttles.contains(k) {
            let before = status[k]
            let h1 = head[model.table.start[k]], h2 = head[model.table.end[k]]
            let q = flow[k]
            let loss = model.table.minor[k] * q * q
            if model.table.kind[k] == .prv {
                status[k] = Self.reducing(before, q, model.elevations[model.table.end[k]] + setting[k], h1, h2, loss)
            } else {
                status[k] = Self.sustaining(before, q, model.elevations[model.table.start[k]] + setting[k], h1, h2, loss)
            }
            if status[k] != before {
                changed = true
                changes[k] += 1
                // A valve that keeps changing its mind cannot hold its setting: it stays open.
                if changes[k] > Self.mostStatusChanges { status[k] = .cannotDeliverPressure }
                if status[k] == .active { flow[k] = max(flow[k], 0) }
                if !status[k].isClosed, before.isClosed { flow[k] = startFlow(k) }
            }
        }
        if changed { findSoft() }
        return changed
    }

    /// Check valves, pumps, flow valves and links of tanks. Returns whether any changed.
    func updateLinks() -> Bool {
        var changed = false
        let table = model.table
        let standing = standingPumps
        for k in table.pipes..<table.count where imposed[k] != .closed && !isCutOff(k) {
            let kind = table.kind[k]
            let atTank = model.tankAtRow[table.start[k]] >= 0 || model.tankAtRow[table.end[k]] >= 0
            guard kind == .checkValve || kind == .pump || kind == .fcv || atTank else { continue }
            let before = status[k]
            let h1 = head[table.start[k]], h2 = head[table.end[k]]
            // A closed link would carry as the heads push it.
            let q = before.isClosed ? (h1 - h2) / Tolerance.closedGradient : flow[k]
            // A temporary closure is undone and tested again.
            if before == .cannotDeliverHead || before == .temporarilyClosed { status[k] = .open }
            if kind == .checkValve {
                status[k] = Self.checkValve(status[k], h1 - h2, q)
            } else if kind == .pump, status[k] == .open, setting[k] > 0 {
                status[k] = pump(k, h2 - h1, isOpening: before.isClosed, standing)
            } else if kind == .fcv, imposed[k] == .active {
                status[k] = flowValve(k, h1, h2)
            }
            let wasThrottling = throttles.contains(k)
            if atTank, !status[k].isClosed {
                if wasThrottling {
                    keepThrottling(k, q, h1 - h2)
                } else if let row = refusingTank(k, q, h1, h2, isShut: before == .temporarilyClosed),
                    before.isClosed || !isOutdone(k, at: row), !startThrottling(k, at: row)
                {
                    status[k] = .temporarilyClosed
                }
            }
            if throttles.contains(k) != wasThrottling, status[k] == before {
                changes[k] += 1
                changed = true
            }
            if status[k] != before {
                changes[k] += 1
                // One that cannot make up its mind stays closed, which at least is mass-true.
                if changes[k] > Self.mostStatusChanges, before.isClosed {
                    status[k] = before
                    continue
                }
                changed = true
                if !status[k].isClosed, before.isClosed { flow[k] = startFlow(k) }
            }
        }
        if changed { findSoft() }
        return changed
    }

    /// Controls on the pressure of junctions. Returns whether any acted.
    func applyPressureControls() -> Bool {
        var changed = false
        for control in pressureControls where isDue(control) {
            guard changes[control.place] <= 10 else { continue }
            changes[control.place] += 1
            impose(control.place, control.status, control.setting)
            changed = true
        }
        if changed { refreshStructure() }
        return changed
    }

    /// Whether a control's pressure is reached and it would change anything.
    func isDue(_ control: PressureControl) -> Bool {
        guard !isIsolated[control.row] else { return false }
        let h = head[control.row]
        guard control.isAbove ? h >= control.head - Tolerance.head : h <= control.head + Tolerance.head else { return false }
        let kind = model.table.kind[control.place]
        let status = kind == .pump && control.setting == 0 ? .closed : control.status
        return imposed[control.place] != status || (kind != .pipe && kind != .checkValve && setting[control.place] != control.setting)
    }

    private static func checkValve(_ status: LinkStatus, _ drop: Double, _ q: Double) -> LinkStatus {
        if abs(drop) > Tolerance.head {
            if drop < -Tolerance.head { return .closed }
            return q < -Tolerance.flow ? .closed : .open
        }
        return q < -Tolerance.flow ? .closed : status
    }

    /// Times that a flow valve may cut a part off from every source before it is left open.
    private static let mostReleases = 4

    /// Changes of status after which a link is left as it is.
    private static let mostStatusChanges = 40

    private func pump(_ k: Int, _ lift: Double, isOpening: Bool, _ standing: Set<Int>) -> LinkStatus {
        guard let curve = model.table.pumps[k] else { return .open }
        if case .constantPower(let power) = curve {
            if isAtDeadEnd(k) { return .cannotDeliverHead }
            // One that has stood still starts afresh, but not over and over.
            if isOpening { return changes[k] < Self.mostRestarts ? .open : .cannotDeliverHead }
            guard isStarved(k, power) else { return .open }
            // Starved for want of a pump before or behind it that is started with this check: both begin anew, else each would find
            // the other standing still, in turn.
            guard !standing.isEmpty, changes[k] < Self.mostRestarts, isAtDeadEnd(k, without: standing) else { return .cannotDeliverHead }
            changes[k] += 1
            flow[k] = startFlow(k)
            return .open
        }
        guard let shutoff = curve.shutoffHead else { return .open }
        // Heads on the way to an answer may ask for more than the pump can lift while water still runs: only where both say so.
        let runs = !isOpening && flow[k] > Tolerance.noFlow
        return lift > setting[k] * setting[k] * shutoff + Tolerance.head && !runs ? .cannotDeliverHead : .open
    }

    private func flowValve(_ k: Int, _ h1: Double, _ h2: Double) -> LinkStatus {
        if h1 - h2 < -Tolerance.head { return .cannotDeliverFlow }
        if flow[k] < -Tolerance.flow { return .cannotDeliverFlow }
        // It would have to add head to pass its setting.
        if status[k] == .active, h1 - h2 < model.table.minor[k] * setting[k] * setting[k] - Tolerance.head { return .cannotDeliverFlow }
        if status[k] == .cannotDeliverFlow, flow[k] >= setting[k], changes[k] < Self.mostReleases { return .active }
        return status[k]
    }

    private static func reducing(
        _ status: LinkStatus, _ q: Double, _ set: Double, _ h1: Double, _ h2: Double, _ loss: Double
    ) -> LinkStatus {
        let t = Tolerance.head
        switch status {
        case .active:
            if q < -Tolerance.flow { return .closed }
            return h1 - loss < set - t ? .open : .active
        case .open, .cannotDeliverPressure:
            if q < -Tolerance.flow { return .closed }
            return h2 >= set + t ? .active : .open
        default:
            if h1 >= set + t, h2 < set - t { return .active }
            return h1 < set - t && h1 > h2 + t ? .open : .closed
        }
    }

    private static func sustaining(
        _ status: LinkStatus, _ q: Double, _ set: Double, _ h1: Double, _ h2: Double, _ loss: Double
    ) -> LinkStatus {
        let t = Tolerance.head
        switch status {
        case .active:
            if q < -Tolerance.flow { return .closed }
            return h2 + loss > set + t ? .open : .active
        case .open, .cannotDeliverPressure:
            if q < -Tolerance.flow { return .closed }
            return h1 < set - t ? .active : .open
        default:
            if h2 > set + t, h1 > h2 + t { return .open }
            return h1 >= set + t && h1 > h2 + t ? .active : .closed
        }
    }
}
