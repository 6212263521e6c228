// SPDX-License-Identifier: GPL-3.0-or-later

/// A table of delimited text with a header line (RFC 4180 quotes, LF or CR LF, any delimiter of one byte).
/// For files of configuration size; meter exports have a parser of their own in `Metering`.
public struct DelimitedText: Sendable {
    public struct Row: Sendable {
        /// Of its first character, counted from 1.
        public var line: Int
        public var fields: [String]

        public init(line: Int, fields: [String]) {
            self.line = line
            self.fields = fields
        }
    }

    public var file: String
    public var header: [String]
    public var rows: [Row]

    /// Reads and parses a file.
    /// - Throws: `TextFileError`.
    public init(path: String, delimiter: Character = ",") throws(TextFileError) {
        try self.init(text: FileBytes.text(FileBytes.read(path)), file: path, delimiter: delimiter)
    }

    /// - acceptsRaggedRows: rows of another length than the header are kept, for callers that judge row by row.
    /// - Throws: `TextFileError.invalid` for an empty file, an unclosed quote and rows of another length than the header.
    public init(text: String, file: String, delimiter: Character = ",", acceptsRaggedRows: Bool = false) throws(TextFileError) {
        self.file = file
        var rows: [Row] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var line = 1, rowLine = 1, quoteLine = 0
        var quoted = false, wasQuoted = false
        // Length of the field where its quote closed: a carriage return before that is the field's own.
        var closedAt = 0
        let separator = delimiter.asciiValue ?? 44
        func flush(_ field: inout [UInt8], _ fields: inout [String], _ wasQuoted: inout Bool) {
            let text = String(decoding: field, as: UTF8.self)
            fields.append(wasQuoted ? text : text.trimmed)
            field.removeAll(keepingCapacity: true)
            wasQuoted = false
        }
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if quoted {
                if byte == 34 {
                    if index < bytes.count, bytes[index] == 34 {
                        field.append(34); index += 1
                    } else {
                        quoted = false; closedAt = field.count
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
                flush(&field, &fields, &wasQuoted)
            } else if byte == 10 {
                if field.last == 13, !wasQuoted || field.count > closedAt { field.removeLast() }
                flush(&field, &fields, &wasQuoted)
                if fields != [""] { rows.append(Row(line: rowLine, fields: fields)) }
                fields.removeAll(keepingCapacity: true)
                line += 1
                rowLine = line
            } else {
                field.append(byte)
            }
        }
        if quoted {
            throw .invalid([InputProblem(file: file, line: quoteLine, what: "a quote is opened and never closed", remedy: "close it")])
        }
        if !field.isEmpty || !fields.isEmpty {
            if field.last == 13, !wasQuoted || field.count > closedAt { field.removeLast() }
            flush(&field, &fields, &wasQuoted)
            if fields != [""] { rows.append(Row(line: rowLine, fields: fields)) }
        }
        guard let head = rows.first else {
            throw .invalid([InputProblem(file: file, what: "the file is empty", remedy: "give a header line and rows")])
        }
        header = head.fields
        self.rows = Array(rows.dropFirst())
        if acceptsRaggedRows { return }
        let expected = header.count
        let problems = self.rows.filter { $0.fields.count != expected }.prefix(20).map {
            InputProblem(
                file: file, line: $0.line, what: "\($0.fields.count) fields where the header has \(expected)",
                remedy: "complete the row; was the file cut off?")
        }
        if !problems.isEmpty { throw .invalid(Array(problems)) }
    }

    /// Position of a column by its name.
    public func column(_ name: String) -> Int? { header.firstIndex(of: name) }

    /// Position of a column that must be there.
    /// - Throws: `TextFileError.invalid`, naming the columns found.
    public func requiredColumn(_ name: String) throws(TextFileError) -> Int {
        if let index = column(name) { return index }
        throw .invalid([
            InputProblem(
                file: file, line: 1, what: "no column '\(name)'", remedy: "the header has: \(header.joined(separator: ", "))")
        ])
    }

    /// A row of text that reads back as the same fields; text that a spreadsheet would take for a formula is left as it is,
    /// because these files are read by programs.
    public static func line(_ fields: [String]) -> String {
        var line = ""
        line.reserveCapacity(fields.reduce(fields.count) { $0 + $1.utf8.count })
        for (index, field) in fields.enumerated() {
            if index > 0 { line += "," }
            line += needsQuotes(field) ? quoted(field) : field
        }
        return line + "\n"
    }

    static func quoted(_ field: String) -> String { "\"" + field.replacing("\"", with: "\"\"") + "\"" }

    static func needsQuotes(_ field: String) -> Bool {
        if field.utf8.contains(where: { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }) { return true }
        // Blanks at an end; beyond ASCII letters tell.
        guard let first = field.utf8.first, let last = field.utf8.last else { return false }
        if first > 32, first < 127, last > 32, last < 127 { return false }
        return field.trimmed.utf8.count != field.utf8.count
    }
}

extension String {
    var trimmed: String {
        var view = self[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}
