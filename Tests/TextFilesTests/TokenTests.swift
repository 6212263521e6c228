// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TextFiles

@Suite("tokens of XML and JSON from bytes in pieces")
struct TokenTests {
    /// `<a>`, `"text"`, `</a>` … in one line, or the fault.
    private func xml(_ text: String, pieceSize: Int = 1 << 20) -> String {
        var tokens = XMLTokens()
        let bytes = Array(text.utf8)
        var at = 0
        var output = "", open: [UInt8] = []
        func flush() {
            if !open.isEmpty { output += "'\(String(decoding: open, as: UTF8.self))'" }
            open = []
        }
        do {
            while true {
                switch try tokens.next() {
                case .start:
                    flush();
                    output +=
                        "<" + (tokens.namespace.isEmpty ? "" : "{\(tokens.namespace)}") + tokens.name
                        + (tokens.attribute("x").map { " x=\($0)" } ?? "") + ">"
                case .end: flush(); output += "</\(tokens.name)>"
                case .text: open += tokens.text
                case .needsBytes:
                    guard at < bytes.count else { tokens.finish(); continue }
                    let end = min(bytes.count, at + pieceSize)
                    tokens.feed(Array(bytes[at..<end]))
                    at = end
                case .ended: return output
                }
            }
        } catch {
            return "fault in line \(error.line): \(error.what)"
        }
    }

    @Test(
        "documents as they are, whole and byte by byte",
        arguments: [
            ("<a><b x='1'>t</b><c/></a>", "<a><b x=1>'t'</b><c></c></a>"),
            ("<?xml version=\"1.0\"?><!-- <no> --><a xmlns=\"u\" xmlns:p='v'><p:b/></a> \n", "<{u}a><{v}b></b></a>"),
            ("<a>&lt;&amp;&#65;&#x42;<![CDATA[<&]]]]></a>", "<a>'<&AB<&]]'</a>"),
            ("<a x=\"&quot;&#10;>\">é</a>", "<a x=\"\n>>'é'</a>"),
        ])
    func documents(_ text: String, _ expected: String) {
        #expect(xml(text) == expected)
        #expect(xml(text, pieceSize: 1) == expected)
    }

