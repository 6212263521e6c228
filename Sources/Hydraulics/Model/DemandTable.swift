// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// All demand categories of a network in three columns, and what its patterns make of them in time.
struct DemandTable: Sendable {
    private let row: Column<Int32>
    private let base: Column<Double>
    /// Number among the patterns; the last one is constant.
    private let pattern: Column<Int32>
    private let patterns: [[Double]]
    private let times: TimeOptions

    init(_ network: Network, rows: Column<Int32>) {
        let numbers = Dictionary(network.patterns.enumerated().map { ($1.id, Int32($0)) }, uniquingKeysWith: { first, _ in first })
        patterns = network.patterns.map { $0.multipliers.isEmpty ? [1] : $0.multipliers } + [[1]]
        times = network.times
        let constant = Int32(network.patterns.count)
        let standard = network.hydraulics.defaultPattern.flatMap { numbers[$0] } ?? constant
        var row: [Int32] = [], base: [Double] = [], pattern: [Int32] = []
        for (index, node) in network.nodes.enumerated() {
            guard let junction = node.junction else { continue }
            for demand in junction.demands where demand.baseFlow != 0 {
                row.append(rows[index])
                base.append(demand.baseFlow * network.hydraulics.demandMultiplier)
                pattern.append(demand.pattern.map { numbers[$0] ?? constant } ?? standard)
            }
        }
        self.row = Column(row)
        self.base = Column(base)
        self.pattern = Column(pattern)
    }

    /// Number of pattern steps that have passed at a time.
    func period(at time: Int) -> Int { times.patternStep > 0 ? (time + times.patternStart) / times.patternStep : 0 }

    /// Multiplier of each pattern in a period, in the order of the network, then 1.
    func multipliers(in period: Int) -> [Double] { patterns.map { $0[period % $0.count] } }

    /// Fills `demand` by row. [m³/s]
    func fill(_ demand: Column<Double>, multipliers: [Double]) {
        demand.fill(0)
        for index in row.indices { demand[row[index]] += base[index] * multipliers[Int(pattern[index])] }
    }
}
