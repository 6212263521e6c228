// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

@Suite("checks of a model: each finds its own slip and nothing else")
struct NetworkCheckTests {
    /// A sound little network in l/s: no check has anything to say.
    static let sound = """
        [JUNCTIONS]
        A 10 1
        B 12 1
        C 11 1
        [RESERVOIRS]
        R 60
        [TANKS]
        T 40 2 0 4 10
        [PIPES]
        P1 R A 500 200 110
        P2 A B 300 150 110
        P3 B C 300 150 110
        P4 C T 200 150 110
        [OPTIONS]
        UNITS LPS
        """

    struct Slip: CustomTestStringConvertible, Sendable {
        let check: String
        let severity: NetworkFinding.Severity
        let elements: [String]
        /// Line of the sound network, and what stands in its place; nil: added at the end.
        let old: String?
        let new: String

        init(_ check: String, _ severity: NetworkFinding.Severity, _ elements: [String], _ old: String?, _ new: String) {
            (self.check, self.severity, self.elements, self.old, self.new) = (check, severity, elements, old, new)
        }

        var text: String { old.map { sound.replacing($0, with: new) } ?? sound + "\n" + new }
        var testDescription: String { "\(check): \(new.replacing("\n", with: " | "))" }
    }

    static let slips: [Slip] = [
        Slip("part_without_source", .error, ["X", "Y"], nil, "[JUNCTIONS]\nX 10 1\nY 10 1\n[PIPES]\nPX X Y 100 100 110"),
        Slip("closed_part", .error, ["X"], nil, "[JUNCTIONS]\nX 10 1\n[PIPES]\nPX B X 100 100 110 0 CLOSED"),
        Slip("closed_part", .note, ["X"], nil, "[JUNCTIONS]\nX 10 0\n[PIPES]\nPX B X 100 100 110 0 CLOSED"),
        Slip("pipe_twice", .warning, ["P2", "P9"], nil, "[PIPES]\nP9 B A 300 150 110"),
        Slip("valve_to_nowhere", .note, ["V"], nil, "[JUNCTIONS]\nX 10 0\n[VALVES]\nV A X 100 TCV 5"),
        Slip("diameter", .error, ["P9"], nil, "[PIPES]\nP9 A C 300 0.15 110"),
        Slip("diameter", .warning, ["P9"], nil, "[PIPES]\nP9 A C 300 5 110"),
        Slip("diameter", .error, ["P2"], "P2 A B 300 150", "P2 A B 300 15000"),
        Slip("length", .warning, ["P2"], "P2 A B 300", "P2 A B 300000"),
        Slip("length", .warning, ["P2"], "P2 A B 300", "P2 A B 0.003"),
        Slip("roughness", .error, ["P9"], nil, "[PIPES]\nP9 A C 300 150 0.1"),
        Slip("roughness", .warning, ["P2"], "P2 A B 300 150 110", "P2 A B 300 150 20"),
        Slip("roughness", .error, ["P1", "P2", "P3", "P4"], "UNITS LPS", "UNITS LPS\nHEADLOSS D-W"),
        Slip("roughness", .error, ["P1", "P2", "P3", "P4"], "UNITS LPS", "UNITS LPS\nHEADLOSS C-M"),
        Slip("minor_loss", .warning, ["P2"], "P2 A B 300 150 110", "P2 A B 300 150 110 5000"),
        Slip("negative_demand", .note, ["B"], "B 12 1", "B 12 -1"),
        Slip("demand_multiplier", .warning, [], "UNITS LPS", "UNITS LPS\nDEMAND MULTIPLIER 0.001"),
        Slip("specific_gravity", .warning, [], "UNITS LPS", "UNITS LPS\nSPECIFIC GRAVITY 13"),
        Slip("valve_setting", .warning, ["V"], nil, "[JUNCTIONS]\nX 10 1\n[VALVES]\nV A X 100 PRV 300"),
        Slip("tank_levels", .note, ["T"], "T 40 2 0 4 10", "T 40 2 2 2 10"),
        Slip(
            "efficiency", .warning, ["E"], nil,
            "[RESERVOIRS]\nR2 20\n[PUMPS]\nU R2 A HEAD H\n[CURVES]\nH 5 60\nE 1 0.5\nE 5 0.7\n[ENERGY]\nPUMP U EFFIC E"),
        Slip("control_level", .warning, ["P2", "T"], nil, "[CONTROLS]\nLINK P2 CLOSED IF NODE T ABOVE 9"),
        Slip(
            "opposed_controls", .warning, ["P2", "T"], nil,
            "[CONTROLS]\nLINK P2 OPEN IF NODE T BELOW 3\nLINK P2 CLOSED IF NODE T ABOVE 2.5"),
        Slip("control_time", .note, ["P2"], nil, "[CONTROLS]\nLINK P2 CLOSED AT TIME 30\n[TIMES]\nDURATION 24:00"),
        Slip("pattern_average", .warning, ["1"], nil, "[PATTERNS]\n1 9 10"),
        Slip("unused_pattern", .note, ["day"], nil, "[PATTERNS]\nday 1 1"),
        Slip("unused_curve", .note, ["old"], nil, "[CURVES]\nold 1 1"),
        Slip("negative_pressure", .warning, ["X"], nil, "[JUNCTIONS]\nX 90 1\n[PIPES]\nPX B X 100 100 110"),
        Slip("high_pressure", .warning, ["X"], nil, "[JUNCTIONS]\nX -300 1\n[PIPES]\nPX B X 100 100 110"),
        Slip("velocity", .warning, ["PX"], nil, "[JUNCTIONS]\nX 10 5\n[PIPES]\nPX B X 3 25 110"),
        Slip("pump_head", .warning, ["U"], nil, "[RESERVOIRS]\nR2 20\n[PUMPS]\nU R2 A HEAD H\n[CURVES]\nH 5 9"),
        Slip("pump_flow", .note, ["U"], nil, "[RESERVOIRS]\nR2 20\n[PUMPS]\nU R2 A HEAD H\n[CURVES]\nH 0 60\nH 1 59"),
    ]

