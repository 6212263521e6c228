// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// Worlds drawn from what is believed of roughness and demand, with what every channel answers in each.
struct PlacementWorlds {
    let worlds: [PlacementWorld]
    /// Of each world the size of its leaks. [m³/s]
    let flows: [Double]
    let pipeLength: Double

    /// A place of a leak, between two nodes.
    private struct Place {
        var a: Int
        var b: Int
        var fraction: Double
    }

    /// What a drawn model answers in each part of the day.
    private struct Drawn: Sendable {
        /// By part, channel and node. [unit per m³/s]
        var answers: [[[Double]]]
        /// By part and node. [m³/s]
        var demands: [[Double]]
        /// By part and channel. [unit]
        var values: [[Double]]
    }

    /// Places whose answers tell how far answers differ between worlds.
    private static let scatterPlaces = 80

    /// - model: its channels are the sensors that are there, then one for each site.
    init(_ model: ImposedModel, options: SensorPlacementOptions) throws(LeakLocatorError) {
        let network = model.network, nodes = network.nodeIndex(), channels = model.channels
        let starts = options.partStarts, parts = starts.count, rows = channels.count * parts
        let hours = starts.indices.map { part in
            let next = part + 1 < parts ? starts[part + 1] : starts[0] + 24
            return Array(starts[part]..<max(next, starts[part] + 1))
        }
        let places = Self.places(network, nodes: nodes, shortest: options.errors.shortestPipe, most: options.places)
        guard places.list.count > 1 else { throw .hydraulics("the network has no pipes on which a leak could be") }
        pipeLength = places.length
        let drawn = try Self.draw(model, hours: hours.map { $0[$0.count / 2] % 24 }, options: options)
        let metered = Set(model.meteredDemands.map(\.node)), errors = options.errors
        let meanDemand =
            drawn.reduce(0) { $0 + $1.demands.reduce(0) { $0 + $1.reduce(0) { $0 + max($1, 0) } } } / Double(drawn.count * parts)
        let count = Double(drawn.count)
        flows = drawn.indices.map { world in
            let share = (Double(world) + 0.5) / count
            return max(meanDemand, 1e-6) * options.smallestLeak * pow(options.largestLeak / options.smallestLeak, share)
        }
        let unit: [Matrix] = drawn.map { world in
            var matrix = Matrix(rows: rows, columns: places.list.count)
            for k in channels.indices {
                for part in 0..<parts {
                    let answer = world.answers[part][k]
                    for (x, place) in places.list.enumerated() {
                        matrix[k * parts + part, x] = answer[place.a] * (1 - place.fraction) + answer[place.b] * place.fraction
                    }
                }
            }
            return matrix
        }
        // Whoever searches has one of these models, not the true one.
        var mean = Matrix(rows: rows, columns: places.list.count)
        for matrix in unit { mean.add(matrix.scaled(by: 1 / count)) }
        let step = max(1, places.list.count / Self.scatterPlaces), some = Array(stride(from: 0, to: places.list.count, by: step))
        // Days before and after differ by their errors; those of the days after are the more, as they are fewer.
        let perDay = 1 / options.daysBefore + 1 / options.daysAfter
        let fade = errors.hourlyDemandCorrelation
        var between = Matrix(rows: parts, columns: parts)
        for p in 0..<parts {
            for q in 0..<parts {
                var sum = 0.0
                for h in hours[p] { for g in hours[q] { sum += pow(fade, Double(abs(h - g))) } }
                between[p, q] = sum / Double(hours[p].count * hours[q].count)
            }
        }
        let betweenParts = between, flows = flows, nodeCount = network.nodes.count
        worlds = drawn.indices.map { w in
            let world = drawn[w], size = flows[w]
            let using = (0..<nodeCount).filter { node in world.demands.contains { $0[node] != 0 } }
            var ofNodes = Matrix(rows: rows, columns: using.count)
            let scatter = drawn.count > 1 ? some.count * drawn.count : 0
            var together = Matrix(rows: rows, columns: 2 + parts + scatter), alone = [Double](repeating: 0, count: rows)
            for (k, channel) in channels.enumerated() {
                for part in 0..<parts {
                    let row = k * parts + part, answer = world.answers[part][k], demands = world.demands[part]
                    let length = Double(hours[part].count)
                    var common = 0.0
                    for (column, node) in using.enumerated() {
                        let moved = answer[node] * demands[node]
                        let spread = metered.contains(node) ? errors.flowNoise : errors.hourlyDemandSpread
                        ofNodes[row, column] = spread * moved * perDay.squareRoot()
                        if !metered.contains(node) { common += moved }
                    }
                    together[row, 0] = errors.dailyCommonSpread * common * perDay.squareRoot()
                    together[row, 1 + part] = errors.hourlyCommonSpread * common * (perDay / length).squareRoot()
                    // The size is not known but by the readings.
                    var middle = 0.0
                    for x in places.list.indices { middle += unit[w][row, x] }
                    together[row, 1 + parts] = options.sizeSpread * size * middle / Double(places.list.count)
                    if scatter > 0 {
                        let weight = size / Double(some.count * (drawn.count - 1)).squareRoot()
                        for v in drawn.indices {
                            for (i, x) in some.enumerated() {
                                together[row, 2 + parts + v * some.count + i] = weight * (unit[v][row, x] - mean[row, x])
                            }
                        }
                    }
                    alone[row] = perDay * Self.noise(channel, value: world.values[part][k], hours: length, errors)
                }
            }
            return PlacementWorld(
                parts: parts, signatures: unit[w].scaled(by: size), ofNodes: ofNodes, betweenParts: betweenParts, together: together,
                alone: alone)
        }
    }

