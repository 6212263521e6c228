// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// Where leaks are tried: all nodes, and points within long pipes.
///
/// The answers to a small leak within a pipe lie between those to one at either end, in proportion. A large one takes more from the part
/// of the pipe that feeds it than it gives back to the other, so that its answers do not: they have to be taken at places within.
struct LeakPlaces: Sendable {
    /// A point within a pipe.
    struct Inner: Sendable {
        var link: Int
        /// Nodes at the ends of the pipe, and how far from the first, over its length [–].
        var start: Int
        var end: Int
        var fraction: Double
    }

    /// Places are these first.
    let nodes: Int
    let inner: [Inner]
    /// Of each divided pipe, its places from start to end.
    private let along: [Int: Range<Int>]

    /// Length of a pipe that is one place [m], and parts into which a long one is divided at most.
    private static let undivided = 300.0, mostParts = 6

    init(_ network: Network) {
        let index = network.nodeIndex()
        nodes = network.nodes.count
        var inner: [Inner] = [], along: [Int: Range<Int>] = [:]
        for (place, link) in network.links.enumerated() {
            guard let pipe = link.pipe, !pipe.hasCheckValve, link.status != .closed, pipe.length > Self.undivided, pipe.length.isFinite,
                let start = index[link.start], let end = index[link.end]
            else { continue }
            let parts = Int(min((pipe.length / Self.undivided).rounded(.up), Double(Self.mostParts)))
            let first = nodes + inner.count
            for part in 1..<parts {
                inner.append(Inner(link: place, start: start, end: end, fraction: Double(part) / Double(parts)))
            }
            along[place] = first..<nodes + inner.count
        }
        self.inner = inner
        self.along = along
    }

    /// The nodes alone.
    init(undivided network: Network) {
        nodes = network.nodes.count
        inner = []
        along = [:]
    }

    var count: Int { nodes + inner.count }

    /// The nodes between which a place lies, each with its share. [–]
    func ends(_ place: Int) -> [(node: Int, share: Double)] {
        guard place >= nodes else { return [(place, 1)] }
        let point = inner[place - nodes]
        return [(point.start, 1 - point.fraction), (point.end, point.fraction)]
    }

    /// From one end of a pipe to the other the places, and how far each is from the start. [–]
    func path(_ link: Int, from start: Int, to end: Int) -> [(place: Int, fraction: Double)] {
        [(start, 0)] + (along[link] ?? 0..<0).map { ($0, inner[$0 - nodes].fraction) } + [(end, 1)]
    }

    /// What the nodes have (last index of the rows), with what the points within pipes have in proportion.
    func completed(_ values: Matrix) -> Matrix {
        guard !inner.isEmpty else { return values }
        var all = Matrix(rows: values.rows, columns: count)
        for row in 0..<values.rows {
            for node in 0..<nodes { all[row, node] = values[row, node] }
            for (place, point) in inner.enumerated() {
                all[row, nodes + place] = (1 - point.fraction) * values[row, point.start] + point.fraction * values[row, point.end]
            }
        }
        return all
    }

    func completed(_ values: [Double]) -> [Double] {
        values + inner.map { (1 - $0.fraction) * values[$0.start] + $0.fraction * values[$0.end] }
    }

    /// A network of the same elements whose long pipes are divided: the places are its nodes. The first part of a pipe takes its place.
    func divided(_ network: Network) -> Network {
        var divided = network
        for (place, point) in inner.enumerated() {
            let pipe = network.links[point.link], last = along[point.link]?.last == nodes + place
            guard let whole = pipe.pipe, let places = along[point.link] else { continue }
            let share = 1 / Double(places.count + 1)
            var part = whole
            part.length *= share
            part.minorLoss *= share
            let id = Node.ID(Self.name(pipe.id.name, nodes + place)), ends = (network.nodes[point.start], network.nodes[point.end])
            // No one reads these names, which no file can hold.
            let elevation = (1 - point.fraction) * ends.0.elevation + point.fraction * ends.1.elevation
            divided.nodes.append(Node(id: id, elevation: elevation, kind: .junction(Junction())))
            var further = pipe
            further.id = Link.ID(Self.name(pipe.id.name, nodes + place))
            further.kind = .pipe(part)
            further.start = id
            further.end = last ? pipe.end : Node.ID(Self.name(pipe.id.name, nodes + place + 1))
            divided.links.append(further)
            guard places.first == nodes + place else { continue }
            divided.links[point.link].kind = .pipe(part)
            divided.links[point.link].end = id
        }
        return divided
    }

    /// The same conditions in it.
    func divided(_ conditions: BoundaryConditions) -> BoundaryConditions {
        var divided = conditions
        divided.demands += inner.map { _ in 0 }
        divided.fixedHeads += inner.map { _ in nil }
        divided.statuses += inner.map { conditions.statuses[$0.link] }
        divided.settings += inner.map { conditions.settings[$0.link] }
        return divided
    }

    private static func name(_ pipe: String, _ place: Int) -> String { "\(pipe)\n\(place)" }
}
