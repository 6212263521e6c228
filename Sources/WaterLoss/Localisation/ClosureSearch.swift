// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// A pipe that the model has open and that the healthy readings want shut, or the other way round.
struct Closure: Sendable, Hashable {
    let link: Int
    /// Whether it is shut by the readings.
    let isShut: Bool
    /// Logarithm of the likelihood with it over that without, what stands integrated out in both. [–]
    var gain: Double
}

/// Looks among all pipes for the one whose closing explains what healthy readings lie off a calibrated model, and among the pipes that the
/// model has shut for one that is open.
///
/// To shut a pipe of flow q is to send back through it what it carries: in the linear model outflows −x q at its start and x q at its end,
/// x = 1/(1 − k) ≥ 1 where k is the share of an injected flow that would come back through the pipe itself. So each pipe has one direction
/// d in the readings, and a score test says how much it may explain: with whitened d and residuals r, what stands integrated out,
/// (dᵀr)²/2dᵀd at x = dᵀr/dᵀd. The best of them are then really shut in the engine, hour by hour, and judged by the same likelihood
/// without anything left to fit.
struct ClosureSearch {
    /// Best first.
    let found: [Closure]
    /// Pipes that were tried.
    let tried: Int

    /// Pipes whose direction is whitened, and those that are shut in the engine.
    private static let whitened = 300, shut = 16, open = 24
    /// Least share of the network's demand that a pipe carries at some time, if its closing is to be seen. [–]
    private static let leastFlow = 0.003
    /// Least strength of a direction, where 1 is what the pipe itself carries. [–]
    private static let leastStrength = 0.3

    private struct Answers: Sendable {
        /// By pipe that is looked at, its flow [m³/s], and channels × pipes, what its flow sent back does. [unit of the channel]
        var flows: [Double]
        var directions: Matrix
        var values: [Double?]
    }

    /// - Parameters:
    ///   - record: of the healthy hours, with `model` as it was when its standing errors were taken.
    ///   - scale: how many times larger than in `record` the errors of the model are. [–]
    init(
        _ model: ImposedModel, _ baseline: SensorRecord, _ healthy: HourlyResiduals, _ later: HourlyResiduals, _ standing: StandingErrors,
        _ record: StepRecord, scale: Double
    ) {
        let none = SensorRecord(start: baseline.start, step: baseline.step, count: 0, series: [:])
        let examples = AlikeHours(model, baseline, healthy, none, later).examples
        let moved = model.switched.links
        let pipes = model.network.links.indices.filter { index in
            guard let pipe = model.network.links[index].pipe, !pipe.hasCheckValve, !moved.contains(index) else { return false }
            return examples.allSatisfy { $0.statuses[index] != .closed }
        }
        let closed = model.network.links.indices.filter { index in
            model.network.links[index].pipe != nil && !moved.contains(index)
                && examples.allSatisfy { $0.statuses[index] == .closed }
        }
        let least = Self.leastFlow * standing.meanDemand
        guard !examples.isEmpty, let hydraulics = try? HydraulicModel(model.network),
            let answers = Self.answers(model, hydraulics, examples, pipes, healthy: record.conditionCounts)
        else {
            (found, tried) = ([], 0)
            return
        }
        let carrying = pipes.indices.filter { p in answers.contains { abs($0?.flows[p] ?? 0) > least } }
        tried = carrying.count + closed.count
        let residual = record.explained(scale: scale)
        // What each direction takes of the residuals, over its size by the noise of each reading alone.
        var likely: [(rough: Double, pipe: Int)] = []
        for p in carrying {
            var score = 0.0, size = 0.0
            for (condition, answer) in answers.enumerated() {
                guard let answer, let pull = residual.pulls[condition] else { continue }
                let count = Double(residual.counts[condition])
                for k in model.channels.indices {
                    let value = answer.directions[k, p]
                    score += value * pull[k]
                    size += count * value * value / residual.variances[condition][k]
                }
            }
            if score > 0, size > 0 { likely.append((score * score / size, p)) }
        }
        likely.sort { ($1.rough, $0.pipe) < ($0.rough, $1.pipe) }
        let looked = likely.prefix(Self.whitened).map(\.pipe)
        let fits = record.fits(of: looked.count, scale: scale) { condition, channel, place in
            answers[condition]?.directions[channel, looked[place]] ?? 0
        }
        let best = fits.indices.filter { fits[$0].score > Self.leastStrength * fits[$0].size && fits[$0].size > 0 }
            .sorted { (fits[$1].free, looked[$0]) < (fits[$0].free, looked[$1]) }.prefix(Self.shut).map { pipes[looked[$0]] }
        // In the engine.
        let candidates =
            best.map { Closure(link: $0, isShut: true, gain: 0) }
            + closed.prefix(Self.open).map { Closure(link: $0, isShut: false, gain: 0) }
        let base = answers.map { $0?.values }
        let changes: [[[Double]]?] = concurrentMap(candidates.count) { place in
            Self.changes(model, hydraulics, examples, candidates[place], from: base)
        }
        let exact = record.fits(of: candidates.count, scale: scale) { condition, channel, place in changes[place]?[condition][channel] ?? 0
        }
        let noise = max(record.healthyDispersion(), 1)
        found = candidates.indices.filter { changes[$0] != nil }.map { place in
            var closure = candidates[place]
            closure.gain = (exact[place].score - exact[place].size / 2) / noise
            return closure
        }.sorted { ($1.gain, $0.link) < ($0.gain, $1.link) }
    }

