// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// The rows of a delimited text one after the other, in memory that does not grow with their number. The notation is that of
/// `DelimitedText`; rows of any length pass, for callers that judge row by row.
///
///     var rows = try RowStream(path: "audits.csv")
///     while let row = try rows.next() { … }
public struct RowStream {
    public let file: String
    public private(set) var header: [String] = []
    private var source: Source
    private var line = 1
    private let separator: UInt8
    private var field: [UInt8] = []

    /// Bytes of a file in pieces; a gzip file is expanded at once.
    private struct Source {
        private var handle: FileHandle?
        private var bytes: [UInt8]
        private var index = 0
        private let path: String
        private static let size = 1 << 16

        init(_ path: String) throws(TextFileError) {
            self.path = path
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missing(path: path) }
            guard !isFolder.boolValue, let handle = FileHandle(forReadingAtPath: path) else {
                throw .unreadable(path: path, reason: isFolder.boolValue ? "it is a folder" : "permission or device error")
            }
            bytes = try Self.piece(handle, path)
            self.handle = handle
            if FileBytes.isGzip(bytes) {
                bytes = try FileBytes.read(path)
                self.handle = nil
            }
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) { index = 3 }
        }

        /// Nothing at the end.
        private static func piece(_ handle: FileHandle, _ path: String) throws(TextFileError) -> [UInt8] {
            do {
                return [UInt8](try handle.read(upToCount: size) ?? Data())
            } catch {
                throw .unreadable(path: path, reason: "permission or device error")
            }
        }

        mutating func next() throws(TextFileError) -> UInt8? {
            if index == bytes.count {
                guard let handle else { return nil }
                bytes = try Self.piece(handle, path)
                index = 0
                if bytes.isEmpty {
                    self.handle = nil
                    return nil
                }
            }
            defer { index += 1 }
            return bytes[index]
        }

        mutating func peek() throws(TextFileError) -> UInt8? {
            guard let byte = try next() else { return nil }
            index -= 1
            return byte
        }
    }

    /// - Throws: `TextFileError`; `.invalid` for an empty file.
    public init(path: String, delimiter: Character = ",") throws(TextFileError) {
        self.init(file: path, source: try Source(path), separator: delimiter.asciiValue ?? 44)
        guard let head = try next() else {
            throw .invalid([InputProblem(file: path, what: "the file is empty", remedy: "give a header line and rows")])
        }
        header = head.fields
    }

    private init(file: String, source: Source, separator: UInt8) {
        self.file = file
        self.source = source
        self.separator = separator
    }

    /// The next row that is not empty; nil at the end.
    /// - Throws: `TextFileError.invalid` for a quote that is never closed.
    public mutating func next() throws(TextFileError) -> DelimitedText.Row? {
        while true {
            let start = line
            guard let fields = try fields() else { return nil }
            if fields != [""] { return DelimitedText.Row(line: start, fields: fields) }
        }
    }

    private mutating func fields() throws(TextFileError) -> [String]? {
        var fields: [String] = []
        fields.reserveCapacity(header.count)
        var quoted = false, wasQuoted = false, isAny = false
        var quoteLine = line, closedAt = 0
        field.removeAll(keepingCapacity: true)
        while let byte = try source.next() {
            isAny = true
            if quoted {
                if byte == 34 {
                    if try source.peek() == 34 {
                        _ = try source.next()
                        field.append(34)
                    } else {
                        quoted = false
                        closedAt = field.count
                    }
                } else {
                    if byte == 10 { line += 1 }
                    field.append(byte)
                }
            } else if byte == 34, field.allSatisfy({ $0 == 32 }) {
                quoted = true
                wasQuoted = true
                quoteLine = line
                field.removeAll(keepingCapacity: true)
            } else if byte == separator {
                fields.append(take(&wasQuoted))
            } else if byte == 10 {
                line += 1
                break
            } else {
                field.append(byte)
            }
        }
        if quoted {
            throw .invalid([InputProblem(file: file, line: quoteLine, what: "a quote is opened and never closed", remedy: "close it")])
        }
        guard isAny else { return nil }
        if field.last == 13, !wasQuoted || field.count > closedAt { field.removeLast() }
        fields.append(take(&wasQuoted))
        return fields
    }

    private mutating func take(_ wasQuoted: inout Bool) -> String {
        let text = String(validating: field, as: UTF8.self) ?? String(String.UnicodeScalarView(field.map { Unicode.Scalar($0) }))
        let isPlain = field.first != 32 && field.last != 32 && field.first != 9 && field.last != 9
        defer {
            field.removeAll(keepingCapacity: true)
            wasQuoted = false
        }
        return wasQuoted || isPlain && field.allSatisfy({ $0 < 128 && $0 != 13 }) ? text : text.trimmed
    }
}
