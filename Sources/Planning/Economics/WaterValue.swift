// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What a cubic metre that no longer leaks is worth, by the state of supply.
public struct WaterValue: Sendable, Hashable {
    public var regime: PlanSettings.WaterRegime
    /// What a customer pays. [currency/m³]
    public var tariff: Double
    /// Cost of one more cubic metre. [currency/m³]
    public var marginalCost: Double
    /// Water that customers would buy and do not get; nil: more than can be saved. [m³, in the time of `saving`]
    public var deficit: Double?

    public init(regime: PlanSettings.WaterRegime, tariff: Double, marginalCost: Double, deficit: Double?) {
        self.regime = regime
        self.tariff = tariff
        self.marginalCost = marginalCost
        self.deficit = deficit
    }

    /// Part of a saving that is sold: the first of it, up to the deficit. [m³]
    public func sold(of saving: Double) -> Double {
        switch regime {
        case .surplus: 0
        case .deficit: min(saving, deficit ?? saving)
        case .takeOrPay: min(saving, deficit ?? 0)
        }
    }

    /// Most that can be sold; nil: without limit. [m³]
    public var saleLimit: Double? {
        switch regime {
        case .surplus: 0
        case .deficit: deficit
        case .takeOrPay: deficit ?? 0
        }
    }

    /// Worth of a cubic metre beyond what is sold: avoided production, or nothing where it must be paid for anyway. [currency/m³]
    public var restWorth: Double { regime == .takeOrPay ? 0 : marginalCost }

    /// Worth of a saving: tariff for the part sold, avoided cost for the rest. [currency]
    public func worth(of saving: Double) -> Double {
        let sold = sold(of: saving)
        return sold * tariff + (saving - sold) * restWorth
    }

    /// Worth of the first cubic metre. [currency/m³]
    public var firstWorth: Double { (saleLimit ?? 1) > 0 ? tariff : restWorth }
}