    /// What the engine says of each example, and the directions of pipes; nil where it finds no balance.
    private static func answers(
        _ model: ImposedModel, _ hydraulics: HydraulicModel, _ examples: [BoundaryConditions], _ pipes: [Int], healthy: [Int]
    ) -> [Answers?]? {
        let network = model.network, index = network.nodeIndex()
        let ends = pipes.map { (index[network.links[$0].start] ?? 0, index[network.links[$0].end] ?? 0) }
        let halves: [[Answers?]] = concurrentMap(2) { half in
            let solver = HydraulicSolver(hydraulics)
            var found: [Answers?] = []
            for place in stride(from: half, to: examples.count, by: 2) {
                guard healthy[place] > 0 else {
                    found.append(nil)
                    continue
                }
                let state = solver.solve(examples[place], warm: !found.isEmpty)
                guard state.verdict.outcome == .converged, let toOutflow = solver.sensitivities(of: model.channels.map(\.observation))
                else {
                    found.append(nil)
                    continue
                }
                let flows = pipes.map { state.flows[$0] }
                var directions = Matrix(rows: model.channels.count, columns: pipes.count)
                for (k, channel) in model.channels.enumerated() {
                    for (p, end) in ends.enumerated() { directions[k, p] = flows[p] * (toOutflow[k][end.1] - toOutflow[k][end.0]) }
                    for (p, link) in pipes.enumerated() {
                        if channel.isLink {
                            if channel.index == link { directions[k, p] -= flows[p] }
                        } else if channel.isFlow {
                            if ends[p].1 == channel.index { directions[k, p] -= flows[p] }
                            if ends[p].0 == channel.index { directions[k, p] += flows[p] }
                        }
                    }
                }
                found.append(
                    Answers(flows: flows, directions: directions, values: model.channels.map { model.predicted($0, state) }))
            }
            return found
        }
        let all = examples.indices.map { halves[$0 % 2][$0 / 2] }
        return all.contains { $0 != nil } ? all : nil
    }

    /// By how much the model's readings change with a pipe shut or open, in each example; nil where that cuts off a demand or a sensor, or
    /// the engine finds no balance.
    private static func changes(
        _ model: ImposedModel, _ hydraulics: HydraulicModel, _ examples: [BoundaryConditions], _ closure: Closure, from base: [[Double?]?]
    ) -> [[Double]]? {
        let solver = HydraulicSolver(hydraulics)
        var found: [[Double]] = []
        for (place, example) in examples.enumerated() {
            guard let values = base[place] else {
                found.append(model.channels.map { _ in 0 })
                continue
            }
            var other = example
            other.statuses[closure.link] = closure.isShut ? .closed : .open
            let state = solver.solve(other, warm: place > 0)
            guard state.verdict.outcome == .converged else { return nil }
            var row: [Double] = []
            for (k, channel) in model.channels.enumerated() {
                guard let now = model.predicted(channel, state), let before = values[k] else { return nil }
                row.append(now - before)
            }
            if example.demands.indices.contains(where: { example.demands[$0] > 0 && state.heads[$0] == nil }) { return nil }
            found.append(row)
        }
        return found
    }
}

