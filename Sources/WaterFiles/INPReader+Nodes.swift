// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// [JUNCTIONS], [RESERVOIRS], [TANKS], [DEMANDS], [EMITTERS], [COORDINATES], [TAGS].
extension INPReader {
    /// `id elevation [demand [pattern]]`
    mutating func readJunction(_ line: INPText.Line) {
        let name = line.words[0]
        // Where a value is wrong the node is there all the same, so that the links that name it are not told as well.
        let elevation = number(line, 1, "elevation of junction '\(name)'", missing: 0) ?? 0
        let demand = number(line, 2, "demand of junction '\(name)'", missing: 0) ?? 0
        let demands = [Demand(baseFlow: demand * units.flow, pattern: pattern(line, 3))]
        add(
            Node(
                id: Node.ID(name), elevation: elevation * units.length,
                kind: .junction(Junction(demands: demand == 0 && line.words.count < 4 ? [] : demands))), line)
    }

    /// `id head [pattern]`
    mutating func readReservoir(_ line: INPText.Line) {
        let name = line.words[0]
        let head = number(line, 1, "head of reservoir '\(name)'", missing: 0) ?? 0
        add(
            Node(id: Node.ID(name), elevation: head * units.length, kind: .reservoir(Reservoir(headPattern: pattern(line, 2)))), line)
    }

    /// `id elevation initial minimum maximum diameter [minimum volume [volume curve [overflow]]]`; short lines are reservoirs.
    mutating func readTank(_ line: INPText.Line) {
        let name = line.words[0]
        if line.words.count <= 3 { return readReservoir(line) }
        func level(_ reader: inout INPReader, _ index: Int, _ word: String) -> Double? {
            reader.number(line, index, "\(word) of tank '\(name)'", missing: 0, in: Self.notNegative).map { $0 * reader.units.length }
        }
        let bottom = number(line, 1, "elevation of tank '\(name)'")
        let levels = [level(&self, 2, "initial level"), level(&self, 3, "minimum level"), level(&self, 4, "maximum level")]
        let width = level(&self, 5, "diameter")
        let volume = number(line, 6, "minimum volume of tank '\(name)'", missing: 0, in: Self.notNegative)
        guard let elevation = bottom, let initial = levels[0], let minimum = levels[1], let maximum = levels[2], let diameter = width,
            let minimumVolume = volume
        else {
            let unread = Tank(initialLevel: 0, minimumLevel: 0, maximumLevel: 0, diameter: 1)
            return add(Node(id: Node.ID(name), elevation: 0, kind: .tank(unread)), line)
        }
        var volumeCurve: Curve.ID?
        if line.words.count > 7, line.words[7] != "*", !line.words[7].isEmpty {
            volumeCurve = curve(line, line.words[7], use: .tankVolume)
        }
        if diameter == 0, volumeCurve == nil {
            let head = elevation * units.length + initial
            return add(Node(id: Node.ID(name), elevation: head, kind: .reservoir(Reservoir())), line)
        }
        if minimum > maximum || initial < minimum || initial > maximum {
            report(
                line.number, "tank '\(name)': initial level is not between its minimum and maximum level",
                "give levels with minimum ≤ initial ≤ maximum")
        }
        add(
            Node(
                id: Node.ID(name), elevation: elevation * units.length,
                kind: .tank(
                    Tank(
                        initialLevel: initial, minimumLevel: minimum, maximumLevel: maximum, diameter: diameter,
                        minimumVolume: minimumVolume * units.volume, volumeCurve: volumeCurve,
                        canOverflow: line.words.count > 8 && line.words[8].matches("YES")))), line)
    }

    /// `junction demand [pattern] ;category`; the first line of a junction replaces the demand of [JUNCTIONS].
    mutating func readDemands() {
        var replaced: Set<String> = []
        for line in text.lines(of: "DEMANDS") {
            if line.words[0].matches("MULT") {
                if let multiplier = number(line, 1, "demand multiplier", in: Self.positive) {
                    network.hydraulics.demandMultiplier = multiplier
                }
                continue
            }
            guard let index = junction(line, line.words[0]), let demand = number(line, 1, "demand of junction '\(line.words[0])'"),
                case .junction(var junction) = network.nodes[index].kind
            else { continue }
            if replaced.insert(line.words[0]).inserted { junction.demands = [] }
            junction.demands.append(
                Demand(
                    baseFlow: demand * units.flow, pattern: pattern(line, 2), category: line.comment.isEmpty ? nil : line.comment))
            network.nodes[index].kind = .junction(junction)
        }
    }

    /// `junction coefficient`
    mutating func readEmitter(_ line: INPText.Line) {
        guard let index = junction(line, line.words[0]),
            let value = number(line, 1, "emitter coefficient of junction '\(line.words[0])'", in: Self.notNegative),
            case .junction(var junction) = network.nodes[index].kind
        else { return }
        let coefficient = units.emitterCoefficient(value, exponent: network.hydraulics.emitterExponent)
        junction.emitter = value > 0 ? Emitter(coefficient: coefficient) : nil
        network.nodes[index].kind = .junction(junction)
    }

    private mutating func junction(_ line: INPText.Line, _ name: String) -> Int? {
        guard let index = nodeIndex[name] else {
            if refused.contains(name) { return nil }
            report(line.number, "node '\(name)' is not defined", "add it to [JUNCTIONS] or correct the name")
            return nil
        }
        return network.nodes[index].isJunction ? index : nil
    }

    /// [COORDINATES], [VERTICES] and [TAGS]. Lines for elements that do not exist are passed over, as EPANET does.
    mutating func readMap() {
        for line in text.lines(of: "COORDINATES") {
            guard let index = nodeIndex[line.words[0]] else { continue }
            if let x = number(line, 1, "x of node '\(line.words[0])'"), let y = number(line, 2, "y of node '\(line.words[0])'") {
                network.nodes[index].position = Point(x: x, y: y)
            }
        }
        for line in text.lines(of: "VERTICES") {
            guard let index = linkIndex[line.words[0]] else { continue }
            if let x = number(line, 1, "x of a vertex of link '\(line.words[0])'"),
                let y = number(line, 2, "y of a vertex of link '\(line.words[0])'")
            {
                network.links[index].vertices.append(Point(x: x, y: y))
            }
        }
        for line in text.lines(of: "TAGS") where line.words.count >= 3 {
            if line.words[0].matches("NODE"), let index = nodeIndex[line.words[1]] { network.nodes[index].tag = line.words[2] }
            if line.words[0].matches("LINK"), let index = linkIndex[line.words[1]] { network.links[index].tag = line.words[2] }
        }
    }
}
