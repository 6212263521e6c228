// SPDX-License-Identifier: GPL-3.0-or-later

/// A junction, a reservoir or a tank.
public struct Node: Sendable {
    public typealias ID = Identifier<Node>

    public enum Kind: Sendable {
        case junction(Junction)
        case reservoir(Reservoir)
        case tank(Tank)
    }

    public var id: ID
    /// Above datum; for a reservoir its water surface. [m]
    public var elevation: Double
    public var kind: Kind
    public var position: Point?
    /// The word of the file's TAGS section; Yusu reads a junction's zone from it.
    public var tag: String?

    public init(id: ID, elevation: Double, kind: Kind, position: Point? = nil, tag: String? = nil) {
        self.id = id
        self.elevation = elevation
        self.kind = kind
        self.position = position
        self.tag = tag
    }

    public var junction: Junction? { if case .junction(let junction) = kind { junction } else { nil } }
    public var reservoir: Reservoir? { if case .reservoir(let reservoir) = kind { reservoir } else { nil } }
    public var tank: Tank? { if case .tank(let tank) = kind { tank } else { nil } }
    public var isJunction: Bool { junction != nil }
}

public struct Junction: Sendable {
    public var demands: [Demand]
    public var emitter: Emitter?
    /// Of pressure-driven demand, in place of the network's.
    public var pressureLimits: PressureLimits?

    public init(demands: [Demand] = [], emitter: Emitter? = nil, pressureLimits: PressureLimits? = nil) {
        self.demands = demands
        self.emitter = emitter
        self.pressureLimits = pressureLimits
    }
}

/// One category of consumption at a junction.
public struct Demand: Sendable, Hashable {
    /// Before the pattern and the multiplier; negative where water flows in. [m³/s]
    public var baseFlow: Double
    /// nil: the network's default pattern.
    public var pattern: Pattern.ID?
    public var category: String?

    public init(baseFlow: Double, pattern: Pattern.ID? = nil, category: String? = nil) {
        self.baseFlow = baseFlow
        self.pattern = pattern
        self.category = category
    }
}

/// Wagner's function: nothing below `minimum`, all above `required`, ((p − minimum)/(required − minimum))^exponent between.
public struct PressureLimits: Sendable, Hashable {
    /// [m]
    public var minimum: Double
    /// [m]
    public var required: Double
    /// [–]
    public var exponent: Double

    public init(minimum: Double, required: Double, exponent: Double) {
        self.minimum = minimum
        self.required = required
        self.exponent = exponent
    }
}

/// Outflow q = C p^n to the open.
public struct Emitter: Sendable, Hashable {
    /// C. [m³/s per mⁿ]
    public var coefficient: Double
    /// n; nil: the network's. [–]
    public var exponent: Double?

    public init(coefficient: Double, exponent: Double? = nil) {
        self.coefficient = coefficient
        self.exponent = exponent
    }
}

/// A leak of its own size and law, q = C p^n, at a node or at a point along a pipe. Any number may stand at one place.
/// Water does not enter through it.
public struct Leak: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
        case node(Node.ID)
        /// Share of the pipe's length from its start, between 0 and 1.
        case pipe(Link.ID, fraction: Double)
    }

    public var place: Place
    /// C. [m³/s per mⁿ]
    public var coefficient: Double
    /// n. [–]
    public var exponent: Double

    public init(place: Place, coefficient: Double, exponent: Double) {
        self.place = place
        self.coefficient = coefficient
        self.exponent = exponent
    }
}

public struct Reservoir: Sendable {
    /// Multiplies the head.
    public var headPattern: Pattern.ID?

    public init(headPattern: Pattern.ID? = nil) { self.headPattern = headPattern }
}

public struct Tank: Sendable {
    /// Levels above the bottom, which lies at the node's elevation. [m]
    public var initialLevel: Double
    public var minimumLevel: Double
    public var maximumLevel: Double
    /// Of the cylinder. [m]
    public var diameter: Double
    /// Below the minimum level. [m³]
    public var minimumVolume: Double
    /// Level [m] against volume [m³], in place of the cylinder.
    public var volumeCurve: Curve.ID?
    public var canOverflow: Bool

    public init(
        initialLevel: Double, minimumLevel: Double, maximumLevel: Double, diameter: Double, minimumVolume: Double = 0,
        volumeCurve: Curve.ID? = nil, canOverflow: Bool = false
    ) {
        self.initialLevel = initialLevel
        self.minimumLevel = minimumLevel
        self.maximumLevel = maximumLevel
        self.diameter = diameter
        self.minimumVolume = minimumVolume
        self.volumeCurve = volumeCurve
        self.canOverflow = canOverflow
    }
}
