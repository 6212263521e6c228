// SPDX-License-Identifier: GPL-3.0-or-later

/// Where each of many elements stands; of several with one name, the first.
public struct ElementIndex<Subject>: Sendable {
    @usableFromInline let names: NameIndex

    @inlinable public init(_ ids: [Identifier<Subject>] = []) { names = NameIndex(ids.map(\.name)) }

    @inlinable public subscript(id: Identifier<Subject>) -> Int? { names.place(of: id.name) }
}

/// An open table of names. A name of up to seven plain letters is its own key, so that looking it up compares two numbers; names count
/// as one where their text is one, as strings do.
@usableFromInline
struct NameIndex: Sendable {
    private struct Slot {
        /// 0: free. Of short names the bytes and, highest, their number; of longer ones a hash below 255.
        var key: UInt64 = 0
        var place: Int32 = 0
    }

    private var slots: [Slot] = []
    /// The longer names, by place; those of short ones are not kept.
    private var long: [Int32: String] = [:]
    /// Names with letters beyond ASCII.
    private var others: [String: Int] = [:]

    @usableFromInline
    init(_ names: [String]) {
        var size = 32
        while size < names.count * 2 { size *= 2 }
        slots = [Slot](repeating: Slot(), count: size)
        for (place, name) in names.enumerated() {
            guard let key = Self.key(name) else {
                if others[name] == nil { others[name] = place }
                continue
            }
            let slot = find(key, name)
            guard slots[slot].key == 0 else { continue }
            slots[slot] = Slot(key: key, place: Int32(clamping: place))
            if key >> 56 == 255 { long[Int32(clamping: place)] = name }
        }
    }

    @usableFromInline
    func place(of name: String) -> Int? {
        guard let key = Self.key(name) else { return others[name] }
        let slot = slots[find(key, name)]
        return slot.key == 0 ? nil : Int(slot.place)
    }

    /// The slot of a name, or the free one where it would stand.
    private func find(_ key: UInt64, _ name: String) -> Int {
        let mask = slots.count - 1
        // Names that differ in their last letter only lie side by side: files name their elements in order.
        var stem = (key >> 4) &* 0x9e37_79b9_7f4a_7c15
        stem ^= stem >> 32
        var index = Int(truncatingIfNeeded: (stem &* 0xbf58_476d_1ce4_e5b9) >> 24 &+ (key & 15)) & mask
        while slots[index].key != 0 {
            if slots[index].key == key, key >> 56 != 255 || long[slots[index].place] == name { break }
            index = (index + 1) & mask
        }
        return index
    }

    /// nil for names with letters beyond ASCII.
    private static func key(_ name: String) -> UInt64? {
        var short: UInt64 = 0, hash: UInt64 = 0xcbf2_9ce4_8422_2325, all: UInt8 = 0, count = 0
        for byte in name.utf8 {
            short = short << 8 | UInt64(byte)
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3  // FNV-1a
            all |= byte
            count += 1
        }
        guard all < 128 else { return nil }
        if count <= 7, count > 0 { return short | UInt64(count) << 56 }
        return (hash ^ hash >> 32) & 0x00FF_FFFF_FFFF_FFFF | 255 << 56
    }
}
