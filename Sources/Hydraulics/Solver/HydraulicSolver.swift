// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Steady flow in a pipe network by Todini's global gradient algorithm (Todini and Pilati 1988), with EPANET's status rules.
///
/// Each iteration: head losses and their slopes → symmetric matrix of the unknown heads → solve → new flows → statuses →
/// converged? A solve has converged when the flows stand still, every open link loses just the head between its ends
/// (`Verdict.energyBar`) and every junction balances (`Verdict.massBar`). Valves that hold a head are eliminated exactly:
/// the held node leaves the equations and hands its balance to the valve's other end. When the statuses have settled, closed
/// links are taken out for good and parts without a source are named instead of being given a head.
///
/// One solver serves one network and one thread; it keeps its analysis and its last flows between solves.
public struct HydraulicSolver: Sendable {
    /// A tank's limits, by row. [m]
    struct TankLimits { var empty: Double, full: Double, canOverflow: Bool }

    public let network: Network
    public let constants: PhysicalConstants

    // Rows: junctions first, in the order of the file, then reservoirs and tanks.
    let rowOfNode: [Int]
    let nodeOfRow: [Int]
    let junctionCount: Int
    let elevations: [Double]
    let table: LinkTable
    let tanks: [Int: TankLimits]
    /// PRV and PSV, in the order of the file.
    let pressureValves: [Int]
    /// Links whose status may change by itself, pressure valves aside.
    let switchingLinks: [Int]
    /// Links between two junctions: their place among the entries of the matrix; −1 for the others.
    let entryOfLink: [Int32]

    var matrix: SparseLDLT
    var diagonal: [Double]
    var offDiagonal: [Double]
    var rightSide: [Double]

    // State of the iterations.
    var heads: [Double]
    var flows: [Double]
    var statuses: [LinkStatus]
    var settings: [Double]
    var isFixed: [Bool]
    /// False for links in parts without a source.
    var isCarrying: [Bool]
    var loss: [Double]
    var gradient: [Double]
    var demands: [Double]
    var outflows = OutflowTable()
    /// The valve that holds the head of this row; −1 for none.
    var holder: [Int32]
    /// Links at each held row.
    var linksOfHeld: [Int: [Int]] = [:]
    var isIsolated: [Bool]
    /// Conductance to its own last head, for rows that nothing else holds; zero for the others. [m²/s]
    var anchors: [Double]
    /// How often each link changed its status in this solve.
    var statusChanges: [Int]
    /// True when statuses are settled and closed links carry nothing at all.
    var isFinal = false

    /// - Throws: `HydraulicError` where the network names what does not exist, or has no source.
    public init(_ network: Network, constants: PhysicalConstants = .exact) throws(HydraulicError) {
        self.network = network
        self.constants = constants
        let junctions = network.nodes.indices.filter { network.nodes[$0].isJunction }
        let sources = network.nodes.indices.filter { !network.nodes[$0].isJunction }
        guard !sources.isEmpty else { throw .noSource }
        nodeOfRow = junctions + sources
        var rowOfNode = [Int](repeating: 0, count: network.nodes.count)
        for (row, node) in nodeOfRow.enumerated() { rowOfNode[node] = row }
        self.rowOfNode = rowOfNode
        junctionCount = junctions.count
        elevations = nodeOfRow.map { network.nodes[$0].elevation }
        let rows = Dictionary(network.nodes.indices.map { (network.nodes[$0].id, rowOfNode[$0]) }, uniquingKeysWith: { first, _ in first })
        let table = try LinkTable(network, rows: rows, constants: constants)
        self.table = table
        var tanks: [Int: TankLimits] = [:]
        for node in sources {
            guard let tank = network.nodes[node].tank else { continue }
            let bottom = network.nodes[node].elevation
            tanks[rowOfNode[node]] = TankLimits(
                empty: bottom + tank.minimumLevel, full: bottom + tank.maximumLevel, canOverflow: tank.canOverflow)
        }
        self.tanks = tanks
        pressureValves = (0..<table.count).filter { table.kind[$0] == .prv || table.kind[$0] == .psv }
        switchingLinks = (0..<table.count).filter {
            table.hasCheckValve[$0] || table.kind[$0] == .pump || table.kind[$0] == .fcv || tanks[Int(table.start[$0])] != nil
                || tanks[Int(table.end[$0])] != nil
        }
        var entries: [(row: Int, column: Int)] = []
        var entryOfLink = [Int32](repeating: -1, count: table.count)
        for k in 0..<table.count where table.start[k] < junctions.count && table.end[k] < junctions.count {
            entryOfLink[k] = Int32(entries.count)
            entries.append((row: Int(table.start[k]), column: Int(table.end[k])))
        }
        self.entryOfLink = entryOfLink
        matrix = SparseLDLT(order: junctions.count, entries: entries)
        diagonal = [Double](repeating: 0, count: junctions.count)
        rightSide = diagonal
        offDiagonal = [Double](repeating: 0, count: entries.count)
        heads = [Double](repeating: 0, count: nodeOfRow.count)
        demands = heads
        isIsolated = [Bool](repeating: false, count: nodeOfRow.count)
        anchors = heads
        statusChanges = [Int](repeating: 0, count: table.count)
        holder = [Int32](repeating: -1, count: nodeOfRow.count)
        flows = [Double](repeating: 0, count: table.count)
        loss = flows
        gradient = flows
        settings = flows
        statuses = [LinkStatus](repeating: .open, count: table.count)
        isFixed = [Bool](repeating: false, count: table.count)
        isCarrying = [Bool](repeating: true, count: table.count)
    }

