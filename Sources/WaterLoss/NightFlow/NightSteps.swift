// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// How steps of a night flow are looked for.
public struct NightStepOptions: Sendable {
    /// Chance that a record without any step gets one or more. Default 0.05. [–]
    public var falseAlarmRate = 0.05
    /// Nights that a level must last. Default 3.
    public var leastNights = 3
    /// Records without a step that are drawn to know how far chance goes. Default 799, range 199 or more.
    public var draws = 799
    /// Of the draws.
    public var seed: UInt64 = 1

    public init() {}
}

/// A lasting change of the night flow: a new leak or an opened valve where it rises, a repair where it falls.
public struct NightStep: Hashable, Sendable {
    /// First night at the new level.
    public var night: Instant
    /// First nights that the change may have had as well, 95 %.
    public var earliest: Instant
    public var latest: Instant
    /// New level less old one. [m³/s]
    public var size: Estimate
}

/// Places of a sequence at which its level changes, by narrowest-over-threshold segmentation (Baranowski, Chen & Fryzlewicz 2019) over
/// seeded intervals (Kovács, Bühlmann, Li & Munk 2023). The threshold is the quantile of the largest statistic in drawn sequences
/// without a step that have the same length and weekdays and are treated in the same way. Their correlation from night to night is drawn
/// from what is usual, and those whose own estimate of it comes near to the record's weigh most.
struct StepSearch {
    /// First positions at a new level, ascending.
    private(set) var places: [Int] = []
    /// Chance of a statistic as large as the largest where there is no step. [–]
    private(set) var chance = 1.0
    private var threshold = 0.0
    /// Statistic of each place between its neighbours.
    private var strengths: [Double] = []
    let noise: NightNoise

    /// - days: number of each night's day; tells its weekday.
    init?(_ values: [Double], days: [Int], options: NightStepOptions) throws(NumericalError) {
        guard values.count >= 2 * options.leastNights + 1, let sequence = NightSequence(values, days: days) else { return nil }
        noise = sequence.noise
        guard noise.standardDeviation > 0 else { return }
        let intervals = Self.seededIntervals(values.count, least: 2 * options.leastNights)
        let found = intervals.map { sequence.largest(in: $0, least: options.leastNights) }
        let null = try Self.drawnMaxima(intervals, days: days, near: noise.correlation, options: options)
        guard let threshold = null.quantile(1 - options.falseAlarmRate) else { return }
        self.threshold = threshold
        chance = null.chance(found.map(\.statistic).max() ?? 0)
        var candidates = zip(intervals, found).filter { $1.statistic > threshold }
        var chosen: [Int] = []
        while let next = candidates.min(by: {
            ($0.0.count, -$0.1.statistic, $0.0.lowerBound) < ($1.0.count, -$1.1.statistic, $1.0.lowerBound)
        }) {
            let place = next.1.place
            chosen.append(place)
            candidates.removeAll { $0.0.lowerBound < place && place < $0.0.upperBound }
        }
        places = Self.settled(chosen.sorted(), sequence, threshold: threshold, least: options.leastNights)
        strengths = places.indices.map { Self.strength($0, of: places, sequence) }
    }

    /// Largest statistics of drawn sequences, each with its weight.
    private struct Maxima {
        var values: [(statistic: Double, weight: Double)] = []

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

    private static func drawnMaxima(
        _ intervals: [Range<Int>], days: [Int], near correlation: Double, options: NightStepOptions
    ) throws(NumericalError) -> Maxima {
        let random = try RandomNumbers(seed: options.seed)
        let usual = NightNoise.usualCorrelation
        var maxima = Maxima()
        for _ in 0..<max(199, options.draws) {
            let drawnOnce = random.normal(mean: usual.mean, standardDeviation: usual.deviation)
            let own = min(NightNoise.correlations.upperBound, max(NightNoise.correlations.lowerBound, drawnOnce))
            guard let sequence = NightSequence(drawn(days.count, correlation: own, random), days: days) else { continue }
            // A tenth of correlation apart counts e^-½ as much.
            let apart = (sequence.noise.correlation - correlation) / 0.1
            let largest = intervals.map { sequence.largest(in: $0, least: options.leastNights).statistic }.max() ?? 0
            maxima.values.append((largest, exp(-0.5 * apart * apart)))
        }
        return maxima
    }

    private static func strength(_ index: Int, of places: [Int], _ sequence: NightSequence) -> Double {
        let from = index > 0 ? places[index - 1] : 0
        let to = index + 1 < places.count ? places[index + 1] : sequence.count
        return sequence.statistic(at: places[index], in: from..<to)
    }

    /// Size of a step that is told only because it passed the threshold: the interval is that of a normal variable known to lie beyond it,
    /// and its middle the size. Far beyond the threshold nothing changes.
    func corrected(_ size: Estimate, step index: Int) -> Estimate {
        let sign = size.value < 0 ? -1.0 : 1.0
        guard size.standardDeviation > 0, strengths[index] > threshold, threshold > 0 else { return size }
        let seen = abs(size.value) / size.standardDeviation
        let least = seen * threshold / strengths[index]
        let normal = Normal()
        /// True size at which so large a size, or a larger one, has this chance among those beyond the threshold.
        func trueSize(_ chance: Double) -> Double {
            var low = seen - 30, high = seen + 10
            for _ in 0..<60 {
                let middle = (low + high) / 2
                if normal.upperTail(seen - middle) < chance * normal.upperTail(least - middle) { low = middle } else { high = middle }
            }
            return (low + high) / 2
        }
        let low = max(0, trueSize(0.025)), high = max(low, trueSize(0.975))
        let deviation = size.standardDeviation
        return Estimate(sign * (low + high) / 2 * deviation, margin95: (high - low) / 2 * deviation)
    }

