// SPDX-License-Identifier: GPL-3.0-or-later

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
}

/// Readings of one file as columns of numbers, in the file's order.
struct ParsedExport {
    /// Names of meters, by index.
    var meters: [String] = []
    /// Units, by index.
    var units: [ReadingUnit] = []
    var meter: [Int32] = []
    var unit: [UInt8] = []
    /// UTC; for intervals their end. [s]
    var time: [Int] = []
    /// Mantissa.
    var value: [Int] = []
    /// Decimals in the lower half, quality in the upper.
    var detail: [UInt8] = []
    var rejects = Rejects()
    /// Rows, without the header and blank lines.
    var rows = 0
    /// Fields that hold no value: empty, or a null word.
    var emptyValues = 0

    var count: Int { time.count }

    mutating func reserve(_ count: Int) {
        meter.reserveCapacity(count)
        unit.reserveCapacity(count)
        time.reserveCapacity(count)
        value.reserveCapacity(count)
        detail.reserveCapacity(count)
    }

    mutating func append(meter: Int, unit: UInt8, time: Int, value: DecimalText, quality: UInt8) {
        self.meter.append(Int32(truncatingIfNeeded: meter))
        self.unit.append(unit)
        self.time.append(time)
        self.value.append(value.mantissa)
        detail.append(UInt8(truncatingIfNeeded: value.decimals) | quality << 4)
    }
}
