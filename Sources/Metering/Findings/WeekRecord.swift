// SPDX-License-Identifier: GPL-3.0-or-later

/// A meter's use by the week from the report's start on, and how its day is shaped.
struct WeekRecord {
    /// Mean use of each week; below zero where less than half of it was read. [L/h]
    var use: [Float]
    /// Share of each week's use that passed in hours of less than the meter's least flow (Q1); empty without hourly readings. [–]
    var lowShare: [Float] = []
    /// Roots of hourly use summed by the hour of the day, in blocks of four weeks: block × 24 + hour. [L^½] Empty without hourly readings.
    /// Of the root, a bath or a garden hose weighs no more than the days' other hours do.
    var shapes: [Float] = []
    /// Variance over mean of the hourly use of each block of four weeks: the size of the draws that make it up. [L] Below zero where less
    /// than half was read or nothing was used. Fewer people draw less often; a meter or a bypass makes each draw smaller.
    var draws: [Float] = []
    /// Largest hourly use of each day that was read for 20 hours. [L]
    var dailyPeaks: [Float] = []
    /// Of all hours that were read. [–]
    var hoursBelowLeast = 0.0, hoursAtRest = 0.0

    static let hours = 168  // of a week
    static let blockWeeks = 4

    /// - start: of the report, hours since 1970 on the place's clock without changes.
    /// - least: flow under which the meter is not held to register rightly, Q1. [L/h]
    init(_ column: HourColumn, start: Int, weeks: Int, least: Float) {
        var sums = [Float](repeating: 0, count: weeks), low = sums
        var counts = [Int32](repeating: 0, count: weeks)
        let blocks = (weeks + Self.blockWeeks - 1) / Self.blockWeeks
        var shapes = [Float](repeating: 0, count: blocks * 24)
        var squares = [Float](repeating: 0, count: blocks)
        var below = 0, still = 0, read = 0
        var peaks: [Float] = []
        let litres = column.litres
        // Day by day, so that neither week nor hour of the day is looked up for each hour.
        var i = max(0, start - column.start)
        while i < litres.count {
            let hour = column.start + i - start
            let week = hour / Self.hours
            guard week < weeks else { break }
            let ofDay = (column.start + i) % 24
            let stop = min(litres.count, i + 24 - ofDay, i + Self.hours - hour % Self.hours)
            var sum: Float = 0, lowSum: Float = 0, peak: Float = 0, square: Float = 0
            var count = 0, belowHere = 0, stillHere = 0
            let shape = week / Self.blockWeeks * 24 + ofDay - i
            var k = i
            if stop - i == 24 {
                // A day at once: sums differ from those one by one in the last place at most.
                let day = Day(litres, from: i, least: least, roots: &shapes, at: shape + i)
                (sum, lowSum, peak, square) = (day.sum, day.low, day.peak, day.square)
                (count, belowHere, stillHere) = (day.count, day.below, day.still)
                k = stop
            }
            for k in k..<stop where litres[k] >= 0 {
                let volume = litres[k]
                sum += volume
                count += 1
                peak = max(peak, volume)
                square += volume * volume
                shapes[shape + k] += volume.squareRoot()
                if volume < least {
                    lowSum += volume
                    belowHere += 1
                    if volume == 0 { stillHere += 1 }
                }
            }
            sums[week] += sum
            squares[week / Self.blockWeeks] += square
            low[week] += lowSum
            counts[week] += Int32(count)
            below += belowHere
            still += stillHere
            read += count
            if count >= 20 { peaks.append(peak) }
            i = stop
        }
        use = (0..<weeks).map { 2 * Int(counts[$0]) >= Self.hours ? sums[$0] / Float(counts[$0]) : -1 }
        lowShare = (0..<weeks).map { use[$0] > 0 ? low[$0] / sums[$0] : -1 }
        self.shapes = shapes
        draws = (0..<blocks).map { block in
            let span = (block * Self.blockWeeks)..<min(weeks, (block + 1) * Self.blockWeeks)
            let count = Float(span.reduce(0) { $0 + Int(counts[$1]) }), sum = span.reduce(Float(0)) { $0 + sums[$1] }
            guard 2 * count >= Float(span.count * Self.hours), sum > 0 else { return -1 }
            return (squares[block] - sum * sum / count) / sum
        }
        dailyPeaks = peaks
        if read > 0 {
            hoursBelowLeast = Double(below - still) / Double(read)
            hoursAtRest = Double(still) / Double(read)
        }
    }

