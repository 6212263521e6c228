// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// What a leak does to the means of a day's parts, and what else moves them: errors that stand, and those of a day.
///
/// A feature is the mean of a channel over a part of the day; its place is `part * channels + channel`.
struct DailyErrors {
    let channels: Int
    let parts: Int
    /// Pipes on which a leak is looked for, as places in the network.
    let pipes: [Int]
    let lengths: [Double]
    /// Features × pipes: answer to a leak in the middle of the pipe, one for each size. [unit per m³/s]
    let answers: [Matrix]
    /// Sizes of the leaks of `answers`; the first is nought, where they are derivatives. [m³/s]
    let sizes: [Double]
    /// Features × ways in which the model and the meters are wrong all the time. [unit per standard deviation]
    let standing: Matrix
    /// How many of the ways of `standing`, from the first, go with the demand of the season; the others are offsets of meters.
    let drivenWays: Int
    /// Covariance of a day's features. [unit²]
    private(set) var daily: Matrix
    /// Answer to all demand that is not metered together. [unit]
    let common: [Double]
    let meanDemand: Double

    /// Sizes at which the answer is taken from the model with the leak in it, as shares of the mean demand. [–]
    private static let shares = [0.05, 0.15]
    /// Nodes beyond which the answers stay linear.
    private static let mostBent = 2000
    /// Offset of a pressure sensor, with its elevation. [m]
    private static let offset = 0.3
    /// What the metered customers leave unknown of all demand, in the mean over the record. [–]
    private static let commonLeft = 0.02
    private static let meteredNoise = 0.02

    private struct Moment: Sendable {
        var toOutflow: [[Double]]
        var toRoughness: [[Double]]
        var demands: [Double]
        var flows: [Double]
    }

