// SPDX-License-Identifier: GPL-3.0-or-later

/// A small reader of XML that accepts nothing which is not well-formed: start and end tags match, attributes are quoted and not
/// repeated, `<` and `&` stand nowhere bare.
struct WellFormed {
    struct Element {
        var name: String
        var attributes: [String: String]
    }

    var elements: [Element] = []
    /// Character data, entities resolved.
    var text = ""
    /// nil: well-formed.
    var fault: String?

    init(_ document: String) {
        let bytes = Array(document.utf8)
        var position = 0
        var open: [String] = []
        func take(until end: UInt8) -> String? {
            let start = position
            while position < bytes.count, bytes[position] != end { position += 1 }
            guard position < bytes.count else { return nil }
            defer { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        func isName(_ byte: UInt8) -> Bool {
            (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 58) || byte == 45
        }
        func name() -> String {
            let start = position
            while position < bytes.count, isName(bytes[position]) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        if document.hasPrefix("<!DOCTYPE html>") { position = 15 }
        while position < bytes.count, fault == nil {
            guard bytes[position] == 60 else {
                let start = position
                while position < bytes.count, bytes[position] != 60 { position += 1 }
                let run = String(decoding: bytes[start..<position], as: UTF8.self)
                guard let resolved = Self.resolved(run) else { fault = "bare & in '\(run.prefix(60))'"; break }
                text += resolved
                continue
            }
            position += 1
            if position < bytes.count, bytes[position] == 47 {
                position += 1
                let end = take(until: 62)
                if open.last != end { fault = "</\(end ?? "")> closes <\(open.last ?? "nothing")>" } else { open.removeLast() }
                continue
            }
            let tag = name()
            if tag.isEmpty { fault = "bare < at byte \(position)"; break }
            var element = Element(name: tag, attributes: [:])
            var isDone = false
            while !isDone, fault == nil {
                while position < bytes.count, bytes[position] == 32 { position += 1 }
                guard position < bytes.count else { fault = "<\(tag)> does not end"; break }
                if bytes[position] == 62 {
                    position += 1
                    open.append(tag)
                    isDone = true
                } else if bytes[position] == 47 {
                    position += 2
                    isDone = true
                } else {
                    let key = name()
                    guard !key.isEmpty, position + 1 < bytes.count, bytes[position] == 61, bytes[position + 1] == 34 else {
                        fault = "attribute of <\(tag)> at byte \(position)"
                        break
                    }
                    position += 2
                    guard let raw = take(until: 34), !raw.contains("<"), let value = Self.resolved(raw), element.attributes[key] == nil
                    else {
                        fault = "attribute \(key) of <\(tag)>"
                        break
                    }
                    element.attributes[key] = value
                }
            }
            elements.append(element)
        }
        if fault == nil, !open.isEmpty { fault = "not closed: \(open)" }
    }

    static func resolved(_ text: String) -> String? {
        guard text.contains("&") else { return text }
        var output = ""
        for (index, part) in text.split(separator: "&", omittingEmptySubsequences: false).enumerated() {
            if index == 0 { output += part; continue }
            let known = [("lt;", "<"), ("gt;", ">"), ("amp;", "&"), ("quot;", "\""), ("#39;", "'")]
            guard let entity = known.first(where: { part.hasPrefix($0.0) }) else { return nil }
            output += entity.1 + part.dropFirst(entity.0.count)
        }
        return output
    }
}
