// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// What the readers of all families do with the fields that they found: stamps into UTC by series, digits into numbers, spellings into
/// units, and what cannot be read aside.
struct ReadingSink: Sendable {
    let profile: Profile
    var builder = BatchBuilder()
    private let decimal: UInt8, thousands: UInt8?
    private let nullWords: [[UInt8]]
    private let qualities: [String: Profile.Quality]
    private var units: [String: ReadingUnit] = [:]
    /// A reader of stamps a series: the autumn hour is told by the order of a series' own rows.
    private var stamps: [StampReader?] = []
    private var seriesKinds: [SeriesKind] = []
    /// Time kept last, by meter and series, where readings are thinned.
    private var kept: [UInt64: Int] = [:]

    init(profile: Profile) {
        self.profile = profile
        decimal = profile.decimal
        thousands = profile.thousands
        nullWords = profile.nullWords.map { Array($0.utf8) }
        qualities = profile.qualityMap
    }

    /// How a stamp is to be read: all that a series' own format may set apart from the profile.
    struct Stamping: Hashable, Sendable {
        enum Clock: Hashable, Sendable { case profile, utc }
        var clock = Clock.profile
        /// Added to the stamp. [s]
        var shift = 0
    }

    enum Value: Hashable {
        case number(DecimalText)
        case empty
        case rejected(RejectReason)
    }

    // MARK: fields

    func value(_ text: [UInt8]) -> Value {
        if text.isEmpty || nullWords.contains(text) { return .empty }
        switch DecimalText.read(text.span, 0, text.count, mark: decimal, thousands: thousands) {
        case .number(let number): return .number(number)
        case .notANumber: return .rejected(.badNumber)
        case .tooLarge: return .rejected(.tooLarge)
        }
    }

    mutating func unit(_ spelling: String) -> ReadingUnit? {
        if let unit = units[spelling] { return unit }
        let unit = ReadingUnit(spelling: spelling)
        if let unit, units.count < 1000 { units[spelling] = unit }
        return unit
    }

    /// Quality of a word; nil where the map does not know it.
    func quality(_ word: String) -> Profile.Quality? { qualities[word] }

    /// The instant of a stamp, as seen from the series' earlier rows.
    mutating func instant(_ stamp: [UInt8], meter: Int32, series: UInt8, _ stamping: Stamping = .init()) -> StampReader.Outcome {
        let index = Int(series)
        while stamps.count <= index { stamps.append(nil) }
        if stamps[index] == nil {
            stamps[index] = StampReader(
                format: profile.timeFormat, clock: stamping.clock == .utc ? .utc : profile.clock, shift: stamping.shift)
        }
        return stamps[index]?.read(stamp.span, 0, stamp.count, meter: Int(meter)) ?? .rejected(.badTime)
    }

    // MARK: readings

    mutating func meter(_ name: String) -> Int32 { builder.meter(name) }
    mutating func series(_ kind: SeriesKind) -> UInt8? { builder.series(kind) }

    mutating func add(meter: Int32, series: UInt8, time: Int, value: DecimalText, quality: Profile.Quality) {
        if profile.thinning > 0 {
            let key = UInt64(UInt32(bitPattern: meter)) << 8 | UInt64(series)
            if let last = kept[key], time >= last, time - last < profile.thinning { builder.count(.thinned); return }
            kept[key] = time
        }
        builder.append(meter: meter, series: series, time: time, value: value, quality: quality)
    }

    /// A reading whose instant is known.
    /// - text: of the record, for the list of what was set aside.
    mutating func add(
        meter: String, kind: SeriesKind, time: Int, value: DecimalText, quality: Profile.Quality, line: Int, text: @autoclosure () -> String
    ) {
        guard !meter.isEmpty else { return reject(.noMeter, line: line, text()) }
        guard quality != .bad else { return reject(.badQuality, line: line, text()) }
        guard time >= LocalClock.earliest, time < LocalClock.latest else { return reject(.outsideYears, line: line, text()) }
        guard let series = series(kind) else { return reject(.tooManySeries, line: line, text()) }
        add(meter: self.meter(meter), series: series, time: time, value: value, quality: quality)
    }

    mutating func reject(_ reason: RejectReason, line: Int, _ text: String) { builder.reject(reason, line: line, text) }
}

extension DecimalText {
    /// Times a power of ten; nil where it is then too large.
    func scaled(byPowerOfTen power: Int) -> DecimalText? {
        guard power != 0, mantissa != 0 else { return self }
        guard power > -30, power < 30 else { return nil }
        let text = Array("\(mantissa)e\(power - decimals)".utf8)
        if case .number(let number) = Self.read(text.span, 0, text.count, mark: 46, thousands: nil) { return number }
        return nil
    }
}