extension StepRecord {
    /// Healthy hours of each condition.
    var conditionCounts: [Int] {
        var counts = [Int](repeating: 0, count: (conditions.max() ?? -1) + 1)
        for hour in 0..<firstLater { counts[conditions[hour]] += 1 }
        return counts
    }

    /// The residuals that what stands leaves, pulled back through the whitening: for each condition the sum over its hours of Σ⁻¹ r, by
    /// channel [1/unit]; the hours of each condition; and the variance of each channel by itself. [unit²]
    func explained(scale: Double) -> (pulls: [[Double]?], counts: [Int], variances: [[Double]]) {
        let counts = conditionCounts, standing = standingWidth
        let strengths =
            normal(scale: scale)?.solve((0..<standing).map { healthy.products[1 + $0, 0] })
            ?? [Double](repeating: 0, count: standing)
        let weights = filter.pulledBack(healthy.pass, sizes: classes.map { _ in 1 })
        let pulls = counts.indices.map { condition -> [Double]? in
            guard let own = weights[condition] else { return nil }
            return (0..<channels).map { k in
                own[k, 0] - (0..<standing).reduce(0) { $0 + own[k, 1 + $1] * strengths[$1] }
            }
        }
        var variances = [[Double]](repeating: [Double](repeating: 1, count: channels), count: counts.count)
        for hour in 0..<firstLater {
            variances[conditions[hour]] = (0..<channels).map { max(filter.noise[$0] + filter.rest[hour][$0], 1e-12) }
        }
        return (pulls, counts, variances)
    }

    /// How directions that are the same whenever conditions are go with the healthy residuals, what stands integrated out: score dᵀr and
    /// size dᵀd of each, whitened.
    func fits(
        of count: Int, scale: Double, _ value: (_ condition: Int, _ channel: Int, _ place: Int) -> Double
    ) -> [(score: Double, size: Double, free: Double)] {
        guard count > 0, let factor = normal(scale: scale) else { return [] }
        var pass = filter.begun(width: count)
        filter.advance(&pass, over: 0..<firstLater, present: present) { hour, channel, row, first in
            for place in 0..<count { row[first + place] = value(conditions[hour], channel, place) }
        }
        let rows = pass.rows, products = healthy.pass.rows.transposedTimes(rows), standing = standingWidth
        var ofStanding = Matrix(rows: standing, columns: count + 1)
        for s in 0..<standing {
            for place in 0..<count { ofStanding[s, place] = products[1 + s, place] }
            ofStanding[s, count] = healthy.products[1 + s, 0]
        }
        let told = factor.whiten(ofStanding)
        var sizes = [Double](repeating: 0, count: count), scores = (0..<count).map { products[0, $0] }
        for i in 0..<rows.rows { for place in 0..<count { sizes[place] += rows[i, place] * rows[i, place] } }
        for s in 0..<standing {
            for place in 0..<count {
                sizes[place] -= told[s, place] * told[s, place]
                scores[place] -= told[s, place] * told[s, count]
            }
        }
        return zip(scores, sizes).map { ($0, $1, $1 > 0 ? max($0, 0) * max($0, 0) / (2 * $1) : 0) }
    }

    /// Factor of the information on what stands, by the healthy hours, where the errors of the model are so many times larger.
    func normal(scale: Double) -> CholeskyFactor? {
        let width = standingWidth
        var normal = Matrix(rows: width, columns: width)
        for i in 0..<width {
            for j in 0..<width { normal[i, j] = healthy.products[1 + i, 1 + j] }
            normal[i, i] += i < rank ? 1 / (scale * scale) : 1
        }
        return try? CholeskyFactor(normal)
    }

    /// How badly the model goes with the healthy hours: by how much its errors and what is left are larger than believed, and whether so many
    /// readings stray that errors of its own are taken to exist in each class of hours; logarithms. [–]
    func misfit(standing scale: Double) -> Double { log(scale) + 0.5 * log(max(healthyDispersion(), 1e-9)) + (hasClassOffsets ? 1 : 0) }

    /// Mean square of what the healthy hours leave, in what was expected. [–]
    func healthyDispersion() -> Double {
        let standing = standingWidth
        guard let factor = Self.normal(healthy.products, standing: standing) else { return 1 }
        let told = factor.whiten((0..<standing).map { healthy.products[1 + $0, 0] })
        return max(healthy.products[0, 0] - dotProduct(told, told), 0) / Double(max(healthy.pass.rows.rows, 1))
    }
}
