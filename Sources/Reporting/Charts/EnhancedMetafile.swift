// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A drawing as an enhanced metafile ([MS-EMF]): lines, areas and text that Word, LibreOffice and Hangul draw sharp at any size, and that
/// can be taken apart and edited there.
struct EnhancedMetafile {
    /// Logical units in one point of the drawing.
    private static let scale = 20.0
    /// Of the device for which it is made: 96 dots an inch. [mm per dot]
    private static let dot = 25.4 / 96

    private enum Record {
        static let header: UInt32 = 1, polygon: UInt32 = 3, polyline: UInt32 = 4, polyPolyline: UInt32 = 7, windowExtent: UInt32 = 9
        static let windowOrigin: UInt32 = 10, viewportExtent: UInt32 = 11, viewportOrigin: UInt32 = 12, end: UInt32 = 14
        static let mapMode: UInt32 = 17, backgroundMode: UInt32 = 18, fillMode: UInt32 = 19, textAlign: UInt32 = 22, textColour: UInt32 = 24
        static let select: UInt32 = 37, brush: UInt32 = 39, delete: UInt32 = 40, ellipse: UInt32 = 42, font: UInt32 = 82, text: UInt32 = 84
        static let pen: UInt32 = 95
    }
    private enum Stock { static let nullBrush: UInt32 = 0x8000_0005, nullPen: UInt32 = 0x8000_0008 }
    /// Slots of the table of objects; slot 0 is the metafile itself.
    private enum Slot { static let pen: UInt32 = 1, brush: UInt32 = 2, font: UInt32 = 3 }

    private var body: [UInt8] = []
    private var records: UInt32 = 1
    private var current: DrawingStyle?
    private var font: (size: Double, isBold: Bool, isVertical: Bool)?
    private var anchor: UInt32?
    private let size: (width: Double, height: Double)
    private let isMap: Bool

    /// - svg: as `GraphicDrawing` makes it.
    init(_ svg: Markup, width: Double, height: Double) {
        size = (width, height)
        isMap = DrawingStyle.isMap(svg)
        let (w, h) = (Self.units(width), Self.units(height))
        add(Record.mapMode, [8])
        add(Record.windowOrigin, [0, 0])
        add(Record.windowExtent, [w, h])
        add(Record.viewportOrigin, [0, 0])
        add(Record.viewportExtent, [UInt32(width.rounded()), UInt32(height.rounded())])
        add(Record.backgroundMode, [1])
        add(Record.fillMode, [2])
        for part in svg.parts {
            if case .element(let element) = part { draw(element) }
        }
        dropStyle()
        dropFont()
        add(Record.end, [0, 16, 20])
    }

    var bytes: [UInt8] {
        let frame = [size.width, size.height].map { UInt32(($0 * Self.dot * 100).rounded()) }
        let fields: [UInt32] =
            [Record.header, 108, 0, 0, UInt32(size.width.rounded()), UInt32(size.height.rounded()), 0, 0] + frame
            + [0x464D_4520, 0x1_0000, UInt32(108 + body.count), records, 4, 0, 0, 0, 1920, 1080, 508, 286, 0, 0, 0, 508_000, 285_750]
        var head: [UInt8] = []
        for field in fields { head.append(littleEndian: field) }
        return head + body
    }

    private static func units(_ points: Double) -> UInt32 {
        guard points.isFinite else { return 0 }
        return UInt32(bitPattern: Int32(min(max((points * scale).rounded(), -1e8), 1e8)))
    }

    private mutating func add(_ type: UInt32, _ fields: [UInt32], tail: [UInt8] = []) {
        let padding = (4 - tail.count % 4) % 4
        body.append(littleEndian: type)
        body.append(littleEndian: UInt32(8 + 4 * fields.count + tail.count + padding))
        for field in fields { body.append(littleEndian: field) }
        body += tail
        body += [UInt8](repeating: 0, count: padding)
        records += 1
    }

    private static func colour(_ rgb: UInt32) -> UInt32 { (rgb & 0xFF) << 16 | rgb & 0xFF00 | rgb >> 16 }

