// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// A programme of measures with what it costs, saves and earns. The documents show this and nothing else.
public struct ImprovementPlan: Sendable {
    public var city: City
    public var assessment: CityAssessment
    /// Every measure that was considered, ranked by cost per cubic metre, chosen or not.
    public var measures: [PlannedMeasure]
    public var selection: Selection
    /// Year by year with and without the programme.
    public var trajectory: [TrajectoryYear]
    public var cashFlow: [CashFlowYear]
    public var finance: FinancialSummary
    /// Every figure that is not measured in the city, with its source.
    public var assumptions: [Assumption]
    /// What a reader must be told before relying on the plan.
    public var warnings: [String]

    public struct Selection: Sendable {
        public var objective: PlanSettings.Objective
        /// [currency]
        public var budget: Double?
        public var capital: Double
        /// Present value of the chosen set. [currency]
        public var netPresentValue: Double
        /// [m³/year]
        public var volumeSaved: Double
        /// True where the search proved that no better set exists.
        public var isProvenOptimal: Bool

        public init(
            objective: PlanSettings.Objective, budget: Double?, capital: Double, netPresentValue: Double, volumeSaved: Double,
            isProvenOptimal: Bool
        ) {
            self.objective = objective
            self.budget = budget
            self.capital = capital
            self.netPresentValue = netPresentValue
            self.volumeSaved = volumeSaved
            self.isProvenOptimal = isProvenOptimal
        }
    }

    public struct TrajectoryYear: Sendable {
        public var year: Int
        /// [–]
        public var revenueWaterRatioWithout: Estimate
        public var revenueWaterRatioWith: Estimate
        /// [m³/year]
        public var realLossesWithout: Double
        public var realLossesWith: Double

        public init(
            year: Int, revenueWaterRatioWithout: Estimate, revenueWaterRatioWith: Estimate, realLossesWithout: Double,
            realLossesWith: Double
        ) {
            self.year = year
            self.revenueWaterRatioWithout = revenueWaterRatioWithout
            self.revenueWaterRatioWith = revenueWaterRatioWith
            self.realLossesWithout = realLossesWithout
            self.realLossesWith = realLossesWith
        }
    }

    /// [currency of the year]
    public struct CashFlowYear: Sendable {
        public var year: Int
        public var capital: Double
        public var operation: Double
        /// Water not produced, and water sold.
        public var benefit: Double
        public var funding: Double
        public var net: Double { benefit - capital - operation }

        public init(year: Int, capital: Double, operation: Double, benefit: Double, funding: Double) {
            self.year = year
            self.capital = capital
            self.operation = operation
            self.benefit = benefit
            self.funding = funding
        }
    }

    public struct FinancialSummary: Sendable {
        /// [currency]
        public var netPresentValue: Estimate
        /// nil where none exists in the range searched. [per year]
        public var internalRateOfReturn: Double?
        /// [–]
        public var benefitCostRatio: Double?
        /// [years]
        public var payback: Double?
        /// [currency/m³]
        public var costPerCubicMetre: Double?

        public init(
            netPresentValue: Estimate, internalRateOfReturn: Double?, benefitCostRatio: Double?, payback: Double?,
            costPerCubicMetre: Double?
        ) {
            self.netPresentValue = netPresentValue
            self.internalRateOfReturn = internalRateOfReturn
            self.benefitCostRatio = benefitCostRatio
            self.payback = payback
            self.costPerCubicMetre = costPerCubicMetre
        }
    }

    public struct Assumption: Sendable {
        /// Key of the language catalogue, or the user's own words.
        public var item: String
        public var unit: String
        public var value: SourcedValue
        /// Where the plan uses it.
        public var usedIn: String

        public init(item: String, unit: String, value: SourcedValue, usedIn: String) {
            self.item = item
            self.unit = unit
            self.value = value
            self.usedIn = usedIn
        }
    }

    public init(
        city: City, assessment: CityAssessment, measures: [PlannedMeasure], selection: Selection, trajectory: [TrajectoryYear],
        cashFlow: [CashFlowYear], finance: FinancialSummary, assumptions: [Assumption], warnings: [String]
    ) {
        self.city = city
        self.assessment = assessment
        self.measures = measures
        self.selection = selection
        self.trajectory = trajectory
        self.cashFlow = cashFlow
        self.finance = finance
        self.assumptions = assumptions
        self.warnings = warnings
    }
}

/// A measure as sized for this city, or for one of its zones.
public struct PlannedMeasure: Sendable {
    public enum Target: String, Sendable, CaseIterable { case realLosses = "real_losses", apparentLosses = "apparent_losses", supply }

    /// Unique in the plan: `pressure_management`, `active_leak_control:Z3`.
    public var id: String
    /// Key of the catalogue: `pressure_management`.
    public var catalogueKey: String
    public var target: Target
    public var zone: Zone.ID?
    /// How much of it: metres, meters, valves.
    public var quantity: Double
    public var quantityUnit: String
    /// [currency]
    public var capital: Estimate
    /// [currency/year]
    public var operation: Estimate
    /// [years]
    public var life: Double
    /// At full effect. [m³/year]
    public var volumeSaved: Estimate
    /// Worth of a cubic metre saved. [currency/m³]
    public var waterValue: Double
    /// (K·CRF + O)/volume. [currency/m³]
    public var costPerCubicMetre: Double?
    /// [currency]
    public var netPresentValue: Double
    /// Ids of measures that must be chosen too.
    public var prerequisites: [String]
    /// Ids of measures that cannot be chosen too.
    public var exclusions: [String]
    public var isSelected: Bool
    public var startYear: Int?

    public init(
        id: String, catalogueKey: String, target: Target, zone: Zone.ID?, quantity: Double, quantityUnit: String, capital: Estimate,
        operation: Estimate, life: Double, volumeSaved: Estimate, waterValue: Double, costPerCubicMetre: Double?,
        netPresentValue: Double, prerequisites: [String], exclusions: [String], isSelected: Bool, startYear: Int?
    ) {
        self.id = id
        self.catalogueKey = catalogueKey
        self.target = target
        self.zone = zone
        self.quantity = quantity
        self.quantityUnit = quantityUnit
        self.capital = capital
        self.operation = operation
        self.life = life
        self.volumeSaved = volumeSaved
        self.waterValue = waterValue
        self.costPerCubicMetre = costPerCubicMetre
        self.netPresentValue = netPresentValue
        self.prerequisites = prerequisites
        self.exclusions = exclusions
        self.isSelected = isSelected
        self.startYear = startYear
    }
}
