// SPDX-License-Identifier: GPL-3.0-or-later

/// All that is known of a city, as its folder tells it. Everything but the profile may be missing.
public struct City: Sendable {
    public var profile: CityProfile
    public var balance: BalanceInput?
    public var zones: [Zone] = []
    public var meters: [Meter] = []
    /// Meters that a tender is to bring to connections without one; empty: no lot is laid out.
    public var lot: [LotMeters] = []
    public var network: Network?
    public var sensors: [Sensor] = []
    /// Zone inflows, pressures and levels; nil where there are none.
    public var record: SensorRecord?
    public var repairs: [LeakRepair] = []
    /// What is known of the network's pipes beside the model.
    public var pipes: [PipeRecord] = []
    public var components = ComponentSettings()
    public var catalogue = CatalogueOverrides()
    public var plan = PlanSettings()

    public init(profile: CityProfile) { self.profile = profile }
}

/// The few figures that describe a water supply. What is not known is `unknown`, and stays so in every document.
public struct CityProfile: Sendable {
    public var name: String
    /// ISO 3166-1 alpha-2.
    public var country: String
    /// Language of the city's own documents: `en`, `es`, `ko`.
    public var language: String
    /// ISO 4217; every amount of money in the folder is in it.
    public var currency: String
    /// IANA name, for readings in local time.
    public var timeZone: String
    public var utility: String?
    /// True where figures of the folder are invented; said in every document.
    public var isSynthetic = false
    public var notes: [String] = []

    /// [persons]
    public var population = SourcedValue.unknown
    /// Registered: active, and inactive where these are not given apart. [–]
    public var connections = SourcedValue.unknown
    /// Inactive ones that `connections` does not hold. [–]
    public var inactiveConnections = SourcedValue.unknown
    /// Billed accounts. [–]
    public var customers = SourcedValue.unknown
    public var meteredConnections = SourcedValue.unknown
    /// [m]
    public var mainsLength = SourcedValue.unknown
    /// Mains that the records probably lack. [m]
    public var mainsUnderestimation = SourcedValue.unknown
    /// Private pipe from the boundary to the meter, per connection. [m]
    public var serviceLineLength = SourcedValue.unknown
    /// Mean over connections and day while the system is pressurised. [m]
    public var averagePressure = SourcedValue.unknown
    /// [h per day]
    public var supplyHours = SourcedValue.unknown
    /// Price of water to customers. [currency/m³]
    public var tariff = SourcedValue.unknown
    /// Cost of one more cubic metre: energy, chemicals, purchase. [currency/m³]
    public var variableProductionCost = SourcedValue.unknown
    /// Real losses that could be sold if they were saved, where water is short; the rest saves production cost only. [m³/d]
    public var saleableWater = SourcedValue.unknown
    /// [currency/year]
    public var operatingCost = SourcedValue.unknown
    /// [m³/s]
    public var productionCapacity = SourcedValue.unknown
    /// [currency per US$]
    public var exchangeRate = SourcedValue.unknown
    /// Further facts, shown in the documents and not computed with.
    public var facts: [CityFact] = []

    public init(name: String, country: String, language: String = "en", currency: String, timeZone: String = "UTC") {
        self.name = name
        self.country = country
        self.language = language
        self.currency = currency
        self.timeZone = timeZone
    }
}

/// A published or contested figure that a document should show.
public struct CityFact: Sendable {
    public var item: String
    public var unit: String
    public var value: SourcedValue

    public init(item: String, unit: String, value: SourcedValue) {
        self.item = item
        self.unit = unit
        self.value = value
    }
}
