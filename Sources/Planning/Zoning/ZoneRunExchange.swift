// SPDX-License-Identifier: GPL-3.0-or-later

/// Inlets put elsewhere by what the run has with them, tanks and all.
extension ZoneReport {
    /// Runs times their steps and nodes at most: so many take some seconds.
    private static let mostStates = 20_000_000

    /// The report with inlets elsewhere where the run then has more pressure at the peak: each in exchange for a closed link of its zones, as
    /// long as that helps and every pressure is kept. With today's tank levels, by which inlets are exchanged before, a link beside a tank
    /// looks better than it is: the tank would not stay as full. This report, where the network has no tanks or more inlets than can be tried.
    func exchanged(_ run: Run) -> ZoneReport {
        guard keeps, layout.network.nodes.contains(where: { $0.tank != nil }) else { return self }
        let inlets = feeds.borders.filter { !$0.isFixed && !(feeds.isClosed[$0.link] ?? false) }.count
        let most = Self.mostStates / (layout.network.nodes.count * max(1, trial.days[0].times.count))
        guard inlets * ZoneFeeds.tried <= most else { return self }
        var best = self, runs = 0, isMoved = true
        while isMoved {
            isMoved = false
            for border in feeds.borders where !border.isFixed && !(best.feeds.isClosed[border.link] ?? true) {
                let feeds = best.feeds
                let state = trial.solve(0, closed: feeds.closed)
                let places = feeds.borders.filter { place in
                    (feeds.isClosed[place.link] ?? false) && border.zones.contains { place.touches($0) }
                }.map(\.link)
                for link in trial.byPotentialFlow(places, state).prefix(ZoneFeeds.tried) {
                    let other = feeds.opening([link]).closing([border.link])
                    let zones = border.zones + feeds.borders.filter { $0.link == link }.flatMap(\.zones)
                    guard runs < most, feeds.keeps([], other.closed, zones: Set(zones).sorted()) else { continue }
                    runs += 1
                    let found = run(other, 0..<1)
                    guard found.keeps, found.meanAtPeak > best.meanAtPeak + ZoneFeeds.leastGain else { continue }
                    let report = run(other, nil)
                    guard report.keeps else { continue }
                    (best, isMoved) = (report, true)
                    break
                }
            }
        }
        return best
    }
}
