// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterModel

@testable import Metering

@Suite("meters of several registers")
struct CompoundMeterTests {
    static let start = Instant(year: 2026, month: 6, day: 1).seconds
    private let litre = ReadingUnit(name: "L", cubicMetres: 1e-3)

    /// Hourly registers of 48 hours that move by `litres` an hour.
    private func channel(_ register: String, _ litres: Int, kind: Profile.Kind = .register, lead: Int = 1) -> (Channel, ReadingBlock) {
        var block = ReadingBlock(isInterval: kind != .register)
        for hour in 0...48 {
            block.times.append(Self.start + hour * 3600)
            block.values.append(kind == .register ? 1000 * lead + hour * litres : litres)
        }
        block.origins.append(.init(file: 1, quality: 0), count: block.values.count)
        return (Channel(id: lead, meter: "M", kind: kind, unit: litre, interval: kind == .register ? 0 : 3600, register: register), block)
    }

    private func report(_ channels: [(Channel, ReadingBlock)]) throws -> MeterReport {
        var work = ReportWork(window: ReportWindow(start: Self.start, end: Self.start + 48 * 3600, offset: 0), rules: ChainRules())
        work.add(RegisterEntry(meter: Meter(id: .init("M"), zone: Zone.ID("A"), diameter: 0.1)), channels)
        return try work.report()
    }

    @Test("the high and the low register of a compound meter add up, and the meter counts once")
    func highAndLow() throws {
        let report = try report([channel("H", 30), channel("L", 12, lead: 2)])
        let record = try #require(report.records.first)
        #expect(abs(record.summary.volume - 48 * 0.042) < 1e-9 && record.flags.contains("compound"))
        let zone = try #require(report.zones.first)
        #expect(zone.metersReporting == [Int](repeating: 1, count: 48))
        #expect(zone.hourly.values.allSatisfy { abs(($0 ?? 0) - 0.042) < 1e-9 })
    }

    @Test("a register and the intervals of the same water count once")
    func registerAndIntervals() throws {
        let record = try #require(try report([channel("", 30), channel("", 30, kind: .interval, lead: 2)]).records.first)
        #expect(abs(record.summary.volume - 48 * 0.030) < 1e-9 && record.flags.contains("overlapping_units"))
    }

    @Test("a register of reverse flow is told, and takes nothing from what passed forwards")
    func reverse() throws {
        let record = try #require(try report([channel("", 30), channel("reverse", 2, lead: 2)]).records.first)
        #expect(abs(record.summary.volume - 48 * 0.030) < 1e-9)
        #expect(abs(record.reverseVolume - 48 * 0.002) < 1e-9 && record.flags.contains("reverse_flow"))
    }

    @Test("what was billed is no consumption of its own")
    func billed() throws {
        let record = try #require(try report([channel("", 30), channel("billed", 40, kind: .interval, lead: 2)]).records.first)
        #expect(abs(record.summary.volume - 48 * 0.030) < 1e-9 && record.flags.isEmpty)
    }

    @Test("a register without a name beside named ones may be their sum: it is not added")
    func unnamed() throws {
        let record = try #require(try report([channel("", 42), channel("H", 30, lead: 2), channel("L", 12, lead: 3)]).records.first)
        #expect(abs(record.summary.volume - 48 * 0.042) < 1e-9 && record.flags.contains("overlapping_units"))
    }

    @Test("an export names the register of each reading")
    func exported() throws {
        let scratch = try Scratch()
        let store = try MeterStore.inMemory()
        let profile = try Profiles.make(
            "columns: {meter: meter, time: time, value: value, register: reg}\nkind: register\nunit: L\ntime_zone: UTC\n")
        let file = try scratch.file("c.csv", "meter,time,value,reg\nM,2026-06-01T00:00,5,L\nM,2026-06-01T00:00,9,H\n")
        try store.importFiles([file], profile: profile)
        let rows = try store.exportedReadings().split(separator: "\n").dropFirst()
        #expect(rows == ["M,2026-06-01T00:00Z,9,L,register,good,H", "M,2026-06-01T00:00Z,5,L,register,good,L"])
    }
}
