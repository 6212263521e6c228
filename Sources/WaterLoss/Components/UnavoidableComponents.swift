// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Unavoidable real losses of a system from its parts, with no least number of connections: in a small one the bursts of a year are few
/// and their number is chance, which the interval says, where the formula (UARL) knows only the mean.
public struct UnavoidableComponents: Sendable {
    /// Losses of one kind of pipe. [m³/s]
    public struct Part: Hashable, Sendable {
        public var kind: BurstKind
        public var background: Double
        public var reported: Double
        public var unreported: Double

        public var total: Double { background + reported + unreported }
    }

    /// How leakage goes with pressure over 50 m. [–]
    public struct Exponents: Hashable, Sendable {
        public var background: Double
        public var bursts: Double

        /// 1 for both, as in UARL.
        public static let linear = Exponents(background: 1, bursts: 1)
        /// 1.5 and 0.5, rigid pipes (SANFLOW, WRC TT 109/99).
        public static let rigid = Exponents(background: 1.5, bursts: 0.5)

        public init(background: Double, bursts: Double) {
            self.background = background
            self.bursts = bursts
        }
    }

    public let parts: [Part]
    /// Bursts a year and the volume of each: what a year's chance is made of.
    private let counts: [(mean: Double, volume: Double)]

    /// - mainsLength: [m]
    /// - servicePipe: private pipe from the boundary to the meters, all together. [m]
    /// - pressure: mean. [m]
    public init(mainsLength: Double, connections: Double, servicePipe: Double = 0, pressure: Double, exponents: Exponents = .linear) {
        let sizes: [(BurstKind, Double)] = [
            (.main, mainsLength), (.connection, connections), (.servicePipe, servicePipe),
        ]
        let leaking = Power.of(pressure / 50, exponents.background), bursting = Power.of(pressure / 50, exponents.bursts)
        var counts: [(mean: Double, volume: Double)] = []
        parts = sizes.map { kind, size in
            var flows = [0.0, 0.0]
            for (index, isReported) in [true, false].enumerated() {
                // Frequencies of pipes are per km.
                let number = kind.unavoidableFrequency(isReported: isReported) * (kind == .connection ? size : size / 1000)
                let volume =
                    kind.flowAt50(isReported: isReported) * bursting * kind.unavoidableRunTime(isReported: isReported) * Units.day
                counts.append((number, volume))
                flows[index] = number * volume / (365 * Units.day)
            }
            return Part(
                kind: kind, background: kind.unavoidableBackground * size * leaking, reported: flows[0], unreported: flows[1])
        }
        self.counts = counts
    }

    /// Mean over many years. [m³/s]
    public var total: Double { parts.reduce(0) { $0 + $1.total } }

    public var background: Double { parts.reduce(0) { $0 + $1.background } }

    /// Bursts that a well-kept system of this size has in a year.
    public var burstsPerYear: Double { counts.reduce(0) { $0 + $1.mean } }

    /// What a well-kept system of this size may lose in any one year, 95 %: the number of bursts of each kind is Poisson. [m³/s]
    ///
    /// - seed: of the draws.
    /// - draws: 20,000 give the ends to about 1 %.
    public func yearly(seed: UInt64 = 1, draws: Int = 20_000) throws(NumericalError) -> ClosedRange<Double> {
        let random = try RandomNumbers(seed: seed)
        let background = background
        var years: [Double] = []
        years.reserveCapacity(draws)
        for _ in 0..<max(100, draws) {
            var volume = 0.0
            for count in counts where count.mean > 0 { volume += Double(random.poisson(mean: count.mean)) * count.volume }
            years.append(background + volume / (365 * Units.day))
        }
        guard let ends = OrderStatistics.quantiles(years, [0.025, 0.975]) else { return total...total }
        return ends[0]...ends[1]
    }
}
