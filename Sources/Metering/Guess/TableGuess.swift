// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// A table in the head of a file: its delimiter, header and columns.
struct TableGuess {
    /// Rows that are looked at.
    static let mostRows = 3000

    var delimiter: UInt8
    var delimiterReason: String
    /// Lines before the header.
    var skipLines: Int
    var preamble: [[UInt8]]
    /// nil where there is no header line.
    var header: [String]?
    var rows: [[String]]
    var columns: Int

    static func name(_ delimiter: UInt8) -> String {
        delimiter == 9 ? "tab" : delimiter == 32 ? "' '" : "'\(Character(Unicode.Scalar(delimiter)))'"
    }

    /// nil where no delimiter makes columns.
    init?(_ lines: [[UInt8]]) {
        let sample = lines.enumerated().filter { $0.element.contains { $0 > 32 } }.prefix(Self.mostRows)
        guard !sample.isEmpty else { return nil }
        var best: (delimiter: UInt8, columns: Int, share: Double, rows: [(line: Int, fields: [String])])?
        for delimiter in [UInt8(9), 59, 44, 124, 32] {
            let rows = sample.compactMap { line in
                LineBuffer.fields(line.element, delimiter: delimiter).map { (line.offset, $0.map { String(decoding: $0, as: UTF8.self) }) }
            }
            let tail = rows.suffix(max(1, rows.count - 20))
            let counts = Dictionary(grouping: tail.map(\.1.count), by: { $0 }).mapValues(\.count)
            guard let mode = counts.max(by: { $0.value != $1.value ? $0.value < $1.value : $0.key < $1.key }), mode.key >= 2 else {
                continue
            }
            let share = Double(mode.value) / Double(tail.count)
            // A decimal comma is no delimiter, and blanks are the last resort: earlier ones stand unless a later one fits better.
            if let best, best.share >= min(share, 0.9) { continue }
            best = (delimiter, mode.key, share, rows.map { ($0.0, $0.1) })
        }
        guard let best else { return nil }
        delimiter = best.delimiter
        columns = best.columns
        delimiterReason = "\(best.columns) fields in \(Int((best.share * 100).rounded())) % of the rows"
        let whole = best.rows.filter { $0.fields.count == best.columns }
        guard let first = whole.first else { return nil }
        let isHeader = Self.isHeader(first.fields, before: whole.dropFirst().first?.fields)
        header = isHeader ? first.fields.map(ExportHeader.trimmed) : nil
        skipLines = first.line
        preamble = Array(lines[..<first.line])
        rows = (isHeader ? Array(whole.dropFirst()) : whole).map(\.fields)
    }

    /// A header has no number and no time where the row behind it has one.
    private static func isHeader(_ fields: [String], before next: [String]?) -> Bool {
        func isValue(_ text: String) -> Bool { NumberText.number(text) != nil || TimeGuess([text]) != nil }
        guard let next else { return !fields.contains(where: isValue) }
        // A row of names of meters that are numbers still has a word above the times.
        for (above, below) in zip(fields, next) where TimeGuess([below]) != nil && NumberText.number(below) == nil {
            return TimeGuess([above]) == nil
        }
        return !fields.contains(where: isValue)
    }

    /// Instants of a column, in the file's order.
    static func instants(_ table: TableGuess, _ name: String, _ pattern: String?) -> [Int]? {
        guard let pattern, let header = table.header, let at = TableLayout.place([name], in: header) else { return nil }
        return table.values(at).compactMap { TimeGuess.instant(pattern, $0) }
    }

    func name(_ column: Int) -> String { header.map { $0[column] } ?? "\(column + 1)" }

    func values(_ column: Int, _ most: Int = 500) -> [String] {
        rows.lazy.map { $0[column] }.filter { !$0.isEmpty }.prefix(most).map { $0 }
    }
}

/// How the numbers of a column are written.
struct NumberGuess {
    var decimal: Character
    var thousands: Character?
    /// Words that stand in the place of numbers.
    var nullWords: [String]

    /// nil where the column does not hold numbers.
    init?(_ values: [String]) {
        guard !values.isEmpty else { return nil }
        var best: (decimal: Character, thousands: Character?, misses: [String])?
        for (decimal, thousands) in [(".", nil), (",", nil), (".", ","), (",", "."), (",", " ")] as [(Character, Character?)] {
            let misses = values.filter { !Self.isNumber($0, decimal, thousands) }
            if misses.count < best?.misses.count ?? Int.max { best = (decimal, thousands, misses) }
        }
        // A comma alone before three digits, and never other than three, is a thousands mark.
        guard let found = best, Double(found.misses.count) <= 0.3 * Double(values.count) else { return nil }
        decimal = found.decimal
        thousands = found.thousands
        nullWords = Array(Set(found.misses)).sorted()
    }

    private static func isNumber(_ text: String, _ decimal: Character, _ thousands: Character?) -> Bool {
        var word = text
        if let thousands {
            let whole = text.split(separator: decimal, omittingEmptySubsequences: false).first ?? ""
            let groups = whole.split(separator: thousands, omittingEmptySubsequences: false)
            guard groups.dropFirst().allSatisfy({ $0.count == 3 }) else { return false }
            word.removeAll { $0 == thousands }
        }
        if decimal != "." {
            guard !word.contains(".") else { return false }
            word = word.replacing(String(decimal), with: ".")
        }
        return NumberText.number(word) != nil
    }
}
