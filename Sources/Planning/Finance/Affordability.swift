// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What a household pays for water, against what it has.
public struct Affordability: Sendable {
    public struct Household: Sendable {
        public enum Kind: String, Sendable { case mean, lowIncome = "low_income" }
        public var kind: Kind
        /// [currency/month]
        public var income: Double
        /// Of the income. [–]
        public var share: Double
        /// Share with the lifeline tariff for the lifeline use; nil where there is none. [–]
        public var shareWithLifeline: Double?
    }

    /// [m³/month]
    public var use: Double
    /// [currency/month]
    public var bill: Double
    public var households: [Household]
    /// Most that a household should pay; nil: not said. [–]
    public var limit: Double?

    /// use × tariff + fixed charge. [currency/month]
    public static func bill(use: Double, tariff: Double, fixedCharge: Double) -> Double { use * tariff + fixedCharge }

    /// nil where the use, the tariff or every income is not known.
    public init?(_ settings: FinancingSettings, tariff: Double?) {
        guard let use = settings.householdUse.value, let tariff else { return nil }
        let fixed = settings.fixedCharge.value ?? 0
        let bill = Self.bill(use: use, tariff: tariff, fixedCharge: fixed)
        var lifeline: Double?
        if let price = settings.lifelineTariff.value {
            let cheap = min(use, settings.lifelineUse.value ?? use)
            lifeline = cheap * price + (use - cheap) * tariff + fixed
        }
        let incomes: [(Household.Kind, Double?)] = [(.mean, settings.householdIncome.value), (.lowIncome, settings.lowIncome.value)]
        let households = incomes.compactMap { kind, income -> Household? in
            guard let income, income > 0 else { return nil }
            return Household(kind: kind, income: income, share: bill / income, shareWithLifeline: lifeline.map { $0 / income })
        }
        guard !households.isEmpty else { return nil }
        self.use = use
        self.bill = bill
        self.households = households
        limit = settings.affordableShare.value
    }
}
