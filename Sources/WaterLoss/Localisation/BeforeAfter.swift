// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// Mean residual after less mean residual before, for each channel and class of hours, with the counts behind it.
/// Unknown offsets, elevations and steady model errors cancel.
struct BeforeAfter {
    let classes: Int
    /// By feature (channel · classes + class); nil where either side has too few readings.
    var difference: [Double?]
    /// Hours read before and after, by feature.
    var hoursBefore: [Int]
    var hoursAfter: [Int]
    /// Mean before, by feature, and by channel and hour of the day.
    var meanBefore: [Double?]
    let daysBefore: Double
    let daysAfter: Double

    /// Fewest readings of a class on either side.
    private static let fewest = 3

    init(
        before: HourlyResiduals, beforeClass: [Int], after: HourlyResiduals, afterClass: [Int], afterHours: Range<Int>, classes: Int,
        stepsPerDay: Double
    ) {
        self.classes = classes
        daysBefore = Double(beforeClass.count) / stepsPerDay
        daysAfter = Double(afterHours.count) / stepsPerDay
        let channels = before.residuals.count
        difference = [Double?](repeating: nil, count: channels * classes)
        meanBefore = difference
        hoursBefore = [Int](repeating: 0, count: channels * classes)
        hoursAfter = hoursBefore
        for k in 0..<channels {
            for c in 0..<classes {
                let feature = k * classes + c
                let first = beforeClass.indices.compactMap { beforeClass[$0] == c ? before.residuals[k][$0] : nil }
                let second = afterHours.compactMap { afterClass[$0] == c ? after.residuals[k][$0] : nil }
                hoursBefore[feature] = first.count
                hoursAfter[feature] = second.count
                guard first.count >= Self.fewest, second.count >= Self.fewest else { continue }
                let mean = Self.clippedMean(first)
                meanBefore[feature] = mean
                difference[feature] = Self.clippedMean(second) - mean
            }
        }
    }

    /// Mean after values more than five robust deviations from the median have been moved to that distance.
    static func clippedMean(_ values: [Double]) -> Double {
        let median = Self.median(values)
        let deviation = 1.4826 * Self.median(values.map { abs($0 - median) })
        guard deviation > 0 else { return values.reduce(0, +) / Double(values.count) }
        return values.reduce(0) { $0 + min(max($1, median - 5 * deviation), median + 5 * deviation) } / Double(values.count)
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }
}
