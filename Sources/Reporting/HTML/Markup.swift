// SPDX-License-Identifier: GPL-3.0-or-later

/// A tree of elements and text that is escaped where it is written, so that no text from an input file can become markup.
/// The output is HTML that is also well-formed XML.
struct Markup: Sendable {
    enum Part: Sendable {
        case text(String)
        case element(Markup)
        /// As it is: for what the code itself says or has escaped in its own way.
        case verbatim(String)
    }

    var name: String
    var attributes: [(String, String)]
    var parts: [Part]

    /// - name, names of attributes: words of the code, never of an input.
    init(_ name: String, _ attributes: [(String, String)] = [], _ children: [Markup] = []) {
        self.name = name
        self.attributes = attributes
        parts = children.map { .element($0) }
    }

    init(_ name: String, _ attributes: [(String, String)] = [], text: String) {
        self.name = name
        self.attributes = attributes
        parts = [.text(text)]
    }

    init(_ name: String, _ attributes: [(String, String)] = [], verbatim text: String) {
        self.name = name
        self.attributes = attributes
        parts = [.verbatim(text)]
    }

    mutating func append(_ child: Markup) { parts.append(.element(child)) }
    mutating func append(text: String) { parts.append(.text(text)) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// In UTF-8.
    var bytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    /// Elements that HTML closes by itself.
    private static let void: Set<String> = ["meta", "br", "hr", "col", "link"]
    /// Elements that HTML does not allow to be closed in their start tag.
    private static let selfClosing: Set<String> = ["path", "rect", "line", "circle", "use", "polygon", "polyline"]
    /// After which a line is begun, so that the file can be read and compared.
    private static let ownLine: Set<String> = [
        "p", "h1", "h2", "h3", "tr", "li", "section", "figure", "table", "div", "head", "body", "meta", "title", "style", "svg", "g", "nav",
        "dl",
        "header", "footer", "main", "caption", "thead", "tbody", "ul", "ol", "figcaption", "aside",
    ]

    private func write(to output: inout [UInt8]) {
        output.append(UInt8(ascii: "<"))
        output += name.utf8
        for (key, value) in attributes {
            output.append(UInt8(ascii: " "))
            output += key.utf8
            output += "=\"".utf8
            Self.escape(value, inAttribute: true, to: &output)
            output.append(UInt8(ascii: "\""))
        }
        if parts.isEmpty && (Self.void.contains(name) || Self.selfClosing.contains(name)) {
            output += "/>".utf8
        } else {
            output.append(UInt8(ascii: ">"))
            for part in parts {
                switch part {
                case .text(let text): Self.escape(text, inAttribute: false, to: &output)
                case .element(let element): element.write(to: &output)
                case .verbatim(let text): output += text.utf8
                }
            }
            output += "</".utf8
            output += name.utf8
            output.append(UInt8(ascii: ">"))
        }
        if Self.ownLine.contains(name) { output.append(UInt8(ascii: "\n")) }
    }

    /// Characters that XML does not allow are shown as U+FFFD.
    private static func escape(_ text: String, inAttribute: Bool, to output: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): output += "&lt;".utf8
            case UInt8(ascii: ">"): output += "&gt;".utf8
            case UInt8(ascii: "&"): output += "&amp;".utf8
            case UInt8(ascii: "\"") where inAttribute: output += "&quot;".utf8
            case UInt8(ascii: "'") where inAttribute: output += "&#39;".utf8
            case 0x09, 0x0A, 0x0D: output.append(UInt8(ascii: " "))
            case 0..<0x20, 0x7F: output += "\u{FFFD}".utf8
            default:
                output.append(byte)
                // U+FFFE and U+FFFF: EF BF BE and EF BF BF.
                let end = output.count
                if byte >= 0xBE, end >= 3, output[end - 2] == 0xBF, output[end - 3] == 0xEF {
                    output.removeLast(3)
                    output += "\u{FFFD}".utf8
                }
            }
        }
    }
}
