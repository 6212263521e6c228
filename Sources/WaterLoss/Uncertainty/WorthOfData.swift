// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// What it would be worth to know one input twice as well.
///
/// The decision that a figure of money serves is taken as: act where the yearly cost of non-revenue water is above the yearly cost
/// of acting (the break-even), do not act where it is below; a wrong decision costs the difference. The worth of better data is then
/// the expected value of sample information, `s·L(d/s)` with `L(u) = φ(u) − u(1 − Φ(u))`, d the distance of the present estimate
/// from the break-even and s² the part of the variance that the measurement takes away: three quarters of the input's share where
/// its deviation is halved (Raiffa & Schlaifer 1961, ch. 5; Howard 1966).
public struct WorthOfData: Hashable, Sendable {
    public var input: String
    /// Its part of the variance. [–]
    public var share: Double
    /// Half width of the 95 % interval of the figure after halving, as a fraction of the present one. [–]
    public var remainingMargin: Double
    /// By how much halving narrows the half width. [unit of the figure]
    public var narrowing: Double
    /// Expected value of the better data. [unit of the figure]
    public var worth: Double

    /// All inputs of a figure, the most valuable first.
    /// - breakEven: nil: as near to the estimate as can be, which gives the most that the data can be worth.
    static func ranking(of figure: Propagated, _ register: InputRegister, breakEven: Double?) -> [WorthOfData] {
        let deviation = figure.standardDeviation
        let normal = Normal()
        return register.varianceShares(of: figure).map { share in
            let remaining = max(0, 1 - 0.75 * share.share).squareRoot()
            let gain = deviation * (0.75 * share.share).squareRoot()
            let distance = gain > 0 ? abs(figure.value - (breakEven ?? figure.value)) / gain : 0
            let loss = normal.density(distance) - distance * normal.upperTail(distance)
            return WorthOfData(
                input: share.input, share: share.share, remainingMargin: remaining,
                narrowing: (1 - remaining) * deviation * Estimate.normal95, worth: gain * max(0, loss))
        }
    }
}

extension IndicatorSet {
    /// What halving the uncertainty of each input would do to an indicator, the most effective first; empty where it could not be
    /// computed.
    ///
    ///     set.worthOfHalving(.costOfNonRevenueWater, breakEven: 1.2e6).first
    public func worthOfHalving(_ kind: LossIndicator.Kind, breakEven: Double? = nil) -> [WorthOfData] {
        figures[kind].map { WorthOfData.ranking(of: $0, register, breakEven: breakEven) } ?? []
    }
}
