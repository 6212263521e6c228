// SPDX-License-Identifier: GPL-3.0-or-later

import CByteScan

/// A meter's steps as one row of hours on the place's clock: where its usual step is an hour, its steps begin and end on full hours, and
/// those of one hour are measured. Says the same as its segments in an eighth of the room, and sums of it are sums of vectors.
struct HourRow {
    static let none: Int32 = -1

    /// Hours since 1970 on the place's clock, of the first.
    let start: Int
    /// Place's clock less UTC. [s]
    let offset: Int
    /// Of the step that is this hour [mL]; `none` where there is no such step.
    var volumes: [Int32]
    /// Steps of several hours, in order of time.
    var longer: [MeterChain.Segment] = []
    /// Hours whose step held nothing, and hours without a step of their own; made by `markHours`.
    private(set) var atRest = HourBits(words: [], count: 0), missing = HourBits(words: [], count: 0)

    /// To be called when all steps are put: what is asked of the row afterwards is told from these bits.
    mutating func markHours() {
        atRest = HourBits(words: bits(of: 0), count: volumes.count)
        missing = HourBits(words: bits(of: Self.none), count: volumes.count)
    }

    /// A row for readings at these instants; nil where they are not made for one.
    init?(_ times: [Int], step: Int, offset: Int, rules: ChainRules) {
        guard step == 3600, Int(rules.gapFactor * 3600) < 7200, let first = times.first, let last = times.last else { return nil }
        let hours = (last - first) / 3600
        guard first + offset >= 0, (first + offset) % 3600 == 0, hours > 0, hours <= 4 * times.count + 1000 else { return nil }
        start = (first + offset) / 3600
        self.offset = offset
        volumes = [Int32](repeating: Self.none, count: hours)
    }

    /// Hours of the row before an instant that is on the full hour.
    func index(_ instant: Int) -> Int { (instant + offset) / 3600 - start }

    /// Puts a step behind the others; false where it does not fit into the row.
    mutating func put(_ segment: MeterChain.Segment) -> Bool {
        guard (segment.start + offset) % 3600 == 0, (segment.end + offset) % 3600 == 0 else { return false }
        if segment.end - segment.start > 3600 {
            longer.append(segment)
            return true
        }
        guard segment.quality == .measured, segment.volume <= Int(Int32.max) else { return false }
        volumes[index(segment.start)] = Int32(segment.volume)
        return true
    }

    /// Takes away the step that was put last, which ended at `end`.
    mutating func removeLast(end: Int) {
        if let last = longer.last, last.end == end { longer.removeLast() } else { volumes[index(end) - 1] = Self.none }
    }

    /// The volumes, which are then no longer here.
    mutating func takeVolumes() -> [Int32] {
        var taken: [Int32] = []
        swap(&taken, &volumes)
        return taken
    }

    /// What passed in the hours between two instants on the full hour, UTC [s], and how many there are. [mL]
    func sum(from: Int, to: Int) -> (volume: Int, hours: Int) {
        let first = max(0, min(index(from), volumes.count)), last = max(first, min(index(to), volumes.count))
        var sum = 0
        unsafe volumes.withUnsafeBufferPointer { volumes in
            for i in first..<last { unsafe sum &+= Int(max(volumes[i], 0)) }
        }
        return (sum, last - first - missing.number(in: first..<last))
    }

    /// Hours without flow, those of longer steps among them; nil where an hour is in no step.
    var hoursAtRest: HourBits? {
        var covered = counts.steps - longer.count
        var bits = atRest.words
        for segment in longer {
            let from = index(segment.start), to = index(segment.end)
            covered += to - from
            if segment.volume == 0 { for hour in from..<to { bits[hour / 64] |= 1 << UInt64(hour % 64) } }
        }
        return covered == volumes.count ? HourBits(words: bits, count: volumes.count) : nil
    }

    /// Number of steps, and of those that held nothing.
    var counts: (steps: Int, atRest: Int) {
        (volumes.count - missing.number + longer.count, atRest.number + longer.count { $0.volume == 0 })
    }

    /// All steps in order of time.
    var segments: [MeterChain.Segment] {
        var segments: [MeterChain.Segment] = []
        segments.reserveCapacity(volumes.count)
        var next = 0
        for (i, volume) in volumes.enumerated() {
            let from = (start + i) * 3600 - offset
            while next < longer.count, longer[next].start <= from {
                segments.append(longer[next])
                next += 1
            }
            if volume >= 0 { segments.append(.init(start: from, end: from + 3600, volume: Int(volume))) }
        }
        return segments + longer[next...]
    }

    /// A bit an hour, set where the volume is `value`; 64 hours a word.
    private func bits(of value: Int32) -> [UInt64] {
        let words = (volumes.count + 63) / 64
        return unsafe [UInt64](unsafeUninitializedCapacity: words) { bits, count in
            unsafe volumes.withUnsafeBufferPointer { volumes in
                guard let first = volumes.baseAddress else { return }
                for word in 0..<volumes.count / 64 { unsafe bits[word] = yusu_equal_bits(first + 64 * word, value) }
                if volumes.count % 64 > 0 {
                    var rest: UInt64 = 0
                    for at in volumes.count / 64 * 64..<volumes.count where unsafe volumes[at] == value { rest |= 1 << UInt64(at % 64) }
                    unsafe bits[words - 1] = rest
                }
            }
            count = words
        }
    }

