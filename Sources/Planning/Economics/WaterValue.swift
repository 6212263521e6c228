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
    /// Water that is bought and need not be: what is saved spares the dearest of it first, and production of its own after that.
    public var purchases: [Purchase] = []

    public struct Purchase: Sendable, Hashable {
        /// [m³, in the time of `saving`]
        public var volume: Double
        /// [currency/m³]
        public var price: Double

        public init(volume: Double, price: Double) {
            self.volume = volume
            self.price = price
        }
    }

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

    /// Worth of a cubic metre beyond what is sold and what need not be bought: avoided production, or nothing where it must be paid for anyway. [currency/m³]
    public var restWorth: Double { regime == .takeOrPay ? 0 : marginalCost }

    /// Worth of what is saved and not sold: purchases that cost more than own production, the dearest first, then that. [currency]
    public func avoided(by rest: Double) -> Double {
        var left = rest, sum = 0.0
        for purchase in purchases.sorted(by: { $0.price > $1.price }) where left > 0 && purchase.price > restWorth {
            let spared = min(left, max(0, purchase.volume))
            sum += spared * purchase.price
            left -= spared
        }
        return sum + left * restWorth
    }

    /// Worth of a saving: tariff for the part sold, avoided cost for the rest. [currency]
    public func worth(of saving: Double) -> Double {
        let sold = sold(of: saving)
        return sold * tariff + avoided(by: saving - sold)
    }

    /// Worth of the first cubic metre. [currency/m³]
    public var firstWorth: Double { (saleLimit ?? 1) > 0 ? tariff : restWorth }
}
