// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing
import WaterModel

@testable import WaterLoss

/// Inflows of zones by hour, synthetic: workdays and weekends of another course, days busier and quieter together, noise that goes on from
/// hour to hour.
private struct Zones {
    static let monday = Instant(year: 2026, month: 3, day: 2)
    /// Mean inflow. [m³/s]
    static let means = ["A": 0.020, "B": 0.012, "C": 0.030]
    static let zones = means.keys.sorted().map {
        Zone(id: .init($0), name: $0, inflowMeters: [.init(sensor: .init("Q_" + $0), sign: 1)])
    }
    static let sensors = zones.map { Sensor(id: $0.inflowMeters[0].sensor, kind: .flow, element: nil, zone: $0.id) }

    static func usual(_ hour: Int, day: Int) -> Double {
        let isWeekend = day % 7 > 4, peak = isWeekend ? 11.0 : 8.0
        let morning = exp(-pow((Double(hour) - peak) / 2.5, 2)), evening = exp(-pow((Double(hour) - 20) / 3, 2))
        return 0.3 + 1.4 * morning + 1.1 * evening + (isWeekend && hour < 4 ? 0.25 : 0)
    }

    /// - leak: zone, size [m³/s] and first hour after the healthy days.
    static func records(
        seed: UInt64, healthy: Int = 7, later: Int = 3, leak: (zone: String, flow: Double, hour: Int)? = nil, rise: Double = 0
    ) throws -> (baseline: SensorRecord, readings: SensorRecord) {
        let random = try RandomNumbers(seed: seed)
        let hours = 24 * (healthy + later)
        let common = (0..<healthy + later).map { _ in 1 + 0.03 * random.normal() }
        var series: [Sensor.ID: [Double?]] = [:]
        for (name, mean) in means.sorted(by: { $0.key < $1.key }) {
            var noise = 0.0
            series[.init("Q_" + name)] = (0..<hours).map { hour in
                noise = 0.6 * noise + 0.03 * 0.8 * random.normal()
                let isLater = hour >= 24 * healthy
                let use = mean * usual(hour % 24, day: hour / 24) * common[hour / 24] * (1 + noise) * (isLater ? 1 + rise : 1)
                let isLeaking = leak.map { $0.zone == name && hour >= 24 * healthy + $0.hour } ?? false
                return random.uniform() < 0.005 ? nil : use + (isLeaking ? leak?.flow ?? 0 : 0)
            }
        }
        let all = SensorRecord(start: monday, step: 3600, count: hours, series: series)
        return try #require(all.split(at: monday + healthy * 86_400))
    }

    static func find(_ records: (baseline: SensorRecord, readings: SensorRecord)) throws -> ZoneLeakFinding {
        try ZoneLeakLocator(zones: zones, sensors: sensors).locate(baseline: records.baseline, readings: records.readings)
    }
}

@Suite("a leak told from inflows of zones, without a network model")
struct ZoneLeakTests {
    @Test("the zone, the size and the hour of a leak of a tenth of the inflow", arguments: ["A", "B", "C"])
    func found(zone: String) throws {
        let flow = 0.1 * (Zones.means[zone] ?? 0)
        let finding = try Zones.find(Zones.records(seed: 3, healthy: 14, leak: (zone, flow, 15)))
        let first = try #require(finding.zones.first)
        #expect(finding.isDetected && first.isDetected && first.zone.name == zone && first.probability > 0.9)
        #expect(finding.credibleSet90 == [Zone.ID(zone)])
        #expect(first.flowLow95 <= flow && flow <= first.flowHigh95 && abs(first.flow - flow) < 0.3 * flow)
        let began = Zones.monday + 14 * 86_400 + 15 * 3600
        #expect(try #require(first.startEarliest) <= began && began <= (try #require(first.startLatest)))
        #expect(finding.zones.dropFirst().allSatisfy { !$0.isDetected && $0.start == nil && $0.flowLow95 == 0 })
        #expect(abs(finding.zones.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
        #expect(finding.remarks.contains(.noModel) && finding.remarks.contains(.noPressures))
    }

    /// Drawn worlds.
    private static let worlds: UInt64 = 300

    @Test("without a leak the alarms keep to the rate that was set, and intervals hold the truth where there is one")
    func rates() throws {
        var alarms = 0, detected = 0, held = 0
        for seed in 1...Self.worlds {
            if try Zones.find(Zones.records(seed: seed)).isDetected { alarms += 1 }
            let finding = try Zones.find(Zones.records(seed: seed + 10_000, leak: ("A", 0.004, 5)))
            guard let zone = finding.zones.first(where: { $0.isDetected && $0.zone.name == "A" }) else { continue }
            detected += 1
            if zone.flowLow95 <= 0.004, 0.004 <= zone.flowHigh95 { held += 1 }
        }
        // 2 % of 300 are 6; more than 14 have a chance below 0.2 %.
        #expect(alarms <= 14, "\(alarms) alarms")
        #expect(detected > 200, "\(detected) of 300 found")
        // 95 % less what 300 draws leave open.
        #expect(Double(held) >= 0.91 * Double(detected), "\(held) of \(detected) held")
    }

