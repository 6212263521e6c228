// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What a sensor reads, as a function of the network's state.
public enum Observation: Sendable, Hashable {
    /// Head at a node. [m]
    case head(Node.ID)
    /// Flow in a link, start to end positive. [m³/s]
    case flow(Link.ID)
    /// Net flow into a tank or reservoir. [m³/s]
    case netInflow(Node.ID)
}

/// What a state may depend on.
public enum Parameter: Sendable, Hashable {
    /// Outflow of a junction. [m³/s]
    case demand(Node.ID)
    /// C of a leak q = C pⁿ at a junction, whether there is one or not. [m³/s per mⁿ]
    case leakCoefficient(Node.ID, exponent: Double)
    /// C of H-W [–], height of D-W [m], n of C-M [s/m^⅓].
    case roughness(Link.ID)
    /// Setting of a valve: PRV, PSV, PBV [m], FCV [m³/s], TCV [–]; without effect where it is not at work.
    case setting(Link.ID)
    /// A factor of one on the head that a pump gives, or on the head loss of a GPV, at whatever flow. [–]
    case headFactor(Link.ID)
}

/// Adjoint sensitivities: few observations, many places.
extension HydraulicSolver {
    /// How observations answer to an outflow at each node, from the converged state of the last solve.
    ///
    /// Returns, for each observation, ∂(observation)/∂(outflow) at every node in the order of the network as it was given:
    /// [m per m³/s] for heads, [–] for flows; zero at reservoirs, tanks and cut-off nodes. One back-solve an observation: with
    /// J δh = −a e_j (J the matrix of the last iteration), z from Jᵀ z = ∂(observation)/∂h gives −z_j at node j.
    ///
    /// Valves that hold a head make J unsymmetric: the held node's balance acts at the valve's other end. With A the symmetric
    /// matrix of the free heads and c_v the row by which the flow of valve v answers to them, Jᵀ = A + Σ c_v e_uᵀ, which is
    /// solved exactly from back-solves with A and a small dense system, one row a valve. Statuses are taken as they stand.
    ///
    /// - Returns: nil where the last solve has no factorisation to go by, or an observation names what does not exist.
    public func sensitivities(of observations: [Observation]) -> [[Double]]? {
        adjoint(observations).map { toOutflows($0) }
    }

    /// The same at some of the nodes alone.
    /// - Parameters:
    ///   - observations: as above.
    ///   - nodes: places in the network.
    public func sensitivities(of observations: [Observation], at nodes: [Int]) -> [[Double]]? {
        let rows = nodes.map { Int(model.rowOfNode[$0]) }.map { model.isJunction[$0] && !isIsolated[$0] ? $0 : -1 }
        return adjoint(observations)?.map { answer in rows.map { $0 < 0 ? 0 : answer[$0] } }
    }

    /// The same, and how the observations answer to the roughness of pipes, from the same back-solves.
    /// - Parameters:
    ///   - observations: as above.
    ///   - pipes: places among the network's links, each a pipe.
    /// - Returns: for each observation, ∂/∂(outflow) at every node, and ∂/∂(roughness) of every pipe that was given.
    public func sensitivities(
        of observations: [Observation], andRoughnessOf pipes: [Int]
    ) -> (toOutflow: [[Double]], toRoughness: [[Double]])? {
        sensitivities(of: observations, andRoughnessOf: pipes, to: []).map { ($0.toOutflow, $0.toRoughness) }
    }

    /// The same, and how the observations answer to further parameters.
    /// - Parameters:
    ///   - observations: what is observed.
    ///   - pipes: indices of the pipes among the links.
    ///   - parameters: settings of valves, strength of pumps: few beside the pipes.
    public func sensitivities(
        of observations: [Observation], andRoughnessOf pipes: [Int], to parameters: [Parameter]
    ) -> (toOutflow: [[Double]], toRoughness: [[Double]], toParameters: [[Double]])? {
        guard let answers = adjoint(observations), let sources = parameters.asSources(self) else { return nil }
        // A unit of roughness takes from a pipe's flow before any head answers; ends where none can answer go to a value of zero.
        let (nodes, links) = places
        let places = pipes.map { Int(model.table.placeOfLink[$0]) }
        func unknown(_ row: Int32) -> Int {
            let row = Int(row)
            return row < model.order && model.isJunction[row] && !isIsolated[row] ? row : model.order
        }
        let starts = places.map { unknown(model.table.start[$0]) }, ends = places.map { unknown(model.table.end[$0]) }
        var flows = [Double](repeating: 0, count: pipes.count)
        for (p, k) in places.enumerated() where !status[k].isClosed {
            guard let pipe = network.links[pipes[p]].pipe else { return nil }
            flows[p] = -conductance[k] * lossPerRoughness(k, pipe)
        }
        var toRoughness: [[Double]] = []
        for (observation, answer) in zip(observations, answers) {
            let answer = answer + [0]
            var row = flows
            for p in row.indices { row[p] = answer[starts[p]] * flows[p] - answer[ends[p]] * flows[p] }
            switch observation {
            case .head: break
            case .flow(let id):
                let own = links[id].map { Int(model.table.placeOfLink[$0]) }
                for p in places.indices where places[p] == own { row[p] += flows[p] }
            case .netInflow(let id):
                guard let node = nodes[id] else { break }
                for p in places.indices {
                    if model.table.end[places[p]] == model.rowOfNode[node] { row[p] += flows[p] }
                    if model.table.start[places[p]] == model.rowOfNode[node] { row[p] -= flows[p] }
                }
            }
            toRoughness.append(row)
        }
        return (toOutflows(answers), toRoughness, observed(observations, answers, sources))
    }