    /// From steps that are longer than an hour, each spread evenly.
    init(_ chain: MeterChain, offset: Int, start: Int, weeks: Int) {
        var sums = [Double](repeating: 0, count: weeks), seconds = [Int](repeating: 0, count: weeks)
        let week = Self.hours * 3600
        for segment in chain.byStep().segments {
            let from = segment.start + offset - start * 3600, to = segment.end + offset - start * 3600
            let flow = Double(segment.volume) / Double(segment.end - segment.start)
            var at = max(0, from)
            while at < to, at / week < weeks {
                let stop = min(to, (at / week + 1) * week)
                sums[at / week] += flow * Double(stop - at)
                seconds[at / week] += stop - at
                at = stop
            }
        }
        use = (0..<weeks).map { 2 * seconds[$0] >= week ? Float(sums[$0] / 1000 * 3600 / Double(seconds[$0])) : -1 }
    }
}

/// Use of a day, eight hours at a time.
private struct Day {
    var sum: Float = 0, low: Float = 0, peak: Float = 0, square: Float = 0
    var count = 0, below = 0, still = 0

    /// - roots: from `at` on, the roots of the hours are added to it.
    init(_ litres: [Float], from: Int, least: Float, roots: inout [Float], at: Int) {
        guard from >= 0, from + 24 <= litres.count, at >= 0, at + 24 <= roots.count else { return }
        unsafe litres.withUnsafeBytes { bytes in
            unsafe roots.withUnsafeMutableBytes { roots in
                var sums = SIMD8<Float>(), lows = sums, peaks = sums, squares = sums
                var counts = SIMD8<Int32>(), belows = counts, stills = counts
                let zero = SIMD8<Float>(), limit = SIMD8<Float>(repeating: least)
                for k in 0..<3 {
                    let x = unsafe bytes.loadUnaligned(fromByteOffset: 4 * (from + 8 * k), as: SIMD8<Float>.self)
                    let isRead = x .>= zero
                    let isLow = isRead .& (x .< limit)
                    let use = Self.kept(x, isRead)
                    sums += use
                    squares += use * use
                    lows += Self.kept(x, isLow)
                    // The larger of two, of numbers that are not below zero.
                    peaks += Self.kept(use - peaks, use .> peaks)
                    counts &-= unsafe unsafeBitCast(isRead, to: SIMD8<Int32>.self)
                    belows &-= unsafe unsafeBitCast(isLow, to: SIMD8<Int32>.self)
                    stills &-= unsafe unsafeBitCast(isLow .& (x .== zero), to: SIMD8<Int32>.self)
                    let place = 4 * (at + 8 * k)
                    let sum = unsafe roots.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self) + use.squareRoot()
                    unsafe roots.storeBytes(of: sum, toByteOffset: place, as: SIMD8<Float>.self)
                }
                sum = sums.sum()
                square = squares.sum()
                low = lows.sum()
                peak = Self.largest(peaks)
                count = Int(counts.wrappedSum())
                below = Int(belows.wrappedSum())
                still = Int(stills.wrappedSum())
            }
        }
    }

    /// `max()` of a vector is called through its witnesses; numbers that are not below zero are in the order of their bits.
    @inline(__always)
    private static func largest(_ x: SIMD8<Float>) -> Float {
        let bits = unsafe unsafeBitCast(x, to: SIMD8<Int32>.self)
        let four = bits.lowHalf &+ ((bits.highHalf &- bits.lowHalf) & mask(bits.highHalf .> bits.lowHalf))
        return Float(bitPattern: UInt32(bitPattern: max(max(four[0], four[1]), max(four[2], four[3]))))
    }

    @inline(__always)
    private static func mask(_ mask: SIMDMask<SIMD4<Int32>>) -> SIMD4<Int32> { unsafe unsafeBitCast(mask, to: SIMD4<Int32>.self) }

    /// 0 where the mask is not set. `replacing(with:where:)` goes lane by lane.
    @inline(__always)
    private static func kept(_ x: SIMD8<Float>, _ mask: SIMDMask<SIMD8<Int32>>) -> SIMD8<Float> {
        unsafe unsafeBitCast(unsafeBitCast(x, to: SIMD8<Int32>.self) & unsafeBitCast(mask, to: SIMD8<Int32>.self), to: SIMD8<Float>.self)
    }
}
