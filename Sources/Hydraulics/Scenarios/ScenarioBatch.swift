// SPDX-License-Identifier: GPL-3.0-or-later

import Dispatch
import NumericalMethods
import Synchronization
import WaterModel

/// Many scenarios of one network at one moment: eight at a time in the lanes of vectors, the groups shared among threads.
///
/// All begin at the solved state of the base case, and keep its statuses. A scenario whose statuses would change, that cuts a
/// part off, or that its lane does not settle, is solved by itself on a network of its own. What a scenario gives depends on
/// neither its neighbours nor the number of threads.
public struct ScenarioBatch: Sendable {
    public let model: HydraulicModel
    public let conditions: BoundaryConditions
    /// The solved base case.
    public let base: HydraulicState
    let start: LaneStart

    /// - Parameters:
    ///   - model: of the network.
    ///   - conditions: of the base case, in the order of the network.
    public init(_ model: HydraulicModel, _ conditions: BoundaryConditions) {
        self.model = model
        self.conditions = conditions
        let solver = HydraulicSolver(model)
        base = solver.solve(conditions)
        start = LaneStart(solver)
    }

    /// - Parameters:
    ///   - scenarios: changes of the base case.
    ///   - threads: how many groups are solved at once, 1 or more.
    public func solve(_ scenarios: [Scenario], threads: Int) -> [ScenarioResult] {
        // Scenarios that begin alike go together, so that none depends on its neighbours.
        let kinds = [true, false].map { kind in scenarios.indices.filter { beginsAtBase(scenarios[$0]) == kind } }
        let parts = kinds.flatMap { kind in stride(from: 0, to: kind.count, by: 8).map { Array(kind[$0..<min($0 + 8, kind.count)]) } }
        let groups = parts.count
        let shared = Mutex<[Int: ScenarioResult]>([:])
        let nodes = model.network.nodeIndex(), links = model.network.linkIndex()
        let workers = max(1, min(threads, groups))
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            let lanes = LaneSolver(model, start)
            for group in stride(from: worker, to: groups, by: workers) {
                let part = parts[group].map { scenarios[$0] }
                let results = solve(part, lanes, nodes, links)
                shared.withLock { found in
                    for (place, result) in zip(parts[group], results) { found[place] = result }
                }
            }
        }
        return shared.withLock { found in scenarios.indices.compactMap { found[$0] } }
    }

    /// Whether a scenario differs from the base case by what flows out alone, in ways that leave the laws of demand as they are.
    private func beginsAtBase(_ scenario: Scenario) -> Bool {
        let movesDemands = scenario.demandFactor != 1 || !scenario.outflows.isEmpty
        return scenario.statuses.isEmpty && scenario.roughness.isEmpty && !(movesDemands && model.outflows.isPressureDriven)
            && start.matrix != nil
    }

    private func solve(
        _ scenarios: [Scenario], _ lanes: LaneSolver, _ nodes: ElementIndex<Node>, _ links: ElementIndex<Link>
    ) -> [ScenarioResult] {
        lanes.reset()
        var single = [Bool](repeating: !base.verdict.isConverged, count: scenarios.count)
        for (lane, scenario) in scenarios.enumerated() where !single[lane] {
            single[lane] = !lanes.impose(scenario, lane: lane, nodes, links)
        }
        lanes.settle(lanes: scenarios.count, fromBase: scenarios.first.map(beginsAtBase) ?? false)
        let results = lanes.results(count: scenarios.count)
        return scenarios.enumerated().map { lane, scenario in
            if !single[lane], let result = results[lane] { return result }
            return alone(scenario)
        }
    }

    /// On a network of its own.
    private func alone(_ scenario: Scenario) -> ScenarioResult {
        var network = model.network
        network.leaks += scenario.leaks
        for index in network.links.indices {
            let id = network.links[index].id
            if let value = scenario.roughness[id], case .pipe(var pipe) = network.links[index].kind {
                pipe.roughness = value
                network.links[index].kind = .pipe(pipe)
            }
        }
        var conditions = conditions
        for node in conditions.demands.indices {
            conditions.demands[node] *= scenario.demandFactor
            conditions.demands[node] += scenario.outflows[network.nodes[node].id] ?? 0
        }
        for link in conditions.statuses.indices {
            if let status = scenario.statuses[network.links[link].id] { conditions.statuses[link] = status }
        }
        guard let solver = try? HydraulicSolver(network, constants: model.constants) else {
            return ScenarioResult(
                outcome: .singular, iterations: 0, massResidual: .infinity, energyResidual: .infinity,
                heads: [Double?](repeating: nil, count: model.nodeCount), flows: [Double](repeating: 0, count: model.linkCount),
                isSingle: true)
        }
        solver.accuracy = start.accuracy
        solver.headError = start.headError
        let state = solver.solve(conditions)
        return ScenarioResult(
            outcome: state.verdict.outcome, iterations: state.verdict.iterations, massResidual: state.verdict.massResidual,
            energyResidual: state.verdict.energyResidual, heads: Array(state.heads.prefix(model.nodeCount)),
            flows: Array(state.flows.prefix(model.linkCount)), isSingle: true)
    }
}

/// The solved base case from which lanes begin; nobody writes to it.
struct LaneStart: Sendable {
    let head: Column<Double>
    let flow: Column<Double>
    let demand: Column<Double>
    let wanted: Column<Double>
    let open: Column<Double>
    let status: Column<LinkStatus>
    let setting: Column<Double>
    let isIsolated: Column<Bool>
    let boundary: [Int32]
    let isGiven: Column<Bool>
    let outflow: Column<Double>
    let outConductance: Column<Double>
    let outResidual: Column<Double>
    let hold: Column<OutflowState.Hold>
    let conductance: Column<Double>
    let residual: Column<Double>
    let right: Column<Double>
    /// The matrix of the base case, factored; nil where it cannot be.
    let matrix: SparseLDLT?
    let accuracy: Double
    let headError: Double
    let conditions: SolverCopy

    init(_ solver: HydraulicSolver) {
        matrix = solver.refactor() ? solver.matrix : nil
        head = solver.head.copy()
        flow = solver.flow.copy()
        demand = solver.demand.copy()
        wanted = solver.wanted.copy()
        open = solver.open.copy()
        status = solver.status.copy()
        setting = solver.setting.copy()
        isIsolated = solver.isIsolated.copy()
        boundary = solver.boundary
        isGiven = solver.isGiven.copy()
        outflow = solver.outflows.flow.copy()
        outConductance = solver.outflows.conductance.copy()
        outResidual = solver.outflows.residual.copy()
        hold = solver.outflows.hold.copy()
        conductance = solver.conductance.copy()
        residual = solver.residual.copy()
        right = solver.right.copy()
        accuracy = solver.accuracy
        headError = solver.headError
        conditions = SolverCopy(imposed: solver.imposed.copy(), target: solver.target.copy(), limits: solver.limits)
    }
}

/// What a scratch solver needs to look at statuses.
struct SolverCopy: Sendable {
    let imposed: Column<Link.Status>
    let target: Column<Double>
    let limits: [HydraulicSolver.TankLimit]
}
