// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import WaterModel

@testable import Metering

/// A synthetic street of meters, one read each hour. Seeds of tests were not used to choose thresholds.
struct SyntheticStreet {
    static let start = Instant(year: 2026, month: 1, day: 5).seconds  // a Monday
    var random: Seeded
    let days: Int

    init(seed: UInt64, days: Int) {
        random = Seeded(state: seed)
        self.days = days
    }

    var hours: Int { days * 24 }

    /// Litres in each hour of a dwelling: events at random, fewer at night.
    mutating func dwelling() -> [Double] {
        let people = Double.random(in: 1...5, using: &random)
        return (0..<hours).map { hour in
            let likely = (hour % 24 < 5 ? 0.03 : ([6, 7, 19, 20].contains(hour % 24) ? 0.45 : 0.18)) * people / 2
            var sum = 0.0
            for _ in 0..<3 where Double.random(in: 0...1, using: &random) < likely / 3 { sum += Double.random(in: 4...50, using: &random) }
            return sum
        }
    }

    func chain(_ litres: [Double], first: Int = 300_000, change: (inout [Int]) -> Void = { _ in }) -> MeterChain {
        var block = ReadingBlock(isInterval: false)
        var sum = Double(first)
        block.values = [first]
        for value in litres { sum += value; block.values.append(Int(sum)) }
        change(&block.values)
        block.times = block.values.indices.map { Self.start + $0 * 3600 }
        block.origins.append(.init(file: 1, quality: 0), count: block.values.count)
        return .register(block, millilitres: 1000, modulus: 1e8, flowLimit: 3000, fallLimit: 100, rules: ChainRules())
    }

    func evidence(_ name: String, _ chain: MeterChain, diameter: Double = 0.015) -> MeterEvidence {
        let window = ReportWindow(start: Self.start, end: Self.start + hours * 3600, offset: 0)
        let volume = Double(chain.segments.reduce(0) { $0 + $1.volume }) / 1e6
        return MeterEvidence(chain, Meter(id: .init(name), diameter: diameter), window: window, volume: volume, rules: ChainRules())
    }

    func findings(_ evidence: [MeterEvidence]) -> [MeterFinding] {
        let window = ReportWindow(start: Self.start, end: Self.start + hours * 3600, offset: 0)
        let logs = Dictionary(uniqueKeysWithValues: Meter.CustomerClass.allCases.map { ($0, EvidenceLog($0)) })
        for meter in evidence { logs[meter.meter.customerClass]?.append(meter) }
        let found = try? FindingSearch.findings(logs, window: window, chain: ChainRules(), rules: FindingRules())
        return found?.findings ?? []
    }
}

@Suite("findings by meter")
struct FindingTests {
    @Test("stuck meters and leaks are found in a street with holidays; the houses at rest are not", arguments: [101, 102] as [UInt64])
    func street(_ seed: UInt64) throws {
        var street = SyntheticStreet(seed: seed, days: 84)
        var evidence: [MeterEvidence] = []
        var stuck: Set<String> = [], leaking: [String: Double] = [:]
        let count = 90
        for k in 0..<count {
            var use = street.dwelling()
            let name = "M\(k)"
            for _ in 0..<2 where k % 3 == 0 {
                let away = Int.random(in: 0..<street.hours, using: &street.random)
                for hour in away..<min(street.hours, away + Int.random(in: 48...240, using: &street.random)) { use[hour] = 0 }
            }
            if k % 15 == 1 {
                for hour in (street.hours - 35 * 24)..<street.hours { use[hour] = 0 }
                stuck.insert(name)
            } else if k % 10 == 2 {
                let rate = Double.random(in: 3...40, using: &street.random)
                for hour in (street.hours - Int.random(in: 6...60, using: &street.random) * 24)..<street.hours { use[hour] += rate }
                leaking[name] = rate
            }
            evidence.append(street.evidence(name, street.chain(use)))
        }
        let findings = street.findings(evidence)
        #expect(Set(findings.filter { $0.kind == .stuck }.map(\.meter.name)) == stuck)
        let leaks = findings.filter { $0.kind == .continuousFlow }
        #expect(Set(leaks.map(\.meter.name)) == Set(leaking.keys))
        for leak in leaks {
            let rate = try #require(leaking[leak.meter.name])
            #expect(leak.probability >= 0.5 && leak.end == nil)
            #expect(abs((leak.rate ?? 0) * 1000 - rate) < 0.1 * rate + 1, "\(leak.evidence), true \(rate)")
        }
        // In order of what is at stake.
        #expect(findings.map(\.expectedPerYear) == findings.map(\.expectedPerYear).sorted(by: >))
    }

