// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// When check valves, pumps, valves and the links of full or empty tanks open and close (EPANET 2.3, hydstatus.c).
extension HydraulicSolver {
    /// Pressure valves, after each iteration. Returns whether any changed.
    mutating func updatePressureValves() -> Bool {
        var changed = false
        for k in pressureValves where !isFixed[k] && statusChanges[k] <= Self.mostStatusChanges {
            let before = statuses[k]
            let h1 = heads[Int(table.start[k])], h2 = heads[Int(table.end[k])]
            let q = flows[k]
            let open = table.minor[k] * q * q
            if table.kind[k] == .prv {
                let set = elevation(table.end[k]) + settings[k]
                statuses[k] = Self.reducing(before, q, set, h1, h2, open)
            } else {
                let set = elevation(table.start[k]) + settings[k]
                statuses[k] = Self.sustaining(before, q, set, h1, h2, open)
            }
            if statuses[k] != before {
                changed = true
                statusChanges[k] += 1
                // A valve that keeps changing its mind cannot hold its setting: it stays open.
                if statusChanges[k] > Self.mostStatusChanges { statuses[k] = .cannotDeliverPressure }
                if statuses[k] == .active { flows[k] = max(flows[k], 0) }
            }
        }
        return changed
    }

    /// Check valves, pumps, flow valves and links of tanks. Returns whether any changed.
    mutating func updateLinks() -> Bool {
        var changed = false
        for k in switchingLinks {
            let before = statuses[k]
            let h1 = heads[Int(table.start[k])], h2 = heads[Int(table.end[k])]
            // A temporary closure is undone and tested again.
            if before == .cannotDeliverHead || before == .temporarilyClosed { statuses[k] = .open }
            if table.hasCheckValve[k] {
                statuses[k] = Self.checkValve(statuses[k], h1 - h2, flows[k])
            } else if table.kind[k] == .pump, statuses[k] == .open, settings[k] > 0 {
                statuses[k] = pump(k, h2 - h1)
            } else if table.kind[k] == .fcv, !isFixed[k] {
                statuses[k] = flowValve(k, h1, h2)
            }
            if !statuses[k].isClosed, tankRefuses(k, h1, h2) { statuses[k] = .temporarilyClosed }
            if statuses[k] != before { changed = true }
        }
        return changed
    }

    private static func checkValve(_ status: LinkStatus, _ drop: Double, _ q: Double) -> LinkStatus {
        if abs(drop) > Tolerance.head {
            if drop < -Tolerance.head { return .closed }
            return q < -Tolerance.flow ? .closed : .open
        }
        return q < -Tolerance.flow ? .closed : status
    }

    /// Changes of status after which a pressure valve is left open.
    private static let mostStatusChanges = 40

    private func pump(_ k: Int, _ lift: Double) -> LinkStatus {
        if case .constantPower(let power)? = table.pumps[k] {
            // Next to no flow would mean a head without end.
            let slope = power * settings[k] * settings[k] * settings[k] / max(flows[k] * flows[k], 1e-30)
            return slope > Tolerance.closedGradient ? .cannotDeliverHead : .open
        }
        guard let shutoff = table.pumps[k]?.shutoffHead else { return .open }
        return lift > settings[k] * settings[k] * shutoff + Tolerance.head ? .cannotDeliverHead : .open
    }

    private func flowValve(_ k: Int, _ h1: Double, _ h2: Double) -> LinkStatus {
        if h1 - h2 < -Tolerance.head { return .cannotDeliverFlow }
        if flows[k] < -Tolerance.flow { return .cannotDeliverFlow }
        // It would have to add head to pass its setting.
        if statuses[k] == .active, h1 - h2 < table.minor[k] * settings[k] * settings[k] - Tolerance.head { return .cannotDeliverFlow }
        if statuses[k] == .cannotDeliverFlow, flows[k] >= settings[k] { return .active }
        return statuses[k]
    }

    private static func reducing(
        _ status: LinkStatus, _ q: Double, _ set: Double, _ h1: Double, _ h2: Double, _ open: Double
    ) -> LinkStatus {
        let t = Tolerance.head
        switch status {
        case .active:
            if q < -Tolerance.flow { return .closed }
            return h1 - open < set - t ? .open : .active
        case .open, .cannotDeliverPressure:
            if q < -Tolerance.flow { return .closed }
            return h2 >= set + t ? .active : .open
        default:
            if h1 >= set + t, h2 < set - t { return .active }
            return h1 < set - t && h1 > h2 + t ? .open : .closed
        }
    }

    private static func sustaining(
        _ status: LinkStatus, _ q: Double, _ set: Double, _ h1: Double, _ h2: Double, _ open: Double
    ) -> LinkStatus {
        let t = Tolerance.head
        switch status {
        case .active:
            if q < -Tolerance.flow { return .closed }
            return h2 + open > set + t ? .open : .active
        case .open, .cannotDeliverPressure:
            if q < -Tolerance.flow { return .closed }
            return h1 < set - t ? .active : .open
        default:
            if h2 > set + t, h1 > h2 + t { return .open }
            return h1 >= set + t && h1 > h2 + t ? .active : .closed
        }
    }

    /// A full tank takes no more, an empty one gives no more.
    private func tankRefuses(_ k: Int, _ h1: Double, _ h2: Double) -> Bool {
        func refuses(_ row: Int32, away drop: Double, out q: Double) -> Bool {
            guard let tank = tanks[Int(row)] else { return false }
            let head = heads[Int(row)]
            if head >= tank.full - Tolerance.head, !tank.canOverflow {
                if table.kind[k] == .pump {
                    if row == table.end[k] { return true }
                } else if drop < -Tolerance.head || q < -Tolerance.flow {
                    return true
                }
            }
            if head <= tank.empty + Tolerance.head {
                if table.kind[k] == .pump {
                    if row == table.start[k] { return true }
                } else if drop > Tolerance.head && q >= -Tolerance.flow {
                    return true
                }
            }
            return false
        }
        return refuses(table.start[k], away: h1 - h2, out: flows[k]) || refuses(table.end[k], away: h2 - h1, out: -flows[k])
    }
}
