// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// When a leak began, and how it grew.
struct LeakOnset: Equatable {
    /// Hour of the record.
    var start: Int
    /// Hours of the record in which it grew evenly to its size; 0: it was there at once.
    var growth: Int

    /// Growths that are tried. [h]
    static let growths = [0, 6, 12, 24, 48]
    /// How much likelier a leak is abrupt than of one of the growths.
    static let abruptOdds = 10.0

    /// Of the leak's size, at an hour. [–]
    func share(at hour: Int) -> Double {
        hour < start ? 0 : growth == 0 ? 1 : min(1, Double(hour - start + 1) / Double(growth))
    }
}

/// What other dates of a leak would say of its size.
struct DatingOdds {
    /// Of each, the size over that of the likeliest date, both as means of the last day, and the difference of the log likelihoods. [–]
    private(set) var others: [(ratio: Double, odds: Double)] = []

    /// Difference from which on a date is left out. [–]
    private static let least = -5.0

    init() {}

    /// - dates: logarithm of the likelihood and size of each.
    init(_ dates: [(likelihood: Double, size: Double)]) {
        guard let best = dates.max(by: { $0.likelihood < $1.likelihood }), best.size > 0 else { return }
        others = dates.compactMap { date in
            let odds = date.likelihood - best.likelihood
            return odds > Self.least && date.size > 0 ? (date.size / best.size, odds) : nil
        }
    }

    /// Weights of sizes for the likeliest date, spread as the others have it.
    /// - Parameters:
    ///   - weights: of sizes evenly in their logarithm.
    ///   - step: from one size to the next, as a logarithm. [–]
    ///   - tempering: share of the likelihood that counts. [–]
    func spread(_ weights: [Double], step: Double, tempering: Double) -> [Double] {
        guard others.count > 1 else { return weights }
        var spread = [Double](repeating: 0, count: weights.count)
        for (ratio, odds) in others {
            let cells = min(max(log(ratio) / step, -Double(weights.count)), Double(weights.count)), chance = exp(tempering * odds)
            let whole = Int(cells.rounded(.down)), part = cells - Double(whole)
            for (place, weight) in weights.enumerated() where weight > 0 {
                for (to, share) in [(place + whole, 1 - part), (place + whole + 1, part)] {
                    spread[min(max(to, 0), weights.count - 1)] += share * chance * weight
                }
            }
        }
        return spread
    }
}

extension StepRecord {
    /// The hour of the later record at which a leak of this signature most likely began, and in how many it grew to its size.
    /// - Parameters:
    ///   - signature: by feature. [unit of the channel per m³/s]
    ///   - usual: a size that would not surprise; far larger ones are taken for chance. [m³/s]
    ///   - flow: of what a leak loses in the end, what it does when open to a share. [–]
    /// - Returns: nil where no hour is like it.
    func onset(
        of signature: [Double], usual: Double, flow: (Double) -> Double = { $0 }
    ) -> (likeliest: LeakOnset, dates: DatingOdds)? {
        let standing = standingWidth, later = classes.count - firstLater
        var pass = healthy.pass.continued(width: 1 + standing + later)
        // With the strays: what is none of a leak that began at another hour may be.
        filter.advance(&pass, over: firstLater..<classes.count, present: untouched.present) { hour, channel, row, first in
            fill(hour, channel, &row, first)
            let value = signature[channel * classCount + classes[hour]], column = first + 1 + standing
            for start in 0...(hour - firstLater) { row[column + start] = value }
        }
        let (information, score) = Self.eliminated(withHealthy(Self.gram(pass.rows)), standing: standing)
        // Likelihood with the size integrated out.
        let prior = 1 / (usual * usual)
        var best: (gain: Double, onset: LeakOnset)?
        var dates: [(likelihood: Double, size: Double)] = []
        let lastDay = max(later - 24 * perHour, 0)..<later
        for growth in LeakOnset.growths.map({ $0 * perHour }) {
            let shape = LeakOnset(start: 0, growth: growth), odds = growth == 0 ? 0 : -log(LeakOnset.abruptOdds)
            let flows = (0..<max(growth, 1)).map { flow(shape.share(at: $0)) }
            // A leak that grows is a sum of leaks that begin one hour after the other.
            let rises = flows.indices.map { flows[$0] - ($0 > 0 ? flows[$0 - 1] : 0) }
            for start in 0..<max(later - Self.shortest, 1) {
                let hours = start..<min(start + rises.count, later)
                let score = hours.reduce(0) { $0 + rises[$1 - start] * score[$1] }
                guard score > 0 else { continue }
                var told = 0.0
                for i in hours { for j in hours { told += rises[i - start] * rises[j - start] * information[i, j] } }
                told = max(told, 0)
                let gain = score * score / (told + prior) - log1p(told / prior) + 2 * odds
                guard gain.isFinite else { continue }
                if gain >= best?.gain ?? -.infinity { best = (gain, LeakOnset(start: start, growth: growth)) }
                let runs = lastDay.reduce(0) { $0 + ($1 < start ? 0 : flows[min($1 - start, flows.count - 1)]) } / Double(lastDay.count)
                dates.append((gain / 2, score / (told + prior) * runs))
            }
        }
        return best.map { ($0.onset, DatingOdds(dates)) }
    }

    /// Flow of a leak at each hour of the later record over its mean of the last day, as its pressure does not change it. [–]
    func sizes(_ onset: LeakOnset) -> [Double] {
        let shares = (0..<classes.count - firstLater).map(onset.share), last = shares.suffix(24 * perHour)
        let mean = last.reduce(0, +) / Double(max(last.count, 1))
        return mean > 0 ? shares.map { $0 / mean } : shares
    }

    /// The hours of the later record, with the share of its size that a leak has in them.
    /// - isByCondition: whether each condition is a kind of hours; else each class.
    func hours(_ onset: LeakOnset?, isByCondition: Bool) -> [BentAnswers.Hour] {
        let sizes = onset.map(sizes)
        return (firstLater..<classes.count).map { hour in
            // Hours of no class tell nothing of the channels, but the leak runs in them.
            let share = sizes?[hour - firstLater] ?? 1, isRunning = share > 0 && (isByCondition || classes[hour] >= 0)
            return BentAnswers.Hour(
                condition: conditions[hour], kind: !isRunning ? -1 : isByCondition ? conditions[hour] : classes[hour], share: share,
                isOfLastDay: hour >= classes.count - 24 * perHour)
        }
    }

    /// Hours that a leak must have run to be dated.
    private static let shortest = 6
}
