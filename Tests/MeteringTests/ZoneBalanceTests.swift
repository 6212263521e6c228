// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TextFiles
import WaterModel

@testable import Metering
import WaterFiles

@Suite("zones: inflow against customers")
struct ZoneBalanceTests {
    private func report(_ csv: String, _ meters: [Meter], from: Instant, to: Instant, unit: String = "L") throws -> MeterReport {
        let scratch = try Scratch()
        let profile = try Profiles.make(
            "columns: {meter: meter, time: time, value: value}\nkind: register\nunit: \(unit)\ntime_zone: UTC\n")
        let store = try MeterStore.inMemory()
        let path = try scratch.file("reads.csv", "meter,time,value\n" + csv)
        let imported = try store.importFiles([path], profile: profile)
        #expect(imported.rejected == 0)
        return try store.report(meters: meters, standardOffset: 0, from: from, to: to)
    }

    @Test("an audit year with reads on the 10th: the first and last periods are shared out by days")
    func billingLag() throws {
        // Water Loss Control (2nd ed.), p. 231: 33.204 MG × 10/31 = 10.711, 36.66 MG × 21/31 = 24.83. Reads at the end of the 10th.
        let first = 33_204.0, last = 36_660.0, between = 400_000.0  // kgal
        let csv = """
            ROUTE,2025-12-11T00:00,0
            ROUTE,2026-01-11T00:00,\(first)
            ROUTE,2026-12-11T00:00,\(first + between)
            ROUTE,2027-01-11T00:00,\(first + between + last)

            """
        let year = try report(
            csv, [Meter(id: "ROUTE", zone: "Z", diameter: 0.6)], from: Instant(year: 2026, month: 1, day: 1),
            to: Instant(year: 2027, month: 1, day: 1), unit: "kgal")
        let kilogallon = 3.785411784
        let expected = (10_711.0 + between + 24_834.0) * kilogallon
        let volume = try #require(year.summaries.first).volume
        #expect(abs(volume - expected) < 1 * kilogallon, "\(volume / kilogallon)")
        // Steps of a month are in the zone's balance though no hour has them.
        let zone = try #require(year.balances(inflow: nil).first)
        #expect(abs(zone.consumption - volume) < 1e-3)
    }

    @Test("monthly reads stand beside hourly ones; a sub-meter and an unread meter are not in the sum")
    func mixed() throws {
        let start = Instant(year: 2026, month: 6, day: 1)
        var csv = "MONTHLY,2026-05-20T00:00,0\nMONTHLY,2026-06-19T00:00,30000\n"
        for hour in 0...48 {
            let time = (start + hour * 3600).description
            csv += "HOURLY,\(time),\(hour * 10)\nFLAT,\(time),\(hour * 4)\n"
        }
        let meters = [
            Meter(id: "MONTHLY", zone: "Z"), Meter(id: "HOURLY", zone: "Z"), Meter(id: "FLAT", zone: "Z", parent: "HOURLY"),
            Meter(id: "SILENT", zone: "Z"),
        ]
        let report = try report(csv, meters, from: start, to: start + 2 * 86_400)
        let inflow = ZoneInflow(
            columns: [.init(name: "Z", isFlow: true, readings: (0..<48).map { (start + $0 * 3600, 0.1) })], zones: [])
        let zone = try #require(report.balances(inflow: inflow).first)
        #expect(abs((zone.inflow ?? 0) - 4.8) < 1e-9)
        #expect(abs(zone.consumption - (2.0 + 0.48)) < 1e-6)
        #expect(zone.meters == 3 && zone.metersUnread == 1)
        // At night as by day, 10 L/h; the month's step is spread over no hour.
        #expect(abs((zone.nightUse ?? 0) - 0.01) < 1e-9)
        // One of three meters has hourly readings.
        #expect(zone.expected == 144 && zone.received == 48)
        // The silent meter is taken at the mean of the others of its class, apart: (2 + 0.48 + 0.192) / 3.
        #expect(abs(zone.unread.value - 2.672 / 3) < 1e-6)
        let loss = try #require(zone.loss), interval = try #require(zone.loss95)
        #expect(abs(loss - 2.32) < 1e-6 && interval.low < loss - zone.unread.value && interval.high >= loss)
        #expect(zone.consumptionBounds.low <= zone.consumption && zone.consumption <= zone.consumptionBounds.high)
    }

    @Test("a boundary meter that lets water out is subtracted; an hour counts where all of a zone's meters have it")
    func columns() {
        let start = Instant(year: 2026, month: 6, day: 1)
        let zones = [Zone(id: "Z", name: "Z", inflowMeters: [.init(sensor: "A", sign: 1), .init(sensor: "B", sign: -1)])]
        let inflow = ZoneInflow(
            columns: [
                .init(name: "A", isFlow: true, readings: (0..<8).map { (start + $0 * 1800, 6.0) }),
                .init(name: "B", isFlow: false, readings: [(start, 1), (start + 3600, nil), (start + 7200, 1), (start + 10_800, 1)]),
                .init(name: "other", isFlow: true, readings: [(start, 100)]),
            ], zones: zones)
        #expect(inflow.hourly.keys.map(\.name) == ["Z"])
        let hours = (0..<4).map { inflow.hourly["Z"]?[start.seconds + $0 * 3600] }
        #expect(hours == [5, nil, 5, 5])
        let counter = ZoneInflow.Column(register: "A", readings: [(start, 10), (start + 3600, 12), (start + 7200, 3), (start + 10_800, 4)])
        #expect(counter.readings.map(\.value) == [2, nil, 1])
    }

