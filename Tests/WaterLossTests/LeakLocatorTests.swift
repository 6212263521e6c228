// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

@Suite("one leak, found from pressures and the inlet meter")
struct LeakLocatorTests {
    static let town = GridTown()
    static let leakPipe = "S32"
    /// A sixth of the town's mean demand. [m³/s]
    static let leakFlow = 0.0012
    static let leakHour = 30
    static let leakStart = GridTown.mondayMidnight + (GridTown.baselineHours + leakHour) * 3600

    static var options: LeakLocatorOptions {
        var options = LeakLocatorOptions()
        options.nullDraws = 500
        options.seed = 11
        return options
    }

    static func find(_ records: (baseline: SensorRecord, readings: SensorRecord)) throws -> LeakFinding {
        try LeakLocator(network: town.network, sensors: town.sensors, options: options).locate(
            baseline: records.baseline, readings: records.readings)
    }

    /// Computed once for all tests that look at it.
    static let leaking = Result { try find(town.records(seed: 5, pipe: leakPipe, leak: leakFlow, leakHour: leakHour)) }
    static let healthy = Result { try find(town.records(seed: 5)) }

    @Test("a leak of a sixth of the demand is detected, and its start to the hour")
    func detected() throws {
        let finding = try Self.leaking.get()
        #expect(finding.isDetected && finding.pValue <= Self.options.falseAlarmRate)
        let slack = 3 * 3600  // s: the hours in which noise and a small step cannot be told apart
        #expect(abs(try #require(finding.start) - Self.leakStart) <= slack)
    }

    @Test("its pipe is among the first that are walked, and in the credible set")
    func located() throws {
        let finding = try Self.leaking.get()
        let rank = try #require(finding.candidates.firstIndex { $0.pipe.name == Self.leakPipe })
        // Eight loggers for 61 pipes: the leak's own street and those that meet it cannot be told apart.
        #expect(rank < 7, "rank \(rank + 1)")
        let near = finding.candidates.prefix(10).reduce(0) { $0 + $1.probability }
        #expect(near > 0.5)
        #expect(finding.credibleSet90.contains(.init(Self.leakPipe)))
        #expect(finding.credibleSet90.count < finding.candidates.count / 2)
    }

    @Test("its flow lies in the 95 % interval, and the interval is of use")
    func flow() throws {
        let finding = try Self.leaking.get()
        #expect(finding.flowLow95 <= Self.leakFlow, "from \(finding.flowLow95)")
        #expect(Self.leakFlow <= finding.flowHigh95, "to \(finding.flowHigh95)")
        #expect(finding.flowLow95 <= finding.flow && finding.flow <= finding.flowHigh95)
        #expect(finding.flowHigh95 - finding.flowLow95 < Self.leakFlow)
    }

    @Test("without a leak there is no alarm, no start, and a bound on what could hide")
    func healthyTown() throws {
        let finding = try Self.healthy.get()
        #expect(!finding.isDetected && finding.pValue > Self.options.falseAlarmRate)
        #expect(finding.start == nil && finding.flow == 0 && finding.flowLow95 == 0)
        #expect(finding.flowHigh95 > 0 && finding.flowHigh95 < Self.leakFlow)
    }

    @Test("every pipe is listed once, probabilities sum to one, in falling probability per metre", arguments: [true, false])
    func contract(isLeaking: Bool) throws {
        let finding = try (isLeaking ? Self.leaking : Self.healthy).get()
        let pipes = Self.town.network.links.map(\.id)
        #expect(finding.candidates.count == pipes.count && Set(finding.candidates.map(\.pipe)) == Set(pipes))
        let rounding = 1e-9
        #expect(abs(finding.candidates.reduce(0) { $0 + $1.probability } - 1) < rounding)
        let perMetre = finding.candidates.map { $0.probability / $0.length }
        #expect(zip(perMetre, perMetre.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(finding.candidates.allSatisfy { $0.probability >= 0 && $0.probability <= 1 })
        #expect(finding.pValue > 0 && finding.pValue <= 1)
        let set = finding.candidates.prefix(finding.credibleSet90.count)
        #expect(set.map(\.pipe) == finding.credibleSet90)
        #expect(set.reduce(0) { $0 + $1.probability } >= 0.9)
        #expect(set.dropLast().reduce(0) { $0 + $1.probability } < 0.9)
    }

