// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

/// Which links on the borders of zones stay open, with a meter, and which are closed.
struct ZoneFeeds {
    /// A link between two zones, or a zone and the outside.
    struct Border {
        var link: Int
        /// −1: outside.
        var from: Int
        var to: Int
        /// Cannot be closed.
        var isFixed: Bool
        /// From `from` to `to`, today at peak. [m³/s]
        var flow: Double

        func touches(_ zone: Int) -> Bool { from == zone || to == zone }
        /// Into the zone. [m³/s]
        func inflow(_ zone: Int) -> Double { to == zone ? flow : -flow }
        func other(_ zone: Int) -> Int { from == zone ? to : from }
    }

    let layout: ZoneLayout
    let trial: ZoneTrial
    let borders: [Border]
    var isClosed: [Int: Bool] = [:]
    /// Zones whose deficit could not be mended.
    private(set) var unmended: Set<Int> = []

    /// Alternatives that are tried for one inlet.
    static let tried = 6

    init(_ layout: ZoneLayout, _ trial: ZoneTrial) {
        self.layout = layout
        self.trial = trial
        let flows = trial.moments.first?.flowsBefore ?? []
        borders = layout.network.links.indices.compactMap { index in
            let from = layout.zoneOfNode[layout.ends[index].start], to = layout.zoneOfNode[layout.ends[index].end]
            guard from != to, layout.isOpen[index] else { return nil }
            return Border(link: index, from: from, to: to, isFixed: layout.isFixed[index], flow: flows.isEmpty ? 0 : flows[index])
        }
    }

    var closed: [Int] { borders.filter { isClosed[$0.link] ?? false }.map(\.link) }

    func open(of zone: Int) -> [Border] { borders.filter { $0.touches(zone) && !(isClosed[$0.link] ?? false) } }

    /// Closes every border, opens for each zone the one that brings most today, and more only where pressures ask for it; then looks for
    /// better inlets, and for such as are not needed.
    mutating func choose() {
        for border in borders { isClosed[border.link] = !border.isFixed }
        let level = levels()
        for zone in 0..<layout.zoneCount {
            let need = layout.zoneOfNode.indices.reduce(0) { sum, node in
                layout.zoneOfNode[node] == zone ? sum + (trial.moments.first?.conditions.demands[node] ?? 0) : sum
            }
            let fixed = borders.filter { $0.touches(zone) && $0.isFixed }.reduce(0) { $0 + max(0, $1.inflow(zone)) }
            guard fixed < 0.5 * need else { continue }
            if let best = candidates(zone, level).first { isClosed[best.link] = false }
        }
        mend(moments: [0])
        mendFire()
        prune()
        exchange()
    }

    /// By how much the fire flow at the zone's critical node falls short of the pressure that it must leave there. [m]
    func fireShortfall(_ zone: Int, _ closed: [Int]) -> (node: Int, shortfall: Double) {
        let options = trial.options
        guard options.fireFlow > 0 else { return (-1, 0) }
        let now = trial.pressures(trial.solve(0, closed: closed))
        let nodes = trial.drawing.filter { layout.zoneOfNode[$0] == zone }
        guard let node = nodes.min(by: { (now[$0] ?? -1e9, $0) < (now[$1] ?? -1e9, $1) }) else { return (-1, 0) }
        return (node, fireShortfall(at: node, closed))
    }

    private func fireShortfall(at node: Int, _ closed: [Int]) -> Double {
        let options = trial.options
        func pressure(_ closed: [Int]) -> Double {
            trial.pressures(trial.solve(0, closed: closed, drawing: (node, options.fireFlow)))[node] ?? -100
        }
        let after = pressure(closed)
        guard after < options.firePressure - options.pressureTolerance else { return 0 }
        return max(0, min(options.firePressure, pressure([])) - options.pressureTolerance - after)
    }

    /// Opens links of zones whose critical node lacks pressure with the fire flow.
    private mutating func mendFire() {
        for zone in 0..<layout.zoneCount {
            var found = fireShortfall(zone, closed)
            while found.shortfall > 0 {
                let places = borders.filter { (isClosed[$0.link] ?? false) && $0.touches(zone) }
                    .sorted { (-abs($0.flow), $0.link) < (-abs($1.flow), $1.link) }.prefix(Self.tried)
                var best: (link: Int, shortfall: Double)?
                for border in places {
                    let shortfall = fireShortfall(at: found.node, closed.filter { $0 != border.link })
                    if shortfall < best?.shortfall ?? .infinity { best = (border.link, shortfall) }
                }
                guard let best else { break }
                isClosed[best.link] = false
                found = fireShortfall(zone, closed)
            }
        }
    }

