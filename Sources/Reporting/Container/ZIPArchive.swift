// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// The container of OOXML files: entries in the order given, one fixed date, no extra fields, so that the same entries make the same
/// bytes (PKWARE APPNOTE 6.3, sections 4.3.7 to 4.3.16).
struct ZIPArchive {
    /// 1980-01-01, the first date that the format knows, as MS-DOS writes it.
    private static let date: UInt16 = 0x0021
    /// Bit 11: names are UTF-8.
    private static let flags: UInt16 = 0x0800

    private var body: [UInt8] = []
    private var directory: [UInt8] = []
    private(set) var count = 0

    mutating func add(_ name: String, _ text: String) { add(name, Array(text.utf8)) }

    /// - name: path inside the container, with `/`; once each.
    mutating func add(_ name: String, _ bytes: [UInt8]) {
        let gzip = FileBytes.gzip(bytes)
        guard gzip.count >= 18 else { return }
        // A gzip member is a header of ten bytes, the deflate stream, the CRC-32 and the size (RFC 1952).
        let deflated = gzip[10..<(gzip.count - 8)]
        let checksum = Array(gzip[(gzip.count - 8)..<(gzip.count - 4)])
        let isStored = deflated.count >= bytes.count
        let data = isStored ? bytes[...] : deflated
        let path = Array(name.utf8)

        var record: [UInt8] = []
        record.append(littleEndian: UInt16(20))
        record.append(littleEndian: Self.flags)
        record.append(littleEndian: isStored ? UInt16(0) : 8)
        record.append(littleEndian: UInt16(0))
        record.append(littleEndian: Self.date)
        record += checksum
        record.append(littleEndian: UInt32(data.count))
        record.append(littleEndian: UInt32(bytes.count))
        record.append(littleEndian: UInt16(path.count))
        record.append(littleEndian: UInt16(0))

        let offset = UInt32(body.count)
        body += [0x50, 0x4B, 0x03, 0x04] + record + path
        body += data
        directory += [0x50, 0x4B, 0x01, 0x02, 20, 0] + record
        // No comment, first disk, no attributes.
        directory += [UInt8](repeating: 0, count: 10)
        directory.append(littleEndian: offset)
        directory += path
        count += 1
    }

    var bytes: [UInt8] {
        var end: [UInt8] = [0x50, 0x4B, 0x05, 0x06, 0, 0, 0, 0]
        end.append(littleEndian: UInt16(count))
        end.append(littleEndian: UInt16(count))
        end.append(littleEndian: UInt32(directory.count))
        end.append(littleEndian: UInt32(body.count))
        end.append(littleEndian: UInt16(0))
        return body + directory + end
    }
}
