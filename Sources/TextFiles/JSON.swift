// SPDX-License-Identifier: GPL-3.0-or-later

/// JSON for writing, with members in the order given: the same value makes the same bytes. What is not known is `null`.
public enum JSON: Sendable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }

    public init(_ value: Double?) { self = value.map { .number($0) } ?? .null }
    public init(_ value: Int?) { self = value.map { .integer($0) } ?? .null }
    public init(_ value: String?) { self = value.map { .string($0) } ?? .null }
    public init(_ value: Bool) { self = .boolean(value) }
    public init(_ values: [String]) { self = .array(values.map { .string($0) }) }

    /// Indented by two blanks, with a line feed at the end. Numbers that are not finite become `null`.
    public var text: String {
        var output = ""
        write(to: &output, indent: 0)
        return output + "\n"
    }

    private func write(to output: inout String, indent: Int) {
        func blanks(_ indent: Int) -> String { String(repeating: "  ", count: indent) }
        switch self {
        case .null: output += "null"
        case .boolean(let value): output += value ? "true" : "false"
        case .integer(let value): output += "\(value)"
        case .number(let value): output += value.isFinite ? NumberText.exact(value) : "null"
        case .string(let value): output += Self.quoted(value)
        case .array(let values):
            if values.isEmpty { output += "[]"; return }
            let inner = blanks(indent + 1)
            output += "[\n"
            for (index, value) in values.enumerated() {
                output += inner
                value.write(to: &output, indent: indent + 1)
                output += index + 1 < values.count ? ",\n" : "\n"
            }
            output += blanks(indent) + "]"
        case .object(let members):
            if members.isEmpty { output += "{}"; return }
            let inner = blanks(indent + 1)
            output += "{\n"
            for (index, member) in members.enumerated() {
                output += inner
                output += Self.quoted(member.0)
                output += ": "
                member.1.write(to: &output, indent: indent + 1)
                output += index + 1 < members.count ? ",\n" : "\n"
            }
            output += blanks(indent) + "}"
        }
    }

    /// As it stands in `text` at a depth: for an element of a list that is written as it comes.
    public func text(depth: Int) -> String {
        var output = ""
        write(to: &output, indent: depth)
        return output
    }

    /// In one line, without a line feed: for the rows of long lists.
    public var line: String {
        var output = ""
        writeLine(to: &output)
        return output
    }

    private func writeLine(to output: inout String) {
        switch self {
        case .array(let values):
            output += "["
            for (index, value) in values.enumerated() {
                if index > 0 { output += "," }
                value.writeLine(to: &output)
            }
            output += "]"
        case .object(let members):
            output += "{"
            for (index, member) in members.enumerated() {
                output += (index > 0 ? "," : "") + Self.quoted(member.0) + ":"
                member.1.writeLine(to: &output)
            }
            output += "}"
        default: write(to: &output, indent: 0)
        }
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 32 || $0 == 34 || $0 == 92 || $0 == 60 }) else { return "\"" + text + "\"" }
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "<": output += "\\u003c"  // safe inside an HTML script element
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output + "\""
    }
}
