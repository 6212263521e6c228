// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// The links of a network as columns, in the order that the iterations walk.
///
/// Places 0 ..< `pipes` hold pipes that are open or closed as they are told, in an order near that of the rows they join; the
/// last few of them may be padding, up to a multiple of eight, which joins the spare row to itself and carries nothing.
/// After them come the links whose status changes by itself or whose law is not a pipe's: check valves, pumps, valves, and
/// pipes at tanks.
struct LinkTable: Sendable {
    enum Kind: UInt8 {
        case pipe, checkValve, pump, prv, psv, pbv, fcv, tcv, gpv, pcv
    }

    let pipes: Int
    let count: Int
    /// Rows: unknown heads first, then reservoirs, then the spare row.
    let start: Column<Int32>
    let end: Column<Int32>
    let kind: Column<Kind>
    /// H-W and C-M: exponent times friction resistance, the slope at a flow of one. [m/(m³/s)ⁿ]
    let slope: Column<Double>
    /// Local loss, h = m q². [s²/m⁵]
    let minor: Column<Double>
    /// For pipes of Darcy–Weisbach.
    let darcy: Column<DarcyWeisbach>
    /// Loss per unit of loss coefficient, factor/d⁴, of the links after the plain pipes. [s²/m⁵]
    private let lossPerCoefficient: Column<Double>
    /// [m²]
    let area: Column<Double>
    let pumps: [Int: PumpCurve]
    let curves: [Int: PiecewiseLinear]
    let formula: HeadLossFormula
    /// Exponent of the friction formula. [–]
    let exponent: Double

    /// Place of each link of the network, and link at each place (−1 at padding).
    let placeOfLink: Column<Int32>
    let linkAtPlace: Column<Int32>

    /// - Parameters:
    ///   - ends: rows of the two ends of each link, in the order of the network.
    ///   - isPlain: whether the link is a pipe that changes its status only when told.
    ///   - spare: row to which padding is joined.
    init(
        _ network: Network, ends: [(start: Int32, end: Int32)], isPlain: [Bool], spare: Int, constants: PhysicalConstants
    ) throws(HydraulicError) {
        formula = network.hydraulics.headLossFormula
        exponent = formula == .hazenWilliams ? constants.hazenWilliamsFlowExponent : 2
        let plain = Self.ordered(network.links.indices.filter { isPlain[$0] }, ends)
        let padded = (plain.count + 7) / 8 * 8
        let special = network.links.indices.filter { !isPlain[$0] }
        pipes = padded
        count = padded + special.count
        placeOfLink = Column(repeating: -1, count: network.links.count)
        linkAtPlace = Column(repeating: -1, count: count)
        for (place, link) in plain.enumerated() { linkAtPlace[place] = Int32(link) }
        for (index, link) in special.enumerated() { linkAtPlace[padded + index] = Int32(link) }
        start = Column(repeating: Int32(spare), count: count)
        end = Column(repeating: Int32(spare), count: count)
        kind = Column(repeating: .pipe, count: count)
        slope = Column(repeating: 1, count: count)
        minor = Column(repeating: 0, count: count)
        lossPerCoefficient = Column(repeating: 0, count: special.count)
        area = Column(repeating: 1, count: count)
        let none = DarcyWeisbach(length: 1, diameter: 1, height: 0, viscosity: 1, gravity: 1)
        darcy = Column(repeating: none, count: formula == .darcyWeisbach ? count : 0)
        let curveOf = Dictionary(network.curves.map { ($0.id, $0.points) }, uniquingKeysWith: { first, _ in first })
        var pumps: [Int: PumpCurve] = [:]
        var curves: [Int: PiecewiseLinear] = [:]
        for k in 0..<count where linkAtPlace[k] >= 0 {
            let index = Int(linkAtPlace[k])
            placeOfLink[index] = Int32(k)
            start[k] = ends[index].start
            end[k] = ends[index].end
            let link = network.links[index]
            var d = 1.0, coefficient = 0.0
            switch link.kind {
            case .pipe(let pipe):
                (d, coefficient) = (pipe.diameter, pipe.minorLoss)
                guard d > 0, pipe.length > 0, pipe.roughness > 0 else { throw .impossiblePipe(link.id) }
                if pipe.hasCheckValve { kind[k] = .checkValve }
                switch formula {
                case .hazenWilliams:
                    slope[k] =
                        exponent * constants.hazenWilliamsResistance(length: pipe.length, diameter: d, coefficient: pipe.roughness)
                case .chezyManning:
                    slope[k] = exponent * constants.manningResistance(length: pipe.length, diameter: d, roughness: pipe.roughness)
                case .darcyWeisbach:
                    darcy[k] = DarcyWeisbach(
                        length: pipe.length, diameter: d, height: pipe.roughness,
                        viscosity: network.hydraulics.kinematicViscosity, gravity: constants.gravity)
                }
            case .pump(let pump):
                kind[k] = .pump
                switch pump.characteristic {
                case .constantPower(let watts): pumps[k] = .constantPower(watts * constants.headFlowPerWatt)
                case .curve(let id):
                    guard let points = curveOf[id], !points.isEmpty else { throw .undefinedCurve(link: link.id, curve: id) }
                    pumps[k] = PumpCurve(points: points, followsEPANET: constants.followsEPANET)
                }
            case .valve(let valve):
                (d, coefficient) = (valve.diameter, valve.minorLoss)
                guard d > 0 else { throw .impossiblePipe(link.id) }
                kind[k] = Self.kind(of: valve)
                if let id = valve.curve {
                    guard let points = curveOf[id], !points.isEmpty else { throw .undefinedCurve(link: link.id, curve: id) }
                    curves[k] = PiecewiseLinear(valve.kind == .positionalControl ? Self.wholeOpening(points) : points)
                }
            }
            let perCoefficient = constants.minorLoss / (d * d * d * d)
            if k >= pipes { lossPerCoefficient[k - pipes] = perCoefficient }
            minor[k] = coefficient * perCoefficient
            area[k] = Double.pi * d * d / 4
        }
        self.pumps = pumps
        self.curves = curves
    }

    /// Of a link after the plain pipes: loss per unit of loss coefficient. [s²/m⁵]
    func lossPerCoefficient(at k: Int) -> Double { lossPerCoefficient[k - pipes] }

    /// Links in the order of the later of their rows, so that the iterations walk through memory.
    private static func ordered(_ links: [Int], _ ends: [(start: Int32, end: Int32)]) -> [Int] {
        let keyed = links.map { UInt64(UInt32(max(ends[$0].start, ends[$0].end))) << 32 | UInt64($0) }
        return keyed.sorted().map { Int($0 & 0xFFFF_FFFF) }
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
