// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// The lines of an INP file, cut into sections and words.
struct INPText {
    struct Line {
        /// Counted from 1.
        let number: Int
        let words: [String]
        /// Behind the semicolon, trimmed; empty where there is none.
        let comment: String
        /// The whole line as it stands.
        let raw: String
    }

    struct Section {
        /// In capitals, without brackets.
        let name: String
        let line: Int
        var lines: [Line] = []
    }

    static let known = [
        "TITLE", "JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "VALVES", "CONTROLS", "RULES", "DEMANDS", "SOURCES", "EMITTERS",
        "LEAKAGE", "PATTERNS", "CURVES", "QUALITY", "STATUS", "ROUGHNESS", "ENERGY", "REACTIONS", "MIXING", "REPORT", "TIMES",
        "OPTIONS", "COORDINATES", "VERTICES", "LABELS", "BACKDROP", "TAGS", "END",
    ]

    private(set) var sections: [Section] = []
    private(set) var problems: [InputProblem] = []

    init(_ text: String, file: String) {
        var number = 0
        var ended = false
        // Lines end in LF, CR LF or CR; Swift takes CR LF for one character.
        for piece in text.split(omittingEmptySubsequences: false, whereSeparator: { $0.isNewline }) {
            number += 1
            if ended { break }
            let (words, comment) = Self.words(of: piece)
            guard let first = words.first else {
                if !sections.isEmpty, !piece.isEmpty {
                    sections[sections.count - 1].lines.append(Line(number: number, words: [], comment: comment, raw: String(piece)))
                }
                continue
            }
            if first.hasPrefix("[") {
                let name = first.dropFirst().prefix { $0 != "]" }.uppercased()
                if name == "END" { ended = true }
                if !Self.known.contains(name) {
                    problems.append(
                        InputProblem(
                            file: file, line: number, what: "section '\(first)' is not known",
                            remedy: "the sections of EPANET 2.3 are \(Self.known.joined(separator: ", "))"))
                }
                sections.append(Section(name: name, line: number))
            } else if sections.isEmpty {
                problems.append(
                    InputProblem(
                        file: file, line: number, what: "'\(first)' stands before any section",
                        remedy: "begin with a section such as [TITLE]"))
            } else {
                sections[sections.count - 1].lines.append(Line(number: number, words: words, comment: comment, raw: String(piece)))
            }
        }
    }

    /// Lines of all sections of a name, in the order of the file.
    func lines(of name: String) -> [Line] { sections.filter { $0.name == name }.flatMap(\.lines).filter { !$0.words.isEmpty } }

    /// Words parted by blanks, tabs or commas; a double quote holds blanks together; a semicolon ends the line.
    private static func words(of line: Substring) -> (words: [String], comment: String) {
        var words: [String] = []
        var start: String.Index?
        var quoted = false
        let text = line.utf8
        var index = text.startIndex
        func close(at end: String.Index) {
            if let from = start { words.append(String(line[from..<end])) }
            start = nil
        }
        while index < text.endIndex {
            let byte = text[index]
            if quoted {
                if byte == 34 {
                    close(at: index)
                    quoted = false
                }
            } else if byte == 59 {
                close(at: index)
                let comment = String(line[text.index(after: index)...]).trimmingBlanks
                return (words, comment)
            } else if byte == 32 || byte == 9 || byte == 44 || byte == 13 {
                close(at: index)
            } else if byte == 34, start == nil {
                quoted = true
                start = text.index(after: index)
            } else if start == nil {
                start = index
            }
            index = text.index(after: index)
        }
        close(at: text.endIndex)
        return (words, "")
    }
}

extension String {
    var trimmingBlanks: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }

    /// EPANET's rule for keywords: the word begins with the stem, whatever the case.
    func matches(_ stem: String) -> Bool {
        utf8.count >= stem.utf8.count
            && zip(utf8, stem.utf8).allSatisfy { word, letter in (word >= 97 && word <= 122 ? word - 32 : word) == letter }
    }
}
