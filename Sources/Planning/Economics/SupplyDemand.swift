// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// What the network takes in a year, with and without the programme, against what can be produced.
public struct SupplyDemandYear: Sendable {
    public var year: Int
    /// Used by right, billed or not, with apparent losses. [m³/d]
    public var demand: Double
    /// Into supply: demand and leakage. [m³/d]
    public var needWithout: Double
    public var needWith: Double
    /// [m³/d]; nil: not known.
    public var capacity: Double?

    public var deficitWithout: Double? { capacity.map { max(0, needWithout - $0) } }
    public var deficitWith: Double? { capacity.map { max(0, needWith - $0) } }
}

extension PlanBook {
    /// Empty where the revenue water is not known. Demand grows as the settings say, or stays as it is.
    func supplyDemand() -> [SupplyDemandYear] {
        guard inputs.base.knowsRevenue else { return [] }
        let growth = inputs.city.plan.supply.demandGrowth.value ?? 0
        let capacity = inputs.city.profile.productionCapacity.value.map { $0 * 86_400 }
        let use = inputs.base.revenueWater + inputs.base.unbilled + inputs.base.apparentLosses(central).reduce(0, +)
        return (0..<inputs.horizon).map { year in
            let demand = use * pow(1 + growth, Double(year))
            let leakage = inputs.simulation.withoutMeasures(today, year: year, central)
            return SupplyDemandYear(
                year: inputs.city.plan.startYear + year, demand: demand / 365, needWithout: (demand + leakage) / 365,
                needWith: (demand + leakage - outcome.realSaved[year] - outcome.useSpared(year)) / 365, capacity: capacity)
        }
    }
}
