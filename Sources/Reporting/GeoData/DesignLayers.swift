// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import WaterLoss
import WaterModel

/// What the plan designs: zones of a city that has none, what is closed and metered at their borders, and gateways that read meters.
extension PlanLayers {
    /// Name of each node's zone, of zones that the plan designed.
    var designedZones: [Node.ID: String] {
        guard let design = source.plan.townZones?.design else { return [:] }
        return Dictionary(
            zip(design.network.nodes, design.zoneOfNode).compactMap { node, zone in zone.map { (node.id, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// With the outline around their nodes.
    var zonesOfDesign: GeoLayer {
        var layer = GeoLayer(
            name: "designed_zones", title: word(.zonesMapTitle), kind: .polygon,
            fields: [
                ("id", .text), ("properties", .real), ("mains_length_m", .real), ("inlets", .integer), ("closed_valves", .integer),
                ("reducing_valves", .integer), ("mean_pressure_before_m", .real), ("mean_pressure_after_m", .real),
                ("mean_pressure_reduced_m", .real), ("lowest_pressure_m", .real), ("fire_flow_pressure_m", .real),
                ("keeps_pressures", .integer),
            ])
        guard let zones = source.plan.townZones else { return layer }
        let design = zones.design
        var positions: [String: [Point]] = [:]
        for (node, zone) in zip(design.network.nodes, design.zoneOfNode) {
            if let zone, let position = node.position { positions[zone, default: []].append(position) }
        }
        for (zone, valves, reduced) in zones.rows {
            let outline = ConvexHull.around(positions[zone.name] ?? [])
            layer.features.append(
                .init(
                    points: outline.count > 2 ? outline : [],
                    values: [
                        .text(zone.name), .real(zone.properties), .real(zone.mainsLength), .integer(zone.inlets),
                        .integer(zone.closedValves),
                        .integer(valves), .init(zone.meanBefore), .init(zone.meanAfter), .init(reduced), .init(zone.lowestOfRun),
                        .init(zone.fireAfter), .integer(zone.isWithinBounds && zone.keepsPressure && zone.keepsFirePressure ? 1 : 0),
                    ]))
        }
        return layer
    }

    /// At the middle of the link that is cut.
    var bordersOfDesign: GeoLayer {
        var layer = GeoLayer(
            name: "designed_borders", title: word(.zonesMapClosed) + ", " + word(.zonesMapInlet), kind: .point,
            fields: [
                ("link", .text), ("role", .text), ("from_zone", .text), ("to_zone", .text), ("diameter_mm", .real),
                ("flow_after_m3_per_s", .real),
            ])
        guard let zones = source.plan.townZones else { return layer }
        let network = zones.design.network
        let links = network.linkIndex(), nodes = network.nodeIndex()
        for border in zones.design.borders {
            var points: [Point] = []
            if let place = links[border.link] {
                let link = network.links[place]
                let ends = [link.start, link.end].map { nodes[$0].flatMap { network.nodes[$0].position } }
                if let start = ends[0], let end = ends[1] { points = [GraphicDrawing.middle(of: [start] + link.vertices + [end])] }
            }
            layer.features.append(
                .init(
                    points: points,
                    values: [
                        .text(border.link.name), .text(border.role.rawValue), .init(border.from), .init(border.to),
                        .init(border.diameter.map { $0 * 1000 }), .init(border.flowAfter),
                    ]))
        }
        return layer
    }

    /// Behind the inlet that is fitted, at the middle of its link.
    var reducingValves: GeoLayer {
        var layer = GeoLayer(
            name: "reducing_valves", title: word(.reducingCaption), kind: .point,
            fields: [
                ("inlet", .text), ("zone", .text), ("diameter_mm", .real), ("fixed_setting_m", .real), ("timed_settings_m", .text),
                ("flow_setting_constant_m", .real), ("flow_setting_square_m_per_m3s2", .real),
            ])
        guard let design = source.plan.pressureDesign, let network = source.city.network else { return layer }
        let links = network.linkIndex(), nodes = network.nodeIndex()
        for zone in design.zones {
            for valve in zone.valves {
                var points: [Point] = []
                if let place = links[valve.link] {
                    let link = network.links[place]
                    let ends = [link.start, link.end].map { nodes[$0].flatMap { network.nodes[$0].position } }
                    if let start = ends[0], let end = ends[1] { points = [GraphicDrawing.middle(of: [start] + link.vertices + [end])] }
                }
                layer.features.append(
                    .init(
                        points: points,
                        values: [
                            .text(valve.link.name), .text(zone.name), .real(valve.diameter * 1000), .real(valve.fixedSetting),
                            .text(valve.timedSettings.map { NumberText.fixed($0, 3) }.joined(separator: " ")),
                            .init(valve.flowSetting?.constant), .init(valve.flowSetting?.square),
                        ]))
            }
        }
        return layer
    }

    /// In the coordinates of the network model, or of the lot of meters where the sites are placed by that.
    var gateways: GeoLayer {
        var layer = GeoLayer(
            name: "gateways", title: wording.text(.name(.programme, "gateways")), kind: .point,
            fields: [("number", .integer), ("range_m", .real), ("heard_by", .integer)])
        guard let reading = source.plan.reading, let placement = reading.placement else { return layer }
        let scale = reading.metresPerUnit ?? 1
        for (index, site) in placement.sites.enumerated() {
            layer.features.append(
                .init(
                    points: [Point(x: site.x / scale, y: site.y / scale)],
                    values: [.integer(index + 1), .real(reading.range), .integer(reading.redundancy)]))
        }
        return layer
    }
}
