// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing
import WaterFiles
import WaterLoss
import WaterModel

/// Nights with a level, weekends, scatter that follows itself, and steps.
struct InventedNights {
    static let start = Instant(year: 2026, month: 1, day: 5)
    var count = 120
    var level = 5e-3
    var scatter = 0.2e-3
    var correlation = 0.3
    var weekend = 0.5e-3
    var steps: [(night: Int, size: Double)] = []
    /// [m³/s per year]
    var rise = 0.0
    /// A leak that grows as the square of its age from the first night to the last. [m³/s]
    var growing: (first: Int, last: Int, size: Double)?
    var seed: UInt64 = 1

    func nights() throws -> [Night] {
        let random = try RandomNumbers(seed: seed)
        var noise = random.normal()
        return (0..<count).map { index in
            if index > 0 { noise = correlation * noise + (1 - correlation * correlation).squareRoot() * random.normal() }
            var flow = level + scatter * noise + (index % 7 >= 5 ? weekend : 0) + rise * Double(index) / 365.25
            for step in steps where index >= step.night { flow += step.size }
            if let growing {
                let age = max(0, min(1, Double(index - growing.first) / Double(growing.last - growing.first)))
                flow += growing.size * age * age
            }
            return Night(day: Self.start + index * 86_400, flow: flow, coverage: 1)
        }
    }
}

@Suite("Steps of the night flow")
struct NightHistoryTests {
    /// Of 300 records at 5 %: 15 expected, 95 % of binomial counts lie between 8 and 23.
    static let alarmsAllowed = 6...25

    @Test("records without a step, whose nights follow each other as is usual, get one as often as stated")
    func falseAlarms() throws {
        let random = try RandomNumbers(seed: 17)
        var chances = StepChances(Self.quick)
        var alarms = 0
        for seed in 1...300 {
            var town = InventedNights(count: 60)
            town.correlation = min(0.7, max(0, random.normal(mean: 0.3, standardDeviation: 0.2)))
            town.seed = UInt64(seed)
            let history = try #require(NightHistory(try town.nights(), chances: &chances))
            alarms += history.steps.isEmpty ? 0 : 1
            #expect((history.chance < 0.05) || history.steps.isEmpty)
        }
        #expect(Self.alarmsAllowed.contains(alarms), "\(alarms)")
    }

    /// Fewer draws, to be quick.
    static var quick: NightStepOptions {
        var options = NightStepOptions()
        options.draws = 399
        return options
    }

    @Test("a new leak and its repair are found to the night, and their sizes hold the truth")
    func burstAndRepair() throws {
        var town = InventedNights()
        town.steps = [(40, 1.2e-3), (80, -1.2e-3)]
        let history = try #require(NightHistory(try town.nights()))
        #expect(history.steps.count == 2)
        for (step, truth) in zip(history.steps, town.steps) {
            #expect(abs((step.night - InventedNights.start) / 86_400 - truth.night) <= 1)
            #expect(step.earliest <= step.night && step.night <= step.latest)
            #expect(step.size.low95 < truth.size && truth.size < step.size.high95)
        }
        #expect(history.chance < 0.01)
        #expect(history.fitted.compactMap { $0 }.count == 120)
    }

    @Test("one clear step is told once, on its night, wherever it lies", arguments: [10, 17, 25, 33, 50])
    func once(night: Int) throws {
        for seed in 1...10 {
            var town = InventedNights(count: 60)
            town.steps = [(night, 4e-3)]
            town.seed = UInt64(seed)
            let history = try #require(NightHistory(try town.nights(), options: Self.quick))
            #expect(history.steps.map { ($0.night - InventedNights.start) / 86_400 } == [night], "\(seed)")
        }
    }

