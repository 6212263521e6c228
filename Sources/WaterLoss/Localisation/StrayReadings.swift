// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods

/// Readings that are not of this world, and the noise of the others.
extension StepRecord {
    /// Innovations further out than this are not of this world.
    private static var outlier: Double { 4.5 }
    /// Hours before and after one that are about it.
    private static var near: Int { 6 }
    private static var rounds: Int { 2 }

    /// Leaves out readings that the others make impossible, and takes the sensors' noise from what is left. A step when the leak began
    /// stands for whatever it may do.
    /// - keepsAll: only the noise is taken.
    mutating func dropStrays(keepsAll: Bool = false) {
        for _ in 0..<Self.rounds {
            let standing = standingWidth, later = firstLater
            // Steps are none before the later hours, where their columns begin.
            var healthy = filter.begun(width: 1 + standing)
            filter.advance(&healthy, over: 0..<later, present: present, fill: fill)
            var pass = healthy.continued(width: 1 + standing + (classes.count > later ? channels * classCount : 0))
            filter.advance(&pass, over: later..<classes.count, present: present) { hour, channel, row, first in
                fill(hour, channel, &row, first)
                row[first + 1 + standing + channel * classCount + classes[hour]] = course?.share(at: hour - later) ?? 1
            }
            let rows = (healthy: healthy.rows, later: pass.rows)
            let coefficients = coefficients(Self.gram(rows.later).adding(Self.gram(rows.healthy)))
            let fit =
                Self.innovations(healthy.hours, left: rows.healthy * Array(coefficients.prefix(1 + standing)))
                + Self.innovations(pass.hours, left: rows.later * coefficients)
            let about = aboutLater(fit)
            let found = fit.compactMap { hour, item in
                let far = item.map { own in
                    (channel: own.channel, by: min(abs(own.value), abs(own.value - (about[own.channel]?[hour] ?? 0))))
                }
                return far.filter { $0.by > Self.outlier }.max { $0.by < $1.by }.map { (hour, $0.channel) }
            }
            for (hour, channel) in found where !keepsAll {
                present[hour][channel] = false
                strays[channel] += 1
            }
            for k in 0..<channels where filter.levelFactor[k] == nil {
                filter.noise[k] = Self.noise(
                    fit.flatMap { $0.list.filter { $0.channel == k }.map { ($0.value, $0.variance) } }, from: filter.noise[k])
            }
            if keepsAll || found.isEmpty { break }
        }
    }

    /// By channel and later hour, `about` of the innovations.
    private func aboutLater(_ fit: [(hour: Int, list: [Innovation])]) -> [Int: [Int: Double]] {
        var ofChannel: [Int: [(hour: Int, value: Double)]] = [:]
        for (hour, list) in fit where hour >= firstLater {
            for item in list { ofChannel[item.channel, default: []].append((hour, item.value)) }
        }
        return ofChannel.mapValues { Self.about($0, within: Self.near * perHour) }
    }

    /// By hour, the middle one of the innovations about it, of a channel most of whose readings are far out: not they stray, but a step begins
    /// in the midst of the record. Empty of others. [–]
    static func about(_ values: [(hour: Int, value: Double)], within near: Int) -> [Int: Double] {
        guard 2 * values.count(where: { abs($0.value) > Self.outlier }) > values.count else { return [:] }
        let middles = values.map { own in
            OrderStatistics.medianOrZero(values.filter { abs($0.hour - own.hour) <= near }.map(\.value))
        }
        return Dictionary(uniqueKeysWithValues: zip(values.map(\.hour), middles))
    }

    /// What a reading is more than those before it and a fit say, over its standard deviation [–], and that as a variance [unit²].
    private typealias Innovation = (channel: Int, value: Double, variance: Double)

    /// Standardised innovations that a fit leaves, by hour that was read.
    /// - left: whitened rows less what explains them.
    private static func innovations(
        _ hours: [HourlyFilter.Hour], left: [Double]
    ) -> [(hour: Int, list: [Innovation])] {
        hours.map { hour in
            let n = hour.rows.count
            let inverse = hour.factor.whiten(Matrix.identity(n))
            let list = (0..<n).map { i in
                // (S⁻¹ ν)_i = (L⁻ᵀ w)_i
                var value = 0.0, precision = 0.0
                for j in i..<n {
                    value -= inverse[j, i] * left[hour.first + j]
                    precision += inverse[j, i] * inverse[j, i]
                }
                return (channel: hour.rows[i], value: value / precision.squareRoot(), variance: 1 / precision)
            }
            return (hour.hour, list)
        }
    }
}
