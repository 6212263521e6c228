// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import WaterModel

/// Who pays, what the programme is worth, and how supply, demand and the worth of water move: the money part of `plan.json`.
extension PlanRecord {
    var moneyParts: [(String, JSON)] {
        [
            ("supply_demand", .array(plan.supplyDemand.map(supplyDemand))), ("water_value", .array(plan.waterValue.map(waterValue))),
            ("deferrals", .array(plan.deferrals.map(deferral))), ("rebound", rebound), ("financing", financing),
            ("appraisal", .array(plan.appraisals.map(appraisal))), ("affordability", affordability),
        ]
    }

    private func supplyDemand(_ year: SupplyDemandYear) -> JSON {
        .object([
            ("year", .integer(year.year)), ("demand_m3_per_day", .number(year.demand)),
            ("need_without_m3_per_day", .number(year.needWithout)), ("need_with_m3_per_day", .number(year.needWith)),
            ("capacity_m3_per_day", JSON(year.capacity)), ("deficit_without_m3_per_day", JSON(year.deficitWithout)),
            ("deficit_with_m3_per_day", JSON(year.deficitWith)),
        ])
    }

    private func waterValue(_ year: WaterValueYear) -> JSON {
        .object([
            ("year", .integer(year.year)), ("regime", .string(year.regime.rawValue)),
            ("is_after_contract", .boolean(year.isAfterContract)), ("deficit_m3_per_year", JSON(year.deficit)),
            ("saved_m3_per_year", .number(year.saved)), ("sold_m3_per_year", .number(year.sold)),
            ("sold_worth_currency", .number(year.soldWorth)), ("avoided_worth_currency", .number(year.avoidedWorth)),
            ("deferral_worth_currency", .number(year.deferralWorth)), ("worth_currency_per_m3", JSON(year.worthPerCubicMetre)),
            ("energy_kwh_per_year", JSON(year.energy)), ("emissions_t_co2e_per_year", JSON(year.emissions)),
            ("carbon_worth_currency", .number(year.carbonWorth)),
        ])
    }

    private func deferral(_ deferral: Deferral) -> JSON {
        .object([
            ("works", .string(deferral.name)), ("capital_currency", .number(deferral.capital)),
            ("planned_year", .integer(deferral.plannedYear)), ("put_off_years", .integer(deferral.years)),
            ("worth_currency", .number(deferral.worth)),
        ])
    }

    private var rebound: JSON {
        guard let rebound = plan.rebound else { return .null }
        return .object([
            ("stop_year", .integer(rebound.stopYear)), ("effect_life_years", .number(rebound.effectLife)),
            ("net_present_value_currency", .number(rebound.netPresentValue)), ("loss_of_worth_currency", .number(rebound.lossOfWorth)),
            ("yearly_cost_to_hold_currency", .number(rebound.yearlyCostToHold)),
            (
                "years",
                .array(
                    rebound.years.map {
                        .object([
                            ("year", .integer($0.year)), ("real_losses_without_m3_per_year", .number($0.without)),
                            ("real_losses_with_m3_per_year", .number($0.with)), ("real_losses_stopped_m3_per_year", .number($0.stopped)),
                        ])
                    })
            ),
        ])
    }

    private var financing: JSON {
        guard let financing = plan.financing else { return .null }
        return .object([
            ("price_base_year", JSON(financing.priceBaseYear)), ("price_escalation_percent", JSON(financing.escalation.map { $0 * 100 })),
            ("price_basis", .string(financing.escalation == nil ? "constant" : "current")),
            ("sources", .array(financing.sources.map(source))), ("years", .array(financing.years.map { year($0, financing.sources) })),
            ("uncovered_currency", .number(financing.uncovered)), ("outstanding_currency", .number(financing.outstanding)),
            ("lowest_debt_service_coverage", JSON(financing.lowestCoverage)),
            ("grant_element_percent", JSON(financing.grantElement.map { $0 * 100 })),
            ("performance_contract", contract(financing.contract)),
            (
                "consortium",
                .array(
                    financing.consortium.map {
                        .object([
                            ("name", .string($0.name)), ("role", .string($0.role.rawValue)), ("share_percent", .number($0.share * 100)),
                            ("amount_currency", .number($0.share * plan.selection.capital)),
                        ])
                    })
            ),
        ])
    }

