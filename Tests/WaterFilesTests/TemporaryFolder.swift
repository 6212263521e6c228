// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// A folder that vanishes with the value.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("yusu-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, with its folders, and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, bytes: Array(text.utf8)) }

    @discardableResult
    func write(_ name: String, bytes: [UInt8]) throws -> String {
        let url = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// What is wrong, without the folder's own path.
    func complaints<T>(_ read: () throws(TextFileError) -> T) -> [String] {
        do {
            _ = try read()
            return []
        } catch {
            return error.description.replacing(path + "/", with: "").split(separator: "\n").map(String.init)
        }
    }
}
