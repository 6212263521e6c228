// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import WaterModel

/// Nodes, links, demands, outflows, status, map.
extension INPWriter {
    mutating func writeNodes() {
        section("JUNCTIONS")
        text += ";ID Elevation Demand Pattern\n"
        for node in network.nodes {
            guard let junction = node.junction else { continue }
            var words = [name(node.id.name), number(node.elevation, units.length)]
            if Self.isPlain(junction), let demand = junction.demands.first, demand.baseFlow != 0 || demand.pattern != nil {
                words.append(number(demand.baseFlow, units.flow))
                if let pattern = demand.pattern { words.append(name(pattern.name)) }
            }
            row(words)
        }
        section("RESERVOIRS")
        text += ";ID Head Pattern\n"
        for node in network.nodes {
            guard let reservoir = node.reservoir else { continue }
            row([name(node.id.name), number(node.elevation, units.length)] + (reservoir.headPattern.map { [name($0.name)] } ?? []))
        }
        section("TANKS")
        text += ";ID Elevation InitialLevel MinimumLevel MaximumLevel Diameter MinimumVolume VolumeCurve Overflow\n"
        for node in network.nodes {
            guard let tank = node.tank else { continue }
            var words = [name(node.id.name)]
            for value in [node.elevation, tank.initialLevel, tank.minimumLevel, tank.maximumLevel, tank.diameter] {
                words.append(number(value, units.length))
            }
            words.append(number(tank.minimumVolume, units.volume))
            if let curve = tank.volumeCurve { words.append(name(curve.name)) } else if tank.canOverflow { words.append("*") }
            if tank.canOverflow { words.append("YES") }
            row(words)
        }
    }

    /// One demand that needs no category stands in the line of its junction.
    private static func isPlain(_ junction: Junction) -> Bool {
        junction.demands.count == 1 && junction.demands.allSatisfy { $0.category == nil }
    }

    mutating func writeDemands() {
        section("DEMANDS")
        text += ";Junction Demand Pattern ;Category\n"
        for node in network.nodes {
            guard let junction = node.junction, !Self.isPlain(junction) else { continue }
            for demand in junction.demands {
                var line = "\(name(node.id.name)) \(number(demand.baseFlow, units.flow))"
                if let pattern = demand.pattern { line += " " + name(pattern.name) }
                if let category = demand.category { line += " ;" + category.replacing("\n", with: " ").replacing("\r", with: " ") }
                text += line + "\n"
            }
        }
    }

    mutating func writeLinks() {
        section("PIPES")
        text += ";ID Start End Length Diameter Roughness MinorLoss Status\n"
        let height = network.hydraulics.headLossFormula == .darcyWeisbach ? units.roughnessHeight : 1
        for link in network.links {
            guard let pipe = link.pipe else { continue }
            text += name(link.id.name)
            text += " "
            text += name(link.start.name)
            text += " "
            text += name(link.end.name)
            for (value, factor) in [(pipe.length, units.length), (pipe.diameter, units.diameter), (pipe.roughness, height)] {
                text += " "
                text += number(value, factor)
            }
            text += " "
            text += number(pipe.minorLoss)
            text += pipe.hasCheckValve ? " CV\n" : link.status == .closed ? " Closed\n" : " Open\n"
        }
        section("PUMPS")
        text += ";ID Start End Parameters\n"
        for link in network.links {
            guard let pump = link.pump else { continue }
            var words = [name(link.id.name), name(link.start.name), name(link.end.name)]
            switch pump.characteristic {
            case .curve(let curve): words += ["HEAD", name(curve.name)]
            case .constantPower(let power): words += ["POWER", number(power, units.power)]
            }
            if pump.speed != 1 { words += ["SPEED", number(pump.speed)] }
            if let pattern = pump.speedPattern { words += ["PATTERN", name(pattern.name)] }
            row(words)
        }
        section("VALVES")
        text += ";ID Start End Diameter Type Setting MinorLoss Curve\n"
        for link in network.links {
            guard let valve = link.valve else { continue }
            var words = [name(link.id.name), name(link.start.name), name(link.end.name)]
            words += [number(valve.diameter, units.diameter), valve.kind.rawValue]
            if valve.kind == .generalPurpose {
                words.append(valve.curve.map { name($0.name) } ?? "?")
                if valve.curve == nil { refusals.append("valve '\(link.id)' has no curve and") }
            } else {
                words.append(number(valve.setting, units.setting(of: valve.kind)))
            }
            words.append(number(valve.minorLoss))
            if valve.kind == .positionalControl, let curve = valve.curve { words.append(name(curve.name)) }
            row(words)
        }
    }

