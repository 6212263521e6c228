// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// When it pays to replace a meter that registers less from year to year.
public struct MeterReplacement: Sendable {
    /// [currency]
    public var cost: Double
    /// Share of the volume that a year more of age hides. [per year]
    public var growth: Double
    /// True consumption through the meter. [m³/year]
    public var volume: Double
    /// [currency/m³]
    public var tariff: Double

    public init(cost: Double, growth: Double, volume: Double, tariff: Double) {
        self.cost = cost
        self.growth = growth
        self.volume = volume
        self.tariff = tariff
    }

    private var yearlyErosion: Double { growth * volume * tariff }

    /// T = √(2C/(gQp)), which minimises C/T + gQpT/2; infinite where nothing is lost with age. [years]
    ///
    /// Two to four years shorter than `discountedPeriod`, which is to be preferred where a discount rate is agreed.
    public var simplePeriod: Double {
        yearlyErosion > 0 && cost > 0 ? (2 * cost / yearlyErosion).squareRoot() : .infinity
    }

    /// Mean under-registration of a meter that is replaced after `period`. [–]
    public func meanUnderRegistration(period: Double) -> Double { growth * period / 2 }

    /// Present cost of an endless chain of meters, each kept for `period` years:
    /// [C + gQp(1 − e^(−δT)(1 + δT))/δ²]/(1 − e^(−δT)), δ = ln(1+i). [currency]
    public func chainCost(period: Double, rate: Double) -> Double {
        let force = log1p(rate)
        guard period > 0, force > 0 else { return .infinity }
        let decay = exp(-force * period)
        let erosion = yearlyErosion * (1 - decay * (1 + force * period)) / (force * force)
        return (cost + erosion) / (1 - decay)
    }

    /// The period that minimises `chainCost`, by golden-section search between 0 and `longest`; the simple period at no interest. [years]
    public func discountedPeriod(rate: Double, longest: Double = 60) -> Double {
        guard yearlyErosion > 0, cost > 0 else { return .infinity }
        guard rate > 0 else { return simplePeriod }
        let golden = (5.0.squareRoot() - 1) / 2
        var low = 1e-3, high = longest
        var inner = high - golden * (high - low)
        var outer = low + golden * (high - low)
        var innerCost = chainCost(period: inner, rate: rate)
        var outerCost = chainCost(period: outer, rate: rate)
        // 60 steps shrink the bracket by 3·10¹².
        for _ in 0..<60 {
            if innerCost < outerCost {
                high = outer
                (outer, outerCost) = (inner, innerCost)
                inner = high - golden * (high - low)
                innerCost = chainCost(period: inner, rate: rate)
            } else {
                low = inner
                (inner, innerCost) = (outer, outerCost)
                outer = low + golden * (high - low)
                outerCost = chainCost(period: outer, rate: rate)
            }
        }
        let best = (low + high) / 2
        return best > longest - 1e-3 ? .infinity : best
    }
}
