// SPDX-License-Identifier: GPL-3.0-or-later

/// What the marks of a chart stand for, in rows above it.
struct Legend {
    let wording: Wording
    let entries: [Plot.LegendEntry]

    /// - Returns: where the chart begins.
    func draw(on canvas: inout Canvas) -> Double {
        guard !entries.isEmpty else { return 4 }
        var x = 40.0
        var y = 16.0
        for entry in entries {
            let text = wording.text(entry.label)
            let width = 34 + Canvas.width(of: text) + 18
            if x + width > GraphicDrawing.width, x > 40 {
                x = 40
                y += 20
            }
            let style = entry.style.rawValue
            switch entry.form {
            case .line: canvas.line(x, y - 4, x + 26, y - 4, style: "l " + style)
            case .area: canvas.rectangle(x: x, y: y - 11, width: 26, height: 13, style: "f " + style)
            case .band: canvas.rectangle(x: x, y: y - 11, width: 26, height: 13, style: "b " + style)
            case .dot:
                let c = Canvas.coordinate
                canvas.path("M\(c(x + 13)) \(c(y - 10))l6 6l-6 6l-6 -6Z", style: "f " + style)
            }
            canvas.text(Canvas.fitted(text, width: GraphicDrawing.width - x - 34), x: x + 32, y: y, title: text)
            x += width
        }
        return y + 14
    }
}

extension Wording {
    /// Label of an axis with its unit.
    func head(of axis: Plot.Axis) -> String {
        let unit = unit(axis.unit)
        let label = text(axis.label)
        return unit.isEmpty ? label : Catalogue.filled(catalogue.text(.headWithUnit), [label, unit])
    }
}
