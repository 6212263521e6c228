// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Something in a balance that is likely to be a slip, and what to look at.
public struct BalanceAlert: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case negativeRealLosses = "negative_real_losses"
        case apparentAboveLosses = "apparent_losses_above_water_losses"
        case revenueAboveSupply = "revenue_water_above_supply"
        case noMeterError = "no_metering_inaccuracy"
        case shareOfInput = "percentages_refer_to_system_input"
        case doubleMeterError = "meter_error_given_twice"
        case signOfMeterError = "sign_of_meter_error"
        case pressureOutOfRange = "pressure_out_of_range"
        case costsUpsideDown = "production_cost_above_retail_cost"
        case supplyPerConnection = "supply_per_connection_out_of_range"
        case density = "connections_per_km_out_of_range"
        case periodAndVolumes = "period_and_volumes"
        case defaultOfOtherBase = "default_of_another_base"
        case unavoidableNotValid = "uarl_not_valid"
        case indexBelowOne = "ili_below_1"
        case indexAboveTwenty = "ili_above_20"
        case unitSlip = "unit_slip"
        case figuresMissing = "figures_missing"
    }

    public var kind: Kind
    /// What was found, and what to check.
    public var message: String
}

/// What the rules of plausibility look at, whatever form the figures came in.
struct PlausibilityFigures {
    struct Bulk {
        var name: String
        /// As registered. [unit of the balance]
        var volume: Double
        var corrected: Double
        var hasBothErrors: Bool
    }

    var balance: WaterBalance
    var rules: BalanceDefaults
    /// Size of the balance's unit of volume.
    var cubicMetres: Double
    var bulk: [Bulk] = []
    /// Lines that were given as volumes. [unit of the balance]
    var unbilledUnmetered: Double?
    var unauthorised: Double?
    var dataHandling: Double?
    /// Share of true use that customers' meters miss. [–]
    var underRegistration: Double?
    var hasBothMeterErrors = false
    var connections: Double?
    /// [m]
    var mainsLength: Double?
    /// [m]
    var pressure: Double?
    /// [currency/m³]
    var retailCost: Double?
    var productionCost: Double?
    var index: Double?
    /// The AWWA workbook leaves UARL out where it does not hold; others show it with a flag.
    var hidesUnavoidable = false
    var isUnavoidableShown = false
}
