// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import TextFiles

@Suite("JSON")
struct JSONTests {
    static let value = JSON.object([
        ("b", 1), ("a", .array([.null, true, 1.5, "x", .array([]), .object([])])), ("zone", JSON("Río 유수율")),
    ])

    @Test("members stand in the order given, indented")
    func order() {
        #expect(
            Self.value.text == """
                {
                  "b": 1,
                  "a": [
                    null,
                    true,
                    1.5,
                    "x",
                    [],
                    {}
                  ],
                  "zone": "Río 유수율"
                }

                """)
    }

    @Test("the same value makes the same bytes")
    func determinism() {
        #expect(Self.value.text == Self.value.text)
    }

    @Test("every string of control marks, quotes and tags comes back through an independent reader")
    func escaping() throws {
        let scalars = (0..<0x20).compactMap { Unicode.Scalar($0) } + ["\u{7f}", "\u{2028}", "\u{1F6B0}"]
        let texts = scalars.map { "a\(Character($0))b" } + ["\"", "\\", "\\\"", "</script>", "<!--", "a\r\nb", ""]
        for text in texts {
            let written = JSON.object([(text, .string(text))]).text
            let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String: String]
            #expect(read == [text: text])
        }
    }

    @Test("a tag cannot end the script element that holds the JSON")
    func script() {
        #expect(!JSON.string("</script><script>").text.contains("<"))
    }

    @Test("what is not finite or not known is null")
    func null() {
        #expect(JSON.number(.nan).text == "null\n" && JSON.number(.infinity).text == "null\n")
        #expect(JSON(nil as Double?).text == "null\n" && JSON(nil as Int?).text == "null\n" && JSON(nil as String?).text == "null\n")
    }

    @Test("numbers come back exactly", arguments: [0.1, -1.0 / 3, 1e21, 1e-7, Double.leastNonzeroMagnitude, 1.797e308, 42])
    func numbers(value: Double) throws {
        let read = try JSONSerialization.jsonObject(with: Data(JSON.array([.number(value)]).text.utf8)) as? [Double]
        #expect(read == [value])
    }
}
