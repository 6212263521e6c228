// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import WaterModel

/// What `yusu zones` writes.
struct ZoneFiles {
    let design: ZoneDesign
    let options: ZoneDesignOptions
    let inletCost: Double?
    let valveCost: Double?

    var files: OutputFiles {
        var files = OutputFiles()
        files.add("zones.csv", zones)
        files.add("valves.csv", valves)
        files.add("nodes.csv", nodes)
        files.add("isolation_test.csv", isolationTest)
        files.add("zones.geojson", geoJSON)
        files.add("summary.json", summary.text)
        return files
    }

    private func number(_ value: Double, _ digits: Int = 3) -> String { NumberText.fixed(value, digits) }

    private var zones: String {
        var text =
            "zone,properties,nodes,demand_m3_per_s,mains_length_km,lowest_elevation_m,highest_elevation_m,pieces,inlets,closed_valves,"
            + "lowest_pressure_before_m,lowest_pressure_after_m,critical_node,lowest_pressure_of_run_m,mean_pressure_before_m,"
            + "mean_pressure_after_m,fire_pressure_before_m,fire_pressure_after_m,within_bounds,keeps_pressure,keeps_fire_pressure\n"
        for zone in design.zones {
            text += DelimitedText.line([
                zone.name, number(zone.properties, 1), "\(zone.nodes)", number(zone.demand, 6), number(zone.mainsLength / 1000),
                number(zone.lowestElevation, 2), number(zone.highestElevation, 2), "\(zone.pieces)", "\(zone.inlets)",
                "\(zone.closedValves)", number(zone.lowestBefore), number(zone.lowestAfter), zone.criticalNode?.name ?? "",
                zone.lowestOfRun.isFinite ? number(zone.lowestOfRun) : "", number(zone.meanBefore), number(zone.meanAfter),
                zone.fireBefore.map { number($0) } ?? "", zone.fireAfter.map { number($0) } ?? "", zone.isWithinBounds ? "yes" : "no",
                zone.keepsPressure ? "yes" : "no", zone.keepsFirePressure ? "yes" : "no",
            ])
        }
        return text
    }

    private var valves: String {
        var text = "link,role,from_zone,to_zone,diameter_mm,flow_before_m3_per_s,flow_after_m3_per_s,velocity_after_m_per_s\n"
        for border in design.borders {
            text += DelimitedText.line([
                border.link.name, border.role.rawValue, border.from ?? "", border.to ?? "",
                border.diameter.map { number($0 * 1000, 1) } ?? "",
                number(border.flowBefore, 6), number(border.flowAfter, 6), border.velocityAfter.map { number($0) } ?? "",
            ])
        }
        return text
    }

    private var nodes: String {
        var text = "node,zone,trunk\n"
        for (index, node) in design.network.nodes.enumerated() {
            text += DelimitedText.line([node.id.name, design.zoneOfNode[index] ?? "", design.isTrunk[index] ? "yes" : "no"])
        }
        return text
    }

    /// Steps of the zero-pressure test of each zone: at night, with its valves shut and then its inlets, pressure must fall and stay down.
    private var isolationTest: String {
        var text = "zone,step,action,place,expected\n"
        for zone in design.zones {
            var step = 0
            func line(_ action: String, _ place: String, _ expected: String) {
                step += 1
                text += DelimitedText.line([zone.name, "\(step)", action, place, expected])
            }
            let mine = design.borders.filter { $0.from == zone.name || $0.to == zone.name }
            if let node = zone.criticalNode {
                line("log pressure", node.name, "before the test at peak about \(number(zone.lowestAfter, 1)) m")
            }
            for border in mine where border.role == .closed { line("check that the valve is shut", border.link.name, "no sound of flow") }
            for border in mine where border.role != .closed { line("shut the inlet at night", border.link.name, "its meter stands still") }
            line(
                "watch for 30 minutes", zone.criticalNode?.name ?? "",
                "pressure falls to zero and stays there; if not, a valve passes or a link is unknown")
            for border in mine where border.role != .closed {
                line("open the inlet slowly", border.link.name, "pressure is back to where it was")
            }
        }
        return text
    }

