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

    init(demands: [Double], fixedHeads: [Double?], statuses: [Link.Status], settings: [Double]) {
        self.demands = demands
        self.fixedHeads = fixedHeads
        self.statuses = statuses
        self.settings = settings
    }

    /// What the file says for a moment of the run, as `ConditionTable` does for many.
    /// - Parameters:
    ///   - network: with its patterns and controls.
    ///   - time: since the start of the run. [s]
    public init(of network: Network, at time: Int) { self = ConditionTable(network).conditions(at: time) }

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
