// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterLoss
import WaterModel

/// A table of places with their figures, before it is put into a format.
struct GeoLayer {
    enum Kind: String { case point = "POINT", line = "LINESTRING", polygon = "POLYGON" }
    enum FieldType: String { case text = "TEXT", integer = "INTEGER", real = "REAL" }
    enum Value: Sendable, Equatable {
        case none, text(String), integer(Int), real(Double)

        init(_ value: Double?) {
            if let value, value.isFinite { self = .real(value) } else { self = .none }
        }
        init(_ text: String?) { if let text { self = .text(text) } else { self = .none } }
    }

    struct Feature {
        /// Empty: without a place.
        var points: [Point]
        var values: [Value]
    }

    /// Name of the table: letters of ASCII and underscores.
    var name: String
    var title: String
    var kind: Kind
    var fields: [(name: String, type: FieldType)]
    var features: [Feature] = []
}

/// The plan on the map: network, zones, what is designed, leak candidates, measures. Coordinates are the network model's own.
struct PlanLayers {
    let source: PlanSource
    let wording: Wording

    init(plan: ImprovementPlan, language: Catalogue) {
        source = PlanSource(plan)
        wording = Wording(language.forComputing)
    }

    var all: [GeoLayer] {
        [zones, zonesOfDesign, pipes, devices, nodes, bordersOfDesign, reducingValves, gateways, leakCandidates, measures]
            .filter { !$0.features.isEmpty }
    }

    func word(_ key: TextKey) -> String { wording.catalogue.text(key) }

    /// As the document draws it: what is known of leaks and pressures by element.
    private var map: NetworkMap? {
        for case .graphic(let graphic) in source.leaks.blocks {
            if case .map(let map) = graphic.content, graphic.id == "network-map" { return map }
        }
        return nil
    }

