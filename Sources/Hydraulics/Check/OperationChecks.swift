// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension NetworkCheck {
    static func operation(_ network: Network) -> [NetworkFinding] {
        controlLevels(network) + opposedControls(network) + controlTimes(network) + patternAverages(network) + unused(network)
    }

    /// Controls on levels that a tank does not reach.
    static func controlLevels(_ network: Network) -> [NetworkFinding] {
        let tanks = Dictionary(
            network.nodes.compactMap { node in node.tank.map { (node.id, $0) } }, uniquingKeysWith: { first, _ in first })
        var found: [NetworkFinding] = []
        for control in network.controls where !control.isDisabled {
            let (id, level, isAbove): (Node.ID, Double, Bool)
            switch control.trigger {
            case .above(let node, let value): (id, level, isAbove) = (node, value, true)
            case .below(let node, let value): (id, level, isAbove) = (node, value, false)
            case .time, .clockTime: continue
            }
            guard let tank = tanks[id] else { continue }
            // A hand's breadth over the rim is a habit to say "full".
            let isBeyond = isAbove ? level > tank.maximumLevel + 0.1 : level < tank.minimumLevel - 0.1
            guard isBeyond else { continue }
            found.append(
                NetworkFinding(
                    "control_level", .warning, [control.link.name, id.name],
                    "the control of link '\(control.link)' at \(isAbove ? "above" : "below") \(figure(level)) m in tank '\(id)' never acts: its "
                        + "levels are \(figure(tank.minimumLevel)) to \(figure(tank.maximumLevel)) m; look at the level"))
        }
        return found
    }

    /// Links that open below a level that lies above the one at which they close, or the other way round: they would never rest.
    static func opposedControls(_ network: Network) -> [NetworkFinding] {
        struct Order { var above: [(Double, Bool)] = [], below: [(Double, Bool)] = [] }
        struct Key: Hashable {
            let link: Link.ID
            let node: Node.ID
        }
        var orders: [Key: Order] = [:]
        var keys: [Key] = []
        for control in network.controls where !control.isDisabled {
            guard case .status(let status) = control.action, status != .active else { continue }
            let isOpening = status == .open
            switch control.trigger {
            case .above(let node, let level):
                let key = Key(link: control.link, node: node)
                if orders[key] == nil { keys.append(key) }
                orders[key, default: Order()].above.append((level, isOpening))
            case .below(let node, let level):
                let key = Key(link: control.link, node: node)
                if orders[key] == nil { keys.append(key) }
                orders[key, default: Order()].below.append((level, isOpening))
            case .time, .clockTime: continue
            }
        }
        return keys.compactMap { key in
            guard let order = orders[key] else { return nil }
            let clash = order.above.contains { above in order.below.contains { $0.1 != above.1 && $0.0 > above.0 } }
            guard clash else { return nil }
            return NetworkFinding(
                "opposed_controls", .warning, [key.link.name, key.node.name],
                "controls on the level or pressure of '\(key.node)' want link '\(key.link)' open and closed at once; set the level of BELOW under "
                    + "that of ABOVE")
        }
    }

    /// Controls after the end of the run.
    static func controlTimes(_ network: Network) -> [NetworkFinding] {
        guard network.times.duration > 0 else { return [] }
        let late = network.controls.filter { control in
            guard !control.isDisabled, case .time(let time) = control.trigger else { return false }
            return time > network.times.duration
        }.map(\.link.name)
        guard !late.isEmpty else { return [] }
        return [
            NetworkFinding(
                "control_time", .note, late,
                "controls of \(counted(late, "link", "links")) act after the end of the run, \(network.times.duration / 3600) h; "
                    + "lengthen DURATION or drop them")
        ]
    }

    /// Demand patterns whose mean is far from 1 change the demand as a whole. One junction with a pattern of its own is a habit of
    /// those who write flows into patterns.
    static func patternAverages(_ network: Network) -> [NetworkFinding] {
        let used = demandPatterns(network)
        return network.patterns.compactMap { pattern in
            guard (used[pattern.id] ?? 0) > 1, !pattern.multipliers.isEmpty else { return nil }
            let mean = pattern.multipliers.reduce(0, +) / Double(pattern.multipliers.count)
            guard mean > 4 || mean < 0.1 else { return nil }
            return NetworkFinding(
                "pattern_average", .warning, [pattern.id.name],
                "demand pattern '\(pattern.id)' has the mean \(figure(mean)), so its demands are \(figure(mean)) times what the junctions say; "
                    + "look at its multipliers")
        }
    }

    /// Junctions that use each pattern.
    private static func demandPatterns(_ network: Network) -> [Pattern.ID: Int] {
        var used: [Pattern.ID: Int] = [:]
        for node in network.nodes {
            for demand in node.junction?.demands ?? [] where demand.baseFlow != 0 {
                if let pattern = demand.pattern ?? network.hydraulics.defaultPattern { used[pattern, default: 0] += 1 }
            }
        }
        return used
    }

    /// Patterns and curves that nothing names.
    static func unused(_ network: Network) -> [NetworkFinding] {
        var patterns = Set<Pattern.ID>([network.hydraulics.defaultPattern, network.energy.pricePattern].compactMap { $0 })
        var curves = Set<Curve.ID>()
        for node in network.nodes {
            for demand in node.junction?.demands ?? [] { if let pattern = demand.pattern { patterns.insert(pattern) } }
            if let pattern = node.reservoir?.headPattern { patterns.insert(pattern) }
            if let curve = node.tank?.volumeCurve { curves.insert(curve) }
        }
        for link in network.links {
            if let pump = link.pump {
                patterns.formUnion([pump.speedPattern, pump.pricePattern].compactMap { $0 })
                if case .curve(let id) = pump.characteristic { curves.insert(id) }
                if let id = pump.efficiencyCurve { curves.insert(id) }
            }
            if let id = link.valve?.curve { curves.insert(id) }
        }
        // A source of quality may name a pattern too; such sections are only kept.
        let kept = network.keptSections.filter { $0.name == "SOURCES" }.flatMap(\.lines).joined(separator: " ")
        let words = Set(kept.split { $0 == " " || $0 == "\t" }.map(String.init))
        let idlePatterns = network.patterns.map(\.id).filter { !patterns.contains($0) && !words.contains($0.name) }.map(\.name)
        let idleCurves = network.curves.map(\.id).filter { !curves.contains($0) }.map(\.name)
        var found: [NetworkFinding] = []
        if !idlePatterns.isEmpty {
            found.append(
                NetworkFinding(
                    "unused_pattern", .note, idlePatterns,
                    "nothing uses \(counted(idlePatterns, "pattern", "patterns")); name it where it is meant, or delete it"))
        }
        if !idleCurves.isEmpty {
            found.append(
                NetworkFinding(
                    "unused_curve", .note, idleCurves,
                    "nothing uses \(counted(idleCurves, "curve", "curves")); name it where it is meant, or delete it"))
        }
        return found
    }
}
