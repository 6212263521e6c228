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
        /// Its class or condition; −1: of none, or the leak does not run.
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
    fileprivate struct Answer {
        /// [m³/s]
        var size: Double
        /// By channel, per unit of flow, and what it changes with the flow.
        var more: [Double]
        var moreByFlow: [Double]?
        /// What it takes from its own pressure [m], and with which power of the flow that grows; 0: not asked.
        var drop: Double
        var power: Double
    }

    /// What holds back a leak, by the means over its hours.
    fileprivate struct Throttle {
        /// Without it [m]; what it takes from that at its size [m], which goes with a power of the flow.
        var pressure = 0.0
        var drop = 0.0
        var power = 0.0

        init?(_ answers: [Answer?], _ leak: (node: Int, size: Double), _ hours: [Hour], _ linear: Linear) {
            var count = 0.0
            for hour in hours where hour.kind >= 0 {
                guard let answer = answers[hour.kind] else { continue }
                pressure += linear.pressure(hour.condition, leak.node)
                drop += answer.drop * pow(leak.size / answer.size, answer.power)
                power += answer.power
                count += 1
            }
            guard count > 0, drop > 0, pressure > 0 else { return nil }
            pressure /= count
            drop /= count
            power /= count
        }

        /// Of the size, what the leak loses when it is open to a share. [–]
        func flow(_ share: Double) -> Double {
            guard share > 0 else { return 0 }
            // As open as to lose its size when wholly open.
            let area = 1 / max(pressure - drop, nothing).squareRoot()
            return share * BentAnswers.flow(area: area, pressure: pressure, drop: drop * pow(share, power), power: power)
        }
    }

    /// Share of a flow at which an answer is taken once more. [–]
    private static let less = 0.6
    /// Least share of its size that a leak is tried with, and pressure that it leaves at its place [m].
    private static let least = 0.05, leastPressure = 2.0

    /// What answers are taken from.
    struct Source {
        let model: ImposedModel
        /// Conditions of one hour of each kind; nil where a kind has none.
        let moments: [BoundaryConditions?]
        /// Those in which the leak runs.
        let hours: [Hour]
        /// Whether it is asked how this changes with the leak's flow from hour to hour.
        let isFollowed: Bool
        let linear: Linear

        /// To leaks at nodes, of so many m³/s, and what holds these back.
        fileprivate func answers(
            _ leaks: [(node: Int, size: Double)]
        ) -> [(size: Double, corrections: [Int: [Double]], throttle: Throttle?)] {
            let columns: [[Answer?]] = concurrentMap(moments.count) {
                BentAnswers.answers(model, moments[$0], leaks, isFollowed: isFollowed)
            }
            return concurrentMap(leaks.count) { place in
                let answers = columns.map { $0[place] }
                return (
                    BentAnswers.asked(answers) ?? leaks[place].size,
                    BentAnswers.corrections(answers, leaks[place].node, hours, linear),
                    isFollowed ? Throttle(answers, leaks[place], hours, linear) : nil
                )
            }
        }
    }

    private var source: Source?
    private var throttles: [Int: Throttle] = [:]
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
        for (leak, found) in zip(leaks, source.answers(leaks)) {
            correction[leak.node] = found.corrections.isEmpty ? nil : found.corrections
            throttles[leak.node] = found.throttle
            sizes[leak.node] = found.size
        }
    }

    /// Bends answers anew where leaks turn out to be of another size than that to which they are bent; these nodes.
    mutating func follow(_ found: [(node: Int, size: Double)]) -> [Int] {
        let moved = found.filter { leak in sizes[leak.node].map { abs(log(leak.size / $0)) > Self.same } ?? false }
        take(moved)
        return moved.map(\.node)
    }

    init() {}

    /// Of what a leak at a node loses in the end, what it does when open to a share. [–]
    func flow(_ node: Int, share: Double) -> Double { throttles[node]?.flow(share) ?? share }

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
            var found = Answer(size: size, more: here.more, drop: max(here.drop, 0), power: 0)
            if isFollowed, let fewer = answer(less * size) {
                found.moreByFlow = zip(here.more, fewer.more).map { ($0 - $1) / ((1 - less) * size) }
                found.power = fewer.drop > 0 ? min(max(log(found.drop / fewer.drop) / -log(less), 1), mostPower) : 1
            }
            return found
        }
    }

    /// Size of a leak to which its answers are: where its place cannot drive what was tried, less. [m³/s]
    private static func asked(_ answers: [Answer?]) -> Double? { answers.compactMap { $0?.size }.min() }

    /// Mean difference from the linear answer in each condition.
    private static func corrections(_ answers: [Answer?], _ node: Int, _ hours: [Hour], _ linear: Linear) -> [Int: [Double]] {
        guard let size = asked(answers) else { return [:] }
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
    ///
    /// With A its area, r = A √(p − d rᵉ), d what a flow as its share says takes from the pressure p; A is such that the mean over the last
    /// day is the size.
    /// - pressures: without a leak. [m]
    private static func flows(_ answers: [Answer?], _ hours: [Hour], _ size: Double, _ pressures: [Double]) -> [Double] {
        let drops = hours.map { hour -> (drop: Double, power: Double) in
            guard let answer = answers[hour.kind] else { return (0, 0) }
            return (answer.drop * pow(hour.share * size / answer.size, answer.power), answer.power)
        }
        let isOfMean = hours.contains { $0.isOfLastDay } ? hours.map { $0.isOfLastDay ? $0.share : 0 } : hours.map(\.share)
        let total = isOfMean.reduce(0, +)
        guard total > 0 else { return hours.map { _ in 1 } }
        func mean(_ flows: [Double]) -> Double { dotProduct(flows, isOfMean) / total }
        func flows(_ area: Double) -> [Double] {
            hours.indices.map { flow(area: area, pressure: pressures[$0], drop: drops[$0].drop, power: drops[$0].power) }
        }
        // More than a leak that takes nothing from its pressure; further on the mean grows with the area, to what the pipes can bring.
        let free = mean(pressures.map { max($0, nothing).squareRoot() })
        var low = log(1 / free), high = low, last = flows(1 / free)
        var atLow = log(mean(last)), atHigh = atLow
        for _ in 0..<doublings where atHigh < 0 {
            (low, atLow) = (high, atHigh)
            high += log(2)
            last = flows(exp(high))
            atHigh = log(mean(last))
        }
        for _ in 0..<rounds where atHigh > 0 && abs(log(mean(last))) > closeEnough {
            // The false position, half its weight for an end that stays (Dowell and Jarratt 1971).
            let middle = low + (high - low) * atLow / (atLow - atHigh)
            last = flows(exp(middle))
            let here = log(mean(last))
            if here > 0 { (high, atHigh, atLow) = (middle, here, atLow / 2) } else { (low, atLow, atHigh) = (middle, here, atHigh / 2) }
        }
        let scale = mean(last)
        return last.map { $0 / scale }
    }

    /// r = A √(p − d rᵉ), by Newton's rule on the squares, which are convex. [–]
    private static func flow(area: Double, pressure: Double, drop: Double, power: Double) -> Double {
        guard power > 0, drop > 0 else { return area * max(pressure - drop, nothing).squareRoot() }
        let square = area * area, pressure = max(pressure, nothing)
        var flow = min(area * pressure.squareRoot(), pow(pressure / drop, 1 / power))
        for _ in 0..<newtons {
            let lost = drop * pow(flow, power)
            let step = (flow * flow - square * (pressure - lost)) / (2 * flow + square * power * lost / flow)
            flow -= step
            if abs(step) < closeEnough * flow { break }
        }
        return flow
    }

    private static let doublings = 12, rounds = 20, newtons = 12, closeEnough = 1e-4
    /// Head losses go with no higher power. [–]
    private static let mostPower = 2.0
    /// Pressure that still drives something. [m]
    private static let nothing = 0.01
}
