// SPDX-License-Identifier: GPL-3.0-or-later

/// How supply and demand move over the years of a plan; what is not known stays `unknown`.
public struct SupplySettings: Sendable {
    /// Works that become needed later where less is lost.
    public struct DeferredWorks: Sendable {
        public var name: String
        /// [currency]
        public var capital: SourcedValue
        /// In which they would be built without the programme.
        public var year: Int
        /// By which demand grows; a saving of as much puts the works off by a year. [m³/d per year]
        public var demandGrowth: SourcedValue

        public init(name: String, capital: SourcedValue, year: Int, demandGrowth: SourcedValue) {
            self.name = name
            self.capital = capital
            self.year = year
            self.demandGrowth = demandGrowth
        }
    }

    /// Water that is bought under a contract and must be paid for, taken or not, until it ends.
    public struct Purchase: Sendable {
        public var name: String
        /// [m³/d]
        public var quantity: SourcedValue
        /// [currency/m³]
        public var price: SourcedValue
        /// Last year of the contract; nil: it outlasts the plan.
        public var until: Int?

        public init(name: String, quantity: SourcedValue, price: SourcedValue, until: Int? = nil) {
            self.name = name
            self.quantity = quantity
            self.price = price
            self.until = until
        }
    }

    /// Water that customers would buy and do not get, by year from the first, the last holding on; nil: not given by year. [m³/d]
    public var deficits: [Double]?
    /// Last year of a take-or-pay contract; nil: that of the first purchase to end, or it outlasts the plan.
    public var takeOrPayUntil: Int?
    public var purchases: [Purchase] = []
    public var deferredWorks: [DeferredWorks] = []
    /// Of billed demand. [per year]
    public var demandGrowth = SourcedValue.unknown
    /// Energy that a cubic metre into supply takes. [kWh/m³]
    public var energyIntensity = SourcedValue.unknown
    /// Of the power that is bought. [kg CO₂ equivalent/kWh]
    public var emissionFactor = SourcedValue.unknown
    /// [currency per tonne of CO₂ equivalent]
    public var carbonPrice = SourcedValue.unknown

    public init() {}
}
