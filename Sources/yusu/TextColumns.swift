// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Text laid out for a terminal of 80 columns.
enum TextColumns {
    static func padded(_ text: String, _ width: Int) -> String {
        var text = text
        if columns(text) >= width {
            while columns(text) > width - 2 { text.removeLast() }
            text += "…"
        }
        return text + String(repeating: " ", count: width - columns(text))
    }

    /// Columns of a terminal that a text takes: Korean, Chinese and Japanese letters take two.
    static func columns(_ text: String) -> Int {
        text.reduce(0) { sum, letter in
            let isWide = letter.unicodeScalars.contains {
                (0x1100...0x115F).contains($0.value) || (0x2E80...0xD7A3).contains($0.value)
                    || (0xF900...0xFAFF).contains($0.value) || (0xFF00...0xFF60).contains($0.value)
                    || (0x20000...0x3FFFD).contains($0.value)
            }
            return sum + (isWide ? 2 : 1)
        }
    }

    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - columns(text))) + text
    }

    /// Lines of at most 80 columns, the following ones under the first word.
    static func wrapped(_ text: String, mark: String = "- ", indent: Int = 2) -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: indent) + mark
        let blank = String(repeating: " ", count: line.count)
        for word in text.split(separator: " ") {
            if line.count + word.count > 79, line.count > blank.count {
                lines.append(line)
                line = blank
            }
            line += (line.count > blank.count ? " " : "") + word
        }
        return lines + [line]
    }

    /// Words on lines of a width.
    static func filled(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, columns(last) + 1 + columns(String(word)) <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// A whole number with commas: `12,345,678`.
    static func grouped(_ value: Double) -> String {
        let digits = NumberText.fixed(abs(value), 0)
        guard digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return NumberText.fixed(value, 0) }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return value < 0 && digits != "0" ? "-" + text : text
    }
}

/// Boxes inside each other: columns of cells, each over some rows.
struct BoxTable {
    struct Cell {
        /// Rows of the last column that it stands beside.
        var span: Int
        var lines: [String]
    }

    /// Width of each column without its lines.
    var widths: [Int]
    /// Cells of each column from above; the spans of every column have the same sum.
    var columns: [[Cell]]

    func lines() -> [String] {
        let count = columns.map { $0.reduce(0) { $0 + $1.span } }.max() ?? 0
        // Where a cell begins, by column and row; and how high each row must be.
        var starts = columns.map { _ in [Int: Cell]() }
        var heights = [Int](repeating: 1, count: count)
        for (column, cells) in columns.enumerated() {
            var row = 0
            for cell in cells {
                starts[column][row] = cell
                row += cell.span
            }
        }
        for (column, cells) in columns.enumerated() {
            var row = 0
            for cell in cells {
                // The lines between the rows of a cell are its own.
                let room = heights[row..<(row + cell.span)].reduce(cell.span - 1, +)
                let needed = Self.text(cell, widths[column]).count
                if needed > room { heights[row + cell.span - 1] += needed - room }
                row += cell.span
            }
        }
        var waiting = columns.map { _ in [String]() }
        var lines: [String] = []
        for row in 0...count {
            let isBorder = columns.indices.map { row == 0 || row == count || starts[$0][row] != nil }
            for column in columns.indices where row < count && isBorder[column] {
                waiting[column] = starts[column][row].map { Self.text($0, widths[column]) } ?? []
            }
            lines.append(rule(isBorder, row == 0, row == count, &waiting))
            guard row < count else { break }
            for _ in 0..<heights[row] {
                lines.append("│" + columns.indices.map { take(&waiting[$0], widths[$0]) }.joined(separator: "│") + "│")
            }
        }
        return lines
    }

    private static func text(_ cell: Cell, _ width: Int) -> [String] {
        cell.lines.flatMap { TextColumns.filled($0, width - 1) }
    }

    private func take(_ lines: inout [String], _ width: Int) -> String {
        let text = lines.isEmpty ? "" : lines.removeFirst()
        return TextColumns.padded(" " + text, width + 1).prefixOf(width)
    }

    /// A line through the columns where a cell ends, with text where one goes on.
    private func rule(_ isBorder: [Bool], _ isTop: Bool, _ isBottom: Bool, _ waiting: inout [[String]]) -> String {
        var text = ""
        for column in 0...columns.count {
            let left = column > 0 && isBorder[column - 1], right = column < columns.count && isBorder[column]
            switch (left, right) {
            case (false, false): text += "│"
            case (true, false): text += isTop ? "┐" : isBottom ? "┘" : "┤"
            case (false, true): text += isTop ? "┌" : isBottom ? "└" : "├"
            case (true, true): text += isTop ? "┬" : isBottom ? "┴" : "┼"
            }
            guard column < columns.count else { break }
            text += right ? String(repeating: "─", count: widths[column]) : take(&waiting[column], widths[column])
        }
        return text
    }
}

extension String {
    /// The first columns of a line that may be longer by one.
    fileprivate func prefixOf(_ width: Int) -> String {
        var text = self
        while TextColumns.columns(text) > width { text.removeLast() }
        return text
    }
}
