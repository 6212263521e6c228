// SPDX-License-Identifier: GPL-3.0-or-later

/// Turns stamps into UTC. Where clocks go back, the hour that comes twice is told by the order of a meter's rows:
/// first summer time, then standard time (the other way round where the file runs backwards).
struct StampReader: Sendable {
    enum Outcome {
        /// UTC; for an interval its end. [s]
        case instant(Int)
        case rejected(RejectReason)
    }

    private let format: TimeFormat
    private let clock: LocalClock?
    /// Added to the wall-clock time before, and to the instant after the change to UTC. [s]
    private let localShift: Int, instantShift: Int
    private var hint = 0
    /// Latest instant of each meter, and whether its rows run backwards.
    private var last: [Int] = []
    private var backwards: [Bool] = []
    private var cache = StampCache()

    /// Bytes that must be readable behind a stamp.
    static let margin = StampCache.longest

    init(profile: Profile) {
        let shift = profile.kind != .register && profile.stamp == .start ? profile.interval : 0
        self.init(format: profile.timeFormat, clock: profile.clock, shift: shift)
    }

    /// - clock: nil where each stamp carries its offset.
    /// - shift: added to the stamp: the length of the interval where it stands at the start. [s]
    init(format: TimeFormat, clock: LocalClock?, shift: Int = 0) {
        self.format = format
        self.clock = clock
        localShift = shift % 86_400 == 0 ? shift : 0
        instantShift = shift % 86_400 == 0 ? 0 : shift
    }

    mutating func read(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, meter: Int) -> Outcome {
        guard let stamp = format.read(bytes, start, end) else { return .rejected(.badTime) }
        return meaning(stamp, meter: meter)
    }

    /// Reads a stamp behind which `margin` bytes can be read.
    @inline(__always)
    mutating func read(_ stamp: UnsafePointer<UInt8>, _ length: Int, meter: Int) -> Outcome {
        guard let read = unsafe cache.read(stamp, length, format) else { return .rejected(.badTime) }
        return meaning(read, meter: meter)
    }

    @inline(__always)
    private mutating func meaning(_ stamp: StampText, meter: Int) -> Outcome {
        guard stamp.local >= LocalClock.earliest, stamp.local < LocalClock.latest else { return .rejected(.outsideYears) }
        if let offset = stamp.offset { return .instant(stamp.local - offset + localShift + instantShift) }
        guard let clock else { return .rejected(.noOffset) }
        if clock.segments.count == 1 { return .instant(stamp.local + localShift - clock.segments[0].offset + instantShift) }
        return changing(clock, stamp.local, meter)
    }

    private mutating func changing(_ clock: LocalClock, _ local: Int, _ meter: Int) -> Outcome {
        while last.count <= meter {
            last.append(Int.min)
            backwards.append(false)
        }
        let instant: Int
        switch clock.meaning(local + localShift, hint: &hint) {
        case .none: return .rejected(.skippedHour)
        case .one(let one): instant = one
        case .two(let summer, let standard):
            if backwards[meter] {
                instant = last[meter] > standard ? standard : summer
            } else {
                instant = last[meter] >= summer ? standard : summer
            }
        }
        if last[meter] != Int.min, instant != last[meter] { backwards[meter] = instant < last[meter] }
        last[meter] = instant
        return .instant(instant + instantShift)
    }
}

/// Stamps read before: the same text, or for ISO 8601 the same day and the same ending (seconds' fraction and offset).
private struct StampCache: Sendable {
    static let longest = 32

    private struct Known {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var length = -1
        var stamp = StampText(local: 0, offset: nil)
    }

    /// Made with the first stamp of a pattern.
    private var known: [Known] = []
    /// The day read last: its ten bytes, and its first second. [s]
    private var dayHead: UInt64 = 0, dayTail: UInt16 = 0, day = 0
    /// The ending read last.
    private var ending: UInt64 = 0, endingLength = -1, offset: Int?

    mutating func read(_ stamp: UnsafePointer<UInt8>, _ length: Int, _ format: TimeFormat) -> StampText? {
        if case .iso8601 = format { return unsafe readISO(stamp, length) }
        guard length <= Self.longest else { return unsafe format.read(UnsafeBufferPointer(start: stamp, count: length).span, 0, length) }
        let raw = unsafe UnsafeRawPointer(stamp)
        func word(_ index: Int) -> UInt64 {
            let there = length - 8 * index
            guard there > 0 else { return 0 }
            let word = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
            return there >= 8 ? word : word & ((1 << UInt64(8 * there)) - 1)
        }
        let words = (word(0), word(1), word(2), word(3))
        let mixed = (words.0 ^ words.1 &* 31 ^ words.2 &* 131 ^ words.3 &* 1031) &* 0x9e37_79b9_7f4a_7c15
        let slot = Int(mixed >> 56)
        if known.isEmpty { known = [Known](repeating: Known(), count: 256) }
        if known[slot].length == length, known[slot].words == words { return known[slot].stamp }
        guard let read = unsafe format.read(UnsafeBufferPointer(start: stamp, count: length).span, 0, length) else { return nil }
        known[slot] = Known(words: words, length: length, stamp: read)
        return read
    }

    @inline(__always)
    private mutating func readISO(_ stamp: UnsafePointer<UInt8>, _ length: Int) -> StampText? {
        let raw = unsafe UnsafeRawPointer(stamp)
        let head = unsafe UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        let tail = unsafe UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
        if length >= 16, head == dayHead, tail == dayTail {
            let hour = unsafe Self.two(stamp + 11), minute = unsafe Self.two(stamp + 14)
            let separator = unsafe stamp[10]
            if separator == 84 || separator == 32, unsafe stamp[13] == 58, hour < 24, minute < 60 {
                var second: UInt64 = 0, rest = 16
                if length >= 19, unsafe stamp[16] == 58 {
                    second = unsafe Self.two(stamp + 17)
                    rest = 19
                }
                let left = length - rest
                if left <= 8, second < 60 {
                    let word = left == 0 ? 0 : unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: rest, as: UInt64.self))
                    let text = left == 8 ? word : word & ((1 << UInt64(8 * left)) - 1)
                    if left == 0 || (left == endingLength && text == ending) {
                        return StampText(local: day + Int(hour * 3600 + minute * 60 + second), offset: left == 0 ? nil : offset)
                    }
                }
            }
        }
        guard let read = unsafe TimeFormat.iso8601.read(UnsafeBufferPointer(start: stamp, count: length).span, 0, length) else {
            return nil
        }
        if length >= 16, (unsafe stamp[11] != 50 || stamp[12] != 52) {
            dayHead = head
            dayTail = tail
            day = read.local - (read.local % 86_400 + 86_400) % 86_400
            let rest = length >= 19 && (unsafe stamp[16] == 58) ? 19 : 16
            if length - rest > 0, length - rest <= 8 {
                endingLength = length - rest
                let word = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: rest, as: UInt64.self))
                ending = endingLength == 8 ? word : word & ((1 << UInt64(8 * endingLength)) - 1)
                offset = read.offset
            }
        }
        return read
    }

    /// Two digits; a large number where they are none.
    @inline(__always)
    private static func two(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
        let tens = unsafe bytes[0] &- 48, ones = unsafe bytes[1] &- 48
        return tens <= 9 && ones <= 9 ? UInt64(tens) * 10 + UInt64(ones) : 10_000
    }
}
