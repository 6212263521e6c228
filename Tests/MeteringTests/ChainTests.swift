// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterModel

@testable import Metering

@Suite("from registers to volumes")
struct ChainTests {
    /// [s] 2026-06-01T00:00
    static let june = Instant(year: 2026, month: 6, day: 1).seconds
    static let hour = 3600

    /// Registers in litres; nil is a missing read of an hourly grid.
    private func chain(_ litres: [Int?], modulus: Double? = nil, rules: ChainRules = ChainRules()) -> MeterChain {
        var block = ReadingBlock(isInterval: false)
        for (i, value) in litres.enumerated() {
            guard let value else { continue }
            block.times.append(Self.june + i * Self.hour)
            block.values.append(value)
            block.origins.append(.init(file: 1, quality: 0))
        }
        // 3 m³/h in litres; a fall of 100 L.
        return .register(block, millilitres: 1000, modulus: modulus, flowLimit: 3000, fallLimit: 100, rules: rules)
    }

    private func litres(_ chain: MeterChain) -> Int { chain.segments.reduce(0) { $0 + $1.volume } / 1000 }

    @Test("volumes never run backwards, whatever the register does")
    func nonNegative() {
        var random = Seeded(state: 2)
        for _ in 0..<2000 {
            let values: [Int?] = (0..<60).map { _ in
                Int.random(in: 0...7, using: &random) == 0 ? nil : Int.random(in: 0...12_000, using: &random)
            }
            let result = chain(values, modulus: 10_000)
            var end = Int.min
            for segment in result.segments {
                #expect(segment.volume >= 0 && segment.start < segment.end && segment.start >= end)
                end = segment.end
            }
        }
    }

    @Test("a rollover is one only where the register can start again there")
    func rollover() {
        let known = chain([9990, 9998, 6, 19], modulus: 10_000)
        #expect(known.rollovers == 1 && litres(known) == 29)
        // Without a modulus a fall to near zero is an exchange: what passed across it is unknown.
        let unknown = chain([9990, 9998, 6, 19])
        #expect(unknown.rollovers == 0 && unknown.replacements == 1 && litres(unknown) == 21)
    }

    @Test("a single wrong read is dropped, high or low; the volume across it is kept")
    func spikes() {
        for wrong in [900_000, 0] {
            let result = chain([50_000, 50_010, wrong, 50_030, 50_040])
            #expect(result.spikes == 1 && result.negativeSteps == 0 && result.replacements == 0)
            #expect(litres(result) == 40)
        }
        let two = chain([50_000, 50_010, 900_000, 900_100, 50_030])
        #expect(two.spikes == 2 && litres(two) == 30)
    }

    @Test("a jump that stays is counted and its volume is not believed")
    func jump() {
        let result = chain([50_000, 50_010, 900_000, 900_020, 900_030])
        #expect(result.spikes == 1 && litres(result) == 40)
    }

    @Test("reverse flow is set off against forward flow within a day, and is gone after it")
    func reverse() {
        let soon = chain([1000, 990, 985, 1000, 1007])
        #expect(soon.negativeSteps == 2 && soon.reverse == 15_000 && litres(soon) == 7)
        let late = chain([1000, 950] + Array(repeating: 950, count: 30) + [960, 970])
        #expect(late.reverse == 50_000 && litres(late) == 20)
    }

    @Test("stuck: a week without movement at the end, not in the middle")
    func stuck() throws {
        let moving = (0..<100).map { Optional($0 * 10) }
        for (still, after, expected) in [(168, 0, true), (167, 0, false), (300, 10, false)] {
            let values = moving + Array(repeating: 990, count: still) + (0..<after).map { 1000 + $0 }
            let result = chain(values)
            #expect((result.last - result.lastMove >= ChainRules().stuckAfter) == expected)
        }
    }

