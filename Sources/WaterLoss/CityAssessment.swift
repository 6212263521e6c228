// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What is known of a city's losses: the result of every analysis that its data allow. Planning and Reporting read this.
public struct CityAssessment: Sendable {
    /// How far the data reach; each level includes the ones before.
    public enum DataLevel: Int, Sendable, Comparable, CaseIterable {
        /// Volumes of a period only.
        case totals
        /// And inflows of zones.
        case zoneFlows
        /// And readings of customer meters.
        case customerReadings
        /// And a network model with pressures.
        case networkModel

        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    public var level: DataLevel
    /// nil where the balance cannot be drawn up, with the reason in `gaps`.
    public var balance: WaterBalance?
    public var indicators: [LossIndicator]
    /// In descending order of real loss per connection.
    public var zones: [ZoneAssessment]
    public var meters: [MeterSummary]
    /// Pressures of the network at the hour of the highest and of the lowest demand, by node. [m]
    public var pressures: PressureSurvey?
    /// One for each event that was looked for.
    public var leaks: [LeakFinding]
    /// What is missing, what that costs in certainty, in the reader's words (keys of the language catalogue with arguments).
    public var gaps: [String]
    /// What can be concluded from these data, and what to measure next.
    public var advice: DataAdvice?
    /// Real losses of the balance, of the components and of all zones' night flows brought together; nil where fewer than two of them
    /// are known. [m³/s]
    public var reconciliation: LossReconciliation?
    /// Real losses by components and their economic level; nil where neither repairs nor figures for it are given.
    public var components: ComponentStudy?

    public init(
        level: DataLevel, balance: WaterBalance? = nil, indicators: [LossIndicator] = [], zones: [ZoneAssessment] = [],
        meters: [MeterSummary] = [], pressures: PressureSurvey? = nil, leaks: [LeakFinding] = [], gaps: [String] = []
    ) {
        self.level = level
        self.balance = balance
        self.indicators = indicators
        self.zones = zones
        self.meters = meters
        self.pressures = pressures
        self.leaks = leaks
        self.gaps = gaps
    }
}

/// What the data of one zone say.
public struct ZoneAssessment: Sendable {
    public var zone: Zone
    /// Mean over the record. [m³/s]
    public var inflow: Estimate?
    /// Registered by customer meters. [m³/s]
    public var registeredConsumption: Estimate?
    /// Inflow less registered consumption. [m³/s]
    public var loss: Estimate?
    public var nightFlow: ZoneNightFlow?
    /// From the night flow where there is one, else from the loss. [m³/s]
    public var realLoss: Estimate?
    /// Loss less what meters miss, unmetered connections, unbilled and unauthorised use. [m³/s]
    public var realLossFromBalance: Estimate?
    /// The two brought together, inputs that stand in both (inflow meter, under-registration, unmetered use) taken as one; nil where
    /// either is missing. [m³/s]
    public var reconciliation: LossReconciliation?
    /// Use of connections without a working meter, assumed. [m³/s]
    public var unmeteredUse: Estimate?
    /// Parts of the variance of `realLoss` by input, largest first.
    public var varianceShares: [VarianceShare] = []
    /// Sources of assumptions, and what to read with care.
    public var notes: [String] = []

    public init(
        zone: Zone, inflow: Estimate? = nil, registeredConsumption: Estimate? = nil, loss: Estimate? = nil,
        nightFlow: ZoneNightFlow? = nil, realLoss: Estimate? = nil
    ) {
        self.zone = zone
        self.inflow = inflow
        self.registeredConsumption = registeredConsumption
        self.loss = loss
        self.nightFlow = nightFlow
        self.realLoss = realLoss
    }
}

/// Pressure at every node in two states of the network.
public struct PressureSurvey: Sendable {
    public struct NodePressure: Sendable {
        public var node: Node.ID
        public var zone: Zone.ID?
        /// At the hour of the highest demand. [m]
        public var peak: Double
        /// At the hour of the lowest demand. [m]
        public var night: Double

        public init(node: Node.ID, zone: Zone.ID?, peak: Double, night: Double) {
            self.node = node
            self.zone = zone
            self.peak = peak
            self.night = night
        }
    }

    public var nodes: [NodePressure]
    /// Hours of the day of the two states.
    public var peakHour: Int
    public var nightHour: Int
    /// False where either solve did not converge: then no pressure of this survey is to be relied on.
    public var converged: Bool

    public init(nodes: [NodePressure], peakHour: Int, nightHour: Int, converged: Bool) {
        self.nodes = nodes
        self.peakHour = peakHour
        self.nightHour = nightHour
        self.converged = converged
    }
}
