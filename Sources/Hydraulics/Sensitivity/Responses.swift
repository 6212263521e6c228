// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// How all heads and flows answer to one parameter, in the order of the network as it was given.
public struct Response: Sendable {
    /// [m per unit of the parameter]
    public var heads: [Double]
    /// [m³/s per unit of the parameter]
    public var flows: [Double]
}

/// Direct sensitivities: few parameters, all places.
extension HydraulicSolver {
    /// How every head and flow answers to parameters, from the converged state of the last solve: one back-solve a parameter.
    ///
    /// J δh = −(outflows that the parameter makes), δq = P (δh_i − δh_j) and, for a pipe's own roughness ρ, −P ∂h/∂ρ besides.
    /// Valves that hold a head are taken in exactly, as in `sensitivities(of:)`. Statuses are taken as they stand.
    ///
    /// - Returns: nil where the last solve has no factorisation to go by, or a parameter names what does not exist.
    public func responses(to parameters: [Parameter]) -> [Response]? {
        guard refactor(), let sources = parameters.asSources(self) else { return nil }
        let valves = activeValves()
        var columns: [[Double]] = []
        for valve in valves {
            var column = [Double](repeating: 0, count: model.order)
            if isUnknown(valve.outer) { column[valve.outer] = 1 }
            columns.append(column)
        }
        let answers = valves.map { response(ofValve: $0) }
        for source in sources {
            var column = [Double](repeating: 0, count: model.order)
            for (row, outflow) in source.outflows where row < model.order && !isIsolated[row] {
                // What is asked of a held node is asked of the far end of its valve.
                let place = holder[row] >= 0 ? valves.first { $0.held == row }?.outer ?? row : row
                if isUnknown(place) { column[place] -= outflow }
            }
            columns.append(column)
        }
        matrix.solve(&columns)
        return zip(sources, columns.dropFirst(valves.count)).map { source, y in
            var change = y
            if !valves.isEmpty {
                // J = A + Σ e_u c_vᵀ: (I + Cᵀ A⁻¹ E) t = Cᵀ y, x = y − A⁻¹ E t.
                let right = answers.map { dot($0, y) }
                let t = solveSmall(valves, right) { a, b in dot(answers[a], columns[b]) }
                for (v, value) in t.enumerated() where value != 0 {
                    for row in 0..<model.order { change[row] -= columns[v][row] * value }
                }
            }
            return response(source, change)
        }
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices where a[index] != 0 { sum += a[index] * b[index] }
        return sum
    }

    private func response(_ source: ParameterSource, _ change: [Double]) -> Response {
        let table = model.table
        func at(_ row: Int32) -> Double { isUnknown(Int(row)) ? change[Int(row)] : Int(row) == source.held ? 1 : 0 }
        var flows = [Double](repeating: 0, count: table.count)
        for k in 0..<table.count where !status[k].isClosed {
            flows[k] = conductance[k] * (at(table.start[k]) - at(table.end[k]))
        }
        // Those that hang on a head that is set have that in their heads.
        if source.held < 0 { for (k, flow) in source.flows { flows[k] += flow } }
        // Where a valve's held node feeds, or is fed through, another one, that one's flow comes first: as many rounds as valves.
        let valves = activeValves()
        for _ in valves {
            for valve in valves {
                // An outflow at the held node that grows with the head which is set is its own.
                var need = valve.held == source.held ? source.demandOfHeld : 0
                need += source.demand.filter { $0.0 == valve.held }.reduce(0) { $0 + $1.1 }
                for index in model.links(at: valve.held) {
                    let k = Int(model.linksAtRow[index])
                    guard k != valve.link else { continue }
                    need += Int(table.start[k]) == valve.held ? flows[k] : -flows[k]
                }
                flows[valve.link] = table.kind[valve.link] == .prv ? need : -need
            }
        }
        return Response(
            heads: (0..<model.nodeCount).map { at(model.rowOfNode[$0]) },
            flows: (0..<model.linkCount).map { flows[Int(table.placeOfLink[$0])] })
    }
}

/// What a unit of a parameter does before any head has answered.
struct ParameterSource {
    /// Outflows at rows, those of a link's own flow among them. [m³/s per unit]
    var outflows: [(Int, Double)] = []
    /// Outflows to the open alone.
    var demand: [(Int, Double)] = []
    /// The links whose own flows answer, and by how much.
    var flows: [(link: Int, flow: Double)] = []
    /// Row whose head is the parameter; −1: none.
    var held = -1
    /// What flows out there to the open, per metre of that head. [m²/s]
    var demandOfHeld = 0.0
}