    @Test("continuous flow: three whole days without an hour at rest, on the place's own days")
    func continuousFlow() {
        let rules = ChainRules()
        let leak = chain((0...72).map { $0 * 5 })
        #expect(ContinuousFlow.days(leak, offset: 0, rules: rules) == 3)
        // One hour at rest each day.
        var register = 0
        let dwelling = chain(
            (0...240).map { hour in
                register += hour % 24 == 4 ? 0 : 5; return register
            })
        #expect(ContinuousFlow.days(dwelling, offset: 0, rules: rules) == 0)
        // Nineteen reads make no day.
        let short = chain((0...19).map { $0 * 5 })
        #expect(ContinuousFlow.days(short, offset: 0, rules: rules) == 0)
        // Five hours behind UTC the first and the last of four calendar days are cut to 5 and 19 hours.
        #expect(ContinuousFlow.days(leak, offset: -5 * 3600, rules: rules) == 2)
    }

    @Test("the sum over hours is the sum of the steps, to the millilitre, however reads fall")
    func hourSums() {
        var random = Seeded(state: 9)
        for _ in 0..<300 {
            var chain = MeterChain()
            var time = Self.june
            for _ in 0..<80 {
                let next = time + Int.random(in: 1...20_000, using: &random)
                chain.segments.append(.init(start: time, end: next, volume: Int.random(in: 0...5_000_000, using: &random)))
                time = next
            }
            let offset = [0, -18_000, 19_800].randomElement(using: &random) ?? 0
            let start = (Self.june + offset) / 3600 * 3600
            var sums = HourSums(start: start, hours: (time + offset - start) / 3600 + 1)
            sums.add(chain, offset: offset, longest: 168 * 3600)
            #expect(sums.volumes.reduce(0, +) == chain.segments.reduce(0) { $0 + $1.volume })
            #expect(sums.volumes.allSatisfy { $0 >= 0 })
            #expect(sums.meters.allSatisfy { $0 <= 1 })
        }
    }

    @Test("volume over a gap is spread evenly; over more than a week it is kept but not spread")
    func gaps() throws {
        let result = chain([0, 10] + Array(repeating: nil, count: 3) + [50])
        #expect(result.gaps == 1 && result.missing == 3)
        var sums = HourSums(start: Self.june, hours: 5)
        sums.add(result, offset: 0, longest: ChainRules().longestSpread)
        #expect(sums.volumes == [10_000, 10_000, 10_000, 10_000, 10_000])
        let long = chain([0, 10] + Array(repeating: nil, count: 170) + [1000])
        #expect(litres(long) == 1000)
        var unspread = HourSums(start: Self.june, hours: 200)
        unspread.add(long, offset: 0, longest: ChainRules().longestSpread)
        #expect(unspread.volumes.reduce(0, +) == 10_000)
    }

    @Test("the largest flow grows with the bore above DN 50")
    func largestFlow() {
        let rules = ChainRules()
        #expect(rules.largestFlow(diameter: 0.015) == 3)
        #expect(rules.largestFlow(diameter: 0.05) == 15)
        #expect(abs(rules.largestFlow(diameter: 0.1) - 60) < 1e-9)
        #expect(rules.largestFlow(diameter: nil) == 15)
    }

    @Test("a unit counted in register steps needs the register's factor")
    func steps() throws {
        let scratch = try Scratch()
        let profile = try Profiles.make("columns: {meter: meter, time: time, value: value}\nkind: register\nunit: step\ntime_zone: UTC\n")
        let path = try scratch.file("a.csv", "meter,time,value\nA,2026-06-01T00:00,9998\nA,2026-06-01T01:00,3\nB,2026-06-01T00:00,1\n")
        let store = try MeterStore.inMemory()
        try store.importFiles([path], profile: profile, register: [Meter(id: "A", zone: "Z", dials: 4, resolution: 0.1)])
        let records = try store.report().records
        #expect(records[0].summary.rollovers == 1 && abs(records[0].summary.volume - 0.5) < 1e-9)
        #expect(records[0].summary.zone == "Z")
        #expect(records[1].flags == ["no_factor", "no_readings"])
    }
}
