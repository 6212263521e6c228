// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A performance indicator with what a reader must know to use it.
public struct LossIndicator: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case revenueWaterRatio = "revenue_water_ratio"
        case nonRevenueWaterShare = "non_revenue_water_share"
        case nonRevenueWaterPerConnection = "non_revenue_water_per_connection"
        case realLossesPerConnection = "real_losses_per_connection"
        case realLossesPerConnectionAndMetre = "real_losses_per_connection_and_metre"
        case realLossesPerMain = "real_losses_per_main"
        case apparentLossesPerConnection = "apparent_losses_per_connection"
        case apparentLossesPerCustomer = "apparent_losses_per_customer"
        case apparentLossesShare = "apparent_losses_share"
        case apparentLossIndex = "apparent_loss_index"
        case currentAnnualRealLosses = "current_annual_real_losses"
        case unavoidableRealLosses = "unavoidable_real_losses"
        case infrastructureLeakageIndex = "infrastructure_leakage_index"
        case costOfNonRevenueWater = "cost_of_non_revenue_water"
        case costShareOfNonRevenueWater = "cost_share_of_non_revenue_water"
        case apparentLossCostPerConnection = "apparent_loss_cost_per_connection"
        case realLossCostPerConnection = "real_loss_cost_per_connection"
    }

    public var kind: Kind
    public var value: Estimate
    /// As printed: `L/conn/d`, `m³/km/d`, `–`, `PEN/year`.
    public var unit: String
    /// Formula and source in one line.
    public var source: String
    /// Why it should be read with care; empty where its conditions hold.
    public var flags: [String]

    public init(kind: Kind, value: Estimate, unit: String, source: String, flags: [String] = []) {
        self.kind = kind
        self.value = value
        self.unit = unit
        self.source = source
        self.flags = flags
    }
}

/// What an indicator is: the same for every system.
public struct IndicatorDefinition: Sendable {
    public var formula: String
    /// Where it is defined.
    public var reference: String
    /// When it means what it says.
    public var conditions: String
}

extension LossIndicator.Kind {
    /// - base: what percentages refer to, in words.
    /// - form: of UARL.
    public func definition(base: String = "water supplied", form: UnavoidableLosses.Form = .metric) -> IndicatorDefinition {
        let pressurised = "a day under pressure: hours of supply known"
        return switch self {
        case .revenueWaterRatio:
            .init(
                formula: "billed authorised consumption / \(base)", reference: "IWA Op; Korean 유수율",
                conditions: "billing and supply of the same period")
        case .nonRevenueWaterShare:
            .init(
                formula: "(\(base) − billed authorised consumption) / \(base)", reference: "IWA Fi46",
                conditions: "a financial figure; depends on consumption")
        case .nonRevenueWaterPerConnection:
            .init(formula: "NRW / connections / day, when the system is pressurised", reference: "IWA", conditions: pressurised)
        case .realLossesPerConnection:
            .init(
                formula: "real losses / connections / day, when the system is pressurised", reference: "IWA Op27",
                conditions: "20 connections per km of mains or more; \(pressurised)")
        case .realLossesPerConnectionAndMetre:
            .init(
                formula: "real losses / connections / day / mean pressure, when the system is pressurised", reference: "AWWA M36",
                conditions: "20 connections per km of mains or more; leakage taken as linear in pressure")
        case .realLossesPerMain:
            .init(
                formula: "real losses / length of mains / day, when the system is pressurised", reference: "IWA Op28",
                conditions: "meant for fewer than 20 connections per km of mains; \(pressurised)")
        case .apparentLossesPerConnection:
            .init(formula: "apparent losses / connections / day", reference: "IWA", conditions: "none")
        case .apparentLossesPerCustomer:
            .init(formula: "apparent losses / customers / day", reference: "WB-EasyCalc", conditions: "number of billed accounts known")
        case .apparentLossesShare:
            .init(formula: "apparent losses / authorised consumption", reference: "WB-EasyCalc", conditions: "none")
        case .apparentLossIndex:
            .init(
                formula: "apparent losses / (5 % of water sales)", reference: "IWA Apparent Loss task group, unverified",
                conditions: "a base of 5 % that is a convention")
        case .currentAnnualRealLosses:
            .init(formula: "real losses / day (CARL)", reference: "IWA", conditions: "a year, or long enough to stand for one")
        case .unavoidableRealLosses where form == .freeWaterAudit:
            .init(
                formula: "(5.41 Lm + 0.15 Nc + 7.5 Lp)·P·T/24 US gallons a day, miles and psi", reference: "AWWA M36",
                conditions: "32 Lm + Nc above 3,000, more than 35 psi")
        case .unavoidableRealLosses:
            .init(
                formula: "(18 Lm + 0.8 Nc + 25 Lp)·P·T/24", reference: "Lambert et al. 1999",
                conditions: "more than 3,000 connections, 20 per km or more, 25 to 100 m")
        case .infrastructureLeakageIndex:
            .init(formula: "real losses / UARL", reference: "Lambert et al. 1999", conditions: "those of UARL")
        case .costOfNonRevenueWater:
            .init(
                formula: "(unbilled use + apparent losses + saleable real losses)·tariff + other real losses·variable production cost",
                reference: "IWA form", conditions: "tariff and variable cost in the same year's money")
        case .costShareOfNonRevenueWater:
            .init(formula: "cost of NRW / operating cost", reference: "IWA Fi47", conditions: "operating cost of the whole supply")
        case .apparentLossCostPerConnection:
            .init(formula: "apparent losses·tariff / connections / year", reference: "AWWA FWAS v6", conditions: "as the tariff is typical")
        case .realLossCostPerConnection:
            .init(
                formula: "real losses·variable production cost / connections / year", reference: "AWWA FWAS v6",
                conditions: "saleable losses at the tariff")
        }
    }
}
