// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// How an export writes its instants, made ready for reading bytes.
public enum TimeFormat: Sendable {
    /// `2026-06-01T00:00:00+02:00`, `2026-06-01 00:00`, `2026-06-01T00:00:00.000Z`, `2026-06-01`.
    case iso8601
    /// Seconds since 1970-01-01T00:00Z, with this many decimals of which the file leaves out the mark: 3 for milliseconds.
    case epoch(decimals: Int)
    case pattern([Part])

    public enum Part: Sendable, Hashable {
        case year4, year2, month, monthName, day, hour24, hour12, minute, second, half
        case literal(UInt8)
    }

    /// - pattern: `iso8601`, `epoch`, `epoch_ms`, or letters as in `yyyy-MM-dd HH:mm`; text in apostrophes stands for itself.
    /// Fails with the reason where a part is unknown, twice or missing.
    public static func parse(_ text: String) -> Result<TimeFormat, Reason> {
        if text == "iso8601" { return .success(.iso8601) }
        if text == "epoch" { return .success(.epoch(decimals: 0)) }
        if text == "epoch_ms" { return .success(.epoch(decimals: 3)) }
        var parts: [Part] = []
        let bytes = Array(text.utf8)
        var i = 0
        while i < bytes.count {
            let byte = bytes[i]
            if byte == 39 {
                i += 1
                while i < bytes.count, bytes[i] != 39 { parts.append(.literal(bytes[i])); i += 1 }
                i += 1
                continue
            }
            guard (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) else { parts.append(.literal(byte)); i += 1; continue }
            var end = i
            while end < bytes.count, bytes[end] == byte { end += 1 }
            let word = String(decoding: bytes[i..<end], as: UTF8.self)
            switch word {
            case "yyyy": parts.append(.year4)
            case "yy": parts.append(.year2)
            case "MM", "M": parts.append(.month)
            case "MMM": parts.append(.monthName)
            case "dd", "d": parts.append(.day)
            case "HH", "H": parts.append(.hour24)
            case "hh", "h": parts.append(.hour12)
            case "mm", "m": parts.append(.minute)
            case "ss", "s": parts.append(.second)
            case "a": parts.append(.half)
            case "T": parts.append(.literal(84))
            default: return .failure(Reason(text: "'\(word)' is no part of a time"))
            }
            i = end
        }
        let fields = parts.filter { if case .literal = $0 { false } else { true } }
        guard Set(fields).count == fields.count else { return .failure(Reason(text: "a part stands twice")) }
        for (one, other) in [(Part.year4, Part.year2), (.month, .monthName), (.hour24, .hour12)]
        where fields.contains(one) && fields.contains(other) {
            return .failure(Reason(text: "a part stands twice"))
        }
        // A year alone, or a year and a month, are their first day.
        let hasMonth = fields.contains(.month) || fields.contains(.monthName)
        guard fields.contains(.year4) || fields.contains(.year2), hasMonth || !fields.contains(.day),
            fields.contains(.day) || !fields.contains(where: { [Part.hour24, .hour12, .minute, .second].contains($0) })
        else {
            return .failure(Reason(text: "year, month or day is missing"))
        }
        guard fields.contains(.hour12) == fields.contains(.half) else { return .failure(Reason(text: "'hh' and 'a' go together")) }
        return .success(.pattern(parts))
    }

    public struct Reason: Error, Sendable { public var text: String }
}

/// An instant read from a field: wall-clock seconds, with the offset from UTC where the field has one.
struct StampText {
    /// [s]
    var local: Int
    /// [s]
    var offset: Int?
}

extension TimeFormat {
    /// nil where the bytes are not of this format or no date of the calendar.
    func read(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> StampText? {
        switch self {
        case .iso8601: Self.readISO(bytes, start, end)
        case .epoch(let decimals): Self.readEpoch(bytes, start, end, decimals)
        case .pattern(let parts): Self.read(parts, bytes, start, end)
        }
    }

    @inline(__always)
    private static func two(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        let a = Int(bytes[at]) - 48, b = Int(bytes[at + 1]) - 48
        return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -10_000
    }

    static func seconds(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int) -> Int? {
        guard month >= 1, month <= 12, day >= 1, day <= 31, hour >= 0, hour <= 24, minute >= 0, minute < 60, second >= 0, second <= 60
        else { return nil }
        if hour == 24, minute != 0 || second != 0 { return nil }
        if day > 28 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length = month == 2 ? (leap ? 29 : 28) : (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31)
            guard day <= length else { return nil }
        }
        return Instant(year: year, month: month, day: day, hour: hour, minute: minute, second: second).seconds
    }

