// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import WaterModel

/// The plan's layers as one GeoJSON feature collection (RFC 7946), a feature a line; each feature names its layer. Coordinates are the
/// network model's own, whatever their system is, and the file says so.
public func planGeoJSON(of plan: ImprovementPlan, language: Catalogue) -> String {
    let note =
        "Coordinates are those of the network model, in its own system, which the model does not name; RFC 7946 expects WGS 84 degrees."
    var text = "{\n\"type\":\"FeatureCollection\",\n\"note\":\(JSON.string(note).line),\n\"features\":["
    var isFirst = true
    for layer in PlanLayers(plan: plan, language: language).all {
        for feature in layer.features {
            let properties = zip(layer.fields, feature.values).map { ($0.name, json($1)) }
            let object = JSON.object([
                ("type", "Feature"), ("geometry", geometry(feature.points, layer.kind)),
                ("properties", .object([("layer", .string(layer.name))] + properties)),
            ])
            text += (isFirst ? "\n" : ",\n") + object.line
            isFirst = false
        }
    }
    return text + "\n]\n}\n"
}

private func json(_ value: GeoLayer.Value) -> JSON {
    switch value {
    case .none: .null
    case .text(let text): .string(text)
    case .integer(let number): .integer(number)
    case .real(let number): .number(number)
    }
}

private func geometry(_ all: [Point], _ kind: GeoLayer.Kind) -> JSON {
    let points = all.filter { $0.x.isFinite && $0.y.isFinite }
    guard points.count >= (kind == .point ? 1 : kind == .line ? 2 : 3), let first = points.first else { return .null }
    func place(_ point: Point) -> JSON { .array([.number(point.x), .number(point.y)]) }
    switch kind {
    case .point: return .object([("type", "Point"), ("coordinates", place(first))])
    case .line: return .object([("type", "LineString"), ("coordinates", .array(points.map(place)))])
    case .polygon:
        // Closed, the outer ring against the clock.
        return .object([("type", "Polygon"), ("coordinates", .array([.array((points + [first]).map(place))]))])
    }
}
