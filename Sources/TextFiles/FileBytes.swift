// SPDX-License-Identifier: GPL-3.0-or-later

import CZlib
import Foundation
import Glibc

/// Whole files as bytes; `.gz` is told by its content, not by its name.
public enum FileBytes {
    /// Files that would not fit into memory are refused: expanded size. [bytes]
    public static let largestFile = 8 << 30

    /// - Throws: `TextFileError.missing`, `.unreadable`, and `.invalid` where gzip data are cut off or damaged.
    public static func read(_ path: String) throws(TextFileError) -> [UInt8] {
        var isFolder: ObjCBool = false
        guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missing(path: path) }
        guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
        guard let bytes = regularFile(path) ?? (try? [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))) else {
            throw .unreadable(path: path, reason: "permission or device error")
        }
        return isGzip(bytes) ? try inflate(bytes, path: path) : bytes
    }

    /// The bytes of a file of known size, read into their place; nil for streams and where the file cannot be read.
    private static func regularFile(_ path: String) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0, status.st_size <= largestFile else {
            return nil
        }
        let size = Int(status.st_size)
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { room, count in
            while count < size {
                let taken = unsafe Glibc.read(file, room.baseAddress! + count, size - count)
                guard taken > 0 else { break }
                count += taken
            }
        }
    }

    public static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b }

    /// Expands one or more gzip members.
    public static func inflate(_ bytes: [UInt8], path: String) throws(TextFileError) -> [UInt8] {
        func damaged(_ what: String) -> TextFileError {
            .invalid([InputProblem(file: path, what: what, remedy: "fetch the file again; nothing of it was used")])
        }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 6)
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var consumed = 0
        while consumed < bytes.count {
            // Padding of zeros after the last member is allowed (as gzip itself does).
            if consumed > 0, bytes[consumed...].allSatisfy({ $0 == 0 }) { break }
            var stream = unsafe z_stream()
            guard unsafe yusu_inflate_init(&stream) == Z_OK else { throw damaged("zlib cannot start") }
            defer { _ = unsafe inflateEnd(&stream) }
            var state = Z_OK
            while state != Z_STREAM_END {
                let (status, taken, made) = unsafe bytes.withUnsafeBufferPointer { input in
                    unsafe chunk.withUnsafeMutableBufferPointer { room in
                        let available = min(input.count - consumed, 1 << 30)
                        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress! + consumed)
                        unsafe stream.avail_in = UInt32(available)
                        unsafe stream.next_out = room.baseAddress!
                        unsafe stream.avail_out = UInt32(room.count)
                        let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                        return unsafe (status, available - Int(stream.avail_in), room.count - Int(stream.avail_out))
                    }
                }
                consumed += taken
                output.append(contentsOf: chunk[0..<made])
                state = status
                guard output.count <= largestFile else { throw damaged("expands to more than \(largestFile >> 30) GB") }
                if state == Z_BUF_ERROR || (taken == 0 && made == 0 && state == Z_OK) {
                    throw damaged("gzip data end too early: the file was cut off")
                }
                guard state == Z_OK || state == Z_STREAM_END else { throw damaged("gzip data are damaged") }
            }
        }
        return output
    }

    /// gzip with a zero time stamp: the same bytes make the same file.
    public static func gzip(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe yusu_deflate_init(&stream, level) == Z_OK else { return [] }
        defer { _ = unsafe deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: unsafe Int(deflateBound(&stream, UInt(bytes.count))) + 64)
        let made = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { room in
                unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = room.baseAddress
                unsafe stream.avail_out = UInt32(room.count)
                _ = unsafe CZlib.deflate(&stream, Z_FINISH)
                return unsafe room.count - Int(stream.avail_out)
            }
        }
        output.removeLast(output.count - made)
        return output
    }

    private static func isASCII(_ bytes: [UInt8]) -> Bool {
        var all: UInt8 = 0
        for byte in bytes { all |= byte }
        return all < 128
    }

    /// The same text in UTF-8 without a mark: bytes that are no UTF-8 are taken for ISO 8859-1.
    public static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        if isASCII(bytes) { return bytes }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            let body = Array(bytes.dropFirst(3))
            // The mark is no promise: what follows may be anything.
            return utf8(body)
        }
        if (try? UTF8Span(validating: bytes.span)) != nil { return bytes }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            if byte < 128 {
                output.append(byte)
            } else {
                output.append(0xc0 | byte >> 6)
                output.append(0x80 | byte & 0x3f)
            }
        }
        return output
    }

    /// Text of bytes: UTF-8 with or without a mark, else ISO 8859-1, in which every byte is a character.
    public static func text(_ bytes: [UInt8]) -> String {
        let body = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
        if let utf8 = String(validating: body, as: UTF8.self) { return utf8 }
        return String(String.UnicodeScalarView(body.map { Unicode.Scalar($0) }))
    }
}
