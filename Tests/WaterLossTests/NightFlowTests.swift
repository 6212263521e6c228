// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import Testing
import WaterLoss
import WaterModel

/// A zone with known use and leakage, hourly for some weeks.
struct InventedZone {
    static let start = Instant(year: 2026, month: 3, day: 2)
    /// Use of a connection over its mean, hour by hour.
    static let shape: [Double] = [
        0.4, 0.3, 0.25, 0.25, 0.4, 0.9, 1.5, 1.8, 1.6, 1.3, 1.2, 1.2, 1.3, 1.2, 1.1, 1.0, 1.1, 1.3, 1.5, 1.4, 1.1, 0.8, 0.6, 0.5,
    ]
    var zone = Zone(id: "Z1", name: "Centro", connections: 1_000, mainsLength: 12_000)
    /// [m³/s]
    var meanUse = 5e-3
    var leak = 3e-3
    var days = 28
    var noise = 0.02
    var seed: UInt64 = 7
    /// Day on which a further leak starts.
    var burst: (day: Int, flow: Double)?
    /// Share of hours without a reading.
    var gaps = 0.0
    var under = 0.05

    var truths: [Double] { Self.shape.map { $0 * meanUse / (Self.shape.reduce(0, +) / 24) } }

    func inflow() throws -> TimeSeries {
        let random = try RandomNumbers(seed: seed)
        let truths = truths
        let values: [Double?] = (0..<days * 24).map { index in
            let extra = burst.map { index >= $0.day * 24 ? $0.flow : 0 } ?? 0
            let value = truths[index % 24] * (1 + noise * random.normal()) + leak + extra
            return random.uniform() < gaps ? nil : value
        }
        return TimeSeries(start: Self.start, step: 3600, values: values)
    }

    /// Readings of `meters` of the zone's connections, of which `reporting` come in.
    func consumption(meters: Int, reporting: Int) -> ZoneConsumption {
        let truths = truths, share = Double(reporting) / Double(zone.connections ?? 1)
        let values: [Double?] = (0..<days * 24).map { truths[$0 % 24] * 3600 * share * (1 - under) }
        return ZoneConsumption(
            zone: zone.id, hourly: TimeSeries(start: Self.start, step: 3600, values: values),
            metersReporting: [Int](repeating: reporting, count: days * 24))
    }
}

@Suite("Minimum night flow")
struct NightFlowTests {
    @Test("night flow is use at 02–04 h and leakage, and its interval holds both")
    func planted() throws {
        let town = InventedZone()
        let night = try ZoneNightFlow.analyse(zone: town.zone, inflow: try town.inflow())
        let truth = (town.truths[2] + town.truths[3]) / 2 + town.leak
        #expect(night.nights == 28)
        #expect(truth > night.minimumNightFlow.low95 && truth < night.minimumNightFlow.high95)
        // 1,000 connections at 1.9 l/h.
        #expect(agrees(night.legitimateNightUse.value, 1.9 / 3600, relative: 1e-9))
        #expect(night.dailyLeakage.value > 0)
        #expect(agrees(night.varianceShares.map(\.share).reduce(0, +), 1, relative: 1e-9))
    }

    @Test("with customers' readings the leakage comes out within its interval")
    func withReadings() throws {
        let town = InventedZone()
        let night = try ZoneNightFlow.analyse(
            zone: town.zone, inflow: try town.inflow(), consumption: town.consumption(meters: 900, reporting: 900))
        #expect(night.nightLeakage.low95 < town.leak && town.leak < night.nightLeakage.high95)
        // 2 % of inflow, 5 % of meters and 60 % of the use of a tenth: a tenth of the leak is plenty.
        #expect(abs(night.nightLeakage.value - town.leak) < 0.1 * town.leak)
        #expect(night.notes.contains { $0.contains("customers' readings") })
    }

    @Test("a leak of 5 % of the mean flow that starts in the record moves the last nights by its size")
    func burst() throws {
        var town = InventedZone()
        let size = 0.05 * (town.meanUse + town.leak)
        town.burst = (21, size)
        let night = try ZoneNightFlow.analyse(zone: town.zone, inflow: try town.inflow())
        let shift = try #require(night.recentShift)
        #expect(shift.low95 < size && size < shift.high95)
        #expect(shift.low95 > 0, "it is seen")
        // A quarter of the nights have it: so the mean level rises by a quarter of it.
        let before = try ZoneNightFlow.analyse(zone: town.zone, inflow: try InventedZone().inflow())
        let rise = night.minimumNightFlow.value - before.minimumNightFlow.value
        // One night in 28 either way, by the running median.
        #expect(abs(rise - size / 4) < size / 28)
    }

