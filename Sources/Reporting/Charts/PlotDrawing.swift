// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Panels with axes, all on the same scales so that they can be compared.
struct PlotDrawing {
    let wording: Wording
    let plot: Plot

    private struct Frame {
        var left: Double, top: Double, right: Double, bottom: Double
        var xTicks: Ticks, yTicks: Ticks
        /// Range of x that is drawn.
        var from: Double, to: Double

        func x(_ value: Double) -> Double { left + (value - from) / (to - from) * (right - left) }
        func y(_ value: Double) -> Double { bottom - (value - yTicks.low) / (yTicks.high - yTicks.low) * (bottom - top) }
    }

    /// - Returns: the height used.
    func draw(on canvas: inout Canvas) -> Double {
        let top = Legend(wording: wording, entries: plot.legend).draw(on: &canvas)
        let plot = plot.times(x: wording.factor(of: self.plot.x.unit), y: wording.factor(of: self.plot.y.unit))
        let isSingle = plot.panels.count == 1
        let columns = isSingle ? 1 : 2
        let rows = (plot.panels.count + columns - 1) / columns
        let height = isSingle ? 290.0 : 125.0
        let (xRange, yRange) = ranges(of: plot)
        let y = Ticks(from: yRange.0, to: yRange.1, count: isSingle ? 6 : 3)
        let (x, from, to) = horizontal(xRange, width: isSingle ? 560 : 270)
        let labels = y.values.map { wording.number($0, decimals: y.decimals) }
        let labelWidth = (labels.map { Canvas.width(of: $0, size: Canvas.smallTextSize) }.max() ?? 0) + 8
        let axisLabel = 20.0
        let gap = 18.0
        let panelWidth = (GraphicDrawing.width - axisLabel - gap * Double(columns - 1) - 24) / Double(columns)
        let titleHeight = isSingle ? 6.0 : 24.0
        let rowHeight = titleHeight + height + 26
        for (index, panel) in plot.panels.enumerated() {
            let left = axisLabel + Double(index % columns) * (panelWidth + gap) + labelWidth
            let panelTop = top + Double(index / columns) * rowHeight + titleHeight
            let frame = Frame(
                left: left, top: panelTop, right: left + panelWidth - labelWidth, bottom: panelTop + height, xTicks: x, yTicks: y,
                from: from, to: to)
            if let title = panel.title {
                let text = wording.text(title)
                canvas.text(
                    Canvas.fitted(text, width: panelWidth - labelWidth), x: left, y: panelTop - 7, style: "strong", title: text)
            }
            drawAxes(frame, labels: labels, on: &canvas)
            for mark in panel.marks { draw(mark, in: frame, on: &canvas) }
        }
        let bottom = top + Double(rows) * rowHeight
        canvas.text(
            wording.head(of: plot.y), x: 13, y: top + titleHeight + (bottom - top - titleHeight - 26) / 2, anchor: .middle, isVertical: true
        )
        canvas.text(wording.head(of: plot.x), x: GraphicDrawing.width / 2 + 20, y: bottom + 12, anchor: .middle)
        return bottom + 22
    }

    private func ranges(of plot: Plot) -> ((Double, Double), (Double, Double)) {
        var x = plot.x.includes
        var y = plot.y.includes
        for mark in plot.panels.flatMap(\.marks) {
            switch mark {
            case .line(let points, _):
                x += points.compactMap { $0?.x }
                y += points.compactMap { $0?.y }
            case .band(let points, _):
                x += points.map(\.x)
                y += points.flatMap { [$0.low, $0.high] }
            case .bar(let from, let to, _, _):
                x += [from.x, to.x]
                y += [from.y, to.y]
            case .whisker(let at, let low, let high):
                x.append(at)
                y += [low, high]
            case .rule(let value, _): y.append(value)
            case .dot(let point, _):
                x.append(point.x)
                y.append(point.y)
            }
        }
        let (xs, ys) = (x.filter(\.isFinite), y.filter(\.isFinite))
        return ((xs.min() ?? 0, xs.max() ?? 1), (ys.min() ?? 0, ys.max() ?? 1))
    }

