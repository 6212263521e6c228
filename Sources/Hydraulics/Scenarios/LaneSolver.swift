// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

typealias Lanes = SIMD8<Double>

/// Eight scenarios side by side: the iterations of `HydraulicSolver` with a vector in place of each number, at fixed statuses.
final class LaneSolver {
    let model: HydraulicModel
    let start: LaneStart
    let head, delta, right, diagonal, demand: Column<Lanes>
    let wanted: Column<Lanes>
    let flow, conductance, residual, offDiagonal: Column<Lanes>
    /// Links that a lane has closed, and slopes that a lane has changed; columns of their own only where a scenario asks.
    var closed: [(place: Int, lane: Int)] = []
    var slopes: [Int: Lanes] = [:]
    let outflow, outConductance, outResidual: Column<Lanes>
    /// One where an outflow follows its law, zero where it is held at an end.
    let isFree: Column<Lanes>
    let outRest: Column<Lanes>
    var last = LaneTally()
    var leaks: [LaneLeak] = []
    var matrix: LaneLDLT
    /// PRV and PSV that hold a head.
    let holdingValves: [Int]
    /// Looks at statuses with the scalar rules.
    let scratch: HydraulicSolver
    var settled = [Bool](repeating: false, count: 8)
    var iterations = [Int](repeating: 0, count: 8)
    /// How often outflows of a lane were held or let go.
    var settlings = [Int](repeating: 0, count: 8)
    var isSound = [Bool](repeating: true, count: 8)

    struct LaneLeak {
        var lane: Int
        var law: OutflowLaws.Law
        var flow: Double
        var conductance = 0.0
        var residual = 0.0
    }

    init(_ model: HydraulicModel, _ start: LaneStart) {
        self.model = model
        self.start = start
        func zeros(_ count: Int) -> Column<Lanes> { Column(repeating: .zero, count: count) }
        let rows = model.rowCount + 1, links = model.table.count, laws = model.outflows.laws.count
        (head, delta, right, diagonal, demand, wanted) = (zeros(rows), zeros(rows), zeros(rows), zeros(rows), zeros(rows), zeros(rows))
        (flow, conductance, residual, offDiagonal) = (zeros(links), zeros(links), zeros(links), zeros(links))
        (outflow, outConductance, outResidual, isFree, outRest) = (zeros(laws), zeros(laws), zeros(laws), zeros(laws), zeros(laws))
        matrix = LaneLDLT(model.symbolic)
        holdingValves = model.pressureValves.filter { start.status[$0] == .active && !start.isIsolated[model.table.start[$0]] }
        scratch = HydraulicSolver(model)
        scratch.imposed.take(start.conditions.imposed)
        scratch.setting.take(start.setting)
        scratch.isIsolated.take(start.isIsolated)
        scratch.target.take(start.conditions.target)
        scratch.limits = start.conditions.limits
    }

    /// Back to the base case.
    func reset() {
        for row in 0...model.rowCount {
            head[row] = Lanes(repeating: start.head[row])
            demand[row] = Lanes(repeating: start.demand[row])
            wanted[row] = Lanes(repeating: start.wanted[row])
        }
        for k in 0..<model.table.count { flow[k] = Lanes(repeating: start.flow[k]) }
        for index in isFree.indices {
            isFree[index] = Lanes(repeating: start.hold[index] == .free ? 1 : 0)
            outflow[index] = Lanes(repeating: start.outflow[index])
            outRest[index] = outflow[index]
        }
        closed = []
        slopes = [:]
        leaks = []
        settled = [Bool](repeating: false, count: 8)
        isSound = [Bool](repeating: true, count: 8)
        iterations = [Int](repeating: 0, count: 8)
        settlings = [Int](repeating: 0, count: 8)
    }