    /// Variance of a meter's mean over a part of a day. [unit²]
    private static func noise(_ channel: ImposedModel.Channel, value: Double, hours: Double, _ errors: LeakLocatorOptions) -> Double {
        guard channel.isFlow else { return errors.pressureNoise * errors.pressureNoise / hours }
        if case .tank(_, let area) = channel.source {
            // Rises of a level add up to that of the part: only its ends count.
            let error = area * errors.levelNoise / (3600 * hours)
            return 2 * error * error + errors.flowZero * errors.flowZero
        }
        return (errors.flowNoise * value * errors.flowNoise * value + errors.flowZero * errors.flowZero) / hours
    }

    /// Places along all pipes, each for the same length.
    private static func places(_ network: Network, nodes: ElementIndex<Node>, shortest: Double, most: Int) -> (
        list: [Place], length: Double
    ) {
        var pipes: [(a: Int, b: Int, length: Double)] = []
        for link in network.links {
            guard let length = link.pipe?.length, length >= shortest, length > 0, let a = nodes[link.start], let b = nodes[link.end] else {
                continue
            }
            pipes.append((a, b, length))
        }
        let total = pipes.reduce(0) { $0 + $1.length }
        guard total > 0 else { return ([], 0) }
        // A few on each pipe are enough where there are few pipes.
        let count = max(2, min(most, 3 * pipes.count)), share = total / Double(count)
        var list: [Place] = [], walked = 0.0
        for pipe in pipes {
            while list.count < count, (Double(list.count) + 0.5) * share < walked + pipe.length {
                let fraction = ((Double(list.count) + 0.5) * share - walked) / pipe.length
                list.append(Place(a: pipe.a, b: pipe.b, fraction: min(max(fraction, 0), 1)))
            }
            walked += pipe.length
        }
        return (list, total)
    }

    private static func draw(
        _ model: ImposedModel, hours: [Int], options: SensorPlacementOptions
    ) throws(LeakLocatorError) -> [Drawn] {
        let observations = model.channels.map(\.observation), errors = options.errors
        let found: [Result<Drawn, LeakLocatorError>] = concurrentMap(max(options.worlds, 1)) { world in
            guard let random = try? RandomNumbers(seed: options.seed, stream: UInt64(world)) else {
                return .failure(.numerical("no random numbers"))
            }
            var network = model.network
            let sizes = Set(network.links.compactMap { $0.pipe?.diameter }).sorted()
            let bySize = Dictionary(uniqueKeysWithValues: sizes.map { ($0, random.normal() * errors.roughnessSpreadByClass) })
            for link in network.links.indices {
                guard var pipe = network.links[link].pipe else { continue }
                pipe.roughness *= exp((bySize[pipe.diameter] ?? 0) + random.normal() * errors.roughnessSpreadByPipe)
                network.links[link].kind = .pipe(pipe)
            }
            let factors = network.nodes.map { _ in exp(random.normal() * errors.demandSpread) }
            let solver: HydraulicSolver
            do throws(HydraulicError) { solver = try HydraulicSolver(network) } catch {
                return .failure(.hydraulics(error.description))
            }
            var result = Drawn(answers: [], demands: [], values: [])
            for hour in hours {
                var conditions = BoundaryConditions(of: network, at: hour * 3600)
                for node in factors.indices { conditions.demands[node] *= factors[node] }
                let state = solver.solve(conditions)
                guard state.verdict.outcome == .converged, let answers = solver.sensitivities(of: observations) else {
                    return .failure(.hydraulics("no solution at hour \(hour) of the day"))
                }
                result.answers.append(answers)
                result.demands.append(conditions.demands)
                result.values.append(model.channels.map { model.predicted($0, state) ?? 0 })
            }
            return .success(result)
        }
        var drawn: [Drawn] = []
        for result in found {
            switch result {
            case .success(let world): drawn.append(world)
            case .failure(let error): throw error
            }
        }
        return drawn
    }
}