    private func source(_ source: Financing.Source) -> JSON {
        let terms = source.source.terms
        return .object([
            ("name", .string(source.source.name)), ("kind", .string(source.source.kind.rawValue)),
            ("offered_currency", .number(source.source.amount)), ("drawn_currency", .number(source.drawn)),
            ("interest_percent", JSON(terms.map { $0.interest * 100 })), ("maturity_years", JSON(terms?.maturity)),
            ("grace_years", JSON(terms?.grace)), ("repayment", JSON(terms?.repayment.rawValue)),
            ("grant_element_percent", JSON(source.grantElement.map { $0 * 100 })),
        ])
    }

    private func year(_ year: Financing.Year, _ sources: [Financing.Source]) -> JSON {
        .object([
            ("year", .integer(year.year)), ("works_currency", .number(year.works)),
            ("price_contingency_currency", .number(year.priceContingency)), ("tax_currency", .number(year.tax)),
            ("uses_currency", .number(year.uses)),
            (
                "sources",
                .array(
                    zip(sources, year.drawn).map {
                        .object([("name", .string($0.source.name)), ("amount_currency", .number($1))])
                    })
            ),
            ("uncovered_currency", .number(year.uncovered)), ("interest_currency", .number(year.interest)),
            ("principal_currency", .number(year.principal)), ("cash_available_currency", .number(year.cashAvailable)),
            ("contract_payment_currency", .number(year.contractPayment)), ("debt_service_coverage", JSON(year.coverage)),
        ])
    }

    private func contract(_ contract: PerformanceContract?) -> JSON {
        guard let contract else { return .null }
        let terms = contract.terms
        return .object(
            [
                ("basis", .string(terms.basis.rawValue)),
                ("formula", "fixed_fee + min(max(0, baseline + adjustment - measured), cap) * 365 * fee - penalty"),
                ("fixed_fee_currency_per_year", .number(terms.fixedFee)), ("fee_currency_per_m3", .number(terms.fee)),
                ("cap_m3_per_day", JSON(terms.cap)), ("penalty_currency_per_year", .number(terms.penalty)),
                ("guaranteed_saving_m3_per_day", JSON(terms.guaranteedSaving)), ("total_currency", .number(contract.total)),
                ("fixed_share_percent", JSON(contract.fixedShare.map { $0 * 100 })),
                ("open_to_dispute_currency", .number(contract.disputed)),
            ] + Self.members("baseline", "m3_per_day", contract.baseline) + [
                (
                    "years",
                    .array(
                        contract.years.map {
                            .object([
                                ("year", .integer($0.year)), ("measured_m3_per_day", .number($0.measured)),
                                ("paid_volume_m3_per_day", .number($0.paidVolume)), ("payment_currency", .number($0.payment)),
                                ("payment_low95_currency", .number($0.paymentLow)), ("payment_high95_currency", .number($0.paymentHigh)),
                            ])
                        })
                )
            ])
    }

    private func appraisal(_ account: Appraisal) -> JSON {
        let rates = account.internalRates
        return .object([
            ("account", .string(account.account.rawValue)), ("price_basis", "constant"),
            ("price_base_year", JSON(plan.city.plan.financing.priceBaseYear)), ("discount_rate_percent", .number(account.rate * 100)),
            ("net_present_value_currency", .number(account.netPresentValue)),
            ("internal_rates_of_return_percent", .array(rates.map { .number($0 * 100) })),
            ("internal_rates_found", .string(Appraisal.verdict(rates).rawValue)), ("benefit_cost_ratio", JSON(account.benefitCostRatio)),
            ("payback_years", JSON(account.payback)), ("discounted_payback_years", JSON(account.discountedPayback)),
            ("cost_currency_per_m3", JSON(account.costPerCubicMetre)), ("transfers_left_out_currency", .number(account.transfersLeftOut)),
            (
                "parts",
                .array(
                    account.parts.map { part in
                        .object([
                            ("part", .string(part.name)), ("is_cost", .boolean(part.isCost)),
                            ("present_value_currency", .number(part.presentValue)),
                            ("years_currency", .array(part.years.map { .number($0) })),
                        ])
                    })
            ),
        ])
    }

    private var affordability: JSON {
        guard let affordability = plan.affordability else { return .null }
        return .object([
            ("use_m3_per_month", .number(affordability.use)), ("bill_currency_per_month", .number(affordability.bill)),
            ("limit_percent", JSON(affordability.limit.map { $0 * 100 })),
            (
                "households",
                .array(
                    affordability.households.map {
                        .object([
                            ("household", .string($0.kind.rawValue)), ("income_currency_per_month", .number($0.income)),
                            ("share_percent", .number($0.share * 100)),
                            ("share_with_lifeline_percent", JSON($0.shareWithLifeline.map { $0 * 100 })),
                        ])
                    })
            ),
        ])
    }
}
