// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// Makes hourly residuals, and whatever columns explain them, independent and of unit variance (the innovations of a Kalman filter).
///
/// What moves from hour to hour: each node's own demand, a first-order autoregressive series carried through the sensitivities; all
/// demand together, anew each hour; the sensors' noise; the error of a tank's level, which ends one hour's inflow and begins the next.
struct HourlyFilter {
    let channels: Int
    /// Of each hour, its condition in `StandingErrors`.
    let conditions: [Int]
    /// Steps of the record between an hour and the one before it.
    let lags: [Int]
    /// Variance of each channel's noise, without what is below. [unit²]
    var noise: [Double]
    /// Further variance of each channel at each hour. [unit²]
    let rest: [[Double]]
    /// For tanks: area over the step [m²/s]; nil for sensors.
    let levelFactor: [Double?]
    let levelNoise: Double
    let correlation: Double
    /// Covariance of what nodes' own demands do to the channels from hour to hour, by condition. [unit²]
    private var own: [Matrix]
    /// Answer of each channel to all demand together, times its spread from hour to hour, by condition. [unit]
    private(set) var common: [[Double]]
    /// From one condition to the next: what the one tells of the other, and the part of its covariance that is so told.
    private var carries: [Step: (carry: Matrix, told: Matrix)]

    private struct Step: Hashable {
        var from: Int
        var to: Int
    }

    /// The whitened rows of one hour.
    struct Hour {
        var hour: Int
        var rows: [Int]
        var factor: CholeskyFactor
        /// What the rows tell of the state.
        fileprivate var gain: Matrix
        /// Place of the first row among all.
        var first: Int
    }

    init(
        _ model: ImposedModel, _ standing: StandingErrors, lags: [Int], noise: [Double], step: Double, options: LeakLocatorOptions
    ) {
        let count = model.channels.count
        channels = count
        let hours = standing.before + standing.after
        conditions = hours
        self.lags = lags
        rest = hours.map { standing.rest[$0] }
        var areas: [Double?] = []
        for channel in model.channels {
            if case .tank(_, let area) = channel.source { areas.append(area / step) } else { areas.append(nil) }
        }
        levelFactor = areas
        self.noise = zip(noise, areas).map { $1 == nil ? $0 * $0 : 0 }
        levelNoise = options.levelNoise
        correlation = pow(options.hourlyDemandCorrelation, step / 3600)
        let spread = options.hourlyDemandSpread
        @Sendable func answers(_ place: Int) -> Matrix {
            var matrix = standing.toOutflow[place]
            let demands = standing.demands[place], nodes = matrix.columns
            for k in 0..<matrix.rows { for node in 0..<nodes { matrix.storage[k * nodes + node] *= demands[node] * spread } }
            return matrix
        }
        let own = concurrentMap(standing.toOutflow.count) { place in
            let answers = answers(place)
            return answers.timesTransposed(answers)
        }
        self.own = own
        // What meters say of it is no guess.
        let unknown = model.zoneDemands?.unknown
        common = standing.toOutflow.indices.map { place in
            let demands = standing.demands[place]
            let unsure = unknown.map { zip(demands, $0).map { $0 * $1 } } ?? demands
            return (standing.toOutflow[place] * unsure).map { $0 * options.hourlyCommonSpread }
        }
        var steps: [Step] = []
        for (from, to) in zip(hours, hours.dropFirst()) where from != to { steps.append(Step(from: from, to: to)) }
        let distinct = Array(Set(steps)).sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        let found = concurrentMap(distinct.count) { index in
            let step = distinct[index]
            var ridged = own[step.from]
            let scale = ridged.diagonal.reduce(0, +) / Double(max(count, 1))
            for k in 0..<count { ridged[k, k] += 1e-6 * ridged[k, k] + 1e-9 * scale + 1e-30 }
            guard let factor = try? CholeskyFactor(ridged) else {
                return (carry: Matrix(rows: count, columns: count), told: Matrix(rows: count, columns: count))
            }
            // F = C(to, from) C(from, from)⁻¹
            let carry = answers(step.to).timesTransposed(answers(step.from)) * factor.inverse
            return (carry: carry, told: carry * own[step.from] * carry.transposed)
        }
        carries = Dictionary(uniqueKeysWithValues: zip(distinct, found))
    }

    /// The same with all that moves in demand by a factor.
    func moving(by factor: Double) -> HourlyFilter {
        var copy = self
        for place in own.indices { for i in own[place].storage.indices { copy.own[place].storage[i] *= factor * factor } }
        copy.common = common.map { $0.map { $0 * factor } }
        copy.carries = carries.mapValues { step in
            var told = step.told
            for i in told.storage.indices { told.storage[i] *= factor * factor }
            return (carry: step.carry, told: told)
        }
        return copy
    }

