// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

/// Where EPANET and plain status rules go round in circles.
@Suite("constant power at dead ends, and tanks that are full or empty")
struct DeadEndTests {
    static let modes: [PhysicalConstants] = [.exact, .epanet]
    private let hour = 3600.0
    /// EPANET's trickle through closed links. [m³/s]
    private let trickle = 1e-7

    /// As at `~@Pump-18` of ky11: behind the pump a reducing valve, behind that a check valve that a higher head holds shut.
    private let shut = """
        [JUNCTIONS]
        A 0 0
        B 0 0
        C 0 0
        D 0 5
        [RESERVOIRS]
        LOW 50
        HIGH 70
        [PIPES]
        P1 LOW A 100 200 110
        P2 C D 100 200 110 0 CV
        P3 HIGH D 100 200 110
        [PUMPS]
        U A B POWER 5
        [VALVES]
        V B C 200 PRV 30
        [OPTIONS]
        UNITS LPS
        """

    @Test("a pump of constant power against a valve that is shut stands still", arguments: modes)
    func pumpAgainstValve(_ constants: PhysicalConstants) throws {
        let solved = try NetworkUnderTest(try INP.parse(shut, file: "shut.inp"), constants: constants)
        #expect(solved.state.verdict.isConverged, "\(solved.state.verdict)")
        #expect(try solved.flow("U") == 0)
        #expect(try solved.status("U") == .cannotDeliverHead)
        let fed = try solved.flow("P3")
        #expect(abs(fed - 0.005) < trickle)
    }

    @Test("the same pump runs where the zone behind the valve stands lower", arguments: modes)
    func pumpThroughValve(_ constants: PhysicalConstants) throws {
        let solved = try NetworkUnderTest(try INP.parse(shut.replacing("HIGH 70", with: "HIGH 20"), file: "open.inp"), constants: constants)
        #expect(solved.state.verdict.isConverged, "\(solved.state.verdict)")
        let q = try solved.flow("U")
        // P = ρ g q Δh, to the rounding of EPANET's horsepower.
        let share = 5e-3
        let lift = try solved.head("B") - solved.head("A")
        #expect(q > 0.001 && abs(lift * q * 9806.65 / 5000 - 1) < share)
    }

    @Test("two pumps of constant power in series share the lift by their powers", arguments: modes)
    func series(_ constants: PhysicalConstants) throws {
        let text = """
            [JUNCTIONS]
            M 0 0
            E 0 0
            [RESERVOIRS]
            LOW 10
            HIGH 60
            [PIPES]
            P E HIGH 100 300 110
            [PUMPS]
            U1 LOW M POWER 3
            U2 M E POWER 7
            [OPTIONS]
            UNITS LPS
            """
        let solved = try NetworkUnderTest(try INP.parse(text, file: "series.inp"), constants: constants)
        #expect(solved.state.verdict.isConverged, "\(solved.state.verdict)")
        let share = try (solved.head("M") - 10) / (solved.head("E") - 10)
        #expect(abs(share - 0.3) < 1e-6)
    }

