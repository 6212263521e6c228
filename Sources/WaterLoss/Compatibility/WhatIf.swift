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

    /// What the targets are put against; volumes in m³/d.
    private struct Present {
        var input, billed, unbilled, apparent: Double
        var connections: Double
        /// [km]
        var mains: Double
        /// [m]
        var serviceLine, pressure: Double
        var hours: Double
        var index, apparentPerConnection: Double
        var tariff, variableCost, saleable, operatingCost: Double
    }

    /// From the figures that the workbook displays.
    /// - keepsDefects: as WB-EasyCalc 6.17: a target left blank counts as zero, and the value of unbilled use stays unscaled when
    ///   coverage changes.
    public init(_ display: EasyCalcDisplay, _ targets: Targets, keepsDefects: Bool = false) {
        func figure(_ name: String) -> Double { display[name]?.value ?? 0 }
        let s = display.sheet
        self.init(
            Present(
                input: figure("siv") / 365, billed: figure("billed") / 365, unbilled: figure("unbilled") / 365,
                apparent: figure("apparent") / 365, connections: figure("connections"), mains: figure("mains_km"),
                serviceLine: s.serviceLine.value, pressure: s.pressure.value, hours: s.hours.value, index: figure("ili"),
                apparentPerConnection: figure("al_l_conn_d"), tariff: s.tariff, variableCost: s.variableCost, saleable: s.saleable,
                operatingCost: s.operatingCost), targets, keepsDefects: keepsDefects)
    }

    /// From a balance and its indicators; nil where connections, mains, pressure or the index are not known.
    public init?(_ balance: WaterBalance, _ indicators: IndicatorSet, profile: CityProfile, _ targets: Targets) {
        guard let connections = indicators.connections?.value, let pressure = indicators.pressure?.value,
            let mains = profile.mainsLength.value, let index = indicators[.infrastructureLeakageIndex]?.value.value,
            let apparent = indicators[.apparentLossesPerConnection]?.value.value
        else { return nil }
        func perDay(_ volume: Propagated) -> Double { volume.value / balance.periodDays }
        let t = balance.terms
        self.init(
            Present(
                // Exported water leaves before supply or is billed: the sums are those of the balance either way.
                input: perDay(t.waterSupplied), billed: perDay(t.revenueWater), unbilled: perDay(t.unbilledAuthorised),
                apparent: perDay(t.apparentLosses), connections: connections,
                mains: (mains + (profile.mainsUnderestimation.value ?? 0)) / 1000, serviceLine: profile.serviceLineLength.value ?? 0,
                pressure: pressure, hours: profile.supplyHours.value ?? 24, index: index, apparentPerConnection: apparent,
                tariff: profile.tariff.value ?? 0, variableCost: profile.variableProductionCost.value ?? 0,
                saleable: profile.saleableWater.value ?? 0, operatingCost: profile.operatingCost.value ?? 0), targets,
            keepsDefects: false)
    }

    private init(_ now: Present, _ targets: Targets, keepsDefects: Bool) {
        func target(_ value: Double?, present: Double) -> Double { value ?? (keepsDefects ? 0 : present) }
        var growth = 1.0
        if let from = targets.coverageFrom, let to = targets.coverageTo, from > 0 { growth = to / from }
        connections = now.connections * growth
        mainsLength = now.mains * growth
        let pressure = target(targets.pressure, present: now.pressure)
        let hours = target(targets.hours, present: now.hours)
        let index = target(targets.infrastructureLeakageIndex, present: now.index)
        let perConnection = target(targets.apparentLosses, present: now.apparentPerConnection)

        let pipe = connections * now.serviceLine / 1000
        realLosses = index * (18 * mainsLength + 0.8 * connections + 25 * pipe) * pressure / 1000 * hours / 24
        apparentLosses = perConnection * connections / 1000
        billed = now.billed * growth + (targets.extraSales ?? 0) - (apparentLosses - now.apparent)
        unbilled = now.unbilled * growth
        nonRevenueWater = unbilled + apparentLosses + realLosses
        systemInput = billed + nonRevenueWater
        nonRevenueWaterPerConnection = hours > 0 && connections > 0 ? nonRevenueWater * 1000 / connections * 24 / hours : 0
        productionCost = systemInput * 365 * now.variableCost
        operatingCost = now.operatingCost + 365 * now.variableCost * (systemInput - now.input)
        revenue = billed * 365 * now.tariff
        let saleable = keepsDefects ? 0 : min(now.saleable, max(0, realLosses))
        let valued = keepsDefects ? now.unbilled : unbilled
        nonRevenueWaterValue =
            365 * ((valued + apparentLosses + saleable) * now.tariff + (realLosses - saleable) * now.variableCost)
    }
}
