// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Tells one file's content from another's, from its bytes in pieces. 128 bits, made by multiplying and folding 16 bytes at a time in
/// two lanes (the idea of wyhash, W. Yi, 2019); not proof against forgers, which the store does not meet.
struct ContentHash: Sendable {
    private static let k: (UInt64, UInt64, UInt64, UInt64) = (
        0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3
    )
    private var a: UInt64, b: UInt64
    private var count = 0
    /// Bytes that do not fill sixteen yet.
    private var rest: [UInt8] = []
    /// Stores of format 1 began with the size.
    private let knewSize: Bool

    /// - size: of the whole, for the hash of stores of format 1; nil for the present one. [bytes]
    init(size: Int? = nil) {
        a = Self.k.0 ^ UInt64(size ?? 0)
        b = Self.k.1
        knewSize = size != nil
    }

    @inline(__always)
    private static func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
        let product = x.multipliedFullWidth(by: y)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func mix(_ a: inout UInt64, _ b: inout UInt64, _ first: UInt64, _ second: UInt64) {
        a = fold(first ^ k.2 ^ a, second ^ k.1) ^ (a << 23 | a >> 41)
        b = fold(first ^ k.3, second ^ k.0 ^ b) ^ (b << 29 | b >> 35)
    }

    mutating func add(_ piece: Span<UInt8>) {
        count += piece.count
        var start = 0
        if !rest.isEmpty {
            while rest.count < 16, start < piece.count {
                rest.append(piece[start])
                start += 1
            }
            guard rest.count == 16 else { return }
            let sixteen = rest
            unsafe sixteen.withUnsafeBytes { unsafe Self.mixAll($0, &a, &b) }
            rest.removeAll(keepingCapacity: true)
        }
        let whole = start + (piece.count - start) / 16 * 16
        unsafe piece.extracting(start..<whole).withUnsafeBytes { unsafe Self.mixAll($0, &a, &b) }
        for at in whole..<piece.count { rest.append(piece[at]) }
    }

    private static func mixAll(_ bytes: UnsafeRawBufferPointer, _ a: inout UInt64, _ b: inout UInt64) {
        var one = a, two = b
        for at in stride(from: 0, to: bytes.count, by: 16) {
            let first = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            let second = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
            mix(&one, &two, first, second)
        }
        a = one
        b = two
    }

    /// 32 hexadecimal digits.
    var text: String {
        var a = a, b = b
        if !rest.isEmpty {
            var words: (UInt64, UInt64) = (0, 0)
            for (i, byte) in rest.enumerated() {
                if i < 8 { words.0 |= UInt64(byte) << UInt64(8 * i) } else { words.1 |= UInt64(byte) << UInt64(8 * i - 64) }
            }
            Self.mix(&a, &b, words.0, words.1)
        }
        if !knewSize { Self.mix(&a, &b, UInt64(count), Self.k.3) }
        func hex(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return hex(Self.fold(a ^ Self.k.1, b ^ Self.k.2)) + hex(Self.fold(b ^ Self.k.3, a ^ Self.k.0))
    }
}

extension ContentHash {
    /// Hash of what a file expands to.
    /// - size: as in `init`.
    static func ofContent(_ path: String, size: Int? = nil) throws(TextFileError) -> String {
        var hash = ContentHash(size: size)
        let file = try FilePieces(path)
        var bytes: [UInt8] = []
        while try file.next(into: &bytes) { hash.add(bytes.span) }
        return hash.text
    }
}

/// CRC-32 as in gzip and PNG (ISO 3309), for blocks in the store; eight bytes at a time (Kounavis and Berry, 2005).
enum Checksum {
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
            tables.append(value)
        }
        for i in 256..<2048 {
            let before = tables[i - 256]
            tables.append(tables[Int(before & 255)] ^ (before >> 8))
        }
        return tables
    }()

    static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        unsafe tables.withUnsafeBufferPointer { table in
            var crc: UInt32 = 0xffff_ffff
            var at = 0
            while at + 8 <= bytes.count {
                let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ UInt64(crc)
                var sum: UInt32 = 0
                for i in 0..<8 {
                    let byte = Int(truncatingIfNeeded: word >> UInt64(8 * i)) & 255
                    sum ^= unsafe table[(7 - i) << 8 | byte]
                }
                crc = sum
                at += 8
            }
            while at < bytes.count {
                crc = unsafe table[Int((crc ^ UInt32(bytes[at])) & 255)] ^ (crc >> 8)
                at += 1
            }
            return ~crc
        }
    }
}
