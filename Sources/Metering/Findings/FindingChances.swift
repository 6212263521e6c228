// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Chances that what was measured is the fault, and not its like. Logistic in what was measured, with coefficients that
/// `Tools/Benchmarks/fit_findings.py` fits to synthetic towns of different habits; `findings.py` tells how well they hold on others. They
/// carry those towns' assumptions on how often meters fail and how customers change.
enum LeakChance {
    /// With their names in `findings.json`.
    static func features(_ e: FlowEpisode, runsAlways: Bool) -> [(String, Double)] {
        [
            ("log_days", min(3, log(Double(e.end - e.start) / 72))),
            ("log_draw", log((e.drawSize + 0.3) / 3)),
            ("unevenness", min(1, e.unevenness)),
            ("floor_share", min(0.5, e.floorShare)),
            ("log_rise", e.before.map { min(3, max(0, -log(max(0.01, $0)))) } ?? 0),
            ("unknown_before", e.before == nil ? 1 : 0),
            ("coarse", e.isCoarse ? 1 : 0),
            ("coarse_draw", e.isCoarse ? log((e.drawSize + 0.3) / 3) : 0),
            ("runs_always", runsAlways ? 1 : 0),
        ]
    }

    static let intercept = -3.13
    static let weights = [1.18, -0.215, -7.77, 4.62, 0.565, 0.449, 0.215, -0.647, -4.63]

    /// - runsAlways: a works or a hospital may run day and night.
    static func of(_ e: FlowEpisode, runsAlways: Bool) -> Double {
        logistic(intercept + zip(weights, features(e, runsAlways: runsAlways)).reduce(0) { $0 + $1.0 * $1.1.1 })
    }
}

/// What a change of level is: a fault, or the customer's own doing. The chances of a decline, of a drop and of no fault make 1.
struct LevelChances {
    var decline = 0.0, drop = 0.0

    // Intercept, then one weight a feature of `LevelEvidence`, in their order: fall, rise, t, explained, explained_by_line, alike, decline,
    // growth, z_down, low_flow_decline, low_flow_growth, low_flow_z_down, draws_known, draws_smaller, draws_follow, draws_decline,
    // draws_growth, absent_weeks, shorter_side, off_unit.
    static let declineWeights = [
        -9.98, 0.0698, 1.69, -2.61, 2.42, 3.4, 1.31, 0.678, -0.0249, 0.326, 0.000528, -0.0497, -0.731, -0.257, 0.65, 0.644, -0.0644, -1.89,
        -0.189, -1.66, 18.6,
    ]
    static let dropWeights = [
        -10, 1.95, 0, -1.05, 6.12, 0.491, 4.08, 0.238, 0.466, 0.15, -0.589, 0.0566, -0.387, -3.63, 0.384, 3.5, 0.202, -1.7, -0.802, -3.12,
        2.91,
    ]

    init(_ features: [Double], mayBeDecline: Bool, mayBeDrop: Bool) {
        func weight(_ weights: [Double], _ isPossible: Bool) -> Double {
            isPossible ? exp(min(50, weights[0] + features.indices.reduce(0) { $0 + weights[$1 + 1] * features[$1] })) : 0
        }
        let one = weight(Self.declineWeights, mayBeDecline), two = weight(Self.dropWeights, mayBeDrop)
        (decline, drop) = (one / (1 + one + two), two / (1 + one + two))
    }

    /// That a step by the ratio of two units is one of unit. Judgement, not fitted: a tenant or a leak makes it three or four times the use,
    /// ten times hardly ever; and a unit makes each draw larger, where more people draw more often.
    /// - follows: logarithm of the draws' change over that of the level's; nil where it is not known.
    static func unit(_ step: LevelChange, alike: Double?, follows: Double?) -> Double {
        logistic(
            0.5 * min(step.t, 12) - 6.5 + 4 * (abs(log(step.ratio)) - 2) + 10 * ((alike ?? 0.75) - 0.8)
                + (follows.map { 5 * (min(1, $0) - 0.8) } ?? 0))
    }
}

enum ClockChance {
    /// - misfit: what the days lack of being alike, as the class's days moved and as the meter's did. [–]
    static func features(alike: Double, misfit: (asClass: Double, best: Double), hours: Int) -> [(String, Double)] {
        [
            ("log_misfit_ratio", log((misfit.asClass + 0.003) / (misfit.best + 0.003))), ("alike", max(0, alike)),
            ("gain", min(1, misfit.asClass - misfit.best)), ("one_hour", abs(hours) == 1 ? 1 : 0),
        ]
    }

    static let weights = [-7.12, 4.01, -1.11, 0.0761, -0.426]
    static func of(_ features: [(String, Double)]) -> Double {
        logistic(weights[0] + zip(weights.dropFirst(), features).reduce(0) { $0 + $1.0 * $1.1.1 })
    }
}

func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
