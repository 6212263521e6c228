// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// The programs of Examples/Library print what is kept beside them. With YUSU_WRITE_EXPECTED set the kept files are written anew,
/// and the tests fail, so that nobody leaves it set.
@Suite("Examples/Library")
struct LibraryExampleTests {
    @Test("prints what is kept", arguments: ["SimulateWithLeaks", "BalanceWithIntervals", "LocateALeak"])
    func output(name: String) throws {
        let program = URL(fileURLWithPath: try Program.path()).deletingLastPathComponent().appendingPathComponent(name).path
        let outcome = try Program.run(program, [], in: Program.root)
        #expect(outcome.status == 0 && outcome.isClean, "\(outcome.messages)")
        let file = URL(fileURLWithPath: Program.root + "/Examples/Library/\(name).txt")
        if ProcessInfo.processInfo.environment["YUSU_WRITE_EXPECTED"] != nil {
            try Data(outcome.output.utf8).write(to: file)
            Issue.record("\(name).txt was written anew: look at it, then run without YUSU_WRITE_EXPECTED")
        }
        #expect(outcome.output == String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }

    @Test("the package to copy has every program, and the kept output of each")
    func package() throws {
        let folder = Program.root + "/Examples/Library"
        let manifest = String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder + "/Package.swift")), as: UTF8.self)
        let programs = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            FileManager.default.fileExists(atPath: "\(folder)/\($0)/main.swift")
        }
        #expect(programs.count == 3)
        for name in programs {
            #expect(manifest.contains("\"\(name)\""))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name).txt"))
        }
    }
}
