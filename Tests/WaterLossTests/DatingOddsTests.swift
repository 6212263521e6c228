// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import WaterLoss

/// How large a leak is depends on when it began and how it grew; an interval for one date alone would be too short.
@Suite("other dates of a leak")
struct DatingOddsTests {
    /// Sizes 1 % apart.
    private static let step = log(1.01)

    private static func peak(at place: Int) -> [Double] {
        var weights = [Double](repeating: 0, count: 200)
        weights[place] = 1
        return weights
    }

    @Test("spread the sizes by what each says, as likely as it is")
    func spread() {
        // 20 cells and a half further up with a third of the odds; one too unlikely.
        let odds = DatingOdds([(-3, 2), (-3 - log(3), 2 * exp(20.5 * Self.step)), (-9, 8)])
        #expect(odds.others.count == 2)
        let found = odds.spread(Self.peak(at: 100), step: Self.step, tempering: 1), all = found.reduce(0, +)
        #expect(abs(all - 4.0 / 3) < 1e-9)
        #expect(abs(found[100] / all - 0.75) < 1e-9)
        #expect(abs(found[120] / all - 0.125) < 1e-9 && abs(found[121] / all - 0.125) < 1e-9)
        // Errors that are larger than believed tell dates apart less.
        let tempered = odds.spread(Self.peak(at: 100), step: Self.step, tempering: 0.5)
        #expect(abs(tempered[100] / tempered.reduce(0, +) - 1 / (1 + 1 / 3.0.squareRoot())) < 1e-9)
    }

    @Test("one date, or none, changes nothing; beyond the sizes asked nothing is lost")
    func ends() {
        let weights = Self.peak(at: 30)
        #expect(DatingOdds().spread(weights, step: Self.step, tempering: 1) == weights)
        #expect(DatingOdds([(5, 2)]).spread(weights, step: Self.step, tempering: 1) == weights)
        let far = DatingOdds([(0, 1), (0, 1000), (0, 0.001)]).spread(weights, step: Self.step, tempering: 1)
        #expect(abs(far[0] - 1) < 1e-12 && abs(far[30] - 1) < 1e-12 && abs(far[199] - 1) < 1e-12)
    }
}