    @Test("the same seed finds the same, to the last bit")
    func deterministic() throws {
        let first = try Self.leaking.get()
        let again = try Self.find(Self.town.records(seed: 5, pipe: Self.leakPipe, leak: Self.leakFlow, leakHour: Self.leakHour))
        #expect(first.pValue == again.pValue && first.flow == again.flow && first.start == again.start)
        #expect(first.candidates.map(\.pipe) == again.candidates.map(\.pipe))
        #expect(first.candidates.map(\.probability) == again.candidates.map(\.probability))
    }

    func failure(_ network: Network, _ sensors: [Sensor], _ baseline: SensorRecord, _ readings: SensorRecord) -> LeakLocatorError? {
        do throws(LeakLocatorError) {
            _ = try LeakLocator(network: network, sensors: sensors, options: Self.options).locate(baseline: baseline, readings: readings)
            return nil
        } catch {
            return error
        }
    }

    /// A constant record: errors are found before any of it is looked at.
    func record(hours: Int, sensors: [Sensor] = town.sensors) -> SensorRecord {
        SensorRecord(
            start: GridTown.mondayMidnight, step: 3600, count: hours,
            series: Dictionary(uniqueKeysWithValues: sensors.map { ($0.id, [Double?](repeating: 1, count: hours)) }))
    }

    @Test("a sensor on what the network does not have is told by name", arguments: [Sensor.Kind.pressure, .flow, .level, .demand])
    func unknownElement(kind: Sensor.Kind) {
        let sensors = Self.town.sensors + [Sensor(id: "lost", kind: kind, element: "nowhere")]
        let error = failure(Self.town.network, sensors, record(hours: 48), record(hours: 48))
        guard case .unknownElement(let sensor, let element) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(sensor == "lost" && element == "nowhere")
        #expect(error?.description == "sensor 'lost' sits on 'nowhere', which the network does not have")
    }

    @Test("a record too short is told, before or after", arguments: [(23, 48), (48, 11), (0, 0), (1, 1)])
    func tooShort(before: Int, after: Int) {
        guard case .recordTooShort = failure(Self.town.network, Self.town.sensors, record(hours: before), record(hours: after)) else {
            Issue.record("not told")
            return
        }
    }

    @Test("sensors without a single reading cannot find anything, and that is told")
    func noReadings() {
        func silent(_ hours: Int) -> SensorRecord {
            SensorRecord(
                start: GridTown.mondayMidnight, step: 3600, count: hours,
                series: Dictionary(uniqueKeysWithValues: Self.town.sensors.map { ($0.id, [Double?](repeating: nil, count: hours)) }))
        }
        guard case .noUsableSensor = failure(Self.town.network, Self.town.sensors, silent(48), silent(48)) else {
            Issue.record("not told")
            return
        }
        guard case .noUsableSensor = failure(Self.town.network, [], record(hours: 48), record(hours: 48)) else {
            Issue.record("not told")
            return
        }
    }

    static let case2 = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/leak-cases/NET3").path

