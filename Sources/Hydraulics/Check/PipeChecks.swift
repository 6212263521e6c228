// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension NetworkCheck {
    static func pipes(_ network: Network) -> [NetworkFinding] {
        diameters(network) + lengths(network) + roughnesses(network) + localLosses(network)
    }

    private static func names(_ network: Network, _ holds: (Pipe) -> Bool) -> [String] {
        var names: [String] = []
        for link in network.links {
            guard case .pipe(let pipe) = link.kind, holds(pipe) else { continue }
            names.append(link.id.name)
        }
        return names
    }

    /// Thinner than 1 mm are placeholders or metres for millimetres; thinner than 10 mm no main; wider than 8 m no pipe.
    static func diameters(_ network: Network) -> [NetworkFinding] {
        var found: [NetworkFinding] = []
        let tiny = names(network) { $0.diameter < 0.001 }
        if !tiny.isEmpty {
            found.append(
                NetworkFinding(
                    "diameter", .error, tiny,
                    "\(counted(tiny, "pipe", "pipes")) thinner than 1 mm; give true diameters (metres where millimetres or inches are meant?)"
                ))
        }
        let thin = names(network) { $0.diameter >= 0.001 && $0.diameter < 0.01 }
        if !thin.isEmpty {
            found.append(
                NetworkFinding("diameter", .warning, thin, "\(counted(thin, "pipe", "pipes")) thinner than 10 mm; look at the diameters"))
        }
        let wide = names(network) { $0.diameter > 8 }
        if !wide.isEmpty {
            found.append(
                NetworkFinding(
                    "diameter", .error, wide,
                    "\(counted(wide, "pipe", "pipes")) wider than 8 m; look at the unit of the diameters (mm in SI files, inches in US files)"
                ))
        }
        return found
    }

    /// Longer than 100 km, or shorter than 1 cm.
    static func lengths(_ network: Network) -> [NetworkFinding] {
        var found: [NetworkFinding] = []
        let long = names(network) { $0.length > 1e5 }
        if !long.isEmpty {
            found.append(
                NetworkFinding(
                    "length", .warning, long,
                    "\(counted(long, "pipe", "pipes")) longer than 100 km; look at the unit of the lengths (m in SI files, feet in US files)"
                ))
        }
        let short = names(network) { $0.length < 0.01 }
        if !short.isEmpty {
            found.append(
                NetworkFinding("length", .warning, short, "\(counted(short, "pipe", "pipes")) shorter than 1 cm; give them their length"))
        }
        return found
    }

    /// Against the head-loss formula. The limits are engineering judgement, not taken from a table: Hazen–Williams C between 30 and
    /// 165, Darcy–Weisbach heights below a twentieth of the diameter, Manning's n between 0.007 and 0.04.
    static func roughnesses(_ network: Network) -> [NetworkFinding] {
        let formula = network.hydraulics.headLossFormula
        func finding(_ names: [String], _ severity: NetworkFinding.Severity, _ what: String) -> [NetworkFinding] {
            names.isEmpty ? [] : [NetworkFinding("roughness", severity, names, "\(counted(names, "pipe", "pipes")) \(what)")]
        }
        switch formula {
        case .hazenWilliams:
            return finding(
                names(network) { $0.roughness < 10 || $0.roughness > 300 }, .error,
                "with a roughness that is no Hazen–Williams C (about 30 to 165); give C, or set HEADLOSS to D-W or C-M if that is meant")
                + finding(
                    names(network) { ($0.roughness >= 10 && $0.roughness < 30) || ($0.roughness > 165 && $0.roughness <= 300) }, .warning,
                    "with a Hazen–Williams C outside 30 to 165; look at the roughness")
        case .darcyWeisbach:
            return finding(
                names(network) { $0.roughness > 0.5 * $0.diameter }, .error,
                "whose roughness height is more than half the diameter; give it in mm (SI) or thousandths of a foot (US), "
                    + "or set HEADLOSS to H-W if C is meant")
                + finding(
                    names(network) { $0.roughness > 0.05 * $0.diameter && $0.roughness <= 0.5 * $0.diameter }, .warning,
                    "whose roughness height is more than a twentieth of the diameter; look at the roughness")
        case .chezyManning:
            return finding(
                names(network) { $0.roughness > 0.2 || $0.roughness < 0.002 }, .error,
                "with a roughness that is no Manning n (about 0.007 to 0.04); give n, or set HEADLOSS to the formula that is meant")
                + finding(
                    names(network) { ($0.roughness > 0.04 && $0.roughness <= 0.2) || ($0.roughness < 0.007 && $0.roughness >= 0.002) },
                    .warning, "with a Manning n outside 0.007 to 0.04; look at the roughness")
        }
    }

    /// K beyond 1,000 shuts a pipe; a single fitting has K below 20 or so.
    static func localLosses(_ network: Network) -> [NetworkFinding] {
        let large = names(network) { $0.minorLoss > 1000 }
        guard !large.isEmpty else { return [] }
        return [
            NetworkFinding(
                "minor_loss", .warning, large,
                "\(counted(large, "pipe", "pipes")) with a local loss coefficient above 1000; close the pipe if that is meant, or give K")
        ]
    }

    /// Lengths against the map, where the map is to scale: half of the pipes within a fifth of the common scale.
    static func map(_ network: Network, _ graph: NetworkGraph) -> [NetworkFinding] {
        var ratios: [(link: Int, ratio: Double)] = []
        for (index, link) in network.links.enumerated() {
            guard let pipe = link.pipe, graph.ends[index].start >= 0, graph.ends[index].end >= 0,
                let from = network.nodes[graph.ends[index].start].position, let to = network.nodes[graph.ends[index].end].position
            else { continue }
            var drawn = 0.0, at = from
            for point in link.vertices + [to] {
                drawn += distance(at, point)
                at = point
            }
            if drawn > 0, pipe.length > 0 { ratios.append((index, pipe.length / drawn)) }
        }
        let sorted = ratios.map(\.ratio).sorted()
        guard sorted.count >= 20 else { return [] }
        let scale = sorted[sorted.count / 2]
        guard sorted.filter({ $0 > scale / 1.2 && $0 < scale * 1.2 }).count * 2 > sorted.count else { return [] }
        // Short pipes inside stations are drawn apart to be seen.
        let odd = ratios.filter { item in
            let length = network.links[item.link].pipe?.length ?? 0, drawn = length / item.ratio * scale
            return (item.ratio > 3 * scale || item.ratio < scale / 3) && max(length, drawn) > 200
        }
        guard !odd.isEmpty else { return [] }
        let names = odd.map { network.links[$0.link].id.name }
        // Far more of them than slips: a drawing of another kind.
        guard names.count * 20 < ratios.count else { return [] }
        return [
            NetworkFinding(
                "length_against_map", .warning, names,
                "\(counted(names, "pipe", "pipes")) more than three times longer or shorter than on the map, where most others agree with it; "
                    + "look at lengths and coordinates")
        ]
    }

    static func distance(_ a: Point, _ b: Point) -> Double { ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot() }
}
