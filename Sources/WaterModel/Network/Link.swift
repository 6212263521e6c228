// SPDX-License-Identifier: GPL-3.0-or-later

/// A pipe, a pump or a valve, from its start node to its end node; flow in that direction is positive.
public struct Link: Sendable {
    public typealias ID = Identifier<Link>

    public enum Kind: Sendable {
        case pipe(Pipe)
        /// Apart in memory: a pump takes twice the room of a pipe, and networks consist of pipes.
        indirect case pump(Pump)
        case valve(Valve)
    }

    /// State at the start, before any control acts.
    public enum Status: String, Sendable, BitwiseCopyable {
        case open
        case closed
        /// A valve that works at its setting.
        case active
    }

    public var id: ID
    public var start: Node.ID
    public var end: Node.ID
    public var kind: Kind
    public var status: Status
    /// Corners between the two ends on the map.
    public var vertices: [Point]
    public var tag: String?

    public init(id: ID, start: Node.ID, end: Node.ID, kind: Kind, status: Status, vertices: [Point] = [], tag: String? = nil) {
        self.id = id
        self.start = start
        self.end = end
        self.kind = kind
        self.status = status
        self.vertices = vertices
        self.tag = tag
    }

    public var pipe: Pipe? { if case .pipe(let pipe) = kind { pipe } else { nil } }
    public var pump: Pump? { if case .pump(let pump) = kind { pump } else { nil } }
    public var valve: Valve? { if case .valve(let valve) = kind { valve } else { nil } }
}

public struct Pipe: Sendable {
    /// [m]
    public var length: Double
    /// [m]
    public var diameter: Double
    /// Hazen–Williams C [–], Darcy–Weisbach height [m] or Manning n [s/m^⅓], by the network's formula.
    public var roughness: Double
    /// K in K v²/2g. [–]
    public var minorLoss: Double
    public var hasCheckValve: Bool
    public var leakage: PipeLeakage?

    public init(
        length: Double, diameter: Double, roughness: Double, minorLoss: Double = 0, hasCheckValve: Bool = false,
        leakage: PipeLeakage? = nil
    ) {
        self.length = length
        self.diameter = diameter
        self.roughness = roughness
        self.minorLoss = minorLoss
        self.hasCheckValve = hasCheckValve
        self.leakage = leakage
    }
}

/// Background leakage of a pipe with holes that grow with pressure (FAVAD): area = A + m p, per length of pipe.
public struct PipeLeakage: Sendable, Hashable {
    /// A. [m² of hole per m of pipe]
    public var areaPerLength: Double
    /// m. [m² of hole per m of head and m of pipe]
    public var expansionPerLength: Double

    public init(areaPerLength: Double, expansionPerLength: Double) {
        self.areaPerLength = areaPerLength
        self.expansionPerLength = expansionPerLength
    }
}

public struct Pump: Sendable {
    public enum Characteristic: Sendable {
        /// Flow [m³/s] against head [m].
        case curve(Curve.ID)
        /// Power handed to the water. [W]
        case constantPower(Double)
    }

    public var characteristic: Characteristic
    /// Relative to the speed of the curve. [–]
    public var speed: Double
    public var speedPattern: Pattern.ID?
    /// Flow [m³/s] against efficiency [%].
    public var efficiencyCurve: Curve.ID?
    /// Of a kilowatt-hour; nil: the network's.
    public var price: Double?
    public var pricePattern: Pattern.ID?

    public init(
        characteristic: Characteristic, speed: Double = 1, speedPattern: Pattern.ID? = nil, efficiencyCurve: Curve.ID? = nil,
        price: Double? = nil, pricePattern: Pattern.ID? = nil
    ) {
        self.characteristic = characteristic
        self.speed = speed
        self.speedPattern = speedPattern
        self.efficiencyCurve = efficiencyCurve
        self.price = price
        self.pricePattern = pricePattern
    }
}

public struct Valve: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case pressureReducing = "PRV"
        case pressureSustaining = "PSV"
        case pressureBreaker = "PBV"
        case flowControl = "FCV"
        case throttleControl = "TCV"
        case generalPurpose = "GPV"
        case positionalControl = "PCV"
    }

    public var kind: Kind
    /// [m]
    public var diameter: Double
    /// PRV, PSV, PBV: pressure head [m]; FCV: flow [m³/s]; TCV: loss coefficient [–]; PCV: opening [%]; GPV: unused.
    public var setting: Double
    /// Of the fully open valve. [–]
    public var minorLoss: Double
    /// GPV: flow [m³/s] against head loss [m]. PCV: opening [%] against share of the fully open flow coefficient [%].
    public var curve: Curve.ID?

    public init(kind: Kind, diameter: Double, setting: Double, minorLoss: Double = 0, curve: Curve.ID? = nil) {
        self.kind = kind
        self.diameter = diameter
        self.setting = setting
        self.minorLoss = minorLoss
        self.curve = curve
    }
}
