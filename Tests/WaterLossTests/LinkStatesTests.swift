// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// Readings are those of the model itself, with the pumps in states that the search is not told.
@Suite("the state of pumps, told from pressures and flows")
struct LinkStatesTests {
    /// A pump by the clock and one by the level of a tank; both lift to a town with a meter at each source.
    static let town = """
        [JUNCTIONS]
        A 10 0
        B 10 0
        C 12 20 D
        E 14 15 D
        [RESERVOIRS]
        R1 8
        R2 9
        [TANKS]
        T 50 3 0 6 20 0
        [PIPES]
        P1 A C 800 250 120
        P2 B E 900 250 120
        P3 C E 700 200 120
        P4 E T 400 250 120
        [PUMPS]
        U1 R1 A HEAD K
        U2 R2 B HEAD K
        [CURVES]
        K 30 60
        [PATTERNS]
        D 0.6 0.5 0.6 1.2 1.4 1.1 0.9 1.2
        [CONTROLS]
        LINK U1 OPEN AT CLOCKTIME 6 AM
        LINK U1 1.0 AT CLOCKTIME 7 AM
        LINK U1 CLOSED AT CLOCKTIME 6 PM
        LINK U2 CLOSED IF NODE T ABOVE 5
        LINK U2 OPEN IF NODE T BELOW 2
        [TIMES]
        DURATION 48:00
        PATTERN TIMESTEP 3:00
        [STATUS]
        U1 CLOSED
        [OPTIONS]
        UNITS LPS
        HEADLOSS H-W
        [END]
        """

    static let hours = 48

    /// Readings of a day and a half with the pumps as `isOn` says, at a level that moves by itself.
    static func reading(_ network: Network, _ isOn: (_ hour: Int) -> (first: Bool, second: Bool)) throws -> (SensorRecord, [Sensor]) {
        let sensors = [
            Sensor(id: "QA", kind: .flow, element: "P1"), Sensor(id: "QB", kind: .flow, element: "P2"),
            Sensor(id: "PC", kind: .pressure, element: "C"), Sensor(id: "PE", kind: .pressure, element: "E"),
            Sensor(id: "LT", kind: .level, element: "T"),
        ]
        let solver = try HydraulicSolver(network)
        let links = network.linkIndex(), nodes = network.nodeIndex()
        let first = try #require(links["U1"]), second = try #require(links["U2"])
        var series: [Sensor.ID: [Double?]] = [:]
        for hour in 0..<hours {
            var conditions = BoundaryConditions(of: network, at: hour * 3600)
            let level = 3 + 0.05 * Double(hour % 24)
            conditions.fixedHeads[try #require(nodes["T"])] = 50 + level
            let on = isOn(hour)
            conditions.apply(.status(on.first ? .open : .closed), to: first, of: network)
            conditions.apply(.status(on.second ? .open : .closed), to: second, of: network)
            let state = solver.solve(conditions)
            #expect(state.verdict.outcome == .converged)
            series["QA", default: []].append(state.flows[try #require(links["P1"])])
            series["QB", default: []].append(state.flows[try #require(links["P2"])])
            series["PC", default: []].append(state.heads[try #require(nodes["C"])].map { $0 - 12 })
            series["PE", default: []].append(state.heads[try #require(nodes["E"])].map { $0 - 14 })
            series["LT", default: []].append(level)
        }
        return (SensorRecord(start: GridTown.mondayMidnight, step: 3600, count: hours, series: series), sensors)
    }

    static func residuals(_ isOn: (_ hour: Int) -> (first: Bool, second: Bool)) throws -> (HourlyResiduals, Network) {
        let network = try INP.parse(town, file: "town.inp")
        let (record, sensors) = try reading(network, isOn)
        let model = try ImposedModel(network, sensors: sensors, start: record.start)
        return (HourlyResiduals(model, record, solver: try HydraulicSolver(network)), network)
    }

    static func isScheduled(_ hour: Int) -> Bool { (6..<18).contains(hour % 24) }

    @Test("a pump by the clock keeps running after the hour of its control, and one by level is told from the readings")
    func scheduleAndLevel() throws {
        let (found, network) = try Self.residuals { (Self.isScheduled($0), $0 % 7 < 3) }
        let links = network.linkIndex()
        let first = try #require(links["U1"]), second = try #require(links["U2"])
        for hour in 0..<Self.hours {
            #expect((found.conditions[hour].statuses[first] != .closed) == Self.isScheduled(hour), "hour \(hour)")
            #expect((found.conditions[hour].statuses[second] != .closed) == (hour % 7 < 3), "hour \(hour)")
            // The model is true here: what is left is the level's clearance of its limits.
            for k in 0..<4 { if let left = found.residuals[k][hour] { #expect(abs(left) < 1e-6) } }
        }
    }

    @Test("a pump that ran off its schedule for three hours is seen")
    func offSchedule() throws {
        let (found, network) = try Self.residuals { hour in (Self.isScheduled(hour) != (27..<30).contains(hour), hour % 7 < 3) }
        let first = try #require(network.linkIndex()["U1"])
        for hour in 0..<Self.hours {
            let isOn = Self.isScheduled(hour) != (27..<30).contains(hour)
            #expect((found.conditions[hour].statuses[first] != .closed) == isOn, "hour \(hour)")
        }
    }
}
