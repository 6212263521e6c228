// SPDX-License-Identifier: GPL-3.0-or-later

/// One of several volumes that make up a line of the balance: a source, a reservoir outlet, a group of customers.
public struct BalancePart: Sendable {
    public var name: String
    /// Registered in the period. [m³]
    public var volume: SourcedValue
    /// Known error of its meter, over-registration positive: the true volume is `volume/(1 + error)`. [–]
    public var meterError: SourcedValue?

    public init(name: String, volume: SourcedValue, meterError: SourcedValue? = nil) {
        self.name = name
        self.volume = volume
        self.meterError = meterError
    }
}

/// Unauthorised use, line by line. Numbers and daily uses carry their own ranges.
public struct UnauthorisedUse: Sendable {
    /// Households that are connected without leave.
    public struct Households: Sendable {
        public var number: SourcedValue
        /// [persons per connection]
        public var persons: SourcedValue
        /// [m³ per person and day]
        public var usePerPerson: SourcedValue

        public init(number: SourcedValue, persons: SourcedValue, usePerPerson: SourcedValue) {
            self.number = number
            self.persons = persons
            self.usePerPerson = usePerPerson
        }
    }

    /// Other connections, or customers, and what each takes unregistered.
    public struct Users: Sendable {
        public var number: SourcedValue
        /// [m³ per connection and day]
        public var use: SourcedValue

        public init(number: SourcedValue, use: SourcedValue) {
            self.number = number
            self.use = use
        }
    }

    public struct FreeLine: Sendable {
        public var name: String
        /// [m³/d]
        public var flow: SourcedValue

        public init(name: String, flow: SourcedValue) {
            self.name = name
            self.flow = flow
        }
    }

    public var illegalHouseholds: Households?
    public var illegalOthers: Users?
    /// Customers who tamper with their meter or pass it by.
    public var tampering: Users?
    /// Whatever else is known: hydrants, tankers, standpipes.
    public var others: [FreeLine] = []

    public init() {}
}

/// What registers in customers' meters and in the office, and what does not.
public struct MeterErrors: Sendable {
    /// Why a class of meters misses water.
    public enum Cause: Sendable {
        /// Share of the true volume that is missed. [–]
        case share(SourcedValue)
        /// Parts of the registered volume by flow, with what the meter registers of the true volume there. [–]
        case flowProfile([(part: Double, registration: SourcedValue)])
        /// Share missed when new, its rise a year, and the mean age. [–], [–/year], [years]
        case age(new: SourcedValue, perYear: SourcedValue, years: SourcedValue)
    }

    public struct MeterClass: Sendable {
        public var name: String
        /// Billed metered volume of the class in the period, without a range of its own. [m³]
        public var registered: Double
        public var cause: Cause

        public init(name: String, registered: Double, cause: Cause) {
            self.name = name
            self.registered = registered
            self.cause = cause
        }
    }

    /// Of billed metered consumption, exported water apart; what they do not cover has the overall share.
    public var classes: [MeterClass] = []
    /// Share of the true volume that meters of exported water miss. [–]
    public var exported: SourcedValue?
    /// The same of unbilled metered consumption; nil: as the customers' meters. [–]
    public var unbilledMetered: SourcedValue?
    /// Share of the true use that is lost because readings are falsified, of all billed consumption. [–]
    public var corruptReading: SourcedValue?
    /// Lost between reading and bill in the period. [m³]
    public var officeVolume: SourcedValue?

    public init() {}
}

/// Part of a system with its own pressure.
public struct PressureZone: Sendable {
    public var connections: Double
    /// Mean while pressurised. [m]
    public var pressure: Double

    public init(connections: Double, pressure: Double) {
        self.connections = connections
        self.pressure = pressure
    }

    /// Mean over connections; nil without any. [m]
    public static func mean(_ zones: [PressureZone]) -> Double? {
        let connections = zones.reduce(0) { $0 + $1.connections }
        return connections > 0 ? zones.reduce(0) { $0 + $1.connections * $1.pressure } / connections : nil
    }
}

/// Part of a system with its own hours of supply.
public struct SupplyZone: Sendable {
    public var connections: Double
    public var daysPerWeek: Double
    /// On a day with supply.
    public var hoursPerDay: Double

    public init(connections: Double, daysPerWeek: Double, hoursPerDay: Double) {
        self.connections = connections
        self.daysPerWeek = daysPerWeek
        self.hoursPerDay = hoursPerDay
    }

    /// Hours a day under pressure, mean over connections and the week; nil without any.
    public static func mean(_ zones: [SupplyZone]) -> Double? {
        let connections = zones.reduce(0) { $0 + $1.connections }
        guard connections > 0 else { return nil }
        return zones.reduce(0) { $0 + $1.connections * $1.daysPerWeek * $1.hoursPerDay } / 7 / connections
    }
}
