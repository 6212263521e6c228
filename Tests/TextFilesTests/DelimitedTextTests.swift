// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import TextFiles

@Suite("delimited text")
struct DelimitedTextTests {
    func fields(_ text: String, delimiter: Character = ",") throws -> [[String]] {
        let table = try DelimitedText(text: text, file: "t.csv", delimiter: delimiter)
        return [table.header] + table.rows.map(\.fields)
    }

    static let readings: [(text: String, expected: [[String]])] = [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r", [["a", "b"], ["1", "2"]]),
        ("\n\na,b\n\n1,2\n\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n,\n", [["a", "b"], ["", ""]]),
        ("a,b\n1,", [["a", "b"], ["1", ""]]),
        (" a , b \n 1 ,\t2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n\"x,y\",\"he said \"\"no\"\"\"\n", [["a", "b"], ["x,y", "he said \"no\""]]),
        ("a,b\n\"two\nlines\",2\n", [["a", "b"], ["two\nlines", "2"]]),
        ("a,b\r\n\"two\r\nlines\",\"2\"\r\n", [["a", "b"], ["two\r\nlines", "2"]]),
        ("a,b\n\" kept \",\"\"\n", [["a", "b"], [" kept ", ""]]),
        ("name,b\nJuan \"El Alto\" 5,2\n", [["name", "b"], ["Juan \"El Alto\" 5", "2"]]),
        ("구역,b\nRío,2\n", [["구역", "b"], ["Río", "2"]]),
    ]

    @Test("quotes, line ends, blanks and blank lines", arguments: readings)
    func parsing(text: String, expected: [[String]]) throws {
        #expect(try fields(text) == expected)
    }

    @Test("another delimiter leaves the comma to the numbers")
    func semicolon() throws {
        #expect(try fields("a;b\n1,5;2\n", delimiter: ";") == [["a", "b"], ["1,5", "2"]])
        #expect(try fields("a\tb\n1\t2\n", delimiter: "\t") == [["a", "b"], ["1", "2"]])
    }

    @Test("rows know their lines, though blank lines and quoted line feeds lie between")
    func lines() throws {
        let table = try DelimitedText(text: "a,b\n\n\"x\ny\",1\n2,3\n", file: "t.csv")
        #expect(table.rows.map(\.line) == [3, 5])
    }

    @Test("an unclosed quote is told with the line in which it opens")
    func unclosed() {
        let message = complaint { () throws(TextFileError) in try DelimitedText(text: "a,b\n1,2\n\"x,3\n4,5\n", file: "t.csv") }
        #expect(message == "t.csv:3: a quote is opened and never closed; close it")
    }

    @Test("an empty file, or one of blank lines, is told", arguments: ["", "\n\n", " "])
    func empty(text: String) {
        let message = complaint { () throws(TextFileError) in try DelimitedText(text: text, file: "t.csv") }
        #expect(message == "t.csv: the file is empty; give a header line and rows")
    }

    @Test("all rows of a wrong length are told at once; on demand they are kept")
    func ragged() throws {
        let text = "a,b\n1\n1,2\n1,2,3\n"
        let message = complaint { () throws(TextFileError) in try DelimitedText(text: text, file: "t.csv") }
        let remedy = "complete the row; was the file cut off?"
        #expect(message == "t.csv:2: 1 fields where the header has 2; \(remedy)\nt.csv:4: 3 fields where the header has 2; \(remedy)")
        #expect(try DelimitedText(text: text, file: "t.csv", acceptsRaggedRows: true).rows.map(\.fields.count) == [1, 2, 3])
    }

    @Test("a column that must be there is told with those that are")
    func requiredColumn() throws {
        let table = try DelimitedText(text: "sensor,kind\n", file: "s.csv")
        #expect(try table.requiredColumn("kind") == 1)
        let message = complaint { () throws(TextFileError) in try table.requiredColumn("unit") }
        #expect(message == "s.csv:1: no column 'unit'; the header has: sensor, kind")
    }

    @Test(
        "what is written reads back",
        arguments: [
            ["plain", "with, comma", "with \"quotes\"", "two\nlines", "", "Río", "=1+2"], ["ends in CR\r", "x"], [" blank ahead", "x "],
        ])
    func roundTrip(fields: [String]) throws {
        let header = DelimitedText.line(fields.indices.map { "c\($0)" })
        let table = try DelimitedText(text: header + DelimitedText.line(fields), file: "t.csv")
        #expect(table.rows.map(\.fields) == [fields])
    }
}