    /// What has been whitened so far, from which later hours can follow.
    struct Pass {
        let width: Int
        fileprivate var state: Matrix
        fileprivate var spread: Matrix
        /// Condition of the last hour.
        fileprivate var last: Int?
        fileprivate var storage: [Double] = []
        private(set) var hours: [Hour] = []

        /// Of the covariance of all that was whitened.
        var logDeterminant: Double { hours.reduce(0) { $0 + $1.factor.logDeterminant } }

        fileprivate mutating func add(_ hour: Hour, _ innovations: Matrix) {
            hours.append(hour)
            storage.append(contentsOf: innovations.storage)
        }

        /// The whitened rows, of all hours together.
        var rows: Matrix { Matrix(rows: storage.count / max(width, 1), columns: width, storage: storage) }

        /// Ready for more hours and further columns, which are zero until then; its rows are forgotten.
        func continued(width wider: Int) -> Pass {
            var copy = Pass(width: wider, state: Matrix(rows: state.rows, columns: wider), spread: spread, last: last)
            for i in 0..<state.rows { for j in 0..<width { copy.state[i, j] = state[i, j] } }
            return copy
        }
    }

    private var tanks: [Int] { levelFactor.indices.filter { levelFactor[$0] != nil } }
    private var order: Int { channels + 2 * tanks.count }

    func begun(width: Int) -> Pass {
        Pass(width: width, state: Matrix(rows: order, columns: width), spread: Matrix(rows: order, columns: order))
    }

    private func fade(_ hour: Int) -> Double { pow(correlation, Double(max(lags[hour], 1))) }

    private func carry(_ from: Int, _ to: Int) -> (carry: Matrix, told: Matrix)? { from == to ? nil : carries[Step(from: from, to: to)] }

    /// Whitens the columns of further hours, in their order.
    /// - Parameters:
    ///   - present: by hour and channel, whether there is a reading.
    ///   - fill: writes the columns of a channel at an hour into a row of zeros that begins at `first`.
    func advance(
        _ pass: inout Pass, over hours: Range<Int>, present: [[Bool]],
        fill: (_ hour: Int, _ channel: Int, _ storage: inout [Double], _ first: Int) -> Void
    ) {
        let k = channels, tanks = tanks, order = order, width = pass.width
        for hour in hours {
            let now = conditions[hour]
            if let last = pass.last {
                let step = carry(last, now), fade = fade(hour)
                if let step {
                    carried(&pass.state, by: step.carry)
                    carried(&pass.spread, by: step.carry)
                    pass.spread = pass.spread.transposed
                    carried(&pass.spread, by: step.carry)
                }
                for i in 0..<k * width { pass.state.storage[i] *= fade }
                let told = step?.told ?? own[now]
                for i in 0..<k {
                    for j in 0..<order {
                        pass.spread[i, j] *= fade
                        pass.spread[j, i] *= fade
                    }
                }
                for i in 0..<k { for j in 0..<k { pass.spread[i, j] += own[now][i, j] - fade * fade * told[i, j] } }
            } else {
                for i in 0..<k { for j in 0..<k { pass.spread[i, j] = own[now][i, j] } }
            }
            // The level that ended the last hour begins this one.
            for t in tanks.indices {
                let begins = k + 2 * t, ends = begins + 1
                let isNext = pass.last != nil && lags[hour] == 1
                for j in 0..<width {
                    pass.state.storage[begins * width + j] = isNext ? pass.state.storage[ends * width + j] : 0
                    pass.state.storage[ends * width + j] = 0
                }
                let variance = levelNoise * levelNoise
                let kept = (0..<order).map { pass.spread[ends, $0] }
                for j in 0..<order {
                    let value = isNext ? (j == begins ? kept[ends] : kept[j]) : (j == begins ? variance : 0)
                    pass.spread[begins, j] = value
                    pass.spread[j, begins] = value
                }
                for j in 0..<order { (pass.spread[ends, j], pass.spread[j, ends]) = (0, 0) }
                pass.spread[ends, ends] = variance
            }
            pass.last = now
            let rows = (0..<k).filter { present[hour][$0] }
            guard !rows.isEmpty else { continue }
            // Rows of the observation times the spread, and times the state.
            var answers = Matrix(rows: rows.count, columns: order), values = Matrix(rows: rows.count, columns: width)
            for (i, channel) in rows.enumerated() {
                for j in 0..<order { answers[i, j] = pass.spread[channel, j] }
                fill(hour, channel, &values.storage, i * width)
                for j in 0..<width { values.storage[i * width + j] -= pass.state.storage[channel * width + j] }
                guard let factor = levelFactor[channel], let t = tanks.firstIndex(of: channel) else { continue }
                let begins = k + 2 * t
                for j in 0..<order { answers[i, j] += factor * (pass.spread[begins + 1, j] - pass.spread[begins, j]) }
                for j in 0..<width {
                    values.storage[i * width + j] -=
                        factor * (pass.state.storage[(begins + 1) * width + j] - pass.state.storage[begins * width + j])
                }
            }
            var covariance = Matrix(rows: rows.count, columns: rows.count)
            for i in rows.indices {
                for (j, other) in rows.enumerated() {
                    var value = answers[i, other]
                    if let factor = levelFactor[other], let t = tanks.firstIndex(of: other) {
                        value += factor * (answers[i, k + 2 * t + 1] - answers[i, k + 2 * t])
                    }
                    covariance[i, j] = value + common[now][rows[i]] * common[now][other]
                }
                covariance[i, i] += noise[rows[i]] + rest[hour][rows[i]] + 1e-18
            }
            guard let factor = try? CholeskyFactor(covariance) else { continue }
            let gain = factor.whiten(answers), innovations = factor.whiten(values)
            pass.add(Hour(hour: hour, rows: rows, factor: factor, gain: gain, first: pass.storage.count / max(width, 1)), innovations)
            let step = gain.transposedTimes(innovations), less = gain.gram
            for i in pass.state.storage.indices { pass.state.storage[i] += step.storage[i] }
            for i in pass.spread.storage.indices { pass.spread.storage[i] -= less.storage[i] }
        }
    }

