// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import TextFiles
import WaterModel

/// Judges meters one against the other, class by class.
struct FindingSearch {
    let window: ReportWindow
    let chain: ChainRules
    let rules: FindingRules
    let unitRatios: [UnitRatio]
    private var found: [MeterFinding] = []
    /// Meters whose rest at the end is likelier one of use than a fault.
    private var atRest: Set<Meter.ID> = []

    static let hoursPerYear = 8766.0
    /// A year's use is known no better from a part of it. [–]
    static let yearToYear = 0.2

    /// Findings in order of expected volume, and the meters that stand still and are more likely not stuck.
    /// - Throws: what reading the evidence throws.
    static func findings(_ evidence: [Meter.CustomerClass: EvidenceLog], window: ReportWindow, chain: ChainRules, rules: FindingRules)
        throws -> (findings: [MeterFinding], atRest: Set<Meter.ID>)
    {
        var search = FindingSearch(window: window, chain: chain, rules: rules)
        for name in Meter.CustomerClass.allCases {
            if let members = evidence[name] { try search.judge(members, name) }
        }
        search.found.sort {
            ($1.expectedPerYear, $1.probability, $0.meter.name, $0.kind.rawValue)
                < ($0.expectedPerYear, $0.probability, $1.meter.name, $1.kind.rawValue)
        }
        return (search.found, search.atRest)
    }

    private init(window: ReportWindow, chain: ChainRules, rules: FindingRules) {
        self.window = window
        self.chain = chain
        self.rules = rules
        unitRatios = UnitRatio.all(chain)
    }

    private mutating func judge(_ meters: EvidenceLog, _ name: Meter.CustomerClass) throws {
        let odds = RestOdds(meters.rests)
        let index = try WeekSeries.index(of: meters)
        let usual = OrderStatistics.median(meters.uses) ?? 0
        let moves = ClassMoves(meters.moves)
        // What leaked is no use: its end is no fall of the level.
        func series(_ meter: MeterEvidence, _ leak: Leak?) -> WeekSeries {
            WeekSeries(leak.map { $0.chance >= 0.5 ? less($0.episode, in: meter.weeks) : meter.weeks } ?? meter.weeks, index: index)
        }
        // All meters are gone through twice, rather than their trends kept.
        var slopes = ClassTrends.Slopes()
        let hasTrends = meters.weeks > (LevelTrend.fewestBlocks - 1) * WeekRecord.blockWeeks
        if hasTrends {
            try meters.forEach { meter in
                if let trend = LevelTrend(meter, series(meter, likeliestLeak(meter, name))) { slopes.add(trend) }
            }
        }
        let common = ClassTrends(slopes)
        try meters.forEach { meter in
            guard meter.readings > 0 else { return }
            let leak = likeliestLeak(meter, name)
            let isStuck = stuck(meter, odds, usual: usual, name)
            silent(meter)
            unitsInRegister(meter)
            reversal(meter)
            if let leak { tell(leak.episode, leak.chance, meter) }
            oversized(meter)
            clock(meter, moves)
            if !isStuck {
                let series = series(meter, leak)
                level(meter, series, hasTrends ? LevelTrend(meter, series) : nil, common)
            }
        }
    }

    // MARK: Each kind

    private mutating func stuck(_ m: MeterEvidence, _ odds: RestOdds, usual: Double, _ name: Meter.CustomerClass) -> Bool {
        guard m.rest.now >= max(rules.shortestRest, m.rest.shortest) else { return false }
        let neverMoved = m.rest.now >= m.rest.read - 0.01
        let chance = neverMoved ? rules.stuckSinceBefore : odds.chance(m.rest)
        guard chance >= min(rules.leastProbability, rules.leastStuck) else {
            atRest.insert(m.meter.id)
            return false
        }
        let before = Self.use(m.weeks.map { $0 > 0 ? $0 : -1 })
        // Nothing is known of the use behind a meter that never moved but its class.
        let use = before ?? Estimate(usual, standardDeviation: 0.5 * usual)
        let days = NumberText.days(m.rest.now / 24)
        var words = "register unmoved for \(days) days while it was read"
        if neverMoved {
            words += ", the whole record: an empty house looks the same; use taken as its class's"
        } else {
            words +=
                "; \(m.rest.rests.count) earlier rests; of rests in class \(name.rawValue) a share of "
                + "\(NumberText.share(odds.survival(m.rest.now))) lasts longer; used \(NumberText.short(use.value * 24)) L a day before"
        }
        add(
            m, .stuck, chance, start: m.lastMove, rate: use.value / 1000, volume: use.value * m.rest.now / 1000, perYear: Self.perYear(use),
            words,
            [("rest_h", m.rest.now), ("earlier_rests", Double(m.rest.rests.count)), ("share_of_rests_longer", odds.survival(m.rest.now))])
        return true
    }

