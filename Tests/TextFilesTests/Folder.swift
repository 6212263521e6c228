// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// A folder that vanishes with the value.
final class Folder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("yusu-text-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }

    /// Names of what is in it, below included, sorted.
    var names: [String] { (FileManager.default.subpaths(atPath: path) ?? []).sorted() }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path + "/" + name, encoding: .utf8) }
}

/// The message of an error; nil where the work goes through.
func complaint<T>(_ work: () throws(TextFileError) -> T) -> String? {
    do {
        _ = try work()
        return nil
    } catch {
        return error.description
    }
}
