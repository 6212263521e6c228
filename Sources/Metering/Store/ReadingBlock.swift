// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// All readings of one meter, in one unit, of one month (UTC), in order of time.
///
/// What the store keeps of a month is one block, or several one behind the other where later readings were appended. The bytes of a
/// block, format 1. `v` is a number of variable length (seven bits a byte, low ones first), `z` a signed one
/// (0, −1, 1, −2 … as 0, 1, 2, 3 …).
///
/// | part | content |
/// |---|---|
/// | head | byte 1 (format) · byte: 0 register, 1 interval · byte: decimals *d* · `v` count *n* |
/// | times | `z` first instant [s since 1970, UTC] · `v` number of runs · each run: `v` step [s], `v` how many times |
/// | values | register: `z` first value, then *n* − 1 differences; interval: *n* values; in groups of 128 |
/// | group | byte: bits *b* · byte: exceptions · the low *b* bits of each number's `z` form, low ones first · each exception: byte place, `v` high bits |
/// | origins | `v` number of runs · each run: `v` file, byte quality, `v` how many readings |
/// | end | CRC-32 of all before, 4 bytes, low ones first |
///
/// A value is its integer × 10^−*d* in the unit of the channel; *d* is the smallest that holds every value of the block.
struct ReadingBlock: Equatable {
    static let format: UInt8 = 1
    /// A reading in every second of the longest month.
    static let mostReadings = 31 * 86_400

    /// Where a stretch of readings came from.
    struct Origin: Hashable {
        var file: Int
        var quality: UInt8
    }

    var isInterval: Bool
    var decimals: Int
    /// UTC. [s]
    var times: [Int]
    var values: [Int]
    /// Of each reading.
    var origins: OriginRuns

    init(isInterval: Bool, decimals: Int = 0, times: [Int] = [], values: [Int] = [], origins: [Origin] = []) {
        self.isInterval = isInterval
        self.decimals = decimals
        self.times = times
        self.values = values
        self.origins = OriginRuns()
        for origin in origins { self.origins.append(origin) }
    }

    mutating func reserve(_ readings: Int) {
        times.reserveCapacity(readings)
        values.reserveCapacity(readings)
    }

    /// The first reading that is not before an instant; their number where all are. UTC [s]
    func firstIndex(notBefore time: Int) -> Int {
        var low = 0, high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A stretch of the readings.
    func part(_ range: Range<Int>) -> ReadingBlock {
        var part = ReadingBlock(isInterval: isInterval, decimals: decimals, times: Array(times[range]), values: Array(values[range]))
        part.origins.append(contentsOf: origins, range)
        return part
    }

    mutating func raise(to decimals: Int) {
        guard decimals > self.decimals else { return }
        let power = DecimalText.powers[decimals - self.decimals]
        for i in values.indices { values[i] *= power }
        self.decimals = decimals
    }
}

/// Origins of readings in a row: few differ from the one before.
struct OriginRuns: RandomAccessCollection, Equatable {
    /// Origin of the readings before `end`, from the end of the run before.
    private(set) var runs: [(origin: ReadingBlock.Origin, end: Int)] = []

    var startIndex: Int { 0 }
    var endIndex: Int { runs.last?.end ?? 0 }

    subscript(index: Int) -> ReadingBlock.Origin {
        if runs.count == 1 { return runs[0].origin }
        var low = 0, high = runs.count - 1
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].end > index { high = middle } else { low = middle + 1 }
        }
        return runs[low].origin
    }

    mutating func append(_ origin: ReadingBlock.Origin, count: Int = 1) {
        guard count > 0 else { return }
        if let last = runs.last, last.origin == origin {
            runs[runs.count - 1].end += count
        } else {
            runs.append((origin, endIndex + count))
        }
    }

    mutating func append(contentsOf others: OriginRuns) {
        var start = 0
        for run in others.runs {
            append(run.origin, count: run.end - start)
            start = run.end
        }
    }

    /// Those of a stretch of others.
    mutating func append(contentsOf others: OriginRuns, _ range: Range<Int>) {
        var start = 0
        for run in others.runs {
            if start >= range.upperBound { return }
            append(run.origin, count: Swift.min(run.end, range.upperBound) - Swift.max(start, range.lowerBound))
            start = run.end
        }
    }

    mutating func removeAll() { runs.removeAll(keepingCapacity: true) }

    static func == (left: Self, right: Self) -> Bool { left.runs.elementsEqual(right.runs) { $0.origin == $1.origin && $0.end == $1.end } }
}

/// Months counted from January 1970.
enum Month {
    static func name(_ month: Int) -> String { "\(1970 + month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1)" }

    /// Its first second, UTC. [s]
    static func start(_ month: Int) -> Int { Instant(year: 1970 + month / 12, month: month % 12 + 1, day: 1).seconds }

    static func index(_ seconds: Int) -> Int {
        let days = seconds >= 0 ? seconds / 86_400 : -((86_399 - seconds) / 86_400)
        // Days to civil (H. Hinnant, 2013).
        let z = days + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        let month = mp < 10 ? mp + 3 : mp - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0) - 1970) * 12 + month - 1
    }
}
