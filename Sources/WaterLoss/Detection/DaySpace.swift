// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// The days of a record in coordinates that are independent of one another: of unit variance from day to day, with a standing
/// error of known variance each, and few.
struct DaySpace {
    /// Coordinates × days.
    private(set) var days: Matrix
    /// Variance of what stands in each coordinate as meters' offsets, by the slope of the season, and as errors that go with its demand. [–]
    let offsets: [Double]
    let driven: [Double]
    /// Demand of the season, day by day, over that of the first week. [–]
    let level: [Double]
    /// Coordinates × pipes, one for each size of leak. [per m³/s]
    private(set) var answers: [Matrix]
    private(set) var squares: [Matrix]
    let sizes: [Double]
    /// Coordinates × features: what the means of a day's parts are in these coordinates.
    let projection: Matrix
    /// Variance of a day over what the errors said.
    let dispersion: Double

    var order: Int { offsets.count }

    private static let most = 80
    /// Days over which changes are taken as noise: few, for a leak's step is in as many of them.
    private static let lags = [1, 2]
    private static let fewestHours = 1

    init(_ record: RecordResiduals, _ errors: inout DailyErrors) throws(LeakLocatorError) {
        let features = errors.channels * errors.parts
        var means = Self.means(record, errors)
        Self.fillGaps(&means, errors)
        do throws(NumericalError) {
            // All demand together from day to day, as the record shows it.
            let rough = try CholeskyFactor(Self.ridged(errors.daily))
            let direction = rough.solve(errors.common)
            let told = dotProduct(direction, errors.common)
            if told > 0 {
                let moves = means.map { dotProduct(direction, $0) / told }
                let variance = (Self.lags.map { Self.variance(moves, lag: $0) }.max() ?? 0) - 1 / told
                errors.addCommonDays(max(variance, 0).squareRoot())
            }
            var factor = try CholeskyFactor(Self.ridged(errors.daily))
            let white = means.map { factor.whiten($0) }
            dispersion = max(
                1,
                Self.lags.map { lag in
                    OrderStatistics.medianOrZero((0..<features).map { f in Self.variance(white.map { $0[f] }, lag: lag) })
                }.max() ?? 1)
            factor = try CholeskyFactor(Self.ridged(errors.daily).scaled(by: dispersion))
            let values = Matrix(means.map { factor.whiten($0) }).transposed
            let answers = errors.answers.map { factor.whiten($0) }
            let ways = factor.whiten(errors.standing).transposed
            let standing = ways.transposedTimes(ways)
            // The few directions in which leaks move the readings, from day to day and against what stands.
            var stands = standing
            for f in 0..<features { stands[f, f] += 1.0 / 30 }
            let against = try CholeskyFactor(stands)
            let weighted = against.inverse * answers[0]
            func outer(_ matrix: Matrix) -> Matrix {
                let turned = matrix.transposed
                let product = turned.transposedTimes(turned)
                return product.scaled(by: 1 / max(product.diagonal.reduce(0, +), 1e-300))
            }
            let together = try SymmetricEigensystem(outer(answers[0]) + outer(weighted))
            let kept = min(Self.most, features)
            var basis = Matrix(rows: features, columns: kept)
            for f in 0..<features { for c in 0..<kept { basis[f, c] = together.vectors[f, features - 1 - c] } }
            let inside = basis.transposedTimes(standing * basis)
            let turned = try SymmetricEigensystem(inside)
            var map = basis * turned.vectors
            // What the record shows of a coordinate from day to day, where it is more than the errors said by more than chance.
            let shown = map.transposedTimes(values), chance = 1 + 2 / Double(max(means.count, 1)).squareRoot()
            let spreads = (0..<kept).map { c in
                max(1, (Self.lags.map { Self.variance(shown.row(c), lag: $0) }.max() ?? 1) / chance).squareRoot()
            }
            for f in 0..<features { for c in 0..<kept { map[f, c] /= spreads[c] } }
            let inWays = map.transposedTimes(ways.transposed)
            func variance(_ range: Range<Int>) -> [Double] {
                (0..<kept).map { c in range.reduce(0) { $0 + inWays[c, $1] * inWays[c, $1] } }
            }
            driven = variance(0..<errors.drivenWays)
            offsets = variance(errors.drivenWays..<inWays.columns)
            level = means.indices.map { record.demandLevel(day: $0) }
            days = map.transposedTimes(values)
            projection = map.transposedTimes(factor.whiten(Matrix.identity(features)))
            self.answers = answers.map { map.transposedTimes($0) }
        } catch { throw .numerical(error.description) }
        squares = Self.squares(answers)
        sizes = errors.sizes
    }

    init(days: Matrix, standing: [Double], answers: [Matrix], squares: [Matrix], sizes: [Double]) {
        self.days = days
        offsets = standing
        driven = standing.map { _ in 0 }
        level = [Double](repeating: 1, count: days.columns)
        self.answers = answers
        self.squares = squares
        self.sizes = sizes
        projection = Matrix(rows: 0, columns: 0)
        dispersion = 1
    }

