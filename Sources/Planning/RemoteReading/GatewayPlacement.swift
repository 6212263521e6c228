// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// Where gateways stand so that enough of them hear every meter: set cover with redundancy, by the greedy rule, with a bound on how few
/// could do.
public struct GatewayPlacement: Sendable {
    /// Sites in the order in which they were taken; a site may hold several gateways.
    public var sites: [Point]
    /// Gateways that no placement can do without.
    public var lowerBound: Int
    /// Share of the endpoints that as many gateways hear as were asked for. [–]
    public var covered: Double
    /// Share of the endpoints that no site reaches. [–]
    public var unreachable: Double
    /// Gateways that the messages alone ask for.
    public var forCapacity: Int

    public var count: Int { sites.count }

    /// Gateways without a map: max(coverage × redundancy, capacity), each covering a hexagon of 2.598 r².
    ///
    /// - area: to be covered. [m²] - range: [m] - messages, gatewayCapacity: [per day]
    public static func preDesign(
        area: Double, range: Double, endpoints: Double, messages: Double, gatewayCapacity: Double, redundancy: Int
    ) -> (coverage: Int, capacity: Int, gateways: Int) {
        // Area of the regular hexagon of radius r: 3√3/2 r².
        let hexagon = 1.5 * 3.0.squareRoot() * range * range
        let coverage = hexagon > 0 ? max(1, Int((area / hexagon).rounded(.up))) : 0
        let capacity = gatewayCapacity > 0 ? Int((endpoints * messages / gatewayCapacity).rounded(.up)) : 0
        return (coverage, capacity, max(coverage * max(1, redundancy), capacity))
    }

    /// - endpoints: place and how many meters stand there. [m]
    /// - candidates: where a gateway may stand. [m]
    /// - redundancy: gateways that each endpoint should be heard by; fewer where fewer sites reach it.
    /// - messages: of all endpoints together. [per day]
    public init(
        endpoints: [(place: Point, meters: Double)], candidates: [Point], range: Double, redundancy: Int, messages: Double,
        gatewayCapacity: Double
    ) {
        let reach = Self.reach(endpoints.map(\.place), candidates, range)
        var hearers = Array(repeating: 0, count: endpoints.count)
        for points in reach { for point in points { hearers[point] += 1 } }
        let needs = hearers.map { min($0, max(1, redundancy)) }
        var need = needs
        var gains = reach.map { $0.reduce(0.0) { $0 + endpoints[$1].meters } }
        var chosen: [Int] = []
        var taken = Array(repeating: false, count: candidates.count)
        while let best = gains.indices.filter({ !taken[$0] }).max(by: { (gains[$0], -$0) < (gains[$1], -$1) }), gains[best] > 1e-12 {
            // Gains only fall: one that is still best when counted anew is best.
            let fresh = reach[best].reduce(0.0) { $0 + (need[$1] > 0 ? endpoints[$1].meters : 0) }
            if fresh < gains[best] {
                gains[best] = fresh
                continue
            }
            taken[best] = true
            chosen.append(best)
            for point in reach[best] where need[point] > 0 { need[point] -= 1 }
        }
        chosen = Self.withoutSpare(chosen, reach, needs)
        let total = endpoints.reduce(0) { $0 + $1.meters }
        forCapacity = gatewayCapacity > 0 && total > 0 ? Int((messages / gatewayCapacity).rounded(.up)) : 0
        lowerBound = max(Self.bound(reach, needs, endpoints.count), forCapacity)
        // Further gateways stand where most is heard.
        let load = chosen.sorted { (reach[$0].count, -$0) > (reach[$1].count, -$1) }
        var extra = 0
        while !load.isEmpty, chosen.count < forCapacity {
            chosen.append(load[extra % load.count])
            extra += 1
        }
        sites = chosen.map { candidates[$0] }
        let met = endpoints.indices.reduce(0.0) {
            $0 + (needs[$1] >= max(1, redundancy) && need[$1] == 0 ? endpoints[$1].meters : 0)
        }
        covered = total > 0 ? met / total : 0
        unreachable = total > 0 ? endpoints.indices.reduce(0.0) { $0 + (hearers[$1] == 0 ? endpoints[$1].meters : 0) } / total : 0
    }

    /// Endpoints within range of each candidate.
    private static func reach(_ places: [Point], _ candidates: [Point], _ range: Double) -> [[Int]] {
        let order = places.indices.sorted { (places[$0].x, $0) < (places[$1].x, $1) }
        return candidates.map { site in
            // First of the endpoints whose x is within range.
            var low = 0, high = order.count
            while low < high {
                let middle = (low + high) / 2
                if places[order[middle]].x < site.x - range { low = middle + 1 } else { high = middle }
            }
            var found: [Int] = []
            while low < order.count, places[order[low]].x <= site.x + range {
                let index = order[low]
                let dx = places[index].x - site.x, dy = places[index].y - site.y
                if dx * dx + dy * dy <= range * range { found.append(index) }
                low += 1
            }
            return found
        }
    }

    /// Drops every site, the last taken first, without which all needs are still met.
    private static func withoutSpare(_ chosen: [Int], _ reach: [[Int]], _ needs: [Int]) -> [Int] {
        var heard = Array(repeating: 0, count: needs.count)
        for site in chosen { for point in reach[site] { heard[point] += 1 } }
        var kept = chosen
        for site in chosen.reversed() where reach[site].allSatisfy({ heard[$0] > needs[$0] }) {
            kept.removeAll { $0 == site }
            for point in reach[site] { heard[point] -= 1 }
        }
        return kept
    }

    /// No placement needs fewer: endpoints that no two share a site each need their own; and all needs over the most that one site meets.
    private static func bound(_ reach: [[Int]], _ needs: [Int], _ count: Int) -> Int {
        var hearers = Array(repeating: [Int](), count: count)
        for (site, points) in reach.enumerated() { for point in points { hearers[point].append(site) } }
        var used: Set<Int> = []
        var packing = 0
        // Those whom few sites hear first: they shut out the fewest others.
        for point in (0..<count).sorted(by: { (hearers[$0].count, $0) < (hearers[$1].count, $1) }) where needs[point] > 0 {
            guard !hearers[point].contains(where: used.contains) else { continue }
            packing += needs[point]
            used.formUnion(hearers[point])
        }
        let most = reach.map(\.count).max() ?? 0
        let all = needs.reduce(0, +)
        return max(packing, most > 0 ? (all + most - 1) / most : 0)
    }
}
