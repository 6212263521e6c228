// SPDX-License-Identifier: GPL-3.0-or-later

import CZlib
import Foundation
import Glibc

/// The bytes of a file piece by piece, in memory that does not grow with the file; `.gz` is told by its content and expanded on the way.
///
///     let pieces = try FilePieces(path)
///     var piece: [UInt8] = []
///     while try pieces.next(into: &piece) { … }
@safe public final class FilePieces {
    /// Of a piece. [bytes]
    public static let size = 1 << 20

    public let path: String
    /// Size of the file as it lies there; 0 where it is a stream. [bytes]
    public let fileSize: Int
    /// Bytes taken from the file so far, as they lie there.
    public private(set) var taken = 0
    private let file: Int32
    private var packed: [UInt8] = []
    private var packedAt = 0
    private var isGzip = false
    private var isAtEnd = false
    private var stream = unsafe z_stream()
    private var isInflating = false
    private var members = 0

    /// - Throws: `TextFileError.missing`, `.unreadable`.
    public init(_ path: String) throws(TextFileError) {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missing(path: path) }
        guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
        let file = unsafe open(path, O_RDONLY)
        guard file >= 0 else { throw .unreadable(path: path, reason: "permission or device error") }
        self.path = path
        self.file = file
        var status = stat()
        let isRegular = unsafe fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        fileSize = isRegular ? Int(status.st_size) : 0
    }

    deinit {
        close(file)
        if isInflating { _ = unsafe inflateEnd(&stream) }
    }

    /// Puts the next piece in the place of what `piece` held; false at the end.
    /// - raw: given the bytes as they lie in the file, which are others than those of the piece where it is gzipped.
    /// - Throws: `TextFileError.unreadable`, and `.invalid` where gzip data are cut off or damaged.
    public func next(into piece: inout [UInt8], raw: (Span<UInt8>) -> Void = { _ in }) throws(TextFileError) -> Bool {
        if taken == 0, !isAtEnd {
            try fill(&packed)
            isGzip = FileBytes.isGzip(packed)
            raw(packed.span)
            if !isGzip {
                swap(&piece, &packed)
                packed = []
                return !piece.isEmpty
            }
        }
        guard isGzip else {
            try fill(&piece)
            raw(piece.span)
            return !piece.isEmpty
        }
        return try inflate(&piece, raw)
    }

    /// The next bytes of the file; none at its end. Room of the right size is used again.
    private func fill(_ bytes: inout [UInt8]) throws(TextFileError) {
        var failed = false
        if bytes.count != Self.size { bytes = [UInt8](repeating: 0, count: Self.size) }
        let count = unsafe bytes.withUnsafeMutableBufferPointer { room in
            guard let first = room.baseAddress else { return 0 }
            var count = 0
            while count < Self.size {
                let got = unsafe Glibc.read(file, first + count, Self.size - count)
                if got < 0 { failed = true }
                if got <= 0 { break }
                count += got
            }
            return count
        }
        if count < bytes.count { bytes.removeLast(bytes.count - count) }
        guard !failed else { throw .unreadable(path: path, reason: "device error") }
        taken += bytes.count
        if bytes.count < Self.size { isAtEnd = true }
    }

    private func damaged(_ what: String) -> TextFileError {
        .invalid([InputProblem(file: path, what: what, remedy: "fetch the file again; nothing of it was used")])
    }

    private func inflate(_ piece: inout [UInt8], _ raw: (Span<UInt8>) -> Void) throws(TextFileError) -> Bool {
        var made = 0
        if piece.count != Self.size { piece = [UInt8](repeating: 0, count: Self.size) }
        while made < Self.size {
            if packedAt == packed.count {
                if isAtEnd {
                    guard !isInflating else { throw damaged("gzip data end too early: the file was cut off") }
                    break
                }
                try fill(&packed)
                raw(packed.span)
                packedAt = 0
                continue
            }
            if !isInflating {
                // Padding of zeros after the last member is allowed (as gzip itself does).
                if members > 0, packed[packedAt] == 0 { packedAt += 1; continue }
                unsafe stream = z_stream()
                guard unsafe yusu_inflate_init(&stream) == Z_OK else { throw damaged("zlib cannot start") }
                isInflating = true
                members += 1
            }
            let (status, used, got) = unsafe packed.withUnsafeBufferPointer { input in
                unsafe piece.withUnsafeMutableBufferPointer { room in
                    guard let source = input.baseAddress, let target = room.baseAddress else { return (Z_DATA_ERROR, 0, 0) }
                    unsafe stream.next_in = UnsafeMutablePointer(mutating: source + packedAt)
                    unsafe stream.avail_in = UInt32(input.count - packedAt)
                    unsafe stream.next_out = target + made
                    unsafe stream.avail_out = UInt32(room.count - made)
                    let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                    return unsafe (
                        status, input.count - packedAt - Int(stream.avail_in), room.count - made - Int(stream.avail_out)
                    )
                }
            }
            packedAt += used
            made += got
            switch status {
            case Z_OK, Z_BUF_ERROR: guard used > 0 || got > 0 else { throw damaged("gzip data are damaged") }
            case Z_STREAM_END:
                _ = unsafe inflateEnd(&stream)
                isInflating = false
            default: throw damaged("gzip data are damaged")
            }
        }
        if made < piece.count { piece.removeLast(piece.count - made) }
        return made > 0
    }
}
