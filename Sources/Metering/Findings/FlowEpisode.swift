// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// A stretch of three days or more in which the flow never stopped.
///
/// A register whose steps are coarse cannot show flow in every hour: over 2 L a step, every six hours must hold three steps, and no
/// three hours none, for five days.
struct FlowEpisode {
    /// Hours on the place's clock without changes since 1970; the end is the hour after the last.
    var start: Int, end: Int
    /// Hours of it that were read.
    var read = 0
    /// Lasts until the end of the readings.
    var isOpen = false
    /// Flow that is always there. [L/h]
    var rate = 0.0
    /// Deviation of `rate`. [L/h]
    var rateDeviation = 0.0
    /// Deviation of the least flow from day to day over its median, without what the register's steps make. [–]
    var unevenness = 0.0
    /// Size of the draws that would make the least flow as uneven from hour to hour as it is: variance over mean, without what the
    /// register's steps make. [L] A leak draws nothing: well under a litre. Many small uses that never all cease: ten litres and more.
    var drawSize = 0.0
    /// Steps of the register are too coarse to show flow in every hour.
    var isCoarse = false
    /// Least flow over the mean one. [–]
    var floorShare = 0.0
    /// The least flow of the days before over that of the episode; nil where no day before was judged. [–]
    var before: Double?
    /// Not above the least flow in each hour. [L]
    var volume = 0.0

    /// [h]
    static let shortest = 72, shortestCoarse = 120
    static let finestStep: Float = 2.1
    static let coarseWindow = 6
    static let coarseSteps: Float = 3
    static let coarsePause = 2
    /// Least hours of a day in a row. [h]
    static let quietHours = 6
    /// Median of the sample variance of six normal values over the variance (χ² with five degrees of freedom). [–]
    static let medianOfVariance = 0.870
    /// Share of its hours that must have been read.
    static let leastRead = 0.8
    /// So long without a reading nothing is known of the flow. [h]
    static let longestUnread = 24

    /// Whether there can be any: a stretch that is long enough without an hour at rest, or three where steps are coarse.
    static func mayBe(_ chain: MeterChain, resolution: Float) -> Bool {
        guard let row = chain.hours else { return true }
        let isCoarse = resolution > finestStep
        return row.longestWithoutRest(of: isCoarse ? coarsePause + 1 : 1) >= (isCoarse ? shortestCoarse : shortest)
    }

    /// In order of time.
    /// - resolution: smallest step of the meter. [L]
    static func all(_ column: HourColumn, resolution: Float) -> [FlowEpisode] {
        let litres = column.litres
        guard litres.count >= shortest else { return [] }
        let isCoarse = resolution > finestStep
        let shortest = isCoarse ? shortestCoarse : Self.shortest
        var episodes: [FlowEpisode] = []
        var begin = -1, read = 0, unread = 0
        var window = [Float](repeating: 0, count: coarseWindow), sum: Float = 0, filled = 0, pause = 0
        func close(_ end: Int) {
            defer { begin = -1; read = 0 }
            let stop = end - unread
            guard begin >= 0, stop - begin >= shortest, Double(read) >= leastRead * Double(stop - begin) else { return }
            episodes.append(FlowEpisode(start: begin, end: stop, read: read))
        }
        for i in litres.indices {
            let volume = litres[i]
            if volume < 0 {
                unread += 1
                if unread > longestUnread { close(i + 1); filled = 0; sum = 0 }
                continue
            }
            var flows = volume > 0
            if isCoarse {
                let slot = filled % coarseWindow
                sum += volume - (filled >= coarseWindow ? window[slot] : 0)
                window[slot] = volume
                filled += 1
                pause = volume > 0 ? 0 : pause + 1
                flows = pause <= coarsePause && (filled < coarseWindow || sum >= coarseSteps * resolution * 0.999)
            }
            if flows {
                if begin < 0 { begin = i }
                read += 1
            } else {
                close(i)
            }
            unread = 0
        }
        close(litres.count)
        for k in episodes.indices {
            episodes[k].measure(column, resolution: Double(resolution), isCoarse: isCoarse)
            episodes[k].isOpen = episodes[k].end >= litres.count - longestUnread
            episodes[k].start += column.start
            episodes[k].end += column.start
        }
        return episodes
    }

