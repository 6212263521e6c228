// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import WaterModel

/// Pressures of a network's zones through its run, and the settings that they leave.
struct PressureSeries {
    private struct Inlet {
        var link: Int
        /// Node inside the zone.
        var inside: Int
        /// Into the zone. [m³/s]
        var flow: [Double] = []
    }

    let network: Network
    let options: PressureZoneOptions
    /// Metres by which the engine's run asked for higher settings, by zone.
    var raise: [String: Double] = [:]
    private(set) var zoneNames: [String] = []
    private(set) var times: [Int] = []
    /// By step and node. [m]
    private var pressures: [[Float]] = []
    /// Delivered to customers, by step and node. [m³/s]
    private var consumptions: [[Float]] = []
    private var members: [String: [Int]] = [:]
    private var inlets: [String: [Inlet]] = [:]
    /// Why a zone cannot be held by valves at its inlets.
    private var obstacles: [String: String] = [:]

    init(_ network: Network, _ options: PressureZoneOptions) throws(HydraulicError) {
        self.network = network
        self.options = options
        let places = network.nodeIndex()
        let switched = Set(network.controls.map(\.link)).union(network.rules.flatMap { ($0.thenActions + $0.elseActions).map(\.link) })
        zoneNames = Set(network.nodes.compactMap { $0.isJunction ? $0.tag : nil }).sorted {
            ($0.count, $0) < ($1.count, $1)
        }
        for (index, node) in network.nodes.enumerated() {
            guard node.isJunction, let tag = node.tag, node.junction?.demands.contains(where: { $0.baseFlow > 0 }) ?? false else {
                continue
            }
            members[tag, default: []].append(index)
        }
        var ends: [(link: Int, start: Int, end: Int)] = []
        for index in network.links.indices {
            let link = network.links[index]
            guard let start = places[link.start], let end = places[link.end] else { continue }
            let isSwitched = switched.contains(link.id)
            let isPlain =
                !(network.pipe(at: index)?.hasCheckValve ?? true) && !isSwitched && network.nodes[start].isJunction
                && network.nodes[end].isJunction
            let from = network.nodes[start].isJunction ? network.nodes[start].tag : nil
            let to = network.nodes[end].isJunction ? network.nodes[end].tag : nil
            guard from != to, isSwitched || link.status != .closed || network.pipe(at: index) == nil else { continue }
            ends.append((index, start, end))
            for (zone, inside) in [(from, start), (to, end)] {
                guard let zone else { continue }
                if isPlain {
                    inlets[zone, default: []].append(Inlet(link: index, inside: inside))
                } else {
                    obstacles[zone] = "link \(link.id) at its border is a pump, a valve, a tank's or a switched one"
                }
            }
        }
        let model = try HydraulicModel(network)
        var flows: [[Double]] = []
        var pressures: [[Float]] = [], consumptions: [[Float]] = [], times: [Int] = []
        let borders = ends.map(\.link)
        let elevations = network.nodes.map(\.elevation)
        _ = Simulation(of: model, keepsSteps: false) { time, tell in
            let state = tell()
            let row = elevations.indices.map { node -> Float in
                guard let head = state.heads[node] else { return -.infinity }
                return Float(head - elevations[node])
            }
            pressures.append(row)
            consumptions.append(elevations.indices.map { Float(max(0, state.demands[$0] - state.leakage[$0])) })
            flows.append(borders.map { state.flows[$0] })
            times.append(time)
        }
        (self.pressures, self.consumptions, self.times) = (pressures, consumptions, times)
        let column = Dictionary(uniqueKeysWithValues: ends.enumerated().map { ($1.link, $0) })
        for zone in zoneNames {
            for index in (inlets[zone] ?? []).indices {
                guard let inlet = inlets[zone]?[index], let place = column[inlet.link] else { continue }
                let sign = ends[place].end == inlet.inside ? 1.0 : -1.0
                inlets[zone]?[index].flow = flows.map { sign * $0[place] }
                if flows.contains(where: { sign * $0[place] < -1e-6 }) {
                    obstacles[zone] = "water leaves it through \(network.links[inlet.link].id)"
                }
            }
        }
    }

    /// What a node must keep: the least pressure, or what it has at that moment. [m]
    private func limit(_ now: Float) -> Double { min(options.minimumPressure, Double(now)) }

