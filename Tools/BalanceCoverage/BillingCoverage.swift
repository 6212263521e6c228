// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterLoss

/// How often the 95 % intervals of monthly ratios, freed of the lag of billing, hold the truth of synthetic utilities.
public struct BillingCoverage: Sendable {
    /// What the utilities are like.
    public enum Design: String, CaseIterable, Sendable {
        /// Ratios from calm to restless, the rest as usual.
        case usual
        /// And records of one to four years, any season, scatter and first month.
        case varied
        /// And supplies of single months that scatter too.
        case scattered
    }

    /// Months in the interval, by place in the record.
    public struct Hits: Sendable {
        public var inside = 0
        public var months = 0
        public var share: Double { Double(inside) / Double(max(1, months)) }

        mutating func add(_ isInside: Bool) {
            months += 1
            inside += isInside ? 1 : 0
        }
    }

    public private(set) var all = Hits()
    /// The first two months of the record, and the last two, of which no bill or one has come.
    public private(set) var first = Hits()
    public private(set) var last = Hits()
    /// Mean half width of the intervals. [–]
    public private(set) var halfWidth = 0.0

    /// - keeps: the billed volume of the record is kept, as the command does it.
    public init(
        cases: Int, knowsSupply: Bool, keeps: Bool, seed: UInt64, drawing: (RandomNumbers) -> SyntheticBilling
    ) throws {
        var options = BillingLag.Options()
        options.keepsCumulative = keeps
        for number in 0..<cases {
            let random = try RandomNumbers(seed: seed, stream: UInt64(number + 1))
            let (bills, truth) = drawing(random).drawn(random, knowsSupply: knowsSupply)
            let lag = try BillingLag(bills, options: options)
            for (place, (month, real)) in zip(lag.months, truth).enumerated() {
                let isInside = month.ratio.low95 <= real && real <= month.ratio.high95
                all.add(isInside)
                if place < 2 { first.add(isInside) }
                if place >= truth.count - 2 { last.add(isInside) }
                halfWidth += month.ratio.margin95
            }
        }
        halfWidth /= Double(max(1, all.months))
    }

    public static func utility(_ design: Design, _ random: RandomNumbers) -> SyntheticBilling {
        var town = SyntheticBilling()
        // From a tenth of the scatter of the bills to once as much.
        town.change = 0.0015 * exp(random.uniform(0, log(10)))
        town.imbalance = 0.05 * random.normal()
        guard design != .usual else { return town }
        town.months = 12 + Int(random.uniform(0, 37))
        town.start = (2021, 1 + Int(random.uniform(0, 12)))
        town.noise = 0.007 * exp(random.uniform(0, log(4)))
        town.change = town.noise * exp(random.uniform(log(0.1), 0))
        town.season = (abs(0.04 * random.normal()), random.uniform(0, 12))
        if design == .scattered { town.supplyNoise = 0.01 }
        return town
    }
}
