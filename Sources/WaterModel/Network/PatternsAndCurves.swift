// SPDX-License-Identifier: GPL-3.0-or-later

/// Multipliers that repeat, one for each pattern step.
public struct Pattern: Sendable {
    public typealias ID = Identifier<Pattern>

    public var id: ID
    public var multipliers: [Double]

    public init(id: ID, multipliers: [Double]) {
        self.id = id
        self.multipliers = multipliers
    }
}

/// Points of a function, x ascending. Units are those of the use named in `Use`.
public struct Curve: Sendable {
    public typealias ID = Identifier<Curve>

    public enum Use: String, Sendable {
        /// x flow [m³/s], y head [m].
        case pumpHead = "PUMP"
        /// x flow [m³/s], y efficiency [%].
        case pumpEfficiency = "EFFICIENCY"
        /// x level [m], y volume [m³].
        case tankVolume = "VOLUME"
        /// x flow [m³/s], y head loss [m].
        case headLoss = "HEADLOSS"
        /// x opening [%], y share of the fully open flow coefficient [%].
        case valveOpening = "VALVE"
        /// Not used by any element: as in the file.
        case unused = "GENERIC"
    }

    public var id: ID
    public var use: Use
    public var points: [Point]

    public init(id: ID, use: Use, points: [Point]) {
        self.id = id
        self.use = use
        self.points = points
    }
}

/// A simple control: at a time, or when a level or a pressure passes a limit, a link changes.
public struct Control: Sendable {
    public enum Action: Sendable, Hashable {
        case status(Link.Status)
        /// Speed of a pump, or a valve's setting as in `Valve.setting`; of a pipe: closed where zero.
        case setting(Double)
    }

    public enum Trigger: Sendable, Hashable {
        /// Grade of a tank above its bottom, or pressure of a junction. [m]
        case above(Node.ID, Double)
        case below(Node.ID, Double)
        /// Since the start of the run. [s]
        case time(Int)
        /// Of the day. [s]
        case clockTime(Int)
    }

    public var link: Link.ID
    public var action: Action
    public var trigger: Trigger
    public var isDisabled: Bool

    public init(link: Link.ID, action: Action, trigger: Trigger, isDisabled: Bool = false) {
        self.link = link
        self.action = action
        self.trigger = trigger
        self.isDisabled = isDisabled
    }
}
