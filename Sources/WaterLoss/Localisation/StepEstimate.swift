// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// By how much each channel stepped in each class of hours when the leak began: generalised least squares on all hours, healthy ones
/// and later ones, with what stands all the time (roughness, demand, offsets, meters' bias) estimated beside it.
///
/// Kept as information, so that a step of which the readings tell nothing has none.
struct StepEstimate {
    /// `features` × `features`, feature = channel · classes + class. [1/unit²]
    let information: Matrix
    /// Information times the steps. [1/unit]
    let score: [Double]
    /// Information times the answer to a leak at each node (column), hour by hour in the nominal model. [1/unit per m³/s]
    let signatures: Matrix
    /// By condition, what the answer of a channel (row) weighs in each feature of `signatures` (column).
    let weights: [(condition: Int, weights: Matrix)]
    /// Mean square of what is left, in what was expected. [–]
    let dispersion: Double
}

/// Healthy and later hours as one record, ready for estimates of steps that begin anywhere in it.
struct StepRecord {
    let channels: Int
    let classCount: Int
    let classes: [Int]
    private let residuals: [[Double?]]
    var present: [[Bool]]
    var filter: HourlyFilter
    private let ways: [Matrix]
    private let shift: [[Double]]
    private let toOutflow: [Matrix]
    private let shares: [[Double]]
    private let pressures: [[Double]]
    let rank: Int
    let conditions: [Int]
    private let days: [Int]
    let daily: Double
    let hourlyCommonSpread: Double
    /// What each channel reads, of each hour, of the demand above the model's with which its residual was taken; empty: none was. [unit]
    private let drawn: [[Double]]
    /// Prior spread of what each channel reads too much at all hours. [unit]
    private let offsets: [Double]
    let firstLater: Int
    /// Hours of the record in one of the clock.
    let perHour: Int
    /// Prior spread of what the model gets wrong in a class of hours for reasons of its own. [unit]
    private let unmodelled: [Double]
    /// Whether those are taken to exist: where the healthy readings do not go with the model without them.
    private(set) var hasClassOffsets = false
    var strays: [Int]
    /// What was read, and the noise, before strays were told.
    let untouched: (present: [[Bool]], noise: [Double])
    /// Of the leak with whose steps the strays were told; nil: one that began with the later record.
    private(set) var course: LeakOnset?
    /// The healthy hours, whitened once, and their cross products; columns: the residuals and what stands.
    var healthy: (pass: HourlyFilter.Pass, products: Matrix)

    /// Prior spread of a pressure sensor's offset. [m]
    private static let offset = 3.0
    /// What the model gets wrong in a class of hours: pressures [m], flows as a share of their mean [–].
    private static let unmodelledPressure = 0.3, unmodelledFlow = 0.03

