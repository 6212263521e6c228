// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import TextFiles
import WaterModel

/// Costs, lots, time, training, monitoring, reading network, risk and diagnosis: the delivery part of `plan.json`.
extension PlanRecord {
    var deliveryParts: [(String, JSON)] {
        [
            ("not_sized", .array(plan.notSized.map(notSized))), ("target", target), ("cost_estimate", costEstimate),
            ("lots", .array(plan.lots.map(lot))), ("schedule", schedule), ("training", training), ("monitoring", monitoring),
            ("leak_control", leakControl), ("district_design", districts), ("pressure_design", reducingValves),
            ("reading_network", reading), ("safeguards", safeguards), ("risk", risk), ("diagnosis", diagnosis),
            ("questions", .array(plan.questions.map { .object([("item", .string($0.item)), ("needed_for", .string($0.neededFor))]) })),
            ("references", JSON(references)), ("glossary", .array(PlanGlossary.terms.map(\.json))),
        ]
    }

    private func notSized(_ entry: ImprovementPlan.NotSized) -> JSON {
        .object([("measure", .string(entry.catalogueKey)), ("zone", JSON(entry.zone?.name)), ("reason", .string(entry.reason))])
    }

    private var target: JSON {
        guard let target = plan.target else { return .null }
        return .object(
            [("revenue_water_ratio_percent", .number(target.ratio * 100)), ("year", .integer(target.year))]
                + Self.members("reached", "percent", target.reached, times: 100)
                + [
                    ("is_reached", .boolean(target.isReached)), ("probability_of_missing", .number(target.probabilityOfMissing)),
                    ("capital_needed_currency", JSON(target.capitalNeeded)), ("measures_needed", JSON(target.measuresNeeded)),
                ])
    }

    private var costEstimate: JSON {
        guard let estimate = plan.costEstimate else { return .null }
        let lines = estimate.lines.map { line -> JSON in
            .object(
                [
                    ("measure", .string(line.measure)), ("zone", JSON(line.zone?.name)), ("item", .string(line.item)),
                    ("unit", .string(line.unit)), ("quantity", .number(line.quantity)), ("rate_currency", .number(line.rate)),
                    ("rate_low_currency", JSON(line.rateSource.low)), ("rate_high_currency", JSON(line.rateSource.high)),
                    ("amount_currency", .number(line.amount)), ("lot", .string(line.lot)), ("year", JSON(line.rateSource.year)),
                    ("source", JSON(line.rateSource.source)), ("status", .string(line.rateSource.status.rawValue)),
                ])
        }
        return .object([
            ("currency", .string(plan.city.profile.currency)), ("price_base_year", JSON(estimate.priceBaseYear)),
            ("lines", .array(lines)), ("base_currency", .number(estimate.base)),
            ("physical_contingency_percent", .number(estimate.contingency * 100)),
            ("physical_contingency_currency", .number(estimate.physicalContingency)),
            ("price_contingency_currency", .number(estimate.priceContingency)), ("tax_currency", .number(estimate.tax)),
            ("total_currency", .number(estimate.total)),
            (
                "operation",
                .array(
                    estimate.operation.map {
                        .object([
                            ("measure", .string($0.measure)), ("zone", JSON($0.zone?.name)), ("first_year", .integer($0.firstYear)),
                            ("amount_currency_per_year", .number($0.amount)),
                        ])
                    })
            ),
            ("operation_currency_per_year", .number(estimate.operationTotal)),
            ("operation_paid_by", JSON(plan.city.plan.delivery.operationPaidBy)),
        ])
    }

    private func lot(_ lot: Lot) -> JSON {
        .object([
            ("lot", .string(lot.name)), ("kind", .string(lot.kind.rawValue)), ("method", .string(lot.method.rawValue)),
            ("value_currency", .number(lot.value)), ("first_year", .integer(lot.firstYear)), ("measures", JSON(lot.measures)),
            ("terms_of_reference", JSON(lot.terms)),
        ])
    }

    private var schedule: JSON {
        guard let schedule = plan.schedule else { return .null }
        return .object([
            ("first_year", .integer(schedule.firstYear)), ("wet_season_months", .array(schedule.wetSeason.sorted().map { .integer($0) })),
            ("months_late", .integer(schedule.monthsLate)),
            (
                "tasks",
                .array(
                    schedule.tasks.map {
                        .object([
                            ("measure", .string($0.measure)), ("zone", JSON($0.zone?.name)), ("stage", .string($0.stage.rawValue)),
                            ("start_month", .integer($0.start)), ("end_month", .integer($0.end)), ("idle_months", .integer($0.idleMonths)),
                            ("after", JSON($0.after)), ("months_late", .integer($0.monthsLate)),
                        ])
                    })
            ),
        ])
    }

