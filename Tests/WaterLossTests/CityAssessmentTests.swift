// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterLoss
import WaterModel

@Suite("Assessment of a city")
struct CityAssessmentTests {
    /// Two zones, the second with twice the leakage; inflow of the first = its sensor less what it hands on to the second.
    static func city() throws -> (City, [ZoneConsumption]) {
        var first = InventedZone(), second = InventedZone()
        first.zone.inflowMeters = [.init(sensor: "Q1", sign: 1), .init(sensor: "Q2", sign: -1)]
        second.zone = Zone(id: "Z2", name: "Alto", connections: 1_000, mainsLength: 9_000)
        second.zone.inflowMeters = [.init(sensor: "Q2", sign: 1)]
        second.leak = 6e-3
        second.seed = 8
        let a = try first.inflow(), b = try second.inflow()
        let total = zip(a.values, b.values).map { left, right -> Double? in
            guard let left, let right else { return nil }
            return left + right
        }
        var profile = CityProfile(name: "Invented", country: "PE", currency: "PEN")
        profile.isSynthetic = true
        var city = City(profile: profile)
        city.zones = [first.zone, second.zone]
        city.record = SensorRecord(start: InventedZone.start, step: 3600, count: a.values.count, series: ["Q1": total, "Q2": b.values])
        city.meters = (0..<1_900).map { Meter(id: .init("m\($0)"), zone: $0 < 950 ? "Z1" : "Z2") }
        return (city, [first.consumption(meters: 950, reporting: 940), second.consumption(meters: 950, reporting: 950)])
    }

    @Test("the zone that leaks more comes first, and planted leakage lies in the intervals")
    func zones() throws {
        let (city, consumption) = try Self.city()
        let assessment = CityAssessment.assess(city: city, consumption: consumption)
        #expect(assessment.level == .customerReadings)
        #expect(assessment.zones.map(\.zone.id) == ["Z2", "Z1"])
        for (zone, leak) in zip(assessment.zones, [6e-3, 3e-3]) {
            // Pressure was constant in the invention, so a day's leakage is that of the night.
            let real = try #require(zone.realLoss), residual = try #require(zone.realLossFromBalance)
            #expect(real.low95 < leak && leak < real.high95)
            #expect(residual.low95 < leak && leak < residual.high95)
            let loss = try #require(zone.loss), inflow = try #require(zone.inflow), registered = try #require(zone.registeredConsumption)
            #expect(agrees(loss.value, inflow.value - registered.value, relative: 1e-9))
            // Mean of the inflow: use and leak; noise of 2 % on 672 hours.
            #expect(agrees(inflow.value, 5e-3 + leak, relative: 2e-3))
        }
    }

    @Test("without a balance file the zones make the balance, and the gaps say so")
    func balanceFromZones() throws {
        let (city, consumption) = try Self.city()
        let assessment = CityAssessment.assess(city: city, consumption: consumption)
        let balance = try #require(assessment.balance)
        #expect(agrees(balance.periodDays, 28, relative: 1e-12))
        #expect(agrees(balance.waterSupplied.value, 19e-3 * 28 * 86_400, relative: 2e-3))
        #expect(assessment.gaps.contains { $0.contains("own_sources: from the inflow") })
        #expect(assessment.advice?.nextMeasurement.isEmpty == false)
    }

    @Test("totals only: a balance, no zones, and the next measurement by its share of the variance")
    func totalsOnly() throws {
        var city = City(profile: WaterBalanceTests.profileD())
        city.balance = BalanceInput(
            periodDays: 365, volumes: [.ownSources: sourced(3_650_000, 0.15), .billedMetered: sourced(2_555_000, 0.01)])
        let assessment = CityAssessment.assess(city: city)
        #expect(assessment.level == .totals)
        #expect(assessment.advice?.nextMeasurement.contains("own sources") == true)
        // The profile has neither customers nor operating cost; all the others, in their order.
        let without: [LossIndicator.Kind] = [.apparentLossesPerCustomer, .costShareOfNonRevenueWater]
        #expect(assessment.indicators.map(\.kind) == LossIndicator.Kind.allCases.filter { !without.contains($0) })
    }

    @Test("without a model a leak is placed in its zone where inflows are read, and nowhere where none is")
    func withoutModel() throws {
        let (city, consumption) = try Self.city()
        let gaps = CityAssessment.assess(city: city, consumption: consumption).gaps
        #expect(gaps.contains { $0.contains("placed in its zone but on no pipe") } && !gaps.contains { $0.contains("cannot be located") })
        let totals = CityAssessment.assess(city: City(profile: CityProfile(name: "X", country: "XX", currency: "XXX"))).gaps
        #expect(totals.contains { $0.contains("cannot be located") } && !totals.contains { $0.contains("placed in its zone") })
    }

    @Test("nothing known: no balance, and the reason names the line")
    func nothing() {
        let assessment = CityAssessment.assess(city: City(profile: CityProfile(name: "X", country: "XX", currency: "XXX")))
        #expect(assessment.balance == nil)
        #expect(assessment.gaps.contains { $0.contains("own_sources is missing") })
        #expect(assessment.advice?.nextMeasurement.contains("own sources") == true)
        #expect(assessment.advice?.share == nil)
    }

    @Test("order of zones in the folder does not matter")
    func order() throws {
        var (city, consumption) = try Self.city()
        let one = CityAssessment.assess(city: city, consumption: consumption)
        city.zones.reverse()
        let other = CityAssessment.assess(city: city, consumption: consumption.reversed())
        #expect(one.zones.map(\.zone.id) == other.zones.map(\.zone.id))
        #expect(one.zones.map(\.realLoss) == other.zones.map(\.realLoss))
    }

    @Test("unread and unmetered connections widen the loss, stuck meters count as unmetered")
    func widening() throws {
        let town = InventedZone()
        let inflow = try town.inflow()
        let profile = CityProfile(name: "X", country: "XX", currency: "XXX")
        func assess(_ reporting: Int, stuck: Int = 0) -> ZoneAssessment {
            ZoneAssessment.assess(
                zone: town.zone, inflow: inflow, consumption: town.consumption(meters: 1000, reporting: reporting), profile: profile,
                meters: (0..<1000).map { Meter(id: .init("m\($0)"), zone: "Z1") }, stuckMeters: stuck)
        }
        let all = try #require(assess(1000).loss), half = try #require(assess(500).loss)
        #expect(half.standardDeviation > 2 * all.standardDeviation)
        #expect(agrees(half.value, all.value, relative: 1e-6), "the same use a meter was planted")
        #expect(assess(1000).unmeteredUse == nil)
        #expect(assess(1000, stuck: 100).unmeteredUse != nil)
    }
}
