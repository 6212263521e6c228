// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing

@testable import WaterLoss

@Suite("variance of a sensor's noise by its innovations")
struct ErrorScalesTests {
    /// Innovations of noise of a variance where one is believed, `others` [unit²] of what else moves the channel being added by hour.
    static func innovations(
        _ true: Double, believed: Double, others: [Double], moved: Double = 1, seed: UInt64
    ) throws -> [(value: Double, variance: Double)] {
        let random = try RandomNumbers(seed: seed)
        return others.map { other in
            let variance = believed + other
            return (random.normal() * (`true` + moved * other).squareRoot() / variance.squareRoot(), variance)
        }
    }

    @Test("larger and smaller noise is found where the channel has little else", arguments: [0.5, 1, 2, 4])
    func alone(factor: Double) throws {
        for seed in 1...20 {
            var noise = 0.01
            for _ in 0..<2 {
                let found = try Self.innovations(
                    0.01 * factor, believed: noise, others: [Double](repeating: 0.001, count: 400), seed: UInt64(seed))
                noise = StepRecord.noise(found, from: noise)
            }
            #expect(abs(log(noise / 0.01 / factor)) < 0.3, "\(noise)")
        }
    }

    @Test("hours that a large customer moves by metres do not tell it, though that moves by less than is believed")
    func besideLargeCustomer() throws {
        // Two hours of three, by a quarter of the variance. The others, 56, tell it within a factor of three.
        let others = (0..<168).map { $0 % 3 == 0 ? 0.001 : 4.0 }
        for seed in 1...20 {
            var noise = 0.01
            for _ in 0..<2 {
                noise = StepRecord.noise(
                    try Self.innovations(0.01, believed: noise, others: others, moved: 0.25, seed: UInt64(seed)), from: noise)
            }
            #expect(noise > 0.003 && noise < 0.03, "\(noise)")
        }
    }

    @Test("where it is never seen what was believed stands")
    func unseen() throws {
        for seed in 1...20 {
            let found = try Self.innovations(
                0.01, believed: 0.01, others: [Double](repeating: 4, count: 168), moved: 0.25, seed: UInt64(seed))
            #expect(abs(log(StepRecord.noise(found, from: 0.01) / 0.01)) < 0.3)
        }
    }

    @Test("a tenth of readings that are far out does not matter, and few readings tell nothing")
    func odd() throws {
        var found = try Self.innovations(0.01, believed: 0.01, others: [Double](repeating: 0, count: 300), seed: 1)
        for hour in stride(from: 0, to: 300, by: 10) { found[hour].value = 40 }
        #expect(abs(log(StepRecord.noise(found, from: 0.01) / 0.01)) < 0.5)
        #expect(StepRecord.noise(Array(found.prefix(20)), from: 0.01) == 0.01)
    }
}