    /// Each place is looked for again between its neighbours; one that is no longer beyond chance goes, the weakest first.
    private static func settled(_ chosen: [Int], _ sequence: NightSequence, threshold: Double, least: Int) -> [Int] {
        var places = chosen
        while !places.isEmpty {
            for index in places.indices {
                let from = index > 0 ? places[index - 1] : 0
                let to = index + 1 < places.count ? places[index + 1] : sequence.count
                let best = sequence.largest(in: from..<to, least: least)
                if best.statistic > 0 { places[index] = best.place }
            }
            let strengths = places.indices.map { strength($0, of: places, sequence) }
            guard let weakest = strengths.indices.min(by: { strengths[$0] < strengths[$1] }), strengths[weakest] <= threshold else { break }
            places.remove(at: weakest)
        }
        return places
    }

    /// Intervals of lengths n, n/√2, n/2 …, each half covered by its neighbours.
    private static func seededIntervals(_ count: Int, least: Int) -> [Range<Int>] {
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
    private static func drawn(_ count: Int, correlation: Double, _ random: RandomNumbers) -> [Double] {
        var value = random.normal()
        let innovation = (1 - correlation * correlation).squareRoot()
        return (0..<count).map { index in
            if index > 0 { value = correlation * value + innovation * random.normal() }
            return value
        }
    }

    /// Half-open range of places that the step nearest `place` may have as well: the sum of squares grows by less than 7.35 σ², the
    /// 95 % point of a likelihood ratio for a threshold (Hansen 2000).
    func range(of index: Int, values: [Double], days: [Int]) -> ClosedRange<Int> {
        let place = places[index]
        guard let sequence = NightSequence(values, days: days) else { return place...place }
        let from = index > 0 ? places[index - 1] : 0
        let to = index + 1 < places.count ? places[index + 1] : values.count
        let best = sequence.statistic(at: place, in: from..<to)
        // The sum of squares falls by the square of the statistic times the long variance.
        let allowed = 7.352
        let alike = (from + 1..<to).filter { candidate in
            let statistic = sequence.statistic(at: candidate, in: from..<to)
            return best * best - statistic * statistic <= allowed
        }
        return min(place, alike.min() ?? place)...max(place, alike.max() ?? place)
    }
}

/// A sequence of nights made ready for the search: weekdays evened out, odd nights cut to 2.5 standard deviations from the running
/// median of a week, in units of the standard deviation of a long mean.
struct NightSequence {
    private let sums: [Double]
    let noise: NightNoise
    var count: Int { sums.count - 1 }

    init?(_ values: [Double], days: [Int]) {
        let even = Self.evened(values, days: days)
        guard let noise = NightNoise(even), let centre = try? OrderStatistics.runningMedian(even, halfWidth: 3) else { return nil }
        self.noise = noise
        let unit = noise.standardDeviation * noise.inflation.squareRoot()
        let limit = 2.5 * noise.standardDeviation
        var sums = [0.0]
        sums.reserveCapacity(values.count + 1)
        for (value, middle) in zip(even, centre) {
            let cut = min(middle + limit, max(middle - limit, value))
            sums.append((sums.last ?? 0) + (unit > 0 ? cut / unit : 0))
        }
        self.sums = sums
    }

    /// Nights from which the effect of a weekday is told.
    static let fewestForWeekdays = 28

    /// Less the median of each weekday's distance from the running median of a week.
    static func evened(_ values: [Double], days: [Int]) -> [Double] {
        guard values.count >= fewestForWeekdays, let week = try? OrderStatistics.runningMedian(values, halfWidth: 3) else { return values }
        var apart = [[Double]](repeating: [], count: 7)
        for index in values.indices { apart[weekday(days[index])].append(values[index] - week[index]) }
        guard apart.allSatisfy({ $0.count >= 3 }) else { return values }
        let effects = apart.map { OrderStatistics.median($0) ?? 0 }
        let mean = effects.reduce(0, +) / 7
        return values.indices.map { values[$0] - effects[weekday(days[$0])] + mean }
    }

    static func weekday(_ day: Int) -> Int { ((day + 3) % 7 + 7) % 7 }

    /// √(n₁ n₂/n) |mean after − mean before|.
    func statistic(at place: Int, in range: Range<Int>) -> Double {
        let before = Double(place - range.lowerBound), after = Double(range.upperBound - place)
        guard before > 0, after > 0 else { return 0 }
        let first = (sums[place] - sums[range.lowerBound]) / before
        let second = (sums[range.upperBound] - sums[place]) / after
        return (before * after / (before + after)).squareRoot() * abs(second - first)
    }

    func largest(in range: Range<Int>, least: Int) -> (place: Int, statistic: Double) {
        var best = (place: range.lowerBound, statistic: 0.0)
        guard range.count >= 2 * least else { return best }
        for place in range.lowerBound + least...range.upperBound - least {
            let value = statistic(at: place, in: range)
            if value > best.statistic { best = (place, value) }
        }
        return best
    }
}
