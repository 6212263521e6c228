// SPDX-License-Identifier: GPL-3.0-or-later

/// What the plan should reach, when, and with which money.
public struct PlanSettings: Sendable {
    /// What a cubic metre saved is worth.
    public enum WaterRegime: String, Sendable, CaseIterable {
        /// Enough water: saving avoids the cost of producing it.
        case surplus
        /// Too little: saved water is sold.
        case deficit
        /// Bought water is paid for whether taken or not.
        case takeOrPay = "take_or_pay"
    }

    public enum Objective: String, Sendable, CaseIterable {
        case netPresentValue = "net_present_value"
        case volumeSaved = "volume_saved"
        /// In the target's year.
        case revenueWaterRatio = "revenue_water_ratio"
        /// Hours of supply that freed water adds, over connections.
        case supplyHours = "supply_hours"
        /// The least share of its loss that a zone is spared; then net present value.
        case equity
        /// Of what reaches the required target and volume.
        case leastCapital = "least_capital"
    }

    public struct FundingSource: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            case grant, loan
            case ownFunds = "own_funds"
            case concessionalLoan = "concessional_loan"
            case commercialLoan = "commercial_loan"
            /// Of a performance-based contract: paid back by its fees.
            case contractor

            public var isLoan: Bool { self == .loan || self == .concessionalLoan || self == .commercialLoan }
        }
        public var name: String
        public var kind: Kind
        /// [currency]
        public var amount: Double
        /// Of a loan; nil: not known.
        public var terms: LoanTerms?

        public init(name: String, kind: Kind, amount: Double, terms: LoanTerms? = nil) {
            self.name = name
            self.kind = kind
            self.amount = amount
            self.terms = terms
        }
    }

    public var startYear = 2027
    public var horizonYears = 15
    /// Revenue-water ratio to reach. [–]
    public var targetRevenueWaterRatio: Double?
    public var targetYear: Int?
    /// Capital that may be spent over the programme; nil: no limit. [currency]
    public var budget: Double?
    /// Capital of each year from the first, none after the last; nil: no limit by year. [currency]
    public var yearlyBudgets: [Double]?
    /// Whether money that a year leaves stays for later ones.
    public var carriesForward = false
    /// Most of a measure that can be done in a year, by its key in the catalogue, in its unit of quantity.
    public var crews: [String: Double] = [:]
    /// Measures, by key, that every area which has them must get.
    public var mandatory: Set<String> = []
    /// Whether a programme must reach `targetRevenueWaterRatio`.
    public var isTargetRequired = false
    /// Years over which works are built.
    public var constructionYears = 5
    /// Real. [per year]
    public var discountRate = SourcedValue(0.08, status: .assumed)
    public var regime = WaterRegime.surplus
    public var objective = Objective.netPresentValue
    /// Yearly growth of leakage where nothing is done. [per year]
    public var naturalRiseOfLeakage = SourcedValue.unknown
    public var funding: [FundingSource] = []
    public var donor: String?
    public var financing = FinancingSettings()
    public var supply = SupplySettings()
    public var delivery = DeliverySettings()

    public init() {}
}

/// Figures of the measures catalogue that this city replaces: measure, parameter, value.
public struct CatalogueOverrides: Sendable {
    /// Keys are those of the catalogue: `["pressure_management"]["unit_cost"]`.
    public var values: [String: [String: SourcedValue]] = [:]
    /// Units of the values as the city wrote them, by the same keys; absent where none was written.
    public var units: [String: [String: String]] = [:]
    /// Measures that are not to be considered.
    public var excluded: Set<String> = []
    /// What a measure, by key, needs or shuts out beyond what the catalogue has.
    public var prerequisites: [String: [String]] = [:]
    public var exclusions: [String: [String]] = [:]

    public init() {}
}