    @Test("sizes of single leaks lie in their 95 % intervals in 93 to 98 % of 300 records, and are not biased")
    func sizes() throws {
        var found = 0, inside = 0
        var errors: [Double] = []
        var chances = StepChances(Self.quick)
        for seed in 1...300 {
            var town = InventedNights(count: 80)
            town.seed = UInt64(seed)
            town.steps = [(20 + seed % 40, 0.6e-3)]
            let history = try #require(NightHistory(try town.nights(), chances: &chances))
            guard
                let step = history.steps.min(by: {
                    abs($0.night - InventedNights.start - town.steps[0].night * 86_400)
                        < abs($1.night - InventedNights.start - town.steps[0].night * 86_400)
                })
            else { continue }
            found += 1
            inside += step.size.low95 <= 0.6e-3 && 0.6e-3 <= step.size.high95 ? 1 : 0
            errors.append(step.size.value / 0.6e-3 - 1)
        }
        #expect(found > 250, "three standard deviations of a night are seen: \(found)")
        let share = Double(inside) / Double(found)
        #expect(share > 0.91 && share < 0.99, "\(share)")
        #expect(abs(OrderStatistics.median(errors) ?? 1) < 0.05)
    }

    @Test("a slow rise is told between repairs, with falls taken out")
    func rise() throws {
        var inside = 0
        var chances = StepChances(Self.quick)
        for seed in 1...40 {
            var town = InventedNights(count: 365)
            town.rise = 2e-3
            town.steps = [(180, -1e-3)]
            town.seed = UInt64(seed)
            let rise = try #require(NightHistory(try town.nights(), chances: &chances)?.risePerYear)
            inside += rise.low95 <= 2e-3 && 2e-3 <= rise.high95 ? 1 : 0
            #expect(abs(rise.value - 2e-3) < 0.6e-3)
        }
        #expect(inside >= 34, "\(inside) of 40")
        #expect(try NightHistory(InventedNights(count: 60).nights())?.risePerYear == nil, "two months carry no rise")
    }

    @Test("a leak that grows through two months is one event with its start and rate, no stairs")
    func growing() throws {
        var one = 0, dated = 0, sized = 0
        var chances = StepChances(Self.quick)
        for seed in 1...30 {
            var town = InventedNights(count: 180)
            town.growing = (60, 120, 2e-3)
            town.seed = UInt64(seed)
            let steps = try #require(NightHistory(try town.nights(), chances: &chances)).steps
            guard steps.count == 1, let until = steps[0].until, let rate = steps[0].rate else { continue }
            one += 1
            let first = InventedNights.start + 60 * 86_400
            dated += steps[0].earliest <= first + 10 * 86_400 && first <= steps[0].latest + 10 * 86_400 ? 1 : 0
            sized += steps[0].size.low95 <= 2e-3 && 2e-3 <= steps[0].size.high95 ? 1 : 0
            #expect(abs((until - InventedNights.start) / 86_400 - 120) < 25)
            #expect(abs(rate.value / (2e-3 / 60) - 1) < 0.8)
        }
        #expect(one >= 26 && dated >= 24 && sized >= 22, "\(one) as one, \(dated) dated, \(sized) sized, of 30")
    }

    @Test("a leak that begins at once is not taken for a slow rise")
    func abrupt() throws {
        var slow = 0
        var chances = StepChances(Self.quick)
        for seed in 1...60 {
            var town = InventedNights(count: 120)
            town.steps = [(60, 1e-3)]
            town.seed = UInt64(seed)
            slow += try #require(NightHistory(try town.nights(), chances: &chances)).steps.count { $0.until != nil }
        }
        #expect(slow <= 3, "\(slow) of 60")
    }