    private var training: JSON {
        guard let training = plan.training else { return .null }
        return .object([
            ("person_weeks", .number(training.personWeeks)),
            (
                "courses",
                .array(
                    training.courses.map {
                        .object([
                            ("measure", .string($0.catalogueKey)), ("post", .string($0.post)), ("posts", .integer($0.posts)),
                            ("curriculum", .string($0.curriculum)), ("person_weeks", .number($0.personWeeks)),
                            ("on_the_job_person_weeks", .number($0.onTheJobWeeks)),
                        ])
                    })
            ),
        ])
    }

    private var monitoring: JSON {
        guard let monitoring = plan.monitoring else { return .null }
        let indicators = monitoring.indicators.map { entry -> JSON in
            .object(
                [("indicator", .string(entry.key)), ("unit", .string(entry.unit))] + Self.members("baseline", "", entry.baseline) + [
                    ("baseline_year", .integer(entry.baselineYear)), ("target", JSON(entry.target)),
                    ("target_year", .integer(entry.targetYear)), ("detectable_change", JSON(entry.detectableChange)),
                    ("is_detectable", entry.isDetectable.map { .boolean($0) } ?? .null), ("verification", .string(entry.verification)),
                    ("frequency", .string(entry.frequency)), ("owner", .string(entry.owner)),
                ])
        }
        return .object([
            ("indicators", .array(indicators)),
            (
                "adjustment_formula",
                "baseline * (hours_after/hours_before * (pressure_after/pressure_before)^n1 * connections_after/connections_before - 1)"
            ),
            (
                "adjustments",
                .array(
                    monitoring.adjustments.map {
                        .object([
                            ("adjustment", .string($0.key)), ("baseline", JSON($0.baseline)), ("unit", .string($0.unit)),
                            ("is_measured", .boolean($0.isMeasured)),
                        ])
                    })
            ),
            (
                "logical_framework",
                .array(
                    monitoring.logic.map {
                        .object([
                            ("level", .string($0.level.rawValue)), ("item", .string($0.item)), ("measure", JSON($0.measure)),
                            ("indicator", .string($0.indicator)), ("quantity", JSON($0.quantity)), ("quantity_unit", JSON($0.quantityUnit)),
                            ("verification", .string($0.verification)), ("assumption", .string($0.assumption)),
                        ])
                    })
            ),
        ])
    }

    private var reading: JSON {
        guard let reading = plan.reading else { return .null }
        let options = reading.options.map { option -> JSON in
            .object([
                ("way", .string(option.way.rawValue)), ("capital_currency", JSON(option.capital)),
                ("operation_currency_per_year", JSON(option.operation)), ("present_cost_currency", JSON(option.presentCost)),
                ("present_cost_low_currency", JSON(option.presentCostLow)), ("present_cost_high_currency", JSON(option.presentCostHigh)),
                ("cost_currency_per_endpoint_year", JSON(option.costPerEndpointYear)), ("gateways", .integer(option.gateways)),
                ("readings_per_day", .number(option.readingsPerDay)), ("left_out", JSON(option.missing)),
            ])
        }
        let placement = reading.placement.map { placement -> JSON in
            .object([
                ("gateways", .integer(placement.count)), ("lower_bound", .integer(placement.lowerBound)),
                ("for_capacity", .integer(placement.forCapacity)), ("covered_percent", .number(placement.covered * 100)),
                ("unreachable_percent", .number(placement.unreachable * 100)),
                ("sites_m", .array(placement.sites.map { .object([("x_m", .number($0.x)), ("y_m", .number($0.y))]) })),
            ])
        }
        return .object([
            ("endpoints", .number(reading.endpoints)), ("life_years", .number(reading.life)), ("range_m", .number(reading.range)),
            ("redundancy", .integer(reading.redundancy)), ("metres_per_map_unit", JSON(reading.metresPerUnit)),
            ("is_in_programme", .boolean(reading.isInProgramme)), ("read_success_percent", JSON(reading.readSuccess.map { $0 * 100 })),
            ("owns_interface_and_keys", reading.ownsInterfaceAndKeys.map { .boolean($0) } ?? .null), ("options", .array(options)),
            ("placement", placement ?? .null),
            (
                "classes",
                .array(
                    reading.classes.map {
                        .object([
                            ("class", JSON($0.customerClass)), ("diameter_mm", JSON($0.diameter)), ("endpoints", .integer($0.count)),
                        ])
                    })
            ),
            (
                "bill_of_quantities",
                .array(
                    reading.items.map {
                        .object([("item", .string($0.name)), ("quantity", JSON($0.quantity)), ("unit", .string($0.unit))])
                    })
            ),
        ])
    }

