// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterModel

@testable import Metering

@Suite("numbers, stamps and clocks in bytes")
struct ParsingTests {
    private func number(_ text: String, mark: UInt8 = 46, thousands: UInt8? = nil) -> DecimalText.Outcome {
        let bytes = Array(text.utf8)
        return DecimalText.read(bytes.span, 0, bytes.count, mark: mark, thousands: thousands)
    }

    @Test(
        "decimal numbers are read exactly",
        arguments: [
            ("0", 0, 0), ("12.340", 1234, 2), ("-7", -7, 0), ("+0.5", 5, 1), ("1e+05", 100_000, 0), ("2E3", 2000, 0), ("1.5e-3", 15, 4),
            ("00123", 123, 0), ("0.30000000000000004", 3, 1), ("12345678.901", 12_345_678_901, 3), (".5", 5, 1), ("5.", 5, 0),
            ("1.00000005", 10_000_001, 7),
        ])
    func decimals(_ text: String, _ mantissa: Int, _ decimals: Int) {
        #expect(number(text) == .number(DecimalText(mantissa: mantissa, decimals: decimals)))
    }

    @Test(
        "what is no number is not taken for one",
        arguments: ["", "-", "abc", "1.2.3", "0x10", "nan", "inf", "1e", "1,5", "12 3", "e5", "--1"])
    func noNumbers(_ text: String) { #expect(number(text) == .notANumber) }

    @Test("a number beyond any register is told", arguments: ["1e11", "123456789012345678901", "1e99", "-1e11"])
    func large(_ text: String) { #expect(number(text) == .tooLarge) }

    @Test("decimal comma and thousands marks")
    func marks() {
        #expect(number("1.234,5", mark: 44, thousands: 46) == .number(DecimalText(mantissa: 12345, decimals: 1)))
        #expect(number("1,234", thousands: 44) == .number(DecimalText(mantissa: 1234, decimals: 0)))
    }

    private func stamp(_ text: String, _ format: String = "iso8601") throws -> (local: Int, offset: Int?)? {
        let bytes = Array(text.utf8)
        return try TimeFormat.parse(format).get().read(bytes.span, 0, bytes.count).map { ($0.local, $0.offset) }
    }

    @Test(
        "stamps of many makers mean one moment",
        arguments: [
            ("2026-06-01T13:05:00", "iso8601"), ("2026-06-01 13:05", "iso8601"), ("2026-06-01T13:05:00.000", "iso8601"),
            ("01.06.2026 13:05", "dd.MM.yyyy HH:mm"),
            ("6/1/2026 1:05:00 PM", "M/d/yyyy h:mm:ss a"), ("01-Jun-26 13:05:00", "dd-MMM-yy HH:mm:ss"),
            ("20260601T1305", "yyyyMMdd'T'HHmm"),
        ])
    func stamps(_ text: String, _ format: String) throws {
        #expect(try stamp(text, format)?.local == Instant(year: 2026, month: 6, day: 1, hour: 13, minute: 5).seconds)
    }

    @Test(
        "offsets in the stamp",
        arguments: [("2026-06-01T01:00:00+02:00", 7200), ("2026-06-01T01:00Z", 0), ("2026-06-01T01:00-0530", -19_800)])
    func offsets(_ text: String, _ offset: Int) throws { #expect(try stamp(text)?.offset == offset) }

    @Test(
        "days that the calendar lacks and cut stamps are refused",
        arguments: [
            "2026-02-29T00:00", "2026-13-01T00:00", "2026-06-31", "2026-06-01T25:00", "2026-06-01T10:6", "2026-06-01T10", "", "2026-6-1",
            "2026-06-01T10:00:00+2",
        ])
    func badStamps(_ text: String) throws { #expect(try stamp(text) == nil) }

    @Test(
        "time formats that cannot tell a day are refused",
        arguments: ["HH:mm", "yyyy-MM HH:mm", "yyyy-MM-dd hh:mm", "yyyy-MM-dd QQ", "yyyy-MM-dd yy"])
    func badFormats(_ text: String) { #expect(throws: TimeFormat.Reason.self) { try TimeFormat.parse(text).get() } }

    @Test("clocks in Rome: an hour twice on 31 October 2021, an hour missing on 28 March 2021")
    func rome() throws {
        let clock = try #require(LocalClock("Europe/Rome"))
        #expect(clock.standardOffset == 3600)
        var hint = 0
        func local(_ month: Int, _ day: Int, _ hour: Int) -> Int { Instant(year: 2021, month: month, day: day, hour: hour).seconds }
        #expect(clock.meaning(local(10, 31, 1), hint: &hint) == .one(local(10, 31, 1) - 7200))
        #expect(clock.meaning(local(10, 31, 2), hint: &hint) == .two(local(10, 31, 2) - 7200, local(10, 31, 2) - 3600))
        #expect(clock.meaning(local(10, 31, 3), hint: &hint) == .one(local(10, 31, 3) - 3600))
        #expect(clock.meaning(local(3, 28, 1), hint: &hint) == .one(local(3, 28, 1) - 3600))
        #expect(clock.meaning(local(3, 28, 2), hint: &hint) == .none)
        #expect(clock.meaning(local(3, 28, 3), hint: &hint) == .one(local(3, 28, 3) - 7200))
    }

    @Test(
        "fixed offsets",
        arguments: [("-05:00", -18_000), ("UTC", 0), ("UTC+01:00", 3600), ("+0530", nil), ("Nowhere/City", nil), ("+25:00", nil)])
    func fixed(_ name: String, _ offset: Int?) { #expect(LocalClock(name)?.standardOffset == offset) }
}
