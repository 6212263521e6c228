// SPDX-License-Identifier: GPL-3.0-or-later

/// Names of meters met in a file, numbered in order of first appearance; found from bytes without making text.
struct NameTable {
    private var bytes: [UInt8] = []
    /// Where each name ends in `bytes`.
    private var ends: [Int] = []
    /// Open addressing; −1 is free.
    private var slots = [Int32](repeating: -1, count: 1024)

    var count: Int { ends.count }

    func bytes(of index: Int) -> [UInt8] { Array(bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]) }

    func isName(_ index: Int, _ source: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let first = index == 0 ? 0 : ends[index - 1]
        guard ends[index] - first == end - start else { return false }
        var i = first
        for at in start..<end {
            if bytes[i] != source[at] { return false }
            i += 1
        }
        return true
    }

    mutating func index(_ source: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var slot = Int(truncatingIfNeeded: Self.hash(source, start, end)) & (slots.count - 1)
        while slots[slot] >= 0 {
            if isName(Int(slots[slot]), source, start, end) { return Int(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = ends.count
        for at in start..<end { bytes.append(source[at]) }
        ends.append(bytes.count)
        slots[slot] = Int32(index)
        if ends.count * 2 > slots.count { grow() }
        return index
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        let names = bytes
        let span = names.span
        var start = 0
        for index in ends.indices {
            var slot = Int(truncatingIfNeeded: Self.hash(span, start, ends[index])) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
            start = ends[index]
        }
    }

    /// FNV-1a (Fowler, Noll, Vo), folded.
    private static func hash(_ source: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for at in start..<end { hash = (hash ^ UInt64(source[at])) &* 0x100_0000_01b3 }
        return hash ^ (hash >> 32)
    }
}

/// A few words with a number each, found from bytes; the one found last is tried first.
struct WordList {
    private var words: [[UInt8]] = []
    private var codes: [Int] = []
    private var last = 0

    var isEmpty: Bool { words.isEmpty }

    mutating func add(_ word: [UInt8], code: Int) {
        words.append(word)
        codes.append(code)
    }

    mutating func code(_ source: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        if last < words.count, isWord(last, source, start, end) { return codes[last] }
        for index in words.indices where isWord(index, source, start, end) {
            last = index
            return codes[index]
        }
        return nil
    }

    private func isWord(_ index: Int, _ source: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard words[index].count == end - start else { return false }
        for at in start..<end where words[index][at - start] != source[at] { return false }
        return true
    }
}
