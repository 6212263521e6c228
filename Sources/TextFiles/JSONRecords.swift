// SPDX-License-Identifier: GPL-3.0-or-later

/// A JSON value as it was read: numbers as text, members in their order.
public enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([Member])

    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: JSONValue
    }

    /// A member of an object by its name, the last one where it stands twice; nil for what is no object.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    /// Text of a string or number.
    public var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }

    public var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    public var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }
}

/// The records of JSON texts, one held at a time: the texts themselves (JSON lines), the elements of an outermost array, or what stands
/// at a path inside (`meters`, each element). What is not on the path is read over.
public struct JSONRecords: Sendable {
    public enum Step: Hashable, Sendable {
        case member(String)
        /// Each element of an array, or each member of an object.
        case each
    }

    public enum Outcome: Sendable {
        /// - names: of the members that `.each` steps went through; an element's place in its array otherwise.
        /// - line: where it ends.
        case record(JSONValue, names: [String], line: Int)
        case needsBytes
        case ended
    }

    /// Values in a record; one with more is a fault.
    public static let largestRecord = 1_000_000

    private enum Frame: Sendable {
        case object([JSONValue.Member], name: String)
        case array([JSONValue])
    }

    private let path: [Step]
    private let isLines: Bool
    private var tokens = JSONTokens()
    /// What is built.
    private var frames: [Frame] = []
    private var values = 0
    /// Brackets above the record: whether they are on the path, and the name or place reached in them.
    private var above: [(isOn: Bool, isObject: Bool, name: String, count: Int)] = []

    /// - path: empty for the texts themselves.
    /// - isLines: a record ends with its line, and a damaged line costs no other.
    public init(at path: [Step] = [], isLines: Bool = false) {
        self.path = path
        self.isLines = isLines
        tokens.oneLineFrom = isLines ? 1 : nil
    }

    public mutating func feed(_ piece: [UInt8]) { tokens.feed(piece) }
    public mutating func finish() { tokens.finish() }
    public var line: Int { tokens.line }

    /// After a fault: the next line begins a text.
    public mutating func skipLine() {
        tokens.skipLine()
        frames.removeAll()
        above.removeAll()
        values = 0
    }

    /// - Throws: `JSONTokens.Fault`.
    public mutating func next() throws(JSONTokens.Fault) -> Outcome {
        while true {
            let token = try tokens.next()
            switch token {
            case .needsBytes: return .needsBytes
            case .ended: return .ended
            case .key: name(String(decoding: tokens.text, as: UTF8.self))
            case .beginObject, .beginArray: begin(isObject: token == .beginObject)
            case .endObject, .endArray:
                if frames.isEmpty {
                    above.removeLast()
                } else if let record = end() {
                    return record
                }
            case .string: if let record = take(.string(String(decoding: tokens.text, as: UTF8.self))) { return record }
            case .number: if let record = take(.number(String(decoding: tokens.text, as: UTF8.self))) { return record }
            case .boolean(let value): if let record = take(.boolean(value)) { return record }
            case .null: if let record = take(.null) { return record }
            }
            if values > Self.largestRecord {
                throw JSONTokens.Fault(line: tokens.line, what: "a record of more than \(Self.largestRecord) values")
            }
        }
    }

    private mutating func name(_ name: String) {
        if case .object(let members, _) = frames.last {
            frames[frames.count - 1] = .object(members, name: name)
        } else if !above.isEmpty {
            above[above.count - 1].name = name
        }
    }

    /// Whether the next value stands where records do.
    private var isAtRecord: Bool {
        if above.isEmpty { return path.isEmpty }
        return above.count == path.count && isOn
    }

    /// Whether the next value is on the path as far as it goes.
    private var isOn: Bool {
        guard let last = above.last else { return true }
        guard last.isOn, above.count <= path.count else { return false }
        switch path[above.count - 1] {
        case .each: return true
        case .member(let name): return last.isObject && last.name == name
        }
    }

    private mutating func begin(isObject: Bool) {
        if !frames.isEmpty || isAtRecord {
            frames.append(isObject ? .object([], name: "") : .array([]))
            values += 1
        } else {
            let on = isOn
            count()
            above.append((on, isObject, "", 0))
        }
    }

    private mutating func count() {
        guard !above.isEmpty else { return }
        above[above.count - 1].count += 1
        if !above[above.count - 1].isObject { above[above.count - 1].name = "\(above[above.count - 1].count)" }
    }

    private mutating func end() -> Outcome? {
        switch frames.popLast() {
        case .object(let members, _): return take(.object(members))
        case .array(let elements): return take(.array(elements))
        case nil: return nil
        }
    }

    private mutating func take(_ value: JSONValue) -> Outcome? {
        values += 1
        switch frames.last {
        case .object(var members, let name):
            // The frame is emptied first, so that its members are not copied.
            frames[frames.count - 1] = .array([])
            members.append(.init(name: name, value: value))
            frames[frames.count - 1] = .object(members, name: name)
            return nil
        case .array(var elements):
            frames[frames.count - 1] = .array([])
            elements.append(value)
            frames[frames.count - 1] = .array(elements)
            return nil
        case nil:
            values = 0
            guard isAtRecord else { count(); return nil }
            count()
            let names = zip(above, path).compactMap { $1 == .each ? $0.name : nil }
            return .record(value, names: names, line: tokens.line)
        }
    }
}
