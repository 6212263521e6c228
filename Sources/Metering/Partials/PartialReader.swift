// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// Reads a partial result from its beginning to its end, some hundred kilobytes at a time. Between two readings no file is open: a thousand
/// partials are read side by side.
final class PartialReader {
    let path: String
    let head: PartialHead
    private let source: Source
    /// Content of the present chunk, and how far it was read.
    private var chunk: [UInt8] = []
    private var at = 0
    private var kind = PartialFormat.Kind.head
    private var count = 0
    /// Of the present meter, byte by byte; and where in the chunk its content lies.
    private(set) var name: [UInt8] = []
    private var content = 0..<0

    /// - Throws: `TextFileError`; of a file, also where its end is missing.
    init(_ path: String) throws(TextFileError) {
        self.path = path
        source = try Source(path)
        let bytes = try source.take(PartialFormat.headBytes)
        guard bytes.count >= PartialFormat.mark.count, Array(bytes.prefix(PartialFormat.mark.count)) == PartialFormat.mark else {
            throw PartialFormat.problem(path, "this is no partial result", "name files that 'yusu meters map' wrote")
        }
        guard bytes.count == PartialFormat.headBytes else { throw PartialFormat.cutOff(path) }
        let version = Self.word(bytes, PartialFormat.mark.count)
        guard version == PartialFormat.version else {
            throw PartialFormat.problem(
                path, "this partial result has format \(version), this program reads and writes \(PartialFormat.version)",
                "make all partials of a report with one version of yusu")
        }
        guard let first = try Self.chunk(source, path), first.kind == .head else { throw PartialFormat.damaged(path) }
        let head = unsafe first.content.withUnsafeBytes { bytes in
            var reader = unsafe FieldReader(bytes)
            return PartialHead(&reader)
        }
        guard let head else { throw PartialFormat.damaged(path) }
        self.head = head
        // The end is looked for at once, not after an hour's work.
        if let tail = try source.last(PartialFormat.chunkHead + 8), tail.first != PartialFormat.Kind.end.rawValue {
            throw PartialFormat.cutOff(path)
        }
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }

    private static func chunk(_ source: Source, _ path: String) throws(TextFileError) -> (kind: PartialFormat.Kind, content: [UInt8])? {
        let top = try source.take(PartialFormat.chunkHead)
        if top.isEmpty { return nil }
        guard top.count == PartialFormat.chunkHead else { throw PartialFormat.cutOff(path) }
        let length = word(top, 1)
        guard let kind = PartialFormat.Kind(rawValue: top[0]), length <= PartialFormat.largestChunk else {
            throw PartialFormat.damaged(path)
        }
        let content = try source.take(length)
        guard content.count == length else { throw PartialFormat.cutOff(path) }
        guard PartialFormat.checksum(top[0], content.span) == UInt32(word(top, 5)) else { throw PartialFormat.damaged(path) }
        return (kind, content)
    }

    private func nextChunk() throws(TextFileError) {
        guard let next = try Self.chunk(source, path) else { throw PartialFormat.cutOff(path) }
        guard next.kind != .head, next.kind.rawValue >= kind.rawValue else { throw PartialFormat.damaged(path) }
        (kind, chunk, at) = (next.kind, next.content, 0)
    }

    /// Goes on to the next meter, which is behind the present one in order of name; false where there is none.
    func advance() throws(TextFileError) -> Bool {
        while kind == .head || (kind == .meters && at == chunk.count) { try nextChunk() }
        guard kind == .meters else { return false }
        let before = name
        let place = unsafe chunk.withUnsafeBytes { bytes -> (name: Range<Int>, content: Range<Int>)? in
            var reader = unsafe FieldReader(UnsafeRawBufferPointer(rebasing: bytes[at...]))
            guard let name = reader.skip(reader.count()), let content = reader.skip(reader.count()) else { return nil }
            return (at + name.lowerBound..<at + name.upperBound, at + content.lowerBound..<at + content.upperBound)
        }
        guard let place else { throw PartialFormat.damaged(path) }
        name = Array(chunk[place.name])
        content = place.content
        at = place.content.upperBound
        count += 1
        guard count == 1 || before.lexicographicallyPrecedes(name) else { throw PartialFormat.damaged(path) }
        return true
    }

