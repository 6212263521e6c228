// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterFiles
import WaterModel

@Suite("INP files: what is written reads back the same")
struct INPWriterTests {
    /// All that a network holds, as text; numbers to their last digit.
    private func dump(_ network: Network) -> String {
        var text = ""
        Swift.dump(network, to: &text, maxDepth: 40)
        return text
    }

    private func written(_ network: Network, _ constants: ConstantsMode = .exact) throws -> INP.Written {
        try INP.text(of: network, constants: constants, file: "town.inp")
    }

    /// Reads, writes, reads again, and compares the whole model.
    private func check(_ path: String, _ constants: ConstantsMode) {
        do {
            let network = try INP.read(path, constants: constants)
            let text = try written(network, constants).text
            var again = try INP.parse(text, file: "again.inp", constants: constants)
            #expect(try written(again, constants).text == text, "\(path)")
            #expect(again.nodes.count == network.nodes.count && again.links.count == network.links.count)
            // Elements are written kind by kind; the model keeps the order of the file.
            var sorted = network
            sorted.nodes =
                network.nodes.filter(\.isJunction) + network.nodes.filter { $0.reservoir != nil } + network.nodes.filter { $0.tank != nil }
            sorted.links =
                network.links.filter { $0.pipe != nil } + network.links.filter { $0.pump != nil } + network.links.filter { $0.valve != nil }
            for index in sorted.nodes.indices { sorted.nodes[index] = plain(sorted.nodes[index]) }
            for index in again.nodes.indices { again.nodes[index] = plain(again.nodes[index]) }
            let one = dump(sorted), two = dump(again)
            if one != two {
                let lines = zip(one.split(separator: "\n"), two.split(separator: "\n")).filter { $0 != $1 }
                Issue.record("\(path): \(lines.prefix(4))")
            }
        } catch {
            Issue.record("\(path): \(error)")
        }
    }

    /// A demand of zero without a pattern is none.
    private func plain(_ node: Node) -> Node {
        guard var junction = node.junction, junction.demands.count == 1, junction.demands[0].baseFlow == 0,
            junction.demands[0].pattern == nil, junction.demands[0].category == nil
        else { return node }
        junction.demands = []
        var node = node
        node.kind = .junction(junction)
        return node
    }

    @Test("each network of the project's own folder, with both kinds of constants", arguments: ConstantsMode.allCases)
    func own(constants: ConstantsMode) {
        for path in INPSamples.files(in: INPSamples.networks) { check(path, constants) }
    }

    @Test(
        "each whole network of the collection of up to 200 kB", .enabled(if: INPSamples.hasShared, "../shared/networks is not there"),
        arguments: ConstantsMode.allCases)
    func shared(constants: ConstantsMode) {
        for path in INPCorpusTests.whole {
            let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
            if size < 200_000 { check(path, constants) }
        }
    }

    @Test("numbers are those of the file, without the dust of two conversions", arguments: ["LPS", "GPM", "IMGD", "CMH"])
    func shortNumbers(unit: String) throws {
        let text = INPSamples.text(
            junctions: "A 10.1 5.3\nB 12.7 0.1", pipes: "P1 R A 123.4 152.4 110.5 0.7\nP2 A B 300 101.6 97",
            options: "UNITS \(unit)", more: "[VALVES]\nV A B 76.2 PRV 33.3\n[EMITTERS]\nA 0.37\n[LEAKAGE]\nP1 12.3 0.45")
        for constants in ConstantsMode.allCases {
            let network = try INPSamples.read(text, constants: constants)
            let output = try written(network, constants).text
            for line in [
                "A 10.1 5.3", "B 12.7 0.1", "P1 R A 123.4 152.4 110.5 0.7 Open", "V A B 76.2 PRV 33.3 0", "A 0.37", "P1 12.3 0.45",
            ] {
                #expect(output.contains("\n\(line)\n"), "\(line)\n\(output)")
            }
        }
    }

