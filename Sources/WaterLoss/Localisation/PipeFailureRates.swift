// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// How much likelier a metre of one pipe leaks than a metre of another, from what a utility has written down itself: past repairs by pipe,
/// material, year of laying, diameter, and rates of its own. No rate of another town is assumed; where nothing is given all metres are
/// alike.
///
/// Breaks are counts of Poisson, a group's rate a gamma variable about that of the group it belongs to: all pipes → material →
/// decade of laying → diameter → the pipe itself. With N breaks where the parent's rate expects E, the group's is (N + k)/(E + k) of
/// the parent's; k, the breaks that the parent's rate is worth, the counts of all groups of a level tell by maximum likelihood
/// (empirical Bayes: Clayton & Kaldor 1987,
/// Biometrics 43, 671–681). Years of the record drop out of ratios, but for pipes that were laid or renewed within it: those count with
/// the years that they have lain, by their new material and age, and what broke before was the pipe that lay there then.
public struct PipeFailureRates: Sendable {
    /// What the rates rest on, in plain words: `past_repairs`, `material`, `installed`, `diameter`, `given_rates`.
    public let evidence: [String]
    /// Repairs that name a pipe of the network.
    public let repairs: Int
    private let rates: [Link.ID: Double]

    /// Over the mean of all metres; 1 where nothing is known. [–]
    public subscript(_ pipe: Link.ID) -> Double { rates[pipe] ?? 1 }

    public init(network: Network, records: [PipeRecord], repairs: [LeakRepair]) {
        let pipes = network.links.compactMap(Self.dimensions)
        let register = Dictionary(records.map { ($0.pipe, $0) }, uniquingKeysWith: { first, _ in first })
        // Repairs of the year of renewal made it necessary, as a rule.
        let counts = repairs.reduce(into: [Link.ID: Double]()) { found, repair in
            guard let pipe = repair.pipe, (Self.year(repair) ?? .infinity) >= Double((register[pipe]?.inService ?? -1) + 1) else { return }
            found[pipe, default: 0] += 1
        }
        let breaks = pipes.map { counts[$0.id] ?? 0 }, total = breaks.reduce(0, +)
        let metres = pipes.reduce(0) { $0 + $1.length }
        var evidence: [String] = []
        // A utility's own rates first; pipes without one are as the mean of the others.
        let given = pipes.map { pipe in register[pipe.id]?.breaksPerMetreYear.flatMap { $0 > 0 ? $0 : nil } }
        let known = zip(pipes, given).compactMap { pipe, rate in rate.map { (length: pipe.length, rate: $0) } }
        let mean = known.reduce(0) { $0 + $1.length * $1.rate } / max(known.reduce(0) { $0 + $1.length }, 1e-12)
        var rate = given.map { $0.map { mean > 0 ? $0 / mean : 1 } ?? 1 }
        if !known.isEmpty { evidence.append("given_rates") }
        if total > 0, metres > 0 {
            evidence.append("past_repairs")
            let shares = Self.shares(pipes.map { register[$0.id]?.inService }, of: repairs)
            let exposed = zip(zip(pipes, rate), shares).map { $0.0.length * $0.1 * $1 }
            let scale = total / max(exposed.reduce(0, +), 1e-12)
            let expected = exposed.map { $0 * scale }
            let attributes: [(name: String, of: (Int) -> String)] = [
                ("material", { register[pipes[$0].id]?.material ?? "" }),
                ("installed", { register[pipes[$0].id]?.inService.map { "\(Int((Double($0) / 10).rounded(.down)))" } ?? "" }),
                ("diameter", { "\(Int(log2(max(pipes[$0].diameter, 1e-3) / 0.05).rounded()))" }),
            ]
            var factor = [Double](repeating: 1, count: pipes.count)
            var keys = pipes.map { _ in "" }
            for attribute in attributes where Set(pipes.indices.map(attribute.of)).count > 1 {
                evidence.append(attribute.name)
                for p in pipes.indices { keys[p] += "\u{1F}" + attribute.of(p) }
                Self.shrink(&factor, by: keys, breaks: breaks, expected: expected)
            }
            Self.shrink(&factor, by: pipes.map(\.id.name), breaks: breaks, expected: expected)
            for p in pipes.indices { rate[p] *= factor[p] }
        }
        let weighted = zip(pipes, rate).reduce(0) { $0 + $1.0.length * $1.1 }
        let norm = metres > 0 && weighted > 0 ? weighted / metres : 1
        self.rates = Dictionary(zip(pipes.map(\.id), rate.map { $0 / norm }), uniquingKeysWith: { first, _ in first })
        self.evidence = evidence
        self.repairs = Int(total)
    }

    private static func dimensions(_ link: Link) -> (id: Link.ID, length: Double, diameter: Double)? {
        guard case .pipe(let pipe) = link.kind else { return nil }
        return (link.id, max(pipe.length, 0), pipe.diameter)
    }

    /// When a repair was made, in years with their fraction; nil where no year is written.
    private static func year(_ repair: LeakRepair) -> Double? {
        let parts = repair.date.split(separator: "-")
        guard let year = parts.first.flatMap({ Int($0) }) else { return nil }
        let month = parts.dropFirst().first.flatMap { Int($0) } ?? 7
        return Double(year) + (Double(min(max(month, 1), 12)) - 0.5) / 12
    }

    /// Share of the record of repairs for which pipes in service since these years have lain. [–]
    private static func shares(_ inService: [Int?], of repairs: [LeakRepair]) -> [Double] {
        let dates = repairs.compactMap(year)
        guard let first = dates.min(), let last = dates.max(), last > first else { return inService.map { _ in 1 } }
        return inService.map { year in year.map { min(max((last - max(first, Double($0 + 1))) / (last - first), 0), 1) } ?? 1 }
    }

    /// Breaks that a parent's rate is worth, tried. [–]
    private static let strengths = (-2...20).map { pow(2, Double($0) / 2) }

    /// One level: each group's factor from that of its parent, its breaks and those that the parent expects in it.
    private static func shrink(_ factor: inout [Double], by keys: [String], breaks: [Double], expected: [Double]) {
        let groups = Dictionary(grouping: keys.indices, by: { keys[$0] }).sorted { $0.key < $1.key }.map { _, members in
            (
                members: members, found: members.reduce(0) { $0 + breaks[$1] },
                expected: members.reduce(0) { $0 + expected[$1] * factor[$1] }
            )
        }
        func logLikelihood(_ k: Double) -> Double {
            groups.reduce(0) { sum, group in
                let share = k / (k + group.expected)
                return sum + lgamma(group.found + k) - lgamma(k) + k * log(share)
                    + (group.found > 0 ? group.found * log(max(1 - share, 1e-300)) : 0)
            }
        }
        let logs = strengths.map(logLikelihood)
        // Of equally likely ones the strongest: what the counts do not tell is left with the parent.
        guard let best = logs.max(), let place = logs.lastIndex(where: { $0 >= best - 1e-9 }) else { return }
        let k = strengths[place]
        for group in groups {
            let ratio = (group.found + k) / (group.expected + k)
            for member in group.members { factor[member] *= ratio }
        }
    }
}