    @Test(
        "what exports do not have is refused, with the line",
        arguments: [
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "DOCTYPE"), ("<a>&b;</a>", "entity 'b'"),
            ("<a>\n<b></a>", "line 2: end tag 'a'"),
            ("<a>", "ends inside element 'a'"), ("", "no element"), ("<a/><b/>", "second root"), ("x<a/>", "outside the root"),
            ("<a b=1/>", "without quotes"), ("<a b='1' b='2'/>", "twice"), ("<p:a/>", "prefix 'p'"), ("<a>\u{1}</a>", "control character"),
            ("<a>&#0;</a>", "entity '#0'"), ("<a>&#00000000065", "semicolon"), ("<a>&#00000000065</a>", "semicolon"),
            ("<a <b/>", "'<' inside"), ("<1a/>", "not a name"), ("<a><!-- x", "inside a comment"),
        ])
    func refused(_ text: String, _ message: String) {
        #expect(xml(text).hasPrefix("fault in line"))
        #expect(xml(text).contains(message))
        #expect(xml(text, pieceSize: 1).contains(message))
    }

    @Test("depth, tags and attributes have limits; UTF-16 is told")
    func limits() {
        #expect(xml(String(repeating: "<a>", count: 65)).contains("nested deeper"))
        #expect(xml("<a " + String(repeating: "x", count: 70_000)).contains("tag longer"))
        #expect(xml("<a " + (0..<70).map { "a\($0)='' " }.joined() + "/>").contains("too many"))
        var tokens = XMLTokens()
        tokens.feed([0xff, 0xfe, 60, 0])
        #expect(throws: XMLTokens.Fault.self) { try tokens.next() }
    }

    private func records(_ text: String, at path: [JSONRecords.Step] = [], isLines: Bool = false, pieceSize: Int = 1 << 20) -> [String] {
        var records = JSONRecords(at: path, isLines: isLines)
        let bytes = Array(text.utf8)
        var at = 0
        var output: [String] = []
        while true {
            do {
                switch try records.next() {
                case .record(let value, let names, _): output.append((names + ["\(Self.text(value))"]).joined(separator: "/"))
                case .needsBytes:
                    guard at < bytes.count else { records.finish(); continue }
                    let end = min(bytes.count, at + pieceSize)
                    records.feed(Array(bytes[at..<end]))
                    at = end
                case .ended: return output
                }
            } catch {
                output.append("fault \(error.line)")
                guard isLines, output.count < 50 else { return output }
                records.skipLine()
            }
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .number(let text): text
        case .string(let text): "'\(text)'"
        case .array(let elements): "[" + elements.map(text).joined(separator: ",") + "]"
        case .object(let members): "{" + members.map { "\($0.name):\(text($0.value))" }.joined(separator: ",") + "}"
        }
    }

    @Test("texts one after the other, numbers to the last digit, escapes", arguments: [1, 3, 1000])
    func texts(_ pieceSize: Int) {
        let text = "{\"a\":1.10,\"b\":[true,null,-2e+05],\"c\":\"\\u00e9\\ud83d\\ude00\\n\"}\n[] \"x\""
        #expect(records(text, pieceSize: pieceSize) == ["{a:1.10,b:[true,null,-2e+05],c:'é😀\n'}", "[]", "'x'"])
    }

    @Test("records at a path, and what stands beside it read over", arguments: [1, 5, 1000])
    func path(_ pieceSize: Int) {
        let text = "{\"n\":{\"meters\":[9]},\"meters\":[{\"id\":1},{\"id\":[2]}],\"x\":[{\"id\":3}]}"
        #expect(records(text, at: [.member("meters"), .each], pieceSize: pieceSize) == ["1/{id:1}", "2/{id:[2]}"])
        let map = "{\"data\":{\"hourly\":{\"t1\":{\"v\":1},\"t2\":2}}}"
        #expect(records(map, at: [.member("data"), .each, .each], pieceSize: pieceSize) == ["hourly/t1/{v:1}", "hourly/t2/2"])
    }

    @Test("a damaged line costs no other")
    func lines() {
        #expect(
            records("{\"a\":1}\n{\"a\":\n{\"a\":3}\n{\"a\":\"\n{\"a\":5}", isLines: true) == [
                "{a:1}", "fault 2", "{a:3}", "fault 4", "{a:5}",
            ])
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "{", "[1,]", "{\"a\" 1}", "{a:1}", "01", "1.", "+1", "nul", "\"\\x\"", "\"\\u12\"", "[1 2]", "}", "\"\\ud800\"", "{\"a\":1,}",
            "\u{0}",
        ])
    func refused(_ text: String) {
        #expect(records(text).last?.hasPrefix("fault") == true)
        #expect(records(text, pieceSize: 1).last?.hasPrefix("fault") == true)
    }

    @Test("nesting has a limit")
    func nested() { #expect(records(String(repeating: "[", count: 100_000)) == ["fault 1"]) }

    @Test("encodings, in pieces of any size", arguments: [1, 2, 3, 1000])
    func encodings(_ pieceSize: Int) {
        func decode(_ bytes: [UInt8], _ encoding: TextEncoding) -> String {
            var decoder = TextDecoder(encoding)
            var output: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: pieceSize) {
                output += decoder.decode(Array(bytes[start..<min(bytes.count, start + pieceSize)]))
            }
            return String(decoding: output + decoder.finish(), as: UTF8.self)
        }
        #expect(decode([0xef, 0xbb, 0xbf, 0x61], .utf8) == "a")
        #expect(decode([0xff, 0xfe, 0x61, 0, 0x3d, 0xd8, 0, 0xde], .utf16) == "a😀")
        #expect(decode([0xfe, 0xff, 0, 0x61, 0xd8, 0x3d, 0xde, 0], .utf16) == "a😀")
        #expect(decode([0x61, 0, 0, 0xd8, 0x62, 0, 0x63], .utf16LittleEndian) == "a\u{fffd}b\u{fffd}")
        #expect(decode([0xe9, 0x80], .latin1) == "é\u{80}" && decode([0xe9, 0x80], .windows1252) == "é€")
    }
}
