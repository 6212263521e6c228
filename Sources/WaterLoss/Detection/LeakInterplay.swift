// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods

/// What leaks do to each other's answers: head losses grow faster than flows, so that a leak lowers the heads by more where others run.
///
/// Gauss and Newton's way: the days are made what they would be if the answers of the leaks that are known were straight, and the
/// answers to a further one are taken from the model with those that run now.
struct LeakInterplay {
    private let model: ImposedModel
    /// Conditions of an ordinary day, hour by hour.
    private let hours: [BoundaryConditions]
    /// Nodes at both ends of each pipe on which a leak is looked for.
    private let ends: [(a: Int, b: Int)]
    private let parts: Int
    /// Without any leak.
    private let space: DaySpace
    /// Features × pipes: answer to a leak, without any other. [unit per m³/s]
    private let slopes: Matrix
    /// What each channel reads without any leak, by part and week. [unit]
    private let unladen: [[[Double]]]

    /// nil where an hour of the day cannot be solved.
    init?(_ record: RecordResiduals, _ errors: DailyErrors, _ space: DaySpace) {
        guard record.examples.count >= 24 else { return nil }
        let network = record.model.network, nodes = network.nodeIndex()
        model = record.model
        hours = Array(record.examples.prefix(24))
        parts = errors.parts
        ends = errors.pipes.map { (nodes[network.links[$0].start] ?? 0, nodes[network.links[$0].end] ?? 0) }
        self.space = space
        guard let slopes = Self.slopes(model, hours, ends, parts: parts, loads: [:]) else { return nil }
        self.slopes = slopes
        let levels = stride(from: 0, to: space.level.count, by: 7).map { space.level[$0] }
        unladen = Self.readings(model, hours, parts: parts, cases: levels.map { ($0, [:]) })
    }

    /// The days and answers about these leaks.
    /// - Parameter days: of readings that are there; later days are taken to be like the last one.
    func space(about leaks: [RunningLeak], days: Int) -> DaySpace {
        guard !leaks.isEmpty, days > 0 else { return space }
        let shares = leaks.map { $0.course.shares(days: days) }
        func sizes(on day: Int) -> [Double] { leaks.indices.map { leaks[$0].size * shares[$0][day] } }
        var result = space
        if let laden = Self.slopes(model, hours, ends, parts: parts, loads: loads(leaks, sizes(on: days - 1))) {
            let moved = space.projection * (laden + slopes.scaled(by: -1))
            result.replaceAnswers(space.answers.map { $0 + moved })
        }
        // Days of one week on which the same leaks run are one case.
        var cases: [(first: Int, count: Int)] = []
        func running(_ day: Int) -> [Bool] { shares.map { $0[day] > 0 } }
        func isWhole(_ day: Int) -> Bool {
            shares.indices.allSatisfy { leaks[$0].course.isGrowing || shares[$0][day] == shares[$0][day].rounded() }
        }
        for day in 0..<days {
            if let last = cases.last, day % 7 != 0, running(day) == running(day - 1), isWhole(day), isWhole(day - 1) {
                cases[cases.count - 1] = (last.first, last.count + 1)
            } else {
                cases.append((day, 1))
            }
        }
        let mean = cases.map { item in
            leaks.indices.map { i in
                leaks[i].size * shares[i][item.first..<item.first + item.count].reduce(0, +) / Double(item.count)
            }
        }
        let laden = Self.readings(
            model, hours, parts: parts, cases: zip(cases, mean).map { (space.level[$0.first], loads(leaks, $1)) })
        let answers = leaks.map { result.answer($0.pipe, size: $0.size) }
        let count = model.channels.count
        for (index, item) in cases.enumerated() where mean[index].contains(where: { $0 > 0 }) {
            let slope = DaySpace.slope(level: space.level[item.first])
            var change = [Double](repeating: 0, count: parts * count)
            for part in 0..<parts {
                for k in 0..<count {
                    let moved = laden[part][index][k] - unladen[part][item.first / 7][k]
                    change[part * count + k] = model.channels[k].isFlow ? moved : moved / slope
                }
            }
            guard change.allSatisfy(\.isFinite) else { continue }
            var bend = space.projection * change
            for i in leaks.indices { for f in bend.indices { bend[f] -= mean[index][i] * answers[i][f] } }
            let last = index == cases.count - 1 ? space.days.columns : item.first + item.count
            result.subtract(bend, on: item.first..<last)
        }
        return result
    }

    /// Outflow by node. [m³/s]
    private func loads(_ leaks: [RunningLeak], _ sizes: [Double]) -> [Int: Double] {
        var loads: [Int: Double] = [:]
        for (leak, size) in zip(leaks, sizes) where size > 0 {
            loads[ends[leak.pipe].a, default: 0] += size / 2
            loads[ends[leak.pipe].b, default: 0] += size / 2
        }
        return loads
    }

    private static func loaded(_ conditions: BoundaryConditions, level: Double, loads: [Int: Double]) -> BoundaryConditions {
        var found = conditions
        if level != 1 { for node in found.demands.indices { found.demands[node] *= level } }
        for (node, load) in loads { found.demands[node] += load }
        return found
    }

    /// What the channels read in the middle hour of each part, by part and case; NaN where that hour cannot be solved.
    private static func readings(
        _ model: ImposedModel, _ hours: [BoundaryConditions], parts: Int, cases: [(level: Double, loads: [Int: Double])]
    ) -> [[[Double]]] {
        let perPart = 24 / parts
        return concurrentMap(parts) { part in
            let nothing = [Double](repeating: .nan, count: model.channels.count)
            guard let solver = try? HydraulicSolver(model.network) else { return cases.map { _ in nothing } }
            return cases.indices.map { index in
                let state = solver.solve(
                    loaded(hours[part * perPart + perPart / 2], level: cases[index].level, loads: cases[index].loads), warm: index > 0)
                guard state.verdict.outcome == .converged else { return nothing }
                return model.channels.map { model.predicted($0, state) ?? .nan }
            }
        }
    }

    /// Features × pipes: mean answer of each part of the day. [unit per m³/s]
    private static func slopes(
        _ model: ImposedModel, _ hours: [BoundaryConditions], _ ends: [(a: Int, b: Int)], parts: Int, loads: [Int: Double]
    ) -> Matrix? {
        let count = model.channels.count, perPart = 24 / parts, observations = model.channels.map(\.observation)
        let found: [[[Double]]?] = concurrentMap(parts) { part in
            guard let solver = try? HydraulicSolver(model.network) else { return nil }
            var sum = [[Double]](repeating: [Double](repeating: 0, count: ends.count), count: count)
            for hour in part * perPart..<(part + 1) * perPart {
                let state = solver.solve(loaded(hours[hour], level: 1, loads: loads), warm: hour > part * perPart)
                guard state.verdict.outcome == .converged, let slopes = solver.sensitivities(of: observations) else { return nil }
                for k in 0..<count {
                    for (pipe, end) in ends.enumerated() {
                        sum[k][pipe] += (slopes[k][end.a] + slopes[k][end.b]) / 2 / Double(perPart)
                    }
                }
            }
            return sum
        }
        let rows = found.compactMap { $0 }.flatMap { $0 }
        return rows.count == parts * count ? Matrix(rows) : nil
    }
}
