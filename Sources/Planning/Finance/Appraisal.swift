// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The programme against the case without it, by one account.
public struct Appraisal: Sendable {
    public enum Account: String, Sendable, CaseIterable {
        /// Of the utility: market prices with taxes, revenue from customers.
        case financial
        /// Of the country: shadow prices, no taxes, no transfers.
        case economic
    }

    /// What a search for internal rates of return found.
    public enum RateVerdict: String, Sendable {
        case none, one, several
    }

    /// A benefit or cost by year. [currency]
    public struct Part: Sendable {
        /// `recovered_revenue`, `revenue_forgone` and `use_forgone` (below zero), `water_sold`, `production_avoided`, `carbon`, `residual`, `capital`, `tax`, `operation`.
        public var name: String
        public var isCost: Bool
        public var years: [Double]
        public var presentValue: Double
    }

    public var account: Account
    public var firstYear: Int
    /// [per year]
    public var rate: Double
    public var parts: [Part]
    /// Revenue that passes from customers to the utility and is no gain of the country: left out of the economic account. [currency]
    public var transfersLeftOut: Double
    /// [m³], discounted like money.
    public var presentVolume: Double

    public var benefits: [Double] { sum(isCost: false) }
    public var costs: [Double] { sum(isCost: true) }
    public var flow: DiscountedCashFlow { DiscountedCashFlow(flows: zip(benefits, costs).map { $0 - $1 }) }

    private func sum(isCost: Bool) -> [Double] {
        let count = parts.map(\.years.count).max() ?? 0
        return parts.filter { $0.isCost == isCost }.reduce(Array(repeating: 0, count: count)) { zip($0, $1.years).map { $0 + $1 } }
    }

    public var netPresentValue: Double { flow.netPresentValue(rate: rate) }
    public var internalRates: [Double] { flow.internalRates() }
    public var benefitCostRatio: Double? { DiscountedCashFlow.benefitCostRatio(benefits: benefits, costs: costs, rate: rate) }
    public var payback: Double? { flow.payback() }
    public var discountedPayback: Double? { flow.payback(rate: rate) }
    /// Present value of all costs over that of the water saved. [currency/m³]
    public var costPerCubicMetre: Double? {
        presentVolume > 0 ? DiscountedCashFlow(flows: costs).netPresentValue(rate: rate) / presentVolume : nil
    }

    public static func verdict(_ rates: [Double]) -> RateVerdict { rates.isEmpty ? .none : rates.count == 1 ? .one : .several }
}

extension PlanBook {
    /// The financial account, and the economic one.
    func appraisals() -> [Appraisal] {
        guard outcome.capital.contains(where: { $0 > 0 }) else { return [] }
        return [appraisal(.financial), appraisal(.economic)]
    }

    private func appraisal(_ account: Appraisal.Account) -> Appraisal {
        let money = inputs.city.plan.financing
        let isEconomic = account == .economic
        let rate = (isEconomic ? money.economicDiscountRate.value : nil) ?? central[inputs.worth.rate]
        // What a price is to the country: market price × conversion factor.
        let conversion = isEconomic ? money.conversionFactor.value ?? 1 : 1
        let years = waterValueYears(account)
        let count = outcome.capital.count
        func part(_ name: String, isCost: Bool = false, _ values: [Double]) -> Appraisal.Part {
            .init(
                name: name, isCost: isCost, years: values,
                presentValue: DiscountedCashFlow(flows: values).netPresentValue(rate: rate))
        }
        let recovered = (0..<count).map { outcome.apparentSaved[$0] * inputs.worth.water(central, year: $0).tariff }
        // Water that lower pressure keeps metered customers from drawing: no longer paid for, and of the same worth to them, since they draw
        // until a cubic metre is worth its price.
        let price = isEconomic ? money.willingnessToPay.value ?? money.copingCost.value : nil
        let forgone = (0..<count).map { -outcome.meteredSpared[$0] * (price ?? inputs.worth.water(central, year: $0).tariff) }
        var residual = Array(repeating: 0.0, count: count)
        if let last = residual.indices.last { residual[last] = outcome.residual * conversion }
        var parts = [
            part("capital", isCost: true, outcome.capital.map { $0 * conversion }),
            part("operation", isCost: true, outcome.operation.map { $0 * conversion }),
            part("water_sold", years.map(\.soldWorth)), part("production_avoided", years.map(\.avoidedWorth)),
            part("deferral", years.map(\.deferralWorth)), part("residual", residual),
        ]
        if isEconomic {
            parts += [part("carbon", years.map(\.carbonWorth)), part("use_forgone", forgone)]
        } else {
            parts += [part("recovered_revenue", recovered), part("revenue_forgone", forgone)]
            if let tax = money.tax.value { parts.append(part("tax", isCost: true, outcome.capital.map { $0 * tax })) }
        }
        let saved = (0..<count).map(outcome.saved)
        return Appraisal(
            account: account, firstYear: inputs.city.plan.startYear, rate: rate,
            parts: parts.filter { $0.years.contains { $0 != 0 } },
            transfersLeftOut: isEconomic ? DiscountedCashFlow(flows: recovered).netPresentValue(rate: rate) : 0,
            presentVolume: DiscountedCashFlow(flows: saved).netPresentValue(rate: rate))
    }
}
