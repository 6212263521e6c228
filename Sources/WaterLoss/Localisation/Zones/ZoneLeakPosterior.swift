// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

extension ZoneLeakLocator {
    /// Sizes tried, evenly in their logarithm.
    private static let sizes = 400
    /// Smallest and largest leak, as shares of the largest zone's healthy level. [–]
    private static let smallest = 2e-3, largest = 3.0

    /// Likelihood of each zone's rise by Student's t, a leak's size even in its logarithm; a zone's share of the prior is that of its
    /// mains where all lengths are known, else all are alike.
    func finding(
        _ steps: [(zone: Zone, step: ZoneStep, measure: ZoneLeakFinding.Measure)], pressures: [ZoneLeakFinding.PressureDrop],
        remarks: [ZoneLeakRemark]
    ) -> ZoneLeakFinding {
        let reference = max(steps.map { abs($0.step.before) }.max() ?? 0, 1e-6)
        let ratio = Self.largest / Self.smallest
        let grid = (0..<Self.sizes).map { Self.smallest * reference * pow(ratio, Double($0) / Double(Self.sizes - 1)) }
        let lengths = steps.compactMap { $0.zone.mainsLength }.filter { $0 > 0 }
        let chances = steps.map(\.step.pValue), count = steps.count
        // Holm: the surest zone against all, the next against the rest.
        let order = chances.indices.sorted { (chances[$0], $0) < (chances[$1], $1) }
        var isDetected = [Bool](repeating: false, count: count)
        for (place, zone) in order.enumerated() {
            guard chances[zone] * Double(count - place) <= options.falseAlarmRate else { break }
            isDetected[zone] = true
        }
        var candidates: [ZoneLeakFinding.Candidate] = []
        var weights: [Double] = []
        for (index, item) in steps.enumerated() {
            let step = item.step, onset = isDetected[index] ? step.onset : nil
            // Days that the leak ran through; all that are tested where it is not dated.
            let whole = onset.map { onset in step.shifts.count { $0.day * 86_400 >= onset.likeliest.seconds } } ?? 0
            let (rise, deviation) = step.shift(last: whole > 0 ? whole : step.windows.last ?? 1)
            let logLikelihoods = grid.map { Self.logStudent((rise - $0) / deviation, step.freedom) }
            let top = logLikelihoods.max() ?? 0
            let likelihoods = logLikelihoods.map { exp($0 - top) }
            let ofNone = Self.logStudent(rise / deviation, step.freedom)
            let prior = lengths.count == count ? item.zone.mainsLength ?? 1 : 1
            weights.append(log(prior) + top + log(likelihoods.reduce(0, +) / Double(grid.count)) - ofNone)
            let quantiles = GridQuantiles(grid: grid, weights: likelihoods)
            candidates.append(
                ZoneLeakFinding.Candidate(
                    zone: item.zone.id, probability: 0, isDetected: isDetected[index], pValue: chances[index], flow: quantiles[0.5],
                    flowLow95: isDetected[index] ? quantiles[0.025] : 0, flowHigh95: quantiles[0.975], start: onset?.likeliest,
                    startEarliest: onset?.earliest, startLatest: onset?.latest, levelBefore: step.before, rise: rise,
                    detectable: step.detectable(falseAlarmRate: options.falseAlarmRate / Double(count)), measure: item.measure))
        }
        let top = weights.max() ?? 0, total = weights.reduce(0) { $0 + exp($1 - top) }
        for index in candidates.indices { candidates[index].probability = exp(weights[index] - top) / total }
        candidates.sort { ($1.probability, $0.zone) < ($0.probability, $1.zone) }
        var sum = 0.0
        let credible = candidates.prefix { candidate in
            defer { sum += candidate.probability }
            return sum < 0.9
        }
        return ZoneLeakFinding(
            isDetected: isDetected.contains(true), pValue: min(1, Double(count) * (chances.min() ?? 1)), zones: candidates,
            credibleSet90: credible.map(\.zone), pressures: pressures, remarks: remarks)
    }

    /// Without what does not depend on t.
    private static func logStudent(_ t: Double, _ freedom: Double) -> Double { -0.5 * (freedom + 1) * log1p(t * t / freedom) }
}

/// Quantiles of a distribution given by weights on a grid of positive numbers, each spread evenly from half way, in logarithms, to the point
/// before to half way to the next.
struct GridQuantiles {
    let grid: [Double]
    let weights: [Double]

    subscript(share: Double) -> Double {
        let total = weights.reduce(0, +)
        guard total > 0 else { return 0 }
        var sum = 0.0
        for (index, weight) in weights.enumerated() {
            let next = sum + weight / total
            if next >= share, weight > 0 {
                let below = index > 0 ? (grid[index - 1] * grid[index]).squareRoot() : grid[index]
                let above = index + 1 < grid.count ? (grid[index] * grid[index + 1]).squareRoot() : grid[index]
                return below + (above - below) * max(share - sum, 0) / (weight / total)
            }
            sum = next
        }
        return grid.last ?? 0
    }
}
