// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import Testing
import WaterModel

@testable import WaterLoss

@Suite("the leaks of a long record")
struct LeakMonitorTests {
    static let town = GridTown()
    static let days = 30
    /// A quarter of the town's mean demand each. [m³/s]
    static let flow = 0.0018
    static let standingNode = "J44", newNode = "J14"
    static let startHour = 12 * 24 + 9, endHour = 23 * 24 + 15

    /// Hours of the town with leaks that run at nodes in some hours; demands, readings and noise as in `GridTown`.
    /// - Parameters:
    ///   - season: demand of a day over that of the model. [–]
    ///   - offset: of every second pressure. [m]
    ///   - roughness: of every pipe, Hazen–Williams; the model has 120.
    static func record(
        _ leaks: [(node: String, hours: Range<Int>)], seed: UInt64, days: Int = days, sensors: [Sensor] = town.sensors,
        season: (Int) -> Double = { _ in 1 }, offset: Double = 0,
        roughness: Double = 120
    ) throws -> SensorRecord {
        var noise = GridTown.Noise(seed: seed)
        var network = town.network
        for index in network.links.indices {
            guard var pipe = network.links[index].pipe else { continue }
            pipe.roughness = roughness
            network.links[index].kind = .pipe(pipe)
        }
        let nodes = network.nodeIndex(), links = network.linkIndex()
        let bias = network.nodes.map { _ in 1 + 0.08 * noise.next() }
        let solver = try HydraulicSolver(network)
        var series: [Sensor.ID: [Double?]] = [:]
        for hour in 0..<days * 24 {
            var conditions = BoundaryConditions(of: network, at: hour * 3600)
            let common = season(hour / 24) * (1 + 0.02 * noise.next())
            for node in network.nodes.indices { conditions.demands[node] *= common * bias[node] * max(0, 1 + 0.1 * noise.next()) }
            for leak in leaks where leak.hours.contains(hour) {
                if let node = nodes[.init(leak.node)] { conditions.demands[node] += flow }
            }
            let state = solver.solve(conditions, warm: hour > 0)
            for (k, sensor) in sensors.enumerated() {
                let error = noise.next()
                let value: Double?
                if sensor.kind == .demand {
                    value = nodes[.init(sensor.element ?? "")].map { conditions.demands[$0] }
                } else if sensor.kind == .flow {
                    value = links["IN"].map { state.flows[$0] * (1 + 0.01 * error) }
                } else {
                    value = nodes[.init(sensor.element ?? "")].flatMap { node in
                        state.heads[node].map { $0 - network.nodes[node].elevation + 0.03 * error + (k % 2 == 0 ? offset : 0) }
                    }
                }
                series[sensor.id, default: []].append(value)
            }
        }
        return SensorRecord(start: GridTown.mondayMidnight, step: 3600, count: days * 24, series: series)
    }

    static func found(_ leaks: [(node: String, hours: Range<Int>)]) throws -> [LeakEpisode] {
        try LeakMonitor(network: town.network, sensors: town.sensors).history(of: record(leaks, seed: 3)).leaks
    }

    /// Computed once for all tests that look at it.
    static let leaking = Result {
        try found([(standingNode, 0..<days * 24), (newNode, startHour..<endHour)])
    }

    /// Streets between a pipe and a node.
    static func streets(_ pipe: Link.ID, _ node: String) -> Int {
        guard let link = town.network.links.first(where: { $0.id == pipe }) else { return .max }
        func place(_ name: String) -> (Int, Int)? {
            let digits = name.compactMap(\.wholeNumberValue)
            return digits.count == 2 ? (digits[0], digits[1]) : nil
        }
        guard let there = place(node) else { return .max }
        return [link.start.name, link.end.name].compactMap(place).map { abs($0.0 - there.0) + abs($0.1 - there.1) }.min() ?? .max
    }

