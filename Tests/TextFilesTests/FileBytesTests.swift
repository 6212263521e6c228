// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import TextFiles

@Suite("files as bytes")
struct FileBytesTests {
    /// `yusu` gzipped by gzip 1.12 with `printf yusu | gzip -n`: an independent program's bytes.
    static let yusuByGzip: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xab, 0x2c, 0x2d, 0x2e, 0x05, 0x00, 0x37, 0x35, 0x34, 0x41, 0x04, 0x00,
        0x00, 0x00,
    ]

    @Test("what gzip itself wrote is expanded")
    func byGzip() throws {
        #expect(try FileBytes.inflate(Self.yusuByGzip, path: "x.gz") == Array("yusu".utf8))
    }

    @Test("gzip is told by content, not by name")
    func content() throws {
        let folder = try Folder()
        let packed = try folder.write("readings.csv", FileBytes.gzip(Array("a,b\n1,2\n".utf8)))
        let plain = try folder.write("plain.csv.gz", Array("a,b\n".utf8))
        #expect(try FileBytes.read(packed) == Array("a,b\n1,2\n".utf8))
        #expect(try FileBytes.read(plain) == Array("a,b\n".utf8))
    }

    @Test("bytes come back from gzip, at every size around the buffer", arguments: [0, 1, 262_143, 262_144, 262_145, 1_000_003])
    func roundTrip(size: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        #expect(try FileBytes.inflate(FileBytes.gzip(bytes), path: "x.gz") == bytes)
    }

    @Test("members one after another are one file, as `cat a.gz b.gz` makes; zeros may follow")
    func members() throws {
        let both = FileBytes.gzip(Array("one\n".utf8)) + FileBytes.gzip([]) + Self.yusuByGzip
        #expect(try FileBytes.inflate(both, path: "x.gz") == Array("one\nyusu".utf8))
        #expect(try FileBytes.inflate(both + [UInt8](repeating: 0, count: 512), path: "x.gz") == Array("one\nyusu".utf8))
    }

    @Test("wherever a gzip file is cut, it is refused as cut off and nothing of it is used")
    func cut() {
        let whole = FileBytes.gzip(Array(String(repeating: "2026-03-02T00:00,23\n", count: 40).utf8))
        for length in 2..<whole.count {
            #expect(
                complaint { () throws(TextFileError) in try FileBytes.inflate(Array(whole[..<length]), path: "r.csv.gz") }?
                    .contains("r.csv.gz: gzip data end too early: the file was cut off") == true, "cut at \(length) of \(whole.count)")
        }
    }

    @Test("a cut second member is found too")
    func cutSecond() {
        let bytes = Self.yusuByGzip + Self.yusuByGzip.dropLast(3)
        #expect(complaint { () throws(TextFileError) in try FileBytes.inflate(bytes, path: "x.gz") }?.contains("cut off") == true)
    }

    @Test("a flipped bit is found by the checksum", arguments: [10, 12, 16, 19])
    func damaged(position: Int) {
        var bytes = Self.yusuByGzip
        bytes[position] ^= 0x10
        let message = complaint { () throws(TextFileError) in try FileBytes.inflate(bytes, path: "x.gz") }
        #expect(message?.hasPrefix("x.gz: gzip data ") == true)
    }

    @Test("text after the last member is damage, not data")
    func trailing() {
        #expect(complaint { () throws(TextFileError) in try FileBytes.inflate(Self.yusuByGzip + Array("tail".utf8), path: "x.gz") } != nil)
    }

    @Test("the same bytes make the same gzip file, with no time in it")
    func noTime() {
        let packed = FileBytes.gzip(Array("a".utf8))
        #expect(packed[4..<8].allSatisfy { $0 == 0 })
        #expect(packed == FileBytes.gzip(Array("a".utf8)))
    }

    @Test("a missing file, and a folder in place of a file, are told apart")
    func missing() throws {
        let folder = try Folder()
        #expect(complaint { () throws(TextFileError) in try FileBytes.read(folder.path + "/none.csv") }?.contains("no such file") == true)
        #expect(complaint { () throws(TextFileError) in try FileBytes.read(folder.path) }?.contains("it is a folder") == true)
    }

    @Test("UTF-8 with a mark, UTF-8 without, and ISO 8859-1 are text")
    func text() {
        #expect(FileBytes.text([0xef, 0xbb, 0xbf, 0x61]) == "a")
        #expect(FileBytes.text(Array("Río 유수율".utf8)) == "Río 유수율")
        #expect(FileBytes.text([0x52, 0xed, 0x6f]) == "Río")
        #expect(FileBytes.text([]) == "")
    }
}