    @Test("a sound network has no findings")
    func soundNetwork() throws {
        #expect(NetworkCheck.findings(in: try INP.parse(Self.sound, file: "sound.inp")).isEmpty)
    }

    @Test("one slip, one finding", arguments: slips)
    func slip(_ slip: Slip) throws {
        let findings = NetworkCheck.findings(in: try INP.parse(slip.text, file: "slip.inp"))
        let found = findings.filter { $0.check == slip.check }
        #expect(found.map(\.severity) == [slip.severity] && found.map(\.elements) == [slip.elements], "\(findings)")
        // What an element with a slip does to the solution may show besides.
        let consequences: Set = ["negative_pressure", "velocity", "pump_head", "not_converged", "high_pressure", "no_demand"]
        #expect(findings.allSatisfy { $0.check == slip.check || consequences.contains($0.check) }, "\(findings)")
        if let name = slip.elements.first { #expect(found.first?.message.contains("'\(name)'") == true) }
        #expect(found.first?.message.contains(";") == true, "what to do is missing")
    }

    @Test("what no file can hold is found in a network made by a program")
    func madeByProgram() throws {
        var network = try INP.parse(Self.sound, file: "sound.inp")
        network.nodes.append(Node(id: "X", elevation: 10, kind: .junction(Junction(demands: [Demand(baseFlow: 0.001)]))))
        guard case .tank(var tank) = network.nodes[4].kind else { return #expect(Bool(false), "the fifth node is the tank") }
        tank.initialLevel = 9
        network.nodes[4].kind = .tank(tank)
        let errors = NetworkCheck.findings(in: network).filter { $0.severity == .error }
        #expect(errors.map(\.check).contains("unconnected_node") && errors.map(\.check).contains("tank_levels"))
        network.links.append(
            Link(id: "L", start: "A", end: "nowhere", kind: .pipe(Pipe(length: 1, diameter: 0.1, roughness: 100)), status: .open))
        #expect(NetworkCheck.findings(in: network).contains { $0.check == "cannot_be_solved" && $0.message.contains("nowhere") })
    }

    /// Thirty junctions in a row, 100 m apart, on a gentle slope.
    private func row(_ change: (Int) -> (elevation: Double, length: Double, demand: Double)) throws -> Network {
        var junctions = "[JUNCTIONS]\n", pipes = "[PIPES]\nP0 R J0 100 300 110\n", places = "[COORDINATES]\nR -100 0\n"
        for k in 0..<30 {
            let (elevation, length, demand) = change(k)
            junctions += "J\(k) \(elevation) \(demand)\n"
            places += "J\(k) \(100 * k) 0\n"
            if k > 0 { pipes += "P\(k) J\(k - 1) J\(k) \(length) 300 110\n" }
        }
        return try INP.parse(junctions + "[RESERVOIRS]\nR 90\n" + pipes + places + "[OPTIONS]\nUNITS LPS\n", file: "row.inp")
    }

    private func checks(_ network: Network) -> [String: [String]] {
        Dictionary(NetworkCheck.findings(in: network).map { ($0.check, $0.elements) }, uniquingKeysWith: { $0 + $1 })
    }

    @Test("elevations and lengths are held against the neighbours and the map")
    func againstTheRest() throws {
        #expect(try checks(row { (20 + 0.2 * Double($0), 100, 0.1) }).isEmpty)
        #expect(try checks(row { ($0 == 7 ? 0 : 20 + 0.2 * Double($0), 100, 0.1) }) == ["elevation": ["J7"]])
        #expect(try checks(row { ($0 == 7 ? 62 : 20 + 0.2 * Double($0), 100, 0.1) }) == ["elevation": ["J7"]])
        #expect(try checks(row { (20, $0 == 7 ? 1000 : 100, 0.1) }) == ["length_against_map": ["P7"]])
        // Drawn without a scale: nothing to hold a length against.
        #expect(try checks(row { (20, 30 * Double($0), 0.1) }).isEmpty)
        #expect(try checks(row { (20, 100, $0 == 7 ? 50 : 0.1) }) == ["demand": ["J7"]])
    }

    @Test("findings come gravest first, and twice the same")
    func order() throws {
        let text = Self.sound + "\n[PATTERNS]\nday 1 1\n[JUNCTIONS]\nX 10 1\n[PIPES]\nPX B X 100 100 110 0 CLOSED\nP9 A B 300 150 110"
        let network = try INP.parse(text, file: "two.inp")
        let findings = NetworkCheck.findings(in: network)
        #expect(findings.map(\.severity) == [.error, .warning, .note] && findings == NetworkCheck.findings(in: network))
    }

    @Test(
        "textbook networks pass without error",
        arguments: ["Published/anytown", "Published/hanoi", "Published/new_york_tunnels", "two_loop", "Generated/town_400"])
    func textbooks(_ name: String) throws {
        let findings = NetworkCheck.findings(in: try INP.read(Places.networks + name + ".inp"))
        #expect(findings.allSatisfy { $0.severity != .error } && findings.filter { $0.severity == .warning }.count <= 1, "\(findings)")
    }
}
