// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// The built `yusu`, run as a user runs it.
enum Program {
    struct Outcome {
        var status: Int32
        var isCrash: Bool
        /// Standard output and standard error.
        var output: String
        var messages: String
    }

    struct NotBuilt: Error {}

    /// The package's root.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    /// Beside the test bundle: the executable is a dependency of these tests.
    static func path() throws -> String {
        let places = [Bundle.main.executableURL, URL(fileURLWithPath: CommandLine.arguments[0])].compactMap {
            $0?.deletingLastPathComponent().path
        }
        for place in places + [root + "/.build/debug"] {
            let path = place + "/yusu"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw NotBuilt()
    }

    /// The optimised `yusu`, where it is built and newer than every source: a debug build takes minutes for a whole town.
    static let optimised: String? = {
        func changed(_ path: String) -> Date {
            (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date ?? .distantPast
        }
        let path = root + "/.build/release/yusu", sources = root + "/Sources"
        let built = changed(URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
        let files = FileManager.default.subpaths(atPath: sources) ?? []
        return built > .distantPast && files.allSatisfy { !$0.hasSuffix(".swift") || changed(sources + "/" + $0) <= built } ? path : nil
    }()

    /// Runs `yusu` with arguments.
    static func yusu(_ arguments: [String], in folder: TemporaryCity) throws -> Outcome {
        try run(path(), arguments, in: folder.path)
    }

    /// Runs a line of the shell, in which `$YUSU` is the program.
    static func shell(_ line: String, in folder: TemporaryCity) throws -> Outcome {
        try run("/bin/sh", ["-c", line], in: folder.path)
    }

    static func run(_ executable: String, _ arguments: [String], in folder: String) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "80", "YUSU": try path()]) { $1 }
        let manager = FileManager.default
        let names = ["out", "err"].map { manager.temporaryDirectory.appendingPathComponent("yusu-\(UUID().uuidString).\($0)").path }
        defer { for name in names { try? manager.removeItem(atPath: name) } }
        for name in names { _ = manager.createFile(atPath: name, contents: nil) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: names[0]))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: names[1]))
        try process.run()
        process.waitUntilExit()
        let texts = try names.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
        return Outcome(
            status: process.terminationStatus, isCrash: process.terminationReason == .uncaughtSignal, output: texts[0], messages: texts[1])
    }
}

extension Program.Outcome {
    /// A message for people: no crash, no trace of the program's inside.
    var isClean: Bool {
        !isCrash
            && ["Fatal error", "Backtrac", "Program crashed", "0x0", "NSCocoaError", "Swift.", "Error Domain", ".swift:"].allSatisfy {
                !messages.contains($0)
            }
    }
}
