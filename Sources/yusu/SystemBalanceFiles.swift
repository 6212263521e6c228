// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// The balance of a system for programs. Keys end in their unit; intervals are those of 95 %.
enum SystemBalanceFiles {
    private static func terms(_ b: WaterBalance) -> [(String, Propagated)] {
        let t = b.terms
        return [
            ("own_sources", t.ownSources), ("imported", t.imported), ("exported", t.exported), ("water_supplied", t.waterSupplied),
            ("authorised_consumption", t.authorisedConsumption), ("revenue_water", t.revenueWater), ("billed_metered", t.billedMetered),
            ("billed_unmetered", t.billedUnmetered), ("unbilled_authorised", t.unbilledAuthorised),
            ("unbilled_metered", t.unbilledMetered), ("unbilled_unmetered", t.unbilledUnmetered), ("water_losses", t.waterLosses),
            ("apparent_losses", t.apparentLosses), ("unauthorised", t.unauthorised), ("metering_inaccuracy", t.meteringInaccuracy),
            ("data_handling", t.dataHandling), ("real_losses", t.realLosses), ("non_revenue_water", t.nonRevenueWater),
        ]
    }

    /// - further: members of a city folder beside the balance.
    static func json(_ system: SystemBalance, samples: Int?, seed: UInt64, further: [(String, JSON)] = []) -> JSON {
        let b = system.balance
        let base = b.exportConvention == .billed ? "system_input_volume" : "water_supplied"
        var members: [(String, JSON)] = [
            ("name", .string(system.profile.name)), ("standard", .string(system.standard.rawValue)),
            ("export_convention", .string(b.exportConvention.rawValue)), ("percentages_refer_to", .string(base)),
            ("samples", JSON(samples)), ("seed", Int(exactly: seed).map { .integer($0) } ?? .string("\(seed)")), ("balance", balance(b)),
            ("indicators", .object(system.indicators.indicators.map { ($0.kind.rawValue, indicator($0, system.indicators)) })),
            ("performance_groups", groups(system)),
            ("worth_of_halving_currency_per_year", .array(system.worthOfData.map(worth))),
            ("currency", .string(system.profile.currency)),
            (
                "alerts",
                .array(system.alerts.map { .object([("alert", .string($0.kind.rawValue)), ("message", .string($0.message))]) })
            ),
        ]
        if let validity = system.validity {
            members.append(
                (
                    "data_validity",
                    .object([
                        ("score", .number(validity.score)), ("tier", .integer(validity.tier)),
                        ("note", "an approximation of ours, not the official score"),
                    ])
                ))
        }
        if let korean = system.korean { members.append(("korean_statistics", tree(korean))) }
        if !system.parts.isEmpty {
            members.append(
                ("parts", .array(system.parts.map { .object([("name", .string($0.name)), ("balance", balance($0.balance))]) })))
        }
        if let whatIf = system.whatIf { members.append(("what_if", targets(whatIf))) }
        return .object(members + further)
    }

    private static func interval(_ name: String, _ unit: String, _ value: Estimate, linear: Estimate? = nil) -> [(String, JSON)] {
        let end = unit.isEmpty ? "" : "_" + unit
        var members: [(String, JSON)] = [
            (name + end, .number(value.value)), ("\(name)_low95\(end)", .number(value.low95)),
            ("\(name)_high95\(end)", .number(value.high95)),
        ]
        if let linear { members.append(("\(name)_linear_margin95\(end)", .number(linear.margin95))) }
        return members
    }

    private static func balance(_ b: WaterBalance) -> JSON {
        .object(
            [("period_days", .number(b.periodDays))]
                + terms(b).flatMap { interval($0.0, "m3", $0.1.estimate, linear: $0.1.linearEstimate) }
                + [("defaults", JSON(b.defaults))])
    }

    private static func indicator(_ indicator: LossIndicator, _ set: IndicatorSet) -> JSON {
        let definition = indicator.kind.definition(form: set.unavoidableForm)
        let unit = unitKey(indicator.unit)
        return .object(
            interval("value", unit, indicator.value, linear: set.linearEstimate(of: indicator.kind)) + [
                ("unit", .string(indicator.unit)), ("formula", .string(definition.formula)), ("reference", .string(definition.reference)),
                ("conditions", .string(definition.conditions)), ("flags", JSON(indicator.flags)),
                (
                    "variance_shares",
                    .object(set.varianceShares(of: indicator.kind).map { ($0.input, .number($0.share)) })
                ),
            ])
    }