    @Test("the chance that a meter at rest is stuck is the share of those that are")
    func restOdds() {
        // Rests begin twice a year and last for a lognormal time; meters stick once in 50 years. Seen for a year.
        var random = Seeded(state: 77)
        func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0...1, using: &random) } }
        var records: [RestRecord] = [], isStuck: [Bool] = []
        let year = 8766.0
        for _ in 0..<6000 {
            var record = RestRecord(MeterChain())
            record.read = year
            var time = 0.0, stuck = false
            let sticks = Double.random(in: 0...1, using: &random) < 0.02 ? Double.random(in: 0...year, using: &random) : .infinity
            while time < year {
                time += -4383 * log(Double.random(in: 1e-9...1, using: &random))
                let length = 24 + 90 * exp(0.9 * normal())
                if time >= sticks { break }
                if time + length < min(sticks, year) { record.rests.append(Float(length)) }
                if time < year, time + length >= year, sticks > year { record.now = year - time }
                time += length
            }
            if sticks < year { record.now = year - sticks; stuck = true }
            records.append(record)
            isStuck.append(stuck)
        }
        let odds = RestOdds(records)
        var stated = [0.0, 0.0], found = [0.0, 0.0], count = [0.0, 0.0]
        for (record, stuck) in zip(records, isStuck) where record.now >= 72 {
            let chance = odds.chance(record)
            let bin = chance < 0.5 ? 0 : 1
            stated[bin] += chance
            found[bin] += stuck ? 1 : 0
            count[bin] += 1
        }
        for bin in 0..<2 {
            // Three deviations of so many draws, and a few hundredths for the curve being estimated.
            let mean = stated[bin] / count[bin]
            let reach = 3 * (mean * (1 - mean) / count[bin]).squareRoot() + 0.05
            let share = found[bin] / count[bin]
            #expect(abs(share - mean) < reach, "\(share) of \(count[bin]), stated \(mean)")
        }
    }

    @Test("a coarse register shows a leak by three steps in six hours, and no leak where a family uses little at night")
    func coarse() {
        var street = SyntheticStreet(seed: 5, days: 28)
        func episodes(_ leak: Double) -> [FlowEpisode] {
            let use = street.dwelling().map { $0 + leak }
            let chain = street.chain(use) { values in values = values.map { $0 / 10 * 10 } }
            #expect(chain.resolution == 10_000)
            return FlowEpisode.all(HourColumn(chain, offset: 0, longest: 5400), resolution: Float(chain.resolution) / 1000)
        }
        #expect(episodes(0).isEmpty)
        let found = episodes(9)
        #expect(found.count == 1 && found[0].end - found[0].start > 27 * 24)
        #expect(abs(found[0].rate - 9) < 1.8)
    }

    @Test("a step by the ratio of two units, a bypass and a slow decline are told apart")
    func levels() throws {
        var street = SyntheticStreet(seed: 8, days: 52 * 7)
        var evidence: [MeterEvidence] = []
        for k in 0..<36 {
            var use = street.dwelling()
            let middle = street.hours / 2
            switch k {
            case 0: for hour in middle..<street.hours { use[hour] *= 10 }
            case 1: for hour in middle..<street.hours { use[hour] *= 0.35 }
            case 2: for hour in use.indices { use[hour] *= 1 - 0.6 * Double(hour) / Double(street.hours) }
            default: break
            }
            evidence.append(street.evidence("M\(k)", street.chain(use)))
        }
        let findings = street.findings(evidence)
        func kinds(_ name: String) -> [MeterFinding.Kind] { findings.filter { $0.meter.name == name }.map(\.kind) }
        #expect(kinds("M0") == [.unitStep])
        #expect(kinds("M1") == [.suspiciousDrop])
        #expect(kinds("M2") == [.underRegistering])
        #expect(findings.count <= 4, "\(findings.map { ($0.meter, $0.kind, $0.evidence) })")
        let drop = try #require(findings.first { $0.kind == .suspiciousDrop })
        #expect(abs((drop.start?.seconds ?? 0) - SyntheticStreet.start - street.hours / 2 * 3600) <= 7 * 86_400)
    }

    /// Houses of so many dwellings, twenty-four weeks long.
    static func houses(_ street: inout SyntheticStreet, of dwellings: Int, count: Int) -> [[Double]] {
        (0..<count).map { _ in
            var sum = street.dwelling()
            for _ in 1..<dwellings { for (hour, litres) in street.dwelling().enumerated() { sum[hour] += litres } }
            return sum
        }
    }

    @Test(
        "stamps moved by hours show in the mean day of a house of three dwellings; by a single hour in one of eight",
        arguments: [(6, 3), (-3, 3), (1, 8), (-1, 8)])
    func clock(_ hours: Int, _ dwellings: Int) throws {
        var street = SyntheticStreet(seed: 21, days: 24 * 7)
        let use = Self.houses(&street, of: dwellings, count: 1)[0], half = street.hours / 2
        let moved = use.indices.map { $0 < half ? use[$0] : use[min(use.count - 1, max(0, $0 - hours))] }
        let finding = try #require(street.findings([street.evidence("M", street.chain(moved))]).first { $0.kind == .clockShift })
        #expect(finding.measures.first { $0.0 == "move_h" }?.1 == Double(hours))
        #expect(!street.findings([street.evidence("M", street.chain(use))]).contains { $0.kind == .clockShift })
    }

    @Test("where a whole street's day moves with summer time, the meter that does not is told")
    func summerTime() {
        var street = SyntheticStreet(seed: 22, days: 24 * 7)
        let half = street.hours / 2
        let evidence = Self.houses(&street, of: 8, count: 22).enumerated().map { k, use in
            let moved = use.indices.map { $0 < half ? use[$0] : use[min(use.count - 1, $0 + 1)] }
            return street.evidence("M\(k)", street.chain(k == 5 ? use : moved))
        }
        let told = street.findings(evidence).filter { $0.kind == .clockShift }
        #expect(told.map(\.meter.name) == ["M5"], "\(told.map { ($0.meter.name, $0.measures) })")
        #expect(told.first?.measures.first { $0.0 == "move_h" }?.1 == 1)
    }

    @Test("a meter two sizes too large for its largest hours")
    func sizes() throws {
        var street = SyntheticStreet(seed: 31, days: 28)
        let chain = street.chain(street.dwelling())
        #expect(street.findings([street.evidence("M", chain, diameter: 0.05)]).contains { $0.kind == .oversized })
        #expect(!street.findings([street.evidence("M", chain, diameter: 0.015)]).contains { $0.kind == .oversized })
        #expect(MeterSizes.all[MeterSizes.smallest(for: 3)].diameter == 0.02)
    }
}
