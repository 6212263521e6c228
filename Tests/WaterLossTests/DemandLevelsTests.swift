// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

@Suite("days of more demand, and what they and a leak do beyond linear answers")
struct DemandLevelsTests {
    /// A main from a reservoir that loses half of its head at the peak.
    static let line = """
        [JUNCTIONS]
        A 20 2 D
        B 20 2 D
        C 20 2 D
        D 20 2 D
        E 20 2 D
        [RESERVOIRS]
        R 70
        [PIPES]
        P1 R A 1000 150 120
        P2 A B 1000 150 120
        P3 B C 800 120 120
        P4 C D 800 100 120
        P5 D E 800 80 120
        [PATTERNS]
        D 0.5 0.5 0.5 0.5 0.6 0.8 1.1 1.4 1.3 1.2 1.1 1.1
        D 1.2 1.1 1.0 1.0 1.0 1.1 1.3 1.4 1.3 1.1 0.8 0.6
        [OPTIONS]
        UNITS LPS
        HEADLOSS H-W
        [TIMES]
        DURATION 24:00
        [END]
        """
    static let sensors = [
        Sensor(id: "Q", kind: .flow, element: "P1"), Sensor(id: "PB", kind: .pressure, element: "B"),
        Sensor(id: "PC", kind: .pressure, element: "C"), Sensor(id: "PE", kind: .pressure, element: "E"),
    ]

    /// What the sensors read of a network, by hour, where all demand is by a factor another.
    static func record(_ network: Network, hours: Int, level: (_ hour: Int) -> Double) throws -> SensorRecord {
        let model = try ImposedModel(network, sensors: sensors, start: GridTown.mondayMidnight)
        let solver = try HydraulicSolver(network)
        var series: [Sensor.ID: [Double?]] = [:]
        for hour in 0..<hours {
            let state = solver.solve(BoundaryConditions(of: network, at: hour * 3600).demanding(1 + level(hour)), warm: hour > 0)
            for channel in model.channels { series[channel.sensor, default: []].append(model.predicted(channel, state)) }
        }
        return SensorRecord(start: GridTown.mondayMidnight, step: 3600, count: hours, series: series)
    }

    @Test("they matter where the main loses half of its head, not in a town of wide pipes")
    func matter() throws {
        let network = try INP.parse(Self.line, file: "line.inp")
        let record = try Self.record(network, hours: 48) { _ in 0 }
        let model = try ImposedModel(network, sensors: Self.sensors, start: record.start)
        let residuals = HourlyResiduals(model, record, solver: try HydraulicSolver(network))
        #expect(DemandLevels.matter(model, residuals, options: LeakLocatorOptions()))

        let town = GridTown(), other = try town.records(seed: 3).baseline
        let wide = try ImposedModel(town.network, sensors: town.sensors, start: other.start)
        let there = HourlyResiduals(wide, other, solver: try HydraulicSolver(town.network))
        #expect(!DemandLevels.matter(wide, there, options: LeakLocatorOptions()))
    }

    @Test("an hour at its own demand leaves nothing of readings that differ in demand alone")
    func own() throws {
        func level(_ hour: Int) -> Double { hour < 24 ? 0.08 : -0.05 }
        let network = try INP.parse(Self.line, file: "line.inp")
        let record = try Self.record(network, hours: 48, level: level)
        let model = try ImposedModel(network, sensors: Self.sensors, start: record.start)
        let residuals = HourlyResiduals(model, record, solver: try HydraulicSolver(network))
        let levels = (0..<48).map(level)
        let own = residuals.demanding(levels[...], model, record)
        func largest(_ residuals: HourlyResiduals) -> Double {
            residuals.residuals.joined().reduce(0) { max($0, abs($1 ?? .infinity)) }
        }
        #expect(largest(residuals) > 1)
        #expect(largest(own) < 1e-4)
        #expect(own.levels == levels)
        // Days of their own demand are conditions of their own.
        let alike = AlikeHours(model, record, own, record, own)
        for hour in 0..<24 {
            #expect(alike.before[hour] != alike.before[hour + 24])
            #expect(alike.demandLevels[alike.before[hour]] == level(hour))
        }
    }

