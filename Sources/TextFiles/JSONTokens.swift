// SPDX-License-Identifier: GPL-3.0-or-later

/// Brackets, keys and values of JSON texts (RFC 8259), one after the other, from bytes that come in pieces. Several texts may follow
/// each other (JSON lines). Strict, with limits on depth and on the length of a string; numbers stay text, so that no digit is lost.
public struct JSONTokens: Sendable {
    public enum Token: Sendable, Hashable {
        case beginObject, endObject, beginArray, endArray
        /// `text` holds the member's name.
        case key
        /// `text` holds it, without quotes and escapes.
        case string
        /// `text` holds it as it stood.
        case number
        case boolean(Bool)
        case null
        case needsBytes
        /// Nothing follows the last text.
        case ended
    }

    public struct Fault: Error, Sendable, Hashable {
        public var line: Int
        public var what: String

        public init(line: Int, what: String) {
            self.line = line
            self.what = what
        }
    }

    /// Brackets inside each other.
    public static let deepest = 64
    /// Bytes of a string or number.
    public static let longestText = 1 << 20

    public private(set) var text: [UInt8] = []
    /// Counted from 1.
    public private(set) var line = 1
    /// Open brackets; an opening one counts itself, a closing one does not.
    public var depth: Int { isObject.count }
    /// A line feed inside a text's outermost bracket counted from this depth is a fault: each record then stands in one line, and
    /// a damaged one costs no other. nil: line feeds may stand anywhere.
    public var oneLineFrom: Int?

    private enum Place { case value, valueOrEnd, keyOrEnd, key, colon, commaOrEnd }
    private var buffer: [UInt8] = []
    private var at = 0
    private var isLast = false
    private var isObject: [Bool] = []
    private var place = Place.value
    private var isSkipping = false
    private var isStarted = false

    public init() {}

    public mutating func feed(_ piece: [UInt8]) {
        buffer.removeSubrange(0..<at)
        at = 0
        buffer += piece
    }

    public mutating func finish() { isLast = true }

    /// After a fault: goes on with the next line as the beginning of a text.
    public mutating func skipLine() {
        isSkipping = true
        isObject.removeAll()
        place = .value
    }

    /// - Throws: `JSONTokens.Fault`.
    public mutating func next() throws(Fault) -> Token {
        if !isStarted {
            guard buffer.count >= 3 || isLast else { return .needsBytes }
            isStarted = true
            if buffer.starts(with: [0xef, 0xbb, 0xbf]) { at = 3 }
        }
        while true {
            if isSkipping {
                while at < buffer.count, buffer[at] != 10 { at += 1 }
                guard at < buffer.count else { return isLast ? .ended : .needsBytes }
                isSkipping = false
            }
            while at < buffer.count, buffer[at] == 32 || buffer[at] == 10 || buffer[at] == 13 || buffer[at] == 9 {
                if buffer[at] == 10 {
                    if let oneLineFrom, depth >= oneLineFrom { throw fault("the line ends inside a record") }
                    line += 1
                }
                at += 1
            }
            guard at < buffer.count else {
                guard isLast else { return .needsBytes }
                guard isObject.isEmpty else {
                    // What is open is told once; afterwards the end is the end.
                    isObject.removeAll()
                    place = .value
                    throw fault("the text ends inside \(depth == 0 ? "a record" : "an object")")
                }
                return .ended
            }
            let byte = buffer[at]
            switch byte {
            case 44 where place == .commaOrEnd:
                at += 1
                place = isObject.last == true ? .key : .value
                continue
            case 58 where place == .colon:
                at += 1
                place = .value
                continue
            default: return try token(byte)
            }
        }
    }

    private func fault(_ what: String) -> Fault { Fault(line: line, what: what) }

    private mutating func token(_ byte: UInt8) throws(Fault) -> Token {
        let awaitsValue = place == .value || place == .valueOrEnd
        switch byte {
        case 123 where awaitsValue, 91 where awaitsValue:
            guard depth < Self.deepest else { throw fault("nested deeper than \(Self.deepest)") }
            at += 1
            isObject.append(byte == 123)
            place = byte == 123 ? .keyOrEnd : .valueOrEnd
            return byte == 123 ? .beginObject : .beginArray
        case 125 where isObject.last == true && (place == .keyOrEnd || place == .commaOrEnd),
            93 where isObject.last == false && (place == .valueOrEnd || place == .commaOrEnd):
            at += 1
            isObject.removeLast()
            afterValue()
            return byte == 125 ? .endObject : .endArray
        case 34 where awaitsValue || place == .key || place == .keyOrEnd:
            guard try string() else { return try starved() }
            if awaitsValue { afterValue() } else { place = .colon }
            return awaitsValue ? .string : .key
        case _ where awaitsValue: return try word()
        default:
            let shown = byte > 32 && byte < 127 ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
            throw fault("\(shown) where \(expected) was expected")
        }
    }