    @Test("the interval of the loss holds the truth, whenever meters are read", arguments: [48, 55])
    func coverage(_ hours: Int) throws {
        var random = Seeded(state: UInt64(hours))
        let start = Instant(year: 2026, month: 6, day: 3)
        let trials = 20
        var inside = 0
        for _ in 0..<trials {
            var csv = "", used = 0.0
            var meters: [Meter] = []
            for k in 0..<25 {
                let name = "M\(k)"
                meters.append(Meter(id: .init(name), zone: "Z"))
                let size = Double.random(in: 5...40, using: &random)
                // Every ten minutes; the day has its shape, and uses come at random.
                var register = 0.0, registers: [Double] = [0]
                for slot in 0..<(144 * 6) {
                    let hour = slot / 6 % 24
                    let likely = (hour < 6 ? 0.2 : 1.2) / 6
                    if Double.random(in: 0...1, using: &random) < likely { register += size * Double.random(in: 0.2...1.8, using: &random) }
                    registers.append(register)
                }
                // Hourly at its own minute, or daily at its own hour; a day of two ends of the record.
                let step = k % 2 == 0 ? 6 : 144
                let phase = Int.random(in: 0..<step, using: &random)
                for slot in stride(from: phase, to: registers.count, by: step) {
                    if step == 6, Double.random(in: 0...1, using: &random) < 0.05 { continue }
                    csv += "\(name),\((start - Self.lead * 86_400 + slot * 600).description),\(Int(registers[slot]))\n"
                }
                let from = Self.lead * 144
                used += registers[from + hours * 6] - registers[from]
            }
            let report = try report(csv, meters, from: start, to: start + hours * 3600)
            let truth = 800.0
            let rate = (used + truth) / 1000 / Double(hours)
            let inflow = ZoneInflow(
                columns: [.init(name: "Z", isFlow: true, readings: (0..<hours).map { (start + $0 * 3600, rate) })], zones: [])
            let interval = try #require(report.balances(inflow: inflow).first?.loss95)
            if interval.low <= truth / 1000, truth / 1000 <= interval.high { inside += 1 }
        }
        // 95 % of 20 is 19; fewer than 16 would come once in 400.
        #expect(inside >= 16, "\(inside) of \(trials)")
    }
    static let lead = 2  // days

    @Test("a meter that changed its zone counts to each in its time, in sums, expected hours and volumes that are unread")
    func moved() throws {
        let scratch = try Scratch()
        var rows = "meter,time,value\n"
        for (meter, step) in [("a", 3), ("b", 10)] {
            for hour in 0...48 {
                let stamp = "2026-06-0\(1 + hour / 24)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00"
                rows += "\(meter),\(stamp),\(step * hour)\n"
            }
        }
        let register = try scratch.file(
            "r.csv",
            "meter,zone,from\na,North,2020-01-01\na,South,2026-06-02T06:00\nb,South,\nc,North,2020-01-01\nc,South,2026-06-02T06:00\n")
        let store = try MeterStore.inMemory()
        try store.importFiles(
            [try scratch.file("e.csv", rows)], profile: Profiles.register(), register: try MeterRegisterFile.read(register))
        let report = try store.report()
        let zones = Dictionary(uniqueKeysWithValues: report.zones.map { ($0.zone.name, $0) })
        let north = try #require(zones["North"]), south = try #require(zones["South"])
        #expect((0..<48).allSatisfy { north.hourly.values[$0] == ($0 < 30 ? 0.003 : nil) })
        #expect((0..<48).allSatisfy { abs((south.hourly.values[$0] ?? 0) - ($0 < 30 ? 0.010 : 0.013)) < 1e-12 })
        #expect((0..<48).allSatisfy { north.metersExpected[$0] == ($0 < 30 ? 2 : 0) && south.metersExpected[$0] == ($0 < 30 ? 1 : 3) })
        let balances = Dictionary(uniqueKeysWithValues: report.balances(inflow: nil).map { ($0.zone.name, $0) })
        let here = try #require(balances["North"]), there = try #require(balances["South"])
        #expect(abs(here.consumption - 30 * 0.003) < 1e-12 && abs(there.consumption - (48 * 0.010 + 18 * 0.003)) < 1e-12)
        #expect(here.received == 30 && here.expected == 60 && there.received == 66 && there.expected == 48 + 36)
        // Meter c was never read: 30 hours at the mean of its class in the one, 18 in the other.
        #expect(abs(here.unread.value / there.unread.value - 30.0 / 18) < 1e-9 && here.unread.value > 0)
        // The store tells the same hours alone.
        let alone = try store.zoneHours()
        #expect(alone.map(\.hourly.values) == report.zones.map(\.hourly.values))
    }
}

extension Instant {
    static func - (left: Self, right: Int) -> Self { Instant(seconds: left.seconds - right) }
}
