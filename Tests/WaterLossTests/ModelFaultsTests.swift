// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// Readings come from the engine, on a world that is otherwise than the model in one thing and, a little, in all demands.
@Suite("what is wrong in the model: pumps, valves, pipes that are shut or open")
struct ModelFaultsTests {
    /// A pump lifts to a town of two loops, of which a valve feeds the lower one.
    static let town = """
        [JUNCTIONS]
        A 10 0
        B 12 4 D
        C 12 5 D
        E 14 4 D
        F 10 0
        G 5 5 D
        H 4 6 D
        I 5 4 D
        K 13 3 D
        [RESERVOIRS]
        R 8
        [PIPES]
        P0 A B 300 200 120
        P1 B C 400 150 120
        P2 C E 400 150 120
        P3 B K 400 150 120
        P4 K E 400 150 120
        P5 C F 100 150 120
        P6 VO G 100 150 120
        P7 G H 300 100 120
        P8 H I 300 100 120
        P9 G I 300 100 120
        [PUMPS]
        U R A HEAD K
        [VALVES]
        V F VO 150 PRV 30
        [CURVES]
        K 40 60
        [PATTERNS]
        D 0.4 0.4 0.5 0.6 1.2 1.6 1.4 1.2 1.1 1.3 1.1 0.7
        [TIMES]
        DURATION 240:00
        PATTERN TIMESTEP 2:00
        [OPTIONS]
        UNITS LPS
        HEADLOSS H-W
        [END]
        """.replacingOccurrences(of: "F 10 0\n", with: "F 10 0\nVO 6 0\n")

    static let sensors =
        [Sensor(id: "Q", kind: .flow, element: "P0"), Sensor(id: "QV", kind: .flow, element: "P6")]
        + ["B", "C", "E", "G", "H", "I", "K"].map { Sensor(id: .init("P_" + $0), kind: .pressure, element: $0) }

    static let days = (healthy: 7, later: 2)

    static func network() throws -> Network { try INP.parse(town, file: "town.inp") }

    /// Readings of a world that `change` makes of the model, with offsets of 0.2 m, noise of 3 cm and of 1 %.
    /// - leak: in the later days, drawn from a node. [m³/s]
    static func records(
        seed: UInt64 = 7, of network: Network? = nil, sensors: [Sensor] = sensors, leak: (node: Node.ID, flow: Double)? = nil,
        _ change: (inout Network) -> Void = { _ in }
    ) throws -> (SensorRecord, SensorRecord) {
        var world = try network ?? Self.network()
        change(&world)
        var noise = GridTown.Noise(seed: seed)
        let solver = try HydraulicSolver(world), links = world.linkIndex(), nodes = world.nodeIndex()
        let bias = world.nodes.map { _ in 1 + 0.08 * noise.next() }, offsets = sensors.map { _ in 0.2 * noise.next() }
        var series: [Sensor.ID: [Double?]] = [:]
        for hour in 0..<(days.healthy + days.later) * 24 {
            var conditions = BoundaryConditions(of: world, at: hour * 3600)
            let common = 1 + 0.02 * noise.next()
            for node in world.nodes.indices { conditions.demands[node] *= common * bias[node] * max(0, 1 + 0.1 * noise.next()) }
            if let leak, hour >= days.healthy * 24, let node = nodes[leak.node] { conditions.demands[node] += leak.flow }
            let state = solver.solve(conditions, warm: hour > 0)
            for (k, sensor) in sensors.enumerated() {
                let error = noise.next(), element = sensor.element ?? ""
                let value =
                    sensor.kind == .flow
                    ? links[.init(element)].map { state.flows[$0] * (1 + 0.01 * error) }
                    : nodes[.init(element)].flatMap { node in
                        state.heads[node].map { $0 - world.nodes[node].elevation + offsets[k] + 0.03 * error }
                    }
                series[sensor.id, default: []].append(value)
            }
        }
        func part(_ range: Range<Int>) -> SensorRecord {
            SensorRecord(
                start: GridTown.mondayMidnight + range.lowerBound * 3600, step: 3600, count: range.count,
                series: series.mapValues { Array($0[range]) })
        }
        return (part(0..<days.healthy * 24), part(days.healthy * 24..<(days.healthy + days.later) * 24))
    }

