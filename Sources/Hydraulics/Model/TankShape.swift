// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// How the volume in a tank goes with its head: a cylinder, or straight lines through the points of a curve.
struct TankShape: Sendable {
    let node: Int
    let row: Int32
    /// Heads. [m]
    let empty: Double
    let full: Double
    let initial: Double
    let canOverflow: Bool
    /// At the heads `empty` and `full`. [m³]
    let emptyVolume: Double
    let fullVolume: Double
    /// Of the cylinder. [m²]
    private let area: Double
    private let bottom: Double
    /// Level [m] against volume [m³].
    private let curve: PiecewiseLinear?
    private let inverse: PiecewiseLinear?

    static func all(of network: Network, rows: Column<Int32>) -> [TankShape] {
        let curves = Dictionary(network.curves.map { ($0.id, $0.points) }, uniquingKeysWith: { first, _ in first })
        return network.nodes.indices.compactMap { index in
            network.nodes[index].tank.map { TankShape($0, at: network.nodes[index].elevation, node: index, row: rows[index], curves) }
        }
    }

    private init(_ tank: Tank, at elevation: Double, node: Int, row: Int32, _ curves: [Curve.ID: [Point]]) {
        self.node = node
        self.row = row
        bottom = elevation
        empty = elevation + tank.minimumLevel
        full = elevation + tank.maximumLevel
        initial = elevation + tank.initialLevel
        canOverflow = tank.canOverflow
        area = Double.pi * tank.diameter * tank.diameter / 4
        if let points = tank.volumeCurve.flatMap({ curves[$0] }), points.count > 1 {
            let lines = PiecewiseLinear(points)
            curve = lines
            inverse = PiecewiseLinear(points.map { Point(x: $0.y, y: $0.x) })
            emptyVolume = lines.value(at: tank.minimumLevel)
            fullVolume = lines.value(at: tank.maximumLevel)
        } else {
            curve = nil
            inverse = nil
            emptyVolume = tank.minimumVolume > 0 ? tank.minimumVolume : area * tank.minimumLevel
            fullVolume = emptyVolume + area * (tank.maximumLevel - tank.minimumLevel)
        }
    }

    /// [m³]
    func volume(atHead head: Double) -> Double {
        curve?.value(at: head - bottom) ?? emptyVolume + (head - empty) * area
    }

    /// [m]
    func head(ofVolume volume: Double) -> Double {
        inverse.map { bottom + $0.value(at: volume) } ?? empty + (volume - emptyVolume) / area
    }

    /// Whether it can take or give at a head.
    func limit(atHead head: Double) -> HydraulicSolver.TankLimit {
        if head >= full - Tolerance.level { return canOverflow ? .none : .full }
        return head <= empty + Tolerance.level ? .empty : .none
    }

    /// Of the water's surface. [m²]
    func area(atHead head: Double) -> Double {
        curve.map { max($0.line(at: head - bottom).slope, 1e-9) } ?? area
    }
}