    /// Pipes say their status in their own line; valves that work at their setting need none.
    mutating func writeStatus() {
        section("STATUS")
        text += ";ID Status\n"
        for link in network.links {
            if link.pump != nil, link.status == .closed { row([name(link.id.name), "Closed"]) }
            if let valve = link.valve, link.status != .active {
                if valve.kind == .generalPurpose, link.status == .open { continue }
                row([name(link.id.name), link.status == .closed ? "Closed" : "Open"])
            }
        }
    }

    // MARK: Outflows

    /// [EMITTERS] and [LEAKAGE]. Leaks at junctions become emitters; what has no place in the format is told.
    mutating func writeOutflows() {
        let general = network.hydraulics.emitterExponent
        var emitters: [Node.ID: Emitter] = [:]
        for node in network.nodes { if let emitter = node.junction?.emitter { emitters[node.id] = emitter } }
        let junctions = Set(network.nodes.filter(\.isJunction).map(\.id))
        var isToldEmitter = false
        for leak in network.leaks {
            switch leak.place {
            case .pipe(let pipe, _): remarks.append("the leak along pipe '\(pipe)' has no place in an INP file and was left out")
            case .node(let node):
                let other = emitters[node]
                guard junctions.contains(node), other == nil || (other?.exponent ?? general) == leak.exponent else {
                    remarks.append("the leak at node '\(node)' has no place in an INP file beside what stands there and was left out")
                    continue
                }
                emitters[node] = Emitter(
                    coefficient: (other?.coefficient ?? 0) + leak.coefficient, exponent: leak.exponent == general ? nil : leak.exponent)
                if network.hydraulics.emitterBackflow, !isToldEmitter {
                    isToldEmitter = true
                    remarks.append(
                        "leaks at nodes, '\(node)' first, are written as emitters, through which water may enter; set BACKFLOW to NO")
                }
            }
        }
        section("EMITTERS")
        text += ";Junction Coefficient Exponent\n"
        var isToldExponent = false
        for node in network.nodes {
            guard let emitter = emitters[node.id] else { continue }
            let exponent = emitter.exponent ?? general
            let factor = units.emitterCoefficient(1, exponent: exponent)
            let coefficient = INPDecimals.text(emitter.coefficient) { [units] in units.emitterCoefficient($0, exponent: exponent) }
            row([name(node.id.name), factor > 0 ? coefficient : "0"] + (emitter.exponent.map { [number($0)] } ?? []))
            if exponent != general, !isToldExponent {
                isToldExponent = true
                remarks.append("EPANET has one exponent for all emitters and passes over the own ones, '\(node.id)' first")
            }
        }
        section("LEAKAGE")
        text += ";Pipe LeakArea LeakExpansion\n"
        for link in network.links {
            guard let leakage = link.pipe?.leakage else { continue }
            let area = INPDecimals.text(leakage.areaPerLength) { [units] in units.leakage(area: $0, expansion: 0).areaPerLength }
            let expansion = INPDecimals.text(leakage.expansionPerLength) { [units] in
                units.leakage(area: 0, expansion: $0).expansionPerLength
            }
            row([name(link.id.name), area, expansion])
        }
        if let first = network.nodes.first(where: { $0.junction?.pressureLimits != nil }) {
            remarks.append("pressure limits of single junctions, '\(first.id)' first, have no place in an INP file and were left out")
        }
    }

    // MARK: Map

    mutating func writeMap() {
        section("COORDINATES")
        for node in network.nodes {
            guard let position = node.position else { continue }
            row([name(node.id.name), number(position.x), number(position.y)])
        }
        section("VERTICES")
        for link in network.links where !link.vertices.isEmpty {
            let id = name(link.id.name)
            for vertex in link.vertices { row([id, number(vertex.x), number(vertex.y)]) }
        }
        section("TAGS")
        for node in network.nodes { if let tag = node.tag { row(["NODE", name(node.id.name), name(tag)]) } }
        for link in network.links { if let tag = link.tag { row(["LINK", name(link.id.name), name(tag)]) } }
    }
}