    static func faults(_ model: Network, _ records: (SensorRecord, SensorRecord)) throws -> [LeakRemark] {
        try PreparedModel(LeakLocator(network: model, sensors: sensors), baseline: records.0, readings: records.1).faults
    }

    /// The network with its pump so many times as strong.
    static func pump(_ factor: Double, _ network: inout Network) {
        for curve in network.curves.indices {
            for point in network.curves[curve].points.indices { network.curves[curve].points[point].y *= factor }
        }
    }

    static func valve(_ metres: Double, _ network: inout Network) {
        for link in network.links.indices {
            guard var valve = network.links[link].valve else { continue }
            valve.setting += metres
            network.links[link].kind = .valve(valve)
        }
    }

    static func set(_ pipe: Link.ID, _ status: Link.Status, _ network: inout Network) {
        for link in network.links.indices where network.links[link].id == pipe { network.links[link].status = status }
    }

    @Test("a model that is right has no fault, and its pump and valve stay within what is not known of them", arguments: [7, 8, 9, 10])
    func right(seed: Int) throws {
        let records = try Self.records(seed: UInt64(seed))
        #expect(try Self.faults(Self.network(), records) == [])
        let prepared = try PreparedModel(
            LeakLocator(network: Self.network(), sensors: Self.sensors), baseline: records.0, readings: records.1)
        #expect(prepared.calibration.devices.count == 2)
        for device in prepared.calibration.devices {
            #expect(abs(device.change) < 4 * device.deviation && device.deviation < device.prior, "\(device)")
        }
    }

    @Test("a pump stronger or weaker than its curve is named with its factor", arguments: [0.8, 1.15, 1.35])
    func pump(factor: Double) throws {
        let found = try Self.faults(Self.network(), Self.records { Self.pump(factor, &$0) })
        guard found.count == 1, case .strength("U", let figure) = found[0] else {
            Issue.record("\(found)")
            return
        }
        #expect(abs(figure.value / factor - 1) < 0.02, "\(figure)")
        #expect(figure.low < factor && factor < figure.high, "\(figure)")
        #expect(figure.high - figure.low < 0.15)
    }

    @Test("a valve that holds another pressure than is set is named with what it holds", arguments: [-13.0, 14])
    func valve(metres: Double) throws {
        let found = try Self.faults(Self.network(), Self.records { Self.valve(metres, &$0) })
        guard found.count == 1, case .setting("V", let model, let figure) = found[0] else {
            Issue.record("\(found)")
            return
        }
        let truth = 30 + metres  // m
        #expect(abs(model - 30) < 1e-9)
        // Three sensors, each of which may be 3 m off: 1.7 m.
        #expect(abs(figure.value - truth) < 1.7 && figure.low < truth && truth < figure.high, "\(figure)")
    }

    /// That the valve below it looks wrong, too, is not excluded: its sensors are those which the pipe feeds.
    @Test("a pipe that is shut is named first of those that cannot be told from it, and taken so")
    func shut() throws {
        let found = try Self.faults(Self.network(), Self.records { Self.set("P1", .closed, &$0) })
        let told = found.compactMap { remark -> Bool? in
            guard case .shut(let pipes, let gain, let tried, let isTaken) = remark, pipes.first == "P1" else { return nil }
            return isTaken && gain > 5 && tried >= 5
        }
        #expect(told == [true], "\(found)")
    }

    @Test("a pipe that is open and shut in the model is named, and taken so")
    func open() throws {
        var model = try Self.network()
        Self.set("P3", .closed, &model)
        let found = try Self.faults(model, Self.records())
        guard found.count == 1, case .open(let pipes, _, _, let isTaken) = found[0] else {
            Issue.record("\(found)")
            return
        }
        #expect(pipes == ["P3"] && isTaken)
    }

