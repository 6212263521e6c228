// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What stands in for lines of a balance that are not given.
public struct BalanceDefaults: Hashable, Sendable {
    public enum Base: String, Sendable {
        case waterSupplied = "water supplied"
        case billedAuthorised = "billed authorised consumption"
        case billedMetered = "billed metered consumption"
    }

    /// A line as a fraction of another.
    public struct Rule: Hashable, Sendable {
        /// [–]
        public var fraction: Estimate
        public var base: Base
        public var source: String

        public init(fraction: Estimate, base: Base, source: String) {
            self.fraction = fraction
            self.base = base
            self.source = source
        }
    }

    public var name: String
    public var unbilledUnmetered: Rule?
    public var unauthorised: Rule?
    public var dataHandling: Rule?
    /// Share of true consumption that customer meters miss, where nothing is said of it. [–]
    public var underRegistration: Estimate?
    public var underRegistrationSource = ""

    /// AWWA Free Water Audit Software, version 5: 1.25 % and 0.25 % of water supplied, 0.25 % of billed metered consumption.
    public static let fwas5 = BalanceDefaults(
        name: "fwas5",
        unbilledUnmetered: Rule(fraction: Estimate(0.0125), base: .waterSupplied, source: "AWWA FWAS v5"),
        unauthorised: Rule(fraction: Estimate(0.0025), base: .waterSupplied, source: "AWWA FWAS v5"),
        dataHandling: Rule(fraction: Estimate(0.0025), base: .billedMetered, source: "AWWA FWAS v5"))

    /// Version 6 (2020): 0.25 % of billed authorised consumption for both.
    public static let fwas6 = BalanceDefaults(
        name: "fwas6",
        unbilledUnmetered: Rule(fraction: Estimate(0.0025), base: .billedAuthorised, source: "AWWA FWAS v6"),
        unauthorised: Rule(fraction: Estimate(0.0025), base: .billedAuthorised, source: "AWWA FWAS v6"),
        dataHandling: Rule(fraction: Estimate(0.0025), base: .billedMetered, source: "AWWA FWAS v6"))

    /// For a city about which little is known: ranges that are meant to hold most systems. Each shows as an assumption.
    public static let cityPlan = BalanceDefaults(
        name: "city plan",
        unbilledUnmetered: Rule(
            fraction: Estimate(0.0075, margin95: 0.005), base: .waterSupplied,
            source: "assumed: between the defaults of AWWA FWAS v6 (0.25 %) and v5 (1.25 %)"),
        unauthorised: Rule(
            fraction: Estimate(0.01625, margin95: 0.01375), base: .waterSupplied,
            source: "assumed: from the AWWA default (0.25 %) to 3 %, unverified"),
        dataHandling: Rule(
            fraction: Estimate(0.0025, margin95: 0.0025), base: .billedMetered, source: "assumed: AWWA FWAS default, 0 to twice its size"),
        underRegistration: Estimate(0.05, margin95: 0.05),
        underRegistrationSource: "assumed: 0 to 10 % of true use; tests of meters in service found 6 to 10 % (Taipei)")

    /// Nothing is assumed: what is not given counts zero, and is named.
    public static let zero = BalanceDefaults(name: "zero")

    public init(
        name: String, unbilledUnmetered: Rule? = nil, unauthorised: Rule? = nil, dataHandling: Rule? = nil,
        underRegistration: Estimate? = nil, underRegistrationSource: String = ""
    ) {
        self.name = name
        self.unbilledUnmetered = unbilledUnmetered
        self.unauthorised = unauthorised
        self.dataHandling = dataHandling
        self.underRegistration = underRegistration
        self.underRegistrationSource = underRegistrationSource
    }
}

/// Where water sold to another system stands. Real losses are the same; percentages are not.
public enum ExportConvention: String, Hashable, Sendable {
    /// It leaves before water supplied (AWWA): percentages refer to water supplied without it.
    case beforeSupply = "before_supply"
    /// It is billed consumption (WB-EasyCalc, Korea): percentages refer to the whole system input volume.
    case billed
}
