// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// A choice of inlets as a design: the run of the network with it, and what it changes.
struct ZoneReport {
    typealias Shortfall = (node: Node.ID, time: Int, shortfall: Double)
    /// `day`: which of the trial's days.
    typealias Moment = (time: Int, state: HydraulicState, shortfall: Double, day: Int)

    let layout: ZoneLayout
    let trial: ZoneTrial
    let feeds: ZoneFeeds
    private let options: ZoneDesignOptions
    private let network: Network
    private(set) var shortfalls: [Shortfall] = []
    /// The moment of the greatest shortfall, with tanks, pumps and valves as the run has them; nil where every pressure is kept.
    private(set) var worst: Moment?
    /// The same of each zone that lacks something, by −1 of what lies outside.
    private(set) var worstOfZone: [Int: Moment] = [:]
    /// Over the nodes that draw water, at the time of today's peak in the run of the first of the trial's days; −∞ where that was not run. [m]
    private(set) var meanAtPeak = -Double.infinity
    private var isConverged = false
    private var lowestOfRun: [Double]

    /// - brief: of the trial's days those on which only whether every pressure is kept is asked, up to the first that is not; nil: all
    ///   days to their end.
    init(_ layout: ZoneLayout, _ trial: ZoneTrial, _ feeds: ZoneFeeds, _ options: ZoneDesignOptions, brief: Range<Int>? = nil) {
        (self.layout, self.trial, self.feeds, self.options) = (layout, trial, feeds, options)
        var network = layout.network
        for link in feeds.closed { network.links[link].status = .closed }
        for node in network.nodes.indices where network.nodes[node].isJunction {
            network.nodes[node].tag = layout.zoneOfNode[node] < 0 ? nil : Self.name(layout.zoneOfNode[node])
        }
        self.network = network
        lowestOfRun = Array(repeating: .infinity, count: layout.zoneCount)
        follow(brief)
    }

    static func name(_ zone: Int) -> String { "Z\(zone + 1)" }

    /// The whole run with the design, beside today's, on each of the trial's days.
    private mutating func follow(_ brief: Range<Int>?) {
        var worst: [Int: (time: Int, shortfall: Double)] = [:]
        isConverged = true
        for day in brief ?? trial.days.indices where brief == nil || (isConverged && worst.isEmpty) {
            guard let model = try? HydraulicModel(network, constants: trial.days[day].constants) else {
                isConverged = false
                return
            }
            let run = ExtendedPeriod(model)
            var step = 0
            while let moment = run.next() {
                if moment.outcome != .converged { isConverged = false }
                if brief != nil, !isConverged || !worst.isEmpty { break }
                guard moment.isReported else { continue }
                defer { step += 1 }
                guard step < trial.days[day].pressures.count else { continue }
                look(at: run.state(), Int(moment.time), day, step, &worst)
            }
        }
        self.worst = worstOfZone.values.max { ($0.shortfall, -$0.time) < ($1.shortfall, -$1.time) }
        shortfalls = worst.sorted { $0.key < $1.key }.map { (layout.network.nodes[$0.key].id, $0.value.time, $0.value.shortfall) }
    }

    private mutating func look(
        at state: HydraulicState, _ time: Int, _ day: Int, _ step: Int, _ worst: inout [Int: (time: Int, shortfall: Double)]
    ) {
        let now = trial.pressures(state)
        let before = trial.days[day].pressures[step]
        if day == 0, time == trial.moments[0].time {
            meanAtPeak = trial.drawing.reduce(0) { $0 + (now[$1] ?? 0) } / Double(max(1, trial.drawing.count))
        }
        for node in trial.drawing {
            let pressure = now[node]
            let zone = layout.zoneOfNode[node]
            if zone >= 0 { lowestOfRun[zone] = min(lowestOfRun[zone], pressure ?? -.infinity) }
            guard before[node] > -.infinity else { continue }
            let shortfall = trial.fault(pressure, before: Double(before[node]))
            if shortfall > worst[node]?.shortfall ?? 1e-6 { worst[node] = (time, shortfall) }
            if shortfall > worstOfZone[zone]?.shortfall ?? 1e-6 { worstOfZone[zone] = (time, state, shortfall, day) }
        }
    }