    private func toOutflows(_ answers: [[Double]]) -> [[Double]] {
        let rows = (0..<model.nodeCount).map { node in
            let row = Int(model.rowOfNode[node])
            return model.isJunction[row] && !isIsolated[row] ? row : -1
        }
        return answers.map { answer in rows.map { $0 < 0 ? 0 : answer[$0] } }
    }

    /// How observations answer to parameters, by as many back-solves as there are observations.
    ///
    /// - Returns: a row an observation, a column a parameter, in [unit of the observation per unit of the parameter]; nil as for
    ///   `sensitivities(of:)`.
    public func sensitivities(of observations: [Observation], to parameters: [Parameter]) -> [[Double]]? {
        guard let answers = adjoint(observations), let sources = parameters.asSources(self) else { return nil }
        return observed(observations, answers, sources)
    }

    /// What sources do to observations, by the answers of these to outflows.
    private func observed(_ observations: [Observation], _ answers: [[Double]], _ sources: [ParameterSource]) -> [[Double]] {
        guard !sources.isEmpty else { return observations.map { _ in [] } }
        let (nodes, links) = places
        return zip(observations, answers).map { observation, answer in
            sources.map { source in
                var value = 0.0
                for (row, outflow) in source.outflows where row < model.order && model.isJunction[row] && !isIsolated[row] {
                    value += answer[row] * outflow
                }
                // The head that is set, and the flows of the links that hang on it or are the parameter's own, answer before any other head.
                switch observation {
                case .head(let id): if source.held >= 0, nodes[id].map({ Int(model.rowOfNode[$0]) }) == source.held { value += 1 }
                case .flow(let id):
                    guard let own = links[id].map({ Int(model.table.placeOfLink[$0]) }) else { break }
                    for (link, flow) in source.flows where link == own { value += flow }
                case .netInflow(let id):
                    guard let node = nodes[id] else { break }
                    for (link, flow) in source.flows {
                        if model.table.end[link] == model.rowOfNode[node] { value += flow }
                        if model.table.start[link] == model.rowOfNode[node] { value -= flow }
                    }
                }
                return value
            }
        }
    }

    /// ∂(observation)/∂(outflow) by row.
    private func adjoint(_ observations: [Observation]) -> [[Double]]? {
        guard refactor() else { return nil }
        let (nodes, links) = places
        let valves = activeValves()
        var columns: [[Double]] = valves.map { response(ofValve: $0) }
        // Direct effect of an outflow at a held node on an observation of its own valve.
        var direct: [(observation: Int, row: Int, value: Double)] = []
        for (index, observation) in observations.enumerated() {
            var column = [Double](repeating: 0, count: model.order)
            switch observation {
            case .head(let id):
                guard let node = nodes[id] else { return nil }
                let row = Int(model.rowOfNode[node])
                if isUnknown(row) { column[row] = 1 }
            case .flow(let id):
                guard let link = links[id] else { return nil }
                add(flowOf: Int(model.table.placeOfLink[link]), times: 1, to: &column, observation: index, direct: &direct)
            case .netInflow(let id):
                guard let node = nodes[id] else { return nil }
                let row = Int(model.rowOfNode[node])
                for position in model.links(at: row) {
                    let k = Int(model.linksAtRow[position])
                    let sign = Int(model.table.end[k]) == row ? 1.0 : -1.0
                    add(flowOf: k, times: sign, to: &column, observation: index, direct: &direct)
                }
            }
            columns.append(column)
        }
        matrix.solve(&columns)
        let w = Array(columns.prefix(valves.count))
        columns.removeFirst(valves.count)
        for index in columns.indices {
            var z: [Double] = []
            swap(&z, &columns[index])
            if !valves.isEmpty {
                // (I + W) z_u = y_u, where W_ab = (A⁻¹ c_b) at the outer end of valve a.
                let y = z
                let atValves = solveSmall(valves, valves.map { valve in valve.outer < model.order ? y[valve.outer] : 0 }) { a, b in
                    valves[a].outer < model.order ? w[b][valves[a].outer] : 0
                }
                for (v, value) in atValves.enumerated() where value != 0 {
                    for row in 0..<model.order { z[row] -= w[v][row] * value }
                }
                for (v, valve) in valves.enumerated() where valve.held < model.order { z[valve.held] = atValves[v] }
            }
            for row in z.indices { z[row] = -z[row] }
            for term in direct where term.observation == index && term.row < model.order { z[term.row] += term.value }
            swap(&z, &columns[index])
        }
        return columns
    }

