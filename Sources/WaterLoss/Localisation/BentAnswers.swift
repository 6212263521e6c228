// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// By how much the answer to a leak of its size differs from the linear one, at the places where it most likely is.
///
/// Head losses grow faster than flows, so that a leak which is large for its pipes lowers the heads by more than the sensitivities
/// say; and it lowers the pressure that drives it, of which less is left in some hours than in others.
struct BentAnswers {
    /// For some nodes, by condition the difference for each channel. [unit of the channel per m³/s]
    private(set) var correction: [Int: [Int: [Double]]] = [:]

    /// An hour in which a leak may run.
    struct Hour {
        var condition: Int
        /// Its class; −1: of none.
        var kind: Int
        /// Of the leak's size. [–]
        var share: Double
        /// Whether the size is a mean over this hour and others.
        var isOfLastDay: Bool
    }

    /// What is known of linear answers.
    struct Linear: Sendable {
        /// By channel, in a condition at a node; of a flow that is the same at all hours. [unit of the channel per m³/s]
        var answer: @Sendable (_ condition: Int, _ node: Int) -> [Double]
        /// What it is over that of the last day, as the healthy pressure drives it. [–]
        var share: @Sendable (_ condition: Int, _ node: Int) -> Double
        /// Without a leak. [m]
        var pressure: @Sendable (_ condition: Int, _ node: Int) -> Double
    }

    /// What one leak does in an hour of a class beyond the linear answer, about one flow.
    private struct Answer {
        /// [m³/s]
        var size: Double
        /// By channel, per unit of flow, and what it changes with the flow.
        var more: [Double]
        var moreByFlow: [Double]?
        /// What it takes from its own pressure [m], and the same.
        var drop: Double
        var dropByFlow: Double
    }

    /// Share of a flow at which an answer is taken once more. [–]
    private static let less = 0.6
    /// Least share of its size that a leak is tried with, and pressure that it leaves at its place [m].
    private static let least = 0.05, leastPressure = 2.0

    /// What answers are taken from.
    struct Source {
        let model: ImposedModel
        /// Conditions of one hour of each class; nil where a class has none.
        let moments: [BoundaryConditions?]
        /// Those in which the leak runs.
        let hours: [Hour]
        /// Whether it is asked how this changes with the leak's flow from hour to hour.
        let isFollowed: Bool
        let linear: Linear

        /// To leaks at nodes, of so many m³/s.
        fileprivate func answers(_ leaks: [(node: Int, size: Double)]) -> [Int: [Int: [Double]]] {
            let columns: [[Answer?]] = concurrentMap(moments.count) {
                BentAnswers.answers(model, moments[$0], leaks, isFollowed: isFollowed)
            }
            let corrections: [[Int: [Double]]] = concurrentMap(leaks.count) { place in
                BentAnswers.corrections(columns.map { $0[place] }, leaks[place].node, hours, linear)
            }
            return Dictionary(zip(leaks.map(\.node), corrections), uniquingKeysWith: { first, _ in first })
        }
    }

    private var source: Source?
    /// By node the size of the leak to which its answers are bent. [m³/s]
    private(set) var sizes: [Int: Double] = [:]

    /// Share by which a leak may differ from the size to which its answers are bent. [–]
    private static let same = 0.1

    /// - leaks: node and size [m³/s].
    init(_ source: Source, leaks: [(node: Int, size: Double)]) {
        self.source = source
        take(leaks.filter { $0.size > 0 })
    }

    private mutating func take(_ leaks: [(node: Int, size: Double)]) {
        guard let source else { return }
        for (node, answers) in source.answers(leaks) { correction[node] = answers.isEmpty ? nil : answers }
        for leak in leaks { sizes[leak.node] = leak.size }
    }

    /// Bends answers anew where leaks turn out to be of another size than that to which they are bent; these nodes.
    mutating func follow(_ found: [(node: Int, size: Double)]) -> [Int] {
        let moved = found.filter { leak in sizes[leak.node].map { abs(log(leak.size / $0)) > Self.same } ?? false }
        take(moved)
        return moved.map(\.node)
    }

    init() {}

