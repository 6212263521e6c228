// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// Bills as a linear function of two random walks, the monthly ratio and the imbalance of the two halves of customers:
/// y = H β + λ A u + μ D v + e. β are the two levels, without a prior; u, v and e are independent with one variance σ², which is
/// integrated out; λ and μ run over a grid whose points are weighed by their restricted likelihood.
struct DelaggingModel {
    struct Solution {
        /// Of each month, for its own use. [–]
        var ratios: [Estimate]
        /// [–]
        var monthlyChange: Double
        var imbalance: Estimate
        var noise: Double
    }

    /// Change of the ratio from month to month over the scatter of the bills: from a twelfth to twice as much, each as likely before the
    /// bills are seen as the next.
    static let smoothnesses = [0.08, 0.14, 0.25, 0.4, 0.65, 1, 1.5, 2]
    /// Amplitude of a supply's unknown season over the scatter of the bills: 3 % over 1.5 %, assumed.
    static let supplySeason = 2.0
    /// Scatter of unknown supplies of single months over the scatter of the bills: none, or about as much (1 % over 1.5 %), assumed. It goes
    /// into the bill of its own month and, the other way, into those of the months after, so it is no further scatter of the bills.
    static let supplyScatters = [0.0, 0.8]
    /// Change of the imbalance from month to month over the scatter of the bills.
    static let imbalanceChanges = [0.0, 0.1, 0.3, 0.8]

    private let bills: [Double]
    /// Levels: of the ratio, and of the imbalance where bills come every other month.
    private let levels: Matrix
    /// Bills by the steps of the ratio, and by those of the imbalance.
    private let ratioSteps: Matrix
    private let imbalanceSteps: Matrix
    /// Ratios of the months by the steps.
    private let paths: Matrix
    /// Bills by the season of the supply, where it is not known: cosine and sine of a year, through the lag.
    private let season: Matrix
    /// Bills by the scatter of each month's supply, where it is not known.
    private let supplyScatter: Matrix
    private let count: Int

    init(months: [BillingMonth], supplies: [Double], options: BillingLag.Options) {
        let reach = max(0, options.lags.upperBound)
        count = months.count
        // Months before the record have the daily supply of the same month a year later, so that their season is right; in a short
        // record that of the month nearest to them.
        func supply(_ index: Int) -> Double {
            if index >= 0 { return supplies[index] }
            let month = (months.first?.index ?? 0) + index
            let like = index + 12 < months.count ? index + 12 : 0
            return supplies[like] / Double(months[like].days) * Double(BillingMonth.days(year: month / 12, month: month % 12 + 1))
        }
        let known = months.indices.filter { months[$0].ratio != nil }
        bills = known.map { months[$0].ratio ?? 0 }
        let mean = bills.reduce(0, +) / Double(max(1, bills.count))
        let lags = Array(max(0, options.lags.lowerBound)...reach)
        let walk = count + reach
        var levels = Matrix(rows: known.count, columns: options.isTwoMonthly ? 2 : 1)
        var ratioSteps = Matrix(rows: known.count, columns: walk - 1)
        var imbalanceSteps = Matrix(rows: known.count, columns: options.isTwoMonthly ? max(0, count - 1) : 0)
        for (row, month) in known.enumerated() {
            for lag in lags {
                let weight = supply(month - lag) / supply(month) / Double(lags.count)
                levels[row, 0] += weight
                // Position of the month in the walk; its ratio is the level and all steps before.
                let position = month - lag + reach
                for step in 0..<position { ratioSteps[row, step] += weight }
            }
            guard options.isTwoMonthly else { continue }
            let sign = (months[month].index + 1) % 2 == 0 ? mean : -mean
            levels[row, 1] = sign
            for step in 0..<month { imbalanceSteps[row, step] = sign }
        }
        var paths = Matrix(rows: count, columns: walk - 1)
        for month in 0..<count {
            for step in 0..<month + reach { paths[month, step] = 1 }
        }
        let hasSeason = months.contains { $0.supply == nil }
        var season = Matrix(rows: known.count, columns: hasSeason ? 2 : 0)
        for (row, month) in known.enumerated() where hasSeason {
            for column in 0..<2 {
                func value(_ index: Int) -> Double {
                    let angle = 2 * Double.pi * Double((months.first?.index ?? 0) + index) / 12
                    return column == 0 ? cos(angle) : sin(angle)
                }
                let earlier = lags.reduce(0) { $0 + value(month - $1) } / Double(lags.count)
                season[row, column] = mean * (earlier - value(month))
            }
        }
        var supplyScatter = Matrix(rows: known.count, columns: hasSeason ? walk : 0)
        for (row, month) in known.enumerated() where hasSeason {
            for lag in lags where month < lag || months[month - lag].supply == nil {
                supplyScatter[row, month - lag + reach] += mean / Double(lags.count)
            }
            if months[month].supply == nil { supplyScatter[row, month + reach] -= mean }
        }
        self.supplyScatter = supplyScatter
        self.season = season
        self.levels = levels
        self.ratioSteps = ratioSteps
        self.imbalanceSteps = imbalanceSteps
        self.paths = paths
    }