    private mutating func draw(_ element: Markup) {
        func value(_ name: String) -> String { element.attributes.first { $0.0 == name }?.1 ?? "" }
        func number(_ name: String) -> Double { Double(value(name)) ?? 0 }
        let style = DrawingStyle(element: element.name, classes: value("class"))
        switch element.name {
        case "rect":
            let (x, y, width, height) = (number("x"), number("y"), number("width"), number("height"))
            let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)].map { Point(x: $0.0, y: $0.1) }
            use(style)
            polygon(corners)
        case "path":
            let outline = PathOutline(value("d"))
            if value("class").split(separator: " ").contains("node") {
                use(style)
                for line in outline.lines { line.points.first.map { dot($0, width: style.width) } }
                return
            } else if style.fill != nil {
                var area = style
                if !style.dashes.isEmpty { area.stroke = nil }
                use(area)
                for line in outline.lines { polygon(line.points) }
            }
            if style.fill == nil || !style.dashes.isEmpty {
                var edge = style
                edge.fill = nil
                use(edge)
                polylines(outline.lines, dashes: style.dashes)
            }
        case "text":
            if let box = DrawingStyle.backing(of: element, isMap: isMap) {
                use(box.style)
                let (left, right, top, bottom) = (box.corner.x, box.corner.x + box.width, box.corner.y, box.corner.y + box.height)
                polygon([Point(x: left, y: top), Point(x: right, y: top), Point(x: right, y: bottom), Point(x: left, y: bottom)])
            }
            text(element, style, x: number("x"), y: number("y"), anchor: value("text-anchor"), turn: value("transform"))
        default: break
        }
    }

    private mutating func use(_ style: DrawingStyle) {
        guard style != current else { return }
        dropStyle()
        current = style
        if let stroke = style.stroke {
            // Geometric; round joins and caps, but those of dashes are flat: round ones would close the gaps.
            let form: UInt32 = style.dashes.isEmpty ? 0x1_0000 : 0x1_0200
            add(Record.pen, [Slot.pen, 0, 0, 0, 0, form, max(1, Self.units(style.width)), 0, Self.colour(stroke), 0, 0])
            add(Record.select, [Slot.pen])
        } else {
            add(Record.select, [Stock.nullPen])
        }
        if let fill = style.fill {
            add(Record.brush, [Slot.brush, 0, Self.colour(fill), 0])
            add(Record.select, [Slot.brush])
        } else {
            add(Record.select, [Stock.nullBrush])
        }
    }

    private mutating func dropStyle() {
        guard let style = current else { return }
        add(Record.select, [Stock.nullPen])
        add(Record.select, [Stock.nullBrush])
        if style.stroke != nil { add(Record.delete, [Slot.pen]) }
        if style.fill != nil { add(Record.delete, [Slot.brush]) }
        current = nil
    }

    private var bounds: [UInt32] { [0, 0, UInt32(size.width.rounded()), UInt32(size.height.rounded())] }

    private mutating func polygon(_ points: [Point]) {
        guard points.count > 1 else { return }
        add(Record.polygon, bounds + [UInt32(points.count)] + points.flatMap { [Self.units($0.x), Self.units($0.y)] })
    }

    private mutating func polylines(_ lines: [PathOutline.Line], dashes: [Double]) {
        let whole = lines.map { $0.isClosed ? $0.points + $0.points.prefix(1) : $0.points }
            .flatMap { DashedLine.pieces(of: $0, dashes: dashes) }.filter { $0.count > 1 }
        guard !whole.isEmpty else { return }
        let points = whole.flatMap { $0.flatMap { [Self.units($0.x), Self.units($0.y)] } }
        add(
            Record.polyPolyline,
            bounds + [UInt32(whole.count), UInt32(points.count / 2)] + whole.map { UInt32($0.count) } + points)
    }

    /// A filled circle in the colour of the stroke.
    private mutating func dot(_ centre: Point, width: Double) {
        if let style = current, let stroke = style.stroke {
            var filled = style
            (filled.fill, filled.stroke) = (stroke, nil)
            use(filled)
        }
        let r = width / 2
        add(
            Record.ellipse,
            [Self.units(centre.x - r), Self.units(centre.y - r), Self.units(centre.x + r), Self.units(centre.y + r)])
    }

    private mutating func text(_ element: Markup, _ style: DrawingStyle, x: Double, y: Double, anchor: String, turn: String) {
        let words = element.parts.reduce("") { text, part in
            if case .text(let piece) = part { text + piece } else { text }
        }
        let clean = words.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0 }
        let characters = Array(String(String.UnicodeScalarView(clean)).utf16.prefix(2000))
        guard !characters.isEmpty else { return }
        useFont(size: style.textSize, isBold: style.isBold, isVertical: !turn.isEmpty)
        // On the baseline: left, right, middle.
        let align: UInt32 = anchor == "middle" ? 24 | 6 : anchor == "end" ? 24 | 2 : 24
        if align != self.anchor {
            add(Record.textAlign, [align])
            self.anchor = align
        }
        add(Record.textColour, [Self.colour(style.fill ?? 0)])
        let scale = Float(Self.dot * 100 / Self.scale).bitPattern
        add(
            Record.text,
            bounds + [1, scale, scale, Self.units(x), Self.units(y), UInt32(characters.count), 76, 0, 0, 0, 0, 0, 0],
            tail: characters.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    }

    private mutating func useFont(size: Double, isBold: Bool, isVertical: Bool) {
        if let font, font == (size, isBold, isVertical) { return }
        dropFont()
        font = (size, isBold, isVertical)
        let angle: UInt32 = isVertical ? 900 : 0
        var name = Array("Arial".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        name += [UInt8](repeating: 0, count: 64 - name.count)
        let flags: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0]
        add(
            Record.font, [Slot.font, UInt32(bitPattern: -Int32(bitPattern: Self.units(size))), 0, angle, angle, isBold ? 700 : 400],
            tail: flags + name + [UInt8](repeating: 0, count: 228))
        add(Record.select, [Slot.font])
    }

    private mutating func dropFont() {
        guard font != nil else { return }
        // The stock font of the device: a font in use cannot be deleted.
        add(Record.select, [0x8000_000D])
        add(Record.delete, [Slot.font])
        font = nil
    }
}
