// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing
import WaterLoss
import WaterModel

@Suite("Readings of flow")
struct FlowReadingsTests {
    static let start = Instant(year: 2026, month: 3, day: 2)

    @Test("a register gives the volume between its readings, over a rollover too; a fall is a gap")
    func register() {
        let readings: [(time: Instant, volume: Double?)] = [
            (Self.start, 9_990), (Self.start + 3600, 9_998), (Self.start + 9000, 4), (Self.start + 10_800, nil), (Self.start + 12_600, 10),
            (Self.start + 16_200, 2),
        ]
        let flows = FlowReadings.register(readings, modulus: 10_000)
        #expect(flows.spans.map { ($0.flow * Double($0.duration)).rounded() } == [8, 6, 6])
        #expect(flows.spans.map(\.duration) == [3600, 5400, 3600])
        #expect(FlowReadings.register(readings).spans.map { ($0.flow * Double($0.duration)).rounded() } == [8, 6])
        #expect(FlowReadings.register(readings).remarks.contains { $0.contains("fell 2 times") })
    }

    @Test("rates at uneven steps hold for the usual step, and no longer; order and duplicates do not matter, contradictions are gaps")
    func rates() {
        let times = [0, 900, 1800, 3600, 2700, 9000, 900, 1800]
        let flows: [Double?] = [1, 2, 3, 5, 4, 6, 2, 7]
        let rates = FlowReadings.rates(zip(times, flows).map { (Self.start + $0, $1) })
        #expect(rates.spans.map(\.flow) == [1, 2, 4, 5, 6], "the moment with the values 3 and 7 is left out")
        #expect(rates.spans.map(\.duration) == [900, 900, 900, 900, 900])
        let ends = FlowReadings.rates(zip(times, flows).map { (Self.start + $0, $1) }, stamp: .end)
        #expect(ends.spans.first?.start == Self.start.seconds - 900)
        let volumes = FlowReadings.volumes((0..<4).map { (Self.start + $0 * 900, 9) })
        #expect(volumes.spans.allSatisfy { $0.flow == 0.01 })
    }

    @Test("net inflow is known where all boundary meters are, at whatever steps they are read")
    func sum() {
        let quarter = FlowReadings.rates((0..<8).map { (Self.start + $0 * 900, Double($0)) })
        let hourly = FlowReadings.rates([(Self.start, 10), (Self.start + 3600, nil), (Self.start + 7200, 10)])
        let net = FlowReadings.sum([(hourly, 1), (quarter, -1)])
        #expect(net.spans.map(\.flow) == [10, 9, 8, 7])
    }

    /// Four weeks of hours with a day's shape, values to 0.01 l/s.
    private static func weeks(seed: UInt64) throws -> [Double?] {
        let random = try RandomNumbers(seed: seed)
        return (0..<28 * 24).map { hour in
            let use = InventedZone.shape[hour % 24] * 5 * (1 + 0.05 * random.normal()) + 3
            return (use * 100).rounded() / 100 * 1e-3
        }
    }

    private static func readings(_ values: [Double?]) -> FlowReadings { FlowReadings(TimeSeries(start: start, step: 3600, values: values)) }

    @Test("a cut supply, a meter that stands still and a wild value are told apart and left out; nothing else is")
    func faults() throws {
        var values = try Self.weeks(seed: 3)
        for hour in 100..<105 { values[hour] = 0 }
        for hour in 200..<212 { values[hour] = values[200] }
        values[300] = 0.08
        let (kept, faults) = Self.readings(values).screened()
        #expect(faults.map(\.kind) == [.outage, .stuck, .spike])
        #expect(faults.map(\.readings) == [5, 12, 1])
        #expect(faults.map { ($0.start - Self.start) / 3600 } == [100, 200, 300])
        #expect(kept.spans.count == values.count - 18)
    }

    @Test("healthy readings are let alone, and a leak that begins is no fault", arguments: 1...20)
    func healthy(seed: UInt64) throws {
        var values = try Self.weeks(seed: seed)
        for hour in 400..<values.count { values[hour] = values[hour].map { $0 + 4e-3 } }
        #expect(Self.readings(values).screened().faults.isEmpty)
    }

    @Test("a small zone whose pulses stand still at night is not called faulty")
    func pulses() throws {
        let random = try RandomNumbers(seed: 5)
        // Steps of 0.1 m³: mostly 0 at night, few by day.
        let values: [Double?] = (0..<28 * 24).map { hour in
            Double(random.poisson(mean: InventedZone.shape[hour % 24] < 0.45 ? 0.3 : 3)) * 0.1 / 3600
        }
        #expect(Self.readings(values).screened().faults.isEmpty)
    }
}

