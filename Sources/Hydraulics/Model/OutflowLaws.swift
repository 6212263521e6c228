// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Everything that leaves a junction by a law of its own pressure, as columns: emitters, leaks, leaks of pipes and
/// pressure-driven demands. Each is a link to the open at a fixed head, with the law turned round: head as a function of flow.
struct OutflowLaws: Sendable {
    enum Role: UInt8, Sendable { case emitter, leak, pipeLeak, demand }

    /// p = (q/C)^(1/n) for an outflow to the open; for demand p = range (q/full)^(1/e) between nothing and all.
    struct Law {
        var row: Int32
        var role: Role
        /// A negative pressure draws water in.
        var reverses: Bool
        /// Head at which the outflow stops. [m]
        var base: Double
        /// Emitters and leaks: C. [m³/s per mⁿ] Demands: unused, the demand of the moment takes its place.
        var coefficient: Double
        /// 1/n. [–]
        var inverse: Double
        /// Of demands: between the pressures that give nothing and all. [m]
        var range: Double
    }

    let laws: Column<Law>
    /// The laws of a row: `starts[row] ..< starts[row + 1]`, as the laws are sorted by row.
    let starts: Column<Int32>
    /// Whether demands answer to pressure.
    let isPressureDriven: Bool

    init(_ network: Network, rows: Column<Int32>, constants: PhysicalConstants) throws(HydraulicError) {
        let options = network.hydraulics
        var found: [Law] = []
        func open(_ row: Int32, _ z: Double, _ role: Role, _ coefficient: Double, exponent: Double, reverses: Bool = false) {
            guard coefficient > 0, exponent > 0 else { return }
            found.append(
                Law(row: row, role: role, reverses: reverses, base: z, coefficient: coefficient, inverse: 1 / exponent, range: 0))
        }
        for (index, node) in network.nodes.enumerated() {
            guard let emitter = node.junction?.emitter else { continue }
            open(
                rows[index], node.elevation, .emitter, emitter.coefficient, exponent: emitter.exponent ?? options.emitterExponent,
                reverses: options.emitterBackflow)
        }
        let places = network.leaks.isEmpty && !network.links.contains { $0.pipe?.leakage != nil } ? ElementIndex() : network.nodeIndex()
        for leak in network.leaks {
            guard case .node(let id) = leak.place, let node = places[id] else { throw .undefinedLeakPlace("\(leak.place)") }
            open(rows[node], network.nodes[node].elevation, .leak, leak.coefficient, exponent: leak.exponent)
        }
        // Holes of pipes: half at either end, all at one where the other is a tank or reservoir.
        var areas: [Int: (fixed: Double, growing: Double)] = [:]
        for link in network.links {
            guard let pipe = link.pipe, let leakage = pipe.leakage else { continue }
            let ends = [link.start, link.end].compactMap { places[$0] }.filter { network.nodes[$0].isJunction }
            for node in ends {
                areas[node, default: (0, 0)].fixed += leakage.areaPerLength * pipe.length / Double(ends.count)
                areas[node, default: (0, 0)].growing += leakage.expansionPerLength * pipe.length / Double(ends.count)
            }
        }
        for (node, area) in areas {
            let z = network.nodes[node].elevation
            open(rows[node], z, .pipeLeak, constants.leakOrifice * area.fixed, exponent: 0.5)
            open(rows[node], z, .pipeLeak, constants.leakOrifice * area.growing, exponent: 1.5)
        }
        var pressureDriven = false
        if case .pressureDriven(let standard) = options.demandModel {
            pressureDriven = true
            for (index, node) in network.nodes.enumerated() {
                guard let junction = node.junction, junction.demands.contains(where: { $0.baseFlow != 0 }) else { continue }
                let limits = junction.pressureLimits ?? standard
                found.append(
                    Law(
                        row: rows[index], role: .demand, reverses: false, base: node.elevation + limits.minimum, coefficient: 0,
                        inverse: 1 / limits.exponent, range: max(limits.required - limits.minimum, 1e-3)))
            }
        }
        isPressureDriven = pressureDriven
        found.sort { ($0.row, $0.role.rawValue, $0.inverse, $0.coefficient) < ($1.row, $1.role.rawValue, $1.inverse, $1.coefficient) }
        laws = Column(found)
        starts = Column(repeating: 0, count: network.nodes.count + 1)
        for law in found { starts[law.row + 1] += 1 }
        for row in network.nodes.indices { starts[row + 1] += starts[row] }
    }

    func laws(at row: Int) -> Range<Int> { Int(starts[row])..<Int(starts[row + 1]) }
}