    init(
        _ model: ImposedModel, _ standing: StandingErrors, _ hourClasses: HourClasses,
        before: HourlyResiduals, after: HourlyResiduals, baseline: SensorRecord, readings: SensorRecord, noise: [Double],
        options: LeakLocatorOptions, course: LeakOnset? = nil, places: LeakPlaces? = nil
    ) {
        channels = model.channels.count
        classCount = hourClasses.count
        classes = hourClasses.before + hourClasses.after
        firstLater = hourClasses.before.count
        perHour = max(3600 / baseline.step, 1)
        let count = channels
        residuals = (0..<count).map { before.residuals[$0] + after.residuals[$0] }
        let all = residuals
        present = classes.indices.map { hour in (0..<count).map { all[$0][hour] != nil } }
        conditions = standing.before + standing.after
        ways = standing.ways
        shift = standing.shift
        rank = standing.rank
        let gap = max((readings.start - baseline.start) / baseline.step - baseline.count + 1, 1)
        let perDay = max(86_400 / baseline.step, 1)
        let later = firstLater
        days = classes.indices.map { ($0 < later ? $0 : $0 + gap - 1) / perDay }
        hourlyCommonSpread = options.hourlyCommonSpread
        daily = options.dailyCommonSpread / max(options.hourlyCommonSpread, 1e-9)
        offsets = model.channels.map { $0.isFlow ? options.flowZero : Self.offset }
        unmodelled = model.channels.indices.map {
            model.channels[$0].isFlow ? Self.unmodelledFlow * before.meanSize[$0] : Self.unmodelledPressure
        }
        filter = HourlyFilter(
            model, standing, lags: classes.indices.map { $0 == hourClasses.before.count ? gap : 1 }, noise: noise,
            measured: zip(before.measured, after.measured).map(+), step: Double(baseline.step), tanksAreStepped: before.tanksAreStepped,
            options: options)
        let levels = before.levels + after.levels, own = HourlyResiduals.own(before, after)
        drawn = levels.indices.map { [filter, conditions] hour in
            guard levels[hour] != 0 || !own.isEmpty else { return [] }
            // Answers are those at the demand of the day: what the hour draws beyond it has been taken out of the model without a leak.
            let condition = conditions[hour], ofDay = standing.levels[condition]
            let ofHour = standing.demands[condition].map { $0 * (levels[hour] - ofDay) / (1 + ofDay) }
            var drawn = filter.common[condition].map { $0 / options.hourlyCommonSpread * ofDay }
            drawn = zip(drawn, standing.toOutflow[condition] * ofHour).map(+)
            return own.isEmpty ? drawn : zip(drawn, standing.besideLeak[condition] * own[hour]).map(+)
        }
        let places = places ?? LeakPlaces(undivided: model.network)
        let pressures = standing.pressures.map(places.completed)
        toOutflow = standing.toOutflow.map(places.completed)
        self.pressures = pressures
        // An outflow that goes with the root of the pressure, as shares of its mean over the last day.
        let hours = standing.after.suffix(max(86_400 / baseline.step, 1))
        let nodes = places.count
        var mean = [Double](repeating: 0, count: nodes)
        for condition in hours { for node in 0..<nodes { mean[node] += pressures[condition][node] / Double(hours.count) } }
        shares = pressures.map { row in (0..<nodes).map { mean[$0] > 0 ? (row[$0] / mean[$0]).squareRoot() : 1 } }
        // Later hours like none that was healthy tell nothing that could be compared.
        for hour in classes.indices where hour >= firstLater && classes[hour] < 0 { for k in 0..<count { present[hour][k] = false } }
        strays = []
        healthy = (filter.begun(width: 0), Matrix(rows: 0, columns: 0))
        untouched = (present, filter.noise)
        tellStrays(course)
    }

    /// Tells strays and class offsets, anew where that was done before.
    /// - course: of a leak that may run; nil: one may have begun with the later record.
    mutating func tellStrays(_ course: LeakOnset?) {
        self.course = course
        for isWrong in [false, true] {
            hasClassOffsets = isWrong
            (present, filter.noise) = untouched
            strays = [Int](repeating: 0, count: channels)
            dropStrays()
            // Where many stray they do not by themselves: the model is wrong in ways that roughness, demand and meters do not explain.
            if !(0..<channels).contains(where: { strayShare($0) > LeakRemark.strayShare }) { break }
        }
        whitenHealthy()
    }

    /// Whether readings of the later record were left out.
    var hasLaterStrays: Bool { (firstLater..<classes.count).contains { present[$0] != untouched.present[$0] } }

    /// Whitens the healthy hours anew.
    mutating func whitenHealthy() {
        var pass = filter.begun(width: 1 + standingWidth)
        filter.advance(&pass, over: 0..<firstLater, present: present, fill: fill)
        healthy = (pass, Self.gram(pass.rows))
    }

    /// Share of a channel's readings that were left out. [–]
    func strayShare(_ channel: Int) -> Double {
        let left = present.count { $0[channel] }
        return strays[channel] == 0 ? 0 : Double(strays[channel]) / Double(left + strays[channel])
    }

    /// Columns: the residuals; what stands all the time, in its prior spreads; days; then `extra`.
    var standingWidth: Int { rank + channels + (days.last ?? 0) + 1 + (hasClassOffsets ? channels * classCount : 0) }

    /// Of the days among what stands.
    var daysPlace: Range<Int> { rank + channels..<rank + channels + (days.last ?? 0) + 1 }

    func fill(_ hour: Int, _ channel: Int, _ row: inout [Double], _ first: Int) {
        row[first] = (residuals[channel][hour] ?? 0) + shift[conditions[hour]][channel]
        if !drawn[hour].isEmpty { row[first] += drawn[hour][channel] }
        let way = ways[conditions[hour]]
        for w in 0..<rank { row[first + 1 + w] = way[channel, w] }
        row[first + 1 + rank + channel] = offsets[channel]
        row[first + 1 + rank + channels + days[hour]] = filter.common[conditions[hour]][channel] * daily
        guard hasClassOffsets, classes[hour] >= 0 else { return }
        row[first + 1 + rank + channels + (days.last ?? 0) + 1 + channel * classCount + classes[hour]] = unmodelled[channel]
    }

