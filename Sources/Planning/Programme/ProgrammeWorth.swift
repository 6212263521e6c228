// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// What a programme earns: the worth of water by regime, and present values at one rate.
struct ProgrammeWorth {
    /// Figures: tariff, marginal cost, share of bills paid, discount rate.
    let tariff: Int
    let marginalCost: Int
    let collection: Int
    let rate: Int
    let regime: PlanSettings.WaterRegime
    /// [m³/year]; nil: more than can be saved.
    let deficit: Double?
    /// By year, the last holding on; nil: `deficit` in every year. [m³/year]
    var deficits: [Double]?
    /// First year, from 0, in which bought water need no longer be paid for whether taken or not; nil: none.
    var endOfTakeOrPay: Int?
    /// Water bought by contract. [m³/year], a figure [currency/m³], first year, from 0, in which it need no longer be taken; nil: none.
    var purchases: [(volume: Double, price: Int, firstFree: Int?)] = []

    /// As the choice of measures sees it, the same in every year.
    func water(_ draw: [Double]) -> WaterValue {
        WaterValue(regime: regime, tariff: draw[tariff] * draw[collection], marginalCost: draw[marginalCost], deficit: deficit)
    }

    /// In a year from 0: a contract ends, a deficit comes or goes.
    func water(_ draw: [Double], year: Int) -> WaterValue {
        var water = water(draw)
        if let deficits, let last = deficits.last {
            water.deficit = year < deficits.count ? deficits[year] : last
            if regime == .surplus { water.regime = .deficit }
        }
        if regime == .takeOrPay, let endOfTakeOrPay, year >= endOfTakeOrPay {
            water.regime = .deficit
            water.deficit = water.deficit ?? 0
        }
        water.purchases = purchases.compactMap { purchase in
            guard let first = purchase.firstFree, year >= first else { return nil }
            return .init(volume: purchase.volume, price: draw[purchase.price])
        }
        return water
    }

    func discountFactor(year: Int, _ draw: [Double]) -> Double { pow(1 + draw[rate], -Double(year + 1)) }

    /// Benefit of one year, without residual worth: apparent losses recovered at the tariff, water saved by regime, less what meters no longer
    /// bill where lower pressure lets customers draw less. [currency]
    func benefit(_ outcome: ProgrammeSimulation.Outcome, year: Int, _ draw: [Double]) -> Double {
        let water = water(draw, year: year)
        return (outcome.apparentSaved[year] - outcome.meteredSpared[year]) * water.tariff + water.worth(of: outcome.freed(year))
    }

    /// Benefits by year, the residual worth in the last. [currency]
    func benefits(_ outcome: ProgrammeSimulation.Outcome, _ draw: [Double]) -> [Double] {
        var result = outcome.capital.indices.map { benefit(outcome, year: $0, draw) }
        if !result.isEmpty { result[result.count - 1] += outcome.residual }
        return result
    }

    /// Present value of benefit less cost; flows at the end of each year. [currency]
    func netPresentValue(_ outcome: ProgrammeSimulation.Outcome, _ draw: [Double]) -> Double {
        var sum = 0.0
        for (year, benefit) in benefits(outcome, draw).enumerated() {
            sum += (benefit - outcome.capital[year] - outcome.operation[year]) * discountFactor(year: year, draw)
        }
        return sum
    }

    /// As `netPresentValue`, but every cubic metre of a year that is freed worth the same.
    ///
    /// - worth: by year. [currency/m³]
    func netPresentValue(_ outcome: ProgrammeSimulation.Outcome, _ draw: [Double], worth: (Int) -> Double) -> Double {
        var sum = 0.0
        for year in outcome.capital.indices {
            let billed = outcome.apparentSaved[year] - outcome.meteredSpared[year]
            let benefit = billed * water(draw, year: year).tariff + outcome.freed(year) * worth(year)
            sum += (benefit - outcome.capital[year] - outcome.operation[year]) * discountFactor(year: year, draw)
        }
        if let last = outcome.capital.indices.last { sum += outcome.residual * discountFactor(year: last, draw) }
        return sum
    }
}

/// The ratio of revenue water of one year.
struct RevenueRatio {
    let worth: ProgrammeWorth
    /// [m³/year]
    let revenueWater: Double
    let unbilled: Double

    /// Revenue water over water supplied. [–]
    ///
    /// - realLosses: of the year and today; - apparentLosses: today; - recovered, demandSaved: of the year. [m³/year]
    func ratio(
        realLosses: Double, today: Double, apparentLosses: Double, recovered: Double, demandSaved: Double, produced: Double = 0,
        _ draw: [Double]
    ) -> Double {
        var revenue = revenueWater + recovered
        var supplied = revenueWater + unbilled + apparentLosses + today
        let change = realLosses - today
        switch worth.regime {
        case .deficit:
            // Supply is all that there is: what leaks more is sold less, what leaks less or is used less is sold, up to the deficit.
            let freed = demandSaved - change
            let more = freed + produced
            let sold = more > 0 ? min(more, worth.deficit ?? more) : max(more, -revenue)
            revenue += sold - demandSaved
            supplied += sold - freed
        case .surplus, .takeOrPay:
            revenue -= demandSaved
            supplied += change - demandSaved
        }
        guard supplied > 0 else { return 0 }
        return min(1, max(0, revenue / supplied))
    }
}
