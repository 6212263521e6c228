// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What a solve is asked for: demands, heads of tanks and reservoirs, statuses and settings of links; and where it begins.
extension HydraulicSolver {
    /// Takes over all conditions; cold, as if nothing had been solved before.
    func impose(_ conditions: BoundaryConditions, warm: Bool) {
        let isCold = !warm || isFirst
        isFirst = false
        setDemands { new in
            new.fill(0)
            for node in conditions.demands.indices { new[model.rowOfNode[node]] = conditions.demands[node] }
        }
        for node in conditions.demands.indices {
            let row = Int(model.rowOfNode[node])
            guard !model.isJunction[row] else { continue }
            setHead(row, conditions.fixedHeads[node] ?? model.elevations[row])
            let number = Int(model.tankAtRow[row])
            if number >= 0 { setLimit(number, model.tanks[number].limit(atHead: target[row])) }
        }
        for link in conditions.statuses.indices {
            let place = Int(model.table.placeOfLink[link])
            if isCold { forget(place) }
            impose(place, conditions.statuses[link], conditions.settings[link])
        }
        // Second parts of pipes with leaks along them have no entry of their own.
        for link in conditions.statuses.count..<max(network.links.count, conditions.statuses.count) {
            let place = Int(model.table.placeOfLink[link])
            if isCold { forget(place) }
            impose(place, .open, 0)
        }
        if isCold { startCold() }
    }

    /// A link as if it had never been imposed: shut.
    private func forget(_ k: Int) {
        imposed[k] = .closed
        status[k] = .closed
        setting[k] = .nan
    }

    private func startCold() {
        stores = []
        anchors = [:]
        throttles = []
        for row in 0..<model.rowCount where !model.isJunction[row] { head[row] = target[row] }
        for row in 0..<model.rowCount where model.isJunction[row] && !head[row].isFinite { head[row] = model.elevations[row] }
        for k in 0..<model.table.count where model.table.linkAtPlace[k] >= 0 { flow[k] = startFlow(k) }
        outflows.start(wanted: wanted)
        isStructureStale = true
        isStale = true
    }

    /// - fill: sets what junctions ask for, by row; the spare row is left alone. [m³/s]
    func setDemands(_ fill: (Column<Double>) -> Void) {
        let new = delta  // idle between solves
        fill(new)
        let isDriven = model.outflows.isPressureDriven
        let canPatch = !isStale && !isDriven && anchors.isEmpty && !hasSoft
        for row in 0..<model.rowCount where model.isJunction[row] {
            let value = new[row]
            if wanted[row] == value { continue }
            if isDriven { outflows.rescale(row, from: wanted[row], to: value) }
            wanted[row] = value
            let fixed = isDriven && value > 0 ? 0 : value
            // What a held row needs goes through its valve: that takes a sweep.
            if canPatch, !isGiven[row] { right[row] -= fixed - demand[row] } else { isStale = true }
            demand[row] = fixed
            isMoved = true
        }
    }

    /// Head of a tank or reservoir. [m]
    func setHead(_ row: Int, _ value: Double) {
        if target[row] != value {
            target[row] = value
            isMoved = true
        }
    }

    /// Full tanks take nothing, empty ones give nothing.
    func setLimit(_ tank: Int, _ limit: TankLimit) { limits[tank] = limit }

    /// Tanks were freed for an implicit step, or fixed again.
    func storesChanged() {
        assignHolders()
        isStale = true
        isMoved = true
    }

    /// As if nothing had been solved before.
    func beginCold() {
        isFirst = false
        startCold()
    }

    /// What the network or its operator sets a link to; its own status begins anew where that changes.
    func impose(_ k: Int, _ new: Link.Status, _ value: Double) {
        let kind = model.table.kind[k]
        var wanted = new
        switch kind {
        case .pipe, .checkValve: wanted = new == .closed ? .closed : .open
        case .pump: wanted = new == .closed || value == 0 ? .closed : .open
        case .pcv where new == .active && value <= 0: wanted = .closed
        default: break
        }
        if imposed[k] == wanted, setting[k] == value { return }
        let wasClosed = status[k].isClosed
        throttles.remove(k)
        let isSameStatus = imposed[k] == wanted
        imposed[k] = wanted
        setting[k] = value
        if k < model.table.pipes { blocks = nil }
        isStale = true
        isMoved = true
        if isSameStatus {
            // A held head moves with the setting.
            if status[k] == .active { isStructureStale = true }
            return
        }
        status[k] = wanted == .closed ? .closed : (wanted == .active ? .active : .open)
        if wanted == .closed { flow[k] = 0 } else if wasClosed { flow[k] = startFlow(k) }
        isStructureStale = true
    }

    /// 1 ft/s in pipes and valves, the design flow in pumps. [m³/s]
    func startFlow(_ k: Int) -> Double {
        if imposed[k] == .closed { return 0 }
        if let pump = model.table.pumps[k] { return pump.designFlow * setting[k] }
        if model.table.kind[k] == .fcv, status[k] == .active { return setting[k] }
        return model.table.area[k] * Units.foot
    }
}
