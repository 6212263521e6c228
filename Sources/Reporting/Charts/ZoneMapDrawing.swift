// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension GraphicDrawing {
    /// Pipes in the line of their zone, closed valves and inlets above them, each zone's name, legend and scale.
    func draw(_ map: ZoneMap, on canvas: inout Canvas) -> Double {
        let lines = map.areas.flatMap(\.lines) + map.others + map.devices
        let points = lines.flatMap { $0 } + map.sources.map(\.position) + map.meters + map.marks.map(\.position)
        guard let frame = MapFrame(points, width: Self.width) else { return 10 }
        let kinds = ZoneMap.Mark.Kind.allCases.filter { kind in map.marks.contains { $0.kind == kind } }
        let rows = map.areas.count <= Self.mostInLegend ? (map.areas.count + Self.inRow - 1) / Self.inRow : 0
        let legend = 62 + 22 * Double(rows)
        canvas.rectangle(x: 0, y: 0, width: Self.width, height: frame.height + legend, style: "paper")
        func outline(_ lines: [[Point]]) -> String { lines.map { Self.path($0.map(frame.place)) }.joined() }
        canvas.path(outline(map.others), style: "pipe")
        for area in map.areas {
            canvas.path(outline(area.lines), style: "pipe a\(area.colour)", title: Wording.isolated(area.name))
        }
        canvas.path(outline(map.devices), style: "pipe device")
        canvas.path(map.meters.map { Self.dot(at: frame.place($0)) }.joined(), style: "node tiny n0")
        for source in map.sources {
            canvas.path(Self.tank(at: frame.place(source.position)), style: "tank", title: Wording.isolated(source.id))
        }
        for mark in map.marks {
            let name = wording.text(.words(Self.key(of: mark.kind))) + ": " + Wording.isolated(mark.link)
            for part in Self.parts(of: mark.kind, at: frame.place(mark.position)) { canvas.path(part.d, style: part.style, title: name) }
        }
        let names = map.areas.map { (Wording.isolated($0.name), [frame.place($0.middle)]) }
        for label in Self.placed(names, width: Self.width, height: frame.height) {
            canvas.text(label.text, x: label.at.x, y: label.at.y, anchor: .middle, style: "halo zone-name", title: label.name)
        }
        drawScale(map, frame, on: &canvas)
        drawLegend(map, kinds, rows: rows, top: frame.height, on: &canvas)
        return frame.height + legend
    }

    /// Zones in a row of the legend, and in all of it; more have their names on the map alone.
    private static let inRow = 8
    private static let mostInLegend = 40

    private static func key(of kind: ZoneMap.Mark.Kind) -> TextKey {
        switch kind {
        case .closed: .zonesMapClosed
        case .inlet: .zonesMapInlet
        case .reducing: .zonesMapReducing
        case .gateway: .gatewaysMapGateway
        }
    }

    /// A closed valve is a full square with a cross, an inlet a ring, one with a reducing valve a ring with a dot, a gateway a diamond: they differ
    /// without colour.
    private static func parts(of kind: ZoneMap.Mark.Kind, at point: Point) -> [(d: String, style: String)] {
        let c = Canvas.coordinate
        let ring = "M\(c(point.x)) \(c(point.y - 5))l3.5 1.5l1.5 3.5l-1.5 3.5l-3.5 1.5l-3.5 -1.5l-1.5 -3.5l1.5 -3.5Z"
        let dot = "M\(c(point.x)) \(c(point.y - 2))l2 2l-2 2l-2 -2Z"
        return switch kind {
        case .closed:
            [
                ("M\(c(point.x - 4)) \(c(point.y - 4))h8v8h-8Z", "shut"),
                (
                    "M\(c(point.x - 2.2)) \(c(point.y - 2.2))l4.4 4.4M\(c(point.x - 2.2)) \(c(point.y + 2.2))l4.4 -4.4", "shut-cross"
                ),
            ]
        case .inlet: [(ring, "meter")]
        case .reducing: [(ring, "meter"), (dot, "shut")]
        case .gateway: [("M\(c(point.x)) \(c(point.y - 7))l7 7l-7 7l-7 -7Z", "shut")]
        }
    }

    /// A line without length and with round ends.
    private static func dot(at point: Point) -> String { "M\(Canvas.coordinate(point.x)) \(Canvas.coordinate(point.y))h0" }

    private static func tank(at point: Point) -> String { "M\(Canvas.coordinate(point.x)) \(Canvas.coordinate(point.y - 8))l8 14h-16Z" }

    /// A round length, of a quarter of the map at most.
    private func drawScale(_ map: ZoneMap, _ frame: MapFrame, on canvas: inout Canvas) {
        guard let units = map.unitsPerMetre else { return }
        let factor = wording.factor(of: .metres)
        // Points of the drawing that the shown unit of length takes.
        let point = frame.scale * units / factor
        guard point > 0, point.isFinite else { return }
        var length = 1e-3
        let steps = [2, 2.5, 2]
        var step = 0
        while length * steps[step % 3] * point <= Self.width / 4, step < 60 {
            length *= steps[step % 3]
            step += 1
        }
        let c = Canvas.coordinate
        let (x, y) = (14.0, frame.height - 10)
        canvas.path("M\(c(x)) \(c(y - 5))v5h\(c(length * point))v-5", style: "axis scale")
        let text = wording.number(length, decimals: length < 1 ? 3 : 0) + "\u{A0}" + wording.unit(.metres)
        canvas.text(text, x: x + length * point + 6, y: y, style: "halo", small: true)
    }

    private func drawLegend(_ map: ZoneMap, _ kinds: [ZoneMap.Mark.Kind], rows: Int, top: Double, on canvas: inout Canvas) {
        canvas.line(0, top, Self.width, top, style: "frame")
        var entries: [(text: String, draw: (inout Canvas, Point) -> Void)] = kinds.map { kind in
            (
                wording.text(.words(Self.key(of: kind))),
                { canvas, at in
                    for part in Self.parts(of: kind, at: Point(x: at.x + 10, y: at.y)) { canvas.path(part.d, style: part.style) }
                }
            )
        }
        func line(_ style: String) -> (inout Canvas, Point) -> Void {
            { canvas, at in canvas.line(at.x, at.y, at.x + 20, at.y, style: style) }
        }
        if !map.others.isEmpty {
            entries.append((wording.text(.words(map.areas.isEmpty ? .gatewaysMapPipe : .zonesMapOutside)), line("pipe")))
        }
        if !map.meters.isEmpty {
            entries.append(
                (
                    wording.text(.words(.gatewaysMapMeters)),
                    { canvas, at in canvas.path(Self.dot(at: Point(x: at.x + 10, y: at.y)), style: "node tiny n0") }
                ))
        }
        if !map.sources.isEmpty {
            entries.append(
                (
                    wording.text(.words(.mapTank)),
                    { canvas, at in canvas.path(Self.tank(at: Point(x: at.x + 10, y: at.y + 1)), style: "tank") }
                ))
        }
        if !map.devices.isEmpty { entries.append((wording.text(.words(.mapDevice)), line("pipe device"))) }
        var at = Point(x: 14, y: top + 17)
        for entry in entries {
            let width = 46 + Canvas.width(of: entry.text, size: Canvas.smallTextSize)
            if at.x + width > Self.width, at.x > 14 { at = Point(x: 14, y: at.y + 22) }
            entry.draw(&canvas, at)
            canvas.text(
                Canvas.fitted(entry.text, width: Self.width - at.x - 30, size: Canvas.smallTextSize), x: at.x + 26, y: at.y + 4, small: true
            )
            at.x += width
        }
        guard rows > 0 else { return }
        let wide = (Self.width - 28) / Double(Self.inRow)
        for (index, area) in map.areas.enumerated() {
            let x = 14 + wide * Double(index % Self.inRow), y = top + 62 + 22 * Double(index / Self.inRow)
            canvas.line(x, y, x + 20, y, style: "pipe a\(area.colour)")
            canvas.text(Canvas.fitted(Wording.isolated(area.name), width: wide - 30), x: x + 26, y: y + 4, small: true)
        }
    }
}
