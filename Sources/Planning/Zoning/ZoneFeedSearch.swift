// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics

extension ZoneFeeds {
    /// Rounds over all inlets at most.
    private static let rounds = 4
    /// Neither inlets nor borders are moved for less. [m]
    static let leastGain = 1e-4

    /// Closes inlets that no pressure needs, neither at the moments looked at nor with the fire flow, the one that brings least first.
    mutating func prune() {
        let moments = Array(trial.moments.indices)
        for zone in 0..<layout.zoneCount {
            for border in open(of: zone).filter({ !$0.isFixed }).sorted(by: { (abs($0.flow), $0.link) < (abs($1.flow), $1.link) }) {
                guard open(of: zone).count > 1 else { break }
                let trialClosed = closed + [border.link]
                guard keeps(moments, trialClosed, zones: border.zones) else { continue }
                isClosed[border.link] = true
            }
        }
    }

    /// Puts inlets elsewhere where that leaves more pressure at peak: each in exchange for a closed link of the zone that it feeds, as long
    /// as that helps and no pressure is kept worse.
    mutating func exchange() {
        let moments = Array(trial.moments.indices)
        var isStale = [Bool](repeating: true, count: layout.zoneCount)
        var now = trial.judged(0, closed: closed)
        for _ in 0..<Self.rounds {
            let wasStale = isStale
            isStale = isStale.map { _ in false }
            for border in borders where !border.isFixed && !(isClosed[border.link] ?? true) {
                guard border.zones.contains(where: { wasStale[$0] || isStale[$0] }) else { continue }
                let into = now.state.flows[border.link] >= 0 ? border.to : border.from
                let zone = into >= 0 ? into : border.zones[0]
                let places = borders.filter { $0.touches(zone) && (isClosed[$0.link] ?? false) }
                var best: (border: Border, judged: ZoneTrial.Judged)?
                for link in trial.byPotentialFlow(places.map(\.link), now.state).prefix(Self.tried) {
                    let found = trial.judged(0, closed: closed.filter { $0 != link } + [border.link])
                    let gain = found.mean - (best?.judged.mean ?? now.mean)
                    guard found.deficit <= now.deficit + 1e-9, gain > Self.leastGain, let place = places.first(where: { $0.link == link })
                    else { continue }
                    best = (place, found)
                }
                guard let best else { continue }
                let touched = Set(border.zones + best.border.zones).sorted()
                guard keeps(moments, closed.filter { $0 != best.border.link } + [border.link], zones: touched) else { continue }
                (isClosed[border.link], isClosed[best.border.link]) = (true, false)
                now = best.judged
                for zone in touched { isStale[zone] = true }
            }
            guard isStale.contains(true) else { return }
        }
    }

    /// Opens for each zone the one link of its border that leaves least deficit at the zone's own worst moment; of those outside, any link.
    ///
    /// - Returns: false where none takes away a twentieth of what its zone lacks.
    mutating func relieveZones(_ worst: [(zone: Int, moment: ZoneReport.Moment)]) -> Bool {
        var isAnyOpened = false
        for (zone, moment) in worst {
            let closed = closed
            trial.add(moment.time, moment.state, day: moment.day, with: closed)
            defer { trial.forgetLast() }
            let moment = trial.moments.count - 1
            let deficits = trial.deficits(moment, closed: closed)
            let whole = deficits.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
            let own = deficits.sorted { $0.key < $1.key }.reduce(0) { layout.zoneOfNode[$1.key] == zone ? $0 + $1.value : $0 }
            let places = borders.filter { (isClosed[$0.link] ?? false) && (zone < 0 || $0.touches(zone)) }.map(\.link)
            var best: (link: Int, total: Double)?
            for link in trial.byPotentialFlow(places, trial.solve(moment, closed: closed)).prefix(Self.tried) {
                let sum = total([moment], closed.filter { $0 != link })
                if sum < best?.total ?? (whole - 0.05 * own) { best = (link, sum) }
            }
            guard let best else { continue }
            isClosed[best.link] = false
            isAnyOpened = true
        }
        return isAnyOpened
    }

    /// Whether no pressure is kept worse than with the links closed now, at moments and with the fire flow in zones.
    func keeps(_ moments: [Int], _ trialClosed: [Int], zones: [Int]) -> Bool {
        let closed = closed
        return moments.allSatisfy { total([$0], trialClosed) <= total([$0], closed) + 1e-9 }
            && zones.allSatisfy { fireShortfall($0, trialClosed).shortfall <= fireShortfall($0, closed).shortfall + 1e-9 }
    }
}

extension ZoneFeeds.Border {
    /// One, or both where it lies between two.
    var zones: [Int] { [from, to].filter { $0 >= 0 } }
}
