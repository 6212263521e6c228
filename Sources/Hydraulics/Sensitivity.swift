// SPDX-License-Identifier: GPL-3.0-or-later

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

extension HydraulicSolver {
    /// How observations answer to an outflow at each node, from the converged state of the last solve.
    ///
    /// Returns, for each observation, ∂(observation)/∂(outflow) at every node in the order of `network.nodes`: [m per m³/s] for
    /// heads, [–] for flows; zero at reservoirs, tanks and cut-off nodes. One back-solve an observation: with J δh = −a e_j
    /// (J the matrix of the last iteration), z from Jᵀ z = ∂(observation)/∂h gives −z_j at node j.
    ///
    /// Valves that hold a head make J unsymmetric: the held node's balance acts at the valve's other end. With A the symmetric
    /// matrix of the free heads and c_v the row by which the flow of valve v answers to them, Jᵀ = A + Σ c_v e_uᵀ, which is
    /// solved exactly from back-solves with A and a small dense system, one row a valve. Statuses are taken as they stand.
    ///
    /// - Returns: nil where the last solve has no factorisation to go by, or an observation names what does not exist.
    public mutating func sensitivities(of observations: [Observation]) -> [[Double]]? {
        evaluateLosses()
        assemble()
        guard case .factored = matrix.factor(diagonal: diagonal, offDiagonal: offDiagonal) else { return nil }
        let nodes = network.nodeIndex(), links = network.linkIndex()
        let valves = activeValves()
        var columns: [[Double]] = []
        for valve in valves {
            // c_v: the valve's flow falls as the heads around the held node rise, −P each (PRV); mirrored for PSV.
            columns.append(response(ofValve: valve))
        }
        // Direct effect of an outflow at a held node on an observation of its own valve.
        var direct: [(observation: Int, row: Int, value: Double)] = []
        for (index, observation) in observations.enumerated() {
            var column = [Double](repeating: 0, count: junctionCount)
            switch observation {
            case .head(let id):
                guard let node = nodes[id] else { return nil }
                if isUnknown(rowOfNode[node]) { column[rowOfNode[node]] = 1 }
            case .flow(let id):
                guard let link = links[id] else { return nil }
                add(flowOf: link, times: 1, to: &column, observation: index, direct: &direct)
            case .netInflow(let id):
                guard let node = nodes[id] else { return nil }
                let row = rowOfNode[node]
                for k in 0..<table.count {
                    if Int(table.end[k]) == row { add(flowOf: k, times: 1, to: &column, observation: index, direct: &direct) }
                    if Int(table.start[k]) == row { add(flowOf: k, times: -1, to: &column, observation: index, direct: &direct) }
                }
            }
            columns.append(column)
        }
        matrix.solve(&columns)
        let w = Array(columns.prefix(valves.count))
        var result: [[Double]] = []
        for (index, y) in columns.dropFirst(valves.count).enumerated() {
            var z = y
            if !valves.isEmpty {
                // (I + W) z_u = y_u, where W_ab = (A⁻¹ c_b) at the outer end of valve a.
                let atValves = solveSmall(valves, w, y)
                for (v, value) in atValves.enumerated() where value != 0 {
                    for row in 0..<junctionCount { z[row] -= w[v][row] * value }
                }
                for (v, valve) in valves.enumerated() { z[valve.held] = valve.sign * atValves[v] }
            }
            var answer = [Double](repeating: 0, count: network.nodes.count)
            for row in 0..<junctionCount where !isIsolated[row] { answer[nodeOfRow[row]] = -z[row] }
            for term in direct where term.observation == index { answer[nodeOfRow[term.row]] += term.value }
            result.append(answer)
        }
        return result
    }

    struct ActiveValve {
        let link: Int
        /// Row whose head it holds.
        let held: Int
        /// Row that supplies (PRV) or takes (PSV) what the held node asks for.
        let outer: Int
        /// +1: the outer end gives what the held node needs.
        let sign: Double
    }

    private func activeValves() -> [ActiveValve] {
        pressureValves.filter { statuses[$0] == .active && isCarrying[$0] }.map { k in
            let isReducing = table.kind[k] == .prv
            let held = Int(isReducing ? table.end[k] : table.start[k])
            // Where the other end is held too, what is asked of it goes on to the far end of the valve that holds it.
            var outer = Int(isReducing ? table.start[k] : table.end[k])
            for _ in pressureValves {
                guard outer < junctionCount, holder[outer] >= 0 else { break }
                let next = Int(holder[outer])
                outer = Int(table.kind[next] == .prv ? table.start[next] : table.end[next])
            }
            return ActiveValve(link: k, held: held, outer: outer, sign: 1)
        }
    }

    /// How the outflow at the outer end of a valve answers to the free heads: −P of each link at the held node.
    private func response(ofValve valve: ActiveValve) -> [Double] {
        var column = [Double](repeating: 0, count: junctionCount)
        for k in linksOfHeld[valve.held] ?? [] where k != valve.link && !isHeld(k) && !(isFinal && statuses[k].isClosed) {
            let other = Int(table.start[k]) == valve.held ? Int(table.end[k]) : Int(table.start[k])
            if isUnknown(other) { column[other] -= conductance(k) }
        }
        return column
    }

    private func add(
        flowOf k: Int, times factor: Double, to column: inout [Double], observation: Int,
        direct: inout [(observation: Int, row: Int, value: Double)], depth: Int = 0
    ) {
        // Two valves that hold each other's ends would go round for ever.
        guard isCarrying[k], !statuses[k].isClosed, depth <= pressureValves.count else { return }
        if isHeld(k) {
            guard let valve = activeValves().first(where: { $0.link == k }) else { return }
            // Flow of a PRV is what its held node needs; of a PSV, what it has to spare.
            let sign = table.kind[k] == .prv ? factor : -factor
            for (row, value) in response(ofValve: valve).enumerated() where value != 0 { column[row] += sign * value }
            direct.append((observation, valve.held, sign))
            // Other valves at the held node take from it, or give to it.
            for other in linksOfHeld[valve.held] ?? [] where other != k && isHeld(other) && table.kind[other] != .fcv {
                add(
                    flowOf: other, times: Int(table.start[other]) == valve.held ? sign : -sign, to: &column, observation: observation,
                    direct: &direct, depth: depth + 1)
            }
            return
        }
        let i = Int(table.start[k]), j = Int(table.end[k])
        let p = conductance(k)
        if isUnknown(i) { column[i] += factor * p }
        if isUnknown(j) { column[j] -= factor * p }
    }

    /// Values of z at the outer ends of the valves: Gaussian elimination with pivoting; valves are few.
    private func solveSmall(_ valves: [ActiveValve], _ w: [[Double]], _ y: [Double]) -> [Double] {
        let n = valves.count
        var a = (0..<n).map { i in (0..<n).map { j in (i == j ? 1 : 0) + (valves[i].outer < junctionCount ? w[j][valves[i].outer] : 0) } }
        var b = valves.map { $0.outer < junctionCount ? y[$0.outer] : 0 }
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
        (0..<table.count).map { k in
            isCarrying[k] && !isHeld(k) && !statuses[k].isClosed ? conductance(k) : 0
        }
    }
}