extension [Parameter] {
    func asSources(_ solver: HydraulicSolver) -> [ParameterSource]? {
        let (nodes, links) = solver.places, model = solver.model
        var sources: [ParameterSource] = []
        for parameter in self {
            var source = ParameterSource()
            switch parameter {
            case .demand(let id):
                guard let node = nodes[id] else { return nil }
                source.demand = [(Int(model.rowOfNode[node]), 1)]
                source.outflows = source.demand
            case .leakCoefficient(let id, let exponent):
                guard let node = nodes[id] else { return nil }
                let row = Int(model.rowOfNode[node])
                let pressure = solver.head[row] - model.elevations[row]
                source.demand = [(row, pressure > 0 ? power(pressure, exponent) : 0)]
                source.outflows = source.demand
            case .roughness(let id):
                guard let index = links[id], let pipe = solver.network.links[index].pipe else { return nil }
                let k = Int(model.table.placeOfLink[index])
                if !solver.status[k].isClosed {
                    source.add(-solver.conductance[k] * solver.lossPerRoughness(k, pipe), through: k, model)
                }
            case .setting(let id):
                guard let index = links[id], solver.network.links[index].valve != nil else { return nil }
                solver.addSetting(Int(model.table.placeOfLink[index]), to: &source)
            case .headFactor(let id):
                guard let index = links[id] else { return nil }
                let k = Int(model.table.placeOfLink[index])
                guard model.table.kind[k] == .pump || model.table.kind[k] == .gpv else { return nil }
                if !solver.status[k].isClosed, !solver.isCutOff(k), model.table.kind[k] == .pump || solver.status[k] == .active {
                    // h = f · loss(q): what the factor adds at once is the loss itself.
                    source.add(-solver.conductance[k] * solver.lossOfSpecial(k, solver.flow[k]).loss, through: k, model)
                }
            }
            sources.append(source)
        }
        return sources
    }
}

extension ParameterSource {
    /// A flow that a link takes before any head has answered.
    mutating func add(_ flow: Double, through k: Int, _ model: HydraulicModel) {
        flows.append((k, flow))
        outflows += [(Int(model.table.start[k]), flow), (Int(model.table.end[k]), -flow)]
    }
}

extension HydraulicSolver {
    /// What a unit of a valve's setting does before any head has answered: a head that is held goes up by a metre, and what its links then
    /// take from it is asked of the valve; a flow that is held grows; a loss that is set grows by itself.
    func addSetting(_ k: Int, to source: inout ParameterSource) {
        let table = model.table
        guard status[k] == .active, !isCutOff(k) else { return }
        switch table.kind[k] {
        case .prv, .psv:
            guard let valve = activeValves().first(where: { $0.link == k }) else { return }
            source.held = valve.held
            var sum = 0.0
            for index in model.links(at: valve.held) {
                let link = Int(model.linksAtRow[index])
                guard link != k, !isHeld(link), !status[link].isClosed, conductance[link] > 0 else { continue }
                let isStart = Int(table.start[link]) == valve.held
                sum += conductance[link]
                source.outflows.append((Int(isStart ? table.end[link] : table.start[link]), -conductance[link]))
                source.flows.append((link, isStart ? conductance[link] : -conductance[link]))
            }
            for index in model.outflows.laws(at: valve.held) { source.demandOfHeld += outflows.conductance[index] }
            source.outflows.append((valve.held, sum + source.demandOfHeld))
        case .fcv: source.add(1, through: k, model)
        case .pbv: source.add(-conductance[k], through: k, model)
        case .tcv: source.add(-conductance[k] * table.lossPerCoefficient(at: k) * flow[k] * abs(flow[k]), through: k, model)
        default: return
        }
    }

    /// ∂h/∂ρ of a pipe at its present flow. [m per unit of roughness]
    func lossPerRoughness(_ k: Int, _ pipe: Pipe) -> Double {
        let q = flow[k]
        let table = model.table
        switch table.formula {
        case .hazenWilliams:
            let slope = table.slope[k] * power(abs(q), table.exponent - 1)
            return slope < Tolerance.smallestGradient ? 0 : -slope * q / pipe.roughness
        case .chezyManning:
            let slope = table.slope[k] * abs(q)
            return slope < Tolerance.smallestGradient ? 0 : slope * q / pipe.roughness
        case .darcyWeisbach:
            // Central difference over a ten-thousandth of the height: error of order 1e-8.
            func loss(_ height: Double) -> Double {
                let law = DarcyWeisbach(
                    length: pipe.length, diameter: pipe.diameter, height: height, viscosity: network.hydraulics.kinematicViscosity,
                    gravity: constants.gravity)
                return q * law.slopes(abs(q)).secant
            }
            let step = 1e-4 * pipe.roughness
            return (loss(pipe.roughness + step) - loss(pipe.roughness - step)) / (2 * step)
        }
    }
}
