// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterModel

@testable import WaterLoss

@Suite("clocks an hour apart")
struct ClockCheckTests {
    static let hours = GridTown.baselineHours + GridTown.readingHours
    static let pressures = LeakLocatorTests.town.sensors.filter { $0.kind == .pressure }.map(\.id)

    /// The leaking town found with some sensors' readings stamped `ahead` hours too late from the hour `since` of the record on.
    static func finding(_ sensors: [Sensor.ID], ahead: Int, since: Int = 0) throws -> LeakFinding {
        var records = try LeakLocatorTests.town.records(
            seed: 5, pipe: LeakLocatorTests.leakPipe, leak: LeakLocatorTests.leakFlow, leakHour: LeakLocatorTests.leakHour)
        let count = records.baseline.count
        for sensor in sensors {
            let all = try #require(records.baseline.series[sensor]) + (try #require(records.readings.series[sensor]))
            let moved = all.indices.map { hour in
                let from = hour >= since ? hour - ahead : hour
                return all.indices.contains(from) ? all[from] : nil
            }
            records.baseline.series[sensor] = Array(moved[..<count])
            records.readings.series[sensor] = Array(moved[count...])
        }
        return try LeakLocatorTests.find(records)
    }

    /// As near as with clocks that are right.
    func stillFound(_ finding: LeakFinding) throws {
        #expect(finding.isDetected)
        let rank = try #require(finding.candidates.firstIndex { $0.pipe.name == LeakLocatorTests.leakPipe })
        #expect(rank < 7, "rank \(rank + 1)")
    }

    @Test("one logger whose clock is ahead is named, and by how much; the leak is found as if it were right", arguments: [1, -1, 9])
    func one(ahead: Int) throws {
        let sensor = try #require(Self.pressures.last)
        let finding = try Self.finding([sensor], ahead: ahead)
        #expect(finding.remarks == [.clock([sensor], hours: -ahead, from: nil, until: nil)])
        try stillFound(finding)
    }

    @Test("one that changes its clock within the record, with the day on which it did", arguments: [72, 120, 192])
    func changed(hour: Int) throws {
        let sensor = try #require(Self.pressures.first)
        let finding = try Self.finding([sensor], ahead: 1, since: hour)
        #expect(finding.remarks.count == 1)
        guard case .clock([sensor], hours: -1, let from?, until: nil) = finding.remarks.first else {
            Issue.record("\(finding.remarks)")
            return
        }
        #expect(abs(from - (GridTown.mondayMidnight + hour * 3600)) <= 86_400)
        try stillFound(finding)
    }

    @Test("all pressures against the inlet: all are named, the inlet is not")
    func pressures() throws {
        let finding = try Self.finding(Self.pressures, ahead: 1)
        #expect(finding.remarks == [.clock(Self.pressures, hours: -1, from: nil, until: nil)])
        try stillFound(finding)
    }

    @Test("the inlet's meter alone is named")
    func inlet() throws {
        let finding = try Self.finding(["Q"], ahead: 1)
        #expect(finding.remarks == [.clock(["Q"], hours: -1, from: nil, until: nil)])
        try stillFound(finding)
    }

    @Test("where all readings agree it is the model's patterns")
    func patterns() throws {
        let finding = try Self.finding(Self.pressures + ["Q"], ahead: 1)
        #expect(finding.remarks == [.patterns(hours: -1)])
        try stillFound(finding)
    }

    @Test("two loggers of one make, each named")
    func two() throws {
        let two = Array(Self.pressures.prefix(2))
        let finding = try Self.finding(two, ahead: 1)
        #expect(Set(finding.remarks) == Set(two.map { .clock([$0], hours: -1, from: nil, until: nil) }))
        try stillFound(finding)
    }

    @Test("what a remark says")
    func words() {
        #expect(
            "\(LeakRemark.clock(["p12"], hours: 1, from: nil, until: nil))"
                == "sensor 'p12': readings fit best 1 h later; is the clock right? They are moved by as much")
        let changed = LeakRemark.clock(["a", "b"], hours: -2, from: GridTown.mondayMidnight, until: nil).description
        #expect(changed.contains("'a', 'b': readings from 2026") && changed.contains("2 h earlier"))
        #expect("\(LeakRemark.unit("p", .poundsPerSquareInch))".contains("psi"))
    }
}