    private var geoJSON: String {
        let network = design.network
        let position = Dictionary(network.nodes.map { ($0.id, $0.position) }, uniquingKeysWith: { first, _ in first })
        func point(_ point: Point) -> JSON { .array([.number(point.x), .number(point.y)]) }
        var features: [JSON] = []
        func feature(_ kind: String, _ coordinates: JSON, _ properties: [(String, JSON)]) {
            features.append(
                .object([
                    ("type", "Feature"), ("geometry", .object([("type", .string(kind)), ("coordinates", coordinates)])),
                    ("properties", .object(properties)),
                ]))
        }
        for (index, node) in network.nodes.enumerated() {
            guard let place = node.position else { continue }
            feature(
                "Point", point(place),
                [("node", .string(node.id.name)), ("zone", JSON(design.zoneOfNode[index])), ("trunk", JSON(design.isTrunk[index]))])
        }
        let roles = Dictionary(design.borders.map { ($0.link, $0) }, uniquingKeysWith: { first, _ in first })
        for link in network.links {
            guard let start = position[link.start] ?? nil, let end = position[link.end] ?? nil else { continue }
            let border = roles[link.id]
            feature(
                "LineString", .array(([start] + link.vertices + [end]).map(point)),
                [
                    ("link", .string(link.id.name)), ("role", .string(border?.role.rawValue ?? "inside")),
                    ("from_zone", JSON(border?.from)), ("to_zone", JSON(border?.to)),
                ])
        }
        return JSON.object([("type", "FeatureCollection"), ("features", .array(features))]).text
    }

    private var closed: Int { design.borders.count { $0.role == .closed } }
    private var inlets: Int { design.borders.count { $0.role != .closed } }

    private func comparison(_ values: ZoneDesign.Comparison) -> JSON {
        .object([
            ("mean_pressure_m", .number(values.meanPressure)), ("lowest_pressure_m", .number(values.lowestPressure)),
            ("resilience_index", .number(values.resilience)), ("mean_age_h", .number(values.meanAge)),
            ("old_age_h", .number(values.oldAge)),
            ("highest_velocity_m_per_s", .number(values.highestVelocity)),
        ])
    }

    private var summary: JSON {
        let cost = ZoneDesignCost(design, inletCost: inletCost, valveCost: valveCost)
        return .object([
            ("accepted", JSON(design.isAccepted)), ("converged", JSON(design.isConverged)), ("zones", .integer(design.zones.count)),
            ("properties", .number(design.properties)), ("properties_outside", .number(design.propertiesOutside)),
            ("properties_status", .string(options.properties == nil ? "assumed: demand / \(options.demandPerProperty) m3/d" : "given")),
            ("trunk_diameter_mm", .number(design.trunkDiameter * 1000)), ("closed_valves", .integer(closed)), ("inlets", .integer(inlets)),
            ("peak_time_s", .integer(design.peakTime)), ("before", comparison(design.before)), ("after", comparison(design.after)),
            (
                "shortfalls",
                .array(
                    design.shortfalls.map {
                        .object([
                            ("node", .string($0.node.name)), ("time_s", .integer($0.time)), ("shortfall_m", .number($0.shortfall)),
                        ])
                    })
            ),
            (
                "cost",
                .object([
                    ("inlets", JSON(cost.inlets.sum)), ("valves", JSON(cost.valves.sum)), ("currency", .string(cost.inlets.currency)),
                    ("source", .string(cost.inlets.source)), ("status", .string(cost.inlets.status)),
                    ("valves_currency", .string(cost.valves.currency)), ("valves_source", .string(cost.valves.source)),
                    ("valves_status", .string(cost.valves.status)),
                ])
            ), ("solves", .integer(design.solves)),
        ])
    }

    var sentence: String {
        "\(design.zones.count) zones, \(closed) valves to close, \(inlets) metered inlets; "
            + "\(NumberText.significant(100 * design.zonedShare)) % of the properties lie in zones; "
            + "mean pressure at peak \(number(design.before.meanPressure, 2)) m before, \(number(design.after.meanPressure, 2)) m after\n"
    }

    /// What is not as it should be.
    var faults: [String] {
        var found: [String] = []
        for zone in design.zones {
            if zone.pieces != 1 { found.append("zone \(zone.name) lies in \(zone.pieces) pieces") }
            if !zone.isWithinBounds { found.append("zone \(zone.name) has \(number(zone.properties, 0)) properties, outside its bounds") }
            if !zone.keepsFirePressure {
                found.append("zone \(zone.name): node \(zone.criticalNode?.name ?? "") lacks pressure with the fire flow")
            }
        }
        if let worst = design.shortfalls.max(by: { $0.shortfall < $1.shortfall }) {
            found.append(
                "\(design.shortfalls.count) nodes leave the pressures that they must keep, most node \(worst.node) by \(number(worst.shortfall, 2)) m at \(worst.time) s"
            )
        }
        if !design.isConverged { found.append("the run with the design did not converge") }
        return found
    }
}
