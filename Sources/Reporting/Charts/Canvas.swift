// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Parts of a drawing in points of the SVG's own coordinates, y downward.
struct Canvas {
    enum Anchor: String { case start, middle, end }

    static let textSize = 13.0
    static let smallTextSize = 11.5

    var parts: [Markup] = []

    /// One decimal: a tenth of a point is less than a printer shows.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let text = NumberText.fixed(min(max(value, -1e5), 1e5), 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    mutating func text(
        _ text: String, x: Double, y: Double, anchor: Anchor = .start, style: String = "", isVertical: Bool = false, small: Bool = false,
        title: String? = nil
    ) {
        var attributes = [("x", Self.coordinate(x)), ("y", Self.coordinate(y))]
        if anchor != .start { attributes.append(("text-anchor", anchor.rawValue)) }
        let names = [small ? "small" : "", style].filter { !$0.isEmpty }.joined(separator: " ")
        if !names.isEmpty { attributes.append(("class", names)) }
        if isVertical { attributes.append(("transform", "rotate(-90 \(Self.coordinate(x)) \(Self.coordinate(y)))")) }
        var element = Markup("text", attributes, text: text)
        if let title, title != text { element.append(Markup("title", text: title)) }
        parts.append(element)
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
        path("M\(Self.coordinate(x1)) \(Self.coordinate(y1))L\(Self.coordinate(x2)) \(Self.coordinate(y2))", style: style)
    }

    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, style: String, title: String? = nil) {
        let attributes = [
            ("x", Self.coordinate(x)), ("y", Self.coordinate(y)), ("width", Self.coordinate(max(0, width))),
            ("height", Self.coordinate(max(0, height))), ("class", style),
        ]
        parts.append(Markup("rect", attributes, title.map { [Markup("title", text: $0)] } ?? []))
    }

    mutating func path(_ d: String, style: String, title: String? = nil) {
        guard !d.isEmpty else { return }
        parts.append(Markup("path", [("class", style), ("d", d)], title.map { [Markup("title", text: $0)] } ?? []))
    }

    /// Small I-shaped mark of an interval.
    mutating func whisker(x: Double, from low: Double, to high: Double) {
        let (x0, x1) = (Self.coordinate(x - 4), Self.coordinate(x + 4))
        let (a, b, m) = (Self.coordinate(low), Self.coordinate(high), Self.coordinate(x))
        path("M\(m) \(a)V\(b)M\(x0) \(a)H\(x1)M\(x0) \(b)H\(x1)", style: "whisker")
    }

    mutating func whisker(y: Double, from low: Double, to high: Double) {
        let (y0, y1) = (Self.coordinate(y - 4), Self.coordinate(y + 4))
        let (a, b, m) = (Self.coordinate(low), Self.coordinate(high), Self.coordinate(y))
        path("M\(a) \(m)H\(b)M\(a) \(y0)V\(y1)M\(b) \(y0)V\(y1)", style: "whisker")
    }

    /// Close enough for laying out: system fonts differ.
    static func width(of text: String, size: Double = textSize) -> Double {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.value {
            case 0x1100...0x11FF, 0x2E80...0xD7FF, 0xF900...0xFAFF, 0xFF00...0xFFEF, 0x1F000...0x1FFFF: sum + size
            case 0x20, 0x2C, 0x2E, 0x69, 0x6A, 0x6C, 0xA0: sum + 0.34 * size
            case 0x41...0x5A, 0x4D, 0x6D, 0x77: sum + 0.74 * size
            default: sum + 0.62 * size
            }
        }
    }

    /// Cut to a width, with an ellipsis.
    static func fitted(_ text: String, width: Double, size: Double = textSize) -> String {
        guard Self.width(of: text, size: size) > width else { return text }
        var output = ""
        var used = Self.width(of: "…", size: size)
        for character in text {
            used += Self.width(of: String(character), size: size)
            if used > width { break }
            output.append(character)
        }
        while output.last == " " { output.removeLast() }
        return output + "…"
    }
}