    @Test("remarks tell what is wrong with figures")
    func texts() {
        let pump = LeakRemark.strength("U", LeakRemark.Figure(1.149, low: 1.13, high: 1.1651)).description
        #expect(pump.hasPrefix("'U' is 1.15 times (1.13–1.17) as strong"), "\(pump)")
        let valve = LeakRemark.setting("V", model: 30, LeakRemark.Figure(35.04, low: 34, high: 36.06)).description
        #expect(valve.hasPrefix("valve 'V' holds 35.0 m (34.0–36.1)") && valve.contains("30.0 m"), "\(valve)")
        let shut = LeakRemark.shut(["a", "b"], gain: 12.4, tried: 50, isTaken: true).description
        #expect(shut.contains("'a', 'b' shut") && shut.contains("e^12") && shut.contains("50") && shut.contains("taken so"), "\(shut)")
        let open = LeakRemark.open(["a"], gain: 7, tried: 50, isTaken: false).description
        #expect(open.contains("'a' open") && open.contains("left as it is"), "\(open)")
    }
}

@Suite("pumps and valves as parameters")
struct DeviceParametersTests {
    @Test("the changed network has the head of the pump and the setting of the valve, and the given one keeps its own")
    func changed() throws {
        let network = try ModelFaultsTests.network(), parameters = DeviceParameters(network)
        #expect(parameters.devices.map(\.id) == ["U", "V"])
        let other = parameters.changed(network, by: [log(1.2), 3])
        #expect(other.links.compactMap(\.valve).map(\.setting) == [33] && network.links.compactMap(\.valve).map(\.setting) == [30])
        let model = try HydraulicSolver(network), changed = try HydraulicSolver(other)
        // The same flow through both: no water is asked for, so that each pump gives its head at rest.
        var still = BoundaryConditions(of: network, at: 0), stillOther = BoundaryConditions(of: other, at: 0)
        for node in still.demands.indices { (still.demands[node], stillOther.demands[node]) = (0, 0) }
        let node = try #require(network.nodeIndex()["A"])
        let lift = try #require(model.solve(still).heads[node]) - 8, more = try #require(changed.solve(stillOther).heads[node]) - 8
        #expect(abs(more / lift - 1.2) < 1e-6, "\(lift) \(more)")
    }

    @Test("columns of the standing errors are what the engine says when a pump or valve is moved")
    func columns() throws {
        let network = try ModelFaultsTests.network()
        let records = try ModelFaultsTests.records()
        let model = try ImposedModel(network, sensors: ModelFaultsTests.sensors, start: records.0.start)
        let parameters = WorldParameters(network), options = LeakLocatorOptions()
        let solver = try HydraulicSolver(network)
        let conditions = BoundaryConditions(of: network, at: 10 * 3600)
        _ = solver.solve(conditions)
        let answers = try #require(
            solver.sensitivities(of: model.channels.map(\.observation), andRoughnessOf: [], to: parameters.devices.map(\.parameter)))
        for (place, device) in parameters.devices.enumerated() {
            let share = 0.01  // of the spread: central differences are off by its square
            var values = [Double](repeating: 0, count: parameters.count)
            func read(_ value: Double) throws -> [Double?] {
                values[parameters.firstDevice + place] = value
                let world = parameters.world(network, values, options)
                let solver = try HydraulicSolver(world)
                let state = solver.solve(BoundaryConditions(of: world, at: 10 * 3600))
                return model.channels.map { model.predicted($0, state) }
            }
            let up = try read(share), down = try read(-share)
            for k in model.channels.indices {
                let high = try #require(up[k]), low = try #require(down[k])
                let difference = (high - low) / (2 * share)
                let column = device.spread(options) * device.unit(conditions) * answers.toParameters[k][place]
                let scale = model.channels[k].isFlow ? 1e-3 : 1.0  // m³/s, m
                #expect(abs(column - difference) < 2e-3 * abs(difference) + 2e-4 * scale, "\(device.id) \(k): \(column), \(difference)")
            }
        }
    }
}
