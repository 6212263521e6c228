// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// From one set of leaks to another: one more, one repaired, one fewer, another order.
extension HistorySearch {
    /// Another set of leaks. Its evidence is infinite where a step of the last day or two is the best there is: such a day is a mixture
    /// of before and after, and would be taken for anything.
    struct Trial {
        var leaks: [RunningLeak]
        var evidence: Double
    }

    /// With a further leak, where one seems to explain enough.
    func foundNew(days: Int) -> Trial? {
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
    func foundRepair(days: Int) -> Trial? {
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
    mutating func prune(days: Int) {
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

    /// Gives a repair to another leak that ran on, where that explains more: of two at one place the wrong one may have been taken.
    mutating func exchangeRepairs(days: Int) {
        var best = refit(&leaks, days: days).evidence()
        for i in leaks.indices {
            guard let end = leaks[i].course.end else { continue }
            for j in likest(leaks[i], among: leaks) where j != i && leaks[j].course.end == nil && leaks[j].course.firstDay + 4 < end {
                var trial = leaks
                trial[j].course.end = end
                trial[i].course.end = nil
                refit(&trial, days: days)
                refine(&trial, days: days, [i, j, i], anew: true)
                let evidence = HistoryModel(space, prior, days: days, leaks: trial).evidence()
                guard evidence > best + 1e-6 else { continue }
                (best, leaks) = (evidence, trial)
                break
            }
        }
    }

    /// Looks for other sets of leaks that ran before the record: their places hang together.
    mutating func rearrange(days: Int) {
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