    /// The longest stretch of hours without a rest of `hours` hours one behind the other, 1 or more. Hours that were not read are no rest.
    func longestWithoutRest(of hours: Int) -> Int {
        var rests = atRest.words
        for _ in 1..<max(1, hours) {
            // An hour is left where the one before it was left, too.
            var carried: UInt64 = 0
            for word in rests.indices {
                let bits = rests[word]
                rests[word] = bits & (bits << 1 | carried)
                carried = bits >> 63
            }
        }
        var longest = 0, last = -1
        for (word, bits) in rests.enumerated() where bits != 0 {
            longest = max(longest, 64 * word + bits.trailingZeroBitCount - last)
            // Rests within a word lie closer than any stretch that is looked for.
            last = 64 * word + 63 - bits.leadingZeroBitCount
        }
        return max(longest, volumes.count - last, 64)
    }
}

/// A bit an hour.
struct HourBits {
    let words: [UInt64]
    let count: Int

    /// The next run of set bits from `at` on, which then is its end; nil where there is none.
    func nextRun(from at: inout Int) -> Int? {
        let start = next(from: at, inverting: 0)
        guard start < count else { return nil }
        at = next(from: start, inverting: .max)
        return at - start
    }

    var number: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// How many runs of set bits there are.
    var numberOfRuns: Int {
        var number = 0, before: UInt64 = 0
        for word in words {
            number += (word & ~(word << 1 | before)).nonzeroBitCount
            before = word >> 63
        }
        return number
    }

    /// Whether 24 bits one behind the other are set anywhere.
    var hasRunOfDay: Bool {
        var before: UInt64 = 0
        for word in words {
            let pair = UInt128(word) << 64 | UInt128(before)
            let two = pair & pair >> 1
            let four = two & two >> 2
            let eight = four & four >> 4
            if eight & eight >> 8 & eight >> 16 != 0 { return true }
            before = word
        }
        return false
    }

    /// Length of the run of set bits at the end.
    var lastRun: Int {
        var length = 0
        for word in words.indices.reversed() {
            let held = word == words.count - 1 ? count - 64 * word : 64
            let ones = (~(words[word] << UInt64(64 - held))).leadingZeroBitCount
            length += min(ones, held)
            if ones < held { break }
        }
        return length
    }

    /// How many bits are set of up to 64 from `start` on.
    func number(from start: Int, count: Int) -> Int {
        let word = start / 64, shift = UInt64(start % 64)
        var bits = words[word] >> shift
        if shift > 0, word + 1 < words.count { bits |= words[word + 1] << (64 - shift) }
        return (count < 64 ? bits & ((1 << UInt64(count)) - 1) : bits).nonzeroBitCount
    }

    /// How many bits are set in a range.
    func number(in range: Range<Int>) -> Int {
        if range == 0..<count { return number }
        return stride(from: range.lowerBound, to: range.upperBound, by: 64).reduce(0) { sum, at in
            sum + number(from: at, count: min(64, range.upperBound - at))
        }
    }

    /// The first set bit, or with all bits inverted the first that is not set; `count` where there is none.
    func next(from start: Int, inverting: UInt64) -> Int {
        guard start < count else { return count }
        var word = start / 64
        var bits = (words[word] ^ inverting) & (.max << UInt64(start % 64))
        while bits == 0 {
            word += 1
            guard word < words.count else { return count }
            bits = words[word] ^ inverting
        }
        return min(count, 64 * word + bits.trailingZeroBitCount)
    }
}

extension MeterChain {
    /// The same with its steps one by one.
    func byStep() -> MeterChain {
        guard let hours else { return self }
        var chain = self
        chain.segments = hours.segments
        chain.hours = nil
        return chain
    }
}

extension HourSums {
    /// Adds a meter's hours. Each hour is in one step at most.
    mutating func add(_ row: HourRow, counts: Bool) {
        let shift = row.start - start / 3600
        let from = max(0, -shift), to = min(row.volumes.count, hours - shift)
        guard from < to else { return }
        unsafe row.volumes.withUnsafeBufferPointer { source in
            unsafe withColumns { sums, present in
                for i in from..<to {
                    let volume = unsafe source[i]
                    unsafe sums[i &+ shift] &+= Int(max(volume, 0))
                }
                guard counts else { return }
                for i in from..<to { unsafe present[i &+ shift] &+= source[i] >= 0 ? 1 : 0 }
            }
        }
    }
}

extension ContinuousFlow {
    /// Days of the row with at least so many hours read, none of them without flow.
    static func days(_ row: HourRow, least: Int) -> Int {
        let count = row.volumes.count
        let still = row.atRest, missing = row.missing
        var days = 0, at = 0
        while at < count {
            let stop = min(count, at + 24 - (row.start + at) % 24)
            if still.number(from: at, count: stop - at) == 0, stop - at - missing.number(from: at, count: stop - at) >= least { days += 1 }
            at = stop
        }
        return days
    }
}
