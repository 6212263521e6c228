// SPDX-License-Identifier: GPL-3.0-or-later

/// Turns stamps into UTC. Where clocks go back, the hour that comes twice is told by the order of a meter's rows:
/// first summer time, then standard time (the other way round where the file runs backwards).
struct StampReader {
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

    init(profile: Profile) {
        format = profile.timeFormat
        clock = profile.clock
        let shift = profile.kind != .register && profile.stamp == .start ? profile.interval : 0
        localShift = shift % 86_400 == 0 ? shift : 0
        instantShift = shift % 86_400 == 0 ? 0 : shift
    }

    mutating func read(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, meter: Int) -> Outcome {
        guard let stamp = format.read(bytes, start, end) else { return .rejected(.badTime) }
        guard stamp.local >= LocalClock.earliest, stamp.local < LocalClock.latest else { return .rejected(.outsideYears) }
        if let offset = stamp.offset { return .instant(stamp.local - offset + localShift + instantShift) }
        guard let clock else { return .rejected(.noOffset) }
        while last.count <= meter {
            last.append(Int.min)
            backwards.append(false)
        }
        let instant: Int
        switch clock.meaning(stamp.local + localShift, hint: &hint) {
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
