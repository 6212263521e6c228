// SPDX-License-Identifier: GPL-3.0-or-later

/// Finds names, given as ranges of the bytes of a file, without making a string of each.
/// Names count as one where their text is one: accents written in two ways are the same letter.
///
/// An open table. A slot holds a short name whole, and names that differ in their last letter only lie side by side, because files
/// name their elements in order: a look-up is seldom more than one access to memory.
public struct NameTable: Sendable {
    private struct Slot {
        /// Of up to seven bytes the bytes themselves, the last one lowest, and their number in the highest byte; of longer names a
        /// hash below a highest byte of 255. 0: free.
        var key: UInt64 = 0
        var value: Int32 = 0
        /// Position in `long`, or −1.
        var long: Int32 = -1
    }

    /// Their number is a power of two.
    private var slots: [Slot] = []
    private var count = 0
    private var long: [Range<Int>] = []
    /// Names with letters beyond ASCII.
    private var others: [String: Int] = [:]

    public init() {}

    /// Room for that many, before the first is noted.
    public mutating func reserve(_ count: Int) {
        guard self.count == 0, count > 0 else { return }
        slots = Self.free(for: count)
    }

    private static func free(for count: Int) -> [Slot] {
        var size = 32
        while size < count * 2 { size *= 2 }
        return [Slot](repeating: Slot(), count: size)
    }

    public func value(of name: Range<Int>, in bytes: borrowing [UInt8]) -> Int? {
        guard let key = Self.key(name, bytes) else { return others[String(decoding: bytes[name], as: UTF8.self)] }
        guard !slots.isEmpty else { return nil }
        let mask = slots.count - 1
        var index = Self.place(key, name, bytes) & mask
        while true {
            let slot = slots[index]
            if slot.key == key, slot.long < 0 || Self.isSame(long[Int(slot.long)], name, bytes) { return Int(slot.value) }
            if slot.key == 0 { return nil }
            index = (index + 1) & mask
        }
    }

    /// Notes a name that is not there yet.
    public mutating func insert(_ name: Range<Int>, _ value: Int, in bytes: borrowing [UInt8]) {
        guard let key = Self.key(name, bytes) else {
            others[String(decoding: bytes[name], as: UTF8.self)] = value
            return
        }
        count += 1
        if count * 2 > slots.count {
            let old = slots
            slots = Self.free(for: count * 2)
            for slot in old where slot.key != 0 {
                put(slot, Self.place(slot.key, slot.long < 0 ? nil : long[Int(slot.long)], bytes))
            }
        }
        var slot = Slot(key: key, value: Int32(clamping: value))
        if key >> 56 == 255 {
            slot.long = Int32(clamping: long.count)
            long.append(name)
        }
        put(slot, Self.place(key, name, bytes))
    }

    private mutating func put(_ slot: Slot, _ place: Int) {
        let mask = slots.count - 1
        var index = place & mask
        while slots[index].key != 0 { index = (index + 1) & mask }
        slots[index] = slot
    }

    /// nil for names with letters beyond ASCII.
    private static func key(_ name: Range<Int>, _ bytes: borrowing [UInt8]) -> UInt64? {
        var key: UInt64 = 0, all: UInt8 = 0
        if name.count <= 7, !name.isEmpty {
            for index in name {
                key = key << 8 | UInt64(bytes[index])
                all |= bytes[index]
            }
            return all < 128 ? key | UInt64(name.count) << 56 : nil
        }
        // FNV-1a.
        key = 0xcbf2_9ce4_8422_2325
        for index in name {
            all |= bytes[index]
            key = (key ^ UInt64(bytes[index])) &* 0x100_0000_01b3
        }
        return all < 128 ? (key ^ key >> 32) | 255 << 56 : nil
    }

    /// Where the search for a name begins: by all but its last letter, and beside its neighbours by that.
    private static func place(_ key: UInt64, _ name: Range<Int>?, _ bytes: borrowing [UInt8]) -> Int {
        var stem = key >> 8
        var last = key & 15
        if key >> 56 == 255, let name {
            stem = 0xcbf2_9ce4_8422_2325
            for index in name.dropLast() { stem = (stem ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
            last = name.isEmpty ? 0 : UInt64(bytes[name.upperBound - 1] & 15)
        }
        stem &*= 0x9e37_79b9_7f4a_7c15
        stem ^= stem >> 32
        stem &*= 0xbf58_476d_1ce4_e5b9
        return Int(truncatingIfNeeded: (stem >> 24) &+ last)
    }

    private static func isSame(_ one: Range<Int>, _ two: Range<Int>, _ bytes: borrowing [UInt8]) -> Bool {
        guard one.count == two.count else { return false }
        for offset in 0..<one.count where bytes[one.lowerBound + offset] != bytes[two.lowerBound + offset] { return false }
        return true
    }
}
