// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What is imposed on a network at one moment. Arrays are in the order of `network.nodes` and `network.links`.
public struct BoundaryConditions: Sendable {
    /// Consumption wanted at junctions; zero elsewhere. [m³/s]
    public var demands: [Double]
    /// Heads of reservoirs and tanks; nil at junctions. [m]
    public var fixedHeads: [Double?]
    public var statuses: [Link.Status]
    /// Speeds of pumps [–], settings of valves as in `Valve.setting`; zero for pipes.
    public var settings: [Double]

    /// What the file says for a moment of the run: demands and reservoirs by their patterns, tanks at their initial levels,
    /// statuses as given, then as the simple controls on levels and on this time set them.
    /// - Parameters:
    ///   - network: with its patterns and controls.
    ///   - time: since the start of the run. [s]
    public init(of network: Network, at time: Int) {
        let multipliers = Dictionary(
            network.patterns.map { ($0.id, Self.multiplier($0, network.times, time)) }, uniquingKeysWith: { first, _ in first })
        let options = network.hydraulics
        let standard = options.defaultPattern.flatMap { multipliers[$0] } ?? 1
        demands = network.nodes.map { node in
            guard let junction = node.junction else { return 0 }
            return junction.demands.reduce(0) { sum, demand in
                sum + demand.baseFlow * (demand.pattern.map { multipliers[$0] ?? 1 } ?? standard) * options.demandMultiplier
            }
        }
        fixedHeads = network.nodes.map { node in
            switch node.kind {
            case .junction: nil
            case .reservoir(let reservoir): node.elevation * (reservoir.headPattern.flatMap { multipliers[$0] } ?? 1)
            case .tank(let tank): node.elevation + tank.initialLevel
            }
        }
        statuses = network.links.map(\.status)
        settings = network.links.map { link in
            switch link.kind {
            case .pipe: 0
            case .pump(let pump): pump.speedPattern.flatMap { multipliers[$0] } ?? pump.speed
            case .valve(let valve): valve.setting
            }
        }
        for index in network.links.indices where network.links[index].pump != nil {
            if network.links[index].pump?.speedPattern != nil { statuses[index] = settings[index] == 0 ? .closed : .open }
        }
        applyControls(of: network, at: time)
    }

    private static func multiplier(_ pattern: Pattern, _ times: TimeOptions, _ time: Int) -> Double {
        guard !pattern.multipliers.isEmpty, times.patternStep > 0 else { return 1 }
        return pattern.multipliers[(time + times.patternStart) / times.patternStep % pattern.multipliers.count]
    }

    /// Simple controls on tank levels, and on time where it is just this moment. Controls on junction pressures are not applied.
    private mutating func applyControls(of network: Network, at time: Int) {
        // The names of a large network are not put in order for nothing.
        guard network.controls.contains(where: { !$0.isDisabled }) else { return }
        let nodes = network.nodeIndex()
        let links = network.linkIndex()
        for control in network.controls where !control.isDisabled {
            guard let link = links[control.link] else { continue }
            let applies: Bool
            switch control.trigger {
            case .time(let moment): applies = moment == time
            case .clockTime(let moment): applies = (time + network.times.startClockTime) % 86_400 == moment
            case .above(let id, let level):
                guard let node = nodes[id], let head = fixedHeads[node] else { continue }
                applies = head >= network.nodes[node].elevation + level
            case .below(let id, let level):
                guard let node = nodes[id], let head = fixedHeads[node] else { continue }
                applies = head <= network.nodes[node].elevation + level
            }
            if applies { apply(control.action, to: link, of: network) }
        }
    }

    /// Sets a link as a control does: a pump that is opened runs at the speed it has, at least at 1 where that was none.
    public mutating func apply(_ action: Control.Action, to link: Int, of network: Network) {
        switch (action, network.links[link].kind) {
        case (.status(let status), .pump):
            statuses[link] = status
            if status == .open, settings[link] == 0 { settings[link] = 1 }
        case (.status(let status), _): statuses[link] = status
        case (.setting(let value), .pipe): statuses[link] = value == 0 ? .closed : .open
        case (.setting(let value), .pump):
            settings[link] = value
            statuses[link] = value == 0 ? .closed : .open
        case (.setting(let value), .valve):
            settings[link] = value
            statuses[link] = .active
        }
    }
}
