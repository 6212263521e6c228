// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// What a wrong roughness, a wrong mean demand, a wrong pump or valve and a meter's bias do to the readings: the same whenever conditions are alike.
///
/// All roughnesses and demands that are believed possible move the readings in a few dozen ways only. Those are found as an
/// incomplete Cholesky factor, with pivots, of the covariance of all readings in all conditions (Harbrecht, Peters, Schneider
/// 2012); what it leaves is a small variance of each reading by itself.
struct StandingErrors {
    /// Ways in which the readings move together.
    let rank: Int
    /// For each condition, channels × `rank`. [unit of the channel per standard deviation]
    let ways: [Matrix]
    /// For each condition, the variance of each channel that the ways leave, with a meter's noise in proportion to its flow. [unit²]
    let rest: [[Double]]
    /// For each condition, the part of that which goes with a meter's flow. [unit²]
    let proportional: [[Double]]
    /// For each condition, answer of each channel (row) to an outflow at each node (column). [unit per m³/s]
    let toOutflow: [Matrix]
    /// The same for what moves from hour to hour, which it does beside a leak that runs.
    let besideLeak: [Matrix]
    /// For each condition, answer of each channel (row) to the head of each tank whose level is read (column). [unit per m]
    let toLevel: [Matrix]
    /// For each condition, demand of each node [m³/s] and its pressure [m].
    let demands: [[Double]]
    let pressures: [[Double]]
    /// For each condition, by how much all demand is above the model's. [–]
    let levels: [Double]
    /// The condition of each hour of the healthy record and of the later one.
    private(set) var before: [Int]
    private(set) var after: [Int]

    /// Parameters of the network, and for each way the direction in them, and in the channels' biases, along which it lies; of length
    /// one, at right angles.
    let parameters: WorldParameters
    let directions: [[Double]]
    /// For each condition, what the values at which the network was taken do to each channel, in the linear model. [unit of the channel]
    let shift: [[Double]]

    private static let mostWays = 96
    /// Variance left at which no further way is looked for, in that of the sensors' noise. [–]
    private static let enough = 0.05

    /// - Parameters:
    ///   - at: values of `WorldParameters` at which the model was taken already; nil: all zero.
    ///   - leak: that runs in the later record; what moves from hour to hour is carried by the flows that it makes.
    init(
        _ model: ImposedModel, _ baseline: SensorRecord, _ before: HourlyResiduals, _ readings: SensorRecord, _ after: HourlyResiduals,
        noise: [Double], options: LeakLocatorOptions, at values: [Double]? = nil, leak: SupposedLeak? = nil
    ) throws(LeakLocatorError) {
        let alike = AlikeHours(model, baseline, before, readings, after, leak: leak)
        (self.before, self.after, levels) = (alike.before, alike.after, alike.demandLevels)
        let channels = model.channels, all = alike.examples
        // What a node draws by itself for an hour is no part of its usual demand, of which errors are a share.
        let usual = all.indices.map {
            alike.ownDemands.isEmpty ? all[$0].demands : all[$0].drawing(alike.ownDemands[$0], times: -1).demands
        }
        let world = WorldParameters(model.network), held = HeldNodes(model)
        parameters = world
        let pipes = world.pipes
        let roughness = pipes.map { model.network.links[$0].pipe?.roughness ?? 0 }
        let nodes = model.network.nodes.count, devices = world.devices
        let width = world.count + channels.count
        struct Place: Sendable {
            /// `width` values for each channel, in single precision and one array: all of them together are what a search takes most memory
            /// for, and arrays of this size go back to the system when they are done with.
            var rows: [Float] = []
            var toOutflow: Matrix
            var besideLeak: Matrix?
            var pressures: [Double]
            /// Variance of a meter's noise in proportion to its flow, and the spread of all noise. [unit², unit]
            var proportional: [Double]
            var scales: [Double] = []
            var shift: [Double] = []
            var toLevel: Matrix
        }
        let tables: [Result<[Place], LeakLocatorError>] = concurrentMap(2) { half in
            let solver: HydraulicSolver
            do throws(HydraulicError) { solver = try HydraulicSolver(model.network) } catch {
                return .failure(.hydraulics(error.description))
            }
            var places: [Place] = []
            for place in stride(from: half, to: all.count, by: 2) {
                let state = solver.solve(all[place], warm: place != half)
                guard state.verdict.outcome != .singular,
                    let (toDemand, toRoughness, toDevices) = solver.sensitivities(
                        of: channels.map(\.observation), andRoughnessOf: pipes, to: devices.map(\.parameter))
                else {
                    places.append(
                        Place(
                            rows: [Float](repeating: 0, count: channels.count * width),
                            toOutflow: Matrix(rows: channels.count, columns: nodes), pressures: [Double](repeating: 0, count: nodes),
                            proportional: channels.map { _ in 0 }, scales: noise, shift: channels.map { _ in 0 },
                            toLevel: Matrix(rows: channels.count, columns: model.tankLevels.count)))
                    continue
                }
                var found = Place(
                    toOutflow: Matrix(rows: channels.count, columns: nodes, storage: toDemand.flatMap { $0 }),
                    pressures: (0..<nodes).map { node in max((state.heads[node] ?? 0) - model.network.nodes[node].elevation, 0) },
                    proportional: channels.map { _ in 0 }, toLevel: model.toLevels(all[place], state, solver))
                held.complete(&found.toOutflow, in: all[place])
                if let leak, alike.leaks[place] > 0 {
                    let leaking = leak.running(in: all[place], share: alike.leaks[place]), state = solver.solve(leaking, warm: true)
                    if state.verdict.outcome == .converged, let answers = solver.sensitivities(of: channels.map(\.observation)) {
                        found.besideLeak = Matrix(rows: channels.count, columns: nodes, storage: answers.flatMap { $0 })
                        found.toLevel = model.toLevels(leaking, state, solver)
                    }
                }
                found.rows.reserveCapacity(channels.count * width)
                for (k, channel) in channels.enumerated() {
                    var row = [Double](repeating: 0, count: width)
                    let demands = usual[place], answers = model.zoneDemands?.shared(toDemand[k], demands) ?? toDemand[k]
                    for node in 0..<nodes { row[node] = options.demandSpread * answers[node] * demands[node] }
                    for p in pipes.indices {
                        let answer = toRoughness[k][p] * roughness[p]
                        row[nodes + p] = options.roughnessSpreadByPipe * answer
                        row[nodes + pipes.count + world.classOfPipe[p]] += options.roughnessSpreadByClass * answer
                    }
                    for (d, device) in devices.enumerated() {
                        row[world.firstDevice + d] = device.spread(options) * device.unit(all[place]) * toDevices[k][d]
                    }
                    found.shift.append(values.map { zip($0, row).reduce(0) { $0 + $1.0 * $1.1 } } ?? 0)
                    var variance = noise[k] * noise[k]
                    if case .sensor = channel.source, channel.isFlow, let flow = model.predicted(channel, state) {
                        // A meter is wrong in proportion to its flow, by a bias and by noise.
                        row[world.count + k] = options.flowNoise * flow
                        found.proportional[k] = options.flowNoise * flow * options.flowNoise * flow
                        variance += found.proportional[k]
                    }
                    found.scales.append(variance.squareRoot())
                    let scale = 1 / variance.squareRoot()
                    for value in row { found.rows.append(Float(value * scale)) }
                }
                places.append(found)
            }
            return .success(places)
        }
        var halves: [[Place]] = []
        for table in tables {
            switch table {
            case .failure(let error): throw error
            case .success(let places): halves.append(places)
            }
        }
        let count = channels.count
        let answers = all.indices.map { halves[$0 % 2][$0 / 2].rows }
        toOutflow = all.indices.map { halves[$0 % 2][$0 / 2].toOutflow }
        besideLeak = all.indices.map { halves[$0 % 2][$0 / 2].besideLeak ?? halves[$0 % 2][$0 / 2].toOutflow }
        toLevel = all.indices.map { halves[$0 % 2][$0 / 2].toLevel }
        pressures = all.indices.map { halves[$0 % 2][$0 / 2].pressures }
        demands = usual
        let (columns, left, directions) = Self.pivoted(answers, width: width)
        self.directions = directions
        shift = all.indices.map { halves[$0 % 2][$0 / 2].shift }
        rank = columns.count
        let ways = columns.count
        let scales = all.indices.map { halves[$0 % 2][$0 / 2].scales },
            proportional = all.indices.map { halves[$0 % 2][$0 / 2].proportional }
        self.proportional = proportional
        self.ways = all.indices.map { place in
            var matrix = Matrix(rows: count, columns: ways)
            for k in 0..<count { for w in 0..<ways { matrix[k, w] = columns[w][place * count + k] * scales[place][k] } }
            return matrix
        }
        rest = all.indices.map { place in
            (0..<count).map { left[place * count + $0] * scales[place][$0] * scales[place][$0] + proportional[place][$0] }
        }
    }

