// SPDX-License-Identifier: GPL-3.0-or-later

/// Looks of the layers as QGIS stores them (QML), in the colours of the map of the documents.
enum QGISStyle {
    /// nil for a layer without a look of its own.
    static func of(_ layer: GeoLayer) -> String? {
        switch layer.name {
        case "pipes":
            classes(
                attribute: "leak_probability", limits: GraphicDrawing.probabilityClasses.dropFirst().map { $0 } + [1], from: 0,
                symbols: (0..<5).map { line(DrawingStyle(element: "path", classes: "pipe p\($0)")) })
        case "nodes":
            classes(
                attribute: "night_pressure_m", limits: GraphicDrawing.pressureClasses.dropFirst().map { $0 } + [10_000], from: -10_000,
                symbols: (0..<5).map { marker(DrawingStyle(element: "path", classes: "node tiny n\($0)")) })
        case "devices": single(line(DrawingStyle(element: "path", classes: "pipe device")))
        case "leak_candidates": single(line(DrawingStyle(element: "path", classes: "pipe p3")))
        case "zones": single(area(0xE6EEF3, edge: 0x6F7E8A))
        case "designed_zones": single(area(0xDCEBF7, edge: 0x0072B2))
        case "designed_borders": single(marker(DrawingStyle(element: "path", classes: "node n4")))
        case "reducing_valves": single(marker(DrawingStyle(element: "path", classes: "node n0")))
        case "gateways": single(marker(DrawingStyle(element: "path", classes: "node n2")))
        case "measures": single(area(0xD9D2A6, edge: 0x6A5A9C))
        default: nil
        }
    }

    private static func colour(_ rgb: UInt32, alpha: Int = 255) -> String {
        "\(rgb >> 16 & 0xFF),\(rgb >> 8 & 0xFF),\(rgb & 0xFF),\(alpha)"
    }

    /// Points of a screen at 96 dots an inch. [mm]
    private static func millimetres(_ points: Double) -> String { "\((points * 25.4 / 96 * 100).rounded() / 100)" }

    private struct Symbol {
        var type: String
        var layer: String
        var options: [(String, String)]

        func markup(_ name: String) -> Markup {
            let options = self.options.map { Markup("Option", [("type", "QString"), ("name", $0.0), ("value", $0.1)]) }
            return Markup(
                "symbol", [("type", type), ("name", name), ("alpha", "1")],
                [Markup("layer", [("class", layer), ("enabled", "1")], [Markup("Option", [("type", "Map")], options)])])
        }
    }

    private static func line(_ style: DrawingStyle) -> Symbol {
        Symbol(
            type: "line", layer: "SimpleLine",
            options: [
                ("line_color", colour(style.stroke ?? 0)), ("line_width", millimetres(style.width)), ("line_width_unit", "MM"),
                ("line_style", style.dashes.isEmpty ? "solid" : "dash"), ("capstyle", "round"),
            ])
    }

    private static func marker(_ style: DrawingStyle) -> Symbol {
        Symbol(
            type: "marker", layer: "SimpleMarker",
            options: [
                ("name", "circle"), ("color", colour(style.stroke ?? 0)), ("outline_color", colour(0xFFFFFF)), ("outline_width", "0.1"),
                ("size", millimetres(2 * style.width)), ("size_unit", "MM"),
            ])
    }

    private static func area(_ fill: UInt32, edge: UInt32) -> Symbol {
        Symbol(
            type: "fill", layer: "SimpleFill",
            options: [
                ("color", colour(fill, alpha: 120)), ("outline_color", colour(edge)), ("outline_style", "dash"), ("outline_width", "0.3"),
                ("style", "solid"),
            ])
    }

    private static func file(_ renderer: Markup) -> String {
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
            + Markup("qgis", [("version", "3.28.0"), ("styleCategories", "Symbology")], [renderer]).text
    }

    private static func single(_ symbol: Symbol) -> String {
        file(Markup("renderer-v2", [("type", "singleSymbol")], [Markup("symbols", [], [symbol.markup("0")])]))
    }

    /// - limits: upper ends of the classes.
    private static func classes(attribute: String, limits: [Double], from lowest: Double, symbols: [Symbol]) -> String {
        var low = lowest
        var ranges = Markup("ranges")
        for (index, limit) in limits.enumerated() {
            let isLast = index == limits.count - 1
            let label = index == 0 ? "< \(limit)" : isLast ? "≥ \(low)" : "\(low) – \(limit)"
            ranges.append(
                Markup(
                    "range",
                    [("symbol", "\(index)"), ("lower", "\(low)"), ("upper", "\(limit)"), ("render", "true"), ("label", label)]))
            low = limit
        }
        return file(
            Markup(
                "renderer-v2", [("type", "graduatedSymbol"), ("attr", attribute), ("graduatedMethod", "GraduatedColor")],
                [ranges, Markup("symbols", [], symbols.enumerated().map { $1.markup("\($0)") })]))
    }
}
