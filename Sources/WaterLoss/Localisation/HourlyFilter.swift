// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// Makes hourly residuals, and whatever columns explain them, independent and of unit variance (the innovations of a Kalman filter).
///
/// What moves from hour to hour: each node's own demand, a first-order autoregressive series carried through the sensitivities; all
/// demand together, anew each hour; the sensors' noise; the error of a tank's level, which ends one hour's inflow and begins the next, and
/// with which the model is run as the head of that hour.
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
    /// By condition, how each channel's residual (row) answers to the errors of each tank's level at the beginning and at the end of the
    /// hour (two columns a tank). [unit per m]
    let levels: [Matrix]
    let correlation: Double
    /// Covariance of what nodes' own demands do to the channels from hour to hour, by condition. [unit²]
    private(set) var own: [Matrix]
    /// Answer of each channel to all demand together, times its spread from hour to hour, by condition. [unit]
    private(set) var common: [[Double]]
    /// From one condition to the next: what the one tells of the other, and the part of its covariance that is so told.
    private var carries: [Step: (carry: Matrix, told: Matrix)]

    private struct Step: Hashable {
        var from: Int
        var to: Int
    }

    private static let nodesAtATime = 512

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
        _ model: ImposedModel, _ standing: StandingErrors, lags: [Int], noise: [Double], measured: [[Double?]], step: Double,
        tanksAreStepped: Bool, options: LeakLocatorOptions
    ) {
        let count = model.channels.count
        channels = count
        let hours = standing.before + standing.after
        conditions = hours
        self.lags = lags
        // A meter's noise goes with what runs through it, of a leak too.
        rest = hours.enumerated().map { hour, place in
            model.channels.indices.map { k in
                guard model.channels[k].isLink, let flow = measured[k][hour] else { return standing.rest[place][k] }
                let own = options.flowNoise * flow
                return standing.rest[place][k] + max(own * own - standing.proportional[place][k], 0)
            }
        }
        var areas: [Double?] = []
        for channel in model.channels {
            if case .tank(_, let area) = channel.source { areas.append(area / step) } else { areas.append(nil) }
        }
        levelFactor = areas
        self.noise = zip(noise, areas).map { $1 == nil ? $0 * $0 : 0 }
        levelNoise = options.levelNoise
        let tanks = areas.indices.filter { areas[$0] != nil }
        levels = standing.toLevel.map { answers in
            var matrix = Matrix(rows: count, columns: 2 * tanks.count)
            for k in 0..<count {
                // A tank's inflow is that of the middle of the hour, unless the readings say otherwise.
                let ofEnd = areas[k] != nil && !tanksAreStepped ? 0.5 : 0
                for t in tanks.indices {
                    matrix[k, 2 * t] -= (1 - ofEnd) * answers[k, t]
                    matrix[k, 2 * t + 1] -= ofEnd * answers[k, t]
                }
            }
            for (t, k) in tanks.enumerated() {
                matrix[k, 2 * t] -= areas[k] ?? 0
                matrix[k, 2 * t + 1] += areas[k] ?? 0
            }
            return matrix
        }
        correlation = pow(options.hourlyDemandCorrelation, step / 3600)
        let spread = options.hourlyDemandSpread
        let nodes = standing.besideLeak.first?.columns ?? 0
        // Some hundred nodes at a time: all of them at once would go through memory.
        @Sendable func covariance(_ to: Int, _ from: Int) -> Matrix {
            func answers(_ place: Int, _ part: Range<Int>) -> Matrix {
                var matrix = Matrix(rows: count, columns: part.count)
                let demands = standing.demands[place]
                for k in 0..<count {
                    for node in part { matrix[k, node - part.lowerBound] = standing.besideLeak[place][k, node] * (demands[node] * spread) }
                }
                return matrix
            }
            var sum = Matrix(rows: count, columns: count)
            for first in stride(from: 0, to: nodes, by: Self.nodesAtATime) {
                let part = first..<min(first + Self.nodesAtATime, nodes), own = answers(from, part)
                sum.add(to == from ? own.gramOfRows : answers(to, part).timesTransposed(own))
            }
            return sum
        }
        let own = concurrentMap(standing.besideLeak.count) { covariance($0, $0) }
        self.own = own
        // What meters say of it is no guess.
        let unknown = model.zoneDemands?.unknown
        common = standing.besideLeak.indices.map { place in
            let demands = standing.demands[place]
            let unsure = unknown.map { zip(demands, $0).map { $0 * $1 } } ?? demands
            return (standing.besideLeak[place] * unsure).map { $0 * options.hourlyCommonSpread / (1 + standing.levels[place]) }
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
            let carry = covariance(step.to, step.from) * factor.inverse
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
        fileprivate(set) var hours: [Hour] = []

        /// Of the covariance of all that was whitened.
        var logDeterminant: Double { hours.reduce(0) { $0 + $1.factor.logDeterminant } }

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

    /// From one hour to the next, and what the hour tells.
    private struct Move {
        var hour: Int
        var isFirst: Bool
        /// Whether it follows the hour before it without a gap.
        var isNext: Bool
        var fade: Double
        var carry: Matrix?
        var found: Hour?
    }

    /// Whitens the columns of further hours, in their order.
    /// - Parameters:
    ///   - present: by hour and channel, whether there is a reading.
    ///   - fill: writes the columns of a channel at an hour into a row of zeros that begins at `first`.
    func advance(
        _ pass: inout Pass, over hours: Range<Int>, present: [[Bool]],
        fill: (_ hour: Int, _ channel: Int, _ storage: inout [Double], _ first: Int) -> Void
    ) {
        let width = pass.width, begun = pass.storage.count
        pass.storage.reserveCapacity(begun + hours.reduce(0) { sum, hour in sum + present[hour].count { $0 } } * width)
        var moves: [Move] = []
        for hour in hours {
            let move = moved(&pass, to: hour, present: present[hour])
            for channel in move.found?.rows ?? [] {
                let first = pass.storage.count
                pass.storage.append(contentsOf: repeatElement(0, count: width))
                fill(hour, channel, &pass.storage, first)
            }
            moves.append(move)
        }
        // The columns do not touch each other: half of them on each processor.
        let given = pass, all = moves, half = width < Self.fewColumns ? width : width / 2
        let parts = concurrentMap(half < width ? 2 : 1) { part in whitened(given, from: begun, all, part == 0 ? 0..<half : half..<width) }
        var first = 0
        for part in parts {
            let wide = part.state.columns
            for i in 0..<order {
                pass.state.storage.replaceSubrange(
                    i * width + first..<i * width + first + wide, with: part.state.storage[i * wide..<(i + 1) * wide])
            }
            for i in 0..<part.rows.count / max(wide, 1) {
                let place = begun + i * width + first
                for j in 0..<wide { pass.storage[place + j] = part.rows[i * wide + j] }
            }
            first += wide
        }
    }

    /// Columns below which they are not shared out.
    private static let fewColumns = 16

    /// The spread of the state an hour later, and how what the hour tells is whitened.
    private func moved(_ pass: inout Pass, to hour: Int, present: [Bool]) -> Move {
        let k = channels, tanks = tanks, order = order, now = conditions[hour]
        let own = own[now], last = pass.last, levels = levels[now]
        var move = Move(hour: hour, isFirst: last == nil, isNext: last != nil && lags[hour] == 1, fade: fade(hour))
        var spread = pass.spread
        pass.spread = Matrix(rows: 0, columns: 0)
        if let last {
            let step = carry(last, now), fade = move.fade
            if let step {
                move.carry = step.carry
                carried(&spread, by: step.carry)
                spread = spread.transposed
                carried(&spread, by: step.carry)
            }
            let told = step?.told ?? own
            for i in 0..<order {
                for j in 0..<order {
                    if i < k { spread.storage[i * order + j] *= fade }
                    if j < k { spread.storage[i * order + j] *= fade }
                }
            }
            for i in 0..<k {
                for j in 0..<k { spread.storage[i * order + j] += own.storage[i * k + j] - fade * fade * told.storage[i * k + j] }
            }
        } else {
            for i in 0..<k { for j in 0..<k { spread.storage[i * order + j] = own.storage[i * k + j] } }
        }
        // The level that ended the last hour begins this one.
        for t in tanks.indices {
            let begins = k + 2 * t, ends = begins + 1
            let variance = levelNoise * levelNoise
            let kept = (0..<order).map { spread[ends, $0] }
            for j in 0..<order {
                let value = move.isNext ? (j == begins ? kept[ends] : kept[j]) : (j == begins ? variance : 0)
                spread[begins, j] = value
                spread[j, begins] = value
            }
            for j in 0..<order { (spread[ends, j], spread[j, ends]) = (0, 0) }
            spread[ends, ends] = variance
        }
        pass.last = now
        defer { pass.spread = spread }
        let rows = (0..<k).filter { present[$0] }
        guard !rows.isEmpty else { return move }
        // Rows of the observation times the spread.
        var answers = Matrix(rows: rows.count, columns: order)
        for (i, channel) in rows.enumerated() {
            for j in 0..<order { answers.storage[i * order + j] = spread.storage[channel * order + j] }
            for l in 0..<levels.columns where levels[channel, l] != 0 {
                let factor = levels[channel, l]
                for j in 0..<order { answers.storage[i * order + j] += factor * spread.storage[(k + l) * order + j] }
            }
        }
        var covariance = Matrix(rows: rows.count, columns: rows.count)
        let common = common[now]
        for i in rows.indices {
            for (j, other) in rows.enumerated() {
                var value = answers[i, other]
                for l in 0..<levels.columns { value += levels[other, l] * answers[i, k + l] }
                covariance[i, j] = value + common[rows[i]] * common[other]
            }
            covariance[i, i] += noise[rows[i]] + rest[hour][rows[i]] + 1e-18
        }
        guard let factor = try? CholeskyFactor(covariance) else { return move }
        let gain = factor.whiten(answers), less = gain.gram
        for i in spread.storage.indices { spread.storage[i] -= less.storage[i] }
        let found = Hour(hour: hour, rows: rows, factor: factor, gain: gain, first: pass.storage.count / max(pass.width, 1))
        pass.hours.append(found)
        move.found = found
        return move
    }

    /// Some columns of a pass whitened from hour to hour, and their state after the last one.
    /// - begun: place of the first row that is not whitened yet.
    private func whitened(_ pass: Pass, from begun: Int, _ moves: [Move], _ columns: Range<Int>) -> (rows: [Double], state: Matrix) {
        let k = channels, tanks = tanks, order = order, width = pass.width, wide = columns.count
        var state = Matrix(rows: order, columns: wide)
        for i in 0..<order { for j in 0..<wide { state.storage[i * wide + j] = pass.state.storage[i * width + columns.lowerBound + j] } }
        var result: [Double] = []
        result.reserveCapacity((pass.storage.count - begun) / max(width, 1) * wide)
        for move in moves {
            if !move.isFirst {
                if let carry = move.carry { carried(&state, by: carry) }
                for i in 0..<k * wide { state.storage[i] *= move.fade }
            }
            for t in tanks.indices {
                let begins = k + 2 * t, ends = begins + 1
                for j in 0..<wide {
                    state.storage[begins * wide + j] = move.isNext ? state.storage[ends * wide + j] : 0
                    state.storage[ends * wide + j] = 0
                }
            }
            guard let hour = move.found else { continue }
            let levels = levels[conditions[move.hour]]
            var values = Matrix(rows: hour.rows.count, columns: wide)
            for (i, channel) in hour.rows.enumerated() {
                let from = (hour.first + i) * width + columns.lowerBound
                for j in 0..<wide { values.storage[i * wide + j] = pass.storage[from + j] - state.storage[channel * wide + j] }
                for l in 0..<levels.columns where levels[channel, l] != 0 {
                    let factor = levels[channel, l]
                    for j in 0..<wide { values.storage[i * wide + j] -= factor * state.storage[(k + l) * wide + j] }
                }
            }
            let innovations = hour.factor.whiten(values)
            result.append(contentsOf: innovations.storage)
            state.addTransposed(hour.gain, times: innovations)
        }
        return (result, state)
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
                let item = pass.hours[place], levels = levels[now]
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
                    for l in 0..<levels.columns where levels[channel, l] != 0 {
                        let factor = levels[channel, l]
                        for j in 0..<width { pull.storage[(k + l) * width + j] -= factor * back.storage[i * width + j] }
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
