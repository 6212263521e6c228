// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// The network map's data for `MapScript`, and the place where it draws. Coordinates are whole numbers on a grid of the map's own, each
/// told by its difference from the one before, so that a city of a hundred thousand pipes stays a few megabytes.
struct LiveMap {
    /// Cells along the longer side of the map: half a metre in a city of 30 km.
    private static let cells = 65_535.0

    let wording: Wording
    let map: NetworkMap
    let id: String

    var parts: [Markup] {
        [
            Markup("div", [("class", "live-map"), ("data-map", id + "-data"), ("hidden", "hidden")]),
            Markup("script", [("type", "application/json"), ("id", id + "-data")], verbatim: data),
        ]
    }

    private struct Grid {
        var low = Point(x: 0, y: 0), high = Point(x: 1, y: 1), scale = 1.0

        init(_ points: [Point]) {
            let finite = points.filter { $0.x.isFinite && $0.y.isFinite }
            guard let first = finite.first else { return }
            low = finite.reduce(first) { Point(x: min($0.x, $1.x), y: min($0.y, $1.y)) }
            high = finite.reduce(first) { Point(x: max($0.x, $1.x), y: max($0.y, $1.y)) }
            scale = LiveMap.cells / max(high.x - low.x, high.y - low.y, 1e-9)
        }

        /// y downward; a point that is nowhere stands in the corner.
        func cell(_ point: Point) -> (Int, Int) {
            guard point.x.isFinite, point.y.isFinite else { return (0, 0) }
            return (Int(((point.x - low.x) * scale).rounded()), Int(((high.y - point.y) * scale).rounded()))
        }
        var width: Int { Int(((high.x - low.x) * scale).rounded()) }
        var height: Int { Int(((high.y - low.y) * scale).rounded()) }
    }

    /// Differences of cells, in one row of numbers.
    private struct Trail {
        var text = ""
        private var last = (0, 0)

        mutating func add(_ cell: (Int, Int)) {
            if !text.isEmpty { text += "," }
            text += "\(cell.0 - last.0),\(cell.1 - last.1)"
            last = cell
        }
    }

    private static func quoted(_ text: String) -> String {
        JSON.string(text).line.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e").replacing("&", with: "\\u0026")
    }

    private static func number(_ value: Double?, decimals: Int) -> String {
        guard let value, value.isFinite else { return "null" }
        var text = NumberText.fixed(value, decimals)
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text == "-0" ? "0" : text
    }

    /// In the unit that is shown in the place of `unit`.
    private func number(_ value: Double?, _ unit: ShownUnit, decimals: Int) -> String {
        Self.number(value.map { $0 * wording.factor(of: unit) }, decimals: decimals)
    }

    private var isMetric: Bool { wording.factor(of: .millimetres) == 1 }

    private static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

    private static func colour(_ rgb: UInt32?) -> String {
        let digits = String(rgb ?? 0, radix: 16)
        return "\"#" + String(repeating: "0", count: 6 - digits.count) + digits + "\""
    }

    private func word(_ key: TextKey) -> String { wording.catalogue.text(key) }
    private func name(_ text: String) -> String { Self.quoted(Wording.isolated(text)) }

    private var data: String {
        let lines = map.pipes + map.devices
        let grid = Grid(map.nodes.map(\.position) + lines.flatMap(\.points))
        let words: [(String, TextKey)] = [
            ("layers", .mapLayers), ("zoom_in", .mapZoomIn), ("zoom_out", .mapZoomOut), ("whole", .mapWhole), ("hint", .mapHint),
            ("close", .mapClose), ("unknown", .notKnown), ("node", .mapNode), ("pipe", .pipe), ("zone", .zone), ("device", .mapDevice),
            ("elevation", .mapElevation), ("night", .nightPressure), ("diameter", .nominalDiameter), ("length", .length),
            ("probability", .probability), ("step", .walkStep), ("walked", .lengthWalked), ("found", .probabilitySoFar),
        ]
        let units = [("metres", ShownUnit.metres), ("head", .metresOfHead), ("millimetres", .millimetres)].map {
            ($0.0, wording.unit($0.1))
        }
        let named = words.map { ($0.0, word($0.1)) } + units
        return "{\"words\":{" + named.map { "\"\($0.0)\":" + Self.quoted($0.1) }.joined(separator: ",") + "},\n"
            + "\"width\":\(grid.width),\"height\":\(grid.height),\"paper\":\"#fbfbf8\",\n\"layers\":" + layers + ",\n\"zones\":"
            + zones(grid) + ",\n\"pipes\":" + pipes(grid) + ",\n\"devices\":" + devices(grid) + ",\n\"nodes\":" + nodes(grid)
            + ",\n\"tanks\":" + tanks(grid) + ",\n\"sites\":" + sites(grid) + "}"
    }

