// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import WaterModel

/// The programme's part of `plan.json`.
extension PlanRecord {
    func measure(_ measure: PlannedMeasure) -> JSON {
        let head: [(String, JSON)] = [
            ("id", .string(measure.id)), ("measure", .string(measure.catalogueKey)), ("target", .string(measure.target.rawValue)),
            ("zone", JSON(measure.zone?.name)), ("quantity", .number(measure.quantity)), ("quantity_unit", .string(measure.quantityUnit)),
        ]
        return .object(
            head + Self.members("capital", "currency", measure.capital) + Self.members("operation", "currency_per_year", measure.operation)
                + [("life_years", .number(measure.life))] + Self.members("volume_saved", "m3_per_year", measure.volumeSaved)
                + [
                    ("water_value_currency_per_m3", .number(measure.waterValue)), ("cost_currency_per_m3", JSON(measure.costPerCubicMetre)),
                    ("net_present_value_currency", .number(measure.netPresentValue)), ("prerequisites", JSON(measure.prerequisites)),
                    ("exclusions", JSON(measure.exclusions)), ("is_selected", .boolean(measure.isSelected)),
                    ("start_year", JSON(measure.startYear)), ("reason", JSON(measure.reason)),
                    ("works_years", JSON(measure.buildYears)), ("ramp_years", JSON(measure.ramp)),
                    ("decay_percent_per_year", JSON(measure.decay.map { $0 * 100 })),
                    ("is_new_supply", .boolean(measure.isNewSupply)),
                ]
                + (measure.consumptionSpared.map { Self.members("consumption_spared", "m3_per_year", $0) } ?? [])
                + (measure.revenueForgone.map { Self.members("revenue_forgone", "currency_per_year", $0) } ?? []))
    }

    var selection: JSON {
        let selection = plan.selection
        return .object([
            ("objective", .string(selection.objective.rawValue)), ("regime", .string(plan.city.plan.regime.rawValue)),
            ("budget_currency", JSON(selection.budget)), ("capital_currency", .number(selection.capital)),
            ("net_present_value_currency", .number(selection.netPresentValue)),
            ("volume_saved_m3_per_year", .number(selection.volumeSaved)),
            ("is_proven_optimal", .boolean(selection.isProvenOptimal)), ("objective_value", JSON(selection.value)),
            ("objective_bound", JSON(selection.bound)), ("gap_percent", JSON(selection.gap.map { $0 * 100 })),
            (
                "prices_of_limits",
                .array(selection.prices.map { .object([("limit", .string($0.limit)), ("price_per_unit", .number($0.price))]) })
            ),
            (
                "frontier",
                .array(
                    selection.frontier.map {
                        .object([
                            ("net_present_value_currency", .number($0.netPresentValue)), ("bound_currency", .number($0.bound)),
                            ("volume_saved_m3_per_year", .number($0.volume)), ("capital_currency", .number($0.capital)),
                            ("revenue_water_ratio_percent", JSON($0.ratio.map { $0 * 100 })),
                        ])
                    })
            ),
            ("target_revenue_water_ratio_percent", JSON(plan.city.plan.targetRevenueWaterRatio.map { $0 * 100 })),
            ("target_year", JSON(plan.city.plan.targetYear)),
        ])
    }

    func trajectory(_ year: ImprovementPlan.TrajectoryYear) -> JSON {
        .object(
            [("year", .integer(year.year))]
                + Self.members("revenue_water_ratio_without", "percent", year.revenueWaterRatioWithout, times: 100)
                + Self.members("revenue_water_ratio_with", "percent", year.revenueWaterRatioWith, times: 100)
                + [
                    ("real_losses_without_m3_per_year", .number(year.realLossesWithout)),
                    ("real_losses_with_m3_per_year", .number(year.realLossesWith)),
                ])
    }

    func cashFlow(_ year: ImprovementPlan.CashFlowYear) -> JSON {
        .object([
            ("year", .integer(year.year)), ("capital_currency", .number(year.capital)), ("operation_currency", .number(year.operation)),
            ("benefit_currency", .number(year.benefit)), ("net_currency", .number(year.net)), ("funding_currency", .number(year.funding)),
        ])
    }

    var finance: JSON {
        let finance = plan.finance
        return .object(
            Self.members("net_present_value", "currency", finance.netPresentValue)
                + [
                    ("internal_rate_of_return_percent", JSON(finance.internalRateOfReturn.map { $0 * 100 })),
                    ("benefit_cost_ratio", JSON(finance.benefitCostRatio)), ("payback_years", JSON(finance.payback)),
                    ("cost_currency_per_m3", JSON(finance.costPerCubicMetre)),
                    ("discount_rate", .object(Self.sourced(plan.city.plan.discountRate, "percent", times: 100))),
                    ("sensitivity", .array(plan.sensitivity.map(sensitivity))),
                ])
    }

    func sensitivity(_ bar: ImprovementPlan.SensitivityBar) -> JSON {
        .object([
            ("item", .string(bar.item)), ("unit", .string(bar.unit)), ("central", .number(bar.central)), ("low_p5", .number(bar.low)),
            ("high_p95", .number(bar.high)), ("net_present_value_at_low_currency", .number(bar.worthAtLow)),
            ("net_present_value_at_high_currency", .number(bar.worthAtHigh)), ("switching_factor", JSON(bar.switchingFactor)),
        ])
    }

    func funding(_ source: PlanSettings.FundingSource) -> JSON {
        .object([("name", .string(source.name)), ("kind", .string(source.kind.rawValue)), ("amount_currency", .number(source.amount))])
    }

    func assumption(_ assumption: ImprovementPlan.Assumption) -> JSON {
        .object(
            [("item", .string(assumption.item)), ("unit", .string(assumption.unit))] + Self.sourced(assumption.value, "")
                + [("used_in", .string(assumption.usedIn))])
    }
}