    /// Of each leak in one class; nil where the model has no answer.
    private static func answers(
        _ model: ImposedModel, _ moment: BoundaryConditions?, _ leaks: [(node: Int, size: Double)], isFollowed: Bool
    ) -> [Answer?] {
        guard let moment, let solver = try? HydraulicSolver(model.network) else { return leaks.map { _ in nil } }
        let healthy = solver.solve(moment)
        guard healthy.verdict.outcome == .converged, let linear = solver.sensitivities(of: model.channels.map(\.observation)) else {
            return leaks.map { _ in nil }
        }
        let without = model.channels.map { model.predicted($0, healthy) }
        return leaks.map { leak in
            let before = healthy.heads[leak.node] ?? 0, pressure = before - model.network.nodes[leak.node].elevation
            func answer(_ size: Double) -> (more: [Double], drop: Double)? {
                var leaking = moment
                leaking.demands[leak.node] += size
                let state = solver.solve(leaking, warm: true)
                guard state.verdict.outcome == .converged else { return nil }
                let more = model.channels.indices.map { k in
                    guard let with = model.predicted(model.channels[k], state), let without = without[k] else { return 0.0 }
                    return (with - without) / size - linear[k][leak.node]
                }
                return (more, before - (state.heads[leak.node] ?? before))
            }
            guard var here = answer(leak.size) else { return nil }
            var size = leak.size
            // No more than the pressure there can drive.
            while isFollowed, pressure - here.drop < leastPressure, size > least * leak.size, let smaller = answer(less * size) {
                (size, here) = (less * size, smaller)
            }
            var found = Answer(size: size, more: here.more, drop: here.drop, dropByFlow: 0)
            if isFollowed, let fewer = answer(less * size) {
                found.moreByFlow = zip(here.more, fewer.more).map { ($0 - $1) / ((1 - less) * size) }
                found.dropByFlow = (here.drop - fewer.drop) / ((1 - less) * size)
            }
            return found
        }
    }

    /// Mean difference from the linear answer in each condition.
    private static func corrections(_ answers: [Answer?], _ node: Int, _ hours: [Hour], _ linear: Linear) -> [Int: [Double]] {
        guard let size = answers.compactMap({ $0?.size }).min() else { return [:] }
        let running = hours.filter { $0.kind >= 0 && $0.share > 0 && answers[$0.kind] != nil }
        let flows = flows(answers, running, size, running.map { linear.pressure($0.condition, node) })
        var sums: [Int: [Double]] = [:], counts: [Int: Double] = [:]
        for (flow, hour) in zip(flows, running) {
            guard let answer = answers[hour.kind] else { continue }
            let of = linear.answer(hour.condition, node), share = linear.share(hour.condition, node)
            let further = flow * hour.share * size - answer.size
            var sum = sums.removeValue(forKey: hour.condition) ?? [Double](repeating: 0, count: of.count)
            for k in sum.indices {
                let more = answer.more[k] + (answer.moreByFlow?[k] ?? 0) * further
                sum[k] += flow * (of[k] + more) - share * of[k]
            }
            sums[hour.condition] = sum
            counts[hour.condition, default: 0] += 1
        }
        for (condition, count) in counts { sums[condition] = sums[condition]?.map { $0 / count } }
        return sums
    }

    /// Flow of a leak at each hour over what its share of the size says: with the root of the pressure, which it lowers itself. [–]
    /// - pressures: without a leak. [m]
    private static func flows(_ answers: [Answer?], _ hours: [Hour], _ size: Double, _ pressures: [Double]) -> [Double] {
        var flows = [Double](repeating: 1, count: hours.count)
        for _ in 0..<rounds {
            let roots = hours.indices.map { place -> Double in
                guard let answer = answers[hours[place].kind] else { return 1 }
                let further = flows[place] * hours[place].share * size - answer.size
                return max(pressures[place] - answer.drop - answer.dropByFlow * further, nothing).squareRoot()
            }
            let last = hours.indices.filter { hours[$0].isOfLastDay }
            let mean =
                (last.isEmpty ? roots.reduce(0, +) : last.reduce(0) { $0 + roots[$1] }) / Double(last.isEmpty ? roots.count : last.count)
            guard mean > 0 else { break }
            for place in flows.indices { flows[place] += damping * (roots[place] / mean - flows[place]) }
        }
        return flows
    }

    private static let rounds = 40, damping = 0.4
    /// Pressure that still drives something. [m]
    private static let nothing = 0.01
}
