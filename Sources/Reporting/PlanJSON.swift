// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import WaterLoss
import WaterModel

/// Every figure of the plan's documents, with the assumption register. Keys are snake_case and end in their unit; intervals are
/// `_low95` and `_high95`; what is not known is `null`. Members stand in a fixed order: the same plan makes the same bytes.
public func planJSON(_ plan: ImprovementPlan) -> JSON { PlanRecord(plan: plan).json }

struct PlanRecord {
    let plan: ImprovementPlan

    var json: JSON {
        let source = PlanSource(plan)
        return .object(
            [
                ("format", "yusu-plan"), ("format_version", 1), ("is_synthetic", JSON(source.isSynthetic)),
                ("warnings", JSON(plan.warnings)), ("gaps", JSON(plan.assessment.gaps)),
                ("data_level", .string(plan.assessment.level.word)), ("city", city(source)), ("balance", balance),
                ("indicators", .array(plan.assessment.indicators.map(indicator))), ("zones", .array(plan.assessment.zones.map(zone))),
                ("leaks", .array(plan.assessment.leaks.map(leak))), ("pressures", pressures),
                ("measures", .array(plan.measures.map(measure))), ("selection", selection),
                ("trajectory", .array(plan.trajectory.map(trajectory))), ("cash_flow", .array(plan.cashFlow.map(cashFlow))),
                ("finance", finance), ("funding", .array(plan.city.plan.funding.map(funding))),
                ("assumptions", .array(plan.assumptions.map(assumption))),
            ] + moneyParts + deliveryParts)
    }

    /// `name_unit`, `name_low95_unit`, `name_high95_unit`.
    static func members(_ name: String, _ unit: String, _ estimate: Estimate?, times factor: Double = 1) -> [(String, JSON)] {
        let end = unit.isEmpty ? "" : "_" + unit
        return [
            (name + end, JSON(estimate.map { $0.value * factor })), (name + "_low95" + end, JSON(estimate.map { $0.low95 * factor })),
            (name + "_high95" + end, JSON(estimate.map { $0.high95 * factor })),
        ]
    }

    static func sourced(_ value: SourcedValue, _ unit: String, times factor: Double = 1) -> [(String, JSON)] {
        let end = unit.isEmpty ? "" : "_" + unit
        return [
            ("value" + end, JSON(value.value.map { $0 * factor })), ("low" + end, JSON(value.low.map { $0 * factor })),
            ("high" + end, JSON(value.high.map { $0 * factor })), ("year", JSON(value.year)), ("source", JSON(value.source)),
            ("status", .string(value.status.rawValue)),
        ]
    }

    private func city(_ source: PlanSource) -> JSON {
        let profile = plan.city.profile
        func entry(_ name: String, _ value: SourcedValue, _ unit: String, times factor: Double = 1) -> (String, JSON) {
            (name, .object(Self.sourced(value, unit, times: factor)))
        }
        return .object([
            ("name", .string(profile.name)), ("country", .string(profile.country)), ("utility", JSON(profile.utility)),
            ("currency", .string(profile.currency)), ("notes", JSON(profile.notes)), entry("population", profile.population, "persons"),
            entry("connections", profile.connections, ""), entry("metered_connections", profile.meteredConnections, ""),
            entry("mains_length", profile.mainsLength, "m"), entry("service_line_length", profile.serviceLineLength, "m"),
            entry("average_pressure", profile.averagePressure, "m"), entry("supply_hours", profile.supplyHours, "h_per_day"),
            entry("tariff", profile.tariff, "currency_per_m3"),
            entry("variable_production_cost", profile.variableProductionCost, "currency_per_m3"),
            entry("operating_cost", profile.operatingCost, "currency_per_year"),
            entry("production_capacity", profile.productionCapacity, "m3_per_day", times: Units.day),
            entry("exchange_rate", profile.exchangeRate, "currency_per_usd"),
            (
                "facts",
                .array(
                    profile.facts.map {
                        .object([("item", .string($0.item)), ("unit", .string($0.unit))] + Self.sourced($0.value, ""))
                    })
            ),
        ])
    }

