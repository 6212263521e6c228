// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// Hours before a leak are no strays of it, and the hour at which it steps is no fault of a clock, where nothing else has a course.
@Suite("a large leak that begins late in the record, where demand is the same all day")
struct LateLeakTests {
    private static let days = (healthy: 7, later: 3)

    private static func records(seed: UInt64, start: Int, flow: Double) throws -> (network: Network, SensorRecord, SensorRecord) {
        let even = String(repeating: " 1", count: 12)
        let lines = DemandLevelsTests.line.split(separator: "\n").map {
            $0.hasPrefix("D 0.5") || $0.hasPrefix("D 1.2") ? "D" + even : String($0)
        }
        let network = try INP.parse(lines.joined(separator: "\n"), file: "line.inp")
        let model = try ImposedModel(network, sensors: DemandLevelsTests.sensors, start: GridTown.mondayMidnight)
        let solver = try HydraulicSolver(network), node = try #require(network.nodeIndex()["E"])
        var noise = GridTown.Noise(seed: seed)
        let bias = network.nodes.map { _ in 1 + 0.08 * noise.next() }
        var series: [Sensor.ID: [Double?]] = [:]
        for hour in 0..<(days.healthy + days.later) * 24 {
            var conditions = BoundaryConditions(of: network, at: hour * 3600)
            let common = 1 + 0.02 * noise.next()
            for place in network.nodes.indices { conditions.demands[place] *= common * bias[place] * max(0, 1 + 0.1 * noise.next()) }
            if hour >= days.healthy * 24 + start { conditions.demands[node] += flow }
            let state = solver.solve(conditions, warm: hour > 0)
            for channel in model.channels {
                let error = noise.next(), value = try #require(model.predicted(channel, state))
                series[channel.sensor, default: []].append(channel.isFlow ? value * (1 + 0.01 * error) : value + 0.05 * error)
            }
        }
        func part(_ range: Range<Int>) -> SensorRecord {
            SensorRecord(
                start: GridTown.mondayMidnight + range.lowerBound * 3600, step: 3600, count: range.count,
                series: series.mapValues { Array($0[range]) })
        }
        return (network, part(0..<days.healthy * 24), part(days.healthy * 24..<(days.healthy + days.later) * 24))
    }

    @Test("is dated to the hour, its flow is told, and no clock is doubted", arguments: [3, 14, 22] as [Int])
    func dated(start: Int) throws {
        let flow = 0.003
        for seed: UInt64 in [1, 2, 3] {
            let (network, baseline, readings) = try Self.records(seed: seed, start: start, flow: flow)
            let finding = try LeakLocator(network: network, sensors: DemandLevelsTests.sensors)
                .locate(baseline: baseline, readings: readings)
            #expect(finding.start == readings.start + start * 3600, "\(seed)")
            let interval = finding.flowLow95...finding.flowHigh95
            #expect(interval.contains(flow) && abs(finding.flow / flow - 1) < 0.2, "\(seed): \(finding.flow), \(interval)")
            let clocks = finding.remarks.filter { if case .clock = $0 { true } else { false } }
            #expect(clocks.isEmpty, "\(seed): \(clocks)")
        }
    }
}
