// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import NumericalMethods
import WaterModel

/// How every feature (channel × class of hours) answers to an outflow at every node, in the nominal model and in models
/// perturbed as far as the true network may differ from it.
struct SensitivitySamples {
    let features: Int
    let nodes: Int
    /// One a model, nominal first: node after node, `features` values each. A leak's share of its mean flow in each class of
    /// hours, (pressure/mean pressure)^½, is in them. [unit of the channel per m³/s]
    var leak: [[Double]] = []
    /// One a model: answer to all demand together rising by one, by feature.
    var common: [[Double]] = []
    /// Of the nominal model, without the pressure factor. [unit per m³/s]
    var plain: [Double] = []
    /// Demand of each node in each class, nominal. [m³/s]
    var demand: [[Double]] = []

    /// - Parameters:
    ///   - hours: for each class, conditions of a few of its hours.
    init(
        _ model: ImposedModel, hours: [[BoundaryConditions]], options: LeakLocatorOptions, random: RandomNumbers
    ) throws(LeakLocatorError) {
        features = model.channels.count * hours.count
        nodes = model.network.nodes.count
        var worlds = [World(network: model.network, demandFactors: [Double](repeating: 1, count: nodes))]
        for _ in 0..<options.modelDraws { worlds.append(Self.perturbed(model.network, options, random)) }
        let drawn = worlds
        for (index, result) in concurrentMap(drawn.count, { Self.answers(model, hours, drawn[$0]) }).enumerated() {
            switch result {
            case .failure(let error): throw error
            case .success(let answers):
                leak.append(answers.leak)
                common.append(answers.common)
                if index == 0 { (plain, demand) = (answers.plain, answers.demand) }
            }
        }
    }

    /// A network as it may truly be.
    private struct World {
        var network: Network
        var demandFactors: [Double]
    }

    /// What one world contributes; see the properties of the same names.
    private struct Answers {
        var leak: [Double]
        var plain: [Double]
        var common: [Double]
        var demand: [[Double]]
    }

    private static func answers(_ model: ImposedModel, _ hours: [[BoundaryConditions]], _ world: World) -> Result<Answers, LeakLocatorError>
    {
        let classes = hours.count, nodes = world.network.nodes.count, features = model.channels.count * classes
        let solver: HydraulicSolver
        do { solver = try HydraulicSolver(world.network) } catch { return .failure(.hydraulics(error.description)) }
        var found = Answers(
            leak: [], plain: [Double](repeating: 0, count: nodes * features), common: [Double](repeating: 0, count: features),
            demand: [[Double]](repeating: [Double](repeating: 0, count: nodes), count: classes))
        var pressures = found.demand
        for (c, moments) in hours.enumerated() {
            var solved = 0.0
            for moment in moments {
                var conditions = moment
                for node in 0..<nodes { conditions.demands[node] *= world.demandFactors[node] }
                let state = solver.solve(conditions)
                guard state.verdict.outcome != .singular, let rows = solver.sensitivities(of: model.channels.map(\.observation)) else {
                    continue
                }
                solved += 1
                for (k, row) in rows.enumerated() {
                    let feature = k * classes + c
                    for node in 0..<nodes {
                        found.plain[node * features + feature] += row[node]
                        found.common[feature] += row[node] * conditions.demands[node]
                    }
                }
                for node in 0..<nodes {
                    if let head = state.heads[node] { pressures[c][node] += max(head - world.network.nodes[node].elevation, 0) }
                    found.demand[c][node] += conditions.demands[node]
                }
            }
            guard solved > 0 else { return .failure(.hydraulics("no hour of a class of like hours has a solution")) }
            for k in model.channels.indices {
                found.common[k * classes + c] /= solved
                for node in 0..<nodes { found.plain[node * features + k * classes + c] /= solved }
            }
            for node in 0..<nodes {
                pressures[c][node] /= solved
                found.demand[c][node] /= solved
            }
        }
        found.leak = found.plain
        for node in 0..<nodes {
            let mean = pressures.reduce(0) { $0 + $1[node] } / Double(classes)
            guard mean > 0 else { continue }
            for c in 0..<classes {
                let factor = (pressures[c][node] / mean).squareRoot()
                for k in model.channels.indices { found.leak[node * features + k * classes + c] *= factor }
            }
        }
        return .success(found)
    }

    /// Bends the signatures of some nodes to a leak of a given size: head losses grow faster than flows, so that a leak which is
    /// large for its pipes lowers the heads by more than the linear answer. The difference between the solved answer and the
    /// linear one, at one hour of each class in the nominal model, is added to the signatures of every model.
    /// - size: flow of the leak. [m³/s]
    mutating func bend(_ model: ImposedModel, hours: [[BoundaryConditions]], size: Double, at nodes: [Int]) throws(LeakLocatorError) {
        let solver: HydraulicSolver
        do { solver = try HydraulicSolver(model.network) } catch { throw .hydraulics(error.description) }
        for (c, moments) in hours.enumerated() {
            let moment = moments[moments.count / 2]
            let healthy = solver.solve(moment)
            guard healthy.verdict.outcome == .converged, let linear = solver.sensitivities(of: model.channels.map(\.observation)) else {
                continue
            }
            for node in nodes {
                var leaking = moment
                leaking.demands[node] += size
                let state = solver.solve(leaking, warm: true)
                guard state.verdict.outcome == .converged else { continue }
                for (k, channel) in model.channels.enumerated() {
                    guard let with = model.predicted(channel, state), let without = model.predicted(channel, healthy) else { continue }
                    let correction = (with - without) / size - linear[k][node]
                    for draw in leak.indices { leak[draw][node * features + k * hours.count + c] += correction }
                }
            }
        }
    }

    /// Roughness by diameter class and pipe, demand by node: lognormal around the model.
    private static func perturbed(_ network: Network, _ options: LeakLocatorOptions, _ random: RandomNumbers) -> World {
        var world = World(network: network, demandFactors: [Double](repeating: 1, count: network.nodes.count))
        var byClass: [Int: Double] = [:]
        for k in network.links.indices {
            guard case .pipe(var pipe) = network.links[k].kind else { continue }
            let size = Int((pipe.diameter * 1000).rounded())
            let ofClass = byClass[size] ?? random.lognormal(logMean: 0, logDeviation: options.roughnessSpreadByClass)
            byClass[size] = ofClass
            pipe.roughness *= ofClass * random.lognormal(logMean: 0, logDeviation: options.roughnessSpreadByPipe)
            world.network.links[k].kind = .pipe(pipe)
        }
        for node in network.nodes.indices where network.nodes[node].isJunction {
            world.demandFactors[node] = random.lognormal(logMean: 0, logDeviation: options.demandSpread)
        }
        return world
    }
}
