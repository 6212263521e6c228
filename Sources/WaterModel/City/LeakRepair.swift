// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a burst is.
public enum BurstKind: String, Sendable, CaseIterable {
    case main
    /// Between the main and the boundary of the property.
    case connection
    /// Private pipe between the boundary and the meter.
    case servicePipe = "service_pipe"
}

/// A leak that was found, and mended unless it runs still. What the utility did not write down is nil.
public struct LeakRepair: Sendable {
    /// Of the repair as written, ISO 8601 date; empty where the leak runs still.
    public var date: String
    public var zone: Zone.ID?
    public var pipe: Link.ID?
    /// [m³/s]
    public var flow: Double?
    /// Half width of the 95 % interval of the flow over the flow. [–]
    public var flowMargin95: Double?
    public var kind: BurstKind?
    /// Told by someone who saw it; else found by a survey.
    public var isReported: Bool?
    /// Midnights of the place's clock.
    public var began: Instant?
    public var aware: Instant?
    public var located: Instant?
    public var repaired: Instant?

    public init(date: String, zone: Zone.ID? = nil, pipe: Link.ID? = nil, flow: Double? = nil) {
        self.date = date
        self.zone = zone
        self.pipe = pipe
        self.flow = flow
    }
}

/// What a component analysis needs beside the log of repairs.
public struct ComponentSettings: Sendable {
    /// Days that the log covers, the last one excluded; nil where it is not said.
    public var logPeriod: Range<Instant>?
    /// Between two surveys of the whole system for unreported leaks. [days]
    public var surveyInterval = SourcedValue.unknown
    /// Of one survey of the whole system. [currency]
    public var surveyCost = SourcedValue.unknown
    /// Of unreported leakage, where nobody looks for it. [m³/day per year]
    public var riseOfLeakage = SourcedValue.unknown
    /// Background leakage over the unavoidable. [–]
    public var conditionFactor = SourcedValue.unknown

    public init() {}

    /// Whether anything is given.
    public var isGiven: Bool {
        logPeriod != nil || [surveyInterval, surveyCost, riseOfLeakage, conditionFactor].contains { $0.value != nil }
    }
}