    /// The zone's valves and what they bring.
    func zone(_ name: String) -> PressureZoneDesign.Zone {
        let nodes = members[name] ?? []
        let mean = mean(nodes) { Double(pressures[$0][$1]) }, highest = highest(nodes) { Double(pressures[$0][$1]) }
        func none(_ reason: String) -> PressureZoneDesign.Zone {
            .init(name: name, valves: [], reason: reason, meanPressure: mean, highestPressure: highest, effects: [], criticalNode: nil)
        }
        guard !nodes.isEmpty, !times.isEmpty else { return none("no node in it draws water") }
        if let obstacle = obstacles[name] { return none(obstacle) }
        guard let inlets = inlets[name], !inlets.isEmpty else { return none("it has no inlet") }
        var critical = nodes[0]
        var least = Double.infinity
        // How far all inlets may be lowered at each step.
        let slack = pressures.map { step -> Double in
            var smallest = Double.infinity
            for node in nodes where step[node].isFinite {
                let room = Double(step[node]) - limit(step[node])
                smallest = min(smallest, room)
                if room < least { (least, critical) = (room, node) }
            }
            return max(0, (smallest.isFinite ? smallest : 0) - options.margin - (raise[name] ?? 0))
        }
        let needed = inlets.map { inlet in times.indices.map { Double(pressures[$0][inlet.inside]) - slack[$0] } }
        let periods = 86_400 / options.period
        func period(_ step: Int) -> Int { (times[step] + network.times.startClockTime) % 86_400 / options.period }
        let valves = inlets.enumerated().map { index, inlet -> PressureZoneDesign.Valve in
            let link = network.links[inlet.link]
            let highest = needed[index].max() ?? 0
            let timed = (0..<periods).map { number in
                times.indices.filter { period($0) == number }.map { needed[index][$0] }.max() ?? highest
            }
            let line = inlets.count == 1 ? Self.line(inlet.flow.map { $0 * $0 }, needed[index]) : nil
            return .init(
                link: link.id, valve: Link.ID("\(link.id.name)_PRV"), diameter: link.pipe?.diameter ?? 0, fixedSetting: highest,
                timedSettings: timed, flowSetting: line)
        }
        /// Metres taken off at a step.
        func reduction(_ mode: PressureZoneDesign.Mode, _ step: Int) -> Double {
            valves.indices.map { index in
                let setting: Double
                switch mode {
                case .fixed: setting = valves[index].fixedSetting
                case .timed: setting = valves[index].timedSettings[period(step)]
                case .flow:
                    let flow = inlets[index].flow[step]
                    let fixed = valves[index].fixedSetting
                    setting = valves[index].flowSetting.map { min(fixed, $0.constant + $0.square * flow * flow) } ?? fixed
                }
                return max(0, Double(pressures[step][inlets[index].inside]) - setting)
            }.min() ?? 0
        }
        let effects = PressureZoneDesign.Mode.allCases.filter { $0 != .flow || inlets.count == 1 }.map { mode in
            let lowered = times.indices.map { reduction(mode, $0) }
            return effect(mode, name, nodes) { Double(pressures[$0][$1]) - lowered[$0] }
        }
        guard let fixed = effects.first, mean - fixed.meanPressure >= options.leastReduction else {
            return none("node \(network.nodes[critical].id) leaves less than \(text(options.leastReduction)) m to be taken off")
        }
        return .init(
            name: name, valves: valves, reason: nil, meanPressure: mean, highestPressure: highest, effects: effects,
            criticalNode: network.nodes[critical].id)
    }

    /// Setting of a zone's only valve by flow at each step of today's run; nil where several inlets share the flow. [m]
    func settingsByFlow(_ zone: PressureZoneDesign.Zone) -> [Double]? {
        guard zone.valves.count == 1, let line = zone.valves[0].flowSetting, let inlet = inlets[zone.name]?.first else { return nil }
        return inlet.flow.map { min(zone.valves[0].fixedSetting, line.constant + line.square * $0 * $0) }
    }

    /// By zone, the most by which a node lies below what it must keep, by what it has today at the last step up to then. [m]
    func shortfallsNow(_ heads: [Double?], at time: Int) -> [String: Double] {
        guard let step = times.lastIndex(where: { $0 <= time }) else { return [:] }
        return members.mapValues { nodes in
            nodes.reduce(-Double.infinity) { worst, node in
                guard pressures[step][node].isFinite else { return worst }
                return max(worst, heads[node].map { limit(pressures[step][node]) - ($0 - network.nodes[node].elevation) } ?? 100)
            }
        }
    }

    /// The zones with what the run of the fitted network shows in place of what followed from today's: a valve inside a zone lowers less where
    /// the inlet is lowered.
    ///
    /// - run: by time, pressure of each node with the valves; steps of today's run that it lacks count as they are today. [m]
    func measured(
        _ zones: [PressureZoneDesign.Zone], _ mode: PressureZoneDesign.Mode, _ run: [Int: [Float]]
    ) -> [PressureZoneDesign.Zone] {
        let rows = times.indices.map { run[times[$0]] ?? pressures[$0] }
        return zones.map { zone in
            guard !zone.valves.isEmpty, let nodes = members[zone.name] else { return zone }
            var result = zone
            result.effects = zone.effects.map { told in
                told.mode == mode ? effect(mode, zone.name, nodes) { Double(rows[$0][$1]) } : told
            }
            return result
        }
    }

