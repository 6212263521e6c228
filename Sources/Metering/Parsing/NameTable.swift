// SPDX-License-Identifier: GPL-3.0-or-later

/// Names of meters met in a file, numbered in order of first appearance; found from bytes without making text.
///
/// Exports list their meters in the same order again and again: the name that followed the last one before is tried first.
struct NameTable: Sendable {
    private struct Entry {
        /// As `words` has them, but for `tail` of a name of more than `short` bytes: its place in `longNames`.
        var head: UInt64, tail: UInt64
        var length: Int32
        /// The name that came after this one, −1 where none did.
        var next: Int32 = -1
    }

    /// Bytes of a name that two words hold whole.
    static let short = 16

    private var longNames: [UInt8] = []
    private var entries: [Entry] = []
    /// Open addressing; −1 is free.
    private var slots = [Int32](repeating: -1, count: 64)
    private var last: Int32 = -1

    /// Bytes that must be readable behind a name.
    static let margin = 16

    var count: Int { entries.count }

    func bytes(of index: Int) -> [UInt8] {
        let entry = entries[index]
        let length = Int(entry.length)
        if length > Self.short { return Array(longNames[Int(entry.tail)..<Int(entry.tail) + length]) }
        let rest = length < 8 ? 0 : length - 8
        return (0..<length).map { at in
            UInt8(truncatingIfNeeded: at < 8 ? entry.head >> UInt64(8 * at) : entry.tail >> UInt64(8 * (at - rest)))
        }
    }

    /// Number of a name.
    mutating func index(_ source: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var name: [UInt8] = []
        name.reserveCapacity(end - start + Self.margin)
        for at in start..<end { name.append(source[at]) }
        name += repeatElement(0, count: Self.margin)
        return unsafe name.withUnsafeBufferPointer { buffer in
            guard let first = buffer.baseAddress else { return 0 }
            return unsafe Int(index(first, end - start))
        }
    }

    /// Number of a name, behind which `margin` bytes can be read.
    @inline(__always)
    mutating func index(_ name: UnsafePointer<UInt8>, _ length: Int) -> Int32 {
        let (head, tail) = unsafe Self.words(name, length)
        if last >= 0 {
            if unsafe isEntry(last, head, tail, name, length) { return last }
            let next = entries[Int(last)].next
            if next >= 0, unsafe isEntry(next, head, tail, name, length) {
                last = next
                return next
            }
        }
        let found = unsafe search(name, length, head, tail)
        if last >= 0 { entries[Int(last)].next = found }
        last = found
        return found
    }

    /// The first and the last eight bytes; of less than eight, those and nothing. Of up to `short` bytes they are the name.
    @inline(__always)
    static func words(_ name: UnsafePointer<UInt8>, _ length: Int) -> (UInt64, UInt64) {
        let raw = unsafe UnsafeRawPointer(name)
        let first = unsafe UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
        if length < 8 { return (first & ((1 << UInt64(8 * length)) - 1), 0) }
        let second = unsafe UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self))
        return (first, second)
    }

    @inline(__always)
    private func isEntry(_ index: Int32, _ head: UInt64, _ tail: UInt64, _ name: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        let entry = entries[Int(index)]
        guard entry.head == head, Int(entry.length) == length else { return false }
        return length <= Self.short ? entry.tail == tail : unsafe isSame(entry, name)
    }

    private func isSame(_ entry: Entry, _ name: UnsafePointer<UInt8>) -> Bool {
        let start = Int(entry.tail)
        for i in 0..<Int(entry.length) where unsafe longNames[start + i] != name[i] { return false }
        return true
    }

    private mutating func search(_ name: UnsafePointer<UInt8>, _ length: Int, _ head: UInt64, _ tail: UInt64) -> Int32 {
        var slot = Self.hash(head, tail, length) & (slots.count - 1)
        while slots[slot] >= 0 {
            if unsafe isEntry(slots[slot], head, tail, name, length) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        let index = Int32(truncatingIfNeeded: entries.count)
        let isLong = length > Self.short
        entries.append(Entry(head: head, tail: isLong ? UInt64(longNames.count) : tail, length: Int32(truncatingIfNeeded: length)))
        if isLong { unsafe longNames.append(contentsOf: UnsafeBufferPointer(start: name, count: length)) }
        slots[slot] = index
        if entries.count * 2 > slots.count { grow() }
        return index
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (index, entry) in entries.enumerated() {
            var slot = Self.hash(entry.head, lastWord(entry), Int(entry.length)) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(truncatingIfNeeded: index)
        }
    }

    private func lastWord(_ entry: Entry) -> UInt64 {
        guard Int(entry.length) > Self.short else { return entry.tail }
        let end = Int(entry.tail) + Int(entry.length)
        return longNames[end - 8..<end].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func hash(_ head: UInt64, _ tail: UInt64, _ length: Int) -> Int {
        let product = (head ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: tail ^ UInt64(length) ^ 0xe703_7ed1_a0b4_28db)
        return Int(truncatingIfNeeded: product.high ^ product.low)
    }
}

/// A few words with a number each, found from bytes; the one found last is tried first.
struct WordList: Sendable {
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
