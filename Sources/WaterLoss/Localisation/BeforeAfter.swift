// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Mean residual after less mean residual before, for each channel and class of hours, with the counts behind it.
///
/// Every hour is compared with the healthy hours of the same time of day and the same state of the pumps: what the model gets
/// wrong at that hour and in that state, unknown offsets and elevations included, cancels. An hour whose time of day was never seen
/// in that state before, as where a leak has moved the rhythm of the tanks, is compared with the healthy hours of its class.
struct BeforeAfter {
    let classes: Int
    /// By feature (channel · classes + class); nil where either side has too few readings.
    var difference: [Double?]
    /// Hours read after, and the count of healthy hours that their comparison is worth, by feature.
    var hoursBefore: [Double]
    var hoursAfter: [Double]
    /// Healthy mean, by channel and cell (time of day and state of the pumps; `cell(of:)` for all hours of a class).
    private var cellMeans: [[Int: Double]]
    /// The cell of each hour after.
    private let afterCells: [Int]
    private let afterClass: [Int]
    let daysBefore: Double
    let daysAfter: Double

    /// Fewest readings of a class after, and of a cell before.
    private static let fewestAfter = 3, fewestInCell = 2

    init(
        before: HourlyResiduals, beforeCells: [Int], beforeClass: [Int], after: HourlyResiduals, afterCells: [Int], afterClass: [Int],
        afterHours: Range<Int>, classes: Int, stepsPerDay: Double
    ) {
        self.classes = classes
        self.afterCells = afterCells
        self.afterClass = afterClass
        daysBefore = Double(beforeCells.count) / stepsPerDay
        daysAfter = Double(afterHours.count) / stepsPerDay
        let channels = before.residuals.count
        difference = [Double?](repeating: nil, count: channels * classes)
        hoursBefore = [Double](repeating: 0, count: channels * classes)
        hoursAfter = hoursBefore
        cellMeans = []
        for k in 0..<channels {
            var cells: [Int: [Double]] = [:]
            for hour in beforeCells.indices {
                guard let value = before.residuals[k][hour] else { continue }
                cells[beforeCells[hour], default: []].append(value)
                if beforeClass[hour] >= 0 { cells[Self.cell(of: beforeClass[hour]), default: []].append(value) }
            }
            cells = Self.withoutStrays(cells)
            let means = cells.mapValues { $0.reduce(0, +) / Double($0.count) }
            cellMeans.append(means)
            for c in 0..<classes {
                let feature = k * classes + c
                var changes: [Double] = []
                var used: [Int: Int] = [:]
                for hour in afterHours where afterClass[hour] == c {
                    let cell = means[afterCells[hour]] == nil ? Self.cell(of: c) : afterCells[hour]
                    guard let value = after.residuals[k][hour], let mean = means[cell] else { continue }
                    changes.append(value - mean)
                    used[cell, default: 0] += 1
                }
                guard changes.count >= Self.fewestAfter else { continue }
                difference[feature] = Self.clippedMean(changes)
                hoursAfter[feature] = Double(changes.count)
                // Variance of the healthy mean: Σ (share of the cell)²/readings in it.
                let inverse = used.reduce(0.0) { sum, item in
                    let share = Double(item.value) / Double(changes.count)
                    return sum + share * share / Double(cells[item.key]?.count ?? 1)
                }
                hoursBefore[feature] = 1 / inverse
            }
        }
    }

    /// All hours of a class as one cell.
    private static func cell(of hourClass: Int) -> Int { -2 - hourClass }

    /// Residual of an hour after, less what is healthy for its cell; nil where either is unknown.
    func change(_ channel: Int, _ hour: Int, in after: HourlyResiduals) -> Double? {
        guard let value = after.residuals[channel][hour] else { return nil }
        let means = cellMeans[channel]
        guard let mean = means[afterCells[hour]] ?? means[Self.cell(of: afterClass[hour])] else { return nil }
        return value - mean
    }

    /// Takes out readings that stand further from the median of their cell than six robust deviations of all cells together: a
    /// state was misread there. Cells of fewer than two that agree are dropped.
    private static func withoutStrays(_ cells: [Int: [Double]]) -> [Int: [Double]] {
        let distances = cells.values.filter { $0.count > 2 }.flatMap { values in
            let centre = median(values)
            return values.map { abs($0 - centre) }
        }
        guard distances.count > 8 else { return cells.filter { $0.value.count >= fewestInCell } }
        let limit = 6 * max(1.4826 * median(distances), 1e-6)
        return cells.compactMapValues { values in
            let centre = median(values)
            let kept = values.filter { abs($0 - centre) <= limit }
            return kept.count >= fewestInCell ? kept : nil
        }
    }

    /// Mean of the values within six robust deviations of the median.
    static func clippedMean(_ values: [Double]) -> Double {
        let median = Self.median(values)
        let deviation = 1.4826 * Self.median(values.map { abs($0 - median) })
        let kept = deviation > 0 && values.count > 4 ? values.filter { abs($0 - median) <= 6 * deviation } : values
        return kept.reduce(0, +) / Double(kept.count)
    }

    /// Zero for no values at all.
    static func median(_ values: [Double]) -> Double { OrderStatistics.median(values) ?? 0 }
}