    private func mean(_ nodes: [Int], _ pressure: (_ step: Int, _ node: Int) -> Double) -> Double {
        var sum = 0.0, count = 0
        for (step, row) in pressures.enumerated() {
            for node in nodes where row[node].isFinite {
                sum += pressure(step, node)
                count += 1
            }
        }
        return count > 0 ? sum / Double(count) : 0
    }

    private func highest(_ nodes: [Int], _ pressure: (_ step: Int, _ node: Int) -> Double) -> Double {
        let tops = nodes.map { node in
            pressures.indices.reduce(0.0) { pressures[$1][node].isFinite ? max($0, pressure($1, node)) : $0 }
        }
        return tops.isEmpty ? 0 : tops.reduce(0, +) / Double(tops.count)
    }

    private func effect(
        _ mode: PressureZoneDesign.Mode, _ name: String, _ nodes: [Int], _ pressure: (_ step: Int, _ node: Int) -> Double
    ) -> PressureZoneDesign.Effect {
        let highestBefore = highest(nodes) { Double(pressures[$0][$1]) }
        let mean = mean(nodes, pressure), highest = highest(nodes, pressure)
        // Leakage follows the pressure of each moment: Σ p₁^N1 over Σ p₀^N1.
        let cuts = options.leakageExponents.map { exponent in
            var before = 0.0, after = 0.0
            for (step, row) in pressures.enumerated() {
                for node in nodes where row[node].isFinite {
                    before += pow(max(0, Double(row[node])), exponent)
                    after += pow(max(0, pressure(step, node)), exponent)
                }
            }
            return before > 0 ? 1 - after / before : 0
        }
        let fall = options.consumptionExponents.map { consumptionCut($0, nodes, pressure) }
        let spared = options.consumptionExponents.isEmpty ? nil : Self.central(fall) * consumption(nodes)
        // Water that is not delivered: leakage that goes, and consumption that falls.
        let saved = options.leakage[name].map { $0 * Self.central(cuts) + (spared ?? 0) }
        return .init(
            mode: mode, meanPressure: mean, highestPressure: highest, leakageCut: cuts,
            burstCut: options.burstFactors.map { PressureEffect.burstReduction(before: highestBefore, after: highest, factor: $0) },
            consumptionCut: options.consumptionExponents.isEmpty ? nil : Self.central(fall), waterSaved: saved,
            energySaved: saved.map { $0 * options.energyPerVolume }, consumptionCuts: fall, consumptionSpared: spared)
    }

    /// The middle one of low, central and high.
    private static func central(_ figures: [Double]) -> Double { figures.count > 1 ? figures[1] : figures.first ?? 0 }

    /// Share of the consumption of nodes that goes: each draws (p₁/p₀)^N3 of what it draws at each moment. [–]
    private func consumptionCut(_ exponent: Double, _ nodes: [Int], _ pressure: (_ step: Int, _ node: Int) -> Double) -> Double {
        var whole = 0.0, gone = 0.0
        for (step, row) in consumptions.enumerated() {
            for node in nodes where pressures[step][node].isFinite {
                let draws = Double(row[node])
                whole += draws
                gone +=
                    draws
                    * PressureEffect.consumptionReduction(
                        before: Double(pressures[step][node]), after: pressure(step, node), exponent: exponent)
            }
        }
        return whole > 0 ? gone / whole : 0
    }

    /// What nodes draw today, in the mean of the steps. [m³/d]
    private func consumption(_ nodes: [Int]) -> Double {
        let whole = consumptions.reduce(0.0) { sum, row in nodes.reduce(sum) { $0 + Double(row[$1]) } }
        return consumptions.isEmpty ? 0 : 86_400 * whole / Double(consumptions.count)
    }

    /// The rising line over x that lies on or above every point and, in the mean, nearest: the edge of the upper hull over the mean of x.
    static func line(_ x: [Double], _ y: [Double]) -> (constant: Double, square: Double) {
        let points = zip(x, y).sorted { ($0.0, -$0.1) < ($1.0, -$1.1) }
        let flat = (constant: y.max() ?? 0, square: 0.0)
        guard let first = points.first else { return flat }
        var hull = [first]
        for point in points.dropFirst() where point.0 > hull[hull.count - 1].0 {
            while hull.count > 1 {
                let top = hull[hull.count - 1], below = hull[hull.count - 2]
                guard (top.1 - below.1) * (point.0 - top.0) <= (point.1 - top.1) * (top.0 - below.0) else { break }
                hull.removeLast()
            }
            hull.append(point)
        }
        let mean = x.reduce(0, +) / Double(x.count)
        for (left, right) in zip(hull, hull.dropFirst()) where right.0 >= mean {
            let slope = (right.1 - left.1) / (right.0 - left.0)
            guard slope > 0 else { return flat }
            return (left.1 - slope * left.0, slope)
        }
        return flat
    }
}
