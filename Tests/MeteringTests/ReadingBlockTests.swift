// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Metering

/// A small seeded generator (SplitMix64, Steele, Lea and Flood, 2014).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

@Suite("compressed blocks of readings")
struct ReadingBlockTests {
    private func block(seed: UInt64, count: Int, isInterval: Bool) -> ReadingBlock {
        var random = Seeded(state: seed)
        var block = ReadingBlock(isInterval: isInterval, decimals: Int(seed % 4))
        var time = 1_780_000_000, value = Int.random(in: 0...99_999_999, using: &random)
        for _ in 0..<count {
            time += Int.random(in: 0...9, using: &random) == 0 ? Int.random(in: 1...100_000, using: &random) : 3600
            value +=
                Int.random(in: 0...50, using: &random) == 0
                ? Int.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random) : Int.random(in: 0...300, using: &random)
            block.times.append(time)
            block.values.append(value)
            block.origins.append(
                .init(file: Int.random(in: 1...3, using: &random), quality: Int.random(in: 0...20, using: &random) == 0 ? 1 : 0))
        }
        return block
    }

    @Test("decoding gives back what was encoded", arguments: [0, 1, 2, 127, 128, 129, 130, 717, 3000], [false, true])
    func roundTrip(_ count: Int, _ isInterval: Bool) {
        for seed in 0..<20 {
            let original = block(seed: UInt64(seed * 7919 + count), count: count, isInterval: isInterval)
            var decoded = ReadingBlock(decoding: original.encoded())
            decoded?.raise(to: original.decimals)
            #expect(decoded?.times == original.times && decoded?.values == original.values && decoded?.origins == original.origins)
        }
    }

    @Test("extreme values survive")
    func extremes() {
        let largest = 999_999_999_999_999_999
        let values = [0, largest, -largest, 1, -1, largest]
        let original = ReadingBlock(
            isInterval: false, decimals: 7, times: (0..<6).map { $0 * 60 }, values: values,
            origins: Array(repeating: .init(file: 1, quality: 0), count: 6))
        #expect(ReadingBlock(decoding: original.encoded()) == original)
    }

    @Test("any changed or missing byte is found, and damaged bytes never trap")
    func damage() {
        let bytes = block(seed: 1, count: 200, isInterval: false).encoded()
        for i in bytes.indices {
            var damaged = bytes
            damaged[i] ^= 0x10
            #expect(ReadingBlock(decoding: damaged) == nil)
        }
        for length in 0..<bytes.count { #expect(ReadingBlock(decoding: Array(bytes[..<length])) == nil) }
    }

    @Test("bytes with a right checksum and wrong content do not trap")
    func nonsense() {
        var random = Seeded(state: 5)
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 3...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes[0] = ReadingBlock.format
            bytes[2] = UInt8.random(in: 0...7, using: &random)
            let sum = unsafe bytes.withUnsafeBytes { unsafe Checksum.crc32($0) }
            for i in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: sum >> UInt32(8 * i))) }
            _ = ReadingBlock(decoding: bytes)
        }
    }

    @Test("a month of hourly litres of a dwelling takes at most 1.6 bytes a reading")
    func size() {
        let mostBytesPerReading = 1.6  // what the project asks for
        var random = Seeded(state: 3)
        var block = ReadingBlock(isInterval: false)
        var value = 48_211_303
        for hour in 0..<720 {
            // About half of residential hours are at zero.
            if Bool.random(using: &random) { value += Int.random(in: 1...120, using: &random) }
            block.times.append(1_780_000_000 + hour * 3600)
            block.values.append(value)
            block.origins.append(.init(file: 1, quality: 0))
        }
        #expect(Double(block.encoded().count) / 720 < mostBytesPerReading)
    }

    @Test("months counted from January 1970", arguments: [(0, 0), (2_678_399, 0), (2_678_400, 1), (1_780_272_000, 677)])
    func months(_ seconds: Int, _ month: Int) { #expect(Month.index(seconds) == month) }

    @Test("the checksum is CRC-32: of '123456789' cbf43926, of its parts the same as byte by byte")
    func knownChecksum() {
        func crc(_ bytes: [UInt8]) -> UInt32 { unsafe bytes.withUnsafeBytes { unsafe Checksum.crc32($0) } }
        #expect(crc(Array("123456789".utf8)) == 0xcbf4_3926)
        var random = Seeded(state: 8)
        for count in 0..<80 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var wanted: UInt32 = 0xffff_ffff
            for byte in bytes {
                wanted ^= UInt32(byte)
                for _ in 0..<8 { wanted = wanted & 1 == 1 ? 0xedb8_8320 ^ (wanted >> 1) : wanted >> 1 }
            }
            #expect(crc(bytes) == ~wanted)
        }
    }
}
