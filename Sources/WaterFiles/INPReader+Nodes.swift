// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// [JUNCTIONS], [RESERVOIRS], [TANKS], [DEMANDS], [EMITTERS], [COORDINATES], [VERTICES], [TAGS].
extension INPReader {
    /// `id elevation [demand [pattern]]`
    mutating func readJunction() {
        // Where a value is wrong the node is there all the same, so that the links that name it are not told as well.
        let elevation = number(1, "elevation of junction", missing: 0) ?? 0
        let demand = number(2, "demand of junction", missing: 0) ?? 0
        let pattern = pattern(3)
        var junction = Junction()
        if demand != 0 || count > 3 { junction.demands = [Demand(baseFlow: demand * units.flow, pattern: pattern)] }
        add(Node(id: Node.ID(word(0)), elevation: elevation * units.length, kind: .junction(junction)))
    }

    /// `id head [pattern]`
    mutating func readReservoir() {
        let head = number(1, "head of reservoir", missing: 0) ?? 0
        add(Node(id: Node.ID(word(0)), elevation: head * units.length, kind: .reservoir(Reservoir(headPattern: pattern(2)))))
    }

    /// `id elevation initial minimum maximum diameter [minimum volume [volume curve [overflow]]]`; short lines are reservoirs.
    mutating func readTank() {
        if count <= 3 { return readReservoir() }
        let id = Node.ID(word(0))
        func level(_ reader: inout INPReader, _ index: Int, _ meaning: String) -> Double? {
            reader.number(index, meaning, missing: 0, in: Self.notNegative).map { $0 * reader.units.length }
        }
        let bottom = number(1, "elevation of tank")
        let levels = [
            level(&self, 2, "initial level of tank"), level(&self, 3, "minimum level of tank"), level(&self, 4, "maximum level of tank"),
        ]
        let width = level(&self, 5, "diameter of tank")
        let volume = number(6, "minimum volume of tank", missing: 0, in: Self.notNegative)
        guard let elevation = bottom, let initial = levels[0], let minimum = levels[1], let maximum = levels[2], let diameter = width,
            let minimumVolume = volume
        else {
            let unread = Tank(initialLevel: 0, minimumLevel: 0, maximumLevel: 0, diameter: 1)
            return add(Node(id: id, elevation: 0, kind: .tank(unread)))
        }
        let volumeCurve = isGiven(7) ? curve(7, use: .tankVolume) : nil
        if diameter == 0, volumeCurve == nil {
            return add(Node(id: id, elevation: elevation * units.length + initial, kind: .reservoir(Reservoir())))
        }
        if minimum > maximum || initial < minimum || initial > maximum {
            report(
                "tank '\(id)': initial level is not between its minimum and maximum level", "give levels with minimum ≤ initial ≤ maximum")
        }
        if count > 8, !matches(8, "YES"), !matches(8, "NO") {
            report("tank '\(id)': overflow is '\(word(8))'", "give YES or NO")
        }
        add(
            Node(
                id: id, elevation: elevation * units.length,
                kind: .tank(
                    Tank(
                        initialLevel: initial, minimumLevel: minimum, maximumLevel: maximum, diameter: diameter,
                        minimumVolume: minimumVolume * units.volume, volumeCurve: volumeCurve, canOverflow: matches(8, "YES")))))
    }

    /// `junction demand [pattern] ;category`; the first line of a junction replaces the demand of [JUNCTIONS].
    mutating func readDemand() {
        if matches(0, "MULT"), node(0) == nil {
            if let multiplier = number(1, "demand multiplier", isNamed: false, in: Self.positive) {
                network.hydraulics.demandMultiplier = multiplier
            }
            return
        }
        guard let index = junction(), let flow = number(1, "demand of junction") else { return }
        let category = line.commentStart == nil ? "" : comment
        let demand = Demand(baseFlow: flow * units.flow, pattern: pattern(2), category: category.isEmpty ? nil : category)
        let isFirst = !hasOwnDemands[index]
        hasOwnDemands[index] = true
        changeJunction(index) { junction in
            if isFirst { junction.demands.removeAll(keepingCapacity: true) }
            junction.demands.append(demand)
        }
    }

    /// `junction coefficient [exponent]`. EPANET has one exponent for all and passes over the third word.
    mutating func readEmitter() {
        guard let index = junction(), let value = number(1, "emitter coefficient of junction", in: Self.notNegative) else { return }
        var exponent: Double?
        if count > 2 {
            guard let own = number(2, "emitter exponent of junction", in: Self.positive) else { return }
            exponent = own
        }
        let coefficient = units.emitterCoefficient(value, exponent: exponent ?? network.hydraulics.emitterExponent)
        changeJunction(index) { $0.emitter = value > 0 ? Emitter(coefficient: coefficient, exponent: exponent) : nil }
    }

    /// The junction that the line is about; nil for other nodes, and a problem where there is none.
    private mutating func junction() -> Int? {
        guard let index = node(0) else {
            if refused.contains(word(0)) { return nil }
            report("node '\(word(0))' is not defined", "add it to [JUNCTIONS] or correct the name")
            return nil
        }
        return network.nodes[index].isJunction ? index : nil
    }

    /// Changes a junction in its place.
    private mutating func changeJunction(_ index: Int, _ change: (inout Junction) -> Void) {
        guard case .junction(var junction) = network.nodes[index].kind else { return }
        // The node lets go of its demands meanwhile, so that they are not copied.
        network.nodes[index].kind = .reservoir(Reservoir())
        change(&junction)
        network.nodes[index].kind = .junction(junction)
    }

    /// [COORDINATES], [VERTICES] and [TAGS]. Lines for elements that do not exist are passed over, as EPANET does.
    mutating func readMap() {
        each("COORDINATES") { reader in
            guard let index = reader.node(0), let x = reader.number(1, "x of node"), let y = reader.number(2, "y of node") else { return }
            reader.network.nodes[index].position = Point(x: x, y: y)
        }
        each("VERTICES") { reader in
            guard let index = reader.link(0), let x = reader.number(1, "x of a vertex of link"),
                let y = reader.number(2, "y of a vertex of link")
            else { return }
            reader.network.links[index].vertices.append(Point(x: x, y: y))
        }
        each("TAGS") { reader in
            guard reader.count >= 3 else { return }
            if reader.matches(0, "NODE"), let index = reader.node(1) { reader.network.nodes[index].tag = reader.word(2) }
            if reader.matches(0, "LINK"), let index = reader.link(1) { reader.network.links[index].tag = reader.word(2) }
        }
    }
}
