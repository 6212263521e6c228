// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Tells one file's content from another's (`files.hash` 3). 128 bits; not proof against forgers, which the store does not meet.
///
/// Parts of `FilePieces.size` bytes, the last one shorter, are hashed apart, so that several threads can work on one file, and their
/// hashes are folded in order. Within a part eight lanes of 64 bits take 64 bytes at a time: the product of a word's halves, after a key
/// that differs from one word to the next, and the word itself (the idea of XXH3, Y. Collet, 2019).
struct ContentHash: Sendable {
    /// The hash of one part.
    struct Part: Sendable {
        var a: UInt64, b: UInt64
        var count: Int
    }

    /// From Sebastiano Vigna's SplitMix64, begun at 0.
    private static let keys: [UInt64] = {
        var state: UInt64 = 0
        return (0..<32).map { _ in
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
            return z ^ z >> 31
        }
    }()
    private static let lanes = 8, stripe = 64, stripesOfBlock = 16

    private var a: UInt64 = 0, b: UInt64 = 0
    private var count = 0

    @inline(__always)
    private static func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
        let product = x.multipliedFullWidth(by: y)
        return product.high ^ product.low
    }

    static func part(_ bytes: Span<UInt8>) -> Part {
        let keys = keys
        return unsafe bytes.withUnsafeBytes { source in
            unsafe keys.withUnsafeBytes { unsafe part(source, $0) }
        }
    }

    private static func part(_ bytes: UnsafeRawBufferPointer, _ keys: UnsafeRawBufferPointer) -> Part {
        typealias Lanes = SIMD8<UInt64>
        let low = Lanes(repeating: 0xffff_ffff)
        var sum = unsafe keys.loadUnaligned(fromByteOffset: 8 * 24, as: Lanes.self)
        let scramble = unsafe keys.loadUnaligned(fromByteOffset: 8 * 23, as: Lanes.self)
        let stripes = bytes.count / stripe
        var number = 0
        while number < stripes {
            var place = 0
            let end = min(stripesOfBlock, stripes &- number)
            while place < end {
                let words = unsafe bytes.loadUnaligned(fromByteOffset: (number &+ place) &* stripe, as: Lanes.self)
                let mixed = unsafe words ^ keys.loadUnaligned(fromByteOffset: 8 &* place, as: Lanes.self)
                sum &+= (mixed & low) &* (mixed &>> 32) &+ (words &<< 32 | words &>> 32)
                place &+= 1
            }
            number &+= stripesOfBlock
            sum = (sum ^ sum &>> 47 ^ scramble) &* 0x9e37_79b1
        }
        if bytes.count > stripes * stripe {
            var words = Lanes(repeating: 0)
            for at in stripes * stripe..<bytes.count {
                let place = at - stripes * stripe
                unsafe words[place / 8] |= UInt64(bytes[at]) << UInt64(8 * (place % 8))
            }
            let mixed = unsafe words ^ keys.loadUnaligned(fromByteOffset: 8 * (stripes % stripesOfBlock), as: Lanes.self)
            sum &+= (mixed & low) &* (mixed &>> 32) &+ (words &<< 32 | words &>> 32)
        }
        var a = UInt64(bytes.count) &* 0x9e37_79b1_85eb_ca87, b = ~a
        for lane in 0..<lanes {
            let key = unsafe keys.load(fromByteOffset: 8 * lane, as: UInt64.self)
            a = fold(a ^ sum[lane], key) &+ a
            b = fold(b ^ sum[lane], ~key) ^ (b << 29 | b >> 35)
        }
        return Part(a: a, b: b, count: bytes.count)
    }

    /// Takes the next part.
    mutating func add(_ part: Part) {
        count += part.count
        a = Self.fold(a ^ part.a, Self.keys[8]) ^ (a << 23 | a >> 41)
        b = Self.fold(b ^ part.b, Self.keys[9]) ^ (b << 29 | b >> 35)
    }

    /// Takes the next bytes: `FilePieces.size`, fewer at the end alone.
    mutating func add(_ piece: Span<UInt8>) { add(Self.part(piece)) }

    /// 32 hexadecimal digits.
    var text: String {
        func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        let end = UInt64(count)
        return hex(Self.fold(a ^ end, b ^ Self.keys[10])) + hex(Self.fold(b ^ end, a ^ Self.keys[11]))
    }
}

extension ContentHash {
    /// Hash of what a file expands to.
    static func ofContent(_ path: String) throws(TextFileError) -> String {
        var hash = ContentHash()
        let file = try FilePieces(path)
        var bytes: [UInt8] = []
        while try file.next(into: &bytes) { hash.add(bytes.span) }
        return hash.text
    }
}
