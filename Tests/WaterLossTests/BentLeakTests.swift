// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// A leak at the end of a pipe in which little else flows: the pressure there falls with a power of the leak, so that the answer to a small
/// leak says nothing of that to a large one.
@Suite("a leak that is large for its pipe")
struct BentLeakTests {
    private static func network() throws -> Network {
        let text = ModelFaultsTests.town
            .replacingOccurrences(of: "K 13 3 D\n", with: "K 13 3 D\nS 5 0.15 D\n")
            .replacingOccurrences(of: "P9 G I 300 100 120\n", with: "P9 G I 300 100 120\nP10 I S 700 80 120\n")
        return try INP.parse(text, file: "town.inp")
    }

    private static let sensors = ModelFaultsTests.sensors + [Sensor(id: "P_S", kind: .pressure, element: "S")]

    @Test("its flow is found, although a small one's answer would make it many times as large", arguments: [3.0, 4.0])
    func flow(litres: Double) throws {
        let network = try Self.network(), flow = litres / 1000
        let records = try ModelFaultsTests.records(of: network, sensors: Self.sensors, leak: ("S", flow))
        let finding = try LeakLocator(network: network, sensors: Self.sensors).locate(baseline: records.0, readings: records.1)
        #expect(finding.isDetected && finding.leaks.first?.likeliest == "P10")
        #expect(abs(finding.flow / flow - 1) < 0.2, "\(finding.flow * 1000)")
        // The test asks for what it says: the tangent is of another size by far.
        let solver = try HydraulicSolver(network), model = try ImposedModel(network, sensors: Self.sensors, start: records.0.start)
        var conditions = BoundaryConditions(of: network, at: 10 * 3600)
        let healthy = solver.solve(conditions)
        let end = try #require(network.nodeIndex()["S"])
        let channel = try #require(model.channels.firstIndex { $0.sensor == "P_S" })
        let tangent = try #require(solver.sensitivities(of: model.channels.map(\.observation)))[channel][end]
        let before = try #require(healthy.heads[end])
        conditions.demands[end] += flow
        let after = try #require(solver.solve(conditions).heads[end])
        #expect((after - before) / (tangent * flow) > 2)
    }

    @Test("a leak's course is told in shares of its last day's mean")
    func course() throws {
        let network = try ModelFaultsTests.network(), records = try ModelFaultsTests.records()
        let model = try ImposedModel(network, sensors: ModelFaultsTests.sensors, start: records.0.start)
        let solver = try HydraulicSolver(network), options = LeakLocatorOptions()
        let before = HourlyResiduals(model, records.0, solver: solver), after = HourlyResiduals(model, records.1, solver: solver)
        let classes = HourClasses(records.0, before, records.1, after, options: options)
        let noise = SensorNoise.estimate(model, before, options: options)
        let standing = try StandingErrors(model, records.0, before, records.1, after, noise: noise, options: options)
        let record = StepRecord(
            model, standing, classes, before: before, after: after, baseline: records.0, readings: records.1, noise: noise,
            options: options)
        #expect(record.sizes(LeakOnset(start: 3, growth: 0)) == (0..<48).map { $0 < 3 ? 0 : 1 })
        // Began with the last day and grew through it: (1 + … + 24)/24² of its end on the average.
        let grown = record.sizes(LeakOnset(start: 24, growth: 24))
        let last: Double = grown[47], mean: Double = grown.suffix(24).reduce(0, +) / 24
        #expect(abs(last - 24 / 12.5) < 1e-12)
        #expect(abs(mean - 1) < 1e-12)
        #expect(grown[23] == 0)
    }
}
