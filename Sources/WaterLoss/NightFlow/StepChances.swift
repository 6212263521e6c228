// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// How far chance goes in records of night flows without a step: drawn once for each length, and used for all zones that share it.
/// Lengths within a thirty-second of each other count as one.
public struct StepChances: Sendable {
    public let options: NightStepOptions
    /// What a drawn sequence shows.
    private struct Draw {
        /// Largest of all intervals.
        var statistic: Double
        /// Of the clearest single step, in short records.
        var single: Double
        var correlation: Double
    }

    /// By length.
    private var drawn: [Int: [Draw]] = [:]

    public init(_ options: NightStepOptions = NightStepOptions()) { self.options = options }

    /// Largest statistics of drawn sequences, each with its weight.
    struct Maxima {
        var values: [(statistic: Double, weight: Double)]

        func quantile(_ probability: Double) -> Double? {
            let sorted = values.sorted { $0.statistic < $1.statistic }
            let total = sorted.reduce(0) { $0 + $1.weight }
            var sum = 0.0
            return sorted.first {
                sum += $0.weight
                return sum >= probability * total
            }?.statistic
        }

        /// Share at or above, one more counted with each.
        func chance(_ statistic: Double) -> Double {
            let total = values.reduce(0) { $0 + $1.weight }, above = values.reduce(0) { $0 + ($1.statistic >= statistic ? $1.weight : 0) }
            return (1 + above) / (1 + total)
        }
    }

    /// - correlation: that the record shows; a draw whose own lies a tenth away counts e^-½ as much.
    /// - single: of the clearest single step of a short record, not of all intervals.
    mutating func maxima(nights: Int, near correlation: Double, single: Bool = false) throws(NumericalError) -> Maxima {
        let length = Self.rounded(nights)
        if drawn[length] == nil { drawn[length] = try draw(length) }
        return Maxima(
            values: (drawn[length] ?? []).map { item in
                let apart = (item.correlation - correlation) / 0.1
                return (single ? item.single : item.statistic, exp(-0.5 * apart * apart))
            })
    }

    /// To five binary digits.
    private static func rounded(_ nights: Int) -> Int {
        var unit = 1
        while nights / unit >= 64 { unit *= 2 }
        return (nights + unit / 2) / unit * unit
    }

    private func draw(_ nights: Int) throws(NumericalError) -> [Draw] {
        let random = try RandomNumbers(seed: options.seed)
        let usual = NightNoise.usualCorrelation, limits = NightNoise.correlations
        let days = Array(0..<nights), intervals = Self.seededIntervals(nights, least: 2 * options.leastNights)
        let short = nights < ShortRecord.nights ? ShortRecord(nights: nights, least: options.leastNights) : nil
        return (0..<max(199, options.draws)).compactMap { _ in
            let own = random.normal(mean: usual.mean, standardDeviation: usual.deviation)
            let values = Self.autoregression(nights, correlation: min(limits.upperBound, max(limits.lowerBound, own)), random)
            guard let sequence = NightSequence(values, days: days) else { return nil }
            let largest = intervals.map { sequence.largest(in: $0, least: options.leastNights).statistic }.max() ?? 0
            return Draw(
                statistic: largest, single: short?.clearest(sequence.values).statistic ?? 0, correlation: sequence.noise.correlation)
        }
    }

    /// Intervals of lengths n, n/√2, n/2 …, each half covered by its neighbours.
    static func seededIntervals(_ count: Int, least: Int) -> [Range<Int>] {
        var intervals = [0..<count]
        var length = Double(count)
        while true {
            length /= 2.0.squareRoot()
            guard length >= Double(least) else { break }
            let pieces = Int((2 * (Double(count) / length).rounded(.up) - 1))
            let shift = (Double(count) - length) / Double(max(1, pieces - 1))
            for piece in 0..<pieces {
                let from = Int((Double(piece) * shift).rounded(.down))
                let to = min(count, Int((Double(piece) * shift + length).rounded(.up)))
                if to - from >= least, intervals.last != from..<to { intervals.append(from..<to) }
            }
        }
        return intervals
    }

    /// A first-order autoregression with unit variance.
    private static func autoregression(_ count: Int, correlation: Double, _ random: RandomNumbers) -> [Double] {
        var value = random.normal()
        let innovation = (1 - correlation * correlation).squareRoot()
        return (0..<count).map { index in
            if index > 0 { value = correlation * value + innovation * random.normal() }
            return value
        }
    }
}
