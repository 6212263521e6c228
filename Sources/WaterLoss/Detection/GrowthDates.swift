// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// When a growing leak began: the probability of each day, whatever its size, the days until it was full grown, and the power of its age with
/// which it grew.
///
/// Days are not as independent as the space takes them to be, and no shape is quite that of the leak: the likelihood is tempered by the
/// variance that sums of neighbouring days of the residuals show over what they should (quasi-likelihood: McCullagh & Nelder 1989,
/// *Generalized Linear Models*, section 9.2; the sums as in batch means, Conway 1963).
struct GrowthDates {
    let space: DaySpace
    let prior: LeakPrior

    /// Powers of the age, and days of growth, each as likely as the others: a hole's area grows with the time or its square, and the soil
    /// may hold it shut for long. [–, d]
    static let powers = [1, 1.5, 2, 2.5, 3, 4]
    static let durations = [7.0, 10, 14, 20, 28, 40, 57, 80, 113, 160, .infinity]
    /// Days on either side of the day found that are tried, and days of residuals that are summed.
    private static let reach = 80.0, batch = 10
    /// Chance that the beginning lies outside on either side. [–]
    private static let outside = 0.05

    /// - Parameters:
    ///   - day: the beginning that was found. [d since the record began]
    ///   - leaks: of the record, this one among them.
    /// - Returns: first and last day on which it may have begun, 95 % each. [d since the record began]
    func start(of leak: RunningLeak, day: Double, among leaks: [RunningLeak]) -> (earliest: Double, latest: Double) {
        let days = space.days.columns
        let others = leaks.filter { $0.course != leak.course || $0.pipe != leak.pipe }
        let model = HistoryModel(space, prior, days: days, leaks: others), answer = space.answer(leak.pipe, size: leak.size)
        let end = leak.course.end ?? Double(days)
        let starts = Array(stride(from: max(0, day.rounded(.down) - Self.reach), through: min(day + Self.reach, end - 3), by: 1))
        guard let first = starts.first else { return (day, day) }
        let shapes = Self.powers.flatMap { power in Self.durations.map { (power: power, duration: $0) } }
        let gains = concurrentMap(shapes.count) { index in
            let tried = starts.map { start in
                LeakCourse.shares(
                    growingSince: start, for: shapes[index].duration, power: shapes[index].power, end: leak.course.end, days: days)
            }
            return model.further(tried, answer: answer).map { prior.gain(information: $0.information, score: $0.score) / 2 }
        }
        let table = gains.flatMap { $0 }
        guard let best = table.max(), let place = table.firstIndex(of: best) else { return (first, first) }
        let shape = shapes[place / starts.count]
        let course = LeakCourse.shares(
            growingSince: starts[place % starts.count], for: shape.duration, power: shape.power, end: leak.course.end, days: days)
        let told = model.further([course], answer: answer)[0]
        let tempering = 1 / max(Self.dispersion(model.residuals(along: answer, with: course, size: told.score / told.information)), 1)
        let weights = starts.indices.map { s in gains.reduce(0) { $0 + exp(tempering * ($1[s] - best)) } }
        let total = weights.reduce(0, +)
        var sum = 0.0
        var (earliest, latest) = (first, starts[starts.count - 1])
        for (start, weight) in zip(starts, weights) {
            if sum < Self.outside * total { earliest = start }
            if sum < (1 - Self.outside) * total { latest = start }
            sum += weight
        }
        // A day that is as likely as another ends with it.
        return (earliest, min(latest + 1, end))
    }

    /// Variance of sums of neighbouring values over that of as many independent ones of unit variance.
    static func dispersion(_ values: [Double]) -> Double {
        let sums = stride(from: 0, through: values.count - batch, by: batch).map { values[$0..<$0 + batch].reduce(0, +) }
        guard sums.count > 3 else { return 1 }
        return sums.reduce(0) { $0 + $1 * $1 } / Double(sums.count * batch)
    }
}

extension LeakCourse {
    /// Share of the size at the end, mean of each day, of a leak that grows with a power of its age.
    /// - Parameters:
    ///   - start: day of the beginning. [d since the record began]
    ///   - duration: until it is full grown; infinite: it grows until the end. [d]
    ///   - power: of the age. [–]
    ///   - end: of the leak; nil: it runs at the end of the record.
    ///   - days: of the record.
    static func shares(growingSince start: Double, for duration: Double, power: Double, end: Double?, days: Int) -> [Double] {
        let last = min(end ?? Double(days), Double(days))
        return (0..<days).map { index in
            let day = Double(index)
            let grown = min(max((day + 0.5 - start) / max(min(duration, last - start), 0.5), 0), 1)
            return pow(grown, power) * (end.map { min(max($0 - day, 0), 1) } ?? 1)
        }
    }
}