    /// Lines with `n` points each and the trail `p` of all.
    private func geometry(_ lines: [[Point]], _ grid: Grid) -> String {
        var trail = Trail()
        for line in lines { for point in line { trail.add(grid.cell(point)) } }
        return "\"n\":" + Self.list(lines.map { "\($0.count)" }) + ",\"p\":[" + trail.text + "]"
    }

    private func pipes(_ grid: Grid) -> String {
        let knowsLeaks = map.pipes.contains { $0.probability != nil }
        let classes = map.pipes.map { "\(GraphicDrawing.index(of: $0.probability ?? 0, in: GraphicDrawing.probabilityClasses))" }
        let first = map.pipes.enumerated().compactMap { index, pipe in pipe.rank.map { (rank: $0, index: index) } }
            .filter { $0.rank <= 10 }.sorted { $0.rank < $1.rank }
        let styles = (0..<GraphicDrawing.probabilityClasses.count).map { index in
            let style = DrawingStyle(element: "path", classes: "pipe p\(index)")
            return "{\"colour\":\(Self.colour(style.stroke)),\"width\":\(style.width)}"
        }
        var text = "{\"id\":" + Self.list(map.pipes.map { name($0.id) }) + "," + geometry(map.pipes.map(\.points), grid)
        text += ",\"c\":" + Self.list(classes) + ",\"styles\":" + Self.list(styles)
        text += ",\"d\":" + Self.list(map.pipes.map { number($0.diameter.map { $0 * 1000 }, .millimetres, decimals: isMetric ? 0 : 1) })
        text += ",\"l\":" + Self.list(map.pipes.map { number($0.length, .metres, decimals: 0) })
        text += ",\"q\":" + (knowsLeaks ? Self.list(map.pipes.map { Self.number($0.probability.map { 100 * $0 }, decimals: 1) }) : "null")
        return text + ",\"first\":" + Self.list(first.map { "\($0.index)" }) + walk + "}"
    }

    /// Pipes in the order of the walk, and by pipe its step, metres walked by then and chance that the leak is passed [%].
    private var walk: String {
        let steps = map.pipes.enumerated().compactMap { index, pipe in pipe.walk.map { (index: index, step: $0) } }
            .sorted { $0.step.number < $1.step.number }
        guard !steps.isEmpty else { return ",\"walk\":[],\"w\":null" }
        let rows = map.pipes.map { pipe in
            pipe.walk.map { step in
                Self.list([
                    "\(step.number)", number(step.cumulativeLength, .metres, decimals: 0),
                    Self.number(100 * step.cumulativeProbability, decimals: 1),
                ])
            } ?? "null"
        }
        return ",\"walk\":" + Self.list(steps.map { "\($0.index)" }) + ",\"w\":" + Self.list(rows)
    }

    private func sites(_ grid: Grid) -> String {
        Self.list(
            map.sites.map { group in
                var trail = Trail()
                for site in group.sites { trail.add(grid.cell(site.position)) }
                let rows = group.sites.map { site in
                    Self.list(site.rows.map { Self.list([Self.quoted(wording.text($0.label)), Self.quoted(wording.text($0.text))]) })
                }
                return "{\"key\":\"\(group.kind.rawValue)\",\"title\":\(Self.quoted(wording.text(group.title))),\"colour\":"
                    + Self.colour(Self.colour(of: group.kind)) + ",\"id\":" + Self.list(group.sites.map { name($0.id) }) + ",\"p\":["
                    + trail.text + "],\"rows\":" + Self.list(rows) + "}"
            })
    }

    private static func colour(of kind: NetworkMap.SiteGroup.Kind) -> UInt32? {
        let style = DrawingStyle(element: "path", classes: kind.rawValue)
        return kind == .sensors ? style.fill : style.stroke
    }