    /// Least flow of each day, and what they say together.
    private mutating func measure(_ column: HourColumn, resolution: Double, isCoarse: Bool) {
        let litres = column.litres
        func floors(_ from: Int, _ to: Int) -> [Double] {
            stride(from: from, to: to - 20, by: 24).compactMap { Self.floor(litres, $0, min($0 + 24, to), isCoarse, resolution) }
        }
        self.isCoarse = isCoarse
        let least = floors(start, end)
        guard let median = OrderStatistics.median(least), median > 0 else { return }
        rate = median
        let spread = OrderStatistics.medianAbsoluteDeviation(least) ?? 0
        let step = isCoarse ? resolution / Double(Self.coarseWindow) : resolution / 3
        rateDeviation = (spread * spread / Double(least.count) + step * step / 12 + 0.0064 * rate * rate).squareRoot()
        let mean = least.reduce(0, +) / Double(least.count)
        let variance = least.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, least.count - 1))
        unevenness = max(0, variance - step * step / 6).squareRoot() / mean
        drawSize = Self.drawSize(litres, start, end, resolution)
        var sum = 0.0, floorSum = 0.0, hours = 0
        for i in start..<end where litres[i] >= 0 {
            sum += Double(litres[i])
            floorSum += min(Double(litres[i]), rate)
            hours += 1
        }
        volume = isCoarse ? rate * Double(hours) : floorSum
        floorShare = sum > 0 ? rate * Double(hours) / sum : 0
        let earlier = floors(max(0, start - 28 * 24), max(0, start - 24))
        if earlier.count >= 3, let was = OrderStatistics.median(earlier) { before = was / rate }
    }

    /// Of the six hours of each day in which least passed. [L]
    private static func drawSize(_ litres: [Float], _ start: Int, _ end: Int, _ resolution: Double) -> Double {
        var sums: [Double] = [], variances: [Double] = []
        for day in stride(from: start, to: end - 20, by: 24) {
            var least = Float.infinity, at = -1, sum: Float = 0, known = 0
            for i in day..<min(day + 24, end) {
                if litres[i] < 0 { known = 0; sum = 0; continue }
                sum += litres[i]
                known += 1
                if known > quietHours { sum -= litres[i - quietHours] }
                if known >= quietHours, sum < least { least = sum; at = i }
            }
            guard at >= 0 else { continue }
            let mean = Double(least) / Double(quietHours)
            var square = 0.0
            for i in (at - quietHours + 1)...at { square += (Double(litres[i]) - mean) * (Double(litres[i]) - mean) }
            sums.append(mean)
            variances.append(square / Double(quietHours - 1))
        }
        guard let mean = OrderStatistics.median(sums), mean > 0, let variance = OrderStatistics.median(variances) else { return 0 }
        // A steady flow shows as whole steps, the one below or the one above.
        let part = mean / resolution - (mean / resolution).rounded(.down)
        return max(0, variance / medianOfVariance - resolution * resolution * part * (1 - part)) / mean
    }

    /// Mean of the hours near the day's lowest one: the steps of the register are evened out. [L/h]
    private static func floor(_ litres: [Float], _ from: Int, _ to: Int, _ isCoarse: Bool, _ resolution: Double) -> Double? {
        if isCoarse {
            var least = Float.infinity, sum: Float = 0
            var known = 0
            for i in from..<to {
                if litres[i] < 0 { known = 0; sum = 0; continue }
                sum += litres[i]
                known += 1
                if known > coarseWindow { sum -= litres[i - coarseWindow] }
                if known >= coarseWindow { least = min(least, sum) }
            }
            return least.isFinite ? (Double(least) + resolution / 2) / Double(coarseWindow) : nil
        }
        var least = Float.infinity
        for i in from..<to where litres[i] >= 0 { least = min(least, litres[i]) }
        guard least.isFinite else { return nil }
        let limit = least + max(Float(resolution) * 1.01, 0.2 * least)
        var sum = 0.0, count = 0
        for i in from..<to where litres[i] >= 0 && litres[i] <= limit { sum += Double(litres[i]); count += 1 }
        return sum / Double(count)
    }
}