    @Test(
        "Net3, event D002 of the development cases: the contract holds",
        .enabled(if: FileManager.default.fileExists(atPath: case2), "the development cases are not beside the package"))
    func net3() throws {
        let network = try INP.read(Self.case2 + "/nominal.inp")
        let sensors = try SensorReadings.sensors(path: Self.case2 + "/sensors.csv")
        let baseline = try SensorReadings.record(paths: [Self.case2 + "/events/D002/baseline.csv"], sensors: sensors)
        let readings = try SensorReadings.record(paths: [Self.case2 + "/events/D002/event.csv"], sensors: sensors)
        let finding = try LeakLocator(network: network, sensors: sensors.map(\.sensor), options: Self.options).locate(
            baseline: baseline, readings: readings)
        let pipes = network.links.filter { $0.pipe != nil }.map(\.id)
        #expect(Set(finding.candidates.map(\.pipe)) == Set(pipes) && finding.candidates.count == pipes.count)
        let rounding = 1e-9
        #expect(abs(finding.candidates.reduce(0) { $0 + $1.probability } - 1) < rounding)
        #expect(finding.pValue > 0 && finding.pValue <= 1 && finding.flowLow95 <= finding.flowHigh95)
        #expect((finding.start == nil) == !finding.isDetected)
    }
}

@Suite("odd readings are named, and the search stays sensible")
struct LeakRemarkTests {
    /// The leaking town's records with one sensor changed by `change`.
    static func finding(_ sensor: Sensor.ID, _ change: (_ hour: Int, _ value: Double) -> Double?) throws -> LeakFinding {
        var records = try LeakLocatorTests.town.records(
            seed: 5, pipe: LeakLocatorTests.leakPipe, leak: LeakLocatorTests.leakFlow, leakHour: LeakLocatorTests.leakHour)
        for path in [\(baseline: SensorRecord, readings: SensorRecord).baseline, \.readings] {
            let series = try #require(records[keyPath: path].series[sensor])
            records[keyPath: path].series[sensor] = series.enumerated().map { hour, value in value.flatMap { change(hour, $0) } }
        }
        return try LeakLocatorTests.find(records)
    }

    static let pressures = LeakLocatorTests.town.sensors.filter { $0.kind == .pressure }.map(\.id)

    func stillFound(_ finding: LeakFinding) throws {
        #expect(finding.isDetected)
        let rank = try #require(finding.candidates.firstIndex { $0.pipe.name == LeakLocatorTests.leakPipe })
        #expect(rank < 15, "rank \(rank + 1)")
    }

    @Test("a pressure that stands still")
    func stuck() throws {
        let sensor = try #require(Self.pressures.last)
        let finding = try Self.finding(sensor) { hour, value in hour >= 20 ? 31.25 : value }
        #expect(finding.remarks.contains { if case .stuck(sensor, _) = $0 { true } else { false } })
        try stillFound(finding)
    }

    /// One foot is 0.3048 m; a metre of water 9806.65 Pa, a psi 6894.757 Pa.
    @Test(
        "a pressure in another unit that is said to be metres is named with its unit, and taken in it",
        arguments: [
            (PressureUnit.foot, 1 / 0.3048), (.poundsPerSquareInch, 9806.65 / 6894.757), (.kilopascal, 9.80665), (.bar, 0.0980665),
            (.megapascal, 0.00980665),
        ])
    func wrongUnit(unit: PressureUnit, perMetre: Double) throws {
        let sensor = try #require(Self.pressures.last)
        let finding = try Self.finding(sensor) { _, value in value * perMetre }
        #expect(finding.remarks == [.unit(sensor, unit)])
        try stillFound(finding)
    }

    @Test("a pressure of another place is left out, whether far off or only much further than the others", arguments: [15.0, 5.0])
    func wrongPlace(metres: Double) throws {
        let sensor = try #require(Self.pressures.last)
        let finding = try Self.finding(sensor) { _, value in value + metres }
        #expect(finding.remarks.contains { if case .displaced(sensor, _) = $0 { true } else { false } })
        try stillFound(finding)
    }

    @Test("a sensor without readings for two days")
    func silent() throws {
        let sensor = try #require(Self.pressures.first)
        let finding = try Self.finding(sensor) { hour, value in (10..<58).contains(hour) ? nil : value }
        #expect(finding.remarks.contains { if case .silent(sensor, let hours) = $0 { hours >= 48 } else { false } })
        try stillFound(finding)
    }

    @Test("nothing is remarked where nothing is odd")
    func quiet() throws {
        #expect(try LeakLocatorTests.leaking.get().remarks.isEmpty)
    }
}
