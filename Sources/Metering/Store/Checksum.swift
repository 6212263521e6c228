// SPDX-License-Identifier: GPL-3.0-or-later

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
