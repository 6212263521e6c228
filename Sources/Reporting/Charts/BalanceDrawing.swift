// SPDX-License-Identifier: GPL-3.0-or-later

extension GraphicDrawing {
    /// Columns of areas in scale; the labels of the last stand beside it, so that a small part can be read too.
    func draw(_ balance: BalanceDiagram, on canvas: inout Canvas) -> Double {
        let (top, height) = (8.0, 330.0)
        let total = balance.supplied.value ?? 0
        guard total > 0 else { return top }
        func size(_ figure: Figure) -> Double { max(0, figure.value ?? 0) / total * height }
        let columns: [[(TextKey, Figure, String)]] = [
            [(.waterSupplied, balance.supplied, "part supplied")],
            [(.authorisedConsumption, balance.authorised, "part used"), (.waterLosses, balance.losses, "part lost")],
            [(.revenueWater, balance.revenue, "part earning"), (.nonRevenueWater, balance.nonRevenue, "part unearning")],
        ]
        let columnWidth = 106.0
        var x = 6.0
        for column in columns {
            var y = top
            for (key, figure, style) in column {
                let part = min(size(figure), top + height - y)
                canvas.rectangle(x: x, y: y, width: columnWidth, height: part, style: style, title: wording.text(.words(key)))
                write(wording.text(.words(key)), figure, x: x, y: y, width: columnWidth, height: part, on: &canvas)
                y += part
            }
            x += columnWidth + 3
        }
        drawParts(balance, x: x, top: top, height: height, size: size, on: &canvas)
        return top + height + 8
    }

    private func write(_ label: String, _ figure: Figure, x: Double, y: Double, width: Double, height: Double, on canvas: inout Canvas) {
        let lines = wrapped(label, width: width - 12) + [wording.text(Figure(figure.value, figure.unit, .decimals(0)))]
        let lineHeight = 15.0
        guard height >= lineHeight * Double(lines.count) + 6 else { return }
        for (index, line) in lines.enumerated() {
            canvas.text(
                line, x: x + 7, y: y + 17 + lineHeight * Double(index), style: index == lines.count - 1 ? "ink strong" : "ink", small: true)
        }
    }

    func wrapped(_ text: String, width: Double) -> [String] {
        var lines: [String] = []
        // A term that is a sum, 무수수량+무효수량, may be parted behind its sign.
        for word in text.replacing("+", with: "+ ").split(separator: " ") {
            if let last = lines.last, Canvas.width(of: last + " " + word, size: Canvas.smallTextSize) <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(Canvas.fitted(String(word), width: width, size: Canvas.smallTextSize))
            }
        }
        return lines
    }

    private func drawParts(
        _ balance: BalanceDiagram, x: Double, top: Double, height: Double, size: (Figure) -> Double, on canvas: inout Canvas
    ) {
        let parts: [(TextKey, Figure, String)] = [
            (.revenueWaterLong, balance.revenue, "part earning"), (.unbilledAuthorised, balance.unbilled, "part unbilled"),
            (.apparentLosses, balance.apparent, "part apparent"), (.realLosses, balance.real, "part real"),
        ]
        let width = 54.0
        var y = top
        var centres: [Double] = []
        for (key, figure, style) in parts {
            let part = min(size(figure), top + height - y)
            canvas.rectangle(x: x, y: y, width: width, height: part, style: style, title: wording.text(.words(key)))
            centres.append(y + part / 2)
            y += part
        }
        // Labels keep their order and a distance; those below push the ones above up where the end is reached.
        let need = 50.0
        var places = centres.map { min(max($0, top + need / 2), top + height - need / 2) }
        for index in places.indices.dropFirst() { places[index] = max(places[index], places[index - 1] + need) }
        if let last = places.indices.last {
            places[last] = min(places[last], top + height - need / 2)
            for index in places.indices.dropLast().reversed() { places[index] = min(places[index], places[index + 1] - need) }
        }
        let total = balance.supplied.value ?? 1
        for (index, part) in parts.enumerated() {
            let labelX = x + width + 26
            let c = Canvas.coordinate
            canvas.path(
                "M\(c(x + width)) \(c(centres[index]))L\(c(x + width + 12)) \(c(places[index]))H\(c(labelX - 4))", style: "leader")
            let room = Self.width - labelX - 2
            let label = wrapped(wording.text(.words(part.0)), width: room / 1.12)
            let share = wording.text(Figure(100 * (part.1.value ?? 0) / total, .percent, .decimals(1)))
            let start = places[index] - (label.count > 1 ? 12 : 4)
            for (line, text) in label.prefix(2).enumerated() {
                canvas.text(text, x: labelX, y: start + 14 * Double(line), style: "strong", small: true)
            }
            let after = start + 14 * Double(min(label.count, 2))
            canvas.text(Canvas.fitted(wording.text(part.1), width: room, size: Canvas.smallTextSize), x: labelX, y: after, small: true)
            canvas.text(share, x: labelX, y: after + 14, small: true)
        }
    }
}
