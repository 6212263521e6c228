// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import WaterModel

/// By how many hours the mean day of most of a class's meters moved, at each end of a block of four weeks: where people live by a clock
/// that changes and the stamps do not, all days move.
struct ClassMoves {
    private var moves: [Int]

    static let fewestMeters = 20
    /// Days that are less alike tell of no move.
    static let leastAlike: Float = 0.8

    init(_ counts: MoveCounts) {
        moves = counts.boundaries.map { counts in
            let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
            return counts.values.reduce(0, +) >= Self.fewestMeters && abs(most?.key ?? 0) <= 1 ? most?.key ?? 0 : 0
        }
    }

    func at(_ boundary: Int) -> Int { boundary < moves.count ? moves[boundary] : 0 }
}

/// Meters of a class by the hours that their mean day moved, at each end of a block of four weeks.
struct MoveCounts {
    fileprivate private(set) var boundaries: [[Int: Int]] = []

    mutating func add(_ shape: ShapeRecord) {
        while boundaries.count < shape.boundaries.count { boundaries.append([:]) }
        for (at, likeness) in shape.boundaries.enumerated() where likeness.best >= ClassMoves.leastAlike {
            boundaries[at][Int(likeness.move), default: 0] += 1
        }
    }
}

extension FindingSearch {
    /// Stamps that moved against those of the class.
    mutating func clock(_ m: MeterEvidence, _ moves: ClassMoves) {
        func misfits(_ at: Int) -> (asClass: Double, best: Double)? {
            let likeness = m.shape.boundaries[at]
            guard likeness.isKnown, let expected = likeness.at(moves.at(at)) else { return nil }
            return (1 - Double(expected), 1 - Double(likeness.best))
        }
        let candidates = m.shape.boundaries.indices.compactMap { at in misfits(at).map { (at: at, misfit: $0) } }
        guard let found = candidates.max(by: { $0.misfit.asClass - $0.misfit.best < $1.misfit.asClass - $1.misfit.best }) else { return }
        let move = Int(m.shape.boundaries[found.at].move) - moves.at(found.at)
        guard move != 0 else { return }
        let features = ClockChance.features(alike: 1 - found.misfit.best, misfit: found.misfit, hours: move)
        let chance = ClockChance.of(features)
        guard chance >= rules.leastProbability else { return }
        add(
            m, .clockShift, chance, local: window.start + (found.at + 1) * WeekRecord.blockWeeks * WeekRecord.hours * 3600, rate: nil,
            perYear: Estimate(0),
            "hours of the mean day moved by \(move) h against the class: alike \(NumberText.share(1 - found.misfit.best)) so moved, "
                + "\(NumberText.share(1 - found.misfit.asClass)) as they should be",
            [("move_h", Double(move))] + features)
    }

    /// Steps and slow declines of the level: the likeliest of what they can be.
    mutating func level(_ m: MeterEvidence, _ series: WeekSeries, _ trend: LevelTrend?, _ common: ClassTrends) {
        guard let step = LevelChange(series) else { return }
        var evidence = LevelEvidence(step: step, trend: trend)
        evidence.score = trend.map(common.score) ?? 0
        evidence.lowScore = trend.flatMap(common.lowScore)
        evidence.drawScore = trend.flatMap(common.drawScore)
        evidence.drawChange = m.draws(around: step.week).map { log($0.after / $0.before) }
        evidence.alike = shapeAcross(m, step.week)
        evidence.absent = LevelEvidence.absence(m.weeks, around: step.week, in: series)
        if m.unitSteps.isEmpty { evidence.unit = step.unitRatio(among: unitRatios) }
        let local = window.start + step.week * WeekRecord.hours * 3600
        var numbers: [(String, Double)] { [("ratio", step.ratio), ("step_over_deviation", step.t)] + evidence.named }
        if let unit = evidence.unit, step.t > Self.clearStep {
            let chance = LevelChances.unit(step, alike: evidence.alike, follows: evidence.drawChange.map { $0 / log(step.ratio) })
            if chance >= max(rules.leastProbability, 0.5) {
                return add(
                    m, .unitStep, chance, local: local, rate: nil, perYear: Estimate(0),
                    "level went to \(NumberText.significant(step.ratio, 3)) times within a week, near the ratio "
                        + "\(NumberText.significant(unit, 4)) of two units\(Self.words(evidence.alike))", numbers)
            }
        }
        let chances = LevelChances(
            evidence.features, mayBeDecline: (trend?.z ?? 0) < 0, mayBeDrop: step.ratio <= 1 - rules.smallestDrop)
        let least = min(rules.leastProbability, rules.leastLevel)
        guard max(chances.decline, chances.drop) >= least else { return }
        if chances.decline >= chances.drop {
            if let trend, trend.z < 0 { decline(m, trend, chances.decline, numbers) }
        } else {
            drop(m, step, chances.drop, local: local, evidence.alike, numbers)
        }
    }

    /// Deviations from which a step may be one of unit.
    private static let clearStep = 5.0

    private mutating func decline(_ m: MeterEvidence, _ trend: LevelTrend, _ chance: Double, _ numbers: [(String, Double)]) {
        let now = Self.perYear(Self.use(m.weeks) ?? Estimate(0)).value
        func missed(_ slope: Double) -> Double { now * (exp(-slope * trend.years) - 1) }
        let value = missed(trend.slope), low = missed(trend.slope95.high), high = missed(trend.slope95.low)
        add(
            m, .underRegistering, chance, rate: value / Self.hoursPerYear,
            perYear: Estimate(value, standardDeviation: max(0, high - low) / 2 / Estimate.normal95),
            "registers \(NumberText.share(1 - exp(trend.slope))) less each year against its class "
                + "(\(NumberText.share(1 - exp(trend.slope95.high))) to \(NumberText.share(1 - exp(trend.slope95.low)))), "
                + "z \(NumberText.fixed(trend.z, 1))"
                + (trend.lowZ.map { "; share of small flows, z \(NumberText.fixed($0, 1))" } ?? "")
                + (trend.age.map { "; \(NumberText.short($0)) years old" } ?? ""),
            [("slope_per_year", trend.slope), ("low_flow_slope_per_year", trend.lowSlope ?? 0), ("age_years", trend.age ?? -1)] + numbers)
    }

    private mutating func drop(
        _ m: MeterEvidence, _ step: LevelChange, _ chance: Double, local: Int, _ alike: Double?, _ numbers: [(String, Double)]
    ) {
        let use = Self.use(m.weeks) ?? Estimate(0)
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
        guard !m.shape.boundaries.isEmpty else { return nil }
        let block = min(m.shape.boundaries.count - 1, max(0, (week + WeekRecord.blockWeeks / 2) / WeekRecord.blockWeeks - 1))
        let likeness = m.shape.boundaries[block]
        return likeness.isKnown ? Double(likeness.asTheyStand) : nil
    }
}
