// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension NetworkCheck {
    static func devices(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        valveSettings(network, graph) + tankLevels(network) + efficiencies(network)
    }

    /// Highest head that sources and all pumps in a row could give. [m]
    static func highestHead(_ network: Network) -> Double? {
        let patterns = Dictionary(network.patterns.map { ($0.id, $0.multipliers) }, uniquingKeysWith: { a, _ in a })
        let curves = Dictionary(network.curves.map { ($0.id, $0.points) }, uniquingKeysWith: { a, _ in a })
        var heads: [Double] = []
        for node in network.nodes {
            if let tank = node.tank { heads.append(node.elevation + tank.maximumLevel) }
            if let reservoir = node.reservoir {
                heads.append(node.elevation * (reservoir.headPattern.flatMap { patterns[$0]?.max() } ?? 1))
            }
        }
        guard var head = heads.max() else { return nil }
        for link in network.links {
            guard let pump = link.pump else { continue }
            guard case .curve(let id) = pump.characteristic, let points = curves[id], !points.isEmpty else { return nil }
            let speed = max(pump.speedPattern.flatMap { patterns[$0]?.max() } ?? 1, pump.speed, 1)
            head += (PumpCurve(points: points).shutoffHead ?? 0) * speed * speed
        }
        return head
    }

    /// PRV and PSV set above any head that can stand before them, and negative settings.
    static func valveSettings(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        var found: [NetworkFinding] = []
        let highest = highestHead(network)
        for (index, link) in network.links.enumerated() where link.status == .active {
            guard let valve = link.valve, graph.ends[index].start >= 0, graph.ends[index].end >= 0 else { continue }
            let name = link.id.name
            switch valve.kind {
            case .pressureReducing, .pressureSustaining:
                let held = network.nodes[valve.kind == .pressureReducing ? graph.ends[index].end : graph.ends[index].start]
                if let highest, held.elevation + valve.setting > highest {
                    found.append(
                        NetworkFinding(
                            "valve_setting", .warning, [name],
                            "\(valve.kind.rawValue) '\(name)' is set to \(figure(valve.setting)) m, a head of "
                                + "\(figure(held.elevation + valve.setting)) m, above the \(figure(highest)) m that sources and pumps reach; "
                                + "look at the unit of its setting"))
                } else if valve.setting < 0 {
                    found.append(negativeSetting(valve, name))
                }
            case .flowControl, .throttleControl, .pressureBreaker, .positionalControl:
                if valve.setting < 0 { found.append(negativeSetting(valve, name)) }
            case .generalPurpose: break
            }
        }
        return found
    }

    private static func negativeSetting(_ valve: Valve, _ name: String) -> NetworkFinding {
        NetworkFinding(
            "valve_setting", .warning, [name],
            "\(valve.kind.rawValue) '\(name)' has a negative setting; turn the valve round or give a positive setting")
    }

    /// Levels outside their limits or the volume curve; no room at all.
    static func tankLevels(_ network: Network) -> [NetworkFinding] {
        let curves = Dictionary(network.curves.map { ($0.id, $0.points) }, uniquingKeysWith: { a, _ in a })
        var found: [NetworkFinding] = []
        for node in network.nodes {
            guard let tank = node.tank else { continue }
            func add(_ severity: NetworkFinding.Severity, _ message: String) {
                found.append(NetworkFinding("tank_levels", severity, [node.id.name], "tank '\(node.id)' " + message))
            }
            if tank.initialLevel < tank.minimumLevel - 1e-6 || tank.initialLevel > tank.maximumLevel + 1e-6 {
                add(
                    .error,
                    "begins at \(figure(tank.initialLevel)) m, outside \(figure(tank.minimumLevel)) to \(figure(tank.maximumLevel)) m; "
                        + "set its initial level between them")
            } else if tank.maximumLevel - tank.minimumLevel < 0.01 {
                add(
                    .note,
                    "has no room between its lowest and highest level, \(figure(tank.maximumLevel)) m; make it a reservoir if its level is to stay"
                )
            }
            if tank.volumeCurve == nil, tank.diameter > 1000 {
                add(.warning, "is \(figure(tank.diameter)) m wide; look at the unit of its diameter (m in SI files, feet in US files)")
            }
            if let points = tank.volumeCurve.flatMap({ curves[$0] }), let first = points.first, let last = points.last,
                first.x > tank.minimumLevel + 1e-6 || last.x < tank.maximumLevel - 1e-6
            {
                add(
                    .warning,
                    "uses levels \(figure(tank.minimumLevel)) to \(figure(tank.maximumLevel)) m, its volume curve only \(figure(first.x)) "
                        + "to \(figure(last.x)) m; lengthen the curve")
            }
        }
        return found
    }

    /// Efficiencies above 100 % or of a few per cent.
    static func efficiencies(_ network: Network) -> [NetworkFinding] {
        let used = Set(network.links.compactMap { $0.pump?.efficiencyCurve })
        let odd = network.curves.filter { curve in
            let highest = curve.points.map(\.y).max() ?? 50
            return used.contains(curve.id) && (highest > 100 || highest <= 1)
        }.map(\.id.name)
        guard !odd.isEmpty else { return [] }
        return [
            NetworkFinding(
                "efficiency", .warning, odd,
                "efficiency \(counted(odd, "curve", "curves")) ends above 100 % or never passes 1 %; give efficiencies in per cent")
        ]
    }
}
