// SPDX-License-Identifier: GPL-3.0-or-later

/// All readings of one meter, in one unit, of one month (UTC), in order of time.
///
/// The bytes of a block, format 1. `v` is a number of variable length (seven bits a byte, low ones first), `z` a signed one
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
/// A value is its integer × 10^−*d* in the unit of the channel; *d* is the smallest that holds every value of the block, so that the
/// same readings make the same bytes but for the numbers of the files.
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
    var origins: [Origin]

    init(isInterval: Bool, decimals: Int = 0, times: [Int] = [], values: [Int] = [], origins: [Origin] = []) {
        self.isInterval = isInterval
        self.decimals = decimals
        self.times = times
        self.values = values
        self.origins = origins
    }

    /// Brings the values to the smallest number of decimals that holds them all.
    mutating func normalise() {
        while decimals > 0, values.allSatisfy({ $0 % 10 == 0 }) {
            for i in values.indices { values[i] /= 10 }
            decimals -= 1
        }
    }

    mutating func raise(to decimals: Int) {
        guard decimals > self.decimals else { return }
        let power = DecimalText.powers[decimals - self.decimals]
        for i in values.indices { values[i] *= power }
        self.decimals = decimals
    }

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(times.count * 2 + 32)
        writer.bytes += [Self.format, isInterval ? 1 : 0, UInt8(decimals)]
        writer.count(times.count)
        guard let firstTime = times.first, let firstValue = values.first else { return Self.sealed(writer.bytes) }
        writer.signed(firstTime)
        var steps: [(step: Int, count: Int)] = []
        for i in 1..<max(1, times.count) {
            let step = times[i] - times[i - 1]
            if let last = steps.last, last.step == step { steps[steps.count - 1].count += 1 } else { steps.append((step, 1)) }
        }
        writer.count(steps.count)
        for run in steps {
            writer.count(run.step)
            writer.count(run.count)
        }
        var numbers: [UInt64] = []
        numbers.reserveCapacity(values.count)
        if isInterval {
            for value in values { numbers.append(ZigZag.encode(value)) }
        } else {
            writer.signed(firstValue)
            for i in 1..<max(1, values.count) { numbers.append(ZigZag.encode(values[i] - values[i - 1])) }
        }
        for start in stride(from: 0, to: numbers.count, by: 128) { writer.packed(numbers[start..<min(start + 128, numbers.count)]) }
        var runs: [(origin: Origin, count: Int)] = []
        for origin in origins {
            if let last = runs.last, last.origin == origin { runs[runs.count - 1].count += 1 } else { runs.append((origin, 1)) }
        }
        writer.count(runs.count)
        for run in runs {
            writer.count(run.origin.file)
            writer.bytes.append(run.origin.quality)
            writer.count(run.count)
        }
        return Self.sealed(writer.bytes)
    }

    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        let sum = Checksum.crc32(bytes.span, 0, bytes.count)
        return bytes + (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(8 * $0)) }
    }

    /// nil where the checksum or the content is wrong.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        let end = bytes.count - 4
        let sum = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[end + $1]) << UInt32(8 * $1) }
        guard Checksum.crc32(bytes.span, 0, end) == sum else { return nil }
        var reader = ByteReader(bytes)
        guard reader.byte() == Self.format else { return nil }
        isInterval = reader.byte() == 1
        decimals = Int(reader.byte())
        let count = reader.count()
        times = []
        values = []
        origins = []
        guard reader.isWhole, decimals <= DecimalText.mostDecimals, count <= Self.mostReadings else { return nil }
        guard count > 0 else { return }
        times.reserveCapacity(count)
        values.reserveCapacity(count)
        var time = reader.signed()
        times.append(time)
        for _ in 0..<reader.count() {
            let step = reader.count(), repeats = reader.count()
            guard reader.isWhole, times.count + repeats <= count else { return nil }
            for _ in 0..<repeats {
                time += step
                times.append(time)
            }
        }
        guard times.count == count else { return nil }
        var numbers: [UInt64] = []
        numbers.reserveCapacity(count)
        var value = isInterval ? 0 : reader.signed()
        let wanted = isInterval ? count : count - 1
        while reader.isWhole, numbers.count < wanted { reader.packed(min(128, wanted - numbers.count), into: &numbers) }
        guard reader.isWhole else { return nil }
        if isInterval {
            for number in numbers { values.append(ZigZag.decode(number)) }
        } else {
            values.append(value)
            for number in numbers {
                value &+= ZigZag.decode(number)
                values.append(value)
            }
        }
        origins.reserveCapacity(count)
        for _ in 0..<reader.count() {
            let file = reader.count()
            let quality = reader.byte()
            let repeats = reader.count()
            guard reader.isWhole, origins.count + repeats <= count else { return nil }
            origins.append(contentsOf: repeatElement(Origin(file: file, quality: quality), count: repeats))
        }
        guard reader.isWhole, origins.count == count else { return nil }
    }
}

/// Months counted from January 1970.
enum Month {
    static func name(_ month: Int) -> String { "\(1970 + month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1)" }

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
