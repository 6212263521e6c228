// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterFiles

@testable import fuzz_inp

@Suite("INP files: mutated files end in a network or in a list of problems, and what is taken is written")
struct INPFuzzTests {
    /// A few seconds in a debug build; `Tools/fuzz_inp` runs a million.
    private static let inputs = 4000

    private static func models() throws -> [[UInt8]] {
        let small = INPSamples.files(in: INPSamples.networks) + INPSamples.files(in: INPSamples.networks + "broken/")
        return try small.map { try FileBytes.read($0) }
    }

    @Test("thousands of seeded mutations, among them taken ones", .timeLimit(.minutes(5)))
    func mutations() throws {
        var mutator = Mutator(models: try Self.models(), seed: 2026)
        var taken = 0
        for index in 0..<Self.inputs {
            let bytes = mutator.next()
            switch Trial.run(bytes, constants: index % 2 == 0 ? .exact : .epanet) {
            case .taken: taken += 1
            case .refused, .notWritten: break
            case .fault(let reason): Issue.record("input \(index): \(reason)\n\(FileBytes.text(bytes).prefix(2000))")
            }
        }
        // Both happen, or the mutations try nothing.
        #expect(taken > 50 && taken < Self.inputs - 50, "\(taken) taken")
    }

    @Test("the same seed makes the same inputs, another seed others")
    func seeds() throws {
        let models = try Self.models()
        var one = Mutator(models: models, seed: 5), two = Mutator(models: models, seed: 5), other = Mutator(models: models, seed: 6)
        let first = (0..<50).map { _ in one.next() }
        #expect(first == (0..<50).map { _ in two.next() } && first != (0..<50).map { _ in other.next() })
    }

    private static let crashers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Crashers/"

    @Test("each file that once made a fault makes none", arguments: INPSamples.files(in: crashers))
    func noFault(path: String) throws {
        let bytes = try FileBytes.read(path)
        for constants in ConstantsMode.allCases {
            let outcome = Trial.run(bytes, constants: constants)
            #expect(outcome == .taken || outcome == .refused, "\(outcome)")
        }
    }

    @Test("there are such files")
    func crashersAreThere() { #expect(INPSamples.files(in: Self.crashers).count >= 3) }
}
