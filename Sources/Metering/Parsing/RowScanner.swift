// SPDX-License-Identifier: GPL-3.0-or-later

import CByteScan

/// Room for where fields begin and end.
@safe private final class FieldPlaces: @unchecked Sendable {
    let starts: UnsafeMutablePointer<Int>, ends: UnsafeMutablePointer<Int>

    init(_ count: Int) {
        unsafe starts = .allocate(capacity: count + 1)
        unsafe ends = .allocate(capacity: count + 1)
        unsafe starts.initialize(repeating: 0, count: count + 1)
        unsafe ends.initialize(repeating: 0, count: count + 1)
    }

    deinit {
        unsafe starts.deallocate()
        unsafe ends.deallocate()
    }
}

/// Where the fields of a row of delimited text begin and end, without quotes and blanks around them.
@safe struct RowScanner: Sendable {
    /// A row that goes over more lines has a quote that is never closed.
    static let mostLines = 100
    /// Bytes that must be readable behind the last row.
    static let margin = 64

    let delimiter: UInt8
    /// Fields that are wanted; further ones are passed over.
    let needed: Int
    private let places: FieldPlaces
    /// Of each field, after `scan`.
    @inline(__always) var starts: UnsafeMutablePointer<Int> { unsafe places.starts }
    @inline(__always) var ends: UnsafeMutablePointer<Int> { unsafe places.ends }
    private(set) var fields = 0
    /// Lines that the row takes.
    private(set) var lines = 1
    private(set) var openQuote = false

    init(delimiter: UInt8, needed: Int) {
        self.delimiter = delimiter
        self.needed = needed
        places = FieldPlaces(needed)
    }

    /// Scans the row at `row`. Returns where the next one begins; nil where the bytes end before the row does, and more are to come.
    /// - count: bytes that are there, `margin` more can be read.
    @inline(__always)
    mutating func scan(_ bytes: UnsafePointer<UInt8>, _ row: Int, _ count: Int, isLast: Bool) -> Int? {
        fields = 0
        lines = 1
        openQuote = false
        var start = row, block = row
        while block < count {
            var marks = unsafe yusu_marks(bytes + block, delimiter, 10, 34)
            while marks != 0 {
                let at = block + marks.trailingZeroBitCount
                guard at < count else { break }
                marks &= marks - 1
                let byte = unsafe bytes[at]
                if byte == delimiter {
                    unsafe close(bytes, start, at)
                    start = at + 1
                } else if byte == 10 {
                    unsafe close(bytes, start, at)
                    return at + 1
                } else {
                    return unsafe scanQuoted(bytes, row, count, isLast: isLast)
                }
            }
            block += 64
        }
        guard isLast else { return nil }
        unsafe close(bytes, start, count)
        return count
    }

    @inline(__always)
    private mutating func close(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
        guard fields < needed else { return }
        var start = start, end = end
        while start < end, unsafe bytes[start] == 32 { start += 1 }
        while end > start, unsafe bytes[end - 1] == 32 || bytes[end - 1] == 13 { end -= 1 }
        unsafe starts[fields] = start
        unsafe ends[fields] = end
        fields += 1
    }

    /// The same, byte by byte, with fields in quotes, doubled quotes and line feeds in them.
    private mutating func scanQuoted(_ bytes: UnsafePointer<UInt8>, _ row: Int, _ count: Int, isLast: Bool) -> Int? {
        fields = 0
        lines = 1
        var at = row
        while fields < needed {
            while at < count, unsafe bytes[at] == 32 { at += 1 }
            var start = at, end = at
            if at < count, unsafe bytes[at] == 34 {
                start = at + 1
                at += 1
                var newLines = 0
                while at < count {
                    let byte = unsafe bytes[at]
                    if byte == 34 {
                        if at + 1 < count, unsafe bytes[at + 1] == 34 { at += 1 } else { break }
                    } else if byte == 10 {
                        newLines += 1
                        if newLines > Self.mostLines { break }
                    }
                    at += 1
                }
                if at >= count || (unsafe bytes[at] != 34) {
                    if at >= count, !isLast { return nil }
                    openQuote = true
                    at = start
                    while at < count, unsafe bytes[at] != 10 { at += 1 }
                    return min(at + 1, count)
                }
                // Whether the quote is doubled shows in the byte behind it.
                if at + 1 >= count, !isLast { return nil }
                lines += newLines
                end = at
                at += 1
                while at < count, unsafe bytes[at] != delimiter && bytes[at] != 10 { at += 1 }
            } else {
                while at < count, unsafe bytes[at] != delimiter && bytes[at] != 10 { at += 1 }
                end = at
                while end > start, unsafe bytes[end - 1] == 32 || bytes[end - 1] == 13 { end -= 1 }
            }
            unsafe starts[fields] = start
            unsafe ends[fields] = end
            fields += 1
            guard at < count else { return isLast ? count : nil }
            if unsafe bytes[at] == 10 { return at + 1 }
            at += 1
        }
        // The rest of the row is not needed; a field in quotes may still hold a line feed, a quote inside a field opens nothing.
        var quoted = false, isStart = true, wasClosed = false
        while at < count {
            let byte = unsafe bytes[at]
            if byte == 34, quoted || isStart || wasClosed {
                wasClosed = quoted
                quoted.toggle()
                isStart = false
            } else if !quoted {
                wasClosed = false
                isStart = byte == delimiter || (isStart && byte == 32)
            }
            if byte == 10 {
                if !quoted { return at + 1 }
                lines += 1
                if lines > Self.mostLines { return at + 1 }
            }
            at += 1
        }
        return isLast ? count : nil
    }
}
