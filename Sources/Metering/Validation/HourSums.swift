// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Consumption of a zone by hour, in whole millilitres: the sum over the hours is the sum of what was spread.
struct HourSums {
    /// Start of the first hour, on the place's clock without changes. [s]
    let start: Int
    /// [mL]
    private(set) var volumes: [Int]
    /// Meters whose consumption of the hour, or of a part of it, is known.
    var meters: [Int] { present.map(Int.init) }
    private var present: [Int32]
    /// Of the volumes, those whose place in time or whose size is an estimate [mL]; and meters that have such.
    private(set) var estimated: [Int]
    private(set) var metersEstimated: [Int]

    init(start: Int, hours: Int) {
        self.start = start
        volumes = [Int](repeating: 0, count: hours)
        present = [Int32](repeating: 0, count: hours)
        estimated = volumes
        metersEstimated = volumes
    }

    var hours: Int { volumes.count }

    /// - volumes, meters, estimated, metersEstimated: one an hour.
    init(start: Int, volumes: [Int], meters: [Int], estimated: [Int], metersEstimated: [Int]) {
        self.start = start
        self.volumes = volumes
        present = meters.map { Int32(clamping: $0) }
        self.estimated = estimated
        self.metersEstimated = metersEstimated
    }

    /// Sums and numbers of meters, as they lie there.
    mutating func withColumns(_ work: (_ volumes: UnsafeMutablePointer<Int>, _ present: UnsafeMutablePointer<Int32>) -> Void) {
        unsafe volumes.withUnsafeMutableBufferPointer { volumes in
            unsafe present.withUnsafeMutableBufferPointer { present in
                guard let volumes = volumes.baseAddress, let present = present.baseAddress else { return }
                unsafe work(volumes, present)
            }
        }
    }

    /// What of a segment had passed `at`, linearly. [mL]
    static func passed(_ segment: MeterChain.Segment, _ at: Int) -> Int {
        if at <= segment.start { return 0 }
        if at >= segment.end { return segment.volume }
        let part = at - segment.start, whole = segment.end - segment.start
        let (product, overflow) = segment.volume.multipliedReportingOverflow(by: part)
        return overflow ? Int(Double(segment.volume) * Double(part) / Double(whole)) : product / whole
    }

    /// Spreads a meter's segments over the hours that they touch.
    /// - offset: place's clock less UTC. [s]
    /// - counts: false for a further register of a meter that is counted already.
    mutating func add(_ chain: MeterChain, offset: Int, longest: Int, counts: Bool = true) {
        if let row = chain.hours {
            add(row, counts: counts)
            add(row.longer, offset: offset, longest: longest, counts: counts)
        } else {
            add(chain.segments, offset: offset, longest: longest, counts: counts)
        }
    }

    /// Adds some of the hours of other sums over the same hours.
    mutating func add(_ others: HourSums, _ range: Range<Int>) {
        for hour in range {
            volumes[hour] += others.volumes[hour]
            present[hour] += others.present[hour]
            estimated[hour] += others.estimated[hour]
            metersEstimated[hour] += others.metersEstimated[hour]
        }
    }

    private mutating func add(_ segments: [MeterChain.Segment], offset: Int, longest: Int, counts: Bool) {
        var counted = counts ? -1 : volumes.count, countedEstimated = counted
        for segment in segments where segment.end - segment.start <= longest {
            let from = segment.start + offset - start, to = segment.end + offset - start
            guard to > 0 else { continue }
            var hour = max(0, from / 3600)
            if from < 0 { hour = 0 }
            var before = from < 0 ? Self.passed(segment, segment.start - from) : 0
            while hour < volumes.count, hour * 3600 < to {
                let after = (hour + 1) * 3600 >= to ? segment.volume : Self.passed(segment, segment.start + (hour + 1) * 3600 - from)
                volumes[hour] += after - before
                if segment.quality != .measured {
                    estimated[hour] += after - before
                    if hour > countedEstimated {
                        metersEstimated[hour] += 1
                        countedEstimated = hour
                    }
                }
                before = after
                if hour > counted {
                    present[hour] += 1
                    counted = hour
                }
                hour += 1
            }
        }
    }

    /// [m³ per hour]; nil where no meter is known.
    var series: TimeSeries {
        TimeSeries(
            start: Instant(seconds: start), step: 3600,
            values: volumes.indices.map { present[$0] == 0 ? nil : Double(volumes[$0]) / MeterChain.millilitresPerCubicMetre })
    }
}
