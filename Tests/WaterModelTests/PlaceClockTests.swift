// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterModel

@Suite("Clock of a place")
struct PlaceClockTests {
    static let rome = PlaceClock("Europe/Rome")

    @Test("Rome goes forward on 28 March 2021 at 01:00 UTC and back on 31 October at 01:00 UTC")
    func changes() throws {
        let rome = try #require(Self.rome)
        for (utc, shown) in [
            (Instant(year: 2021, month: 3, day: 28, hour: 0, minute: 59), "2021-03-28T01:59"),
            (Instant(year: 2021, month: 3, day: 28, hour: 1), "2021-03-28T03:00"),
            (Instant(year: 2021, month: 10, day: 31, hour: 0, minute: 59), "2021-10-31T02:59"),
            (Instant(year: 2021, month: 10, day: 31, hour: 1), "2021-10-31T02:00"),
        ] {
            #expect(rome.local(utc).description == shown)
        }
        #expect(rome.standardOffset(at: Instant(year: 2021, month: 7, day: 1)) == 3600)
    }

    @Test("a local time means no instant in the lost hour, two in the doubled one, and one else")
    func meanings() throws {
        let rome = try #require(Self.rome)
        #expect(rome.instants(local: Instant(year: 2021, month: 3, day: 28, hour: 2, minute: 30)).isEmpty)
        #expect(
            rome.first(local: Instant(year: 2021, month: 3, day: 28, hour: 2, minute: 30))
                == Instant(year: 2021, month: 3, day: 28, hour: 1))
        let twice = rome.instants(local: Instant(year: 2021, month: 10, day: 31, hour: 2, minute: 30))
        #expect(
            twice == [
                Instant(year: 2021, month: 10, day: 31, hour: 0, minute: 30), Instant(year: 2021, month: 10, day: 31, hour: 1, minute: 30),
            ])
        #expect(rome.instants(local: Instant(year: 2021, month: 7, day: 1, hour: 12)) == [Instant(year: 2021, month: 7, day: 1, hour: 10)])
    }

    @Test(
        "every hour of 2021 in four places comes back from its local time",
        arguments: ["Europe/Rome", "America/Lima", "America/New_York", "Asia/Seoul"])
    func thereAndBack(name: String) throws {
        let clock = try #require(PlaceClock(name))
        for hour in 0..<8760 {
            let utc = Instant(year: 2021, month: 1, day: 1) + hour * 3600
            #expect(clock.instants(local: clock.local(utc)).contains(utc))
        }
    }

    @Test("fixed offsets, and words that are none")
    func words() {
        #expect(PlaceClock("-05:00")?.offset(at: Instant(seconds: 0)) == -18_000)
        #expect(PlaceClock("UTC+5:30")?.offset(at: Instant(seconds: 0)) == 19_800)
        for text in ["", "Rome", "+25", "+1:5", "Europe/Nowhere", "UTC+"] { #expect(PlaceClock(text) == nil, "\(text)") }
    }
}