    @Test("a weekend is compared with the weekend before")
    func weekend() throws {
        // The later days begin on a Saturday; their nights are busier than those of workdays by a quarter of the mean.
        let records = try Zones.records(seed: 8, healthy: 19, later: 2)
        let finding = try Zones.find(records)
        #expect(!finding.isDetected, "\(finding.pValue)")
        let a = try #require(finding.zones.first { $0.zone.name == "A" })
        #expect(abs(a.rise) < 0.1 * 0.25 * 0.020 + 0.0006)
    }

    @Test("what customers' meters read is no leak")
    func metered() throws {
        var (baseline, readings) = try Zones.records(seed: 4, leak: ("B", 0.003, 0))
        let use = Sensor(id: "factory", kind: .demand, element: nil, zone: "B")
        baseline.series[use.id] = Array(repeating: 0, count: baseline.count)
        readings.series[use.id] = Array(repeating: 0.003, count: readings.count)
        func finding(_ sensors: [Sensor]) throws -> ZoneLeakFinding {
            try ZoneLeakLocator(zones: Zones.zones, sensors: sensors).locate(baseline: baseline, readings: readings)
        }
        #expect(try finding(Zones.sensors).isDetected)
        #expect(try !finding(Zones.sensors + [use]).isDetected)
    }

    @Test("a hot day is told apart from a leak by all zones rising alike")
    func together() throws {
        let hot = try Zones.find(Zones.records(seed: 5, healthy: 14, rise: 0.15))
        #expect(hot.remarks.contains { if case .allRise(let share) = $0 { abs(share - 0.15) < 0.06 } else { false } })
        let leak = try Zones.find(Zones.records(seed: 5, healthy: 14, leak: ("B", 0.004, 0)))
        #expect(!leak.remarks.contains { if case .allRise = $0 { true } else { false } })
    }

    @Test("the pressure that fell most surely stands first; a leak in another zone leaves the rest alone")
    func pressures() throws {
        var (baseline, readings) = try Zones.records(seed: 6, leak: ("A", 0.004, 0))
        let random = try RandomNumbers(seed: 9)
        let drops = ["P_near": 2.0, "P_far": 0.3, "P_other": 0.0]
        func record(_ count: Int, _ drop: Double) -> [Double?] {
            (0..<count).map { 40 - 5 * Zones.usual($0 % 24, day: 0) - drop + 0.1 * random.normal() }
        }
        for (name, drop) in drops.sorted(by: { $0.key < $1.key }) {
            baseline.series[.init(name)] = record(baseline.count, 0)
            readings.series[.init(name)] = record(readings.count, drop)
        }
        let sensors = Zones.sensors + drops.keys.sorted().map { Sensor(id: .init($0), kind: .pressure, element: nil, zone: "A") }
        let found = try ZoneLeakLocator(zones: Zones.zones, sensors: sensors).locate(baseline: baseline, readings: readings).pressures
        #expect(found.map(\.sensor.name) == ["P_near", "P_far", "P_other"])
        for item in found {
            let truth = try #require(drops[item.sensor.name])
            #expect(item.dropLow95 <= truth && truth <= item.dropHigh95, "\(item)")
        }
    }

    @Test("zones come from the sensors where no list is given; without any, each meter stands for itself and it is said")
    func zonesOfSensors() throws {
        let (baseline, readings) = try Zones.records(seed: 7, leak: ("C", 0.006, 0))
        func find(_ sensors: [Sensor]) throws -> ZoneLeakFinding {
            try ZoneLeakLocator(zones: [], sensors: sensors).locate(baseline: baseline, readings: readings)
        }
        let named = try find(Zones.sensors)
        #expect(named.zones.first?.zone == "C" && !named.remarks.contains(.metersAlone))
        let bare = try find(Zones.sensors.map { Sensor(id: $0.id, kind: .flow, element: nil) })
        #expect(bare.zones.first?.zone == "Q_C" && bare.remarks.contains(.metersAlone))
    }

    @Test("too few days, or no inflow, are told and not guessed at")
    func tooLittle() throws {
        let (baseline, readings) = try Zones.records(seed: 7)
        let hour = try #require(baseline.split(at: baseline.start + 3600)).baseline
        func error(_ sensors: [Sensor], _ baseline: SensorRecord) -> String? {
            do throws(LeakLocatorError) {
                _ = try ZoneLeakLocator(zones: [], sensors: sensors).locate(baseline: baseline, readings: readings)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(error(Zones.sensors, hour)?.contains("three healthy days") == true)
        #expect(error([], baseline)?.contains("flow sensors") == true)
    }
}
