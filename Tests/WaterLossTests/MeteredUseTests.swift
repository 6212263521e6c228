// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing
import WaterModel

@testable import WaterLoss

@Suite("customers' readings in place of the model's demand")
struct MeteredUseTests {
    static let zone = Zone(id: "town", name: "Town", connections: 400)

    /// The town with its junctions in one zone.
    static var network: Network {
        var network = GridTown().network
        for node in network.nodes.indices where network.nodes[node].isJunction { network.nodes[node].tag = "town" }
        return network
    }

    struct Case {
        var baseline: SensorRecord
        var readings: SensorRecord
        /// By hour. [m³/s]
        var used: [Double]
    }

    /// Demand wanders from day to day, and rises by 6 % in the days of the leak.
    static func leaking(seed: UInt64) throws -> Case {
        var used: [Double] = []
        let season = [1.0, 1.03, 0.98, 0.96, 1.01, 1.04, 0.97, 1.06, 1.07, 1.05, 1.06]
        let records = try LeakLocatorTests.town.records(
            seed: seed, pipe: LeakLocatorTests.leakPipe, leak: LeakLocatorTests.leakFlow, leakHour: LeakLocatorTests.leakHour,
            season: { season[$0] }, use: { used.append($1) })
        return Case(baseline: records.baseline, readings: records.readings, used: used)
    }

    /// - meters: that report in each hour, of 400.
    static func consumption(_ used: [Double], meters: (Int) -> Int = { _ in 400 }) -> [ZoneConsumption] {
        let values = used.indices.map { hour -> Double? in used[hour] * 3600 * Double(meters(hour)) / 400 }
        return [
            ZoneConsumption(
                zone: "town", hourly: TimeSeries(start: GridTown.mondayMidnight, step: 3600, values: values),
                metersReporting: used.indices.map(meters), metersExpected: used.map { _ in 400 })
        ]
    }

    static func find(_ town: Case, _ consumption: [ZoneConsumption]?, zone: Zone = zone) throws -> LeakFinding {
        let use = consumption.map { MeteredUse($0, zones: [zone]) }
        return try LeakLocator(network: network, sensors: LeakLocatorTests.town.sensors, options: LeakLocatorTests.options, use: use)
            .locate(baseline: town.baseline, readings: town.readings)
    }

    /// Metres walked to the middle of the pipe that leaks.
    static func search(_ finding: LeakFinding) -> Double {
        var walked = 0.0
        for candidate in finding.candidates {
            if candidate.pipe.name == LeakLocatorTests.leakPipe { return walked + candidate.length / 2 }
            walked += candidate.length
        }
        return walked
    }

    /// Of a street of 100 m more or less in one of a few events nothing follows.
    static let seeds = Array(UInt64(5)..<29)

    @Test("the interval of the flow narrows and keeps the truth, and the crew walks no further")
    func narrower() throws {
        var widths: [Double] = [], searches = (with: 0.0, without: 0.0), errors = (with: 0.0, without: 0.0)
        var misses: [UInt64] = []
        for seed in Self.seeds {
            let town = try Self.leaking(seed: seed)
            let without = try Self.find(town, nil), with = try Self.find(town, Self.consumption(town.used))
            #expect(with.isDetected && with.remarks.isEmpty, "\(with.remarks)")
            if with.flowLow95 > LeakLocatorTests.leakFlow || with.flowHigh95 < LeakLocatorTests.leakFlow { misses.append(seed) }
            widths.append((with.flowHigh95 - with.flowLow95) / (without.flowHigh95 - without.flowLow95))
            searches.with += Self.search(with)
            searches.without += Self.search(without)
            errors.with += abs(with.flow - LeakLocatorTests.leakFlow)
            errors.without += abs(without.flow - LeakLocatorTests.leakFlow)
        }
        #expect(widths.prefix(4).allSatisfy { $0 < 0.8 } && OrderStatistics.medianOrZero(widths) < 0.75, "\(widths)")
        // Four of 24 are missed by 95 % in three of a hundred such tests; none of the first four was before there were more.
        #expect(misses.count < 4 && misses.allSatisfy { $0 > 8 }, "\(misses)")
        #expect(searches.with <= searches.without, "\(searches)")
        #expect(errors.with < errors.without, "\(errors)")
    }

    @Test("readings of other hours, in another unit, of too few meters or with a change of their own are refused, and change nothing")
    func refused() throws {
        let town = try Self.leaking(seed: 5), plain = try Self.find(town, nil)
        let later = town.used.indices.map { $0 >= GridTown.baselineHours ? 1.6 * town.used[$0] : town.used[$0] }
        let wrong: [(String, [ZoneConsumption], Zone)] = [
            ("backwards", Self.consumption(town.used.reversed()), Self.zone),
            ("litres", Self.consumption(town.used.map { 1000 * $0 }), Self.zone),
            ("later more", Self.consumption(later), Self.zone),
            ("few hours", Self.consumption(town.used) { $0 % 2 == 0 ? 400 : 20 }, Self.zone),
            ("few connections", Self.consumption(town.used), Zone(id: "town", name: "Town", connections: 2000)),
        ]
        for (name, consumption, zone) in wrong {
            let finding = try Self.find(town, consumption, zone: zone)
            #expect(finding.remarks == [.use(["town"])], "\(name): \(finding.remarks)")
            #expect(finding.candidates.map(\.probability) == plain.candidates.map(\.probability), "\(name)")
        }
    }

    @Test("hours in which a part of the meters is silent count in the measure of those that report; other hours are as usual")
    func gaps() throws {
        let town = try Self.leaking(seed: 6), all = try Self.find(town, Self.consumption(town.used))
        let some = try Self.find(town, Self.consumption(town.used) { $0 % 10 == 3 ? 0 : 400 - $0 % 7 * 20 })
        #expect(some.remarks.isEmpty && some.isDetected)
        #expect(some.flowLow95 <= LeakLocatorTests.leakFlow && LeakLocatorTests.leakFlow <= some.flowHigh95)
        #expect(abs(some.flow / all.flow - 1) < 0.1)
    }

    @Test("a zone of another name changes nothing")
    func elsewhere() throws {
        let town = try Self.leaking(seed: 5), plain = try Self.find(town, nil)
        var consumption = Self.consumption(town.used)
        consumption[0].zone = "village"
        let finding = try Self.find(town, consumption)
        #expect(finding.candidates.map(\.probability) == plain.candidates.map(\.probability) && finding.remarks.isEmpty)
    }
}
