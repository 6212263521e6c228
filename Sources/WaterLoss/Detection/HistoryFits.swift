// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// Sizes, places and courses of the leaks that a history holds.
extension HistorySearch {
    @discardableResult
    func refit(_ leaks: inout [RunningLeak], days: Int, in space: DaySpace? = nil) -> HistoryModel {
        let space = space ?? self.space
        // The answers bend with the sizes.
        for _ in 0..<2 {
            let sizes = HistoryModel(space, prior, days: days, leaks: leaks).sizes()
            for i in leaks.indices { leaks[i].size = sizes[i] }
        }
        return HistoryModel(space, prior, days: days, leaks: leaks)
    }

    struct Best {
        var gain: Double
        var pipe: Int
        var course: Int
        var size: Double
    }

    /// The best place and course for a further leak: twice its log likelihood ratio, less what its freedom earns, with the pipes' lengths.
    /// - temperature: above nought a place is drawn instead.
    func best(_ model: HistoryModel, _ tried: [[Double]], size: Double, drawn: Bool = false, bar: Double = 0) -> Best {
        func scan(_ size: Double) -> Best {
            let space = model.space, bank = space.sizes.indices.min { abs(space.sizes[$0] - size) < abs(space.sizes[$1] - size) } ?? 0
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
    func refine(
        _ leaks: inout [RunningLeak], days: Int, _ which: [Int], drawn: Bool = false, anew: Bool = false, in space: DaySpace? = nil
    ) {
        for i in which {
            let leak = leaks[i]
            var rest = leaks
            rest.remove(at: i)
            let isYoung = days - (leak.noticed ?? days) < Int(Self.settled)
            let tried = isYoung || anew ? courses(about: leak.course, days: days) : [leak.course]
            let model = HistoryModel(space ?? self.space, prior, days: days, leaks: rest)
            let found = best(model, tried.map { $0.shares(days: days) }, size: max(leak.size, prior.size / 10), drawn: drawn)
            leaks[i].pipe = found.pipe
            leaks[i].course = tried[found.course]
            leaks[i].size = found.size
            if let step = lastStep(of: leaks[i]), step > Double(days) - Self.settled { settle(&leaks, i, days: days) }
        }
        refit(&leaks, days: days, in: space)
    }

    /// Moves each leak to its best place among the answers that the others leave it: its own bend goes with it from place to place.
    mutating func refineAsBent(days: Int) {
        guard let interplay else { return }
        for i in leaks.indices {
            var rest = leaks
            rest.remove(at: i)
            refine(&leaks, days: days, [i], in: interplay.space(about: rest, days: days))
            space = interplay.space(about: leaks, days: days)
            refit(&leaks, days: days)
        }
    }

    /// Day of the last sudden change of a leak; nil where there is none.
    func lastStep(of leak: RunningLeak) -> Double? { leak.course.end ?? (leak.course.isAbrupt ? leak.course.firstDay : nil) }

    /// Moves the days on which a leak steps to those that explain most, the day of the step itself having an error of its own.
    /// - Returns: the evidence.
    @discardableResult
    func settle(_ leaks: inout [RunningLeak], _ index: Int, days: Int) -> Double {
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
    func courses(about course: LeakCourse, days: Int) -> [LeakCourse] {
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
    func likest(_ leak: RunningLeak, among others: [RunningLeak]) -> [Int] {
        let answer = space.answers[0].column(leak.pipe)
        let likeness = others.map { other -> Double in
            let own = space.answers[0].column(other.pipe)
            return abs(dotProduct(own, answer)) / max(dotProduct(own, own), 1e-300).squareRoot()
        }
        return Array(others.indices.sorted { (likeness[$1], $0) < (likeness[$0], $1) }.prefix(3))
    }
}
