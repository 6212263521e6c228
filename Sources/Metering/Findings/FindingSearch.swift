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
    private var found: [MeterFinding] = []
    /// Meters whose rest at the end is likelier one of use than a fault.
    private var atRest: Set<Meter.ID> = []

    static let hoursPerYear = 8766.0
    /// A year's use is known no better from a part of it. [–]
    static let yearToYear = 0.2

    /// Findings in order of expected volume, and the meters that stand still and are more likely not stuck.
    static func findings(_ evidence: [Meter.CustomerClass: [MeterEvidence]], window: ReportWindow, chain: ChainRules, rules: FindingRules)
        -> (findings: [MeterFinding], atRest: Set<Meter.ID>)
    {
        var search = FindingSearch(window: window, chain: chain, rules: rules)
        for name in Meter.CustomerClass.allCases {
            if let members = evidence[name] { search.judge(members, name) }
        }
        let ordered = search.found.sorted {
            ($1.expectedPerYear, $1.probability, $0.meter.name, $0.kind.rawValue)
                < ($0.expectedPerYear, $0.probability, $1.meter.name, $1.kind.rawValue)
        }
        return (ordered, search.atRest)
    }

    static func findings(_ evidence: [MeterEvidence], window: ReportWindow, chain: ChainRules, rules: FindingRules)
        -> (findings: [MeterFinding], atRest: Set<Meter.ID>)
    {
        findings(Dictionary(grouping: evidence, by: \.meter.customerClass), window: window, chain: chain, rules: rules)
    }

    private init(window: ReportWindow, chain: ChainRules, rules: FindingRules) {
        self.window = window
        self.chain = chain
        self.rules = rules
    }

    private mutating func judge(_ meters: [MeterEvidence], _ name: Meter.CustomerClass) {
        let odds = RestOdds(meters.map(\.rest))
        let index = WeekSeries.index(of: meters.map(\.weeks), weeks: meters.map(\.weeks.count).max() ?? 0)
        let usual = OrderStatistics.median(meters.compactMap { Self.use($0.weeks)?.value }) ?? 0
        for meter in meters where meter.readings > 0 {
            let isStuck = stuck(meter, odds, usual: usual, name)
            silent(meter)
            unitsInRegister(meter)
            reversal(meter)
            leak(meter)
            oversized(meter)
            clock(meter)
            if !isStuck { change(meter, WeekSeries(meter.weeks, index: index)) }
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
        let isTurned = m.reverse > 1000 * m.volume
        let perYear = m.reverse / 1000 * Self.hoursPerYear / m.rest.read
        add(
            m, .reverseFlow, 0.99, rate: m.reverse / 1000 / m.rest.read, volume: m.reverse / 1000,
            perYear: Estimate(perYear, standardDeviation: perYear / Double(max(1, m.reverseSteps)).squareRoot()),
            "ran backwards in \(m.reverseSteps) steps, \(NumberText.short(m.reverse)) L in all"
                + (isTurned ? ", more than forwards: the meter may be turned round" : ""),
            [("reverse_l", m.reverse), ("reverse_steps", Double(m.reverseSteps))])
    }

    private mutating func leak(_ m: MeterEvidence) {
        // The likeliest; of two alike the one that lasts.
        func weight(_ e: FlowEpisode) -> Double { LeakChance.of(e, m.meter.customerClass) + (e.isOpen ? 0.1 : 0) }
        guard let e = m.episodes.max(by: { weight($0) < weight($1) }), e.rate > 0 else { return }
        let chance = LeakChance.of(e, m.meter.customerClass)
        guard chance >= min(rules.leastProbability, rules.leastLeak) else { return }
        let rate = Estimate(e.rate, standardDeviation: e.rateDeviation)
        let days = NumberText.days(Double(e.end - e.start) / 24)
        let before = e.before.map { "; the days before fell to \(NumberText.share($0)) of it" } ?? ""
        add(
            m, .continuousFlow, chance, local: e.start * 3600, end: e.isOpen ? nil : e.end * 3600, rate: e.rate / 1000,
            volume: e.volume / 1000, perYear: e.isOpen ? Self.perYear(rate) : Estimate(0),
            "flow never stopped for \(days) days; least flow \(NumberText.short(e.rate)) L/h, which varies by \(NumberText.share(e.unevenness)) "
                + "from day to day and is \(NumberText.share(e.floorShare)) of the use\(before)",
            [
                ("hours", Double(e.end - e.start)), ("unevenness", e.unevenness), ("floor_share", e.floorShare),
                ("resolution_l", Double(m.resolution)), ("rate_deviation_l_per_h", e.rateDeviation),
            ])
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

    private mutating func clock(_ m: MeterEvidence) {
        let shape = m.shape
        guard let at = shape.alike.indices.max(by: { shape.alikeMoved[$0] - shape.alike[$0] < shape.alikeMoved[$1] - shape.alike[$1] }),
            shape.alike[at] > ShapeRecord.unknown
        else { return }
        let gain = Double(shape.alikeMoved[at] - shape.alike[at]), alike = Double(shape.alikeMoved[at])
        let chance = logistic(20 * (alike - 0.83)) * logistic(14 * (gain - 0.75))
        guard chance >= rules.leastProbability, abs(shape.move[at]) >= 2 else { return }
        add(
            m, .clockShift, chance, local: window.start + (at + 1) * WeekRecord.blockWeeks * WeekRecord.hours * 3600, rate: nil,
            perYear: Estimate(0),
            "hours of the mean day moved by \(shape.move[at]) h: alike \(NumberText.share(alike)) so moved, "
                + "\(NumberText.share(Double(shape.alike[at]))) as they stand",
            [("move_h", Double(shape.move[at])), ("gain", gain), ("alike", alike)])
    }

    /// Steps and slow declines of the level.
    private mutating func change(_ m: MeterEvidence, _ series: WeekSeries) {
        guard let step = LevelChange(series) else { return }
        let alike = shapeAcross(m, step.week)
        let local = window.start + step.week * WeekRecord.hours * 3600
        let use = Self.use(m.weeks) ?? Estimate(0)
        let numbers: [(String, Double)] = [
            ("ratio", step.ratio), ("t", step.t), ("alike", alike ?? 0), ("explained", step.explained),
            ("explained_by_line", step.explainedByLine),
        ]
        if let unit = step.unitRatio(chain), m.unitSteps.isEmpty, step.t > 5 {
            let chance = ChangeChance.unit(step, alike: alike)
            if chance >= rules.leastProbability {
                add(
                    m, .unitStep, chance, local: local, rate: nil, perYear: Estimate(0),
                    "level went to \(NumberText.significant(step.ratio, 3)) times within a week, near the ratio "
                        + "\(NumberText.significant(unit, 4)) of two units\(Self.words(alike))", numbers)
                return
            }
        }
        let decline = Decline(m, series)
        if let decline, step.explained < step.explainedByLine || step.explained < 0.3 {
            let chance = ChangeChance.decline(decline)
            if chance >= rules.leastProbability {
                let now = Self.perYear(use).value, years = decline.years
                func missed(_ slope: Double) -> Double { now * (exp(-slope * years) - 1) }
                let value = missed(decline.slope), low = missed(decline.slope95.high), high = missed(decline.slope95.low)
                add(
                    m, .underRegistering, chance, rate: value / Self.hoursPerYear,
                    perYear: Estimate(value, standardDeviation: max(0, high - low) / 2 / Estimate.normal95),
                    "registers \(NumberText.share(1 - exp(decline.slope))) less each year against its class "
                        + "(\(NumberText.share(1 - exp(decline.slope95.high))) to \(NumberText.share(1 - exp(decline.slope95.low)))), "
                        + "z \(NumberText.fixed(decline.z, 1))"
                        + (decline.lowZ.map { "; share of small flows, z \(NumberText.fixed($0, 1))" } ?? "")
                        + (decline.age.map { "; \(NumberText.short($0)) years old" } ?? ""),
                    [
                        ("slope_per_year", decline.slope), ("z", decline.z), ("low_flow_z", decline.lowZ ?? 0),
                        ("age_years", decline.age ?? -1), ("explained", step.explained), ("explained_by_line", decline.explained),
                        ("weeks", Double(series.weeks.count)),
                    ])
                return
            }
        }
        guard step.ratio <= 1 - rules.smallestDrop else { return }
        let chance = ChangeChance.drop(step, alike: alike)
        guard chance >= rules.leastProbability else { return }
        let missing =
            use.value * (1 / step.ratio - 1) * Double(step.weeksAfter + step.weeksBefore)
            / (Double(step.weeksAfter) + Double(step.weeksBefore) / step.ratio)
        let relative = step.deviation / max(0.05, 1 - step.ratio)
        add(
            m, .suspiciousDrop, chance, local: local, rate: missing / 1000,
            volume: missing / 1000 * Double(step.weeksAfter * WeekRecord.hours),
            perYear: Self.perYear(Estimate(missing, standardDeviation: missing * (relative * relative + 0.01).squareRoot())),
            "level fell to \(NumberText.share(step.ratio)) within a week, against its class, and stayed\(Self.words(alike))", numbers)
    }

    private static func words(_ alike: Double?) -> String {
        alike.map { "; the shape of the day is \(NumberText.share($0)) alike before and after" } ?? "; the shape of the day is not known"
    }

    private func shapeAcross(_ m: MeterEvidence, _ week: Int) -> Double? {
        guard !m.shape.alike.isEmpty else { return nil }
        let block = min(m.shape.alike.count - 1, max(0, (week + WeekRecord.blockWeeks / 2) / WeekRecord.blockWeeks - 1))
        let value = m.shape.alike[block]
        return value > ShapeRecord.unknown ? Double(value) : nil
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
    private static func perYear(_ rate: Estimate) -> Estimate { hoursPerYear / 1000 * rate }

    private mutating func add(
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
