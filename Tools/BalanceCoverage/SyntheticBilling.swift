// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterLoss

/// An invented utility whose monthly ratio is known, and what it bills: each bill has the use of the two months before.
public struct SyntheticBilling: Sendable {
    public var months = 24
    /// First month of the record: January 2021, or any other.
    public var start = (year: 2021, month: 1)
    /// Change of the ratio from month to month. [–]
    public var change = 0.006
    /// One half of the customers uses so much more. [–]
    public var imbalance = 0.04
    /// Scatter of the bills. [–]
    public var noise = 0.015
    /// Supply of the day through the year: amplitude, and the month of its zero. [–]
    public var season = (amplitude: 0.03, month: 0.0)
    /// Scatter of the supply of single months. [–]
    public var supplyNoise = 0.0

    public init() {}

    /// Ratios as billed, and the truth. The two months before the record are used too.
    public func drawn(_ random: RandomNumbers, knowsSupply: Bool) -> (months: [BillingMonth], truth: [Double]) {
        var truth = [0.95]
        for _ in 0..<months + 1 { truth.append((truth.last ?? 0.95) + change * random.normal()) }
        let first = start.year * 12 + start.month - 3
        let calendar = (0..<months + 2).map { (year: (first + $0) / 12, month: (first + $0) % 12 + 1) }
        let supplies = calendar.map {
            Double(BillingMonth(year: $0.year, month: $0.month, ratio: nil).days)
                * (1 + season.amplitude * sin((Double($0.month) - season.month) / 12 * 2 * .pi))
                * (supplyNoise > 0 ? exp(supplyNoise * random.normal()) : 1)
        }
        let bills = (2..<months + 2).map { index -> BillingMonth in
            let half = calendar[index].month % 2 == 0 ? 1 + imbalance : 1 - imbalance
            let use = (1...2).reduce(0) { $0 + 0.5 * truth[index - $1] * supplies[index - $1] }
            let ratio = half * use / supplies[index] + noise * random.normal()
            return BillingMonth(
                year: calendar[index].year, month: calendar[index].month, ratio: ratio, supply: knowsSupply ? supplies[index] : nil)
        }
        return (bills, Array(truth.dropFirst(2)))
    }
}
