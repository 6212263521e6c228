// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Steady flow in a pipe network by Todini's global gradient algorithm (Todini and Pilati 1988), with EPANET's status rules.
///
/// The equations are solved for the change of the heads: with P = 1/(dh/dq) and r = H_i − H_j − h(q) of each link,
/// ΣP δH_i − ΣP δH_j = imbalance of i + Σ±P r, and q ← q + P (r + δH_i − δH_j). What is left of the balance after a step is then
/// the rounding of small numbers, not of large ones. One sweep over the links takes in the step, evaluates the losses and lays
/// out the next matrix.
///
/// A solve has converged when a further step would move next to nothing, every open link loses just the head between its ends
/// (`headError`) and every junction balances (`Verdict.massBar`). Heads that a valve holds are boundary values: the held
/// node leaves the equations and hands its balance to the valve's other end. Closed links carry nothing; parts without a source
/// are found by walking the network and named, instead of being given a head.
///
/// One solver serves one thread. It keeps its flows and statuses from one solve to the next.
public final class HydraulicSolver {
    public let model: HydraulicModel
    public var network: Network { model.network }
    public var constants: PhysicalConstants { model.constants }

    // By row.
    let head: Column<Double>
    let delta: Column<Double>
    let right: Column<Double>
    let diagonal: Column<Double>
    /// All that junctions ask for, and the part of it that they get whatever the pressure. [m³/s]
    let wanted: Column<Double>
    let demand: Column<Double>
    /// Inflow less outflow at the flows of the last solve, where `isBalanceKnown`. [m³/s]
    let balance: Column<Double>
    var isBalanceKnown = false
    /// Head imposed where `isGiven`. [m]
    let target: Column<Double>
    let isGiven: Column<Bool>
    let isIsolated: Column<Bool>
    /// The valve that holds the head of this row; −1 for none.
    let holder: Column<Int32>
    /// Rows whose head is imposed: reservoirs, tanks but those in `stores`, and held ones.
    var boundary: [Int32] = []
    var isolatedRows: [Int32] = []
    /// Places of plain pipes that are closed between rows that have a source.
    var closedPipes: [Int] = []
    /// Rows that a part hangs on which nothing else holds, and how fast. [m²/s]
    var anchors: [Int: Double] = [:]
    /// Tanks whose level is unknown: an implicit step in time.
    var stores: [Store] = []

    // By place of link.
    let flow: Column<Double>
    let conductance: Column<Double>
    let residual: Column<Double>
    /// One for open pipes, zero for closed ones and those in parts without a source.
    let open: Column<Double>
    let offDiagonal: Column<Double>
    let status: Column<LinkStatus>
    let imposed: Column<Link.Status>
    let setting: Column<Double>
    let isSoft: Column<Bool>
    /// Links that pass just what keeps a full or an empty tank at its level, where `holdsLevels`.
    var throttles: Set<Int> = []
    /// Links at full and empty tanks throttle instead of opening and closing in turn. For runs in time.
    var holdsLevels = false
    /// How often each link changed its status in this solve.
    let changes: Column<Int32>

    /// Of each tank, as the step in time found it.
    var limits: [TankLimit]
    let outflows: OutflowState
    var matrix: SparseLDLT
    var pressureControls: [PressureControl] = []
    /// Off while a step in time is tried: what a control does must not outlast a step that is not taken.
    var actsOnPressure = true

    /// A link was opened or closed from outside, or parts are cut off for good: look for parts without a source before the next solve.
    var isStructureStale = true
    /// The matrix and right side belong to other conditions.
    var isStale = true
    /// Something changed since the last solve.
    var isMoved = true
    var isFinal = false
    var isFirst = true
    /// What open plain pipes join, as long as none of them opens or closes; which of it the last walk reached, and has a source.
    var blocks: Blocks?
    var reachedBlocks: [Bool] = []
    var partsWithSource: [Bool] = []
    /// Sum of flow changes over sum of flows at which a solve has converged. [–]
    public var accuracy: Double
    /// Largest difference that a converged solve leaves between the loss of an open link and the heads at its ends. [m]
    public var headError: Double
    var iterations = 0
    /// Rounding of the heads of this network, which moves flow through links of next to no resistance. [m]
    var headRounding = 5e-14

