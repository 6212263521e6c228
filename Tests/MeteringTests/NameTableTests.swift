// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import Metering

@Suite("Names of meters, numbered")
struct NameTableTests {
    /// Lengths around those at which a name no longer lies in one word (8) and in two (16), names that share both ends, and bytes 0.
    @Test("numbers of names are those of a dictionary, and names come back", arguments: [1, 7, 8, 9, 15, 16, 17, 23, 24, 40])
    func numbers(length: Int) {
        var table = NameTable()
        var known: [[UInt8]: Int] = [:]
        var order: [[UInt8]] = []
        var state: UInt64 = 20_261_129 + UInt64(length)
        for _ in 0..<4000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var name = [UInt8](repeating: 65, count: length)
            // Middle and ends differ in turn; the last bits make 256 names of each.
            name[[0, length / 2, length - 1][Int(state >> 33) % 3]] = UInt8(truncatingIfNeeded: state >> 40)
            if known[name] == nil {
                known[name] = order.count
                order.append(name)
            }
            #expect(table.index(name.span, 0, length) == known[name])
        }
        #expect(table.count == order.count)
        for (index, name) in order.enumerated() { #expect(table.bytes(of: index) == name) }
    }

    @Test("names of all lengths beside each other, where one begins the other")
    func prefixes() {
        var table = NameTable()
        let whole = (0..<60).map { UInt8(48 + $0) }
        for round in 0..<2 {
            for length in 0...60 { #expect(table.index(whole.span, 0, length) == length, "round \(round)") }
        }
        for length in 0...60 { #expect(table.bytes(of: length) == Array(whole[..<length])) }
    }
}