@Suite("Nights")
struct NightsTests {
    /// Hourly readings of local hours in Rome, from UTC midnight, the value the local hour of the day.
    static func hours(from start: Instant, days: Int, clock: PlaceClock) -> FlowReadings {
        FlowReadings.rates(
            (0..<days * 24).map { hour in
                let at = start + hour * 3600
                return (at, Double(clock.local(at).hourOfDay))
            })
    }

    @Test("the window is of the local clock: an hour less in spring, an hour more in autumn, the same hours all year")
    func clockChanges() throws {
        let rome = try #require(PlaceClock("Europe/Rome"))
        for (month, day, value) in [(3, 28, 3.0), (10, 31, (2 + 2 + 3) / 3.0)] {
            let readings = Self.hours(from: Instant(year: 2021, month: month, day: day) + -3 * 86_400, days: 6, clock: rome)
            let nights = readings.nights(clock: rome)
            for night in nights.dropLast() where night.flow != nil {
                let isChange = night.day == Instant(year: 2021, month: month, day: day)
                #expect(night.flow == (isChange ? value : 2.5), "\(night.day)")
                #expect(night.coverage == 1)
            }
            #expect(nights.contains { $0.day == Instant(year: 2021, month: month, day: day) && $0.flow != nil })
        }
        // A window that lies wholly in the lost hour is no night.
        let spring = Self.hours(from: Instant(year: 2021, month: 3, day: 26), days: 4, clock: rome)
        let lost = spring.nights(.window(2..<3), clock: rome).first { $0.day == Instant(year: 2021, month: 3, day: 28) }
        #expect(lost?.flow == nil && lost?.coverage == 0)
    }

    @Test("a night of which too much is missing is none")
    func gaps() {
        let start = Instant(year: 2026, month: 3, day: 2)
        // Quarters of an hour from 02:00 to 04:00; of the second night three of eight, of the third two of eight are missing.
        let values = (0..<3 * 96).map { index -> (Instant, Double?) in
            let day = index / 96, quarter = index % 96 - 8
            let isMissing = quarter >= 0 && quarter < (day == 1 ? 3 : (day == 2 ? 2 : 0))
            return (start + index * 900, isMissing ? nil : 1)
        }
        let nights = FlowReadings.rates(values).nights()
        #expect(nights.map(\.flow) == [1, nil, 1])
        #expect(nights.map(\.coverage) == [1, 0.625, 0.75])
    }

    @Test("least hour and low quantile of a day with one low hour that straddles the clock's hours")
    func measures() {
        let start = Instant(year: 2026, month: 3, day: 2)
        let values = (0..<96).map { index in (start + index * 900, (10..<14).contains(index) ? 1.0 : 2.0) }
        let readings = FlowReadings.rates(values)
        #expect(readings.nights(.movingHour(within: 0..<6)).map(\.flow) == [1])
        #expect(readings.nights(.window(2..<4)).map(\.flow) == [1.5])
        // Four of 96 readings are low: the twentieth part lies among the others.
        #expect(readings.nights(.dayQuantile(0.05)).map(\.flow) == [2])
        #expect(readings.nights(.dayQuantile(0.02)).map(\.flow) == [1])
    }

    @Test("readings of two hours, or more rarely, carry no night")
    func tooRare() {
        let start = Instant(year: 2026, month: 3, day: 2)
        let readings = FlowReadings.register((0..<60).map { (start + $0 * 7200, Double($0)) })
        #expect(readings.nights().allSatisfy { $0.flow == nil })
        #expect(throws: NightFlowError.stepTooLong(seconds: 7200)) {
            try ZoneNightFlow.analyse(zone: Zone(id: "Z", name: "Z", connections: 10), inflow: readings)
        }
    }

    @Test("the lowest nights lie below the level by as much as order statistics say, in 9 of 10 cases or more within their interval")
    func aggregates() throws {
        let random = try RandomNumbers(seed: 2)
        var lowestInside = 0, levelInside = 0
        for _ in 0..<300 {
            let nights = (0..<60).map { _ in 10 + random.normal() }
            let level = try #require(NightAggregate.level.estimate(nights))
            let lowest = try #require(NightAggregate.lowest(5).estimate(nights))
            levelInside += level.low95 < 10 && 10 < level.high95 ? 1 : 0
            // Mean of the lowest twelfth of a normal variable lies 1.84 σ below its mean.
            lowestInside += lowest.low95 < 8.16 && 8.16 < lowest.high95 ? 1 : 0
        }
        // Independent nights are taken as a little dependent: more than 95 % of levels.
        #expect(levelInside >= 280, "\(levelInside)")
        #expect(lowestInside >= 265, "\(lowestInside)")
        #expect(NightAggregate.lowest(5).estimate([1, 2, 3]) == nil && NightAggregate.level.estimate([1, 2]) == nil)
    }
}