    /// `L/conn/d/m` as `l_per_connection_day_m`; money as `currency_per_year`.
    static func unitKey(_ unit: String) -> String {
        switch unit {
        case "–": ""
        case "L/conn/d": "l_per_connection_day"
        case "L/conn/d/m": "l_per_connection_day_m"
        case "L/customer/d": "l_per_customer_day"
        case "m³/km/d": "m3_per_km_day"
        case "m³/d": "m3_per_day"
        case let money where money.hasSuffix("/conn/year"): "currency_per_connection_year"
        case let money where money.hasSuffix("/year"): "currency_per_year"
        default: "as_written"
        }
    }

    private static func groups(_ system: SystemBalance) -> JSON {
        .object(
            PerformanceGroup.Region.allCases.map { region in
                let group = system.group(region)
                return (
                    region.rawValue,
                    .object([
                        ("real_losses", JSON(group.realLosses?.rawValue)), ("non_revenue_water", JSON(group.nonRevenueWater?.rawValue)),
                    ])
                )
            })
    }

    private static func worth(_ item: WorthOfData) -> JSON {
        .object([
            ("input", .string(item.input)), ("variance_share", .number(item.share)),
            ("remaining_margin_share", .number(item.remainingMargin)),
            ("narrowing_of_margin95", .number(item.narrowing)), ("worth", .number(item.worth)),
        ])
    }

    private static func tree(_ t: KoreanTree) -> JSON {
        let volumes: [(String, Estimate)] = [
            ("supply", t.supply), ("effective", t.effective), ("revenue_water", t.revenueWater), ("charged", t.charged),
            ("exported", t.exported), ("non_revenue_effective", t.nonRevenueEffective), ("meter_insensitivity", t.meterInsensitivity),
            ("waterworks_and_public_use", t.waterworksAndPublicUse), ("unauthorised_use", t.unauthorisedUse),
            ("ineffective", t.ineffective), ("relief_credit", t.reliefCredit), ("leakage", t.leakage),
        ]
        let ratios: [(String, Estimate)] = [
            ("yusu", t.revenueWaterRatio), ("yuhyo", t.effectiveRatio), ("musu", t.nonRevenueEffectiveRatio), ("nusu", t.leakageRatio),
        ]
        return .object(
            volumes.flatMap { interval($0.0, "m3", $0.1) } + ratios.flatMap { interval($0.0, "percent", 100 * $0.1) }
                + [("residual", "leakage")])
    }

    private static func targets(_ w: WhatIf) -> JSON {
        .object([
            ("connections", .number(w.connections)), ("mains_length_km", .number(w.mainsLength)), ("billed_m3_per_day", .number(w.billed)),
            ("unbilled_m3_per_day", .number(w.unbilled)), ("apparent_losses_m3_per_day", .number(w.apparentLosses)),
            ("real_losses_m3_per_day", .number(w.realLosses)), ("non_revenue_water_m3_per_day", .number(w.nonRevenueWater)),
            ("system_input_m3_per_day", .number(w.systemInput)),
            ("non_revenue_water_l_per_connection_day", .number(w.nonRevenueWaterPerConnection)),
            ("production_cost_currency_per_year", .number(w.productionCost)),
            ("operating_cost_currency_per_year", .number(w.operatingCost)), ("revenue_currency_per_year", .number(w.revenue)),
            ("non_revenue_water_value_currency_per_year", .number(w.nonRevenueWaterValue)),
        ])
    }

    /// A row a figure.
    static func csv(_ system: SystemBalance) -> String {
        func row(_ name: String, _ value: Estimate, _ unit: String) -> String {
            DelimitedText.line([
                name, NumberText.exact(value.value), NumberText.exact(value.low95), NumberText.exact(value.high95), unit,
            ])
        }
        return DelimitedText.line(["figure", "value", "low95", "high95", "unit"])
            + terms(system.balance).map { row($0.0, $0.1.estimate, "m3") }.joined()
            + system.indicators.indicators.map { row($0.kind.rawValue, $0.value, $0.unit == "–" ? "" : $0.unit) }.joined()
    }
}