    private mutating func silent(_ m: MeterEvidence) {
        let end = window.end - window.offset
        guard end - m.last >= max(rules.silentAfter, 3 * m.step) else { return }
        let use = Self.use(m.weeks) ?? Estimate(0)
        let hours = Double(end - m.last) / 3600
        add(
            m, .silent, 1, start: m.last, rate: use.value / 1000, volume: use.value * hours / 1000, perYear: Self.perYear(use),
            "no reading for the last \(NumberText.days(hours / 24)) days; its use is unread, not zero", [("silent_h", hours)])
    }

    private mutating func unitsInRegister(_ m: MeterEvidence) {
        if let edit = m.unitSteps.first, let old = edit.old, let new = edit.new, new > 0 {
            add(
                m, .unitStep, 0.99, start: edit.from, perYear: Estimate(0),
                "register went on at \(NumberText.significant(old / new, 4)) times its value; read in the first unit since",
                [("ratio", old / new)])
        } else if m.spikes >= max(20, m.readings / 50), let since = m.firstSpike {
            add(
                m, .unitStep, 0.9, start: since, perYear: Estimate(0),
                "\(m.spikes) of \(m.readings) steps are more than can pass through the meter: unit, multiplier or diameter is wrong",
                [("impossible_steps", Double(m.spikes))])
        }
    }

    private mutating func reversal(_ m: MeterEvidence) {
        guard m.reverse >= max(20, 3 * Double(m.resolution)), m.rest.read > 0 else { return }
        // Where the unit changed, the one fall is of its rounding.
        if !m.unitSteps.isEmpty, m.reverseSteps < 2 { return }
        let isTurned = m.reverse > 1000 * m.volume
        let perYear = m.reverse / 1000 * Self.hoursPerYear / m.rest.read
        add(
            m, .reverseFlow, 0.99, rate: m.reverse / 1000 / m.rest.read, volume: m.reverse / 1000,
            perYear: Estimate(perYear, standardDeviation: perYear / Double(max(1, m.reverseSteps)).squareRoot()),
            "ran backwards in \(m.reverseSteps) steps, \(NumberText.short(m.reverse)) L in all"
                + (isTurned ? ", more than forwards: the meter may be turned round" : ""),
            [("reverse_l", m.reverse), ("reverse_steps", Double(m.reverseSteps))])
    }

    private static func runsAlways(_ name: Meter.CustomerClass) -> Bool { name == .industrial || name == .institutional }

    private typealias Leak = (episode: FlowEpisode, chance: Double)

    /// The likeliest flow that never stopped; of two alike the one that lasts.
    private func likeliestLeak(_ m: MeterEvidence, _ name: Meter.CustomerClass) -> Leak? {
        guard !m.episodes.isEmpty else { return nil }
        let chances = m.episodes.filter { $0.rate > 0 }.map { (episode: $0, chance: LeakChance.of($0, runsAlways: Self.runsAlways(name))) }
        return chances.max { $0.chance + ($0.episode.isOpen ? 0.1 : 0) < $1.chance + ($1.episode.isOpen ? 0.1 : 0) }
    }

    /// Weekly use without a flow that never stopped. [L/h]
    private func less(_ e: FlowEpisode, in weeks: [Float]) -> [Float] {
        weeks.enumerated().map { week, use in
            let start = window.start / 3600 + week * WeekRecord.hours
            let hours = min(e.end, start + WeekRecord.hours) - max(e.start, start)
            return use <= 0 || hours <= 0 ? use : max(0, use - Float(e.rate) * Float(hours) / Float(WeekRecord.hours))
        }
    }

