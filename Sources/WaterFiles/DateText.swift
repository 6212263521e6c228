// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Dates and times as people and instruments write them: `2026-03-02T00:00:00+01:00`, `02/03/2026 00:00`, `01-Jun-26 00:00:00`.
enum DateText {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// First and second figure of a date whose year stands last; nil for other dates.
    static func figures(_ text: String) -> (Int, Int)? {
        let parts = dateParts(text)
        guard parts.count == 3, parts[0].count <= 2, let first = Int(parts[0]), let second = Int(parts[1]) else { return nil }
        return (first, second)
    }

    /// Seconds of the clock as written, and its offset from UTC where one is written; nil for anything else. [s]
    static func parse(_ text: String, order: FlowTable.DateOrder) -> (seconds: Int, offset: Int?)? {
        let parts = dateParts(text)
        guard parts.count == 3 else { return nil }
        let year: Int, month: Int, day: Int
        if parts[0].count == 4 {
            guard let y = Int(parts[0]), let m = monthNumber(parts[1]), let d = Int(parts[2]) else { return nil }
            (year, month, day) = (y, m, d)
        } else if Int(parts[1]) == nil || order != .mdy {
            guard let d = Int(parts[0]), let m = monthNumber(parts[1]), let y = yearNumber(parts[2]) else { return nil }
            (year, month, day) = (y, m, d)
        } else {
            guard let m = monthNumber(parts[0]), let d = Int(parts[1]), let y = yearNumber(parts[2]) else { return nil }
            (year, month, day) = (y, m, d)
        }
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= TimestampBytes.days(of: month, in: year) else {
            return nil
        }
        guard let time = time(rest(text)) else { return nil }
        let midnight = Instant(year: year, month: month, day: day).seconds
        return (midnight + time.seconds, time.offset)
    }

    /// The date, up to the blank or the T before the time.
    private static func date(_ text: String) -> Substring {
        let first = text.prefix { $0 != " " }
        if let mark = first.firstIndex(of: "T"), mark > first.startIndex, first[first.index(before: mark)].isNumber,
            first[first.index(after: mark)...].first?.isNumber == true
        {
            return first[..<mark]
        }
        return first
    }

    private static func dateParts(_ text: String) -> [Substring] {
        date(text).split(omittingEmptySubsequences: false) { "/.-".contains($0) }
    }

    private static func rest(_ text: String) -> Substring { text[date(text).endIndex...].drop { $0 == " " || $0 == "T" } }

    private static func monthNumber(_ text: Substring) -> Int? {
        if let number = Int(text) { return number }
        return months.firstIndex(of: String(text.lowercased().prefix(3))).map { $0 + 1 }
    }

    private static func yearNumber(_ text: Substring) -> Int? {
        guard let number = Int(text), number >= 0 else { return nil }
        return text.count == 2 ? 2000 + number : (text.count == 4 ? number : nil)
    }

    /// `00:00`, `00:00:00`, `00:00:00.000`, `1:00 PM`, each with `Z` or an offset; nothing is midnight.
    private static func time(_ text: Substring) -> (seconds: Int, offset: Int?)? {
        if text.isEmpty { return (0, nil) }
        var clock = text
        var offset: Int?
        var half: Int?
        if clock.hasSuffix("Z") {
            offset = 0
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let digits = clock[clock.index(after: sign)...].filter { $0 != ":" }
            guard digits.count == 2 || digits.count == 4, let number = Int(digits) else { return nil }
            let (hours, minutes) = digits.count == 2 ? (number, 0) : (number / 100, number % 100)
            guard hours <= 14, minutes < 60 else { return nil }
            offset = (clock[sign] == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
            clock = clock[..<sign]
        }
        let upper = clock.uppercased()
        if upper.hasSuffix("AM") || upper.hasSuffix("PM") {
            half = upper.hasSuffix("PM") ? 12 : 0
            clock = clock.dropLast(2)
        }
        let parts = clock.filter { $0 != " " }.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, var hour = Int(parts[0]), let minute = Int(parts[1]) else { return nil }
        let second = parts.count == 3 ? Int(parts[2].prefix { $0 != "." }) : 0
        if let half {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + half
        }
        guard let second, (0...24).contains(hour), (0..<60).contains(minute), (0...60).contains(second), hour < 24 || minute + second == 0
        else { return nil }
        return (hour * 3600 + minute * 60 + second, offset)
    }
}
