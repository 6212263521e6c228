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
    /// First night at the new level, where the level rose through many nights, as with a leak that grows; nil: at once. The last night of
    /// the record where it rises still.
    public var until: Instant?
    /// Of a slow rise, from its first night to `until`. [m³/s per day]
    public var rate: Estimate?
}

/// Places of a sequence at which its level changes, by narrowest-over-threshold segmentation (Baranowski, Chen & Fryzlewicz 2019) over
/// seeded intervals (Kovács, Bühlmann, Li & Munk 2023). The threshold is the quantile of the largest statistic in drawn sequences
/// without a step that have about the same length and are treated in the same way. Their correlation from night to night is drawn
/// from what is usual, and those whose own estimate of it comes near to the record's weigh most.
struct StepSearch {
    /// Ascending.
    private(set) var changes: [LevelChange] = []
    /// Chance of a statistic as large as the largest where there is no step. [–]
    private(set) var chance = 1.0
    private var threshold = 0.0
    /// Least step in the middle of the record that is found with a chance of 80 %. [m³/s]
    private(set) var detectable: Double?
    /// Statistic of each place between its neighbours.
    private var strengths: [Double] = []
    let noise: NightNoise
    /// Of a short record with one step.
    private var single: (place: Int, statistic: Double)?
    private var sequence: NightSequence?
    private var days: [Int] = []

    /// - days: number of each night's day; tells its weekday.
    /// - chances: how far chance goes, for records of this length.
    init?(_ values: [Double], days: [Int], chances: inout StepChances) throws(NumericalError) {
        let options = chances.options
        guard values.count >= 2 * options.leastNights + 1, let sequence = NightSequence(values, days: days) else { return nil }
        noise = sequence.noise
        guard noise.standardDeviation > 0 else { return }
        let places = try Self.places(sequence, &chances, into: &self)
        let strengthOf = Dictionary(
            uniqueKeysWithValues: places.indices.map { (places[$0], Self.strength($0, of: places, sequence)) })
        changes = single == nil ? SlowRise.joined(places, sequence, days: days) : places.map { LevelChange(place: $0, end: $0) }
        // A slow rise is told because of several steps, or one, that passed; its size is not corrected.
        strengths = changes.map { $0.isSlow ? .infinity : single?.statistic ?? strengthOf[$0.place] ?? .infinity }
        self.sequence = sequence
        self.days = days
    }

    /// In a short record four fifths of the false alarms are given to a single step, the rest to the search over intervals, which finds a
    /// leak and its repair.
    private static let shareOfSingle = 0.8

    private static func places(
        _ sequence: NightSequence, _ chances: inout StepChances, into search: inout StepSearch
    ) throws(NumericalError) -> [Int] {
        let options = chances.options, count = sequence.count
        let isShort = count < ShortRecord.nights
        let found = try intervals(
            sequence, &chances, falseAlarmRate: (isShort ? 1 - shareOfSingle : 1) * options.falseAlarmRate)
        search.threshold = found.threshold
        search.chance = found.chance
        search.detectable = found.detectable
        guard isShort else { return found.places }
        let short = ShortRecord(nights: count, least: options.leastNights)
        let null = try chances.maxima(nights: count, near: sequence.noise.correlation, single: true)
        let clearest = short.clearest(sequence.values)
        guard let threshold = null.quantile(1 - shareOfSingle * options.falseAlarmRate) else { return found.places }
        search.chance = min(1, found.chance / (1 - shareOfSingle), null.chance(clearest.statistic) / shareOfSingle)
        search.detectable =
            (threshold + Normal().quantile(0.8)) * short.deviationInMiddle * sequence.noise.standardDeviation
        guard clearest.statistic > threshold, found.places.count < 2 else { return found.places }
        search.threshold = threshold
        search.single = clearest
        return [clearest.place]
    }

    private static func intervals(
        _ sequence: NightSequence, _ chances: inout StepChances, falseAlarmRate: Double
    ) throws(NumericalError) -> (places: [Int], threshold: Double, chance: Double, detectable: Double?) {
        let least = chances.options.leastNights
        let intervals = StepChances.seededIntervals(sequence.count, least: 2 * least)
        let found = intervals.map { sequence.largest(in: $0, least: least) }
        let null = try chances.maxima(nights: sequence.count, near: sequence.noise.correlation)
        let chance = null.chance(found.map(\.statistic).max() ?? 0)
        guard let threshold = null.quantile(1 - falseAlarmRate) else { return ([], 0, chance, nil) }
        var candidates = zip(intervals, found).filter { $1.statistic > threshold }
        var chosen: [Int] = []
        while let next = candidates.min(by: {
            ($0.0.count, -$0.1.statistic, $0.0.lowerBound) < ($1.0.count, -$1.1.statistic, $1.0.lowerBound)
        }) {
            let place = next.1.place
            chosen.append(place)
            candidates.removeAll { $0.0.lowerBound < place && place < $0.0.upperBound }
        }
        // √(n/4)·size over the unit is normal about its mean: 0.84 above the threshold it passes in 80 of 100 records.
        let detectable = (threshold + Normal().quantile(0.8)) * sequence.unit * 2 / Double(sequence.count).squareRoot()
        return (settled(chosen.sorted(), sequence, threshold: threshold, least: least), threshold, chance, detectable)
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
        guard size.standardDeviation > 0, strengths[index] > threshold, strengths[index].isFinite, threshold > 0 else { return size }
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

    /// Each place is looked for again between its neighbours. Then the one that is missed least goes, its neighbours looked for again
    /// without it, for as long as what is lost lies within chance: two narrow intervals may have told one step twice.
    private static func settled(_ chosen: [Int], _ sequence: NightSequence, threshold: Double, least: Int) -> [Int] {
        var places = moved(chosen, sequence, least: least)
        while !places.isEmpty {
            let now = sequence.explained(places)
            let fewer = places.indices.map { index in
                var rest = places
                rest.remove(at: index)
                return moved(rest, sequence, least: least)
            }
            guard let best = fewer.max(by: { sequence.explained($0) < sequence.explained($1) }),
                now - sequence.explained(best) <= threshold * threshold
            else { break }
            places = best
        }
        return places
    }

    /// Each place where the level changes most between its neighbours, in a few passes.
    private static func moved(_ given: [Int], _ sequence: NightSequence, least: Int) -> [Int] {
        var places = given
        for _ in 0..<5 {
            let before = places
            for index in places.indices {
                let from = index > 0 ? places[index - 1] : 0
                let to = index + 1 < places.count ? places[index + 1] : sequence.count
                let best = sequence.largest(in: from..<to, least: least)
                if best.statistic > 0 { places[index] = best.place }
            }
            if places == before { break }
        }
        return places
    }

    /// Places that a change may have as well. Of a step, the sum of squares grows by less than 7.35 σ², the 95 % point of a likelihood ratio
    /// for a threshold (Hansen 2000).
    func range(of index: Int) -> ClosedRange<Int> {
        let change = changes[index], place = change.place
        guard let sequence else { return place...place }
        let from = index > 0 ? min(place - 1, changes[index - 1].end) : 0
        let to = index + 1 < changes.count ? changes[index + 1].place : sequence.count
        if change.isSlow { return SlowRise.starts(of: change, from..<to, sequence, days: days) }
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
