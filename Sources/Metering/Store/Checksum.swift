// SPDX-License-Identifier: GPL-3.0-or-later

/// CRC-32 as in gzip and PNG (ISO 3309), for blocks in the store; sixteen bytes at a time (Kounavis and Berry, 2005).
enum Checksum {
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
            tables.append(value)
        }
        for i in 256..<4096 {
            let before = tables[i - 256]
            tables.append(tables[Int(before & 255)] ^ (before >> 8))
        }
        return tables
    }()

    static func crc32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        unsafe tables.withUnsafeBufferPointer { table in
            var crc: UInt32 = 0xffff_ffff
            var at = 0
            while at + 16 <= bytes.count {
                let low = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) ^ UInt64(crc)
                let high = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
                // Two sums that do not wait for one another.
                var one: UInt32 = 0, other: UInt32 = 0
                for i in 0..<8 {
                    one ^= unsafe table[(15 - i) << 8 | Int(truncatingIfNeeded: low >> UInt64(8 * i)) & 255]
                    other ^= unsafe table[(7 - i) << 8 | Int(truncatingIfNeeded: high >> UInt64(8 * i)) & 255]
                }
                crc = one ^ other
                at += 16
            }
            while at < bytes.count {
                crc = unsafe table[Int((crc ^ UInt32(bytes[at])) & 255)] ^ (crc >> 8)
                at += 1
            }
            return ~crc
        }
    }
}
