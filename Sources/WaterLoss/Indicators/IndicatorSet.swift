// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The indicators of a balance, with what moves each of them.
public struct IndicatorSet: Sendable {
    /// Those that the data allow, in the order of `LossIndicator.Kind`.
    public let indicators: [LossIndicator]
    let figures: [LossIndicator.Kind: Propagated]
    let register: InputRegister

    /// - balance: volumes in m³.
    /// - profile: connections, mains, pressure, hours of supply, prices; an indicator whose figures are unknown is left out.
    public init(_ balance: WaterBalance, profile: CityProfile) {
        var drawing = IndicatorDrawing(balance, profile)
        drawing.ratios()
        drawing.perConnection()
        drawing.perMain()
        drawing.infrastructureLeakage()
        drawing.cost()
        indicators = LossIndicator.Kind.allCases.compactMap { kind in drawing.indicators.first { $0.kind == kind } }
        figures = drawing.figures
        register = drawing.register
    }

    /// Parts of the variance of an indicator by input, largest first; empty where it could not be computed.
    public func varianceShares(of kind: LossIndicator.Kind) -> [VarianceShare] {
        figures[kind].map { register.varianceShares(of: $0) } ?? []
    }
}

/// Draws indicators one by one over one register of inputs, so that figures used twice are the same input.
private struct IndicatorDrawing {
    let balance: WaterBalance
    let profile: CityProfile
    var register: InputRegister
    var indicators: [LossIndicator] = []
    var figures: [LossIndicator.Kind: Propagated] = [:]

    let connections, mainsLength, pressure, serviceLine, tariff, variableCost: Propagated?
    /// 24 over the hours of supply: turns a daily loss into one of a day under pressure. [–]
    let pressurised: Propagated
    let hours: Propagated
    let hoursFlag: [String]

    init(_ balance: WaterBalance, _ profile: CityProfile) {
        self.balance = balance
        self.profile = profile
        var register = balance.register
        func figure(_ name: String, _ value: SourcedValue) -> Propagated? {
            guard let estimate = value.estimate, estimate.value.isFinite, estimate.value > 0 else { return nil }
            return register.input(name, estimate)
        }
        connections = figure("connections", profile.connections)
        mainsLength = figure("mains_length", profile.mainsLength)
        pressure = figure("average_pressure", profile.averagePressure)
        serviceLine = figure("service_line_length", profile.serviceLineLength)
        tariff = figure("tariff", profile.tariff)
        variableCost = figure("variable_production_cost", profile.variableProductionCost)
        if let supplyHours = figure("supply_hours", profile.supplyHours), supplyHours.value <= 24 {
            hours = supplyHours
            hoursFlag = []
        } else {
            hours = Propagated(24)
            hoursFlag = ["hours of supply not known: taken as 24 a day"]
        }
        pressurised = Propagated(24) / hours
        self.register = register
    }

    mutating func add(_ kind: LossIndicator.Kind, _ figure: Propagated, _ unit: String, _ source: String, _ flags: [String] = []) {
        guard figure.value.isFinite else { return }
        figures[kind] = figure
        indicators.append(LossIndicator(kind: kind, value: figure.estimate, unit: unit, source: source, flags: flags))
    }

    /// Volume of the period as a volume of a day. [m³/d]
    func perDay(_ volume: Propagated) -> Propagated { (1 / balance.periodDays) * volume }

    mutating func ratios() {
        let base = balance.exportConvention == .billed ? "system input volume" : "water supplied"
        let ratio = balance.terms.revenueWaterRatio
        add(
            .revenueWaterRatio, ratio, "–", "billed authorised consumption / \(base) (IWA Op; Korean 유수율)",
            ratio.value > 1 ? ["above 1: billing periods and supply period differ, or a source is not metered"] : [])
        add(
            .nonRevenueWaterShare, balance.terms.nonRevenueWater / balance.terms.waterSupplied, "–",
            "(\(base) − billed authorised consumption) / \(base) (IWA Fi46)",
            ["depends on consumption: no measure of technical state (AWWA M36)"])
    }

    mutating func perConnection() {
        guard let connections else { return }
        let scale = 1000 * (pressurised / connections)
        let density = mainsLength.map { connections.value / ($0.value / 1000) }
        let lowDensity = (density ?? 20) < 20 ? ["fewer than 20 connections per km of mains: use the loss per km"] : []
        let residual = residualFlags
        add(
            .nonRevenueWaterPerConnection, perDay(balance.terms.nonRevenueWater) * scale, "L/conn/d",
            "NRW / connections / day, when the system is pressurised (IWA)", hoursFlag + lowDensity)
        add(
            .realLossesPerConnection, perDay(balance.terms.realLosses) * scale, "L/conn/d",
            "real losses / connections / day, when the system is pressurised (IWA Op27)", hoursFlag + lowDensity + residual)
        add(
            .apparentLossesPerConnection, perDay(balance.terms.apparentLosses) * (Propagated(1000) / connections), "L/conn/d",
            "apparent losses / connections / day (IWA)")
    }

    mutating func perMain() {
        guard let mainsLength else { return }
        add(
            .realLossesPerMain, perDay(balance.terms.realLosses) * (1000 * (pressurised / mainsLength)), "m³/km/d",
            "real losses / length of mains / day, when the system is pressurised (IWA Op28)", hoursFlag + residualFlags)
    }

    mutating func infrastructureLeakage() {
        guard let connections, let mainsLength, let pressure else { return }
        var flags = UnavoidableLosses.flags(
            mainsLength: mainsLength.value, connections: connections.value, pressure: pressure.value)
        if serviceLine == nil && profile.serviceLineLength.value == nil {
            flags.append("length of private pipe to the meter not known: meters taken to stand at the boundary")
        }
        flags += hoursFlag
        let servicePipe = serviceLine.map { $0 * connections } ?? Propagated(0)
        let unavoidable =
            UnavoidableLosses.perDay(mainsLength: mainsLength, connections: connections, servicePipe: servicePipe, pressure: pressure)
            * (1 / 24.0 * hours)
        add(
            .unavoidableRealLosses, unavoidable, "m³/d", "(18 Lm + 0.8 Nc + 25 Lp)·P·T/24 (Lambert et al. 1999)", flags)
        let index = perDay(balance.terms.realLosses) / unavoidable
        if index.value > 20 { flags.append("above 20: check units, period and pressure") }
        if index.value < 1 { flags.append("below 1: rarely true; check own sources, meter errors and pressure") }
        add(.infrastructureLeakageIndex, index, "–", "real losses / UARL (Lambert et al. 1999)", flags)
    }

    mutating func cost() {
        guard let tariff, let variableCost else { return }
        let t = balance.terms
        let period = (t.unbilledAuthorised + t.apparentLosses) * tariff + t.realLosses * variableCost
        add(
            .costOfNonRevenueWater, (365 / balance.periodDays) * period, "\(profile.currency)/year",
            "(unbilled use + apparent losses)·tariff + real losses·variable production cost (IWA form)",
            variableCost.value > tariff.value ? ["variable production cost above the tariff: check units"] : [])
    }

    var residualFlags: [String] {
        balance.terms.realLosses.value < 0 ? ["negative: the balance does not close; a source is missing or a volume too large"] : []
    }
}