    @Test("a leak that begins and one that is repaired are dated to the hours that the noise allows")
    func dates() throws {
        let leak = try #require(try Self.leaking.get().first { $0.onset != .beforeRecord })
        let start = GridTown.mondayMidnight + Self.startHour * 3600, end = GridTown.mondayMidnight + Self.endHour * 3600
        let slack = 3 * 3600
        #expect(leak.startEarliest - start <= slack && leak.start - start >= -slack, "\(leak.startEarliest) to \(leak.start)")
        #expect(leak.start - start < 86_400)
        #expect(abs(try #require(leak.end) - end) <= 12 * 3600, "\(leak.end?.description ?? "-")")
        #expect(leak.detected > start && leak.detected - start <= 6 * 86_400)
    }

    @Test("it lies within two streets of where it was")
    func place() throws {
        let leak = try #require(try Self.leaking.get().first { $0.onset != .beforeRecord })
        #expect(Self.streets(leak.pipe, Self.newNode) <= 2, "\(leak.pipe)")
        #expect(leak.probability > 0.95)
    }

    @Test("the size of a leak is found within a fifth where it is the only one")
    func size() throws {
        let found = try Self.found([(Self.newNode, Self.startHour..<Self.endHour)])
        #expect(found.count == 1)
        let leak = try #require(found.first)
        #expect(abs(leak.flow / Self.flow - 1) < 0.2, "\(leak.flow)")
    }

    @Test("the size of a leak is found within a tenth beside another one, though each bends the answers of the other")
    func sizeBeside() throws {
        let leak = try #require(try Self.leaking.get().first { $0.onset != .beforeRecord })
        #expect(abs(leak.flow / Self.flow - 1) < 0.1, "\(leak.flow)")
    }

    @Test("a leak that ran before the record shows against the model alone")
    func standing() throws {
        let leak = try #require(try Self.leaking.get().first { $0.onset == .beforeRecord })
        #expect(leak.start == GridTown.mondayMidnight && leak.end == nil)
        #expect(Self.streets(leak.pipe, Self.standingNode) <= 2, "\(leak.pipe)")
        #expect(abs(leak.flow / Self.flow - 1) < 0.4, "\(leak.flow)")
    }

    @Test("nothing is found where nothing leaks, and nothing is invented beside two leaks")
    func healthy() throws {
        #expect(try Self.found([]).isEmpty)
        #expect(try Self.leaking.get().count == 2)
    }

    @Test("a season of demand, as the metered customers show it, is no leak beside rougher pipes and meters that are off")
    func season() throws {
        let customers = ["J02", "J15", "J24", "J33", "J41", "J50"]
        let sensors = Self.town.sensors + customers.map { Sensor(id: .init("D" + $0), kind: .demand, element: $0) }
        let record = try Self.record(
            [], seed: 3, days: 84, sensors: sensors, season: { 0.85 + 0.5 * Double($0) / 84 }, offset: 0.5, roughness: 100)
        let history = try LeakMonitor(network: Self.town.network, sensors: sensors).history(of: record)
        #expect(history.leaks.isEmpty && history.alarms.isEmpty, "\(history.leaks.map { ($0.pipe, $0.flow) })")
    }

    @Test("a record of days alone is refused")
    func short() throws {
        let record = SensorRecord(start: GridTown.mondayMidnight, step: 3600, count: 100, series: [:])
        #expect(throws: LeakLocatorError.self) {
            try LeakMonitor(network: Self.town.network, sensors: Self.town.sensors).history(of: record)
        }
    }
}