    private func devices(_ grid: Grid) -> String {
        "{\"id\":" + Self.list(map.devices.map { name($0.id) }) + "," + geometry(map.devices.map(\.points), grid) + ",\"type\":"
            + Self.list(map.devices.map { name($0.device ?? "") }) + "}"
    }

    private func nodes(_ grid: Grid) -> String {
        let junctions = map.nodes.filter { $0.kind == .junction }
        var trail = Trail()
        for node in junctions { trail.add(grid.cell(node.position)) }
        let classes = junctions.map { node in
            node.nightPressure.map { "\(GraphicDrawing.index(of: $0, in: GraphicDrawing.pressureClasses))" } ?? "-1"
        }
        let colours = (0..<GraphicDrawing.pressureClasses.count).map {
            Self.colour(DrawingStyle(element: "path", classes: "node n\($0)").stroke)
        }
        return "{\"id\":" + Self.list(junctions.map { name($0.id) }) + ",\"p\":[" + trail.text + "],\"c\":" + Self.list(classes)
            + ",\"colours\":" + Self.list(colours) + ",\"n\":"
            + Self.list(junctions.map { number($0.nightPressure, .metresOfHead, decimals: 1) })
            + ",\"e\":" + Self.list(junctions.map { number($0.elevation, .metres, decimals: 1) }) + "}"
    }

    private func tanks(_ grid: Grid) -> String {
        var trail = Trail()
        for node in map.nodes where node.kind != .junction { trail.add(grid.cell(node.position)) }
        return "{\"p\":[" + trail.text + "]}"
    }

    private func zones(_ grid: Grid) -> String {
        let outlines = map.zones.map { (zone: $0, hull: ConvexHull.around($0.positions)) }.filter { $0.hull.count > 2 }
        let colours = (0..<4).map { Self.colour(DrawingStyle(element: "path", classes: "zone z\($0)").fill) }
        let rows = outlines.map { item in
            Self.list(item.zone.figures.map { Self.list([Self.quoted(wording.text($0.label)), Self.quoted(wording.text($0.figure))]) })
        }
        return "{\"name\":" + Self.list(outlines.map { name($0.zone.name) }) + "," + geometry(outlines.map(\.hull), grid) + ",\"colours\":"
            + Self.list(colours) + ",\"rows\":" + Self.list(rows) + "}"
    }

    /// What can be switched, with its legend.
    private var layers: String {
        let drawing = GraphicDrawing.ClassLabels(wording: wording)
        func layer(_ key: String, _ title: String, _ classes: [(UInt32?, String)]) -> String {
            "{\"key\":\"\(key)\",\"title\":\(Self.quoted(title)),\"classes\":"
                + Self.list(classes.map { "{\"colour\":\(Self.colour($0.0)),\"label\":\(Self.quoted($0.1))}" }) + "}"
        }
        func classes(_ count: Int, _ prefix: String, _ label: (Int) -> String) -> [(UInt32?, String)] {
            (0..<count).map { (DrawingStyle(element: "path", classes: prefix + "\($0)").stroke, label($0)) }
        }
        let knowsLeaks = map.pipes.contains { $0.probability != nil }
        let knowsPressure = map.nodes.contains { $0.nightPressure != nil }
        var layers: [String] = []
        if !map.zones.isEmpty { layers.append(layer("zones", word(.mapZone), [])) }
        layers.append(
            layer(
                "pipes", word(knowsLeaks ? .mapLeakProbability : .mapNoSearch) + (knowsLeaks ? " [%]" : ""),
                knowsLeaks ? classes(GraphicDrawing.probabilityClasses.count, "pipe p", drawing.probability) : []))
        if map.pipes.contains(where: { $0.walk != nil }) { layers.append(layer("walk", word(.mapWalk), [])) }
        for group in map.sites where !group.sites.isEmpty {
            layers.append(layer(group.kind.rawValue, wording.text(group.title), [(Self.colour(of: group.kind), "")]))
        }
        layers.append(layer("devices", word(.mapTank) + ", " + word(.mapDevice), []))
        // The page of a search says nothing of pressures.
        guard knowsPressure || map.sites.isEmpty else { return Self.list(layers) }
        layers.append(
            layer(
                "nodes", knowsPressure ? drawing.pressureTitle : word(.mapNoPressure),
                knowsPressure ? classes(GraphicDrawing.pressureClasses.count, "node n", drawing.pressure) : []))
        return Self.list(layers)
    }
}
