// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// When a leak began, and how it grew.
struct LeakOnset {
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

extension StepRecord {
    /// The hour of the later record at which a leak of this signature most likely began, and in how many it grew to its size.
    /// - Parameters:
    ///   - signature: by feature. [unit of the channel per m³/s]
    ///   - usual: a size that would not surprise; far larger ones are taken for chance. [m³/s]
    func onset(of signature: [Double], usual: Double) -> LeakOnset? {
        let standing = standingWidth, later = classes.count - firstLater
        var pass = healthy.pass.continued(width: 1 + standing + later)
        filter.advance(&pass, over: firstLater..<classes.count, present: present) { hour, channel, row, first in
            fill(hour, channel, &row, first)
            let value = signature[channel * classCount + classes[hour]], column = first + 1 + standing
            for start in 0...(hour - firstLater) { row[column + start] = value }
        }
        let (information, score) = Self.eliminated(withHealthy(Self.gram(pass.rows)), standing: standing)
        // A leak that grows evenly is the mean of leaks that begin one hour after the other: sums over blocks of the abrupt ones.
        var sums = Matrix(rows: later + 1, columns: later + 1), scores = [0.0]
        for i in 0..<later {
            scores.append(scores[i] + score[i])
            for j in 0..<later { sums[i + 1, j + 1] = information[i, j] + sums[i, j + 1] + sums[i + 1, j] - sums[i, j] }
        }
        // Likelihood with the size integrated out.
        let prior = 1 / (usual * usual)
        var best: (gain: Double, onset: LeakOnset)?
        for growth in LeakOnset.growths.map({ $0 * perHour }) {
            let hours = max(growth, 1), odds = growth == 0 ? 0 : -log(LeakOnset.abruptOdds)
            for start in 0..<max(later - Self.shortest, 1) {
                let end = min(start + hours, later), share = Double(hours)
                let told = max(sums[end, end] - 2 * sums[start, end] + sums[start, start], 0) / (share * share)
                let score = (scores[end] - scores[start]) / share
                guard score > 0 else { continue }
                let gain = score * score / (told + prior) - log1p(told / prior) + 2 * odds
                if gain >= best?.gain ?? -.infinity, gain.isFinite { best = (gain, LeakOnset(start: start, growth: growth)) }
            }
        }
        return best?.onset
    }

    /// Hours that a leak must have run to be dated.
    private static let shortest = 6
}