    /// What the present meter brings, as it lies there.
    var bytes: ArraySlice<UInt8> { chunk[content] }

    func result(_ window: ReportWindow) throws(TextFileError) -> MeterResult {
        let content = content
        let result = unsafe chunk.withUnsafeBytes { bytes in
            var reader = unsafe FieldReader(UnsafeRawBufferPointer(rebasing: bytes[content]))
            return MeterResult(&reader, window: window)
        }
        guard let result else { throw PartialFormat.damaged(path) }
        return result
    }

    /// Once there is no further meter: the next zone; nil at the end.
    func nextZone(_ window: ReportWindow) throws(TextFileError) -> ZoneHours.Share? {
        if kind != .end, at > 0 || kind == .meters { try nextChunk() }
        if kind == .end {
            guard chunk.count == 8, Self.word(chunk, 0) | Self.word(chunk, 4) << 32 == count, try source.take(1).isEmpty else {
                throw PartialFormat.damaged(path)
            }
            return nil
        }
        let share = unsafe chunk.withUnsafeBytes { bytes in
            var reader = unsafe FieldReader(bytes)
            return ZoneHours.Share(&reader, window: window)
        }
        guard let share else { throw PartialFormat.damaged(path) }
        at = chunk.count
        return share
    }
}

/// Bytes of a file, taken in pieces.
private final class Source {
    private let path: String
    /// Of what is no file, such as standard input; a file is opened for each piece.
    private var stream: FileHandle?
    private var offset = 0
    private var piece: [UInt8] = []
    private var at = 0

    private static let size = 1 << 18

    init(_ path: String) throws(TextFileError) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missing(path: path) }
        guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
        self.path = path
        if OutputFiles.isDevice(path) {
            guard let handle = FileHandle(forReadingAtPath: path) else { throw .unreadable(path: path, reason: "no permission") }
            stream = handle
        }
    }

    /// As many as asked for; fewer at the end.
    func take(_ count: Int) throws(TextFileError) -> [UInt8] {
        while piece.count - at < count {
            let next = try read(max(Self.size, count - (piece.count - at)))
            if next.isEmpty { break }
            piece = Array(piece[at...]) + next
            at = 0
        }
        let taken = Array(piece[at..<min(piece.count, at + count)])
        at += taken.count
        return taken
    }

    private func read(_ count: Int) throws(TextFileError) -> [UInt8] {
        let next = try handle { handle in
            if self.stream == nil { try handle.seek(toOffset: UInt64(self.offset)) }
            return try handle.read(upToCount: count)
        }
        offset += next.count
        return next
    }

    /// Of a file; nil where it is none, or has not that many.
    func last(_ count: Int) throws(TextFileError) -> [UInt8]? {
        guard stream == nil else { return nil }
        let tail = try handle { handle in
            let size = try handle.seekToEnd()
            guard size >= UInt64(count) else { return nil }
            try handle.seek(toOffset: size - UInt64(count))
            return try handle.read(upToCount: count)
        }
        return tail.count == count ? tail : nil
    }

    private func handle(_ work: (FileHandle) throws -> Data?) throws(TextFileError) -> [UInt8] {
        guard let handle = stream ?? FileHandle(forReadingAtPath: path) else {
            throw .unreadable(path: path, reason: "permission or device error")
        }
        do {
            let bytes = try work(handle)
            if stream == nil { try handle.close() }
            return bytes.map { [UInt8]($0) } ?? []
        } catch {
            throw .unreadable(path: path, reason: "permission or device error")
        }
    }
}
