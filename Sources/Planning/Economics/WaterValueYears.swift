// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// What the water saved in one year is worth, and why.
public struct WaterValueYear: Sendable {
    public var year: Int
    public var regime: PlanSettings.WaterRegime
    /// Whether a contract that had to be paid for, taken or not, has ended.
    public var isAfterContract = false
    /// Water that customers would buy and do not get; nil: more than is saved. [m³/year]
    public var deficit: Double?
    /// Leakage and use that no longer draw on supply. [m³/year]
    public var saved: Double
    /// Of it and of what is produced beyond, sold. [m³/year]
    public var sold: Double
    /// [currency/year]
    public var soldWorth: Double
    /// Of what is not sold: production or purchase spared. [currency/year]
    public var avoidedWorth: Double
    /// Of works put off, in the year in which they would have been built. [currency]
    public var deferralWorth: Double
    /// Not used for water that is no longer put into supply; nil where the energy of a cubic metre is not known. [kWh/year]
    public var energy: Double?
    /// [t CO₂ equivalent/year]
    public var emissions: Double?
    /// [currency/year]
    public var carbonWorth: Double

    /// Mean of a cubic metre saved. [currency/m³]
    public var worthPerCubicMetre: Double? { saved > 0 ? (soldWorth + avoidedWorth) / saved : nil }
}

/// Works that come later.
public struct Deferral: Sendable {
    public var name: String
    public var capital: Double
    public var plannedYear: Int
    /// Whole years.
    public var years: Int
    /// In the planned year: K(1 − (1+r)⁻ⁿ). [currency]
    public var worth: Double
}

extension PlanBook {
    /// Works that the programme puts off, by the water that it saves in the year in which they would be built.
    func deferrals() -> [Deferral] {
        let settings = inputs.city.plan
        return settings.supply.deferredWorks.compactMap { works in
            let year = works.year - settings.startYear
            guard let capital = works.capital.value, let growth = works.demandGrowth.value, growth > 0,
                outcome.realSaved.indices.contains(year)
            else { return nil }
            let saved = (outcome.realSaved[year] + outcome.useSpared(year)) / 365
            // Beyond the plan nobody has looked at demand.
            let years = min(inputs.horizon, Int((saved / growth).rounded(.down)))
            guard years > 0 else { return nil }
            return Deferral(
                name: works.name, capital: capital, plannedYear: works.year, years: years,
                worth: CapitalRecovery.deferralWorth(capital: capital, years: Double(years), rate: central[inputs.worth.rate]))
        }
    }

    /// Worth of the water saved, year by year, to the utility or to the country.
    func waterValueYears(_ account: Appraisal.Account = .financial) -> [WaterValueYear] {
        let settings = inputs.city.plan
        let deferrals = deferrals()
        let supply = settings.supply
        let money = settings.financing
        // What customers are known to pay is the least that water is worth to them.
        let price = account == .economic ? money.willingnessToPay.value ?? money.copingCost.value : nil
        let conversion = account == .economic ? money.conversionFactor.value ?? 1 : 1
        return outcome.capital.indices.map { year in
            let water = inputs.worth.water(central, year: year)
            let saved = outcome.realSaved[year] + outcome.useSpared(year)
            let freed = outcome.freed(year)
            let sold = water.sold(of: freed)
            let spared = freed - sold
            // What is produced and not sold was not produced before either.
            let energy = supply.energyIntensity.value.map { $0 * min(spared, saved) }
            let emissions = energy.flatMap { energy in supply.emissionFactor.value.map { $0 * energy / 1000 } }
            return WaterValueYear(
                year: settings.startYear + year, regime: water.saleLimit == 0 && water.regime == .deficit ? .surplus : water.regime,
                isAfterContract: inputs.worth.regime == .takeOrPay && water.regime != .takeOrPay,
                deficit: water.saleLimit, saved: saved, sold: sold, soldWorth: sold * (price ?? water.tariff),
                avoidedWorth: water.avoided(by: spared) * conversion,
                deferralWorth: deferrals.filter { $0.plannedYear == settings.startYear + year }.reduce(0) { $0 + $1.worth } * conversion,
                energy: energy, emissions: emissions, carbonWorth: (emissions ?? 0) * (supply.carbonPrice.value ?? 0))
        }
    }
}
