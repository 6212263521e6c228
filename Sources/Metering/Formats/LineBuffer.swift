// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Lines of a text whose bytes come in pieces, as UTF-8 without the line end.
struct LineBuffer: Sendable {
    /// A longer line is no record. [bytes]
    static let longest = 16 << 20

    private var decoder: TextDecoder
    private var bytes: [UInt8] = []
    private var at = 0
    /// No line ends before this place.
    private var searched = 0
    private var isLast = false
    /// Of the line taken last, counted from 1.
    private(set) var line = 0
    /// The line taken last has no end: the file may have been cut off in it.
    private(set) var isCut = false

    init(_ encoding: TextEncoding) { decoder = TextDecoder(encoding) }

    mutating func add(_ piece: Span<UInt8>) {
        bytes.removeSubrange(0..<at)
        searched -= at
        at = 0
        bytes += decoder.decode(Array(span: piece))
    }

    mutating func finish() {
        bytes += decoder.finish()
        isLast = true
    }

    /// Bytes that wait for their line's end.
    var waiting: Int { bytes.count - at }

    /// nil where no whole line is there.
    mutating func next() -> [UInt8]? {
        guard at < bytes.count else { return nil }
        guard let end = bytes[max(at, searched)...].firstIndex(of: 10) ?? (isLast ? bytes.count : nil) else {
            searched = bytes.count
            return nil
        }
        isCut = end == bytes.count
        var last = end
        while last > at, bytes[last - 1] == 13 { last -= 1 }
        defer {
            at = min(end + 1, bytes.count)
            searched = at
        }
        line += 1
        return Array(bytes[at..<last])
    }

    /// - Throws: `TextFileError.invalid` where a line is longer than any record.
    func refuseLongLine(_ file: String) throws(TextFileError) {
        guard waiting > Self.longest else { return }
        throw .invalid([
            InputProblem(
                file: file, line: line + 1, what: "a line of more than \(Self.longest >> 20) MB",
                remedy: "is this the file that the profile describes? Nothing of it was imported")
        ])
    }

    /// Whether a field that begins with a quote is not closed; a quote inside a field (`3" meter`) opens nothing.
    static func hasOpenQuote(_ row: [UInt8], delimiter: UInt8) -> Bool {
        guard row.contains(34) else { return false }
        var quoted = false, isStart = true, index = 0
        while index < row.count {
            let byte = row[index]
            if quoted, byte == 34 {
                if index + 1 < row.count, row[index + 1] == 34 { index += 1 } else { quoted = false }
            } else if !quoted, byte == 34, isStart {
                quoted = true
                isStart = false
            } else if !quoted, byte != 32 || byte == delimiter {
                isStart = byte == delimiter
            }
            index += 1
        }
        return quoted
    }

    /// Fields of a line, without quotes and blanks around them; doubled quotes are one. nil where a quote is never closed.
    /// - wanted: columns whose bytes are taken; the others are left empty. All, where it is empty.
    static func fields(_ line: [UInt8], delimiter: UInt8, wanted: [Bool] = []) -> [[UInt8]]? {
        var fields: [[UInt8]] = []
        fields.reserveCapacity(max(wanted.count, 8))
        var field: [UInt8] = []
        var quoted = false, wasQuoted = false, isBlank = true
        var takes = wanted.first ?? true
        func trimmed(_ field: [UInt8]) -> [UInt8] {
            var part = field[...]
            while part.first == 32 || part.first == 9 { part.removeFirst() }
            while part.last == 32 || part.last == 9 || part.last == 13 { part.removeLast() }
            return part.count == field.count ? field : Array(part)
        }
        var index = 0
        while index < line.count {
            let byte = line[index]
            if quoted {
                if byte != 34 {
                    if takes { field.append(byte) }
                } else if index + 1 < line.count, line[index + 1] == 34 {
                    if takes { field.append(34) }
                    index += 1
                } else {
                    quoted = false
                }
            } else if byte == delimiter {
                fields.append(wasQuoted ? field : trimmed(field))
                field = []
                wasQuoted = false
                isBlank = true
                takes = wanted.isEmpty || (fields.count < wanted.count && wanted[fields.count])
            } else if byte == 34, isBlank {
                quoted = true
                wasQuoted = true
                isBlank = false
                field = []
            } else {
                if byte != 32 { isBlank = false }
                if takes, !wasQuoted || (byte != 32 && byte != 13) { field.append(byte) }
            }
            index += 1
        }
        guard !quoted else { return nil }
        fields.append(wasQuoted ? field : trimmed(field))
        return fields
    }
}

extension Array where Element == UInt8 {
    init(span: Span<UInt8>) {
        self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Text of bytes in UTF-8; nil where they are not.
    var utf8Text: String? { String(validating: self, as: UTF8.self) }
    /// For messages: what is no UTF-8 is shown as a mark.
    var shown: String { String(decoding: prefix(Rejects.longestText), as: UTF8.self) }
}
