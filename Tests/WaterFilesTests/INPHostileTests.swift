// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterFiles
import WaterModel

@Suite("INP files: hostile input ends in an error, never in a crash")
struct INPHostileTests {
    @Test(
        "an empty file, and one of blanks and comments, is refused with one clear problem",
        arguments: ["", " ", "\n\n\n", "; nothing\n"])
    func empty(text: String) {
        let problems = INPSamples.complaints(text)
        #expect(problems.count == 1 && problems[0].what.contains("nodes"), "\(problems)")
    }

    @Test("binary bytes are refused, with a bounded number of problems of bounded length")
    func binary() throws {
        var random: UInt64 = 7
        let bytes = (0..<200_000).map { _ -> UInt8 in
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: random >> 33)
        }
        for start in ["", "[JUNCTIONS]\n", "[OPTIONS]\n", "[CURVES]\n", "[RULES]\n"] {
            let problems = INPSamples.complaints(FileBytes.text(Array(start.utf8) + bytes))
            #expect(!problems.isEmpty && problems.count <= INP.mostProblems + 1)
            // A cut word of 300 letters and the words around it.
            #expect(problems.allSatisfy { $0.what.utf8.count < 2000 })
        }
        #expect(!INPSamples.complaints(String(repeating: "\0", count: 100_000)).isEmpty)
    }

    @Test("a line of 10 MB is refused or read, in bounded words", .timeLimit(.minutes(1)))
    func longLine() {
        let letters = String(repeating: "x", count: 10_000_000)
        for text in ["[JUNCTIONS]\nA " + letters, "[" + letters.prefix(100_000), String(letters.prefix(100_000))] {
            let problems = INPSamples.complaints(text)
            #expect(!problems.isEmpty && problems.allSatisfy { $0.description.utf8.count < 4000 })
        }
        let numbers = "[PATTERNS]\nDAY" + String(repeating: " 1", count: 200_000) + "\n" + INPSamples.text()
        #expect(INPSamples.complaints(numbers).isEmpty)
    }

    @Test(
        "huge, tiny and odd numbers",
        arguments: [
            "1e308", "-1e308", "1e309", "1e-320", "9999999999999999999999", "0x10", "inf", "nan", "1e", "--1", "+5", "1,5", ".", "e5", "１",
        ])
    func numbers(word: String) {
        // Either read or refused by name; never trapped.
        for text in [
            INPSamples.text(junctions: "A \(word) 5\nB 12 6"), INPSamples.text(junctions: "A 10 \(word)\nB 12 6"),
            INPSamples.text(pipes: "P1 R A \(word) \(word) \(word)\nP2 A B 1 1 1"),
            INPSamples.text(options: "TRIALS \(word)\nACCURACY \(word)\nVISCOSITY \(word)\nEMITTER EXPONENT \(word)"),
            INPSamples.text(more: "[TIMES]\nDURATION \(word)\nPATTERN START \(word):\(word)"),
            INPSamples.text(more: "[VALVES]\nV A B \(word) FCV \(word)\n[EMITTERS]\nA \(word)\n[LEAKAGE]\nP1 \(word) \(word)"),
            INPSamples.text(
                more: "[CURVES]\nK \(word) \(word)\nK \(word) 1\n[PUMPS]\nU A B HEAD K\n[STATUS]\nU \(word)\n\(word) \(word) OPEN"),
            INPSamples.text(more: "[CONTROLS]\nLINK P1 \(word) IF NODE A ABOVE \(word)\nLINK P1 OPEN AT TIME \(word)"),
        ] {
            for problem in INPSamples.complaints(text) { #expect(!problem.what.isEmpty && !problem.remedy.isEmpty) }
        }
    }

    @Test("single words, bare brackets and lone quotes in every section")
    func fragments() {
        let sections = [
            "TITLE", "JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "VALVES", "CONTROLS", "RULES", "DEMANDS", "EMITTERS", "LEAKAGE",
            "PATTERNS", "CURVES", "STATUS", "ENERGY", "TIMES", "OPTIONS", "COORDINATES", "VERTICES", "TAGS", "LABELS", "QUALITY",
        ]
        let lines = [
            "x", "\"", "\"\"", "\" \" \"", "A", "P1", "A B", "P1 R A", ",", "[", "[]", "[[]]", "LINK", "IF NODE A", "DISABLED",
            "UNITS", "DEMAND", "DEMAND MODEL", "PRESSURE", "PRESSURE EXPONENT", "PATTERN", "EMITTER", "EMITTER BACKFLOW", "MULTIPLY",
            "PUMP U EFFIC", "START CLOCKTIME", "A \"\" \"\"", "P1 P2 P3 P4 P5 P6 P7 P8 P9", "1 0 OPEN", "9 1 CLOSED", "é ü ñ", "\u{301}",
        ]
        var taken = 0
        for section in sections {
            for line in lines { if INPSamples.complaints(INPSamples.text(more: "[\(section)]\n\(line)")).isEmpty { taken += 1 } }
        }
        #expect(taken < sections.count * lines.count)
    }

    @Test("thousands of seeded mutations of a whole model end in a network or a list of problems", .timeLimit(.minutes(1)))
    func mutations() throws {
        let models = try ["mains_with_valves.inp", "pumps.inp", "loss_valves.inp", "favad.inp"].map {
            try FileBytes.read(INPSamples.networks + $0)
        }
        let words = ["[", "]", "\"", ";", "\n", "\r", "-", "1e400", "NaN", "0", "*", "[END]", "[PIPES]", "\u{0}", "é", "CLOSED", " ", "CV"]
        var state: UInt64 = 2026
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        var taken = 0, refused = 0
        for _ in 0..<4000 {
            var bytes = models[next(models.count)]
            for _ in 0...next(4) {
                let place = next(bytes.count)
                switch next(5) {
                case 0: bytes[place] = UInt8(next(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: Array(words[next(words.count)].utf8), at: place)
                case 3:
                    let end = min(bytes.count, place + next(40))
                    bytes.removeSubrange(place..<end)
                default:
                    let end = min(bytes.count, place + next(60))
                    bytes.insert(contentsOf: Array(bytes[place..<end]), at: next(bytes.count))
                }
                if bytes.isEmpty { bytes = [32] }
            }
            do {
                _ = try INP.parse(FileBytes.text(bytes), file: "mutant.inp")
                taken += 1
            } catch {
                guard case .invalid(let problems) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(!problems.isEmpty)
                refused += 1
            }
        }
        // Both happen, or the mutations try nothing.
        #expect(taken > 100 && refused > 1000, "\(taken) taken, \(refused) refused")
    }
}
