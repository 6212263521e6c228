// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import WaterModel

/// The engine beside the design: pressures of the network with some pipes closed, at moments that matter, against what must be kept.
final class ZoneTrial {
    /// A moment of the day, as the network runs today.
    struct Moment {
        /// Since the start of the run. [s]
        var time: Int
        var conditions: BoundaryConditions
        /// Today; nil at nodes without water. [m]
        var before: [Double?]
        var flowsBefore: [Double]
    }

    let network: Network
    let options: ZoneDesignOptions
    /// Today's run, by one way of going through time.
    struct Day {
        var constants: PhysicalConstants
        /// Of the reporting steps, since the start of the run. [s]
        var times: [Int] = []
        /// Of each node at each of them; −∞ without water. [m]
        var pressures: [[Float]] = []
    }

    /// By exact tanks and, where the network has tanks, by EPANET's explicit steps: tanks and pumps switch at other times there, and
    /// a pressure that is kept by one alone hangs on the clock, not on the zones.
    private(set) var days: [Day] = []
    private(set) var moments: [Moment] = []
    /// Nodes that someone draws water from.
    let drawing: [Int]
    let ends: [(start: Int, end: Int)]
    private let solver: HydraulicSolver
    private(set) var solves = 0
    private let model: HydraulicModel

    /// - isBrief: today's run by exact tanks alone, for a look at the peak.
    init(_ network: Network, _ options: ZoneDesignOptions, isBrief: Bool = false) throws(HydraulicError) {
        self.network = network
        let places = network.nodeIndex()
        ends = network.links.map { (places[$0.start] ?? 0, places[$0.end] ?? 0) }
        self.options = options
        model = try HydraulicModel(network)
        solver = HydraulicSolver(model)
        let drawing = network.nodes.indices.filter { network.nodes[$0].junction?.demands.contains { $0.baseFlow > 0 } ?? false }
        self.drawing = drawing
        var greatest = -Double.infinity
        var peak: (time: Int, state: HydraulicState)?
        let elevations = network.nodes.map(\.elevation)
        let hasTwoWays = !isBrief && network.nodes.contains { $0.tank != nil }
        for constants in hasTwoWays ? [.exact, .epanet] : [PhysicalConstants.exact] {
            var day = Day(constants: constants)
            let model = constants.followsEPANET ? try HydraulicModel(network, constants: constants) : model
            _ = Simulation(of: model, keepsSteps: false) { time, tell in
                let state = tell()
                day.times.append(time)
                day.pressures.append(
                    elevations.indices.map { node in state.heads[node].map { Float($0 - elevations[node]) } ?? -.infinity })
                let demand = drawing.reduce(0.0) { $0 + state.demands[$1] }
                if days.isEmpty, demand > greatest { (greatest, peak) = (demand, (time, state)) }
            }
            days.append(day)
        }
        if let peak { add(peak.time, peak.state) }
    }

    /// Takes a moment of today's run among those that are looked at.
    func add(_ time: Int, _ state: HydraulicState) {
        take(time, state)
        let solved = solve(moments.count - 1, closed: [])
        moments[moments.count - 1].before = pressures(solved)
        moments[moments.count - 1].flowsBefore = solved.flows
    }

    /// Takes a moment of a run with links closed, beside today's pressures at that time of the same day.
    func add(_ time: Int, _ state: HydraulicState, day: Int, with closed: [Int]) {
        take(time, state)
        for link in closed { moments[moments.count - 1].conditions.statuses[link] = .open }
        guard let step = days[day].times.firstIndex(of: time) else { return }
        moments[moments.count - 1].before = days[day].pressures[step].map { $0 > -.infinity ? Double($0) : nil }
    }

    /// Forgets the moment that was added last.
    func forgetLast() { moments.removeLast() }

    private func take(_ time: Int, _ state: HydraulicState) {
        var conditions = BoundaryConditions(of: network, at: time)
        for (index, node) in network.nodes.enumerated() where node.tank != nil { conditions.fixedHeads[index] = state.heads[index] }
        for (index, link) in network.links.enumerated() where link.valve == nil {
            conditions.statuses[index] = state.statuses[index] == .closed ? .closed : .open
        }
        let unknown = [Double?](repeating: nil, count: network.nodes.count)
        moments.append(Moment(time: time, conditions: conditions, before: unknown, flowsBefore: []))
    }

