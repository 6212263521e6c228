// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// The leaks of a record, kept day by day: each day may bring an alarm, a repair, or better places for the ones that are known.
struct HistorySearch {
    let space: DaySpace
    let prior: LeakPrior
    let random: RandomNumbers
    private(set) var leaks: [RunningLeak] = []
    private(set) var alarms: [RaisedAlarm] = []

    /// Days before the first judgement, between looks at all places anew, and of readings that a leak must have run.
    private static let firstDays = 14, review = 15, shortest = 2
    /// Days of growth that are tried; and the days back to which an abrupt beginning or a repair is looked for.
    private static let growths = [10.0, 20, 40, 80, 120]
    /// Days that a leak must last in the history before there is an alarm: the first day of a step is a mixture that misleads.
    private static let confirmed = 2
    /// Days back of which each is tried as an abrupt beginning, and those to which every third is; the days back of repairs.
    private static let recent = 12, lookBack = 24, repairBack = 12
    /// Days back at which a leak that still grows may have begun.
    private static let growingSince = [8, 10, 13, 16, 20, 25, 32, 40, 50, 63, 80, 100, 125]
    private static let shortestGrowth = 8.0
    /// Part of the usual size below which a leak is none. [–]
    private static let least = 0.04
    /// Days after a repair until it is doubted no more.
    private static let settled = 30.0
    private static let mostChanges = 6, mostShifts = 4
    /// Days for which a new leak's place and course are looked at anew each day.
    private static let fresh = 10
    /// Probability of a place from which an alarm is raised, and days after which it is raised at any.
    private static let likely = 0.5, longestWait = 14
    /// Evidence that other places of the other leaks may make up for. [nat]
    private static let replaceable = 30.0