    private mutating func tell(_ e: FlowEpisode, _ chance: Double, _ m: MeterEvidence) {
        guard chance >= min(rules.leastProbability, rules.leastLeak) else { return }
        let rate = Estimate(e.rate, standardDeviation: e.rateDeviation)
        let days = NumberText.days(Double(e.end - e.start) / 24)
        let before = e.before.map { "; the days before fell to \(NumberText.share($0)) of it" } ?? ""
        add(
            m, .continuousFlow, chance, local: e.start * 3600, end: e.isOpen ? nil : e.end * 3600, rate: e.rate / 1000,
            volume: e.volume / 1000, perYear: e.isOpen ? Self.perYear(rate) : Estimate(0),
            "flow never stopped for \(days) days; least flow \(NumberText.short(e.rate)) L/h, which varies by \(NumberText.share(e.unevenness)) "
                + "from day to day, runs as in draws of \(NumberText.short(e.drawSize)) L, and is \(NumberText.share(e.floorShare)) of the use\(before)",
            [
                ("hours", Double(e.end - e.start)),
                ("resolution_l", Double(m.resolution)), ("rate_deviation_l_per_h", e.rateDeviation), ("draw_l", e.drawSize),
            ] + LeakChance.features(e, runsAlways: Self.runsAlways(m.meter.customerClass)))
    }

    private mutating func oversized(_ m: MeterEvidence) {
        guard let diameter = m.meter.diameter, let peak = m.peak, peak > 0, m.rest.read >= 14 * 24 else { return }
        let has = MeterSizes.index(diameter)
        let needed = rules.peakFactor * Double(peak) / 1000
        let would = MeterSizes.smallest(for: needed)
        guard has - would >= rules.sizesTooLarge else { return }
        let shares = m.lowShare.filter { $0 >= 0 }
        let low = shares.isEmpty ? 0 : Double(shares.reduce(0, +)) / Double(shares.count)
        let use = Self.use(m.weeks) ?? Estimate(0)
        let passed = Self.perYear(use).value * low
        let missed = rules.missedBelowLeast
        // One size by chance: what passes in the largest hours is known to a factor of two.
        let margin = log(MeterSizes.all[has].permanentFlow / needed)
        add(
            m, .oversized, 1 / (1 + exp(-3 * (margin - 0.5))), rate: nil,
            perYear: Estimate(passed * missed.value, standardDeviation: passed * (missed.high - missed.low) / 4),
            "DN \(Int((diameter * 1000).rounded())) with Q3 \(NumberText.short(MeterSizes.all[has].permanentFlow)) m3/h for hours of "
                + "at most \(NumberText.short(Double(peak) / 1000)) m3/h: DN \(Int(MeterSizes.all[would].diameter * 1000)) would do; "
                + "\(NumberText.share(low)) of the use passes below Q1",
            [("peak_m3_per_h", Double(peak) / 1000), ("low_flow_share", low), ("hours_at_rest_share", m.hoursAtRest)])
    }

    // MARK: Common

    /// Mean use and its deviation from week to week. [L/h]
    static func use(_ weeks: [Float]) -> Estimate? {
        let known = weeks.filter { $0 >= 0 }.map(Double.init)
        guard !known.isEmpty else { return nil }
        let n = Double(known.count), mean = known.reduce(0, +) / n
        let variance = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)
        return Estimate(mean, standardDeviation: (2 * variance / n + yearToYear * yearToYear * mean * mean).squareRoot())
    }

    /// [m³/year]
    /// - rate: [L/h]
    static func perYear(_ rate: Estimate) -> Estimate { hoursPerYear / 1000 * rate }

    mutating func add(
        _ m: MeterEvidence, _ kind: MeterFinding.Kind, _ chance: Double, start: Int? = nil, local: Int? = nil, end: Int? = nil,
        rate: Double? = nil, volume: Double? = nil, perYear: Estimate, _ words: String, _ measures: [(String, Double)]
    ) {
        let since = local ?? start.map { $0 + window.offset }
        found.append(
            MeterFinding(
                meter: m.meter.id, zone: m.meter.zone, kind: kind, probability: min(0.99, chance),
                start: since.map { Instant(seconds: $0) },
                end: end.map { Instant(seconds: $0) }, rate: rate, volume: volume, perYear: perYear, evidence: words, measures: measures))
    }
}