/// Draws graphics as SVG in one language.
struct GraphicDrawing {
    static let width = 640.0

    let wording: Wording
    let graphic: Graphic

    /// An `svg` element with title and description for readers who cannot see it.
    var svg: Markup { drawing.svg }

    /// The element and its height, in points of its own coordinates; the width is `width`.
    var drawing: (svg: Markup, height: Double) {
        var canvas = Canvas()
        let height: Double
        var style = "chart"
        switch graphic.content {
        case .plot(let plot): height = PlotDrawing(wording: wording, plot: plot).draw(on: &canvas)
        case .ranking(let ranking): height = draw(ranking, on: &canvas)
        case .spans(let chart): height = SpanDrawing(wording: wording, chart: chart).draw(on: &canvas)
        case .tree(let tree): height = draw(tree, on: &canvas)
        case .balance(let balance): height = draw(balance, on: &canvas)
        case .map(let map):
            height = draw(map, on: &canvas)
            style = "chart map"
        case .zoneMap(let map):
            height = draw(map, on: &canvas)
            style = "chart map"
        }
        let label = graphic.id + "-title " + graphic.id + "-text"
        var element = Markup(
            "svg",
            [
                ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", "0 0 640 \(Canvas.coordinate(height))"), ("class", style),
                ("role", "img"),
                ("aria-labelledby", label),
            ],
            [
                Markup("title", [("id", graphic.id + "-title")], text: wording.text(graphic.title)),
                Markup("desc", [("id", graphic.id + "-text")], text: wording.text(graphic.description)),
            ])
        canvas.parts.forEach { element.append($0) }
        return (element, height)
    }

    private func draw(_ ranking: Ranking, on canvas: inout Canvas) -> Double {
        var ranking = ranking
        for index in ranking.items.indices { ranking.items[index].figure = wording.converted(ranking.items[index].figure) }
        let row = 28.0
        let labels = ranking.items.map { wording.text($0.label) }
        let left = min(200, (labels.map { Canvas.width(of: $0) }.max() ?? 0) + 14)
        let right = Self.width - 120
        let highest = ranking.items.reduce(0.0) { max($0, $1.figure.high ?? 0, $1.figure.value ?? 0) }
        let lowest = ranking.items.reduce(0.0) { min($0, $1.figure.low ?? 0, $1.figure.value ?? 0) }
        let ticks = Ticks(from: lowest, to: highest, count: 5)
        let scale = (right - left) / (ticks.high - ticks.low)
        func x(_ value: Double) -> Double { left + (value - ticks.low) * scale }
        let bottom = 8 + row * Double(ranking.items.count)
        for tick in ticks.values {
            canvas.line(x(tick), 4, x(tick), bottom, style: tick == 0 ? "axis" : "grid")
            canvas.text(wording.number(tick, decimals: ticks.decimals), x: x(tick), y: bottom + 16, anchor: .middle, small: true)
        }
        for (index, item) in ranking.items.enumerated() {
            let middle = 8 + row * (Double(index) + 0.5)
            canvas.text(Canvas.fitted(labels[index], width: left - 12), x: left - 8, y: middle + 4.5, anchor: .end, title: labels[index])
            guard let value = item.figure.value else { continue }
            let (from, to) = (min(x(0), x(value)), max(x(0), x(value)))
            canvas.rectangle(x: from, y: middle - 8, width: to - from, height: 16, style: "f \(item.style.rawValue)")
            if let low = item.figure.low, let high = item.figure.high { canvas.whisker(y: middle, from: x(low), to: x(high)) }
            var bare = item.figure
            bare.unit = .none
            canvas.text(wording.text(bare), x: max(to, x(item.figure.high ?? value)) + 8, y: middle + 4.5, small: true)
        }
        let axis = Catalogue.filled(wording.catalogue.text(.headWithUnit), [wording.text(ranking.axis), wording.unit(ranking.unit)])
        canvas.text(axis, x: (left + right) / 2, y: bottom + 36, anchor: .middle)
        return bottom + 44
    }
}
