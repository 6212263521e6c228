// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension NetworkCheck {
    /// What a solve of the first moment shows.
    static func solution(_ network: Network) -> [NetworkFinding] {
        let run: ExtendedPeriod
        do { run = try ExtendedPeriod(network) } catch {
            return [NetworkFinding("cannot_be_solved", .error, [], "the model cannot be solved: \(error)")]
        }
        _ = run.next()
        let state = run.state()
        guard state.verdict.outcome == .converged || state.verdict.outcome == .demandWithoutSource else {
            let link = state.verdict.energyWorstLink?.name, node = state.verdict.massWorstNode?.name
            return [
                NetworkFinding(
                    "not_converged", .error, [link, node].compactMap { $0 },
                    "no balance was found at the start of the run; look for impossible demands, diameters or settings near "
                        + [link.map { "link '\($0)'" }, node.map { "node '\($0)'" }].compactMap { $0 }.joined(separator: " and "))
            ]
        }
        return pressures(network, state) + velocities(network, state) + pumping(network, state)
    }

    /// Demand below zero pressure, and pressures that burst pipes: above 250 m.
    static func pressures(_ network: Network, _ state: HydraulicState) -> [NetworkFinding] {
        func pressure(_ node: Int) -> Double? { state.heads[node].map { $0 - network.nodes[node].elevation } }
        let junctions = network.nodes.indices.filter { network.nodes[$0].isJunction }
        var found: [NetworkFinding] = []
        var isDriven = false
        if case .pressureDriven = network.hydraulics.demandModel { isDriven = true }
        let low = isDriven ? [] : junctions.filter { demand(of: network.nodes[$0]) > 0 && (pressure($0) ?? 0) < -0.01 }
        if let worst = low.min(by: { (pressure($0) ?? 0) < (pressure($1) ?? 0) }) {
            let names = low.map { network.nodes[$0].id.name }
            found.append(
                NetworkFinding(
                    "negative_pressure", .warning, names,
                    "\(counted(names, "junction", "junctions")) with demand lie below zero pressure at the start, lowest "
                        + "'\(network.nodes[worst].id)' with \(figure(pressure(worst) ?? 0)) m; look at elevations, demands and pumps, or use "
                        + "pressure-driven demand"))
        }
        let high = junctions.filter { (pressure($0) ?? 0) > 250 }
        if let worst = high.max(by: { (pressure($0) ?? 0) < (pressure($1) ?? 0) }) {
            let names = high.map { network.nodes[$0].id.name }
            found.append(
                NetworkFinding(
                    "high_pressure", .warning, names,
                    "\(counted(names, "junction", "junctions")) above 250 m of pressure at the start, highest '\(network.nodes[worst].id)' with "
                        + "\(figure(pressure(worst) ?? 0)) m; look at elevations, pumps and closed valves"))
        }
        return found
    }

    /// Above 7 m/s, which tears at linings and hammers.
    static func velocities(_ network: Network, _ state: HydraulicState) -> [NetworkFinding] {
        func velocity(_ link: Int) -> Double {
            guard let pipe = network.links[link].pipe, pipe.diameter > 0 else { return 0 }
            return abs(state.flows[link]) / (Double.pi / 4 * pipe.diameter * pipe.diameter)
        }
        let fast = network.links.indices.filter { velocity($0) > 7 }
        guard let worst = fast.max(by: { velocity($0) < velocity($1) }) else { return [] }
        let names = fast.map { network.links[$0].id.name }
        return [
            NetworkFinding(
                "velocity", .warning, names,
                "water runs faster than 7 m/s at the start in \(counted(names, "pipe", "pipes")), fastest in '\(network.links[worst].id)' with "
                    + "\(figure(velocity(worst))) m/s; look at diameters and demands")
        ]
    }

    /// Pumps that cannot lift the water to where it must go, and those that run beyond their curve.
    static func pumping(_ network: Network, _ state: HydraulicState) -> [NetworkFinding] {
        let index = network.nodeIndex()
        let curves = Dictionary(network.curves.map { ($0.id, $0.points) }, uniquingKeysWith: { a, _ in a })
        var found: [NetworkFinding] = []
        for (place, link) in network.links.enumerated() {
            guard let pump = link.pump, case .curve(let id) = pump.characteristic, let points = curves[id], !points.isEmpty else {
                continue
            }
            let name = link.id.name
            if state.statuses[place] == .cannotDeliverHead {
                let heads = [link.end, link.start].map { index[$0].flatMap { state.heads[$0] } }
                let shutoff = (PumpCurve(points: points).shutoffHead ?? 0) * pump.speed * pump.speed
                guard let to = heads[0], let from = heads[1] else { continue }
                found.append(
                    NetworkFinding(
                        "pump_head", .warning, [name],
                        "pump '\(name)' stands still at the start: it gives at most \(figure(shutoff)) m, and must lift by \(figure(to - from)) m; "
                            + "look at its curve and at the heads around it"))
            } else if points.count > 1, let last = points.last, state.flows[place] > 1.02 * last.x * pump.speed, pump.speed > 0 {
                found.append(
                    NetworkFinding(
                        "pump_flow", .note, [name],
                        "pump '\(name)' runs at \(figure(1000 * state.flows[place])) l/s at the start, beyond the end of its curve at "
                            + "\(figure(1000 * last.x * pump.speed)) l/s; lengthen the curve or choose a larger pump"))
            }
        }
        return found
    }
}
