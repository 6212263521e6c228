// SPDX-License-Identifier: GPL-3.0-or-later

/// A table of delimited text that grows field by field, as bytes: for long tables, where a text for each field costs more than the table.
/// What it writes is what `DelimitedText.line` and `NumberText` write.
///
///     var table = TableText(header: "meter,volume_m3")
///     table.field("M1"); table.field(12.5, decimals: 3); table.endRow()
public struct TableText: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// - header: a line without its line feed.
    public init(header: String) {
        bytes += header.utf8
        bytes.append(10)
    }

    /// Ends the row whose fields were put.
    public mutating func endRow() {
        if bytes.last == 44 { bytes[bytes.count - 1] = 10 } else { bytes.append(10) }
    }

    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    public mutating func empty() { bytes.append(44) }

    /// In quotes where it could not be read back else.
    public mutating func field(_ text: String) {
        if DelimitedText.needsQuotes(text) {
            bytes += DelimitedText.quoted(text).utf8
        } else {
            var text = text
            text.withUTF8 { unsafe bytes.append(contentsOf: $0) }
        }
        bytes.append(44)
    }

    public mutating func field(_ number: Int) {
        digits(of: number)
        bytes.append(44)
    }

    public mutating func field(_ value: Bool) { field(value ? "true" : "false") }

    /// As `NumberText.fixed`.
    public mutating func field(_ value: Double, decimals: Int) {
        let scale = decimals < 16 ? Double(Self.powers[decimals]) : 0
        let scaled = (abs(value) * scale).rounded()
        guard decimals < 16, scaled < 9e15 else { return field(NumberText.fixed(value, decimals)) }
        let units = Int(scaled), power = Self.powers[decimals]
        if value < 0, units > 0 { bytes.append(45) }
        digits(of: units / power)
        if decimals > 0 {
            bytes.append(46)
            padded(units % power, decimals)
        }
        bytes.append(44)
    }

    /// Empty where there is none.
    public mutating func field(_ value: Double?, decimals: Int) {
        if let value { field(value, decimals: decimals) } else { empty() }
    }

    /// An integer × 10^−`decimals`, without zeros at the end.
    public mutating func field(_ mantissa: Int, scaledBy decimals: Int) {
        var mantissa = mantissa, decimals = decimals
        while decimals > 0, mantissa % 10 == 0 {
            mantissa /= 10
            decimals -= 1
        }
        guard decimals > 0, decimals < Self.powers.count else { return field(mantissa) }
        if mantissa < 0 { bytes.append(45) }
        let power = Self.powers[decimals], size = mantissa.magnitude
        digits(of: Int(size / UInt(power)))
        bytes.append(46)
        padded(Int(size % UInt(power)), decimals)
        bytes.append(44)
    }

    /// A part of a field, as it stands.
    public mutating func raw(_ byte: UInt8) { bytes.append(byte) }
    public mutating func raw(_ part: [UInt8]) { bytes.append(contentsOf: part) }

    /// A part of a field: eight bytes, the lowest first.
    public mutating func raw(word: UInt64) { unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) } }

    /// A part of a field: a number with zeros in front.
    public mutating func padded(_ number: Int, _ count: Int) {
        // The digits as the bytes of a word, the first one lowest; a longer number in two parts.
        let power = 100_000_000
        if count > 8 {
            padded(number / power, count - 8)
            return padded(number % power, 8)
        }
        var word: UInt64 = 0, rest = UInt32(truncatingIfNeeded: number)
        for _ in 0..<count {
            word = word << 8 | UInt64(48 + rest % 10)
            rest /= 10
        }
        unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    private mutating func digits(of number: Int) {
        if number < 0 { bytes.append(45) }
        var rest = number.magnitude, count = 1
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        guard count < 19 else {
            bytes += "\(number.magnitude)".utf8
            return
        }
        padded(Int(number.magnitude), count)
    }

    private static let powers: [Int] = (0..<19).map { (0..<$0).reduce(1) { power, _ in power * 10 } }
}
