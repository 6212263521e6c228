// SPDX-License-Identifier: GPL-3.0-or-later

/// A moment, in whole seconds. Meter readings use UTC; series of a model or of a zone use the place's own clock without
/// changes, and say so where they are read.
public struct Instant: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00. [s]
    public var seconds: Int

    public init(seconds: Int) { self.seconds = seconds }

    /// Proleptic Gregorian calendar (days-from-civil algorithm, H. Hinnant, 2013).
    public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        seconds = (era * 146_097 + dayOfEra - 719_468) * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// Year, month (1–12), day (1–31), hour, minute, second.
    public var calendar: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        let days = Int((Double(seconds) / 86_400).rounded(.down))
        let rest = seconds - days * 86_400
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        let month = mp < 10 ? mp + 3 : mp - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * mp + 2) / 5 + 1, rest / 3600, rest % 3600 / 60, rest % 60)
    }

    /// Hour of the day, 0–23.
    public var hourOfDay: Int { calendar.hour }

    /// 0 Monday … 6 Sunday.
    public var weekday: Int {
        let days = Int((Double(seconds) / 86_400).rounded(.down))
        return ((days + 3) % 7 + 7) % 7
    }

    /// `2026-03-02T00:00`, with seconds only where they are not zero.
    public var description: String {
        let c = calendar
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        let year = (c.year < 0 ? "-" : "") + String(repeating: "0", count: max(0, 4 - "\(abs(c.year))".count)) + "\(abs(c.year))"
        let minute = "\(year)-\(two(c.month))-\(two(c.day))T\(two(c.hour)):\(two(c.minute))"
        return c.second == 0 ? minute : minute + ":" + two(c.second)
    }

    public static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
    public static func + (left: Self, right: Int) -> Self { Instant(seconds: left.seconds + right) }
    public static func - (left: Self, right: Self) -> Int { left.seconds - right.seconds }
}
