// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What is bought under one contract.
public struct Lot: Sendable {
    public enum Kind: String, Sendable, CaseIterable { case works, goods, services }
    public enum Method: String, Sendable, CaseIterable {
        case internationalTender = "international_tender"
        case nationalTender = "national_tender"
        case quotations
        /// Services: by quality and cost.
        case qualityAndCost = "quality_and_cost"
        /// The thresholds of the funder are not known.
        case toBeSettled = "to_be_settled"
    }

    /// `zoning_and_pressure`, `pipes`, `meters`, `leak_control`, `customers`, `supply`, `training`, `supervision`.
    public var name: String
    public var kind: Kind
    /// Of the measures, by id.
    public var measures: [String]
    /// With physical contingency. [currency]
    public var value: Double
    public var method: Method
    public var firstYear: Int
    /// What its terms of reference must ask for, as keys of the language catalogue.
    public var terms: [String]

    /// The one lot of a measure, by its key.
    public static func name(for measure: String) -> String {
        switch measure {
        case "district_metering", "pressure_management": "zoning_and_pressure"
        case "mains_renewal", "service_renewal": "pipes"
        case "first_metering", "meter_replacement", "remote_reading", "walk_by_reading": "meters"
        case "active_leak_control", "located_leak_repair", "faster_repair": "leak_control"
        case "illegal_use_census", "billing_clean_up": "customers"
        case "organisation_training": "training"
        case "construction_supervision": "supervision"
        default: "supply"
        }
    }

    static func kind(of name: String) -> Kind {
        switch name {
        case "meters": .goods
        case "leak_control", "customers", "training", "supervision": .services
        default: .works
        }
    }

    static func terms(of name: String) -> [String] {
        switch name {
        case "zoning_and_pressure": ["terms_design", "terms_isolation_test", "terms_as_built", "terms_training"]
        case "pipes": ["terms_design", "terms_pressure_test", "terms_as_built", "terms_reinstatement"]
        case "meters": ["terms_type_approval", "terms_interface_and_keys", "terms_pilot", "terms_read_success", "terms_training"]
        case "leak_control": ["terms_survey_length", "terms_leak_record", "terms_verification", "terms_training"]
        case "customers": ["terms_privacy", "terms_register", "terms_verification"]
        case "training": ["terms_curriculum", "terms_on_the_job"]
        case "supervision": ["terms_works_acceptance", "terms_installation_sample", "terms_coverage_proof", "terms_monthly_report"]
        default: ["terms_design", "terms_capacity_test", "terms_as_built", "terms_training"]
        }
    }

    static func method(_ kind: Kind, value: Double, _ delivery: DeliverySettings) -> Method {
        if let small = delivery.quotationsBelow.value, value < small { return .quotations }
        if kind == .services { return .qualityAndCost }
        guard let large = delivery.internationalTenderFrom.value else { return .toBeSettled }
        return value >= large ? .internationalTender : .nationalTender
    }
}

extension PlanBook {
    /// Every line of the estimate in one lot, and none in two.
    func lots(_ estimate: CostEstimate?) -> [Lot] {
        guard let estimate else { return [] }
        let delivery = inputs.city.plan.delivery
        return Dictionary(grouping: estimate.lines, by: \.lot).sorted { $0.key < $1.key }.map { name, lines in
            let value = lines.reduce(0) { $0 + $1.amount } * (1 + estimate.contingency)
            let kind = Lot.kind(of: name)
            let measures = Set(lines.map(\.measure))
            let start = chosen.joined().filter { measures.contains($0.id) }.map(\.start).min() ?? 0
            return Lot(
                name: name, kind: kind, measures: measures.sorted(), value: value, method: Lot.method(kind, value: value, delivery),
                firstYear: inputs.city.plan.startYear + start, terms: Lot.terms(of: name))
        }
    }
}
