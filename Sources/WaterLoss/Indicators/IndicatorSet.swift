// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The indicators of a balance, with what moves each of them.
public struct IndicatorSet: Sendable {
    /// Those that the data allow, in the order of `LossIndicator.Kind`.
    public let indicators: [LossIndicator]
    /// Registered, inactive and illegal connections; nil where not known. [–]
    public let connections: Estimate?
    /// Of the whole system while pressurised; nil where not known. [m]
    public let pressure: Estimate?
    public let unavoidableForm: UnavoidableLosses.Form
    let figures: [LossIndicator.Kind: Propagated]
    let register: InputRegister

    /// - balance: volumes in m³.
    /// - profile: connections, mains, pressure, hours of supply, prices; an indicator whose figures are unknown is left out.
    /// - unavoidable: form of UARL and ILI.
    public init(_ balance: WaterBalance, profile: CityProfile, unavoidable form: UnavoidableLosses.Form = .metric) {
        unavoidableForm = form
        var drawing = IndicatorDrawing(balance, profile, form)
        drawing.ratios()
        drawing.perConnection()
        drawing.perMain()
        drawing.infrastructureLeakage()
        drawing.cost()
        let drawn = Dictionary(drawing.indicators.map { ($0.kind, $0) }) { first, _ in first }
        indicators = LossIndicator.Kind.allCases.compactMap { drawn[$0] }
        connections = drawing.connections?.estimate
        pressure = drawing.pressure?.estimate
        figures = drawing.figures
        register = drawing.register
    }

    public subscript(kind: LossIndicator.Kind) -> LossIndicator? { indicators.first { $0.kind == kind } }

    /// Value and interval of linear propagation alone, beside those that a simulation gave.
    public func linearEstimate(of kind: LossIndicator.Kind) -> Estimate? { figures[kind]?.linearEstimate }

    /// Parts of the variance of an indicator by input, largest first; empty where it could not be computed.
    public func varianceShares(of kind: LossIndicator.Kind) -> [VarianceShare] {
        figures[kind].map { register.varianceShares(of: $0) } ?? []
    }
}

/// Draws indicators one by one over one register of inputs, so that figures used twice are the same input.
private struct IndicatorDrawing {
    let balance: WaterBalance
    let profile: CityProfile
    let form: UnavoidableLosses.Form
    var register: InputRegister
    var indicators: [LossIndicator] = []
    var figures: [LossIndicator.Kind: Propagated] = [:]

    let connections, mainsLength, pressure, serviceLine, customers, tariff, variableCost, operatingCost: Propagated?
    let saleable: Propagated
    /// 24 over the hours of supply: turns a daily loss into one of a day under pressure. [–]
    let pressurised: Propagated
    let hours: Propagated
    let hoursFlag: [String]