    enum TankLimit { case none, full, empty }

    /// A tank in an implicit step: net inflow = (volume − base)/seconds.
    struct Store {
        var tank: Int
        var base: Double
        var seconds: Double
    }

    public convenience init(_ network: Network, constants: PhysicalConstants = .exact) throws(HydraulicError) {
        self.init(try HydraulicModel(network, constants: constants))
    }

    public init(_ model: HydraulicModel) {
        self.model = model
        let rows = model.rowCount + 1, links = model.table.count
        func zeros(_ count: Int) -> Column<Double> { Column(repeating: 0, count: count) }
        head = zeros(rows)
        delta = zeros(rows)
        right = zeros(rows)
        diagonal = zeros(rows)
        wanted = zeros(rows)
        demand = zeros(rows)
        balance = zeros(rows)
        target = zeros(rows)
        isGiven = Column(repeating: false, count: rows)
        isIsolated = Column(repeating: false, count: rows)
        holder = Column(repeating: -1, count: rows)
        flow = zeros(links)
        conductance = zeros(links)
        residual = zeros(links)
        open = zeros(links)
        offDiagonal = zeros(links)
        setting = zeros(links)
        status = Column(repeating: .closed, count: links)
        imposed = Column(repeating: .closed, count: links)
        isSoft = Column(repeating: false, count: links)
        changes = Column(repeating: 0, count: links)
        outflows = OutflowState(model.outflows)
        limits = [TankLimit](repeating: .none, count: model.tanks.count)
        matrix = SparseLDLT(model.symbolic)
        accuracy = min(model.network.hydraulics.accuracy, 1e-3)
        headError = model.network.hydraulics.headError
    }

    /// Solves one moment.
    /// - Parameters:
    ///   - conditions: in the order of `network.nodes` and `network.links`.
    ///   - warm: begin at the flows and statuses of the last solve, which saves iterations when little has changed. The answer is
    ///     the same to the bars of `Verdict`, but for valves whose status depends on what went before.
    public func solve(_ conditions: BoundaryConditions, warm: Bool = false) -> HydraulicState {
        impose(conditions, warm: warm)
        let outcome = settle()
        return state(outcome)
    }

    // MARK: The solve

    /// Solves for the conditions that were imposed.
    func settle() -> Verdict.Outcome {
        if isFinal || isStructureStale { refreshStructure() }
        iterations = 0
        guard isMoved || isStale else { return lastOutcome }
        isMoved = false
        isBalanceKnown = false
        headRounding = 1e-14 + 5e-16 * boundary.reduce(0) { max($0, abs(target[$1])) }
        changes.fill(0)
        outflows.changes.fill(0)
        if isStale { sweep(0) } else { applyBoundary() }
        var outcome = iterate(upTo: max(network.hydraulics.trials, 200), checking: true)
        if outcome == .notConverged {
            // The statuses may be what keeps it from settling: hold them and see.
            if iterate(upTo: 60, checking: false) == .converged { outcome = .statusesCycle }
        }
        if outcome != .singular, closePartsForGood() {
            sweep(0)
            // A part that hung on a trace stands at heads whose rounding hides that all else has settled: look again without it.
            let second = iterate(upTo: 60, checking: outcome != .converged)
            if outcome == .converged || (second == .converged && !hasSoft) { outcome = second }
        }
        if !anchors.isEmpty {
            anchors = [:]
            isStale = true
        }
        if outcome != .converged { isStale = true }
        lastOutcome = outcome
        return outcome
    }

    private var lastOutcome = Verdict.Outcome.converged
    /// Of the elements' names; made when it is first asked for.
    lazy var places = (nodes: network.nodeIndex(), links: network.linkIndex())
    var imbalance = Imbalance()

    /// Of the one long step of a solve.
    private enum Stretch { case open, due, done }