    @Test("one odd night does not move the level")
    func oddNight() throws {
        let town = InventedZone()
        var series = try town.inflow()
        let clean = try ZoneNightFlow.analyse(zone: town.zone, inflow: series)
        for hour in 2..<4 { series.values[10 * 24 + hour] = 0.05 }
        let fouled = try ZoneNightFlow.analyse(zone: town.zone, inflow: series)
        #expect(abs(fouled.minimumNightFlow.value - clean.minimumNightFlow.value) < 0.01 * clean.minimumNightFlow.value)
    }

    @Test("gaps stay gaps: nights with too few readings do not count, and too few nights are no result")
    func gaps() throws {
        var town = InventedZone()
        town.gaps = 0.3
        let night = try ZoneNightFlow.analyse(zone: town.zone, inflow: try town.inflow())
        #expect(night.nights < 28)
        #expect(night.nightly.count == 28)
        #expect(night.nightly.count { $0.flow == nil } == 28 - night.nights)
        var series = try town.inflow()
        for index in series.values.indices where index % 24 == 2 { series.values[index] = nil }
        #expect(throws: NightFlowError.tooFewNights(found: 0, needed: 3)) {
            try ZoneNightFlow.analyse(zone: town.zone, inflow: series)
        }
        #expect(throws: NightFlowError.stepTooLong(seconds: 86_400)) {
            try ZoneNightFlow.analyse(zone: town.zone, inflow: TimeSeries(start: InventedZone.start, step: 86_400, values: [1]))
        }
    }

    @Test("constant pressure: 24 h a day; pressure halved by day at N1 = 1: 18 h")
    func nightDayFactor() {
        #expect(agrees(NightDayFactor.value(pressures: Array(repeating: 40, count: 24), night: 40, exponent: 1.3), 24, relative: 1e-12))
        let day = (0..<24).map { $0 < 12 ? 40.0 : 20.0 }
        #expect(agrees(NightDayFactor.value(pressures: day, night: 40, exponent: 1), 18, relative: 1e-12))
        #expect(agrees(NightDayFactor.value(pressures: day, night: 40, exponent: 0.5), 12 + 12 * 0.5.squareRoot(), relative: 1e-12))
    }

    @Test("pressures of the zone take the place of the assumed factor")
    func pressures() throws {
        let town = InventedZone()
        let pressure = TimeSeries(
            start: InventedZone.start, step: 3600, values: (0..<48).map { $0 % 24 < 6 ? 40.0 : 30.0 })
        let night = try ZoneNightFlow.analyse(zone: town.zone, inflow: try town.inflow(), pressure: .series(pressure))
        #expect(agrees(night.nightDayFactor.value, 6 + 18 * 0.75, relative: 1e-9))
        // d/dN1 of 18·0.75^N1 at 1, times 0.5.
        #expect(agrees(night.nightDayFactor.margin95, 18 * 0.75 * 0.28768207245178 * 0.5, relative: 1e-9))
    }
}

@Suite("Components of real losses")
struct ComponentTests {
    @Test("leak ratio at four fifths of the pressure", arguments: [(0.5, 0.894), (1, 0.8), (1.5, 0.716), (2, 0.64), (2.5, 0.572)])
    func leakRatio(exponent: Double, printed: Double) {
        // Printed to three decimals.
        #expect(abs(PressureAndLeakage.leakRatio(pressureRatio: 0.8, exponent: exponent) - printed) < 5e-4)
    }

    @Test("economic intervention, example E1")
    func intervention() throws {
        let e = try #require(EconomicIntervention(surveyCost: 50_000, waterValue: 0.2, riseOfLeakage: 500))
        #expect(agrees(e.interval, 1.6552118, relative: 1e-7))
        #expect(agrees(e.frequencyMonths, 19.862541, relative: 1e-7))
        #expect(agrees(e.surveyedPercentPerYear, 60.41523, relative: 1e-6))
        #expect(agrees(e.annualBudget, 30_207.615, relative: 1e-7))
        #expect(agrees(e.unreportedLosses, 151_038.07, relative: 1e-7))
        #expect(EconomicIntervention(surveyCost: 1, waterValue: 0, riseOfLeakage: 1) == nil)
    }

    @Test("the mains part of UARL from its bursts: 18 l/km/d per metre within 2 % (W3)")
    func unavoidableFromBursts() {
        let system = BackgroundAndBursts(
            mainsLength: 1000, connections: 0, pressure: 50,
            bursts: [
                .init(perYear: 0.1235, flowAt50: 12.0 / 3600, runTime: 3), .init(perYear: 0.0065, flowAt50: 6.0 / 3600, runTime: 50),
            ])
        #expect(agrees(system.total * 86_400 * 1000 / 50, 18, relative: 0.02))
    }
}
