// SPDX-License-Identifier: GPL-3.0-or-later

/// One water system as a single file tells it: its figures and the balance of a period, or of several.
public struct WaterSystem: Sendable {
    /// A balance of a part: a month, a zone.
    public struct Part: Sendable {
        public var name: String
        public var balance: BalanceInput

        public init(name: String, balance: BalanceInput) {
            self.name = name
            self.balance = balance
        }
    }

    public enum PartKind: String, Sendable {
        /// One after the other: days add up, and so do errors of the same meters.
        case months
        /// Side by side over the same days.
        case zones
    }

    public var profile: CityProfile
    public var balance: BalanceInput
    public var parts: [Part] = []
    public var partKind = PartKind.zones
    public var whatIf: WhatIfTargets?
    /// Grades of 1 to 10 of the AWWA workbook, by its items.
    public var grades: [String: Int] = [:]
    /// Yearly cost of acting against losses, for the worth of better data. [currency/year]
    public var breakEven: Double?

    public init(profile: CityProfile, balance: BalanceInput) {
        self.profile = profile
        self.balance = balance
    }
}

/// What is to be changed in a system; nil: as at present.
public struct WhatIfTargets: Sendable {
    /// [m]
    public var pressure: Double?
    /// [h/d]
    public var hours: Double?
    /// Share of the population with service, before and after; connections, mains and billed use grow with it. [%]
    public var coverageFrom: Double?
    public var coverageTo: Double?
    /// Water sold beyond the present. [m³/d]
    public var extraSales: Double?
    public var infrastructureLeakageIndex: Double?
    /// [l per connection and day]
    public var apparentLosses: Double?

    public init() {}
}
