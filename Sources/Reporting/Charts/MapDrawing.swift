// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension GraphicDrawing {
    /// Lower ends of the classes of leak probability. [–]
    static let probabilityClasses = [0, 0.002, 0.01, 0.05, 0.2]
    /// Lower ends of the classes of night pressure. [m]
    static let pressureClasses = [-Double.infinity, 15, 30, 45, 60]

    /// Zones, pipes in classes of leak probability, nodes in classes of night pressure, legend. Elements of one class are one path,
    /// so that the map of a large network stays small.
    func draw(_ map: NetworkMap, on canvas: inout Canvas) -> Double {
        let points = map.nodes.map(\.position) + (map.pipes + map.devices).flatMap(\.points)
        guard let frame = MapFrame(points, width: Self.width) else { return 10 }
        let height = frame.height
        let place = frame.place
        let legend = 96.0
        canvas.rectangle(x: 0, y: 0, width: Self.width, height: height + legend, style: "paper")
        var labels: [(String, [Point])] = []
        for (index, zone) in map.zones.enumerated() {
            let hull = ConvexHull.around(zone.positions.map(place))
            guard let start = hull.first else { continue }
            canvas.path(
                Self.path(hull.count > 1 ? hull : [start, start]) + "Z", style: "zone z\(index % 4)", title: Wording.isolated(zone.name))
            labels.append((Wording.isolated(zone.name), hull))
        }
        drawPipes(map, place: place, on: &canvas)
        drawNodes(map, place: place, on: &canvas)
        for group in map.sites {
            let d = group.sites.map { Self.mark(group.kind, at: place($0.position)) }.joined()
            canvas.path(d, style: group.kind.rawValue, title: wording.text(group.title))
        }
        for pipe in map.pipes {
            guard let rank = pipe.rank, rank <= 10 else { continue }
            let middle = Self.middle(of: pipe.points.map(place))
            canvas.text("\(rank)", x: middle.x + 5, y: middle.y - 5, style: "halo strong", small: true)
        }
        for label in Self.placed(labels, width: Self.width, height: height) {
            canvas.text(label.text, x: label.at.x, y: label.at.y, anchor: .middle, style: "halo zone-name", title: label.name)
        }
        drawLegend(map, top: height, on: &canvas)
        return height + legend
    }

    /// Each name at the first place where it covers no earlier one: within its zone, above, below, right and left of it, further off.
    static func placed(
        _ labels: [(String, [Point])], width: Double, height: Double
    ) -> [(text: String, name: String, at: Point)] {
        var taken: [(x: ClosedRange<Double>, y: ClosedRange<Double>)] = []
        return labels.map { name, hull in
            let text = Canvas.fitted(name, width: 170)
            let half = Canvas.width(of: text) / 2 + 2
            let (xs, ys) = (hull.map(\.x), hull.map(\.y))
            let (left, right, top, bottom) = (xs.min() ?? 0, xs.max() ?? 0, ys.min() ?? 0, ys.max() ?? 0)
            let middle = Point(x: (left + right) / 2, y: (top + bottom) / 2)
            var places = right - left > 2 * half ? [Point(x: middle.x, y: middle.y + 4)] : []
            for step in 0..<5 {
                let away = 17 * Double(step)
                places += [
                    Point(x: middle.x, y: top - 5 - away), Point(x: middle.x, y: bottom + 14 + away),
                    Point(x: right + half + 3, y: middle.y + 4 + away), Point(x: left - half - 3, y: middle.y + 4 - away),
                ]
            }
            places = places.map { Point(x: min(max($0.x, half + 3), width - half - 3), y: min(max($0.y, 15), height - 5)) }
            func box(_ place: Point) -> (x: ClosedRange<Double>, y: ClosedRange<Double>) {
                ((place.x - half)...(place.x + half), (place.y - 13)...(place.y + 3))
            }
            let free = places.first { place in !taken.contains { $0.x.overlaps(box(place).x) && $0.y.overlaps(box(place).y) } }
            let place = free ?? places.first ?? middle
            taken.append(box(place))
            return (text, name, place)
        }
    }

    static func index(of value: Double, in classes: [Double]) -> Int { classes.lastIndex { value >= $0 } ?? 0 }

    static func path(_ points: [Point]) -> String {
        var d = ""
        for (index, point) in points.enumerated() {
            d += (index == 0 ? "M" : "L") + Canvas.coordinate(point.x) + " " + Canvas.coordinate(point.y)
        }
        return d
    }

    static func middle(of points: [Point]) -> Point {
        let lengths = zip(points, points.dropFirst()).map { (($1.x - $0.x) * ($1.x - $0.x) + ($1.y - $0.y) * ($1.y - $0.y)).squareRoot() }
        var rest = lengths.reduce(0, +) / 2
        for (index, length) in lengths.enumerated() {
            if rest <= length, length > 0 {
                let t = rest / length
                return Point(
                    x: points[index].x + t * (points[index + 1].x - points[index].x),
                    y: points[index].y + t * (points[index + 1].y - points[index].y))
            }
            rest -= length
        }
        return points.first ?? Point(x: 0, y: 0)
    }

    private func drawPipes(_ map: NetworkMap, place: (Point) -> Point, on canvas: inout Canvas) {
        var classes = [String](repeating: "", count: Self.probabilityClasses.count)
        var unknown = ""
        var ranked: [(NetworkMap.PipeLine, Int, String)] = []
        for pipe in map.pipes {
            let d = Self.path(pipe.points.map(place))
            guard let probability = pipe.probability else { unknown += d; continue }
            let index = Self.index(of: probability, in: Self.probabilityClasses)
            if pipe.rank != nil { ranked.append((pipe, index, d)) } else { classes[index] += d }
        }
        canvas.path(unknown, style: "pipe")
        for (index, d) in classes.enumerated() { canvas.path(d, style: "pipe p\(index)") }
        for (pipe, index, d) in ranked {
            let chance = wording.text(Figure(100 * (pipe.probability ?? 0), .percent, .decimals(1)))
            canvas.path(
                d, style: "pipe p\(index)",
                title: Catalogue.filled(wording.catalogue.text(.mapPipeLabel), [Wording.isolated(pipe.id), chance]))
        }
        canvas.path(map.devices.map { Self.path($0.points.map(place)) }.joined(), style: "pipe device")
    }

    private func drawNodes(_ map: NetworkMap, place: (Point) -> Point, on canvas: inout Canvas) {
        let c = Canvas.coordinate
        var classes = [String](repeating: "", count: Self.pressureClasses.count)
        for node in map.nodes where node.kind == .junction {
            guard let pressure = node.nightPressure else { continue }
            let point = place(node.position)
            // A line without length and with round ends is a dot.
            classes[Self.index(of: pressure, in: Self.pressureClasses)] += "M\(c(point.x)) \(c(point.y))h0"
        }
        for (index, d) in classes.enumerated() { canvas.path(d, style: map.nodes.count > 400 ? "node n\(index) tiny" : "node n\(index)") }
        for node in map.nodes where node.kind != .junction {
            let point = place(node.position)
            canvas.path("M\(c(point.x)) \(c(point.y - 8))l8 14h-16Z", style: "tank", title: Wording.isolated(node.id))
        }
    }

    /// What the classes of the map are called in its legend.
    struct ClassLabels {
        let wording: Wording

        func probability(_ index: Int) -> String { range(GraphicDrawing.probabilityClasses, index, times: 100, decimals: 1) }
        /// In the unit of the place.
        func pressure(_ index: Int) -> String {
            range(GraphicDrawing.pressureClasses, index, times: wording.factor(of: .metresOfHead), decimals: 0)
        }
        var pressureTitle: String {
            Catalogue.filled(
                wording.catalogue.text(.headWithUnit), [wording.catalogue.text(.nightPressure), wording.unit(.metresOfHead)])
        }

        private func range(_ classes: [Double], _ index: Int, times factor: Double, decimals: Int) -> String {
            func text(_ value: Double) -> String { wording.number(value * factor, decimals: value * factor < 1 ? decimals : 0) }
            if index + 1 == classes.count { return Catalogue.filled(wording.catalogue.text(.mapFrom), [text(classes[index])]) }
            if index == 0 { return Catalogue.filled(wording.catalogue.text(.mapBelow), [text(classes[1])]) }
            return text(classes[index]) + "–" + text(classes[index + 1])
        }
    }

    /// Sensors are squares, places to listen rings, so that they differ in grey print, too.
    private static func mark(_ kind: NetworkMap.SiteGroup.Kind, at point: Point) -> String {
        let c = Canvas.coordinate
        return switch kind {
        case .sensors: "M\(c(point.x - 4)) \(c(point.y - 4))h8v8h-8Z"
        case .access: "M\(c(point.x - 3)) \(c(point.y))a3 3 0 1 0 6 0a3 3 0 1 0 -6 0"
        }
    }

    private func drawLegend(_ map: NetworkMap, top: Double, on canvas: inout Canvas) {
        let labels = ClassLabels(wording: wording)
        canvas.line(0, top, Self.width, top, style: "frame")
        let hasProbability = map.pipes.contains { $0.probability != nil }
        let hasPressure = map.nodes.contains { $0.nightPressure != nil }
        canvas.text(
            wording.text(.words(hasProbability ? .mapLeakProbability : .mapNoSearch)) + (hasProbability ? " [%]" : ""), x: 14, y: top + 20,
            style: "strong", small: true)
        if hasProbability {
            for index in Self.probabilityClasses.indices {
                let x = 190 + 90 * Double(index)
                canvas.line(x, top + 16, x + 24, top + 16, style: "pipe p\(index)")
                canvas.text(labels.probability(index), x: x + 30, y: top + 20, small: true)
            }
        }
        canvas.text(
            hasPressure ? labels.pressureTitle : wording.text(.words(.mapNoPressure)), x: 14, y: top + 48, style: "strong", small: true)
        if hasPressure {
            for index in Self.pressureClasses.indices {
                let x = 190 + 90 * Double(index)
                canvas.path("M\(Canvas.coordinate(x + 12)) \(Canvas.coordinate(top + 44))h0", style: "node n\(index)")
                canvas.text(labels.pressure(index), x: x + 30, y: top + 48, small: true)
            }
        }
        let y = top + 76
        canvas.path("M\(Canvas.coordinate(22)) \(Canvas.coordinate(y - 12))l8 14h-16Z", style: "tank")
        canvas.text(wording.text(.words(.mapTank)), x: 38, y: y, small: true)
        canvas.line(190, y - 4, 214, y - 4, style: "pipe device")
        canvas.text(wording.text(.words(.mapDevice)), x: 220, y: y, small: true)
        for (index, group) in map.sites.enumerated() {
            let x = 372 + 190 * Double(index)
            canvas.path(Self.mark(group.kind, at: Point(x: x + 6, y: y - 5)), style: group.kind.rawValue)
            canvas.text(wording.text(group.title), x: x + 18, y: y, small: true)
        }
        if !map.zones.isEmpty {
            canvas.rectangle(x: 372, y: y - 12, width: 22, height: 14, style: "zone z0")
            canvas.text(wording.text(.words(.mapZone)), x: 402, y: y, small: true)
        }
    }
}

/// Smallest convex outline of a set of points (monotone chain, A. M. Andrew, 1979).
enum ConvexHull {
    static func around(_ points: [Point]) -> [Point] {
        let sorted = points.filter { $0.x.isFinite && $0.y.isFinite }.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        guard sorted.count > 2 else { return sorted }
        func half(_ points: [Point]) -> [Point] {
            var chain: [Point] = []
            for point in points {
                while chain.count > 1, turn(chain[chain.count - 2], chain[chain.count - 1], point) <= 0 { chain.removeLast() }
                chain.append(point)
            }
            return Array(chain.dropLast())
        }
        return half(sorted) + half(sorted.reversed())
    }

    private static func turn(_ a: Point, _ b: Point, _ c: Point) -> Double { (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) }
}
