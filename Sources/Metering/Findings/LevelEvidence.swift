// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// What the level of a meter's use says: the one largest step and the trend, both against the class.
struct LevelEvidence {
    var step: LevelChange
    /// nil where the record is too short.
    var trend: LevelTrend?
    /// The trend's slope, and that of the share of small flows, against the slopes of the class. [–]
    var score = 0.0, lowScore: Double?, drawScore: Double?
    /// Logarithm of the size of the draws after the step over that before; nil where the register's steps hide it. [–]
    var drawChange: Double?
    /// The ratio of two units that the step is near.
    var unit: Double?
    /// Likeness of the mean day before and after the step. [–]
    var alike: Double?
    /// Weeks that were read and in which next to nothing was used, within five of the step: one household left and another came.
    var absent = 0

    static let nearWeeks = 5

    /// How many weeks around a step the house stood empty.
    static func absence(_ use: [Float], around week: Int, in series: WeekSeries) -> Int {
        (max(0, week - nearWeeks)..<max(0, min(use.count, week + nearWeeks))).count { week in
            use[week] >= 0 && !series.weeks.contains(Double(week))
        }
    }

    /// As `findings.json` names them, by which `Tools/Benchmarks/fit_findings.py` reads them.
    private static let names = [
        "fall", "rise", "t", "explained", "explained_by_line", "alike", "decline", "growth", "z_down", "low_flow_decline",
        "low_flow_growth", "low_flow_z_down", "draws_known", "draws_smaller", "draws_follow", "draws_decline", "draws_growth",
        "absent_weeks", "shorter_side", "off_unit",
    ]

    /// Features with their names.
    var named: [(String, Double)] { Array(zip(Self.names, features)) }

    /// In the order of the weights of `LevelChances`.
    var features: [Double] {
        let logRatio = min(3, max(-3, log(step.ratio)))
        let lowScore = min(8, max(-8, self.lowScore ?? 0)), score = min(8, max(-8, score))
        let drawScore = min(8, max(-8, self.drawScore ?? 0)), change = min(2, max(-2, drawChange ?? 0))
        // 1 where the draws became smaller as the level did, 0 where there are fewer of them.
        let follows = min(1.5, max(-0.5, abs(logRatio) > 0.1 ? change / logRatio : 0))
        let z = min(6, max(-6, trend?.z ?? 0)), lowZ = min(6, max(-6, trend?.lowZ ?? 0))
        return [
            max(0, -logRatio), max(0, logRatio), min(25, step.t) / 10, step.explained, step.explainedByLine, alike ?? 0.7, max(0, -score),
            max(0, score), max(0, -z), max(0, -lowScore), max(0, lowScore), max(0, -lowZ), drawChange == nil ? 0 : 1, max(0, -change),
            drawChange == nil ? 0 : follows, max(0, -drawScore), max(0, drawScore), Double(min(4, absent)),
            Double(min(step.weeksBefore, step.weeksAfter)) / Double(step.weeksBefore + step.weeksAfter),
            unit.map { min(0.25, abs(log(step.ratio / $0))) } ?? 0.25,
        ]
    }
}
