// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes numbers of variable length.
struct ByteWriter {
    var bytes: [UInt8] = []

    /// Seven bits a byte, low ones first.
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func count(_ value: Int) { varint(UInt64(max(0, value))) }
    mutating func signed(_ value: Int) { varint(ZigZag.encode(value)) }

    /// 128 values at most: width, number of exceptions, the low bits of all, then the exceptions' places and high bits (patched frame of
    /// reference; M. Zukowski et al., 2006).
    mutating func packed(_ values: ArraySlice<UInt64>) {
        var widths = [Int](repeating: 0, count: 65)
        for value in values { widths[64 - value.leadingZeroBitCount] += 1 }
        // Each exception costs its place and its high bits, taken as two bytes and a half on average.
        var best = 64, bestCost = Int.max, above = 0
        for width in stride(from: 64, through: 0, by: -1) {
            let cost = width * values.count + above * 20
            if cost <= bestCost { best = width; bestCost = cost }
            above += widths[width]
        }
        if best > 56 { best = 64 }
        bytes.append(UInt8(best))
        let mask: UInt64 = best == 64 ? .max : (1 << UInt64(best)) - 1
        let exceptions = values.indices.filter { values[$0] > mask }
        bytes.append(UInt8(exceptions.count))
        if best == 64 {
            for value in values { for i in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) } }
            return
        }
        var buffer: UInt64 = 0
        var filled = 0
        for value in values where best > 0 {
            buffer |= (value & mask) << UInt64(filled)
            filled += best
            while filled >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: buffer))
                buffer >>= 8
                filled -= 8
            }
        }
        if filled > 0 { bytes.append(UInt8(truncatingIfNeeded: buffer)) }
        for index in exceptions {
            bytes.append(UInt8(index - values.startIndex))
            varint(values[index] >> UInt64(best))
        }
    }
}

/// Reads what `ByteWriter` wrote; damaged bytes make it stop, never trap.
struct ByteReader {
    let bytes: [UInt8]
    var at = 0
    /// False once something could not be read; what follows is then meaningless.
    var isWhole = true

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() -> UInt8 {
        guard at < bytes.count else { isWhole = false; return 0 }
        at += 1
        return bytes[at - 1]
    }

    mutating func varint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while isWhole, shift < 64 {
            let next = byte()
            value |= UInt64(next & 127) << shift
            if next < 128 { return value }
            shift += 7
        }
        isWhole = false
        return 0
    }

    /// A count of things that a block can hold.
    mutating func count() -> Int {
        let value = varint()
        guard value <= 100_000_000 else { isWhole = false; return 0 }
        return Int(value)
    }

    mutating func signed() -> Int { ZigZag.decode(varint()) }

    mutating func packed(_ count: Int, into values: inout [UInt64]) {
        let width = Int(byte())
        let exceptions = Int(byte())
        guard width <= 56 || width == 64, at + (count * width + 7) / 8 <= bytes.count else { isWhole = false; return }
        let first = values.count
        if width == 64 {
            for _ in 0..<count {
                var value: UInt64 = 0
                for i in 0..<8 { value |= UInt64(bytes[at + i]) << UInt64(8 * i) }
                at += 8
                values.append(value)
            }
        } else {
            let mask: UInt64 = (1 << UInt64(width)) - 1
            var buffer: UInt64 = 0
            var filled = 0
            for _ in 0..<count {
                while filled < width {
                    buffer |= UInt64(bytes[at]) << UInt64(filled)
                    at += 1
                    filled += 8
                }
                values.append(buffer & mask)
                buffer >>= UInt64(width)
                filled -= width
            }
        }
        for _ in 0..<exceptions {
            let place = Int(byte())
            let high = varint()
            guard isWhole, place < count else { isWhole = false; return }
            values[first + place] |= high << UInt64(width)
        }
    }
}

/// Small numbers of either sign as small numbers: 0, −1, 1, −2 … become 0, 1, 2, 3 …
enum ZigZag {
    static func encode(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64((value << 1) ^ (value >> 63))) }
    static func decode(_ value: UInt64) -> Int { Int(bitPattern: UInt(value >> 1)) ^ -Int(bitPattern: UInt(value & 1)) }
}
