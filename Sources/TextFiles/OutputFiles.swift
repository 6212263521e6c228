// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Files of one result, written together: each goes to a temporary name first and is renamed when all are whole,
/// so that interrupted work leaves no half-written file.
public struct OutputFiles: Sendable {
    private var files: [(name: String, bytes: [UInt8])] = []

    public init() {}

    public mutating func add(_ name: String, _ text: String) { files.append((name, Array(text.utf8))) }
    public mutating func add(_ name: String, _ bytes: [UInt8]) { files.append((name, bytes)) }

    /// Writes all files into `folder`, which is made if it is missing.
    /// - Throws: `TextFileError.cannotWrite`.
    public func write(to folder: String) throws(TextFileError) {
        let manager = FileManager.default
        do {
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(path: folder, reason: "the folder cannot be made")
        }
        let mark = ".\(ProcessInfo.processInfo.processIdentifier).part"
        var parts: [(from: String, to: String)] = []
        do {
            for file in files {
                let path = folder + "/" + file.name
                parts.append((path + mark, path))
                try Data(file.bytes).write(to: URL(fileURLWithPath: path + mark))
            }
            for part in parts {
                guard unsafe rename(part.from, part.to) == 0 else { throw CocoaError(.fileWriteUnknown) }
            }
        } catch {
            for part in parts { try? manager.removeItem(atPath: part.from) }
            throw .cannotWrite(path: folder, reason: "disk full, read-only or no permission; nothing was replaced half-way")
        }
    }

    /// Writes one file in the same way.
    public static func write(_ text: String, to path: String) throws(TextFileError) {
        var files = OutputFiles()
        let url = URL(fileURLWithPath: path)
        files.add(url.lastPathComponent, text)
        try files.write(to: url.deletingLastPathComponent().path)
    }
}
