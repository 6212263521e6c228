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
    /// Measures of the catalogue that could not be sized or priced, with the reason.
    public var notSized: [NotSized]
    /// Whether the revenue-water ratio asked for is reached; nil where none is asked for or none can be computed.
    public var target: TargetOutcome?
    /// Figures that move the net present value most, the first most of all.
    public var sensitivity: [SensitivityBar] = []
    /// nil where nothing is built.
    public var financing: Financing?
    /// Financial, then economic; empty where nothing is built.
    public var appraisals: [Appraisal] = []
    public var affordability: Affordability?
    public var waterValue: [WaterValueYear] = []
    public var deferrals: [Deferral] = []
    /// nil where no active control is chosen.
    public var rebound: Rebound?
    public var supplyDemand: [SupplyDemandYear] = []
    /// nil where nothing is chosen.
    public var costEstimate: CostEstimate?
    public var lots: [Lot] = []
    public var schedule: WorkSchedule?
    public var training: TrainingPlan?
    public var monitoring: MonitoringPlan?
    /// nil where no meter is known.
    public var reading: ReadingNetwork?
    public var valueOfInformation: ValueOfInformation?
    public var diagnosis: DiagnosisProgramme?
    /// Zones as they are in the network; empty without one.
    public var districts: [DistrictCheck] = []
    /// Designed on the network; nil: the city has zones of its own, or no network that says more.
    public var townZones: TownZones?
    /// Reducing valves at the inlets of zones, designed or existing, with their settings; nil where there are none to tell.
    public var pressureDesign: PressureZoneDesign?
    public var risks: [PlanRisk] = []
    /// What the city was not asked or does not know, and what it would be needed for.
    public var questions: [Question] = []

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
        /// Of the objective, in its unit: currency, m³/year, ratio, connection-hours a day, share.
        public var value: Double?
        /// No choice is better than this (for least capital: below it), in the unit of `value`.
        public var bound: Double?
        /// (bound − value)/|bound|. [–]
        public var gap: Double?
        /// What one more unit of a limit that binds is worth.
        public var prices: [Price]
        /// Why nothing could be chosen; empty where something could.
        public var refusal: [String]
        public var frontier: [FrontierPoint]

        public struct Price: Sendable, Hashable {
            public var limit: String
            /// [unit of the objective per unit of the limit]
            public var price: Double

            public init(limit: String, price: Double) {
                self.limit = limit
                self.price = price
            }
        }

        public init(
            objective: PlanSettings.Objective, budget: Double?, capital: Double, netPresentValue: Double, volumeSaved: Double,
            isProvenOptimal: Bool, value: Double? = nil, bound: Double? = nil, gap: Double? = nil, prices: [Price] = [],
            refusal: [String] = [], frontier: [FrontierPoint] = []
        ) {
            self.value = value
            self.bound = bound
            self.gap = gap
            self.prices = prices
            self.refusal = refusal
            self.frontier = frontier
            self.objective = objective
            self.budget = budget
            self.capital = capital
            self.netPresentValue = netPresentValue
            self.volumeSaved = volumeSaved
            self.isProvenOptimal = isProvenOptimal
        }
    }

    /// A programme that no other beats in both net present value and volume.
    public struct FrontierPoint: Sendable, Hashable {
        /// And what none with this much saved exceeds. [currency]
        public var netPresentValue: Double
        public var bound: Double
        /// [m³/year]
        public var volume: Double
        /// [currency]
        public var capital: Double
        /// Of revenue water in the year of the target. [–]
        public var ratio: Double?

        public init(netPresentValue: Double, bound: Double, volume: Double, capital: Double, ratio: Double?) {
            self.netPresentValue = netPresentValue
            self.bound = bound
            self.volume = volume
            self.capital = capital
            self.ratio = ratio
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
        /// That the net present value is below zero, by Monte Carlo. [–]
        public var probabilityOfLoss: Double?
        /// 5th, 50th and 95th percentile of the net present value, by Monte Carlo. [currency]
        public var netPresentValuePercentiles: [Double]
        /// All rates of return in the range searched; more than one where the flows change sign more than once. [per year]
        public var internalRates: [Double]
        /// [years]
        public var discountedPayback: Double?

        public init(
            netPresentValue: Estimate, internalRateOfReturn: Double?, benefitCostRatio: Double?, payback: Double?,
            costPerCubicMetre: Double?, probabilityOfLoss: Double? = nil, netPresentValuePercentiles: [Double] = [],
            internalRates: [Double] = [], discountedPayback: Double? = nil
        ) {
            self.netPresentValue = netPresentValue
            self.internalRateOfReturn = internalRateOfReturn
            self.benefitCostRatio = benefitCostRatio
            self.payback = payback
            self.costPerCubicMetre = costPerCubicMetre
            self.probabilityOfLoss = probabilityOfLoss
            self.netPresentValuePercentiles = netPresentValuePercentiles
            self.internalRates = internalRates
            self.discountedPayback = discountedPayback
        }
    }

    /// A measure that the plan does not offer for want of a figure: nothing is invented in its place.
    public struct NotSized: Sendable, Hashable {
        public var catalogueKey: String
        public var zone: Zone.ID?
        /// What is missing, and what to do.
        public var reason: String

        public init(catalogueKey: String, zone: Zone.ID?, reason: String) {
            self.catalogueKey = catalogueKey
            self.zone = zone
            self.reason = reason
        }
    }

    /// The revenue-water ratio asked for, against the one that the programme reaches.
    public struct TargetOutcome: Sendable {
        /// [–]
        public var ratio: Double
        public var year: Int
        /// With the programme, in that year. [–]
        public var reached: Estimate
        public var isReached: Bool
        /// That the ratio stays below the one asked for, by Monte Carlo. [–]
        public var probabilityOfMissing: Double
        /// Least capital with which the sized measures reach it in that year; nil where all of them together do not. [currency]
        public var capitalNeeded: Double?
        /// Their ids; where the ratio is out of reach, those that come nearest.
        public var measuresNeeded: [String]
        /// With those measures. [–]
        public var ratioWithMeasuresNeeded: Double

        public init(
            ratio: Double, year: Int, reached: Estimate, isReached: Bool, probabilityOfMissing: Double, capitalNeeded: Double?,
            measuresNeeded: [String], ratioWithMeasuresNeeded: Double
        ) {
            self.ratio = ratio
            self.year = year
            self.reached = reached
            self.isReached = isReached
            self.probabilityOfMissing = probabilityOfMissing
            self.capitalNeeded = capitalNeeded
            self.measuresNeeded = measuresNeeded
            self.ratioWithMeasuresNeeded = ratioWithMeasuresNeeded
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
        cashFlow: [CashFlowYear], finance: FinancialSummary, assumptions: [Assumption], warnings: [String], notSized: [NotSized] = [],
        target: TargetOutcome? = nil
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
        self.notSized = notSized
        self.target = target
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
    /// Why it is in the programme or not, with its figures; nil where there was nothing to decide.
    public var reason: String?
    /// Years beyond the works until the effect is whole; nil: none.
    public var ramp: Double?
    /// Share of the effect that is lost in a year; nil: none. [–]
    public var decay: Double?
    /// Of works. [years]
    public var buildYears: Int?
    /// Billed consumption that falls with pressure, at full effect; not part of `volumeSaved`. [m³/year]
    public var consumptionSpared: Estimate?
    /// What meters no longer bill of it, at the tariff that is paid. [currency/year]
    public var revenueForgone: Estimate?
    /// Adds to what can be supplied, and saves nothing.
    public var isNewSupply: Bool { MeasureSizing.supplyKeys.contains(catalogueKey) }

    public init(
        id: String, catalogueKey: String, target: Target, zone: Zone.ID?, quantity: Double, quantityUnit: String, capital: Estimate,
        operation: Estimate, life: Double, volumeSaved: Estimate, waterValue: Double, costPerCubicMetre: Double?,
        netPresentValue: Double, prerequisites: [String], exclusions: [String], isSelected: Bool, startYear: Int?,
        reason: String? = nil, ramp: Double? = nil, decay: Double? = nil, buildYears: Int? = nil
    ) {
        self.reason = reason
        self.ramp = ramp
        self.decay = decay
        self.buildYears = buildYears
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
