// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// Odd readings where pumps run as a tank wants it: the model is run with the tank's level and the states that the readings tell, so that
/// what is wrong with all of them goes into the states, and little is left to see.
@Suite("what is odd in a pumped town, all sensors in one way or the one that the model is run by")
struct ManyOddReadingsTests {
    private static let town = """
        [JUNCTIONS]
        A 10 0
        B 12 8 D
        C 14 9 D
        E 11 7 D
        F 9 8 E
        G 13 6 E
        [RESERVOIRS]
        R 8
        [TANKS]
        T 48 3 0.5 6 13 0
        [PIPES]
        P1 A B 900 250 120
        P2 B C 700 200 120
        P3 B E 800 200 120
        P4 C F 600 150 120
        P5 E G 600 150 120
        P6 F G 500 150 120
        P7 E T 400 200 120
        [PUMPS]
        U R A HEAD K
        [CURVES]
        K 45 60
        [PATTERNS]
        D 0.5 0.4 0.5 0.9 1.5 1.3 1.1 1.0 1.1 1.3 1.4 1.0
        E 0.6 0.5 0.7 1.2 1.2 1.1 1.3 1.0 0.9 1.2 1.4 0.9
        [CONTROLS]
        LINK U CLOSED IF NODE T ABOVE 5
        LINK U OPEN IF NODE T BELOW 2
        [TIMES]
        DURATION 240:00
        PATTERN TIMESTEP 2:00
        [OPTIONS]
        UNITS LPS
        HEADLOSS H-W
        [END]
        """

    private static let pressures: [Sensor.ID] = ["A", "B", "C", "E", "F", "G"].map { .init("P_" + $0) }
    private static let sensors =
        [
            Sensor(id: "Q", kind: .flow, element: "P1"), Sensor(id: "Q2", kind: .flow, element: "P2"),
            Sensor(id: "L", kind: .level, element: "T"),
        ]
        + zip(pressures, ["A", "B", "C", "E", "F", "G"]).map { Sensor(id: $0, kind: .pressure, element: $1) }

    private static let days = (healthy: 7, later: 3)

    /// Readings of hours one after the other, the tank's level carried on by its inflow, the pump switched by it.
    private static func world(seed: UInt64) throws -> (network: Network, series: [Sensor.ID: [Double?]]) {
        let network = try INP.parse(town, file: "town.inp")
        let solver = try HydraulicSolver(network)
        let nodes = network.nodeIndex(), links = network.linkIndex()
        let tank = try #require(nodes["T"]), pump = try #require(links["U"])
        let model = try ImposedModel(network, sensors: sensors, start: GridTown.mondayMidnight)
        var noise = GridTown.Noise(seed: seed)
        let bias = network.nodes.map { _ in 1 + 0.1 * noise.next() }
        var series: [Sensor.ID: [Double?]] = [:], level = 3.0, runs = true
        for hour in 0..<(days.healthy + days.later) * 24 {
            var conditions = BoundaryConditions(of: network, at: hour * 3600)
            let common = 1 + 0.04 * noise.next()
            for place in network.nodes.indices { conditions.demands[place] *= common * bias[place] * max(0, 1 + 0.1 * noise.next()) }
            runs = level > 5 ? false : level < 2 ? true : runs
            conditions.fixedHeads[tank] = 48 + min(max(level, 0.502), 5.998)
            conditions.apply(.status(runs ? .open : .closed), to: pump, of: network)
            let state = solver.solve(conditions)
            #expect(state.verdict.outcome == .converged)
            for channel in model.channels {
                let error = noise.next()
                if case .tank = channel.source {
                    series[channel.sensor, default: []].append(level + 0.005 * error)
                } else if let value = model.predicted(channel, state) {
                    series[channel.sensor, default: []].append(channel.isFlow ? value * (1 + 0.01 * error) : value + 0.05 * error)
                }
            }
            level = min(max(level + state.demands[tank] * 3600 / (Double.pi * 42.25), 0.5), 6)
        }
        return (network, series)
    }

    private static func remarks(seed: UInt64, _ odd: (Sensor.ID, [Double?]) -> [Double?]) throws -> [LeakRemark] {
        let (network, series) = try world(seed: seed)
        let found = Dictionary(uniqueKeysWithValues: series.map { ($0, odd($0, $1)) }), count = days.healthy * 24
        func record(_ hours: Range<Int>) -> SensorRecord {
            SensorRecord(
                start: GridTown.mondayMidnight + hours.lowerBound * 3600, step: 3600, count: hours.count,
                series: found.mapValues { Array($0[hours]) })
        }
        return try TidiedReadings(
            network, sensors: sensors, baseline: record(0..<count), readings: record(count..<count + days.later * 24),
            solver: HydraulicSolver(network)
        ).remarks
    }

    private static func late(_ values: [Double?], hours: Int) -> [Double?] {
        values.indices.map { values.indices.contains($0 - hours) ? values[$0 - hours] : nil }
    }

    @Test("pressures an hour off the flows and the tank", arguments: [UInt64(1), 2, 3], [1, -1])
    func clocksOfPressures(seed: UInt64, hours: Int) throws {
        let found = try Self.remarks(seed: seed) { sensor, values in
            Self.pressures.contains(sensor) ? Self.late(values, hours: hours) : values
        }
        #expect(found == [.clock(Self.pressures, hours: -hours, from: nil, until: nil)])
    }

    @Test("all sensors an hour off the model", arguments: [UInt64(1), 2, 3], [1, -1])
    func clocksOfAll(seed: UInt64, hours: Int) throws {
        #expect(try Self.remarks(seed: seed) { Self.late($1, hours: hours) } == [.patterns(hours: -hours)])
    }

    @Test("all pressures in psi or in feet", arguments: [UInt64(1), 2, 3], [PressureUnit.poundsPerSquareInch, .foot])
    func units(seed: UInt64, unit: PressureUnit) throws {
        let found = try Self.remarks(seed: seed) { sensor, values in
            Self.pressures.contains(sensor) ? values.map { $0.map { $0 / unit.metres } } : values
        }
        #expect(found == Self.pressures.map { .unit($0, unit) })
    }

    @Test("the level of the tank alone an hour off", arguments: [UInt64(1), 2, 3], [1, -1])
    func clockOfTank(seed: UInt64, hours: Int) throws {
        let found = try Self.remarks(seed: seed) { sensor, values in sensor == "L" ? Self.late(values, hours: hours) : values }
        #expect(found == [.clock(["L"], hours: -hours, from: nil, until: nil)])
    }

    @Test("one in kPa whose node lies 3 m lower than the model has it")
    func kilopascalElsewhere() throws {
        let sensor = try #require(Self.pressures.last)
        let found = try Self.remarks(seed: 1) { $0 == sensor ? $1.map { $0.map { ($0 + 3) / PressureUnit.kilopascal.metres } } : $1 }
        #expect(found == [.unit(sensor, .kilopascal)])
    }

    @Test("nothing is said where nothing is odd", arguments: [UInt64(1), 2, 3])
    func quiet(seed: UInt64) throws {
        #expect(try Self.remarks(seed: seed) { $1 }.isEmpty)
    }
}