    init(_ space: DaySpace, _ prior: LeakPrior, random: RandomNumbers) {
        self.space = space
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
        for _ in 0..<2 { refine(&leaks, days: days, Array(leaks.indices), anew: true) }
        prune(days: days)
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
            refine(&leaks, days: days, Array(leaks.indices), anew: true)
            rearrange(days: days)
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

    // MARK: Fits

    @discardableResult
    private func refit(_ leaks: inout [RunningLeak], days: Int) -> HistoryModel {
        // The answers bend with the sizes.
        for _ in 0..<2 {
            let sizes = HistoryModel(space, prior, days: days, leaks: leaks).sizes()
            for i in leaks.indices { leaks[i].size = sizes[i] }
        }
        return HistoryModel(space, prior, days: days, leaks: leaks)
    }

    private struct Best {
        var gain: Double
        var pipe: Int
        var course: Int
        var size: Double
    }

    /// The best place and course for a further leak: twice its log likelihood ratio, less what its freedom earns, with the pipes' lengths.
    /// - temperature: above nought a place is drawn instead.
    private func best(_ model: HistoryModel, _ tried: [[Double]], size: Double, drawn: Bool = false, bar: Double = 0) -> Best {
        func scan(_ size: Double) -> Best {
            let bank = space.sizes.indices.min { abs(space.sizes[$0] - size) < abs(space.sizes[$1] - size) } ?? 0
            let (information, score) = model.further(tried, answers: space.answers[bank], squares: space.squares[bank])
            var best = Best(gain: -.infinity, pipe: 0, course: 0, size: 0)
            var gains: [Double] = []
            for x in 0..<information.rows {
                for t in 0..<information.columns {
                    let info = information[x, t], s = score[x, t]
                    let gain = prior.gain(information: info, score: s) + 2 * prior.logLengths[x]
                    if drawn { gains.append(gain) }
                    if gain > best.gain { best = Best(gain: gain, pipe: x, course: t, size: max(s / info, 0)) }
                }
            }
            guard drawn else { return best }
            let weights = gains.map { exp(($0 - best.gain) / 2) }
            var left = random.uniform() * weights.reduce(0, +)
            guard
                let chosen = weights.firstIndex(where: { weight in
                    left -= weight
                    return left <= 0
                })
            else { return best }
            let x = chosen / information.columns, t = chosen % information.columns
            return Best(gain: gains[chosen], pipe: x, course: t, size: max(score[x, t] / information[x, t], 0))
        }
        if size > 0 { return scan(size) }
        let first = scan(prior.size / 2)
        // An answer bent to its size does not make a leak of what is far from one.
        if first.gain < bar / 2 { return first }
        return first.size > space.sizes.dropFirst().first.map({ $0 / 2 }) ?? .infinity ? scan(first.size) : first
    }

    /// Moves leaks, one after the other, to where the others leave them the best place and course.
    /// - anew: courses of leaks that have been known for long, too.
    private func refine(_ leaks: inout [RunningLeak], days: Int, _ which: [Int], drawn: Bool = false, anew: Bool = false) {
        for i in which {
            let leak = leaks[i]
            var rest = leaks
            rest.remove(at: i)
            let isYoung = days - (leak.noticed ?? days) < Int(Self.settled)
            let tried = isYoung || anew ? courses(about: leak.course, days: days) : [leak.course]
            let model = HistoryModel(space, prior, days: days, leaks: rest)
            let found = best(model, tried.map { $0.shares(days: days) }, size: max(leak.size, prior.size / 10), drawn: drawn)
            leaks[i].pipe = found.pipe
            leaks[i].course = tried[found.course]
            leaks[i].size = found.size
            if let step = lastStep(of: leaks[i]), step > Double(days) - Self.settled { settle(&leaks, i, days: days) }
        }
        refit(&leaks, days: days)
    }

    /// Day of the last sudden change of a leak; nil where there is none.
    private func lastStep(of leak: RunningLeak) -> Double? { leak.course.end ?? (leak.course.isAbrupt ? leak.course.firstDay : nil) }

    /// Moves the days on which a leak steps to those that explain most, the day of the step itself having an error of its own.
    /// - Returns: the evidence.
    @discardableResult
    private func settle(_ leaks: inout [RunningLeak], _ index: Int, days: Int) -> Double {
        var best = refit(&leaks, days: days).evidence()
        for _ in 0..<Self.mostShifts {
            let course = leaks[index].course
            var others: [LeakCourse] = []
            for shift in [-1.0, 1] {
                if let end = course.end, end + shift > course.firstDay + 1, end + shift < Double(days - 1) {
                    others.append(LeakCourse(onset: course.onset, end: end + shift))
                }
                if case .at(let start, growth: 0) = course.onset, start + shift >= 1, start + shift + 1 < course.end ?? Double(days) {
                    others.append(LeakCourse(onset: .at(start + shift, growth: 0), end: course.end))
                }
            }
            var isBetter = false
            for other in others {
                var trial = leaks
                trial[index].course = other
                let evidence = refit(&trial, days: days).evidence()
                if evidence > best + 1e-6 { (best, leaks, isBetter) = (evidence, trial, true) }
            }
            guard isBetter else { break }
        }
        return best
    }

    /// A course and others like it: other beginnings, other growths.
    private func courses(about course: LeakCourse, days: Int) -> [LeakCourse] {
        var tried = [course]
        guard case .at(let start, let growth) = course.onset else { return tried }
        let last = min(Double(days), course.end ?? .infinity)
        func add(_ start: Double, _ growth: Double) {
            guard start >= 0, start <= last - Double(Self.shortest), growth == 0 || last - start >= Self.shortestGrowth else { return }
            // What would grow on beyond the readings is one and the same for them.
            let other = LeakCourse(onset: .at(start, growth: growth < last - start ? growth : .infinity), end: course.end)
            if !tried.contains(other) { tried.append(other) }
        }
        // Steps by a day are for `settle`, which knows that the day of the step is a mixture.
        for shift in [-6.0, -3, -2, -1, 1, 2, 3, 6] where growth > 0 || abs(shift) > 1 { add(start + shift, growth) }
        for back in Self.shortest...Self.lookBack where growth > 0 || start > last - Double(Self.lookBack) { add(last - Double(back), 0) }
        let finer = growth > 0 && growth.isFinite ? [0.8, 0.9, 0.95, 1, 1.05, 1.11, 1.25].map { $0 * growth } : []
        for shift in [-16.0, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16] {
            add(start + shift, .infinity)
            for other in Self.growths + finer where other < last - start - shift { add(start + shift, other) }
            if growth > 0 { add(start + shift, 0) }
        }
        return tried
    }

    /// Other leaks that answer most alike.
    private func likest(_ leak: RunningLeak, among others: [RunningLeak]) -> [Int] {
        let answer = space.answers[0].column(leak.pipe)
        let likeness = others.map { other -> Double in
            let own = space.answers[0].column(other.pipe)
            return abs(dotProduct(own, answer)) / max(dotProduct(own, own), 1e-300).squareRoot()
        }
        return Array(others.indices.sorted { (likeness[$1], $0) < (likeness[$0], $1) }.prefix(3))
    }

    // MARK: Moves

    /// Another set of leaks. Its evidence is infinite where a step of the last day or two is the best there is: such a day is a mixture
    /// of before and after, and would be taken for anything.
    private struct Trial {
        var leaks: [RunningLeak]
        var evidence: Double
    }

    /// With a further leak, where one seems to explain enough.
    private func foundNew(days: Int) -> Trial? {
        let model = HistoryModel(space, prior, days: days, leaks: leaks)
        var courses = [LeakCourse(onset: .beforeRecord)]
        let standing = best(model, courses.map { $0.shares(days: days) }, size: 0, bar: -2 * prior.logBefore)
        // What began longer ago would have been seen then, but for what is weak.
        for back in Array(1...Self.recent) + Array(stride(from: Self.recent + 3, through: Self.lookBack, by: 3))
        where days - back > 0 {
            courses.append(LeakCourse(onset: .at(Double(days - back), growth: 0)))
        }
        for back in Self.growingSince where days - back >= 0 {
            courses.append(LeakCourse(onset: .at(Double(days - back), growth: .infinity)))
        }
        var chosen = standing, course = courses[0], margin = standing.gain + 2 * prior.logBefore
        if courses.count > 1 {
            let fresh = Array(courses.dropFirst())
            let found = best(model, fresh.map { $0.shares(days: days) }, size: 0, bar: -2 * prior.logNew)
            if found.gain + 2 * prior.logNew > margin {
                (chosen, course, margin) = (found, fresh[found.course], found.gain + 2 * prior.logNew)
            }
        }
        guard margin > 0 else { return nil }
        if course.isAbrupt, course.firstDay > Double(days - Self.shortest) { return Trial(leaks: leaks, evidence: .infinity) }
        var trial = leaks
        trial.append(RunningLeak(pipe: chosen.pipe, course: course, size: chosen.size))
        let new = trial.count - 1
        refit(&trial, days: days)
        let near = likest(trial[new], among: Array(trial.dropLast()))
        refine(&trial, days: days, [new] + near + [new])
        refine(&trial, days: days, near + [new])
        guard trial[new].size > Self.least * prior.size else { return nil }
        return Trial(leaks: trial, evidence: settle(&trial, new, days: days))
    }

    /// With one leak repaired, where there is a step down at its place of about its size.
    private func foundRepair(days: Int) -> Trial? {
        let model = HistoryModel(space, prior, days: days, leaks: leaks)
        var best: Trial?
        for (i, leak) in leaks.enumerated() where leak.course.end == nil {
            let first = max(Int(leak.course.firstDay) + 4, days - Self.repairBack)
            guard first < days - 1 else { continue }
            let shares = leak.course.shares(days: days)
            let candidates = Array(first..<days)
            let tried = candidates.map { day in shares.indices.map { $0 >= day ? shares[$0] : 0 } }
            let told = model.further(tried, answer: space.answer(leak.pipe, size: leak.size))
            let gains = told.map { $0.score < 0 && -$0.score / $0.information > leak.size / 2 ? $0.score * $0.score / $0.information : 0 }
            guard let place = gains.indices.max(by: { gains[$0] < gains[$1] }), gains[place] > -2 * prior.logRepair else { continue }
            if candidates[place] > days - Self.shortest - 1 { return Trial(leaks: leaks, evidence: .infinity) }
            var trial = leaks
            trial[i].course.end = Double(candidates[place])
            refit(&trial, days: days)
            settle(&trial, i, days: days)
            refine(&trial, days: days, [i, i])
            let evidence = settle(&trial, i, days: days)
            if evidence > best?.evidence ?? -.infinity { best = Trial(leaks: trial, evidence: evidence) }
        }
        return best
    }

    /// Leaves out leaks that the others can stand for, and repairs that were none.
    private mutating func prune(days: Int) {
        var goesOn = leaks.count > 1
        while goesOn {
            goesOn = false
            let all = refit(&leaks, days: days).evidence()
            for i in leaks.indices.sorted(by: { leaks[$0].size < leaks[$1].size }) {
                var trial = leaks
                if let end = leaks[i].course.end {
                    if Double(days) - end > Self.settled { continue }
                    trial[i].course.end = nil
                    refit(&trial, days: days)
                    refine(&trial, days: days, [i])
                    if HistoryModel(space, prior, days: days, leaks: trial).evidence() > all {
                        leaks = trial
                        goesOn = true
                        break
                    }
                    trial = leaks
                }
                let leak = trial.remove(at: i)
                guard !trial.isEmpty else { return }
                // Other places and courses of the others do not make up for everything.
                let isFresh = days - (leak.noticed ?? days) < Int(Self.settled)
                guard refit(&trial, days: days).evidence() > all - (isFresh ? .infinity : Self.replaceable) else { continue }
                let near = likest(leak, among: trial)
                refine(&trial, days: days, near + [near[0]])
                if HistoryModel(space, prior, days: days, leaks: trial).evidence() > all {
                    leaks = trial
                    goesOn = leaks.count > 1
                    break
                }
            }
        }
    }

    /// Looks for other sets of leaks that ran before the record: their places hang together.
    private mutating func rearrange(days: Int) {
        let standing = leaks.filter { $0.course.onset == .beforeRecord && $0.course.end == nil }
        let others = leaks.filter { !($0.course.onset == .beforeRecord && $0.course.end == nil) }
        var best = refit(&leaks, days: days).evidence() + 1
        let always = [LeakCourse(onset: .beforeRecord).shares(days: days)]
        for count in [standing.count, standing.count + 1, standing.count + 2] where count > 0 {
            for attempt in 0..<4 {
                var trial = others + (attempt == 0 ? standing : [])
                while trial.count < others.count + count {
                    let found = self.best(
                        HistoryModel(space, prior, days: days, leaks: trial), always, size: prior.size, drawn: true)
                    trial.append(
                        RunningLeak(
                            pipe: found.pipe, course: LeakCourse(onset: .beforeRecord), size: max(found.size, prior.size / 8)))
                }
                let moved = Array(others.count..<trial.count)
                refit(&trial, days: days)
                for sweep in 0..<4 { refine(&trial, days: days, moved, drawn: sweep < 2) }
                let evidence = HistoryModel(space, prior, days: days, leaks: trial).evidence()
                guard evidence > best else { continue }
                best = evidence
                leaks = trial
            }
        }
    }
}