    init(_ record: RecordResiduals, options: LeakMonitorOptions) throws(LeakLocatorError) {
        let model = record.model, network = model.network, errors = options.errors
        let count = model.channels.count, parts = options.partsOfDay
        channels = count
        self.parts = parts
        let nodes = network.nodeIndex(), nodeCount = network.nodes.count
        pipes = network.links.indices.filter { (network.links[$0].pipe?.length ?? -1) >= errors.shortestPipe }
        let pipes = pipes
        lengths = pipes.map { network.links[$0].pipe?.length ?? 0 }
        let observations = model.channels.map(\.observation), parameters = pipes.map { Parameter.roughness(network.links[$0].id) }
        let examples = record.examples
        let halves: [[Moment?]] = concurrentMap(2) { half in
            guard let solver = try? HydraulicSolver(network) else { return [] }
            return stride(from: half, to: examples.count, by: 2).map { place in
                let state = solver.solve(examples[place], warm: place != half)
                guard state.verdict.outcome != .singular, let toOutflow = solver.sensitivities(of: observations),
                    let toRoughness = solver.sensitivities(of: observations, to: parameters)
                else { return nil }
                return Moment(
                    toOutflow: toOutflow, toRoughness: toRoughness, demands: examples[place].demands,
                    flows: model.channels.map { model.predicted($0, state) ?? 0 })
            }
        }
        guard halves.allSatisfy({ !$0.isEmpty }) else { throw .hydraulics("no hour of the first days can be solved") }
        let hourPart = (0..<24).map { $0 * parts / 24 }
        // Means by hour of the day.
        var outflow = [[Double]](repeating: [Double](repeating: 0, count: count * nodeCount), count: 24)
        var rough = Matrix(rows: parts * count, columns: pipes.count),
            demands = [[Double]](
                repeating: [Double](repeating: 0, count: nodeCount), count: 24)
        var flows = [[Double]](repeating: [Double](repeating: 0, count: count), count: 24)
        var seen = [Double](repeating: 0, count: 24)
        for place in examples.indices where halves[place % 2][place / 2] != nil { seen[place % 24] += 1 }
        guard seen.allSatisfy({ $0 > 0 }) else { throw .hydraulics("an hour of the first days cannot be solved") }
        let perPart = Double(24 / parts)
        for place in examples.indices {
            guard let moment = halves[place % 2][place / 2] else { continue }
            let hour = place % 24, share = 1 / seen[hour], part = hourPart[hour]
            for k in 0..<count {
                for node in 0..<nodeCount { outflow[hour][k * nodeCount + node] += share * moment.toOutflow[k][node] }
                for p in pipes.indices {
                    rough[part * count + k, p] +=
                        share / perPart * moment.toRoughness[k][p] * (network.links[pipes[p]].pipe?.roughness ?? 0)
                }
                flows[hour][k] += share * moment.flows[k]
            }
            for node in 0..<nodeCount { demands[hour][node] += share * moment.demands[node] }
        }
        let meanDemand = demands.reduce(0) { $0 + $1.reduce(0) { $0 + max($1, 0) } } / 24
        self.meanDemand = meanDemand
        let ends = pipes.map { (nodes[network.links[$0].start] ?? 0, nodes[network.links[$0].end] ?? 0) }
        var linear = Matrix(rows: parts * count, columns: nodeCount)
        for hour in 0..<24 {
            for k in 0..<count {
                for node in 0..<nodeCount {
                    linear[hourPart[hour] * count + k, node] += outflow[hour][k * nodeCount + node] / perPart
                }
            }
        }
        sizes = [0] + Self.shares.map { $0 * meanDemand }
        let finite = Self.bent(model, record.examples, parts: parts, sizes: Array(sizes.dropFirst()), linear: linear)
        answers = ([linear] + finite).map { Self.alongPipes($0, ends) }
        // What stands.
        let metered = Set(model.meteredDemands.map(\.node))
        let bySize = Dictionary(grouping: pipes.indices) { Int(((network.links[pipes[$0]].pipe?.diameter ?? 0) * 1000).rounded()) }
        let classes = bySize.keys.sorted()
        drivenWays = nodeCount + pipes.count + classes.count + 1
        var ways = Matrix(rows: parts * count, columns: drivenWays + count)
        var common = [Double](repeating: 0, count: parts * count)
        var byHour = [[Double]](repeating: [Double](repeating: 0, count: count), count: 24)
        for hour in 0..<24 {
            for k in 0..<count {
                let row = hourPart[hour] * count + k
                for node in 0..<nodeCount where !metered.contains(node) {
                    let answer = outflow[hour][k * nodeCount + node] * demands[hour][node]
                    ways[row, node] += errors.demandSpread * answer / perPart
                    byHour[hour][k] += answer
                }
                common[row] += byHour[hour][k] / perPart
            }
        }
        self.common = common
        for row in 0..<parts * count {
            for p in pipes.indices { ways[row, nodeCount + p] = errors.roughnessSpreadByPipe * rough[row, p] }
            for (c, size) in classes.enumerated() {
                ways[row, nodeCount + pipes.count + c] =
                    errors.roughnessSpreadByClass * (bySize[size] ?? []).reduce(0) { $0 + rough[row, $1] }
            }
            let k = row % count, column = drivenWays + k
            let channel = model.channels[k]
            if !channel.isFlow {
                ways[row, column] = Self.offset
            } else if case .sensor = channel.source {
                let part = row / count
                ways[row, column] = (0..<24).reduce(0) { $0 + (hourPart[$1] == part ? errors.flowNoise * flows[$1][k] / perPart : 0) }
            }
            ways[row, drivenWays - 1] = Self.commonLeft * common[row]
        }
        standing = ways
        // What a day brings of its own: each node's demand, carried from hour to hour, and the meters' noise.
        let spread = (0..<24).map { hour in
            var matrix = Matrix(rows: nodeCount, columns: count)
            for node in 0..<nodeCount {
                let size = demands[hour][node] * (metered.contains(node) ? Self.meteredNoise : errors.hourlyDemandSpread)
                for k in 0..<count { matrix[node, k] = size * outflow[hour][k * nodeCount + node] }
            }
            return matrix
        }
        let products = concurrentMap(24) { hour in (0..<24).map { spread[hour].transposedTimes(spread[$0]) } }
        var covariance = Matrix(rows: parts * count, columns: parts * count)
        for hour in 0..<24 {
            for other in 0..<24 {
                let fade = pow(errors.hourlyDemandCorrelation, Double(abs(hour - other))) / (perPart * perPart)
                for k in 0..<count {
                    for j in 0..<count {
                        let together =
                            hour == other ? byHour[hour][k] * byHour[hour][j] * errors.hourlyCommonSpread * errors.hourlyCommonSpread : 0
                        covariance[hourPart[hour] * count + k, hourPart[other] * count + j] +=
                            products[hour][other][k, j] * fade + together / (perPart * perPart)
                    }
                }
            }
        }
        for row in 0..<parts * count {
            let k = row % count, channel = model.channels[k]
            var variance = errors.pressureNoise * errors.pressureNoise / perPart
            if channel.isFlow {
                let flow = (0..<24).reduce(0) { $0 + (hourPart[$1] == row / count ? abs(flows[$1][k]) / perPart : 0) }
                variance = (errors.flowNoise * flow * errors.flowNoise * flow + errors.flowZero * errors.flowZero) / perPart
                // Rises of a level add up to that of the part: only its ends count.
                if case .tank(_, let area) = channel.source {
                    let error = area * errors.levelNoise / (3600 * perPart)
                    variance = 2 * error * error + errors.flowZero * errors.flowZero
                }
            }
            covariance[row, row] += variance
        }
        daily = covariance
    }

