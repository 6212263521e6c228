// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterFiles
import WaterModel

@Suite("INP files: what is wrong is said with line, element and remedy")
struct INPProblemsTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let file: String
        /// nil where the fault is in no one line.
        let line: Int?
        /// Words that the message must hold.
        let names: [String]
        var testDescription: String { file }
    }

    /// `Networks/broken`: one fault each.
    static let own: [Fault] = [
        .init(file: "letters_in_number.inp", line: 10, names: ["P1", "diameter", "15O"]),
        .init(file: "negative_length.inp", line: 10, names: ["P1", "length", "-500"]),
        .init(file: "zero_diameter.inp", line: 10, names: ["P1", "diameter"]),
        .init(file: "unknown_node.inp", line: 11, names: ["P2", "X"]),
        .init(file: "pipe_to_itself.inp", line: 12, names: ["P3", "B"]),
        .init(file: "same_link_twice.inp", line: 11, names: ["P1", "twice", "10"]),
        .init(file: "no_source.inp", line: nil, names: ["reservoir", "tank"]),
        .init(file: "lonely_junction.inp", line: 7, names: ["C"]),
        .init(file: "unknown_pattern.inp", line: 5, names: ["DAY"]),
        .init(file: "unknown_unit.inp", line: 13, names: ["BUCKETS", "LPS"]),
        .init(file: "unknown_formula.inp", line: 14, names: ["D-D", "H-W"]),
        .init(file: "unknown_section.inp", line: 12, names: ["PIPE LINES"]),
        .init(file: "valve_type.inp", line: 13, names: ["V", "PRX", "PRV"]),
        .init(file: "pump_without_curve.inp", line: 13, names: ["NONE"]),
        .init(file: "curve_back_and_forth.inp", line: 17, names: ["C"]),
        .init(file: "control_unknown_link.inp", line: 13, names: ["P9"]),
        .init(file: "control_word.inp", line: 13, names: ["BESIDE", "ABOVE"]),
        .init(file: "bad_time.inp", line: 13, names: ["soon"]),
        .init(file: "tank_levels.inp", line: 13, names: ["T", "level"]),
        .init(file: "prv_at_reservoir.inp", line: 13, names: ["V", "R", "pipe"]),
        .init(file: "check_valve_status.inp", line: 13, names: ["P2", "check valve"]),
    ]

    /// Files of the shared collection that EPANET refuses.
    static let shared: [Fault] = [
        .init(file: "broken_control_cv.inp", line: 13, names: ["P2", "check valve"]),
        .init(file: "broken_curve_not_sorted.inp", line: 17, names: ["K"]),
        .init(file: "broken_duplicate_id.inp", line: 7, names: ["B", "twice", "6"]),
        .init(file: "broken_no_pump_curve.inp", line: 13, names: ["U", "curve", "power"]),
        .init(file: "broken_no_source.inp", line: nil, names: ["reservoir", "tank"]),
        .init(file: "broken_number.inp", line: 10, names: ["P1", "5OO", "length"]),
        .init(file: "broken_only_reservoir.inp", line: nil, names: ["nodes"]),
        .init(file: "broken_pda_limits.inp", line: 20, names: ["required pressure", "minimum pressure"]),
        .init(file: "broken_prv_in_series_shared.inp", line: 16, names: ["V1", "V2", "C"]),
        .init(file: "broken_prv_on_reservoir.inp", line: 13, names: ["V", "R"]),
        .init(file: "broken_rising_pump_curve.inp", line: 15, names: ["K", "fall"]),
        .init(file: "broken_rule.inp", line: 15, names: ["P9", "rule"]),
        .init(file: "broken_section.inp", line: 12, names: ["LEEKAGE"]),
        .init(file: "broken_tank_levels.inp", line: 13, names: ["T", "level"]),
        .init(file: "broken_unconnected_node.inp", line: 7, names: ["C"]),
        .init(file: "broken_undefined_node.inp", line: 12, names: ["P3", "ZZ"]),
        .init(file: "broken_unit.inp", line: 13, names: ["GALLONS"]),
        .init(file: "broken_zero_length.inp", line: 11, names: ["P2", "length"]),
    ]

    private func check(_ fault: Fault, in folder: String) {
        do {
            _ = try INP.read(folder + fault.file)
            Issue.record("\(fault.file) was taken")
        } catch {
            guard case .invalid(let problems) = error else {
                Issue.record("\(fault.file): \(error)")
                return
            }
            let named = problems.filter { problem in fault.names.allSatisfy { problem.description.contains($0) } }
            #expect(named.contains { $0.line == fault.line }, "\(problems.map(\.description))")
            for problem in problems {
                #expect(problem.file.hasSuffix(fault.file) && !problem.what.isEmpty && !problem.remedy.isEmpty, "\(problem)")
            }
        }
    }

    @Test("each file of Networks/broken is refused for its one fault", arguments: own)
    func broken(fault: Fault) { check(fault, in: INPSamples.networks + "broken/") }

    @Test("every file of Networks/broken is in the table")
    func tableIsWhole() {
        let files = INPSamples.files(in: INPSamples.networks + "broken/").map { URL(fileURLWithPath: $0).lastPathComponent }
        #expect(files == Self.own.map(\.file).sorted())
    }

    @Test(
        "files that EPANET refuses are refused with their line", .enabled(if: INPSamples.hasShared, "../shared/networks is not there"),
        arguments: shared)
    func sharedBroken(fault: Fault) { check(fault, in: INPSamples.shared + "own/") }

    @Test("all faults of a file are told at once, in the order of their lines")
    func allAtOnce() {
        let problems = INPSamples.complaints(
            INPSamples.text(
                junctions: "A ten 5\nB 12 6 NIGHT\nB 1", pipes: "P1 R A 0 150 100\nP2 A X 500 150 100\nP3 A B 5 5 5 maybe",
                options: "UNITS LBS\nHEADLOSS X-Y\nVISCOSITY -1\nTRIALS none",
                more: "[VALVES]\nV A B 100 ABC 3\n[CONTROLS]\nLINK P1\n[JUNK]\nx"))
        let text = problems.map(\.description).joined(separator: "\n")
        for word in ["'ten'", "NIGHT", "twice", "length", "'X'", "maybe", "LBS", "X-Y", "viscosity", "trials", "ABC", "control", "JUNK"] {
            #expect(text.contains(word), "\(word) is missing in:\n\(text)")
        }
        let lines = problems.compactMap(\.line)
        #expect(lines == lines.sorted())
        #expect(problems.allSatisfy { $0.file == "town.inp" && !$0.remedy.isEmpty })
    }

    @Test(
        "one fault in a line is one problem with its line",
        arguments: [
            ("[VALVES]\nV A B 0 PRV 20", "diameter"), ("[VALVES]\nV A B 100 GPV NONE", "NONE"), ("[VALVES]\nV A B 100 GPV", "curve"),
            ("[PUMPS]\nU A B HEAD", "power"), ("[PUMPS]\nU A B POWER -4", "power"), ("[PUMPS]\nU A B SIZE 4", "SIZE"),
            ("[PUMPS]\nU A B 30 0.02 20 0.04", "EPANET 1"), ("[EMITTERS]\nA -1", "emitter"), ("[EMITTERS]\nZ 1", "Z"),
            ("[LEAKAGE]\nP9 1 1", "P9"), ("[LEAKAGE]\nP1 x 1", "area"), ("[STATUS]\nP9 CLOSED", "P9"), ("[STATUS]\nP1 AJAR", "AJAR"),
            ("[DEMANDS]\nZ 1", "Z"), ("[DEMANDS]\nA", "demand"), ("[PATTERNS]\nDAY 1 x", "DAY"), ("[COORDINATES]\nA 1 y", "A"),
            ("[CURVES]\nK 1", "K"), ("[ENERGY]\nPUMP Z EFFIC K", "Z"), ("[TANKS]\nT 30 a 0 5 5", "T"),
            ("[CONTROLS]\nLINK P1 OPEN IF NODE Z ABOVE 3", "Z"), ("[CONTROLS]\nLINK P1 OPEN WHEN IT RAINS", "condition"),
        ])
    func oneFault(section: String, word: String) {
        let problems = INPSamples.complaints(INPSamples.text(more: section))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.line == 10 && problems.first?.description.contains(word) == true, "\(problems)")
    }

    @Test("a curve that serves two kinds of use is refused, because its units differ")
    func curveOfTwoUses() {
        let problems = INPSamples.complaints(INPSamples.text(more: "[PUMPS]\nU A B HEAD K\n[VALVES]\nV A B 100 GPV K\n[CURVES]\nK 10 20"))
        #expect(problems.contains { $0.line == 12 && $0.what.contains("'K'") }, "\(problems)")
    }

    @Test("a missing file and a folder are told apart from bad content")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(
            folder.complaints { () throws(TextFileError) in try INP.read(folder.path + "/none.inp") }.first?.contains("no such file")
                == true)
        #expect(folder.complaints { () throws(TextFileError) in try INP.read(folder.path) }.first?.contains("folder") == true)
    }
}
