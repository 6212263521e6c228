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
    /// Answer of each channel (row) to the demand of each node (column), times its spread from hour to hour, by condition. [unit]
    private let answers: [Matrix]
    /// Their covariance, by condition. [unit²]
    private let own: [Matrix]
    /// Answer of each channel to all demand together, times its spread from hour to hour, by condition. [unit]
    let common: [[Double]]
    /// From one condition to the next: what the one tells of the other, and the part of its covariance that is so told.
    private let carries: [Step: (carry: Matrix, told: Matrix)]

    private struct Step: Hashable {
        var from: Int
        var to: Int
    }

    /// The whitened rows of one hour.
    struct Hour {
        var hour: Int
        var rows: [Int]
        var factor: CholeskyFactor
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
        // Nodes × channels, so that products run along rows.
        let answers = standing.toOutflow.indices.map { place in
            var matrix = standing.toOutflow[place].transposed
            for node in 0..<matrix.rows {
                let size = standing.demands[place][node] * spread
                for k in 0..<count { matrix.storage[node * count + k] *= size }
            }
            return matrix
        }
        self.answers = answers
        let own = answers.map { $0.transposedTimes($0) }
        self.own = own
        common = standing.toOutflow.indices.map { place in
            (standing.toOutflow[place] * standing.demands[place]).map { $0 * options.hourlyCommonSpread }
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
            let carry = answers[step.to].transposedTimes(answers[step.from]) * factor.inverse
            return (carry: carry, told: carry * own[step.from] * carry.transposed)
        }
        carries = Dictionary(uniqueKeysWithValues: zip(distinct, found))
    }

    /// - Parameters:
    ///   - readings: by hour and channel; nil where there is none.
    ///   - fill: writes the columns of a channel at an hour into a row of zeros that begins at `first`.
    /// - Returns: the whitened rows, of all hours together, and where they come from.
    ///   - from: hour before which all columns are zero; its rows are not given.
    func whitened(
        _ present: [[Bool]], width: Int, from: Int = 0, fill: (_ hour: Int, _ channel: Int, _ storage: inout [Double], _ first: Int) -> Void
    )
        -> (rows: Matrix, hours: [Hour])
    {
        let k = channels, tanks = levelFactor.indices.filter { levelFactor[$0] != nil }
        let order = k + 2 * tanks.count
        var state = Matrix(rows: order, columns: width)
        var spread = Matrix(rows: order, columns: order)
        var storage: [Double] = []
        var hours: [Hour] = []
        var last = -1
        storage.reserveCapacity(present.reduce(0) { $0 + $1.count { $0 } } * width)
        for hour in conditions.indices {
            let now = conditions[hour]
            let hasColumns = hour >= from
            let fade = pow(correlation, Double(max(lags[hour], 1)))
            if last < 0 {
                for i in 0..<k { for j in 0..<k { spread[i, j] = own[now][i, j] } }
            } else {
                let step = now == last ? nil : carries[Step(from: last, to: now)]
                if let step {
                    if hasColumns { carried(&state, by: step.carry) }
                    carried(&spread, by: step.carry)
                    spread = spread.transposed
                    carried(&spread, by: step.carry)
                }
                if hasColumns { for i in 0..<k * width { state.storage[i] *= fade } }
                let told = step?.told ?? own[now]
                for i in 0..<k {
                    for j in 0..<order {
                        spread[i, j] *= fade
                        spread[j, i] *= fade
                    }
                }
                for i in 0..<k { for j in 0..<k { spread[i, j] += own[now][i, j] - fade * fade * told[i, j] } }
            }
            // The level that ended the last hour begins this one.
            for t in tanks.indices {
                let begins = k + 2 * t, ends = begins + 1
                let isNext = last >= 0 && lags[hour] == 1
                if hasColumns {
                    for j in 0..<width {
                        state.storage[begins * width + j] = isNext ? state.storage[ends * width + j] : 0
                        state.storage[ends * width + j] = 0
                    }
                }
                let variance = levelNoise * levelNoise
                let kept = (0..<order).map { spread[ends, $0] }
                for j in 0..<order {
                    let value = isNext ? (j == begins ? kept[ends] : kept[j]) : (j == begins ? variance : 0)
                    spread[begins, j] = value
                    spread[j, begins] = value
                }
                for j in 0..<order { (spread[ends, j], spread[j, ends]) = (0, 0) }
                spread[ends, ends] = variance
            }
            last = now
            let rows = (0..<k).filter { present[hour][$0] }
            guard !rows.isEmpty else { continue }
            // Rows of the observation times the spread, and times the state.
            var answers = Matrix(rows: rows.count, columns: order), values = Matrix(rows: hasColumns ? rows.count : 0, columns: width)
            for (i, channel) in rows.enumerated() {
                for j in 0..<order { answers[i, j] = spread[channel, j] }
                if hasColumns {
                    fill(hour, channel, &values.storage, i * width)
                    for j in 0..<width { values.storage[i * width + j] -= state.storage[channel * width + j] }
                }
                guard let factor = levelFactor[channel], let t = tanks.firstIndex(of: channel) else { continue }
                let begins = k + 2 * t
                for j in 0..<order { answers[i, j] += factor * (spread[begins + 1, j] - spread[begins, j]) }
                if !hasColumns { continue }
                for j in 0..<width {
                    values.storage[i * width + j] -= factor * (state.storage[(begins + 1) * width + j] - state.storage[begins * width + j])
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
            let gain = factor.whiten(answers)
            if hasColumns {
                let innovations = factor.whiten(values)
                hours.append(Hour(hour: hour, rows: rows, factor: factor, first: storage.count / width))
                storage.append(contentsOf: innovations.storage)
                let step = gain.transposedTimes(innovations)
                for i in state.storage.indices { state.storage[i] += step.storage[i] }
            }
            let less = gain.transposedTimes(gain)
            for i in spread.storage.indices { spread.storage[i] -= less.storage[i] }
        }
        return (Matrix(rows: storage.count / max(width, 1), columns: width, storage: storage), hours)
    }

    /// The first rows, those of the channels, times `carry` from the left.
    private func carried(_ matrix: inout Matrix, by carry: Matrix) {
        let width = matrix.columns
        let moved = carry * Matrix(rows: channels, columns: width, storage: Array(matrix.storage[0..<channels * width]))
        matrix.storage.replaceSubrange(0..<channels * width, with: moved.storage)
    }
}