    var keeps: Bool { isConverged && shortfalls.isEmpty }

    /// Today's state at a moment of the run.
    func stateBefore(at time: Int) -> HydraulicState? {
        guard let model = try? HydraulicModel(layout.network) else { return nil }
        var found: HydraulicState?
        _ = Simulation(of: model, keepsSteps: false) { moment, tell in if moment == time { found = tell() } }
        return found
    }

    var design: ZoneDesign {
        let before = trial.solve(0, closed: [Int]())
        let after = trial.solve(0, closed: feeds.closed)
        let borders = feeds.borders.map { border -> ZoneDesign.Border in
            let link = network.links[border.link]
            let diameter = link.pipe?.diameter ?? link.valve?.diameter
            let role: ZoneDesign.Border.Role = border.isFixed ? .device : feeds.closed.contains(border.link) ? .closed : .inlet
            return .init(
                link: link.id, from: border.from < 0 ? nil : Self.name(border.from), to: border.to < 0 ? nil : Self.name(border.to),
                role: role, diameter: diameter, flowBefore: before.flows[border.link], flowAfter: after.flows[border.link],
                velocityAfter: diameter.map { abs(after.flows[border.link]) / (Double.pi * $0 * $0 / 4) })
        }
        return ZoneDesign(
            zones: zones(before, after), zoneOfNode: layout.zoneOfNode.map { $0 < 0 ? nil : Self.name($0) }, isTrunk: layout.isTrunk,
            trunkDiameter: layout.trunkDiameter, properties: layout.weights.reduce(0, +),
            propertiesOutside: zip(layout.weights, layout.zoneOfNode).reduce(0) { $1.1 < 0 ? $0 + $1.0 : $0 }, borders: borders,
            before: comparison(before), after: comparison(after), peakTime: trial.moments[0].time, shortfalls: shortfalls,
            isConverged: isConverged, network: network, solves: trial.solves)
    }

    private func zones(_ before: HydraulicState, _ after: HydraulicState) -> [ZoneDesign.Zone] {
        let was = trial.pressures(before), now = trial.pressures(after)
        var edges: [(from: Int, to: Int, weight: Double)] = []
        var length = [Double](repeating: 0, count: layout.zoneCount)
        for (index, pair) in layout.ends.enumerated() where layout.isOpen[index] {
            let zone = layout.zoneOfNode[pair.start]
            guard zone >= 0, zone == layout.zoneOfNode[pair.end] else { continue }
            edges.append((pair.start, pair.end, 1))
            length[zone] += network.pipe(at: index)?.length ?? 0
        }
        let pieces = WeightedGraph(nodeWeights: layout.weights, edges: edges).pieces(of: layout.zoneOfNode)
        var nodes = [[Int]](repeating: [], count: layout.zoneCount)
        for (node, zone) in layout.zoneOfNode.enumerated() where zone >= 0 { nodes[zone].append(node) }
        let shortOfRun = Set(shortfalls.map(\.node))
        return nodes.enumerated().map { zone, members in
            let properties = members.reduce(0) { $0 + layout.weights[$1] }
            let drawing = trial.drawing.filter { layout.zoneOfNode[$0] == zone }
            let critical = drawing.min { (now[$0] ?? -1e9, $0) < (now[$1] ?? -1e9, $1) }
            func mean(_ pressures: [Double?]) -> Double {
                drawing.isEmpty ? 0 : drawing.reduce(0) { $0 + (pressures[$1] ?? 0) } / Double(drawing.count)
            }
            let fire = critical.flatMap { node in options.fireFlow > 0 ? firePressures(node) : nil }
            let limits = members.map { network.nodes[$0].elevation }
            let mine = feeds.borders.filter { $0.touches(zone) }
            return ZoneDesign.Zone(
                name: Self.name(zone), properties: properties, nodes: members.count,
                demand: members.reduce(0) { $0 + trial.moments[0].conditions.demands[$1] }, mainsLength: length[zone],
                lowestElevation: limits.min() ?? 0, highestElevation: limits.max() ?? 0, pieces: pieces[zone] ?? 0,
                inlets: mine.count { !feeds.closed.contains($0.link) }, closedValves: mine.count { feeds.closed.contains($0.link) },
                lowestBefore: drawing.compactMap { was[$0] }.min() ?? 0, lowestAfter: critical.flatMap { now[$0] } ?? 0,
                criticalNode: critical.map { network.nodes[$0].id }, lowestOfRun: lowestOfRun[zone], meanBefore: mean(was),
                meanAfter: mean(now), fireBefore: fire?.before, fireAfter: fire?.after,
                isWithinBounds: properties >= options.leastProperties * (1 - 1e-9) && properties <= options.mostProperties * (1 + 1e-9),
                keepsPressure: !drawing.contains { shortOfRun.contains(network.nodes[$0].id) },
                keepsFirePressure: fire.map {
                    $0.after >= min(options.firePressure, $0.before) - options.pressureTolerance
                } ?? true)
        }
    }