    mutating func replaceAnswers(_ answers: [Matrix]) {
        self.answers = answers
        squares = Self.squares(answers)
    }

    /// Takes from some days what is not of the kind that a sum of answers is.
    mutating func subtract(_ values: [Double], on range: Range<Int>) {
        for f in 0..<order { for day in range { days[f, day] -= values[f] } }
    }

    private static func squares(_ answers: [Matrix]) -> [Matrix] {
        answers.map { Matrix(rows: $0.rows, columns: $0.columns, storage: $0.storage.map { $0 * $0 }) }
    }

    /// A leak's answer in a pressure goes with the slope of the head loss, and so with the demand of the season.
    static func slope(level: Double) -> Double { pow(level, 0.852) }

    /// Answer to a leak of a size on a pipe, between those that were computed. [per m³/s]
    func answer(_ pipe: Int, size: Double) -> [Double] {
        var k = 0
        while k + 2 < sizes.count, size > sizes[k + 1] { k += 1 }
        guard sizes.count > 1, sizes[k + 1] > sizes[k] else { return answers[0].column(pipe) }
        let t = min(max((size - sizes[k]) / (sizes[k + 1] - sizes[k]), 0), 2)
        return (0..<order).map { answers[k][$0, pipe] * (1 - t) + answers[k + 1][$0, pipe] * t }
    }

    private static func ridged(_ matrix: Matrix) -> Matrix {
        var result = matrix
        for i in 0..<matrix.rows { result[i, i] = result[i, i] * (1 + 1e-9) + 1e-18 }
        return result
    }

    /// Robust variance of a series that now and then steps, from its differences over a lag.
    static func variance(_ series: [Double], lag: Int) -> Double {
        guard series.count > lag + 5 else { return 0 }
        let steps = (lag..<series.count).map { (series[$0] - series[$0 - lag]) * (series[$0] - series[$0 - lag]) }
        return OrderStatistics.medianOrZero(steps) / 0.4549 / 2  // median of chi-squared with one degree of freedom
    }

    /// By day and feature; NaN where nothing was read.
    private static func means(_ record: RecordResiduals, _ errors: DailyErrors) -> [[Double]] {
        let parts = errors.parts, perPart = 24 / parts
        return record.demandFactor.indices.map { day in
            let left = record.demandLeft(day: day), level = record.demandLevel(day: day)
            let slope = slope(level: level)
            var row = [Double](repeating: .nan, count: parts * errors.channels)
            for k in 0..<errors.channels {
                for part in 0..<parts {
                    let first = day * 24 + part * perPart
                    let known = record.residuals[k][first..<min(first + perPart, record.residuals[k].count)].compactMap { $0 }
                    guard known.count >= fewestHours else { continue }
                    let f = part * errors.channels + k
                    let mean = known.reduce(0, +) / Double(known.count)
                    row[f] = (record.model.channels[k].isFlow ? mean : mean / slope) - left * level * errors.common[f]
                }
            }
            return row
        }
    }

    /// Fills what was not read with what the last whole day and the other features say of it.
    private static func fillGaps(_ means: inout [[Double]], _ errors: DailyErrors) {
        let features = errors.channels * errors.parts
        // What may have changed since: two days' errors, and a leak of a usual size anywhere.
        let size = errors.sizes.count > 1 ? errors.sizes[1] : errors.meanDemand * 0.05
        let turned = errors.answers[0].transposed
        var change = turned.transposedTimes(turned).scaled(by: size * size / Double(max(errors.pipes.count, 1)))
        for i in change.storage.indices { change.storage[i] += 2 * errors.daily.storage[i] }
        change = ridged(change)
        // The first day begins from nought where nothing is known.
        var last = [Double](repeating: 0, count: features)
        for f in 0..<features { last[f] = means.lazy.map { $0[f] }.first { !$0.isNaN } ?? 0 }
        for day in means.indices {
            let missing = (0..<features).filter { means[day][$0].isNaN }
            if !missing.isEmpty {
                let known = (0..<features).filter { !means[day][$0].isNaN }
                var guess = missing.map { last[$0] }
                if !known.isEmpty {
                    var covariance = Matrix(rows: known.count, columns: known.count)
                    for (i, a) in known.enumerated() { for (j, b) in known.enumerated() { covariance[i, j] = change[a, b] } }
                    if let factor = try? CholeskyFactor(covariance) {
                        let moved = factor.solve(known.map { means[day][$0] - last[$0] })
                        for (i, a) in missing.enumerated() { for (j, b) in known.enumerated() { guess[i] += change[a, b] * moved[j] } }
                    }
                }
                for (i, f) in missing.enumerated() { means[day][f] = guess[i] }
            }
            last = means[day]
        }
    }
}
