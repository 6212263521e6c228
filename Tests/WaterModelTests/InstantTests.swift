// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import WaterModel

@Suite("moments and the calendar")
struct InstantTests {
    static let known: [(year: Int, month: Int, day: Int, seconds: Int)] = [
        // `date -u -d … +%s`, GNU coreutils.
        (1970, 1, 1, 0), (2000, 2, 29, 951_782_400), (2026, 3, 2, 1_772_409_600), (1900, 3, 1, -2_203_891_200),
        (1582, 10, 15, -12_219_292_800),
        (2100, 3, 1, 4_107_542_400), (2400, 2, 29, 13_574_563_200), (1, 1, 1, -62_135_596_800),
    ]

    @Test("days of known seconds", arguments: known)
    func knownDays(year: Int, month: Int, day: Int, seconds: Int) {
        let instant = Instant(year: year, month: month, day: day)
        #expect(instant.seconds == seconds)
        let calendar = instant.calendar
        #expect(calendar.year == year && calendar.month == month && calendar.day == day)
    }

    @Test("every day of 1600 to 2400 comes back, follows the day before, and is the next weekday")
    func roundTrip() {
        let first = Instant(year: 1600, month: 1, day: 1)
        let days = 292_194  // 800 Gregorian years: 2 × 146 097 days
        #expect(first + days * 86_400 == Instant(year: 2400, month: 1, day: 1))
        #expect(first.weekday == 5)  // a Saturday
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var expected = (year: 1600, month: 1, day: 1)
        var failures = 0
        for offset in 0..<days {
            let instant = first + offset * 86_400 + 86_399
            let c = instant.calendar
            if (c.year, c.month, c.day) != (expected.year, expected.month, expected.day) || (c.hour, c.minute, c.second) != (23, 59, 59) {
                failures += 1
            }
            if instant.weekday != (5 + offset) % 7 { failures += 1 }
            if Instant(year: c.year, month: c.month, day: c.day, hour: c.hour, minute: c.minute, second: c.second) != instant {
                failures += 1
            }
            let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
            expected.day += 1
            if expected.day > lengths[expected.month - 1] + (isLeap && expected.month == 2 ? 1 : 0) {
                expected = (expected.year, expected.month + 1, 1)
            }
            if expected.month > 12 { expected = (expected.year + 1, 1, 1) }
        }
        #expect(failures == 0)
    }

    @Test("weekdays: Monday is 0, before 1970 as after")
    func weekday() {
        #expect(Instant(year: 2026, month: 3, day: 2).weekday == 0)
        #expect(Instant(year: 1970, month: 1, day: 1).weekday == 3)
        #expect(Instant(year: 1969, month: 12, day: 28).weekday == 6)
        #expect(Instant(seconds: -1).weekday == 2)
    }

    @Test("written as ISO 8601, seconds only where they are not zero")
    func description() {
        #expect(Instant(year: 2026, month: 3, day: 2).description == "2026-03-02T00:00")
        #expect(Instant(year: 2026, month: 11, day: 30, hour: 23, minute: 9, second: 5).description == "2026-11-30T23:09:05")
        #expect(Instant(seconds: -1).description == "1969-12-31T23:59:59")
        #expect(Instant(year: 987, month: 1, day: 1).description == "0987-01-01T00:00")
    }

    @Test("moments add and subtract in seconds, and are ordered")
    func arithmetic() {
        let midnight = Instant(year: 2026, month: 3, day: 2)
        #expect((midnight + 5 * 3600 + 59).hourOfDay == 5)
        #expect(Instant(year: 2026, month: 3, day: 3) - midnight == 86_400)
        #expect(midnight < midnight + 1)
    }
}

@Suite("series")
struct TimeSeriesTests {
    let series = TimeSeries(start: Instant(seconds: 7200), step: 3600, values: [1, nil, 3])

    @Test("a moment has the value of the step that holds it; gaps and the outside have none")
    func value() {
        #expect(series.value(at: Instant(seconds: 7200)) == 1 && series.value(at: Instant(seconds: 10_799)) == 1)
        #expect(series.value(at: Instant(seconds: 10_800)) == nil && series.value(at: Instant(seconds: 14_400)) == 3)
        #expect(series.value(at: Instant(seconds: 7199)) == nil && series.value(at: series.end) == nil)
        #expect(TimeSeries(start: Instant(seconds: 0), step: 0, values: [1]).value(at: Instant(seconds: 0)) == nil)
    }

    @Test("mean and completeness are those of what was read")
    func mean() {
        #expect(series.mean == 2 && series.completeness == 2.0 / 3)
        let empty = TimeSeries(start: Instant(seconds: 0), step: 60, values: [])
        #expect(empty.mean == nil && empty.completeness == 0)
    }
}