    private static func readEpoch(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ decimals: Int) -> StampText? {
        var at = start, value = 0
        while at < end, bytes[at] >= 48, bytes[at] <= 57, at - start < 16 {
            value = value * 10 + Int(bytes[at]) - 48
            at += 1
        }
        guard at > start else { return nil }
        if at < end {
            // A fraction of a second is passed over.
            guard bytes[at] == 46, decimals == 0 else { return nil }
            at += 1
            while at < end, bytes[at] >= 48, bytes[at] <= 57 { at += 1 }
        }
        return at == end ? StampText(local: value / DecimalText.powers[decimals], offset: 0) : nil
    }

    private static func readISO(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> StampText? {
        guard end - start >= 10, bytes[start + 4] == 45, bytes[start + 7] == 45 else { return nil }
        let year = two(bytes, start) * 100 + two(bytes, start + 2)
        guard year >= 0 else { return nil }
        let month = two(bytes, start + 5), day = two(bytes, start + 8)
        var at = start + 10
        guard at < end else { return seconds(year, month, day, 0, 0, 0).map { StampText(local: $0, offset: nil) } }
        guard bytes[at] == 84 || bytes[at] == 32 || bytes[at] == 116, end - at >= 6, bytes[at + 3] == 58 else { return nil }
        let hour = two(bytes, at + 1), minute = two(bytes, at + 4)
        var second = 0
        at += 6
        if at < end, bytes[at] == 58 {
            guard end - at >= 3 else { return nil }
            second = two(bytes, at + 1)
            at += 3
            if at < end, bytes[at] == 46 || bytes[at] == 44 {
                at += 1
                let first = at
                while at < end, bytes[at] >= 48, bytes[at] <= 57 { at += 1 }
                guard at > first else { return nil }
            }
        }
        guard let local = seconds(year, month, day, hour, minute, second) else { return nil }
        guard at < end else { return StampText(local: local, offset: nil) }
        if bytes[at] == 90, at + 1 == end { return StampText(local: local, offset: 0) }
        guard bytes[at] == 43 || bytes[at] == 45, end - at >= 3 else { return nil }
        let sign = bytes[at] == 45 ? -1 : 1
        let hours = two(bytes, at + 1)
        var minutes = 0
        at += 3
        if at < end {
            if bytes[at] == 58 { at += 1 }
            guard end - at == 2 else { return nil }
            minutes = two(bytes, at)
        }
        guard hours >= 0, hours <= 14, minutes >= 0, minutes < 60 else { return nil }
        return StampText(local: local, offset: sign * (hours * 3600 + minutes * 60))
    }

    private static func read(_ parts: [Part], _ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> StampText? {
        var at = start
        var year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, half = -1
        /// One or two digits.
        func number(_ most: Int) -> Int {
            var value = 0, count = 0
            while at < end, count < most, bytes[at] >= 48, bytes[at] <= 57 {
                value = value * 10 + Int(bytes[at]) - 48
                at += 1
                count += 1
            }
            return count == 0 ? -1 : value
        }
        for part in parts {
            switch part {
            case .literal(let byte):
                guard at < end, bytes[at] == byte else { return nil }
                at += 1
            case .year4: year = number(4)
            case .year2: year = 2000 + number(2)
            case .month: month = number(2)
            case .day: day = number(2)
            case .hour24: hour = number(2)
            case .hour12:
                hour = number(2)
                guard (1...12).contains(hour) else { return nil }
            case .minute: minute = number(2)
            case .second: second = number(2)
            case .half:
                guard end - at >= 2, bytes[at + 1] | 32 == 109 else { return nil }
                half = bytes[at] | 32 == 112 ? 1 : (bytes[at] | 32 == 97 ? 0 : -1)
                guard half >= 0 else { return nil }
                at += 2
            case .monthName:
                guard end - at >= 3, let found = monthNumber(bytes[at], bytes[at + 1], bytes[at + 2]) else { return nil }
                month = found
                at += 3
            }
        }
        guard at == end, year > 0 else { return nil }
        if half >= 0 { hour = hour % 12 + 12 * half }
        return seconds(year, month, day, hour, minute, second).map { StampText(local: $0, offset: nil) }
    }

    private static let monthNames: [[UInt8]] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ].map { Array($0.utf8) }

    private static func monthNumber(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Int? {
        monthNames.firstIndex(of: [a | 32, b | 32, c | 32]).map { $0 + 1 }
    }
}
