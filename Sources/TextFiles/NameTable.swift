// SPDX-License-Identifier: GPL-3.0-or-later

/// Finds names, given as ranges of the bytes of a file, without making a string of each.
/// Names count as one where their text is one: accents written in two ways are the same letter.
public struct NameTable: Sendable {
    private struct Entry {
        var start: Int
        var count: Int32
        var value: Int32
    }

    /// Number of an entry plus one; 0 where free. Its size is a power of two.
    private var slots: [UInt32] = []
    private var entries: [Entry] = []
    /// Names with letters beyond ASCII.
    private var others: [String: Int] = [:]

    public init() {}

    /// Room for that many, before the first is noted.
    public mutating func reserve(_ count: Int) {
        guard entries.isEmpty else { return }
        entries.reserveCapacity(count)
        grow(to: count)
    }

    public func value(of name: Range<Int>, in bytes: borrowing [UInt8]) -> Int? {
        let (hash, isPlain) = Self.hash(name, bytes)
        guard isPlain else { return others[String(decoding: bytes[name], as: UTF8.self)] }
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if Int(entry.count) == name.count, Self.isSame(entry.start, name, bytes) { return Int(entry.value) }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Notes a name that is not there yet.
    public mutating func insert(_ name: Range<Int>, _ value: Int, in bytes: borrowing [UInt8]) {
        let (hash, isPlain) = Self.hash(name, bytes)
        guard isPlain else {
            others[String(decoding: bytes[name], as: UTF8.self)] = value
            return
        }
        entries.append(Entry(start: name.lowerBound, count: Int32(clamping: name.count), value: Int32(clamping: value)))
        if entries.count * 2 > slots.count {
            grow(to: max(16, entries.count * 2))
            for index in 0..<entries.count - 1 {
                let entry = entries[index]
                place(index, Self.hash(entry.start..<entry.start + Int(entry.count), bytes).0)
            }
        }
        place(entries.count - 1, hash)
    }

    private mutating func place(_ entry: Int, _ hash: Int) {
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(entry + 1)
    }

    /// Room for twice that many; all slots are free afterwards.
    private mutating func grow(to count: Int) {
        var size = 16
        while size < count * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
    }

    private static func isSame(_ start: Int, _ name: Range<Int>, _ bytes: borrowing [UInt8]) -> Bool {
        var offset = 0
        while offset < name.count {
            if bytes[start + offset] != bytes[name.lowerBound + offset] { return false }
            offset += 1
        }
        return true
    }

    /// FNV-1a, mixed; and whether all is ASCII.
    private static func hash(_ name: Range<Int>, _ bytes: borrowing [UInt8]) -> (Int, Bool) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var all: UInt8 = 0
        for index in name {
            let byte = bytes[index]
            all |= byte
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        hash ^= hash >> 32
        hash = hash &* 0x9e37_79b9_7f4a_7c15
        return (Int(truncatingIfNeeded: hash >> 20), all < 128)
    }
}
