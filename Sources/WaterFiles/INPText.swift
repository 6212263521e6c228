// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// The bytes of an INP file, in UTF-8, and where its sections begin and end. Lines are cut when they are read.
struct INPText {
    struct Section {
        /// In capitals, without brackets.
        let name: String
        /// Of its heading, counted from 1.
        let line: Int
        /// From behind the heading's line to the next heading.
        var bytes: Range<Int>
        /// Lines in it.
        var lines = 0
    }

    static let known = [
        "TITLE", "JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "VALVES", "CONTROLS", "RULES", "DEMANDS", "SOURCES", "EMITTERS",
        "LEAKAGE", "PATTERNS", "CURVES", "QUALITY", "STATUS", "ROUGHNESS", "ENERGY", "REACTIONS", "MIXING", "REPORT", "TIMES",
        "OPTIONS", "COORDINATES", "VERTICES", "LABELS", "BACKDROP", "TAGS", "END",
    ]

    let bytes: [UInt8]
    private(set) var sections: [Section] = []
    private(set) var problems: [InputProblem] = []

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        var number = 0, start = 0, ended = false
        // A last line without a line feed is a line too, be it empty.
        while start <= bytes.count, !ended {
            number += 1
            let end = Self.lineEnd(bytes, start)
            let next = Self.nextLine(bytes, end)
            if let first = Self.firstLetter(bytes, start..<end) {
                if bytes[first] == 91 {
                    let name = Self.sectionName(bytes, start..<end, first)
                    ended = name == "END"
                    if !Self.known.contains(name) {
                        problems.append(
                            InputProblem(
                                file: file, line: number, what: "section '[\(name)]' is not known",
                                remedy: "the sections of EPANET 2.3 are \(Self.known.joined(separator: ", "))"))
                    }
                    sections.append(Section(name: name, line: number, bytes: min(next, bytes.count)..<min(next, bytes.count)))
                } else if sections.isEmpty {
                    let word = INPLine(bytes, start..<end, number: number).text(0, bytes)
                    problems.append(
                        InputProblem(
                            file: file, line: number, what: "'\(word)' stands before any section",
                            remedy: "begin with a section such as [TITLE]"))
                }
            }
            if let last = sections.indices.last, sections[last].line < number {
                sections[last].bytes = sections[last].bytes.lowerBound..<end
                sections[last].lines += 1
            }
            start = next
        }
    }

    /// Lines end in LF, CR LF or CR. Other line breaks of Unicode are none here: NEL, byte 0x85, is a letter or a sign in the
    /// code pages of older files.
    static func lineEnd(_ bytes: borrowing [UInt8], _ start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != 10, bytes[index] != 13 { index += 1 }
        return index
    }

    /// Behind the line feed; behind the end of the bytes where the last line is through.
    static func nextLine(_ bytes: borrowing [UInt8], _ end: Int) -> Int {
        end + 1 < bytes.count && bytes[end] == 13 && bytes[end + 1] == 10 ? end + 2 : end + 1
    }

    /// Where the first word begins, behind its quote; nil for a line without words.
    private static func firstLetter(_ bytes: borrowing [UInt8], _ line: Range<Int>) -> Int? {
        var index = line.lowerBound
        while index < line.upperBound, INPLine.isBlank(bytes[index]) { index += 1 }
        guard index < line.upperBound, bytes[index] != 59 else { return nil }
        return bytes[index] == 34 && index + 1 < line.upperBound ? index + 1 : index
    }

    /// What stands between the brackets, in capitals; the first word where the second bracket is missing.
    private static func sectionName(_ bytes: borrowing [UInt8], _ line: Range<Int>, _ first: Int) -> String {
        var close = first
        while close < line.upperBound, bytes[close] != 93 { close += 1 }
        if close == line.upperBound {
            close = first
            while close < line.upperBound, !INPLine.isBlank(bytes[close]), bytes[close] != 59 { close += 1 }
        }
        return String(decoding: bytes[first + 1..<close], as: UTF8.self).trimmingBlanks.uppercased()
    }
}

/// One line: where its words stand, and its comment. The words are kept in one array from line to line.
struct INPLine {
    /// Counted from 1.
    private(set) var number: Int
    private(set) var bytes: Range<Int>
    private(set) var words: [Range<Int>] = []
    /// Behind the semicolon; nil where there is none.
    private(set) var commentStart: Int?

    /// No line yet.
    init() {
        number = 0
        bytes = 0..<0
    }

    init(_ text: borrowing [UInt8], _ bytes: Range<Int>, number: Int) {
        self.init()
        cut(text, from: bytes.lowerBound, number: number)
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 44 || byte == 13 }

    /// Takes the line that begins there. Words are parted by blanks, tabs or commas; a double quote holds blanks together;
    /// a semicolon ends the line.
    mutating func cut(_ text: borrowing [UInt8], from start: Int, number: Int) {
        self.number = number
        commentStart = nil
        words.removeAll(keepingCapacity: true)
        let end = text.count
        var index = start
        scan: while index < end {
            let byte = text[index]
            if Self.isBlank(byte), byte != 13 {
                index += 1
            } else if byte == 59 || byte == 10 || byte == 13 {
                break scan
            } else if byte == 34 {
                let first = index + 1
                index = first
                while index < end, text[index] != 34, text[index] != 10, text[index] != 13 { index += 1 }
                words.append(first..<index)
                if index < end, text[index] == 34 { index += 1 }
            } else {
                let first = index
                index += 1
                while index < end {
                    let byte = text[index]
                    if byte == 59 || byte == 10 || Self.isBlank(byte) { break }
                    index += 1
                }
                words.append(first..<index)
            }
        }
        if index < end, text[index] == 59 {
            commentStart = index + 1
            while index < end, text[index] != 10, text[index] != 13 { index += 1 }
        }
        bytes = start..<index
    }

    func text(_ word: Int, _ bytes: borrowing [UInt8]) -> String { String(decoding: bytes[words[word]], as: UTF8.self) }

    /// EPANET's rule for keywords: the word begins with the stem, whatever the case.
    func matches(_ word: Int, _ stem: String, _ bytes: borrowing [UInt8]) -> Bool {
        guard word < words.count else { return false }
        let range = words[word]
        guard range.count >= stem.utf8.count else { return false }
        var index = range.lowerBound
        for letter in stem.utf8 {
            let byte = bytes[index]
            if (byte >= 97 && byte <= 122 ? byte - 32 : byte) != letter { return false }
            index += 1
        }
        return true
    }
}

extension String {
    var trimmingBlanks: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }
}
