// SPDX-License-Identifier: GPL-3.0-or-later

/// Inlets that the runs ask for, and those that they do not.
extension ZoneReport {
    /// A run of the network with other inlets: `brief` as a report takes it.
    typealias Run = (_ feeds: ZoneFeeds, _ brief: Range<Int>?) -> ZoneReport

    /// The last of the trial's days is the quickest to run.
    private var quick: Range<Int> { (trial.days.count - 1)..<trial.days.count }
    private var others: Range<Int> { 0..<(trial.days.count - 1) }

    /// The report with closed links open again, those first that would carry most at the worst moment: the fewest, by doubling and halving,
    /// with which every pressure is kept, as long as the zones have no more than `most` inlets together. Where so few do not suffice, when
    /// tanks and pumps switch tells, not how many are open: then all are open, as today, for `closedAgain` to begin from. This report, where
    /// it lacks nothing or nothing helps.
    ///
    /// - most: inlets.
    func opened(most: Int, _ run: Run) -> ZoneReport {
        guard let worst else { return self }
        let order = trial.byPotentialFlow(feeds.closed, worst.state)
        func keeping(_ count: Int) -> ZoneReport? {
            let more = feeds.opening(order.prefix(count))
            guard run(more, quick).keeps else { return nil }
            let report = run(more, nil)
            return report.keeps ? report : nil
        }
        let limit = min(most - (feeds.borders.count - feeds.closed.count), order.count)
        var found: ZoneReport?
        var failing = 0, count = min(1, limit)
        while found == nil, count > failing {
            found = keeping(count)
            if found == nil { (failing, count) = (count, min(2 * count, limit)) }
        }
        while found != nil, count - failing > 1 {
            let middle = (failing + count) / 2
            if let report = keeping(middle) { (found, count) = (report, middle) } else { failing = middle }
        }
        return found ?? keeping(order.count) ?? self
    }

    /// Quick runs that `closedAgain` takes at most, and what another run counts beside one of them.
    private static let mostRuns = 1000
    private static let costOfOther = 4
    /// Successful steps that are tried by the quick day alone.
    private static let stepsTogether = 8

    /// The report with those inlets closed again that no pressure needs, neither in the run nor with the fire flow, those first that cost
    /// least pressure at peak: more at once where that was found, fewer where the run comes to lack something. The quickest day leads, the
    /// others follow after some steps. What was refused is tried again with others closed, as long as that finds any.
    ///
    /// - least: inlets that stay.
    func closedAgain(least: Int, _ run: Run) -> ZoneReport {
        guard keeps else { return self }
        var best = feeds, runs = 0
        // What the quick day found, from `best` on.
        var ahead: [ZoneFeeds] = []
        func follow() {
            // As many of the steps as the other days bear too.
            var (kept, refused) = (0, ahead.count + 1)
            while refused - kept > 1, !others.isEmpty {
                let step = refused > ahead.count ? ahead.count : (kept + refused) / 2
                runs += Self.costOfOther
                if run(ahead[step - 1], others).keeps { kept = step } else { refused = step }
            }
            if others.isEmpty { kept = ahead.count }
            if kept > 0 { best = ahead[kept - 1] }
            ahead = []
        }
        func room(_ feeds: ZoneFeeds) -> Int { feeds.borders.count - feeds.closed.count - least }
        var isMore = true
        while isMore, runs < Self.mostRuns, room(best) > 0 {
            let before = best.closed.count
            let order = best.byLeastLoss()
            var place = 0, count = max(1, min(order.count / 4, room(best)))
            while place < order.count, runs < Self.mostRuns {
                let now = ahead.last ?? best
                guard room(now) > 0 else { break }
                let links = now.closable(order[place..<min(place + min(count, room(now)), order.count)])
                var isKept = links.isEmpty
                if !isKept, now.keeps(closing: links) {
                    runs += 1
                    isKept = run(now.closing(links), quick).keeps
                    if isKept { ahead.append(now.closing(links)) }
                }
                if isKept {
                    place += min(count, room(now))
                    count *= 2
                } else if count > 1 {
                    count = (count + 1) / 2
                } else {
                    place += 1
                }
                if ahead.count == Self.stepsTogether { follow() }
            }
            follow()
            isMore = best.closed.count > before
        }
        guard best.closed.count > feeds.closed.count else { return self }
        let report = run(best, nil)
        return report.keeps ? report : self
    }
}

extension ZoneFeeds {
    /// Inlets that can be closed, those first whose closing costs least pressure at peak.
    fileprivate func byLeastLoss() -> [Int] {
        let closed = closed
        let links = borders.filter { !$0.isFixed && !(isClosed[$0.link] ?? false) }.map(\.link)
        return links.map { ($0, trial.judged(0, closed: closed + [$0]).mean) }.sorted { (-$0.1, $0.0) < (-$1.1, $1.0) }.map(\.0)
    }

    /// Those of some links that leave each zone an inlet.
    fileprivate func closable(_ links: some Sequence<Int>) -> [Int] {
        var left = (0..<layout.zoneCount).map { open(of: $0).count }
        var found: [Int] = []
        for link in links {
            guard let border = borders.first(where: { $0.link == link }), border.zones.allSatisfy({ left[$0] > 1 }) else { continue }
            for zone in border.zones { left[zone] -= 1 }
            found.append(link)
        }
        return found
    }

    /// Whether no pressure is kept worse with more links closed, at the moments looked at and with the fire flow in their zones.
    fileprivate func keeps(closing links: [Int]) -> Bool {
        let zones = Set(borders.filter { links.contains($0.link) }.flatMap(\.zones)).sorted()
        return keeps(Array(trial.moments.indices), closed + links, zones: zones)
    }
}
