// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

/// Cases in which EPANET 2.3.5 is wrong or weak, on the shared collection of networks; `Networks/README.md` has the table, with the
/// networks of our own that show the same where the collection is not there.
@Suite("Where EPANET 2.3.5 is wrong or weak", .enabled(if: Places.hasShared, "../shared/networks is not there"))
struct EPANETFaultTests {
    private let hour = 3600.0

    private func solved(_ name: String, _ mode: ConstantsMode = .exact) throws -> NetworkUnderTest {
        try NetworkUnderTest(try INP.read(Places.shared + name + ".inp", constants: mode), constants: mode.physical)
    }

    private func run(_ name: String, hours: Int? = nil, _ mode: ConstantsMode = .exact) throws -> Simulation {
        var network = try INP.read(Places.shared + name + ".inp", constants: mode)
        if let hours { network.times.duration = hours * 3600 }
        return try Simulation(of: network, constants: mode.physical)
    }

    @Test("a PSV set above what its inlet can have stands open", arguments: ConstantsMode.allCases)
    func sustainingValve(_ mode: ConstantsMode) throws {
        let found = try solved("own/psv_set_above_inlet", mode)
        for (node, pressure) in [("J1", 69.05), ("J2", 68.11), ("J3", 68.11), ("J4", 67.16)] {
            #expect(abs(try found.head(node) - 180 - pressure) < 0.005, "\(node)")
        }
        let flow = try found.flow("V")
        #expect(try found.status("V") == .cannotDeliverPressure)
        #expect(abs(flow - 100.0 / 3600) < 1e-6)
    }

    @Test("leaks of [LEAKAGE] follow the manual in feet and metres", arguments: [("favad_single_gpm", 0.3048), ("favad_single_lps", 1.0)])
    func leaks(_ name: String, unit: Double) throws {
        let found = try solved("own/" + name)
        let pressure = try found.head("J1")
        // 100 mm² for each 100 length units, and 2 mm² for each of these and each unit of head; 1000 m of pipe.
        let area = 1000 / unit / 100 * (100 + 2 * pressure / unit) * 1e-6
        let expected = 0.6 * (2 * 9.80665 * pressure).squareRoot() * area, given = try found.outflow("J1")
        #expect(abs(given / expected - 1) < 1e-6, "\(given), \(expected)")
    }

    @Test("with EPANET's constants the expansion of leaks stays per metre of head, in feet too")
    func leaksInParity() throws {
        let found = try solved("own/favad_single_gpm", .epanet)
        let pressure = try found.head("J1")
        let area = 1000 / 0.3048 / 100 * (100 + 2 * pressure) * 1e-6
        let expected = 0.6 * (2 * 32.2 * 0.3048 * pressure).squareRoot() * area, given = try found.outflow("J1")
        #expect(abs(given / expected - 1) < 1e-4, "\(given), \(expected)")
    }

    @Test(
        "a converged solve loses just the head between the ends of every link, at any accuracy of the file",
        arguments: ["ky11", "Net6_plus", "Net6", "exnet-3", "BAK", "Todini_two-loop_CMH", "Todini_two-loop_GPM", "shamir"])
    func energy(_ name: String) throws {
        for mode in ConstantsMode.allCases {
            let verdict = try solved("published/" + name, mode).state.verdict
            #expect(verdict.isConverged && verdict.energyResidual <= 1e-6, "\(mode): \(verdict)")
        }
    }

