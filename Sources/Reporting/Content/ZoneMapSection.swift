// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

extension PlanSource {
    /// The zones that the plan designed; nil where the network has no positions.
    func map(of zones: TownZones) -> Graphic? {
        let network = zones.design.network
        let places = Dictionary(
            network.nodes.enumerated().compactMap { index, node in
                node.position.flatMap { $0.x.isFinite && $0.y.isFinite ? (node.id, (index, $0)) : nil }
            }, uniquingKeysWith: { first, _ in first })
        guard places.count >= 2 else { return nil }
        let fitted = Set(zones.pressure?.zones.flatMap { $0.valves.map(\.link) } ?? [])
        let border = Dictionary(zones.design.borders.map { ($0.link, $0) }, uniquingKeysWith: { first, _ in first })
        var lines: [String: [[Point]]] = [:]
        var others: [[Point]] = [], devices: [[Point]] = [], marks: [ZoneMap.Mark] = [], ratios: [Double] = []
        for link in network.links {
            guard let start = places[link.start], let end = places[link.end] else { continue }
            let line = [start.1] + link.vertices + [end.1]
            if let border = border[link.id] {
                let kind: ZoneMap.Mark.Kind = border.role == .closed ? .closed : fitted.contains(link.id) ? .reducing : .inlet
                marks.append(.init(link: link.id.name, position: GraphicDrawing.middle(of: line), kind: kind))
            }
            guard let pipe = link.pipe else {
                devices.append(line)
                continue
            }
            let drawn = zip(line, line.dropFirst()).reduce(0) {
                $0 + (($1.1.x - $1.0.x) * ($1.1.x - $1.0.x) + ($1.1.y - $1.0.y) * ($1.1.y - $1.0.y)).squareRoot()
            }
            if pipe.length > 0, drawn > 0 { ratios.append(drawn / pipe.length) }
            if let zone = zones.design.zoneOfNode[start.0], zone == zones.design.zoneOfNode[end.0] {
                lines[zone, default: []].append(line)
            } else {
                others.append(line)
            }
        }
        let colours = Self.colours(zones.design)
        let areas = zones.design.zones.compactMap { zone -> ZoneMap.Area? in
            let own = network.nodes.indices.filter { zones.design.zoneOfNode[$0] == zone.name }.compactMap {
                places[network.nodes[$0].id]?.1
            }
            guard let middle = Self.middle(of: own) else { return nil }
            return .init(name: zone.name, lines: lines[zone.name] ?? [], middle: middle, colour: colours[zone.name] ?? 0)
        }
        let sources = network.nodes.filter { !$0.isJunction }.compactMap { node in places[node.id].map { NetworkMap.dot(node, at: $0.1) } }
        func count(_ number: Int) -> Phrase { .figure(Figure(Double(number), .none, .decimals(0)).from(.sizing)) }
        return Graphic(
            id: "zones-map", title: .words(.zonesMapTitle),
            description: .words(.zonesMapDescription, [count(areas.count), count(zones.closedValves), count(zones.inlets)]),
            content: .zoneMap(
                ZoneMap(
                    areas: areas, others: others, devices: devices, sources: sources, marks: marks,
                    unitsPerMetre: Self.unitsPerMetre(ratios))),
            origins: [Origin(.sizing)])
    }

    /// The point nearest to the mean of some.
    private static func middle(of points: [Point]) -> Point? {
        guard !points.isEmpty else { return nil }
        let x = points.reduce(0) { $0 + $1.x } / Double(points.count), y = points.reduce(0) { $0 + $1.y } / Double(points.count)
        func away(_ point: Point) -> Double { (point.x - x) * (point.x - x) + (point.y - y) * (point.y - y) }
        return points.min { (away($0), $0.x, $0.y) < (away($1), $1.x, $1.y) }
    }

    /// A colour for each zone that none of its neighbours has, and that few have.
    private static func colours(_ design: ZoneDesign) -> [String: Int] {
        var found: [String: Int] = [:]
        var used = [Int](repeating: 0, count: ZoneMap.colours)
        for zone in design.zones {
            let beside = design.borders.compactMap { border -> String? in
                border.from == zone.name ? border.to : border.to == zone.name ? border.from : nil
            }
            let taken = beside.compactMap { found[$0] }
            let free = used.indices.filter { !taken.contains($0) }
            let colour = (free.isEmpty ? Array(used.indices) : free).min { (used[$0], $0) < (used[$1], $1) } ?? 0
            found[zone.name] = colour
            used[colour] += 1
        }
        return found
    }

    /// Coordinates have a scale where half of the pipes are drawn within a tenth of one ratio to their length: a sketch has none, and degrees
    /// differ by direction.
    ///
    /// - ratios: drawn length over length, of the pipes. [units of the coordinates/m]
    static func unitsPerMetre(_ ratios: [Double]) -> Double? {
        let sorted = ratios.sorted()
        guard !sorted.isEmpty else { return nil }
        let median = sorted[sorted.count / 2]
        let (low, high) = (sorted[sorted.count / 4], sorted[3 * sorted.count / 4])
        return median > 0 && low > 0.9 * median && high < 1.1 * median ? median : nil
    }
}
