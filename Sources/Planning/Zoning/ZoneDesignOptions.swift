// SPDX-License-Identifier: GPL-3.0-or-later

/// What the design of zones (DMA) is held to.
public struct ZoneDesignOptions: Sendable {
    /// Properties in the whole network, shared out by demand; nil: by `demandPerProperty`.
    public var properties: Double?
    /// Where the number of properties is not given. Default 0.5, assumed. [m³/d]
    public var demandPerProperty = 0.5
    /// Properties of a zone at least and at most. Source: IWA guidance, 500 to 3,000 (published).
    public var leastProperties = 500.0
    public var mostProperties = 3000.0
    /// Pipes of this diameter and above that hang together with a source are trunk mains and stay outside; nil: chosen by
    /// `zonedShare`. [m]
    public var trunkDiameter: Double?
    /// The trunk is taken as large as leaves this share of the properties in parts that can be zones. Default 0.85. [–]
    public var zonedShare = 0.85
    /// At peak; where a node had less before, that is what it keeps. Default 15, unverified. [m]
    public var minimumPressure = 15.0
    /// What a pressure may not rise above, or above what it is today where that is more. Default 100, the rating PN 10; assumed. [m]
    public var mostPressure = 100.0
    /// By how much a pressure may fall below the one to be kept, or rise above the most. Default 0.5. [m]
    public var pressureTolerance = 0.5
    /// At one node at a time, on top of the peak. Default 0.010, assumed; 0: not looked at. [m³/s]
    public var fireFlow = 0.010
    /// With the fire flow, or what it was before. Default 10, assumed. [m]
    public var firePressure = 10.0
    /// Random beginnings of each partition. Default 6.
    public var attempts = 6
    public var seed: UInt64 = 1
    /// Partitions that are begun, fewer of large networks; those that cut fewest links are looked at longer, and some of them tried by the
    /// engine. Default 24.
    public var alternatives = 24
    /// Zone of each node by name, in place of a partition of our own; pieces that do not hang together are left as they are.
    public var givenZones: [String: String]?

    public init() {}
}
