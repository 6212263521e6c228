// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TextFiles

@Suite("numbers and names straight from bytes")
struct NumberBytesTests {
    private func number(_ text: String) -> Double? {
        let bytes = Array("x\(text)x".utf8)
        return NumberText.number(bytes, 1..<bytes.count - 1)
    }

    @Test("random decimals are the nearest doubles, as the slow way has them")
    func nearest() {
        var state: UInt64 = 11
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for _ in 0..<200_000 {
            var text = ["", "-", "+"][next(3)]
            for _ in 0..<next(12) { text += "\(next(10))" }
            if next(2) == 0 { text += "." }
            for _ in 0..<next(12) { text += "\(next(10))" }
            if next(3) == 0 { text += ["e", "E"][next(2)] + ["", "-", "+"][next(3)] + "\(next(next(9) == 0 ? 400 : 30))" }
            let found = number(text), expected = NumberText.number(text)
            #expect(found?.bitPattern == expected?.bitPattern, "\(text)")
        }
    }

    @Test(
        "odd words are taken or refused as by the slow way",
        arguments: [
            "", ".", "-", "+", "1e", "1e+", "e5", ".e5", "1.", ".5", "-.5", "--1", "1-", "1e5.0", "0x10", "nan", "inf", "1,5", "1_0",
            "1e400",
            "-0", "00012", "9007199254740993", "1e-400", "123456789012345678901234567890", "0.000000000000000000000000000001", "1e00000005",
            "1 ",
        ])
    func odd(word: String) { #expect(number(word)?.bitPattern == NumberText.number(word)?.bitPattern, "\(word)") }

    @Test("names are found by their bytes, accents by their letters")
    func names() {
        var bytes: [UInt8] = []
        var table = NameTable()
        var ranges: [Range<Int>] = []
        for index in 0..<5000 {
            let start = bytes.count
            bytes += Array("N\(index * 7919)".utf8)
            ranges.append(start..<bytes.count)
        }
        let accents = ["Pe\u{f1}on", "Pen\u{303}on", "N0x"]
        for name in accents {
            let start = bytes.count
            bytes += Array(name.utf8)
            ranges.append(start..<bytes.count)
        }
        for (index, range) in ranges.prefix(5000).enumerated() {
            #expect(table.value(of: range, in: bytes) == nil)
            table.insert(range, index, in: bytes)
        }
        table.insert(ranges[5000], 5000, in: bytes)
        for (index, range) in ranges.prefix(5001).enumerated() { #expect(table.value(of: range, in: bytes) == index) }
        #expect(table.value(of: ranges[5001], in: bytes) == 5000, "one letter, written in two ways")
        #expect(table.value(of: ranges[5002], in: bytes) == nil)
    }

    @Test("bytes that are no UTF-8 are ISO 8859-1; a mark is dropped")
    func utf8() {
        #expect(FileBytes.utf8([0x41, 0xf1, 0x42]) == Array("AñB".utf8))
        #expect(FileBytes.utf8([0xef, 0xbb, 0xbf, 0x41]) == [0x41])
        #expect(FileBytes.utf8(Array("유수율".utf8)) == Array("유수율".utf8))
        #expect(FileBytes.utf8([]) == [])
    }
}