    /// Takes in a scenario; false where it has to be solved by itself.
    func impose(_ scenario: Scenario, lane: Int, _ nodes: ElementIndex<Node>, _ links: ElementIndex<Link>) -> Bool {
        if scenario.demandFactor != 1 || !scenario.outflows.isEmpty {
            for row in 0..<model.rowCount where model.isJunction[row] {
                if scenario.demandFactor != 1 { setDemand(row, lane, start.wanted[row] * scenario.demandFactor) }
            }
            for (id, added) in scenario.outflows {
                guard let node = nodes[id] else { return false }
                let row = Int(model.rowOfNode[node])
                guard model.isJunction[row] else { return false }
                setDemand(row, lane, wanted[row][lane] + added)
            }
        }
        for leak in scenario.leaks {
            guard case .node(let id) = leak.place, let node = nodes[id] else { return false }
            let row = model.rowOfNode[node]
            guard model.isJunction[row], !start.isIsolated[row], leak.coefficient > 0, leak.exponent > 0 else { return false }
            let z = model.elevations[row]
            let law = OutflowLaws.Law(
                row: row, role: .leak, reverses: false, base: z, coefficient: leak.coefficient, inverse: 1 / leak.exponent, range: 0)
            let pressure = start.head[row] - z
            guard pressure > 0 else { return false }
            leaks.append(LaneLeak(lane: lane, law: law, flow: leak.coefficient * power(pressure, leak.exponent)))
        }
        for (id, value) in scenario.roughness {
            guard let link = links[id], let pipe = model.network.links[link].pipe, value > 0 else { return false }
            let place = Int(model.table.placeOfLink[link])
            guard place < model.table.pipes, model.table.formula != .darcyWeisbach else { return false }
            var lanes = slopes[place] ?? Lanes(repeating: model.table.slope[place])
            let ratio = value / pipe.roughness
            let exponent = model.table.exponent
            lanes[lane] = model.table.slope[place] * (model.table.formula == .hazenWilliams ? power(1 / ratio, exponent) : ratio * ratio)
            slopes[place] = lanes
        }
        for (id, status) in scenario.statuses {
            guard let link = links[id] else { return false }
            let place = Int(model.table.placeOfLink[link])
            guard place < model.table.pipes else { return false }
            switch (status, start.open[place] > 0) {
            case (.closed, true):
                closed.append((place, lane))
                var q = flow[place]
                q[lane] = 0
                flow[place] = q
            case (.open, true), (.active, true), (.closed, false): break
            case (.open, false), (.active, false): return false
            }
        }
        let mine = Set(closed.filter { $0.lane == lane }.map(\.place))
        return mine.isEmpty || scratch.reachesAll(but: mine, statuses: start.status)
    }

    private func setDemand(_ row: Int, _ lane: Int, _ value: Double) {
        let isDriven = model.outflows.isPressureDriven
        wanted[row][lane] = value
        demand[row][lane] = isDriven && value > 0 ? 0 : value
        guard isDriven else { return }
        for index in model.outflows.laws(at: row) where model.outflows.laws[index].role == .demand {
            if value <= 0 {
                isFree[index][lane] = 0
                outRest[index][lane] = 0
            } else if start.wanted[row] > 0, start.hold[index] == .all {
                outRest[index][lane] = value
            } else if start.wanted[row] > 0 {
                outflow[index][lane] *= value / start.wanted[row]
            } else {
                // No law was at work there: let it find its own way.
                isSound[lane] = false
            }
        }
    }

    /// Iterates until every lane has settled or given up.
    /// - Parameter beginsAtBase: all lanes differ from the base case by what flows out alone.
    func settle(lanes count: Int, fromBase beginsAtBase: Bool) {
        var active = Lanes(repeating: 0)
        for lane in 0..<count where isSound[lane] { active[lane] = 1 }
        if !beginsAtBase { last = sweep(.zero) }
        for iteration in 0..<Self.mostIterations where active != .zero {
            if beginsAtBase, iteration == 0, let matrix = start.matrix {
                leaveBase()
                delta.take(right)
                matrix.solve(delta)
                coupleValves { matrix.solve($0) }
            } else {
                delta.take(right)
                let sound = matrix.factor(diagonal: diagonal, offDiagonal: offDiagonal, solving: delta)
                for lane in 0..<count where active[lane] > 0 && !sound[lane] {
                    isSound[lane] = false
                    active[lane] = 0
                }
                coupleValves { matrix.solve($0) }
            }
            delta[model.spareRow] = .zero
            for row in 0..<model.rowCount {
                let step = delta[row].replacing(with: 0, where: active .== 0)
                delta[row] = step
                head[row] += step
            }
            last = sweep(active)
            for lane in 0..<count where active[lane] > 0 {
                iterations[lane] = iteration + 1
                guard last.isConverged(lane, start.accuracy, start.headError), !settleOutflows(lane) else { continue }
                settled[lane] = true
                active[lane] = 0
            }
        }
    }

    /// The first step of lanes that differ from the base case by what flows out alone: the base's own matrix serves all of them, and
    /// nothing has to be evaluated for it. What new leaks add to the matrix waits for the second step.
    private func leaveBase() {
        for k in 0..<model.table.count {
            conductance[k] = Lanes(repeating: start.conductance[k])
            residual[k] = Lanes(repeating: start.residual[k])
        }
        for index in outflow.indices {
            outConductance[index] = Lanes(repeating: start.outConductance[index])
            outResidual[index] = Lanes(repeating: start.outResidual[index])
        }
        for row in 0...model.rowCount { right[row] = start.right[row] - (demand[row] - start.demand[row]) }
        for leak in leaks { right[Int(leak.law.row)][leak.lane] -= leak.flow }
        for row in start.boundary { right[row] = .zero }
        for row in 0..<model.rowCount where start.isIsolated[row] { right[row] = .zero }
    }

    private static let mostIterations = 30
}