    /// Demand of the network, mean over the conditions. [m³/s]
    var meanDemand: Double { demands.reduce(0) { $0 + $1.reduce(0) { $0 + max($1, 0) } } / Double(max(demands.count, 1)) }

    /// The same errors at other hours, by their conditions.
    func replacing(before: [Int], after: [Int]) -> StandingErrors {
        var copy = self
        (copy.before, copy.after) = (before, after)
        return copy
    }

    /// Columns of the incomplete factor of `rows` · `rows`ᵀ, and the diagonal that they leave.
    /// - blocks: rows of `width` values, one after the other, as many in each block.
    private static func pivoted(
        _ blocks: [[Float]], width: Int
    ) -> (columns: [[Double]], left: [Double], directions: [[Double]]) {
        let perBlock = (blocks.first?.count ?? 0) / max(width, 1), count = blocks.count * perBlock
        @Sendable func row(_ i: Int) -> ArraySlice<Float> { blocks[i / perBlock][i % perBlock * width..<(i % perBlock + 1) * width] }
        var left = (0..<count).map { dotProduct(row($0), row($0)) }
        var columns: [[Double]] = [], directions: [[Double]] = []
        while columns.count < mostWays, let pivot = left.indices.max(by: { left[$0] < left[$1] }), left[pivot] > enough {
            let own = row(pivot)
            let halves = concurrentMap(2) { part in
                (part == 0 ? 0..<count / 2 : count / 2..<count).map { dotProduct(row($0), own) }
            }
            var column = halves[0] + halves[1]
            var direction = own.map(Double.init)
            for (known, other) in zip(columns, directions) {
                let factor = known[pivot]
                for i in column.indices { column[i] -= factor * known[i] }
                for i in direction.indices { direction[i] -= factor * other[i] }
            }
            let root = left[pivot].squareRoot()
            for i in column.indices {
                column[i] /= root
                left[i] = max(left[i] - column[i] * column[i], 0)
            }
            left[pivot] = 0
            columns.append(column)
            directions.append(direction.map { $0 / root })
        }
        return (columns, left, directions)
    }
}