@Suite("courses and evidence of a history of leaks")
struct HistoryModelTests {
    @Test("a course is the share of the full size, mean of each day")
    func course() {
        #expect(LeakCourse(onset: .at(1.25, growth: 0), end: 3.5).shares(days: 5) == [0, 0.75, 1, 0.5, 0])
        let growing = LeakCourse(onset: .at(1, growth: 2), end: nil).shares(days: 4)
        #expect(zip(growing, [0, 0.0625, 0.5625, 1]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test("the evidence of a leak is the ratio of two normal densities, computed in full")
    func evidence() throws {
        // Two coordinates, one leak from the beginning: y = u + a s + v + ε, all normal, so that the density is known.
        let days = 5, standing = [0.7, 2.5], answer = [1.5, -0.4], size = 0.8, error = 0.1
        let readings = [[1.9, 1.1, 2.4, 1.6, 1.2], [-0.2, 0.7, -0.9, 0.1, 0.3]]
        let table = Matrix(rows: 2, columns: 1, storage: answer)
        let space = DaySpace(
            days: Matrix(readings), standing: standing, answers: [table],
            squares: [Matrix(rows: 2, columns: 1, storage: answer.map { $0 * $0 })],
            sizes: [0])
        let prior = LeakPrior(size: 1, answerError: error, courseError: 0, logLengths: [0], logBefore: 0, logNew: 0, logRepair: 0)
        let leak = RunningLeak(
            pipe: 0, course: LeakCourse(onset: .beforeRecord, end: nil), size: size)
        let model = HistoryModel(space, prior, days: days, leaks: [leak])
        func logDensity(_ withLeak: Bool) throws -> Double {
            let mean = answer.reduce(0) { $0 + $1 * $1 } / 2
            var covariance = Matrix(rows: 2 * days, columns: 2 * days)
            for f in 0..<2 {
                for g in 0..<2 {
                    for t in 0..<days {
                        for u in 0..<days {
                            var value = withLeak ? answer[f] * answer[g] : 0
                            if f == g {
                                value += t == u ? 1 : 0
                                if withLeak { value += standing[f] + error * error * size * size * (answer[f] * answer[f] + mean) / 2 }
                            }
                            covariance[f * days + t, g * days + u] = value
                        }
                    }
                }
            }
            let factor = try CholeskyFactor(covariance)
            let white = factor.whiten(readings.flatMap { $0 })
            return -factor.logDeterminant / 2 - dotProduct(white, white) / 2
        }
        let expected = try logDensity(true) - logDensity(false)
        #expect(abs(model.evidence() - expected) < 1e-9, "\(model.evidence()) and \(expected)")
    }

    @Test("what the days say for a further leak is what the evidence gains by it")
    func further() throws {
        let days = 6
        let readings = Matrix([[2.9, 3.1, 2.4, 4.6, 5.2, 4.8], [1.2, 0.7, 1.9, 2.1, 2.3, 2.9], [0.1, -0.4, 0.3, 1.6, 1.1, 0.9]])
        let table = Matrix([[1.5, 0.6], [0.4, 0.9], [-0.2, 1.1]])
        let space = DaySpace(
            days: readings, standing: [0.7, 2.5, 0.2], answers: [table],
            squares: [Matrix(rows: 3, columns: 2, storage: table.storage.map { $0 * $0 })], sizes: [0])
        let prior = LeakPrior(size: 1.5, answerError: 0, courseError: 0, logLengths: [0, 0], logBefore: 0, logNew: 0, logRepair: 0)
        let one = RunningLeak(pipe: 0, course: LeakCourse(onset: .beforeRecord), size: 1)
        let course = LeakCourse(onset: .at(2, growth: 3))
        let other = RunningLeak(pipe: 1, course: course, size: 1)
        let alone = HistoryModel(space, prior, days: days, leaks: [one])
        let both = HistoryModel(space, prior, days: days, leaks: [one, other])
        #expect(both.sizes().allSatisfy { $0 > 0 })
        let told = alone.further([course.shares(days: days)], answers: space.answers[0], squares: space.squares[0])
        let information = told.information[1, 0], score = told.score[1, 0]
        let gain = score * score / information / 2 - Foundation.log(information * prior.size * prior.size) / 2
        #expect(abs(both.evidence() - alone.evidence() - gain) < 1e-9, "\(both.evidence() - alone.evidence()) and \(gain)")
    }
}
