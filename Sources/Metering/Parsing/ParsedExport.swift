// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Why a row, or a value of a wide row, was set aside.
public enum RejectReason: String, Sendable, CaseIterable {
    case noMeter = "no meter"
    case badTime = "time not in the profile's format"
    case noOffset = "time without offset, and the profile names no time_zone"
    case skippedHour = "time does not exist: clocks went forward over it"
    case outsideYears = "time outside the years 1995 to 2044"
    case badNumber = "value is no number"
    case tooLarge = "value is too large"
    case unknownUnit = "unit is not known"
    case unknownQuality = "quality is not in quality_map"
    case badQuality = "quality says bad"
    case tooFewFields = "fewer fields than the header"
    case openQuote = "a quote is opened and never closed"
    case noTime = "no time of reading"
    case malformed = "not in the form of the format"
    case notInEncoding = "not in the profile's encoding"
    case otherRecord = "record of another type"
    case alarmRecord = "alarm or event, no reading"
    case equipmentRecord = "record of equipment, account or premise, no reading"
    case periodTotal = "total of a period beside its readings"
    case notWater = "commodity or medium that is not taken"
    case notTaken = "row that is no reading of consumption"
    case historyMismatch = "logged volumes exceed the current one"
    case tooManySeries = "more than 255 series of units and intervals in a file"
    case oldVersion = "an older version of a reading"
    case thinned = "within thin_seconds of the reading before"
}

/// Rejected rows: all are counted, the first ones of a file are kept.
struct Rejects {
    /// Kept of one file.
    static let mostKept = 1000
    /// Kept of one row. [bytes]
    static let longestText = 200

    var counts: [RejectReason: Int] = [:]
    var kept: [(line: Int, reason: RejectReason, text: String)] = []
    var total: Int { counts.values.reduce(0, +) }

    mutating func add(_ reason: RejectReason, line: Int, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
        counts[reason, default: 0] += 1
        guard kept.count < Self.mostKept else { return }
        var text: [UInt8] = []
        for at in start..<min(end, start + Self.longestText) { text.append(bytes[at]) }
        kept.append((line, reason, String(decoding: text, as: UTF8.self)))
    }

    /// Counts what is too frequent to be kept.
    mutating func count(_ reason: RejectReason) { counts[reason, default: 0] += 1 }

    mutating func add(_ later: Rejects) {
        counts.merge(later.counts, uniquingKeysWith: +)
        kept += later.kept.prefix(Self.mostKept - kept.count)
    }
}

/// What the numbers of a series are. A meter has one series or several: registers beside interval volumes, the high and the low
/// register of a compound meter, flow backwards.
struct SeriesKind: Hashable, Sendable {
    var kind: Profile.Kind
    var unit: ReadingUnit
    /// Length of an interval; 0 for registers. [s]
    var interval: Int
    /// The meter's own name of the register where it has several: `H`, `L`, `reverse`; empty where it has one.
    var register = ""
    /// The register starts again at 10^digits units.
    var digits: Int?

    init(_ kind: Profile.Kind, unit: ReadingUnit, interval: Int = 0, register: String = "", digits: Int? = nil) {
        self.kind = kind
        self.unit = unit
        self.interval = kind == .register ? 0 : interval
        self.register = register
        self.digits = digits
    }

    /// The series that a profile of one kind makes.
    init(_ profile: Profile, unit: ReadingUnit) {
        self.init(profile.kind, unit: unit, interval: profile.interval, digits: profile.registerDigits)
    }
}

/// One reading, with the numbers that its meter and its series have in the file.
struct ParsedReading {
    /// UTC; for intervals their end. [s]
    var time: Int
    /// Times 10^−decimals of the series' unit.
    var mantissa: Int
    var meter: Int32
    var series: UInt8
    /// Decimals in the lower half, quality (`Profile.Quality`) in the upper.
    var detail: UInt8
}

/// A reading's instant is one of two. UTC [s]
struct DeferredInstant: Sendable {
    /// Of the reading in its batch.
    var index: Int
    /// In summer time, in standard time.
    var first: Int, second: Int
}

/// Numbers that the meters and series of one parser have for another.
struct Numbers: Sendable {
    static let none: UInt8 = 255
    var meters: [Int32] = []
    var series: [UInt8] = []
}

/// What a piece of a file held.
///
/// Meters and series are numbered over the whole file in order of first appearance; a batch names those alone that are new in it.
struct ParsedExport {
    var newMeters: [String] = []
    var newSeries: [SeriesKind] = []
    /// In the file's order.
    var readings: [ParsedReading] = []
    /// Where the readings hold the numbers of a parser that saw but a piece of the file: what these are in the file.
    var numbers: Numbers?
    /// Readings in the hour that comes twice, whose instant is yet to be told by their meters' rows before them (`StampReader.settle`).
    var deferred: [DeferredInstant] = []
    var rejects = Rejects()
    /// Rows, without the header and blank lines.
    var rows = 0
    /// Fields that hold no value: empty, or a null word.
    var emptyValues = 0

    /// Numbers that a reading's meter and series have in the file.
    func numberInFile(_ reading: ParsedReading) -> (meter: Int32, series: UInt8) {
        guard let numbers else { return (reading.meter, reading.series) }
        return (numbers.meters[Int(reading.meter)], numbers.series[Int(reading.series)])
    }
}