    private struct GridPoint {
        var logLikelihood: Double
        var values: [Double]
        var variances: [Double]
        var imbalance: (value: Double, variance: Double)
        var noise: Double
        var smoothness: Double
    }

    func solve() throws(NumericalError) -> Solution {
        var points: [GridPoint] = []
        for smoothness in Self.smoothnesses {
            for change in imbalanceSteps.columns > 0 ? Self.imbalanceChanges : [0] {
                for scatter in supplyScatter.columns > 0 ? Self.supplyScatters : [0] {
                    points.append(try point(smoothness, change, scatter))
                }
            }
        }
        let best = points.map(\.logLikelihood).max() ?? 0
        let weights = points.map { exp($0.logLikelihood - best) }
        let total = weights.reduce(0, +)
        func mean(_ figure: (GridPoint) -> Double) -> Double { zip(weights, points).reduce(0) { $0 + $1.0 * figure($1.1) } / total }
        func mixture(_ value: (GridPoint) -> Double, _ variance: (GridPoint) -> Double) -> Estimate {
            let centre = mean(value)
            let spread = mean { point in
                let apart = value(point) - centre
                return variance(point) + apart * apart
            }
            return Estimate(centre, standardDeviation: max(0, spread).squareRoot())
        }
        return Solution(
            ratios: (0..<count).map { month in mixture({ $0.values[month] }, { $0.variances[month] }) },
            monthlyChange: mean { $0.smoothness * $0.noise }, imbalance: mixture({ $0.imbalance.value }, { $0.imbalance.variance }),
            noise: mean(\.noise))
    }

    /// Generalised least squares for one point of the grid.
    private func point(_ smoothness: Double, _ change: Double, _ supply: Double) throws(NumericalError) -> GridPoint {
        let n = bills.count, p = levels.columns
        var covariance = Matrix.identity(n) + (ratioSteps * ratioSteps.transposed).scaled(by: smoothness * smoothness)
        if season.columns > 0 {
            covariance = covariance + (season * season.transposed).scaled(by: Self.supplySeason * Self.supplySeason)
        }
        if supply > 0 { covariance = covariance + (supplyScatter * supplyScatter.transposed).scaled(by: supply * supply) }
        if change > 0 { covariance = covariance + (imbalanceSteps * imbalanceSteps.transposed).scaled(by: change * change) }
        let factor = try CholeskyFactor(covariance)
        let white = factor.whiten(levels)
        let normal = try CholeskyFactor(white.transposed * white)
        let beta = normal.solve(white.transposed * factor.whiten(bills))
        let rest = zip(bills, levels * beta).map { $0 - $1 }
        let whiteRest = factor.whiten(rest)
        let freedom = Double(n - p)
        let squares = dotProduct(whiteRest, whiteRest)
        let variance = max(squares / freedom, 1e-12)
        let logLikelihood = -0.5 * (factor.logDeterminant + normal.logDeterminant + freedom * log(max(squares, 1e-12)))

        // Covariance of the months' ratios with the bills, whitened.
        let cross = (ratioSteps * paths.transposed).scaled(by: smoothness * smoothness)
        let whiteCross = factor.whiten(cross)
        let prior = paths
        var values: [Double] = [], variances: [Double] = []
        // Student's t for a scatter known from few months.
        let widening = StudentT(degreesOfFreedom: freedom).upperQuantile(0.025) / Estimate.normal95
        for month in 0..<count {
            let column = whiteCross.column(month)
            values.append(beta[0] + dotProduct(column, whiteRest))
            var own = 0.0
            for step in 0..<prior.columns { own += prior[month, step] * prior[month, step] }
            var lever = (white.transposed * column).map { -$0 }
            lever[0] += 1
            let levelPart = dotProduct(lever, normal.solve(lever))
            let scale = smoothness * smoothness * own - dotProduct(column, column) + levelPart
            variances.append(max(0, scale) * variance * widening * widening)
        }
        var imbalance = (value: 0.0, variance: 0.0)
        if p == 2 { imbalance = (beta[1], normal.inverse[1, 1] * variance * widening * widening) }
        return GridPoint(
            logLikelihood: logLikelihood, values: values, variances: variances, imbalance: imbalance, noise: variance.squareRoot(),
            smoothness: smoothness)
    }
}