    private var leakControl: JSON {
        let measures = plan.measures.filter { $0.isSelected && $0.catalogueKey == "active_leak_control" }
        guard !measures.isEmpty else { return .null }
        let yearly = measures.reduce(0) { $0 + $1.quantity }
        let lengths = measures.map { measure in
            measure.zone == nil
                ? plan.city.profile.mainsLength.value
                : plan.city.zones.first { $0.id == measure.zone }?.mainsLength
        }
        let length = lengths.contains { $0 == nil } ? nil : lengths.reduce(0) { $0 + ($1 ?? 0) } / 1000
        return .object([
            ("survey_km_per_year", .number(yearly)), ("mains_km", JSON(length)),
            ("survey_interval_months", JSON(length.flatMap { yearly > 0 ? 12 * $0 / yearly : nil })),
            ("crew_capacity_km_per_year", JSON(plan.city.plan.crews["active_leak_control"])),
            (
                "basis",
                "economic intervention, Lambert and Lalonde 2005, between three months and the life of the effect"
            ),
        ])
    }

    private var districts: JSON {
        guard !plan.districts.isEmpty else { return .null }
        return .object([
            (
                "zones",
                .array(
                    plan.districts.map {
                        .object([
                            ("zone", .string($0.zone.name)), ("connections", JSON($0.connections)), ("inlets", .integer($0.inlets)),
                            ("pieces", .integer($0.pieces)), ("open_borders", .integer($0.openBorders)),
                            ("lowest_peak_pressure_m", JSON($0.lowestPeakPressure)), ("critical_node", JSON($0.criticalNode?.name)),
                            ("pressure_shortfall_m", JSON($0.shortfall)), ("fire_flow_pressure_m", JSON($0.firePressure)),
                            ("closed_valves", JSON($0.closedValves)), ("mains_length_m", JSON($0.mainsLength)),
                            ("reducing_valves", JSON($0.reducingValves)), ("mean_pressure_before_m", JSON($0.meanBefore)),
                            ("mean_pressure_after_m", JSON($0.meanAfter)), ("mean_pressure_reduced_m", JSON($0.meanReduced)),
                        ])
                    })
            )
        ])
    }

    private var safeguards: JSON {
        let delivery = plan.city.plan.delivery
        func answer(_ value: Bool?) -> JSON { value.map { .boolean($0) } ?? .null }
        let supply = plan.city.plan.supply
        return .object([
            ("asbestos_cement", answer(delivery.hasAsbestosCement)), ("resettlement", answer(delivery.needsResettlement)),
            ("energy_intensity", .object(Self.sourced(supply.energyIntensity, "kwh_per_m3"))),
            ("emission_factor", .object(Self.sourced(supply.emissionFactor, "kg_co2e_per_kwh"))),
            ("energy_spared_kwh", JSON(sum(plan.waterValue.map(\.energy)))),
            ("emissions_spared_t_co2e", JSON(sum(plan.waterValue.map(\.emissions)))),
        ])
    }

    private func sum(_ values: [Double?]) -> Double? {
        let known = values.compactMap { $0 }
        return known.isEmpty ? nil : known.reduce(0, +)
    }

    private var risk: JSON {
        let finance = plan.finance
        return .object([
            ("probability_of_loss", JSON(finance.probabilityOfLoss)),
            ("net_present_value_p5_p50_p95_currency", .array(finance.netPresentValuePercentiles.map { .number($0) })),
            ("probability_of_missing_target", JSON(plan.target?.probabilityOfMissing)),
            (
                "switching_values",
                .array(
                    plan.sensitivity.compactMap { bar in
                        bar.switchingFactor.map { factor in
                            .object([
                                ("item", .string(bar.item)), ("unit", .string(bar.unit)), ("central", .number(bar.central)),
                                ("factor", .number(factor)), ("value", .number(factor * bar.central)),
                            ])
                        }
                    })
            ),
            ("value_of_perfect_information_currency", JSON(plan.valueOfInformation?.perfect)),
            (
                "value_of_information",
                .array(
                    (plan.valueOfInformation?.items ?? []).map {
                        .object([
                            ("item", .string($0.item)), ("unit", .string($0.unit)), ("variance_share", .number($0.varianceShare)),
                            ("worth_currency", .number($0.worth)),
                        ])
                    })
            ),
            (
                "register",
                .array(
                    plan.risks.map {
                        .object([
                            ("risk", .string($0.key)), ("probability", JSON($0.probability)), ("owner", .string($0.owner)),
                            ("response", .string($0.response)),
                        ])
                    })
            ),
        ])
    }

    private var diagnosis: JSON {
        guard let diagnosis = plan.diagnosis else { return .null }
        return .object([
            ("comes_first", .boolean(diagnosis.comesFirst)), ("real_losses_relative_margin95", JSON(diagnosis.margin)),
            (
                "steps",
                .array(
                    diagnosis.steps.map {
                        .object([
                            ("step", .string($0.key)), ("input", JSON($0.input)), ("variance_share", JSON($0.varianceShare)),
                            ("relative_margin95_after", JSON($0.marginAfter)), ("weeks", .integer($0.weeks)), ("opens", JSON($0.opens)),
                        ])
                    })
            ),
        ])
    }

    /// Every source that a figure of the plan names, once, in order of the alphabet.
    private var references: [String] { Set(PlanSource(plan).sourcedValues.compactMap(\.source).filter { !$0.isEmpty }).sorted() }
}
