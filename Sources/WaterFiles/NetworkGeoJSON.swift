// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A network as one GeoJSON feature collection (RFC 7946), a feature a line: nodes as points, links as lines through their vertices.
/// Properties are in SI units, named with their unit. Coordinates are the model's own, whatever their system is.
public enum NetworkGeoJSON {
    /// The member that says so in the file.
    public static let note =
        "Coordinates are those of the network model, in its own system, which the model does not name; RFC 7946 expects WGS 84 degrees."

    /// - Parameters:
    ///   - network: the model.
    ///   - results: heads, flows and statuses of one moment to be added.
    ///   - extra: further properties of links; with them only those links stand in the file.
    /// - Returns: the text, and a sentence on elements without a place on the map.
    public static func text(
        of network: Network, results: SimulationResults? = nil, adding extra: [Link.ID: [(String, JSON)]] = [:]
    ) -> INP.Written {
        var text = "{\n\"type\":\"FeatureCollection\",\n\"note\":\(JSON.string(note).line),\n"
        if let results { text += "\"time_s\":\(results.time),\n" }
        text += "\"features\":["
        text.reserveCapacity(256 * (network.nodes.count + network.links.count))
        var isFirst = true
        func add(_ geometry: JSON, _ properties: [(String, JSON)]) {
            text += isFirst ? "\n" : ",\n"
            isFirst = false
            text += JSON.object([("type", "Feature"), ("geometry", geometry), ("properties", .object(properties))]).line
        }
        var unplaced = 0
        var positions: [Node.ID: Point] = [:]
        for node in network.nodes {
            if let position = node.position { positions[node.id] = position } else { unplaced += 1 }
            guard extra.isEmpty else { continue }
            let geometry: JSON = node.position.map { .object([("type", "Point"), ("coordinates", Self.place($0))]) } ?? .null
            add(geometry, properties(of: node, results?.nodes[node.id.name]))
        }
        for link in network.links where extra.isEmpty || extra[link.id] != nil {
            var geometry = JSON.null
            if let start = positions[link.start], let end = positions[link.end] {
                let line = ([start] + link.vertices + [end]).map(place)
                geometry = .object([("type", "LineString"), ("coordinates", .array(line))])
            } else {
                unplaced += 1
            }
            add(geometry, properties(of: link, network.hydraulics.headLossFormula, results?.links[link.id.name]) + (extra[link.id] ?? []))
        }
        text += "\n]\n}\n"
        let remarks = unplaced > 0 ? ["\(unplaced) nodes and links have no coordinates and stand in the file without a geometry"] : []
        return INP.Written(text: text, remarks: remarks)
    }

    private static func place(_ point: Point) -> JSON { .array([.number(point.x), .number(point.y)]) }

    private static func properties(of node: Node, _ result: SimulationResults.Node?) -> [(String, JSON)] {
        var properties: [(String, JSON)] = [("id", .string(node.id.name))]
        switch node.kind {
        case .junction(let junction):
            properties += [
                ("type", "junction"), ("elevation_m", .number(node.elevation)),
                ("base_demand_m3_per_s", .number(junction.demands.reduce(0) { $0 + $1.baseFlow })),
            ]
            if let emitter = junction.emitter { properties.append(("emitter_coefficient_m3_per_s_per_m_n", .number(emitter.coefficient))) }
        case .reservoir(let reservoir):
            properties += [("type", "reservoir"), ("elevation_m", .number(node.elevation))]
            if let pattern = reservoir.headPattern { properties.append(("head_pattern", .string(pattern.name))) }
        case .tank(let tank):
            properties += [
                ("type", "tank"), ("elevation_m", .number(node.elevation)), ("initial_level_m", .number(tank.initialLevel)),
                ("minimum_level_m", .number(tank.minimumLevel)), ("maximum_level_m", .number(tank.maximumLevel)),
                ("diameter_m", .number(tank.diameter)), ("minimum_volume_m3", .number(tank.minimumVolume)),
            ]
            if let curve = tank.volumeCurve { properties.append(("volume_curve", .string(curve.name))) }
            properties.append(("can_overflow", .boolean(tank.canOverflow)))
        }
        if let tag = node.tag { properties.append(("tag", .string(tag))) }
        if let result {
            properties += [
                ("head_m", JSON(result.head)), ("pressure_m", JSON(result.pressure)), ("demand_m3_per_s", JSON(result.demand)),
            ]
        }
        return properties
    }

    private static func properties(
        of link: Link, _ formula: HeadLossFormula, _ result: SimulationResults.Link?
    ) -> [(String, JSON)] {
        var properties: [(String, JSON)] = [("id", .string(link.id.name))]
        let ends: [(String, JSON)] = [("start", .string(link.start.name)), ("end", .string(link.end.name))]
        switch link.kind {
        case .pipe(let pipe):
            let roughness =
                switch formula {
                case .hazenWilliams: "roughness_hazen_williams"
                case .darcyWeisbach: "roughness_m"
                case .chezyManning: "roughness_manning"
                }
            properties += [("type", "pipe")] + ends
            properties += [
                ("length_m", .number(pipe.length)), ("diameter_m", .number(pipe.diameter)), (roughness, .number(pipe.roughness)),
                ("minor_loss", .number(pipe.minorLoss)), ("has_check_valve", .boolean(pipe.hasCheckValve)),
            ]
            if let leakage = pipe.leakage {
                properties += [
                    ("leak_area_m2_per_m", .number(leakage.areaPerLength)),
                    ("leak_expansion_m2_per_m_m", .number(leakage.expansionPerLength)),
                ]
            }
        case .pump(let pump):
            properties += [("type", "pump")] + ends
            switch pump.characteristic {
            case .curve(let curve): properties.append(("head_curve", .string(curve.name)))
            case .constantPower(let power): properties.append(("power_W", .number(power)))
            }
            properties.append(("speed", .number(pump.speed)))
            if let pattern = pump.speedPattern { properties.append(("speed_pattern", .string(pattern.name))) }
        case .valve(let valve):
            let setting =
                switch valve.kind {
                case .pressureReducing, .pressureSustaining, .pressureBreaker: "setting_m"
                case .flowControl: "setting_m3_per_s"
                case .positionalControl: "setting_percent_open"
                case .throttleControl, .generalPurpose: "setting"
                }
            properties += [("type", "valve"), ("valve_type", .string(valve.kind.rawValue))] + ends
            properties.append(("diameter_m", .number(valve.diameter)))
            if valve.kind != .generalPurpose { properties.append((setting, .number(valve.setting))) }
            properties.append(("minor_loss", .number(valve.minorLoss)))
            if let curve = valve.curve { properties.append(("curve", .string(curve.name))) }
        }
        properties.append(("initial_status", .string(link.status.rawValue)))
        if let tag = link.tag { properties.append(("tag", .string(tag))) }
        if let result { properties += [("flow_m3_per_s", JSON(result.flow)), ("status", JSON(result.status))] }
        return properties
    }
}