    private var links: [Link.ID: Link] {
        Dictionary((source.city.network?.links ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private var pipes: GeoLayer {
        var layer = GeoLayer(
            name: "pipes", title: word(.mapLeakProbability), kind: .line,
            fields: [
                ("id", .text), ("start", .text), ("end", .text), ("length_m", .real), ("diameter_mm", .real), ("roughness", .real),
                ("status", .text), ("tag", .text), ("designed_zone", .text), ("leak_probability", .real), ("leak_rank", .integer),
            ])
        let links = links, designed = designedZones
        for line in map?.pipes ?? [] {
            guard let link = links[Link.ID(line.id)], let pipe = link.pipe else { continue }
            layer.features.append(
                .init(
                    points: line.points,
                    values: [
                        .text(link.id.name), .text(link.start.name), .text(link.end.name), .real(pipe.length), .real(pipe.diameter * 1000),
                        .real(pipe.roughness), .text(link.status.rawValue), .init(link.tag),
                        designed[link.start] == designed[link.end] ? .init(designed[link.start]) : .none, .init(line.probability),
                        line.rank.map { .integer($0) } ?? .none,
                    ]))
        }
        return layer
    }

    private var devices: GeoLayer {
        var layer = GeoLayer(
            name: "devices", title: word(.mapDevice), kind: .line,
            fields: [
                ("id", .text), ("type", .text), ("start", .text), ("end", .text), ("diameter_mm", .real), ("setting", .real),
                ("status", .text),
            ])
        let links = links
        for line in map?.devices ?? [] {
            guard let link = links[Link.ID(line.id)] else { continue }
            var (type, diameter, setting) = ("pump", nil as Double?, nil as Double?)
            if case .valve(let valve) = link.kind {
                (type, diameter, setting) = (valve.kind.rawValue, valve.diameter * 1000, valve.setting)
            }
            layer.features.append(
                .init(
                    points: line.points,
                    values: [
                        .text(link.id.name), .text(type), .text(link.start.name), .text(link.end.name), .init(diameter), .init(setting),
                        .text(link.status.rawValue),
                    ]))
        }
        return layer
    }

    private var nodes: GeoLayer {
        var layer = GeoLayer(
            name: "nodes", title: word(.nightPressure) + " [m]", kind: .point,
            fields: [
                ("id", .text), ("type", .text), ("zone", .text), ("designed_zone", .text), ("elevation_m", .real),
                ("night_pressure_m", .real), ("peak_pressure_m", .real),
            ])
        let designed = designedZones
        let survey = source.assessment.pressures
        let pressures = Dictionary(
            (survey?.converged == true ? survey?.nodes ?? [] : []).map { ($0.node, $0) }, uniquingKeysWith: { first, _ in first })
        for node in source.city.network?.nodes ?? [] {
            guard let position = node.position, position.x.isFinite, position.y.isFinite else { continue }
            let kind = node.isJunction ? "junction" : node.tank != nil ? "tank" : "reservoir"
            layer.features.append(
                .init(
                    points: [position],
                    values: [
                        .text(node.id.name), .text(kind), .init(node.tag), .init(designed[node.id]), .init(node.elevation),
                        .init(pressures[node.id]?.night), .init(pressures[node.id]?.peak),
                    ]))
        }
        return layer
    }

    /// Outlines around the nodes of each zone.
    private var outlines: [Zone.ID: [Point]] {
        var positions: [Zone.ID: [Point]] = [:]
        for node in source.city.network?.nodes ?? [] {
            if node.isJunction, let tag = node.tag, !tag.isEmpty, let position = node.position {
                positions[Zone.ID(tag), default: []].append(position)
            }
        }
        return positions.mapValues(ConvexHull.around).filter { $0.value.count > 2 }
    }

    private var zones: GeoLayer {
        var layer = GeoLayer(
            name: "zones", title: word(.mapZone), kind: .polygon,
            fields: [
                ("id", .text), ("name", .text), ("connections", .integer), ("mains_length_m", .real), ("inflow_m3_per_day", .real),
                ("loss_m3_per_day", .real), ("real_loss_m3_per_day", .real), ("real_loss_low95_m3_per_day", .real),
                ("real_loss_high95_m3_per_day", .real),
            ])
        let outlines = outlines
        let assessed = source.assessment.zones
        let others = source.city.zones.filter { zone in !assessed.contains { $0.zone.id == zone.id } }.map { ZoneAssessment(zone: $0) }
        for zone in assessed + others {
            func perDay(_ flow: Double?) -> GeoLayer.Value { .init(flow.map { $0 * Units.day }) }
            layer.features.append(
                .init(
                    points: outlines[zone.zone.id] ?? [],
                    values: [
                        .text(zone.zone.id.name), .text(zone.zone.name), zone.zone.connections.map { .integer($0) } ?? .none,
                        .init(zone.zone.mainsLength), perDay(zone.inflow?.value), perDay(zone.loss?.value), perDay(zone.realLoss?.value),
                        perDay(zone.realLoss?.low95), perDay(zone.realLoss?.high95),
                    ]))
        }
        return layer
    }

    /// Pipes of the credible sets and of the printed walking lists.
    private var leakCandidates: GeoLayer {
        var layer = GeoLayer(
            name: "leak_candidates", title: word(.leaksTitle), kind: .line,
            fields: [
                ("leak", .integer), ("rank", .integer), ("pipe", .text), ("probability", .real), ("length_m", .real),
                ("in_credible_set_90", .integer),
            ])
        let lines = Dictionary((map?.pipes ?? []).map { ($0.id, $0.points) }, uniquingKeysWith: { first, _ in first })
        for (number, leak) in source.assessment.leaks.enumerated() where leak.isDetected {
            let credible = Set(leak.credibleSet90)
            for (index, candidate) in leak.candidates.enumerated()
            where index < PlanSource.walkingListLength || credible.contains(candidate.pipe) {
                layer.features.append(
                    .init(
                        points: lines[candidate.pipe.name] ?? [],
                        values: [
                            .integer(number + 1), .integer(index + 1), .text(candidate.pipe.name), .init(candidate.probability),
                            .init(candidate.length), .integer(credible.contains(candidate.pipe) ? 1 : 0),
                        ]))
            }
        }
        return layer
    }

    /// Every measure; those for one zone have its outline.
    private var measures: GeoLayer {
        var layer = GeoLayer(
            name: "measures", title: word(.measuresTitle), kind: .polygon,
            fields: [
                ("id", .text), ("measure", .text), ("zone", .text), ("quantity", .real), ("quantity_unit", .text), ("capital", .real),
                ("operation_per_year", .real), ("volume_saved_m3_per_year", .real), ("cost_per_m3", .real), ("currency", .text),
                ("is_selected", .integer), ("start_year", .integer),
            ])
        let outlines = outlines
        for measure in source.plan.measures {
            layer.features.append(
                .init(
                    points: measure.zone.flatMap { outlines[$0] } ?? [],
                    values: [
                        .text(measure.id), .text(wording.text(source.name(of: measure))), .init(measure.zone?.name),
                        .init(measure.quantity),
                        .text(measure.quantityUnit), .init(measure.capital.value), .init(measure.operation.value),
                        .init(measure.volumeSaved.value), .init(measure.costPerCubicMetre), .text(source.currency),
                        .integer(measure.isSelected ? 1 : 0), measure.startYear.map { .integer($0) } ?? .none,
                    ]))
        }
        return layer
    }
}
