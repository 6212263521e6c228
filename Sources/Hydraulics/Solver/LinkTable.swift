// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The links of a network as arrays, in the form that the iterations read.
struct LinkTable {
    enum Kind: UInt8 {
        case pipe, pump, prv, psv, pbv, fcv, tcv, gpv, pcv
    }

    /// A node of the equations: rows 0 ..< junctions are unknown heads, the rest fixed ones.
    var start: [Int32] = []
    var end: [Int32] = []
    var kind: [Kind] = []
    /// Pipes: friction resistance of H-W or C-M. [m/(m³/s)ⁿ]
    var resistance: [Double] = []
    /// Local loss, h = m q². [s²/m⁵]
    var minor: [Double] = []
    var hasCheckValve: [Bool] = []
    /// For pipes of Darcy–Weisbach.
    var darcy: [DarcyWeisbach] = []
    var pumps: [Int: PumpCurve] = [:]
    var curves: [Int: PiecewiseLinear] = [:]
    /// Loss of a valve per unit of loss coefficient, factor/d⁴. [s²/m⁵]
    var lossPerCoefficient: [Double] = []
    /// [m²]
    var area: [Double] = []
    /// Exponent of the friction formula. [–]
    let exponent: Double
    let usesDarcy: Bool

    var count: Int { start.count }

    init(_ network: Network, rows: [Node.ID: Int], constants: PhysicalConstants) throws(HydraulicError) {
        let formula = network.hydraulics.headLossFormula
        exponent = formula == .hazenWilliams ? constants.hazenWilliamsFlowExponent : 2
        usesDarcy = formula == .darcyWeisbach
        let curveOf = Dictionary(network.curves.map { ($0.id, $0.points) }, uniquingKeysWith: { first, _ in first })
        for (index, link) in network.links.enumerated() {
            guard let from = rows[link.start], let to = rows[link.end] else {
                throw .undefinedNode(link: link.id, node: rows[link.start] == nil ? link.start : link.end)
            }
            start.append(Int32(from))
            end.append(Int32(to))
            var r = 0.0, d = 1.0, k = 0.0, checkValve = false
            var friction = DarcyWeisbach(length: 0, diameter: 1, height: 0, viscosity: 1, gravity: 1)
            switch link.kind {
            case .pipe(let pipe):
                kind.append(.pipe)
                (d, k, checkValve) = (pipe.diameter, pipe.minorLoss, pipe.hasCheckValve)
                guard d > 0, pipe.length > 0, pipe.roughness > 0 else { throw .impossiblePipe(link.id) }
                switch formula {
                case .hazenWilliams: r = constants.hazenWilliamsResistance(length: pipe.length, diameter: d, coefficient: pipe.roughness)
                case .chezyManning: r = constants.manningResistance(length: pipe.length, diameter: d, roughness: pipe.roughness)
                case .darcyWeisbach:
                    friction = DarcyWeisbach(
                        length: pipe.length, diameter: d, height: pipe.roughness,
                        viscosity: network.hydraulics.kinematicViscosity, gravity: constants.gravity)
                }
            case .pump(let pump):
                kind.append(.pump)
                switch pump.characteristic {
                case .constantPower(let watts): pumps[index] = .constantPower(watts * constants.headFlowPerWatt)
                case .curve(let id):
                    guard let points = curveOf[id], !points.isEmpty else { throw .undefinedCurve(link: link.id, curve: id) }
                    pumps[index] = PumpCurve(points: points)
                }
            case .valve(let valve):
                (d, k) = (valve.diameter, valve.minorLoss)
                guard d > 0 else { throw .impossiblePipe(link.id) }
                kind.append(Self.kind(of: valve))
                if let id = valve.curve {
                    guard let points = curveOf[id], !points.isEmpty else { throw .undefinedCurve(link: link.id, curve: id) }
                    curves[index] = PiecewiseLinear(valve.kind == .positionalControl ? Self.wholeOpening(points) : points)
                }
            }
            resistance.append(r)
            darcy.append(friction)
            hasCheckValve.append(checkValve)
            lossPerCoefficient.append(constants.minorLoss / (d * d * d * d))
            minor.append(k * constants.minorLoss / (d * d * d * d))
            area.append(Double.pi * d * d / 4)
        }
    }

    private static func kind(of valve: Valve) -> Kind {
        switch valve.kind {
        case .pressureReducing: .prv
        case .pressureSustaining: .psv
        case .pressureBreaker: .pbv
        case .flowControl: .fcv
        case .throttleControl: .tcv
        case .generalPurpose: .gpv
        case .positionalControl: .pcv
        }
    }

    /// A valve's opening curve carried to (0, 0) and (100, 100), where it does not reach them.
    private static func wholeOpening(_ points: [Point]) -> [Point] {
        var whole = points
        if let first = points.first, first.x > 0 { whole.insert(Point(x: 0, y: 0), at: 0) }
        if let last = points.last, last.x < 100 { whole.append(Point(x: 100, y: 100)) }
        return whole
    }
}

extension PhysicalConstants {
    /// Hazen–Williams: h = r q^1.852. [m/(m³/s)^1.852]
    func hazenWilliamsResistance(length: Double, diameter: Double, coefficient: Double) -> Double {
        hazenWilliams * length
            / (power(coefficient, hazenWilliamsFlowExponent) * power(diameter, hazenWilliamsDiameterExponent))
    }

    /// Chezy–Manning: h = r q². [s²/m⁵]
    func manningResistance(length: Double, diameter: Double, roughness: Double) -> Double {
        manning * length * roughness * roughness / power(diameter, manningDiameterExponent)
    }
}

/// A network that no equations can be written for.
public enum HydraulicError: Error, Sendable, CustomStringConvertible {
    case undefinedNode(link: Link.ID, node: Node.ID)
    case undefinedCurve(link: Link.ID, curve: Curve.ID)
    case impossiblePipe(Link.ID)
    case noSource

    public var description: String {
        switch self {
        case .undefinedNode(let link, let node): "link '\(link)' is joined to node '\(node)', which does not exist"
        case .undefinedCurve(let link, let curve): "link '\(link)' needs curve '\(curve)', which does not exist or is empty"
        case .impossiblePipe(let link): "link '\(link)' has a length, diameter or roughness that is not above zero"
        case .noSource: "the network has neither a reservoir nor a tank"
        }
    }
}
