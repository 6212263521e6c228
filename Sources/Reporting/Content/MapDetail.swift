// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension PlanSource {
    /// The part of the map around the pipes of the walking list; nil where they spread over half of the network or more.
    func detail(of graphic: Graphic) -> Graphic? {
        guard case .map(let map) = graphic.content else { return nil }
        let listed = map.pipes.filter { $0.rank != nil }.flatMap(\.points)
        guard let whole = Extent(map.pipes.flatMap(\.points)), let walk = Extent(listed) else { return nil }
        let margin = max(0.4 * max(walk.width, walk.height), 0.01 * max(whole.width, whole.height))
        let frame = walk.widened(by: margin)
        guard frame.width < 0.5 * max(whole.width, whole.height), frame.height < 0.5 * max(whole.width, whole.height) else { return nil }
        func isInside(_ line: NetworkMap.PipeLine) -> Bool { line.points.allSatisfy(frame.contains) }
        let part = NetworkMap(
            pipes: map.pipes.filter(isInside), devices: map.devices.filter(isInside),
            nodes: map.nodes.filter { frame.contains($0.position) },
            zones: [])
        return Graphic(
            id: graphic.id + "-detail", title: .words(.mapDetailTitle),
            description: .words(.mapDescription, [.counted(.pipes, part.pipes.count), .counted(.nodesCount, part.nodes.count)]),
            content: .map(part))
    }
}

/// Smallest upright rectangle around points.
private struct Extent {
    var low: Point
    var high: Point

    init?(_ points: [Point]) {
        let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
        guard let first = finite.first else { return nil }
        low = finite.reduce(first) { Point(x: min($0.x, $1.x), y: min($0.y, $1.y)) }
        high = finite.reduce(first) { Point(x: max($0.x, $1.x), y: max($0.y, $1.y)) }
    }

    var width: Double { high.x - low.x }
    var height: Double { high.y - low.y }

    func widened(by margin: Double) -> Self {
        var wider = self
        wider.low = Point(x: low.x - margin, y: low.y - margin)
        wider.high = Point(x: high.x + margin, y: high.y + margin)
        return wider
    }

    func contains(_ point: Point) -> Bool { point.x >= low.x && point.x <= high.x && point.y >= low.y && point.y <= high.y }
}
