// SPDX-License-Identifier: GPL-3.0-or-later

/// A customer's meter as the utility's register lists it.
public struct Meter: Sendable {
    public typealias ID = Identifier<Meter>

    public enum CustomerClass: String, Sendable, CaseIterable {
        case residential, commercial, industrial, institutional, other
    }

    public var id: ID
    public var zone: Zone.ID?
    public var customerClass: CustomerClass
    /// Nominal diameter. [m]
    public var diameter: Double?
    /// Year, or date, of installation.
    public var installed: String?
    /// Digits of the register; it starts again at 10^dials steps.
    public var dials: Int?
    /// Volume of one step of the register. [m³]
    public var resolution: Double?
    /// The meter that this one's water has passed already: a sub-meter's bulk meter. Of the two only that one is consumption of a zone.
    public var parent: ID?
    /// What held before, in order of time, each until the next one's begin; the last until what stands above.
    public var earlier: [Earlier] = []

    /// What the register said of a meter's place up to a date.
    public struct Earlier: Hashable, Sendable {
        /// Its end, on the place's clock without changes.
        public var until: Instant
        public var zone: Zone.ID?
        public var customerClass: CustomerClass
        /// [m]
        public var diameter: Double?
        public var installed: String?
        public var dials: Int?
        /// Volume of one step of the register. [m³]
        public var resolution: Double?

        public init(
            until: Instant, zone: Zone.ID? = nil, customerClass: CustomerClass = .residential, diameter: Double? = nil,
            installed: String? = nil, dials: Int? = nil, resolution: Double? = nil
        ) {
            self.until = until
            self.zone = zone
            self.customerClass = customerClass
            self.diameter = diameter
            self.installed = installed
            self.dials = dials
            self.resolution = resolution
        }

        /// Of a meter as it was until then.
        public init(_ meter: Meter, until: Instant) {
            self.init(
                until: until, zone: meter.zone, customerClass: meter.customerClass, diameter: meter.diameter, installed: meter.installed,
                dials: meter.dials, resolution: meter.resolution)
        }

        /// Whether another device followed, whose register begins anew: one installed at another time, or of another kind.
        public func isExchanged(for next: Earlier) -> Bool {
            func differ<T: Equatable>(_ one: T?, _ other: T?) -> Bool {
                guard let one, let other else { return false }
                return one != other
            }
            return differ(installed, next.installed) || differ(diameter, next.diameter) || differ(dials, next.dials)
                || differ(resolution, next.resolution)
        }
    }

    /// The stretches of the meter's time, the last one without end.
    public var stretches: [Earlier] { earlier + [Earlier(self, until: Instant(seconds: .max))] }

    public init(
        id: ID, zone: Zone.ID? = nil, customerClass: CustomerClass = .residential, diameter: Double? = nil, installed: String? = nil,
        dials: Int? = nil, resolution: Double? = nil, parent: ID? = nil
    ) {
        self.id = id
        self.zone = zone
        self.customerClass = customerClass
        self.diameter = diameter
        self.installed = installed
        self.dials = dials
        self.resolution = resolution
        self.parent = parent
    }
}

/// What a meter's readings of a period say.
public struct MeterSummary: Sendable {
    public var meter: Meter.ID
    public var zone: Zone.ID?
    public var readings: Int
    public var gaps: Int
    public var duplicates: Int
    public var spikes: Int
    public var negativeSteps: Int
    public var rollovers: Int
    public var replacements: Int
    /// The register did not move for a week or more at the end.
    public var isStuck: Bool
    /// Flow in every hour of three or more days: a leak behind the meter, or a process.
    public var hasContinuousFlow: Bool
    /// Registered in the period. [m³]
    public var volume: Double
    /// Share of the expected readings that came. [–]
    public var completeness: Double

    public init(
        meter: Meter.ID, zone: Zone.ID? = nil, readings: Int = 0, gaps: Int = 0, duplicates: Int = 0, spikes: Int = 0,
        negativeSteps: Int = 0, rollovers: Int = 0, replacements: Int = 0, isStuck: Bool = false, hasContinuousFlow: Bool = false,
        volume: Double = 0, completeness: Double = 0
    ) {
        self.meter = meter
        self.zone = zone
        self.readings = readings
        self.gaps = gaps
        self.duplicates = duplicates
        self.spikes = spikes
        self.negativeSteps = negativeSteps
        self.rollovers = rollovers
        self.replacements = replacements
        self.isStuck = isStuck
        self.hasContinuousFlow = hasContinuousFlow
        self.volume = volume
        self.completeness = completeness
    }
}

/// Registered consumption of a zone, hour by hour.
public struct ZoneConsumption: Sendable {
    public var zone: Zone.ID
    /// Hours of the place's own clock without changes. [m³ per hour]
    public var hourly: TimeSeries
    /// Meters that had a usable reading in the hour.
    public var metersReporting: [Int]
    /// Of the hour's consumption, what is estimated: volumes across gaps by their shape, and the source's own estimates. [m³] Empty where
    /// it is not told apart.
    public var estimated: [Double]
    /// Meters of which something in the hour is estimated.
    public var metersEstimated: [Int]
    /// Meters that should have reported in each hour; empty where it is not known.
    public var metersExpected: [Int]

    public init(
        zone: Zone.ID, hourly: TimeSeries, metersReporting: [Int], estimated: [Double] = [], metersEstimated: [Int] = [],
        metersExpected: [Int] = []
    ) {
        self.zone = zone
        self.hourly = hourly
        self.metersReporting = metersReporting
        self.estimated = estimated
        self.metersEstimated = metersEstimated
        self.metersExpected = metersExpected
    }
}
