// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A file of a result that is too large to be held: it grows under a temporary name, and gets its own one with the other files of
/// the result (`OutputFiles.add`). Where that does not happen, it is taken away.
public final class GrowingFile {
    let name: String
    let folder: String
    let part: String
    private let made: [String]
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private var failed = false
    var isTaken = false

    /// - Parameters:
    ///   - name: of the file in its folder.
    ///   - folder: made where it is missing.
    ///   - other: a file begun before in the same folder, with which the folder is taken away again where nothing is written.
    /// - Throws: `TextFileError.cannotWrite`.
    public init(_ name: String, in folder: String, beside other: GrowingFile? = nil) throws(TextFileError) {
        self.name = name
        self.folder = folder
        part = folder + "/" + name + OutputFiles.mark
        made = other?.made ?? OutputFiles.missingFolders(of: folder)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            guard FileManager.default.createFile(atPath: part, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
            handle = try FileHandle(forWritingTo: URL(fileURLWithPath: part))
        } catch {
            for path in made { unsafe rmdir(path) }
            throw .cannotWrite(path: folder, reason: "the folder cannot be made or written into; give one that can be")
        }
        buffer.reserveCapacity(Self.size + 4096)
    }

    private static let size = 1 << 18

    deinit {
        try? handle.close()
        guard !isTaken else { return }
        unsafe unlink(part)
        for path in made { unsafe rmdir(path) }
    }

    public func append(_ text: String) {
        var text = text
        text.withUTF8 { bytes in unsafe buffer.append(contentsOf: bytes) }
        if buffer.count >= Self.size { flush() }
    }

    public func append(_ bytes: [UInt8]) {
        buffer += bytes
        if buffer.count >= Self.size { flush() }
    }

    public func append(_ number: Double) { append(number.description) }

    private func flush() {
        do { try handle.write(contentsOf: Data(buffer)) } catch { failed = true }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is left; false where anything could not be written.
    func finish() -> Bool {
        flush()
        return !failed
    }
}
