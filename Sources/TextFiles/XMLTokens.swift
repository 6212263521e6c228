// SPDX-License-Identifier: GPL-3.0-or-later

/// Start tags, end tags and text of an XML document, one after the other, from bytes that come in pieces. Small and strict, because
/// exports come from outside: UTF-8 only; a document type declaration is refused, and with it every entity but the five of XML itself
/// and character references; nothing is ever fetched; depth, names, attributes and tags have limits.
///
///     var tokens = XMLTokens()
///     tokens.feed(piece)
///     loop: while true {
///         switch try tokens.next() {
///         case .start: …tokens.name, tokens.attribute("ref")
///         case .text: …tokens.text, a part of the element's text
///         case .end: …
///         case .needsBytes: tokens.feed(next piece), or tokens.finish()
///         case .ended: break loop
///         }
///     }
///
/// FoundationXML's parser would be the other way: it is libxml2, whose limits and entities are set by flags that Foundation does not
/// pass on.
public struct XMLTokens: Sendable {
    public enum Token: Sendable { case start, end, text, needsBytes, ended }

    /// What is wrong with the document, and where; nothing can be read after it.
    public struct Fault: Error, Sendable, Hashable {
        public var line: Int
        public var what: String

        public init(line: Int, what: String) {
            self.line = line
            self.what = what
        }
    }

    /// Elements inside each other.
    public static let deepest = 64
    /// Bytes of a tag with its attributes.
    public static let longestTag = 1 << 16
    public static let longestName = 256
    public static let mostAttributes = 64

    /// Of the tag read last, without prefix.
    public private(set) var name = ""
    /// Namespace of the tag read last; empty where it is in none.
    public private(set) var namespace = ""
    /// Bytes of the text read last: UTF-8, references resolved. Long texts come in parts.
    public private(set) var text: [UInt8] = []
    /// Of the tag read last, counted from 1.
    public private(set) var line = 1
    /// Open elements; a start tag counts itself, an end tag does not.
    public var depth: Int { open.count }

    private enum Within { case content, comment, instruction, data }
    private struct Element {
        var tag: [UInt8]
        var name: String
        var namespace: String
        /// Number of namespace bindings before it.
        var bindings: Int
    }

    private var buffer: [UInt8] = []
    private var at = 0
    private var isLast = false
    private var within = Within.content
    private var open: [Element] = []
    private var bindings: [(prefix: [UInt8], namespace: String)] = []
    private var attributes: [(name: String, value: String)] = []
    private var endsAtOnce = false
    private var hasRoot = false
    private var isStarted = false

    public init() {}

    /// Gives the next bytes.
    public mutating func feed(_ piece: [UInt8]) {
        buffer.removeSubrange(0..<at)
        at = 0
        buffer += piece
    }

    /// Says that no more bytes come.
    public mutating func finish() { isLast = true }

    /// Value of an attribute of the start tag read last, by its name without prefix.
    public func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    /// - Throws: `XMLTokens.Fault`.
    public mutating func next() throws(Fault) -> Token {
        if endsAtOnce {
            endsAtOnce = false
            return close()
        }
        if !isStarted {
            guard buffer.count >= 4 || isLast else { return .needsBytes }
            try start()
        }
        while true {
            switch within {
            case .comment: if !skip(past: [45, 45, 62]) { return try starved("a comment") }
            case .instruction: if !skip(past: [63, 62]) { return try starved("a processing instruction") }
            case .data:
                if let token = try characterData() { return token }
            case .content:
                guard at < buffer.count else {
                    guard isLast else { return .needsBytes }
                    guard open.isEmpty, hasRoot else { throw cutOff() }
                    return .ended
                }
                if buffer[at] != 60 {
                    if let token = try plainText() { return token }
                } else if let token = try markup() {
                    return token
                }
            }
        }
    }

    // MARK: pieces of the document

    private mutating func start() throws(Fault) {
        isStarted = true
        if buffer.starts(with: [0xef, 0xbb, 0xbf]) { at = 3 }
        if buffer.starts(with: [0xfe, 0xff]) || buffer.starts(with: [0xff, 0xfe]) || buffer.prefix(4).contains(0) {
            throw fault("not UTF-8; write the encoding of the file into the profile")
        }
    }

    private func fault(_ what: String) -> Fault { Fault(line: line, what: what) }

    private func cutOff() -> Fault {
        if let last = open.last { return fault("the document ends inside element '\(last.name)'") }
        return fault("the document has no element")
    }

    private func starved(_ what: String) throws(Fault) -> Token {
        if isLast { throw fault("the document ends inside \(what)") }
        return .needsBytes
    }

