// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What the data at hand allow to conclude, and which one measurement narrows the real losses most.
public struct DataAdvice: Sendable {
    public var level: CityAssessment.DataLevel
    /// In the reader's words.
    public var conclusions: [String]
    /// Half width of the 95 % interval of real losses over their value; nil without a balance. [–]
    public var realLossesMargin95: Double?
    /// What to measure next.
    public var nextMeasurement: String
    /// Part of the variance of real losses that it would take away at best; nil where it is a missing line. [–]
    public var share: Double?
    /// Every input of the real losses with its part of the variance, largest first.
    public var shares: [VarianceShare]

    init(level: CityAssessment.DataLevel, balance: WaterBalance?, indicators: IndicatorSet?, missing: BalanceInput.Line?) {
        self.level = level
        conclusions = Self.conclusions(level, hasBalance: balance != nil, indicators: indicators)
        guard let balance else {
            shares = []
            nextMeasurement = Self.missing(missing ?? .ownSources)
            return
        }
        realLossesMargin95 = balance.realLosses.relativeMargin95
        shares = balance.varianceShares(of: \.realLosses)
        share = shares.first?.share
        nextMeasurement =
            shares.first.map { Self.measurement($0.input) } ?? "give the ranges of the volumes: without them no interval can be told"
    }

    private static func conclusions(
        _ level: CityAssessment.DataLevel, hasBalance: Bool, indicators: IndicatorSet?
    ) -> [String] {
        var lines: [String] = []
        if hasBalance {
            lines.append("non-revenue water of the whole system and its parts")
            if indicators?.indicators.contains(where: { $0.kind == .infrastructureLeakageIndex }) == true {
                lines.append("real losses against the unavoidable (ILI)")
            }
            if indicators?.indicators.contains(where: { $0.kind == .costOfNonRevenueWater }) == true {
                lines.append("cost of non-revenue water")
            }
        }
        if level >= .zoneFlows { lines.append("which zones leak most, from their night flows") }
        if level >= .customerReadings { lines.append("balance of each zone, and what customer meters miss within assumed limits") }
        if level >= .networkModel { lines.append("leakage by pressure, and which pipes to walk first") }
        return lines
    }

    /// How to come by a line without which there is no balance.
    static func missing(_ line: BalanceInput.Line) -> String {
        switch line {
        case .ownSources, .imported:
            "meter what own sources and bought water put into the system, or take it from the pumps' records, for a year: there is no balance yet"
        case .billedMetered, .billedUnmetered:
            "add up the bills of the period in which the supply is known: there is no balance yet"
        default: measurement(line.rawValue)
        }
    }

    /// The measurement that makes an input better known.
    public static func measurement(_ input: String) -> String {
        if input.hasPrefix(InputRegister.commonError) {
            let group = String(input.dropFirst(InputRegister.commonError.count))
            // The same meters in every month have the name of their line.
            return measurement(group) == "measure \(group)"
                ? "test several of \(group) against one standard: their errors have a common part" : measurement(group)
        }
        // A part of a line, behind a colon, is measured as the line.
        return switch input.split(separator: ":").first.map(String.init) ?? input {
        case "own_sources": "verify the meters of own sources: insertion meter or tank drop test at each"
        case "imported": "verify the meters of bought water with the seller"
        case "exported": "verify the meters of water sold to others"
        case "billed_metered": "bring billed volumes to the period of the supply, and read all meters in it"
        case "billed_unmetered": "meter a sample of 30 to 50 unmetered connections"
        case "unbilled_metered": "read the meters of unbilled use in the period"
        case "unbilled_unmetered": "log flushing, fire and own use for a few months"
        case "unauthorised": "survey connections against the register in one zone, house by house"
        case "meter_under_registration", "metering_inaccuracy": "test 50 to 100 customer meters of different age on a bench"
        case "corrupt meter reading": "have a sample of meters read again by other readers"
        case "data_handling", "data handling in the office": "follow a sample of accounts from the reading to the bill"
        default: "measure \(input)"
        }
    }
}