    private func horizontal(_ range: (Double, Double), width: Double) -> (Ticks, Double, Double) {
        switch plot.x.scale {
        case .number:
            let ticks = Ticks(from: range.0, to: range.1, count: Int(width / 55))
            return range.1 > range.0 ? (ticks, range.0, range.1) : (ticks, ticks.low, ticks.high)
        case .year:
            let ticks = Ticks(from: range.0, to: range.1, count: Int(width / 45), smallestStep: 1)
            let margin = range.1 == range.0 ? 0.5 : 0.02 * (range.1 - range.0)
            return (ticks, range.0 - margin, range.1 + margin)
        case .day:
            let days = max(1, (range.1 - range.0) / Units.day)
            let step = max(1, (days / max(1, (width / 75).rounded(.down))).rounded(.up)) * Units.day
            var ticks = Ticks(from: range.0, to: range.1, count: 2)
            ticks.values = stride(from: range.0, through: max(range.1, range.0), by: step).map { $0 }
            let margin = range.1 == range.0 ? Units.day : 0.02 * (range.1 - range.0)
            return (ticks, range.0 - margin, range.1 + margin)
        }
    }

    private func label(_ x: Double, _ ticks: Ticks) -> String {
        switch plot.x.scale {
        case .number: return wording.number(x, decimals: ticks.decimals)
        case .year: return "\(Int(x))"
        case .day:
            return wording.day(String(Instant(seconds: Int(x)).description.prefix(10)))
        }
    }

    private func drawAxes(_ frame: Frame, labels: [String], on canvas: inout Canvas) {
        for (tick, label) in zip(frame.yTicks.values, labels) {
            let y = frame.y(tick)
            canvas.line(frame.left, y, frame.right, y, style: "grid")
            canvas.text(label, x: frame.left - 6, y: y + 4, anchor: .end, small: true)
        }
        for tick in frame.xTicks.values where tick >= frame.from - 1e-9 * abs(frame.from) && tick <= frame.to + 1e-9 * abs(frame.to) {
            let x = frame.x(tick)
            canvas.line(x, frame.bottom, x, frame.bottom + 4, style: "axis")
            canvas.text(label(tick, frame.xTicks), x: x, y: frame.bottom + 17, anchor: .middle, small: true)
        }
        let zero = frame.yTicks.low < 0 && frame.yTicks.high > 0 ? frame.y(0) : frame.bottom
        canvas.line(frame.left, zero, frame.right, zero, style: "axis")
        if zero != frame.bottom { canvas.line(frame.left, frame.bottom, frame.right, frame.bottom, style: "axis") }
    }

    private func draw(_ mark: Plot.Mark, in frame: Frame, on canvas: inout Canvas) {
        let c = Canvas.coordinate
        switch mark {
        case .line(let points, let style):
            var d = ""
            var isOpen = false
            for point in points {
                guard let point else { isOpen = false; continue }
                d += (isOpen ? "L" : "M") + c(frame.x(point.x)) + " " + c(frame.y(point.y))
                isOpen = true
            }
            canvas.path(d, style: "l \(style.rawValue)")
        case .band(let points, let style):
            guard points.count > 1 else { return }
            let upper = points.map { c(frame.x($0.x)) + " " + c(frame.y($0.high)) }
            let lower = points.reversed().map { c(frame.x($0.x)) + " " + c(frame.y($0.low)) }
            canvas.path("M" + (upper + lower).joined(separator: "L") + "Z", style: "b \(style.rawValue)")
        case .bar(let from, let to, let style, let label):
            let (x0, x1) = (frame.x(min(from.x, to.x)), frame.x(max(from.x, to.x)))
            let (y0, y1) = (frame.y(max(from.y, to.y)), frame.y(min(from.y, to.y)))
            canvas.rectangle(x: x0, y: y0, width: x1 - x0, height: y1 - y0, style: "f \(style.rawValue)")
            if let label, x1 - x0 > 7 {
                canvas.text(wording.text(label), x: (x0 + x1) / 2, y: y0 - 4, anchor: .middle, style: "halo", small: true)
            }
        case .whisker(let x, let low, let high): canvas.whisker(x: frame.x(x), from: frame.y(low), to: frame.y(high))
        case .rule(let value, let style): canvas.line(frame.left, frame.y(value), frame.right, frame.y(value), style: "l \(style.rawValue)")
        case .dot(let point, let style):
            let (x, y) = (frame.x(point.x), frame.y(point.y))
            canvas.path("M\(c(x)) \(c(y - 6))L\(c(x + 6)) \(c(y))L\(c(x)) \(c(y + 6))L\(c(x - 6)) \(c(y))Z", style: "f \(style.rawValue)")
        }
    }
}
