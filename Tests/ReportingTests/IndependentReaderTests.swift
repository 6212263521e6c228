// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Reporting

/// The interpreter, where there is one.
private enum Interpreter {
    static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// Cross-checks with Python's readers, where Python is installed.
@Suite("Independent readers")
struct IndependentReaderTests {
    /// Reads the file as XML and as HTML, and prints the number of tables that HTML's reader saw.
    static let script = """
        import sys, html.parser, xml.dom.minidom
        text = open(sys.argv[1], encoding="utf-8").read()
        xml.dom.minidom.parseString(text.replace("<!DOCTYPE html>", "", 1).strip())
        class Reader(html.parser.HTMLParser):
            tables, scripts = 0, 0
            def handle_starttag(self, tag, attributes):
                self.tables += tag == "table"
                self.scripts += tag in ("script", "img", "link", "iframe")
        reader = Reader()
        reader.feed(text)
        print(reader.tables, reader.scripts)
        """

    @Test(
        "Python reads the page as XML and as HTML",
        .enabled(if: Interpreter.python != nil, "python3 is not installed"), arguments: ["", "<script>&\"'</td></table>", "\u{202E}\u{1}"])
    func python(prefix: String) throws {
        let python = try #require(Interpreter.python)
        let page = html(of: PlanDocument(plan: SyntheticPlan.plan(prefix: prefix), language: try Catalogue.named("en")))
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("yusu-page-\(UUID().uuidString).html")
        defer { try? FileManager.default.removeItem(at: file) }
        try page.write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", Self.script, file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(answer.trimmingCharacters(in: .whitespacesAndNewlines) == "18 2")
    }
}
