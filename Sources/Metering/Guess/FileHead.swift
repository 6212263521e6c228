// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// The beginning of an export, looked at for what it is.
struct FileHead {
    /// Bytes that are looked at.
    static let size = 1 << 19

    var encoding: TextEncoding
    /// Why that encoding.
    var encodingReason: String
    /// Whole lines, without their ends.
    var lines: [[UInt8]]

    /// - Throws: `TextFileError`.
    init(path: String) throws(TextFileError) {
        let pieces = try FilePieces(path)
        var bytes: [UInt8] = [], piece: [UInt8] = []
        while bytes.count < Self.size, try pieces.next(into: &piece) { bytes += piece }
        self.init(Array(bytes.prefix(Self.size)))
    }

    init(_ bytes: [UInt8]) {
        (encoding, encodingReason) = Self.encoding(of: bytes)
        var decoder = TextDecoder(encoding)
        let text = decoder.decode(bytes) + (bytes.count < Self.size ? decoder.finish() : [])
        var lines = text.split(separator: 10, omittingEmptySubsequences: false).map { line in
            Array(line.last == 13 ? line.dropLast() : line)
        }
        // The last one may be cut.
        if lines.count > 1 { lines.removeLast() }
        self.lines = lines
    }

    private static func encoding(of bytes: [UInt8]) -> (TextEncoding, String) {
        if let marked = TextDecoder.marked(bytes) {
            return (marked == .utf8 ? .utf8 : .utf16, "a byte order mark of \(marked.rawValue) at the beginning")
        }
        let even = stride(from: 0, to: bytes.count, by: 2).count { bytes[$0] == 0 }
        let odd = stride(from: 1, to: bytes.count, by: 2).count { bytes[$0] == 0 }
        if odd > bytes.count / 8, even < odd / 8 { return (.utf16LittleEndian, "every second byte is zero") }
        if even > bytes.count / 8, odd < even / 8 { return (.utf16BigEndian, "every second byte is zero") }
        if bytes.allSatisfy({ $0 < 128 }) { return (.utf8, "ASCII alone") }
        // A character at the end may be cut.
        for cut in 0...3 where bytes.count > cut {
            if String(validating: bytes.dropLast(cut), as: UTF8.self) != nil { return (.utf8, "bytes above 127 are UTF-8") }
        }
        if bytes.contains(where: { $0 >= 128 && $0 < 160 }) {
            return (.windows1252, "no UTF-8, and bytes from 128 to 159 as in windows-1252")
        }
        return (.latin1, "no UTF-8")
    }

    // MARK: families that are no tables

    /// The family that the first character tells, and why; nil for a table.
    var family: (format: ExportFormat, reason: String)? {
        guard let first = lines.first(where: { $0.contains { $0 > 32 } }) else { return nil }
        let start = first.first(where: { $0 > 32 })
        let text = String(decoding: Array(lines.joined(separator: [10])).prefix(1 << 16), as: UTF8.self)
        if start == 60 {
            if text.contains("naesb.org/espi") { return (.greenButton, "XML with the namespace of ESPI") }
            if text.contains("MeterReading") { return (.iec61968, "XML with elements MeterReading") }
        }
        if start == 123 || start == 91 {
            if text.contains("\"log_volume_m3\"") { return (.axiomaW1, "JSON with log_volume_m3 and deltas") }
            if text.contains("\"total_m3\"") || text.contains("\"_\":\"telegram\"") { return (.wmbusmeters, "JSON lines with total_m3") }
            if text.contains("\"meters\""), text.contains("\"deviceId\"") { return (.sentryx, "JSON with meters and deviceId") }
            if text.contains("\"hourly\"") || text.contains("\"daily\""), text.contains("\"deviceId\"") {
                return (.subeca, "JSON with hourly values and deviceId")
            }
        }
        let word = first.shown.replacing("\"", with: "")
        if word.hasPrefix("MEP") || word.hasPrefix("MLA") { return (.cmep, "lines begin with \(word.prefix(7))") }
        if word.hasPrefix("FHD") { return (.mvrs, "the first record is FHD") }
        return nil
    }
}