    @Test("networks that stop EPANET run through a day", arguments: ["BCN_C-Town", "Richmond_standard"])
    func wholeDay(_ name: String) throws {
        let day = try run("published/" + name, hours: 24)
        #expect(day.isConverged && day.steps.count == 25)
        #expect(day.solves.allSatisfy { $0.verdict.energyResidual <= 1e-6 })
        for step in day.steps { #expect(step.state.heads.allSatisfy { abs($0 ?? 0) < 1e3 }, "\(step.time) s") }
    }

    @Test("two tanks joined by a short pipe settle at 35 m, less what is drawn from both")
    func linkedTanks() throws {
        let found = try run("own/tanks_linked")
        for step in found.steps.dropFirst() {
            let head = 35 - 0.002 * Double(step.time) / (2 * Double.pi * 9)
            for node in step.state.heads.indices.suffix(2) { #expect(abs((step.state.heads[node] ?? 0) - head) < 1e-3, "\(step.time) s") }
        }
    }

    @Test("a tank drains by the closed form in steps of an hour")
    func drain() throws {
        let found = try RunUnderTest(try INP.read(Places.shared + "own/tank_drain.inp"))
        let resistance = Formula.hazenWilliams(1, length: 1000, diameter: 0.2, c: 100)
        for h in 0...12 {
            let level = TankFormula.drop(9, resistance: resistance, area: Double.pi * 25, after: Double(h) * hour)
            #expect(abs(try found.level("T", at: Double(h) * hour) - level) < 1e-3, "\(h) h")
        }
    }

    @Test(
        "parts without a source have no heads and are named, and the verdict says that they cannot be supplied",
        arguments: [
            ("own/island_closed_pipe", ["B", "C", "D", "E"]), ("own/island_behind_cv", ["A", "B"]), ("own/tank_runs_dry", ["A", "B"]),
            ("small/control_comb", ["j1"]),
        ] as [(String, [String])])
    func islands(_ name: String, cutOff: [String]) throws {
        let found = try RunUnderTest(try INP.read(Places.shared + name + ".inp"))
        let told = found.moments.filter { $0.state.verdict.outcome == .demandWithoutSource }
        #expect(!told.isEmpty && found.moments.count == told.count + found.moments.filter(\.state.verdict.isConverged).count)
        for moment in told {
            #expect(moment.state.verdict.isolatedNodes.map(\.name) == cutOff, "\(moment.time) s")
            for node in cutOff { #expect(try moment.state.heads[found.node(node)] == nil) }
        }
        #expect(found.moments.allSatisfy { $0.state.heads.allSatisfy { abs($0 ?? 0) < 1e3 } })
    }

    @Test("pipes of a ten-thousandth of a millimetre have no answer that converges, and the check names them")
    func placeholders() throws {
        let network = try INP.read(Places.shared + "published/hanoi-template.inp")
        let verdict = try NetworkUnderTest(network).state.verdict
        #expect(!verdict.isConverged, "\(verdict)")
        #expect(NetworkCheck.findings(in: network).contains { $0.check == "diameter" && $0.severity == .error })
    }

    @Test("cross pipes and dead ends of a symmetric loop carry nothing, at the file's own accuracy")
    func zeroFlow() throws {
        let found = try solved("own/zero_flow_loop")
        #expect(found.state.verdict.isConverged)
        for pipe in ["P3", "P6", "P7", "P8", "P9"] {
            let flow = try found.flow(pipe)
            #expect(abs(flow) < 1e-15, "\(pipe): \(flow)")
        }
    }

    @Test("demand over a pressure range of 0.1 m: nothing below, all above, Wagner's share between")
    func steepDemand() throws {
        let found = try solved("own/pda_step")
        #expect(found.state.verdict.isConverged)
        for (node, outflow) in [("A", 0.010), ("C", 0), ("D", 0)] { #expect(try found.outflow(node) == outflow, "\(node)") }
        let pressure = try found.head("B") - 44
        #expect(abs(try found.outflow("B") - 0.012 * (pressure / 0.1).squareRoot()) < 1e-9)
    }

    @Test("beyond the last point of its curve a PCV goes straight to (100, 100)")
    func positionalValve() throws {
        let found = try solved("own/pcv_curve")
        // V4 is 90 % open, half-way from (80, 75) to (100, 100); K of the open valve is 8.
        let loss = Formula.localLoss(try found.flow("V4"), diameter: 0.1, k: 8 / (0.875 * 0.875))
        #expect(abs(try found.head("A4") - found.head("B4") - loss) < Bar.head)
    }
}
