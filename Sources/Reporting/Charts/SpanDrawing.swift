// SPDX-License-Identifier: GPL-3.0-or-later

/// Rows with their names at the left, bars on one axis, figures at the right.
struct SpanDrawing {
    let wording: Wording
    let chart: SpanChart

    private static let row = 28.0
    private static let widestLabel = 230.0

    /// One line, or two smaller ones where a label is too long for it.
    private static func lines(of label: String, width: Double) -> [String] {
        guard Canvas.width(of: label) > width else { return [label] }
        var first: [Substring] = []
        var rest = label.split(separator: " ")[...]
        while let word = rest.first,
            Canvas.width(of: (first + [word]).joined(separator: " "), size: Canvas.smallTextSize) <= width
        {
            first.append(word)
            rest.removeFirst()
        }
        let second = Canvas.fitted(rest.joined(separator: " "), width: width, size: Canvas.smallTextSize)
        return first.isEmpty ? [second] : [first.joined(separator: " "), second]
    }

    /// - Returns: the height used.
    func draw(on canvas: inout Canvas) -> Double {
        let top = Legend(wording: wording, entries: chart.legend).draw(on: &canvas) + 4
        let factor = wording.factor(of: chart.axis.unit)
        let labels = chart.rows.map { wording.text($0.label) }
        let figures = chart.rows.map { row in row.figure.map { wording.numbers($0) } ?? "" }
        let left = min(Self.widestLabel, (labels.map { Canvas.width(of: $0) }.max() ?? 0) + 14)
        let ends = (chart.rows.flatMap(\.spans).flatMap { [$0.from, $0.to] } + chart.axis.includes + [chart.reference].compactMap(\.self))
            .map { $0 * factor }.filter(\.isFinite)
        let isYear = if case .year = chart.axis.scale { true } else { false }
        let ofFigures = figures.map { Canvas.width(of: $0, size: Canvas.smallTextSize) }.max() ?? 0
        let count = Int(max(2, (GraphicDrawing.width - 14 - ofFigures - left) / 90))
        let ticks = Ticks(from: ends.min() ?? 0, to: ends.max() ?? 1, count: count, smallestStep: isYear ? 1 : 0)
        func text(_ tick: Double) -> String { isYear ? "\(Int(tick))" : wording.number(tick, decimals: ticks.decimals) }
        // Room for the figures, and for the half of the last label that stands beyond the axis.
        let ofLast = (ticks.values.last.map { Canvas.width(of: text($0), size: Canvas.smallTextSize) } ?? 0) / 2
        let right = GraphicDrawing.width - 14 - max(ofFigures, ofLast)
        func x(_ value: Double) -> Double { left + (value - ticks.low) / (ticks.high - ticks.low) * (right - left) }
        let bottom = top + Self.row * Double(chart.rows.count)
        for tick in ticks.values {
            canvas.line(x(tick), top - 4, x(tick), bottom, style: tick == 0 ? "axis" : "grid")
            canvas.text(text(tick), x: x(tick), y: bottom + 16, anchor: .middle, small: true)
        }
        for (index, row) in chart.rows.enumerated() {
            let middle = top + Self.row * (Double(index) + 0.5)
            let lines = Self.lines(of: labels[index], width: left - 12)
            for (line, text) in lines.enumerated() {
                let y = middle + 4.5 + (lines.count > 1 ? 13 * (Double(line) - 0.55) : 0)
                canvas.text(text, x: left - 8, y: y, anchor: .end, small: lines.count > 1, title: labels[index])
            }
            for span in row.spans where span.from.isFinite && span.to.isFinite {
                let (from, to) = (x(min(span.from, span.to) * factor), x(max(span.from, span.to) * factor))
                canvas.rectangle(x: from, y: middle - 8, width: max(to - from, 0.8), height: 16, style: "f \(span.style.rawValue)")
            }
            let end = row.spans.map { x(max($0.from, $0.to) * factor) }.filter(\.isFinite).max() ?? left
            if !figures[index].isEmpty { canvas.text(figures[index], x: end + 6, y: middle + 4.5, style: "halo", small: true) }
        }
        if let reference = chart.reference {
            canvas.line(x(reference * factor), top - 4, x(reference * factor), bottom, style: "whisker")
        }
        canvas.text(wording.head(of: chart.axis), x: (left + right) / 2, y: bottom + 36, anchor: .middle)
        return bottom + 44
    }
}