    /// Goes behind the mark; where it is not there, to what may be its beginning.
    private mutating func skip(past mark: [UInt8]) -> Bool {
        while at + mark.count <= buffer.count {
            if buffer[at] == 10 { line += 1 }
            if buffer[at] == mark[0], buffer[at..<(at + mark.count)].elementsEqual(mark) {
                at += mark.count
                within = .content
                return true
            }
            at += 1
        }
        return false
    }

    private mutating func take(_ byte: UInt8) throws(Fault) {
        if byte < 32, byte != 9, byte != 10, byte != 13 { throw fault("a control character (\(byte)) in the text") }
        if byte == 10 { line += 1 }
        text.append(byte)
    }

    /// nil where the section ended without text.
    private mutating func characterData() throws(Fault) -> Token? {
        text.removeAll(keepingCapacity: true)
        while at < buffer.count {
            if buffer[at] == 93 {
                guard at + 2 < buffer.count || isLast else { break }
                if at + 2 < buffer.count, buffer[at + 1] == 93, buffer[at + 2] == 62 {
                    at += 3
                    within = .content
                    return text.isEmpty ? nil : .text
                }
            }
            try take(buffer[at])
            at += 1
        }
        return text.isEmpty ? try starved("a CDATA section") : .text
    }

    /// nil for white space outside the root.
    private mutating func plainText() throws(Fault) -> Token? {
        text.removeAll(keepingCapacity: true)
        while at < buffer.count, buffer[at] != 60 {
            if buffer[at] == 38 {
                guard let end = reference(at) else {
                    guard !isLast else { throw fault("'&' without an entity") }
                    break
                }
                try resolve(at + 1, end, into: &text)
                at = end + 1
            } else {
                try take(buffer[at])
                at += 1
            }
        }
        if open.isEmpty {
            // A reference whose end has not come yet is text too: waiting here for the next mark would never end.
            let isReference = at < buffer.count && buffer[at] == 38
            guard !isReference, text.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }) else {
                throw fault("text outside the root element")
            }
            return at < buffer.count || isLast ? nil : .needsBytes
        }
        return text.isEmpty ? .needsBytes : .text
    }

    /// Place of the semicolon that ends a reference; nil where it is not there yet.
    private func reference(_ start: Int) -> Int? {
        var end = start + 1
        while end < buffer.count, end - start <= 12 {
            if buffer[end] == 59 { return end }
            end += 1
        }
        return end - start > 12 ? end : nil
    }

    private func resolve(_ start: Int, _ end: Int, into text: inout [UInt8]) throws(Fault) {
        let word = String(decoding: buffer[start..<min(end, buffer.count)], as: UTF8.self)
        guard end < buffer.count, buffer[end] == 59 else { throw fault("entity '\(word.prefix(12))' without its semicolon") }
        switch word {
        case "amp": text.append(38)
        case "lt": text.append(60)
        case "gt": text.append(62)
        case "quot": text.append(34)
        case "apos": text.append(39)
        default:
            let number: UInt32? =
                word.hasPrefix("#x") ? UInt32(word.dropFirst(2), radix: 16) : word.hasPrefix("#") ? UInt32(word.dropFirst()) : nil
            guard let number, number >= 32 || number == 9 || number == 10 || number == 13, let scalar = Unicode.Scalar(number) else {
                throw fault("entity '\(word.prefix(12))' is not one of amp, lt, gt, quot, apos; other entities are refused")
            }
            text += Array(String(Character(scalar)).utf8)
        }
    }

    // MARK: tags

    /// nil where something was skipped.
    private mutating func markup() throws(Fault) -> Token? {
        guard at + 1 < buffer.count else { return try starved("a tag") }
        switch buffer[at + 1] {
        case 63:
            within = .instruction
            at += 2
            return nil
        case 33:
            let rest = buffer.count - at
            guard rest >= 9 || isLast else { return .needsBytes }
            if buffer[at...].starts(with: Array("<!--".utf8)) {
                within = .comment
                at += 4
                return nil
            }
            if buffer[at...].starts(with: Array("<![CDATA[".utf8)), !open.isEmpty {
                within = .data
                at += 9
                return nil
            }
            throw fault("a declaration such as DOCTYPE; exports need none, and it is refused")
        default: break
        }
        guard let end = try tagEnd() else { return try starved("a tag") }
        defer {
            for index in at..<end where buffer[index] == 10 { line += 1 }
            at = end + 1
        }
        if buffer[at + 1] == 47 {
            var last = end
            while last > at + 2, Self.isBlank(buffer[last - 1]) { last -= 1 }
            guard let element = open.last, buffer[(at + 2)..<last].elementsEqual(element.tag) else {
                throw fault("end tag '\(String(decoding: buffer[(at + 2)..<last].prefix(40), as: UTF8.self))' where none was opened")
            }
            return close()
        }
        try openTag(end)
        return .start
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    /// Place of the `>` outside quotes; nil where it is not there yet.
    private func tagEnd() throws(Fault) -> Int? {
        var quote: UInt8 = 0
        var index = at + 1
        while index < buffer.count {
            let byte = buffer[index]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == 34 || byte == 39 {
                quote = byte
            } else if byte == 62 {
                return index
            }
            if byte == 60 { throw fault("'<' inside a tag") }
            index += 1
            if index - at > Self.longestTag { throw fault("a tag longer than \(Self.longestTag) bytes") }
        }
        return nil
    }

    private mutating func openTag(_ end: Int) throws(Fault) {
        guard !hasRoot || !open.isEmpty else { throw fault("a second root element") }
        guard open.count < Self.deepest else { throw fault("elements nested deeper than \(Self.deepest)") }
        var last = end
        if buffer[end - 1] == 47 { last -= 1; endsAtOnce = true }
        var index = at + 1
        let tag = try word(&index, last)
        var found: [(prefix: [UInt8], name: [UInt8], value: String)] = []
        let before = bindings.count
        while true {
            let gap = index
            while index < last, Self.isBlank(buffer[index]) { index += 1 }
            guard index < last else { break }
            guard index > gap, found.count < Self.mostAttributes else { throw fault("attributes without blanks between, or too many") }
            let (prefix, name) = Self.split(try word(&index, last))
            while index < last, Self.isBlank(buffer[index]) { index += 1 }
            guard index < last, buffer[index] == 61 else { throw fault("an attribute without a value") }
            index += 1
            while index < last, Self.isBlank(buffer[index]) { index += 1 }
            let value = try value(&index, last)
            guard !found.contains(where: { $0.prefix == prefix && $0.name == name }) else { throw fault("an attribute stands twice") }
            if prefix == Array("xmlns".utf8) {
                bindings.append((name, value))
            } else if prefix.isEmpty, name == Array("xmlns".utf8) {
                bindings.append(([], value))
            }
            found.append((prefix, name, value))
        }
        attributes = found.map { (String(decoding: $0.name, as: UTF8.self), $0.value) }
        let (prefix, local) = Self.split(tag)
        let bound = bindings.last { $0.prefix == prefix }?.namespace
        guard prefix.isEmpty || bound != nil else { throw fault("prefix '\(String(decoding: prefix, as: UTF8.self))' is not declared") }
        name = String(decoding: local, as: UTF8.self)
        namespace = bound ?? ""
        hasRoot = true
        open.append(Element(tag: tag, name: name, namespace: namespace, bindings: before))
    }

    private func word(_ index: inout Int, _ end: Int) throws(Fault) -> [UInt8] {
        let start = index
        while index < end, !Self.isBlank(buffer[index]), buffer[index] != 61, buffer[index] != 47, buffer[index] != 34 { index += 1 }
        guard index > start, index - start <= Self.longestName, let first = String(validating: buffer[start..<index], as: UTF8.self)?.first,
            first.isLetter || first == "_" || first == ":"
        else { throw fault("a name is missing, too long or not a name") }
        return Array(buffer[start..<index])
    }

    private func value(_ index: inout Int, _ end: Int) throws(Fault) -> String {
        guard index < end, buffer[index] == 34 || buffer[index] == 39 else { throw fault("an attribute's value without quotes") }
        let quote = buffer[index]
        index += 1
        var value: [UInt8] = []
        while index < end, buffer[index] != quote {
            if buffer[index] == 38 {
                guard let stop = reference(index), stop < end else { throw fault("'&' without an entity") }
                try resolve(index + 1, stop, into: &value)
                index = stop + 1
            } else {
                value.append(buffer[index])
                index += 1
            }
        }
        guard index < end, let text = String(validating: value, as: UTF8.self) else { throw fault("an attribute's value is not UTF-8") }
        index += 1
        return text
    }

    /// Prefix and local part.
    private static func split(_ name: [UInt8]) -> ([UInt8], [UInt8]) {
        guard let colon = name.firstIndex(of: 58), colon > 0 else { return ([], name) }
        return (Array(name[..<colon]), Array(name[(colon + 1)...]))
    }

    private mutating func close() -> Token {
        guard let element = open.popLast() else { return .needsBytes }
        bindings.removeSubrange(element.bindings...)
        name = element.name
        namespace = element.namespace
        return .end
    }
}
