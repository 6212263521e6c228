// SPDX-License-Identifier: GPL-3.0-or-later

/// Puts values one behind the other, in bytes that are the same on every machine: whole numbers of variable length (`ByteWriter`),
/// floating-point ones by their bits, low byte first, texts and lists behind their length.
struct FieldWriter {
    var bytes: [UInt8]

    init(bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func put(_ value: Int) {
        var rest = ZigZag.encode(value)
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func put(_ value: Int?) {
        put(value != nil)
        if let value { put(value) }
    }

    mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }

    mutating func put(_ value: Double) { raw(value.bitPattern.littleEndian) }

    mutating func put(_ value: Double?) {
        put(value != nil)
        if let value { put(value) }
    }

    mutating func put(_ value: Float) { raw(value.bitPattern.littleEndian) }

    /// As they lie in memory: no machine that Swift builds for puts the high byte first.
    mutating func put(_ list: [Float]) {
        put(list.count)
        unsafe list.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func put(_ list: [Int]) {
        put(list.count)
        for value in list { put(value) }
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            put(utf8.count)
            unsafe bytes.append(contentsOf: utf8)
        }
    }

    mutating func put(_ text: String?) {
        put(text != nil)
        if let text { put(text) }
    }

    private mutating func raw<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
    }
}

/// Reads what `FieldWriter` put. Bytes that are not its make it stop, never trap: `isWhole` is then false, and values are zeros.
@safe struct FieldReader {
    private let bytes: UnsafeRawBufferPointer
    private let end: Int
    private(set) var at = 0
    /// False once something could not be read, or was larger than anything that is written.
    private(set) var isWhole = true

    /// Numbers are smaller: sums and products of a few of them stay in range.
    private static let largest = 1 << 53, largestDouble = 0x1p100

    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.bytes = bytes
        end = bytes.count
    }

    var isAtEnd: Bool { at == end }

    /// Where the next bytes lie; nil where there are not so many.
    mutating func skip(_ count: Int) -> Range<Int>? {
        guard isWhole, count >= 0, count <= end - at else {
            isWhole = false
            return nil
        }
        defer { at += count }
        return at..<at + count
    }

    private mutating func byte() -> UInt8? { skip(1).map { place in unsafe bytes[place.lowerBound] } }

    mutating func int() -> Int {
        var value: UInt64 = 0, shift: UInt64 = 0
        while shift < 64, let byte = byte() {
            value |= UInt64(byte & 127) << shift
            if byte < 128 {
                let number = ZigZag.decode(value)
                if abs(number) <= Self.largest { return number }
                break
            }
            shift += 7
        }
        isWhole = false
        return 0
    }

    /// Not below zero.
    mutating func count() -> Int {
        let value = int()
        if value < 0 { isWhole = false }
        return max(0, value)
    }

    mutating func optionalInt() -> Int? { flag() ? int() : nil }

    mutating func flag() -> Bool {
        let byte = byte() ?? 0
        if byte > 1 { isWhole = false }
        return byte == 1
    }

    mutating func double() -> Double {
        guard let place = skip(8) else { return 0 }
        let bits = unsafe bytes.loadUnaligned(fromByteOffset: place.lowerBound, as: UInt64.self)
        let value = Double(bitPattern: UInt64(littleEndian: bits))
        guard abs(value) <= Self.largestDouble else { isWhole = false; return 0 }
        return value
    }

    mutating func optionalDouble() -> Double? { flag() ? double() : nil }

    mutating func float() -> Float {
        guard let place = skip(4) else { return 0 }
        let bits = unsafe bytes.loadUnaligned(fromByteOffset: place.lowerBound, as: UInt32.self)
        let value = Float(bitPattern: UInt32(littleEndian: bits))
        guard value.isFinite else { isWhole = false; return 0 }
        return value
    }

    mutating func floats() -> [Float] {
        let count = count()
        guard count <= end, let place = skip(4 * count) else { isWhole = false; return [] }
        return unsafe [Float](unsafeUninitializedCapacity: count) { room, filled in
            unsafe UnsafeMutableRawBufferPointer(room).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[place]))
            filled = count
        }
    }

    /// As many as `most` at most.
    mutating func ints(most: Int) -> [Int] {
        let count = count()
        guard count <= most, count <= end else { isWhole = false; return [] }
        return (0..<count).map { _ in int() }
    }

    /// Elements of a list that each take a byte at least.
    mutating func list<T>(_ element: (inout FieldReader) -> T) -> [T] {
        let count = count()
        guard count <= end - at else { isWhole = false; return [] }
        var list: [T] = []
        for _ in 0..<count where isWhole { list.append(element(&self)) }
        return list
    }

    mutating func text() -> String {
        guard let place = skip(count()) else { return "" }
        return unsafe String(decoding: UnsafeRawBufferPointer(rebasing: bytes[place]), as: UTF8.self)
    }

    mutating func optionalText() -> String? { flag() ? text() : nil }
}