    private var balance: JSON {
        guard let balance = plan.assessment.balance else { return .null }
        let terms: [(String, Estimate)] = [
            ("own_sources", balance.ownSources), ("imported", balance.imported), ("exported", balance.exported),
            ("water_supplied", balance.waterSupplied), ("authorised_consumption", balance.authorisedConsumption),
            ("revenue_water", balance.revenueWater), ("billed_metered", balance.billedMetered),
            ("billed_unmetered", balance.billedUnmetered), ("unbilled_authorised", balance.unbilledAuthorised),
            ("unbilled_metered", balance.unbilledMetered), ("unbilled_unmetered", balance.unbilledUnmetered),
            ("water_losses", balance.waterLosses), ("apparent_losses", balance.apparentLosses), ("unauthorised", balance.unauthorised),
            ("metering_inaccuracy", balance.meteringInaccuracy), ("data_handling", balance.dataHandling),
            ("real_losses", balance.realLosses), ("non_revenue_water", balance.nonRevenueWater),
        ]
        return .object(
            [("period_start", JSON(plan.city.balance?.periodStart)), ("period_days", .number(balance.periodDays))]
                + terms.flatMap { Self.members($0.0, "m3", $0.1) }
                + Self.members("revenue_water_ratio", "percent", balance.revenueWaterRatio, times: 100)
                + [("defaults", JSON(balance.defaults))])
    }

    private func indicator(_ indicator: LossIndicator) -> JSON {
        .object(
            [("indicator", .string(indicator.kind.rawValue))] + Self.members("value", "", indicator.value)
                + [
                    ("unit", .string(indicator.unit)), ("source", .string(indicator.source)), ("flags", JSON(indicator.flags)),
                ])
    }

    private func zone(_ zone: ZoneAssessment) -> JSON {
        var members: [(String, JSON)] = [
            ("zone", .string(zone.zone.id.name)), ("name", .string(zone.zone.name)), ("connections", JSON(zone.zone.connections)),
            ("mains_length_m", JSON(zone.zone.mainsLength)), ("average_pressure_m", JSON(zone.zone.averagePressure)),
        ]
        let flows = [
            ("inflow", zone.inflow), ("registered_consumption", zone.registeredConsumption), ("loss", zone.loss),
            ("real_loss", zone.realLoss),
        ]
        for (name, flow) in flows { members += Self.members(name, "m3_per_day", flow, times: Units.day) }
        guard let night = zone.nightFlow else { return .object(members + [("night_flow", .null)]) }
        let parts =
            Self.members("minimum_night_flow", "l_per_s", night.minimumNightFlow, times: 1000)
            + Self.members("legitimate_night_use", "l_per_s", night.legitimateNightUse, times: 1000)
            + Self.members("night_leakage", "l_per_s", night.nightLeakage, times: 1000)
            + Self.members("night_day_factor", "h_per_day", night.nightDayFactor)
            + Self.members("daily_leakage", "m3_per_day", night.dailyLeakage, times: Units.day)
        let nightly = night.nightly.map { entry -> JSON in
            .object([
                ("day", .string(String(entry.day.description.prefix(10)))), ("flow_l_per_s", JSON(entry.flow.map { $0 * 1000 })),
            ])
        }
        return .object(members + [("night_flow", .object([("nights", .integer(night.nights))] + parts + [("nightly", .array(nightly))]))])
    }

    private func leak(_ leak: LeakFinding) -> JSON {
        var length = 0.0
        var probability = 0.0
        let candidates = leak.candidates.prefix(PlanSource.walkingListLength).enumerated().map { index, candidate -> JSON in
            length += candidate.length
            probability += candidate.probability
            return .object([
                ("rank", .integer(index + 1)), ("pipe", .string(candidate.pipe.name)), ("length_m", .number(candidate.length)),
                ("cumulative_length_m", .number(length)), ("probability", .number(candidate.probability)),
                ("cumulative_probability", .number(min(1, probability))),
            ])
        }
        return .object([
            ("leak_detected", .boolean(leak.isDetected)), ("p_value", .number(leak.pValue)), ("start", JSON(leak.start?.description)),
            ("leak_l_per_s", .number(leak.flow * 1000)), ("leak_l_per_s_low95", .number(leak.flowLow95 * 1000)),
            ("leak_l_per_s_high95", .number(leak.flowHigh95 * 1000)), ("zone", JSON(leak.zone?.name)),
            ("credible_set_90", JSON(leak.credibleSet90.map(\.name))), ("walking_list", .array(candidates)),
        ])
    }

    private var pressures: JSON {
        guard let survey = plan.assessment.pressures else { return .null }
        return .object([
            ("converged", .boolean(survey.converged)), ("peak_hour", .integer(survey.peakHour)), ("night_hour", .integer(survey.nightHour)),
            (
                "nodes",
                .array(
                    survey.converged
                        ? survey.nodes.map { node in
                            .object([
                                ("node", .string(node.node.name)), ("zone", JSON(node.zone?.name)), ("peak_m", .number(node.peak)),
                                ("night_m", .number(node.night)),
                            ])
                        } : [])
            ),
        ])
    }
}