    /// The state of a moment with pipes closed and, where asked for, water drawn at a node on top.
    func solve(_ moment: Int, closed: some Sequence<Int>, drawing extra: (node: Int, flow: Double)? = nil) -> HydraulicState {
        var conditions = moments[moment].conditions
        for link in closed { conditions.statuses[link] = .closed }
        if let extra { conditions.demands[extra.node] += extra.flow }
        solves += 1
        let state = solver.solve(conditions, warm: solves > 1)
        // A warm start that does not end well is tried anew.
        return state.verdict.outcome == .converged || state.verdict.outcome == .demandWithoutSource ? state : solver.solve(conditions)
    }

    /// Closed pipes in order of what they would carry by the heads at their ends, most first: as (Δh d⁵ / L)^½, which is Darcy–Weisbach's
    /// law but for the friction. Those with a dry end come before all others.
    func byPotentialFlow(_ links: [Int], _ state: HydraulicState) -> [Int] {
        func potential(_ link: Int) -> Double {
            guard let pipe = network.pipe(at: link), let start = state.heads[ends[link].start], let end = state.heads[ends[link].end] else {
                return .infinity
            }
            return abs(start - end) * pow(pipe.diameter, 5) / max(pipe.length, 1e-3)
        }
        return links.map { ($0, potential($0)) }.sorted { (-$0.1, $0.0) < (-$1.1, $1.0) }.map(\.0)
    }

    func pressures(_ state: HydraulicState) -> [Double?] {
        zip(state.heads, network.nodes).map { head, node in head.map { $0 - node.elevation } }
    }

    /// What a node must keep: the least pressure asked for or what it has today, less the tolerance. [m]
    func limit(_ before: Double?) -> Double {
        guard let before else { return -.infinity }
        return min(options.minimumPressure, before) - options.pressureTolerance
    }

    /// By how much a pressure falls below what must be kept, or rises above what it may; below 0 where neither. A node without water
    /// counts its whole limit and 100 m. [m]
    func fault(_ pressure: Double?, before: Double?) -> Double {
        let limit = limit(before)
        guard limit > -.infinity else { return -.infinity }
        guard let pressure else { return 100 + max(0, limit) }
        return max(limit - pressure, pressure - max(options.mostPressure, before ?? 0) - options.pressureTolerance)
    }

    /// Faults of the nodes that draw water. [m]
    func deficits(_ moment: Int, closed: some Sequence<Int>) -> [Int: Double] {
        let now = pressures(solve(moment, closed: closed))
        var result: [Int: Double] = [:]
        for node in drawing {
            let fault = fault(now[node], before: moments[moment].before[node])
            if fault > 0 { result[node] = fault }
        }
        return result
    }

    /// What a choice of closed links leaves at a moment.
    struct Judged {
        /// Faults of the nodes that draw water, together. [m]
        var deficit: Double
        /// Over the nodes that draw water. [m]
        var mean: Double
        var state: HydraulicState
    }

    func judged(_ moment: Int, closed: some Sequence<Int>) -> Judged {
        let state = solve(moment, closed: closed)
        let now = pressures(state)
        var result = Judged(deficit: 0, mean: 0, state: state)
        for node in drawing {
            result.deficit += max(0, fault(now[node], before: moments[moment].before[node]))
            result.mean += (now[node] ?? 0) / Double(drawing.count)
        }
        return result
    }

    /// Resilience index: power that is left over what the least pressure needs, over all that could be (Todini 2000, Urban Water 2). [–]
    func resilience(_ state: HydraulicState, _ moment: Int) -> Double {
        var surplus = 0.0, needed = 0.0, supplied = 0.0
        for (index, node) in network.nodes.enumerated() {
            guard let head = state.heads[index] else { continue }
            if node.isJunction {
                let demand = max(0, state.demands[index])
                surplus += demand * (head - node.elevation - options.minimumPressure)
                needed += demand * (node.elevation + options.minimumPressure)
            } else {
                // A tank or reservoir that gives has a negative net inflow.
                supplied -= min(0, state.demands[index]) * head
            }
        }
        for (index, link) in network.links.enumerated() where link.pump != nil {
            guard let low = state.heads[ends[index].start], let high = state.heads[ends[index].end] else { continue }
            supplied += max(0, state.flows[index]) * max(0, high - low)
        }
        return supplied > needed ? surplus / (supplied - needed) : 0
    }
}
