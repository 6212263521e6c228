// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Leakage of a night as what no survey finds and what one would: background, and the bursts that run.
public struct NightLeakageParts: Hashable, Sendable {
    /// What is known of the condition of the pipes.
    public enum Condition: Hashable, Sendable {
        /// Nothing: background lies between the unavoidable one and all of the leakage.
        case unknown
        /// Infrastructure condition factor: background over the unavoidable one. [–]
        case factor(Estimate)
        /// N1 of a step test on rigid pipes: bursts go with √P, background with P^1.5, so that it has the share N1 − 0.5.
        case exponent(Estimate)
    }

    /// Unavoidable background leakage at the night's pressure. [m³/s]
    public var unavoidable: Double
    /// [m³/s]
    public var background: Estimate
    /// Leakage less background. [m³/s]
    public var excess: Estimate
    /// Service-pipe bursts of 1.6 m³/h at 50 m (Thornton, Sturm & Kunkel 2008, table 10.8) that make up the excess. [–]
    public var equivalentBursts: Double
    public var flags: [String]

    /// nil where length of mains, connections or pressure is not known.
    /// - leakage: of the night. [m³/s]
    /// - pressure: by night. [m]
    /// - servicePipe: private pipe from the boundary to the meters, all together. [m]
    public init?(
        leakage: Estimate, mainsLength: Double?, connections: Double?, servicePipe: Double = 0, pressure: Double?,
        condition: Condition = .unknown
    ) {
        guard let mainsLength, let connections, let pressure, pressure > 0, mainsLength + connections > 0 else { return nil }
        unavoidable =
            BackgroundAndBursts(mainsLength: mainsLength, connections: connections, servicePipe: servicePipe, pressure: pressure)
            .unavoidableBackground
        flags = []
        let most = max(0, leakage.value)
        if most < unavoidable { flags.append("leakage below the unavoidable background: check night use, inflow meter and pressure") }
        let floor = min(unavoidable, most)
        switch condition {
        case .unknown:
            // Between the unavoidable and all of it (Thornton, Sturm & Kunkel 2008: first guess (1 + most)/2), the ends as the 95 % interval.
            background = Estimate((floor + most) / 2, margin95: (most - floor) / 2)
        case .factor(let factor): background = Self.held(unavoidable * factor, in: floor...most)
        case .exponent(let exponent):
            let share = min(1, max(0, exponent.value - 0.5))
            let deviation = Estimate(
                most * share,
                standardDeviation: (most * exponent.standardDeviation * most * exponent.standardDeviation
                    + share * leakage.standardDeviation * share * leakage.standardDeviation).squareRoot())
            background = Self.held(deviation, in: floor...most)
        }
        let rest = leakage.value - background.value
        let deviation = leakage.standardDeviation * leakage.standardDeviation + background.standardDeviation * background.standardDeviation
        excess = Estimate(rest, standardDeviation: deviation.squareRoot())
        equivalentBursts = max(0, rest) / (BurstKind.connection.flowAt50(isReported: true) * (pressure / 50).squareRoot())
    }

    private static func held(_ value: Estimate, in range: ClosedRange<Double>) -> Estimate {
        Estimate(min(range.upperBound, max(range.lowerBound, value.value)), standardDeviation: value.standardDeviation)
    }
}
