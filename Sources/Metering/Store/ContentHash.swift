// SPDX-License-Identifier: GPL-3.0-or-later

/// Tells one file's content from another's. 128 bits, made by multiplying and folding 16 bytes at a time in two lanes (the idea of
/// wyhash, W. Yi, 2019); not proof against forgers, which the store does not meet.
struct ContentHash: Hashable {
    var first: UInt64
    var second: UInt64

    /// 32 hexadecimal digits.
    var text: String {
        func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hex(first) + hex(second)
    }

    init(_ bytes: [UInt8]) {
        let span = bytes.span
        let k0: UInt64 = 0xa076_1d64_78bd_642f, k1: UInt64 = 0xe703_7ed1_a0b4_28db
        let k2: UInt64 = 0x8ebc_6af0_9c88_c6e3, k3: UInt64 = 0x5899_65cc_7537_4cc3
        var a = k0 ^ UInt64(span.count), b = k1
        @inline(__always) func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
            let product = x.multipliedFullWidth(by: y)
            return product.high ^ product.low
        }
        var at = 0
        while at < span.count {
            var words: (UInt64, UInt64) = (0, 0)
            if at + 16 <= span.count {
                for i in 0..<8 { words.0 |= UInt64(span[at + i]) << UInt64(8 * i) }
                for i in 0..<8 { words.1 |= UInt64(span[at + 8 + i]) << UInt64(8 * i) }
            } else {
                for i in 0..<min(8, span.count - at) { words.0 |= UInt64(span[at + i]) << UInt64(8 * i) }
                if span.count - at > 8 { for i in 0..<(span.count - at - 8) { words.1 |= UInt64(span[at + 8 + i]) << UInt64(8 * i) } }
            }
            a = fold(words.0 ^ k2 ^ a, words.1 ^ k1) ^ (a << 23 | a >> 41)
            b = fold(words.0 ^ k3, words.1 ^ k0 ^ b) ^ (b << 29 | b >> 35)
            at += 16
        }
        first = fold(a ^ k1, b ^ k2)
        second = fold(b ^ k3, a ^ k0)
    }
}

/// CRC-32 as in gzip and PNG (ISO 3309), for blocks in the store.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
    }

    static func crc32(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt32 {
        let table = Self.table
        var crc: UInt32 = 0xffff_ffff
        for at in start..<end { crc = table[Int((crc ^ UInt32(bytes[at])) & 255)] ^ (crc >> 8) }
        return ~crc
    }
}
