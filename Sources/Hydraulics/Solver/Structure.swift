// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Which rows are unknown, held, or without a source.
extension HydraulicSolver {
    /// No valve holds a head and nothing hangs on a closed link.
    var holdsNothing: Bool { !hasHeld && !hasSoft && anchors.isEmpty }

    var hasHeld: Bool { !throttles.isEmpty || model.pressureValves.contains { status[$0] == .active } }

    var hasSoft: Bool { (model.table.pipes..<model.table.count).contains { isSoft[$0] } }

    /// Looks anew for parts without a source, opens and closes pipes accordingly, and lists the rows with given heads.
    func refreshStructure() {
        let needsAll = isFinal || blocks == nil
        isFinal = false
        isStructureStale = false
        isStale = true
        let before = partsWithSource
        walk { k in imposed[k] == .closed && model.table.kind[k] != .checkValve }
        if needsAll || reachedBlocks != before { openAndClose() }
        partsWithSource = reachedBlocks
        for k in model.table.pipes..<model.table.count where !isCutOff(k) && !status[k].isClosed && flow[k] == 0 { flow[k] = startFlow(k) }
        assignHolders()
        findSoft()
    }

    /// Opens and closes plain pipes as imposed, those in parts without a source closed.
    private func openAndClose() {
        isolatedRows = []
        for row in 0..<model.rowCount {
            isIsolated[row] = !isReached(Int32(row))
            if isIsolated[row] { isolatedRows.append(Int32(row)) }
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
    }

    /// Notes which valve holds which head, and lists all rows with given heads.
    func assignHolders() {
        boundary.removeAll(keepingCapacity: true)
        for row in 0..<model.rowCount {
            holder[row] = -1
            isGiven[row] = !model.isJunction[row]
        }
        for store in stores { isGiven[model.tanks[store.tank].row] = false }
        for k in model.pressureValves where status[k] == .active && !isCutOff(k) && !throttles.contains(k) {
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
        walk { k in status[k].isClosed }
        for k in model.table.pipes..<model.table.count {
            let touchesPart = !isReached(model.table.start[k]) || !isReached(model.table.end[k])
            isSoft[k] = status[k].isClosed && imposed[k] != .closed && touchesPart && !isCutOff(k)
        }
    }

    /// With the statuses settled: parts that only closed links join to a source leave the equations. True where there are any.
    func closePartsForGood() -> Bool {
        guard hasSoft else { return false }
        walk { k in status[k].isClosed }
        for row in 0..<model.rowCount where !isReached(Int32(row)) && !isIsolated[row] {
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

    /// Finds the blocks that a path joins to a reservoir or tank when the special links for which `isCut` holds are taken out.
    func walk(_ isCut: (Int) -> Bool) {
        let blocks = blocks ?? Blocks(model) { k in imposed[k] == .closed }
        self.blocks = blocks
        reachedBlocks = blocks.reached(isCut)
    }

    func isReached(_ row: Int32) -> Bool { blocks.map { reachedBlocks[Int($0.ofRow[row])] } ?? false }
}

/// Rows that open plain pipes join: they have a source together or not at all. Found anew when a plain pipe is opened or closed, so
/// that a pump or valve that changes costs a walk over blocks alone.
struct Blocks {
    let ofRow: Column<Int32>
    private var hasSource: [Bool] = []
    /// Special links of each block, with the block at the other end: `neighbours[starts[block] ..< starts[block + 1]]`.
    private var starts: [Int]
    private var neighbours: [(link: Int, block: Int32)]

    /// - Parameter isClosed: of a plain pipe.
    init(_ model: HydraulicModel, _ isClosed: (Int) -> Bool) {
        let table = model.table
        ofRow = Column(repeating: -1, count: model.rowCount + 1)
        var queue: [Int32] = []
        for seed in 0..<model.rowCount where ofRow[seed] < 0 {
            let block = Int32(hasSource.count)
            var isFed = false
            ofRow[seed] = block
            queue.append(Int32(seed))
            while let row = queue.popLast() {
                if !model.isJunction[row] { isFed = true }
                for index in model.links(at: Int(row)) {
                    let k = Int(model.linksAtRow[index])
                    guard k < table.pipes, !isClosed(k) else { continue }
                    let next = table.start[k] == row ? table.end[k] : table.start[k]
                    guard ofRow[next] < 0 else { continue }
                    ofRow[next] = block
                    queue.append(next)
                }
            }
            hasSource.append(isFed)
        }
        ofRow[model.spareRow] = 0
        let specials = table.pipes..<table.count
        starts = [Int](repeating: 0, count: hasSource.count + 1)
        for k in specials {
            starts[Int(ofRow[table.start[k]]) + 1] += 1
            starts[Int(ofRow[table.end[k]]) + 1] += 1
        }
        for block in hasSource.indices { starts[block + 1] += starts[block] }
        neighbours = [(link: Int, block: Int32)](repeating: (0, 0), count: 2 * specials.count)
        var cursor = starts
        for k in specials {
            let ends = (ofRow[table.start[k]], ofRow[table.end[k]])
            neighbours[cursor[Int(ends.0)]] = (k, ends.1)
            cursor[Int(ends.0)] += 1
            neighbours[cursor[Int(ends.1)]] = (k, ends.0)
            cursor[Int(ends.1)] += 1
        }
    }

    /// Which blocks hang together with a source when links are taken out.
    func reached(_ isCut: (Int) -> Bool) -> [Bool] {
        var reached = hasSource
        var queue = hasSource.indices.filter { hasSource[$0] }
        while let block = queue.popLast() {
            for (link, next) in neighbours[starts[block]..<starts[block + 1]] where !reached[Int(next)] && !isCut(link) {
                reached[Int(next)] = true
                queue.append(Int(next))
            }
        }
        return reached
    }
}
