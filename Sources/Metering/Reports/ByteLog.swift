// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// Bytes to be read again in the order in which they were put: the last ones in memory, those before in a file without a name, so that
/// what is held does not grow with them. Where no such file can be written, all of them stay in memory.
final class ByteLog {
    /// Held in memory. [bytes]
    private let limit: Int
    private var held: [UInt8] = []
    private var file: FileHandle?
    /// Of the file. [bytes]
    private var written = 0
    private var isFileless = false

    private static let piece = 1 << 18

    /// - limit: of what is held in memory. [bytes]
    init(limit: Int) { self.limit = limit }

    deinit { try? file?.close() }

    /// So far. [bytes]
    var count: Int { written + held.count }

    /// - put: appends to the bytes that it is given, which are not its own.
    func append(_ put: (inout [UInt8]) -> Void) {
        put(&held)
        if held.count > limit, !isFileless { spill() }
    }

    private func spill() {
        if file == nil { file = Self.nameless() }
        do {
            guard let file else { throw CocoaError(.fileWriteUnknown) }
            try file.seek(toOffset: UInt64(written))
            try file.write(contentsOf: Data(held))
            written += held.count
            held.removeAll(keepingCapacity: true)
        } catch {
            isFileless = true
        }
    }

    /// The name is taken away at once: the file goes when the process does, however that ends.
    private static func nameless() -> FileHandle? {
        let own = ProcessInfo.processInfo.environment["TMPDIR"].map { [$0] } ?? []
        for folder in own + ["/var/tmp", "/tmp"] {
            var name = Array((folder + "/yusu-XXXXXX").utf8CString)
            let descriptor = unsafe mkstemp(&name)
            guard descriptor >= 0 else { continue }
            unsafe unlink(name)
            return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }
        return nil
    }

    /// All bytes in pieces; each piece begins with what was left of the one before.
    /// - work: tells how many bytes of the piece it is done with.
    /// - Throws: what reading the file or `work` throws.
    func read(_ work: (UnsafeRawBufferPointer) throws -> Int) throws {
        var rest: [UInt8] = []
        func pass(_ piece: [UInt8]) throws {
            let done = try unsafe piece.withUnsafeBytes { try unsafe work($0) }
            rest = Array(piece[done...])
        }
        var at = 0
        while at < written, let file {
            try file.seek(toOffset: UInt64(at))
            guard let next = try file.read(upToCount: min(Self.piece, written - at)), !next.isEmpty else {
                throw CocoaError(.fileReadCorruptFile)
            }
            at += next.count
            try pass(rest + next)
        }
        if rest.isEmpty {
            _ = try unsafe held.withUnsafeBytes { try unsafe work($0) }
        } else {
            try pass(rest + held)
        }
    }
}
