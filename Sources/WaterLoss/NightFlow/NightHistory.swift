// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// A record of night flows over weeks or years: its steps, and how fast leakage rises between repairs.
public struct NightHistory: Sendable {
    /// In the order of time.
    public var steps: [NightStep]
    /// Chance of the clearest step, or a clearer one, where the record has none. [–]
    public var chance: Double
    public var falseAlarmRate: Double
    /// Least lasting change in the middle of the record that would be found with a chance of 80 % at this rate of false alarms; towards
    /// its ends a change must be larger. nil where the nights do not tell it. [m³/s]
    public var detectable: Double?
    /// Level of each night of the record, steps and weekday included; nil where the night is unknown. [m³/s]
    public var fitted: [Double?]
    /// Scatter of the nights about their level.
    public var noise: NightNoise
    /// Rise of the night flow between repairs: falls are taken out as steps, new leaks and slow growth are not. With the night–day
    /// factor it is the rise of unreported leakage, RR. nil for a record shorter than 90 days. [m³/s per year]
    public var risePerYear: Estimate?
    public var notes: [String] = []

    /// Days of record from which a rise is told.
    static let shortestForRise = 90
    /// From which a season is told apart from a rise.
    static let shortestForSeason = 730

    /// nil where there are too few nights, or they do not differ.
    /// - nights: in the order of days; unknown ones are left out of account.
    public init?(_ nights: [Night], options: NightStepOptions = NightStepOptions()) {
        var chances = StepChances(options)
        self.init(nights, chances: &chances)
    }

    /// - chances: kept by the caller, for many zones with records of one length.
    public init?(_ nights: [Night], chances: inout StepChances) {
        let known = nights.enumerated().filter { $0.element.flow != nil }
        let values = known.compactMap(\.element.flow)
        let days = known.map { Self.day($0.element.day) }
        guard let found = try? StepSearch(values, days: days, chances: &chances), found.noise.standardDeviation > 0 else { return nil }
        noise = found.noise
        chance = found.chance
        falseAlarmRate = chances.options.falseAlarmRate
        detectable = found.detectable
        fitted = nights.map { _ in nil }
        steps = []
        let design = StepDesign(days: days, changes: found.changes, hasRise: false)
        guard let fit = design.fit(values) else { return nil }
        for (index, change) in found.changes.enumerated() {
            let range = found.range(of: index)
            let deviation = fit.deviation(design.column(ofStep: index)) * noise.inflation.squareRoot()
            let size = Estimate(fit.parameters[design.column(ofStep: index)], standardDeviation: deviation)
            var step = NightStep(
                night: known[change.place].element.day, earliest: known[range.lowerBound].element.day,
                latest: known[range.upperBound].element.day, size: found.corrected(size, step: index))
            if change.isSlow {
                let end = min(change.end, known.count - 1)
                step.until = known[end].element.day
                step.rate = 1 / Double(max(1, days[end] - days[change.place - 1])) * size
            }
            steps.append(step)
        }
        for (index, level) in zip(known.map(\.offset), fit.fitted) { fitted[index] = level }
        if let first = days.first, let last = days.last, last - first >= Self.shortestForRise {
            risePerYear = Self.rise(values, days: days, changes: zip(found.changes, steps).filter { $1.size.value < 0 }.map(\.0))
            if last - first < Self.shortestForSeason {
                notes.append("the record is shorter than two years: a season of night use may pass for a rise of leakage")
            }
        }
        if values.count < NightSequence.fewestForWeekdays {
            notes.append("\(values.count) nights are too few to even out weekdays")
        }
    }

    private static func day(_ instant: Instant) -> Int { Int((Double(instant.seconds) / 86_400).rounded(.down)) }

    /// Slope with the falls as steps. What remains follows its neighbours, so its deviation is widened by their correlation.
    private static func rise(_ values: [Double], days: [Int], changes: [LevelChange]) -> Estimate? {
        let design = StepDesign(days: days, changes: changes, hasRise: true)
        guard let fit = design.fit(values), let column = design.riseColumn else { return nil }
        let rest = zip(values, fit.fitted).map { $0 - $1 }
        let correlation = min(0.98, max(0, Moments.correlation(Array(rest.dropLast()), Array(rest.dropFirst())) ?? 0))
        let inflation = ((1 + correlation) / (1 - correlation)).squareRoot()
        return Estimate(fit.parameters[column], standardDeviation: fit.deviation(column) * inflation)
    }
}

/// The nights as level, weekdays, steps and, perhaps, a rise with a season.
struct StepDesign {
    let matrix: Matrix
    private let firstStep: Int
    let riseColumn: Int?

    init(days: [Int], changes: [LevelChange], hasRise: Bool) {
        let origin = days.first ?? 0, span = (days.last ?? 0) - origin
        let hasWeekdays =
            days.count >= NightSequence.fewestForWeekdays && (0..<7).allSatisfy { w in days.count { NightSequence.weekday($0) == w } >= 3 }
        let hasSeason = hasRise && span >= NightHistory.shortestForSeason
        let weekdays = hasWeekdays ? 6 : 0
        firstStep = 1 + weekdays
        riseColumn = hasRise ? firstStep + changes.count : nil
        let columns = firstStep + changes.count + (hasRise ? 1 : 0) + (hasSeason ? 2 : 0)
        var matrix = Matrix(rows: days.count, columns: columns)
        for (row, day) in days.enumerated() {
            matrix[row, 0] = 1
            if hasWeekdays {
                // Sums of a week are zero, so that the level is that of the mean weekday.
                let weekday = NightSequence.weekday(day)
                for column in 0..<6 { matrix[row, 1 + column] = weekday == column ? 1 : (weekday == 6 ? -1 : 0) }
            }
            for (index, change) in changes.enumerated() { matrix[row, firstStep + index] = change.share(row, days: days) }
            let years = Double(day - origin) / 365.25
            if let riseColumn { matrix[row, riseColumn] = years }
            if hasSeason {
                matrix[row, columns - 2] = cos(2 * .pi * years)
                matrix[row, columns - 1] = sin(2 * .pi * years)
            }
        }
        self.matrix = matrix
    }

    func column(ofStep index: Int) -> Int { firstStep + index }

    struct Fit {
        let parameters: [Double]
        let covariance: Matrix
        let fitted: [Double]
        /// Student's quantile over the normal one: the scatter is known from few nights.
        let widening: Double

        func deviation(_ column: Int) -> Double { max(0, covariance[column, column]).squareRoot() * widening }
    }

    /// By Tukey's bisquare; nil where the nights do not determine the columns.
    func fit(_ values: [Double]) -> Fit? {
        guard matrix.rows > matrix.columns, let robust = try? robustLinearRegression(design: matrix, values: values) else { return nil }
        let freedom = Double(matrix.rows - matrix.columns)
        return Fit(
            parameters: robust.parameters, covariance: robust.covariance, fitted: matrix * robust.parameters,
            widening: StudentT(degreesOfFreedom: freedom).upperQuantile(0.025) / Estimate.normal95)
    }
}
