// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// Bill of quantities and cost estimate: quantity × rate, contingencies and tax apart, capital and operation.
public struct CostEstimate: Sendable {
    public struct Line: Sendable {
        /// Of the measure.
        public var measure: String
        public var catalogueKey: String
        public var zone: Zone.ID?
        /// The figure that is the rate, as the register names it.
        public var item: String
        public var unit: String
        public var quantity: Double
        /// [currency per unit]
        public var rate: Double
        public var rateSource: SourcedValue
        /// Lot that buys it.
        public var lot: String
        public var amount: Double { quantity * rate }
    }

    /// Operation of a measure that works whole. [currency/year]
    public struct Operation: Sendable {
        public var measure: String
        public var catalogueKey: String
        public var zone: Zone.ID?
        public var amount: Double
        public var firstYear: Int
    }

    public var lines: [Line]
    /// Physical contingency on every line. [–]
    public var contingency: Double
    /// [currency]
    public var priceContingency: Double
    public var tax: Double
    public var operation: [Operation]
    /// Year whose prices the rates are in; nil: not said.
    public var priceBaseYear: Int?

    public var base: Double { lines.reduce(0) { $0 + $1.amount } }
    public var physicalContingency: Double { contingency * base }
    public var total: Double { base + physicalContingency + priceContingency + tax }
    public var operationTotal: Double { operation.reduce(0) { $0 + $1.amount } }
}

extension PlanBook {
    /// nil where nothing is chosen.
    func costEstimate(_ financing: Financing?) -> CostEstimate? {
        var lines: [CostEstimate.Line] = []
        var operation: [CostEstimate.Operation] = []
        for (group, set) in chosen.enumerated() {
            for measure in set {
                for cost in measure.capital {
                    guard let (quantity, figure) = inputs.simulation.quantity(of: cost, losses: choice.losses[group], central) else {
                        continue
                    }
                    let known = inputs.figures.list[figure]
                    lines.append(
                        .init(
                            measure: measure.id, catalogueKey: measure.key, zone: measure.zone, item: known.id, unit: known.unit,
                            quantity: quantity, rate: central[figure], rateSource: known.value, lot: Lot.name(for: measure.key)))
                }
                let capital = inputs.simulation.capital(of: measure, losses: choice.losses[group], central)
                let yearly = inputs.simulation.operation(of: measure, capital: capital, losses: choice.losses[group], central)
                if yearly != 0 {
                    operation.append(
                        .init(
                            measure: measure.id, catalogueKey: measure.key, zone: measure.zone, amount: yearly,
                            firstYear: inputs.city.plan.startYear + measure.start + 1))
                }
            }
        }
        guard !lines.isEmpty else { return nil }
        let years = financing?.years ?? []
        return CostEstimate(
            lines: lines, contingency: central[inputs.simulation.contingency],
            priceContingency: years.reduce(0) { $0 + $1.priceContingency }, tax: years.reduce(0) { $0 + $1.tax }, operation: operation,
            priceBaseYear: inputs.city.plan.financing.priceBaseYear)
    }
}