    @Test("a change as large as a record is said to show is found in about 80 of 100", arguments: [14, 60])
    func detectable(nights: Int) throws {
        var found = 0, told = 0
        var chances = StepChances(Self.quick)
        // The least size by records without a step, as its scatter is known there best.
        var least = 0.0
        for seed in 1...40 {
            var town = InventedNights(count: nights, weekend: 0)
            town.seed = UInt64(1000 + seed)
            least += try #require(NightHistory(try town.nights(), chances: &chances)?.detectable) / 40
        }
        for seed in 1...200 {
            var town = InventedNights(count: nights, weekend: 0)
            town.steps = [(nights / 2, least)]
            town.seed = UInt64(seed)
            let history = try #require(NightHistory(try town.nights(), chances: &chances))
            told += 1
            found += history.steps.isEmpty ? 0 : 1
        }
        #expect(found > told * 68 / 100 && found < told * 92 / 100, "\(found) of \(told)")
    }

    @Test("short records without a step get one as often as stated")
    func falseAlarmsOfFortnights() throws {
        let random = try RandomNumbers(seed: 23)
        var chances = StepChances(Self.quick)
        var alarms = 0
        for seed in 1...300 {
            var town = InventedNights(count: 14, weekend: 0)
            town.correlation = min(0.7, max(0, random.normal(mean: 0.3, standardDeviation: 0.2)))
            town.seed = UInt64(seed)
            alarms += try #require(NightHistory(try town.nights(), chances: &chances)).steps.isEmpty ? 0 : 1
        }
        #expect(Self.alarmsAllowed.contains(alarms), "\(alarms)")
    }

    @Test("few nights, equal nights and no nights have no history")
    func none() throws {
        #expect(try NightHistory(InventedNights(count: 6).nights()) == nil)
        var flat = InventedNights(count: 40)
        flat.scatter = 0
        flat.weekend = 0
        #expect(try NightHistory(flat.nights()) == nil)
        #expect(NightHistory([]) == nil)
    }

    @Test("the same record and seed give the same steps")
    func reproducible() throws {
        var town = InventedNights()
        town.steps = [(60, 1e-3)]
        let one = NightHistory(try town.nights()), other = NightHistory(try town.nights())
        #expect(one?.steps == other?.steps && one?.chance == other?.chance)
    }
}

