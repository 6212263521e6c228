// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What a system would look like with other pressure, hours, coverage or losses (the what-if sheet of WB-EasyCalc).
public struct WhatIf: Sendable {
    public typealias Targets = WhatIfTargets

    public var connections: Double
    /// [km]
    public var mainsLength: Double
    /// [m³/d]
    public var billed: Double
    public var unbilled: Double
    public var apparentLosses: Double
    public var realLosses: Double
    public var nonRevenueWater: Double
    public var systemInput: Double
    /// When the system is pressurised; 0 where no hours are given. [l per connection and day]
    public var nonRevenueWaterPerConnection: Double
    /// [currency/year]
    public var productionCost: Double
    public var operatingCost: Double
    public var revenue: Double
    public var nonRevenueWaterValue: Double

    /// - keepsDefects: as WB-EasyCalc 6.17: a target left blank counts as zero, and the value of unbilled use stays unscaled when
    ///   coverage changes.
    public init(_ present: EasyCalcDisplay, _ targets: Targets, keepsDefects: Bool = false) {
        func figure(_ name: String) -> Double { present[name]?.value ?? 0 }
        let s = present.sheet
        func target(_ value: Double?, present: Double) -> Double { value ?? (keepsDefects ? 0 : present) }
        var growth = 1.0
        if let from = targets.coverageFrom, let to = targets.coverageTo, from > 0 { growth = to / from }
        connections = figure("connections") * growth
        mainsLength = figure("mains_km") * growth
        let pressure = target(targets.pressure, present: s.pressure.value)
        let hours = target(targets.hours, present: s.hours.value)
        let index = target(targets.infrastructureLeakageIndex, present: figure("ili"))
        let perConnection = target(targets.apparentLosses, present: figure("al_l_conn_d"))

        let pipe = connections * s.serviceLine.value / 1000
        realLosses = index * (18 * mainsLength + 0.8 * connections + 25 * pipe) * pressure / 1000 * hours / 24
        apparentLosses = perConnection * connections / 1000
        let unbilledNow = figure("unbilled") / 365
        billed = figure("billed") / 365 * growth + (targets.extraSales ?? 0) - (apparentLosses - figure("apparent") / 365)
        unbilled = unbilledNow * growth
        nonRevenueWater = unbilled + apparentLosses + realLosses
        systemInput = billed + nonRevenueWater
        nonRevenueWaterPerConnection = hours > 0 && connections > 0 ? nonRevenueWater * 1000 / connections * 24 / hours : 0
        productionCost = systemInput * 365 * s.variableCost
        operatingCost = s.operatingCost + 365 * s.variableCost * (systemInput - figure("siv") / 365)
        revenue = billed * 365 * s.tariff
        let saleable = keepsDefects ? 0 : min(s.saleable, max(0, realLosses))
        let valued = keepsDefects ? unbilledNow : unbilled
        nonRevenueWaterValue =
            365 * ((valued + apparentLosses + saleable) * s.tariff + (realLosses - saleable) * s.variableCost)
    }
}
