// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles

@Suite("Rows one after the other")
struct RowStreamTests {
    static func rows(_ bytes: [UInt8]) throws -> [DelimitedText.Row] {
        let path = NSTemporaryDirectory() + "yusu-rows-\(UUID().uuidString).csv"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var stream = try RowStream(path: path)
        var rows = [DelimitedText.Row(line: 1, fields: stream.header)]
        while let row = try stream.next() { rows.append(row) }
        return rows
    }

    @Test(
        "the same rows and lines as the reader of whole texts",
        arguments: [
            "a,b\n1,2\n", "a,b\r\n1, 2 \r\n\r\n3,4", "a,b\n\"x, \"\"y\"\"\",\"two\nlines\"\n5,6\n", "a,b\n1\n1,2,3\n", "a;b\n \"q\" ,z\n",
            "한글,b\n가,é\n",
            "a,b\n\"\",\n", "a,b\n1,2\n\n\n",
        ])
    func same(text: String) throws {
        let whole = try DelimitedText(text: text, file: "x", acceptsRaggedRows: true)
        let stream = try Self.rows(Array(text.utf8))
        #expect(stream.map(\.fields) == [whole.header] + whole.rows.map(\.fields))
        #expect(stream.dropFirst().map(\.line) == whole.rows.map(\.line))
    }

    @Test("rows longer than a piece of the file, a mark, Latin letters, gzip")
    func forms() throws {
        let long = String(repeating: "x", count: 70_000)
        let text = "a,b\n" + (0..<20).map { "\($0),\(long)\n" }.joined()
        let rows = try Self.rows(Array(text.utf8))
        #expect(rows.count == 21 && rows[20].fields == ["19", long] && rows[20].line == 21)
        #expect(try Self.rows([0xef, 0xbb, 0xbf] + Array("a,b\n1,2\n".utf8))[0].fields == ["a", "b"])
        #expect(try Self.rows(Array("a\n".utf8) + [0xe9, 10])[1].fields == ["é"])
        #expect(try Self.rows(FileBytes.gzip(Array(text.utf8))).count == 21)
    }

    @Test("no file, an empty one, an open quote")
    func faults() throws {
        #expect(throws: TextFileError.self) { try RowStream(path: "/nowhere/x.csv") }
        #expect(throws: TextFileError.self) { try Self.rows([]) }
        #expect(throws: TextFileError.self) { try Self.rows(Array("a,b\n\"1,2\n".utf8)) }
    }
}
