// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterModel

@testable import Metering

@Suite("chains as rows of hours")
struct HourRowTests {
    /// Hourly registers with all that may happen to one.
    private func block(_ random: inout Seeded, hours: Int, at: Int) -> ReadingBlock {
        var block = ReadingBlock(isInterval: false)
        var value = Int.random(in: 0...90_000, using: &random)
        let restless = Bool.random(using: &random)
        var time = at
        for _ in 0..<hours {
            var shown = value
            switch Int.random(in: 0...150, using: &random) {
            case 0: shown += 400_000
            case 1: value = Int.random(in: 0...50, using: &random)
            case 2: value -= Int.random(in: 0...200, using: &random)
            case 3: value = (value + 99_000) % 100_000
            case 4: time += 3600 * Int.random(in: 1...9, using: &random)
            case 5: time += 3600 * Int.random(in: 100...200, using: &random)
            case 6 where restless: value -= 40
            default: break
            }
            block.times.append(time)
            block.values.append(max(0, shown))
            time += 3600
            let use = Int.random(in: 0...2, using: &random) == 0 ? 0 : Int.random(in: 0...60, using: &random)
            value += restless ? use + 3 : use
        }
        block.origins.append(.init(file: 1, quality: 0), count: block.times.count)
        return block
    }

    @Test("says the same as the steps one by one", arguments: [1000.0, 3785.411784])
    func same(_ millilitres: Double) {
        var random = Seeded(state: 3)
        var rows = 0
        for round in 0..<120 {
            let offset = -4 * 3600
            let start = Instant(year: 2026, month: 5, day: 3, hour: 4).seconds + round * 3600
            let readings = block(&random, hours: 900, at: start)
            func chain(_ offset: Int?) -> MeterChain {
                .register(
                    readings, millilitres: millilitres, modulus: 100_000, flowLimit: 3000, fallLimit: 100, rules: ChainRules(),
                    offset: offset)
            }
            let steps = chain(nil), row = chain(offset)
            rows += row.hours == nil ? 0 : 1
            let again = row.byStep()
            #expect(again.segments.map { [$0.start, $0.end, $0.volume] } == steps.segments.map { [$0.start, $0.end, $0.volume] })
            #expect(again.segments.map(\.quality) == steps.segments.map(\.quality))
            #expect(
                row.edits.map(\.from) == steps.edits.map(\.from) && row.lastMove == steps.lastMove && row.resolution == steps.resolution)
            #expect(
                [row.spikes, row.gaps, row.negativeSteps, row.rollovers] == [
                    steps.spikes, steps.gaps, steps.negativeSteps, steps.rollovers,
                ])
            let rules = ChainRules()
            #expect(ContinuousFlow.days(row, offset: offset, rules: rules) == ContinuousFlow.days(steps, offset: offset, rules: rules))
            let one = HourColumn(row, offset: offset, longest: 5400), other = HourColumn(steps, offset: offset, longest: 5400)
            #expect(one.start == other.start && one.litres == other.litres)
            let rest = RestRecord(row), wanted = RestRecord(steps)
            #expect(rest.rests == wanted.rests && rest.now == wanted.now && rest.read == wanted.read && rest.shortest == wanted.shortest)
            if !FlowEpisode.mayBe(row, resolution: 1) { #expect(FlowEpisode.all(other, resolution: 1).isEmpty) }
            if !FlowEpisode.mayBe(row, resolution: 10) { #expect(FlowEpisode.all(other, resolution: 10).isEmpty) }
            // A window that begins and ends inside.
            var a = HourSums(start: start + offset + 50 * 3600, hours: 400), b = a
            a.add(row.shaped(offset: offset, rules: rules), offset: offset, longest: rules.longestSpread)
            b.add(steps.shaped(offset: offset, rules: rules), offset: offset, longest: rules.longestSpread)
            #expect(a.volumes == b.volumes && a.meters == b.meters && a.estimated == b.estimated && a.metersEstimated == b.metersEstimated)
        }
        #expect(rows > 40)
    }

    @Test("readings off the hour, or on the hours of another clock, make no row")
    func off() {
        var random = Seeded(state: 3)
        let start = Instant(year: 2026, month: 5, day: 3).seconds
        for (at, offset) in [(start + 1140, 0), (start, 19_800)] {
            let chain = MeterChain.register(
                block(&random, hours: 100, at: at), millilitres: 1000, modulus: nil, flowLimit: 3000, fallLimit: 100, rules: ChainRules(),
                offset: offset)
            #expect(chain.hours == nil && chain.segments.count > 80)
        }
    }

    @Test("runs of hours are counted as they are gone through, a day's among them found")
    func runs() {
        var random = Seeded(state: 5)
        for _ in 0..<400 {
            let count = Int.random(in: 1...400, using: &random)
            var words = [UInt64](repeating: 0, count: (count + 63) / 64)
            var at = 0
            while at < count {
                let length = Int.random(in: 0...3, using: &random) == 0 ? Int.random(in: 20...26, using: &random) : 2
                for hour in at..<min(count, at + length) { words[hour / 64] |= 1 << UInt64(hour % 64) }
                at += length + Int.random(in: 1...30, using: &random)
            }
            let bits = HourBits(words: words, count: count)
            var runs: [Int] = [], next = 0
            while let run = bits.nextRun(from: &next) { runs.append(run) }
            #expect(bits.numberOfRuns == runs.count && bits.number == runs.reduce(0, +))
            #expect(bits.hasRunOfDay == runs.contains { $0 >= 24 })
            #expect(bits.lastRun == (next == count && !runs.isEmpty ? runs.last : 0))
        }
        #expect(HourBits(words: [.max, .max], count: 128).lastRun == 128)
    }

    @Test("the usual step is the median, the lower of two, and all others are listed")
    func steps() {
        var random = Seeded(state: 6)
        for round in 0..<200 {
            var times = [0]
            for _ in 0..<Int.random(in: 1...100, using: &random) {
                times.append(
                    times[times.count - 1] + (Int.random(in: 0...99, using: &random) < round ? Int.random(in: 1...3, using: &random) : 2))
            }
            let steps = ReadingSteps(times)
            let distances = zip(times.dropFirst(), times).map { $0 - $1 }
            #expect(steps.usual == distances.sorted()[(distances.count - 1) / 2])
            #expect(steps.others == distances.indices.filter { distances[$0] != steps.usual }.map { $0 + 1 })
        }
        #expect(ReadingSteps([]).usual == 0 && ReadingSteps([5]).others.isEmpty)
    }
}
