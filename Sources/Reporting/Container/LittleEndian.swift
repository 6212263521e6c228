// SPDX-License-Identifier: GPL-3.0-or-later

extension [UInt8] {
    /// The bytes of a number, the lowest first.
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: number >> Number(shift))) }
    }
}