    init(_ balance: WaterBalance, _ profile: CityProfile, _ form: UnavoidableLosses.Form) {
        self.balance = balance
        self.profile = profile
        self.form = form
        var register = balance.register
        func figure(_ name: String, _ value: SourcedValue) -> Propagated? {
            guard let number = value.value, number > 0 else { return nil }
            return register.input(name, value)
        }
        func total(_ first: Propagated?, _ further: Propagated?) -> Propagated? {
            guard let first else { return nil }
            return further.map { first + $0 } ?? first
        }
        connections = total(
            total(figure("connections", profile.connections), figure("inactive_connections", profile.inactiveConnections)),
            balance.illegalConnections)
        mainsLength = total(
            figure("mains_length", profile.mainsLength), figure("mains_underestimation", profile.mainsUnderestimation))
        pressure = figure("average_pressure", profile.averagePressure)
        serviceLine = figure("service_line_length", profile.serviceLineLength)
        customers = figure("customers", profile.customers)
        tariff = figure("tariff", profile.tariff)
        variableCost = figure("variable_production_cost", profile.variableProductionCost)
        operatingCost = figure("operating_cost", profile.operatingCost)
        saleable = figure("saleable_water", profile.saleableWater) ?? Propagated(0)
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

    mutating func add(_ kind: LossIndicator.Kind, _ figure: Propagated, _ unit: String, _ flags: [String] = []) {
        guard figure.value.isFinite else { return }
        figures[kind] = figure
        let definition = kind.definition(base: base, form: form)
        indicators.append(
            LossIndicator(
                kind: kind, value: figure.estimate, unit: unit, source: "\(definition.formula) (\(definition.reference))", flags: flags))
    }

    var base: String { balance.exportConvention == .billed ? "system input volume" : "water supplied" }

    /// Volume of the period as a volume of a day. [m³/d]
    func perDay(_ volume: Propagated) -> Propagated { (1 / balance.periodDays) * volume }
    func perYear(_ volume: Propagated) -> Propagated { (365 / balance.periodDays) * volume }

    mutating func ratios() {
        let t = balance.terms
        add(
            .revenueWaterRatio, t.revenueWaterRatio, "–",
            t.revenueWaterRatio.value > 1 ? ["above 1: billing periods and supply period differ, or a source is not metered"] : [])
        add(
            .nonRevenueWaterShare, t.nonRevenueWater / t.waterSupplied, "–",
            ["depends on consumption: no measure of technical state (AWWA M36)"])
        add(.apparentLossesShare, t.apparentLosses / t.authorisedConsumption, "–")
        if t.revenueWater.value > 0 {
            add(
                .apparentLossIndex, t.apparentLosses / (0.05 * t.revenueWater), "–",
                ["its reference, 5 % of sales, is a convention and unverified"])
        }
        add(.currentAnnualRealLosses, perDay(t.realLosses), "m³/d", residualFlags)
    }

    mutating func perConnection() {
        let t = balance.terms
        if let customers { add(.apparentLossesPerCustomer, perDay(t.apparentLosses) * (Propagated(1000) / customers), "L/customer/d") }
        guard let connections else { return }
        let scale = 1000 * (pressurised / connections)
        let density = mainsLength.map { connections.value / ($0.value / 1000) }
        let lowDensity = (density ?? 20) < 20 ? ["fewer than 20 connections per km of mains: use the loss per km"] : []
        let real = perDay(t.realLosses) * scale
        add(.nonRevenueWaterPerConnection, perDay(t.nonRevenueWater) * scale, "L/conn/d", hoursFlag + lowDensity)
        add(.realLossesPerConnection, real, "L/conn/d", hoursFlag + lowDensity + residualFlags)
        if let pressure {
            add(.realLossesPerConnectionAndMetre, real / pressure, "L/conn/d/m", hoursFlag + lowDensity + residualFlags)
        }
        add(.apparentLossesPerConnection, perDay(t.apparentLosses) * (Propagated(1000) / connections), "L/conn/d")
    }

    mutating func perMain() {
        guard let mainsLength else { return }
        add(
            .realLossesPerMain, perDay(balance.terms.realLosses) * (1000 * (pressurised / mainsLength)), "m³/km/d",
            hoursFlag + residualFlags)
    }

    mutating func infrastructureLeakage() {
        guard let connections, let mainsLength, let pressure else { return }
        var flags: [String]
        if form == .metric {
            flags = UnavoidableLosses.flags(
                mainsLength: mainsLength.value, connections: connections.value, pressure: pressure.value)
        } else {
            let isShown = UnavoidableLosses.isShownInFreeWaterAudit(
                mainsLength: mainsLength.value, connections: connections.value, pressure: pressure.value)
            flags =
                isShown ? [] : ["the AWWA workbook shows no UARL and ILI here: 32 Lm + Nc above 3,000 (miles) and more than 35 psi wanted"]
        }
        if serviceLine == nil && profile.serviceLineLength.value == nil {
            flags.append("length of private pipe to the meter not known: meters taken to stand at the boundary")
        }
        flags += hoursFlag
        let servicePipe = serviceLine.map { $0 * connections } ?? Propagated(0)
        let unavoidable =
            UnavoidableLosses.perDay(
                form, mainsLength: mainsLength, connections: connections, servicePipe: servicePipe, pressure: pressure)
            * (1 / 24.0 * hours)
        add(.unavoidableRealLosses, unavoidable, "m³/d", flags)
        let index = perDay(balance.terms.realLosses) / unavoidable
        if index.value > 20 { flags.append("above 20: check units, period and pressure") }
        if index.value < 1 { flags.append("below 1: rarely true; check own sources, meter errors and pressure") }
        add(.infrastructureLeakageIndex, index, "–", flags)
    }

    mutating func cost() {
        guard let tariff, let variableCost else { return }
        let t = balance.terms
        let sold = 365 * saleable
        let apparent = perYear(t.apparentLosses) * tariff
        let real = sold * tariff + (perYear(t.realLosses) - sold) * variableCost
        let total = perYear(t.unbilledAuthorised) * tariff + apparent + real
        var flags = variableCost.value > tariff.value ? ["variable production cost above the tariff: check units"] : []
        if sold.value > perYear(t.realLosses).value { flags.append("saleable water above the real losses: check it") }
        add(.costOfNonRevenueWater, total, "\(profile.currency)/year", flags)
        if let operatingCost { add(.costShareOfNonRevenueWater, total / operatingCost, "–", flags) }
        guard let connections else { return }
        add(.apparentLossCostPerConnection, apparent / connections, "\(profile.currency)/conn/year")
        add(.realLossCostPerConnection, real / connections, "\(profile.currency)/conn/year", residualFlags)
    }

    var residualFlags: [String] {
        balance.terms.realLosses.value < 0 ? ["negative: the balance does not close; a source is missing or a volume too large"] : []
    }
}
