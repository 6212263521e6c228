// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Reporting

@Suite("ZIP containers")
struct ZIPArchiveTests {
    static var archive: ZIPArchive {
        var archive = ZIPArchive()
        archive.add("[Content_Types].xml", "<Types/>")
        archive.add("word/document.xml", String(repeating: "a line of the document\n", count: 500))
        archive.add("empty", "")
        archive.add("médias/누수.bin", (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
        return archive
    }

    @Test("an archive without entries is its end record alone")
    func empty() {
        #expect(ZIPArchive().bytes == [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18))
    }

    @Test("a stored entry stands as APPNOTE says, byte for byte")
    func stored() {
        var archive = ZIPArchive()
        archive.add("a", "hi")
        let head: [UInt8] = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0, 0xAC, 0x2A, 0x93, 0xD8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]
        let central: [UInt8] = [0x50, 0x4B, 1, 2, 20, 0] + head + [UInt8](repeating: 0, count: 14) + [0x61]
        let end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, UInt8(central.count), 0, 0, 0, 33, 0, 0, 0, 0, 0]
        #expect(archive.bytes == [0x50, 0x4B, 3, 4] + head + [0x61, 0x68, 0x69] + central + end)
    }

    @Test("the same entries make the same bytes")
    func deterministic() { #expect(Self.archive.bytes == Self.archive.bytes) }

    @Test(
        "Python's reader finds each entry whole, with its checksum, name and date",
        .enabled(if: IndependentProgram.python != nil, "python3 is not installed"))
    func python() throws {
        let script = """
            import sys, zipfile
            z = zipfile.ZipFile(sys.argv[1])
            assert z.testzip() is None
            print([(i.filename, i.file_size, i.compress_type, i.date_time[0]) for i in z.infolist()])
            assert z.read("word/document.xml").decode().count("\\n") == 500
            """
        let answer = try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(Self.archive.bytes, to: folder + "/a.zip")
            return try IndependentProgram.python(script, [folder + "/a.zip"])
        }
        #expect(
            answer
                == "[('[Content_Types].xml', 8, 0, 1980), ('word/document.xml', 11500, 8, 1980), ('empty', 0, 0, 1980), ('médias/누수.bin', 3000, 8, 1980)]"
        )
    }
}