    /// What explains the residuals best, by the cross products of all columns; −1 for the residuals themselves.
    func coefficients(_ products: Matrix) -> [Double] {
        let standing = standingWidth, features = products.columns - 1 - standing
        let (information, score) = Self.eliminated(products, standing: standing)
        var ridged = information
        let scale = information.diagonal.max() ?? 1
        for f in 0..<features { ridged[f, f] += 1e-9 * max(information[f, f], 0) + 1e-12 * scale + 1e-30 }
        var coefficients = [Double](repeating: 0, count: products.columns)
        coefficients[0] = -1
        if let factor = try? CholeskyFactor(ridged) {
            let step = factor.solve(score)
            for f in 0..<features { coefficients[1 + standing + f] = step[f] }
        }
        if let factor = Self.normal(products, standing: standing) {
            let rest = (0..<standing).map { s in
                products[1 + s, 0] - (0..<features).reduce(0) { $0 + products[1 + s, 1 + standing + $1] * coefficients[1 + standing + $1] }
            }
            let found = factor.solve(rest)
            for s in 0..<standing { coefficients[1 + s] = found[s] }
        }
        return coefficients
    }

    /// `rows`ᵀ · `rows`, half of them on each processor.
    static func gram(_ rows: Matrix) -> Matrix {
        let half = rows.rows / 2
        var sums = concurrentMap(2) { rows.gram(ofRows: $0 == 0 ? 0..<half : half..<rows.rows) }
        sums[0].add(sums[1])
        return sums[0]
    }

    /// Cross products of the later hours, whose columns follow those that stand, and of the healthy ones, which have none of them.
    func withHealthy(_ later: Matrix) -> Matrix {
        later.adding(healthy.products)
    }

    static func normal(_ products: Matrix, standing: Int) -> CholeskyFactor? {
        var normal = Matrix(rows: standing, columns: standing)
        for i in 0..<standing {
            for j in 0..<standing { normal[i, j] = products[1 + i, 1 + j] }
            normal[i, i] += 1
        }
        return try? CholeskyFactor(normal)
    }

    /// Information and score of the columns after those that stand, which are integrated out with a prior of unit variance.
    static func eliminated(_ products: Matrix, standing: Int) -> (information: Matrix, score: [Double]) {
        let features = products.columns - 1 - standing
        var information = Matrix(rows: features, columns: features)
        var score = [Double](repeating: 0, count: features)
        for i in 0..<features {
            for j in 0..<features { information[i, j] = products[1 + standing + i, 1 + standing + j] }
            score[i] = products[1 + standing + i, 0]
        }
        guard let factor = normal(products, standing: standing) else { return (information, score) }
        var cross = Matrix(rows: standing, columns: features + 1)
        for s in 0..<standing {
            for f in 0..<features { cross[s, f] = products[1 + s, 1 + standing + f] }
            cross[s, features] = products[1 + s, 0]
        }
        let whitened = factor.whiten(cross)
        let shared = whitened.transposedTimes(whitened)
        for i in 0..<features {
            for j in 0..<features { information[i, j] -= shared[i, j] }
            score[i] -= shared[i, features]
        }
        return (information, score)
    }

    /// - Parameters:
    ///   - later: hours of the later record in which the leak is taken to run.
    ///   - growth: hours in which it grew to its size of the end, evenly.
    func steps(in later: Range<Int>, growth: Int = 0) -> StepEstimate {
        let standing = standingWidth, hours = firstLater + later.lowerBound..<firstLater + later.upperBound
        // Hours of the later record before the steps are neither healthy nor leaking for certain.
        var present = present
        for hour in firstLater..<hours.lowerBound { for k in 0..<channels { present[hour][k] = false } }
        let sizes = [Double](repeating: 0, count: firstLater) + sizes(LeakOnset(start: later.lowerBound, growth: growth))
        var pass = healthy.pass.continued(width: 1 + standing + channels * classCount)
        filter.advance(&pass, over: firstLater..<hours.upperBound, present: present) { hour, channel, row, first in
            fill(hour, channel, &row, first)
            row[first + 1 + standing + channel * classCount + classes[hour]] = sizes[hour]
        }
        let rows = pass.rows, products = withHealthy(Self.gram(rows)), coefficients = coefficients(products)
        let (information, score) = Self.eliminated(products, standing: standing)
        let left = max(dotProduct(coefficients, products * coefficients), 0)
        let weights = weights(pass, products, sizes)
        return StepEstimate(
            information: information, score: score, signatures: signatures(weights), weights: weights,
            dispersion: left / Double(max(healthy.pass.rows.rows + rows.rows, 1)))
    }