    /// Adds what all demand together does from day to day. - share: its spread. [–]
    mutating func addCommonDays(_ share: Double) {
        for i in common.indices { for j in common.indices { daily[i, j] += share * share * common[i] * common[j] } }
    }

    /// Mean of both ends.
    private static func alongPipes(_ atNodes: Matrix, _ ends: [(Int, Int)]) -> Matrix {
        var found = Matrix(rows: atNodes.rows, columns: ends.count)
        for f in 0..<atNodes.rows { for (p, end) in ends.enumerated() { found[f, p] = (atNodes[f, end.0] + atNodes[f, end.1]) / 2 } }
        return found
    }

    /// Answers of finite leaks at the nodes, features × nodes, one for each size; by one hour of each part.
    private static func bent(
        _ model: ImposedModel, _ examples: [BoundaryConditions], parts: Int, sizes: [Double], linear: Matrix
    ) -> [Matrix] {
        let junctions = model.network.nodes.indices.filter { model.network.nodes[$0].junction != nil }
        guard junctions.count <= mostBent else { return sizes.map { _ in linear } }
        let count = model.channels.count, perPart = 24 / parts
        // A correction to the linear answer of that hour, by part.
        let corrections: [[[Double]]] = concurrentMap(parts) { part in
            var found = sizes.map { _ in [Double](repeating: 0, count: count * linear.columns) }
            let hour = part * perPart + perPart / 2
            guard hour < examples.count, let solver = try? HydraulicSolver(model.network) else { return found }
            let healthy = solver.solve(examples[hour])
            guard healthy.verdict.outcome == .converged, let slopes = solver.sensitivities(of: model.channels.map(\.observation)) else {
                return found
            }
            let read = model.channels.map { model.predicted($0, healthy) ?? .nan }
            for node in junctions {
                for (s, size) in sizes.enumerated() {
                    var leaking = examples[hour]
                    leaking.demands[node] += size
                    let state = solver.solve(leaking, warm: true)
                    guard state.verdict.outcome == .converged else { continue }
                    for k in 0..<count {
                        let change = ((model.predicted(model.channels[k], state) ?? .nan) - read[k]) / size - slopes[k][node]
                        if change.isFinite { found[s][k * linear.columns + node] = change }
                    }
                }
            }
            return found
        }
        return sizes.indices.map { s in
            var matrix = linear
            for part in 0..<parts {
                for i in 0..<count * linear.columns { matrix.storage[part * count * linear.columns + i] += corrections[part][s][i] }
            }
            return matrix
        }
    }
}
