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

    var text: String {
        var output = ""
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

    func write(to output: inout String) {
        output += "<" + name
        for (key, value) in attributes { output += " \(key)=\"" + Self.escaped(value, inAttribute: true) + "\"" }
        if parts.isEmpty && (Self.void.contains(name) || Self.selfClosing.contains(name)) {
            output += "/>"
        } else {
            output += ">"
            for part in parts {
                switch part {
                case .text(let text): output += Self.escaped(text, inAttribute: false)
                case .element(let element): element.write(to: &output)
                case .verbatim(let text): output += text
                }
            }
            output += "</\(name)>"
        }
        if Self.ownLine.contains(name) { output += "\n" }
    }

    /// Characters that XML does not allow are shown as U+FFFD.
    static func escaped(_ text: String, inAttribute: Bool) -> String {
        var output = ""
        output.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "&": output += "&amp;"
            case "\"" where inAttribute: output += "&quot;"
            case "'" where inAttribute: output += "&#39;"
            case "\t", "\n", "\r": output += " "
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || (0xFFFE...0xFFFF).contains(scalar.value):
                output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