    /// By condition, cross products of the steps (columns) with the answer of a channel (row), what stands integrated out.
    private func weights(_ pass: HourlyFilter.Pass, _ products: Matrix, _ sizes: [Double]) -> [(condition: Int, weights: Matrix)] {
        let standing = standingWidth, features = channels * classCount
        // Whitening is applied to the few columns of the pass and not to those of all nodes.
        // What stands is integrated out of the weights, and so of whatever they are applied to.
        let told = Self.normal(products, standing: standing).map { factor in
            var ofSteps = Matrix(rows: standing, columns: features)
            for s in 0..<standing { for f in 0..<features { ofSteps[s, f] = products[1 + s, 1 + standing + f] } }
            return factor.transposedWhiten(factor.whiten(ofSteps))
        }
        return filter.pulledBack(pass, sizes: sizes).sorted { $0.key < $1.key }.map { condition, weights in
            var steps = Matrix(rows: channels, columns: features), stands = Matrix(rows: channels, columns: standing)
            for k in 0..<channels {
                for f in 0..<features { steps[k, f] = weights[k, 1 + standing + f] }
                for s in 0..<standing { stands[k, s] = -weights[k, 1 + s] }
            }
            if let told { steps.add(stands * told) }
            return (condition: condition, weights: steps)
        }
    }

    /// Cross products of the steps with the answer to a leak at each node.
    private func signatures(_ conditions: [(condition: Int, weights: Matrix)]) -> Matrix {
        let features = channels * classCount, nodes = shares.first?.count ?? 0
        // Some hundred nodes at a time, which are summed over all conditions while they are at hand.
        let toOutflow = toOutflow, shares = shares, rows = channels, wide = LeakSearch.nodesAtATime
        let parts: [Matrix] = concurrentMap((nodes + wide - 1) / wide) { part in
            let own = part * wide..<min((part + 1) * wide, nodes)
            var sum = Matrix(rows: features, columns: own.count)
            for (condition, weights) in conditions {
                var answers = Matrix(rows: rows, columns: own.count)
                for k in 0..<rows {
                    for node in own { answers[k, node - own.lowerBound] = toOutflow[condition][k, node] * shares[condition][node] }
                }
                sum.addTransposed(weights, times: answers)
            }
            return sum
        }
        var sum = Matrix(rows: features, columns: nodes)
        for (part, found) in parts.enumerated() {
            for f in 0..<features {
                sum.storage.replaceSubrange(
                    f * nodes + part * wide..<f * nodes + part * wide + found.columns,
                    with: found.storage[f * found.columns..<(f + 1) * found.columns])
            }
        }
        return sum
    }

    /// Mean answer of each feature to a leak at a node, over the later hours of its class. [unit of the channel per m³/s]
    func signature(of node: Int, bent: BentAnswers) -> [Double] {
        var sums = [Double](repeating: 0, count: channels * classCount), counts = [Double](repeating: 0, count: classCount)
        for hour in firstLater..<classes.count where classes[hour] >= 0 {
            counts[classes[hour]] += 1
            for k in 0..<channels { sums[k * classCount + classes[hour]] += answer(hour, k, to: node, bent: bent) }
        }
        return sums.indices.map { f in counts[f % classCount] > 0 ? sums[f] / counts[f % classCount] : 0 }
    }

    /// What a channel reads of an outflow at a node, at an hour. [unit of the channel per m³/s]
    func answer(_ hour: Int, _ channel: Int, to node: Int, bent: BentAnswers) -> Double {
        linearAnswer(conditions[hour], channel, to: node) + (bent.correction[node]?[conditions[hour]]?[channel] ?? 0)
    }

    private func linearAnswer(_ condition: Int, _ channel: Int, to node: Int) -> Double {
        toOutflow[condition][channel, node] * shares[condition][node]
    }

    /// What `BentAnswers` has to know.
    var linear: BentAnswers.Linear {
        let channels = channels
        return BentAnswers.Linear { [toOutflow] condition, node in
            (0..<channels).map { toOutflow[condition][$0, node] }
        } share: { [shares] condition, node in
            shares[condition][node]
        } pressure: { [pressures] condition, node in
            pressures[condition][node]
        }
    }
}

extension Matrix {
    /// With a smaller one added to its first rows and columns.
    func adding(_ other: Matrix) -> Matrix {
        var sum = self
        for i in 0..<other.rows { for j in 0..<other.columns { sum[i, j] += other[i, j] } }
        return sum
    }
}