    @Test("kept sections and lines stand as they stood, the title too")
    func kept() throws {
        let text =
            "[TITLE]\nA town\n of two\n"
            + INPSamples.text(
                options: "UNITS LPS\nUNBALANCED CONTINUE 10\nQUALITY Age",
                more: "[QUALITY]\nA 0.5 ; \"here\"\n[LABELS]\n1 1 \"a label\"\n[TIMES]\nSTATISTIC MAXIMUM")
        let output = try written(try INPSamples.read(text)).text
        #expect(output.hasPrefix("[TITLE]\nA town\n of two\n"))
        for piece in [
            "[QUALITY]\nA 0.5 ; \"here\"\n", "[LABELS]\n1 1 \"a label\"\n", "STATISTIC MAXIMUM\n", "UNBALANCED CONTINUE 10\nQUALITY Age\n",
        ] {
            #expect(output.contains(piece), "\(piece)")
        }
    }

    @Test("where the default pattern is constant, pattern 1 does not become the default")
    func noDefaultPattern() throws {
        let text = INPSamples.text(options: "UNITS LPS\nPATTERN NONE", more: "[PATTERNS]\n1 2 2\nNONE_ 1 1")
        let network = try INPSamples.read(text)
        #expect(try INPSamples.read(try written(network).text).hydraulics.defaultPattern == nil)
    }

    @Test("names with blanks stand in quotes; names that cannot be written are refused by name")
    func names() throws {
        var network = try INPSamples.read(
            INPSamples.text(
                junctions: "\"n 1\" 10 5\nB;C 12 6", pipes: "P1 R \"n 1\" 500 150 100\nP2 \"n 1\" B 500 150 100"))
        let output = try written(network)
        #expect(output.text.contains("\"n 1\" 10 5\n") && output.remarks.contains { $0.contains("n 1") && $0.contains("quotes") })
        #expect(try INPSamples.read(output.text).nodes.map(\.id) == network.nodes.map(\.id))
        for name in ["", "[A]", "two \"words\"", "a\nb"] {
            network.nodes[1].id = Node.ID(name)
            #expect(throws: TextFileError.self, "\(name)") { try written(network) }
        }
    }

    @Test("leaks at nodes become emitters; what has no place is told, a sentence each")
    func remarks() throws {
        var network = try INPSamples.read(INPSamples.text(options: "UNITS LPS\nBACKFLOW ALLOWED NO"))
        #expect(try written(network).remarks.isEmpty)
        network.leaks = [
            Leak(place: .node("A"), coefficient: 0.001, exponent: 1.1),
            Leak(place: .pipe("P2", fraction: 0.3), coefficient: 0.001, exponent: 0.5),
            Leak(place: .node("B"), coefficient: 0.002, exponent: 0.5), Leak(place: .node("A"), coefficient: 0.001, exponent: 0.5),
        ]
        var junction = try network.junction("B")
        junction.pressureLimits = PressureLimits(minimum: 0, required: 10, exponent: 0.5)
        network.nodes[1].kind = .junction(junction)
        let output = try written(network)
        #expect(output.text.contains("\nA 1 1.1\n") && output.text.contains("\nB 2\n"))
        for word in ["P2", "'A' has no place", "one exponent", "pressure limits"] {
            #expect(output.remarks.filter { $0.contains(word) }.count == 1, "\(word): \(output.remarks)")
        }
        #expect(try INPSamples.read(output.text).junction("A").emitter == Emitter(coefficient: 0.001, exponent: 1.1))
    }

    @Test("a time of a control is the same second in EPANET, which drops fractions")
    func moments() throws {
        var network = try INPSamples.read(INPSamples.text())
        let seconds = Array(0..<5000) + [86_399, 100_001, 359_999]
        network.controls = seconds.map { Control(link: "P1", action: .status(.closed), trigger: .time($0)) }
        let text = try written(network, .epanet).text
        let again = try INPSamples.read(text, constants: .epanet)
        #expect(again.controls.map(\.trigger) == network.controls.map(\.trigger))
        #expect(try INPSamples.read(text).controls.map(\.trigger) == network.controls.map(\.trigger))
    }
}
