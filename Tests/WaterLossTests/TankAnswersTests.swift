// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

@Suite("answers of tanks, and hours in which they are alike")
struct TankAnswersTests {
    private func model(_ isOn: (_ hour: Int) -> (first: Bool, second: Bool)) throws -> (ImposedModel, SensorRecord, HydraulicSolver) {
        let network = try INP.parse(LinkStatesTests.town, file: "town.inp")
        let (record, sensors) = try LinkStatesTests.reading(network, isOn)
        return (try ImposedModel(network, sensors: sensors, start: record.start), record, try HydraulicSolver(network))
    }

    @Test("a leak a tenth of the way from a tank is what a network with a node there says", arguments: [0.1, 0.5])
    func besideTank(fraction: Double) throws {
        let (model, record, solver) = try model { _ in (true, false) }
        let conditions = HourlyResiduals(model, record, solver: solver).conditions[3]
        #expect(solver.solve(conditions).verdict.outcome == .converged)
        let answers = try #require(solver.sensitivities(of: model.channels.map(\.observation)))
        let nodes = model.network.nodeIndex(), tank = try #require(nodes["T"]), end = try #require(nodes["E"])
        var completed = Matrix(rows: model.channels.count, columns: model.network.nodes.count, storage: answers.flatMap { $0 })
        HeldNodes(model).complete(&completed, in: conditions)

        // The same with P4 in two parts and an outflow between them.
        let split = LinkStatesTests.town
            .replacingOccurrences(of: "E 14 15 D\n", with: "E 14 15 D\nX 14 0\n")
            .replacingOccurrences(
                of: "P4 E T 400 250 120\n",
                with: "P4 E X \(400 * (1 - fraction)) 250 120\nP5 X T \(400 * fraction) 250 120\n")
        let other = try HydraulicSolver(try INP.parse(split, file: "split.inp"))
        let size = 1e-5
        let states = [0, size].map { leak in
            let known = other.network.nodeIndex(), links = other.network.linkIndex()
            var there = BoundaryConditions(of: other.network, at: 3 * 3600)
            there.demands[known["X"] ?? 0] = leak
            there.fixedHeads[known["T"] ?? 0] = conditions.fixedHeads[tank]
            there.apply(.status(.open), to: links["U1"] ?? 0, of: other.network)
            there.apply(.status(.closed), to: links["U2"] ?? 0, of: other.network)
            let state = other.solve(there)
            return (head: state.heads[known["C"] ?? 0] ?? 0, inflow: state.demands[known["T"] ?? 0])
        }
        let level = try #require(model.channels.firstIndex { $0.sensor == "LT" })
        let pressure = try #require(model.channels.firstIndex { $0.sensor == "PC" })
        func between(_ channel: Int) -> Double { fraction * completed[channel, end] + (1 - fraction) * completed[channel, tank] }
        #expect(abs(between(level) - (states[1].inflow - states[0].inflow) / size) < 0.03)
        let ofHead = (states[1].head - states[0].head) / size
        #expect(abs(between(pressure) - ofHead) < 0.05 * abs(ofHead))
    }

    @Test("in the pipe of a tank that is shut off a leak comes from the other end")
    func shut() throws {
        let (model, record, solver) = try model { _ in (true, false) }
        var conditions = HourlyResiduals(model, record, solver: solver).conditions[3]
        let pipe = try #require(model.network.linkIndex()["P4"]), nodes = model.network.nodeIndex()
        conditions.statuses[pipe] = .closed
        #expect(solver.solve(conditions).verdict.outcome == .converged)
        let answers = try #require(solver.sensitivities(of: model.channels.map(\.observation)))
        var completed = Matrix(rows: model.channels.count, columns: model.network.nodes.count, storage: answers.flatMap { $0 })
        HeldNodes(model).complete(&completed, in: conditions)
        for k in model.channels.indices {
            #expect(completed[k, try #require(nodes["T"])] == completed[k, try #require(nodes["E"])])
        }
    }

    @Test("hours of a time of day are alike only where the tank is about as full")
    func alike() throws {
        let (model, record, solver) = try model { _ in (true, false) }
        let residuals = HourlyResiduals(model, record, solver: solver)
        // Two days of the same levels.
        let same = AlikeHours(model, record, residuals, record, residuals)
        #expect(Set(zip(same.before, residuals.switching).map { "\($0) \($1)" }).count == same.examples.count)
        for hour in 0..<24 where residuals.switching[hour] == residuals.switching[hour + 24] {
            #expect(same.before[hour] == same.before[hour + 24])
        }
        // On the second day the tank is a metre fuller.
        var fuller = residuals
        let tank = try #require(model.network.nodeIndex()["T"])
        for hour in 24..<48 { fuller.conditions[hour].fixedHeads[tank]? += 1 }
        let apart = AlikeHours(model, record, fuller, record, fuller)
        for hour in 0..<24 {
            #expect(apart.before[hour] != apart.before[hour + 24])
            // The hour that stands for others has their level.
            let mean = try #require(fuller.conditions[hour].fixedHeads[tank])
            let example = try #require(apart.examples[apart.before[hour]].fixedHeads[tank])
            #expect(abs(example - mean) < 0.25)
        }
    }
}