    @Test("a pump that stood still at a full tank starts again when the tank gives water")
    func restart() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            A 0 0
            B 0 5 day
            [RESERVOIRS]
            LOW 10
            [TANKS]
            T 50 5 0 5 10
            [PIPES]
            P1 A T 100 200 110
            P2 T B 100 200 110
            [PUMPS]
            U LOW A POWER 20
            [PATTERNS]
            day 0 0 1 1
            [TIMES]
            DURATION 4:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        let pump = try run.link("U")
        let (still, running) = (try run.moment(0).state, try run.moment(2 * hour).state)
        #expect(still.flows[pump] == 0 && still.statuses[pump] == .cannotDeliverHead)
        #expect(abs(running.flows[pump] - 0.005) < 1e-9)
    }

    @Test("the inlet of a full tank passes what the outlet takes, in a solve an hour")
    func fullTank() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            D 0 5
            [RESERVOIRS]
            R 80
            [TANKS]
            T 50 5 0 5 10
            [PIPES]
            P1 R T 500 200 110
            P2 T D 500 200 110
            [TIMES]
            DURATION 24:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        #expect(run.moments.count == 25)
        let inlet = try run.link("P1"), tank = try run.node("T")
        for moment in run.moments {
            #expect(abs(moment.state.flows[inlet] - 0.005) < 1e-9 && moment.state.statuses[inlet] == .active)
            #expect(abs((moment.state.heads[tank] ?? 0) - 55) < 1e-9)
        }
        #expect(abs(run.total.closure) < 1e-9 && abs(run.total.inflow - 0.005 * 24 * hour) < 1e-6)
    }

    @Test("the inlet opens when the outlet takes more than it can bring, and the tank falls")
    func fullTankFalls() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            D 0 100 day
            [RESERVOIRS]
            R 80
            [TANKS]
            T 50 5 0 5 20
            [PIPES]
            P1 R T 1000 200 110
            P2 T D 500 300 110
            [PATTERNS]
            day 0.1 1 0.1 0.1
            [TIMES]
            DURATION 4:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        let inlet = try run.link("P1"), tank = try run.node("T")
        let resistance = Formula.hazenWilliams(1, length: 1000, diameter: 0.2, c: 110)
        let open = try run.moment(hour).state
        #expect(open.statuses[inlet] == .open)
        #expect(abs(open.flows[inlet] - Formula.hazenWilliamsFlow(25, perFlow: resistance)) < 1e-6)
        // q_in rises by less than a part in a hundred as the level falls.
        let fall = (0.1 - open.flows[inlet]) * hour / (Double.pi * 100)
        let level = try run.moment(2 * hour).state.heads[tank] ?? 0
        #expect(abs(55 - fall - level) < 0.02 * fall)
        #expect(run.moments.count < 12 && abs(run.total.closure) < 1e-6)
    }

    @Test("the outlet of an empty tank passes what comes in")
    func emptyTank() throws {
        let run = try RunUnderTest(
            """
            [JUNCTIONS]
            S 60 -5
            [RESERVOIRS]
            LOW 10
            [TANKS]
            T 50 0 0 5 10
            [PIPES]
            P1 S T 500 200 110
            P2 T LOW 500 200 110
            [TIMES]
            DURATION 24:00
            [OPTIONS]
            UNITS LPS
            """)
        #expect(run.isConverged, "\(run.verdicts)")
        #expect(run.moments.count < 30)
        let outlet = try run.link("P2")
        let noon = try run.moment(12 * hour).state
        #expect(abs(noon.flows[outlet] - 0.005) < 1e-9)
    }

    @Test("pressure-driven demands of cubic metres a second converge: their rounding is no lack of energy", arguments: modes)
    func largeDemands(_ constants: PhysicalConstants) throws {
        var network = try INP.read(Places.networks + "Published/new_york_tunnels.inp")
        network.hydraulics.demandModel = .pressureDriven(PressureLimits(minimum: 0, required: 20, exponent: 0.5))
        let solved = try NetworkUnderTest(network, constants: constants)
        #expect(solved.state.verdict.isConverged, "\(solved.state.verdict)")
    }

    @Test("ky11 and ky12 run through a day, every step converged", .enabled(if: Places.hasShared), arguments: ["ky11", "ky12"])
    func kentucky(_ name: String) throws {
        var network = try INP.read(Places.shared + "published/\(name).inp", constants: .epanet)
        network.times.duration = 24 * 3600
        let run = try RunUnderTest(network, constants: .epanet)
        #expect(run.isConverged, "\(run.verdicts)")
    }

    @Test("ky12 with exact constants converges at every solve, a throttled inlet in a few steps", .enabled(if: Places.hasShared))
    func ky12() throws {
        var network = try INP.read(Places.shared + "published/ky12.inp")
        network.times.duration = 24 * 3600
        let run = try RunUnderTest(network)
        #expect(run.isConverged && run.moments.count < 50, "\(run.verdicts)")
        #expect(run.moments.dropFirst().allSatisfy { $0.state.verdict.iterations <= 20 })
    }

    @Test("two pumps of constant power in series start together when the second is switched on", arguments: modes)
    func pumpsInSeries(_ constants: PhysicalConstants) throws {
        let run = try RunUnderTest(try INP.read(Places.networks + "Features/pumps_of_power_in_series.inp"), constants: constants)
        #expect(run.isConverged, "\(run.verdicts)")
        for h in [0.0, 1, 5, 7] {
            for pump in ["FIRST", "SECOND"] { #expect(try run.flow(pump, at: h * hour) == 0, "\(pump) at \(h) h") }
        }
        for h in [2.0, 4, 8, 11] {
            let state = try run.moment(h * hour).state
            #expect(state.verdict.iterations < 20, "\(h) h: \(state.verdict.iterations)")
            for (pump, ends, kilowatts) in [("FIRST", ("R", "A"), 25.0), ("SECOND", ("B", "C"), 5.0)] {
                let lift = try run.head(ends.1, at: h * hour) - run.head(ends.0, at: h * hour)
                // ρ g q Δh; EPANET's 8.814 is rounded.
                let given = try 9.80665 * run.flow(pump, at: h * hour) * lift
                #expect(abs(given / kilowatts - 1) < (constants.followsEPANET ? 1e-3 : 1e-6), "\(pump) at \(h) h: \(given) kW")
            }
        }
    }

    @Test("ky8: pumps in series give the power they have, where EPANET finds them at 1e-7 m³/s", .enabled(if: Places.hasShared))
    func ky8() throws {
        var network = try INP.read(Places.shared + "published/ky8.inp")
        network.times.duration = 3 * 3600
        let run = try RunUnderTest(network)
        #expect(run.isConverged, "\(run.verdicts)")
        for (pump, horsepower) in [("2", 100.0), ("5", 40.0)] {
            let lift = try run.head("O-Pump-\(pump)", at: 3 * hour) - run.head("I-Pump-\(pump)", at: 3 * hour)
            let given = try 9806.65 * run.flow("~@Pump-\(pump)", at: 3 * hour) * lift / 745.699871582
            #expect(abs(given / horsepower - 1) < 1e-6, "pump \(pump): \(given) hp")
        }
    }

    @Test("van Zyl's network takes a handful of solves an hour", .enabled(if: Places.hasShared))
    func vanZyl() throws {
        var network = try INP.read(Places.shared + "published/van_zyl.inp")
        network.times.duration = 24 * 3600
        let run = try RunUnderTest(network)
        #expect(run.isConverged && run.moments.count < 40, "\(run.moments.count) solves, \(run.verdicts)")
        // EPANET 2.3.5 in hydraulic steps of 10 s: 84.8648 and 94.9975 m at 3 h, then both within 2 mm of their rims.
        #expect(abs(try run.head("t5", at: 3 * hour) - 84.8648) < 0.01)
        #expect(abs(try run.head("t6", at: 3 * hour) - 94.9975) < 0.003)
        for h in 4...24 {
            #expect(abs(try run.head("t5", at: Double(h) * hour) - 85) < 1e-3, "\(h) h")
            #expect(abs(try run.head("t6", at: Double(h) * hour) - 95) < 1e-3, "\(h) h")
        }
    }

    @Test("two full tanks behind one chain of pumps: both inlets throttle, and no pump is taken for beaten on the way")
    func twoFullTanks() throws {
        let run = try RunUnderTest(try INP.read(Places.networks + "Features/two_full_tanks.inp"))
        #expect(run.isConverged && run.moments.count <= 16, "\(run.moments.count) solves, \(run.verdicts)")
        for moment in run.moments where moment.time >= hour {
            let statuses = try ["P1", "P2", "PU", "BOOST"].map { moment.state.statuses[try run.link($0)] }
            #expect(statuses == [.active, .active, .open, .open], "\(moment.time) s")
        }
    }
}