    /// The larger one takes most of its pressure: what it loses is what the pipes bring.
    @Test(
        "the answer to a leak that takes a good part of its own pressure is that of the hole, hour by hour", arguments: [0.003, 0.0042])
    func hole(size: Double) throws {
        let network = try INP.parse(Self.line, file: "line.inp")
        let model = try ImposedModel(network, sensors: Self.sensors, start: GridTown.mondayMidnight)
        let solver = try HydraulicSolver(network)
        let node = try #require(network.nodeIndex()["C"]), elevation = network.nodes[node].elevation
        let moments = [3, 7].map { BoundaryConditions(of: network, at: $0 * 3600) }
        let healthy = moments.map { solver.solve($0) }
        func read(_ state: HydraulicState) -> [Double] { model.channels.map { model.predicted($0, state) ?? 0 } }
        let without = healthy.map(read)
        let pressures = healthy.map { ($0.heads[node] ?? 0) - elevation }
        var answers: [[Double]] = []
        for moment in moments {
            _ = solver.solve(moment)
            answers.append(try #require(solver.sensitivities(of: model.channels.map(\.observation))).map { $0[node] })
        }
        /// Flow through a hole in each hour, and what is then read.
        func through(_ coefficient: Double) -> [(flow: Double, values: [Double])] {
            moments.map { moment in
                var low = 0.0, high = 0.02, state = solver.solve(moment)
                for _ in 0..<60 {
                    var leaking = moment
                    leaking.demands[node] += (low + high) / 2
                    state = solver.solve(leaking, warm: true)
                    let pressure = (state.heads[node] ?? 0) - elevation
                    if (low + high) / 2 > coefficient * max(pressure, 0).squareRoot() {
                        high = (low + high) / 2
                    } else {
                        low = (low + high) / 2
                    }
                }
                return (low, read(state))
            }
        }
        var low = 0.0, high = 0.01
        for _ in 0..<50 {
            let mean = through((low + high) / 2).reduce(0) { $0 + $1.flow / 2 }
            if mean > size { high = (low + high) / 2 } else { low = (low + high) / 2 }
        }
        let truth = through(low)
        #expect(abs(truth[0].flow / truth[1].flow - 1) > 0.1)

        let mean = (pressures[0] + pressures[1]) / 2, shares = pressures.map { ($0 / mean).squareRoot() }
        let fixed = (answers, pressures, shares)
        let linear = BentAnswers.Linear { condition, _ in
            fixed.0[condition]
        } share: { condition, _ in
            fixed.2[condition]
        } pressure: { condition, _ in
            fixed.1[condition]
        }
        let hours = [0, 1].map { BentAnswers.Hour(condition: $0, kind: $0, share: 1, isOfLastDay: true) }
        let source = BentAnswers.Source(model: model, moments: moments, hours: hours, isFollowed: true, linear: linear)
        let bent = BentAnswers(source, leaks: [(node, size)])
        // Half as wide a hole loses more than half.
        let half = through(low / 2).reduce(0) { $0 + $1.flow / 2 } / size
        #expect(half > 0.52 && abs(bent.flow(node, share: 0.5) - half) < 0.02, "\(bent.flow(node, share: 0.5)) for \(half)")
        let correction = try #require(bent.correction[node])
        for hour in 0...1 {
            for k in model.channels.indices {
                let expected = (truth[hour].values[k] - without[hour][k]) / size
                let found = shares[hour] * answers[hour][k] + (correction[hour]?[k] ?? 0)
                #expect(abs(found - expected) < 0.03 * abs(expected), "\(hour) \(k): \(found) for \(expected)")
                if !model.channels[k].isFlow {
                    #expect(abs(shares[hour] * answers[hour][k] - expected) > 0.05 * abs(expected))
                }
            }
        }
    }
}
