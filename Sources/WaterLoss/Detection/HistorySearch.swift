// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// The leaks of a record, kept day by day: each day may bring an alarm, a repair, or better places for the ones that are known.
struct HistorySearch {
    var space: DaySpace
    let interplay: LeakInterplay?
    let prior: LeakPrior
    let random: RandomNumbers
    var leaks: [RunningLeak] = []
    private(set) var alarms: [RaisedAlarm] = []

    /// Days before the first judgement, between looks at all places anew, and of readings that a leak must have run.
    static let firstDays = 14, review = 15, shortest = 2
    /// Days of growth that are tried; and the days back to which an abrupt beginning or a repair is looked for.
    static let growths = [10.0, 20, 40, 80, 120]
    /// Days that a leak must last in the history before there is an alarm: the first day of a step is a mixture that misleads.
    static let confirmed = 2
    /// Days back of which each is tried as an abrupt beginning, and those to which every third is; the days back of repairs.
    static let recent = 12, lookBack = 24, repairBack = 12
    /// Days back at which a leak that still grows may have begun.
    static let growingSince = [8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80, 100, 125]
    static let shortestGrowth = 8.0
    /// Part of the usual size below which a leak is none. [–]
    static let least = 0.04
    /// Days after a repair until it is doubted no more.
    static let settled = 30.0
    static let mostChanges = 6, mostShifts = 4
    /// Days for which a new leak's place and course are looked at anew each day.
    static let fresh = 10
    /// Probability of a place from which an alarm is raised, and days after which it is raised at any.
    static let likely = 0.5, longestWait = 14
    /// Evidence that other places of the other leaks may make up for. [nat]
    static let replaceable = 30.0

    init(_ space: DaySpace, _ prior: LeakPrior, interplay: LeakInterplay? = nil, random: RandomNumbers) {
        self.space = space
        self.interplay = interplay
        self.prior = prior
        self.random = random
    }

    /// - progress: told each day that was judged.
    mutating func run(progress: (Int) -> Void = { _ in }) {
        for day in min(Self.firstDays, space.days.columns)...space.days.columns {
            look(after: day)
            progress(day)
        }
        finish(days: space.days.columns)
    }

    /// What the whole record says of the leaks that are there.
    mutating func finish(days: Int) {
        for _ in 0..<2 { for i in leaks.indices { refine(&leaks, days: days, [i], anew: true) } }
        exchangeRepairs(days: days)
        prune(days: days)
        for _ in 0..<2 { refineAsBent(days: days) }
        leaks.removeAll { $0.size < Self.least * prior.size }
    }

    /// - after: days of readings that are there.
    mutating func look(after days: Int) {
        if !leaks.isEmpty { refit(&leaks, days: days) }
        let fresh = leaks.indices.filter { days - (leaks[$0].noticed ?? days) <= Self.fresh }
        if !fresh.isEmpty { refine(&leaks, days: days, fresh) }
        var isChanged = false
        for _ in 0..<Self.mostChanges {
            let now = HistoryModel(space, prior, days: days, leaks: leaks).evidence()
            let found = [foundRepair(days: days), foundNew(days: days)].compactMap { $0 }.max { $0.evidence < $1.evidence }
            guard let found, found.evidence > now, found.evidence < .infinity else { break }
            leaks = found.leaks
            isChanged = true
        }
        if days % Self.review == 0 || days == Self.firstDays, !leaks.isEmpty {
            for i in leaks.indices { refine(&leaks, days: days, [i], anew: true) }
            rearrange(days: days)
            exchangeRepairs(days: days)
            isChanged = true
        }
        if isChanged { prune(days: days) }
        leaks.removeAll { $0.size < Self.least * prior.size }
        raiseAlarms(days: days)
    }

    /// An alarm sends a crew to the place about which most of the probability lies within its reach; it waits until that is more likely
    /// than not to hold the leak, but not for ever. A leak has one alarm: places move to and fro, and each move would be a false one.
    private mutating func raiseAlarms(days: Int) {
        for i in leaks.indices {
            let noticed = leaks[i].noticed ?? days
            leaks[i].noticed = noticed
            guard leaks[i].alarm == nil, leaks[i].course.end == nil, days - noticed >= Self.confirmed || days == space.days.columns else {
                continue
            }
            let (pipe, chance) = place(of: i, days: days)
            if leaks[i].course.onset == .beforeRecord {
                // Nothing hurries, and little tells the place: it must outlast a look at all places anew.
                guard chance > Self.likely else {
                    leaks[i].supposed = nil
                    continue
                }
                guard let supposed = leaks[i].supposed, prior.near[supposed.pipe].contains(pipe) else {
                    leaks[i].supposed = (pipe, days)
                    continue
                }
                guard days - supposed.since > Self.review else { continue }
            }
            guard chance > Self.likely || days - noticed >= Self.longestWait || days == space.days.columns else { continue }
            leaks[i].alarm = alarms.count
            alarms.append(RaisedAlarm(days: days, pipe: pipe, size: leaks[i].size))
        }
    }

    /// Where a crew should begin to look for a leak, and how likely it is within its reach there.
    private func place(of index: Int, days: Int) -> (pipe: Int, chance: Double) {
        var others = leaks
        let leak = others.remove(at: index)
        let model = HistoryModel(space, prior, days: days, leaks: others)
        let size = max(leak.size, prior.size / 10)
        let bank = space.sizes.indices.min { abs(space.sizes[$0] - size) < abs(space.sizes[$1] - size) } ?? 0
        let (information, score) = model.further(
            [leak.course.shares(days: days)], answers: space.answers[bank], squares: space.squares[bank])
        var chances = prior.logLengths.indices.map { x in
            prior.gain(information: information[x, 0], score: score[x, 0]) / 2 + prior.logLengths[x]
        }
        let best = chances.max() ?? 0
        chances = chances.map { exp($0 - best) }
        let total = chances.reduce(0, +)
        for x in chances.indices { chances[x] /= total }
        var found = (pipe: leak.pipe, chance: 0.0)
        for x in prior.near.indices {
            let chance = prior.near[x].reduce(0) { $0 + chances[$1] }
            // Among equals the likeliest pipe itself.
            if chance > found.chance + 1e-3 || chance > found.chance - 1e-3 && chances[x] > chances[found.pipe] { found = (x, chance) }
        }
        return found
    }
}
