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
    mutating func packed(_ values: UnsafeBufferPointer<UInt64>) {
        let (width, exceptions) = unsafe Self.width(values)
        bytes.append(UInt8(width))
        bytes.append(UInt8(exceptions))
        if width == 64 {
            for index in values.indices {
                for i in 0..<8 { unsafe bytes.append(UInt8(truncatingIfNeeded: values[index] >> UInt64(8 * i))) }
            }
            return
        }
        let mask: UInt64 = (1 << UInt64(width)) - 1
        if width > 0 { unsafe pack(values, width, mask) }
        guard exceptions > 0 else { return }
        for place in values.indices {
            let value = unsafe values[place]
            guard value > mask else { continue }
            bytes.append(UInt8(place))
            varint(value >> UInt64(width))
        }
    }

    /// The width at which bits and exceptions together are fewest, and how many exceptions that makes; one costs its place and its high
    /// bits, taken as two bytes and a half on average.
    private static func width(_ values: UnsafeBufferPointer<UInt64>) -> (width: Int, exceptions: Int) {
        var widths = InlineArray<65, UInt8>(repeating: 0)
        var all: UInt64 = 0
        for index in 0..<values.count {
            let value = unsafe values[index]
            all |= value
            widths[64 &- value.leadingZeroBitCount] &+= 1
        }
        let widest = 64 - all.leadingZeroBitCount
        var best = 64, bestCost = Int.max, above = 0, exceptions = 0
        for width in stride(from: widest, through: 0, by: -1) {
            let cost = width &* values.count &+ above &* 20
            if cost <= bestCost {
                best = width
                bestCost = cost
                exceptions = above
            }
            above &+= Int(widths[width])
        }
        return best > 56 ? (64, 0) : (best, exceptions)
    }

    /// Each value's bits go behind those before it, into a word that is written at every value and keeps what is no whole byte.
    private mutating func pack(_ values: UnsafeBufferPointer<UInt64>, _ width: Int, _ mask: UInt64) {
        let size = (values.count * width + 7) / 8
        unsafe withUnsafeTemporaryAllocation(byteCount: size + 16, alignment: 8) { room in
            guard let first = room.baseAddress else { return }
            var word: UInt64 = 0, filled: UInt64 = 0
            var at = 0
            for index in 0..<values.count {
                word |= (unsafe values[index] & mask) &<< filled
                filled &+= UInt64(width)
                unsafe first.storeBytes(of: word.littleEndian, toByteOffset: at, as: UInt64.self)
                at &+= Int(filled &>> 3)
                word = word &>> (filled & 56)
                filled &= 7
            }
            unsafe first.storeBytes(of: word.littleEndian, toByteOffset: at, as: UInt64.self)
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: first, count: size))
        }
    }
}

/// Reads what `ByteWriter` wrote; damaged bytes make it stop, never trap.
@safe struct ByteReader {
    /// Bytes that must be readable behind the last.
    static let margin = 8

    private let bytes: UnsafeRawPointer
    private let end: Int
    var at = 0
    /// False once something could not be read; what follows is then meaningless.
    var isWhole = true

    /// - bytes: `margin` more can be read.
    init(_ bytes: UnsafeRawPointer, count: Int) {
        unsafe self.bytes = bytes
        end = count
    }

    mutating func byte() -> UInt8 {
        guard at < end else { isWhole = false; return 0 }
        at += 1
        return unsafe bytes.load(fromByteOffset: at - 1, as: UInt8.self)
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

    /// Numbers of a group, from their places in `values` on.
    mutating func packed(_ values: UnsafeMutableBufferPointer<UInt64>) {
        let width = Int(byte())
        let exceptions = Int(byte())
        let count = values.count
        guard width <= 56 || width == 64, at + (count * width + 7) / 8 <= end else { isWhole = false; return }
        if width == 64 {
            for i in 0..<count {
                unsafe values[i] = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                at += 8
            }
        } else {
            let mask: UInt64 = (1 << UInt64(width)) - 1
            var bit = 8 * at
            for i in 0..<count {
                let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
                unsafe values[i] = word >> UInt64(bit & 7) & mask
                bit += width
            }
            at += (count * width + 7) / 8
        }
        for _ in 0..<exceptions {
            let place = Int(byte())
            let high = varint()
            guard isWhole, place < count else { isWhole = false; return }
            unsafe values[place] |= high << UInt64(width)
        }
    }
}

/// Small numbers of either sign as small numbers: 0, −1, 1, −2 … become 0, 1, 2, 3 …
enum ZigZag {
    @inline(__always)
    static func encode(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64((value << 1) ^ (value >> 63))) }
    @inline(__always)
    static func decode(_ value: UInt64) -> Int { Int(bitPattern: UInt(value >> 1)) ^ -Int(bitPattern: UInt(value & 1)) }
}
