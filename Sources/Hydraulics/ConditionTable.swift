// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What a network's patterns and controls impose, laid out once for many moments. Conditions of different moments share what does not
/// differ between them.
public struct ConditionTable: Sendable {
    private struct Demand {
        var node: Int
        var base: Double
        /// Number among the patterns; −1: constant.
        var pattern: Int
    }

    /// A head or a speed that follows a pattern: its place, its value where the pattern is 1.
    private struct Course {
        var place: Int
        var base: Double
        var pattern: Int
    }

    private struct PlacedControl {
        var link: Int
        var action: Control.Action
        var trigger: Control.Trigger
        /// The node that the trigger looks at, where it is one of the network.
        var node: Int?
    }

    private let network: Network
    private let patterns: [[Double]]
    private var demands: [Demand] = []
    private var heads: [Course] = []
    private var speeds: [Course] = []
    private var controls: [PlacedControl] = []
    /// At multipliers of 1, no demand; no control has acted.
    private let plain: BoundaryConditions

    public init(_ network: Network) {
        self.network = network
        let numbers = Dictionary(network.patterns.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        patterns = network.patterns.map(\.multipliers)
        let standard = network.hydraulics.defaultPattern.flatMap { numbers[$0] } ?? -1
        var fixedHeads: [Double?] = []
        for (index, node) in network.nodes.enumerated() {
            switch node.kind {
            case .junction(let junction):
                fixedHeads.append(nil)
                for demand in junction.demands {
                    demands.append(
                        Demand(node: index, base: demand.baseFlow, pattern: demand.pattern.map { numbers[$0] ?? -1 } ?? standard))
                }
            case .reservoir(let reservoir):
                fixedHeads.append(node.elevation)
                guard let pattern = reservoir.headPattern.flatMap({ numbers[$0] }) else { continue }
                heads.append(Course(place: index, base: node.elevation, pattern: pattern))
            case .tank(let tank): fixedHeads.append(node.elevation + tank.initialLevel)
            }
        }
        var statuses: [Link.Status] = [], settings: [Double] = []
        for (index, link) in network.links.enumerated() {
            statuses.append(link.status)
            switch link.kind {
            case .pipe: settings.append(0)
            case .valve(let valve): settings.append(valve.setting)
            case .pump(let pump):
                settings.append(pump.speed)
                guard let name = pump.speedPattern else { continue }
                speeds.append(Course(place: index, base: pump.speed, pattern: numbers[name] ?? -1))
            }
        }
        plain = BoundaryConditions(
            demands: [Double](repeating: 0, count: network.nodes.count), fixedHeads: fixedHeads, statuses: statuses, settings: settings)
        // The names of a large network are not put in order for nothing.
        guard network.controls.contains(where: { !$0.isDisabled }) else { return }
        let nodes = network.nodeIndex(), links = network.linkIndex()
        for control in network.controls where !control.isDisabled {
            guard let link = links[control.link] else { continue }
            let node: Int? =
                switch control.trigger {
                case .above(let id, _), .below(let id, _): nodes[id]
                case .time, .clockTime: nil
                }
            controls.append(PlacedControl(link: link, action: control.action, trigger: control.trigger, node: node))
        }
    }

    /// What the file says for a moment of the run: demands and reservoirs by their patterns, tanks at their initial levels,
    /// statuses as given, then as the simple controls on levels and on this time set them.
    /// - Parameter time: since the start of the run. [s]
    public func conditions(at time: Int) -> BoundaryConditions {
        let multipliers = patterns.map { Self.multiplier($0, network.times, time) }
        let factor = network.hydraulics.demandMultiplier
        var conditions = plain
        var wanted = plain.demands
        for demand in demands { wanted[demand.node] += demand.base * (demand.pattern < 0 ? 1 : multipliers[demand.pattern]) * factor }
        conditions.demands = wanted
        for head in heads { conditions.fixedHeads[head.place] = head.base * multipliers[head.pattern] }
        for speed in speeds {
            let setting = speed.pattern < 0 ? speed.base : multipliers[speed.pattern]
            conditions.settings[speed.place] = setting
            conditions.statuses[speed.place] = setting == 0 ? .closed : .open
        }
        applyControls(to: &conditions, at: time)
        return conditions
    }

    private static func multiplier(_ multipliers: [Double], _ times: TimeOptions, _ time: Int) -> Double {
        guard !multipliers.isEmpty, times.patternStep > 0 else { return 1 }
        return multipliers[(time + times.patternStart) / times.patternStep % multipliers.count]
    }

    /// Simple controls on tank levels, and on time where it is just this moment. Controls on junction pressures are not applied.
    private func applyControls(to conditions: inout BoundaryConditions, at time: Int) {
        for control in controls {
            let applies: Bool
            switch control.trigger {
            case .time(let moment): applies = moment == time
            case .clockTime(let moment): applies = (time + network.times.startClockTime) % 86_400 == moment
            case .above(_, let level):
                guard let node = control.node, let head = conditions.fixedHeads[node] else { continue }
                applies = head >= network.nodes[node].elevation + level
            case .below(_, let level):
                guard let node = control.node, let head = conditions.fixedHeads[node] else { continue }
                applies = head <= network.nodes[node].elevation + level
            }
            if applies { conditions.apply(control.action, to: control.link, of: network) }
        }
    }
}
