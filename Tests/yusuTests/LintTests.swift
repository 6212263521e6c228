// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("Tools/lint holds the sources to ARCHITECTURE.md")
struct LintTests {
    /// The sources, tests and tools of the tree, copied; what a test adds comes on top.
    final class Copy {
        let path: String

        init() throws {
            path = FileManager.default.temporaryDirectory.appendingPathComponent("yusu-lint-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in ["Sources", "Tests", "Tools", "Package.swift"] {
                try FileManager.default.copyItem(atPath: Program.root + "/" + name, toPath: path + "/" + name)
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func add(_ name: String, _ text: String) throws {
            let url = URL(fileURLWithPath: path + "/" + name)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
    }

    func lint(_ root: String) throws -> Program.Outcome {
        try Program.run("/bin/bash", [Program.root + "/Tools/lint", root], in: root)
    }

    @Test("the tree as it is has no fault")
    func tree() throws {
        let outcome = try lint(Program.root)
        #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.messages.isEmpty)
    }

    static let licence = "// SPDX-License-Identifier: GPL-3.0-or-later\n\n"
    static let faults: [(file: String, text: String, message: String)] = [
        (
            "Sources/Hydraulics/Bad.swift", licence + "import Reporting\n",
            "Sources/Hydraulics/Bad.swift:3: Hydraulics may not import Reporting; it may import: WaterModel NumericalMethods (ARCHITECTURE.md)"
        ),
        (
            "Sources/WaterLoss/Bad.swift", licence + "import CGSL\n",
            "Sources/WaterLoss/Bad.swift:3: WaterLoss may not import CGSL; it may import: WaterModel Hydraulics NumericalMethods (ARCHITECTURE.md)"
        ),
        (
            "Sources/WaterModel/Bad.swift", licence + "@_exported import struct Hydraulics.HydraulicState\n",
            "Sources/WaterModel/Bad.swift:3: WaterModel may not import Hydraulics; it may import: no other module (ARCHITECTURE.md)"
        ),
        (
            "Sources/Planning/Deep/Bad.swift", licence + "@preconcurrency internal import TextFiles\n",
            "Sources/Planning/Deep/Bad.swift:3: Planning may not import TextFiles"
        ),
        (
            "Sources/NewModule/Bad.swift", licence + "let one = 1\n",
            "Sources/NewModule/Bad.swift:1: module NewModule is not in the table of imports"
        ),
        ("Sources/Planning/Bad.swift", "import WaterModel\n", "Sources/Planning/Bad.swift:1: no licence line"),
        ("Tests/PlanningTests/Bad.swift", "import Testing\n", "Tests/PlanningTests/Bad.swift:1: no licence line"),
        ("Tools/bad.py", "print(1)\n", "Tools/bad.py:1: no licence line"),
        (
            "Sources/Planning/Bad.swift", licence + "let p: UnsafeMutablePointer<Double>? = nil\n",
            "Sources/Planning/Bad.swift:3: pointers outside"
        ),
    ]

    @Test("a fault is told with file and line, and nothing else is", arguments: faults)
    func fault(file: String, text: String, message: String) throws {
        let copy = try Copy()
        try copy.add(file, text)
        let outcome = try lint(copy.path)
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix(message))
        #expect(outcome.output.split(separator: "\n").count == 1)
    }

    @Test("faults of several files are told at once; words in comments are none")
    func several() throws {
        let copy = try Copy()
        try copy.add("Sources/Hydraulics/Bad.swift", Self.licence + "// import Reporting\nimport Metering\nimport Foundation\n")
        try copy.add("Sources/Metering/Bad.swift", Self.licence + "import Foundation; import WaterLoss\n")
        let outcome = try lint(copy.path)
        #expect(outcome.status == 1)
        let lines = outcome.output.split(separator: "\n")
        #expect(
            lines.count == 2 && lines[0].hasPrefix("Sources/Hydraulics/Bad.swift:4:") && lines[1].hasPrefix("Sources/Metering/Bad.swift:3:")
        )
    }
}
