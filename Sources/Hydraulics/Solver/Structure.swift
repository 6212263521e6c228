// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Which rows are unknown, held, or without a source.
extension HydraulicSolver {
    /// No valve holds a head and nothing hangs on a closed link.
    var holdsNothing: Bool { !hasHeld && !hasSoft && anchors.isEmpty }

    var hasHeld: Bool { model.pressureValves.contains { status[$0] == .active } }

    var hasSoft: Bool { (model.table.pipes..<model.table.count).contains { isSoft[$0] } }

    /// Looks anew for parts without a source, opens and closes pipes accordingly, and lists the rows with given heads.
    func refreshStructure() {
        isFinal = false
        isStructureStale = false
        isStale = true
        walk { k in imposed[k] == .closed && model.table.kind[k] != .checkValve }
        isolatedRows = []
        for row in 0..<model.rowCount {
            isIsolated[row] = !reached[row]
            if !reached[row] { isolatedRows.append(Int32(row)) }
        }
        closedPipes = []
        for k in 0..<model.table.pipes where model.table.linkAtPlace[k] >= 0 {
            let isOpen = imposed[k] != .closed && !isCutOff(k)
            status[k] = imposed[k] == .closed ? .closed : .open
            if isOpen, open[k] == 0, flow[k] == 0 { flow[k] = startFlow(k) }
            if !isOpen {
                flow[k] = 0
                if !isCutOff(k) { closedPipes.append(k) }
            }
            open[k] = isOpen ? 1 : 0
        }
        for k in model.table.pipes..<model.table.count where !isCutOff(k) && !status[k].isClosed && flow[k] == 0 { flow[k] = startFlow(k) }
        assignHolders()
        findSoft()
    }

    /// Notes which valve holds which head, and lists all rows with given heads.
    func assignHolders() {
        boundary.removeAll(keepingCapacity: true)
        for row in 0..<model.rowCount {
            holder[row] = -1
            isGiven[row] = !model.isJunction[row]
        }
        for store in stores { isGiven[model.tanks[store.tank].row] = false }
        for k in model.pressureValves where status[k] == .active && !isCutOff(k) {
            let row = Int(model.table.kind[k] == .prv ? model.table.end[k] : model.table.start[k])
            guard model.isJunction[row] else { continue }
            holder[row] = Int32(k)
            isGiven[row] = true
            target[row] = model.elevations[row] + setting[k]
        }
        for row in 0..<model.rowCount where isGiven[row] && !isIsolated[row] { boundary.append(Int32(row)) }
    }

    /// Closed links that alone join a part to a source keep a trace of conductance while statuses settle: they may yet open.
    func findSoft() {
        guard (model.table.pipes..<model.table.count).contains(where: { status[$0].isClosed || isSoft[$0] }) else { return }
        walk { k in status[k].isClosed || (k < model.table.pipes && imposed[k] == .closed) }
        for k in model.table.pipes..<model.table.count {
            let touchesPart = !reached[model.table.start[k]] || !reached[model.table.end[k]]
            isSoft[k] = status[k].isClosed && imposed[k] != .closed && touchesPart && !isCutOff(k)
        }
    }

    /// With the statuses settled: parts that only closed links join to a source leave the equations. True where there are any.
    func closePartsForGood() -> Bool {
        guard hasSoft else { return false }
        walk { k in status[k].isClosed || (k < model.table.pipes && imposed[k] == .closed) }
        for row in 0..<model.rowCount where !reached[row] && !isIsolated[row] {
            isIsolated[row] = true
            isolatedRows.append(Int32(row))
        }
        for k in 0..<model.table.count where isCutOff(k) {
            open[k] = 0
            flow[k] = 0
        }
        closedPipes.removeAll(where: isCutOff)
        isSoft.fill(false)
        assignHolders()
        isFinal = true
        return true
    }

    /// Fills `reached`: rows that a path joins to a reservoir or tank when the links for which `isCut` holds are taken out.
    func walk(_ isCut: (Int) -> Bool) {
        reached.fill(false)
        var queue: [Int32] = []
        for row in 0..<model.rowCount where !model.isJunction[row] {
            reached[row] = true
            queue.append(Int32(row))
        }
        while let row = queue.popLast() {
            for index in model.links(at: Int(row)) {
                let k = Int(model.linksAtRow[index])
                let next = model.table.start[k] == row ? model.table.end[k] : model.table.start[k]
                guard !reached[next], !isCut(k) else { continue }
                reached[next] = true
                queue.append(next)
            }
        }
    }
}
