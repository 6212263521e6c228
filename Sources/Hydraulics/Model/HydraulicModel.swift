// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// The equations of one network: its links as columns, its rows in the order of elimination, the analysis of its matrix.
///
/// Made once a network and shared, never changed, by any number of solvers on any number of threads. Rows 0 ..< `order` are
/// junctions and tanks, in the order in which the factorisation eliminates them; then come the reservoirs, and a spare row to
/// which padding is joined.
public final class HydraulicModel: Sendable {
    /// As given, but with a junction wherever a leak stands along a pipe; the given nodes and links come first, in their order.
    public let network: Network
    public let constants: PhysicalConstants
    /// Nodes and links of the network as it was given.
    public let nodeCount: Int
    public let linkCount: Int

    /// Rows of the matrix.
    let order: Int
    /// Matrix rows and reservoirs.
    let rowCount: Int
    let rowOfNode: Column<Int32>
    let nodeOfRow: Column<Int32>
    let isJunction: Column<Bool>
    let elevations: Column<Double>
    let table: LinkTable
    let tanks: [TankShape]
    /// Number of the tank at a row; −1 elsewhere.
    let tankAtRow: Column<Int32>
    let symbolic: SymbolicLDLT
    /// Places of the links at each row: `linksAtRow[linkStarts[row] ..< linkStarts[row + 1]]`.
    let linkStarts: Column<Int32>
    let linksAtRow: Column<Int32>
    let demands: DemandTable
    let outflows: OutflowLaws
    let patterns: PatternNumbers
    /// Places of PRV and PSV, in the order of the file.
    let pressureValves: [Int]

    var spareRow: Int { rowCount }

    /// - Parameters:
    ///   - given: the network; its leaks may stand along pipes.
    ///   - constants: exact ones, or those of EPANET.
    /// - Throws: `HydraulicError` where the network names what does not exist, or has no source.
    public init(_ given: Network, constants: PhysicalConstants = .exact) throws(HydraulicError) {
        nodeCount = given.nodes.count
        linkCount = given.links.count
        let network = try given.withLeaksAtNodes()
        self.network = network
        self.constants = constants
        guard network.nodes.contains(where: { !$0.isJunction }) else { throw .noSource }

        // Ends of the links as nodes.
        let places = network.nodeIndex()
        var nodeEnds: [(start: Int32, end: Int32)] = []
        nodeEnds.reserveCapacity(network.links.count)
        for index in network.links.indices {
            let id = network.links[index].id, start = network.links[index].start, end = network.links[index].end
            guard let from = places[start] else { throw .undefinedNode(link: id, node: start) }
            guard let to = places[end] else { throw .undefinedNode(link: id, node: end) }
            nodeEnds.append((Int32(from), Int32(to)))
        }
        let (rowOfNode, order) = Self.rows(of: network, nodeEnds)
        self.rowOfNode = rowOfNode
        self.order = order
        let rowCount = network.nodes.count
        self.rowCount = rowCount
        nodeOfRow = Column(repeating: 0, count: rowCount)
        isJunction = Column(repeating: false, count: rowCount + 1)
        elevations = Column(repeating: 0, count: rowCount + 1)
        tankAtRow = Column(repeating: -1, count: rowCount + 1)
        for (index, node) in network.nodes.enumerated() {
            let row = rowOfNode[index]
            nodeOfRow[row] = Int32(index)
            isJunction[row] = node.isJunction
            elevations[row] = node.elevation
        }
        tanks = TankShape.all(of: network, rows: rowOfNode)
        for (number, tank) in tanks.enumerated() { tankAtRow[tank.row] = Int32(number) }

        let ends = nodeEnds.map { (start: rowOfNode[$0.start], end: rowOfNode[$0.end]) }
        var isPlain = [Bool](repeating: false, count: ends.count)
        for (index, link) in network.links.enumerated() {
            guard let pipe = link.pipe, !pipe.hasCheckValve else { continue }
            isPlain[index] = tankAtRow[ends[index].start] < 0 && tankAtRow[ends[index].end] < 0
        }
        table = try LinkTable(network, ends: ends, isPlain: isPlain, spare: rowCount, constants: constants)
        pressureValves = (table.pipes..<table.count).filter { [table] in table.kind[$0] == .prv || table.kind[$0] == .psv }
        (linkStarts, linksAtRow) = Self.neighbours(of: table, rowCount: rowCount)
        symbolic = Self.analysis(of: table, order: order)
        demands = DemandTable(network, rows: rowOfNode)
        patterns = Self.patternNumbers(network, rowOfNode, table)
        outflows = try OutflowLaws(network, rows: rowOfNode, constants: constants)
    }

    func links(at row: Int) -> Range<Int> { Int(linkStarts[row])..<Int(linkStarts[row + 1]) }

    /// Rows in the order of elimination, reservoirs last.
    private static func rows(of network: Network, _ ends: [(start: Int32, end: Int32)]) -> (Column<Int32>, Int) {
        var first = [Int32](repeating: -1, count: network.nodes.count)
        var order = 0
        for (index, node) in network.nodes.enumerated() where node.reservoir == nil {
            first[index] = Int32(order)
            order += 1
        }
        let joined = ends.filter { first[Int($0.start)] >= 0 && first[Int($0.end)] >= 0 }
        let pattern = SymmetricPattern(
            order: order, rows: Column(joined.map { first[Int($0.start)] }), columns: Column(joined.map { first[Int($0.end)] }))
        var place = [Int32](repeating: 0, count: order)
        for (k, row) in pattern.eliminationOrder.enumerated() { place[Int(row)] = Int32(k) }
        let rows = Column<Int32>(repeating: 0, count: network.nodes.count)
        var next = Int32(order)
        for index in network.nodes.indices {
            if first[index] >= 0 {
                rows[index] = place[Int(first[index])]
            } else {
                rows[index] = next
                next += 1
            }
        }
        return (rows, order)
    }

    /// One entry of the matrix a link; a link that joins no two rows of the matrix stands on the diagonal, with value zero.
    private static func analysis(of table: LinkTable, order: Int) -> SymbolicLDLT {
        let rows = Column<Int32>(repeating: 0, count: order > 0 ? table.count : 0)
        let columns = rows.copy()
        for k in rows.indices where Int(table.start[k]) < order && Int(table.end[k]) < order {
            rows[k] = table.start[k]
            columns[k] = table.end[k]
        }
        return SymbolicLDLT(inGivenOrder: SymmetricPattern(order: order, rows: rows, columns: columns))
    }

    private static func neighbours(of table: LinkTable, rowCount: Int) -> (Column<Int32>, Column<Int32>) {
        let starts = Column<Int32>(repeating: 0, count: rowCount + 2)
        for k in 0..<table.count where table.linkAtPlace[k] >= 0 {
            starts[table.start[k] + 1] += 1
            starts[table.end[k] + 1] += 1
        }
        for row in 0...rowCount { starts[row + 1] += starts[row] }
        let cursor = starts.copy()
        let links = Column<Int32>(repeating: 0, count: Int(starts[rowCount + 1]))
        for k in 0..<table.count where table.linkAtPlace[k] >= 0 {
            for row in [table.start[k], table.end[k]] {
                links[cursor[row]] = Int32(k)
                cursor[row] += 1
            }
        }
        return (starts, links)
    }
}
