// SPDX-License-Identifier: GPL-3.0-or-later

/// Thresholds of validation. All are starting values of practice, to be changed where a utility knows better.
public struct ChainRules: Sendable {
    /// Largest flow through a meter under DN 50. [m³/h] Default 3, > 0; about Q4 of a DN 15 meter (1.25 × Q3 2.5, ISO 4064).
    public var largestSmallFlow = 3.0
    /// Largest flow through a DN 50 meter, and through one of unknown size. [m³/h] Default 15, > 0.
    public var largestLargeFlow = 15.0
    /// Above DN 50 the largest flow grows with the area of the bore. Default true.
    public var growsWithArea = true
    /// A fall is a rollover where the register stood above this share of its range … [–] Default 0.9.
    public var rolloverFrom = 0.9
    /// … and comes to stand below this share. [–] Default 0.1.
    public var rolloverTo = 0.1
    /// Where the range is not known, a fall from just under a power of ten of at least this is a rollover. [steps] Default 100,000: five
    /// digits, the shortest register in use.
    public var shortestRange = 100_000
    /// A fall that is physically possible is an exchange where the new reading is under this share of the old … [–] Default 0.1.
    public var exchangeShare = 0.1
    /// … and the fall at least this. [m³] Default 0.1.
    public var exchangeFall = 0.1
    /// A fall to under half is an exchange too where it is at least this share of an hour of the largest flow. [–] Default 0.5.
    public var exchangeHour = 0.5
    /// Readings looked ahead for the return of a wrong value to its path. Default 3, ≥ 1.
    public var spikeLookAhead = 3
    /// A value that leaves the path by less than the largest flow and returns is wrong where it leaves it by this share of that flow. [–]
    /// Default 1/30: 0.1 m³ under DN 50.
    public var spikeShare = 1.0 / 30
    /// Ratios that tell of another unit or multiplier: decimal places; gallons, 100 cubic feet and cubic feet to litres and gallons. [–]
    public var unitRatios = [10, 100, 1000, 7.48051948, 748.051948, 28.316846592, 3.785411784]
    /// Reverse flow is set against forward flow that follows within this time. [s] Default 24 h.
    public var reverseMemory = 24 * 3600
    /// A step longer than this multiple of the usual one is a gap. [–] Default 1.5.
    public var gapFactor = 1.5
    /// Volume of a longer step is kept, but not spread over hours. [s] Default 168 h.
    public var longestSpread = 168 * 3600
    /// A gap up to this is filled linearly, a longer one by the meter's own days. [s] Default 2 h (California VEE standards, 1998).
    public var longestLinear = 2 * 3600
    /// Whether the volume of a longer gap is divided as the meter's own days are; else evenly.
    public var shapesGaps = true
    /// Days of readings from which a meter's own days give the shape of a gap. Default 7.
    public var shapeDays = 7
    /// Time without movement at the end, from which a meter counts as stuck. [s] Default 168 h.
    public var stuckAfter = 168 * 3600
    /// Readings that a day needs to be judged for continuous flow. Default 20.
    public var continuousReadings = 20
    /// Days with flow in every hour that make continuous flow. Default 3.
    public var continuousDays = 3
    /// Continuous flow is judged where the usual step is at most this. [s] Default 65 min.
    public var continuousStep = 3900

    public init() {}

    static let largeBore = 0.05  // m, DN 50

    /// Largest flow that is physically possible. [m³/h]
    /// - diameter: nominal, nil where unknown. [m]
    public func largestFlow(diameter: Double?) -> Double {
        guard let diameter else { return largestLargeFlow }
        if diameter < Self.largeBore { return largestSmallFlow }
        let ratio = diameter / Self.largeBore
        return growsWithArea ? largestLargeFlow * ratio * ratio : largestLargeFlow
    }
}