/// Real hourly inflows of ten zones, two fortnights with a change of the clock.
@Suite("Night flow of real zones", .enabled(if: RealZones.isPresent, "the samples of inflows are not there"))
struct RealZonesTests {
    @Test("every night of the change is judged by the local clock, missing hours are missing nights", arguments: RealZones.files)
    func nights(name: String) throws {
        for item in try RealZones.table(name).series {
            let readings = FlowReadings.rates(item.readings.map { ($0.time, $0.value) })
            let nights = readings.nights(clock: try #require(PlaceClock("Europe/Rome")))
            #expect(nights.count == 14)
            for night in nights where night.flow != nil { #expect(night.coverage >= 0.75) }
            // The night of the change has its readings, one or three.
            let change = name.contains("spring") ? Instant(year: 2021, month: 3, day: 28) : Instant(year: 2021, month: 10, day: 31)
            let night = try #require(nights.first { $0.day == change })
            if night.flow != nil { #expect(night.coverage == 1) }
        }
    }

    @Test("a leak of 5 % of the mean flow changes the level by its size, well within its interval", arguments: RealZones.files)
    func planted(name: String) throws {
        let clock = try #require(PlaceClock("Europe/Rome"))
        for item in try RealZones.table(name).series {
            let readings = FlowReadings.rates(item.readings.map { ($0.time, $0.value) })
            let leak = 0.05 * (try #require(readings.mean))
            let before = NightFlowStudy(name: item.name, readings: readings, clock: clock)
            let after = NightFlowStudy(name: item.name, readings: readings.adding(leak), clock: clock)
            let level = try #require(before.level), raised = try #require(after.level)
            #expect(abs(raised.value - level.value - leak) <= max(raised.margin95, 0.01 * leak))
            #expect(abs(raised.value - level.value - leak) < 0.02 * leak, "\(item.name)")
            #expect(before.zoneFlow == nil && before.reason?.contains("connections") == true)
        }
    }

    @Test("no level where the data do not carry one: two nights, or hours missing every night", arguments: RealZones.files)
    func refused(name: String) throws {
        let clock = try #require(PlaceClock("Europe/Rome"))
        for item in try RealZones.table(name).series {
            let first = try #require(item.readings.first?.time)
            let two = FlowReadings.rates(item.readings.filter { $0.time - first < 2 * 86_400 }.map { ($0.time, $0.value) })
            let holed = FlowReadings.rates(
                item.readings.map { ($0.time, clock.local($0.time).hourOfDay == 3 ? nil : $0.value) })
            for readings in [two, holed] {
                let study = NightFlowStudy(name: item.name, readings: readings, clock: clock)
                #expect(study.level == nil && study.history == nil && study.zoneFlow == nil)
                #expect(study.reason != nil)
            }
        }
    }
}

/// L-TOWN with fifteen overlapping leaks in a year, of which eleven begin and six are repaired in it (simulated; truth/leaks.csv).
@Suite("A simulated year of a town", .enabled(if: TownYear.isPresent, "the year of L-TOWN is not there"))
struct TownYearTests {
    /// Abrupt changes of 9 m³/h or more that the two inlets see at night: month, day of the first night, sign.
    static let changes = [
        (4, 20, 1.0), (5, 27, -1), (6, 21, 1), (7, 4, -1), (8, 20, -1), (9, 19, 1), (10, 11, 1), (10, 25, -1), (11, 24, 1),
    ]

    @Test(
        "each abrupt leak and repair is told within a night of the truth, or lies in a slow rise with another that grows; all steps together are no more than the town has"
    )
    func year() throws {
        var options = FlowTable.Options()
        options.unit = "m3/h"
        let table = try FlowTable(path: TownYear.flows, options: options)
        let inlets = try ["p227", "p235"].map { name in
            let item = try #require(table.series.first { $0.name == name })
            return (readings: FlowReadings.rates(item.readings.map { ($0.time, $0.value) }), sign: 1.0)
        }
        let study = NightFlowStudy(name: "L-TOWN", readings: FlowReadings.sum(inlets), clock: .utc)
        let history = try #require(study.history)
        for (month, day, sign) in Self.changes {
            let truth = Instant(year: 2024, month: month, day: day)
            let isTold = history.steps.contains { step in
                let isNear = abs(step.night - truth) <= 86_400
                let isWithin = step.until.map { step.night <= truth && truth <= $0 } ?? false
                return (isNear || isWithin) && step.size.value * sign > 0
            }
            #expect(isTold, "\(month)-\(day)")
        }
        // A leak that grew to its full size in September ended in the night before another began at once.
        #expect(history.steps.filter { $0.until != nil }.count <= 3)
        #expect(history.steps.count <= 14, "eleven begin, six end; stairs of those that grow are joined")
        // 26.7 m³/h on the last one, 27.9 on the largest before.
        let last = try #require(history.steps.last)
        #expect(last.size.low95 * 3600 < 26.7 && 26.7 < last.size.high95 * 3600 + 0.5)
        #expect(try #require(study.riseOfLeakage).low95 > 0)
    }
}

enum TownYear {
    static let flows = URL(fileURLWithPath: RealZones.folder).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("leak-cases/LTOWN_YEAR/flows_m3h.csv.gz").path
    static var isPresent: Bool { FileManager.default.fileExists(atPath: flows) }
}

enum RealZones {
    static let files = ["bwdf_inflow_2021-03_spring.csv", "bwdf_inflow_2021-10_autumn.csv"]
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/meter-samples/dma-scada-wide").path
    static var isPresent: Bool { files.allSatisfy { FileManager.default.fileExists(atPath: folder + "/" + $0) } }

    static func table(_ name: String) throws -> FlowTable {
        var options = FlowTable.Options()
        options.clock = PlaceClock("Europe/Rome")
        options.dateOrder = .dmy
        return try FlowTable(path: folder + "/" + name, options: options)
    }
}
