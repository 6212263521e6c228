// SPDX-License-Identifier: GPL-3.0-or-later

/// Makes inputs for the readers out of real ones: a few changes each of bytes, fields, lines and marks. Seeded: the same seed makes the
/// same inputs.
struct ExportMutator {
    let files: [[UInt8]]
    /// Of all families, for parts of one in another.
    let others: [[UInt8]]
    private var state: UInt64

    init(files: [[UInt8]], others: [[UInt8]], seed: UInt64) {
        self.files = files
        self.others = others
        state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    }

    /// SplitMix64 (G. Steele, D. Lea, C. Flood, 2014).
    private mutating func random() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { Int(random() % UInt64(max(1, bound))) }

    /// Bytes of a piece, small ones often.
    mutating func pieceSize() -> Int { 1 + below(1 << below(12)) }

    private static let words: [[UInt8]] =
        [
            ",", ";", "\t", "\"", "\"\"", "\n", "\r\n", "\r", "\u{feff}", "2e+05", "1e99", "-1e-99", "NaN", "#N/A", "-9999", "ERROR",
            "99999999999",
            "0.00000000000001", "+", "-", ".", "2026-03-29T02:30:00", "2026-10-25T02:30:00", "1970-01-01", "9999-12-31T23:59:59Z",
            "0000-00-00",
            "2026-02-30 24:00", "+14:00", "-99:99", "Z", "N32", "E0", "MEPMD01", "MEPMD02", "RDG", "MTR", "FTR", "{", "}", "[", "]", ":",
            "null",
            "\\u0000", "\\ud800", "\\", "\"delta_1_m3\":", "\"log_volume_m3\":", "\"id\":", "<", ">", "</", "/>", "<!--", "-->",
            "<![CDATA[", "]]>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]>", "&b;", "&#0;", "&#x10ffff;", "&amp;", "xmlns=\"\"", "<?xml version=\"1.0\"?>",
            "<MeterReading>",
            "ref=\"0.0.7.4.1.9.58.0.0.0.0.0.0.0.0.-99.42.0\"", "CUBIC_METER", "furlong", "m3", "\u{e9}", "\u{0}", "\u{1a}",
        ].map { Array($0.utf8) } + [[0xff, 0xfe], [0xfe, 0xff], [0xc3], [0x80, 0xbf]]

    mutating func next() -> [UInt8] {
        guard !files.isEmpty else { return [] }
        var bytes = files[below(files.count)]
        for _ in 0...below(5) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = below(bytes.count + 1)
        guard place < bytes.count else { bytes += Self.words[below(Self.words.count)]; return }
        switch below(14) {
        case 0: bytes[place] = UInt8(below(256))
        case 1: bytes[place] ^= 1 << UInt8(below(8))
        case 2: bytes.remove(at: place)
        case 3, 4: bytes.insert(contentsOf: Self.words[below(Self.words.count)], at: place)
        case 5, 6: bytes.replaceSubrange(field(at: place, in: bytes), with: Self.words[below(Self.words.count)])
        case 7: bytes.replaceSubrange(field(at: place, in: bytes), with: digits())
        case 8:
            let line = line(at: place, in: bytes)
            bytes.insert(contentsOf: Array(bytes[line]), at: line.upperBound)
        case 9: bytes.removeSubrange(line(at: place, in: bytes))
        case 10:
            let one = field(at: place, in: bytes), two = field(at: below(bytes.count), in: bytes)
            guard one.upperBound <= two.lowerBound else { return }
            let first = Array(bytes[one]), second = Array(bytes[two])
            bytes.replaceSubrange(two, with: first)
            bytes.replaceSubrange(one, with: second)
        case 11: bytes.removeLast(bytes.count - place)
        case 12:
            let other = others[below(others.count)]
            guard !other.isEmpty else { return }
            let from = below(other.count)
            bytes.insert(contentsOf: other[from..<min(other.count, from + below(300))], at: place)
        default:
            let piece = below(2) == 0 ? [UInt8(below(256))] : Self.words[below(Self.words.count)]
            var long: [UInt8] = []
            for _ in 0..<(1 << below(10)) { long += piece }
            bytes.insert(contentsOf: long, at: place)
        }
    }

    private mutating func digits() -> [UInt8] {
        var digits: [UInt8] = below(4) == 0 ? [45] : []
        for _ in 0..<below(22) { digits.append(UInt8(48 + below(10))) }
        if below(2) == 0 { digits.append(46) }
        for _ in 0..<below(22) { digits.append(UInt8(48 + below(10))) }
        if below(4) == 0 { digits += Array("e\(below(400) - 200)".utf8) }
        return digits
    }

    private func line(at place: Int, in bytes: [UInt8]) -> Range<Int> {
        var start = place, end = place
        while start > 0, bytes[start - 1] != 10 { start -= 1 }
        while end < bytes.count, bytes[end] != 10 { end += 1 }
        return start..<min(end + 1, bytes.count)
    }

    /// What stands between two marks of any of the formats.
    private func field(at place: Int, in bytes: [UInt8]) -> Range<Int> {
        let marks = Set(",;\t\"{}[]:<>/=\n".utf8)
        var start = place, end = place
        while start > 0, !marks.contains(bytes[start - 1]) { start -= 1 }
        while end < bytes.count, !marks.contains(bytes[end]) { end += 1 }
        return start..<end
    }
}