    /// Zones in steps from the trunk: 1 where one of its links reaches the zone.
    private func levels() -> [Int] {
        var level = [Int](repeating: Int.max, count: layout.zoneCount)
        for border in borders where border.from < 0 || border.to < 0 { level[max(border.from, border.to)] = 1 }
        var isChanged = true
        while isChanged {
            isChanged = false
            for border in borders where border.from >= 0 && border.to >= 0 {
                for (a, b) in [(border.from, border.to), (border.to, border.from)] where level[a] < Int.max && level[b] > level[a] + 1 {
                    level[b] = level[a] + 1
                    isChanged = true
                }
            }
        }
        return level
    }

    /// Closed links that could feed a zone, from the trunk or a zone nearer to it, the one that brings most first.
    private func candidates(_ zone: Int, _ level: [Int]) -> [Border] {
        let own = level[zone]
        return borders.filter { border in
            guard border.touches(zone), isClosed[border.link] ?? false else { return false }
            let other = border.other(zone)
            return other < 0 || level[other] < own
        }.sorted { (-$0.inflow(zone), $0.link) < (-$1.inflow(zone), $1.link) }
    }

    /// Deficit of each zone, by −1 of what lies outside. [m, summed over nodes]
    private func byZone(_ deficits: [Int: Double]) -> [Int: Double] {
        var sum: [Int: Double] = [:]
        for (node, deficit) in deficits.sorted(by: { $0.key < $1.key }) { sum[layout.zoneOfNode[node], default: 0] += deficit }
        return sum
    }

    func total(_ moments: [Int], _ closed: [Int]) -> Double {
        moments.reduce(0) { sum, moment in
            sum + trial.deficits(moment, closed: closed).sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
        }
    }

    /// Opens links until every pressure is kept: of the zone that lacks most, the one that helps most.
    mutating func mend(moments: [Int]) {
        for _ in 0..<(4 * layout.zoneCount + 20) {
            var worst: (zone: Int, moment: Int, deficit: Double)?
            for moment in moments {
                for (zone, deficit) in byZone(trial.deficits(moment, closed: closed)).sorted(by: { $0.key < $1.key })
                where deficit > worst?.deficit ?? 0 && !unmended.contains(zone) {
                    worst = (zone, moment, deficit)
                }
            }
            guard let worst else { return }
            // What lacks outside the zones is what the zones' closed links carried.
            let places = borders.filter { (isClosed[$0.link] ?? false) && (worst.zone < 0 || $0.touches(worst.zone)) }
                .sorted { (-abs($0.flow), $0.link) < (-abs($1.flow), $1.link) }.prefix(Self.tried)
            var best: (link: Int, total: Double)?
            for border in places {
                let sum = total([worst.moment], closed.filter { $0 != border.link })
                if sum < best?.total ?? .infinity { best = (border.link, sum) }
            }
            guard let best else {
                unmended.insert(worst.zone)
                continue
            }
            isClosed[best.link] = false
        }
    }

    /// The same with more links open.
    func opening(_ links: some Sequence<Int>) -> ZoneFeeds {
        var feeds = self
        for link in links { feeds.isClosed[link] = false }
        return feeds
    }

    /// The same with more links closed.
    func closing(_ links: some Sequence<Int>) -> ZoneFeeds {
        var feeds = self
        for link in links { feeds.isClosed[link] = true }
        return feeds
    }

    /// Opens the link, wherever it lies, that leaves least deficit at a moment.
    ///
    /// - Returns: false where none takes away a twentieth of it.
    mutating func relieve(_ moment: Int) -> Bool {
        let closed = closed
        let enough = 0.95 * total([moment], closed)
        var best = (link: -1, total: enough)
        let promising = trial.byPotentialFlow(closed, trial.solve(moment, closed: closed))
        for (place, link) in promising.enumerated() {
            if place >= 4 * Self.tried, best.total < enough { break }
            let sum = total([moment], closed.filter { $0 != link })
            if sum < best.total { best = (link, sum) }
        }
        guard best.link >= 0 else { return false }
        isClosed[best.link] = false
        return true
    }

    /// Looks at a further moment, and opens what it needs.
    mutating func look(at moment: Int) { mend(moments: Array(0...moment)) }
}
