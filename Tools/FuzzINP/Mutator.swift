// SPDX-License-Identifier: GPL-3.0-or-later

/// Makes broken network files out of whole ones; the same seed makes the same files.
struct Mutator {
    private let models: [[UInt8]]
    private var state: UInt64

    /// What files are broken with: numbers at the edges of the types, marks, keywords at the wrong place, bytes that are no text.
    private static let words: [[UInt8]] =
        [
            "[", "]", "[]", "\"", "\"\"", ";", "*", "-", "+", ".", ",", "\t", "\n", "\r", "\r\n", "0", "-0", "1", "-1", "1e308", "-1e308",
            "1e309", "1e-320", "5e-324", "9007199254740993", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e400",
            "NaN",
            "inf", "0x1p3", "1e", "1e+", "e5", "00000000000000000000000000000001", "0.1e-22", "123456789.123456789e15", "25:00", "12:60:61",
            "::",
            "1:2:3:4:5", "-1:00", "1e7", "1e18 SEC", "PM", "AM", "[END]", "[TITLE]", "[JUNCTIONS]", "[RESERVOIRS]", "[TANKS]", "[PIPES]",
            "[PUMPS]", "[VALVES]", "[EMITTERS]", "[CURVES]", "[PATTERNS]", "[ENERGY]", "[STATUS]", "[CONTROLS]", "[RULES]", "[DEMANDS]",
            "[QUALITY]", "[OPTIONS]", "[TIMES]", "[LEAKAGE]", "[COORDINATES]", "[VERTICES]", "[LABELS]", "[TAGS]", "[FOO]", "CV", "OPEN",
            "CLOSED", "ACTIVE", "PRV", "PSV", "FCV", "TCV", "GPV", "PCV", "HEAD", "POWER", "SPEED", "PATTERN", "RULE", "IF", "AND", "OR",
            "THEN",
            "ELSE", "PRIORITY", "DISABLED", "SYSTEM", "CLOCKTIME", "FILLTIME", "LINK", "NODE", "TANK", "LEVEL", "ABOVE", "IS", "UNITS",
            "GPM",
            "LPS", "PRESSURE", "DEMAND", "MODEL", "PDA", "MINIMUM", "REQUIRED", "EXPONENT", "D-W", "C-M", "MULTIPLIER", "VISCOSITY",
            "SPECIFIC",
            "GRAVITY", "YES", "NO", "\u{e9}", "유", "\u{301}", "\u{feff}", "\u{212a}",
        ].map { Array($0.utf8) } + [
            [0], [0, 0, 0, 0], [0xff], [0xc3], [0xed, 0xa0, 0x80], [0x85], [0xf8, 0x88], [0xef, 0xbb, 0xbf], [0x1f, 0x8b],
        ]

    init(models: [[UInt8]], seed: UInt64) {
        self.models = models
        state = seed
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private mutating func random() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    private mutating func below(_ bound: Int) -> Int { bound < 1 ? 0 : Int(random() % UInt64(bound)) }

    /// The next broken file.
    mutating func next() -> [UInt8] {
        var bytes = models.isEmpty ? [] : models[below(models.count)]
        for _ in 0...below(6) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        if bytes.isEmpty { bytes = [32] }
        let place = below(bytes.count)
        switch below(16) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = UInt8(below(256))
        case 2: bytes.remove(at: place)
        case 3: bytes.removeSubrange(line(at: place, in: bytes))
        case 4:
            // A line stands twice, or somewhere else.
            let copied = Array(bytes[line(at: place, in: bytes)])
            bytes.insert(contentsOf: copied, at: line(at: below(bytes.count), in: bytes).lowerBound)
        case 5, 6, 7: bytes.replaceSubrange(word(at: place, in: bytes), with: Self.words[below(Self.words.count)])
        case 8:
            // Two words change places.
            let one = word(at: place, in: bytes), two = word(at: below(bytes.count), in: bytes)
            guard one.upperBound <= two.lowerBound else { return }
            let first = Array(bytes[one]), second = Array(bytes[two])
            bytes.replaceSubrange(two, with: first)
            bytes.replaceSubrange(one, with: second)
        case 9: bytes.insert(contentsOf: Self.words[below(Self.words.count)], at: place)
        case 10: bytes.removeLast(bytes.count - place)
        case 11: bytes.removeSubrange(place..<min(bytes.count, place + below(200)))
        case 12: bytes.replaceSubrange(word(at: place, in: bytes), with: digits())
        case 13:
            // A part of another model.
            let other = models[below(models.count)]
            guard !other.isEmpty else { return }
            let from = below(other.count)
            bytes.insert(contentsOf: other[from..<min(other.count, from + below(400))], at: place)
        case 14:
            // A long word or a long line.
            let piece = below(2) == 0 ? [UInt8(below(256))] : [49, 32]
            var long: [UInt8] = []
            for _ in 0..<(1 << below(12)) { long += piece }
            bytes.insert(contentsOf: long, at: place)
        default:
            for _ in 0..<below(20) { bytes[below(bytes.count)] = UInt8(below(256)) }
        }
    }

    /// A number of any size.
    private mutating func digits() -> [UInt8] {
        var digits: [UInt8] = below(4) == 0 ? [45] : []
        for _ in 0..<below(25) { digits.append(UInt8(48 + below(10))) }
        if below(2) == 0 { digits.append(46) }
        for _ in 0..<below(25) { digits.append(UInt8(48 + below(10))) }
        if below(3) == 0 { digits += Array("e\(below(700) - 350)".utf8) }
        return digits
    }

    private func line(at place: Int, in bytes: [UInt8]) -> Range<Int> {
        var start = place, end = place
        while start > 0, bytes[start - 1] != 10 { start -= 1 }
        while end < bytes.count, bytes[end] != 10 { end += 1 }
        return start..<min(end + 1, bytes.count)
    }

    private func word(at place: Int, in bytes: [UInt8]) -> Range<Int> {
        func isLetter(_ index: Int) -> Bool { bytes[index] > 32 }
        var start = place, end = place
        while start > 0, isLetter(start - 1) { start -= 1 }
        while end < bytes.count, isLetter(end) { end += 1 }
        return start..<end
    }
}