    /// The matrix of the state as it stands, factored.
    func refactor() -> Bool {
        sweep(0)
        if case .factored = matrix.factor(diagonal: diagonal, offDiagonal: offDiagonal) { return true }
        return false
    }

    @inline(__always)
    func isUnknown(_ row: Int) -> Bool { row < model.order && !isGiven[row] && !isIsolated[row] }

    struct ActiveValve {
        let link: Int
        /// Row whose head it holds.
        let held: Int
        /// Row that supplies (PRV) or takes (PSV) what the held node asks for.
        let outer: Int
    }

    func activeValves() -> [ActiveValve] {
        let table = model.table
        return model.pressureValves.filter { status[$0] == .active && !isCutOff($0) }.map { k in
            let isReducing = table.kind[k] == .prv
            // Where the other end is held too, what is asked of it goes on to the far end of the valve that holds it.
            var outer = Int(isReducing ? table.start[k] : table.end[k])
            for _ in model.pressureValves {
                guard outer < model.order, holder[outer] >= 0 else { break }
                let next = Int(holder[outer])
                outer = Int(table.kind[next] == .prv ? table.start[next] : table.end[next])
            }
            return ActiveValve(link: k, held: Int(isReducing ? table.end[k] : table.start[k]), outer: outer)
        }
    }

    /// How the outflow at the outer end of a valve answers to the free heads: −P of each link at the held node.
    func response(ofValve valve: ActiveValve) -> [Double] {
        var column = [Double](repeating: 0, count: model.order)
        for index in model.links(at: valve.held) {
            let k = Int(model.linksAtRow[index])
            guard k != valve.link else { continue }
            let other = Int(model.table.start[k]) == valve.held ? Int(model.table.end[k]) : Int(model.table.start[k])
            if isUnknown(other) { column[other] -= conductance[k] }
        }
        return column
    }

    private func add(
        flowOf k: Int, times factor: Double, to column: inout [Double], observation: Int,
        direct: inout [(observation: Int, row: Int, value: Double)], depth: Int = 0
    ) {
        // Two valves that hold each other's ends would go round for ever.
        guard !isCutOff(k), !status[k].isClosed, depth <= model.pressureValves.count else { return }
        if isHeld(k) {
            guard let valve = activeValves().first(where: { $0.link == k }) else { return }
            // Flow of a PRV is what its held node needs; of a PSV, what it has to spare.
            let sign = model.table.kind[k] == .prv ? factor : -factor
            for (row, value) in response(ofValve: valve).enumerated() where value != 0 { column[row] += sign * value }
            direct.append((observation, valve.held, sign))
            // Other valves at the held node take from it, or give to it.
            for index in model.links(at: valve.held) {
                let other = Int(model.linksAtRow[index])
                guard other != k, isHeld(other), model.table.kind[other] != .fcv else { continue }
                add(
                    flowOf: other, times: Int(model.table.start[other]) == valve.held ? sign : -sign, to: &column,
                    observation: observation, direct: &direct, depth: depth + 1)
            }
            return
        }
        let i = Int(model.table.start[k]), j = Int(model.table.end[k])
        if isUnknown(i) { column[i] += factor * conductance[k] }
        if isUnknown(j) { column[j] -= factor * conductance[k] }
    }

    /// Solves (I + W) x = b, a row a valve: Gaussian elimination with pivoting; valves are few.
    func solveSmall(_ valves: [ActiveValve], _ b: [Double], _ w: (Int, Int) -> Double) -> [Double] {
        let n = valves.count
        var a = (0..<n).map { i in (0..<n).map { j in (i == j ? 1 : 0) + w(i, j) } }
        var b = b
        for column in 0..<n {
            let pivot = (column..<n).max { abs(a[$0][column]) < abs(a[$1][column]) } ?? column
            a.swapAt(column, pivot)
            b.swapAt(column, pivot)
            guard a[column][column] != 0 else { continue }
            for row in (column + 1)..<max(n, column + 1) {
                let factor = a[row][column] / a[column][column]
                guard factor != 0 else { continue }
                for k in column..<n { a[row][k] -= factor * a[column][k] }
                b[row] -= factor * b[column]
            }
        }
        for row in (0..<n).reversed() {
            for k in (row + 1)..<max(n, row + 1) { b[row] -= a[row][k] * b[k] }
            b[row] = a[row][row] != 0 ? b[row] / a[row][row] : 0
        }
        return b
    }

    /// Slope of the flow of every link over the difference of the heads at its ends; zero where closed or held. [m²/s]
    public func linkConductances() -> [Double] {
        (0..<model.linkCount).map { link in
            let k = Int(model.table.placeOfLink[link])
            return status[k].isClosed ? 0 : conductance[k]
        }
    }
}
