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
    private let earliest = LocalClock.earliest, latest = LocalClock.latest
    /// Leaves the hour that comes twice to `settle`, and gives its first meaning: the rows before are not known.
    var defers = false
    /// The other meaning of the instant that was given last; nil where it had one. UTC [s]
    private(set) var other: Int?
    /// The place's clock changes.
    var isChanging: Bool { (clock?.segments.count ?? 0) > 1 }
    /// Less UTC, where it never changes. [s]
    private let fixedOffset: Int?

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
        fixedOffset = clock?.segments.count == 1 ? clock?.segments.first?.offset : nil
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

    /// What a stamp is told by that has the day and the ending of the one read last; nil where rows before matter, or none was read.
    var plain: PlainStamp? {
        guard let known = cache.plain, let offset = known.offset ?? fixedOffset else { return nil }
        guard known.day >= earliest, known.day + 86_400 <= latest else { return nil }
        var plain = known.stamp
        plain.base = known.day - offset + localShift + instantShift
        return plain
    }

    @inline(__always)
    private mutating func meaning(_ stamp: StampText, meter: Int) -> Outcome {
        if defers { other = nil }
        guard stamp.local >= earliest, stamp.local < latest else { return .rejected(.outsideYears) }
        if let offset = stamp.offset { return .instant(stamp.local - offset + localShift + instantShift) }
        if let fixedOffset { return .instant(stamp.local + localShift - fixedOffset + instantShift) }
        guard let clock else { return .rejected(.noOffset) }
        return changing(clock, stamp.local, meter)
    }

    private mutating func changing(_ clock: LocalClock, _ local: Int, _ meter: Int) -> Outcome {
        switch clock.meaning(local + localShift, hint: &hint) {
        case .none: return .rejected(.skippedHour)
        case .one(let one):
            if !defers { note(one, meter) }
            return .instant(one + instantShift)
        case .two(let summer, let standard):
            if defers {
                other = standard + instantShift
                return .instant(summer + instantShift)
            }
            let instant = choose(summer, standard, meter)
            note(instant, meter)
            return .instant(instant + instantShift)
        }
    }

    /// Which of two instants a meter's next row means.
    private mutating func choose(_ summer: Int, _ standard: Int, _ meter: Int) -> Int {
        makeRoom(meter)
        if backwards[meter] { return last[meter] > standard ? standard : summer }
        return last[meter] >= summer ? standard : summer
    }

    private mutating func note(_ instant: Int, _ meter: Int) {
        makeRoom(meter)
        if last[meter] != Int.min, instant != last[meter] { backwards[meter] = instant < last[meter] }
        last[meter] = instant
    }

    private mutating func makeRoom(_ meter: Int) {
        while last.count <= meter {
            last.append(Int.min)
            backwards.append(false)
        }
    }

    /// Tells the instants that were left open, from the rows before them; those of the batch follow the ones that this reader knows.
    mutating func settle(_ batch: inout ParsedExport) {
        var next = 0
        for i in batch.readings.indices {
            let meter = Int(batch.numberInFile(batch.readings[i]).meter)
            if next < batch.deferred.count, batch.deferred[next].index == i {
                let open = batch.deferred[next]
                batch.readings[i].time = choose(open.first - instantShift, open.second - instantShift, meter) + instantShift
                next += 1
            }
            note(batch.readings[i].time - instantShift, meter)
        }
        batch.deferred = []
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
    /// The ISO 8601 stamp read last: its bytes, those of hour and minute blanked out, and which of them it has; its day [s], its seconds and
    /// its offset.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private var masks: (UInt64, UInt64) = (0, 0)
    private var length = -1
    private var day = 0, offset: Int?

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

    /// What ISO 8601 stamps of the day and the ending of the one read last have in common; nil where there is none.
    var plain: (stamp: PlainStamp, day: Int, offset: Int?)? {
        length < 0 ? nil : (PlainStamp(words: words, masks: masks, length: length), day, offset)
    }

    @inline(__always)
    private mutating func readISO(_ stamp: UnsafePointer<UInt8>, _ length: Int) -> StampText? {
        if let known = plain, let time = unsafe known.stamp.read(stamp, length) {
            return StampText(local: known.day + time, offset: known.offset)
        }
        guard let read = unsafe TimeFormat.iso8601.read(UnsafeBufferPointer(start: stamp, count: length).span, 0, length) else {
            return nil
        }
        // 24:00 is the next day.
        if length >= 16, length <= Self.longest, unsafe (stamp[11] != 50 || stamp[12] != 52), unsafe stamp[13] == 58 {
            unsafe remember(UnsafeRawPointer(stamp), length, read)
        }
        return read
    }

    private mutating func remember(_ raw: UnsafeRawPointer, _ length: Int, _ read: StampText) {
        func mask(_ there: Int) -> UInt64 { there >= 8 ? .max : there <= 0 ? 0 : (1 << UInt64(8 * there)) - 1 }
        func word(_ at: Int) -> UInt64 { unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
        masks = (mask(length - 16), mask(length - 24))
        words = (word(0), word(8) & PlainStamp.aroundTime, word(16) & masks.0, word(24) & masks.1)
        self.length = length
        offset = read.offset
        let minute = (read.local % 86_400 + 86_400) % 86_400 / 60
        day = read.local - minute * 60
    }
}

/// The bytes of an ISO 8601 stamp but for hour and minute: another one of the same day and ending is read from these two alone.
struct PlainStamp: Sendable {
    /// Its bytes, those of hour and minute blanked out; of the third and fourth word those that it has.
    let words: (UInt64, UInt64, UInt64, UInt64), masks: (UInt64, UInt64)
    let length: Int
    /// Added to the time of day. [s]
    var base = 0

    /// Of the bytes 8 to 15, all but hour and minute.
    static let aroundTime: UInt64 = 0x0000_ff00_00ff_ffff

    init(words: (UInt64, UInt64, UInt64, UInt64), masks: (UInt64, UInt64), length: Int) {
        self.words = words
        self.masks = masks
        self.length = length
    }

    /// Of a stamp that differs in hour and minute alone: these, after the base; nil for all else. 32 bytes must be readable. [s]
    @inline(__always)
    func read(_ stamp: UnsafePointer<UInt8>, _ length: Int) -> Int? {
        let raw = unsafe UnsafeRawPointer(stamp)
        let first = unsafe UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        let time = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let third = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        let fourth = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
        let others = (first ^ words.0) | (time & Self.aroundTime ^ words.1) | (third & masks.0 ^ words.2) | (fourth & masks.1 ^ words.3)
        guard length == self.length, others == 0 else { return nil }
        // HH in the bytes 3 and 4, MM in 6 and 7: tens and ones side by side.
        let digits = (time & ~Self.aroundTime) ^ 0x3030_0030_3000_0000
        guard (digits | digits &+ 0x7676_0076_7600_0000) & 0x8080_0080_8000_0000 == 0 else { return nil }
        let pairs = digits &* 10 &+ digits &>> 8
        let hour = pairs &>> 24 & 255, minute = pairs &>> 48 & 255
        guard hour < 24, minute < 60 else { return nil }
        return base &+ Int(truncatingIfNeeded: hour &* 3600 &+ minute &* 60)
    }
}
