// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// An empty tank gives nothing. Hours in which a leak has emptied one are told beside that leak; in the model without it the tank would
/// still be filling, and readings that no leak explains would hide one of a fifth of all demand.
@Suite("a leak that empties the tank every evening")
struct EmptiedTankTests {
    private static let town = """
        [JUNCTIONS]
        A 10 3 D
        B 12 5 D
        C 10 6 D
        E 14 5 D
        F 8 6 D
        [RESERVOIRS]
        R 56
        [TANKS]
        T 38 2.5 0.5 9 12 0
        [PIPES]
        P1 R A 2500 200 120
        P2 A B 500 200 120
        P3 B C 600 150 120
        P4 B E 600 150 120
        P5 C F 500 150 120
        P6 E F 500 150 120
        P7 E T 300 200 120
        [PATTERNS]
        D 0.4 0.4 0.5 0.6 1.2 1.5 1.3 1.2 1.1 1.3 1.5 1.0
        [TIMES]
        DURATION 240:00
        PATTERN TIMESTEP 2:00
        [OPTIONS]
        UNITS LPS
        HEADLOSS H-W
        [END]
        """

    private static let sensors =
        [Sensor(id: "Q", kind: .flow, element: "P1"), Sensor(id: "L", kind: .level, element: "T")]
        + ["A", "C", "E", "F"].map { Sensor(id: .init("P_" + $0), kind: .pressure, element: $0) }

    private static let days = (healthy: 7, later: 3)

    /// Readings of hours one after the other, the tank's level carried on by its inflow; of the last day, the mean of the leak and the hours
    /// in which the tank was empty.
    private static func world(
        seed: UInt64, coefficient: Double
    ) throws -> (network: Network, before: SensorRecord, after: SensorRecord, flow: Double, empty: [Int]) {
        let network = try INP.parse(town, file: "town.inp")
        let leaking = try INP.parse(
            town.replacingOccurrences(of: "[TIMES]\n", with: "[EMITTERS]\nF \(coefficient)\n[TIMES]\n"), file: "leaking.inp")
        let healthy = try HydraulicSolver(network), holed = try HydraulicSolver(leaking)
        let nodes = network.nodeIndex(), links = network.linkIndex()
        let tank = try #require(nodes["T"]), hole = try #require(nodes["F"]), outlet = try #require(links["P7"])
        let area = Double.pi * 36, bottom = 0.5, top = 9.0
        let model = try ImposedModel(network, sensors: sensors, start: GridTown.mondayMidnight)
        var noise = GridTown.Noise(seed: seed)
        let bias = network.nodes.map { _ in 1 + 0.05 * noise.next() }
        var series: [Sensor.ID: [Double?]] = [:], level = 2.5, flow = 0.0, empty: [Int] = []
        let count = (days.healthy + days.later) * 24
        for hour in 0..<count {
            let runs = hour >= days.healthy * 24 + 2, solver = runs ? holed : healthy
            var conditions = BoundaryConditions(of: runs ? leaking : network, at: hour * 3600)
            let common = 1 + 0.01 * noise.next()
            var drawn = 0.0
            for place in network.nodes.indices {
                conditions.demands[place] *= common * bias[place] * max(0, 1 + 0.05 * noise.next())
                drawn += conditions.demands[place]
            }
            conditions.fixedHeads[tank] = 38 + min(max(level, bottom + 0.002), top - 0.002)
            var state = solver.solve(conditions)
            let inflow = state.demands[tank]
            if level <= bottom, inflow < 0 {
                conditions.statuses[outlet] = .closed
                state = solver.solve(conditions)
                if hour >= count - 24 { empty.append(hour - days.healthy * 24) }
            }
            let leak = runs ? state.demands[hole] - conditions.demands[hole] : 0
            if hour >= count - 24 { flow += leak / 24 }
            for channel in model.channels {
                let error = noise.next()
                if case .tank = channel.source {
                    series[channel.sensor, default: []].append(level + 0.005 * error)
                } else {
                    let value = try #require(model.predicted(channel, state))
                    series[channel.sensor, default: []].append(channel.isFlow ? value * (1 + 0.005 * error) : value + 0.03 * error)
                }
            }
            level = min(max(level + (conditions.statuses[outlet] == .closed ? 0 : inflow) * 3600 / area, bottom), top)
        }
        func part(_ range: Range<Int>) -> SensorRecord {
            SensorRecord(
                start: GridTown.mondayMidnight + range.lowerBound * 3600, step: 3600, count: range.count,
                series: series.mapValues { Array($0[range]) })
        }
        return (network, part(0..<days.healthy * 24), part(days.healthy * 24..<count), flow, empty)
    }

    @Test("is found, with its mean flow", arguments: [1, 2, 3] as [UInt64])
    func flow(seed: UInt64) throws {
        let world = try Self.world(seed: seed, coefficient: 0.95)
        let finding = try LeakLocator(network: world.network, sensors: Self.sensors).locate(baseline: world.before, readings: world.after)
        #expect(world.empty.count >= 4)
        #expect(finding.isDetected && abs(finding.flow / world.flow - 1) < 0.1, "\(finding.flow * 1000), \(world.flow * 1000)")
        #expect((finding.flowLow95...finding.flowHigh95).contains(world.flow))
    }
}