    func elevation(_ row: Int32) -> Double { elevations[Int(row)] }

    /// Solves one moment.
    /// - Parameters:
    ///   - conditions: in the order of `network.nodes` and `network.links`.
    ///   - warm: begin at the flows of the last solve, which saves iterations when little has changed. The answer is the same
    ///     to the bars of `Verdict`.
    public mutating func solve(_ conditions: BoundaryConditions, warm: Bool = false) -> HydraulicState {
        prepare(conditions, warm: warm)
        isFinal = false
        let trials = max(network.hydraulics.trials, 200)
        var (iterations, outcome) = iterate(upTo: trials, checkStatuses: true)
        if outcome == .notConverged {
            // The statuses may be what keeps it from settling: hold them and see.
            let (more, second) = iterate(upTo: 50, checkStatuses: false)
            iterations += more
            if second == .converged { outcome = .statusesCycle }
        }
        if outcome != .singular {
            closeForGood()
            let (more, second) = iterate(upTo: 50, checkStatuses: false)
            iterations += more
            if second != .converged, outcome == .converged { outcome = second }
            refineBalance()
        }
        return state(outcome, iterations, conditions)
    }

    /// The loop. Returns the number of iterations and how it ended.
    private mutating func iterate(upTo limit: Int, checkStatuses: Bool) -> (Int, Verdict.Outcome) {
        let checkEvery = 2, checkUntil = 10
        var change = Double.infinity
        var statusChanged = true
        for iteration in 0...limit {
            evaluateLosses()
            if iteration > 0, !statusChanged, change <= min(network.hydraulics.accuracy, 1e-3), energyResidual().size <= Verdict.energyBar {
                guard checkStatuses, updateLinks() else { return (iteration, .converged) }
                evaluateLosses()
            }
            if iteration == limit { break }
            assemble()
            switch matrix.factor(diagonal: diagonal, offDiagonal: offDiagonal) {
            case .factored: break
            case .notPositiveDefinite(let row), .notFinite(let row):
                guard releaseValve(near: [row]) else { return (iteration, .singular) }
                continue
            case .singular(let component):
                // A part hangs on closed links alone: hold it near its last heads, which costs nothing once it stands still.
                guard releaseValve(near: component) || anchor(component) else { return (iteration, .singular) }
                continue
            }
            matrix.solve(&rightSide)
            for row in 0..<junctionCount where holder[row] < 0 && !isIsolated[row] { heads[row] = rightSide[row] }
            // Now and then a shorter step breaks a cycle of the iterations.
            change = updateFlows(relaxation: iteration % 40 >= 30 ? 0.6 : 1)
            statusChanged = checkStatuses && updatePressureValves()
            if statusChanged { assignHolders() }
            if checkStatuses, iteration < checkUntil || iteration % 30 == 29, iteration % checkEvery == 1, updateLinks() {
                statusChanged = true
            }
        }
        return (limit, .notConverged)
    }
}