    private var expected: String {
        switch place {
        case .value: "a value"
        case .valueOrEnd: "a value or ']'"
        case .keyOrEnd: "a name or '}'"
        case .key: "a name"
        case .colon: "':'"
        case .commaOrEnd: isObject.last == true ? "',' or '}'" : "',' or ']'"
        }
    }

    private mutating func afterValue() { place = isObject.isEmpty ? .value : .commaOrEnd }

    private func starved() throws(Fault) -> Token {
        if isLast { throw fault("the text ends inside a value") }
        if buffer.count - at > Self.longestText { throw fault("a value longer than \(Self.longestText) bytes") }
        return .needsBytes
    }

    /// Numbers and the three words.
    private mutating func word() throws(Fault) -> Token {
        var end = at
        while end < buffer.count, Self.isWordByte(buffer[end]) { end += 1 }
        if end == buffer.count, !isLast { return try starved() }
        let word = buffer[at..<end]
        let token: Token
        if word.elementsEqual("true".utf8) {
            token = .boolean(true)
        } else if word.elementsEqual("false".utf8) {
            token = .boolean(false)
        } else if word.elementsEqual("null".utf8) {
            token = .null
        } else if Self.isNumber(word) {
            text.removeAll(keepingCapacity: true)
            text += word
            token = .number
        } else {
            throw fault("'\(String(decoding: buffer[at..<min(max(end, at + 1), at + 20)], as: UTF8.self))' is no value")
        }
        at = end
        afterValue()
        return token
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (byte >= 48 && byte <= 57) || (byte | 32 >= 97 && byte | 32 <= 122) || byte == 43 || byte == 45 || byte == 46
    }

    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        var rest = word
        func digits() -> Int {
            let before = rest.count
            rest = rest.drop { $0 >= 48 && $0 <= 57 }
            return before - rest.count
        }
        if rest.first == 45 { rest.removeFirst() }
        let leading = rest.first
        let whole = digits()
        guard whole > 0, whole == 1 || leading != 48 else { return false }
        if rest.first == 46 {
            rest.removeFirst()
            guard digits() > 0 else { return false }
        }
        if let first = rest.first, first | 32 == 101 {
            rest.removeFirst()
            if rest.first == 43 || rest.first == 45 { rest.removeFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    // MARK: strings

    /// False where its end is not there yet.
    private mutating func string() throws(Fault) -> Bool {
        var end = at + 1
        while end < buffer.count, buffer[end] != 34 {
            if buffer[end] < 32 {
                at = end
                throw fault("a control character (\(buffer[end])) in a string")
            }
            end += buffer[end] == 92 ? 2 : 1
            if end - at > Self.longestText { throw fault("a string longer than \(Self.longestText) bytes") }
        }
        guard end < buffer.count else { return false }
        text.removeAll(keepingCapacity: true)
        var index = at + 1
        while index < end {
            if buffer[index] == 92 { try escape(&index, end) } else { text.append(buffer[index]); index += 1 }
        }
        at = end + 1
        if (try? UTF8Span(validating: text.span)) == nil { throw fault("a string is not UTF-8") }
        return true
    }

    private mutating func escape(_ index: inout Int, _ end: Int) throws(Fault) {
        let byte = buffer[index + 1]
        index += 2
        switch byte {
        case 34, 92, 47: text.append(byte)
        case 98: text.append(8)
        case 102: text.append(12)
        case 110: text.append(10)
        case 114: text.append(13)
        case 116: text.append(9)
        case 117:
            var value = try unit(&index, end)
            if value >= 0xd800, value < 0xdc00, index + 1 < end, buffer[index] == 92, buffer[index + 1] == 117 {
                index += 2
                let low = try unit(&index, end)
                guard low >= 0xdc00, low < 0xe000 else { throw fault("half a character in a string") }
                value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw fault("half a character in a string") }
            text += Array(String(Character(scalar)).utf8)
        default: throw fault("'\\' before a character that needs none")
        }
    }

    private func unit(_ index: inout Int, _ end: Int) throws(Fault) -> UInt32 {
        guard index + 4 <= end, buffer[index] != 43, buffer[index] != 45,
            let value = UInt32(String(decoding: buffer[index..<(index + 4)], as: UTF8.self), radix: 16)
        else { throw fault("'\\u' without four hexadecimal digits") }
        index += 4
        return value
    }
}
