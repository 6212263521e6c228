// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterModel

@testable import Metering

@Suite("what validation reads otherwise, and why")
struct EditTests {
    static let june = Instant(year: 2026, month: 6, day: 1).seconds  // a Monday

    private func block(_ litres: [Int?], step: Int = 3600, estimated: Set<Int> = []) -> ReadingBlock {
        var block = ReadingBlock(isInterval: false)
        for (i, value) in litres.enumerated() {
            guard let value else { continue }
            block.times.append(Self.june + i * step)
            block.values.append(value)
            let quality = estimated.contains(i) ? Profile.Quality.estimated : .good
            block.origins.append(.init(file: 1, quality: quality.rawValue))
        }
        return block
    }

    /// 3 m³/h in litres; falls of 100 L.
    private func chain(_ block: ReadingBlock, modulus: Double? = nil) -> MeterChain {
        .register(block, millilitres: 1000, modulus: modulus, flowLimit: 3000, fallLimit: 100, rules: ChainRules())
    }

    private func litres(_ chain: MeterChain) -> Int { chain.segments.reduce(0) { $0 + $1.volume } / 1000 }

    @Test("a wrong value that is possible is told by its return: the middle read is dropped, not two intervals", arguments: [700, -700])
    func possibleSpike(_ size: Int) {
        let result = chain(block([50_000, 50_010, 50_020 + size, 50_030, 50_040]))
        #expect(result.spikes == 1 && result.negativeSteps == 0 && result.replacements == 0)
        #expect(litres(result) == 40 && result.segments.count == 3)
        #expect(result.edits.filter { $0.rule == .spikePair }.map(\.old) == [Double(50_020 + size)])
    }

    @Test("small reverse flow is no spike")
    func smallReverse() {
        let result = chain(block([1000, 1010, 1004, 1012, 1020]))
        #expect(result.spikes == 0 && result.negativeSteps == 1 && litres(result) == 20)
    }

    @Test("without a known range, a fall from just under 10⁵ or more is a rollover; the edit says that it is inferred")
    func inferredRollover() {
        let result = chain(block([99_962, 99_990, 21, 40]))
        #expect(result.rollovers == 1 && result.replacements == 0 && litres(result) == 78)
        #expect(result.edits.map(\.rule) == [.rolloverInferred])
    }

    @Test("a register that goes on in another unit is read in the first one", arguments: [1000, 100, 10, 7.48051948, 0.1])
    func unitStep(_ ratio: Double) throws {
        let true_ = (0..<10).map { 800_000 + 15 * $0 }
        let shown = true_.enumerated().map { $0.offset < 5 ? $0.element : Int((Double($0.element) * ratio).rounded(.down)) }
        let result = chain(block(shown))
        let lost = ratio < 1 ? Int(1 / ratio) : 1  // steps of the coarser unit
        #expect(result.unitSteps == 1 && result.spikes == 0 && result.replacements == 0)
        #expect(abs(litres(result) - 135) <= lost)
        let edit = try #require(result.edits.first { $0.rule == .unitStep })
        #expect(edit.old == Double(shown[5]) && abs((edit.new ?? 0) - Double(true_[5])) <= Double(lost))
    }

    @Test("estimates then a credit: between two actual reads the registered volume counts, whatever was estimated")
    func estimatesThenCredit() {
        // Water Loss Control (2nd ed.), tables 14.4 and 14.5: 885 ft³ a month estimated, then 38,345 read after an estimate of 42,477.
        let months = 20
        var shown = (0..<months).map { 42_477 - 885 * (months - 1 - $0) }
        shown.append(38_345)
        let registered = chain(block(shown, step: 30 * 86_400, estimated: Set(1..<months)))
        #expect(registered.negativeSteps == 0 && registered.replacements == 0)
        #expect(litres(registered) == 38_345 - shown[0])
        #expect(registered.segments.map(\.quality) == [.shapeEstimated])
        #expect(registered.edits.count { $0.rule == .estimatedRead } == months - 1)
        // Estimates that no read has confirmed yet are estimates of the volume.
        let open = chain(block([1000, 1900, 2800], step: 30 * 86_400, estimated: [1, 2]))
        #expect(open.segments.map(\.quality) == [.volumeEstimated, .volumeEstimated] && litres(open) == 1800)
    }

    @Test("a register sent twice and a double hour are one volume over both, where the meter never rests")
    func repeated() {
        var values = [10_000]
        for _ in 0..<30 { values.append(values[values.count - 1] + 18) }
        values[15] = values[14]
        let result = chain(block(values))
        #expect(result.repeats == 1 && litres(result) == 540)
        #expect(result.segments.allSatisfy { $0.volume == 18_000 })
        // A dwelling that rests at night is left as it is.
        var home = [10_000]
        for hour in 0..<48 { home.append(home[home.count - 1] + (hour % 24 < 6 ? 0 : 18)) }
        #expect(chain(block(home)).repeats == 0)
    }

    @Test("a long gap has the shape of the meter's own days, and its volume to the millilitre")
    func gapShape() throws {
        // 10 L in hours 6 to 21, none at night; two weeks, then a day is missing.
        var register = 0
        var shown: [Int?] = [0]
        for hour in 0..<(15 * 24) {
            register += (6..<22).contains(hour % 24) ? 10 : 0
            let isMissing = hour >= 14 * 24 && hour < 15 * 24 - 1
            shown.append(isMissing ? nil : register)
        }
        let whole = chain(block(shown))
        let shaped = whole.shaped(offset: 0, rules: ChainRules())
        #expect(shaped.segments.reduce(0) { $0 + $1.volume } == whole.segments.reduce(0) { $0 + $1.volume })
        let gap = shaped.segments.filter { $0.quality == .shapeEstimated }
        #expect(gap.count == 24)
        for part in gap {
            let hour = (part.start - Self.june) / 3600 % 24
            #expect(abs(part.volume - ((6..<22).contains(hour) ? 10_000 : 0)) <= 1)
        }
        // Without a week of history it stays linear.
        #expect(chain(block([0, 10] + Array(repeating: nil, count: 5) + [70])).shaped(offset: 0, rules: ChainRules()).segments.count == 2)
    }

    @Test("the sum of an interval feed keeps estimates apart; a missing interval is unread, not zero")
    func intervals() throws {
        let scratch = try Scratch()
        let profile = try Profiles.make(
            "columns: {meter: meter, time: time, value: value, quality: q}\nkind: interval\nunit: L\ntime_zone: UTC\nstamp: start\n"
                + "quality_map: {E: estimated, A: good}\n")
        let rows = (0..<24).compactMap { hour in
            hour == 5 ? nil : "M,2026-06-01T\(hour < 10 ? "0" : "")\(hour):00,10,\(hour == 7 ? "E" : "A")"
        }
        let path = try scratch.file("a.csv", "meter,time,value,q\n" + rows.joined(separator: "\n") + "\n")
        let store = try MeterStore.inMemory()
        try store.importFiles([path], profile: profile)
        let record = try #require(try store.report().records.first)
        #expect(abs(record.summary.volume - 0.23) < 1e-9 && abs(record.estimatedVolume - 0.01) < 1e-9)
        #expect(abs(record.shares.unread - 1 / 24) < 1e-9 && abs(record.shares.volumeEstimated - 1 / 24) < 1e-9)
        #expect(abs(record.unreadVolume - 0.01) < 1e-9)
        #expect(try store.report().edits.map(\.rule) == [.gapOfIntervals])
    }
}