    private func firePressures(_ node: Int) -> (before: Double, after: Double) {
        func pressure(_ closed: [Int]) -> Double {
            trial.pressures(trial.solve(0, closed: closed, drawing: (node, options.fireFlow)))[node] ?? -100
        }
        return (pressure([]), pressure(feeds.closed))
    }

    private func comparison(_ state: HydraulicState) -> ZoneDesign.Comparison {
        let pressures = trial.pressures(state)
        let known = trial.drawing.compactMap { pressures[$0] }
        let age = age(state)
        let velocity = network.links.indices.reduce(0.0) { highest, index in
            guard let pipe = network.pipe(at: index) else { return highest }
            return max(highest, abs(state.flows[index]) / (Double.pi * pipe.diameter * pipe.diameter / 4))
        }
        return .init(
            meanPressure: known.reduce(0, +) / Double(max(1, known.count)), lowestPressure: known.min() ?? 0,
            resilience: trial.resilience(state, 0), meanAge: age.mean, oldAge: age.old, highestVelocity: velocity)
    }

    /// Time that water takes from a source or tank, mixed at nodes by flow. [h]
    private func age(_ state: HydraulicState) -> (mean: Double, old: Double) {
        var arriving = [[(from: Int, flow: Double, time: Double)]](repeating: [], count: network.nodes.count)
        var leaving = [[Int]](repeating: [], count: network.nodes.count)
        var waiting = [Int](repeating: 0, count: network.nodes.count)
        for (index, pair) in layout.ends.enumerated() where abs(state.flows[index]) > 1e-9 {
            let (from, to) = state.flows[index] > 0 ? (pair.start, pair.end) : (pair.end, pair.start)
            let volume = network.pipe(at: index).map { Double.pi * $0.diameter * $0.diameter / 4 * $0.length } ?? 0
            arriving[to].append((from, abs(state.flows[index]), volume / abs(state.flows[index])))
            leaving[from].append(to)
            waiting[to] += 1
        }
        var age = [Double](repeating: 0, count: network.nodes.count)
        var ready = waiting.indices.filter { waiting[$0] == 0 || !network.nodes[$0].isJunction }
        var place = 0
        var isDone = [Bool](repeating: false, count: age.count)
        while place < ready.count {
            let node = ready[place]
            place += 1
            guard !isDone[node] else { continue }
            isDone[node] = true
            if network.nodes[node].isJunction {
                let flow = arriving[node].reduce(0) { $0 + $1.flow }
                age[node] = flow > 0 ? arriving[node].reduce(0) { $0 + $1.flow * (age[$1.from] + $1.time) } / flow : 0
            }
            for next in leaving[node] {
                waiting[next] -= 1
                if waiting[next] == 0 { ready.append(next) }
            }
        }
        let drawn = trial.drawing.filter { isDone[$0] && state.demands[$0] > 0 }.map { (age: age[$0] / 3600, demand: state.demands[$0]) }
            .sorted { $0.age < $1.age }
        let whole = drawn.reduce(0) { $0 + $1.demand }
        guard whole > 0 else { return (0, 0) }
        var sum = 0.0
        let old =
            drawn.first {
                sum += $0.demand; return sum >= 0.95 * whole
            }?.age ?? 0
        return (drawn.reduce(0) { $0 + $1.age * $1.demand } / whole, old)
    }
}
