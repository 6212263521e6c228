// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// The hash of files that stores of format 2 and 1 hold (`files.hash` 2 and 1): 128 bits, made by multiplying and folding 16 bytes at a
/// time in two lanes (the idea of wyhash, W. Yi, 2019).
struct EarlierContentHash: Sendable {
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

extension EarlierContentHash {
    /// Hash of what a file expands to.
    /// - size: as in `init`.
    static func ofContent(_ path: String, size: Int? = nil) throws(TextFileError) -> String {
        var hash = EarlierContentHash(size: size)
        let file = try FilePieces(path)
        var bytes: [UInt8] = []
        while try file.next(into: &bytes) { hash.add(bytes.span) }
        return hash.text
    }
}
