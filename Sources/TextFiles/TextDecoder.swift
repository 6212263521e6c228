// SPDX-License-Identifier: GPL-3.0-or-later

/// How a text is written in bytes.
public enum TextEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    /// The byte order mark tells the order; without one, little endian.
    case utf16 = "utf-16"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    /// ISO 8859-1.
    case latin1 = "latin-1"
    /// As Latin-1, with characters such as € and dashes between 128 and 159.
    case windows1252 = "windows-1252"
}

/// Turns a text that comes in pieces into UTF-8 without a mark. What is no character becomes U+FFFD, which no reader takes for a
/// name or a number; bytes that are said to be UTF-8 pass as they are.
public struct TextDecoder: Sendable {
    private let encoding: TextEncoding
    private var isBigEndian: Bool
    /// First bytes, until there are enough to see a mark.
    private var head: [UInt8] = []
    private var isStarted = false
    private var oddByte: UInt8?
    private var highHalf: UInt16 = 0

    public init(_ encoding: TextEncoding) {
        self.encoding = encoding
        isBigEndian = encoding == .utf16BigEndian
    }

    /// The encoding that a byte order mark at the beginning of a file tells; nil without one.
    public static func marked(_ bytes: [UInt8]) -> TextEncoding? {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return .utf8 }
        if bytes.starts(with: [0xff, 0xfe]) { return .utf16LittleEndian }
        if bytes.starts(with: [0xfe, 0xff]) { return .utf16BigEndian }
        return nil
    }

    public mutating func decode(_ piece: [UInt8]) -> [UInt8] {
        if isStarted { return convert(piece[...]) }
        head += piece
        guard head.count >= 3 else { return [] }
        return begin()
    }

    /// What is left at the end of the text.
    public mutating func finish() -> [UInt8] {
        var rest = isStarted ? [] : begin()
        if oddByte != nil || highHalf != 0 { rest += Self.replacement }
        oddByte = nil
        highHalf = 0
        return rest
    }

    private static let replacement: [UInt8] = [0xef, 0xbf, 0xbd]

    private mutating func begin() -> [UInt8] {
        isStarted = true
        var body = head[...]
        switch encoding {
        case .utf8: if head.starts(with: [0xef, 0xbb, 0xbf]) { body = head.dropFirst(3) }
        case .utf16, .utf16LittleEndian, .utf16BigEndian:
            if head.starts(with: [0xff, 0xfe]) {
                isBigEndian = false
                body = head.dropFirst(2)
            } else if head.starts(with: [0xfe, 0xff]) {
                isBigEndian = true
                body = head.dropFirst(2)
            }
        case .latin1, .windows1252: break
        }
        let first = convert(body)
        head = []
        return first
    }

    private mutating func convert(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        switch encoding {
        case .utf8: return Array(bytes)
        case .utf16, .utf16LittleEndian, .utf16BigEndian: return utf16(bytes)
        case .latin1, .windows1252:
            if bytes.allSatisfy({ $0 < 128 }) { return Array(bytes) }
            var output: [UInt8] = []
            output.reserveCapacity(bytes.count + bytes.count / 8)
            for byte in bytes {
                if byte < 128 {
                    output.append(byte)
                } else if byte < 160, encoding == .windows1252 {
                    Self.append(UInt32(Self.windows[Int(byte) - 128]), to: &output)
                } else {
                    output.append(0xc0 | byte >> 6)
                    output.append(0x80 | byte & 0x3f)
                }
            }
            return output
        }
    }

    private mutating func utf16(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 2 + 8)
        for byte in bytes {
            guard let first = oddByte else { oddByte = byte; continue }
            oddByte = nil
            let unit = isBigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
            if highHalf != 0 {
                let high = highHalf
                highHalf = 0
                if unit >= 0xdc00, unit < 0xe000 {
                    Self.append(0x10000 + UInt32(high - 0xd800) << 10 + UInt32(unit - 0xdc00), to: &output)
                    continue
                }
                output += Self.replacement
            }
            if unit >= 0xd800, unit < 0xdc00 {
                highHalf = unit
            } else if unit >= 0xdc00, unit < 0xe000 {
                output += Self.replacement
            } else {
                Self.append(UInt32(unit), to: &output)
            }
        }
        return output
    }

    /// A character in UTF-8.
    private static func append(_ value: UInt32, to output: inout [UInt8]) {
        if value < 0x80 {
            output.append(UInt8(value))
        } else if value < 0x800 {
            output.append(0xc0 | UInt8(value >> 6))
            output.append(0x80 | UInt8(value & 0x3f))
        } else if value < 0x10000 {
            output.append(0xe0 | UInt8(value >> 12))
            output.append(0x80 | UInt8(value >> 6 & 0x3f))
            output.append(0x80 | UInt8(value & 0x3f))
        } else {
            output.append(0xf0 | UInt8(value >> 18 & 7))
            output.append(0x80 | UInt8(value >> 12 & 0x3f))
            output.append(0x80 | UInt8(value >> 6 & 0x3f))
            output.append(0x80 | UInt8(value & 0x3f))
        }
    }

    /// Bytes 128 to 159 of Windows code page 1252; five are no characters.
    private static let windows: [UInt16] = [
        0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
        0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
    ]
}