    /// Whitened rows times whitening: U with Σ Uᵀ x = Σ Wᵀ (x whitened) for whatever columns x the hours of the pass have, W being
    /// its rows. A backward pass, whose width is that of the rows and not the number of the columns x.
    /// - sizes: of each hour, by what the columns are larger or smaller than those of its condition. [–]
    /// - Returns: for each condition, channels × width: the sum over its hours, for columns that are the same whenever conditions are.
    func pulledBack(_ pass: Pass, sizes: [Double]) -> [Int: Matrix] {
        let k = channels, tanks = tanks, width = pass.width
        guard let first = pass.hours.first?.hour, let last = pass.hours.last?.hour else { return [:] }
        var pull = Matrix(rows: order, columns: width)
        var sums: [Int: Matrix] = [:]
        var place = pass.hours.count - 1
        for hour in stride(from: last, through: first, by: -1) {
            let now = conditions[hour]
            if place >= 0, pass.hours[place].hour == hour {
                let item = pass.hours[place]
                place -= 1
                var values = item.gain * pull
                let from = item.first * width
                for i in values.storage.indices { values.storage[i] += pass.storage[from + i] }
                let back = item.factor.transposedWhiten(values)
                var sum = sums.removeValue(forKey: now) ?? Matrix(rows: k, columns: width)
                for (i, channel) in item.rows.enumerated() {
                    for j in 0..<width {
                        let value = back.storage[i * width + j]
                        sum.storage[channel * width + j] += value * sizes[hour]
                        pull.storage[channel * width + j] -= value
                    }
                    guard let factor = levelFactor[channel], let t = tanks.firstIndex(of: channel) else { continue }
                    let begins = k + 2 * t
                    for j in 0..<width {
                        let value = factor * back.storage[i * width + j]
                        pull.storage[(begins + 1) * width + j] -= value
                        pull.storage[begins * width + j] += value
                    }
                }
                sums[now] = sum
            }
            guard hour > first else { break }
            for t in tanks.indices {
                let begins = k + 2 * t, ends = begins + 1
                for j in 0..<width {
                    pull.storage[ends * width + j] = lags[hour] == 1 ? pull.storage[begins * width + j] : 0
                    pull.storage[begins * width + j] = 0
                }
            }
            if let step = carry(conditions[hour - 1], now) { carried(&pull, by: step.carry.transposed) }
            let fade = fade(hour)
            for i in 0..<k * width { pull.storage[i] *= fade }
        }
        return sums
    }

    /// The first rows, those of the channels, times `carry` from the left.
    private func carried(_ matrix: inout Matrix, by carry: Matrix) {
        let width = matrix.columns
        let moved = carry * Matrix(rows: channels, columns: width, storage: Array(matrix.storage[0..<channels * width]))
        matrix.storage.replaceSubrange(0..<channels * width, with: moved.storage)
    }
}