    /// Newton steps from the matrix that lies ready, until nothing moves and no status changes.
    private func iterate(upTo limit: Int, checking: Bool) -> Verdict.Outcome {
        let checkEvery = 2, checkUntil = 10
        var isPolished = false
        var stretch = Stretch.open
        var lastAhead = Double.infinity
        for iteration in 0..<limit {
            delta.take(right)
            delta[model.spareRow] = 0
            switch matrix.factor(diagonal: diagonal, offDiagonal: offDiagonal, solving: delta) {
            case .factored: break
            case .notPositiveDefinite(let row), .notFinite(let row):
                guard releaseValve(near: [row]) else { return .singular }
                sweep(0)
                continue
            case .singular(let component):
                // A part hangs on next to nothing: hold it near its last heads, which costs nothing once it stands still.
                guard releaseValve(near: component) || anchor(component) else { return .singular }
                sweep(0)
                continue
            }
            if hasHeld { coupleValves() }
            head.add(delta, length: model.rowCount)
            for row in boundary { head[row] = target[row] }
            iterations += 1
            // Now and then a shorter step breaks a cycle of the iterations.
            let step = stretch == .due ? model.table.exponent : iteration % 40 >= 30 ? 0.6 : 1.0
            if stretch == .due { stretch = .done }
            let tally = sweep(step)
            defer { lastAhead = tally.ahead }
            if checking, updatePressureValves() {
                assignHolders()
                sweep(0)
                continue
            }
            if step == 1, tally.isConverged(accuracy, headError) {
                // Rounding of large steps over links of next to no resistance: a further step takes it out.
                measureBalance()
                if !imbalance.isSmall, !hasSoft, iteration + 1 < limit { continue }
                // Newton's method takes from a flow that is to vanish no more than its nth part a step; a step n times as long takes all.
                if stretch == .open, tally.ahead > max(tally.floor, 0.1 * lastAhead), model.table.formula != .darcyWeisbach {
                    stretch = .due
                    continue
                }
                // Asked for more than the bars, one step more: each about squares what is left.
                if accuracy < 1e-6, !isPolished {
                    isPolished = true
                    continue
                }
                guard
                    outflows.settle(self) || (checking && updateLinks()) || (checking && actsOnPressure && applyPressureControls())
                        || (checking && releaseStarvingValve())
                else {
                    return .converged
                }
                sweep(0)
                continue
            }
            if checking, iteration < checkUntil || iteration % 30 == 29, iteration % checkEvery == 1, updateLinks() { sweep(0) }
        }
        return .notConverged
    }

    /// With EPANET's trickles the equations do not fail where a valve cuts a part off: the heads behind it fall without end.
    private func releaseStarvingValve() -> Bool {
        guard leaksWhereClosed else { return false }
        let rows = (0..<model.rowCount).filter { !isIsolated[$0] && abs(head[$0]) > Tolerance.noHead }
        return !rows.isEmpty && releaseValve(near: rows)
    }

    /// Opens an active valve near the rows where the equations failed; false where there is none.
    private func releaseValve(near rows: [Int]) -> Bool {
        let rows = Set(rows)
        func isNear(_ k: Int) -> Bool { rows.contains(Int(model.table.start[k])) || rows.contains(Int(model.table.end[k])) }
        if closeThrottle(where: isNear) { return true }
        // Of several, the one that has been let go least often; a reducing valve before a sustaining one.
        let candidates = model.pressureValves.filter { status[$0] == .active && isNear($0) }
        func rank(_ k: Int) -> Int { 2 * Int(changes[k]) + (model.table.kind[k] == .prv ? 0 : 1) }
        if let k = candidates.min(by: { rank($0) < rank($1) }) {
            status[k] = .cannotDeliverPressure
            changes[k] += 1
            assignHolders()
            return true
        }
        for k in model.table.pipes..<model.table.count where model.table.kind[k] == .fcv && status[k] == .active && isNear(k) {
            status[k] = .cannotDeliverFlow
            changes[k] += 1
            return true
        }
        return false
    }

    /// Holds rows near their last heads; false where they are held already.
    private func anchor(_ rows: [Int]) -> Bool {
        guard rows.contains(where: { (anchors[$0] ?? 0) < 1e-3 }) else { return false }
        for row in rows { anchors[row] = max((anchors[row] ?? 0) * 100, 1e-7) }
        return true
    }
}
